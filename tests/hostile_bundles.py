"""Bundles as nobody honest makes them, and the tools to make more: packs written by hand, object by object.

`HOSTILE` is the list: a name, what makes the bytes, and why it must be refused. A sound one is `sound()`.
"""

import hashlib
import os
import struct
import zlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

from app.storage.git_bundle import Reason

NAMES = ("kaart.json", "schema.json")
WHO = b"Fatima el Idrissi <fatima@voorbeeld.nl> 1741080600 +0100"
COMMIT, TREE, BLOB, TAG, OFS, REF = 1, 2, 3, 4, 6, 7
_KINDS = {COMMIT: b"commit", TREE: b"tree", BLOB: b"blob", TAG: b"tag"}


class Thing(NamedTuple):
    """One object: what it is, and its bytes."""

    kind: int
    data: bytes

    @property
    def oid(self) -> bytes:
        return hashlib.sha1(
            b"%b %d\0%b" % (_KINDS[self.kind], len(self.data), self.data), usedforsecurity=False
        ).digest()

    @property
    def hex(self) -> bytes:
        return self.oid.hex().encode()


def blob(data: bytes) -> Thing:
    return Thing(BLOB, data)


def tree(*entries: tuple[bytes, bytes, Thing | bytes]) -> Thing:
    """Mode, name, and what it is (or its id)."""
    parts = [(mode, name, one if isinstance(one, bytes) else one.oid) for mode, name, one in entries]
    return Thing(TREE, b"".join(b"%b %b\0%b" % part for part in parts))


def commit(
    root: Thing | bytes,
    *parents: Thing | bytes,
    author: bytes = WHO,
    message: bytes = b"Kaart\n",
    committer: bytes = WHO,
    extra: bytes = b"",
) -> Thing:
    ids = [one if isinstance(one, bytes) else one.hex for one in (root, *parents)]
    lines = [b"tree " + ids[0], *(b"parent " + one for one in ids[1:]), b"author " + author, b"committer " + committer]
    return Thing(COMMIT, b"\n".join(lines) + b"\n" + extra + b"\n" + message)


def entry(kind: int, data: bytes, between: bytes = b"", size: int | None = None, level: int = 6) -> bytes:
    """An object as it lies in a pack; `size` to lie about it."""
    size = len(data) if size is None else size
    head, left = kind << 4 | size & 15, size >> 4
    out = bytearray()
    while left:
        out.append(head | 0x80)
        head, left = left & 0x7F, left >> 7
    out.append(head)
    return bytes(out) + between + zlib.compress(data, level)


def pack(entries: Iterable[bytes | Thing], count: int | None = None) -> bytes:
    whole = [one if isinstance(one, bytes) else entry(one.kind, one.data) for one in entries]
    body = b"PACK" + struct.pack(">II", 2, len(whole) if count is None else count) + b"".join(whole)
    return body + hashlib.sha1(body, usedforsecurity=False).digest()


def header(tip: bytes, refs: Iterable[bytes] = (b"HEAD", b"refs/heads/main"), before: bytes = b"") -> bytes:
    return b"# v2 git bundle\n" + before + b"".join(b"%b %b\n" % (tip, ref) for ref in refs) + b"\n"


KAART = blob(b'{"versie": 1}\n')
ROOT = tree((b"100644", b"kaart.json", KAART))
FIRST = commit(ROOT)
PLAIN = (KAART, ROOT, FIRST)


def sound() -> bytes:
    """One that must be taken."""
    return header(FIRST.hex) + pack(PLAIN)


def of_tree(*entries: tuple[bytes, bytes, Thing | bytes], others: Iterable[Thing] = ()) -> bytes:
    """A bundle of one commit with such a tree."""
    root = tree(*entries)
    top = commit(root)
    things = {one.oid: one for *_, one in entries if isinstance(one, Thing)} | {one.oid: one for one in others}
    return header(top.hex) + pack([*things.values(), root, top])


def named(name: bytes, mode: bytes = b"100644") -> Callable[[], bytes]:
    return lambda: of_tree((mode, name, KAART))


def saying(message: bytes = b"Kaart\n", author: bytes = WHO, extra: bytes = b"") -> Callable[[], bytes]:
    def made() -> bytes:
        top = commit(ROOT, author=author, message=message, extra=extra)
        return header(top.hex) + pack([KAART, ROOT, top])

    return made


def folder() -> bytes:
    return of_tree((b"40000", b"map", ROOT), (b"100644", b"kaart.json", KAART))


def known_folder() -> bytes:
    return of_tree((b"40000", b"kaart.json", ROOT), others=[KAART])


def many_trees(deep: int = 5_000) -> bytes:
    trees = [ROOT]
    for _ in range(deep):
        trees.append(tree((b"40000", b"kaart.json", trees[-1])))
    top = commit(trees[-1])
    return header(top.hex) + pack([KAART, *trees, top])


def history(length: int) -> list[Thing]:
    commits = [FIRST]
    for number in range(length - 1):
        commits.append(commit(ROOT, commits[-1], message=b"%d\n" % number))
    return commits


def deep_history(length: int = 30_000) -> bytes:
    commits = history(length)
    return header(commits[-1].hex) + pack([KAART, ROOT, *commits])


def huge_blob() -> bytes:
    return of_tree((b"100644", b"kaart.json", blob(os.urandom(1024) * 5 * 1024)))


def zlib_bomb() -> bytes:
    """A thousand times four megabytes of nothing, each within bounds."""
    things = [blob(b"%d" % number + b"\0" * (4 * 1024 * 1024 - 10)) for number in range(3)]
    entries = [entry(BLOB, one.data, level=9) for one in things]
    top = commit(tree((b"100644", b"kaart.json", things[0])))
    return header(top.hex) + pack(entries * 300 + [entry(COMMIT, top.data)])


def lying_bomb() -> bytes:
    """Small by what it says, many megabytes by what comes out."""
    squeeze = zlib.compressobj(9)
    zeros = b"".join([squeeze.compress(b"\0" * (1 << 20)) for _ in range(100)]) + squeeze.flush()
    return header(FIRST.hex) + pack([entry(BLOB, b"", size=100)[:2] + zeros, ROOT, FIRST])


def number(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def back(distance: int) -> bytes:
    out = [distance & 0x7F]
    while distance := distance >> 7:
        distance -= 1
        out.insert(0, 0x80 | distance & 0x7F)
    return bytes(out)


def copying(before: int, times: int, of: int) -> bytes:
    """A difference that is the first `of` bytes of its base, so many times."""
    once = bytes([0x80 | 0x10 | 0x20 | 0x40, of & 0xFF, of >> 8 & 0xFF, of >> 16])
    return number(before) + number(times * of) + once * times


def delta_bomb(times: int = 400, number_of: int = 2_000) -> bytes:
    """A base of 64 kB, and thousands of differences of a kilobyte that make many megabytes of it."""
    base = os.urandom(1 << 16)
    made, out = entry(BLOB, base), []
    at = 12 + len(made)
    for _ in range(number_of):
        out.append(entry(OFS, copying(len(base), times, 60_000), back(at - 12)))
        at += len(out[-1])
    return header(FIRST.hex) + pack([made, *out, KAART, ROOT, FIRST])


def many_small_deltas() -> bytes:
    """Each within the bound of a file; together many gigabytes."""
    return delta_bomb(times=60)


def deep_chain(length: int = 20_000) -> bytes:
    """Differences, each from the one before."""
    data = os.urandom(64)
    entries, previous, at = [entry(BLOB, data)], 12, 12
    at += len(entries[0])
    for _ in range(length):
        entries.append(entry(OFS, copying(64, 1, 64), back(at - previous)))
        previous, at = at, at + len(entries[-1])
    return header(FIRST.hex) + pack([*entries, KAART, ROOT, FIRST])


def delta_past_its_base() -> bytes:
    base = entry(BLOB, KAART.data)
    size = len(KAART.data)
    bad = number(size) + number(100) + bytes([0x80 | 0x01 | 0x10, 200, 100])
    return header(FIRST.hex) + pack([base, entry(OFS, bad, back(len(base))), ROOT, FIRST])


def ref_delta(base: bytes) -> Callable[[], bytes]:
    def made() -> bytes:
        size = len(KAART.data)
        return header(FIRST.hex) + pack([*PLAIN, entry(REF, copying(size, 1, size), base)])

    return made


def tag() -> bytes:
    one = Thing(TAG, b"object %b\ntype commit\ntag main\ntagger %b\n\nVlag\n" % (FIRST.hex, WHO))
    return header(one.hex) + pack([*PLAIN, one])


def passenger(*things: Thing) -> Callable[[], bytes]:
    return lambda: header(FIRST.hex) + pack([*PLAIN, *things])


def without(missing: Thing) -> Callable[[], bytes]:
    second = commit(ROOT, FIRST)
    return lambda: header(second.hex) + pack([one for one in (*PLAIN, second) if one != missing])


def cut(at: float) -> Callable[[], bytes]:
    return lambda: sound()[: int(len(sound()) * at)]


def flipped(at: float) -> Callable[[], bytes]:
    def made() -> bytes:
        whole = bytearray(sound())
        start = whole.index(b"PACK")
        whole[start + int((len(whole) - start - 1) * at)] ^= 0x10
        return bytes(whole)

    return made


def headed(before: bytes = b"", refs: tuple[bytes, ...] = (b"HEAD", b"refs/heads/main")) -> Callable[[], bytes]:
    return lambda: header(FIRST.hex, refs, before) + pack(PLAIN)


def two_tips() -> bytes:
    second = commit(ROOT, FIRST)
    return b"# v2 git bundle\n%b HEAD\n%b refs/heads/main\n\n" % (FIRST.hex, second.hex) + pack([*PLAIN, second])


def version_3(capability: bytes) -> Callable[[], bytes]:
    return lambda: b"# v3 git bundle\n" + capability + headed()().removeprefix(b"# v2 git bundle\n")


def many_refs() -> bytes:
    refs = (b"refs/heads/tak-%d" % one for one in range(200_000))
    return header(FIRST.hex, [b"HEAD", b"refs/heads/main", *refs]) + pack(PLAIN)


def wrong_tip() -> bytes:
    return header(KAART.hex) + pack([KAART])


def other_words_under_the_same_id() -> bytes:
    """The tree names a blob whose words were changed without changing its name."""
    return header(FIRST.hex) + pack([blob(b'{"versie": 2}\n'), ROOT, FIRST])


class Hostile(NamedTuple):
    """One bundle that must be refused."""

    name: str
    make: Callable[[], bytes]
    reason: Reason | None = None


def _time(when: bytes) -> bytes:
    return b"Fatima <f@voorbeeld.nl> " + when


_SECOND = commit(ROOT, FIRST)
_R = Reason
HOSTILE = [
    *(Hostile(f"a file called {name!r}", named(name)) for name in (
        b".git", b".GIT", b".Git ", b"git~1", b".git\xe2\x80\x8c", b"..", b".", b".git/config", b"../kaart.json",
        b"/etc/passwd", b".gitmodules", b".gitattributes", b"kaart.json ", b"KAART.JSON", b"\xff\xfe",
        b"kaart\\json", b"-rf", b"x" * 5_000, b"vreemd.txt",
    )),
    Hostile("a symlink", named(b"kaart.json", b"120000"), _R.FILES),
    Hostile("a submodule", lambda: of_tree((b"160000", b"kaart.json", FIRST.oid)), _R.FILES),
    Hostile("an executable file", named(b"kaart.json", b"100755"), _R.FILES),
    Hostile("a mode that git does not know", named(b"kaart.json", b"100666")),
    Hostile("a mode with a zero in front", named(b"kaart.json", b"0100644")),
    Hostile("an unknown file", named(b"brief.txt"), _R.FILES),
    Hostile("a folder", folder),
    Hostile("a folder called as a file", known_folder, _R.FILES),
    Hostile("trees in each other", many_trees, _R.FILES),
    Hostile("a name twice", lambda: of_tree(*[(b"100644", b"kaart.json", KAART)] * 2)),
    Hostile("names out of order", lambda: of_tree(*[(b"100644", name.encode(), KAART) for name in NAMES[::-1]])),
    Hostile("a tree under the name of a blob", lambda: of_tree((b"100644", b"kaart.json", ROOT), others=[KAART])),
    Hostile("a file of five megabytes", huge_blob, _R.TOO_LARGE),
    Hostile("too many large files", zlib_bomb, _R.TOO_LARGE),
    Hostile("a zlib bomb that lies about its size", lying_bomb, _R.DAMAGED),
    Hostile("large differences", delta_bomb, _R.TOO_LARGE),
    Hostile("many differences", many_small_deltas, _R.TOO_LARGE),
    Hostile("a deep chain of differences", deep_chain, _R.TOO_LARGE),
    Hostile("a difference past its base", delta_past_its_base, _R.DAMAGED),
    Hostile("a difference from itself", lambda: header(FIRST.hex) + pack([entry(OFS, b"\1\1\1a", b"\0"), *PLAIN])),
    Hostile("a difference by id", ref_delta(KAART.oid)),
    Hostile("a thin pack", ref_delta(b"\x11" * 20)),
    Hostile("a very long history", deep_history, _R.TOO_LARGE),
    Hostile("two hundred thousand branches", many_refs, _R.BRANCHES),
    Hostile("a count of four billion", lambda: header(FIRST.hex) + pack(PLAIN, 2**32 - 1), _R.TOO_LARGE),
    Hostile("a count that is too high", lambda: header(FIRST.hex) + pack(PLAIN, 4), _R.DAMAGED),
    Hostile("a count that is too low", lambda: header(FIRST.hex) + pack(PLAIN, 2), _R.DAMAGED),
    Hostile("a prerequisite", headed(b"-" + b"1" * 40 + b" Eerder\n"), _R.INCOMPLETE),
    Hostile("a prerequisite that is inside", headed(b"-" + FIRST.hex + b"\n"), _R.INCOMPLETE),
    *(Hostile(f"cut off at {at}", cut(at)) for at in (0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99)),
    *(Hostile(f"a bit flipped at {at}", flipped(at)) for at in (0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1)),
    Hostile("empty", lambda: b"", _R.NO_BUNDLE),
    Hostile("garbage", lambda: os.urandom(5_000), _R.NO_BUNDLE),
    Hostile("a zip", lambda: b"PK\x03\x04" + b"\0" * 500, _R.NO_BUNDLE),
    Hostile("a header alone", lambda: header(FIRST.hex), _R.DAMAGED),
    Hostile("an empty pack", lambda: header(FIRST.hex) + pack([]), _R.DAMAGED),
    Hostile("bytes after the pack", lambda: sound() + b"meer", _R.DAMAGED),
    Hostile("a pack after the pack", lambda: sound() + pack(PLAIN), _R.DAMAGED),
    Hostile("other words under the same id", other_words_under_the_same_id),
    Hostile("a parent that is missing", without(FIRST)),
    Hostile("a tree that is missing", without(ROOT)),
    Hostile("a blob that is missing", without(KAART)),
    Hostile("a tip that is missing", lambda: header(b"1" * 40) + pack(PLAIN), _R.DAMAGED),
    Hostile("a tip that is no commit", wrong_tip, _R.DAMAGED),
    Hostile("a passenger: a file", passenger(blob(b"verstopt")), _R.PASSENGERS),
    Hostile("a passenger: a commit", passenger(_SECOND), _R.PASSENGERS),
    Hostile("an object twice", passenger(KAART)),
    Hostile("a tag", tag, _R.FILES),
    Hostile("another branch", headed(refs=(b"HEAD", b"refs/heads/anders")), _R.BRANCHES),
    Hostile("a branch more", headed(refs=(b"HEAD", b"refs/heads/main", b"refs/heads/overleg")), _R.BRANCHES),
    Hostile("a hidden branch", headed(refs=(b"HEAD", b"refs/heads/main", b"refs/kaarten/toegang")), _R.BRANCHES),
    Hostile("a branch that leaves its folder", headed(refs=(b"HEAD", b"refs/heads/../../config")), _R.BRANCHES),
    Hostile("main twice", headed(refs=(b"HEAD", b"refs/heads/main", b"refs/heads/main")), _R.BRANCHES),
    Hostile("no HEAD", headed(refs=(b"refs/heads/main",)), _R.BRANCHES),
    Hostile("no branch", headed(refs=()), _R.BRANCHES),
    Hostile("HEAD elsewhere", two_tips, _R.BRANCHES),
    Hostile("SHA-256", version_3(b"@object-format=sha256\n"), _R.NO_BUNDLE),
    Hostile("a filter", version_3(b"@filter=blob:none\n"), _R.NO_BUNDLE),
    Hostile("a version of later", lambda: b"# v4 git bundle\n" + sound()[16:], _R.NO_BUNDLE),
    Hostile("a NUL in what it says", saying(b"Kaart\0geheim\n")),
    Hostile("Latin-1 in what it says", saying(b"Co\xf6rdinatie\n"), _R.TEXT),
    Hostile("Latin-1 in a name", saying(author=b"Zo\xeb <z@voorbeeld.nl> 1741080600 +0100"), _R.TEXT),
    Hostile("a megabyte of words", saying(b"woord " * 200_000), _R.TOO_LARGE),
    Hostile("a name without end", saying(author=b"x" * 5_000 + b" <x@voorbeeld.nl> 1741080600 +0100"), _R.TEXT),
    Hostile("no address", saying(author=b"Fatima 1741080600 +0100")),
    Hostile("a time before all times", saying(author=_time(b"-5 +0000"))),
    Hostile("a time after all times", saying(author=_time(b"99999999999999999999 +0000"))),
    Hostile("the year thirty thousand", saying(author=_time(b"900000000000 +0000")), _R.TEXT),
    Hostile("a zone that is none", saying(author=_time(b"1741080600 +9900")), _R.TEXT),
    Hostile("no time", saying(author=b"Fatima <f@voorbeeld.nl>")),
    Hostile("an encoding that it is not in", saying(b"\xff\n", extra=b"encoding UTF-7\n"), _R.TEXT),
]  # fmt: skip
