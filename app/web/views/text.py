"""The written form of a card on a page: its lines around each fault, and where it clashes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.content import Path
from app.content.items import Namer, locate
from app.content.merge import Conflict
from app.content.problems import Problem
from app.services.errors import Conflicted
from app.web.forms.view import Clash
from app.web.views.said import Finder, place, say

_AROUND = 2
_MOST = 30
_WIDEST = 240


@dataclass(frozen=True)
class Line:
    """One line of a text: its number, what it holds, and whether something is wrong there."""

    number: int
    text: str
    wrong: bool


@dataclass(frozen=True)
class Faults:
    """What is wrong on one line of a text, or in no line in particular (number 0), with the lines around it."""

    number: int
    sentences: list[str]
    lines: list[Line]


def faults(text: str, problems: Sequence[Problem]) -> list[Faults]:
    """The problems of a text by line, the first line first; those of no line before all others."""
    lines = text.split("\n")
    of_line: dict[int, list[str]] = {}
    for problem in problems:
        number = problem.line if problem.line and problem.line <= len(lines) else 0
        sentence = f"{problem.where}: {problem.message}" if problem.where else problem.message
        of_line.setdefault(number, []).append(sentence)
    ordered = sorted(of_line)
    return [
        Faults(number, of_line[number], list(_around(lines, number)) if number and place < _MOST else [])
        for place, number in enumerate(ordered)
    ]


def _around(lines: list[str], number: int) -> Iterator[Line]:
    first = max(1, number - _AROUND)
    for at, text in enumerate(lines[first - 1 : number + _AROUND], first):
        yield Line(at, text if len(text) <= _WIDEST else text[:_WIDEST] + " …", at == number)


def clashes_of(conflict: Conflicted, chosen: Mapping[Path, str]) -> list[Clash]:
    """Where two people changed the same, in words; with what was chosen so far, by path."""
    shape = conflict.current.edition.shape
    sides = [conflict.base, conflict.current.document, conflict.mine]
    namers = [Namer(document, shape) for document in sides]
    finders = [Finder(document) for document in sides]
    return [_clash(one, conflict, namers, finders, chosen.get(one.path, "")) for one in conflict.conflicts]


def _clash(one: Conflict, conflict: Conflicted, namers: list[Namer], finders: list[Finder], choice: str) -> Clash:
    shape = conflict.current.edition.shape
    # Named after the side that still has the item.
    known = next((number for number in (1, 2, 0) if finders[number](one.path[:2]) is not None), 1)
    found = locate(shape, one.path) or shape[one.path[0]]
    before, theirs, mine = (
        say(found, side, namer) for side, namer in zip((one.base, one.theirs, one.mine), namers, strict=True)
    )
    title = place(shape, one.path, finders[known], namers[known])
    return Clash(".".join(one.path), title, before, theirs, mine, choice)
