"""Who is signed in: sessions, tries that failed, and codes that were used, in one SQLite file.

A session is known by a random token that only the browser has: the file holds its SHA-256. Every process reads the same
file, so that a session that is ended here is ended everywhere. The file can be thrown away: everybody signs in again.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.storage.durable_sqlite import DurableSQLite

PASSWORD, COMPLETE = "password", "complete"
"""How far somebody is: the password was right and a code is still asked, or signed in."""
_VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS session (token TEXT PRIMARY KEY, id TEXT NOT NULL, account TEXT NOT NULL,
    stamp INTEGER NOT NULL, stage TEXT NOT NULL, made TEXT NOT NULL, used TEXT NOT NULL, address TEXT NOT NULL,
    browser TEXT NOT NULL, method TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS session_account ON session (account);
CREATE TABLE IF NOT EXISTS tried (what TEXT PRIMARY KEY, tries INTEGER NOT NULL, last TEXT NOT NULL,
    until TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS code (account TEXT PRIMARY KEY, step INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending (token TEXT PRIMARY KEY, data TEXT NOT NULL, made TEXT NOT NULL) WITHOUT ROWID;
"""
_COLUMNS = "id, account, stamp, stage, made, used, address, browser, method"


@dataclass(frozen=True)
class Limits:
    """How long a session lasts.

    Attributes:
        idle: without a request.
        longest: at most, however busy.
        step: between the password and the code; also how long a sign-in elsewhere may take.
    """

    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)
    step: timedelta = timedelta(minutes=10)


@dataclass(frozen=True)
class Session:
    """Somebody in one browser.

    Attributes:
        id: names it to who it belongs to; nobody gets in with it.
        account: who.
        stamp: that of the account when this session was made.
        stage: `PASSWORD` or `COMPLETE`.
        made: when.
        used: when a request came last; up to a minute too early.
        address: from where it was made.
        browser: which browser, in a few words.
        method: how somebody signed in, such as ``password``.
    """

    id: str
    account: str
    stamp: int
    stage: str
    made: datetime
    used: datetime
    address: str = ""
    browser: str = ""
    method: str = ""


class Sessions:
    """The file of one installation.

    Attributes:
        limits: how long a session lasts.
    """

    def __init__(self, path: Path, limits: Limits | None = None) -> None:
        """For a file that may not be there yet."""
        self.limits = limits or Limits()
        self._file = DurableSQLite(path, "sessions", _VERSION, _TABLES)

    def add(self, token: str, session: Session, instead_of: str = "") -> None:
        """Keep a session, and remove the one that this browser had, and all that lived too long.

        Raises:
            StoreError: it is not kept.
        """
        now = session.made
        row = [*_row(session)]
        with self._file.open(writing=True) as db:
            db.execute("DELETE FROM session WHERE token = ?", [_hash(instead_of)])
            gone = [_written(now - self.limits.longest), _written(now - self.limits.idle)]
            db.execute("DELETE FROM session WHERE made < ? OR used < ?", gone)
            db.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [_hash(token), *row])

    def find(self, token: str) -> Session | None:
        """The session of a token, however old; None where there is none; raises StoreError."""
        with self._file.open() as db:
            row = db.execute(f"SELECT {_COLUMNS} FROM session WHERE token = ?", [_hash(token)]).fetchone()  # noqa: S608 - constants
            return _session(row) if row else None

    def of(self, account: str) -> list[Session]:
        """The sessions of an account, the last used first; raises StoreError."""
        with self._file.open() as db:
            rows = db.execute(f"SELECT {_COLUMNS} FROM session WHERE account = ? ORDER BY used DESC, id", [account])  # noqa: S608 - constants
            return [_session(row) for row in rows]

    def touch(self, session: Session, now: datetime) -> None:
        """Note that a session was used; raises StoreError."""
        with self._file.open(writing=True) as db:
            db.execute(
                "UPDATE session SET used = ? WHERE id = ? AND used < ?", [_written(now), session.id, _written(now)]
            )

    def end(self, account: str, identity: str) -> bool:
        """Remove a session of an account; gives whether it was there; raises StoreError."""
        with self._file.open(writing=True) as db:
            return db.execute("DELETE FROM session WHERE account = ? AND id = ?", [account, identity]).rowcount > 0

    def end_others(self, account: str, but: str = "") -> list[Session]:
        """Remove all sessions of an account but one, and give them; raises StoreError."""
        with self._file.open(writing=True) as db:
            rows = db.execute(
                f"DELETE FROM session WHERE account = ? AND id != ? RETURNING {_COLUMNS}",  # noqa: S608 - constants
                [account, but],
            ).fetchall()
            return [_session(row) for row in rows]

    def count_try(
        self, whats: Sequence[str], now: datetime, wait: Callable[[str, int], timedelta], forget: timedelta
    ) -> datetime | None:
        """Count a try of each of these, before it is judged: many at once are as many as one by one.

        Args:
            whats: what is tried; only hashes of them are kept.
            now: the moment.
            wait: how long to wait after so many tries of one of them.
            forget: after so long without a try, one begins anew.

        Returns:
            None where it may be judged; else until when it must not be, and nothing was counted.

        Raises:
            StoreError: it was not counted, and must not be judged.
        """
        with self._file.open(writing=True) as db:
            db.execute("DELETE FROM tried WHERE last < ?", [_written(now - forget)])
            found = {}
            for what in whats:
                row = db.execute("SELECT tries, until FROM tried WHERE what = ?", [_hash(what)]).fetchone()
                found[what] = (row[0], _read(row[1])) if row else (0, now)
            latest = max(until for _tries, until in found.values())
            if latest > now:
                return latest
            for what, (tries, _until) in found.items():
                row = [_hash(what), tries + 1, _written(now), _written(now + wait(what, tries + 1))]
                db.execute("INSERT OR REPLACE INTO tried VALUES (?, ?, ?, ?)", row)
            return None

    def forgive(self, whole: Sequence[str], one: Sequence[str]) -> None:
        """Forget tries: all of some things, and the last one of others; raises StoreError."""
        with self._file.open(writing=True) as db:
            for what in whole:
                db.execute("DELETE FROM tried WHERE what = ?", [_hash(what)])
            for what in one:
                db.execute("UPDATE tried SET tries = tries - 1, until = last WHERE what = ?", [_hash(what)])
                db.execute("DELETE FROM tried WHERE what = ? AND tries < 1", [_hash(what)])

    def take_step(self, account: str, step: int) -> bool:
        """Accept a time step of a second factor once: not again, and none before it; raises StoreError."""
        with self._file.open(writing=True) as db:
            taken = db.execute(
                "INSERT INTO code VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET step = excluded.step "
                "WHERE excluded.step > code.step",
                [account, step],
            )
            return taken.rowcount > 0

    def put_aside(self, token: str, data: dict[str, str], now: datetime) -> None:
        """Keep what a browser comes back for from elsewhere; raises StoreError."""
        with self._file.open(writing=True) as db:
            db.execute("DELETE FROM pending WHERE made < ?", [_written(now - self.limits.step)])
            db.execute(
                "INSERT OR REPLACE INTO pending VALUES (?, ?, ?)", [_hash(token), json.dumps(data), _written(now)]
            )

    def take_back(self, token: str, now: datetime) -> dict[str, str] | None:
        """What was put aside under a token, once; None where nothing lies there, or too long; raises StoreError."""
        with self._file.open(writing=True) as db:
            row = db.execute("DELETE FROM pending WHERE token = ? RETURNING data, made", [_hash(token)]).fetchone()
            if row is None or _read(row[1]) < now - self.limits.step:
                return None
            data: dict[str, str] = json.loads(row[0])
            return data


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _written(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _row(one: Session) -> list[Any]:
    made, used = _written(one.made), _written(one.used)
    return [one.id, one.account, one.stamp, one.stage, made, used, one.address, one.browser, one.method]


def _session(row: Sequence[Any]) -> Session:
    identity, account, stamp, stage, made, used, address, browser, method = row
    return Session(identity, account, stamp, stage, _read(made), _read(used), address, browser, method)
