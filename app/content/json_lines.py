"""Where the places of a JSON file stand: for each path its line, so that a fault can be shown where it is."""

import json
import re
from collections.abc import Iterator

from app.content import Path

_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_Lines = dict[Path, int]


def json_lines(text: str) -> _Lines:
    """The line, counted from 1, of every place in a JSON text; none where it is not JSON.

    In a path, the step of an object in a list is its ``id``, or else its place in the list, counted from 1.
    """
    tokens = _tokens(text)
    try:
        return _inside(next(tokens)[0], tokens)[0]
    except (StopIteration, ValueError, RecursionError):
        return {}


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    line, seen = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", seen, match.start())
        seen = match.start()
        yield match[0], line


def _inside(sign: str, tokens: Iterator[tuple[str, int]]) -> tuple[_Lines, str]:
    """The lines within one value, by path from that value, and the value's own ``id`` where it has one."""
    if sign == "{":
        return _object(tokens)
    if sign == "[":
        return _list(tokens), ""
    return {}, ""


def _object(tokens: Iterator[tuple[str, int]]) -> tuple[_Lines, str]:
    found: _Lines = {}
    identity = ""
    sign, line = next(tokens)
    while sign != "}":
        if sign != ",":
            key = json.loads(sign)
            next(tokens)  # the colon
            value = next(tokens)[0]
            found[(key,)] = line
            found.update({(key, *path): at for path, at in _inside(value, tokens)[0].items()})
            identity = json.loads(value) if key == "id" and value.startswith('"') else identity
        sign, line = next(tokens)
    return found, identity


def _list(tokens: Iterator[tuple[str, int]]) -> _Lines:
    found: _Lines = {}
    number = 0
    sign, line = next(tokens)
    while sign != "]":
        if sign != ",":
            number += 1
            inner, identity = _inside(sign, tokens)
            step = identity or str(number)
            found[(step,)] = line
            found.update({(step, *path): at for path, at in inner.items()})
        sign, line = next(tokens)
    return found
