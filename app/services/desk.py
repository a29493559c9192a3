"""What every use case works with."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.content.card_type import CardType
from app.services.actors import Actor
from app.services.rights import may, require
from app.storage.catalogue import Catalogue
from app.storage.drafts import Drafts
from app.storage.git_admin import GitAdmin
from app.storage.kaarten import KaartRepository
from app.storage.people import People
from app.storage.records import Stored
from app.storage.seen import Seen

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
        people: the professionals known here.
        admin: what git itself must do: verify and pack.
        seen: who looked at which card, and when.
        drafts: what people typed and did not save yet.
        clock: the time now, with its zone.
        draw: gives random signs.
    """

    kaarten: KaartRepository
    catalogue: Catalogue
    people: People
    admin: GitAdmin
    seen: Seen
    drafts: Drafts
    clock: Callable[[], datetime] = lambda: datetime.now(ZONE)
    draw: Callable[[int], str] = draw

    @property
    def types(self) -> CardType:
        """The type of the cards."""
        return self.kaarten.types

    def may(self, actor: Actor, action: str, kaart: Stored | None = None, item: str | None = None) -> bool:
        """Whether this person may do this: for a page that shows what can be done, without doing it."""
        return may(actor, action, kaart, item, workflow=self.types.workflow).allowed

    def require(self, actor: Actor, action: str, kaart: Stored | None = None, item: str | None = None) -> None:
        """Go on only when this person may do this; raises `NotAllowed`."""
        require(actor, action, kaart, item, workflow=self.types.workflow)
