"""What can be wrong with a card, said in one Dutch sentence and at one place."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.content import Path


@dataclass(frozen=True)
class Problem:
    """One fault of a document.

    Attributes:
        path: where it is, by section, item id and field; empty for the document as a whole.
        message: one Dutch sentence.
        where: the same place in the words of the schema, such as ``Afspraken › a-7k3mq › Uiterlijk``.
        line: the line of a written form, counted from 1, where it is known.
    """

    path: Path
    message: str
    where: str = ""
    line: int | None = None

    def __str__(self) -> str:
        """The whole of it in one line, for a person."""
        place = " ".join(filter(None, [f"Regel {self.line}." if self.line else "", self.where and f"{self.where}:"]))
        return f"{place} {self.message}".strip()


class InvalidCard(ValueError):
    """A document that cannot be a card; ``problems`` says why, at least one."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = [_printable(problem) for problem in problems]
        super().__init__("; ".join(str(problem) for problem in self.problems))


def _printable(problem: Problem) -> Problem:
    """The problem without signs that a file brought in and that a screen or a log would act on."""
    shown = [_shown(part) for part in (problem.message, problem.where, *problem.path)]
    return Problem(tuple(shown[2:]), shown[0], shown[1], problem.line)


def _shown(text: str) -> str:
    return text if text.isprintable() else "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def refuse(message: str, path: Path = (), line: int | None = None) -> InvalidCard:
    """An `InvalidCard` with one problem, to raise."""
    return InvalidCard([Problem(path, message, line=line)])
