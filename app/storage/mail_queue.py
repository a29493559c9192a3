"""What is still to be mailed, and what was: one SQLite file, on disk before it counts.

It holds accounts, cards by number and kinds of notice; no address, no name and nothing of any card. A mail takes along
all that waits for one account. While it is certain that it was not handed over, what is in it goes back to wait; once
it may have been (`handing`), it stays as it is, with its number, so that a second copy can be known for one.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.storage.durable_sqlite import DurableSQLite
from app.storage.locks import HeldLock, locked

KEEP = timedelta(days=4)
"""What could not be sent for so long is not sent any more: it stands in the bell."""
REMEMBER = timedelta(days=30)
"""So long it is known what was sent; far longer than anything is news (`KEEP`)."""
WAITING, SENT, REFUSED, DROPPED = "waiting", "sent", "refused", "dropped"
TOO_OLD, DESTROYED = "te oud", "vernietigd"
_VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS message (key TEXT PRIMARY KEY, account TEXT NOT NULL, kind TEXT NOT NULL,
    kaart TEXT NOT NULL, moment TEXT NOT NULL, made TEXT NOT NULL, due TEXT NOT NULL, tries INTEGER NOT NULL,
    mail TEXT NOT NULL, state TEXT NOT NULL, why TEXT NOT NULL, changed TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS message_due ON message (state, mail, due);
CREATE INDEX IF NOT EXISTS message_mail ON message (mail);
CREATE TABLE IF NOT EXISTS mail (id TEXT PRIMARY KEY, account TEXT NOT NULL, made TEXT NOT NULL,
    sends INTEGER NOT NULL, due TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS server (one INTEGER PRIMARY KEY CHECK (one = 1), failures INTEGER NOT NULL,
    until TEXT NOT NULL, since TEXT NOT NULL, error TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS daily (one INTEGER PRIMARY KEY CHECK (one = 1), day TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Message:
    """Something that one account is to be told of by e-mail.

    Attributes:
        key: what it is known by, so that it is told once; nothing can be read from it.
        account: whom.
        kind: what it is, as overleg.json calls it.
        kaart: the number of the card.
        moment: when it happened, in UTC.
        tries: how often a server said to come back later.
    """

    key: str
    account: str
    kind: str
    kaart: str
    moment: str
    tries: int = 0


@dataclass(frozen=True)
class Mail:
    """One e-mail: all that waited for one account.

    Attributes:
        id: its number, the same each time that it is sent.
        account: whom it is for.
        made: when it was put together.
        sends: how often it was handed over without an answer.
        messages: what it tells of.
    """

    id: str
    account: str
    made: datetime
    sends: int
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Trouble:
    """How it goes with the server.

    Attributes:
        failures: how often in a row it failed as a whole; 0 for all is well.
        until: from when on it is asked again; None for now.
        since: since when it fails; None for all is well.
        error: what happened last, in a word and a code.
    """

    failures: int = 0
    until: datetime | None = None
    since: datetime | None = None
    error: str = ""


@dataclass(frozen=True)
class Status:
    """How it goes with the mail.

    Attributes:
        waiting: how many messages wait.
        oldest: since when the first of them does; None where none waits.
        doubtful: how many mails were handed over without an answer.
        ended: how many messages ended how in the days that are remembered: state and reason, with the number.
        trouble: how it goes with the server.
    """

    waiting: int = 0
    oldest: datetime | None = None
    doubtful: int = 0
    ended: dict[tuple[str, str], int] = field(default_factory=dict)
    trouble: Trouble = Trouble()


class MailQueue:
    """The file. Any thread and process may use it; each call raises what `DurableSQLite.open` does."""

    def __init__(self, path: Path) -> None:
        """For a file that may not be there yet."""
        self._file = DurableSQLite(path, "mail", _VERSION, _TABLES)
        self._lock = path.with_name(f"{path.name}.lock")

    def alone(self) -> AbstractContextManager[HeldLock]:
        """For whoever sends: one at a time, over all processes; free again when that one dies.

        Raises:
            Busy: somebody else sends.
        """
        return locked(self._lock, wait=0)

    def put(self, messages: Iterable[Message], due: datetime, now: datetime) -> int:
        """Have messages wait; of what was put before, whatever became of it, nothing changes.

        Args:
            messages: what to tell.
            due: from when on they may go.
            now: the moment.

        Returns:
            How many were not there yet.
        """
        rows = [
            (one.key, one.account, one.kind, one.kaart, one.moment, _at(now), _at(due), _at(now)) for one in messages
        ]
        if not rows:
            return 0
        with self._file.open(writing=True) as db:
            before = db.total_changes
            db.executemany("INSERT OR IGNORE INTO message VALUES (?, ?, ?, ?, ?, ?, ?, 0, '', 'waiting', '', ?)", rows)
            return db.total_changes - before

    def take(self, now: datetime, identity: str) -> Mail | None:
        """The next mail to send: one that nobody answered for, else all that waits for an account of which some is due.

        The caller holds `alone`.

        Args:
            now: the moment.
            identity: the number that a new mail gets.
        """
        with self._file.open(writing=True) as db:
            row = db.execute("SELECT id FROM mail WHERE sends > 0 AND due <= ? ORDER BY due", [_at(now)]).fetchone()
            if row:
                return _mail(db, row[0])
            row = db.execute(
                "SELECT account FROM message WHERE state = 'waiting' AND mail = '' AND due <= ? ORDER BY due, key",
                [_at(now)],
            ).fetchone()
            if row is None:
                return None
            db.execute("INSERT INTO mail VALUES (?, ?, ?, 0, ?)", [identity, row[0], _at(now), _at(now)])
            db.execute(
                "UPDATE message SET mail = ? WHERE account = ? AND state = 'waiting' AND mail = ''", [identity, row[0]]
            )
            return _mail(db, identity)

    def handing(self, mail: Mail, again: datetime) -> None:
        """Know, before the last byte goes, that this mail may from now on have been taken.

        Args:
            mail: which.
            again: when to hand it over once more, should nobody say what became of it.
        """
        with self._file.open(writing=True) as db:
            db.execute("UPDATE mail SET sends = ?, due = ? WHERE id = ?", [mail.sends + 1, _at(again), mail.id])

    def back(self, mail: Mail, now: datetime, due: datetime | None = None) -> None:
        """Know for certain that it was not taken this time.

        Args:
            mail: which.
            now: the moment.
            due: when to try it again, where it is about this mail; None where it is about the server.
        """
        with self._file.open(writing=True) as db:
            if mail.sends:  # it may have been taken before: it stays what it is
                again = _at(due or now + timedelta(minutes=1))
                db.execute("UPDATE mail SET sends = ?, due = ? WHERE id = ?", [mail.sends, again, mail.id])
                return
            if due is not None:
                db.execute("UPDATE message SET due = ?, tries = tries + 1 WHERE mail = ?", [_at(due), mail.id])
            _dissolve(db, mail.id)

    def drop(self, keys: Sequence[str], why: str, now: datetime) -> None:
        """Take what need not be told any more out of a mail."""
        with self._file.open(writing=True) as db:
            for key in keys:
                _end(db, "key = ?", [key], (DROPPED, why), now)

    def end(self, mail: Mail, state: str, why: str, now: datetime) -> None:
        """Be done with a mail and with what is in it.

        Args:
            mail: which.
            state: `SENT`, `REFUSED` or `DROPPED`.
            why: a word, or the code that the server gave; empty for sent.
            now: the moment.
        """
        with self._file.open(writing=True) as db:
            _end(db, "mail = ?", [mail.id], (state, why), now)
            db.execute("DELETE FROM mail WHERE id = ?", [mail.id])

    def recover(self, now: datetime) -> None:
        """Put right what somebody who died left behind, and clean up what is too old. The caller holds `alone`."""
        with self._file.open(writing=True) as db:
            for (identity,) in db.execute("SELECT id FROM mail WHERE sends = 0").fetchall():
                _dissolve(db, identity)
            old = _at(now - KEEP)
            _end(db, "state = 'waiting' AND made < ?", [old], (DROPPED, TOO_OLD), now)
            db.execute("DELETE FROM mail WHERE NOT EXISTS (SELECT 1 FROM message WHERE message.mail = mail.id)")
            db.execute("DELETE FROM message WHERE state <> 'waiting' AND changed < ?", [_at(now - REMEMBER)])

    def forget(self, kaart_id: str, now: datetime) -> None:
        """Tell nobody any more of a card: it is not there."""
        with self._file.open(writing=True) as db:
            _end(db, "kaart = ?", [kaart_id], (DROPPED, DESTROYED), now)

    def failed(self, error: str, until: datetime, now: datetime) -> None:
        """Keep that the server failed as a whole, and when to ask it again."""
        with self._file.open(writing=True) as db:
            db.execute(
                "INSERT INTO server VALUES (1, 1, ?, ?, ?) ON CONFLICT (one) DO UPDATE"
                " SET failures = failures + 1, until = excluded.until, error = excluded.error",
                [_at(until), _at(now), error],
            )

    def recovered(self) -> bool:
        """Keep that the server does its work again; whether it did not until now."""
        with self._file.open(writing=True) as db:
            return db.execute("DELETE FROM server").rowcount > 0

    def day(self, new: str = "") -> str:
        """The day of which the daily mail was gathered last; where one is given, that one from now on."""
        with self._file.open(writing=bool(new)) as db:
            if new:
                db.execute("INSERT OR REPLACE INTO daily VALUES (1, ?)", [new])
            row = db.execute("SELECT day FROM daily").fetchone()
            return str(row[0]) if row else ""

    def status(self) -> Status:
        """How it goes."""
        with self._file.open() as db:
            waiting, oldest = db.execute("SELECT count(*), min(made) FROM message WHERE state = 'waiting'").fetchone()
            (doubtful,) = db.execute("SELECT count(*) FROM mail WHERE sends > 0").fetchone()
            ended = db.execute(
                "SELECT state, why, count(*) FROM message WHERE state <> 'waiting' GROUP BY 1, 2 ORDER BY 1, 2"
            ).fetchall()
            row = db.execute("SELECT failures, until, since, error FROM server").fetchone()
        trouble = Trouble(row[0], _read(row[1]), _read(row[2]), row[3]) if row else Trouble()
        counts = {(str(state), str(why)): int(count) for state, why, count in ended}
        return Status(waiting, _read(oldest) if oldest else None, doubtful, counts, trouble)


def _dissolve(db: sqlite3.Connection, identity: str) -> None:
    db.execute("UPDATE message SET mail = '' WHERE mail = ?", [identity])
    db.execute("DELETE FROM mail WHERE id = ?", [identity])


def _end(db: sqlite3.Connection, which: str, values: list[str], how: tuple[str, str], now: datetime) -> None:
    """What ended is known by its key alone; of whom no mail reaches, the administrator needs the account."""
    state, why = how
    db.execute(
        "UPDATE message SET state = ?, why = ?, changed = ?, mail = '', kaart = '', moment = '',"  # noqa: S608
        f" account = CASE ? WHEN 'refused' THEN account ELSE '' END WHERE {which}",
        [state, why, _at(now), state, *values],
    )


def _mail(db: sqlite3.Connection, identity: str) -> Mail:
    account, made, sends = db.execute("SELECT account, made, sends FROM mail WHERE id = ?", [identity]).fetchone()
    wanted = "SELECT key, account, kind, kaart, moment, tries FROM message WHERE mail = ? ORDER BY moment, key"
    return Mail(identity, account, _read(made), sends, tuple(Message(*row) for row in db.execute(wanted, [identity])))


def _at(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds")


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)
