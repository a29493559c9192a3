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
        self.problems = list(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


def refuse(message: str, path: Path = (), line: int | None = None) -> InvalidCard:
    """An `InvalidCard` with one problem, to raise."""
    return InvalidCard([Problem(path, message, line=line)])
