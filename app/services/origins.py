"""Who set what an item holds: its fields one by one, and the saves that touched it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

from app.content import Path
from app.content.items import find
from app.content.origins import UNKNOWN, Version, origins
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import NotFound
from app.services.touching import Toucher
from app.services.viewing import View, view
from app.storage.records import Save, Stored

MOST_SAVES = 500
NEVER = "Dit staat niet op deze kaart, en stond er ook niet op."


@dataclass(frozen=True)
class Origin:
    """An item, or a section without items, with where it comes from.

    Attributes:
        now: what it holds; None where it is gone.
        last: what it held when it was there last, with the revision that says so.
        fields: for each field, by path within the item, the save that set its value; None where that is too long ago
            to be looked for.
        saves: those that touched it, the newest first.
        more: whether there are older ones that were not looked at.
    """

    now: Any
    last: Any
    revision: str
    fields: dict[Path, Save | None]
    saves: list[Save]
    more: bool


@dataclass(frozen=True)
class Past:
    """The saves that touched an item.

    Attributes:
        saves: the newest first, at most `MOST_SAVES`.
        more: whether there are older ones that were not looked at.
        toucher: reads the card as it was after them.
    """

    saves: list[Save]
    more: bool
    toucher: Toucher

    @property
    def open_end(self) -> bool:
        """Whether the oldest version that was looked at may have had one before it."""
        return self.more or self.toucher.unsure

    def versions(self, now: Any, place: Path) -> Iterator[Version]:
        """The item after each of the saves, the newest first; no older ones once enough was read."""
        yield Version(lambda: now)
        for newer, save in pairwise(self.saves):
            if self.toucher.unsure:
                return
            yield Version(lambda save=save: self._after(save, place), self.toucher.fields(newer, place))  # type: ignore[misc]

    def _after(self, save: Save, place: Path) -> Any:
        document = self.toucher.document(save.revision)
        return UNKNOWN if document is None else find(document, place)


def past(seen: View, kaart: Stored, place: Path) -> Past:
    """The saves that touched an item of a card, as far as the person of a view may see it.

    Raises:
        StoreError: the store fails.
    """

    def work(all_saves: Iterator[Save]) -> tuple[list[Save], bool]:
        toucher = Toucher(seen)
        found = (save for save in all_saves if place in (toucher.paths(save) or ()))
        saves = list(islice(found, MOST_SAVES + 1))
        return saves[:MOST_SAVES], len(saves) > MOST_SAVES or toucher.unsure

    saves, more = seen.look_back(work, kaart.revision)
    return Past(saves, more, Toucher(seen))


def origin(desk: Desk, actor: Actor, kaart: Stored, place: Path) -> Origin:
    """Who set what an item of a card holds.

    The commits tell which saves touched it; of these only as many are read as it takes to explain every field.

    Args:
        desk: what to work with.
        actor: who asks.
        kaart: the card as it is now, or the last that could be read of it.
        place: the section, and the id of the item.

    Raises:
        NotFound: the card never had it.
        NotAllowed: this person may not read it.
        StoreError: the store fails.
    """
    seen = view(desk, actor, kaart.id)
    now, been = find(kaart.document, place), past(seen, kaart, place)
    if now is None and not been.saves:
        raise NotFound(NEVER)
    last, revision = now, kaart.revision
    if now is None and been.saves[0].parents:
        last, revision = find(been.toucher.before(been.saves[0]) or {}, place), been.saves[0].parents[0]
    return Origin(now, last, revision, _fields(now, place, been), been.saves, been.more)


def _fields(now: Any, place: Path, been: Past) -> dict[Path, Save | None]:
    """The save that set each field; the newest is what the card holds, the others are read as far as needed."""
    if now is None or not been.saves:
        return {}
    found = origins(been.versions(now, place))
    last = max(found.values(), default=0)
    return {path: None if been.open_end and number == last else been.saves[number] for path, number in found.items()}
