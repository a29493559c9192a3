"""Looking: the list of cards, a card, its history, what changed between two revisions."""

from dataclasses import dataclass

from app.content.card_type import Edition
from app.content.changes import Change, changes
from app.content.messages import SECTION
from app.content.problems import InvalidCard
from app.services import rights
from app.services.actors import Actor
from app.services.cataloguing import refresh, repaired
from app.services.desk import Desk
from app.services.errors import NotFound
from app.storage.catalogue import Found, Query
from app.storage.errors import RepositoryNotFound, RevisionNotFound
from app.storage.records import InvalidRevision, Save, Stored

NO_CARD = "Deze kaart is er niet."
NO_REVISION = "Deze versie van de kaart is er niet."


@dataclass(frozen=True)
class Comparison:
    """Two revisions of a card and what differs.

    Attributes:
        old: the card at the one revision.
        new: the card at the other.
        changes: what leads from `old` to `new`.
    """

    old: Stored
    new: Stored
    changes: list[Change]

    @property
    def edition(self) -> Edition:
        """The edition whose names say what changed."""
        return self.new.edition


def find_cards(desk: Desk, actor: Actor, query: Query) -> tuple[list[Found], int]:
    """The cards that a query asks for, and how many there are in all.

    Raises:
        NotAllowed: this person may not.
        StoreError: the catalogue fails and cannot be made anew.
    """
    desk.require(actor, rights.LIST)
    return repaired(desk, lambda: desk.catalogue.find(query))


def facet_values(desk: Desk, actor: Actor, key: str) -> list[tuple[str, int]]:
    """The values to filter by and how many cards have each; raises as `find_cards`."""
    desk.require(actor, rights.LIST)
    return repaired(desk, lambda: desk.catalogue.values(key))


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
    """The saves of a card, newest first; of one item alone when `item` is its id.

    Raises:
        NotFound: there is no such card.
        NotAllowed: this person may not read it.
        StoreError: the store fails.
    """
    kaart = _readable(desk, actor, kaart_id)
    try:
        if item is None:
            return desk.kaarten.history(kaart_id, limit)
        names = {section.inner.title for section in desk.types.current.shape if section.own_commit}
        return [save for save in desk.kaarten.history(kaart_id) if _touches(desk, kaart.id, save, item, names)][:limit]
    except RepositoryNotFound:
        raise NotFound(NO_CARD) from None


def last_save(desk: Desk, actor: Actor, kaart: Stored) -> Save | None:
    """The save that made a card what it is; None where that is not among the newest. Raises as `read_history`."""
    desk.require(actor, rights.READ, kaart)
    return next((save for save in desk.kaarten.history(kaart.id, 1) if save.revision == kaart.revision), None)


def compare(desk: Desk, actor: Actor, kaart_id: str, old: str, new: str) -> Comparison:
    """What differs between two revisions; raises as `read_card`."""
    before = read_card(desk, actor, kaart_id, old)
    after = read_card(desk, actor, kaart_id, new)
    return Comparison(before, after, changes(before.document, after.document))


def _readable(desk: Desk, actor: Actor, kaart_id: str) -> Stored:
    try:
        return read_card(desk, actor, kaart_id)
    except InvalidCard:
        return last_readable(desk, actor, kaart_id)


def _touches(desk: Desk, kaart_id: str, save: Save, item: str, names: set[str]) -> bool:
    """Whether a save changed an item: our own commits say so; what others wrote is compared."""
    told = _told_items(save, names)
    return item in (changed_items(desk, kaart_id, save) if told is None else told)


def touched_items(desk: Desk, kaart_id: str, save: Save) -> set[str]:
    """The ids of the items that a save changed: our own commits say so; what others wrote is compared."""
    told = _told_items(save, {section.inner.title for section in desk.types.current.shape if section.own_commit})
    return changed_items(desk, kaart_id, save) if told is None else told


def _told_items(save: Save, names: set[str]) -> set[str] | None:
    """The items that the messages of a save name; None where another program wrote one of them."""
    trailers = [step.message.trailers for step in save.steps]
    if not all(SECTION in one or names & one.keys() for one in trailers):
        return None
    own = {identity for one in trailers for name in names for identity in one.get(name, ())}
    return own | {word for one in trailers for line in one.get(SECTION, ()) for word in line.split()[1:]}


def changed_items(desk: Desk, kaart_id: str, save: Save) -> set[str]:
    """The ids of the items that a save changed, by comparing the card after it with the card before it."""
    try:
        after = desk.kaarten.read(kaart_id, save.revision).document
        before = desk.kaarten.read(kaart_id, save.parents[0]).document if save.parents else {}
    except InvalidCard:
        return set()
    return {change.path[1] for change in changes(before, after) if len(change.path) > 1}
