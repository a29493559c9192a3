"""Who acts."""

import re
from dataclasses import dataclass

from app.content.overleg import Speaker
from app.services.errors import ServiceError
from app.storage.accounts import Account, Known
from app.storage.records import Author


@dataclass(frozen=True)
class Actor:
    """The person who acts, for whom every service is done.

    Attributes:
        name: the whole name.
        email: the address that stands with each change.
        organisation: the name of where he or she works; empty where it is not known.
        id: the account; empty for nobody.
        organisation_id: the organisation; empty where it is not known.
        role: a role at the organisation, of roles.json; empty for nobody.
        address: from where: a network address, or ``shell``.
        former: name and organisation as they were before, in this installation.
        behalf: who asks on behalf of this person: the user of the shell; empty for who acts in person.
    """

    name: str
    email: str
    organisation: str = ""
    id: str = ""
    organisation_id: str = ""
    role: str = ""
    address: str = ""
    behalf: str = ""
    former: tuple[tuple[str, str], ...] = ()

    @property
    def author(self) -> Author:
        """This person as the author of a change."""
        return Author(self.name, self.email, self.organisation)

    @property
    def speaker(self) -> Speaker:
        """This person as who says something."""
        return Speaker(self.id, self.name, self.organisation)

    @property
    def subjects(self) -> tuple[str, ...]:
        """What a grant on a card can name that is about this person: the account, and its organisation."""
        return tuple(
            f"{kind}:{one}" for kind, one in (("account", self.id), ("organisation", self.organisation_id)) if one
        )


NOBODY = Actor("", "")
_SIGNED = re.compile(r"(?P<name>[^()<>]*?)(?: \((?P<organisation>[^<>]*)\))? <(?P<account>[^<>]+)>")
SYSTEM = "systeem"
"""The role of who works on the server itself."""


def actor_of(account: Account, known: Known, address: str = "", behalf: str = "") -> Actor:
    """Who acts, for an account that may sign in; `NOBODY`, from that address, for one that may not."""
    organisation = known.organisations.get(account.organisation)
    if organisation is None or not (organisation.active and account.active):
        return Actor("", "", address=address, behalf=behalf)
    return Actor(
        account.name,
        account.email,
        organisation.name,
        account.id,
        organisation.id,
        account.role,
        address,
        behalf,
        account.former,
    )


def actor_named(email: str, known: Known, behalf: str) -> Actor:
    """Who acts on the command line, by the address of an account.

    Raises:
        ServiceError: nobody who may sign in has this address.
    """
    account = known.by_email(email)
    actor = actor_of(account, known, "shell", behalf) if account else NOBODY
    if not actor.id:
        raise ServiceError("Er is geen account met dit e-mailadres dat mag aanmelden.")
    return actor


def shell(user: str) -> Actor:
    """Who looks after the installation, on the server itself."""
    return Actor(user, f"{user}@localhost", role=SYSTEM, id=f"shell/{user}", address="shell")


def signed_by(who: Actor | Speaker) -> str:
    """Who made a save possible, as its trailer says it; `speaker_in` reads it back."""
    organisation = f" ({who.organisation})" if who.organisation else ""
    return f"{who.name}{organisation} <{who.id if isinstance(who, Actor) else who.account}>"


def speaker_in(words: str) -> Speaker:
    """Who made a save possible, as its trailer says it; whoever another program wrote down is known by that alone."""
    found = _SIGNED.fullmatch(words)
    if found is None:
        return Speaker("?", words or "?")
    return Speaker(found["account"], found["name"] or found["account"], found["organisation"] or "")
