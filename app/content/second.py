"""What of a change a second person has to do with: what it opens to somebody, and what it shields."""

from collections.abc import Iterable
from itertools import combinations

from app.content import Document
from app.content.changes import by_id
from app.content.display import Display
from app.content.items import index
from app.content.review import listed
from app.content.roles import Shield
from app.content.shape import Shape
from app.content.shielding import hidden, shielded_from


def opened(before: Document, after: Document, shape: Shape, shield: Shield, display: Display) -> frozenset[str]:
    """The items that somebody was not to see and now can: in whatever way that came about.

    An item that went is shown to nobody. Where a professional from whom something is shielded gets another name, the
    one who bears the old name may not be known any more: that opens all of it.

    Args:
        before: the card as it is, valid.
        after: the card as it would be, valid.
        shape: its fields.
        shield: where it says what is shielded.
        display: says where the professionals are, and what they are called.
    """
    there, others = set(index(after, shape)), renamed(before, after, display)
    found: set[str] = set()
    named = sorted(shielded_from(before, shape, shield))
    # One person can be two rows: what hangs on both is hidden from neither row alone.
    for viewers in map(set, (*combinations(named, 1), *combinations(named, 2))):
        gone = hidden(before, shape, shield, viewers) & there
        found |= gone if viewers & others else gone - hidden(after, shape, shield, viewers)
    return frozenset(found)


def shielded(before: Document, after: Document, shape: Shape, shield: Shield) -> dict[str, str]:
    """The items that are shielded from somebody more than before, with their sections."""
    old = {one: set(listed(item.get(shield.field))) for one, (_section, item) in index(before, shape).items()}
    return {
        one: section
        for one, (section, item) in index(after, shape).items()
        if set(listed(item.get(shield.field))) - old.get(one, set())
    }


def still_shielded(before: Document, after: Document, shape: Shape, shield: Shield, display: Display) -> Document:
    """The card after a change, with each shield that it had before: for a change that nobody here can have confirmed.

    From whom something is shielded stays on the card under the same name. The result is still to be judged.

    Args:
        before: the card as it is here, valid.
        after: what others made of it, valid; it stays as it was.
        shape: its fields.
        shield: where it says what is shielded, and why.
        display: says where the professionals are, and what they are called.
    """
    here, there, where = index(before, shape), index(after, shape), display.member
    named = shielded_from(before, shape, shield)
    kept: dict[str, dict[str, Document]] = {}
    for one, (section, item) in here.items():
        barred = listed(item.get(shield.field))
        held = there[one][1] if one in there else {}
        if held and (lost := [each for each in barred if each not in listed(held.get(shield.field))]):
            reason = {shield.reason: held.get(shield.reason) or item.get(shield.reason)}
            told = {shield.field: [*listed(held.get(shield.field)), *lost], **reason}
            kept.setdefault(section, {})[one] = {**held, **{key: value for key, value in told.items() if value}}
        elif one in named and not held:
            kept.setdefault(section, {})[one] = item
    for one in renamed(before, after, display) & named:
        if where is None:
            break
        row = kept.get(where.section, {}).get(one, there[one][1])
        names = {key: here[one][1][key] for key in (where.name, where.organisation) if key in here[one][1]}
        kept.setdefault(where.section, {})[one] = {**row, **names}
    return {**after, **{key: _with(after.get(key, ()), rows) for key, rows in kept.items()}} if kept else after


def _with(held: Iterable[Document], rows: dict[str, Document]) -> list[Document]:
    items = {item["id"]: item for item in held}
    return list({**items, **rows}.values())


def without_reasons(after: Document, befores: Iterable[Document], shape: Shape, shield: Shield) -> Document:
    """The card without the reason of each shield that is lifted: it says what was not to be known.

    Args:
        after: the card as it would be; it stays as it was.
        befores: the card as it is, and as who changes it began.
        shape: its fields.
        shield: where it says what is shielded, and why.
    """
    was = {
        one for before in befores for one, (_, item) in index(before, shape).items() if listed(item.get(shield.field))
    }
    lifted = {
        one: section
        for one, (section, item) in index(after, shape).items()
        if one in was and shield.reason in item and not listed(item.get(shield.field))
    }
    return {
        key: [_without(item, shield.reason) if lifted.get(item["id"]) == key else item for item in held]
        if key in lifted.values()
        else held
        for key, held in after.items()
    }


def _without(item: Document, field: str) -> Document:
    return {key: held for key, held in item.items() if key != field}


def renamed(before: Document, after: Document, display: Display) -> set[str]:
    """The professionals that are called otherwise, or work elsewhere, than they did: who is who may be lost by it."""
    where = display.member
    if where is None:
        return set()
    old, new = (by_id(one.get(where.section, ())) for one in (before, after))
    keys = (where.name, where.organisation)
    return {one for one in old.keys() & new.keys() if any(old[one].get(key) != new[one].get(key) for key in keys)}
