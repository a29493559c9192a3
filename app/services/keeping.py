"""Bewaren: which cards were kept as long as they must be, and why one is kept longer."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.content.keeping import MOST, Keep, holding
from app.content.problems import InvalidCard
from app.content.retention import Term
from app.content.workflow import DESTROY, state_of
from app.services import rights
from app.services.actors import Actor, signed_by
from app.services.cataloguing import record, repaired
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.services.proposing import clean_reason
from app.services.reading import read_card
from app.services.saving import held
from app.storage.access_log import Event
from app.storage.kaart_writer import KaartWriter
from app.storage.records import NewAccess, Stored

EXCEPTION, UNTIL = "uitzondering", "tot"
"""What a problem is about."""
SOON = timedelta(days=92)
"""So long before the end of its term a card is told of."""
_ID_LENGTH = 8
_LONGEST = timedelta(days=366 * 5)
"""An exception is looked at again at least so often."""


@dataclass(frozen=True)
class Aged:
    """A card of which the term is over, or almost.

    Attributes:
        id: its number.
        title: what it is called; empty for who reads no cards.
        until: the first day on which it need not be kept any more.
        kept: whether an exception holds today.
    """

    id: str
    title: str
    until: date
    kept: bool


@dataclass(frozen=True)
class Prospect:
    """Why a card is kept, and until when.

    Attributes:
        kaart: the card.
        keeps: its exceptions, also those that hold no more.
        until: the first day on which it need not be kept any more by the law; None for never.
        term: the law that says so.
    """

    kaart: Stored
    keeps: Sequence[Keep]
    until: date | None
    term: Term | None


def can_begin(desk: Desk, actor: Actor, kaart: Stored) -> bool:
    """Whether this person is shown on the card itself that it can be kept longer: once it could go, or is kept."""
    if not desk.types.retention.exceptions or not desk.may(actor, rights.KEEP, kaart):
        return False
    act = desk.types.workflow.act(DESTROY)
    return bool(act and state_of(kaart.document) in act.sources) or bool(is_kept(desk, kaart.id))


def prospect(desk: Desk, actor: Actor, kaart_id: str) -> Prospect:
    """Why a card is kept, for who may have it kept longer.

    Raises:
        NotAllowed: this person may not.
        NotFound, InvalidCard, StoreError: as `reading.read_card`.
    """
    kaart = read_card(desk, actor, kaart_id)
    desk.require(actor, rights.KEEP, kaart)
    retention = desk.types.retention
    changed = kaart.changed.astimezone(desk.clock().tzinfo).date()
    return Prospect(kaart, desk.access(kaart.id).keeps, retention.until(changed), retention.longest)


def keeps_of(desk: Desk, actor: Actor, kaart_id: str) -> Sequence[Keep]:
    """The exceptions of a card, also those that hold no more; raises as `reading.read_card`."""
    return desk.access(read_card(desk, actor, kaart_id).id).keeps


def keep_longer(desk: Desk, actor: Actor, kaart_id: str, exception: str, until: str, reason: str) -> Keep:
    """Have a card kept longer than its term.

    Args:
        desk: what to work with.
        actor: who asks it.
        kaart_id: which card.
        exception: a name in retention.json.
        until: the first day on which it holds no more; empty for until it is lifted, where that can be.
        reason: in this person's words.

    Raises:
        InvalidInput: there is no such exception, the day cannot be, or there is no reason.
        NotAllowed: this person may not.
        NotFound, InvalidCard: as `reading.read_card`.
        StoreError: nothing was changed.
    """
    today = desk.clock().date()
    with held(desk, kaart_id) as writer:
        kaart = writer.read()
        desk.require(actor, rights.KEEP, kaart)
        words = _judged(desk, today, exception, until, reason)
        keep = Keep(f"b-{desk.draw(_ID_LENGTH)}", exception, until, words, signed_by(actor), today.isoformat())
        _change(desk, actor, writer, lambda keeps: [*keeps, keep], "Langer bewaren", words)
    return keep


def lift(desk: Desk, actor: Actor, kaart_id: str, keep_id: str, reason: str) -> None:
    """Have an exception hold no more.

    Raises:
        NotFound: there is none of that number; or as `reading.read_card`.
        InvalidInput: there is no reason.
        NotAllowed: this person may not.
        StoreError: nothing was changed.
    """
    with held(desk, kaart_id) as writer:
        desk.require(actor, rights.KEEP, writer.read())
        words = clean_reason(reason)
        if not any(one.id == keep_id for one in writer.access().keeps):
            raise NotFound("Deze uitzondering is er niet, of zij is al opgeheven.")
        _change(
            desk, actor, writer, lambda keeps: [one for one in keeps if one.id != keep_id], "Niet langer bewaren", words
        )


def is_kept(desk: Desk, kaart_id: str) -> list[Keep]:
    """The exceptions that hold today for a card; raises as `KaartRepository.access`."""
    return holding(desk.access(kaart_id).keeps, desk.clock().date())


def due(desk: Desk, actor: Actor) -> list[Aged]:
    """The cards that this person may have destroyed, of which the term is over or almost, the longest ago first.

    Raises:
        NotAllowed: this person works with no cards.
        StoreError: the catalogue cannot be read.
    """
    desk.require(actor, rights.LIST)
    able = [name for name, role in desk.types.roles.card.items() if rights.DESTROY in role.may]
    mine = (actor.subjects, able, desk.clock())
    return repaired(desk, lambda: _aged(desk, lambda before: desk.catalogue.aged(before, mine)))


def due_everywhere(desk: Desk, actor: Actor) -> list[Aged]:
    """All such cards, by number alone.

    Raises:
        NotAllowed: this person looks after neither the store nor the accounts of all organisations.
        StoreError: the catalogue cannot be read.
    """
    looks_after_store = desk.may(actor, rights.MAINTAIN)
    desk.require(actor, rights.MAINTAIN if looks_after_store else rights.MANAGE)
    if not looks_after_store and not rights.reaches(actor, "", desk.accounts.known()):
        desk.tell(actor, Event(rights.MANAGE, "R", "geweigerd", desk.clock()))
        raise NotAllowed("Dit ziet alleen wie de hele installatie beheert.")
    return [Aged(one.id, "", one.until, one.kept) for one in repaired(desk, lambda: _aged(desk, desk.catalogue.aged))]


def _aged(desk: Desk, ask: Callable[[str], list[tuple[str, str, str, str]]]) -> list[Aged]:
    term, now = desk.types.retention.longest, desk.clock()
    if term is None:
        return []
    last = now.date() + SOON
    # A little wider than needed: which day the law means is said in one place.
    before = date(last.year - term.years, last.month, 28 if (last.month, last.day) == (2, 29) else last.day)
    found = []
    for kaart_id, title, changed, kept in ask((before + timedelta(days=3)).isoformat()):
        until = desk.types.retention.until(datetime.fromisoformat(changed).astimezone(now.tzinfo).date())
        if until and until <= last:
            found.append(Aged(kaart_id, title, until, kept > now.date().isoformat()))
    return found


def _judged(desk: Desk, today: date, exception: str, until: str, reason: str) -> str:
    """The reason in normal form; all that is wrong is told at once."""
    problems: dict[str, str] = {}
    known = desk.types.retention.exceptions.get(exception)
    if known is None:
        names = ", ".join(desk.types.retention.exceptions)
        problems[EXCEPTION] = f"Kies waarom de kaart langer blijft. U kunt kiezen uit {names}."
    if problem := _wrong_day(today, until, must=known is None or known.ends):
        problems[UNTIL] = problem
    try:
        words = clean_reason(reason)
    except InvalidInput as refusal:
        problems |= refusal.problems
    if problems:
        raise InvalidInput(problems)
    return words


def _wrong_day(today: date, until: str, *, must: bool) -> str:
    if not until:
        return "Vul in tot welke dag. Daarna kijkt u opnieuw of het nog nodig is." if must else ""
    try:
        day = date.fromisoformat(until)
    except ValueError:
        return "Schrijf de dag als 2027-03-01."
    if day.isoformat() != until or day <= today:
        return "Kies een dag na vandaag."
    return (
        "Kies een dag binnen vijf jaar. Daarna kijkt u opnieuw of het nog nodig is." if day > today + _LONGEST else ""
    )


def _change(
    desk: Desk,
    actor: Actor,
    writer: KaartWriter,
    changed: Callable[[tuple[Keep, ...]], Sequence[Keep]],
    subject: str,
    reason: str,
) -> None:
    """Change the exceptions, beside the roles: both are one file tree, so neither undoes the other."""
    before = writer.access()
    keeps = changed(before.keeps)
    if len(keeps) > MOST:
        raise NotAllowed("Deze kaart heeft al heel veel uitzonderingen. Hef er eerst een op.")
    change = NewAccess(before.grants, actor.author, desk.clock(), subject, reason, keeps=keeps)
    writer.save_access(before.revision, change)
    with suppress(InvalidCard):
        kaart = writer.read()
        desk.forget_access(kaart.id)
        record(desk, writer, kaart)
