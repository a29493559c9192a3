"""A zip of somebody whom nobody trusts: judged whole before a byte is unpacked, unpacked without believing it.

The module zipfile reads what programs of thirty years wrote, and guesses where they differ. Here one form is read:
files one after the other from the first byte on, the directory, its end, and nothing besides. So nothing overlaps,
nothing is hidden, and what the directory says of a file is what stands in front of it.
"""

import hashlib
import os
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import BinaryIO

from app.storage.bag_form import BadBag, BagLimits

_END = Struct("<4s4H2LH")
_CENTRAL = Struct("<4s6H3L5H2L")
_LOCAL = Struct("<4s5H3L2H")
_LONGEST_NAME = 1000
_UTF8 = 0x800
_FLAGS = _UTF8 | 0x6
"""A name in UTF-8, and how hard deflate tried. Any other means encryption, or sizes that come later."""
_STORED, _DEFLATED = 0, 8
_NEWEST = 20
"""The version of the format that files with deflate need; zip64 needs 45."""
_IN_ZIP64 = 0xFFFF
"""Where a zip counts as many files as this, the true number stands elsewhere, in a record of zip64."""
_MS_DOS, _UNIX = 0, 3
_DIRECTORY = 0x10
_STEP = 1 << 16


@dataclass(frozen=True)
class Entry:
    """A file in a zip, as both headers say it is.

    Attributes:
        name: its path.
        method: how it is packed.
        crc: its checksum, unpacked.
        packed: how many bytes it takes.
        size: how many it is.
        start: where in the zip its bytes begin.
    """

    name: str
    method: int
    crc: int
    packed: int
    size: int
    start: int


@dataclass(frozen=True)
class Unpacked:
    """What a file turned out to be: its size, and its checksums in the order of `bag_form.KINDS`."""

    size: int
    digests: tuple[str, str]


def entries(file: BinaryIO, limits: BagLimits) -> list[Entry]:
    """The files in a zip; raises `BadBag` where it is not of the one form, or holds too much. Reads no content."""
    total = file.seek(0, os.SEEK_END)
    if total > limits.zip_bytes:
        raise BadBag("large", f"{total} bytes")
    count, where = _ending(file, total, limits)
    file.seek(where)
    found: list[Entry] = []
    at = 0
    for _ in range(count):
        entry, header = _central(file)
        if header != at:
            raise BadBag("archive", f"{entry.name!r} does not begin where the one before ends")
        found.append(entry)
        at = entry.start + entry.packed
    if at != where or file.tell() != total - _END.size:
        raise BadBag("archive", "something between the files, the directory and its end")
    limits.check(total, [one.size for one in found])
    for entry in found:
        _check_local(file, entry)
    return found


def _ending(file: BinaryIO, total: int, limits: BagLimits) -> tuple[int, int]:
    """How many files the directory says there are, and where it begins."""
    if total < _END.size:
        raise BadBag("archive", "too short for a zip")
    file.seek(total - _END.size)
    sign, disk, first, here, count, size, where, comment = _END.unpack(_read(file, _END.size))
    if sign != b"PK\5\6" or disk or first or here != count or comment or count == _IN_ZIP64:
        raise BadBag("archive", "it does not end as a zip does")
    if count > limits.files:
        raise BadBag("many", f"{count} files")
    if not count or where + size + _END.size != total:
        raise BadBag("archive", "the directory is not where its end says")
    return count, where


def _central(file: BinaryIO) -> tuple[Entry, int]:
    """The next file of the directory, and where its own header begins."""
    head = _CENTRAL.unpack(_read(file, _CENTRAL.size))
    sign, made, needs, flags, method, _, _, crc, packed, size, names, extra, comment, disk, _, attributes, header = head
    if sign != b"PK\1\2" or needs > _NEWEST or flags & ~_FLAGS or extra or comment or disk:
        raise BadBag("archive", "a line of the directory")
    if not 0 < names <= _LONGEST_NAME:
        raise BadBag("name", f"{names} bytes")
    try:
        name = _read(file, names).decode("utf-8" if flags & _UTF8 else "ascii")
    except UnicodeDecodeError as error:
        raise BadBag("name", "not UTF-8") from error
    kind = stat.S_IFMT(attributes >> 16)
    if made >> 8 not in (_MS_DOS, _UNIX) or kind not in (0, stat.S_IFREG) or attributes & _DIRECTORY:
        raise BadBag("kind", repr(name))
    if method not in (_STORED, _DEFLATED) or (method == _STORED and packed != size):
        raise BadBag("method", repr(name))
    return Entry(name, method, crc, packed, size, header + _LOCAL.size + names), header


def _check_local(file: BinaryIO, entry: Entry) -> None:
    name = entry.name.encode()
    file.seek(entry.start - _LOCAL.size - len(name))
    sign, needs, flags, method, _, _, crc, packed, size, names, extra = _LOCAL.unpack(_read(file, _LOCAL.size))
    same = (method, crc, packed, size) == (entry.method, entry.crc, entry.packed, entry.size)
    if sign != b"PK\3\4" or needs > _NEWEST or flags & ~_FLAGS or extra or names != len(name) or not same:
        raise BadBag("hidden", repr(entry.name))
    if _read(file, names) != name:
        raise BadBag("hidden", repr(entry.name))


def unpack(file: BinaryIO, entry: Entry, target: Path) -> Unpacked:
    """Unpack one file to a new file for this user alone, a piece at a time; raises `BadBag` where it lies."""
    hashes = hashlib.sha256(), hashlib.sha512()
    size = crc = 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        for piece in _pieces(file, entry):
            size += len(piece)
            if size > entry.size:
                raise BadBag("bomb", f"{entry.name!r} is more than {entry.size} bytes")
            crc = zlib.crc32(piece, crc)
            for one in hashes:
                one.update(piece)
            out.write(piece)
    if size != entry.size or crc != entry.crc:
        raise BadBag("damaged", repr(entry.name))
    return Unpacked(size, (hashes[0].hexdigest(), hashes[1].hexdigest()))


def _pieces(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """What a file unpacks to; nothing is larger in memory than a piece."""
    file.seek(entry.start)
    left = entry.packed
    if entry.method == _STORED:
        while left:
            piece = _read(file, min(left, _STEP))
            left -= len(piece)
            yield piece
        return
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    waiting = b""
    while not inflate.eof:
        if not waiting:
            if not left:
                raise BadBag("damaged", f"{entry.name!r} ends too early")
            waiting = _read(file, min(left, _STEP))
            left -= len(waiting)
        try:
            piece = inflate.decompress(waiting, _STEP)
        except zlib.error as error:
            raise BadBag("damaged", repr(entry.name)) from error
        waiting = inflate.unconsumed_tail
        yield piece
    if left or inflate.unused_data or waiting:
        raise BadBag("damaged", f"{entry.name!r} ends before its bytes do")


def _read(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) != count:
        raise BadBag("archive", "it ends in the middle")
    return data
