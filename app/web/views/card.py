"""What a card is called on a page."""

from app.content import reader
from app.storage.records import Stored


def title_of(kaart: Stored) -> str:
    """What a card is called."""
    return reader.title_of(kaart.document, kaart.edition)
