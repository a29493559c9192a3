"""Which words of a text changed."""

import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

Piece = tuple[Literal["same", "removed", "added"], str]

_WORD = re.compile(r"\s*(?:\w+|[^\w\s])|\s+")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_MOST_PAIRS = 60_000
"""Comparing takes time by the number of pairs of equal words; more than this is compared by line, or not at all."""
_LITTLE_IN_COMMON = 0.3


def word_changes(old: str, new: str) -> list[Piece]:
    """The two texts as one row of pieces: what stayed, what went, what came, in reading order.

    The pieces that stayed and went make up `old`, those that stayed and came make up `new`. Very long texts are
    compared by line. Texts that have little in common come back as one text that went and one that came: that
    reads better than crumbs.
    """
    for parts in (_WORD, _LINE):
        before, after = parts.findall(old), parts.findall(new)
        counts = Counter(after)
        if sum(number * counts[part] for part, number in Counter(before).items()) <= _MOST_PAIRS:
            matcher = SequenceMatcher(None, before, after, autojunk=False)
            if matcher.ratio() < _LITTLE_IN_COMMON:
                break
            return list(_joined(_pieces(matcher, before, after)))
    pieces: list[Piece] = [("removed", old), ("added", new)]
    return [piece for piece in pieces if piece[1]] if old != new else [("same", old)]


def _pieces(matcher: "SequenceMatcher[str]", before: list[str], after: list[str]) -> Iterator[Piece]:
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        removed, added = "".join(before[start:end]), "".join(after[new_start:new_end])
        if tag == "equal":
            yield "same", removed
            continue
        # The blank before a phrase that was replaced did not change.
        blank = 0
        while removed[blank : blank + 1].isspace() and removed[blank] == added[blank : blank + 1]:
            blank += 1
        yield "same", removed[:blank]
        yield "removed", removed[blank:]
        yield "added", added[blank:]


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbours of the same kind as one piece; no empty ones."""
    kind, text = next(pieces, ("same", ""))
    for next_kind, next_text in pieces:
        if next_kind == kind or not next_text:
            text += next_text
            continue
        if text:
            yield kind, text
        kind, text = next_kind, next_text
    if text:
        yield kind, text
