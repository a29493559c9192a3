"""A posted form as the value of an item, in the shape of the schema. Judging it is left to `content`."""

import re
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from app.content import Document
from app.content.clean import MAX_LIST
from app.content.items import parse_dutch_date
from app.content.shape import Field, Shape
from app.web.converters import is_item_id

Form = MultiDict[str, str]

GONE = "_weg"
"""Ticked to take a row away: ``<list>.<row>._weg``."""

MOST_ROWS = 200
"""So many rows of one list are read: a card holds fewer, and each is shown again with all that may be chosen in it."""
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_YES_NO = {"ja": True, "nee": False}


def read_item(form: Form, shape: Shape, held: Document, prefix: str = "") -> Document:
    """The item as the form has it.

    What the form does not ask (fields of the services, of other regions, or newer than the form) stays as it
    is held.

    Args:
        form: what was posted; the name of a field is its path within the item, with dots.
        shape: the fields of the item.
        held: the item as it is now; a new one holds its id alone.
        prefix: the path to this item within the form.
    """
    result = dict(held)
    for field in shape:
        name = prefix + field.key
        if field.kind == "group":
            result[field.key] = read_item(form, field.inner, held.get(field.key, {}), f"{name}.")
        elif not field.read_only and name in form:
            of = _rows if field.kind == "items" else _chosen if field.kind in ("references", "choices") else None
            result[field.key] = of(form, field, held.get(field.key, []), name) if of else _value(field, form, name)
    return result


def _rows(form: Form, field: Field, held: list[Document], name: str) -> list[Document]:
    known = {row["id"]: row for row in held}
    rows = []
    for identity in dict.fromkeys(filter(None, _listed(form, name, MOST_ROWS))):
        if not is_item_id(identity):
            raise BadRequest
        if f"{name}.{identity}.{GONE}" in form:
            continue
        row = read_item(form, field.inner, known.get(identity, {"id": identity}), f"{name}.{identity}.")
        if _is_filled(row, field.inner):
            rows.append(row)
    return rows


def _is_filled(row: Document, shape: Shape) -> bool:
    return any(row.get(field.key) not in (None, "", []) for field in shape if not field.read_only)


def _chosen(form: Form, field: Field, held: list[str], name: str) -> list[str]:
    """What is ticked: what was chosen before in the order it had, not in that of the page; then what is new."""
    del field
    ticked = dict.fromkeys(filter(None, _listed(form, name, MAX_LIST)))
    return [one for one in held if one in ticked] + [one for one in ticked if one not in held]


def _value(field: Field, form: Form, name: str) -> Any:
    text = form.getlist(name)[-1]
    if field.kind == "texts":
        return [line for line in text.splitlines() if line.strip()]
    if field.kind == "date":
        return parse_dutch_date(text.strip()) or text
    if field.kind == "integer":
        return int(text) if _WHOLE.fullmatch(text.strip()) else text
    if field.kind == "boolean":
        return _YES_NO.get(text, text)
    return text


def _listed(form: Form, name: str, most: int) -> list[str]:
    found = form.getlist(name)
    if len(found) > most:
        raise RequestEntityTooLarge
    return found
