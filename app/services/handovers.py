"""The overdracht of a card as one person may see it: what is missing, what is open, what became of earlier offers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.content import HEAD, Document
from app.content.grants import utc
from app.content.handing import ToCheck
from app.content.handovers import ACCEPTED, WITHDRAWN, Handover
from app.content.problems import Problem
from app.content.shielding import shielded_from
from app.content.workflow import state_of
from app.services import receivers, rights
from app.services.actors import Actor
from app.services.cataloguing import repaired
from app.services.desk import Desk
from app.services.finding import me_on
from app.services.handing_over import handing_of, lacks
from app.services.overleg import heard
from app.services.starting import RECENT
from app.services.viewing import view
from app.storage.records import Access, Stored


@dataclass(frozen=True)
class Overview:
    """What there is to know of the handovers of a card.

    Attributes:
        kaart: the card as this person sees it.
        open: the offer that waits for an answer.
        past: the others, the newest first.
        can: which steps of workflow.json this person can take now.
        gone: whether the receiver of the open offer can sign in no more: nobody can accept it.
        unseen: how many items, of those that this person sees, the receiver of the open offer will not see.
        lacking: what the card needs before it can be offered; for who can offer it.
        to_check: what the giver looks at once more.
        waiting: how many requests for a second person, proposals and questions are open.
        evaluation: the day of the next evaluation; empty for none.
        shielded: whether anything on the card is shielded from anybody.
    """

    kaart: Stored
    open: Handover | None
    past: list[Handover]
    can: frozenset[str]
    gone: bool = False
    unseen: int = 0
    lacking: Sequence[Problem] = ()
    to_check: Sequence[tuple[ToCheck, list[Document]]] = ()
    waiting: tuple[int, int, int] = (0, 0, 0)
    evaluation: str = ""
    shielded: bool = False


def overview(desk: Desk, actor: Actor, kaart_id: str) -> Overview:
    """The handovers of a card. What was written to the receiver, and why, is for the two sides alone.

    Raises:
        NotFound: there is no such card, or this person may not know of it.
        NotAllowed: cards of this type are not handed over.
        InvalidRevision: the newest revision is no card.
        StoreError: the store fails.
    """
    handing, seen = handing_of(desk), view(desk, actor, kaart_id)
    kaart, access = seen.read(), seen.access
    told = [_told(desk, actor, access, one) for one in access.handovers.offers]
    waits = next((one for one in told if one.is_open), None)
    found = Overview(kaart, waits, [one for one in told[::-1] if not one.is_open], _can(desk, actor, kaart, access))
    if waits and handing.withdraw.name in found.can and not waits.elsewhere:
        others = receivers.views(desk, kaart_id, access, waits.to)
        hidden = frozenset().union(*(one.hidden_now for one in others)) - seen.hidden_now
        return replace(found, gone=not others, unseen=len(hidden))
    if handing.offer.name not in found.can:
        return found
    overleg, shape = heard(desk, seen), kaart.edition.shape
    asked = (overleg.requests(), overleg.proposals(), overleg.questions())
    requests, proposals, questions = (sum(bool(one.open) for one in some) for some in asked)
    return replace(
        found,
        lacking=lacks(desk, actor, desk.kaarten.read(kaart_id)),
        to_check=list(handing.checked(kaart.document, shape)),
        waiting=(requests, proposals, questions),
        evaluation=kaart.document[HEAD].get(handing.evaluation, ""),
        shielded=bool(shielded_from(kaart.document, shape, desk.types.roles.shield)),
    )


def offered_here(desk: Desk, actor: Actor, kaart: Stored) -> Handover | None:
    """The open offer of a card that this person reads, for its dossierhouder and the receiver; None for others.

    Raises:
        StoreError: the roles cannot be read.
    """
    access = desk.access(kaart.id)
    waits = access.handovers.open
    return waits if waits and (waits.to in actor.subjects or _holds(desk, actor, access)) else None


def offered_to(desk: Desk, actor: Actor) -> list[tuple[str, str, Handover]]:
    """The cards that are offered to somebody, each with what it is called and the offer, the oldest offer first.

    Raises:
        StoreError: the store fails.
    """
    handing = desk.types.handing
    if handing is None:
        return []
    me = replace(me_on(desk, actor), roles=(handing.receiver,))
    found = []
    for kaart_id, title in repaired(desk, lambda: desk.catalogue.unseen(me, handing.receiver)):
        waits = desk.access(kaart_id).handovers.open
        if waits is not None and waits.to in actor.subjects:
            found.append((kaart_id, title, waits))
    return sorted(found, key=lambda one: one[2].when)


def lately(desk: Desk, actor: Actor) -> list[tuple[str, Handover]]:
    """What became of offers of which this person can learn it nowhere else: the card is not his or hers to read now.

    That is: whoever gave a card away hears that it was accepted, whom it was offered that it was withdrawn. For a
    month, and without what the card is called.

    Returns:
        The card, by its id, and the offer without its words; the newest first.

    Raises:
        StoreError: the store fails.
    """
    handing, now = desk.types.handing, desk.clock()
    if handing is None or not desk.may(actor, rights.LIST):
        return []
    roles, since = (desk.types.roles.holder, handing.receiver), utc(now - RECENT)
    cards = repaired(desk, lambda: desk.catalogue.left(actor.subjects, roles, since, utc(now)))
    found = [
        (kaart_id, replace(one, text="", why="", reason=""))
        for kaart_id in cards
        if not desk.may(actor, rights.READ, kaart_id)
        for one in desk.access(kaart_id).handovers.offers
        if one.closed >= since and _is_news(actor, one)
    ]
    return sorted(found, key=lambda one: one[1].closed, reverse=True)


def _is_news(actor: Actor, one: Handover) -> bool:
    return (one.outcome == ACCEPTED and one.giver == actor.id) or (
        one.outcome == WITHDRAWN and one.to in actor.subjects and one.giver != actor.id
    )


def _can(desk: Desk, actor: Actor, kaart: Stored, access: Access) -> frozenset[str]:
    handing, waits = handing_of(desk), access.handovers.open
    steps = [handing.offer] if waits is None else [handing.withdraw]
    if waits is not None and waits.to in actor.subjects and not _holds(desk, actor, access):
        steps += [handing.accept, handing.refuse]
    there = (one for one in steps if state_of(kaart.document) in one.sources or one == handing.withdraw)
    return frozenset(one.name for one in there if desk.may(actor, rights.TRANSITION, kaart, one.name))


def _told(desk: Desk, actor: Actor, access: Access, one: Handover) -> Handover:
    return one if _is_side(desk, actor, access, one) else replace(one, text="", why="", reason="")


def _is_side(desk: Desk, actor: Actor, access: Access, one: Handover) -> bool:
    """Whether this person offered it, is or was the receiver, or holds the card now."""
    return one.giver == actor.id or one.to in actor.subjects or _holds(desk, actor, access)


def _holds(desk: Desk, actor: Actor, access: Access) -> bool:
    return desk.types.roles.holder in rights.card_roles(actor, access, desk.types, desk.clock())
