"""The newest that can be read of a card, for pages that must appear whatever became of it."""

from app.services import reading
from app.storage.records import InvalidRevision, Stored
from app.web.session import actor, desk


def newest(kaart_id: str) -> tuple[Stored, bool]:
    """The newest revision that is a card, and whether a newer one is not; raises as `reading.read_card`."""
    try:
        return reading.read_card(desk(), actor(), kaart_id), False
    except InvalidRevision:
        return reading.last_readable(desk(), actor(), kaart_id), True
