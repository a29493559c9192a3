"""What was shielded from somebody back in time: from before it was to after it went, and the saves that touched it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from app.content import Path
from app.content.card_type import CardType
from app.content.items import index, pointing
from app.content.messages import ADDED, FIELDS, REMOVED, SAVE, SECTION, TO_CONFIRM, Message, touched
from app.storage.records import Save, Step, Stored

MOST_READ = 300
"""So many revisions are read for a page, to learn what was shielded when; what is not learned stays hidden."""
_ELSEWHERE = "Gewijzigd buiten het programma om"
Touched = Sequence[set[Path] | None]
"""What each commit of a save says that it touched."""


class PastShields:
    """The past of one card for one person."""

    def __init__(
        self,
        types: CardType,
        now: dict[str, bool],
        hidden_in: Callable[[Stored, frozenset[str]], Collection[str]],
        read: Callable[[str], Stored | None],
        look_back: Callable[[Callable[[Iterator[Save]], "_Walk"]], "_Walk"],
        most: int = MOST_READ,
    ) -> None:
        """Learn nothing yet.

        Args:
            types: the type of the card.
            now: each item of the newest revision, and whether it is shielded.
            hidden_in: the items of a revision that its own fields shield, and what cannot stand without these others.
            read: a revision with all that it holds; None where it is no card.
            look_back: gives all saves, newest first.
            most: so many revisions are read at most; what is not learned stays hidden.
        """
        self._types, self._now, self._hidden_in, self._read = types, now, hidden_in, read
        self._look_back, self._most = look_back, most

    def is_hidden(self, item: str) -> bool:
        """Whether an item is shielded now, or was when it went; so is one of which that cannot be learned."""
        if item in self._now:
            return self._now[item]
        walk = self._walked
        return item in walk.for_ever or (item not in walk.met and walk.lost)

    def told(self, saves: Iterator[Save]) -> Iterator[Save]:
        """Saves, from the newest on, each without what it did to what was shielded then, or is for ever.

        Of one that touched something shielded the reason is left out too: it was given for all that was saved at
        once. One that did nothing else has no steps.
        """
        walk = self._begin()
        return (walk.told(save) for save in saves)

    def _begin(self) -> "_Walk":
        return _Walk(self._types, self._now, self._hidden_in, self._read, self._most)

    @cached_property
    def _walked(self) -> "_Walk":
        """A walk to the first save: from then on it knows of everything that went."""

        def work(saves: Iterator[Save]) -> _Walk:
            walk = self._begin()
            for save in saves:
                walk.told(save)
            return walk

        return self._look_back(work)


class _Walk:
    """One way back, save by save.

    Attributes:
        for_ever: what is shielded now, or was when it went: hidden on every revision.
        met: the items of which it is known how they went.
        lost: whether there are revisions that could not be read, or are too many: what was there is not known.
    """

    def __init__(
        self,
        types: CardType,
        now: dict[str, bool],
        hidden_in: Callable[[Stored, frozenset[str]], Collection[str]],
        read: Callable[[str], Stored | None],
        most: int,
    ) -> None:
        self._shape, self._field = types.current.shape, types.roles.shield.field
        self._pointing, self._member = pointing(self._shape), types.display.member
        self._hidden_in, self._read, self._left = hidden_in, read, most
        self._then = self.for_ever = frozenset(item for item, hidden in now.items() if hidden)
        self.met = set(now)
        self.lost = False

    def told(self, save: Save) -> Save:
        """The save before the one that was told last, as this person may see it."""
        after, paths = self._then, [touched(step.message, self._shape) for step in save.steps]
        self._step_back(save, paths)
        unseen = self._touchable(save, paths, after | self._then | self.for_ever)
        steps = [self._step(step, found, unseen) for step, found in zip(save.steps, paths, strict=True)]
        left = [step for step in steps if step]
        if left == list(save.steps) and not self.lost:
            return save
        return replace(save, steps=tuple(replace(one, message=_bare(one.message)) for one in left))

    def _step_back(self, save: Save, paths: Touched) -> None:
        """Learn what was shielded before a save, where it may have differed from after it."""
        named = {path[1] for found in paths for path in found or () if len(path) > 1}
        if not save.parents:
            self._then = frozenset()
        elif None in paths or self._may_have_differed(save, paths) or named - self.met:
            before = self._revision(save.parents[0])
            if before is None:
                self.lost = True
                return
            were = set(index(before.document, before.edition.shape))
            self._then = frozenset(self._hidden_in(before, self.for_ever & were))
            went = were - self.met if None in paths else (were & named) - self.met
            self.for_ever |= self._then & went
            self.met |= went | named

    def _may_have_differed(self, save: Save, paths: Touched) -> bool:
        """Whether a save changed what is shielded: from whom, what hangs on that, who this person is on the card."""
        fields = set(" ".join(line for step in save.steps for line in step.message.trailers.get(FIELDS, ())).split())
        if self._field in fields or any(REMOVED in step.message.subject for step in save.steps):
            return True
        if self._then and any(ADDED in step.message.subject for step in save.steps):
            return True
        if self._member and any(path[0] == self._member.section for found in paths for path in found or ()):
            return True
        return bool(fields & self._pointing and (self._then or self.for_ever))

    def _touchable(self, save: Save, paths: Touched, hidden: frozenset[str]) -> frozenset[str]:
        """What of this a save may have touched: of one that does not say what it touched, what was there."""
        if not hidden or None not in paths:
            return hidden
        sides = [self._revision(one) for one in (save.revision, *save.parents[:1])]
        held = [set(index(one.document, one.edition.shape)) if one else hidden for one in sides]
        return hidden.intersection(frozenset().union(*held))

    def _revision(self, revision: str) -> Stored | None:
        self._left -= 1
        return self._read(revision) if self._left >= 0 else None

    def _step(self, step: Step, paths: set[Path] | None, unseen: frozenset[str]) -> Step | None:
        """One commit as it may be told, or None."""
        if paths is None:
            if not unseen and not self.lost:
                return step
            subject = step.message.subject if step.message.first(SAVE) else _ELSEWHERE
            return replace(step, message=replace(step.message, subject=subject, reason=""))
        ids = {path[1] for path in paths if len(path) > 1}
        hidden = {one for one in ids if one in unseen or (self.lost and one not in self.met)}
        if not hidden:
            return step
        if hidden == ids and all(len(path) > 1 for path in paths):
            return None
        return replace(step, message=self._without(step.message, hidden))

    def _without(self, message: Message, hidden: set[str]) -> Message:
        """A message that names other items alone; what it counted and which fields it named, it says no more."""
        trailers = {
            name: [" ".join(word for word in value.split() if word not in hidden) for value in values]
            for name, values in message.trailers.items()
            if name != FIELDS
        }
        kept = {name: [value for value in values if value] for name, values in trailers.items()}
        keys = [value.split()[0] for value in kept.get(SECTION, ())]
        titles = [self._shape[key].title.rstrip("?") for key in keys]
        return Message(f"{', '.join(titles) or 'Kaart'} gewijzigd", "", kept)


def _bare(message: Message) -> Message:
    """A message without what may tell more of something shielded: the reason, and what a second person is asked."""
    return replace(message, reason="", trailers={k: v for k, v in message.trailers.items() if k != TO_CONFIRM})
