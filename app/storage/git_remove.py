"""Taking a repository away: out of sight by one rename, then its bytes."""

import shutil
from pathlib import Path

from app.storage.errors import RepositoryNotFound, SaveInDoubt, StoreFailed, translated
from app.storage.files import replace_synced, sync_directory
from app.storage.locks import locked

_NOTE = "vernietigd"


def gone_place(root: Path) -> Path:
    """Where repositories are on their way out: nobody finds them there."""
    return root / ".gone"


def hide(root: Path, place: Path, note: bytes) -> None:
    """Take a repository out of everybody's sight, whole or not at all; the caller holds its lock.

    Args:
        root: where the repositories are.
        place: where this one is.
        note: what whoever removes its bytes must know; kept with them.

    Raises:
        RepositoryNotFound: it is not there.
        StoreFailed: the disk refused; it is where it was.
        SaveInDoubt: it is out of sight, and the disk did not confirm it.
    """
    with translated(f"destroy {place.stem}", git_error=StoreFailed):
        if not place.is_dir():
            raise RepositoryNotFound(place.stem)
        aside = gone_place(root) / place.stem
        replace_synced(place / _NOTE, note)
        sync_directory(place)
        place.rename(aside)
        try:
            # The new name first: after a power cut between the two it has both names or either, never none.
            sync_directory(aside.parent)
            sync_directory(place.parent)
        except OSError as error:
            try:
                aside.rename(place)
            except OSError as again:
                raise SaveInDoubt(f"destroy {place.stem}: {error}; then {again}") from error
            raise


def hidden(root: Path) -> list[str]:
    """The names of the repositories that are out of sight with bytes left.

    Raises:
        StoreFailed: the disk refused.
    """
    with translated("look for what is to be destroyed"):
        return sorted(aside.name for aside in gone_place(root).iterdir() if aside.is_dir())


def note_of(root: Path, name: str) -> bytes:
    """The note with a repository that is out of sight; empty where the removal of its bytes had begun.

    Raises:
        StoreFailed: the disk refused.
    """
    note = gone_place(root) / name / _NOTE
    with translated(f"read what was destroyed: {name}"):
        return note.read_bytes() if note.is_file() else b""


def wipe(root: Path, locks: Path, name: str) -> None:
    """Remove the bytes of a repository that is out of sight; nothing where they are gone already.

    Raises:
        Busy: somebody else is at it for too long.
        StoreFailed: the disk refused; some of it may be left.
    """
    aside = gone_place(root) / name
    with locked(locks / "gone.lock"), translated(f"destroy {name}", git_error=StoreFailed):
        if aside.is_dir():
            shutil.rmtree(aside)
            sync_directory(aside.parent)
