"""One lock per card: an flock on a file outside the repository, so that destroying a card races with nobody.

The kernel lets go of an flock when its holder dies, so it never goes stale. The file also carries a note:
what the holder was about to write to git's own lock. A note that is still there when the next holder comes tells
that the previous one died, or failed, on the way.
"""

import fcntl
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.storage.errors import Busy, translated

WAIT_SECONDS = 20.0
_NOTE_BYTES = 100


class HeldLock:
    """A lock that is held, with its note."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def note(self) -> str:
        """What the previous holder left behind; empty when it ended in order."""
        return os.pread(self._descriptor, _NOTE_BYTES, 0).decode("ascii", "replace").strip()

    def write_note(self, note: str) -> None:
        """Leave word, for whoever comes after this process dies.

        No fsync: after a power cut there is no live process left to tell a dead one from.
        """
        os.pwrite(self._descriptor, f"{note:<{_NOTE_BYTES}}".encode("ascii"), 0)

    def clear_note(self) -> None:
        """Say that all is in order."""
        os.ftruncate(self._descriptor, 0)


@contextmanager
def locked(path: Path, *, shared: bool = False, wait: float = WAIT_SECONDS) -> Iterator[HeldLock]:
    """Hold the flock on a file.

    Args:
        path: the lock file; made when it is not there, never removed.
        shared: let others share it.
        wait: how many seconds to wait for others.

    Yields:
        The lock, for its note.

    Raises:
        Busy: others kept it longer than `wait`.
        StoreFailed: the file cannot be opened.
    """
    with translated(f"lock {path.name}"):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        with translated(f"lock {path.name}"):
            _take(descriptor, path, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, time.monotonic() + wait)
        yield HeldLock(descriptor)
    finally:
        # Whatever close says, the descriptor and the lock are gone; what was done under it stands.
        with suppress(OSError):
            os.close(descriptor)


def _take(descriptor: int, path: Path, kind: int, deadline: float) -> None:
    # flock knows no time limit, and a signal to bound it only works in the main thread: so ask again.
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise Busy(f"{path.name} is held by another process") from None
            time.sleep(random.uniform(0.001, 0.004))  # noqa: S311 - spreads the waiters, no secret
        else:
            return
