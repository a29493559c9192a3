"""Forms of a schema that say the same and are quicker to judge by."""

from collections.abc import Mapping
from typing import Any

_NOT_JUDGED = {"title", "description", "default", "readOnly"}


def inlined(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with each `$ref` to its own `$defs` replaced by what it refers to.

    Following references is half the time of a validation. A `$ref` stays where what stands beside it says
    more about the same keyword, for then both hold.
    """
    definitions = schema.get("$defs", {})

    def walk(part: Any) -> Any:
        if isinstance(part, list):
            return [walk(inner) for inner in part]
        if not isinstance(part, dict):
            return part
        name = str(part.get("$ref", "")).removeprefix("#/$defs/")
        beside = {key: inner for key, inner in part.items() if key != "$ref"}
        if name in definitions and not (beside.keys() & definitions[name].keys()) - _NOT_JUDGED:
            return walk({**definitions[name], **beside})
        return {key: walk(inner) for key, inner in part.items()}

    return {key: inner if key == "$defs" else walk(inner) for key, inner in schema.items()}


def outline(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What the schema asks of a card beside what it asks of each item and head: which sections, how many items.

    A card put together from the whole items and heads of two valid cards is valid when it passes this, for a
    schema judges an item without looking around it.
    """
    sections = {}
    for key, section in schema.get("properties", {}).items():
        if section.get("type") == "array" and isinstance(section.get("items"), dict):
            sections[key] = {name: inner for name, inner in section.items() if name not in ("items", "uniqueItems")}
        elif section.get("type") == "object":
            sections[key] = {"type": "object"}
        else:
            sections[key] = section
    return {**schema, "properties": sections}
