"""What may be done with one repository while its lock is held; and reading one, which waits for nobody."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from app.storage.errors import RevisionNotFound, StoreDamaged, StoreFailed
from app.storage.git_remove import hide
from app.storage.git_repo import HIDDEN, MOST_BYTES, OpenRepository, Revision, Signature, Snapshot
from app.storage.git_take import take
from app.storage.git_write import Part, check_parts, save
from app.storage.locks import HeldLock

if TYPE_CHECKING:
    from app.storage.git_store import GitStore

_Answer = TypeVar("_Answer")


class Writer:
    """What may be done with one repository while its lock is held: `GitStore.writing` gives one."""

    def __init__(self, root: Path, path: Path, lock: HeldLock, committer: Signature) -> None:
        self._root = root
        self._path = path
        self._lock = lock
        self._committer = committer

    @property
    def head(self) -> Revision:
        """The revision that the branch points at now."""
        return reading(self._path, OpenRepository.tip)

    def snapshot(
        self, revision: Revision | None = None, paths: Collection[str] | None = None, most: int = MOST_BYTES
    ) -> Snapshot:
        """As `GitStore.snapshot`."""
        return reading(self._path, lambda repository: repository.snapshot(revision, paths, most))

    def commit(self, expected: Revision, parts: Sequence[Part], start: Revision | None = None) -> list[Revision]:
        """As `GitStore.commit`; on top of something that was taken in, when told.

        Args:
            expected: where the branch must be.
            parts: the commits, oldest first; with a `start` there may be none.
            start: what they are put on in place of `expected`, from which it descends. The branch moves once.

        Raises:
            ValueError: a part cannot be kept, or `start` does not descend from `expected`; nothing was saved.
            RevisionNotFound: `start`, or another parent of a part, is not here; nothing was saved.
        """
        if parts or not start:
            check_parts(parts)
        with OpenRepository(self._path) as repository:
            return save(repository, self._lock, expected, parts, self._committer, start=start)

    def take(self, source: "GitStore", name_there: str, tip: Revision) -> None:
        """Copy a commit of another store with all that led to it, as far as it is not here; nothing visible moves.

        What was copied is on disk, and nothing points at it until a commit does.

        Args:
            source: where it is.
            name_there: the repository there.
            tip: the commit.

        Raises:
            RepositoryNotFound: there is no such repository there.
            RevisionNotFound: it has no such commit.
            StoreDamaged: an object there is missing, broken or larger than anything that is read.
            StoreFailed: the disk refused; what was copied stays unseen.
        """
        with OpenRepository(self._path) as repository:
            take(repository, self._lock, source.path(name_there), tip)

    def newest(self, branch: str, known: Collection[str] = ()) -> Snapshot | None:
        """As `GitStore.newest`."""
        return reading(self._path, lambda repository: newest_of(repository, branch, known))

    def commit_on(self, branch: str, expected: Revision | None, parts: Sequence[Part]) -> list[Revision]:
        """Put commits on a branch beside the main one.

        As `GitStore.commit`, with None for `expected` where the branch must not be there yet.
        """
        check_parts(parts)
        with OpenRepository(self._path) as repository:
            if branch in HIDDEN:
                repository.hide_ours()
            return save(repository, self._lock, expected, parts, self._committer, branch)

    def destroy(self, note: bytes) -> None:
        """Take the repository out of everybody's sight, whole or not at all; `GitStore.wipe` removes its bytes.

        Args:
            note: what `GitStore.note_of` gives with it.

        Raises:
            StoreFailed: the disk refused; it is as it was.
            SaveInDoubt: it is out of sight, and the disk did not confirm it.
        """
        hide(self._root, self._path, note)


def newest_of(repository: OpenRepository, branch: str, known: Collection[str]) -> Snapshot | None:
    """Commit and files of the newest revision of a branch beside the main one; None where there is none yet."""
    tip = repository.tip_beside(branch)
    try:
        return repository.snapshot(tip, known=known) if tip else None
    except RevisionNotFound as missing:
        raise StoreDamaged(f"{branch}: {missing} is missing") from missing


def reading(path: Path, work: Callable[[OpenRepository], _Answer]) -> _Answer:
    """What `work` makes of a repository."""
    # A pack may be replaced between libgit2's look at the directory and its opening of the file; a repository
    # opened anew sees the new one. What is really broken stays so.
    for _ in range(2):
        try:
            with OpenRepository(path) as repository:
                return work(repository)
        except (StoreDamaged, StoreFailed):
            continue
    with OpenRepository(path) as repository:
        return work(repository)
