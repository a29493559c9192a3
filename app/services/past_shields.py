"""What was shielded from somebody back in time: items that are gone, and the saves that touched them."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import cached_property

from app.content.card_type import CardType
from app.content.items import index
from app.content.messages import FIELDS, SAVE, SECTION, Message, touched
from app.storage.records import Save, Step, Stored

MOST_READ = 100
"""So many revisions are read to learn how items were when they went; what is not learned stays hidden."""
_ELSEWHERE = "Gewijzigd buiten het programma om"
Learned = tuple[dict[str, bool], bool]
"""Each item that is gone, and whether it was shielded when it went; and whether all of them were learned."""
_Walk = Callable[[Iterator[Save]], Learned]


class PastShields:
    """The past of one card for one person."""

    def __init__(
        self,
        types: CardType,
        now: dict[str, bool],
        hidden_in: Callable[[Stored], Collection[str]],
        read: Callable[[str], Stored | None],
        look_back: Callable[[_Walk], Learned],
    ) -> None:
        """Learn nothing yet.

        Args:
            types: the type of the card.
            now: each item of the newest revision, and whether it is shielded.
            hidden_in: the items of a revision that its own fields shield.
            read: a revision with all that it holds; None where it is no card.
            look_back: gives all saves, newest first.
        """
        self._shape = types.current.shape
        self._now, self._hidden_in, self._read, self._look_back = now, hidden_in, read, look_back

    def is_hidden(self, item: str) -> bool:
        """Whether an item is shielded now, or was when it went; so is one of which that cannot be learned."""
        if item in self._now:
            return self._now[item]
        known, all_learned = self._gone
        return known.get(item, not all_learned)

    def told(self, save: Save) -> Save:
        """A save without what it did to what is shielded; nothing but its author and its moment where that is all."""
        steps = [self._step(step) for step in save.steps]
        left = [step for step in steps if step]
        if left == list(save.steps):
            return save
        # One reason was given for all that was saved at once: it may speak of what is not shown.
        return replace(save, steps=tuple(replace(one, message=replace(one.message, reason="")) for one in left))

    def _step(self, step: Step) -> Step | None:
        """One commit as it may be told, or None."""
        paths = touched(step.message, self._shape)
        if paths is None:
            known, all_learned = self._gone
            if all_learned and not (any(self._now.values()) or any(known.values())):
                return step
            subject = step.message.subject if step.message.first(SAVE) else _ELSEWHERE
            return replace(step, message=replace(step.message, subject=subject, reason=""))
        ids = {path[1] for path in paths if len(path) > 1}
        unseen = {one for one in ids if self.is_hidden(one)}
        if not unseen:
            return step
        if unseen == ids and all(len(path) > 1 for path in paths):
            return None
        return replace(step, message=self._without(step.message, unseen))

    def _without(self, message: Message, unseen: set[str]) -> Message:
        """A message that names other items alone; what it counted and which fields it named, it says no more."""
        trailers = {
            name: [" ".join(word for word in value.split() if word not in unseen) for value in values]
            for name, values in message.trailers.items()
            if name != FIELDS
        }
        kept = {name: [value for value in values if value] for name, values in trailers.items()}
        keys = [value.split()[0] for value in kept.get(SECTION, ())]
        titles = [self._shape[key].title.rstrip("?") for key in keys]
        return Message(f"{', '.join(titles) or 'Kaart'} gewijzigd", "", kept)

    @cached_property
    def _gone(self) -> Learned:
        return self._look_back(self._learned)

    def _learned(self, saves: Iterator[Save]) -> Learned:
        known: dict[str, bool] = {}
        left, all_learned = MOST_READ, True
        for save in saves:
            told = [touched(step.message, self._shape) for step in save.steps]
            named = {path[1] for paths in told for path in paths or () if len(path) > 1}
            sure = None not in told
            if not save.parents or (sure and not named - known.keys() - self._now.keys()):
                continue
            if not left:
                return known, False
            left -= 1
            before = self._read(save.parents[0])
            if before is None:
                all_learned = False
                continue
            were = index(before.document, before.edition.shape).keys()
            shielded = self._hidden_in(before)
            # What was there before and is not known yet went in this save, or was changed by it and is there now.
            lost = (named if sure else were) & were
            known |= {one: one in shielded for one in lost - known.keys() - self._now.keys()}
        return known, all_learned
