"""The git store: one bare repository per card. It knows paths, bytes and revisions, and nothing of cards."""

import re
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TypeVar

from app.storage import git_remove
from app.storage.errors import RepositoryNotFound, translated
from app.storage.git_create import beginning, build, make_directories, sweep_unfinished, take_in
from app.storage.git_log import history, leads_to
from app.storage.git_repo import (
    MOST_BYTES,
    ROLES,
    SENT,
    TALK,
    Commit,
    OpenRepository,
    Revision,
    Signature,
    Snapshot,
    StoredFile,
    settle_libgit2,
)
from app.storage.git_write import Part, as_kept, check_parts, recover
from app.storage.git_writer import Writer, newest_of, reading
from app.storage.locks import locked

__all__ = [
    "ROLES", "SENT", "TALK",
    "Commit", "GitStore", "Part", "Revision", "Signature", "Snapshot", "StoredFile", "Writer", "as_kept",
]  # fmt: skip

_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_Answer = TypeVar("_Answer")


class GitStore:
    """Bare repositories at `<root>/<2 hex>/<uuid>.git`, each with a branch `main`.

    Beside it may stand `TALK`, which travels with it, and `ROLES` and `SENT`, for what belongs to this installation
    alone: no clone, fetch or push of an ordinary git sees those.

    One store may be used by many threads and processes; no repository is kept open between calls. Every call
    that names a repository raises RepositoryNotFound when it is not there, StoreDamaged when git's files are
    broken and StoreFailed when the system refuses.

    Args:
        root: where the repositories are; made when it is not there.
        locks: where the lock files are; made when it is not there. Lock files are never removed.
        committer: who commits: the installation.
    """

    def __init__(self, root: Path, locks: Path, committer: Signature) -> None:
        settle_libgit2()
        self._root = root
        self._locks = locks
        self._committer = committer
        make_directories(root, locks, root / ".new", git_remove.gone_place(root))
        sweep_unfinished(root, locks)

    def names(self) -> Iterator[str]:
        """The names of all repositories, sorted."""
        for shard in sorted(self._root.glob("[0-9a-f][0-9a-f]")):
            for place in sorted(shard.glob("*.git")):
                if _NAME.fullmatch(place.stem) and place == self.path(place.stem) and place.is_dir():
                    yield place.stem

    def exists(self, name: str) -> bool:
        """Whether there is a repository of that name; False for what is no name at all."""
        with translated(f"look for {name}"):
            return bool(_NAME.fullmatch(name)) and self.path(name).is_dir()

    def path(self, name: str) -> Path:
        """Where the repository of that name is or would be.

        Raises:
            RepositoryNotFound: `name` is not a uuid in small letters.
        """
        if not _NAME.fullmatch(name):
            raise RepositoryNotFound(name)
        return self._root / name[:2] / f"{name}.git"

    def create(
        self,
        name: str,
        parts: Sequence[Part],
        besides: Sequence[Part] = (),
        source: "tuple[GitStore, Revision] | None" = None,
        talk: Sequence[Part] = (),
    ) -> Revision:
        """Make a repository with its first commits; it is there whole, or not at all.

        Args:
            name: a uuid in small letters.
            parts: its first commits, oldest first; at least one, unless there is a source.
            besides: the first commits of its branch of roles.
            source: another store, and a commit of its repository of the same name, that the history begins with.
            talk: the first commits of its branch of what was said.

        Returns:
            The last of `parts`.

        Raises:
            ValueError: the name or a part cannot be kept.
            RevisionNotFound: the source has no such commit; nothing was made.
            StoreDamaged: the source cannot be read; nothing was made.
            RepositoryExists: there is one of that name.
            Busy: another process holds its lock.
            StoreFailed: the disk refused; nothing was made.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a uuid in small letters: {name!r}")
        if parts or not source:
            check_parts(parts)
        for some in filter(None, (besides, talk)):
            check_parts(some)
        begin = (source[0].path(name), source[1]) if source else None
        return self.make(name, beginning(parts, self._committer, besides, begin, talk))

    def make(self, name: str, fill: Callable[[OpenRepository], Revision]) -> Revision:
        """As `create`, for who writes the objects by itself.

        Args:
            name: a uuid in small letters.
            fill: writes them, synced, and gives where the branch begins.
        """
        path = self.path(name)
        with locked(self._lock_file(name)):
            return build(self._root, self._locks, path, fill)

    def take_in(self, name: str, fill: Callable[[Path], None]) -> None:
        """Put a repository here that comes from elsewhere; it is there whole, or not at all.

        Args:
            name: a uuid in small letters.
            fill: fills an empty repository, at the path that it is given.

        Raises:
            RepositoryExists: there is one of that name.
            StoreError: what `fill` raises, or the disk refused; nothing was made.
        """
        place = self.path(name)
        with locked(self._lock_file(name)):
            take_in(self._root, self._locks, place, fill)

    def refs(self, name: str) -> dict[str, Revision]:
        """Every branch and tag, also the hidden ones, with what it points at."""
        return reading(self.path(name), OpenRepository.refs)

    def remove_all(self) -> None:
        """Remove every repository, as one removes what was put here halfway; nobody else may be at work here."""
        with translated("remove all"):
            for name in list(self.names()):
                shutil.rmtree(self.path(name))
            for name in self.hidden():
                self.wipe(name)

    def head(self, name: str) -> Revision:
        """The revision that the branch points at now."""
        return reading(self.path(name), OpenRepository.tip)

    def snapshot(
        self,
        name: str,
        revision: Revision | None = None,
        paths: Collection[str] | None = None,
        most: int = MOST_BYTES,
    ) -> Snapshot:
        """Commit and files of a revision; opens the repository once.

        Args:
            name: which repository.
            revision: which commit; the tip unless told.
            paths: the files that are wanted and may be there; all unless told. Files in directories are never read.
            most: how many bytes of a file are wanted. A larger one is not read: `most + 1` zeros stand for it,
                so that whoever limits what a file may hold says so.

        Raises:
            RevisionNotFound: no such commit here.
        """
        return reading(self.path(name), lambda repository: repository.snapshot(revision, paths, most))

    def newest(self, name: str, branch: str, known: Collection[str] = ()) -> Snapshot | None:
        """Commit and files of the newest revision of a branch beside the main one; None where there is none yet.

        Args:
            name: which repository.
            branch: `ROLES`, `SENT` or `TALK`.
            known: the blob ids of files whose bytes are not wanted: they are empty.
        """
        return reading(self.path(name), lambda repository: newest_of(repository, branch, known))

    def heads_beside(self, name: str, *branches: str) -> tuple[Revision | None, ...]:
        """The revisions that branches beside the main one point at now; None for one that is not there yet."""
        return reading(self.path(name), lambda repository: tuple(map(repository.tip_beside, branches)))

    def walk_beside(self, name: str, branch: str, work: Callable[[Iterator[Commit]], _Answer]) -> _Answer:
        """What `work` makes of the commits of a branch beside the main one, newest first; of none for no branch."""

        def walked(repository: OpenRepository) -> _Answer:
            tip = repository.tip_beside(branch)
            return work(history(repository, tip) if tip else iter(()))

        return reading(self.path(name), walked)

    def read(self, name: str, revision: Revision | None, path: str) -> bytes:
        """The bytes of one file.

        Raises:
            RevisionNotFound: no such commit here.
            PathNotFound: that revision has no such file outside directories.
            TooLarge: it has more than `MOST_BYTES`.
        """
        return reading(self.path(name), lambda repository: repository.read(revision, path))

    def files(self, name: str, revision: Revision | None = None) -> dict[str, str]:
        """Path and blob id of every file outside directories, without reading them; equal bytes have equal ids.

        Raises:
            RevisionNotFound: no such commit here.
        """
        return reading(
            self.path(name),
            lambda repository: {
                path: str(oid) for path, oid in repository.blob_ids(repository.commit(revision)).items()
            },
        )

    def log(self, name: str, revision: Revision | None = None, limit: int | None = None) -> list[Commit]:
        """The commits that lead to a revision, newest first, each before its parents.

        Args:
            name: which repository.
            revision: where to start; the tip unless told.
            limit: how many at most.

        Raises as `walk`.
        """
        return self.walk(name, lambda commits: list(islice(commits, limit)), revision)

    def walk(self, name: str, work: Callable[[Iterator[Commit]], _Answer], revision: Revision | None = None) -> _Answer:
        """What `work` makes of the commits that `log` gives; only those that it takes are read.

        It is called anew, from the newest, where a pack was replaced meanwhile.

        Raises:
            RevisionNotFound: no such commit here.
        """
        return reading(self.path(name), lambda repository: work(history(repository, revision)))

    def ids(self, name: str, revision: Revision | None = None) -> list[Revision]:
        """The ids of all commits that lead to a revision, newest first, each before its parents; raises as `walk`."""
        return self.walk(name, lambda commits: [commit.revision for commit in commits], revision)

    def is_ancestor(self, name: str, old: Revision, new: Revision) -> bool:
        """Whether a revision is another, or one of those that led to it; False for an `old` that is not here.

        Raises:
            RevisionNotFound: `new` is not here.
        """
        return reading(self.path(name), lambda repository: leads_to(repository, old, new))

    def commit(self, name: str, expected: Revision, parts: Sequence[Part]) -> list[Revision]:
        """Put commits on the branch: all, by one move of the branch, or none.

        Args:
            name: which repository.
            expected: where the branch must be.
            parts: the commits, oldest first; at least one. Each keeps the files it does not name.

        Returns:
            Their revisions, oldest first. They are on disk.

        Raises:
            ValueError: a part cannot be kept.
            Moved: the branch is elsewhere; nothing was saved.
            Busy: somebody holds the lock for too long; nothing was saved.
            StoreFailed: the disk refused; nothing was saved.
        """
        with self.writing(name) as writer:
            return writer.commit(expected, parts)

    @contextmanager
    def writing(self, name: str) -> Iterator[Writer]:
        """Hold a repository's lock, to read, merge and commit without others of ours coming between.

        An ordinary git knows nothing of this lock: `Moved` can still happen. Do not call `commit`, `create`
        or `writing` of the store for the same name inside it: they would wait for this one.

        Raises:
            Busy: somebody holds the lock for too long.
        """
        path = self.path(name)
        if not self.exists(name):
            raise RepositoryNotFound(name)
        with locked(self._lock_file(name)) as lock:
            recover(path, lock)
            yield Writer(self._root, path, lock, self._committer)

    def hidden(self) -> list[str]:
        """The names of the repositories that `Writer.destroy` took out of sight with bytes left."""
        return git_remove.hidden(self._root)

    def note_of(self, name: str) -> bytes:
        """The note with such a repository; empty where `wipe` had begun."""
        return git_remove.note_of(self._root, name)

    def wipe(self, name: str) -> None:
        """Remove the bytes of a repository that is out of sight; nothing where they are gone already."""
        git_remove.wipe(self._root, self._locks, name)

    def _lock_file(self, name: str) -> Path:
        return self._locks / f"{name}.lock"
