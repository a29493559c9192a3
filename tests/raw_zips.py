"""Zips written by hand: each number in them can be another than it should be."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Told = Mapping[str, int | bytes]


@dataclass(frozen=True)
class Raw:
    """A file in a zip, in which every number can lie. `here` and `there` replace fields of its two headers."""

    name: bytes
    data: bytes = b""
    method: int = 8
    packed: bytes | None = None
    flags: int = 0x800
    made: int = 3 << 8 | 20
    attributes: int = 0o100600 << 16
    extra: bytes = b""
    here: Told = field(default_factory=dict)
    there: Told = field(default_factory=dict)


def deflated(data: bytes) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflate.compress(data) + deflate.flush()


def raw_zip(files: Sequence[Raw], comment: bytes = b"", *, end: Mapping[str, int] | None = None) -> bytes:
    """A zip of exactly these files."""
    local, central = bytearray(), bytearray()
    for one in files:
        packed = one.packed if one.packed is not None else deflated(one.data) if one.method == 8 else one.data
        told = {"crc": zlib.crc32(one.data), "packed": len(packed), "size": len(one.data), "method": one.method}
        told |= {"flags": one.flags, "needs": 20}
        here = {**told, "name": one.name, "extra": one.extra, **one.here}
        there = {**told, "name": one.name, "extra": one.extra, "at": len(local), "disk": 0, **one.there}
        central += _central(there, one)
        local += local_header(here) + packed
    last = {"count": len(files), "here": len(files), "size": len(central), "at": len(local), "disk": 0, **(end or {})}
    numbers = (last["disk"], 0, last["here"], last["count"], last["size"], last["at"], len(comment))
    return bytes(local + central) + struct.pack("<4s4H2LH", b"PK\5\6", *numbers) + comment


def local_header(told: Told) -> bytes:
    """What stands in front of a file."""
    name, extra = bytes(told["name"]), bytes(told["extra"])
    numbers = (told["needs"], told["flags"], told["method"], 0, 33, told["crc"], told["packed"], told["size"])
    return struct.pack("<4s5H3L2H", b"PK\3\4", *numbers, len(name), len(extra)) + name + extra


def _central(told: Told, one: Raw) -> bytes:
    name, extra = bytes(told["name"]), bytes(told["extra"])
    numbers = (told["needs"], told["flags"], told["method"], 0, 33, told["crc"], told["packed"], told["size"])
    rest = (len(name), len(extra), 0, told["disk"], 0, one.attributes, told["at"])
    return struct.pack("<4s6H3L5H2L", b"PK\1\2", one.made, *numbers, *rest) + name + extra
