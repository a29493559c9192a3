"""What needs one professional: what is due on his or her cards, drafts left, cards that others changed."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.content.display import DueRule
from app.content.grants import utc
from app.content.notices import AGAIN
from app.content.searching import match_key
from app.services import drafting, rights, seeing
from app.services.actors import Actor
from app.services.cataloguing import repaired
from app.services.desk import Desk
from app.services.finding import me_on
from app.storage.catalogue import Entry, Me, Todo, Told
from app.storage.drafts import Label
from app.storage.errors import StoreError

_log = logging.getLogger("kaarten.start")
RECENT = timedelta(days=30)
"""So long the change of another is told of to who did not look."""
_MOST_CHANGED = 200


@dataclass(frozen=True)
class DueGroup:
    """What is due by one rule: the most urgent, and how many there are in all."""

    rule: DueRule
    found: list[Todo]
    total: int


@dataclass(frozen=True)
class Changed:
    """A card that somebody else changed last; `seen` is the revision this person last saw, empty for none."""

    entry: Entry
    seen: str


@dataclass(frozen=True)
class Start:
    """What needs this person.

    Attributes:
        cards: how many cards this person is on.
        again: the items of which somebody is to be asked again, on the cards that this person may change: the newest.
        to_ask: how many of these there are in all.
        due: for each rule by which something is due, in the order of display.json.
        drafts: what was typed and not saved, the last first; None where they cannot be read.
        changed: the cards that others changed lately and that were not looked at since, the newest first.
    """

    cards: int
    again: list[Told]
    to_ask: int
    due: list[DueGroup]
    drafts: list[Label] | None
    changed: list[Changed]

    @property
    def is_empty(self) -> bool:
        """Whether nothing needs this person."""
        return not (self.again or self.due or self.drafts or self.drafts is None or self.changed)


def start(desk: Desk, actor: Actor, most: int) -> Start:
    """What needs a professional now, at most so many things due of each kind.

    Raises:
        NotAllowed: this person may not see the list of cards.
        StoreError: the catalogue fails and cannot be made anew.
    """
    desk.require(actor, rights.LIST)
    now = desk.clock()
    me = me_on(desk, actor)
    told = repaired(desk, lambda: desk.catalogue.todo(me, due_days(desk, now.date()), most))
    rules = desk.types.display.due
    again, to_ask = _again(desk, actor, me, most)
    return Start(
        repaired(desk, lambda: desk.catalogue.count_of(me)),
        again,
        to_ask,
        [DueGroup(rules[kind], found, total) for kind, (found, total) in told.items() if total],
        _drafts(desk, actor),
        _changed(desk, actor, me, utc(now - RECENT)),
    )


def due_days(desk: Desk, today: date) -> Mapping[str, str]:
    """For each rule of display.json the last day that is told of today."""
    return {kind: (today + timedelta(rule.ahead)).isoformat() for kind, rule in desk.types.display.due.items()}


def _again(desk: Desk, actor: Actor, me: Me, most: int) -> tuple[list[Told], int]:
    """Of whose change it is does not matter: who made it is to ask people as much as the others."""
    if AGAIN not in desk.types.review.notices:
        return [], 0
    able = tuple(name for name, role in desk.types.roles.card.items() if rights.EDIT in role.may)
    return repaired(desk, lambda: desk.catalogue.of_kind(replace(me, roles=able), actor.id, AGAIN, most))


def _drafts(desk: Desk, actor: Actor) -> list[Label] | None:
    try:
        return drafting.mine(desk, actor)
    except StoreError as error:
        _log.warning("drafts: %s", error)
        return None


def _changed(desk: Desk, actor: Actor, me: Me, since: str) -> list[Changed]:
    entries = repaired(desk, lambda: desk.catalogue.changed_by_others(me, actor.email, since, _MOST_CHANGED))
    seen = seeing.seen_revisions(desk, actor) if entries else {}
    return [
        Changed(entry, seen.get(entry.id, ""))
        for entry in entries
        if seen.get(entry.id) != entry.revision and match_key(entry.author.name, entry.author.organisation) != me.key
    ]
