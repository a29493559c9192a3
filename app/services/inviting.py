"""Links with which one person chooses a password and a second factor: the first time, and when one of them is lost.

What stands in a link has 256 random bits; only its hash is kept. It works once and for seven days, and no longer
than the account and its organisation are active.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.content.grants import utc
from app.services import passwords, rights, second_factor
from app.services.accounts import Details, checked
from app.services.actors import Actor, actor_of
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed, NotFound, ServiceError
from app.services.managing import edit, links_of, managed, manages, name_problem, words
from app.services.organisations import added
from app.storage.accounts import Account, Change, Invitation, Known, Organisation

VALID = timedelta(days=7)


@dataclass(frozen=True)
class Invited:
    """Who a link is for.

    Attributes:
        account: whose.
        organisation: where this person works.
        until: from when on the link does not work any more.
        renews: whether this person had a password before.
    """

    account: Account
    organisation: Organisation
    until: datetime
    renews: bool


@dataclass(frozen=True)
class Accepted:
    """What came of a link, or of a new second factor.

    Attributes:
        account: as it is now: with it this person is signed in.
        recovery: the recovery codes, to show once.
        step: the step of time of the code that was given: not to be taken again.
    """

    account: Account
    recovery: list[str]
    step: int


@dataclass(frozen=True)
class Open:
    """An invitation that was not used yet, for a list of them."""

    account: Account
    organisation: Organisation
    until: datetime
    by: str


def invite(desk: Desk, actor: Actor, details: Details) -> str:
    """Make an account for a person.

    Returns:
        What stands in the link that the person gets: it is not kept, and cannot be shown again.

    Raises:
        NotAllowed: this person looks after no accounts.
        InvalidInput: something cannot be.
        StoreError: nothing was saved.
    """
    desk.require(actor, rights.MANAGE)
    account_id = _new_id(desk)

    def work(known: Known) -> Change:
        return Change(accounts=[_account(account_id, checked(desk, actor, details, known), desk)])

    return _with_link(desk, actor, "account-invite", account_id, work)


def first(desk: Desk, actor: Actor, organisation: str, name: str, email: str) -> tuple[Account, str]:
    """Make the organisation that runs the installation, and its first administrator.

    Returns:
        The account, and what stands in its link.

    Raises:
        NotAllowed: this person may not.
        ServiceError: there is an administrator already.
        InvalidInput: something cannot be.
        StoreError: nothing was saved.
    """
    desk.require(actor, rights.MANAGE)
    if sentence := name_problem(words(organisation)):
        raise InvalidInput({"organisation": sentence})
    account_id = _new_id(desk)
    role = next(one.name for one in desk.types.roles.organisation.values() if one.given and manages(desk, one.name))

    def work(known: Known) -> Change:
        hosts = {one.id: one for one in known.organisations.values() if one.host and one.active}
        if any(one.active and one.organisation in hosts and manages(desk, one.role) for one in known.accounts.values()):
            raise ServiceError(
                "Er is al een beheerder. Zie ‘kaarten account list’, en ‘kaarten account reset’ voor een nieuwe link."
            )
        host = next(iter(hosts.values()), None) or added(known, organisation, "", host=True)
        around = replace(known, organisations={**known.organisations, host.id: host})
        details = checked(desk, actor, Details(name, email, host.id, role), around)
        return Change(organisations=[host], accounts=[_account(account_id, details, desk)])

    token = _with_link(desk, actor, "account-invite", account_id, work)
    return desk.accounts.known().accounts[account_id], token


def reset(desk: Desk, actor: Actor, account_id: str) -> str:
    """A new link for a person who lost the link, the password or the second factor; earlier links stop working.

    Until it is used, what this person signs in with stays as it is.

    Returns:
        What stands in the link.

    Raises:
        NotAllowed: this person looks after no accounts; or it is the own account, or one that cannot have a link.
        NotFound: not within this person's reach.
        StoreError: nothing was saved.
    """
    managed(desk, actor, account_id)
    if account_id == actor.id:
        raise NotAllowed("Uw eigen wachtwoord en code wijzigt u op de pagina ‘Uw account’.")

    def work(known: Known) -> Change:
        account = known.accounts[account_id]
        if _stopped(account, known):
            raise NotAllowed("Dit account is gestopt. Laat het eerst weer meedoen.")
        if account.demonstration:
            raise NotAllowed("Dit account is van de demonstratie. Het heeft geen wachtwoord.")
        return Change(without=links_of(known, account_id))

    return _with_link(desk, actor, "account-reset", account_id, work)


def withdraw(desk: Desk, actor: Actor, account_id: str) -> None:
    """Let the link of a person work no more; an account that was never used stops with it.

    Raises:
        NotAllowed: this person looks after no accounts.
        NotFound: not within this person's reach, or there is no link.
        StoreError: nothing was saved.
    """
    managed(desk, actor, account_id)

    def work(known: Known) -> Change:
        links, was = links_of(known, account_id), known.accounts[account_id]
        if not links:
            raise NotFound("Deze uitnodiging is er niet meer.")
        unused = [] if was.usable else [replace(was, active=False, stamp=was.stamp + 1)]
        return Change(accounts=unused, without=links)

    edit(desk, actor, "invitation-withdraw", "D", account_id, work)


def still_open(desk: Desk, actor: Actor) -> list[Open]:
    """The links within this person's reach that were not used yet and still work, the oldest first.

    Raises:
        NotAllowed: this person looks after no accounts.
    """
    desk.require(actor, rights.MANAGE)
    known, now = desk.accounts.known(), desk.clock()
    found = []
    for one in known.invitations.values():
        account, until = known.accounts.get(one.account), datetime.fromisoformat(one.until)
        if account is not None and until > now and rights.reaches(actor, account.organisation, known):
            by = known.accounts.get(one.by)
            found.append(Open(account, known.organisations[account.organisation], until, by.name if by else ""))
    return found


def invitation(desk: Desk, token: str) -> Invited:
    """Who a link is for.

    Raises:
        NotFound: it was used, withdrawn, is too old, or never was.
    """
    known = desk.accounts.known()
    found = _found(desk, known, token)
    account = known.accounts[found.account]
    organisation = known.organisations[account.organisation]
    return Invited(account, organisation, datetime.fromisoformat(found.until), bool(account.password))


def accept(desk: Desk, token: str, password: str, secret: str, code: str, address: str = "") -> Accepted:
    """Use a link: from now on this person signs in with this password and this second factor.

    Args:
        desk: what with.
        token: what stood in the link.
        password: what this person chose.
        secret: of `second_factor.new_secret`, that this person put into an app.
        code: what the app shows.
        address: where this person is, for the log.

    Raises:
        NotFound: the link does not work.
        InvalidInput: the password is not good (`password`), or the code is not of this secret and time (`code`).
        StoreError: nothing was saved; the link still works.
    """
    account = invitation(desk, token).account
    step = second_factor.step_of(secret, code, desk.clock())
    problems = {"password": passwords.judge(password, account)} if passwords.judge(password, account) else {}
    if step is None:
        problems["code"] = WRONG_CODE
    if problems or step is None:
        raise InvalidInput(problems)
    kept, recovery = passwords.hashed(password), second_factor.new_recovery_codes()

    def work(known: Known) -> Change:
        was = known.accounts[_found(desk, known, token).account]
        new = replace(
            was,
            password=kept,
            totp=secret,
            recovery=tuple(second_factor.hashed_code(one) for one in recovery),
            stamp=was.stamp + 1,
        )
        return Change(accounts=[new], without=links_of(known, was.id))

    actor = actor_of(account, desk.accounts.known(), address)
    known = edit(desk, actor, "invitation-accept", "U", account.id, work)
    return Accepted(known.accounts[account.id], recovery, step)


WRONG_CODE = "Deze code klopt niet. Neem de code die de app nu laat zien. Staat de klok van uw telefoon goed?"


def _found(desk: Desk, known: Known, token: str) -> Invitation:
    found = known.invitations.get(_digest(token))
    account = known.accounts.get(found.account) if found else None
    if (
        found is None
        or account is None
        or account.demonstration
        or _stopped(account, known)
        or datetime.fromisoformat(found.until) <= desk.clock()
    ):
        raise NotFound(
            "Deze link werkt niet meer. Een link werkt één keer, en zeven dagen. Vraag uw beheerder om een nieuwe."
        )
    return found


def _stopped(account: Account, known: Known) -> bool:
    organisation = known.organisations.get(account.organisation)
    return organisation is None or not (account.active and organisation.active)


def _with_link(desk: Desk, actor: Actor, event: str, account_id: str, work: Callable[[Known], Change]) -> str:
    token, now = secrets.token_urlsafe(32), desk.clock()
    link = Invitation(_digest(token), account_id, utc(now), utc(now + VALID), actor.id)

    def with_link(known: Known) -> Change:
        change = work(known)
        old = [one.id for one in known.invitations.values() if datetime.fromisoformat(one.until) <= now]
        return replace(change, invitations=[link], without=[*change.without, *old])

    edit(desk, actor, event, "C" if event == "account-invite" else "U", account_id, with_link)
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token[:200].encode("utf-8", "replace")).hexdigest()


def _new_id(desk: Desk) -> str:
    return "u" + desk.draw(11)


def _account(account_id: str, details: Details, desk: Desk) -> Account:
    now = utc(desk.clock())
    return Account(
        account_id,
        details.name,
        details.email,
        details.organisation,
        details.role,
        details.function,
        since=now,
        role_since=now,
    )
