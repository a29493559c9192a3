"""One open repository: every object that is read from git passes here.

libgit2 1.9 reads a truncated loose object for ever (libgit2 issue 7342) and writes out of bounds on one whose
header lies about its size (7177). So each loose object is checked here before libgit2 sees it.
"""

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import pygit2
from pygit2.enums import ConfigLevel, FileMode

from app.storage.errors import (
    PathNotFound,
    RepositoryNotFound,
    RevisionNotFound,
    StoreDamaged,
    translated,
)

Revision = str
MAIN = "refs/heads/main"
REVISION = re.compile(r"[0-9a-f]{40}")

_Kind = TypeVar("_Kind", pygit2.Commit, pygit2.Tree, pygit2.Blob)
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Signature:
    """Who made something."""

    name: str
    email: str


@dataclass(frozen=True)
class Commit:
    """One revision, without its files."""

    revision: Revision
    parents: tuple[Revision, ...]
    author: Signature
    when: datetime
    committer: Signature
    message: str


@dataclass(frozen=True)
class StoredFile:
    """The bytes of a file and the id that git gives them; equal bytes have equal ids."""

    blob_id: str
    data: bytes


@dataclass(frozen=True)
class Snapshot:
    """All files of one revision."""

    revision: Revision
    commit: Commit
    files: dict[str, StoredFile]


def settle_libgit2() -> None:
    """Set what libgit2 keeps for the whole process: durable writes, and nobody's personal git settings.

    Owner validation is off: it keeps git from running what a stranger's configuration names, and libgit2
    runs nothing; left on it would refuse a backup that was put back under another account.
    """
    settings = pygit2.settings
    settings.enable_fsync_gitdir(True)
    settings.owner_validation = False
    for level in (ConfigLevel.PROGRAMDATA, ConfigLevel.SYSTEM, ConfigLevel.XDG, ConfigLevel.GLOBAL):
        settings.search_path[level] = ""


class OpenRepository:
    """A repository for the length of one operation and one thread; use it in a `with`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with translated(f"open {path.name}"):
            if not path.is_dir():
                raise RepositoryNotFound(path.name.removesuffix(".git"))
            self.git = pygit2.Repository(str(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.git.free()

    def tip(self) -> Revision:
        """The revision that the branch points at.

        Raises:
            StoreDamaged: the branch is missing or unreadable.
        """
        with translated(f"branch of {self.path.name}"):
            target = self.git.lookup_reference(MAIN).target
        if not isinstance(target, pygit2.Oid):
            raise StoreDamaged(f"branch of {self.path.name}: points at {target}")
        return str(target)

    def commit(self, revision: Revision | None) -> pygit2.Commit:
        """The commit of a revision, or of the tip.

        Raises:
            RevisionNotFound: it is not an id, or not the id of a commit here.
            StoreDamaged: it is here, but unreadable; or it is the tip and missing.
        """
        if revision is None:
            return self.object(self.tip(), pygit2.Commit)
        if not REVISION.fullmatch(revision):
            raise RevisionNotFound(revision)
        oid = pygit2.Oid(hex=revision)
        with translated(f"look for {revision}"):
            known = oid in self.git.odb
        if not known:
            raise RevisionNotFound(revision)
        return self.object(oid, pygit2.Commit, other=RevisionNotFound(revision))

    def object(self, oid: pygit2.Oid | str, kind: type[_Kind], other: Exception | None = None) -> _Kind:
        """Read one object.

        Args:
            oid: its id.
            kind: what it should be.
            other: what to raise when it is something else; damage unless told.

        Raises:
            StoreDamaged: missing, corrupt or of another kind.
        """
        with translated(f"object {oid}"):
            _check_loose(self.path, str(oid))
            found = self.git.get(oid)
        if found is None:
            raise StoreDamaged(f"object {oid} is missing")
        if not isinstance(found, kind):
            raise other or StoreDamaged(f"object {oid} is a {found.type_str}")
        return found

    def require(self, oid: pygit2.Oid) -> None:
        """Make sure that an object can be read; cheaper than reading it.

        Raises:
            StoreDamaged: missing, cut off or garbled.
        """
        if not _check_loose(self.path, str(oid)) and oid not in self.git.odb:
            raise StoreDamaged(f"object {oid} is missing")

    def blob_ids(self, commit: pygit2.Commit) -> dict[str, pygit2.Oid]:
        """Path and blob id of each ordinary file in a commit; links and submodules are left out."""
        return dict(self._walk(commit.tree_id, ""))

    def check_trees(self, commit: pygit2.Commit) -> pygit2.Tree:
        """The tree of a commit, after a check that it can be read with all the trees below it."""
        for _ in self._walk(commit.tree_id, ""):
            pass
        return self.object(commit.tree_id, pygit2.Tree)

    def snapshot(self, revision: Revision | None) -> Snapshot:
        """All files of a revision, or of the tip."""
        commit = self.commit(revision)
        files = {
            path: StoredFile(str(oid), self.object(oid, pygit2.Blob).data)
            for path, oid in self.blob_ids(commit).items()
        }
        return Snapshot(str(commit.id), as_commit(commit), files)

    def read(self, revision: Revision | None, path: str) -> bytes:
        """The bytes of one file."""
        oid = self.blob_ids(self.commit(revision)).get(path)
        if oid is None:
            raise PathNotFound(path)
        return self.object(oid, pygit2.Blob).data

    def _walk(self, tree_id: pygit2.Oid, prefix: str) -> Iterator[tuple[str, pygit2.Oid]]:
        tree = self.object(tree_id, pygit2.Tree)
        for entry in tree:
            path = prefix + (entry.raw_name or b"").decode("utf-8", "replace")
            if entry.filemode == FileMode.TREE:
                yield from self._walk(entry.id, path + "/")
            elif entry.filemode in (FileMode.BLOB, FileMode.BLOB_EXECUTABLE):
                yield path, entry.id


def as_commit(commit: pygit2.Commit) -> Commit:
    """What git keeps of a commit, in words of our own; never fails on what an ordinary git wrote."""
    return Commit(
        revision=str(commit.id),
        parents=tuple(str(oid) for oid in commit.parent_ids),
        author=_signature(commit.author),
        when=_moment(commit.author),
        committer=_signature(commit.committer),
        message=commit.raw_message.decode("utf-8", "replace"),
    )


def _signature(signature: pygit2.Signature) -> Signature:
    return Signature(signature.raw_name.decode("utf-8", "replace"), signature.raw_email.decode("utf-8", "replace"))


def _moment(signature: pygit2.Signature) -> datetime:
    # A commit made elsewhere may carry any number; a date that cannot be is shown as the epoch.
    zone = timezone(timedelta(minutes=signature.offset)) if abs(signature.offset) < 24 * 60 else UTC
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(signature.time, zone)
    return datetime.fromtimestamp(0, UTC)


def _check_loose(path: Path, oid: str) -> bool:
    """Whether an object is there loose, and then whole."""
    try:
        with open(f"{path}/objects/{oid[:2]}/{oid[2:]}", "rb") as file:  # noqa: PTH123 - read for every object
            packed = file.read()
    except FileNotFoundError:
        return False  # packed, or missing: libgit2 tells which
    inflate = zlib.decompressobj()
    head = inflate.decompress(packed, _CHUNK)
    header, found, _ = head.partition(b"\0")
    size = len(head) - len(header) - 1
    while inflate.unconsumed_tail:
        size += len(inflate.decompress(inflate.unconsumed_tail, _CHUNK))
    announced = header.rpartition(b" ")[2]
    if not (inflate.eof and found and announced.isdigit() and int(announced) == size) or inflate.unused_data:
        raise StoreDamaged(f"object {oid} is cut off or garbled")
    return True
