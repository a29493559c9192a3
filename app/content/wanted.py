"""One item as somebody wants it, on a card: alone, in its place, and brought together with what others made of it."""

from app.content import Document
from app.content.items import find
from app.content.merge import Conflict, merge


def alone(section: str, item: Document | None) -> Document:
    """A card with this item and nothing else; with nothing at all where there is none."""
    return {section: [item]} if item is not None else {}


def placed(items: list[Document], item: str, wanted: Document | None) -> list[Document]:
    """The items with one of them as it is wanted: in its place, else last; gone where it is not wanted."""
    known = any(one["id"] == item for one in items)
    found = [wanted if one["id"] == item else one for one in items]
    return [one for one in (*found, None if known else wanted) if one is not None]


def brought_in(
    card: Document, section: str, item: str, base: Document | None, content: Document | None
) -> tuple[Document, list[Conflict]]:
    """A card with an item as somebody wants it, and what others changed of it since; and where both changed the same.

    Args:
        card: the card as it is.
        section: where the item is.
        item: its id.
        base: the item as it was when this person began; None where it was not there.
        content: the item as it is wanted; None where it is to go.
    """
    here = find(card, (section, item))
    merged = merge(*(alone(section, one) for one in (base, content, here)))
    wanted = {**card, section: placed(card.get(section, []), item, find(merged.document, (section, item)))}
    if not wanted[section]:
        del wanted[section]
    return wanted, merged.conflicts
