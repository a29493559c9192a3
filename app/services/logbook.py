"""The access log for people: who looked at a card, what an auditor sees, whether it is whole, what is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from app.services import rights
from app.services.actors import SYSTEM, Actor
from app.services.desk import ZONE, Desk
from app.services.errors import ServiceError
from app.services.spreadsheet import csv_of
from app.storage.access_log import RETIRE, Event
from app.storage.log_index import Deed, LogIndex, Wanted
from app.storage.log_retire import retire as retire_parts
from app.storage.log_verify import Fault, Verdict
from app.storage.log_verify import verify as verify_log

EXPORT = "export-log"
MOST_EXPORTED = 20_000
"""So many lines go into one file for a spreadsheet."""


@dataclass(frozen=True)
class Visitor:
    """One person on one day at one card.

    Attributes:
        day: the day.
        name: the name then; empty for somebody who was not known.
        organisation: the name of the organisation; its id where nobody knows it any more.
        roles: the names of the roles that allowed it, or that this person had at the organisation.
        behalf: who asked on behalf of this person, on the server itself; empty for who came in person.
        deeds: what was done, newest first.
        emergency: whether it was, in part, by emergency access.
    """

    day: date
    name: str
    organisation: str
    roles: tuple[str, ...]
    behalf: str
    deeds: tuple[Deed, ...]
    emergency: bool

    @property
    def first(self) -> datetime:
        """When it began."""
        return min(deed.first for deed in self.deeds)

    @property
    def last(self) -> datetime:
        """When it ended."""
        return max(deed.last for deed in self.deeds)


def looked_at(
    desk: Desk, actor: Actor, kaart_id: str, since: date | None, until: date | None, limit: int, offset: int = 0
) -> list[Visitor]:
    """Who looked at a card, by day and person, newest first; refusals too.

    Raises:
        NotAllowed: not for this person.
        NotFound: this person may not even know that the card is there.
        StoreError: the log cannot be read.
    """
    desk.require(actor, rights.CARD_LOG, kaart_id)
    found = _index(desk).deeds(kaart_id, since, until, limit, offset)
    return [_visitor(desk, list(deeds)) for _, deeds in groupby(found, lambda deed: (deed.day, deed.who, deed.behalf))]


def _visitor(desk: Desk, deeds: list[Deed]) -> Visitor:
    known, titles = desk.accounts.known(), desk.types.roles.organisation | desk.types.roles.card
    newest = deeds[0]
    organisation = known.organisations.get(newest.organisation)
    roles = dict.fromkeys(deed.ground or deed.role for deed in deeds)
    return Visitor(
        date.fromisoformat(newest.day),
        newest.name,
        organisation.name if organisation else newest.organisation,
        tuple(titles[role].title if role in titles else role for role in roles if role),
        newest.behalf,
        tuple(deeds),
        any(deed.emergency for deed in deeds),
    )


def sees_all(desk: Desk, actor: Actor) -> bool:
    """Whether this person reads the lines of all organisations: of the host, or who looks after the server."""
    organisation = desk.accounts.known().organisations.get(actor.organisation_id)
    return actor.role == SYSTEM or bool(organisation and organisation.host)


def lines(desk: Desk, actor: Actor, wanted: Wanted, limit: int, offset: int = 0) -> list[Event]:
    """Lines of the log, newest first; of the own organisation alone where this person does not see all.

    Raises:
        NotAllowed: not for this person.
        StoreError: the log cannot be read.
    """
    desk.require(actor, rights.READ_LOG)
    if not sees_all(desk, actor):
        wanted = replace(wanted, organisations=(actor.organisation_id,))
    return _index(desk).find(wanted, limit, offset)


def export(desk: Desk, actor: Actor, wanted: Wanted, titles: Sequence[str], more: str) -> bytes:
    """Lines of the log for a spreadsheet, as `lines` gives them, with every field; the log says that this was done.

    Args:
        desk: the desk.
        actor: who asks.
        wanted: which lines.
        titles: of the columns.
        more: what the last row says where there are more lines than go into one file.

    Raises:
        NotAllowed: not for this person.
        StoreError: the log cannot be read or written.
    """
    found = lines(desk, actor, wanted, MOST_EXPORTED + 1)
    desk.tell(actor, Event(EXPORT, "R", "toegestaan", desk.clock(), kaart=wanted.kaart))
    rows = [titles, *(_cells(one) for one in found[:MOST_EXPORTED])]
    return csv_of([*rows, [more]] if len(found) > MOST_EXPORTED else rows)


def _cells(one: Event) -> list[str]:
    when = one.when.isoformat(timespec="seconds")
    what = (one.event, one.kind, one.outcome, "noodtoegang" * one.emergency)
    who = (one.who, one.name, one.role, one.organisation, one.behalf, one.address)
    return [when, *what, *who, one.kaart, one.item, one.person, one.ground, one.request]


def last_used(desk: Desk, accounts: Iterable[str]) -> dict[str, datetime]:
    """When each of these accounts last did something, for who may ask that; asks nobody whether it may.

    Raises:
        StoreError: the log cannot be read.
    """
    return _index(desk).last_used(accounts)


def verify(desk: Desk, actor: Actor, kept: tuple[int, str] | None = None) -> Verdict:
    """Whether the log is as it was written.

    Args:
        desk: the desk.
        actor: who asks.
        kept: a count and MAC that were noted elsewhere.

    Raises:
        NotAllowed: not for this person.
        StoreError: the log cannot be read.
    """
    desk.require(actor, rights.READ_LOG)
    return verify_log(desk.log, kept)


def anchor(desk: Desk, actor: Actor) -> tuple[int, str]:
    """The count and MAC of the last line, to note elsewhere.

    Raises:
        NotAllowed: not for this person.
        StoreError: the log cannot be read.
    """
    desk.require(actor, rights.READ_LOG)
    tip = desk.log.confirmed()
    return tip.count, tip.mac


def retire(desk: Desk, actor: Actor) -> list[str]:
    """Remove the parts of the log that are older than they are kept; gives their months.

    Raises:
        NotAllowed: not for this person.
        ServiceError: the log is not whole, so nothing of it may go.
        StoreError: the log cannot be read or written.
    """
    desk.require(actor, rights.MAINTAIN)
    if verify_log(desk.log).fault:
        raise ServiceError("Het logboek klopt niet. Er is niets opgeruimd. Kijk het eerst na: kaarten log verify.")
    now = desk.clock().astimezone(ZONE)
    ground = f"older than {desk.log.years} years"
    event = Event(
        RETIRE, "D", "toegestaan", now, actor.id, actor.name, actor.role, address=actor.address, ground=ground
    )
    parts, count = retire_parts(desk.log, f"{now.year - desk.log.years:04}-{now.month:02}", event)
    if parts:
        _index(desk).forget(count)
    return parts


def sentence(fault: Fault) -> str:
    """The first fault of the log, in one Dutch sentence."""
    place = f"{fault.part}.jsonl, regel {fault.line}"
    many = "Hier ontbreekt 1 regel" if fault.missing == 1 else f"Hier ontbreken {fault.missing} regels"
    return {
        "changed": f"{place}: deze regel is veranderd.",
        "removed": f"{place}: {many[0].lower()}{many[1:]}.",
        "added": f"{place}: deze regel is ertussen gezet.",
        "moved": f"{place}: deze regel staat niet op zijn plaats.",
        "cut": f"{place}: vanaf hier is het logboek afgekapt. {many}.",
        "anchor": f"{place}: hier was het anker weg. Of er toen regels zijn afgekapt, is hier niet te zien.",
    }[fault.why]


def _index(desk: Desk) -> LogIndex:
    return LogIndex(desk.log, ZONE)
