"""Who looked at which card, when, and what it was then: one SQLite file, as confidential as the cards.

Nothing hangs on it: without it a page only cannot say what is new to somebody.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from app.storage.errors import StoreFailed

VISIT = timedelta(hours=4)
"""So long without a look, and the visit is over."""
_JUST_NOW = timedelta(minutes=2)  # what was noted so lately need not be noted again: nobody waits for a writer
_VERSION = 1
_TABLE = f"""
CREATE TABLE IF NOT EXISTS seen (person TEXT NOT NULL, kaart TEXT NOT NULL,
    revision TEXT NOT NULL, moment TEXT NOT NULL, former_revision TEXT, former_moment TEXT,
    PRIMARY KEY (person, kaart)) WITHOUT ROWID;
PRAGMA user_version = {_VERSION};
"""
_GET = "SELECT revision, moment, former_revision, former_moment FROM seen WHERE person = ? AND kaart = ?"
_PUT = """
INSERT INTO seen VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (person, kaart) DO UPDATE SET revision = excluded.revision,
    moment = excluded.moment, former_revision = excluded.former_revision, former_moment = excluded.former_moment
"""
T = TypeVar("T")


@dataclass(frozen=True)
class Visit:
    """When somebody last looked in a visit, and the revision that was there."""

    revision: str
    when: datetime


class Seen:
    """The file. Any thread and process may use it; each call opens it anew. A damaged file is begun anew."""

    def __init__(self, path: Path) -> None:
        """For a file that may not be there yet."""
        self._path = path

    def look(self, person: str, kaart_id: str, revision: str, when: datetime) -> Visit | None:
        """Note that somebody sees a card now, and give the visit before this one; None for the first.

        Args:
            person: who.
            kaart_id: the card.
            revision: the revision that is seen.
            when: now, with its zone.

        Raises:
            StoreFailed: the file cannot be written.
        """
        return self._done(lambda db: _look(db, person, kaart_id, revision, when))

    def revisions(self, person: str) -> dict[str, str]:
        """Each card that somebody ever looked at, and the revision that was there the last time.

        Raises:
            StoreFailed: the file cannot be read.
        """
        rows = "SELECT kaart, revision FROM seen WHERE person = ?"
        return self._done(lambda db: dict(db.execute(rows, [person]).fetchall()))

    def forget(self, kaart_id: str) -> None:
        """Have nobody have looked at a card: it is not there.

        Raises:
            StoreFailed: the file cannot be written.
        """
        self._done(lambda db: db.execute("DELETE FROM seen WHERE kaart = ?", [kaart_id]).close())

    def _done(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return self._tried(work)
        except (sqlite3.DatabaseError, ValueError, TypeError) as error:
            if isinstance(error, sqlite3.OperationalError):  # a lock, the disk, the folder: no fault of what it holds
                raise StoreFailed(f"seen: {error}") from error
        except OSError as error:
            raise StoreFailed(f"seen: {error}") from error
        try:
            self._path.unlink(missing_ok=True)
            return self._tried(work)
        except (sqlite3.Error, OSError) as error:
            raise StoreFailed(f"seen: {error}") from error

    def _tried(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self._path.touch(mode=0o600)
        with closing(sqlite3.connect(self._path, timeout=5)) as db, db:
            # What a power cut takes is at worst a mark too many on a page: no need to wait for the disk.
            db.execute("PRAGMA synchronous = OFF")
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version == 0:
                db.executescript(_TABLE)  # makes what is not there yet
            elif version != _VERSION:
                raise sqlite3.DatabaseError(f"made by version {version}")
            return work(db)


def _look(db: sqlite3.Connection, person: str, kaart_id: str, revision: str, when: datetime) -> Visit | None:
    latest, former = _known(db, person, kaart_id)
    if latest and latest.revision == revision and abs(when - latest.when) < _JUST_NOW:
        return former
    db.execute("BEGIN IMMEDIATE")
    latest, former = _known(db, person, kaart_id)
    if latest and when - latest.when > VISIT:
        former = latest
    told = (former.revision, former.when.isoformat()) if former else (None, None)
    db.execute(_PUT, [person, kaart_id, revision, when.isoformat(), *told])
    return former


def _known(db: sqlite3.Connection, person: str, kaart_id: str) -> tuple[Visit | None, Visit | None]:
    row = db.execute(_GET, [person, kaart_id]).fetchone()
    return (_visit(*row[:2]), _visit(*row[2:])) if row else (None, None)


def _visit(revision: str | None, moment: str | None) -> Visit | None:
    return Visit(revision, datetime.fromisoformat(moment)) if revision and moment else None
