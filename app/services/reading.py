"""Looking: the list of cards, a card, its history."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from app.services import rights
from app.services.actors import Actor
from app.services.cataloguing import refresh, repaired
from app.services.desk import Desk
from app.services.errors import NO_CARD, NotFound
from app.services.finding import me_on
from app.services.touching import Toucher
from app.services.viewing import view
from app.storage.catalogue import Found, Query
from app.storage.records import Save, Stored


def find_cards(desk: Desk, actor: Actor, query: Query) -> tuple[list[Found], int]:
    """The cards that a query asks for and on which this person has a role, and how many there are in all.

    Raises:
        NotAllowed: this person may not.
        StoreError: the catalogue fails and cannot be made anew.
    """
    desk.require(actor, rights.LIST)
    mine = replace(query, me=me_on(desk, actor))
    return repaired(desk, lambda: desk.catalogue.find(mine))


def facet_values(desk: Desk, actor: Actor, query: Query, keys: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """The values to filter by and how many of the cards that the rest of a query asks for have each.

    Raises:
        NotAllowed: this person may not.
        StoreError: as `find_cards`.
    """
    desk.require(actor, rights.LIST)
    mine = replace(query, me=me_on(desk, actor))
    return repaired(desk, lambda: desk.catalogue.values(mine, keys))


def read_card(desk: Desk, actor: Actor, kaart_id: str, revision: str | None = None) -> Stored:
    """A card, as it is now or as it was, as far as this person may see it.

    Raises:
        NotFound: there is no such card or revision, or none that this person may know of.
        InvalidRevision: another program wrote what is not a card.
        StoreError: the store fails.
    """
    seen = view(desk, actor, kaart_id)
    kaart = seen.read(revision)
    if revision is None:
        refresh(desk, kaart)
    return kaart


def last_readable(desk: Desk, actor: Actor, kaart_id: str) -> Stored:
    """The newest revision that is a card, for when the newest of all is not one; raises as `read_card`.

    Raises:
        NotFound: no revision is a card.
    """
    kaart = view(desk, actor, kaart_id).last_valid()
    if kaart is None:
        raise NotFound(NO_CARD)
    return kaart


def read_history(
    desk: Desk, actor: Actor, kaart_id: str, item: str | None = None, limit: int | None = None
) -> list[Save]:
    """The saves of a card, newest first; of one item alone when `item` is its id, however much that takes to read.

    Raises:
        NotFound: there is no such card, or none that this person may know of.
        StoreError: the store fails.
    """
    seen = view(desk, actor, kaart_id)
    if item is None:
        return seen.history(limit)
    toucher = Toucher(seen, most=sys.maxsize)
    return seen.look_back(lambda saves: list(islice((save for save in saves if toucher.touches(save, item)), limit)))


def last_save(desk: Desk, actor: Actor, kaart: Stored) -> Save | None:
    """The save that made a card what it is; None where that is not among the newest. Raises as `read_history`."""
    saves = view(desk, actor, kaart.id).history(1)
    return next((save for save in saves if save.revision == kaart.revision), None)
