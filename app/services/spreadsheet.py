"""Rows as a file for a spreadsheet, that no spreadsheet takes for anything but text."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA: tuple[str, ...] = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}")
_FORMULA += ("\N{FULLWIDTH PLUS SIGN}", "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}")
_BEFORE = " \"'\N{NO-BREAK SPACE}\N{ZERO WIDTH NO-BREAK SPACE}"
"""What may stand in front of a formula: some programs take blanks and quotes away when they read or save a file."""


def csv_of(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as CSV, semicolons between the columns as Dutch spreadsheets expect.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV Injection).
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerows([_cell(one) for one in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(text: str) -> str:
    return f"'{text}" if text.lstrip(_BEFORE).startswith(_FORMULA) else text
