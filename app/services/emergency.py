"""Noodtoegang: to read a card that cannot wait; with a reason, for a short time, and told to its dossierhouder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from app.content.grants import Grant, in_force, utc
from app.content.searching import match_key
from app.services import rights
from app.services.actors import Actor
from app.services.cataloguing import repaired
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotFound, ServiceError
from app.services.finding import me_on
from app.services.granting import new_grant, regrant, shares_still
from app.services.managing import words
from app.services.offering import REASON, reason_problem, with_room
from app.storage.access_log import Event
from app.storage.errors import RepositoryNotFound, StoreError

NUMBER = "nummer"
"""The field of the number of a card."""
NOTHING = "Geen kaart gevonden. Kijk na of alles precies klopt, of bel de organisatie die bij het gezin werkt."
TRIES, WITHIN, FORGET = 5, timedelta(hours=1), timedelta(hours=24)
"""So many tries a person has; then one in so long, until there was none for so long."""
_SHORTEST_REASON = 10


class TooOften(ServiceError):
    """Somebody tried more often than can be in earnest; the sentence says for how long."""


@dataclass(frozen=True)
class Taken:
    """Emergency access that somebody took, of which nobody who shares the card said to know yet.

    Attributes:
        kaart_id: the card.
        title: what it is called.
        grant: the role.
        name: who took it.
        organisation: where that person works.
    """

    kaart_id: str
    title: str
    grant: Grant
    name: str
    organisation: str


def take(desk: Desk, actor: Actor, reason: str, number: str, known: Mapping[str, str]) -> list[str]:
    """Give this person emergency access to a card, or to each card that the same child is on; gives their ids.

    A card that this person reads already stays as it is. What is shielded from this person stays so.

    Args:
        desk: what with.
        actor: who.
        reason: why it cannot wait.
        number: the number of the card; may be empty.
        known: else what is known of somebody on it: the fields of `Emergency.fields`, all of them, exactly.

    Raises:
        NotAllowed: this person takes no emergency access.
        InvalidInput: the reason or what to find the card by is missing; nothing was looked for.
        TooOften: this person tried too often; nothing was looked for.
        NotFound: there is no such card; the same for each reason why.
        StoreError: nothing was given.
    """
    desk.require(actor, rights.EMERGENCY)
    reason = words(reason)
    asked = {key: words(value) for key, value in known.items()}
    number = "".join(number.split()).lower()
    _check(desk, reason, number, asked)
    _count(desk, actor)
    found = _found(desk, number, asked)
    if not found:
        desk.tell(actor, Event("emergency-find", "R", "geweigerd", desk.clock()))
        raise NotFound(NOTHING)
    for kaart_id in found:
        if not desk.may(actor, rights.READ, kaart_id):
            _give(desk, actor, kaart_id, reason)
    return found


def unseen(desk: Desk, actor: Actor) -> list[Taken]:
    """Emergency access to the cards that this person shares, that nobody who shares them said to know, newest first.

    Raises:
        StoreError: the store fails.
    """
    sharing = tuple(name for name, one in desk.types.roles.card.items() if rights.SHARE in one.may)
    me = replace(me_on(desk, actor), roles=sharing)
    cards = repaired(desk, lambda: desk.catalogue.unseen(me, desk.types.roles.emergency.role))
    found = [one for kaart_id, title in cards for one in _unseen_on(desk, kaart_id, title)]
    return sorted(found, key=lambda one: one.grant.since, reverse=True)


def unseen_on(desk: Desk, actor: Actor, kaart_id: str) -> list[Taken]:
    """The same of one card; nothing for who does not share it."""
    return _unseen_on(desk, kaart_id, "") if desk.may(actor, rights.SHARE, kaart_id) else []


def acknowledge(desk: Desk, actor: Actor, kaart_id: str, grant_id: str) -> None:
    """Say that one knows of emergency access: it is told no more.

    Raises:
        NotFound: there is no such card, or nobody took this access to it.
        NotAllowed: this person does not share the card.
        StoreError: nothing was changed.
    """
    desk.require(actor, rights.SHARE, kaart_id)
    if grant_id not in {one.id for one in _taken(desk, desk.access(kaart_id).grants)}:
        raise NotFound("Deze noodtoegang is er niet op deze kaart.")

    def changed(grants: tuple[Grant, ...]) -> Sequence[Grant]:
        shares_still(desk, actor, kaart_id)
        return [replace(one, seen=True) if one.id == grant_id else one for one in grants]

    regrant(desk, actor, kaart_id, changed, f"Rol {grant_id} gezien: noodtoegang")


def only_emergency(desk: Desk, actor: Actor, kaart_id: str) -> Grant | None:
    """The emergency access that is all that lets this person read a card; None for who has another role, or none."""
    held = in_force(desk.access(kaart_id).grants, actor.subjects, desk.clock())
    taken = [one for one in held if one.role == desk.types.roles.emergency.role]
    return max(taken, key=lambda one: one.until) if taken and len(taken) == len(held) else None


def _check(desk: Desk, reason: str, number: str, known: Mapping[str, str]) -> None:
    problems = {}
    if len(reason) < _SHORTEST_REASON:
        problems[REASON] = "Schrijf op waarom het niet kan wachten."
    elif problem := reason_problem(reason):
        problems[REASON] = problem
    fields = desk.types.current.shape[desk.types.roles.emergency.section].inner
    filled = [key for key in desk.types.roles.emergency.fields if known.get(key)]
    if not number and not filled:
        problems[NUMBER] = "Vul het kaartnummer in, of anders alles wat hieronder wordt gevraagd."
    elif not number:
        missing = [key for key in desk.types.roles.emergency.fields if key not in filled]
        problems |= {key: f"Vul ook ‘{fields[key].title}’ in." for key in missing}
    if problems:
        raise InvalidInput(problems)


def _count(desk: Desk, actor: Actor) -> None:
    """Count a try before it is judged; very many at once are as many as one by one."""

    def wait(_what: str, tries: int) -> timedelta:
        return WITHIN if tries >= TRIES else timedelta()

    until = desk.sessions.count_try([f"emergency:{actor.id}"], desk.clock(), wait, FORGET)
    if until is not None:
        desk.tell(actor, Event("emergency-find", "R", "geweigerd", desk.clock()))
        minutes = max(1, round((until - desk.clock()).total_seconds() / 60))
        raise TooOften(f"U probeerde dit te vaak. Over {minutes} minuten kan het weer. Kan het niet wachten? Bel 112.")


def _found(desk: Desk, number: str, known: Mapping[str, str]) -> list[str]:
    """The cards by their number, or else by what is known of somebody on them."""
    if not number:
        key = match_key(*(known[one] for one in desk.types.roles.emergency.fields))
        return repaired(desk, lambda: desk.catalogue.known_by(key))
    try:
        desk.kaarten.head(number)
    except RepositoryNotFound:
        return []
    return [number]


def _give(desk: Desk, actor: Actor, kaart_id: str, reason: str) -> None:
    emergency, now = desk.types.roles.emergency, desk.clock()
    made = replace(
        new_grant(desk, actor, actor.subjects[0], emergency.role, utc(now), reason),
        until=utc(now + timedelta(hours=emergency.hours)),
    )
    line = Event(
        "emergency-take", "E", "toegestaan", now, kaart=kaart_id, item=made.id, ground=emergency.role, emergency=True
    )
    desk.tell(actor, line)
    subject = f"Rol {made.id} genomen: {desk.types.roles.card[emergency.role].title.lower()}"
    try:
        regrant(desk, actor, kaart_id, lambda grants: [*with_room(grants, now), made], subject, reason)
    except StoreError:
        desk.tell(actor, replace(line, outcome="mislukt", when=desk.clock()))
        raise


def _unseen_on(desk: Desk, kaart_id: str, title: str) -> list[Taken]:
    known, found = desk.accounts.known(), []
    for grant in _taken(desk, desk.access(kaart_id).grants):
        account = known.accounts.get(grant.by)
        works = known.organisations.get(account.organisation) if account else None
        if not grant.seen:
            found.append(
                Taken(kaart_id, title, grant, account.name if account else grant.by, works.name if works else "")
            )
    return found


def _taken(desk: Desk, grants: Sequence[Grant]) -> list[Grant]:
    return [one for one in grants if one.role == desk.types.roles.emergency.role]
