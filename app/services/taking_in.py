"""Aannemen, or weigeren, of a card that came from elsewhere: whole, with one dossierhouder, or not at all."""

from collections.abc import Sequence
from dataclasses import replace

from app.content.clean import clean_text
from app.content.grants import utc
from app.content.handing import Handing
from app.content.handovers import ACCEPTED, INSTALLATION, MOST, Arrival
from app.content.letters import HANDOVER
from app.content.messages import HANDED
from app.content.overleg import ASKED, CONFIRMATION, Said
from app.content.overleg_state import Overleg
from app.content.problems import InvalidCard
from app.content.validate import validate
from app.content.workflow import state_of
from app.services import rights
from app.services.actors import Actor, signed_by, speaker_in
from app.services.boxes import ARRIVED, note_of, remember
from app.services.cataloguing import record
from app.services.commits import new_save, parts_of
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed, ServiceError
from app.services.granting import moved
from app.services.handed import row_of
from app.services.handing_over import REASON, handing_of, held_by
from app.services.joining import Chosen, joined, landed
from app.services.offering import ended
from app.services.parcel_faults import Refused
from app.services.parcels import EVENT, Opened, handovers_here, opened
from app.services.returning import NEW, NOTHING, Meeting, Unrelated, meet, names
from app.services.saving import held
from app.storage.access_log import Event, Outcome
from app.storage.errors import RepositoryExists, StoreError
from app.storage.kaart_writer import KaartWriter
from app.storage.quarantine import Parcel
from app.storage.records import Access, NewAccess, NewPart, NewSave, Stored

LONGEST_REASON = 5_000
_LOST = "De kaart hier is intussen gewijzigd. Kijk het pakket nog eens na."


def look(desk: Desk, parcel: Opened) -> Meeting:
    """What a package would bring, held against the card here. Nothing is changed.

    Raises:
        Refused: it cannot be taken in; says why.
        StoreError: the store fails.
    """
    came = parcel.history
    if desk.tombstones.get(parcel.parcel.kaart_id):
        raise Refused("destroyed")  # since it was brought
    try:
        meeting = meet(desk, parcel.letter, came)
    except Unrelated:
        raise Refused("unrelated") from None
    except InvalidCard as error:
        raise Refused("not-a-card") from error
    if meeting.kind == NOTHING:
        raise Refused("old")
    if parcel.parcel.kind == HANDOVER and state_of(meeting.theirs) not in handing_of(desk).depart.sources:
        raise Refused("state")
    return meeting


def accept(desk: Desk, actor: Actor, parcel_id: str, chosen: Chosen) -> str:
    """Take in a card that another installation hands over: from now on this person is its dossierhouder; its id.

    Args:
        desk: what to work with.
        actor: who accepts.
        parcel_id: the package, brought by this person.
        chosen: what stays, where both sides differ.

    Raises:
        Refused: it cannot be taken in.
        NotAllowed: not everything was chosen, or both together are no card.
        NotFound, StoreError: nothing was changed.
    """
    parcel = opened(desk, actor, parcel_id)
    if parcel.parcel.kind != HANDOVER or parcel.parcel.refused:
        raise Refused("state")
    if has_arrived(desk, parcel.parcel):
        finish(desk, parcel)
        return parcel.parcel.kaart_id
    meeting = look(desk, parcel)
    line = Event(
        "handover-arrive", "C", "toegestaan", desk.clock(), kaart=parcel.parcel.kaart_id, item=parcel.parcel.offer
    )
    desk.tell(actor, line)
    try:
        if meeting.kind == NEW:
            _make(desk, actor, parcel)
        else:
            _bring_together(desk, actor, parcel, chosen)
    except (ServiceError, InvalidCard, StoreError) as error:
        outcome: Outcome = "mislukt" if isinstance(error, StoreError) else "geweigerd"
        desk.tell(actor, replace(line, outcome=outcome, when=desk.clock()))
        raise
    finish(desk, parcel)
    return parcel.parcel.kaart_id


def refuse(desk: Desk, actor: Actor, parcel_id: str, reason: str) -> None:
    """Refuse a card that another installation hands over; a receipt of that can be made as long as it is known.

    Raises:
        InvalidInput: there is no reason.
        Refused, NotFound, StoreError: nothing was changed.
    """
    parcel = opened(desk, actor, parcel_id).parcel
    if parcel.kind != HANDOVER:
        raise Refused("state")
    if _was_accepted(desk, parcel):
        raise Refused("accepted")  # the sender would stay dossierhouder, and so would who accepted
    try:
        words = clean_text(reason[: LONGEST_REASON + 1])
    except InvalidCard as verdict:
        raise InvalidInput({REASON: str(verdict.problems[0])}) from None
    if not words or len(words) > LONGEST_REASON:
        raise InvalidInput({REASON: "Schrijf op waarom, in hoogstens 5.000 tekens."})
    desk.tell(actor, Event(EVENT, "D", "toegestaan", desk.clock(), kaart=parcel.kaart_id, item=parcel.id))
    desk.quarantine.empty(replace(parcel, refused=utc(desk.clock()), reason=words))


def _was_accepted(desk: Desk, parcel: Parcel) -> bool:
    """Whether a card was taken in by this offer, from this package or from another one of it."""
    return any(one.id == parcel.offer for one in handovers_here(desk, parcel.kaart_id).arrivals)


def has_arrived(desk: Desk, parcel: Parcel) -> bool:
    """Whether who brought this package took the card in from it: the program died before all was done."""
    brought = utc(parcel.when)
    return any(
        (one.digest, speaker_in(one.by).account) == (parcel.digest, parcel.by) and one.when >= brought
        for one in handovers_here(desk, parcel.kaart_id).arrivals
    )


def finish(desk: Desk, parcel: Opened) -> None:
    """Put what was said beside a card that was taken in, and remove the package. Can be done again."""
    if parcel.came is not None:
        with held(desk, parcel.parcel.kaart_id) as writer:
            # With the card held it is where it was going, also where a program died before it was.
            here, now = names(desk, parcel.letter, parcel.came), writer.read().revision
            talk = writer.overleg()
            coming = _heard(desk, parcel, talk.said)
            new = [replace(one, revision=one.revision and (here(one.revision) or now)) for one in coming]
            if new:
                writer.hear(talk.revision, new, desk.clock())
                record(desk, writer, writer.read())
    desk.quarantine.remove(parcel.parcel.id)


def _heard(desk: Desk, parcel: Opened, known: Sequence[Said]) -> list[Said]:
    """What of the words in a package is new here, and can be said elsewhere.

    Not: what somebody here would have said; a request that waits, for only there it can be confirmed; a confirmation
    of what was asked here.
    """
    ids, own = {one.id for one in known}, f"{desk.keys.id}:"
    asked = {one.id for one in known if one.kind == ASKED}
    new = [one for one in parcel.said if one.id not in ids and not one.by.account.startswith(own)]
    waiting = {one.said.id for one in Overleg(new).requests() if one.open}
    return [
        one
        for one in new
        if not (one.kind == ASKED and one.id in waiting) and not (one.kind == CONFIRMATION and asked & set(one.to))
    ]


def _make(desk: Desk, actor: Actor, parcel: Opened) -> None:
    """A card that is not here yet: history, roles and what was said come at once."""
    came = parcel.history
    kaart = came.kaarten.read(parcel.parcel.kaart_id)
    handing = handing_of(desk)
    row = _row(desk, handing, kaart, Access(), actor, parcel)
    entries = _turned(desk, handing, actor, kaart, parcel, row)
    access = _access(desk, actor, Access(), row, _arrival(desk, actor, parcel))
    said = _heard(desk, parcel, ())
    try:
        made = desk.travels.settle(came, entries, access, said, desk.clock())
    except RepositoryExists:
        raise NotAllowed(_LOST) from None
    with held(desk, made.id) as writer:
        record(desk, writer, made)


def _bring_together(desk: Desk, actor: Actor, parcel: Opened, chosen: Chosen) -> None:
    """A card that is here: what came in is written beside it first, then the roles move, and the card follows."""
    handing = handing_of(desk)
    with held(desk, parcel.parcel.kaart_id) as writer:
        before = writer.access()
        refuse_if_held(desk, actor, before)
        if len(before.handovers.arrivals) >= MOST:
            raise Refused("often")  # with one more nobody could read the roles
        meeting = look(desk, parcel)
        if meeting.own is None:
            raise NotAllowed(_LOST)
        document, merge = joined(desk, actor, meeting, chosen, "De kaart is terug van elders.")
        tip = brought_beside(desk, writer, parcel, meeting)
        theirs = replace(meeting.own, document=document, outdated=False)
        row = _row(desk, handing, theirs, before, actor, parcel)
        turned = _turned(desk, handing, actor, theirs, parcel, row)
        taken = writer.aside(landed(writer, meeting, tip, merge), turned)[-1]
        arrival = replace(_arrival(desk, actor, parcel), taken=taken, was=meeting.own.revision)
        moved(desk, writer, before, _access(desk, actor, before, row, arrival))


def refuse_if_held(desk: Desk, actor: Actor, before: Access) -> None:
    """Raise `Refused` where somebody else is dossierhouder here: nobody elsewhere takes that role away."""
    holder, now = desk.types.roles.holder, desk.clock()
    held_by_somebody = any(one.role == holder and one.is_in_force(now) for one in before.grants)
    if held_by_somebody and holder not in rights.card_roles(actor, before, desk.types, now):
        raise Refused("held")


def brought_beside(desk: Desk, writer: KaartWriter, parcel: Opened, meeting: Meeting) -> str:
    """Write what came in beside the card, on its own history; its newest revision. Nobody sees it yet."""
    if meeting.passed:
        made = writer.aside(meeting.base, meeting.passed)
        there = dict(zip((one.revision for one in meeting.passed), made, strict=True))
        remember(desk, writer, note_of(parcel.parcel.offer, ARRIVED), parcel.parcel.digest, there)
        return made[-1]
    came = parcel.history
    writer.take(came.store, came.tip)
    return came.tip


def _turned(desk: Desk, handing: Handing, actor: Actor, kaart: Stored, parcel: Opened, row: str) -> list[NewSave]:
    """The two saves of a handover: the end of the sender's turn, and the beginning of that of who accepts."""
    gone = handing.stepped(kaart.document, handing.depart)
    part = NewPart(gone, handing.depart.title, [(HANDED, parcel.parcel.offer)])
    person = {"name": actor.name, "organisation": actor.organisation}
    mine = handing.accepted(gone, handing.arrive, row, person)
    try:
        validate(mine, desk.types.edition_of(mine))
    except InvalidCard as verdict:
        raise Refused("not-a-card") from verdict
    after = parts_of(desk, replace(kaart, document=gone, outdated=False), mine)
    return [
        new_save(desk, actor, f"{handing.depart.title}: door {parcel.sender.name}.", [part], kaart.form),
        new_save(desk, actor, f"{handing.arrive.title}: {parcel.sender.name}.", after, kaart.form),
    ]


def _row(desk: Desk, handing: Handing, kaart: Stored, access: Access, actor: Actor, parcel: Opened) -> str:
    return row_of(desk, handing, kaart, access, actor, parcel.parcel.offer)


def _arrival(desk: Desk, actor: Actor, parcel: Opened) -> Arrival:
    one = parcel.parcel
    return Arrival(one.offer, one.sender, parcel.history.tip, utc(desk.clock()), one.digest, signed_by(actor))


def _access(desk: Desk, actor: Actor, before: Access, row: str, arrival: Arrival) -> NewAccess:
    """The roles after a card was accepted: its dossierhouder is who accepted, alone."""
    now, holder = utc(desk.clock()), desk.types.roles.holder
    grants = held_by(desk, actor, ended(before.grants, {holder}, now), row, now)
    handovers, open_offer = before.handovers, before.handovers.open
    if open_offer and open_offer.to == f"{INSTALLATION}{arrival.sender}":
        # It comes back before the receipt was read in: so it was accepted there.
        handovers = handovers.with_offer(replace(open_offer, outcome=ACCEPTED, closed=now, closed_by=arrival.by))
    handovers = handovers.with_arrival(arrival)
    return NewAccess(grants, actor.author, desk.clock(), "Kaart aangenomen van elders", "", handovers)
