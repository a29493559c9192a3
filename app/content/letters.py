"""The letters that go with a package: what is handed over to whom and why, and the receipt; each by its own schema."""

import json
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from app.content.clean import clean_text
from app.content.problems import InvalidCard
from app.content.shape import SchemaError

HANDOVER, RECEIPT = "overdracht", "ontvangst"
"""The kinds of letter; each names its file in a package too."""
MOST_BYTES = 256 * 1024
Letter = Mapping[str, Any]


class NoLetter(ValueError):
    """A file that holds no such letter; says why."""


class Letters:
    """The schemas of the letters: reads and writes them."""

    def __init__(self, schemas: Mapping[str, Mapping[str, Any]]) -> None:
        """Read the schema of each kind; of one that is not there no letter is read or written.

        Raises:
            SchemaError: one is no schema.
        """
        self.schemas = schemas
        for kind, schema in schemas.items():
            try:
                Draft202012Validator.check_schema(schema)
            except Exception as error:
                raise SchemaError(f"{kind}-1.json: {error}") from error

    def labels(self, kind: str, field: str) -> Mapping[str, str]:
        """The words for the values of a field that has some."""
        found: Mapping[str, str] = self.schemas[kind]["properties"][field].get("x-labels", {})
        return found

    def write(self, kind: str, letter: Letter) -> bytes:
        """The file of a letter.

        Raises:
            NoLetter: the schema does not allow it.
        """
        held = {key: value for key, value in letter.items() if value not in ("", None)}
        self._check(kind, held)
        return json.dumps(held, ensure_ascii=False, indent=2).encode() + b"\n"

    def read(self, kind: str, data: bytes) -> Letter:
        """The letter in a file of somebody else.

        Raises:
            NoLetter: it is none, or the schema does not allow it.
        """
        if len(data) > MOST_BYTES:
            raise NoLetter(f"larger than {MOST_BYTES} bytes")
        try:
            held = json.loads(data, object_pairs_hook=once)
        except (ValueError, RecursionError) as error:
            raise NoLetter(str(error)) from error
        self._check(kind, held)
        found: Letter = held
        return found

    def _check(self, kind: str, held: Any) -> None:
        schema = self.schemas.get(kind, {"not": {}})
        validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
        fault = best_match(validator.iter_errors(held))
        if fault is not None:
            raise NoLetter(f"{'/'.join(map(str, fault.absolute_path))}: {fault.validator}")
        try:
            _clean(held)
        except InvalidCard as verdict:
            raise NoLetter("a sign that no text may hold") from verdict


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, for `json.loads`; raises `ValueError` for one in which a name stands twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name that stands twice")
    return found


def _clean(value: Any) -> None:
    if isinstance(value, str):
        clean_text(value)
    elif isinstance(value, dict):
        for inner in value.values():
            _clean(inner)
    elif isinstance(value, list):
        for inner in value:
            _clean(inner)
