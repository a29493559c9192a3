"""The box in which a card travels: a bag (BagIt, RFC 8493) in one zip, with a signature over what it lists.

Anybody can check it without this program: `bagit.py --validate` the unpacked folder, and hold the signature against
the sender's key with OpenSSH alone (docs/security.md).
"""

import hashlib
import os
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.storage import bag_form as form
from app.storage.bag_archive import Entry, Unpacked, entries, unpack
from app.storage.bag_form import CARD, BadBag, BagLimits, Code
from app.storage.errors import StoreFailed, translated
from app.storage.files import sync_directory

__all__ = ["CARD", "BadBag", "Bag", "BagLimits", "Code", "read_bag", "write_bag"]

_STEP = 1 << 16
_SMALL = 1 << 16
"""How large the files of the bag itself may be, but for the manifests."""
_LINE = 600
"""How many bytes a line of a manifest has at most: a digest and a path."""


@dataclass(frozen=True)
class Bag:
    """What was unpacked, and is what its manifests say. Who signed it is not judged yet.

    Attributes:
        folder: where the payload is.
        info: what bag-info.txt says.
        digest: by which the package is known; the same payload has the same.
        signed: what the signature is over: it holds, by way of the manifests, for every file.
        signature: as `signing.verify` takes it.
    """

    folder: Path
    info: Mapping[str, str]
    digest: str
    signed: bytes
    signature: bytes


def write_bag(
    target: Path,
    payload: Mapping[str, bytes | Path],
    info: Sequence[tuple[str, str]],
    sign: Callable[[bytes], bytes],
    *,
    top: str = "",
    limits: BagLimits = CARD,
) -> str:
    """Write a bag in one zip, on disk on return, for this user alone; the same of everything gives the same bytes.

    Args:
        target: the zip; what is there is replaced, once the new one is whole.
        payload: for each path below ``data/`` its bytes, or the file that holds them.
        info: what bag-info.txt says besides how much there is.
        sign: gives the signature, armored, over bytes.
        top: the folder in the zip; the name of the zip without its ending unless told.
        limits: what the other side takes in.

    Returns:
        The digest by which the package is known.

    Raises:
        ValueError: `info` is not of lines.
        BadBag: a name cannot travel, or it is more than is taken in: `name`, `twice`, `large`, `many`, `bomb`.
        StoreError: the disk refused, or `sign` did; there is no new file.
    """
    top = top or target.stem
    names = [f"{form.DATA}{name}" for name in payload]
    for name in [top, *names]:
        form.check_name(name)
    form.check_apart(names)
    limits.check(0, [0] * (len(names) + len(form.TAGS)))
    form.info_lines(info)
    with _whole(target) as file, zipfile.ZipFile(file, "w", strict_timestamps=True) as archive:
        parts = {
            name: _add(archive, f"{top}/{name}", payload[name[len(form.DATA) :]], limits) for name in sorted(names)
        }
        tags = _tags(parts, info)
        tags[form.SIGNATURE] = sign(tags[form.SIGNED])
        for name, data in tags.items():
            _add(archive, f"{top}/{name}", data, limits)
        archive.close()
        limits.check(file.tell(), [one.file_size for one in archive.infolist()])
    return hashlib.sha256(tags[form.MANIFESTS[-1]]).hexdigest()


def read_bag(zip_file: Path, into: Path, known: Callable[[str], bool], limits: BagLimits = CARD) -> Bag:
    """Unpack a bag that somebody sent, and see that it is whole.

    Args:
        zip_file: what came in.
        into: a folder that is not there yet: it is made; it is gone again when anything is wrong.
        known: whether a package has a file of this path below ``data/``.
        limits: how much is taken in.

    Raises:
        BadBag: it is not a bag that can be taken in.
        StoreError: the disk refused.
    """
    with translated(f"make {into.name}"):
        into.mkdir(mode=0o700)
    try:
        with translated(f"unpack into {into.name}", git_error=StoreFailed), _plain_file(zip_file) as file:
            found = _judged(entries(file, limits), known)
            return _checked(into, _unpacked(file, found, into))
    except BaseException:
        shutil.rmtree(into, ignore_errors=True)
        raise


def _tags(parts: Mapping[str, Unpacked], info: Sequence[tuple[str, str]]) -> dict[str, bytes]:
    """The files of the bag itself, but for the signature."""
    tags = {
        form.INFO: form.info_lines([*info, (form.OXUM, _oxum(parts))]),
        form.BAGIT: form.DECLARATION,
        **{
            name: form.manifest({path: one.digests[number] for path, one in parts.items()})
            for number, name in enumerate(form.MANIFESTS)
        },
    }
    listed = {name: (hashlib.sha256(data).hexdigest(), hashlib.sha512(data).hexdigest()) for name, data in tags.items()}
    for number, name in enumerate(form.TAG_MANIFESTS):
        tags[name] = form.manifest({tag: digests[number] for tag, digests in listed.items()})
    return tags


def _oxum(parts: Mapping[str, Unpacked]) -> str:
    return f"{sum(one.size for one in parts.values())}.{len(parts)}"


def _add(archive: zipfile.ZipFile, name: str, content: bytes | Path, limits: BagLimits) -> Unpacked:
    """Pack one file and tell what went in, read once: a file that changes meanwhile is listed as it was packed."""
    entry = zipfile.ZipInfo(name)  # of 1980, for nobody may see a difference where there is none
    entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
    entry.external_attr = (stat.S_IFREG | 0o600) << 16
    hashes = hashlib.sha256(), hashlib.sha512()
    size = 0
    with archive.open(entry, "w") as out:
        for piece in [content] if isinstance(content, bytes) else _pieces(content):
            for one in hashes:
                one.update(piece)
            size += len(piece)
            if size > limits.file_bytes:
                raise BadBag("large", f"{name!r} is more than {limits.file_bytes} bytes")
            out.write(piece)
    return Unpacked(size, (hashes[0].hexdigest(), hashes[1].hexdigest()))


def _pieces(path: Path) -> Iterator[bytes]:
    with _plain_file(path) as file:
        while piece := file.read(_STEP):
            yield piece


@contextmanager
def _plain_file(path: Path) -> Iterator[BinaryIO]:
    """A file to read that is no link, nor anything that one could wait for without end."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise BadBag("archive", f"{path.name} is no file")
        yield file


@contextmanager
def _whole(target: Path) -> Iterator[BinaryIO]:
    """A file to write that takes the place of `target` when all went well, and else was never there."""
    aside = target.with_name(f"{target.name}.new")
    try:
        with translated(f"write {target.name}", git_error=StoreFailed):
            aside.unlink(missing_ok=True)
            descriptor = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w+b") as file:
                yield file
                file.flush()
                os.fsync(descriptor)
            aside.replace(target)
            sync_directory(target.parent)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def _judged(found: Sequence[Entry], known: Callable[[str], bool]) -> dict[str, Entry]:
    """The files of a bag by their path below its one folder, judged by their names alone."""
    for one in found:
        form.check_name(one.name)
    form.check_apart(one.name for one in found)
    tops = {one.name.partition("/")[0] for one in found}
    if len(tops) != 1 or any("/" not in one.name for one in found):
        raise BadBag("unknown", "not one folder")
    named = {one.name.partition("/")[2]: one for one in found}
    if form.FETCH in named:
        raise BadBag("fetch", "files from elsewhere")
    for name in named:
        if not (known(name[len(form.DATA) :]) if name.startswith(form.DATA) else name in form.TAGS):
            raise BadBag("unknown", repr(name))
    if lacking := form.TAGS - named.keys():
        raise BadBag("missing", min(lacking))
    for name in form.TAGS:
        if named[name].size > (len(found) * _LINE if name in form.MANIFESTS else _SMALL):
            raise BadBag("large", name)
    return named


def _unpacked(file: BinaryIO, named: Mapping[str, Entry], into: Path) -> dict[str, Unpacked]:
    (into / form.DATA).mkdir(mode=0o700)
    done: dict[str, Unpacked] = {}
    for name, entry in named.items():
        path = into / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        done[name] = unpack(file, entry, path)
    return done


def _checked(into: Path, done: Mapping[str, Unpacked]) -> Bag:
    """Hold what was unpacked against what the bag says of it."""
    tags = {name: (into / name).read_bytes() for name in form.TAGS}
    if tags[form.BAGIT] != form.DECLARATION:
        raise BadBag("version", form.BAGIT)
    parts = {name: one for name, one in done.items() if name.startswith(form.DATA)}
    listed = {name: done[name] for name in form.LISTED}
    for number, kind in enumerate(form.KINDS):
        for names, over in ((form.TAG_MANIFESTS, listed), (form.MANIFESTS, parts)):
            _compare(form.read_manifest(tags[names[number]], kind), over, number, names[number])
    info = form.read_info(tags[form.INFO])
    if info.get(form.OXUM) != _oxum(parts):
        raise BadBag("oxum", f"{info.get(form.OXUM)} and not {_oxum(parts)}")
    digest = hashlib.sha256(tags[form.MANIFESTS[-1]]).hexdigest()
    return Bag(into / form.DATA, info, digest, tags[form.SIGNED], tags[form.SIGNATURE])


def _compare(told: Mapping[str, str], over: Mapping[str, Unpacked], number: int, where: str) -> None:
    if lacking := told.keys() - over.keys():
        raise BadBag("missing", f"{where} lists {min(lacking)!r}")
    if extra := over.keys() - told.keys():
        raise BadBag("extra", f"{where} does not list {min(extra)!r}")
    for name, digest in told.items():
        if over[name].digests[number] != digest:
            raise BadBag("checksum", f"{name!r} in {where}")
