"""What a save makes to be said: its commits name it, and it is said after; at the latest by who holds the card next."""

import logging
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from app.content import Document
from app.content.grants import Grant
from app.content.messages import CONFIRMED_BY, PROPOSAL, PROPOSED_BY, REQUEST, TAKEN_BY, TO_CONFIRM
from app.content.overleg import (
    ASKED,
    CONFIRMATION,
    CONFIRMED,
    DECISION,
    LONGEST_TEXT,
    TAKEN,
    About,
    NotSaid,
    Said,
    Speaker,
    in_order,
)
from app.content.reviewed import barred_from, parts
from app.services import rights
from app.services.actors import Actor, signed_by, speaker_in
from app.services.desk import Desk
from app.storage.kaart_writer import KaartWriter
from app.storage.records import Author, NewPart, Stored
from app.storage.talks import Talk

_log = logging.getLogger("kaarten.owed")
_ID_LENGTH = 10
_WHOLE = "-"
_ANSWERS = ((PROPOSAL, TAKEN_BY, DECISION, TAKEN), (REQUEST, CONFIRMED_BY, CONFIRMATION, CONFIRMED))
_NAMES = {TO_CONFIRM, PROPOSAL, REQUEST}
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
    """Say what the newest save makes to be said and is not said yet: also when a program died before it could.

    That is: what a second person is asked to look at, one thing for each item, heard by who may see that item; that a
    proposal was taken over; that what was asked is confirmed. Whoever holds the card settles first, so that it is owed
    of the newest save alone.

    Args:
        desk: what to work with.
        writer: holds the card.
        kaart: the card as it is now.

    Raises:
        StoreError: it is not said yet; the next look at the card tries again.
    """
    if not _NAMES & kaart.message.trailers.keys():
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
    """Whether the newest save of a card makes to be said what is not said yet; raises `StoreError`."""
    named = _NAMES & kaart.message.trailers.keys()
    return bool(named and _owed(desk, kaart, desk.kaarten.overleg(kaart.id)))


def _owed(desk: Desk, kaart: Stored, talk: Talk) -> list[Said]:
    known = {one.id: one for one in talk.said}
    asked = (_asked(desk, kaart, words) for words in kaart.message.trailers.get(TO_CONFIRM, ()))
    found = [one for one in asked if one and one.id not in known]
    answered = {target for one in talk.said if one.kind in (DECISION, CONFIRMATION) for target in one.to}
    for name, by, kind, verdict in _ANSWERS:
        was = known.get(kaart.message.first(name))
        if was is not None and was.id not in answered:
            speaker = speaker_in(kaart.message.first(by))
            begun = Said(new_id(desk), kind, desk.clock(), speaker, revision=kaart.revision, about=was.about)
            adapted = PROPOSED_BY in kaart.message.trailers
            found.append(replace(begun, verdict=verdict, to=(was.id,), adapted=adapted))
    return found


def _asked(desk: Desk, kaart: Stored, words: str) -> Said | None:
    """What is asked; None for words that no program of ours wrote."""
    found, workflow = _NAMED.fullmatch(words), desk.types.workflow
    named = found and (workflow.transitions.get(found["step"]) or workflow.acts.get(found["step"]))
    if not found or not named:
        return None
    about = (about_of(desk, kaart, found["section"], found["item"]),) if found["item"] else ()
    text = kaart.message.reason[:LONGEST_TEXT] or named.title
    begun = new_request(desk, speaker_in(found["by"]), kaart, named.name)
    return replace(begun, id=found["id"], about=about, text=text, done=True)


def new_request(desk: Desk, by: Speaker, kaart: Stored, step: str) -> Said:
    """The beginning of a request for a second person, on the card as it is; knows who could confirm it now.

    Raises:
        StoreError: the roles on the card cannot be read.
    """
    others = (one for one in confirming_roles(desk, kaart.id) if one.subject != f"account:{by.account}")
    seconds = tuple(sorted(one.id for one in others))
    return Said(new_id(desk), ASKED, desk.clock(), by, revision=kaart.revision, step=step, seconds=seconds)


def confirming_roles(desk: Desk, kaart_id: str, subjects: Collection[str] | None = None) -> list[Grant]:
    """The roles on a card that can confirm now; those of these subjects alone where they are given."""
    able = {name for name, role in desk.types.roles.card.items() if rights.CONFIRM in role.may}
    now, grants = desk.clock(), desk.access(kaart_id).grants
    found = (one for one in grants if one.role in able and one.is_in_force(now))
    return [one for one in found if subjects is None or one.subject in subjects]


def about_of(desk: Desk, kaart: Stored, section: str, item: str, wanted: Document | None = None) -> About:
    """An item of a card, of any section, as something is said about it.

    Args:
        desk: what to work with.
        kaart: the whole card.
        section: where the item is.
        item: its id.
        wanted: the card as somebody wants it, where that is what is said: from whom it would be shielded counts too.
    """
    return abouts(desk, kaart, wanted)(section, item)


def abouts(desk: Desk, kaart: Stored, wanted: Document | None = None) -> Callable[[str, str], About]:
    """Gives what `about_of` does of one item of a card after another; the card is looked over once."""
    shape, shield = kaart.edition.shape, desk.types.roles.shield
    found = parts(kaart.document, shape, shield, desk.types.review)
    sides = [barred_from(one, shape, shield) for one in (kaart.document, wanted) if one is not None]

    def about(section: str, item: str) -> About:
        part, barred = found.get(item), sorted(set().union(*(side.get(item, ()) for side in sides)))
        return About(section, item, part.digest if part else "", part.shown if part else "", tuple(barred))

    return about
