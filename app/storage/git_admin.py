"""What the program git itself must do: check, bundle, pack, clone. For administration, never for a page.

Nothing that a user typed gets here: names are uuids, and where files go is for the caller to choose.
"""

import os
import shutil
import time
from pathlib import Path

from app.storage.errors import RepositoryNotFound, translated
from app.storage.git_program import legible, the_program
from app.storage.git_store import GitStore

_LOOSE_ENOUGH = 150  # some 50 commits of a blob, a tree and a commit
_PACKS_ENOUGH = 20
_STALE_SECONDS = 600.0
_LEFTOVERS = (
    "tmp_object_git2_*",
    "??/tmp_obj_*",
    "pack/tmp_*",
    "pack/.tmp-*",
    "tmp_objdir-*",
    "incoming-*",
)


class GitAdmin:
    """The program git at work on the repositories of a store.

    Every call that starts git raises GitMissing when it is not installed, and RepositoryNotFound when there is
    no repository of that name.
    """

    def __init__(self, store: GitStore) -> None:
        self._store = store

    def fsck(self, name: str) -> list[str]:
        """Have git check every object and how they hang together.

        Returns:
            What git found wrong, a line each, in English; empty when all is well.
        """
        with the_program(self._path(name)) as git:
            status, output, errors = git.fsck(
                "--strict",
                "--full",
                "--no-dangling",
                "--no-progress",
                with_extended_output=True,
                with_exceptions=False,
            )
        found = [line for line in legible(f"{output}\n{errors}").splitlines() if line.strip()]
        return found or ([f"git fsck ended with status {status}"] if status else [])

    def bundle(self, name: str, target: Path) -> None:
        """Write a repository with its whole history, and what was said about it, to one file, which git can clone.

        Raises:
            StoreFailed: git could not read or write it.
        """
        with the_program(self._path(name)) as git:
            # A branch that may be missing is named by a pattern; without a sign of one git would take `overleg/*`.
            git.bundle("create", "--quiet", str(target.absolute()), "HEAD", "main", "--branches=overle[g]")

    def bundle_all(self, name: str, target: Path) -> None:
        """Write a repository to one file with all that any of its branches holds, also the hidden ones.

        The caller holds the repository, or what moves two of its branches would be in it for one half.

        Raises:
            StoreFailed: git could not read or write it.
        """
        with the_program(self._path(name)) as git:
            git.bundle("create", "--quiet", str(target.absolute()), "--all")

    def unbundle(self, bundle: Path, place: Path, *, synced: bool = True) -> None:
        """Put all that a bundle holds into an empty repository. Git computes the id of every object anew.

        Args:
            bundle: made by `bundle_all`.
            place: the repository, in or outside of the store.
            synced: whether it must be on disk on return, but for the names of files.

        Raises:
            StoreFailed: git could not read or write it, or it is not whole.
        """
        with the_program(place) as git:
            # Not judged: what the card's repository held comes back, also what git would refuse today.
            options = ["fetch.fsckObjects=false", *([] if synced else ["core.fsync=none"])]
            git(c=options).fetch(
                "--quiet",
                "--no-tags",
                "--no-write-fetch-head",
                "--no-auto-maintenance",
                str(bundle.absolute()),
                "+refs/*:refs/*",
            )

    def clone(self, name: str, target: Path) -> None:
        """Make an ordinary clone, with a working tree and no files shared with the store.

        Raises:
            StoreFailed: git could not read or write it, or `target` is there already.
        """
        path = self._path(name)
        with the_program(path) as git:
            # As if from another machine: what is copied is checked, not linked.
            git.clone("--quiet", "--no-local", "--template=", "--", str(path), str(target.absolute()))

    def pack(self, name: str) -> None:
        """Put all objects in one pack, beside readers and writers; nothing is thrown away.

        Unreachable objects are kept (`-k`): those of a push that is under way look just like them.

        Raises:
            Busy: somebody holds the lock for too long.
            StoreFailed: the disk refused; the repository is as it was.
        """
        with self._store.writing(name):
            path = self._path(name)
            _sweep_leftovers(path / "objects")
            with the_program(path) as git:
                git.repack("-a", "-d", "-k", "-n", "-q", "--no-write-bitmap-index")

    def needs_packing(self, name: str) -> bool:
        """Whether packing is worth the while: after some 50 saves. Cheap: it lists two directories."""
        objects = self._path(name) / "objects"
        with translated(f"look at {name}"):
            shards = sum(len(entry) == 2 for entry in os.listdir(objects))  # noqa: PTH208 - names are all we need
            packs = sum(1 for _ in (objects / "pack").glob("*.pack"))
        # Ids are random, so the number of directories in use tells the number of objects well enough.
        return shards >= 256 * (1 - (1 - 1 / 256) ** _LOOSE_ENOUGH) or packs >= _PACKS_ENOUGH

    def _path(self, name: str) -> Path:
        if not self._store.exists(name):
            raise RepositoryNotFound(name)
        return self._store.path(name)


def _sweep_leftovers(objects: Path) -> None:
    """Remove what writers left when they were killed; anything that may be in use is younger."""
    stale = time.time() - _STALE_SECONDS
    with translated("sweep"):
        for pattern in _LEFTOVERS:
            for left in objects.glob(pattern):
                if left.lstat().st_mtime < stale:
                    shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
