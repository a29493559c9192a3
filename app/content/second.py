"""What of a change a second person has to do with: what it opens to somebody, and what it shields."""

from app.content import Document
from app.content.items import index
from app.content.review import listed
from app.content.roles import Shield
from app.content.shape import Shape
from app.content.shielding import hidden


def opened(before: Document, after: Document, shape: Shape, shield: Shield) -> frozenset[str]:
    """The items that somebody was not to see and now can: in whatever way that came about.

    An item that went is shown to nobody.

    Args:
        before: the card as it is, valid.
        after: the card as it would be, valid.
        shape: its fields.
        shield: where it says what is shielded.
    """
    there = set(index(after, shape))
    found: set[str] = set()
    for viewer in _named(before, shape, shield):
        gone = hidden(before, shape, shield, {viewer}) & there
        found |= gone - hidden(after, shape, shield, {viewer})
    return frozenset(found)


def shielded(before: Document, after: Document, shape: Shape, shield: Shield) -> dict[str, str]:
    """The items that are shielded from somebody more than before, with their sections."""
    old = {one: set(listed(item.get(shield.field))) for one, (_section, item) in index(before, shape).items()}
    return {
        one: section
        for one, (section, item) in index(after, shape).items()
        if set(listed(item.get(shield.field))) - old.get(one, set())
    }


def _named(document: Document, shape: Shape, shield: Shield) -> set[str]:
    return {one for _section, item in index(document, shape).values() for one in listed(item.get(shield.field))}
