"""What the card repository takes and gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.content import Document
from app.content.card_type import Edition
from app.content.grants import Grant
from app.content.handovers import NONE, Handovers
from app.content.keeping import Keep
from app.content.messages import Message, seconds
from app.content.problems import InvalidCard


@dataclass(frozen=True)
class Author:
    """Who made a change: a professional of an organisation."""

    name: str
    email: str
    organisation: str = ""


@dataclass(frozen=True)
class Stored:
    """A card as it is kept.

    Attributes:
        id: the card.
        revision: which revision this is.
        document: the card in the current version of its schema.
        edition: that version.
        form: the written form it is kept in, `json` or `markdown`.
        outdated: whether it is kept in an older version of its schema.
        changed: when this revision was made.
        author: who made it.
        message: what the commit that made it says.
    """

    id: str
    revision: str
    document: Document
    edition: Edition
    form: str
    outdated: bool
    changed: datetime
    author: Author
    message: Message


@dataclass(frozen=True)
class Step:
    """One commit of a save: its revision and what its message says."""

    revision: str
    message: Message


@dataclass(frozen=True)
class Save:
    """One save: what people choose, compare and use as a base.

    Attributes:
        revision: the revision after it.
        parents: the revisions before it; none for the first.
        author: who.
        when: when, with its time zone.
        steps: its commits, the last made first; none where a person may see nothing of it.
    """

    revision: str
    parents: tuple[str, ...]
    author: Author
    when: datetime
    steps: tuple[Step, ...]

    @property
    def reason(self) -> str:
        """Why, in the professional's words; may be empty."""
        return self.steps[0].message.reason if self.steps else ""

    @property
    def seconds(self) -> list[tuple[str, str]]:
        """Who else stands behind it, as `content.messages.seconds` says."""
        return seconds(self.steps[0].message) if self.steps else []


@dataclass(frozen=True)
class NewPart:
    """One commit to be made: the card after it, its subject and its trailers."""

    document: Document
    subject: str
    trailers: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class NewSave:
    """One save to be made.

    Attributes:
        id: drawn at random; ties its commits together.
        author: who.
        when: when, with a time zone.
        reason: why; may be empty.
        parts: its commits, at least one.
        form: the written form to keep the card in.
    """

    id: str
    author: Author
    when: datetime
    reason: str
    parts: Sequence[NewPart]
    form: str


@dataclass(frozen=True)
class Passed:
    """A commit that was made elsewhere, to be put on the history here.

    Attributes:
        revision: what it is called there.
        document: the card after it.
        message: what it says, as it was written.
        author: who made it.
        when: when, with a time zone.
        form: the written form to keep the card in.
    """

    revision: str
    document: Document
    message: str
    author: Author
    when: datetime
    form: str


@dataclass(frozen=True)
class Access:
    """Who has which role on a card.

    Attributes:
        revision: which revision of the roles this is; empty where nobody was ever given one.
        grants: each role, also those that are over or have not begun.
        handovers: to whom the card was offered, and from where it came.
        keeps: why the card is kept longer than its term.
    """

    revision: str = ""
    grants: tuple[Grant, ...] = ()
    handovers: Handovers = NONE
    keeps: tuple[Keep, ...] = ()


@dataclass(frozen=True)
class NewAccess:
    """A change of the roles on a card, to be made.

    Attributes:
        grants: the roles after it.
        author: who.
        when: when, with a time zone.
        subject: what it does, in one line without names of people.
        reason: why; may be empty.
        handovers: those after it; None where they stay as they are.
        keeps: likewise.
    """

    grants: Sequence[Grant]
    author: Author
    when: datetime
    subject: str
    reason: str = ""
    handovers: Handovers | None = None
    keeps: Sequence[Keep] | None = None


class InvalidRevision(InvalidCard):
    """A revision that is kept but is not a card: another program wrote it."""

    def __init__(self, revision: str, cause: InvalidCard) -> None:
        self.revision = revision
        super().__init__(cause.problems)
