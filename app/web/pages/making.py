"""Making a card: from the few things that must be known, or from a file."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.content import Document
from app.content.display import Member
from app.content.forms import form_named
from app.content.problems import InvalidCard, Problem
from app.content.shape import Shape
from app.services import editing, rights
from app.services.errors import AlreadyMade
from app.services.saving import new_item_id
from app.services.sentences import sentence
from app.storage.errors import StoreError
from app.web.converters import is_kaart_id
from app.web.doors import needs
from app.web.forms import typed
from app.web.forms.essential import begun, essential
from app.web.forms.read import read_item
from app.web.forms.view import FormMaker, place_errors
from app.web.language import _
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again

pages = Blueprint("making", __name__, url_prefix="/kaarten/_nieuw")

FILE = "bestand"


@pages.get("")
@needs(rights.CREATE)
def new() -> Answer:
    """Ask what must be known to begin a card; the professional who asks stands on it already."""
    desk().require(actor(), rights.CREATE)
    return _page(_empty())


def _stale(sentence: str) -> str:
    return _page(read_item(request.form, essential(desk().types.current), {}), wrong=sentence)


@pages.post("")
@needs(rights.CREATE)
@shown_again(_stale)
def make() -> Answer:
    """Make a card of what was typed."""
    shape = essential(desk().types.current)
    document = read_item(request.form, shape, {})
    reason = request.form.get(typed.REASON, "")
    if more := request.form.get(typed.MORE, ""):
        return _page(document, more=more)
    if not is_kaart_id(drawn := request.form.get(typed.ITEM, "")):
        abort(400)
    try:
        begin = begun(document, desk().types.current.shape)
        kaart_id = editing.create_card(desk(), actor(), begin, reason, kaart_id=drawn)
    except InvalidCard as verdict:
        return _page(document, verdict.problems), 422
    except AlreadyMade as made:
        return _page(document, wrong=str(made), made=drawn), 409
    except StoreError as error:
        return _page(document, wrong=sentence(error)), 503
    return _made(kaart_id)


def _stale_file(sentence: str) -> str:
    again = _("Een browser stuurt een bestand niet vanzelf nog eens: kies het opnieuw.")
    return _page(_empty(), wrong_file=[Problem((), sentence), Problem((), again)])


@pages.post("/bestand")
@needs(rights.CREATE)
@shown_again(_stale_file)
def read_in() -> Answer:
    """Make a card of a file that holds one."""
    file = request.files.get(FILE)
    form = form_named(file.filename or "") if file else ""
    if file is None or not form:
        return _page(_empty(), wrong_file=[Problem((), _("Kies een bestand dat eindigt op .json of .md."))]), 422
    try:
        kaart_id = editing.create_from_file(desk(), actor(), file.stream.read(), form, "")
    except InvalidCard as verdict:
        return _page(_empty(), wrong_file=verdict.problems), 422
    except StoreError as error:
        return _page(_empty(), wrong_file=[Problem((), sentence(error))]), 503
    return _made(kaart_id)


def _made(kaart_id: str) -> Response:
    flash(_("De kaart is gemaakt. Vul nu in wat er onveilig is."))
    return redirect(url_for("cards.show", kaart_id=kaart_id), 303)


def _empty() -> Document:
    """A document with one item in each list that a card must have; in one of them, the person at the page."""
    shape, me = essential(desk().types.current), desk().types.display.member
    return {field.key: [_first(field.key, field.prefix, me)] for field in shape if field.kind == "items"}


def _first(section: str, prefix: str, me: Member | None) -> Document:
    item: Document = {"id": new_item_id(desk(), prefix)}
    if me and me.section == section:
        item |= {me.name: actor().name, me.organisation: actor().organisation}
    return item


def _page(
    document: Document,
    problems: list[Problem] | None = None,
    *,
    more: str = "",
    wrong: str = "",
    wrong_file: list[Problem] | None = None,
    made: str = "",
) -> str:
    shape: Shape = essential(desk().types.current)
    maker = FormMaker(document, desk().types.current.shape, desk().draw)
    blocks = maker.blocks(shape, document, more=more)
    return render_template(
        "card_new.html",
        drawn=request.form.get(typed.ITEM) or editing.new_id(),
        blocks=blocks,
        summary=place_errors(blocks, problems or (), ()),
        wrong=wrong,
        wrong_file=wrong_file or (),
        made=made,
        reason=request.form.get(typed.REASON, ""),
        field=FILE,
    )
