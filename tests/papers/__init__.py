"""Papers as PDF: what is on them, what is not, and that any reader can read them."""

import io
import re
import zlib

import page
from pypdf import PdfReader

PROFILES = ("2a", "ua1")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def faults(pdf: bytes) -> list[str]:
    """What keeps a paper from being PDF/A-2a and PDF/UA-1."""
    reports = [(profile, page.validate_pdf_bytes(pdf, profile=profile)) for profile in PROFILES]
    return [f"{profile}: {one.rule_id} {one.message}" for profile, report in reports for one in report.failures]


def words(pdf: bytes) -> str:
    """The text of a paper, in one line, without the places where a long word may end."""
    text = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", text.replace("\u200b", ""))


def pages(pdf: bytes) -> int:
    """How many pages it has."""
    return len(PdfReader(io.BytesIO(pdf)).pages)


def bookmarks(pdf: bytes) -> list[str]:
    """The bookmarks, in order, however deep."""
    found: list[str] = []

    def walk(level: object) -> None:
        for one in level if isinstance(level, list) else ():
            if isinstance(one, list):
                walk(one)
            else:
                found.append(str(one.title))

    walk(PdfReader(io.BytesIO(pdf)).outline)
    return found


def holds(pdf: bytes, word: str) -> bool:
    """Whether a word stands anywhere in the file: in its bytes, in a stream, in its text, its data or its bookmarks."""
    raw = [pdf]
    for match in _STREAM.finditer(pdf):
        try:
            raw.append(zlib.decompressobj().decompress(match[1]))
        except zlib.error:
            raw.append(match[1])
    shapes = (word.encode(), word.encode("utf-16-be"), word.encode("utf-16-be").hex().encode())
    if any(shape in piece for shape in shapes for piece in raw):
        return True
    bare = re.sub(r"\W", "", word)
    return any(bare in re.sub(r"\W", "", text) for text in (words(pdf), *bookmarks(pdf)))
