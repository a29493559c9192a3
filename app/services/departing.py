"""What of a card goes to a receiver elsewhere: each revision without what is kept from that receiver, and no BSN."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from app.content import Document
from app.content.bsn import without_bsn, without_bsns
from app.content.forms import write_form
from app.content.grants import Grant
from app.content.members import rows_at
from app.content.messages import PART, SAVE, Message, write_message
from app.content.overleg import ASKED, About, Said
from app.content.problems import InvalidCard
from app.content.reviewed import Part, parts
from app.content.validate import validate
from app.services.actors import Actor
from app.services.cataloguing import Progress, untold
from app.services.desk import Desk
from app.services.hearing import heard_of
from app.services.viewing import View
from app.storage.errors import RevisionNotFound
from app.storage.records import Access, Stored
from app.storage.travels import Bundle, Going, Passing

SHIELDED, NUMBERS, NO_CARDS = "afgeschermd", "bsn", "geen_kaart"
"""Why something stays behind: it is shielded from the receiver, may be a BSN, or is a revision that is no card."""
_ALL = 1_000_000
_MARK = "installation"
_WORDS_LEFT_OUT = "[woorden weggelaten]"
"""For what somebody said of more items at once, where one of them stays behind."""


@dataclass(frozen=True)
class Receiver:
    """Who gets a card, as far as it says what stays behind.

    Attributes:
        id: the other installation.
        name: what it is called: who works there is known by that.
        rows: more professionals of the card who are the receiver; those who work there by its very name always are.
    """

    id: str
    name: str
    rows: Sequence[str] = ()


class _ViewOf(View):
    """A card as an organisation elsewhere may see it: as each of its people on the card may."""

    def _rows(self, document: Document) -> set[str]:
        return super()._rows(document) | rows_at(document, self.types.display, self._actor.organisation)


class Departing:
    """One card on its way to one receiver. It reads every revision: for the length of one package."""

    def __init__(self, desk: Desk, kaart_id: str, revision: str, receiver: Receiver) -> None:
        """For who may hand the card over; that was asked before.

        Args:
            desk: what to work with.
            kaart_id: which card.
            revision: the newest one that goes.
            receiver: to whom.
        """
        self._desk, self._kaart_id, self._revision = desk, kaart_id, revision
        who = Actor(receiver.name, "", receiver.name, f"{_MARK}/{receiver.id}")
        links = tuple(Grant(row, who.subjects[0], "", "", professional=row) for row in receiver.rows)
        self._view = _ViewOf(desk, who, kaart_id, Access(grants=links), _ALL)
        self._installation = desk.keys.id
        self._sent: dict[str, bytes] = {}
        self._before: dict[str, str] = {}
        self._own: dict[str, bytes] = {}
        self._known_by: dict[str, tuple[dict[str, Part], dict[str, Part]]] = {}
        self.withheld: set[str] = set()

    @cached_property
    def document(self) -> Document:
        """The card as it goes.

        Raises:
            InvalidCard: without what stays behind it is no card: it must name somebody who is kept from the receiver.
        """
        kaart = self._view.read(self._revision)
        document: Document = without_bsns(kaart.document)
        validate(document, kaart.edition)
        return document

    @property
    def kept_back(self) -> frozenset[str]:
        """The items of the newest revision that stay behind, for they are shielded from the receiver."""
        return self._view.hidden_in(self._desk.kaarten.read(self._kaart_id, self._revision))

    @cached_property
    def said(self) -> list[Said]:
        """What was said that goes: not what still waits for a second person here, for only here it can be confirmed."""
        whole = self._desk.kaarten.overleg(self._kaart_id).overleg
        heard = heard_of(self._view, whole)
        if len(heard.said) != len(whole.said):
            self.withheld.add(SHIELDED)
        waiting = {one.said.id for one in whole.requests() if one.open}
        spoken = {one.id for one in whole.said if one.text}
        return [
            self._said(replace(one, text=one.text or (_WORDS_LEFT_OUT if one.id in spoken else "")))
            for one in heard.said
            if not (one.kind == ASKED and one.id in waiting)
        ]

    def said_as(self, stands_for: Mapping[str, str]) -> list[Said]:
        """What was said that goes, with the revisions by the names under which they go.

        For one that stays behind stands the one before it. Asked after all commits went by.
        """
        return [replace(one, revision=self._named(one.revision, stands_for)) for one in self.said]

    def _named(self, revision: str, stands_for: Mapping[str, str]) -> str:
        while revision and revision not in stands_for:
            revision = self._before.get(revision, "")
        return stands_for.get(revision, "")

    def bundle(self, target: Path, progress: Progress = untold) -> Bundle:
        """Write the history that goes to a file.

        Raises:
            ValueError: nothing is left of it.
            StoreError: nothing was made.
        """
        commits = list(self._desk.kaarten.commits(self._kaart_id, self._revision))
        passed = iter(progress(commits, len(commits)))

        def going(passing: Passing) -> Going | None:
            next(passed, "")
            return self.going(passing)

        made = self._desk.travels.bundle(self._kaart_id, self._revision, target, going)
        list(passed)  # a bar that was begun is ended
        return made

    def going(self, passing: Passing) -> Going | None:
        """One commit as it goes; None for one that stays behind. Asked of the oldest first."""
        before = self._sent.get(passing.parents[0], b"") if passing.parents else b""
        self._sent[passing.revision] = before
        self._own[passing.revision] = sha256(passing.data).digest()
        self._before[passing.revision] = passing.parents[0] if passing.parents else ""
        if passing.kaart is None:
            self.withheld.add(NO_CARDS)
            return None
        data = self._data(passing.kaart, passing.data)
        if data is None:
            return None
        self._sent[passing.revision] = data
        if data == before and data != passing.data and self._own_differs(passing):
            # All that it did is in what stays behind: in an item that goes, say, which named a shielded one.
            self.withheld.add(SHIELDED)
            return None
        message = self._message(passing.revision, passing.message)
        if message is None:
            if data == before:
                return None
            message = write_message("Kaart gewijzigd", "", [(SAVE, sha256(data).hexdigest()[:12]), (PART, "1/1")])
        return Going(None if data == passing.data else data, None if message == passing.message else message)

    def _own_differs(self, passing: Passing) -> bool:
        """Whether a commit changed the card as it is here."""
        return bool(passing.parents) and self._own[passing.revision] != self._own[passing.parents[0]]

    def _data(self, kaart: Stored, data: bytes) -> bytes | None:
        """The card's written form as it goes; None where without what stays behind it would be no card."""
        shown = self._view.shown(kaart).document
        document = without_bsns(shown)
        if document is kaart.document:
            return data
        self.withheld |= {SHIELDED} if shown is not kaart.document else set()
        self.withheld |= {NUMBERS} if document is not shown else set()
        try:
            validate(document, kaart.edition)
        except InvalidCard:
            return None
        return write_form(document, kaart.form, self._desk.types)

    def _message(self, revision: str, written: str) -> str | None:
        """What a commit says to the receiver; None where it did nothing that the receiver may see."""
        if revision not in self._told:
            self.withheld.add(SHIELDED)
            return None
        told = self._told[revision]
        words = written if told is None else _written(told)
        left = without_bsn(words)
        if left != words:
            self.withheld.add(NUMBERS)
        if told is not None:
            self.withheld.add(SHIELDED)
        return left

    @cached_property
    def _told(self) -> dict[str, Message | None]:
        """What each commit that goes says, by revision; None where that is all that it said."""
        whole = self._desk.kaarten.look_back(self._kaart_id, list, self._revision)
        seen = {one.revision: one for one in self._view.look_back(list, self._revision)}
        found: dict[str, Message | None] = {}
        for save in whole:
            said = seen[save.revision]
            changed = len(said.steps) != len(save.steps)
            left = {step.revision: step.message for step in said.steps}
            for number, step in enumerate(reversed(save.steps), 1):
                if step.revision in left:
                    message = left[step.revision]
                    numbered = _numbered(message, sum(one.revision in left for one in save.steps[-number:]), len(left))
                    same = message == step.message and (not changed or not message.first(PART))
                    found[step.revision] = None if same else numbered
        return found

    def _said(self, one: Said) -> Said:
        """Something said, by somebody of here; and without BSN."""
        account = one.by.account if ":" in one.by.account else f"{self._installation}:{one.by.account}"
        content, text = without_bsns(one.content), without_bsn(one.text)
        if content is not one.content or text != one.text:
            self.withheld.add(NUMBERS)
        about = tuple(self._about(each, one.revision) for each in one.about)
        return replace(one, by=replace(one.by, account=account), about=about, content=content, text=text, seconds=())

    def _about(self, about: About, revision: str) -> About:
        """An item by what the receiver has of it: what its own words are known by could be guessed back to them."""
        barred = tuple(one for one in about.barred if not self._view.hides(one))
        sent, own = self._parts(revision) if revision else ({}, {})
        mine, theirs = own.get(about.item), sent.get(about.item)
        if not about.digest or (mine is not None and mine == theirs and mine.digest == about.digest):
            return replace(about, barred=barred)
        digest, shown = (theirs.digest, theirs.shown) if theirs else ("", "")
        return replace(about, digest=about.digest and digest, shown=about.shown and shown, seen="", barred=barred)

    def _parts(self, revision: str) -> tuple[dict[str, Part], dict[str, Part]]:
        """What the reviewed items of a revision are known by, as it goes and as it is here; of no card, nothing."""
        if revision not in self._known_by:
            self._known_by[revision] = ({}, {})
            with suppress(RevisionNotFound, InvalidCard):
                own = self._desk.kaarten.read(self._kaart_id, revision)
                sent = without_bsns(self._view.shown(own).document)
                shape, shield, review = own.edition.shape, self._desk.types.roles.shield, self._desk.types.review
                self._known_by[revision] = (
                    parts(sent, shape, shield, review),
                    parts(own.document, shape, shield, review),
                )
        return self._known_by[revision]


def _numbered(message: Message, number: int, total: int) -> Message:
    """A message of a save of which parts stay behind: which part of what is left it is."""
    if not message.first(PART):
        return message
    return replace(message, trailers={**message.trailers, PART: [f"{number}/{total}"]})


def _written(message: Message) -> str:
    trailers = [(name, value) for name, values in message.trailers.items() for value in values]
    return write_message(message.subject, message.reason, trailers)
