"""Who asks the catalogue: it gives nobody a card on which he or she has no role."""

from app.content.grants import utc
from app.content.searching import match_key
from app.services import rights
from app.services.actors import Actor
from app.services.desk import Desk
from app.storage.catalogue import Me


def me_on(desk: Desk, actor: Actor) -> Me:
    """A person as the catalogue knows people, now; one who reads no cards is nobody there."""
    now = desk.clock()
    role = desk.types.roles.organisation.get(actor.role)
    if role is None or not role.cards:
        return Me()
    return Me(
        match_key(actor.name, actor.organisation),
        now.date().isoformat(),
        actor.subjects,
        tuple(name for name, one in desk.types.roles.card.items() if rights.READ in one.may),
        utc(now),
    )
