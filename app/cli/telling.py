"""Changes, saves and moments as the commands print them: in words on a terminal, as data for a program."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from app.content import Document, Path
from app.content.changes import Change, by_id
from app.content.items import Namer, find, locate, where
from app.content.merge import Conflict
from app.content.overleg import Speaker
from app.content.shape import Field, Shape
from app.services.comparing import Comparison
from app.services.desk import ZONE
from app.storage.records import Author, Save, Stored

LONGEST_TITLE = 300
"""So long what is judged or decided on is called: not cut short as in a list."""
_SIGNS = {"added": "+", "removed": "-", "changed": "~", "moved": ">"}


def moment(when: datetime) -> str:
    """A moment by the clock of the people here."""
    return f"{when.astimezone(ZONE):%Y-%m-%d %H:%M}"


def iso(when: datetime) -> str:
    """A moment for a program: by the clock of the people here, with its offset."""
    return when.astimezone(ZONE).isoformat()


def person(by: Speaker | Author) -> str:
    """Who, with where this person works."""
    return ", ".join(filter(None, (by.name, by.organisation)))


def person_data(by: Speaker | Author) -> dict[str, str]:
    """The same for a program."""
    return {"name": by.name, "organisation": by.organisation}


def under(text: str, depth: int = 1) -> str:
    """A text that stands under a line, with all its own lines."""
    margin = "    " * depth
    return margin + text.replace("\n", f"\n{margin}")


def title_of(kaart: Stored, section: str, item: str, held: Document | None = None) -> str:
    """What an item is called: as the card has it, or as it is told; its id where neither has it."""
    shape = kaart.edition.shape
    found = held or by_id(kaart.document.get(section, ())).get(item)
    return Namer(kaart.document, shape).title(shape[section], found, LONGEST_TITLE) if found else item


def save_line(save: Save) -> str:
    """Who saved, when and why."""
    return f"{moment(save.when)}  {person(save.author)}{f': {save.reason}' if save.reason else ''}"


def save_data(save: Save) -> dict[str, Any]:
    """The same for a program."""
    author = person_data(save.author)
    return {"revision": save.revision, "when": iso(save.when), "author": author, "reason": save.reason}


def conflict_lines(kaart: Stored, conflicts: Sequence[Conflict], labels: Sequence[str]) -> Iterator[str]:
    """The fields where two people wrote something else.

    Args:
        kaart: the card as it is.
        conflicts: what they wrote.
        labels: what to call how it was, how it is now and what is wanted.
    """
    shape = kaart.edition.shape
    namer = Namer(kaart.document, shape)
    width = max(map(len, labels)) + 1
    for conflict in conflicts:
        field = locate(shape, conflict.path)
        yield f"- {where(shape, conflict.path)}"
        for label, value in zip(labels, (conflict.base, conflict.theirs, conflict.mine), strict=True):
            item = isinstance(value, dict) and field is not None
            words = namer.title(field, value) if item and field else namer.value(field, value) if field else value
            yield f"    {label + ':':{width}} {words or '(weg)'}"


class Teller:
    """Says the changes of one comparison, a line for each field."""

    def __init__(self, comparison: Comparison) -> None:
        """For what differs between two cards."""
        self._shape = comparison.edition.shape
        self._sides = {"old": comparison.old, "new": comparison.new}
        self._namers = {name: Namer(side.document, self._shape) for name, side in self._sides.items()}

    def lines(self, changes: Iterable[Change], start: int = 0) -> Iterator[str]:
        """The words of changes.

        Args:
            changes: of the comparison.
            start: how many steps of each place stand above already; 2 where the item does. All fields are told then
                of an item that came or went, else its name.
        """
        for change in changes:
            field, sign = locate(self._shape, change.path), _SIGNS[change.kind]
            if change.is_item and field and change.kind != "moved" and (start or len(change.path) > 2):
                held = change.new if change.new is not None else change.old
                yield from self._fields(change.kind, change.path, held, field.inner, start)
            else:
                said = self._said(change, field) if field else ""
                yield f"{sign} {': '.join(filter(None, (self._place(change.path, start), said)))}"

    def data(self, change: Change) -> dict[str, Any]:
        """One change for a program."""
        place = self._place(change.path, 0)
        return {"kind": change.kind, "path": list(change.path), "where": place, "old": change.old, "new": change.new}

    def _said(self, change: Change, field: Field) -> str:
        if change.kind == "moved":
            return "verplaatst"
        if change.is_item:
            old = change.new is None
            return self._namers["old" if old else "new"].title(field, change.old if old else change.new)
        values = self._namers["old"].value(field, change.old), self._namers["new"].value(field, change.new)
        return " → ".join(value or "(leeg)" for value in values)

    def _fields(self, kind: str, path: Path, held: Document, shape: Shape, start: int) -> Iterator[str]:
        """Each field of an item that came or went as a whole; not its number, by which commands know it."""
        for key in shape.order(held):
            field, here = shape[key], (*path, key)
            if field.kind == "items":
                for item in held[key]:
                    yield from self._fields(kind, (*here, item["id"]), item, field.inner, start)
            elif field.kind == "group":
                yield from self._fields(kind, here, held[key], field.inner, start)
            elif not (field.read_only and field.kind == "text"):
                words = self._namers["old" if kind == "removed" else "new"].value(field, held[key])
                yield f"{_SIGNS[kind]} {self._place(here, start)}: {words}"

    def _place(self, path: Path, start: int) -> str:
        """A place in words, such as ``Afspraken › a-1 › Instemming › Moeder``; without its first steps."""
        told: list[str] = []
        current: Shape | None = self._shape
        steps = iter(enumerate(path))
        for _number, step in steps:
            field = current[step] if current is not None else None
            told.append(field.title if field else step)
            current = field.shape if field else None
            if field and field.kind == "items" and (found := next(steps, None)):
                told.append(self._item(field, path[: found[0] + 1]))
        return " › ".join(told[start:])

    def _item(self, field: Field, path: Path) -> str:
        """An item of a section by its number, which other commands ask for; one within it by its name."""
        for name in ("new", "old") if len(path) > 2 else ():
            if held := find(self._sides[name].document, path):
                return self._namers[name].title(field, held)
        return path[-1]
