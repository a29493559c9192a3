"""An item of a card as it once was, put back on the card of now."""

from app.content import Document
from app.content.changes import by_id
from app.content.shape import Shape


def put_back(document: Document, then: Document, shape: Shape, section: str, identity: str = "") -> Document:
    """The document with one item as it was then; the argument stays as it was, and so does everything else.

    An item that is still there is changed where it stands. One that is gone comes after the nearest of the items
    that stood before it; of a section without items, what only the program changes stays as it is now.

    Args:
        document: the card now.
        then: a card that has the item.
        shape: the fields of the card.
        section: the key of the section.
        identity: the item's id; empty for a section without items.
    """
    if not identity:
        fixed = {field.key for field in shape[section].inner if field.read_only}
        was = {key: held for key, held in then[section].items() if key not in fixed}
        now = {key: held for key, held in document.get(section, {}).items() if key in fixed}
        return {**document, section: {**now, **was}}
    old, items = by_id(then[section]), by_id(document.get(section))
    if identity in items:
        items[identity] = old[identity]
        return {**document, section: list(items.values())}
    order = list(items)
    before = list(old)[: list(old).index(identity)]
    place = next((order.index(one) + 1 for one in reversed(before) if one in items), len(order) if before else 0)
    order.insert(place, identity)
    items[identity] = old[identity]
    return {**document, section: [items[one] for one in order]}
