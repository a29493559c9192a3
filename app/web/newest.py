"""The newest that can be read of a card, and whether it may be changed: what every page that edits begins with."""

from app.services import reading, rights
from app.storage.records import InvalidRevision, Stored
from app.web.session import actor, desk


def newest(kaart_id: str) -> tuple[Stored, bool]:
    """The newest revision that is a card, and whether a newer one is not; raises as `reading.read_card`."""
    try:
        return reading.read_card(desk(), actor(), kaart_id), False
    except InvalidRevision:
        return reading.last_readable(desk(), actor(), kaart_id), True


def editable(kaart_id: str, item: str | None = None, action: str = rights.EDIT) -> Stored:
    """The card as it is now, for who may change it, or do `action`; raises as `reading.read_card`, and `NotAllowed`."""
    kaart = reading.read_card(desk(), actor(), kaart_id)
    desk().require(actor(), action, kaart, item)
    return kaart
