"""How long a card is kept, and on which grounds it may be destroyed; read from retention.json."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.content.shape import SchemaError

_DUE = "due"


@dataclass(frozen=True)
class Term:
    """A law that says how long a card is kept.

    Attributes:
        title: what it is called.
        source: where in the law it stands.
        years: how many years, from the last change.
    """

    title: str
    source: str
    years: int


@dataclass(frozen=True)
class Ground:
    """Why a card may be destroyed.

    Attributes:
        name: its key in the file.
        title: its name for people.
        description: what it asks, in a sentence.
        only_due: whether it holds only once the card was kept as long as it must be.
    """

    name: str
    title: str
    description: str
    only_due: bool


@dataclass(frozen=True)
class Exemption:
    """Why a card may be kept longer than its term.

    Attributes:
        title: its name for people.
        description: when it holds, in a sentence.
        source: where that stands.
        ends: whether a day must be named until which it holds.
    """

    title: str
    description: str
    source: str
    ends: bool


class Retention:
    """How long the cards of one type are kept.

    Attributes:
        terms: the laws that ask it, by name.
        grounds: why a card may be destroyed, by name; none where no card ever is.
        exceptions: why a card may be kept longer, by name.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        """Read the parsed file.

        Raises:
            SchemaError: something is missing or of the wrong kind.
        """
        try:
            self.terms = {
                name: Term(str(one["title"]), str(one["source"]), _years(one["years"]))
                for name, one in data.get("terms", {}).items()
            }
            self.grounds = {name: _ground(name, one) for name, one in data.get("grounds", {}).items()}
            self.exceptions = {
                name: Exemption(str(one["title"]), str(one["description"]), str(one["source"]), one["until"] is True)
                for name, one in data.get("exceptions", {}).items()
            }
        except (KeyError, TypeError, AttributeError) as error:
            raise SchemaError(f"retention.json: {error} is missing or of the wrong kind") from error
        if self.grounds and not self.terms:
            raise SchemaError("retention.json: a card is destroyed, and no law says how long it is kept")

    @property
    def longest(self) -> Term | None:
        """The law by which a card is kept: of more that hold, the one that asks most (Jeugdwet before Wmo 2015)."""
        return max(self.terms.values(), key=lambda one: one.years, default=None)

    def until(self, changed: date) -> date | None:
        """The first day on which a card that was last changed then need not be kept any more; None for never.

        A change of 29 February counts to 1 March where that year has no such day: never a day too short.
        """
        term = self.longest
        if term is None:
            return None
        try:
            return changed.replace(year=changed.year + term.years)
        except ValueError:
            return date(changed.year + term.years, 3, 1)

    def open_to(self, changed: date, today: date, *, kept: bool = False) -> dict[str, Ground]:
        """The grounds that can hold today for a card that was last changed then, or is kept longer by an exception."""
        until = self.until(changed)
        is_due = until is not None and today >= until and not kept
        return {name: one for name, one in self.grounds.items() if is_due or not one.only_due}


def _years(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise SchemaError(f"retention.json: {value!r} is no number of years")
    return value


def _ground(name: str, data: Mapping[str, Any]) -> Ground:
    when = data.get("when", "")
    if when not in ("", _DUE):
        raise SchemaError(f"retention.json: {name} holds when {_DUE}, or always")
    return Ground(name, str(data["title"]), str(data["description"]), when == _DUE)
