"""Which words of a text changed."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Literal

Piece = tuple[Literal["same", "removed", "added"], str]

_WORD = re.compile(r"\s*(?:\w+|[^\w\s])|\s+")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_MOST_PAIRS = 60_000
"""Comparing takes time by the number of pairs of equal words; more than this is compared by line, or not at all."""
_MOST_WORK = 25_000_000
"""And by the square of what stands between the first and the last difference, where words have changed places."""
_LITTLE_IN_COMMON = 0.3


class Patience:
    """How much work may still be spent on saying word by word what changed; many texts together share one."""

    def __init__(self, work: int = 2 * _MOST_WORK) -> None:
        """For so much work, in pairs of words."""
        self._left = work

    def has(self, before: Sequence[str], after: Sequence[str]) -> bool:
        """Whether two rows may be compared; what that takes is taken off."""
        work = _work(before, after)
        if work > min(self._left, _MOST_WORK):
            return False
        self._left -= work
        return True


def word_changes(old: str, new: str, patience: Patience | None = None) -> list[Piece]:
    """The two texts as one row of pieces: what stayed, what went, what came, in reading order.

    The pieces that stayed and went make up `old`, those that stayed and came make up `new`. Very long texts are
    compared by line. Texts that have little in common come back as one text that went and one that came: that
    reads better than crumbs; so do texts for which no patience is left.
    """
    patience = patience or Patience()
    for parts in (_WORD, _LINE):
        before, after = parts.findall(old), parts.findall(new)
        counts = Counter(after)
        pairs = sum(number * counts[part] for part, number in Counter(before).items())
        if pairs <= _MOST_PAIRS and patience.has(before, after):
            matcher = SequenceMatcher(None, before, after, autojunk=False)
            if matcher.ratio() < _LITTLE_IN_COMMON:
                break
            return list(_joined(_pieces(matcher, before, after)))
    pieces: list[Piece] = [("removed", old), ("added", new)]
    return [piece for piece in pieces if piece[1]] if old != new else [("same", old)]


def _work(before: Sequence[str], after: Sequence[str]) -> int:
    """The square of what is left of two rows without what they have in common at both ends."""
    start = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    ends = zip(reversed(before[start:]), reversed(after[start:]), strict=False)
    end = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], ends))
    return (len(before) - start - end) * (len(after) - start - end)


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
