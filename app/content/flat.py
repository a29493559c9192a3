"""The items of one section as rows for a spreadsheet, from the shape alone."""

from collections.abc import Iterator
from typing import Any

from app.content import Document
from app.content.items import Namer
from app.content.shape import Field, Shape


def sections(shape: Shape) -> list[Field]:
    """The sections of which each item has commits of its own: what people agree on."""
    return [one for one in shape if one.kind == "items" and one.own_commit]


def rows(document: Document, shape: Shape, section: Field) -> list[list[str]]:
    """The items of a section: a row of titles, then a row for each item in the order of the card.

    A field that is a group gives a column for each of its fields. What is pointed at is named; lists are joined; days
    are as ISO 8601 has them, which every spreadsheet sorts.

    Args:
        document: the card, as the one who gets the rows may see it.
        shape: the shape of the card.
        section: the section of it.
    """
    columns = list(_columns(section.inner, ()))
    namer = Namer(document, shape)
    titles = [" › ".join(one.title for one in path) for path in columns]
    return [titles, *([_cell(namer, path, item) for path in columns] for item in document.get(section.key, ()))]


def _columns(shape: Shape, above: tuple[Field, ...]) -> Iterator[tuple[Field, ...]]:
    for one in shape:
        if one.kind == "group":
            yield from _columns(one.inner, (*above, one))
        else:
            yield (*above, one)


def _cell(namer: Namer, path: tuple[Field, ...], item: dict[str, Any]) -> str:
    value: Any = item
    for field in path:
        value = value.get(field.key) if isinstance(value, dict) else None
    last = path[-1]
    if value is None:
        return ""
    if last.kind == "items":
        return "; ".join(_inner(namer, last.inner, one) for one in value)
    return str(value) if last.kind == "date" else namer.value(last, value)


def _inner(namer: Namer, shape: Shape, item: dict[str, Any]) -> str:
    """An item within an item, such as an answer: all of its fields, but for its own id."""
    told = ((field, _cell(namer, (field,), item)) for field in shape if field.key != "id")
    return ", ".join(f"{field.title}: {text}" for field, text in told if text)
