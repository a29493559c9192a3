"""A card as `kaart.json`: stable key order, one value a line, so that a line-based diff reads well."""

import json
from typing import Any

from app.content import Document
from app.content.shape import Shape


def to_json(document: Document, shape: Shape) -> bytes:
    """The canonical JSON of a card: keys in the order of the schema, two spaces, UTF-8, a final newline."""
    return (json.dumps(ordered(document, shape), ensure_ascii=False, indent=2) + "\n").encode()


def ordered(document: Document, shape: Shape) -> Document:
    """The same document with its keys in the order of the schema, foreign ones last and by name."""
    return {key: _ordered(document[key], shape[key].shape) for key in shape.order(document)}


def _ordered(value: Any, shape: Shape | None) -> Any:
    if isinstance(value, list):
        return [_ordered(inner, shape) for inner in value]
    if isinstance(value, dict):
        return ordered(value, shape or Shape("", "", {}))
    return value
