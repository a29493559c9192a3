"""What a proposed item points at that is itself only proposed: new items of the same person, beside the card."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from app.content import Document
from app.content.items import Namer, find, index, pointers
from app.content.merge import merge
from app.content.overleg import REFUSED, WITHDRAWN, Said
from app.content.overleg_state import Overleg, ProposedItem
from app.content.problems import InvalidCard, Problem
from app.content.shape import Shape
from app.content.wanted import alone, placed
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import Conflicted
from app.services.overleg import heard
from app.services.viewing import View, view

_FIRST = "Dit hoort bij ‘{name}’, en dat is ook nog een voorstel. Neem dat eerst over, of tegelijk met dit."
_NEVER = "Dit hoort bij ‘{name}’, en dat komt niet op de kaart: dat voorstel is {verdict}."
_GONE = "Dit hoort bij ‘{name}’, en dat staat niet meer op de kaart."
_ADAPT = " Pas dit eerst aan, zodat het daar niet meer bij hoort."


@dataclass(frozen=True)
class Awaited:
    """A new item that a proposed one points at, and that is not on the card.

    Attributes:
        said: the item as it is proposed.
        name: what it is called.
        verdict: what became of it; empty while it is open.
    """

    said: Said
    name: str
    verdict: str

    @property
    def section(self) -> str:
        """The key of its section."""
        return self.said.about[0].section


def awaited(shape: Shape, overleg: Overleg, said: Said, content: Document | None, card: Document) -> list[Awaited]:
    """What an item points at that the same person proposed as new and that is not on the card: what others need first.

    Args:
        shape: the fields of the card.
        overleg: what was said, as far as the person at the page may hear it.
        said: the item as it is proposed.
        content: the item as it is wanted; None where it is to go.
        card: the card.
    """
    if content is None:
        return []
    about, news = said.about[0], _new_of(overleg, said.by.account)
    news.pop(about.item, None)
    return [_awaited(shape, one) for one in _pointed_at(shape, about.section, content, news, index(card, shape))]


def beside(desk: Desk, actor: Actor, kaart_id: str, item: str = "") -> Document:
    """The new items that an item which this person proposes may point at, by section: his or her own that are open.

    Those that the item points at in his or her newest wording are among them whatever became of them: so the form can
    name them.

    Raises as `reading.read_card`.
    """
    seen = view(desk, actor, kaart_id)
    kaart, overleg, shape = seen.last_valid(), heard(desk, seen), desk.types.current.shape
    card = kaart.document if kaart else {}
    own = [one for each in overleg.proposals() if each.by.account == actor.id for one in each.items]
    news, known = _new_of(overleg, actor.id), index(card, shape)
    mine = [one.said for one in own if one.said.about[0].item == item]
    named = [each.said for one in mine[-1:] for each in awaited(shape, overleg, one, one.content, card)]
    still = [one.said for key, one in news.items() if one.decision is None and key not in known and key != item]
    found: dict[str, dict[str, Document]] = {}
    for one in chain(still, named):
        found.setdefault(one.about[0].section, {})[one.about[0].item] = one.content or {}
    return {section: list(items.values()) for section, items in found.items()}


def with_awaited(card: Document, waiting: Collection[Awaited]) -> Document:
    """The card with what a proposed item waits for, as if that were on it; the card itself stays as it is."""
    for one in waiting:
        card = {**card, one.section: placed(card.get(one.section, []), one.said.about[0].item, one.said.content)}
    return card


def on_now(seen: View, section: str, item: str, content: Document, revision: str) -> tuple[Document, str]:
    """An item as somebody wants it and the revision it goes on from: the newest, where it points at what came later.

    Raises:
        Conflicted: the card was changed there too, in the same fields.
        NotFound: there is no such revision for this person.
    """
    base, now = seen.read(revision), seen.read()
    before, here = (index(one.document, one.edition.shape) for one in (base, now))
    named = {one.target for one in pointers({section: [content]}, now.edition.shape)}
    if not named & here.keys() - before.keys():
        return content, revision
    held = [one[item][1] if item in one else None for one in (before, here)]
    merged = merge(*(alone(section, one) for one in (held[0], content, held[1])))
    mine, both = (
        {**kaart.document, section: placed(kaart.document.get(section, []), item, wanted)}
        for kaart, wanted in ((base, content), (now, find(merged.document, (section, item))))
    )
    if merged.conflicts:
        raise Conflicted(merged.conflicts, [], base.document, mine, now, both, seen.history(5))
    return find(both, (section, item)), now.revision


def why_not(waiting: Collection[Awaited]) -> str:
    """Why an item that waits for these cannot be taken over now, and what can be done; empty where it can be."""
    one = next((one for one in waiting if one.verdict), next(iter(waiting), None))
    if one is None:
        return ""
    if not one.verdict:
        return _FIRST.format(name=one.name)
    sentence = _NEVER if one.verdict in (REFUSED, WITHDRAWN) else _GONE
    return sentence.format(name=one.name, verdict=one.verdict) + _ADAPT


def require_none(waiting: Collection[Awaited], shape: Shape, section: str, content: Document) -> None:
    """Refuse an item that waits for something, at the field that points there; raises `InvalidCard`."""
    if sentence := why_not(waiting):
        ids = {one.said.about[0].item for one in waiting}
        at = next((each.path for each in pointers({section: [content]}, shape) if each.target in ids), (section,))
        raise InvalidCard([Problem(at, sentence)])


def _new_of(overleg: Overleg, account: str) -> dict[str, ProposedItem]:
    """What somebody proposed that was not on the card then, by its id: the newest wording of each."""
    own = [one for each in overleg.proposals() if each.by.account == account for one in each.items]
    return {one.said.about[0].item: one for one in own if one.said.content and not one.said.about[0].digest}


def _pointed_at(
    shape: Shape, section: str, content: Document, news: dict[str, ProposedItem], known: Mapping[str, object]
) -> Iterator[ProposedItem]:
    """The new items that an item points at, each once, after those that it points at itself."""
    for pointer in pointers({section: [content]}, shape):
        one = None if pointer.target in known else news.pop(pointer.target, None)
        if one and one.said.content:
            yield from _pointed_at(shape, one.said.about[0].section, one.said.content, news, known)
            yield one


def _awaited(shape: Shape, one: ProposedItem) -> Awaited:
    said, section = one.said, shape[one.said.about[0].section]
    name = Namer({section.key: [said.content]}, shape).item(said.about[0].item).rstrip(".")
    return Awaited(said, name, one.decision.verdict if one.decision else "")
