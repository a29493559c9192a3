"""TinyDB that keeps what was saved: locked, written aside, on disk before it counts, several processes.

TinyDB by itself overwrites its file in place, and keeps its id counter and the answers to queries in memory,
where other processes cannot correct them. So here a database is never kept open: it is opened anew for each
reading, and changed only in a transaction, which holds the lock from its first read to its one write.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from tinydb import TinyDB
from tinydb.storages import Storage

from app.storage.errors import SaveInDoubt, StoreDamaged, StoreFailed, translated
from app.storage.files import replace_synced, sync_directory
from app.storage.locks import locked

_Tables = dict[str, dict[str, Any]]
_ROW = re.compile(r"[0-9]{1,15}")


class DurableJSONStorage(Storage):
    """One JSON file as TinyDB wants it, for the length of one `reading` or one `transaction`."""

    def __init__(self, path: Path, *, writable: bool) -> None:
        self._path = path
        self._writable = writable
        self._changed: _Tables | None = None

    def read(self) -> _Tables | None:
        """All tables: as this transaction changed them, else as they are on disk now."""
        if self._changed is not None:
            return self._changed
        with translated(f"read {self._path.name}"):
            try:
                text = self._path.read_bytes()
            except FileNotFoundError:
                return None
            try:
                tables = json.loads(text, parse_constant=_no_constant)
            except RecursionError as error:
                raise StoreDamaged(f"{self._path.name} is too deep") from error
        if not _are_tables(tables):
            raise StoreDamaged(f"{self._path.name} holds no tables")
        return cast("_Tables", tables)

    def write(self, data: _Tables) -> None:
        """Keep the tables for `save`.

        Raises:
            RuntimeError: outside a transaction, where another process could come between reading and writing.
        """
        if not self._writable:
            raise RuntimeError("changes are made in a transaction")
        self._changed = data

    def save(self) -> None:
        """Replace the file by what was written, if anything was.

        Raises:
            StoreFailed: the disk refused; the file is as it was.
        """
        if self._changed is None:
            return
        text = json.dumps(self._changed, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n"
        with translated(f"write {self._path.name}", git_error=StoreFailed):
            replace_synced(self._path, text)
        try:
            sync_directory(self._path.parent)
        except OSError as error:
            raise SaveInDoubt(f"write {self._path.name}: {error}") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _are_tables(value: object) -> bool:
    """Whether this is what TinyDB writes: tables of rows under their numbers. It fails in many ways on the rest."""
    return isinstance(value, dict) and all(
        isinstance(table, dict)
        and all(_ROW.fullmatch(number) and isinstance(row, dict) for number, row in table.items())
        for table in value.values()
    )


@contextmanager
def reading(path: Path) -> Iterator[TinyDB]:
    """A database to read from; without waiting for anybody, for a file is replaced whole.

    Raises:
        StoreDamaged: the file is not what TinyDB writes.
        StoreFailed: the system refuses.
    """
    storage = DurableJSONStorage(path, writable=False)
    with TinyDB(storage=lambda: storage) as database:
        yield database


@contextmanager
def transaction(path: Path) -> Iterator[TinyDB]:
    """A database to change: all of it is on disk at the end of the `with`, or, after an exception, nothing.

    Args:
        path: the JSON file; its directory is there. A lock file is put beside it.

    Raises:
        Busy: another process holds the lock for too long.
        StoreDamaged: the file is not what TinyDB writes.
        StoreFailed: the disk refused; nothing was saved.
    """
    with locked(path.with_name(f"{path.name}.lock")):
        storage = DurableJSONStorage(path, writable=True)
        with TinyDB(storage=lambda: storage) as database:
            yield database
            storage.save()
