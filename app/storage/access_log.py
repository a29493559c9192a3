"""The access log: who looked at what and who was refused, after NEN 7513. No text of a card gets into it.

A file per month; a new part begins with a line that names the end of the one before. Lines are only ever added, by
any thread and process, under one lock, and are on disk before whoever asked goes on.
"""

import os
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from app.storage.errors import StoreError
from app.storage.files import sync_directory
from app.storage.locks import locked
from app.storage.log_chain import Anchor, Tip, read_key, seal, sealed

Kind = Literal["C", "R", "U", "D", "E"]
Outcome = Literal["toegestaan", "geweigerd", "mislukt"]
PART, REPAIR, RETIRE = "log-part", "log-repair", "log-retire"
"""What the log says of itself: a part begins; something was amiss when a line was added; old parts were removed."""
LOST_ANCHOR = "the anchor was gone"
SHORTER = "the log was shorter than its anchor"
TORN = "a line that was never confirmed was taken off"
STRANGE = "lines that do not follow were there"
_PART_NAME = re.compile(r"[0-9]{4}-[0-9]{2}")
_LONGEST = 200
"""The most signs of one field: what somebody types may not fill the disk."""
_TAIL = 256 * 1024


class LogUnavailable(StoreError):
    """The access log cannot be written, or not be read: nothing may be shown or changed."""


@dataclass(frozen=True)
class Event:
    """One line of the log; the fields are those of NEN 7513.

    Attributes:
        event: what happened: an action of `services.rights`, or a word such as ``sign-in``.
        kind: create, read, update, delete or execute.
        outcome: whether it was allowed, refused, or allowed and then failed.
        when: the moment, with its zone; written in UTC.
        who: the account; empty for nobody known.
        name: the name of that person then; empty for nobody known.
        role: the role at the organisation.
        organisation: the id of the organisation.
        behalf: who asked on behalf of this person (a user of the shell); empty for who acts in person.
        address: from where.
        kaart: the card, or empty.
        item: the id of an item of it, or empty.
        person: the account that it is about (a changed account, a person a card was shared with), or empty.
        ground: why it was allowed: the role on the card, or at the organisation.
        emergency: whether the ground is emergency access.
        request: ties the lines of one request together.
    """

    event: str
    kind: Kind
    outcome: Outcome
    when: datetime
    who: str = ""
    name: str = ""
    role: str = ""
    organisation: str = ""
    behalf: str = ""
    address: str = ""
    kaart: str = ""
    item: str = ""
    person: str = ""
    ground: str = ""
    emergency: bool = False
    request: str = ""


_FIELDS = [field.name for field in fields(Event)]
Marks = Mapping[str, object]
Line = tuple[Event, Marks]
"""An event, and what the log itself adds to it."""


class AccessLog:
    """The log of one installation; any thread and process may use it."""

    def __init__(self, folder: Path, anchor: Path | None = None, key: Path | None = None, years: int = 5) -> None:
        """In a folder that may not be there yet.

        Args:
            folder: the parts.
            anchor: the file that says how far the log was confirmed; beside the folder where it is not given.
            key: the file of the key; likewise.
            years: how long parts are kept.
        """
        self.folder, self.years = folder, years
        self.anchor = Anchor(anchor or folder.with_name(f"{folder.name}-anchor"))
        self._key_file = key or folder.with_name(f"{folder.name}.key")
        self._key = b""
        # Threads wait here, in order; only processes meet at the lock file, which is asked again and again.
        self._turn = threading.Lock()

    def append(self, events: Sequence[Event]) -> None:
        """Put lines at the end; they are on disk on return, and their number is in the anchor.

        Raises:
            LogUnavailable: they are not; nothing may be shown or done.
        """
        self.append_marked([(event, {}) for event in events])

    def append_marked(self, lines: Sequence[Line]) -> None:
        """As `append`, for lines that the log writes about itself.

        Raises:
            LogUnavailable: as `append`.
        """
        if lines:
            with self.held() as key:
                self._append(key, lines)

    @contextmanager
    def held(self) -> Iterator[bytes]:
        """The lock of the log, so that nobody adds to it meanwhile; gives the key.

        Raises:
            LogUnavailable: whatever the disk, the lock or the key refuse within.
        """
        with self.reading():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._turn, locked(self.folder.with_name(f"{self.folder.name}.lock")):
                self._key = self._key or read_key(self._key_file, make=not self.parts())
                yield self._key

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Whatever is refused within is `LogUnavailable`."""
        try:
            yield
        except LogUnavailable:
            raise
        except (OSError, StoreError) as error:
            raise LogUnavailable(f"access log: {error}") from error

    def confirmed(self) -> Tip:
        """How far the log was confirmed; without waiting for who is adding to it.

        Raises:
            LogUnavailable: it cannot be read.
        """
        if not self._key:
            with self.held():
                pass
        with self.reading():
            last = max(self.parts(), default="")
            return self.anchor.read(self._key) or Tip(part=last, size=self.size(last) if last else 0)

    def parts(self) -> list[str]:
        """The months that there is a part of, oldest first.

        Raises:
            OSError: the folder cannot be read.
        """
        return sorted(path.stem for path in self.folder.glob("*.jsonl") if _PART_NAME.fullmatch(path.stem))

    def path(self, part: str) -> Path:
        """The file of a part."""
        return self.folder / f"{part}.jsonl"

    def size(self, part: str) -> int:
        """The bytes of a part; 0 where there is none.

        Raises:
            OSError: the folder cannot be read.
        """
        try:
            return os.stat(self.path(part)).st_size  # noqa: PTH116 - asked at every line
        except FileNotFoundError:
            return 0

    def _append(self, key: bytes, lines: Sequence[Line]) -> None:
        month = f"{lines[0][0].when.astimezone(UTC):%Y-%m}"
        tip, closing, notes = self._end(key, month, lines[0][0].when)
        part = max(tip.part, month)  # a clock that is put back does not go back to an older part
        if part != tip.part:
            tip, closing = replace(tip, part=part, size=self.size(part), first=0), b""
        before = tip.size
        if not before:
            former = {"part": self._former(part), "count": tip.count, "mac": tip.mac}
            notes = [(_own(PART, "C", lines[0][0].when), {"former": former}), *notes]
        data = [closing]
        tip = replace(tip, size=before + len(closing), first=tip.first if before else tip.count + 1)
        for event, marks in [*notes, *lines]:
            line, tip = seal(key, tip, {**_written(event), **marks})
            data.append(line)
        self._put(part, before, b"".join(data))
        self.anchor.write(key, tip)

    def _put(self, part: str, before: int, data: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self.path(part), flags, 0o600)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            os.fsync(descriptor)
            if not before:
                sync_directory(self.folder)
                sync_directory(self.folder.parent)
        except OSError:
            with suppress(OSError):  # else the next one takes it off: it was never confirmed
                os.ftruncate(descriptor, before)
            raise
        finally:
            os.close(descriptor)

    def _former(self, part: str) -> str:
        return max((one for one in self.parts() if one < part), default="")

    def _end(self, key: bytes, month: str, when: datetime) -> tuple[Tip, bytes, list[Line]]:
        """Where to go on; what closes off a line that is not whole; and lines about what was amiss.

        While nothing is amiss the anchor says it all, and no line is read.
        """
        anchored = self.anchor.read(key)
        if anchored and self.size(anchored.part) == anchored.size and (month <= anchored.part or not self.size(month)):
            return anchored, b"", []
        if anchored is None:
            return self._unanchored(when)
        return self._after_crash(key, anchored, when)

    def _after_crash(self, key: bytes, anchored: Tip, when: datetime) -> tuple[Tip, bytes, list[Line]]:
        """The anchor is behind, or the log is shorter: what follows in the chain stays, and nothing confirmed goes."""
        if self.size(anchored.part) < anchored.size:
            part = max([anchored.part, *self.parts()])
            tip = replace(anchored, part=part, size=self.size(part), first=0)
            return tip, self._closing(part), [(_own(REPAIR, "E", when, SHORTER), {})]
        tip, strange = anchored, False
        rest = b""
        for part in (one for one in self.parts() if one >= anchored.part):
            start = anchored.size if part == anchored.part else 0
            with self.path(part).open("rb") as file:
                file.seek(start)
                *lines, rest = file.read().split(b"\n")
            first = tip.count + 1 if start == 0 else tip.first
            tip = replace(tip, part=part, size=start + sum(len(line) + 1 for line in lines), first=first)
            for line in lines:
                found = sealed(line)
                if not strange and found and found.follows(key, tip.count, tip.mac):
                    tip = replace(tip, count=found.number, mac=found.mac)
                else:
                    strange = True
        if strange:
            tip = replace(tip, size=self.size(tip.part))
            return tip, self._closing(tip.part), [(_own(REPAIR, "E", when, STRANGE), {})]
        if not rest:
            return tip, b"", []
        os.truncate(self.path(tip.part), tip.size)
        return tip, b"", [(_own(REPAIR, "E", when, TORN), {})]

    def _unanchored(self, when: datetime) -> tuple[Tip, bytes, list[Line]]:
        """No anchor: go on after the last whole line, take nothing off, and say so where there was a log already."""
        for part in reversed(self.parts()):
            size = self.size(part)
            with self.path(part).open("rb") as file:
                file.seek(max(0, size - _TAIL))
                lines = file.read().split(b"\n")[:-1]
            for line in reversed(lines):
                if found := sealed(line):
                    last = self.parts()[-1]
                    tip = Tip(found.number, found.mac, last, self.size(last))
                    return tip, self._closing(last), [(_own(REPAIR, "E", when, LOST_ANCHOR), {})]
        return Tip(), b"", []

    def _closing(self, part: str) -> bytes:
        """An end of line, where a part does not end in one."""
        if not self.size(part):
            return b""
        with self.path(part).open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return b"" if file.read() == b"\n" else b"\n"


def _own(event: str, kind: Kind, when: datetime, ground: str = "") -> Event:
    return Event(event, kind, "toegestaan", when, ground=ground)


def _written(event: Event) -> dict[str, object]:
    """The fields as they stand in a line: no sign that can break it or turn it round, and nothing without end."""
    values = {name: getattr(event, name) for name in _FIELDS}
    cleaned = {name: _clean(value) if isinstance(value, str) else value for name, value in values.items()}
    return {**cleaned, "when": event.when.astimezone(UTC).isoformat(timespec="milliseconds")}


def _clean(text: str) -> str:
    """A text of signs that can be printed; JSON writes what is not ASCII by its number."""
    short = text[:_LONGEST]
    if short.isprintable():
        return short
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in short)
