"""The normal form of a document, and the caps that keep a hostile one from costing anything."""

import json
import re
import unicodedata
from typing import Any

from app.content import Document, Path
from app.content.problems import InvalidCard, refuse

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 10
MAX_LIST = 1_000
MAX_DIGITS = 15
MAX_KEY = 100

# Controls other than tab and line feed, lone surrogates, and the signs that turn the reading direction:
# they hide or reorder text on the screen (Unicode Technical Report 36, section 2.5).
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")


def decode(data: bytes) -> str:
    """The text of an uploaded or stored file.

    Raises:
        InvalidCard: it is larger than `MAX_BYTES` or not UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise too_large()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refuse("Dit bestand is geen tekst in UTF-8. Bewaar het als UTF-8.", line=line) from None


def too_large() -> InvalidCard:
    """The refusal of a card larger than `MAX_BYTES`, to raise."""
    return refuse(f"Dit is te groot voor een kaart: hoogstens {MAX_BYTES // 1024 // 1024} MB.")


def parse_json(data: bytes) -> Document:
    """The document in a JSON file, in normal form.

    Raises:
        InvalidCard: it is not JSON, holds something that a card cannot hold, or goes past a cap.
    """
    try:
        value = json.loads(
            decode(data),
            object_pairs_hook=_pairs,
            parse_constant=_no_constant,
            parse_int=_int,
            parse_float=_no_float,
        )
    except json.JSONDecodeError as error:
        raise refuse(f"Dit is geen geldige JSON: teken {error.colno} past hier niet.", line=error.lineno) from None
    except RecursionError:
        raise refuse("De onderdelen zitten te diep in elkaar.") from None
    return clean(value)


def clean(value: object) -> Document:
    """The normal form: texts in NFC without outer blanks, and nothing empty (empty means absent).

    Raises:
        InvalidCard: it holds a sign, number or depth that no card may have.
    """
    if not isinstance(value, dict):
        raise refuse("Een kaart is een object met onderdelen, geen losse waarde of lijst.")
    result: Document = _clean(value, ())
    return result


def clean_text(text: str, path: Path = ()) -> str:
    """One text in normal form: NFC, line feeds only, no blanks at line ends or around the whole.

    Raises:
        InvalidCard: it holds a control sign, a lone surrogate or a sign that turns the reading direction.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    text = _LINE_ENDS.sub("\n", text)
    found = _FORBIDDEN.search(text)
    if found:
        raise refuse(f"Hier staat een onzichtbaar teken (U+{ord(found[0]):04X}). Haal het weg.", path)
    # Line by line: a pattern for blanks before a line end takes the square of their number.
    return "\n".join(line.rstrip() for line in unicodedata.normalize("NFC", text).split("\n")).strip()


def _clean(value: Any, path: Path) -> Any:
    if isinstance(value, str):
        return clean_text(value, path)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return _checked_int(value, path)
    if isinstance(value, dict | list):
        if len(path) >= MAX_DEPTH:
            raise refuse("De onderdelen zitten te diep in elkaar.", path)
        return _clean_dict(value, path) if isinstance(value, dict) else _clean_list(value, path)
    raise refuse("Dit soort waarde kan niet op een kaart staan.", path)


def _clean_dict(value: dict[Any, Any], path: Path) -> Document:
    if len(value) > MAX_LIST:
        raise refuse(f"Hier staan te veel velden: hoogstens {MAX_LIST}.", path)
    result = {}
    for key, inner in value.items():
        if not isinstance(key, str) or len(key) > MAX_KEY or clean_text(key, path) != key:
            raise refuse("De naam van een veld is te lang of heeft vreemde tekens.", path)
        cleaned = _clean(inner, (*path, key))
        if not _is_empty(cleaned):
            result[key] = cleaned
    return result


def _clean_list(value: list[Any], path: Path) -> list[Any]:
    if len(value) > MAX_LIST:
        raise refuse(f"Deze lijst is te lang: hoogstens {MAX_LIST}.", path)
    result = []
    for position, inner in enumerate(value):
        identity = inner.get("id") if isinstance(inner, dict) else None
        step = identity if isinstance(identity, str) and len(identity) <= MAX_KEY else str(position + 1)
        cleaned = _clean(inner, (*path, step))
        if not _is_empty(cleaned):
            result.append(cleaned)
    return result


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", []) or value == {}


def _checked_int(value: int, path: Path) -> int:
    if abs(value) >= 10**MAX_DIGITS:
        raise refuse(f"Dit getal is te lang: hoogstens {MAX_DIGITS} cijfers.", path)
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise refuse(f"Het veld ‘{twice[:MAX_KEY]}’ staat twee keer in hetzelfde onderdeel.")
    return result


def _int(digits: str) -> int:
    # Before the conversion: turning a very long run of digits into a number is itself slow.
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise refuse(f"Hier staat een te lang getal: hoogstens {MAX_DIGITS} cijfers.")
    return int(digits)


def _no_float(digits: str) -> float:
    raise refuse(f"‘{digits[:20]}’ is een getal met een komma. Schrijf het als tekst, tussen aanhalingstekens.")


def _no_constant(name: str) -> float:
    raise refuse(f"‘{name}’ kan niet op een kaart staan.")
