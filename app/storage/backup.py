"""Making a backup while the program runs: each card as one git bundle, each file whole; and checking one."""

import hashlib
import hmac
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path

from app.storage.access_log import AccessLog
from app.storage.backup_folder import (
    CARDS,
    FILES,
    BackupFolder,
    CardPiece,
    Manifest,
    Piece,
    bundle_refs,
    digest,
    settle,
)
from app.storage.errors import GitMissing, RepositoryNotFound, StoreDamaged, StoreError, StoreFailed, translated
from app.storage.git_admin import GitAdmin
from app.storage.git_create import make_empty
from app.storage.git_repo import OpenRepository
from app.storage.git_store import GitStore

Progress = Callable[[Iterable[str], int], Iterable[str]]
Hold = Callable[[str], AbstractContextManager[object]]
LEFT_OUT = frozenset({"catalogue.sqlite", "sessions.sqlite", "log-index.sqlite"})
"""Made anew from the rest; and who is signed in, which nobody should be by a backup."""
LATE = "vernietigd.json"
"""Copied after the cards, so that what was destroyed meanwhile is in it."""
KEYS = "sleutels"
_KINDS = (".json", ".key", ".sqlite")


@dataclass(frozen=True)
class Places:
    """Where an installation keeps what a backup holds.

    Attributes:
        store: the cards.
        log: the access log.
        var: the folder of the rest.
    """

    store: GitStore
    log: AccessLog
    var: Path


@dataclass(frozen=True)
class Made:
    """What a backup did.

    Attributes:
        manifest: what counts now.
        written: how many cards were copied; the others had not changed.
        removed: the cards that the former backup held and this one does not.
    """

    manifest: Manifest
    written: int
    removed: Sequence[str]


def make_backup(
    places: Places, folder: BackupFolder, when: str, hold: Hold, finish: Callable[[], object], progress: Progress
) -> Made:
    """Bring a backup up to date; the former one counts until this one is whole and on disk.

    What of a card or a file cannot be read is told in the manifest, and stays in the backup as it was there before.

    Args:
        places: of what.
        folder: where.
        when: the moment.
        hold: holds a card, of which all that counts is on one of its branches then.
        finish: finishes what is half destroyed.
        progress: told the cards as they come.

    Raises:
        NotABackup, Occupied: as `BackupFolder.making`.
        GitMissing: there is no git.
        StoreError: the former backup counts as before.
    """
    with places.log.held() as key:
        installation = hmac.digest(key, b"backup", "sha256").hex()[:32]
    with folder.making(installation) as former:
        work = _Work(places, folder, former, hold)
        ids = list(places.store.names())
        for name in progress(ids, len(ids)):
            work.card(name)
        finish()  # before the rest is copied: drafts and the like of what is destroyed are gone by then
        for name, path in var_files(places.var):
            if name != LATE:
                work.file(name, path)
        work.access_log()
        gone = set(ids) - {name for name in ids if places.store.exists(name)}
        cards = {name: one for name, one in work.cards.items() if name not in gone}
        faults = {name: fault for name, fault in work.faults.items() if name not in gone}
        finish()  # of each card that is gone by now, the tombstone is there to be copied
        if (places.var / LATE).exists():
            work.file(LATE, places.var / LATE)
        manifest = Manifest(installation, when, cards, work.files, faults)
        folder.finish(manifest)
        return Made(manifest, work.written, sorted(set(former.cards if former else ()) - cards.keys()))


def check_backup(folder: BackupFolder, progress: Progress) -> tuple[Manifest, list[tuple[str, str]]]:
    """Read a whole backup, and hold it against its manifest; the next backup makes anew what is bad of it.

    Returns:
        The manifest, and of each card or file that is not as it was written its name and what is wrong, in English.

    Raises:
        NotABackup, StoreDamaged: as `BackupFolder.read`.
    """
    manifest = folder.read()
    pieces, found = dict(manifest.pieces()), []
    for name in progress(list(pieces), len(pieces)):
        fault = _fault(folder, manifest, name, pieces[name])
        if fault:
            found.append((name, fault))
    if found and folder.read() != manifest:
        return check_backup(folder, progress)  # a backup was made meanwhile, which took away what it does not name
    folder.note_bad(pieces[name].file for name, _ in found)
    return manifest, found


def var_files(var: Path) -> Iterator[tuple[str, Path]]:
    """The files beside the cards that belong in a backup, but for the access log, each with its name there."""
    with translated("look for files"):
        for path in sorted(var.iterdir()) if var.is_dir() else ():
            if path.is_file() and path.suffix in _KINDS and path.name not in LEFT_OUT:
                yield path.name, path
        keys = var / KEYS
        for path in sorted(keys.iterdir()) if keys.is_dir() else ():
            if path.is_file() and path.suffix not in (".lock", ".new"):
                yield f"{KEYS}/{path.name}", path


def _fault(folder: BackupFolder, manifest: Manifest, name: str, piece: Piece) -> str:
    try:
        if digest(folder.place(piece)) != (piece.sha256, piece.size):
            return "it is not as it was written"
        if name in manifest.cards and bundle_refs(folder.place(piece)) != manifest.cards[name].refs:
            return "it holds other revisions than the manifest says"
    except FileNotFoundError:
        return "it is gone"
    except (OSError, StoreError) as error:
        return str(error)
    return ""


class _Work:
    """One backup that is being made."""

    def __init__(self, places: Places, folder: BackupFolder, former: Manifest | None, hold: Hold) -> None:
        self._places, self._folder, self._former, self._hold = places, folder, former, hold
        self._admin = GitAdmin(places.store)
        self.cards: dict[str, CardPiece] = {}
        self.files: dict[str, Piece] = {}
        self.faults: dict[str, str] = {}
        self.written = 0

    def card(self, name: str) -> None:
        """Copy a card that changed since the former backup; of one that did not, no byte is read."""
        known = self._former.cards.get(name) if self._former else None
        try:
            if known and self._folder.has(known.bundle) and self._places.store.refs(name) == known.refs:
                self.cards[name] = known
                return
            self.cards[name] = self._bundled(name)
            self.written += 1
        except GitMissing:
            raise
        except RepositoryNotFound:
            return  # destroyed since the cards were listed
        except StoreError as error:
            self.faults[name] = str(error)
            if known:
                self.cards[name] = known

    def _bundled(self, name: str) -> CardPiece:
        aside = self._folder.aside(f"{name}.bundle")
        with self._hold(name):
            self._admin.bundle_all(name, aside)
        piece = self._folder.keep(aside, CARDS, f"{name[:2]}/{name}.bundle")
        refs = bundle_refs(self._folder.place(piece))
        tried = self._folder.aside(f"{name}.git")
        with translated(f"try {name}", git_error=StoreFailed):
            make_empty(tried)
        self._admin.unbundle(self._folder.place(piece), tried, synced=False)
        with OpenRepository(tried) as repository:
            if repository.refs() != refs:
                raise StoreDamaged(f"the bundle of {name} does not hold what it says")
        self._folder.aside(f"{name}.git")  # removes it
        return CardPiece(refs, piece)

    def file(self, name: str, path: Path) -> None:
        """Copy a file that is replaced whole when it changes, or a database, whole and valid."""
        try:
            if path.suffix == ".sqlite":
                self.files[name] = self._database(name, path)
                return
            with translated(f"read {name}"):
                data = _bytes(path)
                if path.suffix == ".json":
                    json.loads(data)  # what is damaged does not take the place of what was good
            self._keep(name, data)
        except StoreDamaged as error:
            self._not_read(name, error)

    def access_log(self) -> None:
        """Copy the log as far as it goes now, and what says so; nobody is held up while that is done."""
        log, opened = self._places.log, []
        try:
            with log.held():
                anchor = log.anchor.path
                confirmed = anchor.read_bytes() if anchor.is_file() and anchor.parent == self._places.var else None
                for part in log.parts():
                    descriptor = os.open(log.path(part), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
                    opened.append((part, log.size(part), descriptor))
            with log.reading():
                for part, size, descriptor in opened:
                    self._keep(f"{log.folder.name}/{part}.jsonl", _read(descriptor, size))
            if confirmed is not None:
                self._keep(anchor.name, confirmed)
        finally:
            for _, _, descriptor in opened:
                os.close(descriptor)

    def _keep(self, name: str, data: bytes) -> None:
        """Keep bytes, or find that the former backup holds just these."""
        known = self._former.files.get(name) if self._former else None
        same = known and self._folder.has(known) and _is(known, data)
        self.files[name] = known if known and same else self._folder.keep_bytes(data, name)

    def _database(self, name: str, path: Path) -> Piece:
        aside = self._folder.aside(name)
        os.close(os.open(aside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        try:
            with closing(sqlite3.connect(path, timeout=20)) as source, closing(sqlite3.connect(aside)) as copy:
                source.backup(copy)
            settle(aside)  # and opened anew: what was written is judged, not what was meant
            with closing(sqlite3.connect(aside)) as copy:
                (told,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
                if told != "ok":
                    raise StoreDamaged(f"{name}: {told}")
        except (OSError, sqlite3.OperationalError) as error:
            raise StoreFailed(f"{name}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise StoreDamaged(f"{name}: {error}") from error
        return self._folder.keep(aside, FILES, name)

    def _not_read(self, name: str, error: StoreError) -> None:
        self.faults[name] = str(error)
        known = self._former.files.get(name) if self._former else None
        if known:
            self.files[name] = known


def _bytes(path: Path) -> bytes:
    """All of a file of the installation; that its disk refuses says nothing of the disk of the backup."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreDamaged(f"{path.name}: {error}") from error


def _is(piece: Piece, data: bytes) -> bool:
    return hashlib.sha256(data).hexdigest() == piece.sha256


def _read(descriptor: int, size: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        return file.read(size)
