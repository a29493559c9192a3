"""A repository made of a bundle of somebody that we do not trust: judged whole, in quarantine, or not made at all.

Our own code looks at sizes first, so that git, in a process with limits, is only given work that is bounded. Git then
checks every object by its own rules; and then each commit, tree and file must be such as a card has.
"""

import os
import re
import resource
import signal
import stat
import subprocess  # nosec B404
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pygit2
from pygit2.enums import ObjectType

from app.storage.errors import GitMissing, StoreDamaged, StoreFailed, translated
from app.storage.files import sync_directory
from app.storage.git_bundle import BadBundle, Header, Limits, Pack, Reason, header_of
from app.storage.git_objects import ENCODINGS, PLAIN, commit_of, entries_of
from app.storage.git_program import NOBODYS, legible
from app.storage.git_repo import OpenRepository, Revision
from app.storage.git_store import GitStore

__all__ = ["BadBundle", "Limits", "Reason", "arrive"]

_WHO = re.compile(r"(?P<name>[^<>]*) <(?P<email>[^<>]*)> (?P<time>\d{1,12}) [+-](?P<hours>\d\d)(?P<minutes>[0-5]\d)")
_LONGEST_NAME = 500
_LATEST = 253_370_764_800  # the first of January 9999: later than this, a day has no name in some zone
_TOO_MUCH = ("ut of memory", "File too large", "exceeds maximum")
_REFUSED_BY_DISK = ("No space left on device", "Input/output error", "Read-only file system", "Disk quota exceeded")
# The limits are set in the process that becomes git: before it reads anything, and without code of ours after a
# fork, which among threads may wait for ever.
_LIMITED = """\
import os, resource, sys
for kind, most in zip(sys.argv[1:6:2], sys.argv[2:7:2]):
    resource.setrlimit(int(kind), (int(most), int(most)))
try:
    os.execvp(sys.argv[7], sys.argv[7:])
except FileNotFoundError:
    sys.exit(69)
"""


def arrive(bundle: Path, store: GitStore, name: str, names: Collection[str], limits: Limits | None = None) -> Revision:
    """Make a repository of a bundle, with the branch `main`, whole or not at all.

    Args:
        bundle: the file; it must not change meanwhile.
        store: the store to make it in: one of its own, apart from the cards.
        name: what the repository will be called.
        names: the files that a revision may hold, and nothing else.
        limits: how much it may hold and cost.

    Returns:
        The newest commit.

    Raises:
        BadBundle: it is not taken; nothing of it stays.
        RepositoryNotFound: `name` is no uuid.
        RepositoryExists: there is a repository of that name.
        GitMissing: the program git is not installed.
        StoreFailed: the disk refused; nothing was made.
    """
    limits = limits or Limits()
    deadline = time.monotonic() + limits.seconds
    with translated("read a bundle"), _opened(bundle, limits) as descriptor:
        header = header_of(descriptor)
        objects = Pack(descriptor, header.pack, names, limits, deadline).measure()

        def fill(repository: OpenRepository) -> Revision:
            _index(repository.path, descriptor, header, limits, deadline)
            try:
                with OpenRepository(repository.path) as filled:
                    _Judge(filled, frozenset(names), limits, deadline).judge(header.tip, objects)
            except (StoreDamaged, ValueError) as error:
                raise BadBundle(Reason.DAMAGED, str(error)) from error
            return header.tip

        return store.make(name, fill)


@contextmanager
def _opened(bundle: Path, limits: Limits) -> Iterator[int]:
    descriptor = os.open(bundle, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise BadBundle(Reason.NO_BUNDLE, "not a file")
        if found.st_size > limits.bundle_bytes:
            raise BadBundle(Reason.TOO_LARGE, f"a file of {found.st_size} bytes")
        yield descriptor
    finally:
        os.close(descriptor)


def _index(place: Path, descriptor: int, header: Header, limits: Limits, deadline: float) -> None:
    """Have git take the objects in, each checked, in a process that can only do so much."""
    os.lseek(descriptor, header.pack, os.SEEK_SET)
    most = os.fstat(descriptor).st_size + 100 * limits.objects
    rules = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_CPU: int(limits.seconds) + 1,
        resource.RLIMIT_FSIZE: most,
    }
    command = [
        *(sys.executable, "-I", "-S", "-c", _LIMITED),
        *(str(number) for rule in rules.items() for number in rule),
        *("git", f"--git-dir={place}", "-c", f"core.bigFileThreshold={limits.file_bytes}", "-c", "pack.threads=1"),
        *("index-pack", "--stdin", "--strict", "--threads=1", f"--max-input-size={most}"),
    ]
    status, said = _run(command, place, descriptor, deadline - time.monotonic())
    if status == os.EX_UNAVAILABLE:
        raise GitMissing("the program git is not installed")
    if any(refused in said for refused in _REFUSED_BY_DISK):
        raise StoreFailed(f"git on a bundle: {said}")
    if status in (-signal.SIGKILL, -signal.SIGXCPU, -signal.SIGXFSZ) or any(word in said for word in _TOO_MUCH):
        raise BadBundle(Reason.TOO_LARGE, f"more than git may use: {said or status}")
    if status:
        raise BadBundle(Reason.DAMAGED, said or f"git ended with status {status}")
    sync_directory(place / "objects" / "pack")


def _run(command: list[str], place: Path, given: int, seconds: float) -> tuple[int, str]:
    """Run a program in a group of its own, and end all of that group when it takes too long."""
    environment = NOBODYS | {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(place)}
    with subprocess.Popen(  # noqa: S603 # nosec B603
        command,
        stdin=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=place,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            said, _ = process.communicate(timeout=max(seconds, 0.1))
        except subprocess.TimeoutExpired:
            said = b"it takes too long"
        finally:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, legible(said[-2000:].decode("utf-8", "replace")).strip()


@dataclass
class _Judge:
    """Whether everything in a repository is such as a card has."""

    repository: OpenRepository
    names: frozenset[str]
    limits: Limits
    deadline: float
    seen: set[str] = field(default_factory=set)

    def judge(self, tip: Revision, objects: int) -> None:
        waiting = [tip]
        while waiting:
            revision = waiting.pop()
            if revision in self.seen:
                continue
            self.seen.add(revision)
            raw = self.repository.object(revision, pygit2.Commit, most=self.limits.commit_bytes).read_raw()
            commit = commit_of(raw)
            _judge_text(raw, commit.encoding, (commit.author, commit.committer))
            self._tree(commit.tree)
            waiting += commit.parents
            if time.monotonic() > self.deadline:
                raise BadBundle(Reason.TOO_LARGE, "it takes too long")
        if len(self.seen) != objects:
            raise BadBundle(Reason.PASSENGERS, f"{objects} objects, of which main needs {len(self.seen)}")

    def _tree(self, tree: str) -> None:
        if tree in self.seen:
            return
        self.seen.add(tree)
        entries = entries_of(self.repository.object(tree, pygit2.Tree).read_raw())
        for mode, name, oid in entries:
            if mode != PLAIN or name.decode("utf-8", "replace") not in self.names:
                raise BadBundle(Reason.FILES, f"{mode!r} {name[:200]!r}")
            if oid not in self.seen:
                self.seen.add(oid)
                kind, size = self.repository.git.odb.read_header(pygit2.Oid(hex=oid))
                if kind != ObjectType.BLOB or size > self.limits.file_bytes:
                    raise BadBundle(Reason.FILES, f"{name!r} is of kind {kind}, with {size} bytes")
        if len({name for _, name, _ in entries}) != len(entries):
            raise BadBundle(Reason.FILES, "a name twice")


def _judge_text(raw: bytes, encoding: str, people: tuple[bytes, bytes]) -> None:
    """Refuse a commit whose words, people or times we could not keep as they are."""
    known = encoding if encoding in ENCODINGS else "utf-8"
    if b"\0" in raw:
        raise BadBundle(Reason.TEXT, "a NUL in a commit")
    try:
        raw.decode(known)
        who = [_WHO.fullmatch(line.decode(known)) for line in people]
    except UnicodeDecodeError as error:
        raise BadBundle(Reason.TEXT, f"a commit: {error}") from error
    for one in who:
        if one is None or max(len(one["name"]), len(one["email"])) > _LONGEST_NAME:
            raise BadBundle(Reason.TEXT, "a person that cannot be kept")
        if int(one["time"]) > _LATEST or int(one["hours"]) > 23:
            raise BadBundle(Reason.TEXT, f"a time that is none: {one[0][-30:]}")
