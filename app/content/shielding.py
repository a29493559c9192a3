"""What is shielded from somebody: which items, the card without them, and what was saved from that put back on it."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from app.content import Document, Path
from app.content.changes import by_id, keyed, same
from app.content.display import Display
from app.content.items import Pointer, index
from app.content.problems import InvalidCard, Problem, refuse
from app.content.roles import Shield
from app.content.shape import Field, Shape
from app.content.validate import loose

UNSEEN = "Dit kan nu niet: iets wat u niet ziet hoort hierbij. Vraag het de dossierhouder."
"""What is said of a fault that has to do with something shielded; nothing of what that is."""
_TAKEN = "Dit nummer kunt u niet gebruiken. Laat het weg: een nieuw onderdeel krijgt vanzelf een nummer."


def hidden(
    document: Document, shape: Shape, shield: Shield, viewers: Collection[str], also: Collection[str] = ()
) -> frozenset[str]:
    """The ids of the items of a valid card that somebody must not see.

    These are: the items that are shielded from one of the viewers; the items that cannot stand without those (nothing
    is left of a reference that they must have); the items that are about those alone; and so on. What merely names a
    hidden item beside others, or stands under one, is not hidden: who must do an afspraak is to see it.

    Args:
        document: a card.
        shape: its fields.
        shield: where the card says what is shielded.
        viewers: the ids of the items of the card that are this person, such as a row of the professionals.
        also: the ids of items that this person must not see for another reason.
    """
    barred, items = set(viewers), index(document, shape)
    gone = {one for one, (_, item) in items.items() if one in also or barred & set(_listed(item.get(shield.field)))}
    while more := {
        identity
        for identity, (section, item) in (items.items() if gone else ())
        if identity not in gone and not _stands(item, shape[section].inner, shield, gone)
    }:
        gone |= more
    return frozenset(gone)


def shielded_from(document: Document, shape: Shape, shield: Shield) -> set[str]:
    """The items of a card, such as rows of the professionals, from whom something on it is shielded."""
    return {one for _section, item in index(document, shape).values() for one in _listed(item.get(shield.field))}


def concealed(document: Document, shape: Shape, gone: Collection[str]) -> Document:
    """The card without the items that somebody must not see; the argument stays as it was, and what stays is shared.

    References to them go too, rows that cannot stand without them, and lists, groups and sections of which nothing is
    left. A head that must name a hidden item names nobody: only there the view may miss what a card must have.

    Args:
        document: a card.
        shape: its fields.
        gone: the ids, as `hidden` gives them.
    """
    if not gone:
        return document
    result: Document = {}
    for key, held in document.items():
        section = shape[key]
        if section.kind == "group":
            left: Any = _without(held, section.inner, gone)
        elif section.kind == "items":
            left = _left(section, [item for item in held if item["id"] not in gone], gone)
        else:
            left = _left(section, held, gone)
        if left is not None:
            result[key] = left
    return result


def revealed(whole: Document, shown: Document, mine: Document, shape: Shape) -> Document:
    """What a person made of a card without what is shielded, put back on the whole card.

    Hidden items and rows stay as they are and where they are, and so do references to them, unless this person filled
    in the same field. The result is still to be judged, as every card; `told` says the faults without telling more.

    Args:
        whole: the card.
        shown: the card as `concealed` gave it.
        mine: the card as this person wants it, in normal form; it need not be valid.
        shape: the fields of the card.

    Raises:
        InvalidCard: it names a hidden item, takes its number, or removes an item that holds hidden rows.
    """
    if same(whole, shown):
        return mine
    unseen = set(index(whole, shape)) - set(index(shown, shape))
    problems = [loose(one, shape) for one in _pointers(mine, shape, ()) if one.target in unseen]
    problems += [
        Problem((section.key, item["id"]), _TAKEN)
        for section in shape
        if section.kind == "items"
        for item in _dicts(mine.get(section.key))
        if item.get("id") in unseen
    ]
    if problems:
        raise InvalidCard(problems)
    result: Document = _put_back(whole, shown, mine, ())
    return result


def told(problems: Iterable[Problem], gone: Collection[str], mine: Document) -> list[Problem]:
    """The problems of a whole card, for somebody who may not see all of it: those that have to do with that in one.

    Args:
        problems: what is wrong.
        gone: the ids of the hidden items.
        mine: the card as this person sees or wants it: a problem at an item or row that is not there is not told.
    """
    names = re.compile("|".join(rf"(?<![\w-]){re.escape(one)}(?![\w-])" for one in sorted(gone)) or "(?!)")
    return list(
        dict.fromkeys(
            Problem((), UNSEEN)
            if not set(gone).isdisjoint(one.path) or names.search(str(one)) or _is_nowhere(one.path, mine)
            else one
            for one in problems
        )
    )


def unlinked(
    document: Document, shape: Shape, shield: Shield, display: Display, matched: Collection[str]
) -> frozenset[str]:
    """The professionals of a card from whom something is shielded while nobody with access is known to be them.

    Args:
        document: a card.
        shape: its fields.
        shield: where the card says what is shielded.
        display: says where the professionals are.
        matched: the rows that people with access are, as `members.rows_of` gives them.
    """
    if display.member is None:
        return frozenset()
    rows = set(by_id(document.get(display.member.section)))
    return frozenset(shielded_from(document, shape, shield) & (rows - set(matched)))


def _stands(item: Document, shape: Shape, shield: Shield, gone: Collection[str]) -> bool:
    """Whether something sensible is left of an item without the hidden ones."""
    about = [targets for key in shield.about if (targets := _listed(item.get(key)))]
    return _is_whole(item, _without(item, shape, gone), shape) and not any(set(one) <= set(gone) for one in about)


def _is_whole(value: Document, left: Document | None, shape: Shape) -> bool:
    """Whether nothing that must be there went."""
    return left is not None and not any(shape[key].required and key not in left for key in value)


def _without(value: Document, shape: Shape, gone: Collection[str]) -> Document | None:
    """An object without references to hidden items; None where nothing is left."""
    parts = {key: _left(shape[key], held, gone) for key, held in value.items()}
    return {key: left for key, left in parts.items() if left is not None} or None


def _left(field: Field, held: Any, gone: Collection[str]) -> Any:
    """What is left of a value; None for nothing."""
    if field.kind == "reference":
        return None if held in gone else held
    if field.kind == "references":
        return [one for one in held if one not in gone] or None
    if field.kind == "group":
        left = _without(held, field.inner, gone)
        return left if _is_whole(held, left, field.inner) else None
    if field.kind == "items":
        rows = ((row, _without(row, field.inner, gone)) for row in held)
        return [left for row, left in rows if _is_whole(row, left, field.inner)] or None
    return held


def _put_back(whole: Any, shown: Any, mine: Any, path: Path) -> Any:
    """A value of this person with what was not shown of it; None for nothing."""
    if same(mine, shown):
        return whole
    if same(whole, shown):
        return mine
    if isinstance(whole, dict) and isinstance(mine, dict | None):
        return _put_back_fields(whole, shown or {}, mine or {}, path)
    if isinstance(whole, list) and isinstance(mine, list | None):
        return _put_back_list(whole, shown or [], mine or [], path)
    return mine


def _put_back_fields(whole: Document, shown: Document, mine: Document, path: Path) -> Document | None:
    keys = [*mine, *(key for key in whole if key not in mine)]
    parts = {key: _put_back(whole.get(key), shown.get(key), mine.get(key), (*path, key)) for key in keys}
    return {key: value for key, value in parts.items() if value is not None} or None


def _put_back_list(whole: list[Any], shown: list[Any], mine: list[Any], path: Path) -> list[Any]:
    if not keyed(whole):
        return _in_place(mine, whole, [one for one in whole if one not in shown])
    before, seen = by_id(whole), by_id(shown)
    unseen = [identity for identity in before if identity not in seen]
    if mine and not keyed(mine):
        return [*mine, *(before[one] for one in unseen)]  # cannot be a card: what is wrong is told where it is judged
    wanted = by_id(mine)
    for identity in seen:
        if identity not in wanted and _holds_unseen_rows(before[identity], seen[identity]):
            raise refuse(UNSEEN, (*path, identity))
    if taken := [one for one in unseen if one in wanted]:
        raise refuse(_TAKEN, (*path, taken[0]))
    found = {
        one: _put_back(before.get(one), seen.get(one), item, (*path, one)) if one in seen else item
        for one, item in wanted.items()
    }
    return [found.get(one, before.get(one)) for one in _in_place(list(wanted), list(before), unseen)]


def _in_place(mine: list[Any], whole: list[Any], unseen: Collection[Any]) -> list[Any]:
    """A list with what was not shown of it: each after the nearest of those that it stood after."""
    result = list(mine)
    for place, one in enumerate(whole):
        if one in unseen:
            before = next((each for each in reversed(whole[:place]) if each in result), None)
            result.insert(0 if before is None else result.index(before) + 1, one)
    return result


def _holds_unseen_rows(whole: Any, shown: Any) -> bool:
    if isinstance(whole, dict):
        return any(_holds_unseen_rows(held, (shown or {}).get(key)) for key, held in whole.items())
    if keyed(whole):
        rows = by_id(shown)
        return any(one not in rows or _holds_unseen_rows(row, rows[one]) for one, row in by_id(whole).items())
    return False


def _pointers(value: Document, shape: Shape, path: Path) -> Iterator[Pointer]:
    """Every reference of what may not be a card at all."""
    for field in shape:
        held, here = value.get(field.key), (*path, field.key)
        if field.refers_to:
            yield from (Pointer(here, one, field.refers_to) for one in _listed(held) if isinstance(one, str))
        elif field.kind == "group" and isinstance(held, dict):
            yield from _pointers(held, field.inner, here)
        elif field.kind == "items":
            for item in _dicts(held):
                yield from _pointers(item, field.inner, (*here, str(item.get("id", ""))))


def _is_nowhere(path: Path, mine: Document) -> bool:
    """Whether a path leads by an item or row that is not there; steps that count, of items without an id, do not."""
    value: Any = mine
    for step in path:
        if isinstance(value, list):
            value = next((one for one in _dicts(value) if one.get("id") == step), None)
            if value is None:
                return not step.isdecimal()
        else:
            value = value.get(step) if isinstance(value, dict) else None
            if value is None:
                return False
    return False


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _dicts(value: Any) -> list[Document]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
