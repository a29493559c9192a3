"""To whom of this installation a card can be offered: what they are called, and who of the card they are."""

from app.content.handovers import INSTALLATION
from app.services.actors import Actor, actor_of
from app.services.desk import Desk
from app.services.offering import ACCOUNT, ORGANISATION, is_open
from app.services.viewing import View
from app.storage.records import Access


def problem_of(desk: Desk, actor: Actor, to: str) -> str:
    """Why a card cannot be offered to somebody; empty where it can."""
    if to.startswith(INSTALLATION):
        return "" if desk.installations.active(to.removeprefix(INSTALLATION)) else "Kies aan wie u de kaart overdraagt."
    if to == ACCOUNT + actor.id:
        return "U hebt deze kaart al. Kies iemand anders."
    return "" if is_open(desk, desk.accounts.known(), to) else "Kies aan wie u de kaart overdraagt."


def called(desk: Desk, to: str) -> str:
    """What a receiver is called, and where this person works."""
    if to.startswith(INSTALLATION):
        peer = desk.installations.active(to.removeprefix(INSTALLATION))
        return peer.name if peer else ""
    known = desk.accounts.known()
    account = known.accounts.get(to.removeprefix(ACCOUNT)) if to.startswith(ACCOUNT) else None
    place = known.organisations.get(account.organisation if account else to.removeprefix(ORGANISATION))
    works = place.name if place else ""
    return f"{account.name} ({works})" if account else works


def people(desk: Desk, to: str) -> list[Actor]:
    """Everybody who can accept what is offered to a receiver, and may sign in now."""
    known = desk.accounts.known()
    found = (actor_of(one, known) for one in known.accounts.values())
    return [one for one in found if one.id and to in one.subjects and is_open(desk, known, ACCOUNT + one.id)]


def views(desk: Desk, kaart_id: str, access: Access, to: str) -> list[View]:
    """The card as each of them would see it: for what is asked of it, and shown to nobody."""
    return [View(desk, one, kaart_id, access) for one in people(desk, to)]
