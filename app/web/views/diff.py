"""What differs between two revisions, for people: by section and item, in the words of the schema."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.content import Path
from app.content.agreement import Agreement
from app.content.changes import Change
from app.content.items import Namer, locate
from app.content.shape import Field, Shape
from app.content.words import Patience, Piece, word_changes
from app.services.comparing import Comparison
from app.storage.records import Save
from app.web.language import _
from app.web.views.said import Finder, place, say

_LISTS = ("references", "choices", "texts")


@dataclass(frozen=True)
class FieldChange:
    """A field that changed.

    Attributes:
        title: its name, with the names of what it is part of.
        kind: what happened to it; `whole` for a field of an item that came or went as a whole.
        pieces: what stayed, went and came, in reading order.
        is_list: whether each piece is an entry of a list.
    """

    title: str
    kind: str
    pieces: list[Piece]
    is_list: bool = False


@dataclass
class ItemChange:
    """An item that changed: added, removed, changed, or only moved; with the saves that did it, where known."""

    id: str
    title: str
    kind: str
    moved: str = ""
    fields: list[FieldChange] = field(default_factory=list)
    saves: list[Save] = field(default_factory=list)


@dataclass
class SectionChange:
    """A section with what changed in it."""

    field: Field
    items: list[ItemChange]

    @property
    def counts(self) -> Counter[str]:
        """How many items came, went, changed and moved."""
        return Counter(item.kind for item in self.items)


def view_changes(
    comparison: Comparison, only: str = "", touched: Mapping[Path, list[Save]] | None = None
) -> list[SectionChange]:
    """The changes by section, what is agreed first (the sections whose items have a commit of their own).

    Args:
        comparison: what differs.
        only: the key of a section, to leave out what is in the others.
        touched: the saves that made the difference, by item (section and id) or section without items.
    """
    shape = comparison.edition.shape
    teller = _Teller(comparison)
    by_section: dict[str, dict[str, ItemChange]] = {}
    for change in comparison.changes:
        section = shape[change.path[0]]
        if only and section.key != only:
            continue
        identity = change.path[1] if section.kind == "items" else ""
        items = by_section.setdefault(section.key, {})
        if identity not in items:
            items[identity] = teller.item(section, identity)
            items[identity].saves = (touched or {}).get((section.key, identity) if identity else (section.key,), [])
        teller.tell(items[identity], section, change)
    known = [key for key in shape.fields if key in by_section] + [key for key in by_section if key not in shape.fields]
    ordered = sorted(known, key=lambda key: not shape[key].own_commit)
    return [SectionChange(shape[key], list(by_section[key].values())) for key in ordered]


class _Teller:
    def __init__(self, comparison: Comparison) -> None:
        self._old, self._new = Finder(comparison.old.document), Finder(comparison.new.document)
        self._shape, self._patience = comparison.edition.shape, Patience()
        self._before = Namer(comparison.old.document, comparison.old.edition.shape)
        self._after = Namer(comparison.new.document, self._shape)

    def item(self, section: Field, identity: str) -> ItemChange:
        """An item of which nothing is told yet."""
        if not identity:
            return ItemChange("", "", "changed")
        new, old = self._new((section.key, identity)), self._old((section.key, identity))
        title = self._after.title(section, new) if new else self._before.title(section, old)
        return ItemChange(identity, title, "changed")

    def tell(self, item: ItemChange, section: Field, change: Change) -> None:
        """Put one change into the words of its item."""
        depth = 2 if section.kind == "items" else 1
        if rule := self._to_ask_again(change):
            self._ask_again(item, change, rule)
        elif len(change.path) > depth:
            item.fields.append(self._field(section, change, depth))
        elif change.kind == "moved":
            item.moved = self._after.item(change.after) if change.after else "-"
            item.kind = "moved" if not item.fields else item.kind
        elif section.shape:
            item.kind = change.kind
            item.fields.extend(self._whole(section.inner, change))
        else:
            item.fields.append(self._leaf(section, change.old, change.new, section.title))
        if item.fields and item.kind == "moved":
            item.kind = "changed"

    def _to_ask_again(self, change: Change) -> Agreement | None:
        """By which rule an answer that somebody gave is to be asked again; None where this is another change."""
        if len(change.path) != 5:
            return None
        rule = self._shape.agreements.get(change.path[0], {}).get(change.path[2])
        return rule if rule and (change.path[4], change.new) == (rule.field, rule.again) else None

    def _ask_again(self, item: ItemChange, change: Change, rule: Agreement) -> None:
        """One line for all answers of an item that are to be asked again, whatever each was."""
        answers = self._shape[change.path[0]].inner[change.path[2]]
        labels = answers.inner[rule.field].labels
        title = _("%(again)s aan", again=labels[rule.again])
        row = self._new(change.path[:4])
        name = self._after.title(answers, row) if row else change.path[3]
        if change.old is not None:
            name = _("%(name)s (eerder: %(answer)s)", name=name, answer=labels.get(change.old, str(change.old)))
        told = next((one for one in item.fields if (one.title, one.kind) == (title, "whole")), None)
        if told is None:
            item.fields.append(FieldChange(title, "whole", [("same", name)]))
        else:
            told.pieces[0] = ("same", f"{told.pieces[0][1]}, {name}")

    def _whole(self, shape: Shape, change: Change) -> Iterator[FieldChange]:
        """All fields of an item that came or went: what happened is said once, of the item."""
        held, namer = (change.new, self._after) if change.new else (change.old, self._before)
        for key in shape.order(held):
            one = shape[key]
            if not (one.read_only and one.kind == "text"):
                yield FieldChange(one.title, "whole", [("same", say(one, held[key], namer))])

    def _field(self, section: Field, change: Change, depth: int) -> FieldChange:
        find, namer = (self._new, self._after) if self._new(change.path[:-1]) else (self._old, self._before)
        title = place(self._shape, change.path, find, namer, start=depth)
        one = locate(self._shape, change.path) or section
        if change.kind == "moved":
            return FieldChange(title, "moved", [])
        return self._leaf(one, change.old, change.new, title)

    def _leaf(self, one: Field, old: Any, new: Any, title: str) -> FieldChange:
        kind = "added" if old is None else "removed" if new is None else "changed"
        if one.kind in _LISTS:
            before = [self._before.value(one, [entry]) for entry in old or ()]
            after = [self._after.value(one, [entry]) for entry in new or ()]
            return FieldChange(title, kind, list(_entries(before, after)), is_list=True)
        before_after = say(one, old, self._before), say(one, new, self._after)
        return FieldChange(title, kind, word_changes(*before_after, self._patience))


def _entries(before: list[str], after: list[str]) -> Iterator[Piece]:
    old, new = set(before), set(after)
    for entry in before:
        yield ("same" if entry in new else "removed"), entry
    for entry in after:
        if entry not in old:
            yield "added", entry
