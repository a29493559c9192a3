"""The one place that decides who may do what. `Desk.require` asks it, and has each answer in the log first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.content import HEAD
from app.content.card_type import CardType
from app.content.grants import in_force
from app.content.workflow import state_of
from app.services.actors import SYSTEM, Actor, actor_of
from app.storage.access_log import Kind
from app.storage.accounts import Known
from app.storage.records import Access, Stored

LIST, CREATE, EMERGENCY, OWN = "find", "create", "emergency", "own"
"""To find cards, make one, take emergency access to one; and what concerns oneself: drafts, sessions, one's account."""
READ, EDIT, TRANSITION, SHARE, CARD_LOG = "read", "edit", "transition", "share", "card-log"
"""To read one card, change it, take a step with it, say who has a role on it, see who looked at it."""
JUDGE, PROPOSE, TALK, OWN_VIEW, CONFIRM = "judge", "propose", "talk", "own-view", "confirm"
"""To judge what is on one card, propose a change, ask and answer, keep one's own view on it, be the second person."""
FAMILY = "family"
"""To make a version of one card for one person of the family."""
DESTROY, KEEP = "destroy", "keep"
"""To ask that a card is destroyed (a second person confirms it); to have it kept longer than its term."""
MANAGE, REVIEW, READ_LOG, MAINTAIN = "manage", "review", "read-log", "maintain"
"""To look after accounts, see who has which rights, read the whole log, look after the store."""

KINDS: Mapping[str, Kind] = {
    LIST: "R", CREATE: "C", EMERGENCY: "E", OWN: "R",
    READ: "R", EDIT: "U", TRANSITION: "E", SHARE: "U", CARD_LOG: "R",
    JUDGE: "C", PROPOSE: "C", TALK: "C", OWN_VIEW: "U", CONFIRM: "U", DESTROY: "D", KEEP: "U", FAMILY: "R",
    MANAGE: "U", REVIEW: "R", READ_LOG: "R", MAINTAIN: "E",
}  # fmt: skip
"""Each action with what the log calls it."""
ON_A_CARD = frozenset(
    {READ, EDIT, TRANSITION, SHARE, CARD_LOG, JUDGE, PROPOSE, TALK, OWN_VIEW, CONFIRM, DESTROY, KEEP, FAMILY}
)
"""The actions that are decided by the roles on one card."""
_CHANGES = frozenset({EDIT, PROPOSE, OWN_VIEW})
"""Those that a card must be open for."""
_NO = "Dit mag u niet doen."
GONE = "Uw account is intussen gestopt of gewijzigd. Er is niets veranderd. Meld u opnieuw aan."


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
    sentence: str = _NO
    ground: str = ""
    hidden: bool = False
    emergency: bool = False


@dataclass(frozen=True)
class Place:
    """The card that something is asked of.

    Attributes:
        access: the roles on it.
        kaart: the card; None where its newest revision is none, or for what does not hang on what stands on it.
        of: the id of the item that it is about, or the name of the step of the workflow; empty for the whole card.
    """

    access: Access
    kaart: Stored | None = None
    of: str = ""


def decide(actor: Actor, action: str, place: Place | None, types: CardType, now: datetime) -> Decision:
    """Decide whether a person may do something; anything that is not allowed somewhere is refused.

    Args:
        actor: who.
        action: one of this module's constants; anything else is refused.
        place: the card it is about, or None for none in particular.
        types: the type of the cards, with its roles and its workflow.
        now: the moment at which a role must hold.
    """
    role = types.roles.organisation.get(actor.role)
    if action not in KINDS or not actor.id or role is None:
        return Decision(False, hidden=place is not None)
    if action in ON_A_CARD:
        return _on_a_card(actor, action, place, types, now) if place else Decision(False)
    return Decision(True, ground=actor.role) if action in role.may or action == OWN else Decision(False)


def is_still(actor: Actor, known: Known) -> bool:
    """Whether a person may still act as who he or she was when the request began; who has no account, always."""
    account = known.accounts.get(actor.id)
    if account is None:
        return True
    now = actor_of(account, known)
    return (now.id, now.role, now.organisation_id) == (actor.id, actor.role, actor.organisation_id)


def card_roles(actor: Actor, access: Access, types: CardType, now: datetime) -> list[str]:
    """The roles that a person has on a card at a moment, in the order of roles.json; none for who reads no cards."""
    role = types.roles.organisation.get(actor.role)
    if role is None or not role.cards:
        return []
    held = {one.role for one in in_force(access.grants, actor.subjects, now)}
    return [name for name in types.roles.card if name in held]


def _on_a_card(actor: Actor, action: str, place: Place, types: CardType, now: datetime) -> Decision:
    roles = card_roles(actor, place.access, types, now)
    own = types.roles.organisation[actor.role]
    if action in own.may and not own.cards:
        return Decision(True, ground=actor.role)  # who works on the server may put right who has which role
    if not any(READ in types.roles.card[name].may for name in roles):
        return Decision(False, hidden=True)
    if action == TRANSITION:
        step = types.workflow.transitions.get(place.of)
        able = [name for name in roles if step and name in step.roles]
    else:
        able = [name for name in roles if action in types.roles.card[name].may]
    if not able:
        return Decision(False)
    if action in _CHANGES and place.kaart is not None and not types.workflow.editable(place.kaart.document):
        shape = place.kaart.edition.shape
        state = shape[HEAD].inner[types.workflow.field].labels[state_of(place.kaart.document)].lower()
        return Decision(False, f"Deze kaart is {state} en kan nu niet worden gewijzigd.")
    return Decision(True, ground=able[0], emergency=able == [types.roles.emergency.role])


def reaches(actor: Actor, organisation_id: str, known: Known) -> bool:
    """Whether who looks after accounts, or reviews them, does so for the people of this organisation.

    For one's own organisation; at the host, and on the server itself, for all of them.
    """
    if actor.role == SYSTEM:
        return True
    own = known.organisations.get(actor.organisation_id)
    return own is not None and own.active and (own.host or own.id == organisation_id)
