"""What something that was said is about, in words: also what went from the card since, as far as one person sees it."""

from dataclasses import dataclass

from app.content.items import Namer, index
from app.content.overleg import Said
from app.content.problems import InvalidCard
from app.services.errors import NotFound
from app.services.viewing import View
from app.storage.records import Stored


@dataclass(frozen=True)
class Matter:
    """An item that something was said about.

    Attributes:
        one: what such an item is called in the schema.
        title: what this one is called; empty where nobody can tell any more.
        barred: the names of those from whom it was shielded when that was said.
    """

    one: str
    title: str
    barred: tuple[str, ...]


class Matters:
    """Names what was said about, for one person. A revision is read for what is not on the card any more alone."""

    def __init__(self, seen: View, now: Stored) -> None:
        """For a card as somebody sees it, and as it is now for this person."""
        self._seen, self._now = seen, now
        self._cards: dict[str, Stored | None] = {}

    def of(self, said: Said) -> Matter | None:
        """The first item that this is about; None where it is about the whole card. Raises `StoreError`."""
        if not said.about:
            return None
        about = said.about[0]
        section = self._now.edition.shape.fields.get(about.section)
        one = (section.inner.title or section.title) if section and section.shape else ""
        names = (self._name(each, said.revision) for each in about.barred)
        return Matter(one, self._name(about.item, said.revision), tuple(filter(None, names)))

    def _name(self, item: str, revision: str) -> str:
        return _named(self._now, item) or _named(self._then(revision), item)

    def _then(self, revision: str) -> Stored | None:
        if revision not in self._cards:
            try:
                self._cards[revision] = self._seen.read(revision)
            except (InvalidCard, NotFound):
                self._cards[revision] = None
        return self._cards[revision]


def _named(card: Stored | None, item: str) -> str:
    if card is None or item not in index(card.document, card.edition.shape):
        return ""
    return Namer(card.document, card.edition.shape).item(item)
