"""Adding, changing and removing one item of a card, or the fields of a section: forms made from the schema."""

from itertools import dropwhile, takewhile
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.content import Path
from app.content.items import Namer, find, index, locate, used_by
from app.content.problems import InvalidCard, Problem
from app.content.shape import Field
from app.services import editing, reading, rights
from app.services.errors import Conflicted, NotAllowed, NotFound
from app.services.saving import Saved
from app.services.sentences import sentence
from app.storage.errors import StoreError
from app.storage.records import InvalidRevision, Save, Stored
from app.web.converters import is_item_id, is_revision
from app.web.errors import base_is_gone, not_a_card
from app.web.forms import typed
from app.web.forms.typed import Typed
from app.web.forms.view import Clash, FormMaker, place_errors, widgets
from app.web.language import _
from app.web.newest import newest
from app.web.session import actor, desk
from app.web.views.card import Reader, title_of
from app.web.views.said import Finder, place

pages = Blueprint("items", __name__, url_prefix="/kaarten/<kaart:kaart_id>/<key:section>")

NEW = "/_nieuw"
"""Where an item is added. No id starts with this sign, so that it hides no item, also not one called ``nieuw``."""

_ID_LENGTH = 5
Answer = str | Response | tuple[str, int]


@pages.get("")
def group(kaart_id: str, section: str) -> Answer:
    """The form of a section without items; a list of items is on the card itself."""
    kaart = _editable(kaart_id)
    field = typed.section_of(kaart, section)
    if field.kind == "items":
        return redirect(url_for("cards.show", kaart_id=kaart_id, _anchor=f"_{section}"))
    return _form(Typed(kaart, field, (section,), kaart.document.get(section, {})))


@pages.post("")
def save_group(kaart_id: str, section: str) -> Answer:
    """Save the fields of a section without items."""
    return _save(kaart_id, section, "")


@pages.get(NEW)
def new(kaart_id: str, section: str) -> Answer:
    """The form of a new item; its id is drawn here, so that sending it twice adds it once."""
    kaart = _editable(kaart_id)
    field = _list_of(kaart, section)
    identity = f"{field.prefix}-{desk().draw(_ID_LENGTH)}"
    value = {"id": identity} | {one.key: one.default for one in field.inner if one.default is not None}
    return _form(Typed(kaart, field, (section, identity), value | _pointed_at(kaart, field), is_new=True))


@pages.post(NEW)
def add(kaart_id: str, section: str) -> Answer:
    """Save a new item."""
    identity = request.form.get(typed.ITEM, "")
    if not is_item_id(identity):
        abort(400)
    return _save(kaart_id, section, identity, is_new=True)


@pages.get("/<item:item>")
def edit(kaart_id: str, section: str, item: str) -> Answer:
    """The form of an item."""
    kaart = _editable(kaart_id, item)
    field = _list_of(kaart, section)
    value = find(kaart.document, (section, item))
    if value is None:
        abort(404)
    if field.append_only:
        raise NotAllowed(_("Dit blijft staan zoals het is. Voeg er iets nieuws aan toe."))
    return _form(Typed(kaart, field, (section, item), value))


@pages.post("/<item:item>")
def save(kaart_id: str, section: str, item: str) -> Answer:
    """Save a changed item."""
    return _save(kaart_id, section, item)


@pages.get("/<item:item>/verwijderen")
def ask_remove(kaart_id: str, section: str, item: str) -> Answer:
    """Ask whether an item may go."""
    return _removal(_editable(kaart_id, item), section, item)


@pages.post("/<item:item>/verwijderen")
def remove(kaart_id: str, section: str, item: str) -> Answer:
    """Remove an item."""
    base, reason = typed.posted_base(request.form), request.form.get(typed.REASON, "")
    kaart = _editable(kaart_id, item)
    _list_of(kaart, section)
    try:
        saved = editing.remove_item(desk(), actor(), kaart_id, section, item, base, reason)
    except InvalidRevision:
        raise
    except InvalidCard as verdict:
        return _removal(_editable(kaart_id, item), section, item, verdict.problems), 422
    except Conflicted as conflict:
        if find(conflict.current.document, (section, item)) is None:
            raise
        return _removal(conflict.current, section, item, conflict.problems, conflict), 409
    except NotFound:
        return _removal(kaart, section, item, sentence=base_is_gone()), 409
    except StoreError as error:
        return _removal(kaart, section, item, sentence=sentence(error)), 503
    return _saved(kaart_id, f"_{section}", saved, _("Verwijderd."))


def _save(kaart_id: str, section: str, item: str, *, is_new: bool = False) -> Answer:
    base, path = typed.posted_base(request.form), (section, item) if item else (section,)
    try:
        kaart, earlier = reading.read_card(desk(), actor(), kaart_id, base), _earlier(kaart_id)
        return _save_entry(_posted(kaart, path, earlier, is_new=is_new))
    except (NotFound, InvalidRevision):
        # What the form was made from is not there, or is no base. What was typed goes on from the card of now.
        kaart, _damaged = newest(kaart_id)
        here = find(kaart.document, path) is not None
        entry = _posted(kaart, path, None, is_new=is_new or (bool(item) and not here))
        return _form(entry, sentence=base_is_gone()), 409


def _posted(kaart: Stored, path: Path, earlier: Stored | None, *, is_new: bool) -> Typed:
    field = _list_of(kaart, path[0]) if len(path) > 1 else typed.section_of(kaart, path[0])
    return typed.posted(request.form, kaart, field, path, earlier, is_new=is_new)


def _save_entry(entry: Typed) -> Answer:
    kaart, section = entry.kaart, entry.path[0]
    if more := request.form.get(typed.MORE, ""):
        return _form(entry, more=more)
    if problems := typed.undecided(entry):
        return _form(entry, problems), 422
    try:
        saved = editing.save_item(desk(), actor(), kaart.id, section, entry.value, kaart.revision, entry.reason)
    except InvalidRevision:
        return _form(entry, sentence=not_a_card()), 409
    except InvalidCard as verdict:
        return _form(entry, verdict.problems), 422
    except Conflicted as conflict:
        return _conflict(entry, conflict), 409
    except NotAllowed as refusal:
        return _form(entry, sentence=str(refusal)), 403
    except StoreError as error:
        return _form(entry, sentence=sentence(error)), 503
    anchor = entry.path[-1] if len(entry.path) > 1 else f"_{section}"
    return _saved(kaart.id, anchor, saved, _("Bewaard."))


def _saved(kaart_id: str, anchor: str, saved: Saved, done: str) -> Response:
    if saved.merged:
        done = _("%(done)s Wat anderen intussen wijzigden, staat er ook op.", done=done)
    flash(done if saved.parts else _("Bewaard: zo stond het al op de kaart."))
    return redirect(url_for("cards.show", kaart_id=kaart_id, _anchor=anchor), 303)


def _conflict(entry: Typed, conflict: Conflicted) -> str:
    mine = typed.in_conflict(entry, conflict)
    gone = typed.removed_by_other(entry, conflict)
    return _form(mine, conflict.problems, conflict=conflict, gone=gone)


def _form(entry: Typed, problems: Any = (), *, more: str = "", **about: Any) -> str:
    """The page with the form of a entry; `about` says what kind of trouble there is, if any."""
    kaart, own = entry.kaart, entry.path[-1] if len(entry.path) > 1 else ""
    maker = FormMaker(kaart.document, kaart.edition.shape, desk().draw, own)
    blocks = maker.blocks(entry.section.inner, entry.value, more=more)
    conflict = about.get("conflict")
    their_saves = conflict.their_saves if conflict else _their_saves(entry)
    typed.name_the_other(entry, their_saves)
    _place_clashes(blocks, entry.clashes)
    of_reason = [one.message for one in problems if one.path == ("reden",)]
    summary = place_errors(blocks, [one for one in problems if one.path != ("reden",)], entry.path)
    summary += [(_("‘Waarom wijzigt u dit?’: %(message)s", message=message), "veld-_reden") for message in of_reason]
    names = Namer(kaart.document, kaart.edition.shape)
    return render_template(
        "item_form.html",
        entry=entry,
        blocks=blocks,
        summary=summary,
        reason_errors=of_reason,
        name=names.title(entry.section, entry.value) if own and not entry.is_new else "",
        card_title=title_of(kaart),
        conflict=conflict,
        meets=conflict or entry.clashes,
        their_saves=their_saves,
        gone=about.get("gone", False),
        sentence=about.get("sentence", ""),
    )


def _their_saves(entry: Typed) -> list[Save]:
    """What others saved between the revision that somebody began from and the one that the entry goes on from."""
    if not entry.clashes:
        return []
    saves = iter(reading.read_history(desk(), actor(), entry.kaart.id))
    until_now = dropwhile(lambda save: save.revision != entry.kaart.revision, saves)
    return list(takewhile(lambda save: save.revision != entry.earlier, until_now))


def _place_clashes(blocks: Any, clashes: dict[str, Clash]) -> None:
    by_name = {widget.name: widget for widget in widgets(blocks)}
    for name, clash in clashes.items():
        steps = name.split(".")
        near = next(
            (by_name[key] for end in range(len(steps), 0, -1) if (key := ".".join(steps[:end])) in by_name), None
        )
        if near:
            near.clashes.append(clash)
            clash.href = f"keuze-{name}"


def _removal(
    kaart: Stored,
    section: str,
    item: str,
    problems: list[Problem] | None = None,
    conflict: Conflicted | None = None,
    sentence: str = "",
) -> str:
    field, shape = _list_of(kaart, section), kaart.edition.shape
    value = find(kaart.document, (section, item))
    if value is None:
        abort(404)
    if field.append_only:
        raise NotAllowed(_("Dit blijft staan zoals het is. Voeg er iets nieuws aan toe."))
    namer, finder = Namer(kaart.document, shape), Finder(kaart.document)
    used = dict.fromkeys(used_by(kaart.document, shape, item))
    places = [(place(shape, path, finder, namer), _form_of(kaart, path), path) for path in used]
    return render_template(
        "item_remove.html",
        kaart=kaart,
        card_title=title_of(kaart),
        field=field,
        item=Reader(kaart.document, shape).item(field, value),
        used=[(words, address) for words, address, _path in places if address],
        fixed=[(words, path[1] if len(path) > 2 else f"_{path[0]}") for words, address, path in places if not address],
        problems=[one for one in problems or () if one.path != (section, item)],
        conflict=conflict,
        sentence=sentence,
        reason=request.form.get(typed.REASON, ""),
    )


def _form_of(kaart: Stored, path: Path) -> str:
    """The address of the form that asks what stands at a place; an empty text where no form does."""
    section, field = kaart.edition.shape[path[0]], locate(kaart.edition.shape, path)
    if section.append_only or section.shape is None or field is None or field.read_only:
        return ""
    if section.kind == "items":
        return url_for("items.edit", kaart_id=kaart.id, section=path[0], item=path[1])
    return url_for("items.group", kaart_id=kaart.id, section=path[0])


def _pointed_at(kaart: Stored, field: Field) -> dict[str, Any]:
    """The items that the address asks a new one to point at, as far as they are there to be chosen."""
    known = index(kaart.document, kaart.edition.shape)
    found: dict[str, Any] = {}
    for one in field.inner:
        held = [key for key in request.args.getlist(one.key) if key in known and known[key][0] in one.refers_to]
        if held:
            found[one.key] = held if one.kind == "references" else held[0]
    return found


def _editable(kaart_id: str, item: str | None = None) -> Stored:
    kaart = reading.read_card(desk(), actor(), kaart_id)
    desk().require(actor(), rights.EDIT, kaart, item)
    return kaart


def _list_of(kaart: Stored, section: str) -> Field:
    field = typed.section_of(kaart, section)
    if field.kind != "items":
        abort(404)
    return field


def _earlier(kaart_id: str) -> Stored | None:
    """The card before somebody else's change, when the form comes from a conflict."""
    revision = request.form.get(typed.EARLIER, "")
    if not is_revision(revision):
        return None
    return reading.read_card(desk(), actor(), kaart_id, revision)
