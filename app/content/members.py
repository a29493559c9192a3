"""Who of the professionals on a card is who: the one place that matches a person to a card."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from app.content import Document
from app.content.display import Display
from app.content.searching import match_key


@dataclass(frozen=True)
class OnCard:
    """A professional on a card.

    Attributes:
        item: the id of the item that names this professional.
        key: who it is, as `match_key` of name and organisation says it.
        until: the last day of being involved, in ISO 8601; empty while there is none.
    """

    item: str
    key: str
    until: str


def members(document: Document, display: Display) -> list[OnCard]:
    """The professionals of a card, each row of it; none where display.json names no section for them."""
    where = display.member
    if where is None:
        return []
    return [
        OnCard(
            item["id"],
            match_key(item.get(where.name, ""), item.get(where.organisation, "")),
            item.get(where.until, "") if where.until else "",
        )
        for item in document.get(where.section, [])
    ]


def rows_of(document: Document, display: Display, name: str, organisation: str, linked: Collection[str]) -> set[str]:
    """The ids of the professionals on a card that may well be this person.

    Those that a grant links to this person, those with the same name (wherever they work), and those of the same
    organisation with a surname in common, for names are typed with initials, turned round or with a second surname.
    For shielding a doubt hides, so this asks less than `match_key`.

    Args:
        document: a card.
        display: says where the professionals are.
        name: the person's whole name.
        organisation: the name of the organisation.
        linked: ids that are known to be this person; those that are not on the card are left out.
    """
    where = display.member
    if where is None:
        return set()
    return {
        item["id"]
        for item in document.get(where.section, [])
        if item["id"] in linked
        or _folded(item.get(where.name, "")) == _folded(name)
        or (
            _folded(item.get(where.organisation, "")) == _folded(organisation)
            and _surnames(item.get(where.name, "")) & _surnames(name)
        )
    }


def rows_at(document: Document, display: Display, organisation: str) -> set[str]:
    """The ids of the professionals on a card who work at an organisation."""
    where = display.member
    if where is None:
        return set()
    wanted = _folded(organisation)
    return {
        item["id"] for item in document.get(where.section, []) if _folded(item.get(where.organisation, "")) == wanted
    }


def _surnames(name: str) -> set[str]:
    """The last word of a name, or of what stands before its comma; both parts of a double one."""
    bare = re.sub(r"\([^)]*\)?", " ", name).partition(",")[0]
    words = _folded(bare).split()
    return set(words[-1].split("-")) - {""} if words else set()


def _folded(text: str) -> str:
    """A text without capitals, accents and signs."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))
    return " ".join(re.sub(r"[^\w\s-]", " ", plain).split())
