"""A SQLite file that keeps what was put in it: on disk before it counts, for any thread and process."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from app.storage.errors import StoreDamaged, StoreFailed
from app.storage.files import sync_directory
from app.storage.locks import locked


class DurableSQLite:
    """One file; each use opens it anew. What is removed from it is overwritten in the file."""

    def __init__(self, path: Path, name: str, version: int, tables: str) -> None:
        """For a file that may not be there yet.

        Args:
            path: the file; its folder is there.
            name: what it holds, for messages.
            version: of its tables; a file of another version is not touched.
            tables: the SQL that makes what is not there yet.
        """
        self._path, self._name, self._version = path, name, version
        self._tables = f"BEGIN IMMEDIATE;{tables}PRAGMA user_version = {version};COMMIT;"

    @contextmanager
    def open(self, *, writing: bool = False) -> Iterator[sqlite3.Connection]:
        """One transaction: on disk at the end of the `with`, or, after an exception, not there.

        Raises:
            StoreDamaged: the file is not what it should be.
            StoreFailed: the system refuses; nothing was changed.
        """
        try:
            self._make()
            # Not in the `with` of sqlite3: that one begins only at the first change.
            with closing(sqlite3.connect(self._path, timeout=20, isolation_level=None)) as db:
                self._prepare(db)
                db.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
                try:
                    yield db
                except BaseException:
                    with suppress(sqlite3.Error):
                        db.execute("ROLLBACK")
                    raise
                db.execute("COMMIT")
        except (OSError, sqlite3.OperationalError) as error:
            raise StoreFailed(f"{self._name}: {error}") from error
        except (sqlite3.DatabaseError, ValueError, TypeError) as error:
            raise StoreDamaged(f"{self._name}: {error}") from error

    def scrub(self) -> None:
        """Have nothing left, in the log beside the file, of what was removed from it; waits for who is reading.

        Raises:
            StoreFailed: somebody reads for too long; or as `open`.
        """
        with self.open() as db:
            db.execute("COMMIT")
            (busy, *_) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            db.execute("BEGIN")
        if busy:
            raise StoreFailed(f"{self._name}: somebody reads it for too long")

    def _make(self) -> None:
        """Have the file there, for this user alone and with its name on disk, before SQLite opens it."""
        if not self._path.exists():
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            sync_directory(self._path.parent)

    def _prepare(self, db: sqlite3.Connection) -> None:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version not in (0, self._version):
            raise StoreDamaged(f"{self._name}: made by version {version}")
        # What is told to be kept is on disk: WAL by itself waits for it only at a checkpoint.
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")
        if version == 0:
            with locked(self._path.with_name(f"{self._path.name}.making")):
                db.execute("PRAGMA journal_mode = WAL")
                db.executescript(self._tables)
