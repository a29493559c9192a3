"""Overdracht: offering a card, and accepting, refusing or withdrawing that. The roles move first; the card follows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.content.clean import clean_text
from app.content.gates import missing
from app.content.grants import Grant, utc
from app.content.handing import Handing
from app.content.handovers import ACCEPTED, INSTALLATION, MOST, REFUSED, WITHDRAWN, Handover
from app.content.members import members
from app.content.problems import InvalidCard, Problem
from app.content.shielding import told
from app.content.workflow import Transition, state_of
from app.services import rights
from app.services.actors import Actor, signed_by
from app.services.desk import ZONE, Desk
from app.services.errors import InvalidInput, NotAllowed
from app.services.granting import moved, new_grant
from app.services.handed import becomes, row_of
from app.services.managing import without_empty
from app.services.offering import ACCOUNT, LAST, end_of, ended, with_room
from app.services.receivers import called, problem_of, views
from app.services.saving import held
from app.services.viewing import view
from app.storage.access_log import Event
from app.storage.errors import StoreError
from app.storage.kaart_writer import KaartWriter
from app.storage.records import Access, NewAccess, Stored

TO, TEXT, GROUND, INFORMED, WHY, UNTIL, REASON = "aan", "tekst", "grondslag", "verteld", "waarom", "lezen", "reden"
"""What is filled in, and what its problems are of."""
LONGEST_TEXT, LONGEST_LINE = 10_000, 400
_ID_LENGTH = 8
_NOTHING = "Kaarten van deze soort kunnen niet worden overgedragen."
_GONE = "Dit aanbod is er niet meer: het is al aangenomen, geweigerd of ingetrokken."
_TOO_OFTEN = "Deze kaart is al heel vaak aangeboden. Zij kan niet nog eens worden aangeboden."
_OFFERED = "Deze kaart is al aangeboden. Trek dat aanbod eerst in."


@dataclass(frozen=True)
class Wanted:
    """An offer as a person fills it in.

    Attributes:
        to: to whom: the subject of a grant, or another installation.
        text: what the receiver is told.
        ground: the legal ground.
        informed: whether the family was told; None for not answered.
        why: how, or why not.
        until: the last day on which the giver reads the card once it is accepted; None for not at all after it.
        rows: the professionals of the card who work at that other installation.
    """

    to: str
    text: str
    ground: str
    informed: bool | None
    why: str = ""
    until: date | None = None
    rows: tuple[str, ...] = ()


def offer(desk: Desk, actor: Actor, kaart_id: str, wanted: Wanted) -> Handover:
    """Offer a card to somebody. Until it is accepted, who offers it stays responsible and can change it.

    Raises:
        NotFound: there is no such card.
        NotAllowed: this person may not hand it over, it is offered already, or it is in another state.
        InvalidInput: something was filled in that cannot be; by field of this module.
        InvalidCard: the card lacks what a handover asks, one problem for each field; nothing was offered.
        StoreError: nothing was offered.
    """
    handing = handing_of(desk)
    with held(desk, kaart_id) as writer:
        current, before = writer.read(), writer.access()
        desk.require(actor, rights.TRANSITION, current, handing.offer.name)
        if before.handovers.open:
            raise NotAllowed(_OFFERED)
        if len(before.handovers.offers) >= MOST:
            raise NotAllowed(_TOO_OFTEN)  # with one more nobody could read the roles
        _possible(handing.offer, current)
        made = _made(desk, actor, current, before, wanted)
        if lacking := lacks(desk, actor, current):
            raise InvalidCard(lacking)
        becomes(desk, handing, current, before, handing.offer, made)
        grants = list(before.grants)
        if not made.elsewhere:
            given = new_grant(desk, actor, made.to, handing.receiver, made.when)
            grants = [*with_room(grants, desk.clock()), given]
        _move(desk, actor, writer, before, grants, handing.offer, made)
    return made


def accept(desk: Desk, actor: Actor, kaart_id: str, offer_id: str) -> Handover:
    """Accept a card that is offered in this installation: from now on this person is its dossierhouder, alone.

    Raises:
        NotFound: there is no such card.
        NotAllowed: it is not offered to this person, or not any more; or this person is the dossierhouder.
        InvalidCard: the card could not say so; nothing was changed.
        StoreError: nothing was changed.
    """
    handing = handing_of(desk)
    with held(desk, kaart_id) as writer:
        current, before = writer.read(), writer.access()
        desk.require(actor, rights.TRANSITION, current, handing.accept.name)
        made = _open_to(actor, before, offer_id)
        holder, now = desk.types.roles.holder, utc(desk.clock())
        if holder in rights.card_roles(actor, before, desk.types, desk.clock()):
            raise NotAllowed("U bent zelf de dossierhouder. Trek het aanbod in als u de kaart wilt houden.")
        _possible(handing.accept, current)
        row = row_of(desk, handing, current, before, actor, made.id)
        closed = replace(made, outcome=ACCEPTED, closed=now, closed_by=signed_by(actor))
        grants = held_by(desk, actor, ended(before.grants, {holder, handing.receiver}, now), row, now)
        grants = reading_on(desk, actor, grants, made, now)
        becomes(desk, handing, current, replace(before, grants=tuple(grants)), handing.accept, closed)
        _move(desk, actor, writer, before, grants, handing.accept, closed)
    return closed


def refuse(desk: Desk, actor: Actor, kaart_id: str, offer_id: str, reason: str) -> Handover:
    """Refuse a card that is offered in this installation, and say why; the giver keeps it.

    Raises:
        InvalidInput: there is no reason, or one that cannot be kept.
        NotFound, NotAllowed, StoreError: as `accept`.
    """
    step = handing_of(desk).refuse
    with held(desk, kaart_id) as writer:
        before = writer.access()
        desk.require(actor, rights.TRANSITION, kaart_id, step.name)
        return _close(desk, actor, writer, before, _open_to(actor, before, offer_id), (step, REFUSED, reason))


def withdraw(desk: Desk, actor: Actor, kaart_id: str, offer_id: str, reason: str) -> Handover:
    """Take an offer back, to whomever it was, and say why. Raises as `refuse`."""
    step = handing_of(desk).withdraw
    with held(desk, kaart_id) as writer:
        before = writer.access()
        desk.require(actor, rights.TRANSITION, kaart_id, step.name)
        return _close(desk, actor, writer, before, _open(before, offer_id), (step, WITHDRAWN, reason))


def lacks(desk: Desk, actor: Actor, kaart: Stored) -> list[Problem]:
    """What a card still needs before it can be offered, judged on all of it; what this person may not see in one.

    Args:
        desk: what to work with.
        actor: who reads the card.
        kaart: the whole card.
    """
    handing, seen = handing_of(desk), view(desk, actor, kaart.id)
    if not handing.offer.gate:
        return []
    found = missing(kaart.document, kaart.edition, handing.offer.gate, desk.clock().date())
    return told(found, seen.hidden_in(kaart), seen.shown(kaart).document)


def handing_of(desk: Desk) -> Handing:
    """How cards are handed over; raises `NotAllowed` where this type of card is not."""
    if desk.types.handing is None:
        raise NotAllowed(_NOTHING)
    return desk.types.handing


def held_by(desk: Desk, actor: Actor, grants: Sequence[Grant], row: str, now: str) -> list[Grant]:
    """The roles on a card, with this person as its dossierhouder from a moment on, as this professional of it."""
    mine = replace(new_grant(desk, actor, actor.subjects[0], desk.types.roles.holder, now), professional=row)
    return [*with_room(grants, desk.clock()), mine]


def reading_on(desk: Desk, actor: Actor, grants: Sequence[Grant], closed: Handover, now: str) -> list[Grant]:
    """The roles on a card, with that of its giver to read on, where that was agreed."""
    if closed.until <= now:
        return list(grants)
    role = handing_of(desk).reader
    reads = replace(new_grant(desk, actor, ACCOUNT + closed.giver, role, now), until=closed.until)
    return [*with_room(grants, desk.clock()), reads]


def move_telling(desk: Desk, actor: Actor, writer: KaartWriter, before: Access, change: NewAccess, line: Event) -> None:
    """Change roles and handovers in one move, with a line in the log before it, and one more where that failed."""
    desk.tell(actor, line)
    try:
        moved(desk, writer, before, change)
    except StoreError:
        desk.tell(actor, replace(line, outcome="mislukt", when=desk.clock()))
        raise


def _made(desk: Desk, actor: Actor, kaart: Stored, access: Access, wanted: Wanted) -> Handover:
    """The offer, in normal form.

    Raises:
        InvalidInput: by field, what cannot be.
    """
    problems: dict[str, str] = {}
    text = _words(wanted.text, TEXT, LONGEST_TEXT, "Schrijf op wat de ontvanger moet weten.", problems)
    ground = _words(wanted.ground, GROUND, LONGEST_LINE, "Kies of schrijf op waarom u dit mag delen.", problems)
    needed = "Schrijf op waarom het gezin het nog niet weet." if wanted.informed is False else ""
    why = _words(wanted.why, WHY, LONGEST_TEXT, needed, problems)
    if wanted.informed is None:
        problems[INFORMED] = "Kies of u het aan het gezin hebt verteld."
    today = desk.clock().astimezone(ZONE).date()
    if wanted.until and not today <= wanted.until <= LAST:
        problems[UNTIL] = "Kies een dag vanaf vandaag, of laat de dag leeg."
    problems[TO] = problem_of(desk, actor, wanted.to)
    if found := without_empty(problems):
        raise InvalidInput(found)
    elsewhere = wanted.to.startswith(INSTALLATION)
    chosen = (one.item for one in members(kaart.document, desk.types.display) if one.item in wanted.rows)
    rows = tuple(chosen) if elsewhere else _rows(desk, kaart, access, wanted.to)
    return Handover(
        f"h{desk.draw(_ID_LENGTH)}",
        actor.id,
        signed_by(actor),
        wanted.to,
        called(desk, wanted.to),
        kaart.revision,
        utc(desk.clock()),
        text,
        " ".join(ground.split()),
        bool(wanted.informed),
        why,
        utc(end_of(wanted.until)) if wanted.until else "",
        rows,
    )


def _words(value: str, field: str, longest: int, needed: str, problems: dict[str, str]) -> str:
    """A text in normal form; what is wrong with it comes among the problems."""
    try:
        text = clean_text(value, (field,))
    except InvalidCard as verdict:
        problems[field] = verdict.problems[0].message
        return ""
    if len(text) > longest:
        problems[field] = f"Maak dit korter: hoogstens {longest} tekens."
    elif needed and not text:
        problems[field] = needed
    return text


def _rows(desk: Desk, kaart: Stored, access: Access, to: str) -> tuple[str, ...]:
    return tuple(sorted(set().union(*(one.mine for one in views(desk, kaart.id, access, to)))))


def _open(access: Access, offer_id: str) -> Handover:
    found = access.handovers.open
    if found is None or found.id != offer_id:
        raise NotAllowed(_GONE)
    return found


def _open_to(actor: Actor, access: Access, offer_id: str) -> Handover:
    found = _open(access, offer_id)
    if found.to not in actor.subjects:
        raise NotAllowed("Deze kaart is niet aan u aangeboden.")
    return found


def _possible(step: Transition, kaart: Stored) -> None:
    if state_of(kaart.document) not in step.sources:
        raise NotAllowed(f"‘{step.title}’ kan niet in deze toestand van de kaart.")


def _close(
    desk: Desk, actor: Actor, writer: KaartWriter, before: Access, made: Handover, how: tuple[Transition, str, str]
) -> Handover:
    """Close an offer that is not accepted: its receiver reads the card no more by it, the giver keeps it."""
    step, outcome, words = how
    problems: dict[str, str] = {}
    reason = _words(words, REASON, LONGEST_TEXT, "Schrijf op waarom.", problems)
    if problems:
        raise InvalidInput(problems)
    now = utc(desk.clock())
    closed = replace(made, outcome=outcome, closed=now, closed_by=signed_by(actor), reason=reason)
    _move(desk, actor, writer, before, ended(before.grants, {handing_of(desk).receiver}, now), step, closed)
    return closed


def answered(desk: Desk, actor: Actor, writer: KaartWriter, closed: Handover) -> None:
    """Close an offer as another installation answered it, where the card stays here; raises `StoreError`."""
    handing, before = handing_of(desk), writer.access()
    grants = ended(before.grants, {handing.receiver}, utc(desk.clock()))
    _move(desk, actor, writer, before, grants, handing.refuse, closed)


def _move(
    desk: Desk,
    actor: Actor,
    writer: KaartWriter,
    before: Access,
    grants: Sequence[Grant],
    step: Transition,
    made: Handover,
) -> None:
    """Change roles and handovers in one move, with a line in the log before it; the card follows with the lock held."""
    person = made.to.removeprefix(ACCOUNT) if made.is_open and made.to.startswith(ACCOUNT) else made.giver
    line = Event(f"handover-{_NAMES[made.outcome]}", "U", "toegestaan", desk.clock())
    line = replace(line, kaart=writer.kaart_id, item=made.id, person=person)
    change = NewAccess(grants, actor.author, desk.clock(), step.title, "", before.handovers.with_offer(made))
    move_telling(desk, actor, writer, before, change, line)


_NAMES = {"": "offer", ACCEPTED: "accept", REFUSED: "refuse", WITHDRAWN: "withdraw"}
"""What the access log calls each."""
