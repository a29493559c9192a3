"""One open repository: every object that is read from git passes here.

libgit2 1.9 reads a truncated loose object for ever (libgit2 issue 7342) and writes out of bounds on one whose
header lies about its size (7177). So each loose object is checked here before libgit2 sees it.
"""

import os
import re
import zlib
from collections.abc import Collection
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
    StoreFailed,
    TooLarge,
    translated,
)

Revision = str
MAIN = "refs/heads/main"
ROLES = "refs/kaarten/toegang"
"""The branch of who has which role: it belongs to this installation alone, and git hides it from all others."""
TALK = "refs/heads/overleg"
"""The branch of what people said about the card: an ordinary one, that travels with it."""
SENT = "refs/kaarten/verzonden"
"""The branch of what was sent to others, and which commit stands for which: hidden, as that of roles."""
HIDDEN = (ROLES, SENT)
"""The branches that git hides from all others."""
BESIDE = (*HIDDEN, TALK)
"""The branches that may stand beside the main one, each with a history of its own."""
REVISION = re.compile(r"[0-9a-f]{40}")
MOST_BYTES = 8 * 1024 * 1024  # no object of ours comes near; a larger one is not read

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
    """One revision with its files, or those that were asked for."""

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
            if os.path.exists(f"{path}/info/grafts"):  # noqa: PTH110 - asked at every opening
                raise StoreDamaged("info/grafts tells another history than the one that is stored")
            self.git = pygit2.Repository(str(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.git.free()

    def tip(self, branch: str = MAIN) -> Revision:
        """The revision that a branch points at.

        Raises:
            StoreDamaged: the branch is missing or unreadable.
        """
        with translated(f"{branch} of {self.path.name}"):
            target = self.git.lookup_reference(branch).target
        if not isinstance(target, pygit2.Oid):
            raise StoreDamaged(f"{branch} of {self.path.name}: points at {target}")
        return str(target)

    def tip_beside(self, branch: str) -> Revision | None:
        """The revision that a branch beside the main one points at; None where there is none yet; raises as `tip`."""
        with translated(f"{branch} of {self.path.name}"):
            if branch not in self.git.references:
                return None
        return self.tip(branch)

    def refs(self) -> dict[str, Revision]:
        """Every branch and tag, also the hidden ones, with what it points at.

        Raises:
            StoreDamaged: one of them is unreadable.
        """
        with translated(f"branches of {self.path.name}"):
            named = [
                (raw.decode(), self.git.lookup_reference(raw.decode())) for raw in self.git.raw_listall_references()
            ]
            return {name: str(found.resolve().target) for name, found in named}

    def hide_ours(self) -> None:
        """Have git hide the branches of `HIDDEN`: also in a repository that was made elsewhere, or before they were.

        Raises:
            StoreFailed: the disk refused.
        """
        with translated(f"config of {self.path.name}", git_error=StoreFailed):
            hidden = "/".join(ROLES.split("/")[:2])
            if hidden not in self.git.config.get_multivar("transfer.hideRefs"):
                self.git.config.set_multivar("transfer.hideRefs", "^$", hidden)

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

    def object(
        self, oid: pygit2.Oid | str, kind: type[_Kind], other: Exception | None = None, most: int = MOST_BYTES
    ) -> _Kind:
        """Read one object.

        Args:
            oid: its id.
            kind: what it should be.
            other: what to raise when it is something else; damage unless told.
            most: how many bytes it may have.

        Raises:
            StoreDamaged: missing, corrupt or of another kind.
            TooLarge: it has more than `most` bytes; it was not read.
        """
        with translated(f"object {oid}"):
            size = _loose_size(self.path, str(oid), most)
            if size is None:
                size = self.git.odb.read_header(oid)[1]
            if size > most:
                raise TooLarge(f"object {oid} has {size} bytes")
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
        if _loose_size(self.path, str(oid)) is None and oid not in self.git.odb:
            raise StoreDamaged(f"object {oid} is missing")

    def blob_ids(self, commit: pygit2.Commit) -> dict[str, pygit2.Oid]:
        """Name and blob id of each ordinary file of a commit.

        Links, submodules and directories are left out: others may put them there, nothing of ours reads them.
        """
        return {
            (entry.raw_name or b"").decode("utf-8", "replace"): entry.id
            for entry in self.object(commit.tree_id, pygit2.Tree)
            if entry.filemode in (FileMode.BLOB, FileMode.BLOB_EXECUTABLE)
        }

    def snapshot(
        self,
        revision: Revision | None,
        paths: Collection[str] | None = None,
        most: int = MOST_BYTES,
        known: Collection[str] = (),
    ) -> Snapshot:
        """As `GitStore.snapshot`; of files whose blob id is known the bytes are left out."""
        commit = self.commit(revision)
        files = {
            path: StoredFile(str(oid), b"" if str(oid) in known else self._data(oid, most))
            for path, oid in self.blob_ids(commit).items()
            if paths is None or path in paths
        }
        return Snapshot(str(commit.id), as_commit(commit), files)

    def read(self, revision: Revision | None, path: str) -> bytes:
        """The bytes of one file."""
        oid = self.blob_ids(self.commit(revision)).get(path)
        if oid is None:
            raise PathNotFound(path)
        return self.object(oid, pygit2.Blob).data

    def _data(self, oid: pygit2.Oid, most: int) -> bytes:
        try:
            return self.object(oid, pygit2.Blob, most=most).data
        except TooLarge:
            return bytes(most + 1)


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
    # A commit made elsewhere may carry any number. A date that cannot be is shown as the epoch, and so is one so near
    # the ends of the calendar that another time zone would put it over the edge.
    zone = timezone(timedelta(minutes=signature.offset)) if abs(signature.offset) < 24 * 60 else UTC
    with suppress(ValueError, OverflowError, OSError):
        moment = datetime.fromtimestamp(signature.time, zone)
        if 1900 <= moment.year <= 2200:
            return moment
    return datetime.fromtimestamp(0, UTC)


def _loose_size(path: Path, oid: str, most: int | None = None) -> int | None:
    """How large a loose object is; None when it is packed or missing, which libgit2 tells.

    It is whole then, unless it says to be larger than `most`: of such a one only the beginning is read.
    """
    try:
        file = open(f"{path}/objects/{oid[:2]}/{oid[2:]}", "rb", buffering=0)  # noqa: PTH123, SIM115 - for every object
    except FileNotFoundError:
        return None
    with file:
        inflate = zlib.decompressobj()
        header, found, head = inflate.decompress(file.read(_CHUNK), _CHUNK).partition(b"\0")
        digits = header.rpartition(b" ")[2]
        announced = int(digits) if found and digits.isdigit() else -1
        if most is not None and announced > most:
            return announced
        size = len(head)
        while size <= announced and not inflate.eof:
            packed = inflate.unconsumed_tail or file.read(_CHUNK)
            if not packed:
                break
            size += len(inflate.decompress(packed, _CHUNK))
        if size != announced or not inflate.eof or inflate.unused_data or file.read(1):
            raise StoreDamaged(f"object {oid} is cut off or garbled")
    return size
