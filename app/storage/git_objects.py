"""Commits and trees of git as the bytes they are: for what must keep its very id, and for what nobody trusts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

PLAIN = b"100644"
"""The mode of an ordinary file."""
ENCODINGS = frozenset({"utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})
"""What a commit may say that it is written in; anything else is read as UTF-8."""
_HEADER = re.compile(
    rb"tree (?P<tree>[0-9a-f]{40})\n(?P<parents>(?:parent [0-9a-f]{40}\n)*)"
    rb"author (?P<author>[^\n]*)\ncommitter (?P<committer>[^\n]*)\n(?P<others>(?:[^\n]+\n)*)(?:\n|\Z)"
)
_ENCODING = re.compile(rb"^encoding ([^\n]+)$", re.M)


class Entry(NamedTuple):
    """One name in a tree."""

    mode: bytes
    name: bytes
    oid: str


@dataclass(frozen=True)
class RawCommit:
    """A commit in its parts.

    Attributes:
        tree: the id of its tree.
        parents: the ids of its parents.
        author: name, address, time and zone, in one line.
        committer: the same of who committed.
        encoding: what it says that its text is written in, in small letters; empty where it does not: UTF-8.
        message: what it says.
    """

    tree: str
    parents: tuple[str, ...]
    author: bytes
    committer: bytes
    encoding: str
    message: bytes


def commit_of(raw: bytes) -> RawCommit:
    """Take a commit apart; signatures and other additions are left out.

    Raises:
        ValueError: it is not in the form that git writes.
    """
    header = _HEADER.match(raw)
    if header is None:
        raise ValueError("not a commit")
    parents = header["parents"].decode("ascii").split("\n")[:-1]
    encoding = _ENCODING.search(header["others"])
    return RawCommit(
        header["tree"].decode("ascii"),
        tuple(line.removeprefix("parent ") for line in parents),
        header["author"],
        header["committer"],
        encoding[1].decode("ascii", "replace").lower() if encoding else "",
        raw[header.end() :],
    )


def commit_bytes(commit: RawCommit) -> bytes:
    """A commit as git keeps it; it says nothing of an encoding."""
    parents = "".join(f"parent {parent}\n" for parent in commit.parents)
    header = f"tree {commit.tree}\n{parents}".encode()
    return b"%bauthor %b\ncommitter %b\n\n%b" % (header, commit.author, commit.committer, commit.message)


def in_utf8(commit: RawCommit) -> RawCommit:
    """A commit that was written in another encoding, in UTF-8."""
    author, committer, message = (
        _utf8(text, commit.encoding) for text in (commit.author, commit.committer, commit.message)
    )
    return replace(commit, author=author, committer=committer, encoding="", message=message)


def _utf8(text: bytes, encoding: str) -> bytes:
    return text.decode(encoding if encoding in ENCODINGS else "utf-8", "replace").encode()


def entries_of(raw: bytes) -> list[Entry]:
    """Take a tree apart.

    Raises:
        ValueError: it is not in the form that git writes.
    """
    entries, at = [], 0
    while at < len(raw):
        space = raw.index(b" ", at)
        end = raw.index(b"\0", space)
        oid = raw[end + 1 : end + 21]
        if len(oid) < 20:
            raise ValueError("a tree that is cut off")
        entries.append(Entry(raw[at:space], raw[space + 1 : end], oid.hex()))
        at = end + 21
    return entries


def tree_bytes(files: Mapping[str, str]) -> bytes:
    """A tree of ordinary files, name and blob id, as git keeps it."""
    names = sorted((name.encode(), bytes.fromhex(oid)) for name, oid in files.items())
    return b"".join(b"%b %b\0%b" % (PLAIN, name, oid) for name, oid in names)
