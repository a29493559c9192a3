"""A card as `kaart.md`: headings, bullets and plain paragraphs that read well in any text editor.

The form is described for its users in `docs/markdown.md`; `markdown_read` reads it back.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from app.content import Document
from app.content.clean import MAX_BYTES
from app.content.items import dutch_date
from app.content.markdown_names import References, fold, heading_of, headings
from app.content.markdown_outline import is_too_large
from app.content.markdown_text import escape_heading, escape_line, escape_start, escape_text
from app.content.problems import refuse
from app.content.shape import Field, SchemaError, Shape

_PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
_DEEPEST = 6


def to_markdown(document: Document, shape: Shape) -> bytes:
    """The card as Markdown; `parse_markdown` gives back the same document.

    Changing an item changes only the lines of that item, and those that call it by its name.

    Args:
        document: a valid card.
        shape: the shape of its edition.

    Raises:
        InvalidCard: the card is larger than `parse_markdown` takes.
        SchemaError: the schema nests its parts deeper than Markdown has headings.
    """
    blocks = _Writer(document, shape).blocks()
    text = "\n\n".join(blocks) + "\n"
    data = text.encode()
    if len(data) > MAX_BYTES or is_too_large(text):
        raise refuse("Deze kaart is te groot om als Markdown te bewaren. Bewaar haar als JSON.")
    return data


class _Writer:
    def __init__(self, document: Document, shape: Shape) -> None:
        self._document = document
        self._shape = shape
        self._references = References(document, shape)
        self._headings: dict[int, dict[str, Field]] = {}

    def blocks(self) -> Iterator[str]:
        yield _heading(1, self._shape.title)
        yield from self._object(self._document, self._shape, 1)

    def _object(self, value: dict[str, Any], shape: Shape, level: int) -> Iterator[str]:
        """The fields of an object whose heading has the level: first the bullets, then what has a heading."""
        bullets: list[str] = []
        below: list[Field] = []
        for key in shape.order(value):
            field = shape[key]
            if field.kind in ("multiline", "group", "items"):
                below.append(field)
            else:
                bullets += self._bullet(field, value[key])
        if bullets:
            yield "\n".join(bullets)
        if below:
            known = self._headings.setdefault(id(shape), headings(shape))
            for field in below:
                yield from self._part(field, value[field.key], level + 1, known)

    def _part(self, field: Field, value: Any, level: int, known: dict[str, Field]) -> Iterator[str]:
        title = heading_of(field, known)
        if field.kind == "items":
            if level == 2:  # a section of the card; elsewhere the heading of each item says enough
                yield _heading(level, field.title)
                title, level, known = field.inner.title or field.title, level + 1, {}
            for item in value:
                number = item["id"]
                clashes = fold(f"{title} {number}") in known
                yield _heading(level, title, f"({number})" if clashes else number)
                rest = {key: held for key, held in item.items() if key != "id"}
                yield from self._object(rest, field.inner, level)
        elif field.kind == "group":
            yield _heading(level, title)
            yield from self._object(value, field.inner, level)
        else:
            yield _heading(level, title)
            yield escape_text(value)

    def _bullet(self, field: Field, value: Any) -> Iterator[str]:
        if field.kind == "foreign":
            yield f"- {_foreign_key(field.key)}: {escape_line(_json(value))}"
        elif isinstance(value, list):
            yield f"- {escape_start(field.title + ':')}"
            yield from (f"  - {escape_start(self._words(field, each))}" for each in value)
        else:
            yield f"- {escape_start(field.title + ':')} {escape_line(self._words(field, value))}"

    def _words(self, field: Field, value: Any) -> str:
        if field.refers_to:
            return self._references.write(value)
        if field.labels:
            return field.labels[value]
        if field.kind == "date":
            return dutch_date(value)
        if isinstance(value, bool):
            return "Ja" if value else "Nee"
        return str(value)


def _heading(level: int, title: str, identity: str = "") -> str:
    if level > _DEEPEST:
        raise SchemaError(f"'{title}' lies deeper than the {_DEEPEST} levels of headings that Markdown has")
    words = f"{escape_line(title)} {identity}" if identity else escape_heading(title)
    return f"{'#' * level} {words}"


def _foreign_key(key: str) -> str:
    """A key as code; one with strange signs as a JSON string, whose backticks would end the code."""
    if _PLAIN_KEY.fullmatch(key):
        return f"`{key}`"
    return "`" + _json(key).replace("`", "\\u0060") + "`"


def _json(value: Any) -> str:
    """JSON that stays as it is when the file is read in NFC: an escape may meet a sign that combines with it."""
    text = json.dumps(value, ensure_ascii=False)
    return text if unicodedata.is_normalized("NFC", text) else json.dumps(value)
