"""A git bundle from who knows whom: its header, and how large what is in it says to be, before git sees any of it."""

import os
import re
import time
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from app.storage.errors import StoreError
from app.storage.git_repo import MAIN, Revision

_HEADER_BYTES = 1024  # of ours it has some 150
_LINE = re.compile(rb"([0-9a-f]{40}) (HEAD|refs/heads/main)")
_CAPABILITIES = {b"@object-format=sha1"}
_COMMIT, _TREE, _BLOB, _OFS_DELTA = 1, 2, 3, 6
_DEEPEST = 50  # the longest chain of deltas that git makes
_FIRST, _PIECE = 512, 1 << 16


class Reason(StrEnum):
    """Why a bundle is not taken."""

    NO_BUNDLE = "no-bundle"
    """It is not a git bundle, or of a kind that is not known here."""
    BRANCHES = "branches"
    """It does not hold the branch `main`, or it holds more."""
    INCOMPLETE = "incomplete"
    """It leaves out what the receiver should have, or something is missing."""
    TOO_LARGE = "too-large"
    """It holds more, or takes more work, than a card does."""
    DAMAGED = "damaged"
    """It is cut off or garbled, or git finds it unsound."""
    FILES = "files"
    """A revision holds something else than the files of a card."""
    TEXT = "text"
    """What a commit says, of whom or when, cannot be kept."""
    PASSENGERS = "passengers"
    """It holds something that no revision points at."""


class BadBundle(StoreError):
    """A bundle that is not taken; nothing of it stays.

    Attributes:
        reason: a code word.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason


@dataclass(frozen=True)
class Limits:
    """How much a bundle may hold and cost.

    Attributes:
        bundle_bytes: its size.
        objects: how many objects.
        commits: how many of them are commits.
        file_bytes: the size of one file in one revision.
        commit_bytes: the size of one commit, what it says included.
        unpacked_bytes: all objects together, as they are without compression.
        seconds: how long looking at it may take.
        memory: the address space of git.
    """

    bundle_bytes: int = 128 * 1024 * 1024
    objects: int = 100_000
    commits: int = 20_000
    file_bytes: int = 4 * 1024 * 1024
    commit_bytes: int = 256 * 1024
    unpacked_bytes: int = 1024 * 1024 * 1024
    seconds: float = 60.0
    memory: int = 1024 * 1024 * 1024


class Header(NamedTuple):
    """What the first lines of a bundle say.

    Attributes:
        tip: where its branch points.
        pack: at which byte the objects begin.
    """

    tip: Revision
    pack: int


def header_of(descriptor: int) -> Header:
    """Read the first lines of a bundle.

    Raises:
        BadBundle: it is none, or it does not hold HEAD and `main`, at one commit, and nothing else.
    """
    beginning = os.pread(descriptor, _HEADER_BYTES, 0)
    head, ended, _ = beginning.partition(b"\n\n")
    signature, *lines = head.split(b"\n")
    if signature not in (b"# v2 git bundle", b"# v3 git bundle"):
        raise BadBundle(Reason.NO_BUNDLE, "it does not begin as a git bundle")
    if not ended:
        raise BadBundle(Reason.BRANCHES, "more branches than one, or no end to them")
    if signature == b"# v3 git bundle":
        while lines and lines[0].startswith(b"@"):
            if lines.pop(0) not in _CAPABILITIES:
                raise BadBundle(Reason.NO_BUNDLE, "it asks for something that is not known here")
    if any(line.startswith(b"-") for line in lines):
        raise BadBundle(Reason.INCOMPLETE, "it builds on commits that it does not hold")
    found = [_LINE.fullmatch(line) for line in lines]
    points = {match[2].decode(): match[1].decode() for match in found if match}
    if len(lines) != 2 or set(points) != {"HEAD", MAIN} or points["HEAD"] != points[MAIN]:
        raise BadBundle(Reason.BRANCHES, "not HEAD and main at one commit, and nothing else")
    return Header(points[MAIN], len(head) + len(ended))


class _Packed(NamedTuple):
    kind: int
    size: int
    depth: int


class Pack:
    """The objects of a bundle as they lie in the file: what each is and how large, told without building any.

    Only what git writes into a bundle of its own accord is taken: whole objects, and differences from one that
    stands before them.

    Args:
        descriptor: the file, open.
        start: at which byte the pack begins.
        names: the files that a card may have: they say how large a tree can be.
        limits: what is too much.
        deadline: when it has taken too long, by the monotonic clock.
    """

    def __init__(self, descriptor: int, start: int, names: Collection[str], limits: Limits, deadline: float) -> None:
        self._descriptor = descriptor
        self._start = start
        self._limits = limits
        self._deadline = deadline
        self._largest = {
            _COMMIT: limits.commit_bytes,
            _TREE: sum(len(name.encode()) + 40 for name in names),
            _BLOB: limits.file_bytes,
        }
        self._bytes = 0
        self._commits = 0

    def measure(self) -> int:
        """Go through the whole pack.

        Returns:
            How many objects it holds.

        Raises:
            BadBundle: it is garbled, or holds too much, or something that no card has.
        """
        head = os.pread(self._descriptor, 12, self._start)
        objects = int.from_bytes(head[8:])
        if len(head) < 12 or head[:8] != b"PACK\0\0\0\2":
            raise BadBundle(Reason.DAMAGED, "no pack after the header")
        if objects > self._limits.objects:
            raise BadBundle(Reason.TOO_LARGE, f"{objects} objects")
        at = self._start + 12
        found: dict[int, _Packed] = {}
        for _ in range(objects):
            found[at], at = self._entry(at, found)
        if at + 20 != os.fstat(self._descriptor).st_size:
            raise BadBundle(Reason.DAMAGED, "something before or after the last object")
        return objects

    def _entry(self, at: int, found: dict[int, _Packed]) -> tuple[_Packed, int]:
        head = os.pread(self._descriptor, _FIRST, at)
        kind, size, used = _kind_and_size(head)
        if kind in self._largest:
            entry = _Packed(kind, size, 0)
            self._count(entry, size)
            _, end = self._inflated(head[used:], at + len(head), size)
            return entry, end
        if kind != _OFS_DELTA:
            raise BadBundle(Reason.FILES, f"an object of kind {kind}")
        distance, used = _distance(head, used)
        base = found.get(at - distance)
        if base is None:
            raise BadBundle(Reason.DAMAGED, "a difference from nothing")
        self._count(base._replace(depth=base.depth + 1), size)
        beginning, end = self._inflated(head[used:], at + len(head), size)
        before, used = _number(beginning, 0)
        after, _ = _number(beginning, used)
        if before != base.size:
            raise BadBundle(Reason.DAMAGED, "a difference from something else")
        entry = _Packed(base.kind, after, base.depth + 1)
        self._bytes += after
        self._within(entry)
        return entry, end

    def _count(self, entry: _Packed, size: int) -> None:
        self._bytes += size
        self._commits += entry.kind == _COMMIT
        self._within(entry._replace(size=size))

    def _within(self, entry: _Packed) -> None:
        if entry.size > self._largest[entry.kind] or entry.depth > _DEEPEST:
            # A tree that is too large holds other names than those that are known.
            reason = Reason.FILES if entry.kind == _TREE else Reason.TOO_LARGE
            raise BadBundle(reason, f"an object of {entry.size} bytes, {entry.depth} differences deep")
        if self._bytes > self._limits.unpacked_bytes:
            raise BadBundle(Reason.TOO_LARGE, "too many bytes when unpacked")
        if self._commits > self._limits.commits:
            raise BadBundle(Reason.TOO_LARGE, "too many commits")

    def _inflated(self, packed: bytes, at: int, size: int) -> tuple[bytes, int]:
        """The first bytes of what is compressed, and where it ends; the rest is measured and let go."""
        inflate, got, beginning = zlib.decompressobj(), 0, b""
        try:
            while not inflate.eof:
                out = inflate.decompress(packed, _PIECE)
                got += len(out)
                beginning = beginning or out[:20]
                if got > size or time.monotonic() > self._deadline:
                    break
                packed = inflate.unconsumed_tail
                if not packed and not inflate.eof:
                    packed = os.pread(self._descriptor, _PIECE, at)
                    at += len(packed)
                    if not packed:
                        break
        except zlib.error as error:
            raise BadBundle(Reason.DAMAGED, f"an object: {error}") from error
        if time.monotonic() > self._deadline:
            raise BadBundle(Reason.TOO_LARGE, "it takes too long")
        if not inflate.eof or got != size:
            raise BadBundle(Reason.DAMAGED, "an object that is cut off, or not as large as it says")
        return beginning, at - len(inflate.unused_data)


def _kind_and_size(head: bytes) -> tuple[int, int, int]:
    if not head:
        raise BadBundle(Reason.DAMAGED, "cut off")
    # Three bits of kind between the first bit, that says whether more follows, and the first four of the size.
    more, used = _number(head[1:], 0) if head[0] & 0x80 else (0, 0)
    return head[0] >> 4 & 7, head[0] & 15 | more << 4, used + 1


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number in groups of seven bits, the lowest first; and where it ends."""
    number = 0
    for place, byte in enumerate(data[at : at + 9]):
        number |= (byte & 0x7F) << 7 * place
        if not byte & 0x80:
            return number, at + place + 1
    raise BadBundle(Reason.DAMAGED, "a number without end")


def _distance(head: bytes, at: int) -> tuple[int, int]:
    """How far back the base of a difference is: seven bits each, the highest first, each but the last plus one."""
    number = -1
    for place, byte in enumerate(head[at : at + 9]):
        number = number + 1 << 7 | byte & 0x7F
        if not byte & 0x80:
            return number, at + place + 1
    raise BadBundle(Reason.DAMAGED, "a number without end")
