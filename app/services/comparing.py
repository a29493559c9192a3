"""Comparing two revisions of a card, and who made what lies between them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from app.content import Path
from app.content.card_type import Edition
from app.content.changes import Change, changes
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.reading import read_card
from app.services.touching import Toucher
from app.services.viewing import view
from app.storage.records import Save, Stored

MOST_BETWEEN = 2_000
"""So many saves are looked at to say who made a difference."""


@dataclass(frozen=True)
class Comparison:
    """Two cards, mostly two revisions of one, and what differs.

    Attributes:
        old: the card at the one side.
        new: the card at the other.
        changes: what leads from `old` to `new`.
    """

    old: Stored
    new: Stored
    changes: list[Change]

    @property
    def edition(self) -> Edition:
        """The edition whose names say what changed."""
        return self.new.edition


@dataclass(frozen=True)
class Between:
    """The saves that lie between two revisions.

    Attributes:
        old: the save of the older revision; None where it is not found among those before the newer one.
        saves: those after it, up to the newer one and that one included; the newest first.
        touched: for each item (section and id) or section without items, the saves of these that touched it.
        unsure: whether there may be more: saves that nobody could judge, or more than are looked at.
    """

    old: Save | None
    saves: list[Save]
    touched: dict[Path, list[Save]]
    unsure: bool = False


def differing(old: Stored, new: Stored) -> Comparison:
    """What differs between two cards that were read."""
    return Comparison(old, new, changes(old.document, new.document))


def compare(desk: Desk, actor: Actor, kaart_id: str, old: str, new: str) -> Comparison:
    """What differs between two revisions; raises as `reading.read_card`."""
    before = read_card(desk, actor, kaart_id, old)
    return differing(before, read_card(desk, actor, kaart_id, new))


def revision_at(desk: Desk, actor: Actor, kaart: Stored, moment: datetime) -> Save | None:
    """The last save of a card before a moment, or None where the card was not there yet.

    Raises:
        NotAllowed: this person may not read the card.
        StoreError: the store fails.
    """
    seen = view(desk, actor, kaart.id)
    return seen.look_back(lambda saves: next((one for one in saves if one.when < moment), None))


def first_save(desk: Desk, actor: Actor, kaart: Stored) -> Save:
    """The save that made a card; raises as `revision_at`."""
    return view(desk, actor, kaart.id).look_back(lambda saves: list(saves)[-1])


def between(desk: Desk, actor: Actor, comparison: Comparison) -> Between:
    """Who made a difference, whichever of the two revisions is the older; only the commits between are read.

    Raises:
        NotFound: this person may not know of the card.
        StoreError: the store fails.
    """
    seen = view(desk, actor, comparison.new.id)
    older, newer = sorted((comparison.old, comparison.new), key=lambda kaart: kaart.changed)

    def work(saves: Iterator[Save]) -> Between:
        toucher = Toucher(seen)
        found: list[Save] = []
        touched: dict[Path, list[Save]] = {}
        for save in islice(saves, MOST_BETWEEN):
            if save.revision == older.revision:
                return Between(save, found, touched, toucher.unsure)
            if save.steps:
                found.append(save)
            for path in toucher.paths(save) or ():
                touched.setdefault(path, []).append(save)
        return Between(None, found, touched, unsure=True)

    return seen.look_back(work, newer.revision)
