"""What is left of a card that was destroyed: that it was, when, on which ground and by whom. Nothing of the family."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tinydb import where

from app.storage.durable_json import reading, transaction
from app.storage.errors import StoreDamaged, translated

_TABLE = "kaarten"


@dataclass(frozen=True)
class Tombstone:
    """A card that was destroyed.

    Attributes:
        kaart_id: its number.
        when: the moment.
        ground: a name in retention.json.
        asked: who asked for it: name, organisation and account.
        confirmed: the second person, likewise.
    """

    kaart_id: str
    when: datetime
    ground: str
    asked: str
    confirmed: str


def write_tombstone(stone: Tombstone) -> bytes:
    """As it stands in a file of its own."""
    return (json.dumps(_row(stone), ensure_ascii=False) + "\n").encode()


def read_tombstone(data: bytes) -> Tombstone:
    """What `write_tombstone` wrote; raises `StoreDamaged` for anything else."""
    with translated("read a tombstone", git_error=StoreDamaged):
        return _stone(json.loads(data))


class Tombstones:
    """The file of them, in TinyDB. Any thread and process may use it; each call raises a `StoreError`."""

    def __init__(self, path: Path) -> None:
        """For a file that may not be there yet."""
        self._path = path

    def put(self, stone: Tombstone) -> None:
        """Keep one, on disk on return; the first one of a card stays."""
        with transaction(self._path) as db:
            table = db.table(_TABLE)
            if not table.contains(where("kaart_id") == stone.kaart_id):
                table.insert(_row(stone))

    def get(self, kaart_id: str) -> Tombstone | None:
        """That of a card; None where it was never destroyed here."""
        return next((one for one in self.all() if one.kaart_id == kaart_id), None)

    def all(self) -> list[Tombstone]:
        """All of them, the oldest first."""
        with reading(self._path) as db, translated("read the tombstones"):
            return sorted((_stone(row) for row in db.table(_TABLE).all()), key=lambda one: one.when)


def _row(stone: Tombstone) -> dict[str, Any]:
    return {**asdict(stone), "when": stone.when.isoformat()}


def _stone(row: Mapping[str, Any]) -> Tombstone:
    try:
        texts = [row[key] for key in ("kaart_id", "ground", "asked", "confirmed")]
        if not all(isinstance(one, str) for one in texts):
            raise ValueError("a text is none")
        kaart_id, ground, asked, confirmed = texts
        return Tombstone(kaart_id, datetime.fromisoformat(row["when"]), ground, asked, confirmed)
    except (KeyError, TypeError) as error:
        raise ValueError(f"no tombstone: {error}") from error
