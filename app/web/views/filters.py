"""What a list of cards may be filtered by: from the schema and display.json, with the values that there are."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.content.card_type import CardType
from app.content.shape import Field
from app.web.views.listed import facet_words

_MOST_VALUES = 40
"""A list to choose from that is longer than this is no help: then one types."""
_MOST_PROPOSED = 200


@dataclass(frozen=True)
class Filter:
    """A field to filter by.

    Attributes:
        field: the field.
        options: its values, each with its words and the number of cards; of those to type the most used.
        chosen: what was chosen or typed; empty for nothing.
        typed: whether there are so many values that one types.
    """

    field: Field
    options: list[tuple[str, str, int]]
    chosen: str
    typed: bool

    @property
    def words(self) -> str:
        """What was chosen, in words."""
        return facet_words(self.field, self.chosen)


def facet_fields(types: CardType) -> dict[str, Field]:
    """The fields to filter by: the choices and short texts that the schema marks."""
    return {
        field.key: field
        for section in types.current.shape
        if section.shape
        for field in section.inner
        if field.facet and field.kind in ("choice", "text")
    }


def view_filter(field: Field, values: Sequence[tuple[str, int]], chosen: str, *, narrowed: bool) -> Filter | None:
    """A filter with its values and how many cards have each; None where there is nothing to choose.

    One value is enough to choose where the list is narrowed already: a filter does not go while one filters.
    """
    counts = dict(values)
    if not chosen and len(counts) < (1 if narrowed else 2):
        return None
    typed = len(counts) > _MOST_VALUES
    most = sorted(counts, key=lambda value: -counts[value])[:_MOST_PROPOSED] if typed else list(counts)
    order = [value for value in field.labels if value in most] or sorted(most, key=folded)
    options = [(value, facet_words(field, value), counts[value]) for value in order]
    if chosen and chosen not in order and not typed:
        options.append((chosen, facet_words(field, chosen), counts.get(chosen, 0)))
    return Filter(field, options, chosen, typed)


def meant(typed: str, values: Mapping[str, int] | Sequence[str]) -> tuple[str, ...]:
    """The values that somebody means who typed a part of one; exactly that one where it is one."""
    asked = folded(typed)
    return (
        tuple(value for value in values if folded(value) == asked)
        or tuple(value for value in values if asked in folded(value))
        or (typed,)
    )


def folded(text: str) -> str:
    """A text without what people leave out when they type: capitals and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))
