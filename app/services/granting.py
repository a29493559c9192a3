"""Changing who has which role on a card, so that at no moment the catalogue gives more than git does."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from app.content.grants import Grant, utc
from app.content.problems import InvalidCard
from app.services import rights
from app.services.actors import Actor
from app.services.cataloguing import held, record
from app.services.desk import Desk
from app.services.errors import NO_CARD, NotFound, without_message
from app.storage.catalogue import CatalogueDamaged
from app.storage.errors import RepositoryNotFound, SaveInDoubt, StoreError
from app.storage.kaart_writer import KaartWriter
from app.storage.records import Access, NewAccess

_ID_LENGTH = 8
_UNSETTLED = "-"
"""In the catalogue: no revision of the roles, so that the next look reads them anew."""
_log = logging.getLogger("kaarten.catalogue")


def new_grant(desk: Desk, actor: Actor, subject: str, role: str, since: str = "", reason: str = "") -> Grant:
    """A role on a card, given by this person, from now unless told."""
    return Grant(f"r-{desk.draw(_ID_LENGTH)}", subject, role, since or utc(desk.clock()), reason=reason, by=actor.id)


def regrant(
    desk: Desk,
    actor: Actor,
    kaart_id: str,
    changed: Callable[[tuple[Grant, ...]], Sequence[Grant]],
    subject: str,
    reason: str = "",
) -> Access:
    """Change the roles on a card, under its lock; the roles after it. Whether this person may is for `changed` to ask.

    A role that is taken away or narrowed is gone from the catalogue before git is told, and one that is given comes
    into it after: when the program dies in between, less is found than may be, until the next look sets it right.

    Args:
        desk: what to work with.
        actor: who.
        kaart_id: which card.
        changed: makes the new roles of those that are there; raises where it cannot be.
        subject: what this does, in one line without names.
        reason: why.

    Raises:
        NotFound: there is no such card.
        StoreError: nothing was changed.
    """
    try:
        with desk.kaarten.writing(kaart_id) as writer:
            desk.forget_access(kaart_id)
            before = writer.access()
            grants = tuple(changed(before.grants))
            if grants == before.grants:
                return before
            change = NewAccess(grants, actor.author, desk.clock(), subject, reason)
            after = moved(desk, writer, before, change)
    except RepositoryNotFound:
        raise NotFound(NO_CARD) from None
    return after


def moved(desk: Desk, writer: KaartWriter, before: Access, change: NewAccess) -> Access:
    """Change the roles on a card that is held, and tell the catalogue: before git what goes, after it what comes.

    The card follows where its handovers changed, for the catalogue is told of the card too.

    Args:
        desk: what to work with.
        writer: holds the card.
        before: the roles as they are.
        change: the roles after it, and the handovers where those change.

    Returns:
        The roles after it.

    Raises:
        StoreError: nothing was changed.
    """
    kaart_id = writer.kaart_id
    kept = Access(_UNSETTLED, tuple(one for one in before.grants if one in change.grants))
    _catalogue(desk, kaart_id, kept)
    try:
        after = writer.save_access(before.revision, change)
    except SaveInDoubt:
        raise  # git may hold the new roles: till a later look the catalogue gives those alone that both have
    except StoreError:
        with suppress(StoreError):
            _catalogue(desk, kaart_id, before)
        raise
    try:
        # Until the card followed its handovers too, the next look has to see to it.
        _catalogue(desk, kaart_id, after if change.handovers is None else replace(after, revision=_UNSETTLED))
        _recatalogue(desk, writer)
    except StoreError as error:
        _log.error("catalogue behind: %s: %s", kaart_id, without_message(error))
    desk.forget_access(kaart_id)
    return after


def _recatalogue(desk: Desk, writer: KaartWriter) -> None:
    """Tell the catalogue anew who of those with a role may see what; of what is no card it knows the roles alone."""
    with suppress(InvalidCard):
        record(desk, writer, writer.read())


def shares_still(desk: Desk, actor: Actor, kaart_id: str) -> None:
    """Refuse, with the card's lock held, who shares the card no more: it was asked before the lock was had.

    Raises:
        NotFound: this person may not even know of the card any more.
        NotAllowed: this person may not share it any more.
    """
    if not desk.may(actor, rights.SHARE, kaart_id):
        desk.require(actor, rights.SHARE, kaart_id)


def _catalogue(desk: Desk, kaart_id: str, access: Access) -> None:
    """Tell the catalogue; one that is damaged gives nothing to anybody until it is made anew from git."""
    with suppress(CatalogueDamaged):
        desk.catalogue.hold(kaart_id, held(access), access.revision)
