"""Looking after the organisations: the host's administrators alone do."""

import re
import unicodedata
from dataclasses import dataclass, replace

from app.services import rights
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.services.managing import edit, links_of, name_problem, within_reach, without_empty, words
from app.storage.access_log import Event
from app.storage.accounts import Change, Known, Organisation

_LONGEST_ID = 36
_KIND = "organisatieType"
"""The field of a professional on a card that says what kind of organisation it is."""


@dataclass(frozen=True)
class Counted:
    """An organisation with how many of its people can sign in."""

    organisation: Organisation
    people: int


def listed(desk: Desk, actor: Actor) -> list[Counted]:
    """The organisations within this person's reach, by name.

    Raises:
        NotAllowed: this person looks after no accounts.
    """
    desk.require(actor, rights.MANAGE)
    accounts = desk.accounts.known().accounts.values()
    return [
        Counted(one, sum(each.active and one.active and each.organisation == one.id for each in accounts))
        for one in within_reach(desk, actor)
    ]


def may_change(desk: Desk, actor: Actor) -> bool:
    """Whether this person looks after the organisations themselves; asks without logging."""
    return desk.may(actor, rights.MANAGE) and rights.reaches(actor, "", desk.accounts.known())


def kinds(desk: Desk) -> list[tuple[str, str]]:
    """The kinds of organisation that cards know: key and title; none where the schema has no such list."""
    where = desk.types.display.member
    section = desk.types.current.shape[where.section].inner if where else None
    return [*section[_KIND].labels.items()] if section and _KIND in section.fields else []


def add(desk: Desk, actor: Actor, name: str, kind: str = "") -> Organisation:
    """Let an organisation take part.

    Raises:
        NotAllowed: this person does not look after the organisations.
        InvalidInput: something cannot be.
        StoreError: nothing was saved.
    """
    _require(desk, actor)
    made: list[Organisation] = []

    def work(known: Known) -> Change:
        _check(desk, name, kind, known)
        made.append(added(known, name, kind))
        return Change(organisations=made)

    edit(desk, actor, "organisation-add", "C", f"organisation:{name_id(name)}", work)
    return made[0]


def change(desk: Desk, actor: Actor, organisation_id: str, name: str, kind: str) -> None:
    """Give an organisation another name or kind.

    Raises:
        NotAllowed: this person does not look after the organisations.
        NotFound: there is no such organisation.
        InvalidInput: something cannot be.
        StoreError: nothing was saved.
    """
    found(desk, actor, organisation_id)

    def work(known: Known) -> Change:
        _check(desk, name, kind, known, organisation_id)
        was = known.organisations[organisation_id]
        people = [one for one in known.accounts.values() if one.organisation == organisation_id]
        # Who they are on the cards follows from both names: what was shielded from them under the old one stays so.
        kept = [replace(one, former=tuple(dict.fromkeys((*one.former, (one.name, was.name))))) for one in people]
        changed = replace(was, name=words(name), kind=kind)
        return Change(organisations=[changed], accounts=kept if changed.name != was.name else [])

    edit(desk, actor, "organisation-change", "U", f"organisation:{organisation_id}", work)


def set_active(desk: Desk, actor: Actor, organisation_id: str, *, active: bool) -> None:
    """Let an organisation stop or take part again; when it stops, the sessions and links of its people end at once.

    Raises:
        NotAllowed: this person does not look after the organisations, or it is the one that runs the installation.
        NotFound: there is no such organisation.
        StoreError: nothing was saved.
    """
    if found(desk, actor, organisation_id).host and not active:
        raise NotAllowed("Deze organisatie beheert de installatie en kan niet stoppen.")

    def work(known: Known) -> Change:
        was = known.organisations[organisation_id]
        people = [one for one in known.accounts.values() if one.organisation == organisation_id]
        return Change(
            organisations=[replace(was, active=active)],
            accounts=[replace(one, stamp=one.stamp + (was.active != active)) for one in people],
            without=[] if active else links_of(known, *(one.id for one in people)),
        )

    event = "organisation-reactivate" if active else "organisation-deactivate"
    edit(desk, actor, event, "U", f"organisation:{organisation_id}", work)


def found(desk: Desk, actor: Actor, organisation_id: str) -> Organisation:
    """An organisation, for who looks after the organisations.

    Raises:
        NotAllowed: this person does not.
        NotFound: there is no such organisation.
    """
    _require(desk, actor)
    organisation = desk.accounts.known().organisations.get(organisation_id)
    if organisation is None:
        raise NotFound("Deze organisatie is er niet.")
    return organisation


def added(known: Known, name: str, kind: str, *, host: bool = False) -> Organisation:
    """A new organisation with an id of its own."""
    start = name_id(name)
    ids = (start if number == 1 else f"{start}-{number}" for number in range(1, len(known.organisations) + 2))
    return Organisation(next(one for one in ids if one not in known.organisations), words(name), kind, host=host)


def name_id(name: str) -> str:
    """A name as an id: its letters without accents, and digits; it begins with a letter."""
    plain = unicodedata.normalize("NFKD", words(name).casefold()).encode("ascii", "ignore").decode()
    joined = "-".join(re.findall("[a-z0-9]+", plain))[:_LONGEST_ID].strip("-")
    return joined if joined[:1].isalpha() else f"o-{joined}".strip("-")


def _require(desk: Desk, actor: Actor) -> None:
    desk.require(actor, rights.MANAGE)
    if not may_change(desk, actor):
        desk.tell(actor, Event(rights.MANAGE, "U", "geweigerd", desk.clock(), person="organisation:"))
        raise NotAllowed("Organisaties beheert de organisatie die deze installatie beheert.")


def _check(desk: Desk, name: str, kind: str, known: Known, organisation_id: str = "") -> None:
    wanted = words(name).casefold()
    taken = any(one.id != organisation_id and one.name.casefold() == wanted for one in known.organisations.values())
    problems = without_empty(
        {
            "name": name_problem(words(name)) or ("Er is al een organisatie met deze naam." if taken else ""),
            "kind": "" if kind in {"", *dict(kinds(desk))} else "Kies een soort organisatie.",
        }
    )
    if problems:
        raise InvalidInput(problems)
