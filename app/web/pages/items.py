"""Adding and changing one item of a card, or the fields of a section: forms made from the schema."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.content.items import find
from app.services import editing, rights
from app.services.errors import NotAllowed
from app.services.saving import Saved, new_item_id
from app.web import drafted
from app.web.doors import needs
from app.web.forms import typed
from app.web.forms.page import Trouble, open_form, show_again
from app.web.forms.sending import drawn_id, pointed_at, resumed, sent, typed_in
from app.web.forms.typed import NEW, Typed
from app.web.language import _
from app.web.newest import editable
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again

pages = Blueprint("items", __name__, url_prefix="/kaarten/<kaart:kaart_id>/<key:section>")


def _stale(kaart_id: str, section: str, item: str = "", sentence: str = "") -> str:
    item = item or (drawn_id(request.form) if typed.ITEM in request.form else "")
    entry, _gone = typed_in(request.form, kaart_id, section, item)
    drafted.keep_too(entry)
    return show_again(entry, Trouble(sentence=sentence))


@pages.get("")
@needs(rights.EDIT)
def group(kaart_id: str, section: str) -> Answer:
    """The form of a section without items; a list of items is on the card itself."""
    if drafted.RESUMED in request.args:
        return resumed(kaart_id, section, "", section)
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
        return resumed(kaart_id, section, "", f"{section}/{NEW}")
    kaart = editable(kaart_id)
    field = typed.list_of(kaart, section)
    identity = new_item_id(desk(), field.prefix)
    value = {"id": identity} | {one.key: one.default for one in field.inner if one.default is not None}
    return open_form(Typed(kaart, field, (section, identity), value | pointed_at(kaart, field), is_new=True))


@pages.post(f"/{NEW}")
@needs(rights.EDIT)
@shown_again(_stale)
def add(kaart_id: str, section: str) -> Answer:
    """Save a new item."""
    return _save(kaart_id, section, drawn_id(request.form))


@pages.get("/<item:item>")
@needs(rights.EDIT)
def edit(kaart_id: str, section: str, item: str) -> Answer:
    """The form of an item."""
    if drafted.RESUMED in request.args:
        return resumed(kaart_id, section, item, f"{section}/{item}")
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


def _save(kaart_id: str, section: str, item: str) -> Answer:
    entry, gone = typed_in(request.form, kaart_id, section, item)
    return sent(entry, gone, _saved)


def _saved(entry: Typed) -> Answer:
    kaart, section = entry.kaart, entry.path[0]
    saved = editing.save_item(desk(), actor(), kaart.id, section, entry.value, kaart.revision, entry.reason)
    drafted.done(entry.draft)
    anchor = entry.path[-1] if len(entry.path) > 1 else f"_{section}"
    return saved_answer(kaart.id, anchor, saved, _("Bewaard."))


def saved_answer(kaart_id: str, anchor: str | None, saved: Saved, done: str) -> Response:
    """Lead back to the card after a save, and say what became of it."""
    if saved.merged:
        done = _("%(done)s Wat anderen intussen wijzigden, staat er ook op.", done=done)
    flash(done if saved.parts else _("Bewaard: zo stond het al op de kaart."))
    return redirect(url_for("cards.show", kaart_id=kaart_id, _anchor=anchor), 303)
