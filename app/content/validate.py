"""Whether a document is a card: its schema, its ids and what it points at. Says each fault in Dutch."""

import difflib
import re
from collections.abc import Iterator
from typing import Any, cast

from jsonschema import ValidationError

from app.content import Document, Path
from app.content.card_type import Edition
from app.content.items import Pointer, index, locate, pointers, where
from app.content.problems import InvalidCard, Problem
from app.content.shape import Field, Shape

MOST_PROBLEMS = 50
"""A file that is wrong everywhere gets this many problems: more help nobody."""


def validate(document: Document, edition: Edition) -> None:
    """Check a document in normal form against its edition.

    Raises:
        InvalidCard: with every problem found, at most `MOST_PROBLEMS`.
    """
    problems = _schema_problems(document, edition)
    if not problems:
        problems = [*_double_ids(document, edition.shape), *_loose_pointers(document, edition.shape)]
    if problems:
        raise InvalidCard(list(dict.fromkeys(problems))[:MOST_PROBLEMS])


def has_form(document: Document, edition: Edition) -> None:
    """Check a document in normal form by the schema alone, not what it points at; raises as `validate`."""
    if problems := _schema_problems(document, edition):
        raise InvalidCard(list(dict.fromkeys(problems))[:MOST_PROBLEMS])


def holds_together(document: Document, edition: Edition) -> bool:
    """Whether a document put together from whole items and heads of valid cards is a valid card itself."""
    return edition.outline.is_valid(document) and not [
        *_double_ids(document, edition.shape),
        *_loose_pointers(document, edition.shape),
    ]


def _double_ids(document: Document, shape: Shape) -> Iterator[Problem]:
    seen: set[str] = set()
    for section in shape:
        if section.kind != "items":
            continue
        for item in document.get(section.key, ()):
            yield from _seen_twice(item["id"], (section.key, item["id"]), seen, shape)
            for field in section.inner:
                if field.kind == "items":
                    nested: set[str] = set()
                    for inner in item.get(field.key, ()):
                        path = (section.key, item["id"], field.key, inner["id"])
                        yield from _seen_twice(inner["id"], path, nested, shape)


def _seen_twice(identity: str, path: Path, seen: set[str], shape: Shape) -> Iterator[Problem]:
    if identity in seen:
        yield Problem(path, f"Het nummer {identity} staat twee keer op de kaart.", where(shape, path))
    seen.add(identity)


def loose(pointer: Pointer, shape: Shape) -> Problem:
    """What is said of a reference to an item that is not there, or not where it may be."""
    if len(pointer.sections) > 3:
        message = f"{pointer.target} staat niet op deze kaart."
    else:
        places = " of ".join(f"‘{shape[key].title}’" for key in pointer.sections)
        message = f"{pointer.target} staat niet bij {places}."
    return Problem(pointer.path, message, where(shape, pointer.path))


def _loose_pointers(document: Document, shape: Shape) -> Iterator[Problem]:
    known = index(document, shape)
    for pointer in pointers(document, shape):
        if pointer.target not in known or known[pointer.target][0] not in pointer.sections:
            yield loose(pointer, shape)


def _schema_problems(document: Document, edition: Edition) -> list[Problem]:
    problems: list[Problem] = []
    for error in edition.validator.iter_errors(document):
        path = _path(document, error)
        for key, message in _messages(error, edition.shape, path):
            place = (*path, key) if key else path
            problems.append(Problem(place, message, where(edition.shape, place)))
        if len(problems) >= MOST_PROBLEMS:
            break
    return problems


def _path(document: Document, error: ValidationError) -> Path:
    """The error's place by item id instead of by position."""
    steps: list[str] = []
    value: Any = document
    for step in error.absolute_path:
        value = value[step]
        if isinstance(step, str):
            steps.append(step)
        elif isinstance(value, dict):
            identity = value.get("id")
            steps.append(identity if isinstance(identity, str) else str(step + 1))
    return tuple(steps)


_SIMPLE = {
    "minLength": "Vul dit in.",
    "minItems": "Vul dit in.",
    "uniqueItems": "Hier staat iets twee keer.",
    "format": "Dit is geen datum. Schrijf bijvoorbeeld 1 december 2026.",
}
_TYPES = {
    "string": "Hier hoort tekst.",
    "array": "Hier hoort een lijst.",
    "object": "Hier hoort een onderdeel met velden.",
    "integer": "Hier hoort een heel getal.",
    "boolean": "Hier hoort ja of nee (true of false).",
}


def _wanted(field: Field) -> str:
    return f"Zet er minstens één bij ‘{field.title}’." if field.kind == "items" else f"Vul ‘{field.title}’ in."


def _messages(error: ValidationError, shape: Shape, path: Path) -> Iterator[tuple[str | None, str]]:
    """For each fault that jsonschema found: the field below the path it is about, and the sentence."""
    keyword, wanted, instance = (
        str(error.validator),
        cast("Any", error.validator_value),
        cast("Any", error.instance),
    )
    field = locate(shape, path)
    inner = (field.shape if field else shape) or Shape("", "", {})
    if keyword == "required":
        for key in wanted:
            if key not in instance:
                yield key, _wanted(inner[key])
    elif keyword == "anyOf":
        keys = [option["required"][0] for option in wanted if option.get("required")]
        yield (keys or [None])[0], "Vul " + " of ".join(f"‘{inner[key].title}’" for key in keys) + " in."
    elif keyword == "additionalProperties":
        foreign = [re.compile(pattern) for pattern in cast("dict[str, Any]", error.schema).get("patternProperties", {})]
        for key in instance:
            if key not in inner.fields and not any(pattern.search(key) for pattern in foreign):
                yield key, f"Het veld ‘{key}’ hoort hier niet.{_perhaps(key, list(inner.fields))}"
    else:
        yield None, _simple_message(keyword, error, field)


def _simple_message(keyword: str, error: ValidationError, field: Field | None) -> str:
    limit = error.validator_value
    if keyword == "type":
        return _TYPES.get(str(limit), "Hier hoort iets anders.")
    if keyword == "enum":
        words = list(field.labels) if field else []
        return f"Kies een van: {', '.join(words)}.{_perhaps(str(error.instance), words)}"
    if keyword == "maxLength":
        return f"Maak dit korter: hoogstens {limit} tekens."
    if keyword == "maxItems":
        return f"Dit zijn er te veel: hoogstens {limit}."
    if keyword in ("minimum", "maximum") and field:
        return f"Kies een getal van {field.minimum} tot en met {field.maximum}."
    if keyword == "pattern" and field and field.kind == "text" and "\n" in str(error.instance):
        return "Dit veld heeft maar één regel."
    return _SIMPLE.get(keyword, f"‘{str(error.instance)[:40]}’ past hier niet.")


def _perhaps(word: str, choices: list[str]) -> str:
    close = difflib.get_close_matches(word, choices, 1)
    return f" Bedoelt u ‘{close[0]}’?" if close else ""
