"""Where an item comes from, for people: field by field who set it, and the saves that touched it."""

from collections.abc import Callable
from dataclasses import dataclass

from app.content import Path
from app.content.items import Namer, find, locate
from app.content.messages import touched
from app.content.shape import Field, Shape
from app.services.origins import Origin
from app.storage.records import Save, Step, Stored
from app.web.views.said import Finder, place, say


@dataclass(frozen=True)
class FieldOrigin:
    """A field of an item.

    Attributes:
        title: its name.
        text: what it holds, in words.
        save: the save that set it; None: too long ago.
        answer: the answer whose words can be looked up, where this is what somebody said of the item.
    """

    title: str
    text: str
    save: Save | None
    answer: str = ""


@dataclass(frozen=True)
class Touch:
    """A save that touched an item: what it did to it in words, and whether the item was there after it, as told."""

    save: Save
    words: list[str]


def view_fields(kaart: Stored, path: Path, origin: Origin) -> list[FieldOrigin]:
    """The fields of an item in the order of the schema, rows of nested lists after their list."""
    shape, finder = kaart.edition.shape, Finder(kaart.document)
    namer = Namer(kaart.document, shape)
    order = {key: number for number, key in enumerate(shape[path[0]].inner.fields)}
    known = sorted(origin.fields.items(), key=lambda one: order.get(one[0][0], len(order)))
    return [
        FieldOrigin(
            place(shape, (*path, *inner), finder, namer, start=len(path)),
            say(_field(shape, (*path, *inner)), find(origin.now, inner), namer),
            save,
            _answer(shape, path, inner, origin),
        )
        for inner, save in known
        if not _field(shape, (*path, *inner)).read_only
    ]


def view_saves(kaart: Stored, path: Path, origin: Origin, words: Callable[[Step], str]) -> list[Touch]:
    """The saves that touched an item, each with what it did in words; of our own, what it did to this item."""
    shape = kaart.edition.shape
    found = []
    for save in origin.saves:
        steps = [step for step in reversed(save.steps) if path in (touched(step.message, shape) or {path})]
        found.append(Touch(save, [words(step) for step in steps]))
    return found


def _answer(shape: Shape, path: Path, inner: Path, origin: Origin) -> str:
    """The id of the answer of which a field holds what was said; empty where it holds anything else."""
    rule = shape.agreements.get(path[0], {}).get(inner[0])
    if rule is None or inner[2:] != (rule.field,):
        return ""
    return inner[1] if find(origin.now, inner) in (*rule.given, rule.again) else ""


def _field(shape: Shape, path: Path) -> Field:
    return locate(shape, path) or Field(path[-1], path[-1], "foreign")
