"""Packages that nobody may take in, each made from a good one: by what must be said of it, and how it is made.

`HOSTILE` are those that are no bag, or a dangerous one; `FORGED` are whole, but not signed by who they say.
"""

import struct
import tempfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from app.storage import signing
from app.storage.bag_form import LISTED, MANIFESTS, TAG_MANIFESTS
from app.storage.signing import Keys
from tests.bad_bags import (
    MIB,
    as_zip64,
    beside,
    changed,
    closed,
    ended,
    in_info,
    in_one_manifest,
    in_tag_file,
    in_tag_manifest,
    instead,
    less,
    many_large,
    named,
    opened,
    other_digest,
    overlapping,
    put,
    quoted,
    with_files,
    without,
)
from tests.plain_ssh import sign_as
from tests.raw_zips import Raw, deflated, raw_zip


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
        *(Hostile(f"name: {what}", "name", named(name)) for what, name in names.items()),
        Hostile("name: an old code page", "name", named(b"kaart/data/\x82", flags=0)),
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
        Hostile(f"kind: {what}", "kind", beside(replace(link, attributes=mode << 16))) for what, mode in modes.items()
    ]
    return [
        *found,
        Hostile("kind: a folder of MS-DOS", "kind", beside(replace(link, attributes=0x10, made=20))),
        Hostile("kind: made on VMS", "kind", beside(replace(link, made=2 << 8 | 20))),
        Hostile(
            "kind: the whole of the top is a link", "kind", beside(Raw(b"kaart", b"/etc", attributes=0o120777 << 16))
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
        "zip64": as_zip64,
        "a comment": ended({}, b"hallo"),
        "more counted": ended({"count": 200, "here": 200}),
        "less counted": ended({"count": 1, "here": 1}),
        "of two disks": ended({"disk": 1}),
        "some counted elsewhere": ended({"here": 1}),
        "the directory elsewhere": ended({"at": 0}),
        "the directory of no size": ended({"size": 0}),
        "files over each other": overlapping,
        "files within files": quoted,
        "encrypted": instead(lambda one: replace(one, flags=0x801)),
        "well encrypted": instead(lambda one: replace(one, flags=0x841)),
        "with a hidden directory": instead(lambda one: replace(one, flags=0x2800)),
        "sizes that come later": instead(lambda one: replace(one, flags=0x808)),
        "a patch": instead(lambda one: replace(one, flags=0x820)),
        "sizes elsewhere": instead(
            lambda one: replace(
                one, extra=struct.pack("<2H2Q", 1, 16, 1, 1), there={"packed": 2**32 - 1, "size": 2**32 - 1}
            )
        ),
        "another name elsewhere": instead(
            lambda one: replace(one, extra=struct.pack("<2HBL", 0x7075, 7, 1, zlib.crc32(one.name)) + b"..")
        ),
        "of a newer format": instead(lambda one: replace(one, here={"needs": 45}, there={"needs": 45})),
        "on another disk": instead(lambda one: replace(one, there={"disk": 1})),
        "a gap": instead(lambda one: replace(one, there={"packed": 1})),
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
        return instead(lambda one: replace(one, here=told))

    shifting = {"name", "extra"}
    found += [
        Hostile(f"hidden: {what}", "archive" if shifting & told.keys() else "hidden", differing(told))
        for what, told in hidden.items()
    ]
    as_long = instead(lambda one: replace(one, here={"name": b"x" * len(one.name)}))
    return [*found, Hostile("hidden: another name as long", "hidden", as_long)]


def _contents() -> list[Hostile]:
    big = Raw(b"kaart/data/x", bytes(30 * MIB))
    grown = {"size": 5, "crc": zlib.crc32(bytes(5))}
    gone = {
        name: Hostile(f"missing: {name}", "missing", without(name))
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
        *(Hostile(f"damaged: {what}", "damaged", instead(work)) for what, work in damaged.items()),
        Hostile("method: bzip2", "method", instead(lambda one: replace(one, method=12))),
        Hostile("method: lzma", "method", instead(lambda one: replace(one, method=14))),
        Hostile(
            "method: stored, and of another size",
            "method",
            instead(lambda one: replace(one, method=0, there={"size": 1})),
        ),
        Hostile("bomb: unpacks to a thousand times", "bomb", beside(big)),
        Hostile(
            "bomb: says that it is small",
            "bomb",
            instead(lambda one: replace(one, packed=deflated(bytes(90 * MIB)), here=grown, there=grown)),
        ),
        Hostile(
            "large: says that it is 4 GB",
            "large",
            beside(replace(big, data=b"x", here={"size": 2**32 - 2}, there={"size": 2**32 - 2})),
        ),
        Hostile("large: many that are 100 MB together 2 GB", "large", many_large),
        Hostile(
            "large: a signature of a megabyte",
            "large",
            with_files(lambda files: files.update({"tagmanifest-sha512.txt.sig": bytes(MIB)})),
        ),
        Hostile("large: a manifest of a megabyte", "large", in_tag_file(MANIFESTS[0], lambda data: data + b"x" * MIB)),
        Hostile(
            "many: more files than a card has",
            "many",
            lambda _: raw_zip([Raw(b"kaart/data/%d" % n) for n in range(21_000)]),
        ),
        Hostile("many: counted only", "many", ended({"count": 60_000, "here": 60_000})),
        Hostile(
            "unknown: a zip in a zip",
            "unknown",
            lambda good: closed(*opened(good), Raw(b"kaart/data/nog.zip", good, 0)),
        ),
        Hostile("unknown: a program", "unknown", named(b"kaart/data/kaart.exe")),
        Hostile("unknown: a file beside the payload", "unknown", named(b"kaart/.bashrc")),
        Hostile("unknown: two folders", "unknown", named(b"ander/bagit.txt")),
        Hostile("unknown: no folder", "unknown", named(b"bagit.txt")),
        Hostile("unknown: another manifest", "unknown", named(b"kaart/manifest-md5.txt")),
        Hostile("twice: the same name", "twice", lambda good: closed(*opened(good), Raw(b"kaart/bagit.txt", b"x"))),
        Hostile("twice: in capitals", "twice", named(b"kaart/BAGIT.TXT")),
        Hostile("twice: a folder in capitals", "twice", named(b"kaart/Data/x")),
        Hostile(
            "twice: a sharp s",
            "twice",
            lambda good: closed(*opened(good), Raw("kaart/data/ß".encode()), Raw(b"kaart/data/ss")),
        ),
        Hostile("twice: a file that is a folder", "twice", named(b"kaart/bagit.txt/x")),
    ]


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
        "another digest": other_digest,
        "no digest": lambda data: b"x" + data[1:],
        "in capitals": lambda data: data.upper(),
        "a line twice": lambda data: data + data.splitlines(keepends=True)[0],
        "a star": lambda data: data.replace(b"  ", b" *"),
        "not UTF-8": lambda data: data + b"\xff\n",
    }
    return [
        *(
            Hostile(f"checksum: {what} in {name}", "checksum", in_tag_file(name, work))
            for what, work in lines.items()
            for name in MANIFESTS
        ),
        *(Hostile(f"checksum: another digest in {name}", "checksum", in_tag_manifest(name)) for name in TAG_MANIFESTS),
        Hostile("checksum: a file was changed", "checksum", with_files(changed)),
        Hostile("missing: a file", "missing", with_files(less)),
        Hostile(
            "missing: a file that lies elsewhere",
            "missing",
            in_tag_file(MANIFESTS[0], lambda data: data + b"0" * 64 + b"  data/../../x\n"),
        ),
        *(
            Hostile(f"extra: a file that {name} does not list", "extra", with_files(in_one_manifest(number)))
            for number, name in enumerate(MANIFESTS)
        ),
        Hostile(
            "fetch: files from elsewhere",
            "fetch",
            with_files(lambda files: files.update({"fetch.txt": b"http://localhost/x - data/x\n"})),
        ),
        *(
            Hostile(f"version: {what}", "version", with_files(partial(put, "bagit.txt", data)))
            for what, data in versions.items()
        ),
        *(Hostile(f"info: {what}", "info", in_info(work)) for what, work in infos.items()),
        Hostile("oxum: counts more", "oxum", in_info(lambda data: data.replace(b"Oxum: ", b"Oxum: 1"))),
        Hostile("oxum: counts nothing", "oxum", in_info(lambda data: data.replace(b"Payload-Oxum: ", b"Other: "))),
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
    return in_info(lambda data: data + b"Contact-Name: Iemand anders\n")(good)


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
