"""Cards on their way: out as a bundle of revisions, in from one in a folder of its own, and what went along before."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.content.forms import FILES
from app.content.handovers import Sent, read_sent, write_sent
from app.content.overleg import Said
from app.content.problems import InvalidCard
from app.storage.errors import translated
from app.storage.git_arrive import arrive
from app.storage.git_leave import Leaving, leave
from app.storage.git_store import SENT, GitStore, Signature, Snapshot
from app.storage.kaart_writer import KaartWriter
from app.storage.kaarten import KaartRepository
from app.storage.records import NewAccess, NewSave, Stored

_STALE_SECONDS = 3600.0
_STRANGER = Signature("Ontvangen", "ontvangen@localhost")


@dataclass(frozen=True)
class Passing:
    """One commit of a card that may go along.

    Attributes:
        revision: which.
        parents: what came before it.
        kaart: the card after it; None where it is no card.
        data: its written form; empty where it is no card.
        message: what it says, as it was written.
    """

    revision: str
    parents: tuple[str, ...]
    kaart: Stored | None
    data: bytes
    message: str


@dataclass(frozen=True)
class Going:
    """The same commit as it goes.

    Attributes:
        data: its written form; None where that is as it was.
        message: what it says; None where that is as it was.
    """

    data: bytes | None = None
    message: str | None = None


@dataclass(frozen=True)
class Bundle:
    """A history that goes.

    Attributes:
        tip: its newest revision, as it goes.
        stands_for: each revision of the card that goes, with what it is called in the bundle; the oldest first.
    """

    tip: str
    stands_for: dict[str, str]


@dataclass(frozen=True)
class Came:
    """A history that came in, apart from our cards.

    Attributes:
        kaarten: the one card in it.
        store: where git keeps it.
        kaart_id: which card.
        tip: its newest revision.
    """

    kaarten: KaartRepository
    store: GitStore
    kaart_id: str
    tip: str


class Travels:
    """What leaves and what comes in; works in a folder that is swept when the program starts."""

    def __init__(self, store: GitStore, kaarten: KaartRepository, workshop: Path) -> None:
        """For the cards of a store; the folder need not be there yet."""
        self._store, self._kaarten, self._workshop = store, kaarten, workshop

    @contextmanager
    def workshop(self) -> Iterator[Path]:
        """A folder to work in, for this user alone; it is gone afterwards.

        Raises:
            StoreFailed: the disk refused.
        """
        with translated("make a folder to work in"):
            self._workshop.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(dir=self._workshop))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what a program that died left in the folder; what may be in use is younger."""
        stale = time.time() - _STALE_SECONDS
        with translated("sweep the folder to work in"):
            for left in self._workshop.iterdir() if self._workshop.is_dir() else ():
                if left.stat().st_mtime < stale:
                    shutil.rmtree(left, ignore_errors=True)

    def bundle(self, kaart_id: str, revision: str, target: Path, going: Callable[[Passing], Going | None]) -> Bundle:
        """Write the history of a card up to a revision as it goes to somebody; the same history gives the same bytes.

        Args:
            kaart_id: which card.
            revision: the newest that goes.
            target: the file to make.
            going: makes of each commit what goes, the oldest first; None for one that stays behind.

        Raises:
            ValueError: nothing is left of it.
            RepositoryNotFound, RevisionNotFound, StoreError: as `KaartRepository.read`.
        """

        def leaving(snapshot: Snapshot) -> Leaving | None:
            passing = self._passing(kaart_id, snapshot)
            found = going(passing)
            if found is None:
                return None
            name = FILES[passing.kaart.form] if passing.kaart else ""
            return Leaving({name: found.data} if name and found.data is not None else None, found.message)

        left = leave(self._store, kaart_id, revision, target, FILES.values(), leaving)
        return Bundle(left.tip, dict(left.stands_for))

    def open(self, bundle: Path, folder: Path, kaart_id: str) -> Came:
        """Read a bundle of somebody else into a folder of its own, as strictly as can be.

        Raises:
            BadBundle: it holds anything but the history of one card, or too much.
            StoreError: the disk refused.
        """
        store = self._aside(folder)
        return self._came(store, kaart_id, arrive(bundle, store, kaart_id, FILES.values()))

    def opened(self, folder: Path, kaart_id: str) -> Came:
        """The same, of a folder into which it was read before."""
        store = self._aside(folder)
        return self._came(store, kaart_id, store.head(kaart_id))

    def sent(self, kaart_id: str) -> dict[str, Sent]:
        """What went along in earlier packages, by handover; raises as `KaartRepository.access`."""
        snapshot = self._store.newest(kaart_id, SENT)
        with translated(f"what was sent of {kaart_id}"):
            found = [read_sent(file.data) for file in snapshot.files.values()] if snapshot else []
        return {one.id: one for one in found}

    def note(self, writer: KaartWriter, sent: Sent, when: datetime) -> None:
        """Keep what went along in a package, in the place of what was kept under its name; the card is held.

        Raises:
            StoreError: nothing was kept.
        """
        writer.note(f"{sent.id}.json", write_sent(sent), when)

    def settle(
        self, came: Came, saves: Sequence[NewSave], access: NewAccess, said: Sequence[Said], when: datetime
    ) -> Stored:
        """Make a card here of one that came in, with what was said of it; as `KaartRepository.receive`."""
        talk = self._kaarten.talks.heard(said, when) if said else None
        return self._kaarten.receive(came.store, came.tip, came.kaart_id, saves, access, talk)

    def _aside(self, folder: Path) -> GitStore:
        return GitStore(folder / "cards_repo", folder / "locks", _STRANGER)

    def _came(self, store: GitStore, kaart_id: str, tip: str) -> Came:
        return Came(KaartRepository(store, self._kaarten.types), store, kaart_id, tip)

    def _passing(self, kaart_id: str, snapshot: Snapshot) -> Passing:
        commit = snapshot.commit
        try:
            kaart = self._kaarten.stored(kaart_id, snapshot)
        except InvalidCard:
            return Passing(snapshot.revision, commit.parents, None, b"", commit.message)
        data = snapshot.files[FILES[kaart.form]].data
        return Passing(snapshot.revision, commit.parents, kaart, data, commit.message)
