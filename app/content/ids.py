"""Giving an id to each item that has none yet."""

from collections.abc import Callable
from typing import Any

from app.content import Document
from app.content.shape import Field, Shape


def with_ids(document: Document, shape: Shape, draw: Callable[[], str]) -> Document:
    """The document with an id for every item; those that had one keep it. The argument stays as it was.

    Args:
        document: any document in normal form, perhaps not valid yet.
        shape: its fields.
        draw: gives random signs; asked again while they are taken.
    """
    taken = set(_ids(document, shape))

    def fresh(prefix: str) -> str:
        while (identity := f"{prefix}-{draw()}") in taken:
            pass
        taken.add(identity)
        return identity

    return _given(document, shape, fresh)


def _given(value: Document, shape: Shape, fresh: Callable[[str], str]) -> Document:
    result = dict(value)
    for field in shape:
        if field.kind == "items" and isinstance(value.get(field.key), list):
            result[field.key] = [_item(item, field, fresh) for item in value[field.key]]
    return result


def _item(item: Any, field: Field, fresh: Callable[[str], str]) -> Any:
    if not isinstance(item, dict):
        return item
    named = item if "id" in item else {"id": fresh(field.prefix), **item}
    return _given(named, field.inner, fresh)


def _ids(value: Document, shape: Shape) -> list[str]:
    found: list[str] = []
    for field in shape:
        held = value.get(field.key)
        if field.kind == "items" and isinstance(held, list):
            for item in held:
                if isinstance(item, dict):
                    found += [str(item.get("id")), *_ids(item, field.inner)]
    return found
