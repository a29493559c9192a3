"""What somebody made of a card of which a part stayed behind, brought together with the whole of it."""

from typing import Any

from app.content import Document
from app.content.changes import by_id, keyed
from app.content.items import index, pointers
from app.content.merge import Conflict, merge, resolved
from app.content.shape import Shape


def whole_again(own: Document, sent: Document, after: Document, shape: Shape) -> Document:
    """The whole card with what others made of the part that was sent.

    What stayed behind stays what and where it was, so that it never reads as removed. Where both touch the same, what
    was made of it counts; but an item that holds something that stayed behind is not taken away with it, and nobody
    takes the number of an item that stayed behind. The result is still to be judged, as every card.

    Args:
        own: the card here, when it was sent.
        sent: the same as it was sent: without some items, rows, references and numbers.
        after: what was made of `sent`.
        shape: the fields of the card.
    """
    unseen = set(index(own, shape)) - set(index(sent, shape))
    merged = merge(sent, own, after)
    whole = resolved(merged, own, [one.path for one in merged.conflicts if _stays(one, unseen)])
    return _with_needed(whole, own, unseen, shape)


def _with_needed(whole: Document, own: Document, unseen: set[str], shape: Shape) -> Document:
    """The card with the items that what stayed behind cannot do without, where others took those away."""
    before = index(own, shape)
    while missing := {
        one.target
        for one in pointers(whole, shape)
        if one.target in before and not unseen.isdisjoint(one.path) and one.target not in index(whole, shape)
    }:
        for section, item in (before[one] for one in sorted(missing)):
            whole = {**whole, section: [*whole.get(section, ()), item]}
        unseen = unseen | missing
    return whole


def _stays(conflict: Conflict, unseen: set[str]) -> bool:
    if not unseen.isdisjoint(conflict.path):
        return True
    return conflict.theirs is None and _holds_more(conflict.mine, conflict.base)


def _holds_more(own: Any, sent: Any) -> bool:
    """Whether a value holds a row that was not sent with it."""
    if isinstance(own, dict):
        return any(_holds_more(held, (sent or {}).get(key)) for key, held in own.items())
    if keyed(own):
        rows = by_id(sent)
        return any(one not in rows or _holds_more(row, rows[one]) for one, row in by_id(own).items())
    return False
