"""What a second person is asked for by the workflow: refused until confirmed, or done and to be confirmed after."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.content import Document
from app.content.items import index
from app.content.messages import touched
from app.content.overleg import ASKED, About, Said
from app.content.problems import InvalidCard
from app.content.reviewed import barred_from, parts
from app.content.second import opened, shielded
from app.content.workflow import BEFORE, LIFT, SHIELD, Act
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import NotAllowed
from app.services.overleg import new_said
from app.storage.records import Save, Stored


class SecondNeeded(NotAllowed):
    """This is done only when a second person confirms it. Nothing was saved.

    Attributes:
        act: what it is: a name in workflow.json.
    """

    def __init__(self, act: str, title: str) -> None:
        self.act = act
        super().__init__(f"‘{title}’ doet u met een tweede persoon. Er is nog niets bewaard: vraag het een collega.")


@dataclass(frozen=True)
class ToConfirm:
    """Something that is done at once and confirmed afterwards, on one item."""

    act: Act
    section: str
    item: str


def judged(desk: Desk, before: Stored, after: Document, *, confirmed: bool) -> list[ToConfirm]:
    """What of a change is to be confirmed afterwards.

    Args:
        desk: what to work with.
        before: the whole card as it is.
        after: the whole card as it would be.
        confirmed: whether a second person confirmed this very change.

    Raises:
        SecondNeeded: it is to be confirmed before, and was not.
    """
    types, shape = desk.types, before.edition.shape
    shield = types.roles.shield
    sections: Mapping[str, str] = shielded(before.document, after, shape, shield)
    found = []
    lift, cover = types.workflow.act(LIFT), types.workflow.act(SHIELD)
    if lift and lift.second == BEFORE and not confirmed and opens(desk, before, after):
        raise SecondNeeded(lift.name, lift.title)
    if cover and sections:
        if cover.second == BEFORE and not confirmed:
            raise SecondNeeded(cover.name, cover.title)
        found = [ToConfirm(cover, section, item) for item, section in sections.items() if not confirmed]
    return found


def opens(desk: Desk, before: Stored, after: Document) -> bool:
    """Whether somebody can see after a change what he or she was not to see before it.

    Also what comes back that was shielded when it went: to take it off and put it back is no way to open it.

    Raises:
        StoreError: the history cannot be read.
    """
    types, shape = desk.types, before.edition.shape
    shield, display = types.roles.shield, types.display
    if opened(before.document, after, shape, shield, display):
        return True
    new = index(after, shape).keys() - index(before.document, shape).keys()
    return any(
        item in opened(went.document, after, shape, shield, display)
        for item, went in _last_seen(desk, before, frozenset(new)).items()
    )


def _last_seen(desk: Desk, kaart: Stored, items: frozenset[str]) -> dict[str, Stored]:
    """The card as it was when each of these items went from it; those that never were there are left out."""

    def work(saves: Iterator[Save]) -> dict[str, Stored]:
        found: dict[str, Stored] = {}
        for save in saves:
            paths = [touched(step.message, kaart.edition.shape) for step in save.steps]
            named = {path[1] for one in paths for path in one or () if len(path) > 1}
            left = items - found.keys()
            if save.parents and left and (left & named or None in paths):
                before = _readable(desk, kaart.id, save.parents[0])
                there = index(before.document, before.edition.shape) if before else {}
                found |= {item: before for item in left if before and item in there}
        return found

    return desk.kaarten.look_back(kaart.id, work) if items else {}


def _readable(desk: Desk, kaart_id: str, revision: str) -> Stored | None:
    try:
        return desk.kaarten.read(kaart_id, revision)
    except InvalidCard:
        return None


def asked_after(desk: Desk, actor: Actor, kaart: Stored, due: Sequence[ToConfirm], reason: str) -> list[Said]:
    """What is said of it: one thing for each item, heard by who may see that item."""
    told = []
    for one in due:
        begun = replace(new_said(desk, actor, ASKED), step=one.act.name, done=True, revision=kaart.revision)
        told.append(replace(begun, about=(about_of(desk, kaart, one.section, one.item),), text=reason or one.act.title))
    return told


def about_of(desk: Desk, kaart: Stored, section: str, item: str) -> About:
    """An item of a card, of any section, as something is said about it."""
    types, shape = desk.types, kaart.edition.shape
    part = parts(kaart.document, shape, types.roles.shield, types.review).get(item)
    barred = tuple(sorted(barred_from(kaart.document, shape, types.roles.shield).get(item, ())))
    return About(section, item, part.digest if part else "", part.shown if part else "", barred)
