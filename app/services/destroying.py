"""Vernietigen: what may be destroyed and why, asking for it, and doing it so that nothing of the card is left."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.content.keeping import Keep, holding
from app.content.overleg import Said
from app.content.overleg_state import Overleg
from app.content.retention import Ground, Term
from app.content.workflow import DESTROY, Act, state_of
from app.services import rights
from app.services.actors import Actor, signed_by, speaker_in
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed, without_message
from app.services.overleg import say
from app.services.owed import new_request
from app.services.proposing import clean_reason
from app.services.reading import read_card
from app.services.saving import held
from app.storage.access_log import Event
from app.storage.catalogue_file import CatalogueDamaged
from app.storage.errors import StoreError
from app.storage.kaart_writer import KaartWriter
from app.storage.records import Stored
from app.storage.tombstones import Tombstone

GROUND, WORD = "grond", "woord"
"""What a problem is about: the ground that was chosen, and the word that the second person types."""
DONE = "destroy-done"
"""What the log calls it that a card went."""
TOLD = timedelta(days=30)
"""So long the two who destroyed a card are told that it is gone; the tombstone stays."""
_MOVED = "De kaart is gewijzigd terwijl u dit las. Kijk nog eens, en vraag het dan."
_SINCE = "De kaart is gewijzigd sinds dit verzoek. Laat het opnieuw vragen."
_log = logging.getLogger("kaarten.destroying")


@dataclass(frozen=True)
class Prospect:
    """Whether a card can be destroyed, and why.

    Attributes:
        act: what it is called in workflow.json.
        kaart: the card.
        is_open: whether it can be, in the state that the card is in.
        grounds: those that can hold today, by name.
        until: the first day on which the card need not be kept any more; None for never.
        term: the law that says so.
        asked: the request that waits for a second person; None for none.
        kept: why it is kept longer than its term, today.
    """

    act: Act
    kaart: Stored
    is_open: bool
    grounds: dict[str, Ground]
    until: date | None
    term: Term | None
    asked: Said | None
    kept: Sequence[Keep] = ()


def can_begin(desk: Desk, actor: Actor, kaart: Stored) -> Act | None:
    """What destroying is called, where this person may ask for it in the state that the card is in; else None."""
    act = desk.types.workflow.act(DESTROY)
    able = act is not None and desk.types.retention.grounds and state_of(kaart.document) in act.sources
    return act if able and desk.may(actor, rights.DESTROY, kaart) else None


def kept_until(desk: Desk, kaart: Stored) -> tuple[Term, date] | None:
    """The law by which a card is kept, and the first day on which it need not be any more; None where none says so."""
    retention = desk.types.retention
    until = retention.until(_changed_on(desk, kaart))
    return (retention.longest, until) if retention.longest and until else None


def prospect(desk: Desk, actor: Actor, kaart_id: str) -> Prospect:
    """Whether a card can be destroyed, for who asks.

    Raises:
        NotAllowed: this person may not ask it, or no card is destroyed here.
        NotFound, InvalidCard, StoreError: as `reading.read_card`.
    """
    return _prospect(desk, actor, read_card(desk, actor, kaart_id))


def ask(desk: Desk, actor: Actor, kaart_id: str, ground: str, reason: str, base: str) -> Said:
    """Ask for a second person to have a card destroyed.

    Args:
        desk: what to work with.
        actor: who asks.
        kaart_id: which card.
        ground: a name in retention.json.
        reason: in this person's words.
        base: the revision that this person looked at.

    Raises:
        InvalidInput: the ground cannot hold today, or there is no reason.
        NotAllowed: this person may not, the card is in no state for it, or it was asked already.
        NotFound, InvalidCard: as `reading.read_card`.
        StoreError: nothing was asked.
    """
    with held(desk, kaart_id) as writer:
        current = writer.read()
        told = _prospect(desk, actor, current)
        if base != current.revision:
            raise NotAllowed(_MOVED)
        words = _judged(told, ground, reason)
        if told.asked:
            raise NotAllowed("Dit is al gevraagd. Een tweede persoon moet het nog bevestigen.")
        said = replace(new_request(desk, actor.speaker, current, told.act.name), text=words, ground=ground)
        say(desk, writer, actor, [said])
    return said


def is_to_destroy(desk: Desk, said: Said) -> bool:
    """Whether what somebody asks is that the card is destroyed."""
    act = desk.types.workflow.act(DESTROY)
    return act is not None and said.step == act.name


def carry_out(
    desk: Desk, actor: Actor, asker: Actor, kaart_id: str, said: Said, still: Callable[[], Stored]
) -> Tombstone:
    """Destroy a card that two people want destroyed: repository, overleg, roles, klad, catalogue, notices, mail.

    It is out of everybody's sight by one rename. What the program that dies after that leaves, `finish` removes.

    Args:
        desk: what to work with.
        actor: who confirms.
        asker: who asked.
        kaart_id: which card.
        said: what was asked.
        still: asks anew, with the card held, whether it can be confirmed by this person; the card as it is now.

    Raises:
        NotAllowed: it cannot be any more, or one of both may not.
        InvalidInput: the ground does not hold today.
        StoreError: the card is as it was, unless the disk does not say (`SaveInDoubt`).
    """
    with held(desk, kaart_id) as writer:
        current = still()
        if not desk.may(asker, rights.DESTROY, current):
            raise NotAllowed(f"{said.by.name} mag dit nu niet meer doen. Vraag het opnieuw.")
        _check(_prospect(desk, asker, current, silent=True), said.ground)
        if current.revision != said.revision:
            raise NotAllowed(_SINCE)
        stone = Tombstone(kaart_id, desk.clock(), said.ground, signed_by(asker), signed_by(actor))
        _remove(desk, actor, writer, stone)
    desk.forget_access(kaart_id)
    finish(desk)
    return stone


def finish(desk: Desk) -> int:
    """Remove all that is left of cards that are destroyed; of how many.

    Each step can be done again: another process may be at the same card, or die in the middle. Of which something
    cannot be removed now, the log tells, and the next time goes on with it: it holds up neither the others nor a start.
    """
    count = 0
    try:
        for kaart_id in desk.kaarten.half_destroyed():
            count += _finished(desk, kaart_id)
    except StoreError as error:
        _log.error("not looked for what is to be destroyed: %s", without_message(error))
    return count


def _finished(desk: Desk, kaart_id: str) -> bool:
    """Remove all that is left of one card; whether that could be done."""
    try:
        stone = desk.kaarten.tombstone(kaart_id)
        if stone is not None:
            desk.tombstones.put(stone)
        forget_traces(desk, kaart_id)
        desk.kaarten.wipe(kaart_id)
    except StoreError as error:
        _log.error("destroyed, and something is left of it: %s: %s", kaart_id, without_message(error))
        return False
    return True


def forget_traces(desk: Desk, kaart_id: str) -> None:
    """Remove what stands of a card outside of its repository; raises `StoreError`."""
    desk.drafts.forget(kaart_id)
    desk.seen.forget(kaart_id)
    desk.following.forget(kaart_id)
    desk.mail.forget(kaart_id, desk.clock())
    desk.quarantine.forget(kaart_id)
    _leave_catalogue(desk, kaart_id)


def come_back(desk: Desk) -> list[Tombstone]:
    """The tombstones of cards that are here all the same: somebody put an older copy back. Raises `StoreError`."""
    return [one for one in desk.tombstones.all() if desk.kaarten.exists(one.kaart_id)]


def again(desk: Desk, actor: Actor) -> list[str]:
    """Destroy, once more, each card that two people had destroyed and that came back; which cards.

    Raises:
        NotAllowed: this person does not look after the store.
        StoreError: some of them are here still.
    """
    desk.require(actor, rights.MAINTAIN)
    back = come_back(desk)
    for stone in back:
        with desk.kaarten.writing(stone.kaart_id) as writer:
            _remove(desk, actor, writer, stone)
    finish(desk)
    return [one.kaart_id for one in back]


def destroyed(desk: Desk, actor: Actor) -> list[Tombstone]:
    """The cards that were destroyed, the oldest first.

    Raises:
        NotAllowed: this person does not look after the store.
        StoreError: it cannot be read.
    """
    desk.require(actor, rights.MAINTAIN)
    return desk.tombstones.all()


def lately(desk: Desk, actor: Actor) -> list[Tombstone]:
    """The cards that this person asked or confirmed to have destroyed in the last `TOLD`, the newest first.

    Raises:
        NotAllowed: this person works with no cards.
        StoreError: it cannot be read.
    """
    desk.require(actor, rights.LIST)
    since = desk.clock() - TOLD
    found = [one for one in desk.tombstones.all() if one.when >= since]
    return [
        one for one in reversed(found) if actor.id in (speaker_in(one.asked).account, speaker_in(one.confirmed).account)
    ]


def _prospect(desk: Desk, actor: Actor, kaart: Stored, *, silent: bool = False) -> Prospect:
    if not silent:
        desk.require(actor, rights.DESTROY, kaart)
    act, retention = desk.types.workflow.act(DESTROY), desk.types.retention
    if act is None or not retention.grounds:
        raise NotAllowed("Kaarten worden hier niet vernietigd.")
    changed, kept = _changed_on(desk, kaart), holding(desk.access(kaart.id).keeps, desk.clock().date())
    waiting = Overleg(desk.kaarten.overleg(kaart.id).said).requests()
    return Prospect(
        act,
        kaart,
        state_of(kaart.document) in act.sources,
        retention.open_to(changed, desk.clock().date(), kept=bool(kept)),
        retention.until(changed),
        retention.longest,
        next((one.said for one in waiting if one.open and one.said.step == act.name), None),
        kept,
    )


def _changed_on(desk: Desk, kaart: Stored) -> date:
    return kaart.changed.astimezone(desk.clock().tzinfo).date()


def _judged(told: Prospect, ground: str, reason: str) -> str:
    """The reason in normal form; all that is wrong with ground and reason is told at once."""
    problems: dict[str, str] = {}
    try:
        _check(told, ground)
    except InvalidInput as refusal:
        problems |= refusal.problems
    try:
        words = clean_reason(reason)
    except InvalidInput as refusal:
        problems |= refusal.problems
    if problems:
        raise InvalidInput(problems)
    return words


def _check(told: Prospect, ground: str) -> None:
    if not told.is_open:
        raise NotAllowed("In deze toestand kan de kaart niet worden vernietigd. Sluit haar eerst af.")
    if ground not in told.grounds:
        raise InvalidInput({GROUND: "Kies waarom de kaart weg mag."})


def _remove(desk: Desk, actor: Actor, writer: KaartWriter, stone: Tombstone) -> None:
    """One rename, with a line in the log before it; where the disk refuses, another line says so."""
    event = Event(DONE, "D", "toegestaan", desk.clock(), kaart=stone.kaart_id, ground=stone.ground)
    desk.tell(actor, event)
    try:
        writer.destroy(stone)
    except StoreError:
        desk.tell(actor, replace(event, outcome="mislukt", when=desk.clock()))
        raise


def _leave_catalogue(desk: Desk, kaart_id: str) -> None:
    try:
        desk.catalogue.remove(kaart_id)
        desk.catalogue.scrub()
    except CatalogueDamaged:
        desk.catalogue.clear()  # the next one who asks makes it anew, without this card
