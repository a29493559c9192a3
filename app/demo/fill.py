"""Plays the demonstration families through the services, as if the professionals had typed it all."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from app.content.grants import utc
from app.content.workflow import BEFORE
from app.demo.apply import Family, Person, Step, apply_step, load
from app.demo.talk import Talk, play_talk
from app.services import confirming, editing, reading, rights
from app.services.actors import Actor, actor_of
from app.services.cataloguing import Progress
from app.services.desk import ZONE, Desk
from app.services.granting import new_grant, regrant
from app.services.organisations import name_id
from app.storage.accounts import Account, Organisation
from app.storage.records import Stored

_WORKS, _DUO = "behandelaar", "Werkt mee met dit gezin."
_REVIEWS, _EYES = "beoordelaar", "Kijkt mee of het veilig genoeg is."


def fill(desk: Desk, today: date, progress: Progress) -> int:
    """Make the demonstration people and cards, the newest step in the week before `today`.

    Args:
        desk: where; its store is empty.
        today: the day that all steps lie before.
        progress: told the families as they come.

    Returns:
        How many cards were made.

    Raises:
        StoreError: the disk refuses; what was made until then stays.
    """
    demo = load(today)
    begin = min(step.at for family in demo.families for step in family.steps).replace(tzinfo=ZONE)
    desk.accounts.put(_organisations(demo.people), _accounts(demo.people, begin))
    known = desk.accounts.known()
    actors = {one.id: actor_of(known.accounts[one.id], known) for one in demo.people}
    families = {family.slug: family for family in demo.families}
    for slug in progress(list(families), len(families)):
        _play(desk, families[slug], actors)
    return len(families)


def _play(desk: Desk, family: Family, actors: dict[str, Actor]) -> None:
    first, *others = family.steps
    kaart_id = editing.create_card(_at(desk, first), actors[first.by], first.create or {}, first.why, family.form)
    _share(desk, kaart_id, family, actors)
    told: list[Step | Talk] = sorted((*others, *family.talks), key=lambda one: one.at)
    for step in told:
        then, actor = _at(desk, step), actors[step.by]
        if isinstance(step, Talk):
            play_talk(then, actor, kaart_id, step)
            continue
        kaart = reading.read_card(then, actor, kaart_id)
        if step.transition:
            _take(then, actor, kaart_id, kaart, step, actors)
        else:
            document = apply_step(kaart.document, step)
            editing.save_card(then, actor, kaart_id, document, kaart.revision, step.why)


def _take(desk: Desk, actor: Actor, kaart_id: str, kaart: Stored, step: Step, actors: dict[str, Actor]) -> None:
    """Take a step of the workflow; where it asks for a second person, one who may confirms it."""
    name = step.transition or ""
    if desk.types.workflow.transitions[name].second != BEFORE:
        editing.transition(desk, actor, kaart_id, name, kaart.revision, step.why)
        return
    asked = confirming.ask_step(desk, actor, kaart_id, name, kaart.revision, step.why)
    others = (one for one in actors.values() if one.id != actor.id and desk.may(one, rights.CONFIRM, kaart_id))
    confirming.confirm(desk, next(others), kaart_id, asked.id)


def _share(desk: Desk, kaart_id: str, family: Family, actors: dict[str, Actor]) -> None:
    """Give a role to who works on the card later: who takes its steps holds it too, others treat."""
    first, *others = family.steps
    takes = {step.by: bool(step.transition) for step in sorted(others, key=lambda step: bool(step.transition))}
    then, maker = _at(desk, first), actors[first.by]
    roles = desk.types.roles
    reviews = {talk.by for talk in family.talks if talk.judges} - {first.by, *takes}
    given = [
        new_grant(then, maker, actors[one].subjects[0], roles.holder if steps else _WORKS, reason=_DUO)
        for one, steps in takes.items()
        if one != first.by
    ]
    given += [new_grant(then, maker, actors[one].subjects[0], _REVIEWS, reason=_EYES) for one in sorted(reviews)]
    regrant(then, maker, kaart_id, lambda grants: [*grants, *given], "Kaart gedeeld", _DUO)


def _at(desk: Desk, step: Step | Talk) -> Desk:
    moment = step.at.replace(tzinfo=ZONE)
    return replace(desk, clock=lambda: moment)


def _organisations(people: Sequence[Person]) -> list[Organisation]:
    """The organisations that the people work for; that of the administrator runs the installation."""
    kinds = {one.organisation: one.organisation_type for one in people}
    hosts = {one.organisation for one in people if one.role != Person.role}
    return [Organisation(name_id(name), name, kind, host=name in hosts) for name, kind in kinds.items()]


def _accounts(people: Iterable[Person], begin: datetime) -> list[Account]:
    since = utc(begin)
    return [
        Account(
            one.id,
            one.name,
            one.email,
            name_id(one.organisation),
            one.role,
            one.function,
            since=since,
            role_since=since,
            demonstration=True,
        )
        for one in people
    ]
