"""The one place that decides who may do what, and that logs each decision."""

import json
import logging
from dataclasses import dataclass

from app.content import HEAD
from app.content.workflow import Workflow, state_of
from app.services.actors import Actor
from app.services.errors import NotAllowed
from app.storage.records import Stored

READ, LIST, CREATE, EDIT, TRANSITION, MAINTAIN = "read", "list", "create", "edit", "transition", "maintain"
_ACTIONS = {READ, LIST, CREATE, EDIT, TRANSITION, MAINTAIN}

_log = logging.getLogger("kaarten.access")


@dataclass(frozen=True)
class Decision:
    """Whether something is allowed, and if not, the Dutch sentence that says why."""

    allowed: bool
    sentence: str = ""


def may(actor: Actor, action: str, kaart: Stored | None, item: str | None = None, *, workflow: Workflow) -> Decision:
    """Decide whether a person may do something.

    Until accounts exist, every named person may do everything that the state of the card allows.

    Args:
        actor: who.
        action: one of this module's constants; anything else is refused.
        kaart: the card it is about, or None for none in particular.
        item: the id of the item it is about, or None for the whole card.
        workflow: the way of this type of card.
    """
    del item  # no item is shielded from a professional yet
    if action not in _ACTIONS or not actor.name:
        return Decision(False, "Dit mag u niet doen.")
    if action == EDIT and kaart is not None and not workflow.editable(kaart.document):
        state = kaart.edition.shape[HEAD].inner[workflow.field].labels[state_of(kaart.document)].lower()
        return Decision(False, f"Deze kaart is {state} en kan nu niet worden gewijzigd.")
    return Decision(True)


def require(actor: Actor, action: str, kaart: Stored | None, item: str | None = None, *, workflow: Workflow) -> None:
    """Ask `may`, log the answer, and go on only when it is yes.

    Raises:
        NotAllowed: it is no.
    """
    decision = may(actor, action, kaart, item, workflow=workflow)
    record = {
        "who": actor.email,
        "action": action,
        "kaart": kaart and kaart.id,
        "revision": kaart and kaart.revision,
        "item": item,
        "allowed": decision.allowed,
    }
    _log.info("%s", json.dumps(record))
    if not decision.allowed:
        raise NotAllowed(decision.sentence)
