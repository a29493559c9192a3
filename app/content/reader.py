"""The values of a card in words, as a person reads them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.content import Document
from app.content.card_type import Edition
from app.content.items import Namer
from app.content.searching import card_title
from app.content.shape import Field, Shape

Overdue = Callable[[Field, Any], str]

_LONGEST_LEAD = 240
_LONGEST_TITLE = 300


@dataclass(frozen=True)
class Name:
    """Something a value points at: the id of the item and what it is called."""

    id: str
    text: str


@dataclass(frozen=True)
class Value:
    """A field that has a value.

    Attributes:
        field: the field.
        held: the value itself.
        text: the value in words.
        names: for references, what they point at.
        table: for nested items, the columns and the rows.
        overdue: how long ago it is, for a day that should lie ahead.
    """

    field: Field
    held: Any
    text: str
    names: tuple[Name, ...] = ()
    table: "Table | None" = None
    overdue: str = ""


@dataclass(frozen=True)
class Table:
    """Nested items: the fields that at least one has, and for each item its values.

    Attributes:
        columns: the fields.
        rows: for each item its values, in the order of the columns.
        named: how many of the first columns say what an item is called.
    """

    columns: tuple[Field, ...]
    rows: tuple[tuple[Value | None, ...], ...]
    named: int = 0


@dataclass(frozen=True)
class Item:
    """An item of a list, its values sorted by how long they are.

    Attributes:
        id: the item's id.
        lead: what it is called, in full where that is not too long.
        marks: values out of a short list, such as a status.
        facts: short values.
        texts: values of several lines, and nested items.
    """

    id: str
    lead: str
    marks: tuple[Value, ...]
    facts: tuple[Value, ...]
    texts: tuple[Value, ...]


class Reader:
    """Says the values of one card in words."""

    def __init__(self, document: Document, shape: Shape, overdue: Overdue | None = None) -> None:
        """For a card and its shape; `overdue` says how long ago a day is that should lie ahead, None never."""
        self._namer, self._overdue = Namer(document, shape), overdue

    def item(self, field: Field, item: Document) -> Item:
        """An item of a list."""
        lead, values = self.read(field, item)
        long = ("multiline", "items", "foreign", "group")
        return Item(
            item["id"],
            lead,
            marks=tuple(value for value in values if value.field.kind == "choice"),
            facts=tuple(value for value in values if value.field.kind not in (*long, "choice")),
            texts=tuple(value for value in values if value.field.kind in long),
        )

    def read(self, field: Field, item: Document) -> tuple[str, list[Value]]:
        """What an item of a list is called, in full where that is not too long, and its other values."""
        lead = self._namer.title(field, item, _LONGEST_LEAD + 1)
        named = set(field.item_title)
        if len(lead) > _LONGEST_LEAD or any("\n" in str(item.get(key, "")) for key in named):
            lead, named = self._namer.title(field, item), set()  # too long for a heading: in full among the texts
        return lead, self.values(item, field.inner, named)

    def name(self, identity: str) -> str:
        """What an item is called, short."""
        return self._namer.item(identity)

    def value(self, field: Field, held: Any) -> Value:
        """A value of a field."""
        if field.kind == "items":
            return Value(field, held, self._namer.value(field, held), table=self._table(field, held))
        if field.kind in ("reference", "references"):
            ids = held if isinstance(held, list) else [held]
            names = tuple(Name(one, self._namer.item(one)) for one in ids)
            return Value(field, held, ", ".join(one.text for one in names), names)
        if field.kind in ("group", "foreign"):
            return Value(field, held, foreign_words(held))
        late = self._overdue(field, held) if self._overdue else ""
        return Value(field, held, self._namer.value(field, held), overdue=late)

    def values(self, held: Document, shape: Shape, left_out: set[str]) -> list[Value]:
        """The values of an object, but for some and for what only the program gives."""
        return [
            self.value(shape[key], held[key])
            for key in shape.order(held)
            if key not in left_out and not (shape[key].read_only and shape[key].kind == "text")
        ]

    def _table(self, field: Field, rows: list[Document]) -> Table:
        shown = [
            one
            for one in field.inner
            if not (one.read_only and one.kind == "text") and any(one.key in row for row in rows)
        ]
        columns = sorted(shown, key=lambda one: one.key not in field.item_title)
        return Table(
            tuple(columns),
            tuple(tuple(self.value(one, row[one.key]) if one.key in row else None for one in columns) for row in rows),
            sum(one.key in field.item_title for one in columns),
        )


def title_of(document: Document, edition: Edition) -> str:
    """What a card is called; what its type is called where nothing on it says that."""
    paths = list(edition.schema.get("x-title", ()))
    return card_title(document, paths, _LONGEST_TITLE) or edition.schema.get("title", edition.name)


def foreign_words(held: Any) -> str:
    """A value whose schema is not installed here, as text."""
    if isinstance(held, dict):
        return "\n".join(f"{key}: {foreign_words(inner)}" for key, inner in held.items())
    if isinstance(held, list):
        return "\n".join(foreign_words(inner) for inner in held)
    if isinstance(held, bool):
        return "Ja" if held else "Nee"
    return str(held)
