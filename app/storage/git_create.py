"""Making a repository: built aside, put on disk, then shown at its place by one rename."""

import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pygit2

from app.storage.errors import RepositoryExists, SaveInDoubt, StoreError, StoreFailed, translated
from app.storage.files import sync_directory, write_synced
from app.storage.git_remove import gone_place
from app.storage.git_repo import MAIN, ROLES, TALK, OpenRepository, Revision, Signature
from app.storage.git_take import begin
from app.storage.git_write import Part, write_chain
from app.storage.locks import locked

# For the ordinary git that an administrator uses on a card: nothing packs or prunes behind our back, history
# only grows, what comes in is checked, no hooks, and what it writes is on disk.
_CONFIG = b"""\
[core]
\trepositoryformatversion = 0
\tbare = true
\tfilemode = true
\tsharedRepository = 0600
\thooksPath = /dev/null
\tfsync = all
\tfsyncMethod = fsync
[gc]
\tauto = 0
[receive]
\tautogc = false
\tdenyNonFastForwards = true
\tdenyDeletes = true
[transfer]
\tfsckObjects = true
\thideRefs = refs/kaarten
"""

_Answer = TypeVar("_Answer")


def build(root: Path, locks: Path, place: Path, fill: Callable[[OpenRepository], Revision]) -> Revision:
    """Make a repository at its place, whole or not at all; the caller holds the card's lock.

    Args:
        root: where the repositories are.
        locks: where the lock files are.
        place: where this one comes.
        fill: writes the objects, synced, and the branches beside the main one; gives where the main one begins.

    Returns:
        The last commit of its branch.

    Raises:
        RepositoryExists: there is one already.
        StoreFailed: the disk refused; nothing was made.
    """
    return _made(root, locks, place, lambda aside: _make(aside, fill))


def take_in(root: Path, locks: Path, place: Path, fill: Callable[[Path], None]) -> None:
    """Put a repository at its place that somebody else fills, whole or not at all; the caller holds the card's lock.

    Args:
        root: where the repositories are.
        locks: where the lock files are.
        place: where this one comes.
        fill: fills an empty repository, aside; all of it is put on disk after that.

    Raises:
        RepositoryExists: there is one already.
        StoreError: what `fill` raises, or the disk refused; nothing was made.
    """

    def filled(aside: Path) -> None:
        make_empty(aside)
        fill(aside)
        for directory, _, _ in os.walk(aside, topdown=False):
            sync_directory(Path(directory))

    _made(root, locks, place, filled)


def _made(root: Path, locks: Path, place: Path, fill: Callable[[Path], _Answer]) -> _Answer:
    with locked(_aside_lock(locks), shared=True), translated("create", git_error=StoreFailed):
        if place.exists() or (gone_place(root) / place.stem).exists():
            raise RepositoryExists(place.stem)
        aside = root / ".new" / f"{place.stem}.{secrets.token_hex(8)}"
        try:
            answer = fill(aside)
            _show(aside, place)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
    return answer


def sweep_unfinished(root: Path, locks: Path) -> None:
    """Remove what makers of repositories left when they died; leaves it when any may be alive."""
    aside = root / ".new"
    # Reading needs no sweeping: a store on a read-only disk still opens.
    with suppress(StoreError, OSError):
        if any(aside.iterdir()):
            with locked(_aside_lock(locks), wait=0):
                for left in aside.iterdir():
                    shutil.rmtree(left)


def _aside_lock(locks: Path) -> Path:
    return locks / "new.lock"


def beginning(
    parts: Sequence[Part],
    committer: Signature,
    besides: Sequence[Part] = (),
    source: tuple[Path, Revision] | None = None,
    talk: Sequence[Part] = (),
) -> Callable[[OpenRepository], Revision]:
    """What fills a new repository with its first commits.

    Args:
        parts: the first commits of its branch.
        committer: who commits.
        besides: the first commits of the branch of roles.
        source: the repository and the commit that the history begins with; the parts come on top.
        talk: the first commits of the branch of what was said.
    """

    def fill(repository: OpenRepository) -> Revision:
        base = None
        if source is not None:
            place, base = source
            begin(repository, place, base)
        last = [base or "", *write_chain(repository, base, parts, committer)][-1]
        for branch, some in ((ROLES, besides), (TALK, talk)):
            if some:
                first = write_chain(repository, None, some, committer)[-1]
                repository.git.create_reference_direct(branch, pygit2.Oid(hex=first), force=False)
        return last

    return fill


def _make(aside: Path, fill: Callable[[OpenRepository], Revision]) -> Revision:
    make_empty(aside)
    with OpenRepository(aside) as repository:
        last = fill(repository)
        repository.git.create_reference_direct(MAIN, pygit2.Oid(hex=last), force=False)
    for directory in ((aside / ROLES).parent, aside / "refs", aside):
        sync_directory(directory)
    return last


def make_empty(place: Path) -> None:
    """Make a repository without a commit.

    Raises:
        OSError: the disk refused.
    """
    # By hand and not by init_repository, which copies sample hooks and syncs nothing: this is all git asks for.
    for directory in (place, place / "objects", place / "refs", place / "refs" / "heads", (place / ROLES).parent):
        directory.mkdir(mode=0o700)
    write_synced(place / "HEAD", f"ref: {MAIN}\n".encode())
    write_synced(place / "config", _CONFIG)


def _show(aside: Path, place: Path) -> None:
    shard = place.parent
    if not shard.is_dir():
        shard.mkdir(mode=0o700, exist_ok=True)
        sync_directory(shard.parent)
    aside.rename(place)
    try:
        sync_directory(shard)
    except OSError as error:
        try:
            place.rename(aside)
        except OSError as again:
            raise SaveInDoubt(f"create {place.stem}: {error}; then {again}") from error
        raise


def make_directories(*directories: Path) -> None:
    """Make the directories that a store needs, closed to other accounts.

    Raises:
        StoreFailed: the disk refused.
    """
    with translated("make the store's directories"):
        for directory in directories:
            if not directory.is_dir():
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
                sync_directory(directory.parent)
