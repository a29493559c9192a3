"""The catalogue: which cards there are, by what they are found. Derived from git, thrown away at any time.

One SQLite file in WAL mode, so several processes read beside a writer. It is as confidential as the cards.
"""

import re
import shutil
import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.storage.errors import StoreFailed
from app.storage.locks import locked

_NEW, _FILLING, _COMPLETE = 0, 1, 2
"""What the file says of itself (`user_version`); a later form of the tables takes other numbers."""
_REBUILD_SECONDS = 900.0
_TABLES = f"""
CREATE TABLE IF NOT EXISTS kaart (number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, revision TEXT NOT NULL,
    title TEXT NOT NULL, changed TEXT NOT NULL, problem TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS kaart_changed ON kaart (changed DESC, id);
CREATE TABLE IF NOT EXISTS facet (number INTEGER NOT NULL REFERENCES kaart ON DELETE CASCADE,
    key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (number, key, value)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS facet_value ON facet (key, value, number);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (
    text, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3 4');
PRAGMA user_version = {_FILLING};
"""
_WORD = re.compile(r"\w+")
_DAMAGED = ("no such table", "no such column", "vtable constructor failed", "malformed")
MARK_START, MARK_END = "\x02", "\x03"
"""Around each word that was searched for, in `Found.excerpt`; no card holds these signs."""


class CatalogueDamaged(StoreFailed):
    """The file cannot be read; it must be made anew from git."""


@dataclass(frozen=True)
class Entry:
    """What the catalogue keeps of a card.

    Attributes:
        id: the card.
        revision: the revision that was read.
        title: what the card is called.
        changed: when, in UTC, ISO 8601.
        problem: why the card cannot be shown as it is; empty for a card in order.
        facets: (key, value) pairs to filter by, sorted.
        text: all its words, in NFKC.
    """

    id: str
    revision: str
    title: str
    changed: str
    problem: str = ""
    facets: tuple[tuple[str, str], ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Found:
    """A card in a list.

    Attributes:
        entry: the card, without its words.
        excerpt: the words around what was searched, marked with `MARK_START` and `MARK_END`.
    """

    entry: Entry
    excerpt: str = ""


@dataclass(frozen=True)
class Query:
    """What a list asks for: words (each may be a beginning), values to filter by, and which part of the list."""

    text: str = ""
    facets: Mapping[str, str] = field(default_factory=dict)
    offset: int = 0
    limit: int = 50


class Catalogue:
    """The catalogue file. Any thread and process may use it; each call opens it anew."""

    def __init__(self, path: Path) -> None:
        """For a file that may not be there yet."""
        self._path = path

    def put(self, entry: Entry) -> None:
        """Set what is known of a card.

        Raises:
            StoreFailed: the file cannot be written; `CatalogueDamaged` when it cannot even be read.
        """
        self.put_all([entry])

    def put_all(self, entries: Sequence[Entry]) -> None:
        """Set what is known of many cards in one transaction; raises like `put`."""
        with self._open(writing=True) as db:
            for entry in entries:
                _put(db, entry)

    def remove(self, kaart_id: str) -> None:
        """Forget a card; raises like `put`."""
        with self._open(writing=True) as db:
            _forget(db, kaart_id)

    def heads(self) -> dict[str, str]:
        """Each card's revision as the catalogue knows it; raises like `put`."""
        with self._open() as db:
            return dict(db.execute("SELECT id, revision FROM kaart"))

    def revision(self, kaart_id: str) -> str | None:
        """A card's revision as the catalogue knows it, or None; raises like `put`."""
        with self._open() as db:
            row = db.execute("SELECT revision FROM kaart WHERE id = ?", [kaart_id]).fetchone()
            return row and str(row[0])

    def entry(self, kaart_id: str) -> Entry | None:
        """What is known of one card, words included; None where it is unknown. Raises like `put`."""
        with self._open() as db:
            row = db.execute(
                "SELECT number, id, revision, title, changed, problem FROM kaart WHERE id = ?", [kaart_id]
            ).fetchone()
            if row is None:
                return None
            (text,) = db.execute("SELECT text FROM words WHERE rowid = ?", row[:1]).fetchone()
            return _entry(db, row, text)

    def find(self, query: Query) -> tuple[list[Found], int]:
        """The cards that a query asks for, newest change first, and how many there are in all.

        Raises:
            StoreFailed: as `put`.
        """
        tables, conditions, values = _conditions(query)
        where = f" FROM {tables} WHERE {' AND '.join(conditions) or '1'}"
        rows = (
            f"SELECT kaart.number, kaart.id, revision, title, changed, problem{where}"
            " ORDER BY changed DESC, kaart.id LIMIT ? OFFSET ?"
        )
        with self._open(complete=True) as db:
            (total,) = db.execute(f"SELECT count(*){where}", values).fetchone()
            found = db.execute(rows, [*values, query.limit, query.offset]).fetchall()
            excerpts = _excerpts(db, values[0], [row[0] for row in found]) if "words" in tables else {}
            return [Found(_entry(db, row), excerpts.get(row[0], "")) for row in found], total

    def values(self, key: str) -> list[tuple[str, int]]:
        """The values of a facet and how many cards have each, by name; raises like `put`."""
        with self._open(complete=True) as db:
            return db.execute(
                "SELECT value, count(*) FROM facet WHERE key = ? GROUP BY value ORDER BY value", [key]
            ).fetchall()

    def complete(self) -> None:
        """Say that every card is in it: until then no list is given, rather than one that is too short.

        Raises:
            StoreFailed: as `put`.
        """
        with self._open(writing=True) as db:
            db.execute(f"PRAGMA user_version = {_COMPLETE}")

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

    @contextmanager
    def _open(self, *, writing: bool = False, complete: bool = False) -> Iterator[sqlite3.Connection]:
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
    # What a power cut takes from the catalogue is found again by comparing heads: no need to wait for the disk.
    db.execute("PRAGMA synchronous = NORMAL")


def _put(db: sqlite3.Connection, entry: Entry) -> None:
    _forget(db, entry.id)
    number = db.execute(
        "INSERT INTO kaart (id, revision, title, changed, problem) VALUES (?, ?, ?, ?, ?)",
        [entry.id, entry.revision, entry.title, entry.changed, entry.problem],
    ).lastrowid
    db.executemany("INSERT INTO facet VALUES (?, ?, ?)", [(number, *facet) for facet in dict.fromkeys(entry.facets)])
    db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", [number, entry.text])


def _forget(db: sqlite3.Connection, kaart_id: str) -> None:
    row = db.execute("SELECT number FROM kaart WHERE id = ?", [kaart_id]).fetchone()
    if row:
        db.execute("DELETE FROM words WHERE rowid = ?", row)
        db.execute("DELETE FROM facet WHERE number = ?", row)
        db.execute("DELETE FROM kaart WHERE number = ?", row)


def _entry(db: sqlite3.Connection, row: tuple[int, str, str, str, str, str], text: str = "") -> Entry:
    number, kaart_id, revision, title, changed, problem = row
    return Entry(kaart_id, revision, title, changed, problem, _facets(db, number), text)


def _facets(db: sqlite3.Connection, number: int) -> tuple[tuple[str, str], ...]:
    rows = db.execute("SELECT key, value FROM facet WHERE number = ? ORDER BY key, value", [number])
    return tuple(rows)


def _excerpts(db: sqlite3.Connection, words: str, numbers: list[int]) -> dict[int, str]:
    """The words around what was searched, for these cards alone: an excerpt costs more than finding a card."""
    snippet = f"snippet(words, 0, '{MARK_START}', '{MARK_END}', '…', 24)"
    places = ",".join("?" * len(numbers))
    rows = f"SELECT rowid, {snippet} FROM words WHERE words MATCH ? AND rowid IN ({places})"  # noqa: S608 - constants
    return dict(db.execute(rows, [words, *numbers]))


def _conditions(query: Query) -> tuple[str, list[str], list[str]]:
    tables, conditions, values = "kaart", [], []
    words = _WORD.findall(unicodedata.normalize("NFKC", query.text))
    if words:
        tables = "words JOIN kaart ON kaart.number = words.rowid"
        conditions.append("words MATCH ?")
        values.append(" ".join(f'"{word}"*' for word in words))
    elif query.text.strip():
        conditions.append("0")  # only signs were typed: that is found nowhere
    for key, value in query.facets.items():
        conditions.append("kaart.number IN (SELECT number FROM facet WHERE key = ? AND value = ?)")
        values += [key, value]
    return tables, conditions, values
