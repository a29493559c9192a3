"""What a bag (BagIt, RFC 8493) of ours looks like: which files it has, what its names may be, how lists are written.

Stricter than the standard, which allows more than anybody here writes: a name that two systems could take for two
different places is refused, by who writes as by who reads.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.storage.errors import StoreError

BAGIT, INFO, FETCH = "bagit.txt", "bag-info.txt", "fetch.txt"
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
KINDS = ("sha256", "sha512")
MANIFESTS = tuple(f"manifest-{kind}.txt" for kind in KINDS)
TAG_MANIFESTS = tuple(f"tagmanifest-{kind}.txt" for kind in KINDS)
LISTED = (INFO, BAGIT, *MANIFESTS)
"""The files beside the payload that the tag manifests list."""
SIGNED = TAG_MANIFESTS[-1]
SIGNATURE = f"{SIGNED}.sig"
TAGS = frozenset({*LISTED, *TAG_MANIFESTS, SIGNATURE})
DATA = "data/"
OXUM = "Payload-Oxum"

Code = Literal[
    "archive", "large", "many", "name", "twice", "kind", "hidden", "method", "unknown", "bomb",
    "damaged", "missing", "extra", "checksum", "fetch", "version", "info", "oxum",
]  # fmt: skip
"""What can be wrong with a bag:

    archive     no zip, or not one as this program writes it: something before, between or after, zip64, encrypted
    large, many more bytes or files than are taken in
    name        a name that could lead elsewhere, or be read in two ways
    twice       two names for one place
    kind        a link, a directory or a device where a file belongs
    hidden      what the directory of the zip says of a file is not what stands before the file itself
    method      packed in another way than stored or deflate
    unknown     a file that such a package does not hold
    bomb        unpacks to far more than it is
    damaged     a file is not what the zip says it is
    missing, extra, checksum    the manifests and the files differ
    fetch       files to be had elsewhere
    version     no bag of version 1.0 in UTF-8
    info, oxum  bag-info.txt cannot be read, or counts other files than there are
"""


class BadBag(StoreError):
    """A file is no bag that can be taken in; nothing of it was kept.

    Attributes:
        code: what is wrong, in one word that stays the same.
    """

    def __init__(self, code: Code, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code: Code = code


@dataclass(frozen=True)
class BagLimits:
    """How much a bag may be. The defaults hold a card of 2,000 revisions on which 10,000 things were said.

    Attributes:
        zip_bytes: of the file itself.
        files: how many there are in it, with those of the bag itself.
        file_bytes: of one file, unpacked.
        total_bytes: of all of them, unpacked.
        ratio: how many times larger it may become; looked at for what becomes larger than `small`.
        small: how many bytes are no bomb, however well they were packed.
    """

    zip_bytes: int = 200 * 2**20
    files: int = 20_000
    file_bytes: int = 200 * 2**20
    total_bytes: int = 500 * 2**20
    ratio: int = 100
    small: int = 16 * 2**20

    def check(self, packed: int, sizes: Sequence[int]) -> None:
        """Hold the sizes of the files in a zip against the limits; raises `BadBag`."""
        if len(sizes) > self.files:
            raise BadBag("many", f"{len(sizes)} files")
        if packed > self.zip_bytes or max(sizes, default=0) > self.file_bytes or sum(sizes) > self.total_bytes:
            raise BadBag("large", f"{packed} bytes that unpack to {sum(sizes)}")
        if sum(sizes) > max(self.small, packed * self.ratio):
            raise BadBag("bomb", f"{packed} bytes that unpack to {sum(sizes)}")


CARD = BagLimits()

_FORBIDDEN = re.compile(r'[\\:*?"<>|%~]')
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
_LONGEST_PART, _LONGEST, _DEEPEST = 200, 400, 8


def check_name(name: str) -> None:
    """See that a path means one place below a folder, on every system; raises `BadBag`."""
    parts = name.split("/")
    if len(name.encode("utf-8", "replace")) > _LONGEST or len(parts) > _DEEPEST:
        raise BadBag("name", f"too long or too deep: {name[:80]!r}")
    if unicodedata.normalize("NFKC", name) != name or _FORBIDDEN.search(name):
        raise BadBag("name", repr(name))
    if any(unicodedata.category(sign) in _HIDDEN for sign in name):
        raise BadBag("name", repr(name))
    for part in parts:
        if part in {"", ".", ".."} or part != part.strip() or part.endswith(".") or _DEVICE.fullmatch(part):
            raise BadBag("name", repr(name))
        if len(part.encode()) > _LONGEST_PART:
            raise BadBag("name", f"too long: {part[:80]!r}")


def check_apart(names: Iterable[str]) -> None:
    """See that no two names are one place on any system, and no file is the folder of another; raises `BadBag`."""
    files: set[str] = set()
    folders: dict[str, str] = {}
    for name in names:
        one = _folded(name)
        if one in files:
            raise BadBag("twice", repr(name))
        files.add(one)
        parts = name.split("/")[:-1]
        for end in range(1, len(parts) + 1):
            folder = "/".join(parts[:end])
            if folders.setdefault(_folded(folder), folder) != folder:
                raise BadBag("twice", repr(name))
    if both := files & folders.keys():
        raise BadBag("twice", f"a file and a folder: {min(both)!r}")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name.casefold())


def manifest(digests: Mapping[str, str]) -> bytes:
    """A manifest: for each path the digest, by path."""
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode()


def read_manifest(data: bytes, kind: str) -> dict[str, str]:
    """What `manifest` wrote; raises `BadBag` for anything else."""
    signs = {"sha256": 64, "sha512": 128}[kind]
    line = re.compile(rf"([0-9a-f]{{{signs}}})  ([^\r\n]+)")
    found: dict[str, str] = {}
    for one in _lines(data, "checksum"):
        match = line.fullmatch(one)
        if match is None or match[2] in found:
            raise BadBag("checksum", f"a line of manifest-{kind}: {one[:80]!r}")
        found[match[2]] = match[1]
    return found


def info_lines(info: Sequence[tuple[str, str]]) -> bytes:
    """bag-info.txt.

    Raises:
        ValueError: a label stands twice, or something is not one line.
    """
    lines = [f"{label}: {value}" for label, value in info]
    if len(dict(info)) != len(info) or any(not _INFO.fullmatch(line) for line in lines):
        raise ValueError(f"no lines of bag-info.txt: {[label for label, _ in info]}")
    return "".join(f"{line}\n" for line in lines).encode()


def read_info(data: bytes) -> dict[str, str]:
    """What `info_lines` wrote; raises `BadBag` for anything else."""
    found: dict[str, str] = {}
    for line in _lines(data, "info"):
        match = _INFO.fullmatch(line)
        if match is None or match[1] in found:
            raise BadBag("info", f"a line of {INFO}: {line[:80]!r}")
        found[match[1]] = match[2]
    return found


_INFO = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,59}): ([^\x00-\x1f\x7f-\x9f\u2028\u2029]*)")


def _lines(data: bytes, code: Code) -> list[str]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadBag(code, "not UTF-8") from error
    if text and not text.endswith("\n"):
        raise BadBag(code, "the last line does not end")
    return text.split("\n")[:-1]
