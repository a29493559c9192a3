"""A card on paper, for who reads it."""

from dataclasses import dataclass

from app.content import HEAD
from app.content.workflow import Workflow, state_of
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.paper import card_paper
from app.services.reading import read_card
from app.storage.access_log import Event
from app.storage.records import Stored

PRINT = "print-card"
"""What the log calls it that somebody took a card away on paper."""


@dataclass(frozen=True)
class Printed:
    """A paper as PDF, and what a file of it is called: that says nothing about the family."""

    name: str
    data: bytes


def print_card(desk: Desk, actor: Actor, kaart_id: str, revision: str | None = None) -> Printed:
    """What somebody may see of a card as a PDF; the log says that it was made.

    Raises:
        NotFound: there is no such card or revision, or none that this person may know of.
        InvalidRevision: another program wrote what is not a card.
        StoreError: the store or the log fails.
    """
    kaart = read_card(desk, actor, kaart_id, revision)
    moment = desk.clock()
    desk.tell(actor, Event(PRINT, "R", "toegestaan", moment, kaart=kaart.id))
    was = "" if revision is None else "Dit is een oude versie van de kaart. Zo is zij nu misschien niet meer."
    data = card_paper(
        desk.types,
        kaart.document,
        state=state_in_words(kaart, desk.types.workflow),
        revision=kaart.revision,
        moment=moment,
        made_by=with_organisation(actor),
        notes=[was] if was else [],
    )
    return Printed(f"kaart-{kaart.id[:8]}-{kaart.revision[:7]}.pdf", data)


def state_in_words(kaart: Stored, workflow: Workflow) -> str:
    """Where a card is in its life."""
    return kaart.edition.shape[HEAD].inner[workflow.field].labels[state_of(kaart.document)]


def with_organisation(actor: Actor) -> str:
    """Who somebody is, as papers say it."""
    return f"{actor.name}, {actor.organisation}" if actor.organisation else actor.name
