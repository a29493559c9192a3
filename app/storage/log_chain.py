"""What makes the access log hold: lines chained by HMAC, the key, and the anchor that says how far the chain goes.

Each line is a JSON object in ASCII that begins with its number and ends with its MAC: HMAC-SHA256 over the MAC of the
line before it and the line itself without its own. So a line that was changed, removed, added or moved breaks the
chain at its place (a hash chain as in RFC 5848 and Schneier & Kelsey, "Secure audit logs", 1999).
"""

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from app.storage.errors import StoreFailed
from app.storage.files import replace_synced, sync_directory

START = "0" * 64
"""What stands for the MAC before the first line."""
_SEALED = re.compile(rb'\{"n":([1-9][0-9]{0,17}),.*,"mac":"([0-9a-f]{64})"\}')
_MAC_LENGTH = len(',"mac":""}') + 64
_LEAST_KEY = 32
_SLOT = 4096  # each of its own block: a power cut halfway leaves the other one whole
_SLOT_TEXT = re.compile(rb"(\{.*\}) ([0-9a-f]{64})\n")


@dataclass(frozen=True)
class Tip:
    """The end of the chain.

    Attributes:
        count: the number of the last line; 0 for none.
        mac: its MAC.
        part: the month of its file, such as ``2026-11``; empty for none.
        size: the bytes of that file.
        first: the number of its first line; 0 where that is not known.
    """

    count: int = 0
    mac: str = START
    part: str = ""
    size: int = 0
    first: int = 0


@dataclass(frozen=True)
class Sealed:
    """A line that has the form of one: its number, its MAC, and what the MAC is over."""

    number: int
    mac: str
    body: bytes

    def follows(self, key: bytes, number: int, mac: str) -> bool:
        """Whether this is the line after the one with that number and MAC, and nothing in it was changed."""
        return self.number == number + 1 and hmac.compare_digest(_line_mac(key, mac, self.body), self.mac)


def seal(key: bytes, after: Tip, fields: Mapping[str, object]) -> tuple[bytes, Tip]:
    """A line of these fields with its end of line, and the end of the chain with it."""
    number = after.count + 1
    text = json.dumps({"n": number, **fields}, separators=(",", ":")).replace("\x7f", "\\u007f")
    body = text.encode("ascii")
    mac = _line_mac(key, after.mac, body)
    line = body[:-1] + f',"mac":"{mac}"}}\n'.encode("ascii")
    return line, replace(after, count=number, mac=mac, size=after.size + len(line))


def sealed(line: bytes) -> Sealed | None:
    """What a line says of itself, without its end of line; None where it is no line of the log at all."""
    found = _SEALED.fullmatch(line)
    return Sealed(int(found[1]), found[2].decode(), line[:-_MAC_LENGTH] + b"}") if found else None


def _line_mac(key: bytes, former: str, body: bytes) -> str:
    return hmac.digest(key, former.encode("ascii") + body, hashlib.sha256).hex()


def read_key(path: Path, *, make: bool) -> bytes:
    """The key of the chain; the caller holds the lock.

    Args:
        path: its file.
        make: draw one where there is none: only for a log that has no lines yet.

    Raises:
        StoreFailed: there is none, or what is there is too short.
        OSError: the file cannot be read or written.
    """
    try:
        key = path.read_bytes().strip()
    except FileNotFoundError:
        if not make:
            raise StoreFailed(f"{path.name} is gone: put it back from a backup") from None
        key = secrets.token_hex(32).encode()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_synced(path, key + b"\n")
        sync_directory(path.parent)
    if len(key) < _LEAST_KEY:
        raise StoreFailed(f"{path.name} holds no key")
    return key


class Anchor:
    """How far the log was confirmed, in a file apart: a log that is shorter was cut.

    It is written after the log is on disk, and not waited for: a power cut may take its last seconds, and then the
    log is longer than it says. Two slots in turn, so that there is always a whole one.
    """

    def __init__(self, path: Path) -> None:
        """For a file that may not be there yet."""
        self.path = path

    def read(self, key: bytes) -> Tip | None:
        """The end of the chain as it was last confirmed; None where no slot holds one.

        Raises:
            OSError: the file is there and cannot be read.
        """
        return max(self._slots(key).values(), key=lambda tip: tip.count, default=None)

    def write(self, key: bytes, tip: Tip) -> None:
        """Confirm the chain up to here; the caller holds the lock, and the log is on disk.

        Raises:
            OSError: it cannot be written.
        """
        body = json.dumps(asdict(tip))
        text = f"{body} {self._mac(key, body.encode())}\n".encode("ascii")
        slots = self._slots(key)
        oldest = min((0, 1), key=lambda number: slots[number].count if number in slots else -1)
        new = not self.path.exists()
        if new:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(descriptor, text.ljust(_SLOT, b" "), oldest * _SLOT)
            if new:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if new:
            sync_directory(self.path.parent)

    def _slots(self, key: bytes) -> dict[int, Tip]:
        try:
            data = self.path.read_bytes()[: 2 * _SLOT]
        except FileNotFoundError:
            return {}
        found = {}
        for number in (0, 1):
            text = _SLOT_TEXT.match(data[number * _SLOT : (number + 1) * _SLOT])
            if text and hmac.compare_digest(self._mac(key, text[1]), text[2].decode()):
                found[number] = Tip(**json.loads(text[1]))
        return found

    @staticmethod
    def _mac(key: bytes, body: bytes) -> str:
        return hmac.digest(key, b"anchor" + body, hashlib.sha256).hex()
