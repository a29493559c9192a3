"""What differs between two documents, by item id and field and never by position; and how to redo it."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from app.content import Document, Path
from app.content.items import find

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
    """The document with the changes made; the argument stays as it was.

    ``apply(changes(a, b), a) == b``. Made on another document, a change whose place is gone is left out, and
    an item whose predecessor is gone comes last.
    """
    result = deepcopy(document)
    lists: dict[Path, list[Change]] = {}
    for step in steps:
        if step.is_item:
            lists.setdefault(step.path[:-1], []).append(step)
        else:
            _set(result, step)
    for path, of_list in lists.items():
        _rearrange(result, path, of_list)
    return result


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
        if before == after:
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


def _set(document: Document, step: Change) -> None:
    *parents, key = step.path
    holder: Any = document
    for number, parent in enumerate(parents, 1):
        inner = find(holder, (parent,))
        if inner is None and isinstance(holder, dict):
            inner = holder[parent] = {}
        if inner is None:
            return
        holder = inner
        if number == len(parents) and not isinstance(holder, dict):
            return
    if step.new is None:
        holder.pop(key, None)
        if not holder:
            _drop(document, tuple(parents))
    else:
        holder[key] = deepcopy(step.new)


def _rearrange(document: Document, path: Path, steps: list[Change]) -> None:
    holder = find(document, path[:-1]) if path[:-1] else document
    if not isinstance(holder, dict):
        return
    items = by_id(holder.get(path[-1]))
    touched = {step.path[-1] for step in steps}
    order = [identity for identity in items if identity not in touched]
    for step in steps:
        identity = step.path[-1]
        if step.kind == "removed" or (step.kind == "moved" and identity not in items):
            continue
        if step.kind == "added":
            items[identity] = deepcopy(step.new)
        place = 0 if step.after is None else order.index(step.after) + 1 if step.after in order else len(order)
        order.insert(place, identity)
    if order:
        holder[path[-1]] = [items[identity] for identity in order]
    else:
        holder.pop(path[-1], None)


def _drop(document: Document, path: Path) -> None:
    holder = find(document, path[:-1]) if path[:-1] else document
    if path and isinstance(holder, dict):
        holder.pop(path[-1], None)
