"""Who has which role on a card, and from when until when."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime

_TEXT = 400
MOST = 500
"""So many roles one card may have been given: a card is shared with tens of people."""


@dataclass(frozen=True)
class Grant:
    """A role on a card.

    Attributes:
        id: drawn; what a change and a withdrawal name.
        subject: who has it: ``account:<id>``, or ``organisation:<id>`` for everybody there.
        role: a role on a card, of roles.json.
        since: the first moment, in UTC, ISO 8601 to the second.
        until: the first moment at which it is over; empty while there is none.
        professional: the id of the item of the card that names this person; empty where none does.
        reason: why, in the words of who gave it.
        by: the account of who gave it.
        seen: of a role that nobody gave: whether the dossierhouder knows of it.
    """

    id: str
    subject: str
    role: str
    since: str
    until: str = ""
    professional: str = ""
    reason: str = ""
    by: str = ""
    seen: bool = False

    def is_in_force(self, now: datetime) -> bool:
        """Whether it holds at a moment."""
        moment = utc(now)
        return self.since <= moment and (not self.until or moment < self.until)


def in_force(grants: Iterable[Grant], subjects: Collection[str], now: datetime) -> list[Grant]:
    """The grants that hold at a moment for any of these subjects."""
    return [one for one in grants if one.subject in subjects and one.is_in_force(now)]


def utc(moment: datetime) -> str:
    """A moment as it is kept: texts that sort as the moments do."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def write_grants(grants: Sequence[Grant]) -> bytes:
    """The file that keeps them; `read_grants` reads it back."""
    rows = [{key: value for key, value in asdict(one).items() if value != ""} for one in grants]
    return json.dumps({"grants": rows}, ensure_ascii=False, indent=1).encode() + b"\n"


def read_grants(data: bytes) -> tuple[Grant, ...]:
    """The grants in a file.

    Raises:
        ValueError: it is not what `write_grants` writes: then nobody has a role.
    """
    try:
        rows = json.loads(data)["grants"]
        found = tuple(Grant(**row) for row in rows)
    except (TypeError, KeyError, ValueError, RecursionError) as error:
        raise ValueError(f"no grants: {error}") from error
    if len(found) > MOST or not all(_holds(one) for one in found):
        raise ValueError("no grants: a value of another kind")
    return found


def _holds(grant: Grant) -> bool:
    values = [getattr(grant, field.name) for field in fields(grant) if field.name != "seen"]
    texts = all(isinstance(value, str) and len(value) <= _TEXT * 13 for value in values)
    return texts and isinstance(grant.seen, bool) and all(map(_is_moment, filter(None, (grant.since, grant.until))))


def _is_moment(text: str) -> bool:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    return moment.tzinfo is not None and utc(moment) == text
