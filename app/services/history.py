"""Looking back: the saves of a card, of one item, of one person, of a period, of an author."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice

from app.content import Document
from app.content.concerns import concerning
from app.content.items import pointing
from app.content.messages import FIELDS
from app.services.actors import Actor
from app.services.desk import ZONE, Desk
from app.services.touching import Toucher
from app.services.viewing import view
from app.storage.records import Save, Stored


@dataclass(frozen=True)
class Wanted:
    """Which saves are asked for; what is empty does not narrow.

    Attributes:
        item: the id of an item, or the key of a section without items.
        person: the id of somebody on the card: saves that touched what concerns them, now or then.
        since: the first day, by the clock of the people here.
        until: the last day.
        author: a part of the name of who saved, or of their organisation.
    """

    item: str = ""
    person: str = ""
    since: date | None = None
    until: date | None = None
    author: str = ""


@dataclass(frozen=True)
class Past:
    """Saves, newest first.

    Attributes:
        saves: those asked for.
        unsure: whether there may be some among them that nobody could judge: other programs made them, and there
            are more of those than are read at once.
    """

    saves: list[Save]
    unsure: bool


def look_back(desk: Desk, actor: Actor, kaart: Stored, wanted: Wanted, limit: int | None = None) -> Past:
    """The saves of a card that are asked for, at most `limit`. The commits alone are read, unless they do not say.

    Args:
        desk: what to work with.
        actor: who asks.
        kaart: the card as it is now, or the last that could be read of it.
        wanted: which saves.
        limit: how many at most.

    Raises:
        NotAllowed: this person may not read it.
        StoreError: the store fails.
    """
    seen = view(desk, actor, kaart.id)

    def work(saves: Iterator[Save]) -> Past:
        toucher = Toucher(seen)
        tests = list(_tests(desk, kaart, wanted, toucher))
        told = (save for save in saves if save.steps and all(test(save) for test in tests))
        found = list(islice(told, limit))
        return Past(found, toucher.unsure)

    return seen.look_back(work)


def start_of(day: date) -> datetime:
    """The first moment of a day, by the clock of the people here."""
    return datetime.combine(day, time(), ZONE)


def _tests(desk: Desk, kaart: Stored, wanted: Wanted, toucher: Toucher) -> Iterator[Callable[[Save], bool]]:
    """What a save must pass, the cheap ones first."""
    if wanted.since:
        first = start_of(wanted.since)
        yield lambda save: save.when >= first
    if wanted.until:
        end = start_of(wanted.until + timedelta(days=1))
        yield lambda save: save.when < end
    if wanted.author:
        part = wanted.author.casefold()
        yield lambda save: part in f"{save.author.name}\n{save.author.organisation}".casefold()
    if wanted.item:
        yield lambda save: toucher.touches(save, wanted.item)
    if wanted.person:
        yield _Concerning(desk, kaart, wanted.person, toucher).is_touched


@dataclass
class _Concerning:
    """The items that concern a person, also those that did so once: learned while going back in time."""

    desk: Desk
    kaart: Stored
    person: str
    toucher: Toucher
    known: set[str] = field(init=False)
    seen: set[str] = field(init=False)

    def __post_init__(self) -> None:
        document = self.kaart.document
        self.known = self._items(document)
        self.seen = {item["id"] for section in self._lists() for item in document.get(section, ())}
        self._pointing = pointing(self.kaart.edition.shape)

    def is_touched(self, save: Save) -> bool:
        """Whether a save touched one of these."""
        paths = self.toucher.paths(save)
        if paths is None:
            return True
        ids = {path[1] for path in paths if len(path) > 1}
        if not ids & self.known and self._may_have_concerned(save, ids):
            self.known |= self._items(self.toucher.before(save) or {})
            self.seen |= ids
        return bool(ids & self.known)

    def _may_have_concerned(self, save: Save, ids: set[str]) -> bool:
        """Whether only the card before the save can tell: an item is gone now, or points at something else."""
        lines = [line for step in save.steps for line in step.message.trailers.get(FIELDS, ())]
        return bool(ids - self.seen or self._pointing & set(" ".join(lines).split()))

    def _items(self, document: Document) -> set[str]:
        return concerning(document, self.kaart.edition.shape, self.person, self.desk.types.display.under)

    def _lists(self) -> list[str]:
        return [section.key for section in self.kaart.edition.shape if section.kind == "items"]
