"""Delen: who has which role on a card, and giving, changing and withdrawing one."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.content.grants import Grant, utc
from app.content.items import Namer
from app.content.roles import Role
from app.services import rights
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotFound
from app.services.granting import new_grant, regrant, shares_still
from app.services.managing import words
from app.services.offering import (
    ACCOUNT,
    ORGANISATION,
    REASON,
    ROW,
    Offer,
    held,
    is_open,
    is_over,
    offered,
    reason_problem,
    with_room,
)
from app.services.viewing import view
from app.storage.access_log import Event
from app.storage.accounts import Account
from app.storage.errors import StoreError
from app.storage.records import Save

_NO_GRANT = "Deze rol is er niet op deze kaart."
_OWN_ROW = "Wie u op de kaart bent, kan alleen iemand anders wijzigen."  # it says what is shielded from this person
_NAMED = re.compile(r"\br-[0-9a-z]+\b ?")
_HISTORY = 100
"""So many changes of the roles are told."""


@dataclass(frozen=True)
class Shared:
    """A role on a card, in words.

    Attributes:
        grant: what is kept of it.
        role: the role.
        name: who has it: a person, or an organisation.
        organisation: where that person works; empty for an organisation.
        is_open: whether this person may sign in, or somebody of this organisation: else the role gives nothing.
        row: what the professional of the card is called that this person is linked to; empty for none.
        by: who gave it; empty where nobody who is known did.
    """

    grant: Grant
    role: Role
    name: str
    organisation: str
    is_open: bool
    row: str
    by: str


@dataclass(frozen=True)
class Told:
    """A change of the roles on a card: what was done, by whom and why, and about which role where that is known."""

    what: str
    save: Save
    about: Shared | None


@dataclass(frozen=True)
class Sharing:
    """Who has which role on a card.

    Attributes:
        now: who has one now, in the order of roles.json.
        later: who gets one, the first first.
        past: who had one, the last first.
        told: what changed about the roles, the newest first.
    """

    now: list[Shared]
    later: list[Shared]
    past: list[Shared]
    told: list[Told]


def shared(desk: Desk, actor: Actor, kaart_id: str) -> Sharing:
    """Who has which role on a card; everybody who reads the card may know with whom.

    Raises:
        NotFound: there is no such card, or this person may not know of it.
        StoreError: the store fails.
    """
    seen = view(desk, actor, kaart_id)
    found = _in_words(desk, seen.access.grants, rows_on(desk, actor, kaart_id))
    moment, order = utc(desk.clock()), list(desk.types.roles.card)
    by_id = {one.grant.id: one for one in found}
    running = [one for one in found if not is_over(one.grant, moment)]
    return Sharing(
        sorted(
            (one for one in running if one.grant.since <= moment),
            key=lambda one: (order.index(one.role.name), not one.is_open, one.name),
        ),
        sorted((one for one in running if one.grant.since > moment), key=lambda one: one.grant.since),
        sorted((one for one in found if one not in running), key=lambda one: one.grant.until, reverse=True),
        [_told(save, by_id) for save in desk.kaarten.access_history(kaart_id, _HISTORY)],
    )


def given(desk: Desk, actor: Actor, kaart_id: str) -> list[Shared]:
    """Every role on a card that was ever given and is not removed, for who may say who has one.

    Raises:
        NotFound: there is no such card.
        NotAllowed: this person may not share the card.
    """
    desk.require(actor, rights.SHARE, kaart_id)
    return _in_words(desk, desk.access(kaart_id).grants, rows_on(desk, actor, kaart_id))


def role_given(desk: Desk, actor: Actor, kaart_id: str, grant_id: str) -> Shared:
    """One role on a card, to change it.

    Raises:
        NotFound: there is no such card, or no such role on it.
        NotAllowed: this person may not share the card.
    """
    desk.require(actor, rights.SHARE, kaart_id)
    found = _in_words(desk, [_found(desk.access(kaart_id).grants, grant_id)], rows_on(desk, actor, kaart_id))
    if not found:
        raise NotFound(_NO_GRANT)
    return found[0]


def open_to(desk: Desk, actor: Actor, kaart_id: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """With whom a card can be shared: by the name of the organisation, the subjects with what they are called.

    Raises:
        NotFound: there is no such card.
        NotAllowed: this person may not share the card.
    """
    desk.require(actor, rights.SHARE, kaart_id)
    known = desk.accounts.known()
    groups = []
    for one in known.organisations.values():
        people = [account for account in known.accounts.values() if account.organisation == one.id]
        open_ones = [account for account in people if is_open(desk, known, ACCOUNT + account.id)]
        if open_ones:
            named = [(ACCOUNT + each.id, _with_function(each)) for each in open_ones]
            groups.append((one.name, [*named, (ORGANISATION + one.id, f"Iedereen bij {one.name}")]))
    return groups


def rows_on(desk: Desk, actor: Actor, kaart_id: str) -> dict[str, str]:
    """The professionals on a card, by id, as far as this person may see the card."""
    member = desk.types.display.member
    if member is None or not desk.may(actor, rights.READ, kaart_id):
        return {}
    kaart = view(desk, actor, kaart_id).last_valid()
    if kaart is None:
        return {}
    namer = Namer(kaart.document, kaart.edition.shape)
    return {one["id"]: namer.item(one["id"]) for one in kaart.document.get(member.section, ())}


def give(desk: Desk, actor: Actor, kaart_id: str, offer: Offer) -> Grant:
    """Give a person or an organisation a role on a card.

    Raises:
        NotFound: there is no such card.
        NotAllowed: this person may not share the card, or it has too many roles.
        InvalidInput: something cannot be; says what, by field of `offering`.
        StoreError: nothing was changed.
    """
    desk.require(actor, rights.SHARE, kaart_id)
    rows = rows_on(desk, actor, kaart_id)
    made = new_grant(desk, actor, offer.subject, offer.role)

    def changed(grants: tuple[Grant, ...]) -> Sequence[Grant]:
        return [*with_room(grants, desk.clock()), offered(desk, made, offer, rows, grants)]

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
        now = offered(desk, was, mine, rows, [one for one in grants if one.id != grant_id])
        if was.subject in actor.subjects and was.professional not in ("", now.professional):
            raise InvalidInput({ROW: _OWN_ROW})
        return held(desk, grants, [now if one.id == grant_id else one for one in grants])

    what = ("share-change", first, f"Rol {grant_id} gewijzigd", offer.role)
    _change(desk, actor, kaart_id, changed, what, offer.reason)


def withdraw(desk: Desk, actor: Actor, kaart_id: str, grant_id: str, reason: str = "") -> None:
    """Withdraw a role: from now on it holds no more. One that is over stays as it was. Nobody has to say why.

    Raises:
        NotFound: there is no such card, or no such role on it.
        NotAllowed: this person may not share the card, or nobody would be dossierhouder any more.
        InvalidInput: the reason is too long.
        StoreError: nothing was changed.
    """
    desk.require(actor, rights.SHARE, kaart_id)
    first = _found(desk.access(kaart_id).grants, grant_id)
    if problem := reason_problem(words(reason)):
        raise InvalidInput({REASON: problem})

    def changed(grants: tuple[Grant, ...]) -> Sequence[Grant]:
        moment = utc(desk.clock())
        was = _found(grants, grant_id)
        ended = was if is_over(was, moment) else replace(was, until=max(moment, was.since))
        return held(desk, grants, [ended if one.id == grant_id else one for one in grants])

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


def _in_words(desk: Desk, grants: Sequence[Grant], rows: Mapping[str, str]) -> list[Shared]:
    """Grants with names; those with a role that is no more are left out: they give nothing."""
    known, roles = desk.accounts.known(), desk.types.roles.card
    found = []
    for grant in grants:
        if grant.role not in roles:
            continue
        by = known.accounts.get(grant.by)
        account = known.accounts.get(grant.subject.removeprefix(ACCOUNT)) if grant.subject.startswith(ACCOUNT) else None
        place = account.organisation if account else grant.subject.removeprefix(ORGANISATION)
        organisation = known.organisations.get(place)
        works = organisation.name if organisation else ""
        found.append(
            Shared(
                grant,
                roles[grant.role],
                account.name if account else works,
                works if account else "",
                is_open(desk, known, grant.subject),
                rows.get(grant.professional, ""),
                by.name if by else "",
            )
        )
    return found


def _told(save: Save, by_id: Mapping[str, Shared]) -> Told:
    subject = save.steps[0].message.subject if save.steps else ""
    named = _NAMED.search(subject)
    return Told(_NAMED.sub("", subject), save, by_id.get(named[0].strip()) if named else None)


def _found(grants: Sequence[Grant], grant_id: str) -> Grant:
    found = next((one for one in grants if one.id == grant_id), None)
    if found is None:
        raise NotFound(_NO_GRANT)
    return found


def _changeable(desk: Desk, grants: Sequence[Grant], grant_id: str) -> Grant:
    found = _found(grants, grant_id)
    role = desk.types.roles.card.get(found.role)
    if is_over(found, utc(desk.clock())) or role is None or not role.given:
        raise NotFound("Deze rol kunt u niet wijzigen. U kunt wel een nieuwe geven.")
    return found


def _with_function(account: Account) -> str:
    return ", ".join(filter(None, [account.name, account.function]))
