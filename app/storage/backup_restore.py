"""Putting a backup back into an installation that holds nothing yet."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.storage.backup import LATE, Places, Progress, check_backup
from app.storage.backup_folder import BackupFolder, CardPiece, Manifest, Occupied, Piece, digest
from app.storage.errors import Busy, StoreDamaged, StoreError, StoreFailed, translated
from app.storage.files import replace_synced, sync_directory
from app.storage.git_admin import GitAdmin
from app.storage.git_repo import OpenRepository
from app.storage.locks import locked
from app.storage.tombstones import Tombstone, Tombstones

_MARK = "terugzetten"
_LOCKS = (".lock", ".making")


class NotEmpty(StoreError):
    """There is an installation here already: nothing was put back."""


class BackupDamaged(StoreError):
    """The backup is not as it was written: nothing was put back.

    Attributes:
        faults: the number of each card, or the name of each file, and what is wrong with it.
    """

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(f"{name}: {fault}" for name, fault in faults))


class RestoreUnfinished(StoreError):
    """A backup is being put back here, or was for one half: nobody may work with it."""


@dataclass(frozen=True)
class Restored:
    """What was put back.

    Attributes:
        manifest: of the backup.
        destroyed: the cards of the backup that were not put back: they are destroyed.
    """

    manifest: Manifest
    destroyed: Sequence[str]


def is_half_restored(var: Path) -> bool:
    """Whether a backup is being put back here, or was for one half."""
    return (var / _MARK).exists()


def refuse_half_restored(var: Path) -> None:
    """Go on only where no backup is being put back; raises `RestoreUnfinished`."""
    if is_half_restored(var):
        raise RestoreUnfinished(f"{var} is half put back")


@contextmanager
def restoring(places: Places, source: BackupFolder, later: Path | None, progress: Progress) -> Iterator[Restored]:
    """Put a whole backup back, after all of it was checked; from the end of the `with` on anybody may work with it.

    Args:
        places: where; empty, or left by a restore that did not end.
        source: the backup.
        later: the tombstones of the installation that still stands; those of the backup count too.
        progress: told what is checked, then the cards as they come.

    Raises:
        NotEmpty, BackupDamaged, Occupied: nothing was written.
        NotABackup, StoreDamaged: it is no backup, or its manifest, or `later`, cannot be read; nothing was written.
        RestoreUnfinished: the disk refused; do it again.
    """
    with ExitStack() as held:
        try:
            held.enter_context(locked(places.var / f"{_MARK}.lock", wait=0))
        except Busy as error:
            raise Occupied(f"{places.var} is in use") from error
        try:
            yield _restored(places, source, later, progress)
            with translated("end"):
                (places.var / _MARK).unlink(missing_ok=True)
                sync_directory(places.var)
        except StoreError as error:
            if is_half_restored(places.var):
                raise RestoreUnfinished(str(error)) from error
            raise


def _restored(places: Places, source: BackupFolder, later: Path | None, progress: Progress) -> Restored:
    _refuse_unless_empty(places)
    manifest, faults = check_backup(source, progress)
    if faults:
        raise BackupDamaged(faults)
    stones = _stones(source, manifest, later)
    with translated("begin"):
        replace_synced(places.var / _MARK, b"")
        sync_directory(places.var)
    _clear(places)
    wanted = {name: one for name, one in manifest.cards.items() if name not in stones}
    for name in progress(list(wanted), len(wanted)):
        _put_card(places, source, name, wanted[name])
    for name, piece in manifest.files.items():
        _put_file(places.var / name, source, piece)
    kept = Tombstones(places.var / LATE)
    for stone in stones.values():
        kept.put(stone)
    return Restored(manifest, sorted(manifest.cards.keys() - wanted.keys()))


def _refuse_unless_empty(places: Places) -> None:
    if is_half_restored(places.var):
        return
    held = [path for path in places.var.rglob("*") if path.is_file() and path.suffix not in _LOCKS]
    if held or any(places.store.names()) or places.store.hidden():
        raise NotEmpty(f"{places.var.parent} is not empty")


def _clear(places: Places) -> None:
    """Remove what a restore that did not end had put here."""
    places.store.remove_all()
    with translated("clear"):
        for path in places.var.iterdir():
            if path.is_dir() and path.name != "locks":
                shutil.rmtree(path)
            elif path.is_file() and path.name != _MARK and path.suffix not in _LOCKS:
                path.unlink()


def _stones(source: BackupFolder, manifest: Manifest, later: Path | None) -> Mapping[str, Tombstone]:
    """All tombstones, those of the backup first."""
    files = [source.place(manifest.files[LATE])] if LATE in manifest.files else []
    if later is not None and not later.is_file():
        raise StoreDamaged(f"{later} is not there")
    found: dict[str, Tombstone] = {}
    for file in [*files, *([later] if later else [])]:
        found = {**{one.kaart_id: one for one in Tombstones(file).all()}, **found}
    return found


def _put_card(places: Places, source: BackupFolder, name: str, card: CardPiece) -> None:
    def fill(place: Path) -> None:
        GitAdmin(places.store).unbundle(source.place(card.bundle), place)
        with OpenRepository(place) as repository:
            if repository.refs() != card.refs:
                raise StoreDamaged(f"{name} came back otherwise than it was")

    places.store.take_in(name, fill)


def _put_file(target: Path, source: BackupFolder, piece: Piece) -> None:
    with translated(f"put back {target.name}", git_error=StoreFailed):
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_synced(target, source.place(piece).read_bytes())
        sync_directory(target.parent)
        if digest(target) != (piece.sha256, piece.size):
            raise StoreDamaged(f"{target.name} was not written as it is")
