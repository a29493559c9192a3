"""Removing one item of a card, after a question."""

from flask import Blueprint, abort, render_template, request, url_for

from app.content import Path
from app.content.items import Namer, find, locate, used_by
from app.content.problems import InvalidCard, Problem
from app.content.reader import Reader
from app.services import editing, rights
from app.services.errors import Conflicted, NotAllowed, NotFound
from app.services.sentences import sentence as in_words
from app.storage.errors import StoreError
from app.storage.records import InvalidRevision, Stored
from app.web.doors import needs
from app.web.errors import base_is_gone
from app.web.forms import typed
from app.web.language import _
from app.web.newest import editable
from app.web.pages.items import saved_answer
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again
from app.web.views.card import title_of
from app.web.views.said import Finder, place

pages = Blueprint("removing", __name__, url_prefix="/kaarten/<kaart:kaart_id>/<key:section>/<item:item>/verwijderen")


def _stale(kaart_id: str, section: str, item: str, sentence: str) -> str:
    return _removal(editable(kaart_id, item), section, item, sentence=sentence)


@pages.get("")
@needs(rights.EDIT)
def ask(kaart_id: str, section: str, item: str) -> Answer:
    """Ask whether an item may go."""
    return _removal(editable(kaart_id, item), section, item)


@pages.post("")
@needs(rights.EDIT)
@shown_again(_stale)
def remove(kaart_id: str, section: str, item: str) -> Answer:
    """Remove an item."""
    base, reason = typed.posted_base(request.form), request.form.get(typed.REASON, "")
    kaart = editable(kaart_id, item)
    typed.list_of(kaart, section)
    try:
        saved = editing.remove_item(desk(), actor(), kaart_id, section, item, base, reason)
    except InvalidRevision:
        raise
    except InvalidCard as verdict:
        return _removal(editable(kaart_id, item), section, item, verdict.problems), 422
    except Conflicted as conflict:
        if find(conflict.current.document, (section, item)) is None:
            raise
        return _removal(conflict.current, section, item, conflict.problems, conflict), 409
    except NotFound:
        return _removal(kaart, section, item, sentence=base_is_gone()), 409
    except StoreError as error:
        return _removal(kaart, section, item, sentence=in_words(error)), 503
    return saved_answer(kaart_id, f"_{section}", saved, _("Verwijderd."))


def _removal(
    kaart: Stored,
    section: str,
    item: str,
    problems: list[Problem] | None = None,
    conflict: Conflicted | None = None,
    sentence: str = "",
) -> str:
    field, shape = typed.list_of(kaart, section), kaart.edition.shape
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
