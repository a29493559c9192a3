"""Signing in with what another organisation says of somebody: only who has an account here gets in."""

from dataclasses import replace

from app.services import own_account, sessions
from app.services.actors import NOBODY, Actor, actor_of
from app.services.desk import Desk
from app.services.errors import ServiceError
from app.services.sessions import Door
from app.storage.access_log import Event
from app.storage.accounts import Account, Known

METHOD = "single sign-on"


class NoAccess(ServiceError):
    """Who the provider says it is, has no account here that may sign in."""


def enter(desk: Desk, door: Door, subject: str, email: str) -> str:
    """Let in whom a provider told of, and whose word was proven: gives the token of a session.

    Args:
        desk: what with.
        door: where this person comes in.
        subject: the issuer and who it is there, with a space between; it never changes there.
        email: the address, where the provider proved that it is this person's; else empty. With it an account is
            found the first time; from then on it is bound to the subject.

    Raises:
        NoAccess: there is no such account, or it may not sign in.
        StoreError: it cannot be looked up, bound or logged.
    """
    known = desk.accounts.known()
    account = _of(known, subject, email)
    if account is None or account.demonstration or not actor_of(account, known).id:
        nobody = Actor(NOBODY.name, NOBODY.email, address=door.address)
        actor = sessions.named(account, door.address) if account else nobody
        desk.tell(actor, Event(sessions.SIGN_IN, "E", "geweigerd", desk.clock(), person=actor.id, ground=METHOD))
        raise NoAccess(
            "U bent daar aangemeld, maar hebt hier geen account dat mag aanmelden. "
            "Vraag de beheerder van uw organisatie om een account."
        )
    if not account.subject:
        event = Event("single-sign-on-bind", "U", "toegestaan", desk.clock(), person=account.id)
        desk.tell(sessions.named(account, door.address), event)
        account = desk.accounts.change(account.id, lambda was: _bound(was, subject))
    own_account.signed_in(desk, account.id)
    return sessions.begin(desk, account, door, METHOD)


def _of(known: Known, subject: str, email: str) -> Account | None:
    """Bound to this subject; else with this address, and bound to nobody yet."""
    bound = next((one for one in known.accounts.values() if one.subject == subject), None)
    found = None if bound or not email else known.by_email(email)
    return bound or (found if found and not found.subject else None)


def _bound(was: Account, subject: str) -> Account:
    if was.subject not in ("", subject):
        raise NoAccess("Dit account is intussen aan iemand anders verbonden. Vraag het de beheerder.")
    return replace(was, subject=subject)
