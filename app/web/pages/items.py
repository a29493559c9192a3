"""Adding and changing one item of a card, or the fields of a section: forms made from the schema."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.content import Path
from app.content.items import find, index
from app.content.problems import InvalidCard
from app.content.shape import Field
from app.services import editing, reading, rights
from app.services.errors import Conflicted, NotAllowed, NotFound, ServiceError
from app.services.saving import Saved, new_item_id
from app.services.sentences import sentence as in_words
from app.storage.errors import StoreError
from app.storage.records import InvalidRevision, Stored
from app.web import drafted
from app.web.converters import is_item_id, is_revision
from app.web.doors import needs
from app.web.errors import base_is_gone, not_a_card
from app.web.forms import typed
from app.web.forms.page import Trouble, open_form, show_again
from app.web.forms.read import Form
from app.web.forms.typed import NEW, Typed
from app.web.language import _
from app.web.newest import editable, newest
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again
from app.web.words import clock

pages = Blueprint("items", __name__, url_prefix="/kaarten/<kaart:kaart_id>/<key:section>")


def _stale(kaart_id: str, section: str, item: str = "", sentence: str = "") -> str:
    item = item or (_drawn_id(request.form) if typed.ITEM in request.form else "")
    entry, _gone = _typed_in(request.form, kaart_id, section, item)
    drafted.keep_too(entry)
    return show_again(entry, Trouble(sentence=sentence))


@pages.get("")
@needs(rights.EDIT)
def group(kaart_id: str, section: str) -> Answer:
    """The form of a section without items; a list of items is on the card itself."""
    if drafted.RESUMED in request.args:
        return _resumed(kaart_id, section, "", section)
    kaart = editable(kaart_id)
    field = typed.section_of(kaart, section)
    if field.kind == "items":
        return redirect(url_for("cards.show", kaart_id=kaart_id, _anchor=f"_{section}"))
    return open_form(Typed(kaart, field, (section,), kaart.document.get(section, {})))


@pages.post("")
@needs(rights.EDIT)
@shown_again(_stale)
def save_group(kaart_id: str, section: str) -> Answer:
    """Save the fields of a section without items."""
    return _save(kaart_id, section, "")


@pages.get(f"/{NEW}")
@needs(rights.EDIT)
def new(kaart_id: str, section: str) -> Answer:
    """The form of a new item; its id is drawn here, so that sending it twice adds it once."""
    if drafted.RESUMED in request.args:
        return _resumed(kaart_id, section, "", f"{section}/{NEW}")
    kaart = editable(kaart_id)
    field = typed.list_of(kaart, section)
    identity = new_item_id(desk(), field.prefix)
    value = {"id": identity} | {one.key: one.default for one in field.inner if one.default is not None}
    return open_form(Typed(kaart, field, (section, identity), value | _pointed_at(kaart, field), is_new=True))


@pages.post(f"/{NEW}")
@needs(rights.EDIT)
@shown_again(_stale)
def add(kaart_id: str, section: str) -> Answer:
    """Save a new item."""
    return _save(kaart_id, section, _drawn_id(request.form))


@pages.get("/<item:item>")
@needs(rights.EDIT)
def edit(kaart_id: str, section: str, item: str) -> Answer:
    """The form of an item."""
    if drafted.RESUMED in request.args:
        return _resumed(kaart_id, section, item, f"{section}/{item}")
    kaart = editable(kaart_id, item)
    field = typed.list_of(kaart, section)
    if field.append_only:
        raise NotAllowed(_("Dit blijft staan zoals het is. Voeg er iets nieuws aan toe."))
    value = find(kaart.document, (section, item))
    if value is None:
        abort(404)
    return open_form(Typed(kaart, field, (section, item), value))


@pages.post("/<item:item>")
@needs(rights.EDIT)
@shown_again(_stale)
def save(kaart_id: str, section: str, item: str) -> Answer:
    """Save a changed item."""
    return _save(kaart_id, section, item)


def _resumed(kaart_id: str, section: str, item: str, place: str) -> Answer:
    """The form as a draft has it, on the base that it was made from: what others did meets it when it is saved."""
    form = drafted.resumed(kaart_id, place, request.args[drafted.RESUMED])
    entry, gone = _typed_in(form, kaart_id, section, item or form.get(typed.ITEM, ""))
    _kaart, refusal = drafted.readable(kaart_id, item or None)
    return show_again(entry, Trouble(sentence=refusal or (base_is_gone() if gone else "")))


def _save(kaart_id: str, section: str, item: str) -> Answer:
    entry, gone = _typed_in(request.form, kaart_id, section, item)
    if gone:
        drafted.keep_too(entry)
        return show_again(entry, Trouble(sentence=base_is_gone())), 409
    if typed.KEEP in request.form:
        return _kept(entry)
    if more := request.form.get(typed.MORE, ""):
        drafted.keep_too(entry)
        return show_again(entry, Trouble(more=more))
    if wish := request.form.get(typed.ROW, ""):
        moved = typed.shift_row(entry, wish)
        drafted.keep_too(entry)
        return show_again(entry, Trouble(moved=moved))
    if problems := typed.undecided(entry):
        drafted.keep_too(entry)
        return show_again(entry, Trouble(tuple(problems))), 422
    return _try_to_save(entry)


def _try_to_save(entry: Typed) -> Answer:
    kaart, section = entry.kaart, entry.path[0]
    try:
        saved = editing.save_item(desk(), actor(), kaart.id, section, entry.value, kaart.revision, entry.reason)
    except InvalidRevision:
        trouble, status = Trouble(sentence=not_a_card()), 409
    except InvalidCard as verdict:
        trouble, status = Trouble(tuple(verdict.problems)), 422
    except Conflicted as conflict:
        drafted.keep_too(entry)
        trouble = Trouble(tuple(conflict.problems), conflict=conflict)
        return show_again(typed.in_conflict(entry, conflict), trouble), 409
    except NotAllowed as refusal:
        trouble, status = Trouble(sentence=str(refusal)), 403
    except NotFound:
        entry = _on_newest(request.form, kaart.id, entry.path)
        trouble, status = Trouble(sentence=base_is_gone()), 409
    except StoreError as error:
        trouble, status = Trouble(sentence=in_words(error)), 503
    else:
        drafted.done(entry.draft)
        anchor = entry.path[-1] if len(entry.path) > 1 else f"_{section}"
        return saved_answer(kaart.id, anchor, saved, _("Bewaard."))
    drafted.keep_too(entry)
    return show_again(entry, trouble), status


def saved_answer(kaart_id: str, anchor: str | None, saved: Saved, done: str) -> Response:
    """Lead back to the card after a save, and say what became of it."""
    if saved.merged:
        done = _("%(done)s Wat anderen intussen wijzigden, staat er ook op.", done=done)
    flash(done if saved.parts else _("Bewaard: zo stond het al op de kaart."))
    return redirect(url_for("cards.show", kaart_id=kaart_id, _anchor=anchor), 303)


def _kept(entry: Typed) -> Answer:
    """Keep a draft because somebody asked for it, and lead back to it."""
    if not entry.draft:
        abort(400)
    try:
        label = drafted.keep(entry)
    except (ServiceError, StoreError) as error:
        words = in_words(error) if isinstance(error, StoreError) else str(error)
        return show_again(entry, Trouble(sentence=words)), 503
    flash(_("Uw klad is bewaard om %(time)s. Alleen u ziet het.", time=clock(label.when)))
    return redirect(drafted.address(label), 303)


def _typed_in(form: Form, kaart_id: str, section: str, item: str) -> tuple[Typed, bool]:
    """What a form holds, on the card that it was made from; and whether that is gone, so that it is on the newest."""
    base, path = typed.posted_base(form), (section, item) if item else (section,)
    try:
        return _entry(form, reading.read_card(desk(), actor(), kaart_id, base), path, _earlier(form, kaart_id)), False
    except (NotFound, InvalidRevision):
        return _on_newest(form, kaart_id, path), True


def _on_newest(form: Form, kaart_id: str, path: Path) -> Typed:
    """What a form holds, on the card of now: what it was made from is not there, or is nothing to start from."""
    kaart, _damaged = newest(kaart_id)
    return _entry(form, kaart, path, None, lost=True)


def _entry(form: Form, kaart: Stored, path: Path, earlier: Stored | None, *, lost: bool = False) -> Typed:
    field = typed.list_of(kaart, path[0]) if len(path) > 1 else typed.section_of(kaart, path[0])
    if field.kind == "items" and len(path) == 1:
        abort(404)  # a list as a whole has no form
    is_new = typed.ITEM in form or (lost and len(path) > 1 and find(kaart.document, path) is None)
    return typed.posted(form, kaart, field, path, earlier, is_new=is_new)


def _pointed_at(kaart: Stored, field: Field) -> dict[str, Any]:
    """The items that the address asks a new one to point at, as far as they are there to be chosen."""
    known = index(kaart.document, kaart.edition.shape)
    found: dict[str, Any] = {}
    for one in field.inner:
        held = [key for key in request.args.getlist(one.key) if key in known and known[key][0] in one.refers_to]
        if held:
            found[one.key] = held if one.kind == "references" else held[0]
    return found


def _drawn_id(form: Form) -> str:
    identity = form.get(typed.ITEM, "")
    return identity if is_item_id(identity) else abort(400)


def _earlier(form: Form, kaart_id: str) -> Stored | None:
    """The card before somebody else's change, when the form comes from a conflict."""
    revision = form.get(typed.EARLIER, "")
    return reading.read_card(desk(), actor(), kaart_id, revision) if is_revision(revision) else None
