"""Langer bewaren: why one card is kept longer than its term, and until when."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date

MOST = 100
"""So many exceptions one card can have."""
_LONGEST = 20_000


@dataclass(frozen=True)
class Keep:
    """An exception to the term of a card.

    Attributes:
        id: drawn; what lifting it names.
        exception: a name in retention.json.
        until: the first day on which it holds no more; empty for until it is lifted.
        reason: why, in words.
        signed: who set it, in words, as `services.actors.signed_by` writes it.
        when: the day on which that was.
    """

    id: str
    exception: str
    until: str
    reason: str
    signed: str
    when: str

    def holds(self, today: date) -> bool:
        """Whether it holds on a day."""
        return not self.until or today.isoformat() < self.until


def holding(keeps: Iterable[Keep], today: date) -> list[Keep]:
    """Those that hold on a day."""
    return [one for one in keeps if one.holds(today)]


def write_keeps(keeps: Sequence[Keep]) -> bytes:
    """The file that keeps them; `read_keeps` reads it back."""
    return json.dumps({"bewaren": [asdict(one) for one in keeps]}, ensure_ascii=False, indent=1).encode() + b"\n"


def read_keeps(data: bytes) -> tuple[Keep, ...]:
    """The exceptions in a file.

    Raises:
        ValueError: it is not what `write_keeps` writes.
    """
    try:
        found = tuple(Keep(**row) for row in json.loads(data)["bewaren"])
        for day in [one.when for one in found] + [one.until for one in found if one.until]:
            date.fromisoformat(day)
    except (TypeError, KeyError, ValueError, RecursionError) as error:
        raise ValueError(f"no exceptions: {error}") from error
    values = [getattr(one, field.name) for one in found for field in fields(one)]
    if len(found) > MOST or not all(isinstance(value, str) and len(value) <= _LONGEST for value in values):
        raise ValueError("no exceptions: a value of another kind")
    return found
