"""The history of a card, and what changed between two of its revisions."""

from flask import Blueprint, abort, render_template, request, url_for

from app.content.items import Namer
from app.services import reading
from app.storage.records import Save
from app.web.converters import is_item_id, is_revision
from app.web.newest import newest
from app.web.paging import Paging, page_number
from app.web.session import actor, desk
from app.web.views.card import title_of
from app.web.views.diff import view_changes
from app.web.views.history import step_words

pages = Blueprint("history", __name__, url_prefix="/kaarten/<kaart:kaart_id>")

PER_PAGE = 50
ITEM = "afspraak"
"""The item whose history is asked; of any section, named after what people ask most."""


@pages.get("/geschiedenis")
def timeline(kaart_id: str) -> str:
    """Show the saves of a card, newest first; of one item alone when the address asks so."""
    item = request.args.get(ITEM, "")
    if item and not is_item_id(item):
        abort(404)
    kaart, damaged = newest(kaart_id)
    number = page_number()
    # One more than the pages up to here hold: enough to know whether there is a next one.
    saves = reading.read_history(desk(), actor(), kaart_id, item or None, number * PER_PAGE + 1)
    address = url_for("history.timeline", kaart_id=kaart_id)
    paging = Paging(number, len(saves), PER_PAGE, address, {ITEM: item} if item else {})
    namer = Namer(kaart.document, kaart.edition.shape)
    return render_template(
        "history.html",
        kaart=kaart,
        card_title=title_of(kaart),
        damaged=damaged,
        saves=saves[paging.first - 1 : paging.last],
        newest=saves[0].revision if saves else "",
        paging=paging,
        item=item,
        item_name=namer.item(item) if item else "",
        words=lambda step: step_words(step, kaart.edition.shape, namer),
    )


@pages.get("/vergelijken")
def compare(kaart_id: str) -> str:
    """Show what changed between two revisions; up to now where the address names one alone."""
    old, new = request.args.get("van", ""), request.args.get("tot", "")
    if not (is_revision(old) and (is_revision(new) or not new)):
        abort(404)
    new = new or reading.read_card(desk(), actor(), kaart_id).revision
    comparison = reading.compare(desk(), actor(), kaart_id, old, new)
    sections = view_changes(comparison)
    saves = {save.revision: save for save in reading.read_history(desk(), actor(), kaart_id)}
    return render_template(
        "compare.html",
        kaart=comparison.new,
        card_title=title_of(comparison.new),
        old=comparison.old,
        new=comparison.new,
        sections=sections,
        count=sum(len(section.items) for section in sections),
        old_save=saves.get(old),
        new_save=saves.get(new),
        one_save=_follows(saves.get(new), old),
    )


def _follows(save: Save | None, old: str) -> bool:
    return save is not None and save.parents[:1] == (old,)
