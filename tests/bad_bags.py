"""How a good package is made into a bad one: each gives what makes its bytes from those of a good one."""

import hashlib
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence

from app.storage.bag_form import KINDS, LISTED, MANIFESTS, TAG_MANIFESTS, manifest
from tests.raw_zips import Raw, deflated, local_header, raw_zip

MIB = 1 << 20
Files = dict[str, bytes]
Make = Callable[[bytes], bytes]


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


def with_files(change: Callable[[Files], object]) -> Callable[[bytes], bytes]:
    """What is wrong is in the files; the tag manifests hold."""

    def make(good: bytes) -> bytes:
        top, files = opened(good)
        change(files)
        return closed(top, listed(files))

    return make


def beside(raw: Raw) -> Callable[[bytes], bytes]:
    """A good package with one more file, that lies."""
    return lambda good: closed(*opened(good), raw)


def named(name: bytes, **more: int) -> Callable[[bytes], bytes]:
    return beside(Raw(name, b"x", **more))  # type: ignore[arg-type]


def instead(change: Callable[[Raw], Raw]) -> Callable[[bytes], bytes]:
    """A good package of which the first file of the payload lies."""

    def make(good: bytes) -> bytes:
        top, files = opened(good)
        raws = [Raw(f"{top}/{name}".encode(), data) for name, data in files.items()]
        first = next(number for number, one in enumerate(raws) if b"/data/" in one.name)
        raws[first] = change(raws[first])
        return raw_zip(raws)

    return make


def ended(end: Mapping[str, int], comment: bytes = b"") -> Callable[[bytes], bytes]:
    def make(good: bytes) -> bytes:
        top, files = opened(good)
        return raw_zip([Raw(f"{top}/{name}".encode(), data) for name, data in files.items()], comment, end=end)

    return make


def overlapping(good: bytes) -> bytes:
    """Many files that are all the same bytes of the zip."""
    top, files = opened(good)
    kernel = deflated(bytes(MIB))
    raws = [Raw(f"{top}/data/0".encode(), bytes(MIB), packed=kernel)]
    name = f"{top}/data/0".encode()
    raws += [
        Raw(name[:-1] + b"%d" % n, bytes(MIB), packed=b"", there={"at": 0, "packed": len(kernel)}) for n in range(9)
    ]
    return raw_zip([*raws, *(Raw(f"{top}/{one}".encode(), data) for one, data in files.items())])


def quoted(good: bytes) -> bytes:
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


def as_zip64(good: bytes) -> bytes:
    """The same package with its numbers in the records of zip64."""
    body, end = good[:-22], good[-22:]
    *_, count, size, at, _ = struct.unpack("<4s4H2LH", end)
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, at)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(body), 1)
    return body + record + locator + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)


def in_tag_file(name: str, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def work(files: Files) -> None:
        files[name] = change(files[name])

    return with_files(work)


def in_tag_manifest(name: str) -> Callable[[bytes], bytes]:
    def make(good: bytes) -> bytes:
        top, files = opened(good)
        return closed(top, {**files, name: other_digest(files[name])})

    return make


def other_digest(data: bytes) -> bytes:
    return (b"1" if data[:1] == b"0" else b"0") + data[1:]


def without(name: str) -> Callable[[bytes], bytes]:
    def make(good: bytes) -> bytes:
        top, files = opened(good)
        return closed(top, {one: data for one, data in files.items() if one != name})

    return make


def put(name: str, data: bytes, files: Files) -> None:
    files[name] = data


def less(files: Files) -> None:
    """A file of the payload that the manifests list is not there."""
    del files[first_of_payload(files)]


def changed(files: Files) -> None:
    files[first_of_payload(files)] += b" "


def first_of_payload(files: Files) -> str:
    return next(name for name in files if name.startswith("data/"))


def in_one_manifest(kind: int) -> Callable[[Files], None]:
    def work(files: Files) -> None:
        lines = files[MANIFESTS[kind]].splitlines(keepends=True)
        files[MANIFESTS[kind]] = b"".join(lines[1:])

    return work


def in_info(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    return in_tag_file("bag-info.txt", change)


def many_large(good: bytes) -> bytes:
    told = {"size": 100 * MIB}
    return closed(*opened(good), *(Raw(b"kaart/data/%d" % n, b"x", here=told, there=told) for n in range(20)))
