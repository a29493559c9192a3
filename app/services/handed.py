"""The card follows its handovers: state, dossierhouder and who was given it; at the latest by who holds it next."""

import logging
from datetime import datetime

from app.content import Document
from app.content.grants import Grant
from app.content.handing import Handing
from app.content.handovers import Handover
from app.content.members import members
from app.content.problems import InvalidCard
from app.content.searching import match_key
from app.content.validate import validate
from app.content.workflow import Transition
from app.services.actors import Actor, speaker_in
from app.services.commits import new_save, parts_of
from app.services.desk import ZONE, Desk
from app.services.errors import without_message
from app.storage.kaart_writer import KaartWriter
from app.storage.records import Access, NewSave, Stored

_log = logging.getLogger("kaarten.handed")


def is_behind(desk: Desk, kaart: Stored) -> bool:
    """Whether a card does not say yet what its handovers say; raises `StoreError`."""
    handing, handovers = desk.types.handing, desk.kaarten.access(kaart.id).handovers
    if handing is None:
        return False
    return bool(handovers.landing(kaart.revision)) or handing.owed(kaart.document, handovers) is not None


def follow(desk: Desk, writer: KaartWriter, kaart: Stored) -> Stored:
    """Have the card say what its handovers say, where it does not yet: also when a program died before it could.

    The roles moved first, in one move of their own (decision 11). What becomes of the card is worked out from them
    alone, so this can be done again and again; whoever holds the card does it before anything else.

    Args:
        desk: what to work with.
        writer: holds the card.
        kaart: the card as it is now.

    Returns:
        The card as it is then.

    Raises:
        StoreError: the roles cannot be read, or the card cannot be saved; the next look tries again.
    """
    handing, access = desk.types.handing, writer.access()
    if landing := access.handovers.landing(kaart.revision):
        # What came from another installation was judged, and is on disk: it is shown by one move.
        return writer.land(kaart.revision, landing)
    owed = handing.owed(kaart.document, access.handovers) if handing else None
    if handing is None or owed is None:
        return kaart
    step, offer = owed
    try:
        document = becomes(desk, handing, kaart, access, step, offer)
        return writer.save(kaart.revision, _save_of(desk, kaart, document, step, offer))
    except InvalidCard as error:
        # It was judged before the roles moved: another program came between. The next look tries again.
        _log.error("the card does not follow its handover yet: %s: %s", kaart.id, without_message(error))
        return kaart


def becomes(desk: Desk, handing: Handing, kaart: Stored, access: Access, step: Transition, offer: Handover) -> Document:
    """The card after a step of an offer.

    Raises:
        InvalidCard: it would be none.
    """
    document = kaart.document
    if step == handing.offer:
        day = datetime.fromisoformat(offer.when).astimezone(ZONE).date()
        document = handing.offered(document, offer, day)
    elif step == handing.accept:
        row, person = _responsible(desk, handing, access, offer)
        document = handing.accepted(document, step, row, person)
    else:
        document = handing.stepped(document, step)
    validate(document, desk.types.edition_of(document))
    return document


def row_of(desk: Desk, handing: Handing, kaart: Stored, access: Access, actor: Actor, offer_id: str) -> str:
    """Which professional of the card somebody is who accepts: by the link of a role, else by the very name, else new.

    Who is on the card no more comes on it anew: the old row says until when that was.
    """
    known = members(kaart.document, desk.types.display)
    today = desk.clock().date().isoformat()
    linked = {one.professional for one in access.grants if one.subject == actor.subjects[0] and one.professional}
    own = match_key(actor.name, actor.organisation)
    present = [one for one in known if not one.until or one.until >= today]
    found = [one.item for one in present if one.item in linked] or [one.item for one in present if one.key == own]
    return found[0] if found else handing.new_row(offer_id)


def _responsible(desk: Desk, handing: Handing, access: Access, offer: Handover) -> tuple[str, dict[str, str]]:
    """Who accepted: the professional of the card, by the role that came with it, and how to name this person there."""
    who = speaker_in(offer.closed_by)
    account = desk.accounts.known().accounts.get(who.account)
    grant = _holding(desk, access.grants, f"account:{who.account}")
    person = {"name": who.name, "organisation": who.organisation, "function": account.function if account else ""}
    return (grant.professional if grant and grant.professional else handing.new_row(offer.id)), person


def _holding(desk: Desk, grants: tuple[Grant, ...], subject: str) -> Grant | None:
    found = [one for one in grants if one.role == desk.types.roles.holder and one.subject == subject]
    return max(found, key=lambda one: one.since, default=None)


def _save_of(desk: Desk, kaart: Stored, document: Document, step: Transition, offer: Handover) -> NewSave:
    """The save by which the card follows: by who did it, in words that all may read who ever read the card."""
    who = speaker_in(offer.signed if offer.is_open else offer.closed_by)
    account = desk.accounts.known().accounts.get(who.account)
    actor = Actor(who.name, account.email if account else desk.contact, who.organisation, who.account)
    reason = f"{step.title}: {offer.receiver}." if offer.is_open else f"{step.title}."
    return new_save(desk, actor, reason, parts_of(desk, kaart, document), kaart.form)
