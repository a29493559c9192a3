"""Three-way merge of documents by item id and field."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from app.content import Document, Path
from app.content.changes import Change, Kind, apply, by_id, keyed, same
from app.content.items import find


@dataclass(frozen=True)
class Conflict:
    """Two people did different things with the same field, or one removed an item that the other changed.

    Attributes:
        path: the field or the item.
        base: the value both started from; None where it was absent.
        mine: what this side made of it; None where it removed it.
        theirs: what the other side made of it; None where it removed it.
    """

    path: Path
    base: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True)
class Merged:
    """The outcome of a merge.

    Attributes:
        document: both sides' changes together; where they conflict, theirs.
        conflicts: what a person must decide; each holds both sides whole.
    """

    document: Document
    conflicts: list[Conflict]


def merge(base: Document, mine: Document, theirs: Document) -> Merged:
    """Bring two descendants of a document together.

    Changes of different fields never conflict, the same change twice is one change, order never conflicts, and
    lists of plain values merge as sets. Whether the result is valid is for the caller to judge.
    """
    conflicts: list[Conflict] = []
    document = _merge(base, mine, theirs, (), conflicts)
    return Merged(document, conflicts)


def resolved(merged: Merged, mine: Document, chosen: Collection[Path]) -> Document:
    """The merged document with this side where it was chosen; elsewhere theirs, as it was merged.

    Args:
        merged: the outcome of a merge.
        mine: this side.
        chosen: paths of conflicts.
    """
    return apply([_taken(one, mine) for one in merged.conflicts if one.path in chosen], merged.document)


def _taken(conflict: Conflict, mine: Document) -> Change:
    """The change that puts this side in the place of the other."""
    kind: Kind = "removed" if conflict.mine is None else "added" if conflict.theirs is None else "changed"
    items = find(mine if conflict.mine is not None else {}, conflict.path[:-1])
    is_item = any(
        isinstance(side, dict) and side.get("id") == conflict.path[-1]
        for side in (conflict.base, conflict.mine, conflict.theirs)
    )
    after = None
    if is_item and kind == "added":
        order = list(by_id(items))
        place = order.index(conflict.path[-1])
        after = order[place - 1] if place else None
    return Change(kind, conflict.path, conflict.theirs, conflict.mine, is_item, after)


def _merge(base: Any, mine: Any, theirs: Any, path: Path, conflicts: list[Conflict]) -> Any:
    if same(mine, theirs) or same(theirs, base):
        return mine
    if same(mine, base):
        return theirs
    sides = [side for side in (base, mine, theirs) if side is not None]
    if all(isinstance(side, dict) for side in (mine, theirs)):
        return _merge_dicts(base if isinstance(base, dict) else {}, mine, theirs, path, conflicts)
    if all(keyed(side) for side in sides):
        return _merge_items(by_id(base), by_id(mine), by_id(theirs), path, conflicts)
    if all(_plain(side) for side in sides):
        return _merge_sets(base or [], mine or [], theirs or [])
    conflicts.append(Conflict(path, base, mine, theirs))
    return theirs


def _merge_dicts(
    base: Document, mine: Document, theirs: Document, path: Path, conflicts: list[Conflict]
) -> Document | None:
    result = {}
    for key in [*theirs, *(key for key in mine if key not in theirs)]:
        merged = _merge(base.get(key), mine.get(key), theirs.get(key), (*path, key), conflicts)
        if merged is not None:
            result[key] = merged
    return result or None


def _merge_items(
    base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any], path: Path, conflicts: list[Conflict]
) -> list[Any] | None:
    result = {}
    for identity in _order(list(base), list(mine), list(theirs)):
        sides = base.get(identity), mine.get(identity), theirs.get(identity)
        merged = _merge(*sides, (*path, identity), conflicts)
        if merged is not None:
            result[identity] = merged
    return list(result.values()) or None


def _order(base: list[str], mine: list[str], theirs: list[str]) -> list[str]:
    """All ids of both sides: in the order of the side that moved something (theirs, when both did)."""
    mine_moved = [one for one in base if one in set(mine)] != [one for one in mine if one in set(base)]
    theirs_moved = [one for one in base if one in set(theirs)] != [one for one in theirs if one in set(base)]
    lead, other = (mine, theirs) if mine_moved and not theirs_moved else (theirs, mine)
    order = list(lead)
    present = set(lead)
    for position, identity in enumerate(other):
        if identity not in present:
            before = other[position - 1] if position else None
            order.insert(order.index(before) + 1 if before in present else len(order) if before else 0, identity)
            present.add(identity)
    return order


def _plain(value: Any) -> bool:
    return isinstance(value, list) and not any(isinstance(inner, dict | list) for inner in value)


def _merge_sets(base: list[Any], mine: list[Any], theirs: list[Any]) -> list[Any] | None:
    gone = [value for value in base if value not in mine]
    kept = [value for value in theirs if value not in gone]
    return kept + [value for value in mine if value not in base and value not in theirs] or None
