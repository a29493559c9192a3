"""The words of what is reviewed, on one revision and as far as one person sees them: which judgement is about which."""

from collections.abc import Mapping

from app.content import Document
from app.content.items import index
from app.content.overleg import About
from app.content.overleg_state import Judged
from app.content.reviewed import digest_of, parts
from app.services.desk import Desk
from app.services.viewing import View
from app.storage.records import Stored


class Wordings:
    """What is reviewed on one revision of a card, for one person.

    Attributes:
        kaart: the card as this person sees it.
        items: what this person sees of what is reviewed, by id, in the order of the card: its section and the item.
    """

    def __init__(self, desk: Desk, seen: View, revision: str | None = None) -> None:
        """Read it.

        Raises:
            RevisionNotFound: the card has no such revision.
            InvalidRevision: it is no card.
            StoreError: the store fails.
        """
        whole = desk.kaarten.read(seen.kaart_id, revision)
        self.kaart: Stored = seen.shown(whole)
        shape, review = whole.edition.shape, desk.types.review
        self._parts = parts(whole.document, shape, desk.types.roles.shield, review)
        found = index(self.kaart.document, shape)
        self.items: dict[str, tuple[str, Document]] = {
            item["id"]: found[item["id"]] for key in review.sections for item in self.kaart.document.get(key, ())
        }

    def about(self, item: str, section: str = "") -> About:
        """An item as something is said about it; one that is not there has no words, in the section that is told."""
        if item not in self.items:
            return About(section, item)
        part, seen = self._parts[item], digest_of(self.items[item][1])
        return About(part.section, item, part.digest, part.shown, part.barred, seen if seen != part.digest else "")

    def holds(self, about: About) -> bool:
        """Whether something was said about these very words; of an item of which one sees a part, about that part."""
        if about.item not in self.items:
            return not about.digest
        part = self._parts[about.item]
        if digest_of(self.items[about.item][1]) == part.digest:
            return about.digest == part.digest
        return about.shown == part.shown

    def _knew(self, about: About) -> bool:
        """Whether who said this, and now looks, saw these very words then; who saw a part and now sees all did not."""
        return self.holds(about) and not (about.seen and not self.about(about.item).seen)

    def unjudged(self, mine: Mapping[str, Judged]) -> list[str]:
        """The items that one person is to judge, in the order of the card; then what went since, by id.

        These are: those whose words he or she did not judge, and those of which a question of this person was answered.

        Args:
            mine: the newest judgement of this person on each item.
        """
        here = [
            item for item in self.items if item not in mine or mine[item].answered or not self._knew(mine[item].about)
        ]
        return here + [item for item, one in mine.items() if item not in self.items and one.about.digest]

    def urgent(self, item: str) -> tuple[str, ...]:
        """Why this item cannot wait: names of overleg.json."""
        return self._parts[item].urgent if item in self.items else ()
