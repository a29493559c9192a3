"""What is proposed on a card and what became of it, each item held against the card, as one person may see it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.content import Document
from app.content.changes import changes
from app.content.items import find
from app.content.merge import Conflict
from app.content.overleg import Said, Speaker
from app.content.overleg_state import Overleg, Proposal, ProposedItem
from app.content.wanted import brought_in
from app.services.actors import Actor
from app.services.awaited import Awaited, awaited, with_awaited
from app.services.comparing import Comparison
from app.services.desk import Desk
from app.services.errors import NotFound
from app.services.overleg import heard
from app.services.viewing import View, view
from app.storage.records import InvalidRevision, Stored


@dataclass(frozen=True)
class OneProposed:
    """One item of a proposal, held against the card as it is.

    Attributes:
        said: the item as it is proposed, with why.
        verdict: what became of it: a verdict of a decision; empty while it is open.
        by: who decided; None while it is open.
        remark: what was said with it.
        comparison: the card as it is against the card with this in it; against itself where somebody decided.
        conflicts: where the card and the proposal changed the same since.
        lost: whether what the proposal began with cannot be read any more.
        adapted: whether who took it over made other words of it.
        awaits: the new items that it points at and that are only proposed; they stand on both sides of `comparison`.
    """

    said: Said
    verdict: str
    by: Speaker | None
    remark: str
    comparison: Comparison
    conflicts: tuple[Conflict, ...]
    lost: bool = False
    adapted: bool = False
    awaits: tuple[Awaited, ...] = ()

    @property
    def open(self) -> bool:
        """Whether nobody decided on it."""
        return not self.verdict

    @property
    def overtaken(self) -> bool:
        """Whether the card is already as it is proposed."""
        return self.open and not self.conflicts and not self.comparison.changes


@dataclass(frozen=True)
class Offered:
    """What one person proposed together: the items that this person may see."""

    id: str
    by: Speaker
    items: tuple[OneProposed, ...]

    @property
    def open(self) -> tuple[OneProposed, ...]:
        """The items on which nobody decided."""
        return tuple(one for one in self.items if one.open)


@dataclass(frozen=True)
class Proposals:
    """All proposals on a card, for one person: those with something open first, the newest first."""

    kaart: Stored
    offered: tuple[Offered, ...]


def proposals(desk: Desk, actor: Actor, kaart_id: str) -> Proposals:
    """All proposals on a card, each item held against the card as it is; raises as `reading.read_card`."""
    seen = view(desk, actor, kaart_id)
    now, overleg = seen.read(), heard(desk, seen)
    found = overleg.proposals()
    held_against = _Holder(seen, now, overleg)
    told = [Offered(one.id, one.by, tuple(map(held_against, one.items))) for one in reversed(found)]
    return Proposals(now, tuple(sorted(told, key=lambda one: not one.open)))


def in_order(found: Proposals, said_ids: Iterable[str]) -> list[str]:
    """These items of proposals in the order in which to decide on them: each after what it points at."""
    waits = {one.said.id: one.awaits for offered in found.offered for one in offered.items}
    chosen = list(said_ids)
    order: dict[str, None] = {}
    for identity in chosen:
        first = [one.said.id for one in waits.get(identity, ())]
        order |= dict.fromkeys(one for one in (*first, identity) if one in chosen)
    return list(order)


def own_open(desk: Desk, actor: Actor, kaart_id: str) -> dict[str, OneProposed]:
    """What this person proposes of each item and nobody decided on, by its id; raises as `proposals`."""
    found = proposals(desk, actor, kaart_id).offered
    own = [one for offered in found if offered.by.account == actor.id for one in offered.open]
    return {one.said.about[0].item: one for one in own if one.said.content is not None}


def open_on(desk: Desk, actor: Actor, kaart_id: str) -> list[tuple[Speaker, int]]:
    """Who proposes something on a card on which nobody decided, and of how many items; raises as `proposals`."""
    found = open_proposals(heard(desk, view(desk, actor, kaart_id)))
    return [(one.by, len(one.open)) for one in found]


def open_proposals(overleg: Overleg) -> list[Proposal]:
    """The proposals of which something is open, the newest first."""
    return [one for one in reversed(overleg.proposals()) if one.open]


class _Holder:
    """Holds what is proposed against the card as it is, for one person; each old revision is read once."""

    def __init__(self, seen: View, now: Stored, overleg: Overleg) -> None:
        self._seen, self._now, self._overleg = seen, now, overleg
        self._bases: dict[str, Document | None] = {}

    def __call__(self, one: ProposedItem) -> OneProposed:
        """One item of a proposal, held against the card."""
        said, decided = one.said, one.decision
        if decided:  # what became of it is told, not what it would do now
            told = OneProposed(
                said, decided.verdict, decided.by, decided.text, Comparison(self._now, self._now, []), ()
            )
            return replace(told, adapted=decided.adapted)
        waiting = awaited(self._now.edition.shape, self._overleg, said, said.content, self._now.document)
        comparison, conflicts, lost = self._against(
            said, replace(self._now, document=with_awaited(self._now.document, waiting))
        )
        return OneProposed(said, "", None, "", comparison, conflicts, lost, awaits=tuple(waiting))

    def _against(self, said: Said, kaart: Stored) -> tuple[Comparison, tuple[Conflict, ...], bool]:
        section, item = said.about[0].section, said.about[0].item
        base = self._base(said.revision)
        before = find(base or {}, (section, item))
        wanted, conflicts = brought_in(kaart.document, section, item, before, said.content)
        told = Comparison(kaart, replace(kaart, document=wanted), changes(kaart.document, wanted))
        return told, tuple(conflicts), base is None

    def _base(self, revision: str) -> Document | None:
        if revision not in self._bases:
            try:
                self._bases[revision] = self._seen.read(revision).document
            except (InvalidRevision, NotFound):
                self._bases[revision] = None
        return self._bases[revision]
