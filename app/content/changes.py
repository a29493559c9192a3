"""What differs between two documents, by item id and field and never by position; and how to redo it."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from app.content import Document, Path

Kind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes:
        kind: what happened.
        path: the field, or the item of a list (then `is_item`).
        old: the value before; None where it was absent.
        new: the value after; None where it is absent.
        is_item: whether the path ends at an item of a list.
        after: for an added or moved item, the id of the item it now follows; None when it is the first.
    """

    kind: Kind
    path: Path
    old: Any = None
    new: Any = None
    is_item: bool = False
    after: str | None = None


def changes(old: Document, new: Document) -> list[Change]:
    """The changes that lead from one document to another; empty when they are equal.

    Args:
        old: a document in normal form.
        new: a document in normal form.
    """
    return list(_in_dict(old, new, ()))


def apply(steps: Iterable[Change], document: Document) -> Document:
    """The document with the changes made; the argument stays as it was, and what did not change is shared with it.

    ``apply(changes(a, b), a) == b``. Made on another document, a change whose place is gone is left out, and
    an item whose predecessor is gone comes last.
    """
    below: dict[str, list[Change]] = {}
    for step in steps:
        below.setdefault(step.path[0], []).append(step)
    result = dict(document)
    for key, of_key in below.items():
        value = _applied(result.get(key), of_key, 1)
        if value is None:
            result.pop(key, None)
        else:
            result[key] = value
    return result


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, also in kind: to Python, true and 1 are equal; on a card they are not."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) and type(one) is type(other)


def keyed(value: Any) -> bool:
    """Whether a value is a list of items that each have an id of their own."""
    if not isinstance(value, list) or not value:
        return False
    ids = [item.get("id") if isinstance(item, dict) else None for item in value]
    return all(isinstance(one, str) for one in ids) and len(set(ids)) == len(ids)


def by_id(items: list[dict[str, Any]] | None) -> dict[str, dict[str, Any]]:
    """The items of a list by their id, in order; an absent list has none."""
    return {item["id"]: item for item in items or ()}


def unmoved(before: list[str], after: list[str]) -> set[str]:
    """Of the ids that both have, a largest set whose order among each other is the same in both."""
    place = {identity: position for position, identity in enumerate(before)}
    tails: list[int] = []
    links: list[tuple[str, Any]] = []
    chain: Any = None
    for identity in after:
        if identity not in place:
            continue
        at = bisect_left(tails, place[identity])
        chain = (identity, links[at - 1] if at else None)
        tails[at : at + 1] = [place[identity]]
        links[at : at + 1] = [chain]
    found: set[str] = set()
    chain = links[-1] if links else None
    while chain:
        found.add(chain[0])
        chain = chain[1]
    return found


def _in_dict(old: Document, new: Document, path: Path) -> Iterator[Change]:
    for key in [*old, *(key for key in new if key not in old)]:
        before, after = old.get(key), new.get(key)
        if same(before, after):
            continue
        here = (*path, key)
        if (keyed(before) or before is None) and (keyed(after) or after is None):
            yield from _in_list(before, after, here)
        elif isinstance(before, dict) and isinstance(after, dict):
            yield from _in_dict(before, after, here)
        else:
            kind: Kind = "added" if before is None else "removed" if after is None else "changed"
            yield Change(kind, here, before, after)


def _in_list(old: Any, new: Any, path: Path) -> Iterator[Change]:
    before, after = by_id(old), by_id(new)
    for identity, item in before.items():
        if identity not in after:
            yield Change("removed", (*path, identity), item, None, is_item=True)
    still = unmoved(list(before), list(after))
    previous: str | None = None
    for identity, item in after.items():
        here = (*path, identity)
        if identity not in before:
            yield Change("added", here, None, item, is_item=True, after=previous)
        else:
            if identity not in still:
                yield Change("moved", here, before[identity], item, is_item=True, after=previous)
            yield from _in_dict(before[identity], item, here)
        previous = identity


def _applied(value: Any, steps: list[Change], depth: int) -> Any:
    """A value with the changes of itself (whose paths end here) and of what it holds; None when nothing is left."""
    here = [step for step in steps if len(step.path) == depth]
    if here:
        return here[-1].new
    items = steps[0].path[depth : depth + 1] and _holds_items(value, steps, depth)
    if items:
        return _applied_items(by_id(value), steps, depth) or None
    result = dict(value) if isinstance(value, dict) else {} if value is None else None
    if result is None:
        return value
    for key, of_key in _by_key(steps, depth).items():
        inner = _applied(result.get(key), of_key, depth + 1)
        if inner is None:
            result.pop(key, None)
        else:
            result[key] = inner
    return result or None


def _holds_items(value: Any, steps: list[Change], depth: int) -> bool:
    return keyed(value) or any(step.is_item and len(step.path) == depth + 1 for step in steps)


def _applied_items(items: dict[str, Any], steps: list[Change], depth: int) -> list[Any]:
    moves: list[Change] = []
    for identity, of_item in _by_key(steps, depth).items():
        moves += [step for step in of_item if step.is_item and len(step.path) == depth + 1]
        inside = [step for step in of_item if not (step.is_item and len(step.path) == depth + 1)]
        if inside and identity in items:
            items[identity] = _applied(items[identity], inside, depth + 1)
    return _rearranged(items, moves) if moves else list(items.values())


def _rearranged(items: dict[str, Any], steps: list[Change]) -> list[Any]:
    touched = {step.path[-1] for step in steps}
    order = [identity for identity in items if identity not in touched]
    for step in steps:
        identity = step.path[-1]
        if step.kind == "removed" or (step.kind == "moved" and identity not in items):
            continue
        if step.kind == "added":
            items[identity] = step.new
        place = len(order)
        if step.after is None or step.after in order:
            place = 0 if step.after is None else order.index(step.after) + 1
        order.insert(place, identity)
    return [items[identity] for identity in order]


def _by_key(steps: list[Change], depth: int) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for step in steps:
        found.setdefault(step.path[depth], []).append(step)
    return found
