"""Delen: giving, changing and withdrawing a role on a card."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.content.grants import Grant, utc
from app.services import rights
from app.services.actors import SYSTEM, Actor
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.services.granting import new_grant, regrant, shares_still
from app.services.linking import ever_shielded_from
from app.services.managing import without_empty, words
from app.services.offering import (
    ACCOUNT,
    REASON,
    ROLE,
    ROW,
    SINCE,
    SUBJECT,
    UNTIL,
    Offer,
    ended,
    held,
    is_over,
    offered,
    reason_problem,
    with_room,
)
from app.services.shared_with import grant_of, rows_on
from app.storage.access_log import Event
from app.storage.errors import StoreError

_OWN_ROW = "Wie u op de kaart bent, kan alleen iemand anders wijzigen."  # it says what is shielded from this person
_ONE_HOLDER = "Een kaart heeft één dossierhouder. Dat wordt iemand anders door een overdracht: zie ‘Overdracht’."
_OF_OFFER = "Deze rol hoort bij een overdracht. Trek bij ‘Overdracht’ het aanbod in."
_LINKED = "Deze koppeling staat vast: zij zegt wat iemand niet mag zien. Klopt zij niet? Vraag het systeembeheer."


def give(desk: Desk, actor: Actor, kaart_id: str, offer: Offer) -> Grant:
    """Give a person or an organisation a role on a card.

    Raises:
        NotFound: there is no such card.
        NotAllowed: this person may not share the card, or it has too many roles.
        InvalidInput: something cannot be; says what, by field of `offering`. A card has one dossierhouder: another one
            comes by a handover. Who looks after the installation can give the role at once, and it ends for the other.
        StoreError: nothing was changed.
    """
    desk.require(actor, rights.SHARE, kaart_id)
    rows = rows_on(desk, actor, kaart_id)
    made = new_grant(desk, actor, offer.subject, offer.role)
    holds = offer.role == desk.types.roles.holder
    if holds:
        _can_hold(actor, offer)

    def changed(grants: tuple[Grant, ...]) -> Sequence[Grant]:
        given = offered(desk, made, offer, rows, grants)
        others = ended(grants, {offer.role}, given.since) if holds else grants
        return [*with_room(others, desk.clock()), given]

    _change(desk, actor, kaart_id, changed, ("share-give", made, f"Rol {made.id} gegeven", offer.role), offer.reason)
    return made


def change(desk: Desk, actor: Actor, kaart_id: str, grant_id: str, offer: Offer) -> None:
    """Change what a role is, from when until when, or who of the card has it; whose it is stays. Raises as `give`.

    Raises:
        NotAllowed: this person may not share the card, or nobody would be dossierhouder any more.
        NotFound: there is no such card, or no such role on it that is not over and that people give.
    """
    desk.require(actor, rights.SHARE, kaart_id)
    rows = rows_on(desk, actor, kaart_id)
    first = _changeable(desk, desk.access(kaart_id).grants, grant_id)
    mine = replace(offer, subject=first.subject)

    def changed(grants: tuple[Grant, ...]) -> Sequence[Grant]:
        was = _changeable(desk, grants, grant_id)
        if was.role != mine.role == desk.types.roles.holder:
            raise InvalidInput({ROLE: _ONE_HOLDER})
        now = offered(desk, was, mine, rows, [one for one in grants if one.id != grant_id])
        if was.subject in actor.subjects and was.professional not in ("", now.professional):
            raise InvalidInput({ROW: _OWN_ROW})
        if was.professional not in ("", now.professional) and ever_shielded_from(desk, kaart_id, was.professional):
            raise InvalidInput({ROW: _LINKED})
        return held(desk, grants, [now if one.id == grant_id else one for one in grants])

    what = ("share-change", first, f"Rol {grant_id} gewijzigd", offer.role)
    _change(desk, actor, kaart_id, changed, what, offer.reason)


def unlink(desk: Desk, actor: Actor, kaart_id: str, grant_id: str, reason: str) -> None:
    """Say no more which professional on a card somebody is: where another one was linked by mistake.

    It can open what was shielded from that professional, so it is for who looks after the installation.

    Raises:
        NotFound: there is no such card, or no such role on it.
        NotAllowed: this person does not look after the store.
        InvalidInput: there is no reason, or it is too long.
        StoreError: nothing was changed.
    """
    desk.require(actor, rights.MAINTAIN)
    first = grant_of(desk.access(kaart_id).grants, grant_id)
    if problem := reason_problem(words(reason)) or ("" if words(reason) else "Schrijf op waarom."):
        raise InvalidInput({REASON: problem})

    def changed(grants: tuple[Grant, ...]) -> Sequence[Grant]:
        return [replace(one, professional="") if one.id == grant_id else one for one in grants]

    what = ("share-change", first, f"Rol {grant_id} losgemaakt", first.role)
    _change(desk, actor, kaart_id, changed, what, reason)


def withdraw(desk: Desk, actor: Actor, kaart_id: str, grant_id: str, reason: str = "") -> None:
    """Withdraw a role: from now on it holds no more. One that is over stays as it was. Nobody has to say why.

    Raises:
        NotFound: there is no such card, or no such role on it.
        NotAllowed: this person may not share the card, or nobody would be dossierhouder any more.
        InvalidInput: the reason is too long.
        StoreError: nothing was changed.
    """
    desk.require(actor, rights.SHARE, kaart_id)
    first = grant_of(desk.access(kaart_id).grants, grant_id)
    if problem := reason_problem(words(reason)):
        raise InvalidInput({REASON: problem})

    def changed(grants: tuple[Grant, ...]) -> Sequence[Grant]:
        moment = utc(desk.clock())
        was = grant_of(grants, grant_id)
        if desk.types.handing and was.role == desk.types.handing.receiver and not is_over(was, moment):
            raise NotAllowed(_OF_OFFER)
        over = was if is_over(was, moment) else replace(was, until=max(moment, was.since))
        return held(desk, grants, [over if one.id == grant_id else one for one in grants])

    what = ("share-withdraw", first, f"Rol {grant_id} ingetrokken", first.role)
    _change(desk, actor, kaart_id, changed, what, reason)


def _change(
    desk: Desk,
    actor: Actor,
    kaart_id: str,
    changed: Callable[[tuple[Grant, ...]], Sequence[Grant]],
    what: tuple[str, Grant, str, str],
    reason: str,
) -> None:
    """Make a change, with a line in the log before it: without that line nothing is changed."""
    event, grant, subject, role = what
    person = grant.subject.removeprefix(ACCOUNT)
    line = Event(event, "U", "toegestaan", desk.clock(), kaart=kaart_id, item=grant.id, person=person)
    told = False

    def logged(grants: tuple[Grant, ...]) -> Sequence[Grant]:
        nonlocal told
        shares_still(desk, actor, kaart_id)
        after = changed(grants)
        if tuple(after) != grants:
            desk.tell(actor, line)
            told = True
        return after

    title = desk.types.roles.card[role].title.lower() if role in desk.types.roles.card else ""
    try:
        regrant(desk, actor, kaart_id, logged, f"{subject}: {title}", words(reason))
    except StoreError:
        if told:
            desk.tell(actor, replace(line, outcome="mislukt", when=desk.clock()))
        raise


def _can_hold(actor: Actor, offer: Offer) -> None:
    """Whether the one dossierhouder can be given so: by who looks after the store, to one person, from now on."""
    if actor.role != SYSTEM:
        raise InvalidInput({ROLE: _ONE_HOLDER})
    problems = {
        SUBJECT: "" if offer.subject.startswith(ACCOUNT) else "Kies één persoon: een kaart heeft één dossierhouder.",
        SINCE: "Deze rol begint meteen. Laat de dag leeg." if offer.since else "",
        UNTIL: "Deze rol heeft geen einde. Laat de dag leeg." if offer.until else "",
    }
    if found := without_empty(problems):
        raise InvalidInput(found)


def _changeable(desk: Desk, grants: Sequence[Grant], grant_id: str) -> Grant:
    one = grant_of(grants, grant_id)
    role = desk.types.roles.card.get(one.role)
    if is_over(one, utc(desk.clock())) or role is None or not role.given:
        raise NotFound("Deze rol kunt u niet wijzigen. U kunt wel een nieuwe geven.")
    return one
