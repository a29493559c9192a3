"""Any value of a card in words, for where one text is needed: differences and conflicts."""

from typing import Any

from app.content.items import Namer
from app.content.shape import Field
from app.web.card_view import foreign_words


def say(field: Field, held: Any, namer: Namer) -> str:
    """A value of a field, or one item of it, in words; an empty text where there is none."""
    if held is None or held == "":
        return ""
    if field.shape and isinstance(held, dict):
        inner = field.inner
        told = [(inner[key], held[key]) for key in inner.order(held) if not _is_number(inner[key])]
        return "; ".join(f"{one.title}: {say(one, value, namer)}" for one, value in told)
    if field.kind == "items" and isinstance(held, list):
        return "\n".join(say(field, row, namer) for row in held)
    if field.kind == "foreign":
        return foreign_words(held)
    return namer.value(field, held)


def _is_number(field: Field) -> bool:
    return field.read_only and field.kind == "text"
