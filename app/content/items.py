"""The items of a card: finding them, what they point at, and what they are called."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.content import Document, Path
from app.content.shape import Field, Shape

_MONTHS = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
]


@dataclass(frozen=True)
class Pointer:
    """A place on a card that points at an item.

    Attributes:
        path: the place.
        target: the id it holds.
        sections: the sections where that item may be.
    """

    path: Path
    target: str
    sections: tuple[str, ...]


def index(document: Document, shape: Shape) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every item of the card's own sections by id: its section and the item."""
    return {
        item["id"]: (section.key, item)
        for section in shape
        if section.kind == "items"
        for item in document.get(section.key, ())
    }


def pointers(document: Document, shape: Shape) -> Iterator[Pointer]:
    """Every reference on the card, in order."""
    yield from _pointers(document, shape, ())


def _pointers(value: dict[str, Any], shape: Shape, path: Path) -> Iterator[Pointer]:
    for field in shape:
        held = value.get(field.key)
        if held is None:
            continue
        here = (*path, field.key)
        if field.kind == "reference":
            yield Pointer(here, held, field.refers_to)
        elif field.kind == "references":
            yield from (Pointer(here, target, field.refers_to) for target in held)
        elif field.kind == "group":
            yield from _pointers(held, field.inner, here)
        elif field.kind == "items":
            for item in held:
                yield from _pointers(item, field.inner, (*here, item["id"]))


def used_by(document: Document, shape: Shape, identity: str) -> list[Path]:
    """The places on the card, outside the item itself, that point at this item."""
    return [
        pointer.path
        for pointer in pointers(document, shape)
        if pointer.target == identity and pointer.path[1:2] != (identity,)
    ]


def find(document: Document, path: Path) -> Any:
    """What stands at a path, or None."""
    value: Any = document
    for step in path:
        if isinstance(value, list):
            value = next((item for item in value if isinstance(item, dict) and item.get("id") == step), None)
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            return None
    return value


def locate(shape: Shape, path: Path) -> Field | None:
    """The field of the schema that a path leads to, whether it ends there or at an item of it."""
    field: Field | None = None
    steps = iter(path)
    current: Shape | None = shape
    for step in steps:
        if current is None:
            return None
        field = current[step]
        current = field.shape
        if field.kind == "items":
            next(steps, None)
    return field


def where(shape: Shape, path: Path) -> str:
    """A path in the words of the schema, such as ``Afspraken › a-7k3mq › Uiterlijk``."""
    words: list[str] = []
    current: Shape | None = shape
    steps = iter(path)
    for step in steps:
        if current is None:
            words.append(step)
            continue
        field = current[step]
        words.append(field.title)
        current = field.shape
        if field.kind == "items" and (identity := next(steps, None)) is not None:
            words.append(identity)
    return " › ".join(words)


def dutch_date(iso: str) -> str:
    """``2026-12-01`` as ``1 december 2026``; what is no date stays as it is."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year:04}"


def parse_dutch_date(text: str) -> str | None:
    """``1 december 2026`` (or ``2026-12-01``) as ISO 8601, or None where it is neither."""
    parts = text.casefold().split()
    if len(parts) == 3 and parts[1] in _MONTHS and parts[0].isdecimal() and len(parts[2]) == 4:
        text = f"{parts[2]}-{_MONTHS.index(parts[1]) + 1:02}-{parts[0]:>02}"
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 else None
    except ValueError:
        return None


class Namer:
    """Says values and items of one card in words."""

    def __init__(self, document: Document, shape: Shape) -> None:
        """For a card and its shape; what the card does not hold is named by its id."""
        self._shape = shape
        self._index = index(document, shape)

    def item(self, identity: str, limit: int = 80) -> str:
        """What an item is called, shortened to about `limit` signs; its id where it has no name."""
        if identity not in self._index:
            return identity
        section, item = self._index[identity]
        return self.title(self._shape[section], item, limit)

    def title(self, field: Field, item: dict[str, Any], limit: int = 80) -> str:
        """What an item of a list is called."""
        parts = [self.value(field.inner[key], item[key]) for key in field.item_title if key in item]
        text = " ".join(", ".join(parts).split()) or item["id"]
        return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0].rstrip(",;. ") + "…"

    def value(self, field: Field, value: Any) -> str:
        """A value of a field in words; lists with commas, several lines as they are."""
        if value is None:
            return ""
        if isinstance(value, list) and field.kind != "items":
            return ", ".join(self._single(field, one) for one in value)
        return self._single(field, value)

    def _single(self, field: Field, value: Any) -> str:
        if field.labels:
            return field.labels.get(value, str(value))
        if field.refers_to:
            return self.item(value)
        if field.kind == "date":
            return dutch_date(value)
        if isinstance(value, bool):
            return "Ja" if value else "Nee"
        if field.kind == "items":
            return "; ".join(self.title(field, item) for item in value)
        return str(value)


def pointing(shape: Shape) -> set[str]:
    """The keys of the fields of items that hold references, or lists or groups that do."""
    return {one.key for section in shape if section.kind == "items" for one in section.inner if _points(one)}


def _points(one: Field) -> bool:
    return bool(one.refers_to) or any(_points(inner) for inner in one.shape or ())
