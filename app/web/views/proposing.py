"""Proposals in words: who proposes what, what that would change on the card as it is, what became of it."""

from dataclasses import dataclass

from app.content.items import Namer
from app.services.awaited import why_not
from app.services.proposed import OneProposed, Proposals
from app.web.language import _
from app.web.views.diff import ItemChange, view_changes
from app.web.views.said import Finder, place

_LONGEST_TITLE = 300


@dataclass(frozen=True)
class Shown:
    """One proposed item.

    Attributes:
        one: what is known of it.
        title: what the item is called.
        kind: what one such item is called, such as ``Afspraak``.
        change: what it would change on the card.
        clashes: the fields where the card changed the same since.
        own: whether the person at the page proposed it.
        first: why it cannot be taken over now; empty where it can be.
    """

    one: OneProposed
    title: str
    kind: str
    change: ItemChange
    clashes: list[str]
    own: bool
    first: str

    @property
    def waits(self) -> bool:
        """Whether it can be taken over as it is, after what it points at."""
        return not any(each.verdict for each in self.one.awaits)


@dataclass(frozen=True)
class ShownProposal:
    """What one person proposed together."""

    id: str
    name: str
    organisation: str
    own: bool
    open: list[Shown]
    closed: list[Shown]


def view_proposals(found: Proposals, account: str) -> list[ShownProposal]:
    """All proposals on a card, for the person of this account."""
    result = []
    for offered in found.offered:
        own = offered.by.account == account
        shown = [_shown(one, own) for one in offered.items]
        still = [one for one in shown if one.one.open]
        rest = [one for one in shown if not one.one.open]
        result.append(ShownProposal(offered.id, offered.by.name, offered.by.organisation, own, still, rest))
    return result


def _shown(one: OneProposed, own: bool) -> Shown:
    section, item = one.said.about[0].section, one.said.about[0].item
    new, old = one.comparison.new, one.comparison.old
    shape = new.edition.shape
    told = view_changes(one.comparison)
    held = one.said.content or Finder(old.document)((section, item))
    title = Namer(new.document, shape).title(shape[section], held, _LONGEST_TITLE) if held else item
    find, namer = Finder(old.document), Namer(old.document, shape)
    clashes = [place(shape, clash.path, find, namer, start=2) or shape[section].inner.title for clash in one.conflicts]
    change = told[0].items[0] if told else ItemChange(item, title, "changed")
    return Shown(one, title, shape[section].inner.title or shape[section].title, change, clashes, own, _first(one, own))


def _first(one: OneProposed, own: bool) -> str:
    """Why somebody cannot take it over now; of one's own, what it waits for."""
    if own and one.awaits and not any(each.verdict for each in one.awaits):
        return _(
            "Dit hoort bij ‘%(name)s’, dat u ook voorstelt. Het komt pas op de kaart als ook dat wordt overgenomen.",
            name=one.awaits[0].name,
        )
    return why_not(one.awaits)
