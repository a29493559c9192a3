"""What the catalogue keeps and gives."""

from dataclasses import dataclass

from app.storage.catalogue_notices import NoticeRow
from app.storage.catalogue_review import NOTHING, ReviewRows
from app.storage.records import Author

NOBODY = Author("", "")
FOR_EVER = "9999-12-31"
"""A day that never comes: of what is never due, and of a professional who stays."""


@dataclass(frozen=True)
class Due:
    """A day of a card that asks for attention.

    Attributes:
        kind: the key of its rule in display.json.
        section: the section it is about.
        item: the id of the item; empty in a section without items.
        day: the last day on which all is well, in ISO 8601.
        title: what the item is called; empty in a section without items.
        keys: the professionals whose concern it is, by `match_key`.
        names: what those whose concern it is are called.
    """

    kind: str
    section: str
    item: str
    day: str
    title: str
    keys: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Held:
    """A role on a card.

    Attributes:
        id: which grant gives it.
        subject: who has it, as in `content.grants`.
        role: the role.
        since: the first moment.
        until: the first moment at which it is over; `FOR_EVER` while there is none.
        seen: of a role that nobody gave: whether the dossierhouder knows of it.
    """

    id: str
    subject: str
    role: str
    since: str
    until: str
    seen: bool = False


@dataclass(frozen=True)
class Entry:
    """What the catalogue keeps of a card.

    Attributes:
        id: the card.
        revision: the revision that was read.
        title: what the card is called.
        changed: when, in UTC, ISO 8601.
        problem: why the card cannot be shown as it is; empty for a card in order.
        author: who made this revision.
        sort: what it is sorted by in a list by name.
        facets: (key, value) pairs to filter by, sorted.
        words: all its words by section, in NFKC; left out in a list.
        members: the professionals on it by `match_key`, each with the last day; left out in a list.
        dues: its days that ask for attention; in a list only those that it asks for.
        roles: the revision of the roles on it that was read.
        held: the roles on it, by id; left out in a list.
        known_by: by what the card is found in an emergency, sorted; left out in a list.
        talk: the revision of what was said about it that was read.
        kept: until when it is kept longer than its term; empty for not.
        review: what is known for those who review it; left out in a list.
        notices: of what people are told, in the order of account and moment; left out in a list.
    """

    id: str
    revision: str
    title: str
    changed: str
    problem: str = ""
    author: Author = NOBODY
    sort: str = ""
    facets: tuple[tuple[str, str], ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    members: tuple[tuple[str, str], ...] = ()
    dues: tuple[Due, ...] = ()
    roles: str = ""
    held: tuple[Held, ...] = ()
    known_by: tuple[str, ...] = ()
    talk: str = ""
    kept: str = ""
    review: ReviewRows = NOTHING
    notices: tuple[NoticeRow, ...] = ()

    @property
    def heads(self) -> tuple[str, str, str]:
        """The revisions that this was read from: of the card, of the roles on it and of what was said about it."""
        return self.revision, self.roles, self.talk


@dataclass(frozen=True)
class Found:
    """A card in a list.

    Attributes:
        entry: the card, without its words and its professionals.
        excerpt: the words around what was searched, marked with `MARK_START` and `MARK_END`.
        section: the section where those are.
    """

    entry: Entry
    excerpt: str = ""
    section: str = ""


@dataclass(frozen=True)
class Todo:
    """Something due on a card of one professional.

    Attributes:
        kaart_id: the card.
        kaart: what the card is called.
        due: what is due.
        own: whether it is this professional's concern by name.
    """

    kaart_id: str
    kaart: str
    due: Due
    own: bool
