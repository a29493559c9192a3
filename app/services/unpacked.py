"""What is in a package, for who brought it: what it would do here, before anything is done."""

from dataclasses import dataclass, field, replace

from app.content.letters import RECEIPT
from app.content.merge import Conflict
from app.content.shielding import concealed
from app.services import rights
from app.services.actors import Actor
from app.services.alike_family import is_here
from app.services.boxes import receiver_at
from app.services.comparing import Comparison, differing
from app.services.departing import Departing
from app.services.desk import Desk
from app.services.handing_over import handing_of
from app.services.joining import open_conflicts
from app.services.parcel_faults import Refused
from app.services.parcels import EVENT, Opened, brought, opened
from app.services.receipts import offer_of
from app.services.returning import APART, Meeting
from app.services.taking_in import look, refuse_if_held
from app.services.viewing import View, unseen_in
from app.storage.access_log import Event
from app.storage.quarantine import Parcel
from app.storage.records import Stored

_NOT_YOURS = "Alleen de dossierhouder van de kaart kan dit ontvangstbewijs inlezen."


@dataclass(frozen=True)
class Unpacked:
    """A package, as who brought it may see it.

    Attributes:
        opened: the package.
        kind: what the card is to the cards here, as in `returning`; empty where that cannot be said, or for a refusal.
        comparison: what is new in it; of a card that is not here, all of it. None for a refusal.
        ours: the card here; None where it is not here, or where nothing has to be chosen.
        conflicts: what this person chooses, where both sides differ.
        alike: whether the family seems to be here already, on another card.
        left: of a receipt, what was changed here after the package was made and may be told to the receiver, who does
            not have it.
        problem: why it cannot be taken in now; empty where it can.
    """

    opened: Opened
    kind: str = ""
    comparison: Comparison | None = None
    ours: Stored | None = None
    conflicts: list[Conflict] = field(default_factory=list)
    alike: bool = False
    left: Comparison | None = None
    problem: str = ""


def waiting(desk: Desk, actor: Actor) -> list[tuple[Parcel, str]]:
    """The packages that this person brought, each with what its sender is called; raises as `parcels.brought`."""
    return [(one, sender_of(desk, one)) for one in brought(desk, actor)]


def sender_of(desk: Desk, parcel: Parcel) -> str:
    """What the sender of a package is called here."""
    found = desk.installations.get(parcel.sender)
    return found.name if found else parcel.sender


def unpacked(desk: Desk, actor: Actor, parcel_id: str) -> Unpacked:
    """Look into a package, with a line in the log; nothing is changed.

    Raises:
        NotFound, Refused, StoreError: as `parcels.opened`.
    """
    parcel = opened(desk, actor, parcel_id)
    desk.tell(actor, Event(EVENT, "R", "toegestaan", desk.clock(), kaart=parcel.parcel.kaart_id, item=parcel.parcel.id))
    try:
        if parcel.parcel.kind == RECEIPT:
            return _receipt(desk, actor, parcel)
        meeting = look(desk, parcel)
    except Refused as refusal:
        return Unpacked(parcel, problem=str(refusal))
    return replace(_met(desk, actor, parcel, meeting), alike=is_here(desk, actor, meeting.theirs, _id(parcel)))


def _receipt(desk: Desk, actor: Actor, parcel: Opened) -> Unpacked:
    offer_of(desk, parcel)
    if not desk.may(actor, rights.TRANSITION, desk.kaarten.read(_id(parcel)), handing_of(desk).depart.name):
        return Unpacked(parcel, problem=_NOT_YOURS)
    if not parcel.came:
        return Unpacked(parcel)
    return _met(desk, actor, parcel, look(desk, parcel))


def _met(desk: Desk, actor: Actor, parcel: Opened, meeting: Meeting) -> Unpacked:
    """What came after the newest revision that both know: only what the package tells, and this person may see."""
    came = replace(parcel.history.kaarten.read(_id(parcel)), document=meeting.theirs)
    own = meeting.own
    if own is None:
        seen = _without(desk, came, unseen_in(desk, actor, came.document))
        return Unpacked(parcel, meeting.kind, differing(replace(seen, document={}), seen))
    access, base = desk.kaarten.access(own.id), desk.kaarten.read(own.id, meeting.base)
    here = View(desk, actor, own.id, access)
    gone = here.hidden_now | here.hidden_in(base)
    unseen = gone | unseen_in(desk, actor, came.document, linked=here.mine, also=gone)
    found = Unpacked(parcel, meeting.kind, differing(_without(desk, base, unseen), _without(desk, came, unseen)))
    if parcel.parcel.kind == RECEIPT:
        kept_back = Departing(desk, own.id, own.revision, receiver_at(access.handovers, parcel.sender)).kept_back
        found = replace(found, left=_left(desk, meeting, base, gone | kept_back))
    else:
        try:
            refuse_if_held(desk, actor, access)
        except Refused as refusal:
            return replace(found, problem=str(refusal))
    conflicts = open_conflicts(desk, actor, meeting)
    return replace(found, ours=here.shown(own), conflicts=conflicts) if conflicts else found


def _left(desk: Desk, meeting: Meeting, base: Stored, gone: frozenset[str]) -> Comparison | None:
    """What was changed here since the newest revision that both know; None for nothing.

    Args:
        desk: what to work with.
        meeting: of the card with what came.
        base: that revision.
        gone: what this person may not see, and what is shielded from the receiver: it is to be told there.
    """
    if meeting.own is None or meeting.kind != APART:
        return None
    found = differing(_without(desk, base, gone), _without(desk, meeting.own, gone))
    return found if found.changes else None


def _without(desk: Desk, kaart: Stored, gone: frozenset[str]) -> Stored:
    shape = desk.types.edition_of(kaart.document).shape
    return replace(kaart, document=concealed(kaart.document, shape, gone))


def _id(parcel: Opened) -> str:
    return parcel.parcel.kaart_id
