"""The written form of a card on a page: its lines around each fault."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.content.problems import Problem

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
