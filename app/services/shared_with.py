"""Delen: with whom a card is shared, what changed about that, and with whom it can be."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.content.grants import Grant, utc
from app.content.items import Namer
from app.content.roles import Role
from app.services import rights
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import NotFound
from app.services.offering import ACCOUNT, ORGANISATION, is_open, is_over
from app.services.viewing import view
from app.storage.accounts import Account
from app.storage.records import Save

_NO_GRANT = "Deze rol is er niet op deze kaart."
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
    found = _in_words(desk, [grant_of(desk.access(kaart_id).grants, grant_id)], rows_on(desk, actor, kaart_id))
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


def grant_of(grants: Sequence[Grant], grant_id: str) -> Grant:
    """The role of that id; raises `NotFound` where there is none."""
    one = next((each for each in grants if each.id == grant_id), None)
    if one is None:
        raise NotFound(_NO_GRANT)
    return one


def _with_function(account: Account) -> str:
    return ", ".join(filter(None, [account.name, account.function]))
