"""What a second person is or was asked for on a card, as one person may see it."""

from dataclasses import dataclass, replace

from app.content.items import find
from app.content.overleg import WITHDRAWN, Speaker
from app.content.overleg_state import Asked
from app.content.wanted import brought_in
from app.services.actors import Actor
from app.services.comparing import Comparison, differing
from app.services.desk import Desk
from app.services.errors import NotFound
from app.services.matters import Matter, Matters
from app.services.overleg import heard
from app.services.viewing import View, view
from app.storage.records import InvalidRevision, Stored


@dataclass(frozen=True)
class Request:
    """Something that a second person is or was asked for.

    Attributes:
        asked: what was asked, with what was answered.
        open: whether it still waits.
        by: who decided, where that is known.
        title: what it is called in workflow.json.
        changed: whether the card was saved since it was asked.
        comparison: for a change of an item: the card as it is against the card with it; None for others.
        matter: the item that it is about, in words; None for the whole card.
    """

    asked: Asked
    open: bool
    by: Speaker | None
    title: str
    changed: bool
    comparison: Comparison | None = None
    matter: Matter | None = None


def requests(desk: Desk, actor: Actor, kaart_id: str) -> list[Request]:
    """What a second person is or was asked for on a card, the open ones first, the newest first.

    Raises as `reading.read_card`.
    """
    seen = view(desk, actor, kaart_id)
    overleg, now = heard(desk, seen), seen.read()
    found = [one for one in overleg.requests() if not (one.replies and one.replies[-1].verdict == WITHDRAWN)]
    matters = Matters(seen, now)
    told = [_compared(seen, _request(desk, one, now, matters), now) for one in reversed(found)]
    return sorted(told, key=lambda one: not one.open)


def open_requests(desk: Desk, actor: Actor, kaart_id: str) -> list[Request]:
    """What still waits for a second person, the oldest first, without comparisons; raises as `requests`."""
    seen = view(desk, actor, kaart_id)
    found = [one for one in heard(desk, seen).requests() if one.open]
    if not found:
        return []
    now = seen.read()
    matters = Matters(seen, now)
    return [_request(desk, one, now, matters) for one in found]


def _request(desk: Desk, asked: Asked, now: Stored, matters: Matters) -> Request:
    said, workflow = asked.said, desk.types.workflow
    named = workflow.transitions.get(said.step) or workflow.acts.get(said.step)
    by, title = asked.replies[-1].by if asked.replies else None, named.title if named else said.step
    return Request(asked, asked.open, by, title, now.revision != said.revision, matter=matters.of(said))


def _compared(seen: View, one: Request, now: Stored) -> Request:
    """With what would be done: what others changed since it was asked is kept."""
    said = one.asked.said
    if said.content is None or not one.asked.open:
        return one
    section, item = said.about[0].section, said.about[0].item
    try:
        base = find(seen.read(said.revision).document, (section, item))
    except (InvalidRevision, NotFound):
        base = None
    wanted, _conflicts = brought_in(now.document, section, item, base, said.content)
    return replace(one, comparison=differing(now, replace(now, document=wanted)))
