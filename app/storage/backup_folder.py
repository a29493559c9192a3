"""The folder of a backup: files that never change, named by what they hold, and a manifest that says which count.

The manifest is put in place by one rename, after all it names is on disk. Before that the backup that was there counts,
after it the new one; what no manifest names goes then, or at the next backup.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.storage.errors import Busy, StoreDamaged, StoreError, StoreFailed, translated
from app.storage.files import replace_synced, sync_directory, write_synced
from app.storage.locks import locked

MANIFEST, CARDS, FILES = "manifest.json", "cards", "files"
_ASIDE, _LOCK, _BAD = ".new", ".lock", ".bad"
_OWN = {MANIFEST, CARDS, FILES, _ASIDE, _LOCK, _BAD, f"{_BAD}.new", "lost+found"}
_FORMAT = 1
_CHUNK = 1 << 20


class NotABackup(StoreError):
    """The folder holds something else, or a backup of another installation: nothing in it was touched."""


class Occupied(StoreError):
    """Somebody else makes or puts back a backup here."""


@dataclass(frozen=True)
class Piece:
    """One file of a backup.

    Attributes:
        file: its place in the folder.
        sha256: of its bytes.
        size: in bytes.
    """

    file: str
    sha256: str
    size: int


@dataclass(frozen=True)
class CardPiece:
    """A card in a backup: what each of its branches points at, and the bundle that holds it."""

    refs: Mapping[str, str]
    bundle: Piece


@dataclass(frozen=True)
class Manifest:
    """What counts in a backup.

    Attributes:
        installation: tells installations apart, without a secret.
        when: the moment at which it was begun, in ISO 8601.
        cards: by number.
        files: by their place in `var/`.
        faults: what could not be read that day, by the number of the card or the name of the file; of which an older
            state may be in the backup.
    """

    installation: str
    when: str
    cards: Mapping[str, CardPiece]
    files: Mapping[str, Piece]
    faults: Mapping[str, str]

    def pieces(self) -> Iterator[tuple[str, Piece]]:
        """Each file, with the number of the card, or the name, that it is of."""
        yield from ((name, one.bundle) for name, one in self.cards.items())
        yield from self.files.items()


class BackupFolder:
    """The folder of one backup; each call raises `StoreFailed` when the disk refuses."""

    def __init__(self, path: Path) -> None:
        """For a folder that may not be there yet."""
        self.path = path
        self._bad: set[str] = set()

    @contextmanager
    def making(self, installation: str) -> Iterator[Manifest | None]:
        """The folder for one backup at a time; gives the manifest that is there.

        Raises:
            NotABackup: it holds something else, or another installation.
            Occupied: somebody else makes a backup there.
            StoreDamaged: the manifest that is there cannot be read.
        """
        with translated(f"folder {self.path}"):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = {entry.name for entry in self.path.iterdir()}
            # A folder `files` of somebody else is no backup that was begun: what no manifest names would go.
            if found - _OWN or (found & {CARDS, FILES} and not found & {MANIFEST, _LOCK}):
                raise NotABackup(f"{self.path} holds other files")
            self.path.chmod(0o700)
        with ExitStack() as held:
            try:
                held.enter_context(locked(self.path / _LOCK, wait=0))
            except Busy as error:
                raise Occupied(f"{self.path} is in use") from error
            former = self.read() if (self.path / MANIFEST).exists() else None
            if former and former.installation != installation:
                raise NotABackup(f"{self.path} holds another installation")
            self._bad = self._told_bad()
            with translated("prepare"):
                for name in (_ASIDE, CARDS, FILES):
                    if name == _ASIDE:
                        shutil.rmtree(self.path / name, ignore_errors=True)
                    (self.path / name).mkdir(mode=0o700, exist_ok=True)
                sync_directory(self.path)
            try:
                yield former
            finally:
                shutil.rmtree(self.path / _ASIDE, ignore_errors=True)

    def aside(self, name: str) -> Path:
        """Where a file is made before it is kept; nothing is there."""
        place = self.path / _ASIDE / name.replace("/", "_")
        with translated(f"prepare {name}"):
            shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
        return place

    def keep(self, aside: Path, folder: str, name: str) -> Piece:
        """Have a file on disk that was made aside, read it back, and give it its place.

        Args:
            aside: the file.
            folder: `CARDS` or `FILES`.
            name: what it is called there, before what tells its bytes.
        """
        with translated(f"keep {name}", git_error=StoreFailed):
            aside.chmod(0o600)
            settle(aside)
            sha256, size = digest(aside)
            place = self.path / folder / f"{name}.{sha256[:16]}"
            for missing in [one for one in reversed(place.parents) if not one.exists()]:
                missing.mkdir(mode=0o700)
                sync_directory(missing.parent)
            aside.rename(place)
            sync_directory(place.parent)
            file = str(place.relative_to(self.path))
            self._bad.discard(file)
            return Piece(file, sha256, size)

    def keep_bytes(self, data: bytes, name: str) -> Piece:
        """Keep these bytes as a file of `FILES`; raises `StoreDamaged` where they do not read back as they are."""
        aside = self.aside(name)
        with translated(f"keep {name}", git_error=StoreFailed):
            write_synced(aside, data)
        piece = self.keep(aside, FILES, name)
        if piece.sha256 != hashlib.sha256(data).hexdigest():
            raise StoreDamaged(f"{name} was not written as it is: is the disk of the backup in order?")
        return piece

    def has(self, piece: Piece) -> bool:
        """Whether a file is there, as large as it must be, and nobody found it bad; it is not read."""
        try:
            return piece.file not in self._bad and (self.path / piece.file).stat().st_size == piece.size
        except OSError:
            return False

    def finish(self, manifest: Manifest) -> None:
        """Let a manifest count from now on, and remove what it does not name."""
        body = {"format": _FORMAT, **asdict(manifest)}
        text = json.dumps({"body": body, "sha256": _sealed(body)}, ensure_ascii=False, indent=1)
        with translated("write the manifest", git_error=StoreFailed):
            aside, data = self.aside(MANIFEST), text.encode() + b"\n"
            write_synced(aside, data)
            settle(aside)
            if aside.read_bytes() != data:
                raise StoreDamaged(f"{MANIFEST} was not written as it is: is the disk of the backup in order?")
            aside.rename(self.path / MANIFEST)
            sync_directory(self.path)
        named = {piece.file for _, piece in manifest.pieces()}
        self._sweep(named)
        self._tell_bad(self._bad & named)

    def note_bad(self, files: Iterable[str]) -> None:
        """Say which files, of all that were read, the next backup makes anew; nothing where nobody may write here."""
        with suppress(StoreFailed):
            self._tell_bad(set(files))

    def _told_bad(self) -> set[str]:
        place = self.path / _BAD
        with translated(f"read {_BAD}"):
            return set(place.read_text("utf-8", "replace").splitlines()) if place.exists() else set()

    def _tell_bad(self, files: set[str]) -> None:
        if files == self._told_bad():
            return
        with translated(f"write {_BAD}", git_error=StoreFailed):
            replace_synced(self.path / _BAD, "".join(f"{one}\n" for one in sorted(files)).encode())
            sync_directory(self.path)

    def read(self) -> Manifest:
        """The manifest that counts.

        Raises:
            NotABackup: there is none.
            StoreDamaged: it is not as it was written.
        """
        try:
            data = (self.path / MANIFEST).read_bytes()
        except FileNotFoundError as error:
            raise NotABackup(f"{self.path} holds no backup") from error
        except OSError as error:
            raise StoreFailed(f"read {MANIFEST}: {error}") from error
        try:
            return _manifest(json.loads(data))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise StoreDamaged(f"{MANIFEST} of the backup is damaged: {error}") from error

    def place(self, piece: Piece) -> Path:
        """Where a file is."""
        return self.path / piece.file

    def _sweep(self, named: set[str]) -> None:
        with translated("remove what does not count any more"):
            for folder in (CARDS, FILES):
                for directory, _, names in os.walk(self.path / folder, topdown=False):
                    here = Path(directory)
                    gone = [here / name for name in names if str((here / name).relative_to(self.path)) not in named]
                    for one in gone:
                        one.unlink()
                    if gone:
                        sync_directory(here)


def digest(path: Path) -> tuple[str, int]:
    """The sha256 of a file and how large it is; raises `OSError`."""
    found, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while data := file.read(_CHUNK):
            found.update(data)
            size += len(data)
    return found.hexdigest(), size


def bundle_refs(path: Path) -> dict[str, str]:
    """What the branches in a bundle point at, as its first lines say.

    Raises:
        StoreDamaged: it is no bundle that can stand alone.
    """
    refs = {}
    with translated(f"read {path.name}"), path.open("rb") as file:
        first = file.readline(_CHUNK)
        if first not in (b"# v2 git bundle\n", b"# v3 git bundle\n"):
            raise StoreDamaged(f"{path.name} is no bundle")
        while (line := file.readline(_CHUNK).decode()) not in ("\n", ""):
            oid, _, name = line.rstrip("\n").partition(" ")
            if line.startswith("-"):
                raise StoreDamaged(f"{path.name} is a part of a bundle")
            if not line.startswith("@") and name != "HEAD":
                refs[name] = oid
    return refs


def settle(path: Path) -> None:
    """Have a file on disk, and out of memory: what is read after this comes from the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def _sealed(body: Any) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _manifest(written: Mapping[str, Any]) -> Manifest:
    body = written["body"]
    if written["sha256"] != _sealed(body) or body["format"] != _FORMAT:
        raise ValueError("it was changed")
    cards = {name: CardPiece(one["refs"], Piece(**one["bundle"])) for name, one in body["cards"].items()}
    files = {name: Piece(**one) for name, one in body["files"].items()}
    for path in (*files, *(one.file for one in files.values()), *(one.bundle.file for one in cards.values())):
        if Path(path).is_absolute() or ".." in Path(path).parts:
            raise ValueError(f"{path} leads out of the folder")
    return Manifest(body["installation"], body["when"], cards, files, body["faults"])
