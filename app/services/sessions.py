"""Sessions: who is signed in, until when, and what ends it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.services import rights
from app.services.actors import NOBODY, Actor, actor_of
from app.services.desk import Desk
from app.services.errors import NotFound
from app.storage.access_log import Event
from app.storage.accounts import Account
from app.storage.sessions import COMPLETE, PASSWORD, Session

DEMONSTRATION = "demonstration"
"""The method of who was picked from the list of a demonstration; nowhere else it counts."""
SIGN_IN, SIGN_OUT, SESSION_END = "sign-in", "sign-out", "session-end"
"""What the access log calls it."""
_TOUCH = timedelta(minutes=1)
_ID_LENGTH = 12
_LONGEST_BROWSER = 40


@dataclass(frozen=True)
class Door:
    """Where somebody signs in.

    Attributes:
        token: what the browser holds now, or empty.
        address: where it is.
        browser: what it says it is.
    """

    token: str = ""
    address: str = ""
    browser: str = ""


@dataclass(frozen=True)
class Left:
    """How long a session has before it ends.

    Attributes:
        idle: without a request.
        longest: at most.
    """

    idle: timedelta
    longest: timedelta


def begin(desk: Desk, account: Account, door: Door, method: str, stage: str = COMPLETE) -> str:
    """Make a session with a token of its own, in the place of the one that this browser had.

    Returns:
        The token, for the browser alone.

    Raises:
        LogUnavailable: the sign-in cannot be logged; there is no session.
        StoreError: the session cannot be kept.
    """
    now = desk.clock()
    if stage == COMPLETE:
        actor = actor_of(account, desk.accounts.known(), door.address)
        desk.tell(actor, Event(SIGN_IN, "E", "toegestaan", now, person=account.id, ground=method))
    token, browser = secrets.token_urlsafe(32), door.browser[:_LONGEST_BROWSER]
    identity = desk.draw(_ID_LENGTH)
    session = Session(identity, account.id, account.stamp, stage, now, now, door.address, browser, method)
    desk.sessions.add(token, session, instead_of=door.token)
    return token


def recognised(desk: Desk, token: str, *, demonstration: bool) -> Session | None:
    """The session of a token, noted as used; None where there is none, or what ends it came by: then it is removed.

    Raises:
        StoreError: the sessions or the accounts cannot be read.
    """
    session = desk.sessions.find(token) if token else None
    if session is None:
        return None
    now = desk.clock()
    why = _over(desk, session, now, demonstration=demonstration)
    if why:
        _ended(desk, session, why)
        return None
    if now - session.used >= _TOUCH and session.stage == COMPLETE:
        desk.sessions.touch(session, now)
    return session


def left(desk: Desk, session: Session) -> Left:
    """How long a session has, from a request that counts as use."""
    limits = desk.sessions.limits
    return Left(limits.idle, session.made + limits.longest - desk.clock())


def sign_out(desk: Desk, session: Session, address: str) -> None:
    """End a session because its person says so; raises StoreError."""
    actor = _person(desk, session, address)
    if desk.sessions.end(session.account, session.id) and session.stage == COMPLETE:
        desk.tell(actor, Event(SIGN_OUT, "E", "toegestaan", desk.clock(), person=session.account))


def mine(desk: Desk, actor: Actor) -> list[Session]:
    """The sessions of this person that still count, the last used first."""
    desk.require(actor, rights.OWN)
    now = desk.clock()
    found = desk.sessions.of(actor.id)
    return [one for one in found if one.stage == COMPLETE and not _over(desk, one, now, demonstration=True)]


def end(desk: Desk, actor: Actor, identity: str) -> None:
    """End one of one's own sessions.

    Raises:
        NotFound: this person has no such session, or not any more.
    """
    desk.require(actor, rights.OWN)
    if not desk.sessions.end(actor.id, identity):
        raise NotFound("Deze aanmelding is er niet meer.")
    _tell_end(desk, actor, "ended by person")


def end_others(desk: Desk, actor: Actor, but: Session) -> int:
    """End all of one's own sessions but this one; gives how many that were."""
    desk.require(actor, rights.OWN)
    ended = [one for one in desk.sessions.end_others(actor.id, but.id) if one.stage == COMPLETE]
    for _one in ended:
        _tell_end(desk, actor, "ended by person")
    return len(ended)


def _over(desk: Desk, session: Session, now: datetime, *, demonstration: bool) -> str:
    """Why a session does not count any more; empty where it does."""
    limits, known = desk.sessions.limits, desk.accounts.known()
    account = known.accounts.get(session.account)
    if account is None or not actor_of(account, known).id:
        return "not active"
    if account.stamp != session.stamp:
        return "account changed"
    if session.method == DEMONSTRATION and not (demonstration and account.demonstration):
        return "no demonstration"
    if now - session.made > (limits.step if session.stage == PASSWORD else limits.longest):
        return "too long"
    return "idle" if now - session.used > limits.idle else ""


def _ended(desk: Desk, session: Session, why: str) -> None:
    if desk.sessions.end(session.account, session.id) and session.stage == COMPLETE:
        _tell_end(desk, _person(desk, session, session.address), why)


def _tell_end(desk: Desk, actor: Actor, why: str) -> None:
    desk.tell(actor, Event(SESSION_END, "E", "toegestaan", desk.clock(), person=actor.id, ground=why))


def named(account: Account, address: str) -> Actor:
    """Whom a line of the log is about, also one who may not sign in any more."""
    work, role = account.organisation, account.role
    return Actor(account.name, account.email, id=account.id, organisation_id=work, role=role, address=address)


def _person(desk: Desk, session: Session, address: str) -> Actor:
    account = desk.accounts.known().accounts.get(session.account)
    return named(account, address) if account else NOBODY
