"""What on a card concerns one person."""

from collections.abc import Mapping

from app.content import Document
from app.content.items import pointers
from app.content.shape import Shape


def concerning(document: Document, shape: Shape, person: str, under: Mapping[str, str]) -> set[str]:
    """The ids of the items that concern a person; empty where the card has no such item.

    These are: the item of the person; every item that names the person in a reference, at any depth; of the sections
    in `under`, also the items that stand under one of those (an afspraak under a voorwaarde that is about the child,
    whoever does it); and last the items that all of these stand under themselves, so that none is read without
    what it is for. What else stands under such a last one does not concern the person.

    Args:
        document: a card.
        shape: its fields.
        person: the id of an item: a member of the family, or anybody else that items may name.
        under: section to the reference field whose items its items stand under (`Display.under`).
    """
    held: set[str] = set()
    named: set[str] = set()
    stands: list[tuple[str, str]] = []
    for pointer in pointers(document, shape):
        section, *rest = pointer.path
        if shape[section].kind != "items":
            continue
        if pointer.target == person:
            named.add(rest[0])
        elif rest[1:] == [under.get(section)]:
            stands.append((rest[0], pointer.target))
    if any(one["id"] == person for field in shape if field.kind == "items" for one in document.get(field.key, ())):
        held = {person}
    found = named | held
    found |= {item for item, above in stands if above in named}
    return found | {above for item, above in stands if item in found}
