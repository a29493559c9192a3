"""What every use case works with."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from app.content.card_type import CardType
from app.content.overleg_state import Overleg
from app.services.actors import Actor
from app.services.errors import NO_CARD, NotAllowed, NotFound
from app.services.rights import GONE, KINDS, Decision, Place, decide, is_still
from app.storage.access_log import AccessLog, Event
from app.storage.accounts import Accounts
from app.storage.catalogue import Catalogue
from app.storage.drafts import Drafts
from app.storage.errors import RepositoryNotFound
from app.storage.following import Following
from app.storage.git_admin import GitAdmin
from app.storage.installations import Installations
from app.storage.kaarten import KaartRepository
from app.storage.mail_queue import MailQueue
from app.storage.quarantine import Quarantine
from app.storage.records import Access, Stored
from app.storage.seen import Seen
from app.storage.sessions import Sessions
from app.storage.signing import Keys
from app.storage.tombstones import Tombstones
from app.storage.travels import Travels

ZONE = ZoneInfo("Europe/Amsterdam")
"""The time of the people who work with the cards."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no letters that look like another sign


def draw(length: int) -> str:
    """Random signs that a person can read out without mistakes."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


@dataclass(frozen=True)
class Desk:
    """The parts of the program that use cases are done with.

    Attributes:
        kaarten: the cards.
        catalogue: finds cards; derived.
        accounts: the organisations and the accounts of their people.
        admin: what git itself must do: verify and pack.
        seen: who looked at which card, and when.
        drafts: what people typed and did not save yet.
        sessions: who is signed in.
        log: who looked at what, and who was refused.
        following: which cards people follow, and until when they looked at the bell.
        mail: what is still to be mailed, and what was.
        tombstones: which cards were destroyed.
        keys: what this installation signs with, and what others encrypt for it.
        installations: the other installations that cards can go to and come from.
        contact: the e-mail address of this installation.
        travels: cards on their way out and in.
        quarantine: packages that came in and are not taken in yet.
        clock: the time now, with its zone.
        draw: gives random signs.
        told: what was logged already in the request that this desk is for; None where each decision has a line.
        request: ties the lines of one request together.
        roles: the roles on cards that were read already in the request that this desk is for; None where each
            decision reads them.
        hearings: what was heard in the request that this desk is for, by what it follows from; None where it is
            worked out each time.
    """

    kaarten: KaartRepository
    catalogue: Catalogue
    accounts: Accounts
    admin: GitAdmin
    seen: Seen
    drafts: Drafts
    sessions: Sessions
    log: AccessLog
    following: Following
    mail: MailQueue
    tombstones: Tombstones
    keys: Keys
    installations: Installations
    contact: str
    travels: Travels
    quarantine: Quarantine
    clock: Callable[[], datetime] = lambda: datetime.now(ZONE)
    draw: Callable[[int], str] = draw
    told: set[tuple[object, ...]] | None = None
    request: str = ""
    roles: dict[str, Access] | None = None
    hearings: dict[tuple[object, ...], Overleg] | None = None

    @property
    def types(self) -> CardType:
        """The type of the cards."""
        return self.kaarten.types

    def may(self, actor: Actor, action: str, kaart: Stored | str | None = None, of: str | None = None) -> bool:
        """Whether this person may do this: for a page that shows what can be done, without doing it.

        Args:
            actor: who.
            action: a constant of `rights`.
            kaart: the card, or its id where it need not be read for the answer; None for none in particular.
            of: the id of an item of it, or the name of a step.
        """
        return self._decided(actor, action, kaart, of).allowed

    def require(self, actor: Actor, action: str, kaart: Stored | str | None = None, of: str | None = None) -> None:
        """Go on only when this person may do this; the log holds the answer, on disk, before anything is done.

        Raises:
            NotAllowed: this person may not.
            NotFound: this person may not even know that the card is there, or it is not.
            LogUnavailable: the log cannot be written.
        """
        decision = self._decided(actor, action, kaart, of)
        self._note(actor, action, kaart.id if isinstance(kaart, Stored) else kaart or "", of or "", decision)
        if decision.hidden:
            raise NotFound(NO_CARD)
        if not decision.allowed:
            raise NotAllowed(decision.sentence)

    def access(self, kaart_id: str) -> Access:
        """The roles on a card; raises as `KaartRepository.access`."""
        if self.roles is None:
            return self.kaarten.access(kaart_id)
        if kaart_id not in self.roles:
            self.roles[kaart_id] = self.kaarten.access(kaart_id)
        return self.roles[kaart_id]

    def forget_access(self, kaart_id: str) -> None:
        """Read the roles on a card anew when they are asked for: while one waited for its lock they can change."""
        if self.roles is not None:
            self.roles.pop(kaart_id, None)

    def _decided(self, actor: Actor, action: str, kaart: Stored | str | None, of: str | None) -> Decision:
        place = None
        if kaart is not None:
            try:
                access = self.access(kaart if isinstance(kaart, str) else kaart.id)
            except RepositoryNotFound:
                return Decision(False, hidden=True)
            place = Place(access, kaart if isinstance(kaart, Stored) else None, of or "")
        decision = decide(actor, action, place, self.types, self.clock())
        # An account can be stopped while a request of it waits for its turn to write.
        return decision if not decision.allowed or is_still(actor, self.accounts.known()) else Decision(False, GONE)

    def _note(self, actor: Actor, action: str, kaart_id: str, of: str, decision: Decision) -> None:
        line = (actor.id, action, kaart_id, of, decision.allowed)
        if self.told is None or line not in self.told:
            event = Event(
                action,
                KINDS.get(action, "E"),
                "toegestaan" if decision.allowed else "geweigerd",
                self.clock(),
                kaart=kaart_id,
                item=of,
                ground=decision.ground,
                emergency=decision.emergency,
            )
            self.tell(actor, event)
            if self.told is not None:
                self.told.add(line)

    def tell(self, actor: Actor, event: Event) -> None:
        """Write a line about this person into the access log.

        Raises:
            LogUnavailable: it cannot be written.
        """
        line = replace(
            event,
            who=actor.id,
            name=actor.name,
            role=actor.role,
            organisation=actor.organisation_id,
            behalf=actor.behalf,
            address=actor.address,
            request=self.request,
        )
        self.log.append([line])
        if self.told is not None:
            allowed = None if event.outcome == "toegestaan" else False  # a line is no decision that lets anybody in
            self.told.add((actor.id, event.event, event.kaart, event.item, allowed))
