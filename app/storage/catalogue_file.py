"""The file of the catalogue: opened for each call, made where it is not there, known for damaged where it is."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from app.storage.catalogue_notices import TABLES as NOTICES
from app.storage.catalogue_review import TABLES
from app.storage.errors import StoreFailed
from app.storage.locks import locked

_NEW, _FILLING, _COMPLETE = 0, 19, 20
"""What the file says of itself (`user_version`); a later form of the tables takes other numbers."""
_REBUILD_SECONDS = 900.0
_TABLES = f"""
CREATE TABLE IF NOT EXISTS kaart (number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, revision TEXT NOT NULL,
    title TEXT NOT NULL, changed TEXT NOT NULL, problem TEXT NOT NULL, sort TEXT NOT NULL, due TEXT NOT NULL,
    author TEXT NOT NULL, email TEXT NOT NULL, organisation TEXT NOT NULL, roles TEXT NOT NULL, talk TEXT NOT NULL,
    kept TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS kaart_changed ON kaart (changed DESC, id);
CREATE INDEX IF NOT EXISTS kaart_sort ON kaart (sort, id);
CREATE INDEX IF NOT EXISTS kaart_due ON kaart (due, sort, id);
CREATE TABLE IF NOT EXISTS facet (number INTEGER NOT NULL REFERENCES kaart ON DELETE CASCADE,
    key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (number, key, value)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS facet_value ON facet (key, value, number);
CREATE TABLE IF NOT EXISTS member (number INTEGER NOT NULL REFERENCES kaart ON DELETE CASCADE,
    key TEXT NOT NULL, until TEXT NOT NULL, PRIMARY KEY (number, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS member_key ON member (key, until, number);
CREATE TABLE IF NOT EXISTS held (number INTEGER NOT NULL REFERENCES kaart ON DELETE CASCADE, id TEXT NOT NULL,
    subject TEXT NOT NULL, role TEXT NOT NULL, since TEXT NOT NULL, until TEXT NOT NULL, seen INTEGER NOT NULL,
    PRIMARY KEY (number, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS held_subject ON held (subject, role, until, since, number);
CREATE TABLE IF NOT EXISTS known_by (number INTEGER NOT NULL REFERENCES kaart ON DELETE CASCADE,
    key TEXT NOT NULL, PRIMARY KEY (key, number)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS known_by_number ON known_by (number);
CREATE TABLE IF NOT EXISTS due (number INTEGER NOT NULL REFERENCES kaart ON DELETE CASCADE,
    kind TEXT NOT NULL, day TEXT NOT NULL, section TEXT NOT NULL, item TEXT NOT NULL, title TEXT NOT NULL,
    keys TEXT NOT NULL, names TEXT NOT NULL, PRIMARY KEY (number, kind, day, item)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS due_kind ON due (kind, day, number);
{TABLES}
{NOTICES}
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (
    text, sections UNINDEXED, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3 4');
PRAGMA user_version = {_FILLING};
"""
_DAMAGED = ("no such table", "no such column", "vtable constructor failed", "malformed")


class CatalogueDamaged(StoreFailed):
    """The file cannot be read; it must be made anew from git."""


class CatalogueFile:
    """One SQLite file in WAL mode. Any thread and process may use it; each call opens it anew."""

    def __init__(self, path: Path) -> None:
        """For a file that may not be there yet."""
        self._path = path

    @contextmanager
    def open(self, *, writing: bool = False, complete: bool = False) -> Iterator[sqlite3.Connection]:
        """The tables, in one transaction.

        Args:
            writing: whether something is going to be changed.
            complete: whether every card must be in it.

        Raises:
            StoreFailed: the file cannot be used; `CatalogueDamaged` when it must be made anew.
        """
        try:
            with closing(sqlite3.connect(self._path, timeout=20)) as db, db:
                _prepare(db, self._path.with_name(f"{self._path.name}.making"), complete=complete)
                if writing:
                    db.execute("BEGIN IMMEDIATE")  # or two writers of one card would each first look, then insert
                yield db
        except (sqlite3.DatabaseError, TypeError) as error:
            if self._is_damage(error):
                raise CatalogueDamaged(f"catalogue: {error}") from error
            raise StoreFailed(f"catalogue: {error}") from error

    def complete(self) -> None:
        """Say that every card is in it: until then no list is given, rather than one that is too short.

        Raises:
            StoreFailed: as `open`.
        """
        with self.open(writing=True) as db:
            db.execute(f"PRAGMA user_version = {_COMPLETE}")

    def scrub(self) -> None:
        """Have nothing left, in the file or beside it, of what was removed from it; waits for who is reading.

        The index of words keeps what was removed until it is merged (SQLite FTS5, the command 'optimize').

        Raises:
            StoreFailed: somebody reads for too long; or as `open`.
        """
        with self.open() as db:
            db.execute("INSERT INTO words (words) VALUES ('optimize')")
            db.commit()
            (busy, *_) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StoreFailed("catalogue: somebody reads it for too long")

    def alone(self) -> AbstractContextManager[object]:
        """For whoever makes it anew: one at a time, over all processes.

        Raises:
            Busy: another one is at it for too long.
        """
        return locked(self._path.with_name(f"{self._path.name}.lock"), wait=_REBUILD_SECONDS)

    def clear(self) -> None:
        """Throw the file away; the next call makes an empty one.

        Raises:
            StoreFailed: the folder cannot be written.
        """
        try:
            if self._path.is_dir():
                shutil.rmtree(self._path)
            for ending in ("-wal", "-shm", ""):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        except OSError as error:
            raise StoreFailed(f"catalogue: {error}") from error

    def _is_damage(self, error: Exception) -> bool:
        """Whether the file is at fault, and not the disk, a lock or the program."""
        if isinstance(error, sqlite3.OperationalError):
            return self._path.is_dir() or any(words in str(error) for words in _DAMAGED)
        return not isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError)


def _prepare(db: sqlite3.Connection, making: Path, *, complete: bool) -> None:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version in (_NEW, _FILLING) and complete:
        raise CatalogueDamaged("catalogue: not there, or not complete")
    if version == _NEW:
        with locked(making):
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(_TABLES)  # makes what is not there yet
    elif version not in (_FILLING, _COMPLETE):
        raise CatalogueDamaged(f"catalogue: made by version {version}")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA secure_delete = ON")  # also in what is only changed: of a card that goes no page may keep a word
    # What a power cut takes from the catalogue is found again by comparing heads: no need to wait for the disk.
    db.execute("PRAGMA synchronous = NORMAL")
