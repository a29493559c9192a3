"""A card in the list, in words: its state, the fields of its head, what is due on it, where a search hit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.content import HEAD
from app.content.card_type import CardType
from app.content.items import dutch_date
from app.content.shape import Field
from app.storage.catalogue import Due, Entry, Found
from app.web.views.due import When, when_due
from app.web.views.overdue import overdue

_MOST_DUE = 3


@dataclass(frozen=True)
class Fact:
    """Something to show of a card in the list; the text is empty where the card does not say.

    `overdue` says how long ago it is, for a day that should lie ahead.
    """

    title: str
    text: str
    overdue: str = ""


@dataclass(frozen=True)
class Listed:
    """A card in the list.

    Attributes:
        entry: what the catalogue knows of it.
        state: the value of its state, and the words for it; empty for a card that cannot be read.
        facts: the fields of its head that one may filter by, empty ones too; none for a card that cannot be read.
        due: what was asked for that is due, with how long; the longest ago first.
        more_due: how many there are besides.
        section: the title of the section where a search hit.
        excerpt: the words there.
    """

    entry: Entry
    state: tuple[str, str]
    facts: list[Fact]
    due: list[tuple[Due, When]]
    more_due: int
    section: str
    excerpt: str


def view_found(found: Found, types: CardType, today: date) -> Listed:
    """A card in the list, as it is on a day."""
    entry, held = found.entry, dict(found.entry.facets)
    workflow, shape = types.workflow, types.current.shape
    state = held.get(workflow.field, "")
    dues = sorted(entry.dues, key=lambda due: due.day)
    return Listed(
        entry,
        (state, shape[HEAD].inner[workflow.field].labels.get(state, state)),
        [] if entry.problem else _facts(held, types, today),
        [(due, when_due(due.day, today)) for due in dues[:_MOST_DUE]],
        len(dues[_MOST_DUE:]),
        shape[found.section].title if found.section else "",
        found.excerpt,
    )


def facet_words(field: Field, value: str) -> str:
    """A value to filter by, in words."""
    return field.labels.get(value) or (dutch_date(value) if field.kind == "date" else value)


def _facts(held: Mapping[str, str], types: CardType, today: date) -> list[Fact]:
    """The state stands apart. No day of a card that cannot be changed in its state is overdue."""
    state = types.workflow.field
    in_use = types.workflow.editable({HEAD: {state: held.get(state, "")}})
    return [
        Fact(
            field.title,
            facet_words(field, held[field.key]) if field.key in held else "",
            overdue(field, held.get(field.key), today) if in_use else "",
        )
        for field in types.current.shape[HEAD].inner
        if field.facet and field.key != state
    ]
