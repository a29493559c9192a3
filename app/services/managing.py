"""What every change of accounts and organisations has in common: who may, what never may happen, and the log."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from app.services import rights
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import NotAllowed, NotFound
from app.storage.access_log import Event, Kind
from app.storage.accounts import Account, Change, Known, Organisation
from app.storage.errors import SaveInDoubt, StoreError

LONGEST = 120
"""How many signs a name has at most."""
_Saved = TypeVar("_Saved")
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def managed(desk: Desk, actor: Actor, account_id: str) -> Account:
    """An account that this person looks after.

    Raises:
        NotAllowed: this person looks after no accounts.
        NotFound: there is no such account, or it is not within this person's reach.
    """
    desk.require(actor, rights.MANAGE)
    known = desk.accounts.known()
    account = known.accounts.get(account_id)
    if account is None or not rights.reaches(actor, account.organisation, known):
        if account is not None:
            desk.tell(actor, Event(rights.MANAGE, "U", "geweigerd", desk.clock(), person=account_id))
        raise NotFound("Dit account is er niet, of u mag het niet zien.")
    return account


def within_reach(desk: Desk, actor: Actor) -> list[Organisation]:
    """The organisations whose people this person looks after or reviews, by name."""
    known = desk.accounts.known()
    return [one for one in known.organisations.values() if rights.reaches(actor, one.id, known)]


def heads(desk: Desk, known: Known) -> list[Account]:
    """Who can sign in now and looks after all accounts: the administrators of the host."""
    hosts = {one.id for one in known.organisations.values() if one.host and one.active}
    return [
        one
        for one in known.accounts.values()
        if one.active and one.usable and one.organisation in hosts and manages(desk, one.role)
    ]


def manages(desk: Desk, role: str) -> bool:
    """Whether a role at an organisation lets people look after accounts."""
    found = desk.types.roles.organisation.get(role)
    return found is not None and rights.MANAGE in found.may


def edit(desk: Desk, actor: Actor, event: str, kind: Kind, subject: str, work: Callable[[Known], Change]) -> Known:
    """Change accounts with a line in the log before it; nothing is changed when the line cannot be written.

    Args:
        desk: what with.
        actor: who.
        event: what the log calls it.
        kind: what kind of event it is.
        subject: the id of the account that it is about; ``organisation:`` and its id for an organisation.
        work: what to change; what it raises is neither saved nor logged as done.

    Raises:
        NotAllowed: nobody would be left who looks after the installation.
        StoreError: nothing was saved; the log says that it failed.
    """
    line = Event(event, kind, "toegestaan", desk.clock(), person=subject)

    def save(tell: Callable[[], None]) -> Known:
        def checked(known: Known) -> Change:
            change = work(known)
            if heads(desk, known) and not heads(desk, _after(known, change)):
                raise NotAllowed(
                    "Dit is de laatste beheerder die alle organisaties beheert. Geef eerst iemand anders deze rol."
                )
            tell()
            return change

        return desk.accounts.edit(checked)

    return telling_first(desk, actor, line, save)


def telling_first(desk: Desk, actor: Actor, line: Event, save: Callable[[Callable[[], None]], _Saved]) -> _Saved:
    """Save with a line in the log before it, and a line that it failed where it did after that.

    Args:
        desk: what with.
        actor: who.
        line: what the log says of it.
        save: gets what writes the line, to call when all is judged and nothing is saved yet.

    Raises:
        StoreError: nothing was saved.
    """
    told = False

    def tell() -> None:
        nonlocal told
        desk.tell(actor, line)
        told = True

    try:
        return save(tell)
    except SaveInDoubt:
        raise  # it is in the file that everybody reads: the line that stands is the truer one
    except StoreError:
        if told:
            desk.tell(actor, replace(line, outcome="mislukt", when=desk.clock()))
        raise


def _after(known: Known, change: Change) -> Known:
    return Known(
        {**known.organisations, **{one.id: one for one in change.organisations}},
        {**known.accounts, **{one.id: one for one in change.accounts}},
    )


def links_of(known: Known, *account_ids: str) -> list[str]:
    """The ids of the invitations that are open for accounts."""
    return [one.id for one in known.invitations.values() if one.account in account_ids]


def words(text: str) -> str:
    """A text of one line as a person means it: one way of writing, no hidden signs, single blanks."""
    text = text.encode("utf-8", "replace").decode()
    shown = "".join(
        " " if sign.isspace() else sign
        for sign in unicodedata.normalize("NFC", text)
        if sign.isspace() or unicodedata.category(sign) not in _HIDDEN
    )
    return " ".join(shown.split())


def name_problem(name: str) -> str:
    """Why this cannot be a name; empty where it can. Git keeps names between ``<`` and ``>``."""
    if not name:
        return "Vul een naam in."
    if len(name) > LONGEST:
        return f"Deze naam is te lang: hoogstens {LONGEST} tekens."
    return "Een naam kan geen < of > hebben." if re.search("[<>]", name) else ""


def without_empty(problems: Mapping[str, str]) -> dict[str, str]:
    """The problems that are problems."""
    return {name: sentence for name, sentence in problems.items() if sentence}
