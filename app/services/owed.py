"""What a save did at once and a second person confirms afterwards: its commit names it, then it is said."""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.content.messages import TO_CONFIRM
from app.content.overleg import ASKED, LONGEST_TEXT, About, NotSaid, Said, in_order
from app.content.reviewed import barred_from, parts
from app.services.actors import Actor, signed_by, speaker_in
from app.services.desk import Desk
from app.storage.kaarten import KaartWriter
from app.storage.records import Author, NewPart, Stored
from app.storage.talks import Talk

_log = logging.getLogger("kaarten.owed")
_ID_LENGTH = 10
_WHOLE = "-"
_NAMED = re.compile(
    r"(?P<id>e-[0-9a-z]{1,40}) (?P<step>[a-z][a-z_-]{0,39}) "
    r"(?:-|(?P<section>[A-Za-z][A-Za-z0-9_]{0,60})/(?P<item>\S{1,60})) (?P<by>.{1,300})"
)


@dataclass(frozen=True)
class ToConfirm:
    """Something that is done at once and confirmed afterwards: an act on one item, or a step of the whole card.

    Attributes:
        step: what it is called in workflow.json.
        section: the section of the item; empty for a step.
        item: its id; empty for a step.
    """

    step: str
    section: str = ""
    item: str = ""

    @property
    def place(self) -> str:
        """The item, in one word."""
        return f"{self.section}/{self.item}" if self.item else _WHOLE


def new_id(desk: Desk) -> str:
    """The number of something that is said."""
    return f"e-{desk.draw(_ID_LENGTH)}"


def asking(desk: Desk, actor: Actor, part: NewPart, due: Iterable[ToConfirm]) -> NewPart:
    """The last commit of a save, that names what this person did for a second one to confirm; `settle` reads it."""
    named = (f"{new_id(desk)} {one.step} {one.place} {signed_by(actor)}" for one in due)
    return replace(part, trailers=[*part.trailers, *((TO_CONFIRM, words) for words in named)])


def settle(desk: Desk, writer: KaartWriter, kaart: Stored) -> None:
    """Ask a second person for what the newest save did, where that is not asked yet: also when a program died before.

    One thing is said for each item, heard by who may see that item. Whoever saves next settles first, so that it is
    owed of the newest save alone.

    Args:
        desk: what to work with.
        writer: holds the card.
        kaart: the card as it is now.

    Raises:
        StoreError: it is not asked yet; the next look at the card tries again.
    """
    if TO_CONFIRM not in kaart.message.trailers:
        return
    talk = writer.overleg()
    if owed := _owed(desk, kaart, talk):
        by = owed[0].by
        account = desk.accounts.known().accounts.get(by.account)
        author = Author(by.name, account.email if account else kaart.author.email, by.organisation)
        try:
            writer.say(talk.revision, author, in_order(talk.said, owed))
        except NotSaid as error:  # no program of ours named it
            _log.warning("cannot be asked: %s: %s", kaart.id, error)


def is_owed(desk: Desk, kaart: Stored) -> bool:
    """Whether the newest save of a card asks what is not asked yet; raises `StoreError`."""
    return bool(kaart.message.trailers.get(TO_CONFIRM) and _owed(desk, kaart, desk.kaarten.overleg(kaart.id)))


def _owed(desk: Desk, kaart: Stored, talk: Talk) -> list[Said]:
    known = {one.id for one in talk.said}
    found = (_said(desk, kaart, words) for words in kaart.message.trailers.get(TO_CONFIRM, ()))
    return [one for one in found if one and one.id not in known]


def _said(desk: Desk, kaart: Stored, words: str) -> Said | None:
    """What is asked; None for words that no program of ours wrote."""
    found, workflow = _NAMED.fullmatch(words), desk.types.workflow
    named = found and (workflow.transitions.get(found["step"]) or workflow.acts.get(found["step"]))
    if not found or not named:
        return None
    about = (about_of(desk, kaart, found["section"], found["item"]),) if found["item"] else ()
    return Said(
        found["id"],
        ASKED,
        desk.clock(),
        speaker_in(found["by"]),
        revision=kaart.revision,
        about=about,
        text=kaart.message.reason[:LONGEST_TEXT] or named.title,
        step=named.name,
        done=True,
    )


def about_of(desk: Desk, kaart: Stored, section: str, item: str) -> About:
    """An item of a card, of any section, as something is said about it."""
    types, shape = desk.types, kaart.edition.shape
    part = parts(kaart.document, shape, types.roles.shield, types.review).get(item)
    barred = tuple(sorted(barred_from(kaart.document, shape, types.roles.shield).get(item, ())))
    return About(section, item, part.digest if part else "", part.shown if part else "", barred)
