"""Many people on one card: who is nobody else on it than another, and said nothing, sees and hears the same."""

from collections.abc import Callable
from typing import TypeVar

from app.content import Document
from app.content.overleg_state import Overleg
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.viewing import View
from app.storage.records import Access

_Answer = TypeVar("_Answer")
_Row = tuple[str, str, str]


class _Met(View):
    """A card for one person, that keeps which professionals it met on the way, and whether each is this person.

    All that a view tells follows from that, and from which words this person spoke.
    """

    def __init__(self, desk: Desk, actor: Actor, kaart_id: str, access: Access) -> None:
        super().__init__(desk, actor, kaart_id, access)
        self._met: dict[_Row, tuple[Document, bool]] = {}

    def _rows(self, document: Document) -> set[str]:
        found, where = super()._rows(document), self.types.display.member
        if where:
            for one in document.get(where.section, ()):
                row = one["id"], one.get(where.name, ""), one.get(where.organisation, "")
                alone = {where.section: [one]}
                if row not in self._met:
                    self._met[row] = alone, bool(super()._rows(alone))
        return found

    def is_like(self, other: View) -> bool:
        """Whether somebody else is the same of all the professionals that were met."""
        return all(bool(View._rows(other, alone)) == mine for alone, mine in self._met.values())


def alike(
    desk: Desk, kaart_id: str, access: Access, overleg: Overleg, work: Callable[[View], _Answer]
) -> Callable[[Actor], _Answer]:
    """Does something with the view of one person after another, once for all who see and hear the same.

    Args:
        desk: what to work with.
        kaart_id: the card.
        access: who has which role on it.
        overleg: all that was said about it.
        work: what to do; done with the view when it returns.
    """
    # Whoever spoke of what was shielded hears that, whoever it was shielded from.
    spoke = {one.by.account for one in overleg.said if any(about.barred for about in one.about)}
    done: list[tuple[_Met, _Answer]] = []

    def of(actor: Actor) -> _Answer:
        seen = _Met(desk, actor, kaart_id, access)
        if actor.id in spoke:
            return work(seen)
        for other, answer in done:
            if other.is_like(seen):
                return answer
        answer = work(seen)
        done.append((seen, answer))
        return answer

    return of
