"""Looking: the list of cards, a card, its history."""

import sys
from collections.abc import Sequence
from itertools import islice

from app.content.problems import InvalidCard
from app.services import rights
from app.services.actors import Actor
from app.services.cataloguing import refresh, repaired
from app.services.desk import Desk
from app.services.errors import NotFound
from app.services.touching import Toucher
from app.storage.catalogue import Found, Query
from app.storage.errors import RepositoryNotFound, RevisionNotFound
from app.storage.records import InvalidRevision, Save, Stored

NO_CARD = "Deze kaart is er niet."
NO_REVISION = "Deze versie van de kaart is er niet."


def find_cards(desk: Desk, actor: Actor, query: Query) -> tuple[list[Found], int]:
    """The cards that a query asks for, and how many there are in all.

    Raises:
        NotAllowed: this person may not.
        StoreError: the catalogue fails and cannot be made anew.
    """
    desk.require(actor, rights.LIST)
    return repaired(desk, lambda: desk.catalogue.find(query))


def facet_values(desk: Desk, actor: Actor, query: Query, keys: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """The values to filter by and how many of the cards that the rest of a query asks for have each.

    Raises:
        NotAllowed: this person may not.
        StoreError: as `find_cards`.
    """
    desk.require(actor, rights.LIST)
    return repaired(desk, lambda: desk.catalogue.values(query, keys))


def read_card(desk: Desk, actor: Actor, kaart_id: str, revision: str | None = None) -> Stored:
    """A card, as it is now or as it was.

    Raises:
        NotFound: there is no such card or revision.
        NotAllowed: this person may not read it.
        InvalidRevision: another program wrote what is not a card.
        StoreError: the store fails.
    """
    try:
        kaart = desk.kaarten.read(kaart_id, revision)
    except RepositoryNotFound:
        raise NotFound(NO_CARD) from None
    except RevisionNotFound:
        raise NotFound(NO_REVISION) from None
    except InvalidRevision:
        desk.require(actor, rights.READ)  # what is wrong with a card is told to those who may read it
        raise
    desk.require(actor, rights.READ, kaart)
    if revision is None:
        refresh(desk, kaart)
    return kaart


def last_readable(desk: Desk, actor: Actor, kaart_id: str) -> Stored:
    """The newest revision that is a card, for when the newest of all is not one; raises as `read_card`.

    Raises:
        NotFound: no revision is a card.
    """
    kaart = desk.kaarten.last_valid(kaart_id)
    if kaart is None:
        raise NotFound(NO_CARD)
    desk.require(actor, rights.READ, kaart)
    return kaart


def read_history(
    desk: Desk, actor: Actor, kaart_id: str, item: str | None = None, limit: int | None = None
) -> list[Save]:
    """The saves of a card, newest first; of one item alone when `item` is its id, however much that takes to read.

    Raises:
        NotFound: there is no such card.
        NotAllowed: this person may not read it.
        StoreError: the store fails.
    """
    kaart = _readable(desk, actor, kaart_id)
    try:
        if item is None:
            return desk.kaarten.history(kaart_id, limit)
        toucher = Toucher(desk, kaart.id, most=sys.maxsize)
        return desk.kaarten.look_back(
            kaart_id, lambda saves: list(islice((save for save in saves if toucher.touches(save, item)), limit))
        )
    except RepositoryNotFound:
        raise NotFound(NO_CARD) from None


def last_save(desk: Desk, actor: Actor, kaart: Stored) -> Save | None:
    """The save that made a card what it is; None where that is not among the newest. Raises as `read_history`."""
    desk.require(actor, rights.READ, kaart)
    return next((save for save in desk.kaarten.history(kaart.id, 1) if save.revision == kaart.revision), None)


def _readable(desk: Desk, actor: Actor, kaart_id: str) -> Stored:
    try:
        return read_card(desk, actor, kaart_id)
    except InvalidCard:
        return last_readable(desk, actor, kaart_id)
