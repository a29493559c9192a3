"""Aannemen, or weigeren, of a card that came from elsewhere: whole, with one dossierhouder, or not at all."""

from dataclasses import dataclass, replace

from app.content import Document, Path
from app.content.changes import changes
from app.content.clean import clean_text
from app.content.grants import utc
from app.content.handing import Handing
from app.content.handovers import Arrival
from app.content.letters import HANDOVER
from app.content.merge import Conflict
from app.content.messages import HANDED, trailers_of
from app.content.problems import InvalidCard
from app.content.validate import validate
from app.content.workflow import state_of
from app.services import rights
from app.services.actors import Actor, signed_by
from app.services.cataloguing import record
from app.services.commits import new_save, parts_of
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed
from app.services.granting import moved, new_grant
from app.services.handed import row_of
from app.services.handing_over import REASON, handing_of
from app.services.offering import ended, with_room
from app.services.packing import ARRIVED, note_of, remember
from app.services.parcel_faults import Refused
from app.services.parcels import EVENT, Opened, opened
from app.services.returning import APART, NEW, NOTHING, Meeting, Unrelated, meet, names
from app.services.saving import held
from app.services.viewing import View, unseen_in
from app.storage.access_log import Event
from app.storage.errors import StoreError
from app.storage.kaarten import KaartWriter
from app.storage.quarantine import Parcel
from app.storage.records import Access, NewAccess, NewPart, NewSave, Stored

LONGEST_REASON = 5_000
_LOST = "De kaart hier is intussen gewijzigd. Kijk het pakket nog eens na."
NOT_A_READER = (
    "Deze kaart is ook hier gewijzigd, en u mag haar hier niet lezen. Vraag wie hier dossierhouder is om dit pakket "
    "aan te nemen."
)
"""Who may not see what stands here cannot choose between that and what is in a package."""
CHOOSE = "Kies bij elk verschil wat blijft staan."


@dataclass(frozen=True)
class Chosen:
    """What a person chose where both sides differ.

    Attributes:
        ours: the places where what is here stays.
        theirs: the places where that of the package comes.
    """

    ours: frozenset[Path] = frozenset()
    theirs: frozenset[Path] = frozenset()


def look(desk: Desk, parcel: Opened) -> Meeting:
    """What a package would bring, held against the card here. Nothing is changed.

    Raises:
        Refused: it cannot be taken in; says why.
        StoreError: the store fails.
    """
    if parcel.came is None:
        raise Refused("no-history")
    try:
        meeting = meet(desk, parcel.letter, parcel.came)
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
    except StoreError:
        desk.tell(actor, replace(line, outcome="mislukt", when=desk.clock()))
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
        told = clean_text(reason[: LONGEST_REASON + 1])
    except InvalidCard as verdict:
        raise InvalidInput({REASON: str(verdict.problems[0])}) from None
    if not told or len(told) > LONGEST_REASON:
        raise InvalidInput({REASON: "Schrijf op waarom, in hoogstens 5.000 tekens."})
    desk.tell(actor, Event(EVENT, "D", "toegestaan", desk.clock(), kaart=parcel.kaart_id, item=parcel.id))
    desk.quarantine.empty(replace(parcel, refused=utc(desk.clock()), reason=told))


def _was_accepted(desk: Desk, parcel: Parcel) -> bool:
    """Whether a card was taken in by this offer, from this package or from another one of it."""
    if not desk.kaarten.exists(parcel.kaart_id):
        return False
    return any(one.id == parcel.offer for one in desk.kaarten.access(parcel.kaart_id).handovers.arrivals)


def has_arrived(desk: Desk, parcel: Parcel) -> bool:
    """Whether a card was taken in from this very package already: the program died before it was done."""
    if not desk.kaarten.exists(parcel.kaart_id):
        return False
    return any(one.digest == parcel.digest for one in desk.kaarten.access(parcel.kaart_id).handovers.arrivals)


def finish(desk: Desk, parcel: Opened) -> None:
    """Put what was said beside a card that was taken in, and remove the package. Can be done again."""
    if parcel.came is not None:
        here = names(desk, parcel.letter, parcel.came)
        with held(desk, parcel.parcel.kaart_id) as writer:
            talk = writer.overleg()
            known = {one.id for one in talk.said}
            new = [replace(one, revision=here(one.revision)) for one in parcel.said if one.id not in known]
            if new:
                writer.hear(talk.revision, new, desk.clock())
                record(desk, writer, writer.read())
    desk.quarantine.remove(parcel.parcel.id)


def open_conflicts(desk: Desk, actor: Actor, meeting: Meeting) -> list[Conflict]:
    """Where both sides differ and this person decides; of what is shielded from this person, that here stays."""
    if meeting.own is None or meeting.merged is None:
        return []
    seen = View(desk, actor, meeting.own.id, desk.kaarten.access(meeting.own.id))
    unseen = seen.hidden_in(meeting.own)
    unseen |= unseen_in(desk, actor, meeting.theirs, linked=seen.mine, also=unseen)
    return [one for one in meeting.merged.conflicts if unseen.isdisjoint(one.path)]


def may_choose(desk: Desk, actor: Actor, kaart_id: str) -> bool:
    """Whether somebody may see what stands here, to choose between that and what is in a package.

    That is who reads the card; and anybody where nobody here is its dossierhouder, for who accepts it becomes that.
    """
    holder, now = desk.types.roles.holder, desk.clock()
    held = any(one.role == holder and one.is_in_force(now) for one in desk.kaarten.access(kaart_id).grants)
    return not held or desk.may(actor, rights.READ, kaart_id)


def joined(desk: Desk, actor: Actor, meeting: Meeting, chosen: Chosen, reason: str) -> tuple[Document, NewSave | None]:
    """The card with both sides, and the save that brings them together; None where there is nothing to bring together.

    Raises:
        NotAllowed: not everything was chosen, this person may not read what stands here, or both together are no card.
    """
    if meeting.kind != APART or meeting.own is None or meeting.merged is None:
        return meeting.theirs, None
    asked = {one.path for one in open_conflicts(desk, actor, meeting)}
    if asked and not may_choose(desk, actor, meeting.own.id):
        raise NotAllowed(NOT_A_READER)
    if asked - chosen.ours - chosen.theirs:
        raise NotAllowed(CHOOSE)
    document = meeting.document(chosen.ours | ({one.path for one in meeting.merged.conflicts} - asked))
    try:
        validate(document, desk.types.edition_of(document))
    except InvalidCard as verdict:
        raise NotAllowed(f"Samen is dit geen geldige kaart: {verdict.problems[0]}") from None
    steps = changes(meeting.own.document, document)
    trailers = trailers_of(steps, meeting.own.edition.shape) if steps else []
    part = NewPart(document, "Kaart samengevoegd met wat elders is bewaard", trailers)
    return document, new_save(desk, actor, reason, [part], meeting.own.form)


def _make(desk: Desk, actor: Actor, parcel: Opened) -> None:
    """A card that is not here yet: history, roles and what was said come at once."""
    if parcel.came is None:
        raise Refused("no-history")
    kaart = parcel.came.kaarten.read(parcel.parcel.kaart_id)
    handing = handing_of(desk)
    row = _row(desk, handing, kaart, Access(), actor, parcel)
    entries = _turned(desk, handing, actor, kaart, parcel, row)
    access = _access(desk, actor, Access(), row, _arrival(desk, actor, parcel))
    made = desk.travels.settle(parcel.came, entries, access, parcel.said, desk.clock())
    with held(desk, made.id) as writer:
        record(desk, writer, made)


def _bring_together(desk: Desk, actor: Actor, parcel: Opened, chosen: Chosen) -> None:
    """A card that is here: what came in is written beside it first, then the roles move, and the card follows."""
    came = parcel.came
    if came is None:
        raise Refused("no-history")
    handing = handing_of(desk)
    with held(desk, parcel.parcel.kaart_id) as writer:
        before = writer.access()
        meeting = look(desk, parcel)
        if meeting.own is None:
            raise NotAllowed(_LOST)
        _refuse_if_held(desk, actor, meeting.own, before)
        document, merge = joined(desk, actor, meeting, chosen, "De kaart is terug van elders.")
        tip = brought_beside(desk, writer, parcel, meeting)
        theirs = replace(meeting.own, document=document, outdated=False)
        row = _row(desk, handing, theirs, before, actor, parcel)
        turned = _turned(desk, handing, actor, theirs, parcel, row)
        start = writer.aside(meeting.own.revision, [merge], merging=tip)[-1] if merge else tip
        taken = writer.aside(start, turned)[-1]
        arrival = replace(_arrival(desk, actor, parcel), taken=taken, was=meeting.own.revision)
        moved(desk, writer, before, _access(desk, actor, before, row, arrival))


def _refuse_if_held(desk: Desk, actor: Actor, own: Stored, access: Access) -> None:
    """A card that did not go away from here has a dossierhouder here: nobody else takes it over by a package."""
    gone = state_of(own.document) == handing_of(desk).depart.target
    if not gone and desk.types.roles.holder not in rights.card_roles(actor, access, desk.types, desk.clock()):
        raise Refused("held")


def brought_beside(desk: Desk, writer: KaartWriter, parcel: Opened, meeting: Meeting) -> str:
    """Write what came in beside the card, on its own history; its newest revision. Nobody sees it yet."""
    if parcel.came is None:
        raise Refused("no-history")
    if meeting.passed:
        made = writer.aside(meeting.base, meeting.passed)
        there = dict(zip((one.revision for one in meeting.passed), made, strict=True))
        remember(desk, writer, note_of(parcel.parcel.offer, ARRIVED), parcel.parcel.digest, there)
        return made[-1]
    writer.take(parcel.came.store, parcel.came.tip)
    return parcel.came.tip


def _turned(desk: Desk, handing: Handing, actor: Actor, kaart: Stored, parcel: Opened, row: str) -> list[NewSave]:
    """The two saves of a handover: the end of the sender's turn, and the beginning of that of who accepts."""
    gone = handing.stepped(kaart.document, handing.depart)
    part = NewPart(gone, handing.depart.title, [(HANDED, parcel.parcel.offer)])
    person = {"name": actor.name, "organisation": actor.organisation}
    mine = handing.accepted(gone, handing.arrive, row, person)
    validate(mine, desk.types.edition_of(mine))
    after = parts_of(desk, replace(kaart, document=gone, outdated=False), mine)
    return [
        new_save(desk, actor, f"{handing.depart.title}.", [part], kaart.form),
        new_save(desk, actor, f"{handing.arrive.title}.", after, kaart.form),
    ]


def _row(desk: Desk, handing: Handing, kaart: Stored, access: Access, actor: Actor, parcel: Opened) -> str:
    return row_of(desk, handing, kaart, access, actor, parcel.parcel.offer)


def _arrival(desk: Desk, actor: Actor, parcel: Opened) -> Arrival:
    came = parcel.came
    tip = came.tip if came else ""
    one = parcel.parcel
    return Arrival(one.offer, one.sender, tip, utc(desk.clock()), one.digest, signed_by(actor))


def _access(desk: Desk, actor: Actor, before: Access, row: str, arrival: Arrival) -> NewAccess:
    """The roles after a card was accepted: its dossierhouder is who accepted, alone."""
    now, holder = utc(desk.clock()), desk.types.roles.holder
    grants = with_room(ended(before.grants, {holder}, now), desk.clock())
    mine = replace(new_grant(desk, actor, actor.subjects[0], holder, now), professional=row)
    handovers = before.handovers.with_arrival(arrival)
    return NewAccess([*grants, mine], actor.author, desk.clock(), "Kaart aangenomen van elders", "", handovers)
