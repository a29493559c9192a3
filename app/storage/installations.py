"""The other installations that are known here, with their public keys: TinyDB, made durable."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from tinydb import TinyDB, where

from app.storage.durable_json import reading, transaction
from app.storage.errors import translated

_TABLE = "installaties"


@dataclass(frozen=True)
class Installation:
    """Another installation, that cards can go to and come from.

    Attributes:
        id: follows from its key (`signing.installation_id`).
        name: what it is called: the organisation that runs it.
        contact: the e-mail address of who looks after it.
        key: its public key, a line of OpenSSH; what it sends is signed with it.
        recipient: its public key of age; empty where it takes nothing that is encrypted.
        active: False once no card goes to it or comes from it any more.
        since: when it was added, in UTC, ISO 8601.
        by: who added it: name, organisation and account.
    """

    id: str
    name: str
    contact: str
    key: str
    recipient: str = ""
    active: bool = True
    since: str = ""
    by: str = ""


class Installations:
    """The file of them. Any thread and process may use it; each call raises a `StoreError`."""

    def __init__(self, path: Path) -> None:
        """For a file that may not be there yet."""
        self._path = path

    def all(self) -> dict[str, Installation]:
        """All of them by id, in the order of their names."""
        with reading(self._path) as database, translated("read the installations"):
            return _known(database)

    def get(self, installation_id: str) -> Installation | None:
        """One of them, also one that was stopped; None where nobody added it."""
        return self.all().get(installation_id)

    def active(self, installation_id: str) -> Installation | None:
        """One that cards are exchanged with now; None where nobody added it, or it was stopped."""
        found = self.get(installation_id)
        return found if found and found.active else None

    def edit(self, work: Callable[[Mapping[str, Installation]], Installation]) -> Installation:
        """Add or change one, depending on what is there; on disk on return.

        Args:
            work: gets all of them as they are now, and gives the one to keep. What it raises, nothing is saved of.
        """
        with transaction(self._path) as database:
            with translated("read the installations"):
                known = _known(database)
            kept = work(known)
            database.table(_TABLE).upsert(asdict(kept), where("id") == kept.id)
            return kept


def _known(database: TinyDB) -> dict[str, Installation]:
    found = sorted((_one(row) for row in database.table(_TABLE).all()), key=lambda one: (one.name.casefold(), one.id))
    return {one.id: one for one in found}


def _one(row: Mapping[str, Any]) -> Installation:
    held = {one.name: row[one.name] for one in fields(Installation)}
    if any(not isinstance(value, bool if name == "active" else str) for name, value in held.items()):
        raise ValueError("no installation")
    return Installation(**held)
