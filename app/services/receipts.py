"""Reading in what a receiver elsewhere answered: only then the turn of who handed a card over ends."""

import re
from dataclasses import replace

from app.content.grants import utc
from app.content.handovers import ACCEPTED, REFUSED, WITHDRAWN, Handover
from app.content.letters import RECEIPT, Letter
from app.content.messages import HANDED, PROPOSAL, REQUEST, TO_CONFIRM
from app.content.workflow import state_of
from app.services import rights
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import NotFound
from app.services.handing_over import answered, handing_of, move_telling, reading_on
from app.services.joining import Chosen, joined, landed
from app.services.offering import ended
from app.services.parcel_faults import Refused
from app.services.parcels import Opened, handovers_here, opened
from app.services.saving import held
from app.services.taking_in import brought_beside, look
from app.storage.access_log import Event
from app.storage.kaart_writer import KaartWriter
from app.storage.quarantine import Parcel
from app.storage.records import Access, NewAccess


def was_read_in(desk: Desk, parcel: Parcel) -> bool:
    """Whether this very receipt was read in already: the program died before it was done."""
    offers = handovers_here(desk, parcel.kaart_id).offers
    return any(one.id == parcel.offer and one.answer == parcel.digest for one in offers)


def offer_of(desk: Desk, parcel: Opened) -> Handover:
    """The offer that a receipt answers: open, or withdrawn while it was on its way.

    Raises:
        Refused: it answers none, or not of this package.
        StoreError: the store fails.
    """
    letter, kaart_id = parcel.letter, parcel.parcel.kaart_id
    if parcel.parcel.kind != RECEIPT:
        raise Refused("no-offer")
    offers = handovers_here(desk, kaart_id).offers
    found = next((one for one in offers if one.id == letter["id"]), None)
    if found is None or found.to.partition(":")[2] != parcel.sender.id:
        raise Refused("no-offer")
    sent = desk.travels.sent(kaart_id).get(found.id)
    if sent is None or letter["pakket"] not in sent.digests:
        raise Refused("no-offer")
    if found.outcome == WITHDRAWN and found != offers[-1] and letter["uitkomst"] == ACCEPTED:
        raise Refused("withdrawn")
    if found.outcome in (ACCEPTED, REFUSED) or found != offers[-1]:
        raise Refused("old")
    return found


def read_in(desk: Desk, actor: Actor, parcel_id: str, chosen: Chosen) -> str:
    """Read a receipt in: the card is somebody else's now, or stays; its id.

    Args:
        desk: what to work with.
        actor: who does it: the dossierhouder.
        parcel_id: the package with the receipt, brought by this person.
        chosen: what stays, where the card was changed on both sides since.

    Raises:
        Refused: it answers no offer of here.
        NotAllowed: this person may not, or not everything was chosen.
        NotFound, StoreError: nothing was changed.
    """
    parcel = opened(desk, actor, parcel_id)
    kaart_id = parcel.parcel.kaart_id
    if was_read_in(desk, parcel.parcel):
        desk.quarantine.remove(parcel.parcel.id)
        return kaart_id
    offer_of(desk, parcel)
    with held(desk, kaart_id) as writer:
        desk.require(actor, rights.TRANSITION, writer.read(), handing_of(desk).depart.name)
        offer = offer_of(desk, parcel)
        if parcel.letter["uitkomst"] == REFUSED:
            _refused(desk, actor, writer, parcel, offer)
        else:
            _accepted(desk, actor, writer, parcel, offer, chosen)
    desk.quarantine.remove(parcel.parcel.id)
    return kaart_id


def _refused(desk: Desk, actor: Actor, writer: KaartWriter, parcel: Opened, offer: Handover) -> None:
    if not offer.is_open:
        raise Refused("old")
    letter = parcel.letter
    answer = replace(
        offer, outcome=REFUSED, closed_by=_by(letter), reason=letter.get("reden", ""), answer=parcel.parcel.digest
    )
    answered(desk, actor, writer, replace(answer, closed=utc(desk.clock())))


def _accepted(desk: Desk, actor: Actor, writer: KaartWriter, parcel: Opened, offer: Handover, chosen: Chosen) -> None:
    """What was accepted there is written beside the card first; then the roles move, and the card follows."""
    meeting, before = look(desk, parcel), writer.access()
    if meeting.own is None:
        raise NotFound("Deze kaart is er niet meer.")
    _require_end(desk, parcel, offer)
    _document, merge = joined(desk, actor, meeting, chosen, "De kaart is elders aangenomen.")
    tip = brought_beside(desk, writer, parcel, meeting)
    taken = landed(writer, meeting, tip, merge)
    closed = replace(
        offer,
        outcome=ACCEPTED,
        closed=utc(desk.clock()),
        closed_by=_by(parcel.letter),
        answer=parcel.parcel.digest,
        sent=parcel.letter["pakket"],
        taken=taken,
        was=meeting.own.revision,
    )
    line = Event("handover-gone", "U", "toegestaan", desk.clock(), kaart=writer.kaart_id, item=offer.id)
    move_telling(desk, actor, writer, before, _access(desk, actor, before, closed), line)


def _by(letter: Letter) -> str:
    """Who answered there; without signs that would make somebody of here of it."""
    return " ".join(re.sub("[<>]", " ", letter["door"]).split())


def _require_end(desk: Desk, parcel: Opened, offer: Handover) -> None:
    """Refuse a history that does not end with the end of our turn, or would have somebody here say something."""
    tip = parcel.history.kaarten.read(parcel.history.kaart_id)
    ends = state_of(tip.document) == handing_of(desk).depart.target and tip.message.first(HANDED) == offer.id
    if not ends or not tip.message.trailers.keys().isdisjoint({PROPOSAL, REQUEST, TO_CONFIRM}):
        raise Refused("other-card")


def _access(desk: Desk, actor: Actor, before: Access, closed: Handover) -> NewAccess:
    """The roles after it: nobody here is dossierhouder; who was, reads on as long as was agreed."""
    now = utc(desk.clock())
    grants = reading_on(desk, actor, ended(before.grants, {desk.types.roles.holder}, now), closed, now)
    handovers = before.handovers.with_offer(closed)
    return NewAccess(grants, actor.author, desk.clock(), "Kaart aangenomen door een andere installatie", "", handovers)
