"""Who set what an item holds: its fields one by one, and the saves that touched it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

from app.content import Path
from app.content.items import find
from app.content.messages import FIELDS, touched
from app.content.origins import UNKNOWN, Version, origins
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import NotFound
from app.services.touching import Toucher
from app.services.viewing import view
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
class _Past:
    saves: list[Save]
    more: bool


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
    now = find(kaart.document, place)

    def work(all_saves: Iterator[Save]) -> _Past:
        toucher = Toucher(seen)
        found = (save for save in all_saves if place in (toucher.paths(save) or ()))
        saves = list(islice(found, MOST_SAVES + 1))
        return _Past(saves[:MOST_SAVES], len(saves) > MOST_SAVES or toucher.unsure)

    past = seen.look_back(work, kaart.revision)
    if now is None and not past.saves:
        raise NotFound(NEVER)
    toucher = Toucher(seen)
    last, revision = now, kaart.revision
    if now is None and past.saves[0].parents:
        last, revision = find(toucher.before(past.saves[0]) or {}, place), past.saves[0].parents[0]
    fields = _fields(desk, now, place, past, toucher)
    return Origin(now, last, revision, fields, past.saves, past.more)


def _fields(desk: Desk, now: Any, place: Path, past: _Past, toucher: Toucher) -> dict[Path, Save | None]:
    """The save that set each field; the newest is what the card holds, the others are read as far as needed."""
    if now is None or not past.saves:
        return {}

    def after(save: Save) -> Any:
        document = toucher.document(save.revision)
        return UNKNOWN if document is None else find(document, place)

    def versions() -> Iterator[Version]:
        yield Version(lambda: now)
        for newer, save in pairwise(past.saves):
            if toucher.unsure:
                return
            yield Version(lambda save=save: after(save), _said(desk, newer, place))  # type: ignore[misc]

    found = origins(versions())
    last = max(found.values(), default=0)
    open_end = past.more or toucher.unsure
    return {path: None if open_end and number == last else past.saves[number] for path, number in found.items()}


def _said(desk: Desk, save: Save, place: Path) -> set[str] | None:
    """The fields that a save says it changed of this item alone; None where it does not say so clearly."""
    fields: set[str] = set()
    for step in save.steps:
        paths = touched(step.message, desk.types.current.shape)
        if paths is None:
            return None
        if place in paths:
            words = " ".join(step.message.trailers.get(FIELDS, ())).split()
            if len(paths) > 1 or not words:
                return None
            fields |= set(words)
    return fields
