"""Whether a family that comes in seems to be here already, on another card: that there is one, never which."""

from app.content import Document
from app.content.searching import match_key
from app.services.actors import Actor
from app.services.cataloguing import repaired
from app.services.desk import Desk
from app.storage.access_log import Event

EVENT = "family-find"
"""What the log calls it that this was asked."""


def is_here(desk: Desk, actor: Actor, document: Document, kaart_id: str) -> bool:
    """Whether somebody on a card stands on another card here: by all that emergency access asks, exactly.

    Args:
        desk: what to work with.
        actor: who asks.
        document: the card.
        kaart_id: its number, by which it is no other card than itself.

    Raises:
        StoreError: the store fails.
    """
    find = desk.types.roles.emergency
    people = document.get(find.section, [])
    keys = {match_key(*(one[key] for key in find.fields)) for one in people if all(one.get(key) for key in find.fields)}
    found = repaired(desk, lambda: {known for key in keys for known in desk.catalogue.known_by(key)})
    desk.tell(actor, Event(EVENT, "R", "toegestaan", desk.clock(), kaart=kaart_id))
    return bool(found - {kaart_id})
