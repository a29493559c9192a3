"""The access log: who looked at what and who was refused, after NEN 7513. No text of a card gets into it."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from app.storage.errors import StoreError

Kind = Literal["C", "R", "U", "D", "E"]
Outcome = Literal["toegestaan", "geweigerd", "mislukt"]


class LogUnavailable(StoreError):
    """The access log cannot be written: nothing may be shown or changed."""


@dataclass(frozen=True)
class Event:
    """One line of the log; the fields are those of NEN 7513.

    Attributes:
        event: what happened: an action of `services.rights`, or a word such as ``sign-in``.
        kind: create, read, update, delete or execute.
        outcome: whether it was allowed, refused, or allowed and then failed.
        when: the moment, with its zone; written in UTC.
        who: the account; empty for nobody known.
        name: the name of that person then; empty for nobody known.
        role: the role at the organisation.
        organisation: the id of the organisation.
        behalf: who asked on behalf of this person (a user of the shell); empty for who acts in person.
        address: from where.
        kaart: the card, or empty.
        item: the id of an item of it, or empty.
        person: the account that it is about (a changed account, a person a card was shared with), or empty.
        ground: why it was allowed: the role on the card, or at the organisation.
        emergency: whether the ground is emergency access.
        request: ties the lines of one request together.
    """

    event: str
    kind: Kind
    outcome: Outcome
    when: datetime
    who: str = ""
    name: str = ""
    role: str = ""
    organisation: str = ""
    behalf: str = ""
    address: str = ""
    kaart: str = ""
    item: str = ""
    person: str = ""
    ground: str = ""
    emergency: bool = False
    request: str = ""


class AccessLog:
    """The log of one installation."""

    def __init__(self, folder: Path) -> None:
        """In a folder that may not be there yet."""
        self._folder = folder

    def append(self, events: Sequence[Event]) -> None:
        """Put lines at the end; they are on disk on return.

        Raises:
            LogUnavailable: they are not.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lines = "".join(json.dumps({**asdict(one), "when": _utc(one.when)}) + "\n" for one in events)
            descriptor = os.open(
                self._folder / "access.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600
            )
            try:
                os.write(descriptor, lines.encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise LogUnavailable(f"access log: {error}") from error


def _utc(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds")
