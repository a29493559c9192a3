"""Who agreed to which words of an item: each answer, with the save that gave it and the card after that save."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.content import Document, Path
from app.content.agreement import Agreement
from app.content.answers import Given, given
from app.content.changes import Change, changes, same
from app.content.items import find
from app.content.problems import InvalidCard
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import NotFound
from app.services.origins import Past, past
from app.services.viewing import View, view
from app.storage.records import Save, Stored

NOT_ASKED = "Hier staat niet wie het met welke woorden eens is."


@dataclass(frozen=True)
class Answer:
    """What somebody thinks of an item.

    Attributes:
        key: the list of answers that it is in.
        row: the answer as it is now.
        again: whether it is to be asked again.
        said: the answer as it was given last; None where nobody gave any, or that is too long ago to be looked for.
        save: the save that gave it.
        then: the card after that save.
        changed: in which fields the words differ now from those that the answer is about.
        unsure: whether it may have been given longer ago than was looked at.
    """

    key: str
    row: Document
    again: bool
    said: Document | None = None
    save: Save | None = None
    then: Stored | None = None
    changed: tuple[str, ...] = ()
    unsure: bool = False

    @property
    def holds(self) -> bool:
        """Whether it is about the words as they are now."""
        return self.said is not None and not self.again and not self.changed


def agreed(desk: Desk, actor: Actor, kaart: Stored, place: Path) -> list[Answer]:
    """Each answer on an item of a card, in the order of the card.

    The commits tell which saves touched the item; of these only as many are read as it takes to explain every answer.

    Args:
        desk: what to work with.
        actor: who asks.
        kaart: the card as it is now, or the last that could be read of it.
        place: the section, and the id of the item.

    Raises:
        NotFound: the item is not on the card, or nobody is asked what he or she thinks of it.
        NotAllowed: this person may not read the card.
        StoreError: the store fails.
    """
    seen = view(desk, actor, kaart.id)
    item, lists = find(kaart.document, place), kaart.edition.shape.agreements.get(place[0], {})
    if item is None or not lists:
        raise NotFound(NOT_ASKED)
    found, been = [], past(seen, kaart, place)
    for key, rule in lists.items():
        told = given(been.versions(item, place), key, rule) if been.saves else {}
        reader = _Reader(seen, kaart, place, been)
        found += [reader.answer(key, rule, row, told.get(row["id"])) for row in item.get(key, ())]
    return found


def words_between(then: Stored, now: Stored, place: Path, rule: Agreement) -> Iterator[Change]:
    """What changed in the words of an item that answers are about."""
    before, after = (find(one.document, place) or {} for one in (then, now))
    moved = set(_differing(before, after, rule))
    for one in changes({place[0]: [before]}, {place[0]: [after]}) if before and after else ():
        if len(one.path) > 2 and one.path[2] in moved:
            yield one


@dataclass
class _Reader:
    seen: View
    now: Stored
    place: Path
    been: Past
    read: dict[str, Stored | None] = field(default_factory=dict)

    def answer(self, key: str, rule: Agreement, row: Document, told: Given | None) -> Answer:
        """One answer; what was never asked has nothing to explain."""
        again = row.get(rule.field) == rule.again
        if told is None:
            return Answer(key, row, again, unsure=self.been.open_end and again)
        known = told.begun or not self.been.open_end
        save = self.been.saves[told.number] if known else None
        then = self._card(save) if save else None
        if then is None:
            return Answer(key, row, again, told.row, unsure=True)
        before, after = (find(one.document, self.place) or {} for one in (then, self.now))
        return Answer(key, row, again, told.row, save, then, tuple(_differing(before, after, rule)))

    def _card(self, save: Save) -> Stored | None:
        """The card after a save; None where that is no card."""
        if save.revision not in self.read:
            try:
                self.read[save.revision] = self.seen.read(save.revision)
            except InvalidCard:
                self.read[save.revision] = None
        return self.read[save.revision]


def _differing(before: Document, after: Document, rule: Agreement) -> Iterator[str]:
    old, new = rule.about(before), rule.about(after)
    return (key for key in rule.words if not same(old.get(key), new.get(key)))
