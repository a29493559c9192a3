"""What finds lines of the access log, by card and by person: one SQLite file, derived, caught up when it is asked.

The log never writes it. It holds what was confirmed, from the last byte that was read on; it can be thrown away.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from app.storage.access_log import AccessLog, Event
from app.storage.errors import StoreFailed
from app.storage.locks import locked

_VERSION = 1
_BATCH = 5_000
_FIELDS = [field.name for field in fields(Event) if field.name != "when"]
_COLUMNS = ", ".join(f"{name} TEXT NOT NULL" for name in _FIELDS if name != "emergency")
_TABLES = f"""
CREATE TABLE IF NOT EXISTS line (n INTEGER PRIMARY KEY, moment TEXT NOT NULL, day TEXT NOT NULL, {_COLUMNS},
    emergency INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS line_kaart ON line (kaart, day, n) WHERE kaart <> '';
CREATE INDEX IF NOT EXISTS line_who ON line (who, n);
CREATE INDEX IF NOT EXISTS line_organisation ON line (organisation, n);
CREATE INDEX IF NOT EXISTS line_day ON line (day, n);
CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), part TEXT NOT NULL, size INTEGER NOT NULL);
INSERT OR IGNORE INTO place VALUES (1, '', 0);
PRAGMA user_version = {_VERSION};
"""  # noqa: S608 - names of our own
_PUT = f"INSERT OR IGNORE INTO line (n, moment, day, {', '.join(_FIELDS)}) VALUES (?, ?, ?{', ?' * len(_FIELDS)})"  # noqa: S608
_GROUPS = """
SELECT day, who, behalf, MAX(n) FROM line WHERE kaart = ? AND kaart <> '' AND day BETWEEN ? AND ?
GROUP BY day, who, behalf ORDER BY day DESC, MAX(n) DESC LIMIT ? OFFSET ?
"""
_DEEDS = """
SELECT day, who, behalf, event, outcome, emergency, ground, role, organisation, name, COUNT(*), MIN(moment), MAX(moment)
FROM line WHERE kaart = ? AND kaart <> '' AND day BETWEEN ? AND ?
GROUP BY day, who, behalf, event, outcome, emergency, ground, role, organisation, name ORDER BY MAX(n) DESC
"""
_FIRST, _LAST = "0000-00-00", "9999-99-99"
T = TypeVar("T")


@dataclass(frozen=True)
class Wanted:
    """Which lines; what is empty asks for nothing.

    Attributes:
        person: the id of an account, or a part of the name.
        organisations: ids; None for all.
        kaart: a card.
        event: what happened.
        kind: create, read, update, delete or execute, by the letter.
        outcome: how it ended.
        emergency: whether only emergency access is wanted.
        since: from this day on.
        until: through this day.
    """

    person: str = ""
    organisations: tuple[str, ...] | None = None
    kaart: str = ""
    event: str = ""
    kind: str = ""
    outcome: str = ""
    emergency: bool = False
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Deed:
    """What one person did with one card on one day, in one role: how often, from when to when."""

    day: str
    who: str
    behalf: str
    event: str
    outcome: str
    emergency: bool
    ground: str
    role: str
    organisation: str
    name: str
    count: int
    first: datetime
    last: datetime


class LogIndex:
    """The file. Any thread and process may use it; each call opens it anew and reads what the log got meanwhile."""

    def __init__(self, log: AccessLog, zone: ZoneInfo) -> None:
        """Of a log; days are those of the people in this zone."""
        self._log, self._zone = log, zone
        self._path = log.folder.with_name(f"{log.folder.name}-index.sqlite")

    def find(self, wanted: Wanted, limit: int, offset: int = 0) -> list[Event]:
        """Lines, newest first.

        Raises:
            StoreError: the log or the file cannot be read.
        """
        where, values = _where(wanted)
        query = f"SELECT moment, {', '.join(_FIELDS)} FROM line {where} ORDER BY n DESC LIMIT ? OFFSET ?"  # noqa: S608
        rows = self._done(lambda db: db.execute(query, [*values, limit, offset]).fetchall())
        return [_event(row) for row in rows]

    def deeds(self, kaart_id: str, since: date | None, until: date | None, limit: int, offset: int = 0) -> list[Deed]:
        """What was done with a card, newest first: of at most so many pairs of a day and a person.

        Raises:
            StoreError: as `find`.
        """

        def work(db: sqlite3.Connection) -> list[Deed]:
            days = [str(since or _FIRST), str(until or _LAST)]
            groups = [row[:3] for row in db.execute(_GROUPS, [kaart_id, *days, limit, offset])]
            if not groups:
                return []
            within = [min(group[0] for group in groups), max(group[0] for group in groups)]
            chosen = {group: place for place, group in enumerate(groups)}
            found = [row for row in db.execute(_DEEDS, [kaart_id, *within]) if row[:3] in chosen]
            return [_deed(row) for row in sorted(found, key=lambda row: chosen[row[:3]])]

        return self._done(work)

    def last_used(self, accounts: Iterable[str]) -> dict[str, datetime]:
        """When each of these accounts last did something that was allowed; those that never did are left out.

        Raises:
            StoreError: as `find`.
        """
        query = """SELECT moment FROM line WHERE who = ? AND outcome = 'toegestaan' ORDER BY n DESC LIMIT 1"""

        def work(db: sqlite3.Connection) -> dict[str, datetime]:
            rows = {one: db.execute(query, [one]).fetchone() for one in accounts if one}
            return {one: datetime.fromisoformat(row[0]) for one, row in rows.items() if row}

        return self._done(work)

    def forget(self, count: int) -> None:
        """Leave out what was retired: the lines up to this number.

        Raises:
            StoreError: as `find`.
        """
        self._done(lambda db: db.execute("DELETE FROM line WHERE n <= ?", [count]))

    def _done(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return self._tried(work)
        except (sqlite3.DatabaseError, ValueError, TypeError) as error:
            if isinstance(error, sqlite3.OperationalError):
                raise StoreFailed(f"log index: {error}") from error
        try:
            for ending in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
            return self._tried(work)
        except (sqlite3.Error, ValueError, TypeError, OSError) as error:
            raise StoreFailed(f"log index: {error}") from error

    def _tried(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with closing(sqlite3.connect(self._path, timeout=60)) as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version == 0:
                with locked(self._path.with_name(f"{self._path.name}.lock")):
                    self._path.chmod(0o600)
                    db.execute("PRAGMA journal_mode = WAL")
                    db.executescript(_TABLES)  # makes what is not there yet
            elif version != _VERSION:
                raise sqlite3.DatabaseError(f"made by version {version}")
            db.execute("PRAGMA synchronous = OFF")  # derived: what a power cut breaks is made anew
            self._catch_up(db)
            with db:
                return work(db)

    def _catch_up(self, db: sqlite3.Connection) -> None:
        """Read on from the last byte; in batches, so that a long way is not walked twice."""
        tip = self._log.confirmed()
        while True:
            with db:
                part, size = db.execute("SELECT part, size FROM place").fetchone()
                if (part, size) == (tip.part, tip.size) or not tip.part:
                    return
                db.execute("BEGIN IMMEDIATE")
                part, size = db.execute("SELECT part, size FROM place").fetchone()
                if part > tip.part or (part == tip.part and size > tip.size):
                    if self._log.confirmed() != tip:  # another process is further by now
                        return
                    db.execute("DELETE FROM line")
                    part, size = "", 0
                batch, place = self._batch(part, size, tip.part, tip.size)
                db.executemany(_PUT, batch)
                db.execute("UPDATE place SET part = ?, size = ?", place)
                if place == (part, size):
                    return

    def _batch(self, part: str, size: int, last: str, end: int) -> tuple[list[list[Any]], tuple[str, int]]:
        rows: list[list[Any]] = []
        with self._log.reading():
            for one in (one for one in self._log.parts() if part <= one <= last):
                start = size if one == part else 0
                limit = end if one == last else self._log.size(one)
                for line in islice(_lines(self._log.path(one), start, limit), _BATCH - len(rows)):
                    start += len(line)
                    if row := self._row(line):
                        rows.append(row)
                part, size = one, start
                if start < limit:
                    break
        return rows, (part, size)

    def _row(self, line: bytes) -> list[Any] | None:
        """A line as a row; None for one that is none, which `verify` tells of."""
        try:
            fields = json.loads(line)
            moment = datetime.fromisoformat(fields["when"]).astimezone(UTC)
            values = [int(fields[name]) if name == "emergency" else str(fields[name]) for name in _FIELDS]
            day = moment.astimezone(self._zone).date()
            return [int(fields["n"]), moment.isoformat(timespec="milliseconds"), str(day), *values]
        except (ValueError, KeyError, TypeError, OverflowError):
            return None


def _lines(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while start < end and (line := file.readline(end - start)).endswith(b"\n"):
            start += len(line)
            yield line


def _where(wanted: Wanted) -> tuple[str, list[object]]:
    terms: list[tuple[str, Sequence[object]]] = []
    if wanted.person:
        like = wanted.person.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        terms.append(("(who = ? OR name LIKE ? ESCAPE '\\')", [wanted.person, f"%{like}%"]))
    if wanted.organisations is not None:
        terms.append((f"organisation IN ({', '.join('?' * len(wanted.organisations))})", wanted.organisations))
    if wanted.kaart:
        terms.append(("kaart = ? AND kaart <> ''", [wanted.kaart]))  # said twice for the index, which leaves out ''
    if wanted.event:
        terms.append(("event = ?", [wanted.event]))
    if wanted.kind:
        terms.append(("kind = ?", [wanted.kind]))
    if wanted.outcome:
        terms.append(("outcome = ?", [wanted.outcome]))
    if wanted.emergency:
        terms.append(("emergency = 1", []))
    if wanted.since:
        terms.append(("day >= ?", [str(wanted.since)]))
    if wanted.until:
        terms.append(("day <= ?", [str(wanted.until)]))
    text = "WHERE " + " AND ".join(term for term, _ in terms) if terms else ""
    return text, [value for _, values in terms for value in values]


def _event(row: Sequence[Any]) -> Event:
    moment, *values = row
    fields = cast("dict[str, Any]", dict(zip(_FIELDS, values, strict=True)))
    return Event(**fields | {"when": datetime.fromisoformat(moment), "emergency": bool(fields["emergency"])})


def _deed(row: Sequence[Any]) -> Deed:
    deed = Deed(*row)
    moments = {name: datetime.fromisoformat(str(getattr(deed, name))) for name in ("first", "last")}
    return replace(deed, emergency=bool(deed.emergency), **moments)  # type: ignore[arg-type]  # two moments
