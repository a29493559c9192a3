"""What waits for a reviewer: which cards, the most urgent first, and how much on one card."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.services import rights
from app.services.actors import Actor
from app.services.cataloguing import repaired
from app.services.desk import Desk
from app.services.finding import me_on
from app.services.overleg import own_judgements
from app.services.viewing import view
from app.services.wordings import Wordings
from app.storage.catalogue import Me, Query
from app.storage.catalogue_review import NOT_URGENT


@dataclass(frozen=True)
class CardToReview:
    """A card on which something waits for a reviewer.

    Attributes:
        kaart_id: the card.
        title: what it is called; empty where that is not to be read.
        changed: when it was saved last, in UTC.
        count: on how many items there is something to judge.
        urgent: why the most urgent of it cannot wait, as overleg.json calls it; empty for nothing urgent.
    """

    kaart_id: str
    title: str
    changed: str
    count: int
    urgent: str


def to_review(desk: Desk, actor: Actor, most: int, after: int = 0) -> tuple[Sequence[CardToReview], int]:
    """The cards that wait for a reviewer, the most urgent first and then those that wait longest; how many in all.

    One query of the catalogue, whatever the number of cards.

    Args:
        desk: what to work with.
        actor: who.
        most: how many to give.
        after: how many to pass over.

    Raises:
        NotAllowed: this person may not see the list of cards.
        StoreError: the catalogue fails and cannot be made anew.
    """
    desk.require(actor, rights.LIST)
    urgencies = desk.types.review.urgent
    lifted = next((place for place, one in enumerate(urgencies) if one.lifted), NOT_URGENT)
    me = _as_reviewer(desk, actor)
    found, total = repaired(desk, lambda: desk.catalogue.to_review(me, actor.id, lifted, most, after))
    return [
        CardToReview(
            one.kaart_id,
            one.title,
            one.changed,
            one.count,
            urgencies[one.urgent].title if one.urgent < len(urgencies) else "",
        )
        for one in found
    ], total


def waiting_on(desk: Desk, actor: Actor, kaart_id: str) -> int:
    """On how many items of a card something waits for this person; 0 for who does not review it.

    Raises as `reading.read_card`.
    """
    if not desk.may(actor, rights.JUDGE, kaart_id):
        return 0
    seen = view(desk, actor, kaart_id)
    words, mine = Wordings(desk, seen), own_judgements(desk, actor, kaart_id)
    return len(words.unjudged(mine))


def reviews(desk: Desk, actor: Actor) -> bool:
    """Whether this person has a role by which one reviews, on any card."""
    me = _as_reviewer(desk, actor)
    _found, total = repaired(desk, lambda: desk.catalogue.find(Query(me=me, limit=0)))
    return total > 0


def _as_reviewer(desk: Desk, actor: Actor) -> Me:
    """This person as the catalogue knows him or her, on the cards that he or she reviews."""
    able = tuple(name for name, role in desk.types.roles.card.items() if rights.JUDGE in role.may)
    return replace(me_on(desk, actor), roles=able)
