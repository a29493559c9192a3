"""What people typed and did not save yet: each in a draft of their own, outside the cards and their history.

One SQLite file. A draft that was put is on disk: unlike the catalogue, nothing can make it anew. What is
removed is overwritten in the file.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.storage.durable_sqlite import DurableSQLite
from app.storage.errors import StoreError

MOST_BYTES = 2 * 1024 * 1024
MOST_OF_ONE = 200
"""How large one draft may be, and how many one person may have."""
_VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS draft (who TEXT NOT NULL, id TEXT NOT NULL, kaart TEXT NOT NULL, place TEXT NOT NULL,
    base TEXT NOT NULL, card TEXT NOT NULL, title TEXT NOT NULL, changed TEXT NOT NULL, fields TEXT NOT NULL,
    PRIMARY KEY (who, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS draft_changed ON draft (changed);
"""
_LABEL = "id, kaart, place, base, card, title, changed"


class DraftsFull(StoreError):
    """The draft is too large, or this person has too many; nothing was kept."""


@dataclass(frozen=True)
class Label:
    """What a draft is of.

    Attributes:
        id: drawn for the form that was typed in; two forms of one place are two drafts.
        kaart_id: the card.
        place: the address of the form, below that of the card.
        base: the revision that the form was made from.
        card: what the card was called.
        title: what the form is about.
        when: when it was last kept.
    """

    id: str
    kaart_id: str
    place: str
    base: str
    card: str
    title: str
    when: datetime


@dataclass(frozen=True)
class Draft:
    """A draft: what it is of, and the fields of the form as they were posted, in order."""

    label: Label
    fields: tuple[tuple[str, str], ...]


class Drafts:
    """The file of drafts. Any thread and process may use it; each call opens it anew."""

    def __init__(self, path: Path) -> None:
        """For a file that may not be there yet."""
        self._file = DurableSQLite(path, "drafts", _VERSION, _TABLES)

    def put(self, who: str, draft: Draft, stale: datetime) -> None:
        """Keep a draft, in the place of the one with its id, and remove what nobody touched since `stale`.

        Raises:
            DraftsFull: it is too large, or this person has too many.
            StoreError: it is not kept.
        """
        label, fields = draft.label, json.dumps(draft.fields, ensure_ascii=False, separators=(",", ":"))
        if len(fields.encode()) > MOST_BYTES:
            raise DraftsFull(f"drafts: {len(fields)} signs")
        row = [label.kaart_id, label.place, label.base, label.card, label.title, _written(label.when), fields]
        with self._file.open(writing=True) as db:
            db.execute("DELETE FROM draft WHERE changed < ?", [_written(stale)])
            (others,) = db.execute("SELECT count(*) FROM draft WHERE who = ? AND id != ?", [who, label.id]).fetchone()
            if others >= MOST_OF_ONE:
                raise DraftsFull(f"drafts: {others}")
            db.execute("INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [who, label.id, *row])

    def get(self, who: str, identity: str) -> Draft | None:
        """One draft of a person; None where there is none of that id.

        Raises:
            StoreError: the file cannot be read.
        """
        with self._file.open() as db:
            row = db.execute(f"SELECT {_LABEL}, fields FROM draft WHERE who = ? AND id = ?", [who, identity]).fetchone()  # noqa: S608 - constants
            return Draft(_label(row[:-1]), tuple((name, value) for name, value in json.loads(row[-1]))) if row else None

    def of(self, who: str) -> list[Label]:
        """What this person's drafts are of, the last kept first; raises like `get`."""
        with self._file.open() as db:
            rows = db.execute(f"SELECT {_LABEL} FROM draft WHERE who = ? ORDER BY changed DESC, id", [who])  # noqa: S608 - constants
            return [_label(row) for row in rows]

    def remove(self, who: str, identity: str) -> None:
        """Remove a draft of a person, if it is there; raises like `get`."""
        with self._file.open(writing=True) as db:
            db.execute("DELETE FROM draft WHERE who = ? AND id = ?", [who, identity])

    def forget(self, kaart_id: str) -> None:
        """Remove all drafts of a card, with every trace in the file and beside it; raises like `get`."""
        with self._file.open(writing=True) as db:
            db.execute("DELETE FROM draft WHERE kaart = ?", [kaart_id])
        self._file.scrub()


def _written(when: datetime) -> str:
    return when.astimezone(UTC).isoformat()


def _label(row: Sequence[str]) -> Label:
    identity, kaart_id, place, base, card, title, changed = row
    return Label(identity, kaart_id, place, base, card, title, datetime.fromisoformat(changed))
