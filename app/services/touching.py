"""Which items a save touched. Our own commits say so; what other programs wrote is read and compared."""

from app.content import Document, Path
from app.content.changes import changes
from app.content.messages import FIELDS, touched
from app.content.problems import InvalidCard
from app.services.viewing import View
from app.storage.records import Save

MOST_READ = 100
"""So many revisions are read to answer one question about a history, however long it is."""


class Toucher:
    """Answers for the saves of one card, reading at most so many of its revisions.

    Attributes:
        unsure: whether a save could not be judged any more, because enough was read.
    """

    def __init__(self, view: View, most: int = MOST_READ) -> None:
        """For a card as one person may see it."""
        self._view, self._left = view, most
        self._read: tuple[str, Document | None] = ("", None)
        self.unsure = False

    def paths(self, save: Save) -> set[Path] | None:
        """The items (section and id) and the sections without items that a save touched; None where nobody knows."""
        shape = self._view.types.current.shape
        told = [touched(step.message, shape) for step in save.steps]
        if not told:
            return set()
        if None not in told:
            return {path for paths in told for path in paths or ()}
        after = self.document(save.revision)
        before = self.before(save)
        if after is None or before is None:
            return None
        groups = {section.key for section in shape if section.kind != "items"}
        return {change.path[: 1 if change.path[0] in groups else 2] for change in changes(before, after)}

    def touches(self, save: Save, item: str) -> bool:
        """Whether a save touched an item, or a section without items; also where nobody knows."""
        paths = self.paths(save)
        return paths is None or any(path[-1] == item for path in paths)

    def fields(self, save: Save, place: Path) -> set[str] | None:
        """The fields that a save says it changed of this item alone; None where it does not say so clearly."""
        fields: set[str] = set()
        for step in save.steps:
            paths = touched(step.message, self._view.types.current.shape)
            if paths is None:
                return None
            if place in paths:
                words = " ".join(step.message.trailers.get(FIELDS, ())).split()
                if len(paths) > 1 or not words:
                    return None
                fields |= set(words)
        return fields

    def before(self, save: Save) -> Document | None:
        """The card before a save: empty before the first; None where that was no card or enough was read."""
        return self.document(save.parents[0]) if save.parents else {}

    def document(self, revision: str) -> Document | None:
        """The card at a revision; None where that is no card or enough was read."""
        # The card before a save is the card after the save that follows in the list.
        if revision == self._read[0]:
            return self._read[1]
        if not self._left:
            self.unsure = True
            return None
        self._left -= 1
        try:
            held = self._view.read(revision).document
        except InvalidCard:
            held = None
        self._read = (revision, held)
        return held
