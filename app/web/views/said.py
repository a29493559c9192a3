"""Values and places of a card in words, for where one text is needed: differences, conflicts, problems."""

from typing import Any

from app.content import Document, Path
from app.content.items import Namer
from app.content.reader import foreign_words
from app.content.shape import Field, Shape


class Finder:
    """Finds what stands at a path of one card. Each list is gone through once, however often it is asked."""

    def __init__(self, document: Document) -> None:
        """For a card, whose items have ids of their own."""
        self._document = document
        self._lists: dict[Path, dict[str, Any]] = {}

    def __call__(self, path: Path) -> Any:
        """What stands there, or None."""
        value: Any = self._document
        for number, step in enumerate(path):
            if isinstance(value, list):
                if path[:number] not in self._lists:
                    self._lists[path[:number]] = {item["id"]: item for item in value if isinstance(item, dict)}
                value = self._lists[path[:number]].get(step)
            else:
                value = value.get(step) if isinstance(value, dict) else None
        return value


def say(field: Field, held: Any, namer: Namer) -> str:
    """A value of a field, or one item of it, in words; an empty text where there is none."""
    if held is None or held == "":
        return ""
    if field.kind == "items" and isinstance(held, list):
        return "\n".join(say(field, row, namer) for row in held)
    if field.shape and isinstance(held, dict):
        return _say_item(field, field.inner, held, namer)
    if field.kind == "foreign":
        return foreign_words(held)
    return namer.value(field, held)


def place(shape: Shape, path: Path, find: Finder, namer: Namer, start: int = 0) -> str:
    """A place on a card by titles and names, such as ``Afspraken › Oma haalt Noor op › Uiterlijk``.

    Args:
        shape: the fields of the card.
        path: the place.
        find: finds the items of the card.
        namer: of that card.
        start: how many steps of the path to leave unsaid.
    """
    words: list[str] = []
    field: Field | None = None
    current: Shape | None = shape
    for number, step in enumerate(path):
        if field is not None and field.kind == "items" and current is None:
            item = find(path[: number + 1])
            words.append(namer.title(field, item, 60) if isinstance(item, dict) else step)
            current, field = field.inner, None
        elif current is not None:
            field = current[step]
            words.append(field.title)
            current = None if field.kind == "items" else field.shape
        else:
            words.append(step)
    return " › ".join(words[start:])


def _say_item(field: Field, inner: Shape, held: Document, namer: Namer) -> str:
    named = [key for key in field.item_title if key in held]
    rest = [key for key in inner.order(held) if key not in named and not _is_number(inner[key])]
    name = namer.title(field, held) if named else ""
    told = ", ".join(f"{inner[key].title.rstrip('?')}: {say(inner[key], held[key], namer)}" for key in rest)
    return f"{name} ({told})" if name and told else name or told


def _is_number(field: Field) -> bool:
    return field.read_only and field.kind == "text"
