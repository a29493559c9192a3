"""Who looked at a card: to read, and to print for the family."""

from flask import Blueprint, render_template, url_for

from app.services import logbook, rights, shared_with
from app.services.shared_with import Shared
from app.web.days import Days
from app.web.doors import needs
from app.web.newest import newest
from app.web.paging import Paging, page_number
from app.web.session import actor, desk
from app.web.views.card import title_of
from app.web.views.log import people

pages = Blueprint("looked", __name__, url_prefix="/kaarten/<kaart:kaart_id>/inzage")

PER_PAGE = 200
"""So many days of people: most cards then go on one print."""
SINCE, UNTIL = "vanaf", "tot"
Answer = str | tuple[str, int]


@pages.get("")
@needs(rights.CARD_LOG)
def show(kaart_id: str) -> Answer:
    """Show who looked at the card, by person and day, and who wanted to and might not."""
    desk().require(actor(), rights.CARD_LOG, kaart_id)
    kaart, _damaged = newest(kaart_id)
    days, number = Days(SINCE, UNTIL), page_number()
    found = []
    if not days.errors:
        offset = (number - 1) * PER_PAGE
        found = logbook.looked_at(desk(), actor(), kaart_id, days[SINCE], days[UNTIL], PER_PAGE + 1, offset)
    asked = {name: value for name, value in days.typed.items() if value}
    page = render_template(
        "looked.html",
        kaart_id=kaart_id,
        card_title=title_of(kaart),
        persons=people(found[:PER_PAGE]),
        holders=_holders(kaart_id),
        days=days,
        asked=asked,
        years=desk().log.years,
        printed=desk().clock(),
        paging=Paging(
            number, (number - 1) * PER_PAGE + len(found), PER_PAGE, url_for("looked.show", kaart_id=kaart_id), asked
        ),
    )
    return (page, 422) if days.errors else page


def _holders(kaart_id: str) -> list[Shared]:
    """Whom the family can ask: the people who are dossierhouder now."""
    now = shared_with.shared(desk(), actor(), kaart_id).now
    return [one for one in now if one.role.name == desk().types.roles.holder and one.is_open]
