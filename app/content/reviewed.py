"""The items of a card that are reviewed, and what their words are known by."""

import json
from dataclasses import dataclass
from hashlib import sha256

from app.content import Document
from app.content.items import index
from app.content.review import Review
from app.content.roles import Shield
from app.content.shape import Shape
from app.content.shielding import concealed, hidden, shielded_from

_DIGITS = 32


@dataclass(frozen=True)
class Part:
    """An item that is reviewed.

    Attributes:
        section: the key of its section.
        item: its id.
        digest: what its words are known by.
        shown: the same without references to what is shielded from anybody.
        barred: from whom it is shielded.
        urgent: the names of the urgencies that hold, in the order of the file.
    """

    section: str
    item: str
    digest: str
    shown: str
    barred: tuple[str, ...] = ()
    urgent: tuple[str, ...] = ()


def parts(document: Document, shape: Shape, shield: Shield, review: Review) -> dict[str, Part]:
    """The items of a valid card that are reviewed, by id.

    Args:
        document: the card, with all that it holds.
        shape: its fields.
        shield: where it says what is shielded.
        review: what is reviewed.
    """
    items, barred = index(document, shape), barred_from(document, shape, shield)
    gone = hidden(document, shape, shield, set().union(*barred.values())) if barred else frozenset()
    bare = index(concealed(document, shape, gone), shape)
    found = {}
    for key in review.sections:
        for item in document.get(key, ()):
            one, digest = item["id"], digest_of(item)
            urgent = tuple(
                each.name for each in review.urgent if key in each.sections and each.sections[key].holds(item, items)
            )
            shown = digest_of(bare[one][1]) if one in bare else digest
            found[one] = Part(key, one, digest, shown, tuple(sorted(barred.get(one, ()))), urgent)
    return found


def barred_from(document: Document, shape: Shape, shield: Shield) -> dict[str, set[str]]:
    """Each item that is shielded, and the items (such as rows of the professionals) from whom it is."""
    found: dict[str, set[str]] = {}
    for viewer in shielded_from(document, shape, shield):
        for item in hidden(document, shape, shield, {viewer}):
            found.setdefault(item, set()).add(viewer)
    return found


def digest_of(item: Document) -> str:
    """What the words of an item are known by: equal for equal items, in whatever order their fields stand."""
    text = json.dumps(item, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()[:_DIGITS]
