"""How one save becomes commits: each changed afspraak its own, each in between a valid card."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

from app.content import Document
from app.content.changes import Change, apply, changes
from app.content.shape import Shape

_MOST_PAIRED = 8  # more units that cannot go by themselves go together: trying every pair would take too long


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
    A section whose removals must wait for others is split once more (first what it adds, later what it
    removes); parts that cannot be valid without each other share one.

    Args:
        old: the card before.
        new: the card after; not judged again.
        shape: the fields of the card.
        is_valid: whether a document in between is a valid card.

    Returns:
        The parts in order; the last one's document equals `new`. Empty when nothing changed.
    """
    steps = changes(old, new)
    waiting = _units(steps, shape)
    done: set[int] = set()
    parts: list[Part] = []

    def take(unit: set[int]) -> bool:
        last = len(done) + len(unit) == len(steps)
        document = new if last else apply([steps[n] for n in sorted(done | unit)], old)
        if not last and not is_valid(document):
            return False
        done.update(unit)
        parts.append(Part(document, tuple(steps[n] for n in sorted(unit))))
        return True

    while waiting:
        waiting = _one_round(waiting, take, steps)
    return parts


def _one_round(waiting: list[set[int]], take: Callable[[set[int]], bool], steps: list[Change]) -> list[set[int]]:
    """Take every unit that can go by itself; where none can, split units, or join the fewest that can go."""
    left = [unit for unit in waiting if not take(unit)]
    if len(left) < len(waiting):
        return left
    halves = [half for unit in left for half in _halves(unit, steps)]
    if len(halves) > len(left):
        return halves
    pairs = combinations(left, 2) if len(left) <= _MOST_PAIRED else ()
    for pair in pairs:
        joined = pair[0] | pair[1]
        if take(joined):
            return [unit for unit in left if not unit <= joined]
    take(set().union(*left))
    return []


def _units(steps: list[Change], shape: Shape) -> list[set[int]]:
    units: dict[tuple[str, ...], set[int]] = {}
    for number, step in enumerate(steps):
        length = 2 if shape[step.path[0]].own_commit else 1
        units.setdefault(step.path[:length], set()).add(number)
    return list(units.values())


def _halves(unit: set[int], steps: list[Change]) -> list[set[int]]:
    removals = {number for number in unit if steps[number].kind == "removed" and steps[number].is_item}
    return [half for half in (unit - removals, removals) if half]
