"""Who of the professionals on a card is who: the one place that matches a person to a card."""

import unicodedata
from dataclasses import dataclass

from app.content import Document
from app.content.display import Display


@dataclass(frozen=True)
class OnCard:
    """A professional on a card.

    Attributes:
        item: the id of the item that names this professional.
        key: who it is, as `member_key` says it.
        until: the last day of being involved, in ISO 8601; empty while there is none.
    """

    item: str
    key: str
    until: str


def member_key(name: str, organisation: str) -> str:
    """What is equal for one and the same professional, however the name and the organisation were typed."""
    return " | ".join(" ".join(unicodedata.normalize("NFKC", text).casefold().split()) for text in (name, organisation))


def members(document: Document, display: Display) -> list[OnCard]:
    """The professionals of a card, each row of it; none where display.json names no section for them."""
    where = display.member
    if where is None:
        return []
    return [
        OnCard(
            item["id"],
            member_key(item.get(where.name, ""), item.get(where.organisation, "")),
            item.get(where.until, "") if where.until else "",
        )
        for item in document.get(where.section, [])
    ]
