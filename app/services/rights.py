"""The one place that decides who may do what; each decision is logged before anything is shown or done."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.content import HEAD
from app.content.card_type import CardType
from app.content.workflow import state_of
from app.services.actors import SYSTEM, Actor
from app.storage.access_log import Kind
from app.storage.accounts import Known
from app.storage.records import Stored

LIST, CREATE, EMERGENCY, OWN = "find", "create", "emergency", "own"
"""To find cards, make one, take emergency access to one; and what concerns oneself: drafts, sessions, one's account."""
READ, EDIT, TRANSITION, SHARE, CARD_LOG = "read", "edit", "transition", "share", "card-log"
"""To read one card, change it, take a step with it, say who has a role on it, see who looked at it."""
MANAGE, REVIEW, READ_LOG, MAINTAIN = "manage", "review", "read-log", "maintain"
"""To look after accounts, see who has which rights, read the whole log, look after the store."""

KINDS: Mapping[str, Kind] = {
    LIST: "R", CREATE: "C", EMERGENCY: "E", OWN: "R",
    READ: "R", EDIT: "U", TRANSITION: "E", SHARE: "U", CARD_LOG: "R",
    MANAGE: "U", REVIEW: "R", READ_LOG: "R", MAINTAIN: "E",
}  # fmt: skip
"""Each action with what the log calls it."""


@dataclass(frozen=True)
class Decision:
    """Whether something is allowed.

    Attributes:
        allowed: the answer.
        sentence: where it is no: the Dutch sentence that says why.
        ground: where it is yes: the role that allows it.
        hidden: where it is no: whether this person may not even know that the card is there.
        emergency: whether the ground is emergency access.
    """

    allowed: bool
    sentence: str = ""
    ground: str = ""
    hidden: bool = False
    emergency: bool = False


def decide(actor: Actor, action: str, kaart: Stored | None, item: str | None = None, *, types: CardType) -> Decision:
    """Decide whether a person may do something; anything that is not allowed somewhere is refused.

    Args:
        actor: who.
        action: one of this module's constants; anything else is refused.
        kaart: the card it is about, or None for none in particular.
        item: the id of the item it is about, or None for the whole card.
        types: the type of the cards, with its roles and its workflow.
    """
    del item
    if action not in KINDS or not actor.id:
        return Decision(False, "Dit mag u niet doen.")
    if action == EDIT and kaart is not None and not types.workflow.editable(kaart.document):
        state = kaart.edition.shape[HEAD].inner[types.workflow.field].labels[state_of(kaart.document)].lower()
        return Decision(False, f"Deze kaart is {state} en kan nu niet worden gewijzigd.")
    return Decision(True, ground=actor.role)


def reaches(actor: Actor, organisation_id: str, known: Known) -> bool:
    """Whether who looks after accounts, or reviews them, does so for the people of this organisation.

    For one's own organisation; at the host, and on the server itself, for all of them.
    """
    if actor.role == SYSTEM:
        return True
    own = known.organisations.get(actor.organisation_id)
    return own is not None and own.active and (own.host or own.id == organisation_id)
