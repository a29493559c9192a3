"""What a second person is asked for by the workflow: refused until confirmed, or done and to be confirmed after."""

from collections.abc import Iterator

from app.content import Document
from app.content.items import index
from app.content.messages import touched
from app.content.problems import InvalidCard
from app.content.second import opened, renamed, shielded
from app.content.shape import Shape
from app.content.workflow import BEFORE, LIFT, SHIELD
from app.services.desk import Desk
from app.services.errors import NotAllowed
from app.services.owed import ToConfirm
from app.services.past_shields import MOST_READ
from app.storage.records import Save, Stored


class SecondNeeded(NotAllowed):
    """This is done only when a second person confirms it. Nothing was saved.

    Attributes:
        act: what it is: a name in workflow.json.
    """

    def __init__(self, act: str, title: str) -> None:
        self.act = act
        super().__init__(f"‘{title}’ doet u met een tweede persoon. Er is nog niets bewaard: vraag het een collega.")


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
    if confirmed:
        return []
    lift = desk.types.workflow.act(LIFT)
    if lift and lift.second == BEFORE and opens(desk, before, after):
        raise SecondNeeded(lift.name, lift.title)
    return shields(desk, before.document, after, before.edition.shape)


def shields(desk: Desk, before: Document, after: Document, shape: Shape) -> list[ToConfirm]:
    """What of a change shields something, to be confirmed afterwards; a new card shields all that it says it does.

    Raises:
        SecondNeeded: the workflow wants it confirmed before.
    """
    cover = desk.types.workflow.act(SHIELD)
    sections = shielded(before, after, shape, desk.types.roles.shield) if cover else {}
    if cover and sections and cover.second == BEFORE:
        raise SecondNeeded(cover.name, cover.title)
    return [ToConfirm(cover.name, section, item) for item, section in sections.items() if cover]


def opens(desk: Desk, before: Stored, after: Document) -> bool:
    """Whether somebody can see after a change what he or she was not to see before it.

    Also what comes back that was shielded when it went: to take it off and put it back is no way to open it; where too
    many revisions would have to be read to know that, it may be so. And what was said while it was shielded from
    somebody who is called otherwise from now on.

    Raises:
        StoreError: the history cannot be read.
    """
    types, shape = desk.types, before.edition.shape
    shield, display = types.roles.shield, types.display
    if opened(before.document, after, shape, shield, display):
        return True
    if others := renamed(before.document, after, display):
        said = desk.kaarten.overleg(before.id).said
        if any(not others.isdisjoint(about.barred) for one in said for about in one.about):
            return True
    new = index(after, shape).keys() - index(before.document, shape).keys()
    if not new:
        return False
    found, sure = _last_seen(desk, before, frozenset(new))
    return not sure or any(item in opened(went.document, after, shape, shield, display) for item, went in found.items())


def _last_seen(desk: Desk, kaart: Stored, items: frozenset[str]) -> tuple[dict[str, Stored], bool]:
    """The card as it was when each of these items went from it; and whether the others surely never were there."""

    def work(saves: Iterator[Save]) -> tuple[dict[str, Stored], bool]:
        found, reads = dict[str, Stored](), 0
        for save in saves:
            paths = [touched(step.message, kaart.edition.shape) for step in save.steps]
            named = {path[1] for one in paths for path in one or () if len(path) > 1}
            left = items - found.keys()
            if not left:
                break
            if save.parents and (left & named or None in paths):
                if reads == MOST_READ:
                    return found, False
                reads += 1
                before = _readable(desk, kaart.id, save.parents[0])
                there = index(before.document, before.edition.shape) if before else {}
                found |= {item: before for item in left if before and item in there}
        return found, True

    return desk.kaarten.look_back(kaart.id, work)


def _readable(desk: Desk, kaart_id: str, revision: str) -> Stored | None:
    try:
        return desk.kaarten.read(kaart_id, revision)
    except InvalidCard:
        return None
