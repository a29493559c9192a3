"""The values of bullets: from the words that a person wrote to what the document holds."""

import difflib
import re
from collections.abc import Iterable
from typing import Any

from app.content.clean import MAX_DIGITS, parse_json
from app.content.items import parse_dutch_date
from app.content.markdown_names import fold
from app.content.markdown_text import unescape
from app.content.problems import InvalidCard
from app.content.shape import SINGULAR, Field, Shape

_INTEGER = re.compile(rf"[+-]?[0-9]{{1,{MAX_DIGITS}}}")
_YES, _NO = ("ja", "true"), ("nee", "false")
_FOREIGN = re.compile(r"`([^`]+)`[ \t]*:(.*)", re.DOTALL)


class Wrong(Exception):
    """A value that its field cannot hold; the message is the Dutch sentence."""


def perhaps(word: str, choices: Iterable[str]) -> str:
    """`` Bedoelt u ‘…’?`` with the choice most like the word, or nothing."""
    known = {fold(choice): choice for choice in choices}
    close = difflib.get_close_matches(fold(word)[:200], known, 1)
    return f" Bedoelt u ‘{known[close[0]]}’?" if close else ""


def short(text: str) -> str:
    """Words of a file as a message repeats them."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"


def plain(raw: str) -> str:
    """The text of a bullet as written in plain text; a line that an editor wrapped becomes one again."""
    first, *others = raw.split("\n")
    lines = [first, *(line.lstrip(" \t") for line in others)]
    return unescape(" ".join([*(line.rstrip(" \t") for line in lines[:-1]), lines[-1]])).strip()


def read_value(field: Field, text: str) -> Any:
    """One value of a field that holds plain values; texts and names are taken as they are.

    Raises:
        Wrong: the field cannot hold it.
    """
    kind = SINGULAR.get(field.kind, field.kind)
    if kind == "choice":
        return _choice(field, text)
    if kind == "date":
        day = parse_dutch_date(text)
        if day is None:
            raise Wrong(f"‘{short(text)}’ is geen datum. Schrijf bijvoorbeeld 1 december 2026.")
        return day
    if kind == "integer":
        if not _INTEGER.fullmatch(text):
            raise Wrong(f"‘{short(text)}’ is geen heel getal.")
        return int(text)
    if kind == "boolean":
        if text.casefold() not in (*_YES, *_NO):
            raise Wrong(f"‘{short(text)}’ past hier niet. Schrijf Ja of Nee.")
        return text.casefold() in _YES
    return text


def _choice(field: Field, text: str) -> str:
    if text in field.labels:
        return text
    wanted = fold(text)
    for value, label in field.labels.items():
        if wanted == fold(label):
            return value
    for value in field.labels:
        if wanted == fold(value):
            return value
    words = list(field.labels.values())
    raise Wrong(f"‘{short(text)}’ kan hier niet. Kies een van: {', '.join(words)}.{perhaps(text, words)}")


def split_foreign(text: str) -> tuple[str, str] | None:
    """The key and the JSON of a bullet whose label is a key between backticks, or None where it has none.

    Raises:
        Wrong: the key itself is JSON with a fault.
    """
    found = _FOREIGN.match(text)
    if not found:
        return None
    key = found[1].strip()
    if key.startswith('"'):
        key = _parse(key)
    if not isinstance(key, str) or not key:
        raise Wrong("De naam van dit veld is niet te lezen.")
    return key, plain(found[2])


def read_json(field: Field, text: str) -> Any:
    """The value of a bullet with a key between backticks; nothing written, or null, is an absent value.

    Raises:
        Wrong: it is no JSON, or not what a field of this schema holds.
    """
    value = _parse(text) if text else None
    if value is not None and not _fits(field, value):
        raise Wrong(f"Deze waarde past niet bij ‘{field.title}’.")
    return value


def _parse(text: str) -> Any:
    try:
        held = parse_json(b'{"waarde": ' + text.encode() + b"}")
    except InvalidCard as error:
        raise Wrong(error.problems[0].message) from None
    if held.keys() - {"waarde"}:
        raise Wrong("Achter de dubbele punt hoort één waarde in JSON.")
    return held.get("waarde")


def _fits(field: Field, value: Any) -> bool:
    """Whether a value from JSON has the form of the field, so that it can be walked through; not more."""
    if field.kind == "foreign":
        return True
    if field.kind == "group":
        return _fits_shape(field.inner, value)
    if field.kind == "items":
        return isinstance(value, list) and all(_fits_shape(field.inner, item) for item in value)
    if field.kind in SINGULAR:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    wanted = {"integer": int, "boolean": bool}.get(field.kind, str)
    return type(value) is wanted


def _fits_shape(shape: Shape, value: Any) -> bool:
    return isinstance(value, dict) and all(_fits(shape[key], held) for key, held in value.items())
