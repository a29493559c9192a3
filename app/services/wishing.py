"""What people want of a card: one item added, changed, moved or taken away, within what may be changed."""

from collections.abc import Callable
from typing import Any

from app.content import Document
from app.content.clean import clean
from app.content.items import find, used_by, where
from app.content.problems import InvalidCard, Problem
from app.content.protect import filled_from, protected
from app.content.shape import Field
from app.content.validate import validate
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import NotAllowed, NotFound
from app.services.outcome import Wish
from app.services.saving import clean_reason, with_drawn_ids

Change = Callable[[Document], Document]
_NOT_THERE = "Dit onderdeel staat niet op de kaart."


def wish_for(
    desk: Desk,
    actor: Actor,
    kaart_id: str,
    base: str,
    reason: str,
    changed: Change,
    item: str | None = None,
) -> Wish:
    """What a person wants of a card as a form makes it: in normal form, valid, and within what may be changed.

    Args:
        desk: what to work with.
        actor: who.
        kaart_id: which card.
        base: the revision this person started from.
        reason: why.
        changed: makes the card that this person wants of the card at `base`.
        item: the id of the one item it is about; None for more.

    Raises:
        InvalidCard: the reason cannot be kept.
    """

    def wanted(from_base: Document) -> Document:
        shape = desk.types.edition_of(from_base).shape
        filled = filled_from(clean(changed(from_base)), from_base, shape)
        return desk.types.upgrade(with_drawn_ids(desk, filled))

    def check(whole_base: Document, mine: Document) -> None:
        edition = desk.types.edition_of(mine)
        validate(mine, edition)
        if problems := protected(whole_base, mine, edition.shape):
            raise InvalidCard(problems)

    return Wish(actor, kaart_id, base, clean_reason(reason), wanted, check, of=item)


def with_item(desk: Desk, section: str, item: dict[str, Any]) -> Change:
    """Puts an item on a card, in the place of the one with its id, else last; or fills a section without items."""

    def changed(document: Document) -> Document:
        shape = desk.types.edition_of(document).shape
        if shape[section].kind == "group":
            return {**document, section: item}
        items = list(document.get(section, []))
        places = [place for place, one in enumerate(items) if one["id"] == item.get("id")]
        items[places[0] if places else len(items) :] = [item, *(items[places[0] + 1 :] if places else ())]
        return {**document, section: items}

    return changed


def without_item(desk: Desk, section: str, item_id: str) -> Change:
    """Takes an item from a card; refuses where something else on it points at the item."""

    def changed(document: Document) -> Document:
        shape = desk.types.edition_of(document).shape
        if shape[section].kind != "items" or find(document, (section, item_id)) is None:
            raise NotFound(_NOT_THERE)
        if places := used_by(document, shape, item_id):
            used = "; ".join(dict.fromkeys(where(shape, place) for place in places))
            lasting = any(shape[place[0]].append_only for place in places)
            advice = "Dat blijft staan, dus dit ook." if lasting else "Pas dat eerst aan."
            message = f"{item_id} wordt nog gebruikt bij {used}. {advice}"
            raise InvalidCard([Problem((section, item_id), message, where(shape, (section, item_id)))])
        return {**document, section: [one for one in document[section] if one["id"] != item_id]}

    return changed


def with_item_moved(desk: Desk, section: str, item_id: str, before: str) -> Change:
    """Puts an item of a list before another one, or last where `before` is empty."""

    def changed(document: Document) -> Document:
        shape = desk.types.edition_of(document).shape
        if not has_order(desk, shape[section]):
            raise NotAllowed("Dit onderdeel heeft een vaste volgorde.")
        moved = find(document, (section, item_id))
        others = [one for one in document.get(section, []) if one["id"] != item_id]
        places = [number for number, one in enumerate(others) if one["id"] == before]
        if moved is None or (before and not places):
            raise NotFound(_NOT_THERE)
        place = places[0] if before else len(others)
        return {**document, section: [*others[:place], moved, *others[place:]]}

    return changed


def has_order(desk: Desk, section: Field) -> bool:
    """Whether people choose the order of the items of a section."""
    return section.kind == "items" and not section.append_only and section.key not in desk.types.display.newest_first
