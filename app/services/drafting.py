"""Drafts ("klad"): what a person typed in a form and did not save yet. Only who wrote one sees it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile

from app.content import Document, Path
from app.content.changes import Change, changes, same
from app.content.clean import clean
from app.content.merge import merge
from app.content.problems import InvalidCard
from app.content.searching import card_title
from app.services import rights
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import NO_CARD, NotFound, ServiceError
from app.services.viewing import View, view
from app.storage.drafts import MOST_OF_ONE, Draft, DraftsFull, Label
from app.storage.records import Save, Stored

PROPOSALS = "voorstellen/"
"""How the place of a form to propose something begins; what follows is the place of the form to change it."""
DAYS = 90
"""So long a draft is kept after its writer last touched it."""
_WORD = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class Sheet:
    """A form that somebody is typing in.

    Attributes:
        id: drawn for the form when it was made.
        place: its address, below that of the card: `afspraken/a-7k3mq`, or `voorstellen/afspraken/a-7k3mq`.
        base: the revision that it was made from.
        title: what it is about.
        fields: its fields as they would be sent, in order.
    """

    id: str
    place: str
    base: str
    title: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Meanwhile:
    """What others did at a place of a card since a revision: the saves, newest first, and what differs there."""

    saves: tuple[Save, ...]
    changes: tuple[Change, ...]


def is_to_propose(place: str) -> bool:
    """Whether the form of a place proposes what is typed in it; else it saves that."""
    return place.startswith(PROPOSALS)


def keep(desk: Desk, actor: Actor, kaart: Stored, sheet: Sheet) -> Label:
    """Keep what somebody typed, in the place of what was kept of the same form; it is on disk on return.

    Raises:
        NotAllowed: this person may not do with the card what the form is for: change it, or propose something.
        NotFound: the card is not there any more.
        ServiceError: it is too large, or this person has too many drafts.
        StoreError: it is not kept.
    """
    desk.require(actor, rights.PROPOSE if is_to_propose(sheet.place) else rights.EDIT, kaart)
    card, now = card_title(kaart.document, list(kaart.edition.schema["x-title"])), desk.clock()
    label = Label(sheet.id, kaart.id, sheet.place, sheet.base, card, sheet.title, now)
    try:
        desk.drafts.put(actor.id, Draft(label, sheet.fields), now - timedelta(DAYS))
    except DraftsFull:
        sentence = (
            f"Dit is te lang voor een klad, of u hebt er al {MOST_OF_ONE}. Bewaar uw werk, of gooi oude klad weg."
        )
        raise ServiceError(sentence) from None
    if not desk.kaarten.exists(kaart.id):  # destroyed meanwhile: nothing of it stays
        desk.drafts.forget(kaart.id)
        raise NotFound(NO_CARD)
    return label


def read(desk: Desk, actor: Actor, identity: str) -> Draft:
    """A draft of this person, of what he or she may still see.

    Raises:
        NotFound: this person has none of that id, or it holds what is shielded from him or her since.
        StoreError: it cannot be read.
    """
    desk.require(actor, rights.OWN)
    draft = desk.drafts.get(actor.id, identity)
    if draft is None or not _Sight(desk, actor).shows(draft.label):
        raise NotFound("Deze klad is er niet meer.")
    return draft


def mine(desk: Desk, actor: Actor, kaart_id: str = "") -> list[Label]:
    """What this person's drafts are of, the last kept first; those of one card where it is given.

    Left out are those of a card that this person reads no more, and those that hold what was shielded from him or her
    since. They are kept until they are old: with the role they are back.

    Raises:
        NotAllowed: this person may not.
        StoreError: they cannot be read.
    """
    desk.require(actor, rights.OWN)
    sight = _Sight(desk, actor)
    return [one for one in desk.drafts.of(actor.id) if kaart_id in ("", one.kaart_id) and sight.shows(one)]


def throw_away(desk: Desk, actor: Actor, identity: str) -> None:
    """Remove a draft of this person, if it is there; raises as `mine`."""
    desk.require(actor, rights.OWN)
    desk.drafts.remove(actor.id, identity)


def is_saved(base: Document, mine: Document, current: Document) -> bool:
    """Whether a card holds already what a draft would make of it.

    So it is when the program died after a save and before it removed the draft, and when nothing was changed.

    Args:
        base: the card that the form was made from.
        mine: that card with what was typed.
        current: the card now.
    """
    try:
        merged = merge(base, clean(mine), current)
    except InvalidCard:
        return False
    return not merged.conflicts and same(merged.document, current)


def meanwhile(desk: Desk, actor: Actor, base: Stored, current: Stored, path: Path) -> Meanwhile:
    """What others did at a place of a card since the revision that a form was made from.

    Raises:
        NotAllowed: this person may not read the card.
        StoreError: the history cannot be read.
    """
    seen = view(desk, actor, current.id)
    there = tuple(_at(path, changes(base.document, current.document)))
    if not there:
        return Meanwhile((), ())
    since = seen.look_back(lambda saves: tuple(takewhile(lambda save: save.revision != base.revision, saves)))
    return Meanwhile(tuple(save for save in since if save.steps), there)


def _at(path: Path, steps: Iterable[Change]) -> Iterable[Change]:
    return (step for step in steps if step.path[: len(path)] == path and step.kind != "moved")


class _Sight:
    """What somebody may still see of the cards that drafts are of; each card is read once."""

    def __init__(self, desk: Desk, actor: Actor) -> None:
        self._desk, self._actor, self._views = desk, actor, dict[str, View]()

    def shows(self, label: Label) -> bool:
        """Whether a draft may be shown to its writer."""
        kaart_id, item = label.kaart_id, label.place.removeprefix(PROPOSALS).partition("/")[2]
        if _is_old(self._desk, label) or not self._desk.may(self._actor, rights.READ, kaart_id):
            return False
        if item:
            return item.startswith("_") or not self._view(kaart_id).hides(item)
        hidden = self._view(kaart_id).hidden_now  # a card as text tells all of what it names
        draft = self._desk.drafts.get(self._actor.id, label.id) if hidden else None
        return draft is None or not any(one in hidden for _, text in draft.fields for one in _WORD.findall(text))

    def _view(self, kaart_id: str) -> View:
        if kaart_id not in self._views:
            self._views[kaart_id] = View(self._desk, self._actor, kaart_id, self._desk.access(kaart_id))
        return self._views[kaart_id]


def _is_old(desk: Desk, label: Label) -> bool:
    return label.when < desk.clock() - timedelta(DAYS)
