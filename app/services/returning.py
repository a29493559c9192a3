"""A history that came in, held against the card that is here: what both know, what is new, where they differ."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from app.content import Document, Path
from app.content.coming_back import whole_again
from app.content.letters import Letter
from app.content.merge import Merged, merge, resolved
from app.content.problems import InvalidCard
from app.content.validate import validate
from app.services.desk import Desk
from app.storage.records import Passed, Stored
from app.storage.travels import Came

NEW, NOTHING, FORWARD, APART = "new", "nothing", "forward", "apart"
"""What a package is to the cards here: one that is not here, nothing new, what goes on from here, or both went on."""


class Unrelated(Exception):
    """The package and the card here have nothing in common but a number."""


@dataclass(frozen=True)
class Meeting:
    """The two histories of one card.

    Attributes:
        kind: one of this module's kinds.
        own: the card as it is here; None where it is not here.
        base: the newest revision here that both know; empty where the card is not here.
        passed: where revisions have other names there: what came after the base, to be put on it one by one.
        theirs: the newest of the package, with what stayed behind here put back.
        merged: both together; None where nothing has to be brought together.
    """

    kind: str
    own: Stored | None
    base: str
    passed: list[Passed] = field(default_factory=list)
    theirs: Document = field(default_factory=dict)
    merged: Merged | None = None

    def document(self, chosen: Collection[Path]) -> Document:
        """The card with both sides; of the conflicts, those here where they were chosen, else those of the package."""
        if self.merged is None or self.own is None:
            return self.theirs
        return resolved(self.merged, self.own.document, chosen)


def names(desk: Desk, letter: Letter, came: Came) -> Callable[[str], str]:
    """Gives for a revision of a package what it is called here; empty for one that is not known here."""
    met = _Met(desk, letter, came, came.kaarten.read(came.kaart_id))
    return lambda revision: met.here(revision) or ""


def meet(desk: Desk, letter: Letter, came: Came) -> Meeting:
    """Hold a history that came in against the card here.

    Args:
        desk: what to work with.
        letter: the letter with it, which can say how revisions that are known here are called there.
        came: the history.

    Raises:
        Unrelated: they have no revision in common.
        StoreError: the store fails.
    """
    kaart_id = came.kaart_id
    tip = came.kaarten.read(kaart_id)
    if not desk.kaarten.exists(kaart_id):
        return Meeting(NEW, None, "", theirs=tip.document)
    return _Met(desk, letter, came, tip).meeting()


class _Met:
    """One meeting, while it is worked out."""

    def __init__(self, desk: Desk, letter: Letter, came: Came, tip: Stored) -> None:
        self._desk, self._came, self._tip, self._id = desk, came, tip, came.kaart_id
        self._own = desk.kaarten.read(self._id)
        self._incoming = came.kaarten.commits(self._id)
        self._known = desk.kaarten.commits(self._id).keys()
        self._pairs = {pair["hier"]: pair["uw"] for pair in letter.get("bekend", ())}

    @cached_property
    def _sent(self) -> Mapping[str, str]:
        return {sent: own for one in self._desk.travels.sent(self._id).values() for sent, own in one.stands_for.items()}

    def here(self, revision: str) -> str | None:
        """What a revision of the package is called here; None for one that is not known here."""
        named = self._pairs.get(revision, revision)
        candidates = (revision, self._sent.get(revision), named, self._sent.get(named))
        return next((one for one in candidates if one in self._known), None)

    def meeting(self) -> Meeting:
        there = next((one for one in self._incoming if self.here(one)), None)
        if there is None:
            raise Unrelated
        base = self.here(there) or ""
        if there == self._tip.revision:
            return Meeting(NOTHING, self._own, base)
        passed, theirs = ([], self._tip.document) if there == base else self._put_on(there, base)
        if self._own.revision == base:
            return Meeting(FORWARD, self._own, base, passed, theirs)
        start = self._desk.kaarten.read(self._id, base)
        return Meeting(APART, self._own, base, passed, theirs, merge(start.document, self._own.document, theirs))

    def _put_on(self, there: str, base: str) -> tuple[list[Passed], Document]:
        """The commits after one that has another name here, with what stayed behind put back in each.

        A commit that would be no card so goes into the one after it.
        """
        shape = self._own.edition.shape
        sent = self._came.kaarten.read(self._id, there).document
        own = self._desk.kaarten.read(self._id, base).document
        passed: list[Passed] = []
        for revision in self._after(there):
            after = self._came.kaarten.read(self._id, revision)
            whole = whole_again(own, sent, after.document, shape)
            try:
                validate(whole, after.edition)
            except InvalidCard:
                if revision == self._tip.revision:
                    raise
                continue
            passed.append(self._came.kaarten.passed(self._id, revision, whole))
            own, sent = whole, after.document
        return passed, own

    def _after(self, there: str) -> list[str]:
        """The commits from one on to the newest, the oldest first, each the first parent of the next.

        Where that one is beside the way, the newest alone.
        """
        found, revision = [], self._tip.revision
        while revision != there:
            found.append(revision)
            parents = self._incoming.get(revision, ())
            if not parents:
                return [self._tip.revision]
            revision = parents[0]
        return found[::-1]
