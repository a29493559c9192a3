"""Packages that nobody may take in, each made from a good one: by what must be said of it, and how it is made.

`HOSTILE` are those that are no bag, or a dangerous one; `FORGED` are whole, but not signed by who they say.
"""

import hashlib
import struct
import tempfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from app.storage import signing
from app.storage.bag_form import KINDS, LISTED, MANIFESTS, TAG_MANIFESTS, manifest
from app.storage.signing import Keys
from tests.plain_ssh import sign_as
from tests.raw_zips import Raw, deflated, local_header, raw_zip

MIB = 1 << 20
Files = dict[str, bytes]


@dataclass(frozen=True)
class Hostile:
    """A package that must be refused.

    Attributes:
        name: what is wrong with it.
        code: what must be said of it; `signature` where it is whole but signed by somebody else.
        make: makes the bytes of its zip from those of a good one.
    """

    name: str
    code: str
    make: Callable[[bytes], bytes]


def opened(good: bytes) -> tuple[str, Files]:
    """The top folder of a good package, and its files below that."""
    files: Files = {}
    at, top = 0, ""
    while good[at : at + 4] == b"PK\3\4":
        *_, packed, _, names, _ = struct.unpack("<4s5H3L2H", good[at : at + 30])
        name = good[at + 30 : at + 30 + names].decode()
        at += 30 + names + packed
        top, _, inner = name.partition("/")
        files[inner] = zlib.decompress(good[at - packed : at], -15)
    return top, files


def closed(top: str, files: Mapping[str, bytes], *more: Raw) -> bytes:
    """A zip of these files, and of some that lie."""
    return raw_zip([*(Raw(f"{top}/{name}".encode(), data) for name, data in files.items()), *more])


def listed(files: Files, kinds: Sequence[str] = KINDS) -> Files:
    """The same files with tag manifests that are right again, as somebody with bad plans would make them."""
    new = dict(files)
    for kind, name in zip(KINDS, TAG_MANIFESTS, strict=True):
        if kind in kinds:
            new[name] = manifest({tag: hashlib.new(kind, files[tag]).hexdigest() for tag in LISTED if tag in files})
    return new


def _with(change: Callable[[Files], object]) -> Callable[[bytes], bytes]:
    """What is wrong is in the files; the tag manifests hold."""

    def make(good: bytes) -> bytes:
        top, files = opened(good)
        change(files)
        return closed(top, listed(files))

    return make


def _beside(raw: Raw) -> Callable[[bytes], bytes]:
    """A good package with one more file, that lies."""
    return lambda good: closed(*opened(good), raw)


def _named(name: bytes, **more: int) -> Callable[[bytes], bytes]:
    return _beside(Raw(name, b"x", **more))  # type: ignore[arg-type]


def _instead(change: Callable[[Raw], Raw]) -> Callable[[bytes], bytes]:
    """A good package of which the first file of the payload lies."""

    def make(good: bytes) -> bytes:
        top, files = opened(good)
        raws = [Raw(f"{top}/{name}".encode(), data) for name, data in files.items()]
        first = next(number for number, one in enumerate(raws) if b"/data/" in one.name)
        raws[first] = change(raws[first])
        return raw_zip(raws)

    return make


def _again(end: Mapping[str, int], comment: bytes = b"") -> Callable[[bytes], bytes]:
    def make(good: bytes) -> bytes:
        top, files = opened(good)
        return raw_zip([Raw(f"{top}/{name}".encode(), data) for name, data in files.items()], comment, end=end)

    return make


def _overlapping(good: bytes) -> bytes:
    """Many files that are all the same bytes of the zip."""
    top, files = opened(good)
    kernel = deflated(bytes(MIB))
    raws = [Raw(f"{top}/data/0".encode(), bytes(MIB), packed=kernel)]
    name = f"{top}/data/0".encode()
    raws += [
        Raw(name[:-1] + b"%d" % n, bytes(MIB), packed=b"", there={"at": 0, "packed": len(kernel)}) for n in range(9)
    ]
    return raw_zip([*raws, *(Raw(f"{top}/{one}".encode(), data) for one, data in files.items())])


def _quoted(good: bytes) -> bytes:
    """Files that hold the headers of the next ones: each is packed as itself and all that comes after it."""
    top, _ = opened(good)
    tail = local_header(
        {
            "needs": 20,
            "flags": 0x800,
            "method": 8,
            "crc": zlib.crc32(bytes(MIB)),
            "size": MIB,
            "extra": b"",
            "packed": len(deflated(bytes(MIB))),
            "name": f"{top}/data/2".encode(),
        }
    ) + deflated(bytes(MIB))
    quoting = b"\x00" + struct.pack("<HH", len(tail), 0xFFFF ^ len(tail)) + tail
    first = Raw(f"{top}/data/1".encode(), tail + bytes(MIB), packed=quoting, there={"packed": len(quoting) + len(tail)})
    return raw_zip([first, Raw(f"{top}/data/2".encode(), bytes(MIB))])


def _zip64(good: bytes) -> bytes:
    """The same package with its numbers in the records of zip64."""
    body, end = good[:-22], good[-22:]
    *_, count, size, at, _ = struct.unpack("<4s4H2LH", end)
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, at)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(body), 1)
    return body + record + locator + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)


def _manifest_line(name: str, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def work(files: Files) -> None:
        files[name] = change(files[name])

    return _with(work)


def _tag_manifest(name: str) -> Callable[[bytes], bytes]:
    def make(good: bytes) -> bytes:
        top, files = opened(good)
        return closed(top, {**files, name: _other_digest(files[name])})

    return make


def _other_digest(data: bytes) -> bytes:
    return (b"1" if data[:1] == b"0" else b"0") + data[1:]


def _without(name: str) -> Callable[[bytes], bytes]:
    def make(good: bytes) -> bytes:
        top, files = opened(good)
        return closed(top, {one: data for one, data in files.items() if one != name})

    return make


def _put(name: str, data: bytes, files: Files) -> None:
    files[name] = data


def _less(files: Files) -> None:
    """A file of the payload that the manifests list is not there."""
    del files[_payload(files)]


def _changed(files: Files) -> None:
    files[_payload(files)] += b" "


def _payload(files: Files) -> str:
    return next(name for name in files if name.startswith("data/"))


def _in_one_manifest(kind: int) -> Callable[[Files], None]:
    def work(files: Files) -> None:
        lines = files[MANIFESTS[kind]].splitlines(keepends=True)
        files[MANIFESTS[kind]] = b"".join(lines[1:])

    return work


def _info(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    return _manifest_line("bag-info.txt", change)


def _slips() -> list[Hostile]:
    names = {
        "up": b"../x",
        "up from within": b"kaart/../../x",
        "up at the end": b"kaart/data/..",
        "from the root": b"/etc/x",
        "from the root, twice": b"//etc/x",
        "nothing between": b"kaart//x",
        "a dot": b"kaart/./x",
        "a dot alone": b".",
        "backslashes": rb"kaart\..\..\x",
        "up by backslash": rb"..\x",
        "a share": rb"\\host\share\x",
        "a drive": b"C:/x",
        "a drive, from here": b"C:x",
        "a stream": b"kaart/data/x:y",
        "a device": b"kaart/data/CON",
        "a device with an ending": b"kaart/data/nul.txt",
        "a dot at the end": b"kaart/data/x.",
        "a blank at the end": b"kaart/data/x ",
        "a blank in front": b"kaart/data/ x",
        "a zero": b"kaart/data/x\0.txt",
        "a line end": b"kaart/data/x\ny",
        "a bell": b"kaart/data/x\x07",
        "a home": b"~root/x",
        "in percents": b"kaart/%2e%2e/x",
        "too long": b"kaart/data/" + b"x" * 300,
        "far too long": b"kaart/" + b"x" * 60_000,
        "too deep": b"kaart/" + b"a/" * 20 + b"x",
        "two dots written too long": b"kaart/\xc0\xae\xc0\xae/x",
        "half a letter": b"kaart/data/\xc3",
        "a surrogate": b"kaart/data/\xed\xa0\x80",
        "empty": b"",
        "a folder": b"kaart/data/map/",
        "a wildcard": b"kaart/data/*",
        "a letter in two signs": "kaart/data/e\N{COMBINING ACUTE ACCENT}".encode(),
        "a wide slash": "kaart/data\N{FULLWIDTH SOLIDUS}..\N{FULLWIDTH SOLIDUS}x".encode(),
        "wide dots": "kaart/\N{FULLWIDTH FULL STOP}\N{FULLWIDTH FULL STOP}/x".encode(),
        "two dots in one": "kaart/\N{TWO DOT LEADER}/x".encode(),
        "turned around": "kaart/data/\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe".encode(),
        "a sign that does not show": "kaart/data/x\N{ZERO WIDTH SPACE}".encode(),
        "a line of its own": "kaart/data/x\N{LINE SEPARATOR}".encode(),
    }
    return [
        *(Hostile(f"name: {what}", "name", _named(name)) for what, name in names.items()),
        Hostile("name: an old code page", "name", _named(b"kaart/data/\x82", flags=0)),
    ]


def _kinds() -> list[Hostile]:
    link = Raw(b"kaart/data/x", b"/etc/passwd")
    modes = {
        "a link": 0o120777,
        "a pipe": 0o010600,
        "a device": 0o020600,
        "a disk": 0o060600,
        "a socket": 0o140600,
        "a folder": 0o040700,
    }
    found = [
        Hostile(f"kind: {what}", "kind", _beside(replace(link, attributes=mode << 16))) for what, mode in modes.items()
    ]
    return [
        *found,
        Hostile("kind: a folder of MS-DOS", "kind", _beside(replace(link, attributes=0x10, made=20))),
        Hostile("kind: made on VMS", "kind", _beside(replace(link, made=2 << 8 | 20))),
        Hostile(
            "kind: the whole of the top is a link", "kind", _beside(Raw(b"kaart", b"/etc", attributes=0o120777 << 16))
        ),
    ]


def _archives() -> list[Hostile]:
    bad = {
        "empty": lambda _: b"",
        "no zip": lambda _: b"<html>" * 99,
        "a zip of nothing": lambda _: raw_zip([]),
        "cut off": lambda good: good[:-1],
        "cut in half": lambda good: good[: len(good) // 2],
        "the end alone": lambda good: good[-22:],
        "something in front": lambda good: b"#!/bin/sh\n" + good,
        "something after": lambda good: good + b"\0",
        "another zip after": lambda good: good + raw_zip([Raw(b"kaart/x")]),
        "zip64": _zip64,
        "a comment": _again({}, b"hallo"),
        "more counted": _again({"count": 200, "here": 200}),
        "less counted": _again({"count": 1, "here": 1}),
        "of two disks": _again({"disk": 1}),
        "some counted elsewhere": _again({"here": 1}),
        "the directory elsewhere": _again({"at": 0}),
        "the directory of no size": _again({"size": 0}),
        "files over each other": _overlapping,
        "files within files": _quoted,
        "encrypted": _instead(lambda one: replace(one, flags=0x801)),
        "well encrypted": _instead(lambda one: replace(one, flags=0x841)),
        "with a hidden directory": _instead(lambda one: replace(one, flags=0x2800)),
        "sizes that come later": _instead(lambda one: replace(one, flags=0x808)),
        "a patch": _instead(lambda one: replace(one, flags=0x820)),
        "sizes elsewhere": _instead(
            lambda one: replace(
                one, extra=struct.pack("<2H2Q", 1, 16, 1, 1), there={"packed": 2**32 - 1, "size": 2**32 - 1}
            )
        ),
        "another name elsewhere": _instead(
            lambda one: replace(one, extra=struct.pack("<2HBL", 0x7075, 7, 1, zlib.crc32(one.name)) + b"..")
        ),
        "of a newer format": _instead(lambda one: replace(one, here={"needs": 45}, there={"needs": 45})),
        "on another disk": _instead(lambda one: replace(one, there={"disk": 1})),
        "a gap": _instead(lambda one: replace(one, there={"packed": 1})),
    }
    hidden: dict[str, Mapping[str, int | bytes]] = {
        "another name": {"name": b"kaart/data/ander.json"},
        "a way out": {"name": b"../../../../x.md"},
        "another size": {"size": 1},
        "another packed size": {"packed": 1},
        "another way": {"method": 0},
        "another checksum": {"crc": 1},
        "encryption": {"flags": 0x801},
        "more besides": {"extra": b"\x01\x00\x00\x00"},
    }
    found = [Hostile(f"archive: {what}", "archive", make) for what, make in bad.items()]

    def differing(told: Mapping[str, int | bytes]) -> Callable[[bytes], bytes]:
        # What is said before the file itself; where the extra bytes move it, the directory follows.
        return _instead(lambda one: replace(one, here=told))

    shifting = {"name", "extra"}
    found += [
        Hostile(f"hidden: {what}", "archive" if shifting & told.keys() else "hidden", differing(told))
        for what, told in hidden.items()
    ]
    as_long = _instead(lambda one: replace(one, here={"name": b"x" * len(one.name)}))
    return [*found, Hostile("hidden: another name as long", "hidden", as_long)]


def _contents() -> list[Hostile]:
    big = Raw(b"kaart/data/x", bytes(30 * MIB))
    grown = {"size": 5, "crc": zlib.crc32(bytes(5))}
    gone = {
        name: Hostile(f"missing: {name}", "missing", _without(name))
        for name in (*LISTED, *TAG_MANIFESTS, "tagmanifest-sha512.txt.sig")
    }
    damaged = {
        "another checksum": lambda one: replace(one, here={"crc": 1}, there={"crc": 1}),
        "less than told": lambda one: replace(one, here={"size": 10**6}, there={"size": 10**6}),
        "no deflate": lambda one: replace(one, packed=b"\xff" * 9),
        "half of a deflate": lambda one: replace(one, packed=deflated(one.data)[:-3]),
        "bytes after the deflate": lambda one: replace(one, packed=deflated(one.data) + b"x"),
        "nothing at all": lambda one: replace(one, packed=b""),
        "endless empty blocks": lambda one: replace(one, packed=b"\x00\x00\x00\xff\xff" * 40_000),
    }
    return [
        *gone.values(),
        *(Hostile(f"damaged: {what}", "damaged", _instead(work)) for what, work in damaged.items()),
        Hostile("method: bzip2", "method", _instead(lambda one: replace(one, method=12))),
        Hostile("method: lzma", "method", _instead(lambda one: replace(one, method=14))),
        Hostile(
            "method: stored, and of another size",
            "method",
            _instead(lambda one: replace(one, method=0, there={"size": 1})),
        ),
        Hostile("bomb: unpacks to a thousand times", "bomb", _beside(big)),
        Hostile(
            "bomb: says that it is small",
            "bomb",
            _instead(lambda one: replace(one, packed=deflated(bytes(90 * MIB)), here=grown, there=grown)),
        ),
        Hostile(
            "large: says that it is 4 GB",
            "large",
            _beside(replace(big, data=b"x", here={"size": 2**32 - 2}, there={"size": 2**32 - 2})),
        ),
        Hostile("large: many that are 100 MB together 2 GB", "large", _many_large),
        Hostile(
            "large: a signature of a megabyte",
            "large",
            _with(lambda files: files.update({"tagmanifest-sha512.txt.sig": bytes(MIB)})),
        ),
        Hostile(
            "large: a manifest of a megabyte", "large", _manifest_line(MANIFESTS[0], lambda data: data + b"x" * MIB)
        ),
        Hostile(
            "many: more files than a card has",
            "many",
            lambda _: raw_zip([Raw(b"kaart/data/%d" % n) for n in range(21_000)]),
        ),
        Hostile("many: counted only", "many", _again({"count": 60_000, "here": 60_000})),
        Hostile(
            "unknown: a zip in a zip",
            "unknown",
            lambda good: closed(*opened(good), Raw(b"kaart/data/nog.zip", good, 0)),
        ),
        Hostile("unknown: a program", "unknown", _named(b"kaart/data/kaart.exe")),
        Hostile("unknown: a file beside the payload", "unknown", _named(b"kaart/.bashrc")),
        Hostile("unknown: two folders", "unknown", _named(b"ander/bagit.txt")),
        Hostile("unknown: no folder", "unknown", _named(b"bagit.txt")),
        Hostile("unknown: another manifest", "unknown", _named(b"kaart/manifest-md5.txt")),
        Hostile("twice: the same name", "twice", lambda good: closed(*opened(good), Raw(b"kaart/bagit.txt", b"x"))),
        Hostile("twice: in capitals", "twice", _named(b"kaart/BAGIT.TXT")),
        Hostile("twice: a folder in capitals", "twice", _named(b"kaart/Data/x")),
        Hostile(
            "twice: a sharp s",
            "twice",
            lambda good: closed(*opened(good), Raw("kaart/data/ß".encode()), Raw(b"kaart/data/ss")),
        ),
        Hostile("twice: a file that is a folder", "twice", _named(b"kaart/bagit.txt/x")),
    ]


def _many_large(good: bytes) -> bytes:
    told = {"size": 100 * MIB}
    return closed(*opened(good), *(Raw(b"kaart/data/%d" % n, b"x", here=told, there=told) for n in range(20)))


def _bags() -> list[Hostile]:
    infos = {
        "not UTF-8": lambda data: data + b"X: \xff\n",
        "no label": lambda data: data + b"hallo\n",
        "a label twice": lambda data: data + data,
        "no end of line": lambda data: data + b"X: y",
        "a sign that does not show": lambda data: data + b"X: y\x1b[2J\n",
    }
    versions = {
        "of an older version": b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n",
        "of a newer one": b"BagIt-Version: 1.1\nTag-File-Character-Encoding: UTF-8\n",
        "in another encoding": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-16\n",
        "with a mark in front": b"\xef\xbb\xbfBagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "of nothing": b"",
    }
    lines = {
        "another digest": _other_digest,
        "no digest": lambda data: b"x" + data[1:],
        "in capitals": lambda data: data.upper(),
        "a line twice": lambda data: data + data.splitlines(keepends=True)[0],
        "a star": lambda data: data.replace(b"  ", b" *"),
        "not UTF-8": lambda data: data + b"\xff\n",
    }
    return [
        *(
            Hostile(f"checksum: {what} in {name}", "checksum", _manifest_line(name, work))
            for what, work in lines.items()
            for name in MANIFESTS
        ),
        *(Hostile(f"checksum: another digest in {name}", "checksum", _tag_manifest(name)) for name in TAG_MANIFESTS),
        Hostile("checksum: a file was changed", "checksum", _with(_changed)),
        Hostile("missing: a file", "missing", _with(_less)),
        Hostile(
            "missing: a file that lies elsewhere",
            "missing",
            _manifest_line(MANIFESTS[0], lambda data: data + b"0" * 64 + b"  data/../../x\n"),
        ),
        *(
            Hostile(f"extra: a file that {name} does not list", "extra", _with(_in_one_manifest(number)))
            for number, name in enumerate(MANIFESTS)
        ),
        Hostile(
            "fetch: files from elsewhere",
            "fetch",
            _with(lambda files: files.update({"fetch.txt": b"http://localhost/x - data/x\n"})),
        ),
        *(
            Hostile(f"version: {what}", "version", _with(partial(_put, "bagit.txt", data)))
            for what, data in versions.items()
        ),
        *(Hostile(f"info: {what}", "info", _info(work)) for what, work in infos.items()),
        Hostile("oxum: counts more", "oxum", _info(lambda data: data.replace(b"Oxum: ", b"Oxum: 1"))),
        Hostile("oxum: counts nothing", "oxum", _info(lambda data: data.replace(b"Payload-Oxum: ", b"Other: "))),
    ]


HOSTILE = [*_slips(), *_kinds(), *_archives(), *_contents(), *_bags()]


def _signed(signature: Callable[[bytes, bytes], bytes]) -> Callable[[bytes], bytes]:
    def make(good: bytes) -> bytes:
        top, files = opened(good)
        files["tagmanifest-sha512.txt.sig"] = signature(
            files["tagmanifest-sha512.txt"], files["tagmanifest-sha512.txt.sig"]
        )
        return closed(top, files)

    return make


def _by_another(data: bytes, namespace: str = signing.NAMESPACE) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        Keys(Path(folder, "keys")).sign(b"")
        return sign_as(Path(folder, "keys", "ondertekening"), namespace, data)


def _new_oxum(good: bytes) -> bytes:
    """Whole in all of its lists, but for the signature: somebody on the way added to what the sender says of it."""
    return _info(lambda data: data + b"Contact-Name: Iemand anders\n")(good)


FORGED = [
    Hostile("signature: of another key", "signature", _signed(lambda data, _: _by_another(data))),
    Hostile(
        "signature: for another purpose, of another key", "signature", _signed(lambda data, _: _by_another(data, "git"))
    ),
    Hostile("signature: empty", "signature", _signed(lambda *_: b"")),
    Hostile("signature: no signature", "signature", _signed(lambda *_: b"ok\n")),
    Hostile(
        "signature: one sign is another", "signature", _signed(lambda _, was: was.replace(b"U1NIU0lH", b"U1NIU0lI"))
    ),
    Hostile("signature: of another package", "signature", _new_oxum),
]
