"""How one save becomes commits: each changed afspraak its own, each in between a valid card."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from app.content import Document
from app.content.changes import Change, apply, changes
from app.content.items import pointers
from app.content.shape import Shape

_Unit = frozenset[int]
"""The numbers of the changes that go into one commit."""


@dataclass(frozen=True)
class Part:
    """One commit of a save.

    Attributes:
        document: the card after it.
        changes: what it changes.
    """

    document: Document
    changes: tuple[Change, ...]


def split(old: Document, new: Document, shape: Shape, is_valid: Callable[[Document], bool]) -> list[Part]:
    """Split the step from one valid card to another into parts that are each a valid card.

    Each item of a section with `x-own-commit` (each afspraak) is a part of its own, each other section one part.
    What is referred to comes before what refers to it, and goes after it. A section that stands in a circle is
    split into what it adds and what it removes; parts that still need each other share one.

    Args:
        old: the card before.
        new: the card after; not judged again.
        shape: the fields of the card.
        is_valid: whether a document in between is a valid card.

    Returns:
        The parts in order; the last one's document equals `new`. Empty when nothing changed.
    """
    steps = changes(old, new)
    needs = _Needs(steps, _targets(old, shape), _targets(new, shape))
    parts: list[Part] = []
    done: set[int] = set()
    pending: set[int] = set()
    for unit in _ordered(_units(steps, shape), needs):
        pending |= unit
        last = len(done) + len(pending) == len(steps)
        document = new if last else apply([steps[n] for n in sorted(done | pending)], old)
        if last or is_valid(document):
            parts.append(Part(document, tuple(steps[n] for n in sorted(pending))))
            done |= pending
            pending = set()
    return parts


@dataclass
class _Needs:
    """Which changes must come before which others."""

    steps: list[Change]
    before: Mapping[tuple[str, ...], set[str]]
    after: Mapping[tuple[str, ...], set[str]]
    adds: dict[str, int] = field(init=False)
    removes: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        whole = [(number, step) for number, step in enumerate(self.steps) if step.is_item and len(step.path) == 2]
        self.adds = {step.path[1]: number for number, step in whole if step.kind == "added"}
        self.removes = {step.path[1]: number for number, step in whole if step.kind == "removed"}

    def pairs(self) -> Iterable[tuple[int, int]]:
        """(change, the change that it must come after)."""
        for number, step in enumerate(self.steps):
            place = step.path[:2]
            for target in self.after.get(place, ()):
                if target in self.adds:
                    yield number, self.adds[target]
            for target in self.before.get(place, ()):
                if target in self.removes:
                    yield self.removes[target], number


def _targets(document: Document, shape: Shape) -> dict[tuple[str, ...], set[str]]:
    """What each item, and each field of a head, points at."""
    found: dict[tuple[str, ...], set[str]] = {}
    for pointer in pointers(document, shape):
        found.setdefault(pointer.path[:2], set()).add(pointer.target)
    return found


def _ordered(units: list[_Unit], needs: _Needs) -> list[_Unit]:
    """The units in an order in which each has what it needs; those in a circle are split, or else joined."""
    while True:
        of = {number: unit for unit in units for number in unit}
        graph: dict[_Unit, set[_Unit]] = {unit: set() for unit in units}
        for number, needed in needs.pairs():
            if of[number] != of[needed]:
                graph[of[number]].add(of[needed])
        try:
            return list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            circle: set[_Unit] = set(error.args[1])
        split_up = [half for unit in circle for half in _halves(unit, needs.steps)]
        if len(split_up) == len(circle):
            split_up = [frozenset().union(*circle)]
        units = [unit for unit in units if unit not in circle] + split_up


def _units(steps: list[Change], shape: Shape) -> list[_Unit]:
    units: dict[tuple[str, ...], set[int]] = {}
    for number, step in enumerate(steps):
        length = 2 if shape[step.path[0]].own_commit else 1
        units.setdefault(step.path[:length], set()).add(number)
    return [frozenset(unit) for unit in units.values()]


def _halves(unit: _Unit, steps: list[Change]) -> list[_Unit]:
    removals = frozenset(number for number in unit if steps[number].kind == "removed" and steps[number].is_item)
    return [half for half in (unit - removals, removals) if half]
