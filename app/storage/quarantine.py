"""What came in and is not taken in yet: each parcel in a folder of its own, apart from the cards."""

import json
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from app.storage.errors import StoreDamaged, StoreFailed, translated
from app.storage.files import replace_synced, sync_directory
from app.storage.locks import locked

_NOTE, _FILE = "opgave.json", "pakket"
_ID = re.compile(r"b-[0-9a-z]{10}")
_CHUNK = 1 << 16


class TooMuch(Exception):
    """What comes in is larger than it may be."""


@dataclass(frozen=True)
class Parcel:
    """One package that came in.

    Attributes:
        id: drawn; names its folder.
        by: the account of who brought it; nobody else sees it.
        when: when.
        kind: which letter is in it; empty until it was judged.
        kaart_id: which card; empty until then.
        sender: the other installation, by its id.
        digest: what the package is known by.
        offer: the handover, as the sender calls it.
        counts: how much is in it, by what.
        refused: when it was refused, in ISO 8601; empty while nobody did.
        reason: why, then.
    """

    id: str
    by: str
    when: datetime
    kind: str = ""
    kaart_id: str = ""
    sender: str = ""
    digest: str = ""
    offer: str = ""
    counts: Mapping[str, int] | None = None
    refused: str = ""
    reason: str = ""


class Quarantine:
    """The folder of them. Any thread and process may use it; each call raises a `StoreError`."""

    def __init__(self, folder: Path) -> None:
        """For a folder that may not be there yet."""
        self._folder = folder

    def receive(self, by: str, when: datetime, source: BinaryIO, most: int) -> Parcel:
        """Keep what comes in; it is on disk on return.

        Args:
            by: the account of who brings it.
            when: the moment.
            source: gives the bytes.
            most: how many there may be.

        Raises:
            TooMuch: there are more; nothing is kept.
            StoreFailed: the disk refused; nothing is kept.
        """
        parcel = Parcel(f"b-{secrets.token_hex(5)}", by, when)
        place = self._folder / parcel.id
        with translated("take in a package", git_error=StoreFailed):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            place.mkdir(mode=0o700)
            try:
                _copy(source, place / _FILE, most)
                replace_synced(place / _NOTE, _written(parcel))
                sync_directory(place)
                sync_directory(self._folder)
            except BaseException:
                shutil.rmtree(place, ignore_errors=True)
                raise
        return parcel

    def file(self, parcel_id: str) -> Path:
        """The package as it came."""
        return self._folder / parcel_id / _FILE

    def drop_file(self, parcel_id: str) -> None:
        """Remove the package as it came: what was in it is unpacked."""
        with translated(f"remove the file of {parcel_id}", git_error=StoreFailed):
            self.file(parcel_id).unlink(missing_ok=True)

    def place(self, parcel_id: str) -> Path:
        """Its folder, to unpack it in."""
        return self._folder / parcel_id

    def get(self, parcel_id: str) -> Parcel | None:
        """A package; None for one that is not there, whatever text is asked; damage is `StoreDamaged`."""
        if not _ID.fullmatch(parcel_id):
            return None
        with translated(f"read {parcel_id}"):
            try:
                return _read((self._folder / parcel_id / _NOTE).read_bytes())
            except FileNotFoundError:
                return None

    def all(self) -> list[Parcel]:
        """All packages, the oldest first; what is only half there, or damaged, is left out, and swept in time."""
        with translated("look for packages"):
            names = sorted(one.name for one in self._folder.iterdir()) if self._folder.is_dir() else []
        found = (self._sound(name) for name in names)
        return sorted((one for one in found if one), key=lambda one: (one.when, one.id))

    def _sound(self, name: str) -> Parcel | None:
        with suppress(StoreDamaged):
            return self.get(name)
        return None

    def put(self, parcel: Parcel) -> None:
        """Keep what is known of a package by now."""
        place = self._folder / parcel.id
        with locked(self._lock), translated(f"write {parcel.id}", git_error=StoreFailed):
            if place.is_dir():
                replace_synced(place / _NOTE, _written(parcel))
                sync_directory(place)

    def empty(self, parcel: Parcel) -> None:
        """Remove what came in, and keep what is known of it."""
        self.put(parcel)
        place = self.place(parcel.id)
        with locked(self._lock), translated(f"empty {parcel.id}", git_error=StoreFailed):
            for one in list(place.iterdir()):
                if one.is_dir():
                    shutil.rmtree(one)
                elif one.name != _NOTE:
                    one.unlink()

    def remove(self, parcel_id: str) -> None:
        """Remove a package and all that was unpacked of it; nothing where it is gone already."""
        if _ID.fullmatch(parcel_id):
            self._drop(self._folder / parcel_id)

    def _drop(self, place: Path) -> None:
        with locked(self._lock), translated(f"remove {place.name}", git_error=StoreFailed):
            if place.is_dir():
                (place / _NOTE).unlink(missing_ok=True)  # first: what is half gone is nobody's package
                shutil.rmtree(place)
                sync_directory(self._folder)

    def forget(self, kaart_id: str) -> None:
        """Remove all packages of a card that is destroyed, and those of which nobody can tell any more which card."""
        with translated("look for packages"):
            places = list(self._folder.iterdir()) if self._folder.is_dir() else []
        for place in places:
            parcel = self._sound(place.name)
            damaged = parcel is None and (place / _NOTE).exists()
            if damaged or (parcel and parcel.kaart_id == kaart_id):
                self._drop(place)

    def sweep(self, before: datetime) -> None:
        """Remove the packages that came in before a moment, and what a program that died left of any."""
        with translated("look for packages"):
            places = list(self._folder.iterdir()) if self._folder.is_dir() else []
        known = {one.id: one for one in self.all()}
        for one in places:
            if (known[one.name].when if one.name in known else _made(one, before)) < before:
                self._drop(one)

    @property
    def _lock(self) -> Path:
        return self._folder.with_name(f"{self._folder.name}.lock")


def _copy(source: BinaryIO, target: Path, most: int) -> None:
    left = most
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while chunk := source.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise TooMuch
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _made(place: Path, otherwise: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(place.stat().st_mtime, otherwise.tzinfo)
    except OSError:
        return otherwise


def _written(parcel: Parcel) -> bytes:
    held: dict[str, Any] = {**asdict(parcel), "when": parcel.when.isoformat()}
    return json.dumps({key: value for key, value in held.items() if value}, ensure_ascii=False).encode() + b"\n"


def _read(data: bytes) -> Parcel:
    held = json.loads(data)
    try:
        return Parcel(**{**held, "when": datetime.fromisoformat(held["when"])})
    except (TypeError, AttributeError) as error:
        raise ValueError(str(error)) from error
