"""What may be done with one repository while its lock is held; and reading one, which waits for nobody."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TypeVar

from app.storage.errors import RevisionNotFound, StoreDamaged, StoreFailed
from app.storage.git_remove import hide
from app.storage.git_repo import MOST_BYTES, ROLES, OpenRepository, Revision, Signature, Snapshot
from app.storage.git_write import Part, check_parts, save
from app.storage.locks import HeldLock

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

    def commit(self, expected: Revision, parts: Sequence[Part]) -> list[Revision]:
        """As `GitStore.commit`."""
        check_parts(parts)
        with OpenRepository(self._path) as repository:
            return save(repository, self._lock, expected, parts, self._committer)

    def newest(self, branch: str, known: Collection[str] = ()) -> Snapshot | None:
        """As `GitStore.newest`."""
        return reading(self._path, lambda repository: newest_of(repository, branch, known))

    def commit_on(self, branch: str, expected: Revision | None, parts: Sequence[Part]) -> list[Revision]:
        """Put commits on a branch beside the main one.

        As `GitStore.commit`, with None for `expected` where the branch must not be there yet.
        """
        check_parts(parts)
        with OpenRepository(self._path) as repository:
            if branch == ROLES:
                repository.hide_roles()
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
