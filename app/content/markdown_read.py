"""A card from `kaart.md`, as `markdown_write` wrote it or as a person left it; says each fault with its line."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from app.content import HEAD, Document, Path
from app.content.card_type import Edition
from app.content.clean import clean, decode
from app.content.items import where
from app.content.markdown_fields import Fields
from app.content.markdown_outline import first_values, outline
from app.content.markdown_sections import Sections
from app.content.markdown_values import plain
from app.content.problems import InvalidCard, Problem

_SCHEMA, _REGION = "schema", "regioschema"
"""The labels that name the edition. They are the same in every version: the other labels follow from them."""


@dataclass(frozen=True)
class ParsedMarkdown:
    """What a Markdown file holds.

    Attributes:
        document: in normal form; not checked against the schema yet. An item whose heading has no number has
            no ``id``.
        lines: the line, counted from 1, of every section, item and field. In a path the step of an item without
            ``id`` is its place in the list, counted from 1.
    """

    document: Document
    lines: Mapping[Path, int]


def parse_markdown(data: bytes, edition_for: Callable[[str | None, str | None], Edition]) -> ParsedMarkdown:
    """Read a card from Markdown.

    Args:
        data: the file.
        edition_for: gives the edition for the names of schema and region that the file holds, None where it
            holds none; raises `InvalidCard` where this installation has no such edition.

    Raises:
        InvalidCard: with every fault found, each with its line.
    """
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    # Some editors save letters with loose accents; headings and labels are to be found all the same.
    text = unicodedata.normalize("NFC", text)
    parts = outline(text)
    named = first_values(parts, (_SCHEMA, _REGION))
    names = {label: plain(value) for label, (_, value) in named.items()}
    try:
        edition = edition_for(names.get(_SCHEMA) or None, names.get(_REGION) or None)
    except InvalidCard as error:
        lines: dict[Path, int] = {(HEAD, label): line for label, (line, _) in named.items()}
        raise InvalidCard(with_lines(error.problems, lines)) from None
    fields = Fields(edition.shape)
    Sections(edition.shape, fields, text.split("\n")).read(parts)
    fields.finish()
    try:
        document = clean(fields.document)
    except InvalidCard as error:
        told = [replace(each, where=each.where or where(edition.shape, each.path)) for each in error.problems]
        raise InvalidCard(with_lines(told, fields.lines)) from None
    return ParsedMarkdown(document, fields.lines)


def with_lines(problems: Iterable[Problem], lines: Mapping[Path, int]) -> list[Problem]:
    """The same problems with the line of each: that of its place, or else of the nearest part around it.

    Args:
        problems: such as `validate` found in the document.
        lines: those of `ParsedMarkdown`.
    """
    return [replace(problem, line=problem.line or _line(problem.path, lines)) for problem in problems]


def _line(path: Path, lines: Mapping[Path, int]) -> int | None:
    around = (path[:length] for length in range(len(path), -1, -1))
    return next((lines[place] for place in around if place in lines), None)
