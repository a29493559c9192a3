"""Copying commits from another repository: every object that is not here yet, each on disk."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pygit2
from pygit2.enums import FileMode

from app.storage.errors import StoreFailed, translated
from app.storage.files import sync_directory, write_synced
from app.storage.git_log import history
from app.storage.git_repo import MAIN, OpenRepository, Revision
from app.storage.git_write import WRITING, sync_shards, written
from app.storage.locks import HeldLock

_Object = pygit2.Commit | pygit2.Tree | pygit2.Blob


def take(repository: OpenRepository, lock: HeldLock, place: Path, tip: Revision) -> None:
    """As `bring`, in a repository that others use; the caller holds the card's lock."""
    with translated("take in", git_error=StoreFailed):
        # A note that stays has the next holder of the lock remove what libgit2 left half.
        lock.write_note(WRITING)
        bring(repository, place, tip)
    with suppress(OSError):
        lock.clear_note()


def begin(repository: OpenRepository, place: Path, tip: Revision) -> None:
    """As `bring`, for a repository in which there is nothing yet: where the other one is one pack, by that one file.

    So it is with what came in a bundle: that holds nothing but what leads to its tip.
    """
    packs = sorted((place / "objects" / "pack").glob("pack-*.pack"))
    if len(packs) != 1 or next((place / "objects").glob("[0-9a-f][0-9a-f]"), None) is not None:
        bring(repository, place, tip)
        return
    with translated("copy a pack", git_error=StoreFailed):
        into = repository.path / "objects" / "pack"
        into.mkdir(mode=0o700, exist_ok=True)
        for file in (packs[0], packs[0].with_suffix(".idx")):
            write_synced(into / file.name, file.read_bytes(), 0o400)
        sync_directory(into)
        sync_directory(repository.path / "objects")
    repository.commit(tip)


def bring(repository: OpenRepository, place: Path, tip: Revision) -> None:
    """Copy a commit of another repository with all that led to it; no branch moves.

    The parents come before their children: where this dies on the way, what is there already is whole.

    Args:
        repository: where it goes.
        place: where the other one is.
        tip: the commit.

    Raises:
        RevisionNotFound: there is no such commit.
        StoreDamaged: an object there cannot be read.
        StoreFailed: the disk refused.
    """
    with OpenRepository(place) as source:
        known = _known(repository)
        coming = [commit.revision for commit in history(source, tip) if commit.revision not in known]
        done: set[pygit2.Oid] = set()
        for revision in reversed(coming):
            for found in _of_commit(source, pygit2.Oid(hex=revision), done):
                with translated(f"write {found.id}", git_error=StoreFailed):
                    repository.git.odb.write(found.type, found.read_raw())
                    written(repository, found.id)
                done.add(found.id)
    # libgit2 syncs the files; when they were there already it is content, and their names may not be on disk.
    with translated("sync objects"):
        sync_shards(repository, done)
        sync_directory(repository.path / "objects")


def _known(repository: OpenRepository) -> set[Revision]:
    """What leads to the branch here: all of that is whole."""
    if MAIN not in repository.git.references:
        return set()
    return {commit.revision for commit in history(repository, None)}


def _of_commit(source: OpenRepository, oid: pygit2.Oid, done: set[pygit2.Oid]) -> Iterator[_Object]:
    """The objects of a commit that are not done, what is pointed at first."""
    commit = source.object(oid, pygit2.Commit)
    trees, waiting = [], [commit.tree_id]
    while waiting:
        found = waiting.pop()
        if found in done:
            continue
        tree = source.object(found, pygit2.Tree)
        trees.append(tree)
        for entry in tree:
            if entry.filemode == FileMode.TREE:
                waiting.append(entry.id)
            elif entry.filemode != FileMode.COMMIT and entry.id not in done:
                yield source.object(entry.id, pygit2.Blob)
    yield from reversed(trees)
    yield commit
