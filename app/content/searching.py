"""What of a card can be searched, and by which values cards are filtered."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from app.content import Document
from app.content.items import Namer
from app.content.shape import Field, Shape

_WORDS = re.compile(r"\w+")
_PARTICLES = {
    "van",
    "de",
    "den",
    "der",
    "het",
    "in",
    "op",
    "aan",
    "ten",
    "ter",
    "te",
    "bij",
    "uit",
    "voor",
    "s",
    "t",
    "d",
}


def search_text(document: Document, shape: Shape) -> tuple[tuple[str, str], ...]:
    """Every word of a card as a person reads it, by section: texts, labels of choices, dates in Dutch; no ids.

    In NFKC, which makes one of the letters that keyboards write in two ways (the Dutch ligature of i and j).
    """
    texts = ((key, "\n".join(_texts({key: document[key]}, shape, Namer({}, shape)))) for key in shape.order(document))
    return tuple((key, unicodedata.normalize("NFKC", text)) for key, text in texts if text)


def match_key(*texts: str) -> str:
    """What is equal for the same texts, such as a name and an organisation, however they were typed."""
    return " | ".join(" ".join(unicodedata.normalize("NFKC", text).casefold().split()) for text in texts)


def dutch_order(title: str, leads: Iterable[str] = ()) -> str:
    """What titles are sorted by: as in a Dutch register, so that ``Gezin De Ridder`` stands with the R.

    Args:
        title: the name of a card.
        leads: words that many names begin with and that nobody looks under, such as ``gezin``.
    """
    plain = unicodedata.normalize("NFKD", title.casefold().replace("ı", "i"))
    words = _WORDS.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))
    known = {lead.casefold() for lead in leads}
    named = words[1:] if words[:1] and words[0] in known else words
    kept = [word for word in named if word not in _PARTICLES] or words
    return " ".join(word.zfill(9) if word.isdecimal() else word for word in kept)


def facets(document: Document, shape: Shape) -> tuple[tuple[str, str], ...]:
    """The values of the fields that the schema marks for filtering (`x-facet`), as (key, value), sorted."""
    found = [
        (field.key, value)
        for section in shape
        for holder in _holders(document.get(section.key))
        if section.shape
        for field in section.inner
        if field.facet and isinstance(value := holder.get(field.key), str)
    ]
    return tuple(sorted(set(found)))


def card_title(document: Document, paths: list[str], limit: int = 120) -> str:
    """What the card is called: the first of the schema's `x-title` paths that it holds; many values with commas."""
    for path in paths:
        section, _, key = path.partition("/")
        names = [holder[key] for holder in _holders(document.get(section)) if key in holder]
        if names:
            text = ", ".join(names)
            return text if len(text) <= limit else text[: limit - 1].rstrip(", ") + "…"
    return ""


def _holders(section: Any) -> list[dict[str, Any]]:
    if isinstance(section, list):
        return section
    return [section] if isinstance(section, dict) else []


def _texts(document: Document, shape: Shape, namer: Namer) -> Iterator[str]:
    for field in shape:
        held = document.get(field.key)
        if held is None or field.refers_to or field.key in ("id", "schema", "regioschema"):
            continue
        if field.shape:
            for holder in _holders(held):
                yield from _texts(holder, field.shape, namer)
        else:
            yield namer.value(field, held)
    for key in document:
        if key not in shape.fields:
            yield _foreign(shape[key], document[key])


def _foreign(field: Field, value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(_foreign(field, inner) for inner in value.values())
    if isinstance(value, list):
        return "\n".join(_foreign(field, inner) for inner in value)
    return str(value)
