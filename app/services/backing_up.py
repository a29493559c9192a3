"""Reservekopie: making one while people work, checking one, and putting one back."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app.content.problems import InvalidCard
from app.services import destroying, maintenance, rights
from app.services.actors import Actor
from app.services.cataloguing import Progress
from app.services.desk import Desk
from app.services.errors import InvalidInput
from app.services.handed import follow
from app.storage.access_log import Event
from app.storage.backup import Made, Places, check_backup, make_backup
from app.storage.backup_folder import BackupFolder, Manifest
from app.storage.backup_restore import BackupDamaged, Restored, restoring
from app.storage.errors import StoreDamaged

MADE, PUT_BACK = "backup", "restore"
"""What the log calls it that a backup was begun, and that one was put back."""
FOLDER = "map"
_ROOM = timedelta(hours=1)
"""A card goes a little after the moment on its tombstone: a backup can begin between."""


@dataclass(frozen=True)
class PutBack:
    """What came of putting a backup back.

    Attributes:
        when: when the backup was begun.
        cards: how many cards there are.
        destroyed: the cards of the backup that stay away, for they are destroyed.
        faults: what could not be read when the backup was made, by number or name.
    """

    when: datetime
    cards: int
    destroyed: Sequence[str]
    faults: Sequence[str]


def back_up(desk: Desk, actor: Actor, places: Places, target: Path, progress: Progress) -> Made:
    """Bring the backup in a folder up to date, or begin one in an empty folder.

    Raises:
        NotAllowed: this person does not look after the store.
        InvalidInput: the folder is a part of the installation, or the other way round.
        StoreError: as `storage.backup.make_backup`; a backup that was there counts as before.
    """
    desk.require(actor, rights.MAINTAIN)
    here, there = places.var.parent.resolve(), target.resolve()
    if here.is_relative_to(there) or there.is_relative_to(here):
        raise InvalidInput({FOLDER: "Kies een map buiten KAARTEN_DATA, het liefst op een andere schijf."})
    now = desk.clock()
    desk.tell(actor, Event(MADE, "R", "toegestaan", now))
    return make_backup(
        places,
        BackupFolder(target),
        now.isoformat(timespec="seconds"),
        lambda kaart_id: _followed(desk, kaart_id),
        lambda: destroying.finish(desk),
        progress,
    )


@contextmanager
def _followed(desk: Desk, kaart_id: str) -> Iterator[None]:
    """Hold a card that says what its handovers say.

    Where a program died between the two moves of one, what came in hangs on no branch yet, and git would leave it out.
    A card of which the newest version is none, or of which nobody can read the roles, is copied as it is.
    """
    with desk.kaarten.writing(kaart_id) as writer:
        with suppress(InvalidCard, StoreDamaged):
            follow(desk, writer, writer.read())
        yield


def look_over(source: Path, progress: Progress) -> Manifest:
    """Read a whole backup; what it holds.

    Raises:
        BackupDamaged: something of it is not as it was written.
        StoreError: it is no backup, or cannot be read.
    """
    manifest, faults = check_backup(BackupFolder(source), progress)
    if faults:
        raise BackupDamaged(faults)
    return manifest


def put_back(
    open_desk: Callable[[], Desk],
    whoever: Callable[[Desk], Actor],
    places: Places,
    source: Path,
    later: Path | None,
    progress: Progress,
) -> PutBack:
    """Put a backup back into an installation that holds nothing yet, and make the catalogue.

    Args:
        open_desk: opens the installation, once it holds everything.
        whoever: who does this, for the log.
        places: where.
        source: the folder of the backup.
        later: the tombstones of the installation that still stands, newer than the backup; None for none.
        progress: told what is checked, and the cards as they come.

    Raises:
        NotEmpty, BackupDamaged, NotABackup, StoreDamaged: nothing was put back.
        RestoreUnfinished: the disk refused; do it again.
    """
    with restoring(places, BackupFolder(source), later, progress) as restored:
        desk = open_desk()
        when = datetime.fromisoformat(restored.manifest.when)
        _forget_destroyed(desk, restored, when)
        actor = whoever(desk)
        count = maintenance.reindex(desk, actor, progress)
        desk.tell(actor, Event(PUT_BACK, "C", "toegestaan", desk.clock()))
    return PutBack(when, count, restored.destroyed, list(restored.manifest.faults))


def _forget_destroyed(desk: Desk, restored: Restored, when: datetime) -> None:
    """Remove what the other files of the backup hold of cards that were destroyed since it was begun."""
    since = {one.kaart_id for one in desk.tombstones.all() if one.when >= when - _ROOM}
    for kaart_id in sorted(since.union(restored.destroyed)):
        destroying.forget_traces(desk, kaart_id)
