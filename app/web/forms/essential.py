"""What must be known to begin a card: the part of its shape that the schema requires, and that names things."""

from dataclasses import replace

from app.content import HEAD, Document
from app.content.card_type import Edition
from app.content.shape import Field, Shape


def essential(edition: Edition) -> Shape:
    """The sections that a card cannot do without, each with the fields that it cannot do without or is named by.

    Args:
        edition: the edition that the new card will have.
    """
    told = [path.partition("/") for path in edition.schema.get("x-title", ())]
    kept = {
        section.key: _narrowed(section, {key for owner, _slash, key in told if owner == section.key})
        for section in edition.shape
        if section.required and section.shape
    }
    return replace(edition.shape, fields=kept)


def begun(document: Document, shape: Shape) -> Document:
    """The document with the references that people cannot choose pointing at the first item that they may point at.

    That is how whoever makes a card becomes its dossierhouder.

    Args:
        document: what was typed.
        shape: the whole shape of the card.
    """
    head = dict(document.get(HEAD, {}))
    for field in shape[HEAD].inner:
        if field.kind == "reference" and field.read_only and field.required:
            items = [item["id"] for key in field.refers_to for item in document.get(key, ())]
            head |= {field.key: items[0]} if items else {}
    return {**document, HEAD: head}


def _narrowed(section: Field, named: set[str]) -> Field:
    wanted = {*named, *section.item_title}
    fields = {one.key: one for one in section.inner if one.required or one.key in wanted}
    return replace(section, shape=replace(section.inner, fields=fields))
