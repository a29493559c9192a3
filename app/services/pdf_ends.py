"""The ends of the streams in a PDF: one whose last byte looks like the end of a line is read differently by readers."""

import re
from bisect import bisect_left

_END = re.compile(rb"\r\nendstream")
_LENGTH = re.compile(rb"/Length (\d+)[^>]*>>\s*stream\n$")
_ROW = re.compile(rb"(\d{10}) (\d{5}) n")


def with_clear_ends(pdf: bytes) -> bytes:
    """A PDF in which no last byte of a stream can be taken for the end of a line; the same where there is none.

    A line is ended by one sign or by two. Where the data itself ends by the first of the two, a reader may count it to
    the line, and find the stream too short. With both signs after it there is no doubt.

    Args:
        pdf: a PDF with one table of places, as typst writes it.
    """
    table = pdf.rindex(b"\nxref\n") + 1
    found = [match.start() for match in _END.finditer(pdf, 0, table) if _is_data(pdf, match.start())]
    if not found:
        return pdf
    pieces = [pdf[start:end] for start, end in zip([0, *found], [*found, table], strict=True)]
    rest = _ROW.sub(lambda row: b"%010d %s n" % (_moved(int(row[1]), found), row[2]), pdf[table:])
    rest = re.sub(rb"startxref\n\d+", b"startxref\n%d" % _moved(table, found), rest)
    return b"\r".join(pieces) + rest


def _moved(place: int, added: list[int]) -> int:
    return place + bisect_left(added, place)


def _is_data(pdf: bytes, place: int) -> bool:
    """Whether the sign at a place belongs to a stream, by the length that the stream says it has."""
    start = pdf.rindex(b"stream\n", 0, place) + len(b"stream\n")
    length = _LENGTH.search(pdf, max(0, start - 400), start)
    return length is not None and start + int(length[1]) == place + 1
