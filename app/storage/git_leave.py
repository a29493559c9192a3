"""A history as it goes elsewhere: some commits and files stay behind, the rest goes into one bundle."""

import hashlib
import tempfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pygit2

from app.storage.errors import translated
from app.storage.git_log import history
from app.storage.git_objects import commit_bytes, commit_of, entries_of, in_utf8, tree_bytes
from app.storage.git_program import the_program
from app.storage.git_repo import MAIN, OpenRepository, Revision, Snapshot
from app.storage.git_store import GitStore
from app.storage.git_writer import reading

# All that decides which bytes a pack gets, so that the same history is the same file each time.
_CONFIG = b"""\
[core]
\trepositoryformatversion = 0
\tbare = true
\tcompression = 6
\tbigFileThreshold = 512m
[pack]
\tthreads = 1
\tcompression = 6
\twindow = 10
\tdepth = 50
\twindowMemory = 0
\tuseSparse = false
\tallowPackReuse = false
"""


@dataclass(frozen=True)
class Leaving:
    """One commit as it travels.

    Attributes:
        files: all its files; None where they are as they are.
        message: what it says; None where that is as it is.
    """

    files: Mapping[str, bytes] | None = None
    message: str | None = None


@dataclass(frozen=True)
class Left:
    """What left.

    Attributes:
        tip: the newest commit as sent.
        stands_for: own commit and the one that was sent for it, oldest first; those that stayed behind are not here.
    """

    tip: Revision
    stands_for: Mapping[Revision, Revision]


def leave(
    store: GitStore,
    name: str,
    revision: Revision,
    target: Path,
    names: Collection[str],
    leaving: Callable[[Snapshot], Leaving | None] | None,
) -> Left:
    """Write the history up to a revision to a git bundle, with the branch `main` and nothing else.

    What stays the same (files, message and parents) keeps its very id. What is rewritten keeps author, committer and
    their times, and loses its signature. The children of a commit that stays behind get its parents. The same
    history gives the same bytes.

    Args:
        store: where it is.
        name: which repository.
        revision: the newest commit that may leave.
        target: the file to write; what is there is replaced.
        names: the only files that leave, as ordinary ones: what else a commit holds stays behind.
        leaving: how a commit leaves, asked from the oldest on; None for one that stays behind. Its snapshot holds
            the files of `names`. None: all leave as they are.

    Raises:
        ValueError: nothing is left to send, or no single newest commit; or what `leaving` gave cannot be kept.
        RepositoryNotFound: no such repository.
        RevisionNotFound: no such commit here.
        TooLarge: a file that is to leave is larger than anything that is read.
        StoreDamaged: an object is missing or broken.
        GitMissing: the program git is not installed.
        StoreFailed: the disk refused.
    """

    def sent(source: OpenRepository) -> Left:
        with ExitStack() as stack:
            with translated("make a folder"):
                folder = tempfile.TemporaryDirectory(dir=target.absolute().parent, ignore_cleanup_errors=True)
                aside = Path(stack.enter_context(folder))
                fresh = _Fresh(aside / "kaart.git")
            way = _Way(source, fresh, frozenset(names), leaving)
            for commit in reversed(list(history(source, revision))):
                way.step(commit.revision)
            tips = way.became[revision]
            if len(tips) != 1:
                raise ValueError(f"{len(tips)} commits would be the newest")
            fresh.bundle(tips[0], aside / "bundle", target)
        return Left(tips[0], way.stands_for)

    return reading(store.path(name), sent)


class _Fresh:
    """A repository that lasts as long as it takes to make a bundle of it: not synced, one file for each object."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._there: set[str] = set()
        for folder in (place, place / "objects", place / "refs", place / "refs" / "heads"):
            folder.mkdir()
        (place / "HEAD").write_text(f"ref: {MAIN}\n")
        (place / "config").write_bytes(_CONFIG)

    def put(self, kind: str, data: bytes) -> str:
        whole = b"%b %d\0%b" % (kind.encode(), len(data), data)
        oid = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
        if oid not in self._there:
            file = self._place / "objects" / oid[:2] / oid[2:]
            with translated("write an object"):
                file.parent.mkdir(exist_ok=True)
                file.write_bytes(zlib.compress(whole, 0))
            self._there.add(oid)
        return oid

    def has(self, oid: str) -> bool:
        return oid in self._there

    def bundle(self, tip: Revision, aside: Path, target: Path) -> None:
        with translated("write a bundle"):
            (self._place / MAIN).write_text(f"{tip}\n")
            with the_program(self._place) as git:
                git.bundle("create", "--quiet", "--version=2", str(aside), "HEAD", MAIN)
            aside.chmod(0o600)
            aside.replace(target)


class _Way:
    """The commits, oldest first, on their way from one repository to a fresh one."""

    def __init__(
        self,
        source: OpenRepository,
        fresh: _Fresh,
        names: frozenset[str],
        leaving: Callable[[Snapshot], Leaving | None] | None,
    ) -> None:
        self._source = source
        self._fresh = fresh
        self._names = names
        self._leaving = leaving
        self.became: dict[Revision, tuple[Revision, ...]] = {}
        self.stands_for: dict[Revision, Revision] = {}

    def step(self, own: Revision) -> None:
        """Send one commit, whose parents were, or leave it behind."""
        raw = self._source.object(own, pygit2.Commit).read_raw()
        with translated(f"commit {own}"):
            commit = commit_of(raw)
        given = self._leaving(self._source.snapshot(own, self._names)) if self._leaving else Leaving()
        parents = tuple(dict.fromkeys(sent for parent in commit.parents for sent in self.became[parent]))
        if given is None:
            self.became[own] = parents
            return
        tree = self._fresh.put("tree", tree_bytes(self._files(commit.tree, given.files)))
        said = given.message is None or _same(given.message, commit.message)
        if said and (tree, parents) == (commit.tree, commit.parents):
            sent = self._fresh.put("commit", raw)
        else:
            new = replace(in_utf8(commit), tree=tree, parents=parents)
            if not said:
                new = replace(new, message=_kept(given.message or ""))
            sent = self._fresh.put("commit", commit_bytes(new))
        self.became[own] = (sent,)
        self.stands_for[own] = sent

    def _files(self, own: str, files: Mapping[str, bytes] | None) -> dict[str, str]:
        if files is None:
            return dict(self._as_they_are(own))
        if strange := set(files) - self._names:
            raise ValueError(f"files that may not leave: {sorted(strange)}")
        return {name: self._fresh.put("blob", data) for name, data in files.items()}

    def _as_they_are(self, tree: str) -> Iterator[tuple[str, str]]:
        raw = self._source.object(tree, pygit2.Tree).read_raw()
        with translated(f"tree {tree}"):
            entries = entries_of(raw)
        for mode, name, oid in entries:
            if mode.startswith(b"100") and (known := name.decode("utf-8", "replace")) in self._names:
                if not self._fresh.has(oid):
                    self._fresh.put("blob", self._source.object(oid, pygit2.Blob).data)
                yield known, oid


def _same(message: str, raw: bytes) -> bool:
    """Whether it is what was read of a commit: there, lines that are empty at the beginning are left out."""
    return message.lstrip("\n") == raw.decode("utf-8", "replace").lstrip("\n")


def _kept(message: str) -> bytes:
    if "\0" in message:
        raise ValueError("a NUL in a message")
    return f"{message.rstrip(chr(10))}\n".encode()
