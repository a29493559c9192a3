"""Whether the access log is as it was written; if not, the exact first line where it is not."""

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from app.storage.access_log import LOST_ANCHOR, REPAIR, RETIRE, AccessLog
from app.storage.log_chain import START, Sealed, Tip, sealed

Why = Literal["changed", "removed", "added", "moved", "cut", "anchor"]
_LONGEST_LINE = 64 * 1024
_AHEAD = 1_000
"""So far ahead a line is looked for that is not at its place, to tell moved from removed."""


@dataclass(frozen=True)
class Fault:
    """The first place where the log is not as it was written.

    Attributes:
        part: the month of the file.
        line: the number of the line in that file, from 1: the line that is wrong, or before which lines are gone.
        why: what is wrong there, as far as it shows.
        missing: how many lines are gone, where lines are.
    """

    part: str
    line: int
    why: Why
    missing: int = 0


@dataclass(frozen=True)
class Verdict:
    """What came out.

    Attributes:
        count: the number of the last line.
        mac: its MAC.
        first: the number of the first line that is kept; older parts were retired.
        fault: the first fault, or None.
        torn: whether the last line is half: a process was killed over it, and nobody was answered.
    """

    count: int
    mac: str
    first: int
    fault: Fault | None = None
    torn: bool = False


@dataclass
class _Walk:
    """How far the walk came, and what it must remember."""

    key: bytes
    count: int = 0
    mac: str = START
    part: str = ""
    line: int = 0
    retired: int = 0
    lost: Fault | None = None


Place = tuple[str, int, bytes]


def verify(log: AccessLog, kept: tuple[int, str] | None = None) -> Verdict:
    """Walk over the whole log, while others may go on adding to it.

    Args:
        log: the log.
        kept: a count and MAC that were noted elsewhere.

    Raises:
        LogUnavailable: it cannot be read.
    """
    with log.held() as key:
        anchored, sizes = log.anchor.read(key), {part: log.size(part) for part in log.parts()}
    marks = {tip.count: tip.mac for tip in [anchored] if tip} | dict([kept] if kept else [])
    with log.reading():
        return _walked(log, _Walk(key), sizes, anchored, marks)


def _walked(log: AccessLog, walk: _Walk, sizes: dict[str, int], anchored: Tip | None, marks: dict[int, str]) -> Verdict:
    places = _Ahead(_places(log, sizes))
    begin = _begin(places.peek())
    walk.count, walk.mac = begin.count, begin.mac
    fault, torn = None, False
    for part, number, raw in places:
        line = sealed(raw[:-1]) if raw.endswith(b"\n") else None
        if line is None or not line.follows(walk.key, walk.count, walk.mac):
            if raw.endswith(b"\n") or places.peek():
                fault = _judged(walk, line, (part, number, raw), places)
            else:
                missing = max(marks, default=0) - walk.count
                fault, torn = (Fault(part, number, "cut", missing), False) if missing > 0 else (None, True)
            break
        walk.count, walk.mac, walk.part, walk.line = line.number, line.mac, part, number
        if b'"event":"log-' in line.body:
            _remember(walk, line)
        if marks.get(line.number, line.mac) != line.mac:
            fault = Fault(part, number, "changed")
            break
    fault = fault or _at_the_ends(walk, begin, anchored, marks)
    return Verdict(walk.count, walk.mac, begin.count + 1, fault, torn)


def _at_the_ends(walk: _Walk, begin: Tip, anchored: Tip | None, marks: dict[int, str]) -> Fault | None:
    """What only shows when all that is there follows: parts before it, lines after it, the anchor."""
    if begin.count > walk.retired:
        return Fault(begin.part, 1, "removed", begin.count)
    if marks.get(begin.count, begin.mac) != begin.mac:
        return Fault(begin.part, 1, "changed")
    if walk.lost:
        return walk.lost
    last = max(marks, default=0)
    if anchored and last > walk.count and anchored.first == walk.count + 1:
        return Fault(anchored.part, 1, "cut", last - walk.count)
    if last > walk.count:
        return Fault(walk.part or (anchored.part if anchored else ""), walk.line + 1, "cut", last - walk.count)
    if walk.count and anchored is None:
        return Fault(walk.part, walk.line, "anchor")
    return None


def _remember(walk: _Walk, line: Sealed) -> None:
    fields = json.loads(line.body)
    if fields["event"] == RETIRE:
        walk.retired = max(walk.retired, fields["retired"]["count"])
    if fields["event"] == REPAIR and fields["ground"] == LOST_ANCHOR and not walk.lost:
        walk.lost = Fault(walk.part, walk.line, "anchor")


def _begin(first: Place | None) -> Tip:
    """Where the chain begins, as the first line of the first part says; that line's own MAC is over this too."""
    if first and (line := sealed(first[2].rstrip(b"\n"))):
        try:
            former = json.loads(line.body)["former"]
            return Tip(int(former["count"]), str(former["mac"]), str(former["part"]))
        except (ValueError, KeyError, TypeError):
            pass
    return Tip()


def _judged(walk: _Walk, line: Sealed | None, place: Place, places: "_Ahead") -> Fault:
    """What is wrong at a line that does not follow the one before it."""
    part, number, _ = place
    ahead = [found for _, _, raw in places.ahead(_AHEAD) if (found := sealed(raw.rstrip(b"\n")))]
    following = ahead[0] if ahead else None
    if following and following.follows(walk.key, walk.count, walk.mac):
        swapped = line is not None and line.follows(walk.key, following.number, following.mac)
        return Fault(part, number, "moved" if swapped else "added")
    if line is None or line.number == walk.count + 1:
        return Fault(part, number, "changed")
    if line.number <= walk.count:
        return Fault(part, number, "added")
    if following and following.follows(walk.key, walk.count + 1, line.mac):
        return Fault(part, number, "changed")  # its number was
    if any(one.follows(walk.key, walk.count, walk.mac) for one in ahead):
        return Fault(part, number, "moved")
    return _gone(walk, line, part, number)


def _gone(walk: _Walk, line: Sealed, part: str, number: int) -> Fault:
    """Lines are gone before this one; where it begins a part, from the end of the former part, or all of that."""
    missing = line.number - walk.count - 1
    if number > 1:
        return Fault(part, number, "removed", missing)
    try:
        former = str(json.loads(line.body)["former"]["part"])
    except (ValueError, KeyError, TypeError):
        return Fault(part, number, "removed", missing)
    if former == walk.part:
        return Fault(former, walk.line + 1, "cut", missing)
    return Fault(former, 1, "removed", missing)


def _places(log: AccessLog, sizes: dict[str, int]) -> Iterator[Place]:
    """Every line with its place, of as much as was there when the walk began."""
    for part, size in sizes.items():
        with log.path(part).open("rb") as file:
            number, left = 0, size
            while left and (raw := file.readline(min(left, _LONGEST_LINE))):
                number, left = number + 1, left - len(raw)
                yield part, number, raw


class _Ahead(Iterator[Place]):
    """Lines, with a look at those that follow."""

    def __init__(self, places: Iterator[Place]) -> None:
        self._places, self._seen = places, deque[Place]()

    def __next__(self) -> Place:
        return self._seen.popleft() if self._seen else next(self._places)

    def ahead(self, count: int) -> list[Place]:
        self._seen.extend(islice(self._places, max(0, count - len(self._seen))))
        return list(islice(self._seen, count))

    def peek(self) -> Place | None:
        return next(iter(self.ahead(1)), None)
