"""Which words of a text changed."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

Piece = tuple[Literal["same", "removed", "added"], str]

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_MOST_TOKENS = 3_000


def word_changes(old: str, new: str) -> list[Piece]:
    """The two texts as one row of pieces: what stayed, what went, what came, in reading order.

    The pieces that stayed and went make up `old`, those that stayed and came make up `new`. Texts that are very
    long, or have little in common, come back as one text that went and one that came: that reads better than
    crumbs.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if max(len(before), len(after)) > _MOST_TOKENS:
        return _whole(old, new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < 0.3:
        return _whole(old, new)
    return list(_joined(_pieces(matcher, before, after)))


def _whole(old: str, new: str) -> list[Piece]:
    pieces: list[Piece] = [("removed", old), ("added", new)]
    return [piece for piece in pieces if piece[1]] if old != new else [("same", old)]


def _pieces(matcher: "SequenceMatcher[str]", before: list[str], after: list[str]) -> Iterator[Piece]:
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            yield "same", "".join(before[start:end])
        else:
            yield "removed", "".join(before[start:end])
            yield "added", "".join(after[new_start:new_end])


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Take a lone blank between two changes into them, so that a changed phrase reads as one."""
    removed, added = "", ""
    for kind, text in pieces:
        if kind == "removed":
            removed += text
        elif kind == "added":
            added += text
        elif text.isspace() and "\n" not in text and (removed or added):
            removed, added = removed + text, added + text
        else:
            yield from _flush(removed, added)
            removed, added = "", ""
            yield "same", text
    yield from _flush(removed, added)


def _flush(removed: str, added: str) -> Iterator[Piece]:
    # A blank taken in at the end, with nothing after it, belongs to what stayed.
    tail = ""
    while removed and added and removed[-1] == added[-1] and removed[-1].isspace():
        tail, removed, added = removed[-1] + tail, removed[:-1], added[:-1]
    if removed:
        yield "removed", removed
    if added:
        yield "added", added
    if tail:
        yield "same", tail
