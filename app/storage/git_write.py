"""How a save is written: the objects first, each on disk, then the branch, once, by compare and swap."""

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pygit2
from pygit2.enums import FileMode

from app.storage.errors import Busy, Moved, SaveInDoubt, StoreFailed, translated
from app.storage.files import sync_directory
from app.storage.git_log import leads_to
from app.storage.git_repo import BESIDE, MAIN, REVISION, OpenRepository, Revision, Signature
from app.storage.locks import WAIT_SECONDS, HeldLock

WRITING = "writing"
_STALE_SECONDS = 600.0  # no git operation on one card lasts this long
_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_NOT_IN_A_NAME = re.compile(r"[\x00-\x1f\x7f<>]+")
_NOT_AT_THE_EDGE = " .,:;'\"\\"  # git itself drops these from the ends of a name


@dataclass(frozen=True)
class Part:
    """One commit of a save.

    Attributes:
        files: path and new content; None removes the file. Files that are not named stay as they are, and so do
            the directories that others made: none of ours has any.
        message: what the commit says.
        author: who did it.
        when: the time that author and committer get; with a time zone.
        besides: what it brings together with the commit that it is put on: its other parents, which must be here.
    """

    files: Mapping[str, bytes | None]
    message: str
    author: Signature
    when: datetime
    besides: Sequence[Revision] = ()


def check_parts(parts: Sequence[Part]) -> None:
    """Refuse, before anything is written, what git could not keep or what plain git would call an error.

    Raises:
        ValueError: no parts, a bad path, a time without zone, a NUL or half a character in a message, or what is
            no id for another parent.
    """
    if not parts:
        raise ValueError("a save has at least one part")
    for part in parts:
        for path in part.files:
            if not _PATH.fullmatch(path):
                raise ValueError(f"not a path to keep a file at: {path!r}")
        if part.when.utcoffset() is None:
            raise ValueError("a time without a time zone")
        if "\0" in part.message:
            raise ValueError("a NUL in a message")
        if not all(map(REVISION.fullmatch, part.besides)):
            raise ValueError(f"no ids of commits: {part.besides}")
        for text in (part.message, part.author.name, part.author.email):
            text.encode("utf-8")  # half a surrogate pair is a UnicodeEncodeError, a ValueError


def write_chain(
    repository: OpenRepository, base: Revision | None, parts: Sequence[Part], committer: Signature
) -> list[Revision]:
    """Write the commits of a save, each on the one before; the branch does not move.

    Raises:
        RevisionNotFound: another parent is not here.
        StoreDamaged: the base cannot be read.
        StoreFailed: the disk refused; what was written is unreachable.
    """
    revisions = []
    with translated("write objects", git_error=StoreFailed):
        for part in parts:
            base = _write_commit(repository, base, part, committer)
            revisions.append(base)
        # libgit2 does not sync this one, though it makes directories in it.
        sync_directory(repository.path / "objects")
    return revisions


def _write_commit(repository: OpenRepository, base: Revision | None, part: Part, committer: Signature) -> Revision:
    parents, builder = [], repository.git.TreeBuilder()
    if base is not None:
        # Of the tree only this level: below it may stand anything that an ordinary git pushed.
        commit = repository.object(base, pygit2.Commit)
        parents = [commit.id]
        builder = repository.git.TreeBuilder(repository.object(commit.tree_id, pygit2.Tree))
    others = [repository.commit(revision).id for revision in dict.fromkeys(part.besides)]
    parents += [one for one in others if one not in parents]
    ids = []
    for path, content in part.files.items():
        if content is not None:
            ids.append(written(repository, repository.git.create_blob(content)))
            builder.insert(path, ids[-1], FileMode.BLOB)
        elif builder.get(path) is not None:
            builder.remove(path)
    tree = written(repository, builder.write())
    message = part.message.rstrip("\n") + "\n"
    author, installation = (_git_signature(who, part.when) for who in (part.author, committer))
    new = written(repository, repository.git.create_commit(None, author, installation, message, tree, parents))
    sync_shards(repository, (*ids, tree, new))
    return str(new)


def sync_shards(repository: OpenRepository, ids: Iterable[pygit2.Oid]) -> None:
    """Have the names of objects that were written on disk."""
    for shard in {str(oid)[:2] for oid in ids}:
        with suppress(FileNotFoundError):  # in a pack already
            sync_directory(repository.path / "objects" / shard)


def written(repository: OpenRepository, oid: pygit2.Oid) -> pygit2.Oid:
    """The id of an object, after a check that it can be read.

    libgit2 swallows the error when it writes a tree or a commit: it tries a second way of writing and is content
    whatever comes of that. It is content too with one that was there before, and may have gone bad since. (Nor does
    it sync the name of that one: hence a sync of our own.)
    """
    if oid not in repository.git.odb:
        raise StoreFailed(f"object {oid} was not written")
    repository.require(oid)
    return oid


def _git_signature(who: Signature, when: datetime) -> pygit2.Signature:
    offset = when.utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset is not None else 0
    kept = as_kept(who)
    return pygit2.Signature(kept.name, kept.email, int(when.timestamp()), minutes)


def as_kept(who: Signature) -> Signature:
    """A person as git can keep and read back the name and the address."""
    return Signature(_fit(who.name) or "Onbekend", _fit(who.email) or "onbekend@invalid")


def _fit(text: str) -> str:
    return " ".join(_NOT_IN_A_NAME.sub(" ", text).split()).strip(_NOT_AT_THE_EDGE)


def save(
    repository: OpenRepository,
    lock: HeldLock,
    expected: Revision | None,
    parts: Sequence[Part],
    committer: Signature,
    branch: str = MAIN,
    start: Revision | None = None,
) -> list[Revision]:
    """Put commits on a branch, all or none; the caller holds the card's lock.

    Args:
        repository: where.
        lock: the card's lock.
        expected: where the branch must be; None for a branch beside the main one that is not there yet.
        parts: the commits, oldest first.
        committer: who commits.
        branch: which branch.
        start: what the commits are put on, and where the branch goes when there are none: something that was taken
            in and descends from `expected`; that one itself unless told.

    Raises:
        ValueError: `start` does not descend from `expected`.
        RevisionNotFound: `start`, or another parent, is not here.
        Moved: the branch is not at `expected`.
        Busy: an ordinary git holds the branch for too long.
        StoreFailed: the disk refused; nothing was saved.
        StoreDamaged: the branch or the base cannot be read.
    """
    _refuse_if_moved(repository, expected, branch)
    if start and expected and not leads_to(repository, expected, start):
        raise ValueError(f"{start} does not descend from {expected}")
    with translated("save", git_error=StoreFailed):
        lock.write_note(WRITING)
        revisions = write_chain(repository, start or expected, parts, committer)
        new = (revisions or [start or ""])[-1]
        lock.write_note(new)
        # When this fails the note stays, for a file of libgit2 or git's own lock may have stayed too.
        if new != expected:
            _move_branch(repository, expected, new, branch)
    with suppress(OSError):
        lock.clear_note()
    return revisions


def _tip(repository: OpenRepository, branch: str) -> Revision | None:
    return repository.tip() if branch == MAIN else repository.tip_beside(branch)


def _refuse_if_moved(repository: OpenRepository, expected: Revision | None, branch: str) -> None:
    current = _tip(repository, branch)
    if current != expected:
        raise Moved(current or "")


def _move_branch(repository: OpenRepository, expected: Revision | None, new: Revision, branch: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    ref_lock = _ref_lock(repository.path, branch)
    while True:
        _wait_for_other_git(ref_lock, deadline)
        _refuse_if_moved(repository, expected, branch)
        try:
            if expected is None:
                repository.git.create_reference_direct(branch, pygit2.Oid(hex=new), force=False)
            else:
                # Refuses when the branch is no longer what was read on this line, looked at under git's own lock.
                repository.git.lookup_reference(branch).set_target(new)
        except (pygit2.GitError, OSError) as error:
            current = _tip(repository, branch)
            if current == new:
                _move_back(repository, expected, error, branch)
            if current != expected:
                raise Moved(current or "") from error
            if not _is_about_a_lock(error) or time.monotonic() >= deadline:
                raise StoreFailed(f"branch of {repository.path.name}: {error}") from error
        else:
            return


def _move_back(repository: OpenRepository, expected: Revision | None, error: Exception, branch: str) -> None:
    """The branch moved but the disk did not confirm it: take it back, so that 'not saved' is true."""
    try:
        reference = repository.git.lookup_reference(branch)
        if expected is None:
            reference.delete()
        else:
            reference.set_target(expected)
    except (pygit2.GitError, OSError) as again:
        raise SaveInDoubt(f"branch of {repository.path.name}: {error}; then {again}") from error
    raise StoreFailed(f"branch of {repository.path.name}: {error}") from error


def _is_about_a_lock(error: Exception) -> bool:
    return "failed to lock file" in str(error) or "File exists" in str(error)


def _ref_lock(path: Path, branch: str) -> Path:
    return path / f"{branch}.lock"


def _wait_for_other_git(ref_lock: Path, deadline: float) -> None:
    """Wait until no ordinary git holds the branch; sweep what one left that cannot be alive any more."""
    while True:
        try:
            written = ref_lock.stat().st_mtime
        except FileNotFoundError:
            return
        # Nothing from before this machine started is alive; that is also how a power cut is cleaned up.
        started = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
        if written < max(time.time() - _STALE_SECONDS, started):
            ref_lock.unlink(missing_ok=True)
        elif time.monotonic() < deadline:
            time.sleep(0.01)
        elif written > time.time():
            # The clock went back: how old it is cannot be told, but it outlived the wait.
            ref_lock.unlink(missing_ok=True)
        else:
            raise Busy(f"{ref_lock.name} is held by another program")


def recover(path: Path, lock: HeldLock) -> None:
    """Put right what the previous holder of the lock left when it died or failed; call it with the lock held.

    Raises:
        StoreFailed: the disk refuses even that.
    """
    with translated("recover", git_error=StoreFailed):
        note = lock.note()
        if not note:
            return
        for ref_lock in (_ref_lock(path, branch) for branch in (MAIN, *BESIDE)):
            if note != WRITING and _is_of_the_dead(ref_lock, note):
                ref_lock.unlink(missing_ok=True)
        # Processes forked from one parent draw the same names for these, and would find them taken.
        for left in (path / "objects").glob("tmp_object_git2_*"):
            left.unlink(missing_ok=True)
        lock.clear_note()


def _is_of_the_dead(ref_lock: Path, note: str) -> bool:
    """Whether a lock on the branch was left by whoever wrote the note, and is not the live one of another git."""
    try:
        content = ref_lock.read_text("ascii").strip()
        before = ref_lock.stat()
        if content:
            return note == content
        # Made and not yet written: ours when nobody goes on with it, for git writes it at once.
        time.sleep(0.2)
        after = ref_lock.stat()
    except (FileNotFoundError, UnicodeDecodeError):
        return False
    return (before.st_ino, before.st_mtime_ns, after.st_size) == (after.st_ino, after.st_mtime_ns, 0)
