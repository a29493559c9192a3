"""Signing in: a password, then a code. An unknown name, a wrong password and a stopped account have one answer."""

from collections.abc import Callable
from typing import TypeVar

from app.services import inviting, own_account, passwords, second_factor, sessions, throttling
from app.services.actors import NOBODY, Actor, actor_of
from app.services.desk import Desk
from app.services.errors import ServiceError
from app.services.inviting import Accepted
from app.services.sessions import Door
from app.services.throttling import TooManyTries
from app.storage.access_log import Event
from app.storage.accounts import Account
from app.storage.sessions import PASSWORD, Session

T = TypeVar("T")


class SignInRefused(ServiceError):
    """What was given does not let anybody in."""


def give_password(desk: Desk, door: Door, name: str, password: str) -> str:
    """The first step: gives the token of a session in which a code is asked, and nothing else.

    Raises:
        SignInRefused: nobody signs in with this.
        TooManyTries: too often; it was not judged.
        StoreError: it cannot be judged or logged.
    """
    known = desk.accounts.known()
    account = known.by_email(name) if name.strip() else None
    tries = [throttling.name_key(name), f"address:{door.address}"]
    _counted(desk, door, account, tries)
    usable = account is not None and account.usable and not account.demonstration and actor_of(account, known).id
    kept = account.password if account and usable else ""
    if not passwords.matches(kept, password) or account is None:
        _refuse(desk, door, account, "password")
        raise SignInRefused("Het e-mailadres of het wachtwoord klopt niet.")
    desk.sessions.forgive([], tries)
    if passwords.needs_rehash(account.password):
        own_account.signed_in(desk, account.id, password)
    return sessions.begin(desk, account, door, "password", PASSWORD)


def give_code(desk: Desk, door: Door, session: Session, code: str) -> str:
    """The second step, with a code of the app or one of the recovery codes: gives the token of a whole session.

    Raises:
        SignInRefused: the code is wrong, or was used.
        TooManyTries: too often; it was not judged.
        StoreError: it cannot be judged or logged.
    """
    account = desk.accounts.known().accounts[session.account]
    tries = [f"code:{account.id}", f"address:{door.address}"]
    _counted(desk, door, account, tries)
    step = second_factor.step_of(account.totp, code, desk.clock())
    method = "password and code"
    if step is not None:
        right = desk.sessions.take_step(account.id, step)
    else:
        method = "password and recovery code"
        right = own_account.take_recovery_code(desk, account.id, code)
    if not right:
        _refuse(desk, door, account, "code")
        raise SignInRefused(
            "Deze code klopt niet of is al gebruikt. Wacht op de volgende code in de app, of neem een herstelcode."
        )
    desk.sessions.forgive([tries[0], throttling.name_key(account.email)], tries[1:])
    own_account.signed_in(desk, account.id)
    return sessions.begin(desk, account, door, method)


def by_link(desk: Desk, door: Door, link: str, password: str, secret: str, code: str) -> tuple[str, Accepted]:
    """Use an invitation, and be signed in: gives the token of the session, and the recovery codes to show once.

    Raises:
        NotFound, InvalidInput, StoreError: as `inviting.accept`.
    """
    accepted = inviting.accept(desk, link, password, secret, code, door.address)
    desk.sessions.take_step(accepted.account.id, accepted.step)
    desk.sessions.forgive([throttling.name_key(accepted.account.email), f"code:{accepted.account.id}"], [])
    own_account.signed_in(desk, accepted.account.id)
    return sessions.begin(desk, accepted.account, door, "invitation"), accepted


def proven(desk: Desk, actor: Actor, work: Callable[[], T]) -> T:
    """Do something that asks for one's own password again: who took over a session cannot guess it either.

    Raises:
        TooManyTries: too often; it was not judged.
    """
    what = f"own:{actor.id}"
    throttling.count(desk, what)
    done = work()
    desk.sessions.forgive([what], [])
    return done


def _counted(desk: Desk, door: Door, account: Account | None, tries: list[str]) -> None:
    try:
        throttling.count(desk, *tries)
    except TooManyTries:
        _refuse(desk, door, account, "throttled")
        raise


def _refuse(desk: Desk, door: Door, account: Account | None, why: str) -> None:
    """A line about whom it was tried for; none of what was typed where nobody has that name."""
    nobody = Actor(NOBODY.name, NOBODY.email, address=door.address)
    actor = sessions.named(account, door.address) if account else nobody
    desk.tell(actor, Event(sessions.SIGN_IN, "E", "geweigerd", desk.clock(), person=actor.id, ground=why))
