"""The bell: what concerns somebody of what others said and saved, which of it is new, and which cards one follows."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.content.notices import SAVED, TO_JUDGE, asking
from app.content.overleg import ASKED, PROPOSED
from app.services import rights
from app.services.actors import Actor
from app.services.cataloguing import repaired
from app.services.desk import Desk
from app.services.finding import me_on
from app.services.review_rows import utc_moment
from app.storage.catalogue import Listener, Open, Told
from app.storage.catalogue_review import NOT_URGENT
from app.storage.errors import StoreError
from app.storage.following import Follows

_log = logging.getLogger("kaarten.bell")


@dataclass(frozen=True)
class Bell:
    """What somebody is told.

    Attributes:
        told: the notices of one page, newest first.
        total: how many there are in all.
        new: how many of all are new.
        until: the moment of the newest of all, for `looked`; empty where there is none.
    """

    told: Sequence[Told]
    total: int
    new: int
    until: str


def count_new(desk: Desk, actor: Actor) -> int:
    """How many notices are new to somebody: one question to the catalogue, for every page; nothing is logged.

    Raises:
        StoreError: the catalogue, or what is known of this person, cannot be read; nothing is made anew for this.
    """
    if not desk.may(actor, rights.LIST):
        return 0
    return desk.catalogue.count_new(listener(desk, actor, known_of(desk, actor)))


def bell(desk: Desk, actor: Actor, most: int, after: int = 0) -> Bell:
    """What somebody is told.

    Args:
        desk: what to work with.
        actor: who.
        most: how many to give.
        after: how many to pass over.

    Raises:
        NotAllowed: this person reads no cards.
        StoreError: the catalogue fails and cannot be made anew, or what is known of this person cannot be read.
    """
    desk.require(actor, rights.LIST)
    who = listener(desk, actor, known_of(desk, actor))
    told, total = repaired(desk, lambda: desk.catalogue.told(who, most, after))
    until = told[0].notice.moment if told and not after else _newest(desk, who)
    return Bell(told, total, desk.catalogue.count_new(who), until)


def waiting(desk: Desk, actor: Actor, most: int) -> tuple[Sequence[Open], int]:
    """What still asks an answer, a decision or a confirmation of somebody, the most urgent first; and how much in all.

    One query of the catalogue. Raises as `bell`.
    """
    desk.require(actor, rights.LIST)
    rules = desk.types.review.notices
    kinds = asking(rules)
    together = [name for name in kinds if rules[name].said in (ASKED, PROPOSED)]
    who = listener(desk, actor, Follows())
    return repaired(desk, lambda: desk.catalogue.open_of(who, kinds, together, most))


def looked(desk: Desk, actor: Actor, until: str) -> None:
    """Keep that somebody looked at all up to a moment; nothing is new any more that was there then.

    Args:
        desk: what to work with.
        actor: who.
        until: `Bell.until` of what was on the screen; a later one than the newest notice, or than now, counts as that.

    Raises:
        NotAllowed: this person reads no cards.
        StoreError: it is not kept.
    """
    desk.require(actor, rights.LIST)
    who = listener(desk, actor, known_of(desk, actor))
    now = utc_moment(desk.clock())
    if seen := min(until, now, repaired(desk, lambda: _newest(desk, who))):
        desk.following.look(actor.id, seen, now)


def follow(desk: Desk, actor: Actor, kaart_id: str) -> None:
    """Be told of all that others say about a card and save.

    Raises:
        NotFound: there is no such card, or none that this person may know of.
        StoreError: it is not kept.
    """
    desk.require(actor, rights.READ, kaart_id)
    desk.following.follow(actor.id, kaart_id)


def unfollow(desk: Desk, actor: Actor, kaart_id: str) -> None:
    """Be told no more than what concerns oneself; raises as `follow`."""
    desk.require(actor, rights.READ, kaart_id)
    desk.following.unfollow(actor.id, kaart_id)


def follows(desk: Desk, actor: Actor, kaart_id: str) -> bool | None:
    """Whether somebody follows a card; None where that cannot be read: the page goes on."""
    try:
        return kaart_id in desk.following.of(actor.id).cards
    except StoreError as error:
        _log.warning("%s", error)
        return None


def known_of(desk: Desk, actor: Actor) -> Follows:
    """Which cards somebody follows, and until when he or she looked; raises `StoreError`.

    Nobody looked at what is still to come: where another program dated a commit so, all is new once more.
    """
    known = desk.following.of(actor.id)
    return known if known.until <= utc_moment(desk.clock()) else replace(known, until="")


def listener(desk: Desk, actor: Actor, known: Follows) -> Listener:
    """A person as the catalogue knows whose bell it is.

    Args:
        desk: what to work with.
        actor: who.
        known: which cards he or she follows, and from when on a notice is new.
    """
    roles, review = desk.types.roles.card, desk.types.review
    able = [f"{rule.name} {name}" for rule in review.notices.values() for name in roles if rule.may in roles[name].may]
    return Listener(
        me_on(desk, actor),
        actor.id,
        actor.email,
        known.cards,
        tuple(able),
        tuple(name for name, role in roles.items() if rights.JUDGE in role.may),
        TO_JUDGE if TO_JUDGE in review.notices else "",
        SAVED,
        known.until,
        next((place for place, one in enumerate(review.urgent) if one.lifted), NOT_URGENT),
    )


def _newest(desk: Desk, who: Listener) -> str:
    told, _total = desk.catalogue.told(who, 1, 0)
    return told[0].notice.moment if told else ""
