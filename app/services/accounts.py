"""Looking after accounts: who is there, what changes about them, and when they stop."""

import re
from dataclasses import dataclass, replace

from app.content.grants import utc
from app.services import rights
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed
from app.services.managing import (
    LONGEST,
    edit,
    links_of,
    managed,
    name_problem,
    within_reach,
    without_empty,
    words,
)
from app.storage.accounts import Account, Change, Known, Organisation

ACTIVE, INVITED, STOPPED = "actief", "uitgenodigd", "gestopt"
"""What an account is: in use; made and never signed in with yet; nobody can sign in with it any more."""
_EMAIL = re.compile(r"[^@\s<>\"(),:;\[\]\\]{1,64}@[a-z0-9.-]{1,180}\.[a-z0-9-]{2,63}")


@dataclass(frozen=True)
class Details:
    """What a person fills in about an account.

    Attributes:
        name: the whole name.
        email: the address to sign in with.
        organisation: the id of the organisation.
        role: a role at the organisation.
        function: what he or she does there; may be empty.
    """

    name: str
    email: str
    organisation: str
    role: str
    function: str = ""


@dataclass(frozen=True)
class Listed:
    """An account in a list: with its organisation and what it is now."""

    account: Account
    organisation: Organisation
    state: str


def state_of(account: Account, organisation: Organisation) -> str:
    """What an account is: one of `ACTIVE`, `INVITED` and `STOPPED`."""
    if not (account.active and organisation.active):
        return STOPPED
    return ACTIVE if account.usable else INVITED


def listed(desk: Desk, actor: Actor, text: str = "", organisation: str = "", state: str = "") -> list[Listed]:
    """The accounts within this person's reach, by name; empty arguments leave nothing out.

    Args:
        desk: what with.
        actor: who asks.
        text: words that must all occur in the name, address, function or organisation.
        organisation: the id of the only organisation.
        state: the only state.

    Raises:
        NotAllowed: this person looks after no accounts.
    """
    desk.require(actor, rights.MANAGE)
    return [
        one
        for one in everybody(desk, actor)
        if organisation in ("", one.organisation.id) and state in ("", one.state) and _holds(one, text)
    ]


def everybody(desk: Desk, actor: Actor) -> list[Listed]:
    """All accounts within somebody's reach, by name; asks nothing and logs nothing."""
    reach = {one.id: one for one in within_reach(desk, actor)}
    return [
        Listed(one, reach[one.organisation], state_of(one, reach[one.organisation]))
        for one in desk.accounts.known().accounts.values()
        if one.organisation in reach
    ]


def _holds(one: Listed, text: str) -> bool:
    account = one.account
    said = f"{account.name} {account.email} {account.function} {one.organisation.name}".casefold()
    return all(word in said for word in text.casefold().split())


def change(desk: Desk, actor: Actor, account_id: str, details: Details) -> Account:
    """Change what is known of an account. Another role, organisation or address ends the sessions.

    Raises:
        NotAllowed: this person looks after no accounts; or it is about the own role; or the last administrator.
        NotFound: not within this person's reach.
        InvalidInput: something cannot be.
        StoreError: nothing was saved.
    """
    managed(desk, actor, account_id)
    now = utc(desk.clock())

    def work(known: Known) -> Change:
        was = known.accounts[account_id]
        wanted = checked(desk, actor, details, known, was)
        elsewhere = wanted.organisation != was.organisation
        if was.id == actor.id and (wanted.role != was.role or elsewhere):
            raise NotAllowed("Uw eigen rol en organisatie kunt u niet wijzigen. Vraag dat een andere beheerder.")
        ends = elsewhere or wanted.role != was.role or wanted.email != was.email
        new = replace(
            was,
            name=wanted.name,
            former=tuple(dict.fromkeys((*was.former, (was.name, known.organisations[was.organisation].name)))),
            email=wanted.email,
            organisation=wanted.organisation,
            role=wanted.role,
            function=wanted.function,
            stamp=was.stamp + ends,
            role_since=was.role_since if wanted.role == was.role and not elsewhere else now,
        )
        return Change(accounts=[new])

    return edit(desk, actor, "account-change", "U", account_id, work).accounts[account_id]


def deactivate(desk: Desk, actor: Actor, account_id: str) -> None:
    """Stop an account: its sessions end at once and its link works no more. What this person did stays.

    Raises:
        NotAllowed: this person looks after no accounts; or it is the own account; or the last administrator.
        NotFound: not within this person's reach.
        StoreError: nothing was saved.
    """
    managed(desk, actor, account_id)
    if account_id == actor.id:
        raise NotAllowed("Uw eigen account kunt u niet stoppen. Vraag dat een andere beheerder.")

    def work(known: Known) -> Change:
        was = known.accounts[account_id]
        return Change(accounts=[replace(was, active=False, stamp=was.stamp + 1)], without=links_of(known, account_id))

    edit(desk, actor, "account-deactivate", "U", account_id, work)


def reactivate(desk: Desk, actor: Actor, account_id: str) -> None:
    """Let somebody sign in again; the password and second factor are as they were.

    Raises:
        NotAllowed: this person looks after no accounts.
        NotFound: not within this person's reach.
        StoreError: nothing was saved.
    """
    managed(desk, actor, account_id)

    def work(known: Known) -> Change:
        was = known.accounts[account_id]
        return Change(accounts=[replace(was, active=True, stamp=was.stamp + (not was.active))])

    edit(desk, actor, "account-reactivate", "U", account_id, work)


def checked(desk: Desk, actor: Actor, details: Details, known: Known, was: Account | None = None) -> Details:
    """What was filled in, in normal form.

    Args:
        desk: what with.
        actor: who fills it in.
        details: what was filled in.
        known: everybody as they are.
        was: the account that it is about; None for a new one.

    Raises:
        InvalidInput: something cannot be.
    """
    new = Details(
        words(details.name),
        words(details.email).casefold(),
        details.organisation,
        details.role,
        words(details.function),
    )
    problems = without_empty(
        {
            "name": name_problem(new.name),
            "email": _email_problem(new.email, known, was),
            "organisation": _organisation_problem(actor, new.organisation, known, was),
            "role": "" if new.role in {role for role, _title in given_roles(desk)} else "Kies een rol.",
            "function": f"Dit is te lang: hoogstens {LONGEST} tekens." if len(new.function) > LONGEST else "",
        }
    )
    if problems:
        raise InvalidInput(problems)
    return new


def given_roles(desk: Desk) -> list[tuple[str, str]]:
    """The roles that an account can have: name and title."""
    return [(one.name, one.title) for one in desk.types.roles.organisation.values() if one.given]


def is_email(text: str) -> bool:
    """Whether this is an e-mail address, in small letters behind the @."""
    return _EMAIL.fullmatch(text) is not None


def _email_problem(email: str, known: Known, was: Account | None) -> str:
    if not is_email(email):
        return "Vul een e-mailadres in, zoals naam@organisatie.nl."
    held = known.by_email(email)
    if held is not None and (was is None or held.id != was.id):
        return "Dit e-mailadres hoort al bij een account."
    return ""


def _organisation_problem(actor: Actor, organisation: str, known: Known, was: Account | None) -> str:
    if was is not None and organisation == was.organisation:
        return ""
    found = known.organisations.get(organisation)
    if found is None or not found.active or not rights.reaches(actor, organisation, known):
        return "Kies een organisatie."
    return ""
