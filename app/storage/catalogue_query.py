"""What a list asks of the catalogue, in SQL; and the words around what was searched."""

import json
import re
import sqlite3
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

_WORD = re.compile(r"\w+")
MARK_START, MARK_END = "\x02", "\x03"
"""Around each word that was searched for, in an excerpt; no card holds these signs."""
_MARKED = re.compile(f"{MARK_START}(.*?){MARK_END}")
_BEFORE, _LONGEST = 60, 200

BY_CHANGE, BY_NAME, BY_DUE = "changed", "name", "due"
_ORDERS = {
    BY_CHANGE: "kaart.changed DESC, kaart.id",
    BY_NAME: "kaart.sort, kaart.id",
    BY_DUE: "kaart.due, kaart.sort, kaart.id",
}


@dataclass(frozen=True)
class Me:
    """Who asks, and when: only cards on which this person has a role are found.

    Attributes:
        key: who of the professionals on a card this is, by `content.searching.match_key`.
        day: the day on which he or she must be involved with a card to count it as an own one, in ISO 8601.
        subjects: whom a role can be given to that is about this person, the account first; none finds nothing.
        roles: the roles on a card by which it may be found.
        moment: when the role must hold, as `content.grants.utc` says it.
    """

    key: str = ""
    day: str = ""
    subjects: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    moment: str = ""

    @property
    def found(self) -> tuple[str, list[str]]:
        """The numbers of the cards on which this person has a role, in SQL, with its values."""
        return _HELD, [json.dumps(self.subjects), json.dumps(self.roles), self.moment, self.moment]

    @property
    def own(self) -> tuple[str, list[str]]:
        """The numbers of this person's own cards, in SQL: an own role, or a role and a place as a professional."""
        rows, values = self.found
        _rows, alone = Me(subjects=self.subjects[:1], roles=self.roles, moment=self.moment).found
        named = f"SELECT number FROM member WHERE member.key = ? AND member.until >= ? AND number IN ({rows})"  # noqa: S608 - constants
        return f"{rows} UNION {named}", [*alone, self.key, self.day, *values]


_HELD = (
    "SELECT number FROM held WHERE subject IN (SELECT value FROM json_each(?))"
    " AND role IN (SELECT value FROM json_each(?)) AND held.until > ? AND held.since <= ?"
)


@dataclass(frozen=True)
class Query:
    """What a list asks for.

    Attributes:
        text: words, each of which may be a beginning.
        facets: field to the values of which a card has one.
        offset: how many cards to pass over.
        limit: how many cards at most.
        me: who asks.
        own: whether only own cards are asked for.
        due: kind to a day: the card has something of one of these kinds that is due on that day or before.
        order: `BY_CHANGE`, `BY_NAME` or `BY_DUE`.
    """

    text: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    offset: int = 0
    limit: int = 50
    me: Me = Me()
    own: bool = False
    due: Mapping[str, str] = field(default_factory=dict)
    order: str = BY_CHANGE

    def without(self, key: str) -> "Query":
        """The same without one of its facets."""
        return replace(self, facets={name: values for name, values in self.facets.items() if name != key})

    @property
    def order_by(self) -> str:
        """The order in SQL."""
        return _ORDERS[self.order]


def conditions(query: Query) -> tuple[str, list[str]]:
    """FROM and WHERE of the cards that a query asks for, with the values; the words to match come first."""
    tables, found, values = "kaart", ["1"], []
    if words := matched(query):
        tables = "words JOIN kaart ON kaart.number = words.rowid"
        found.append("words MATCH ?")
        values.append(words)
    elif query.text.strip():
        found.append("0")  # only signs were typed: that is found nowhere
    for key, wanted in query.facets.items():
        found.append(
            "kaart.number IN (SELECT number FROM facet WHERE key = ? AND value IN (SELECT value FROM json_each(?)))"
        )
        values += [key, json.dumps(wanted)]
    rows, who = query.me.own if query.own else query.me.found
    found.append(f"kaart.number IN ({rows})")
    values += who
    if query.due:
        due = " OR ".join("(due.kind = ? AND due.day <= ?)" for _ in query.due)
        found.append(f"EXISTS (SELECT 1 FROM due WHERE due.number = kaart.number AND ({due}))")  # noqa: S608 - constants
        values += [value for pair in query.due.items() for value in pair]
    return f" FROM {tables} WHERE {' AND '.join(found)}", values


def matched(query: Query) -> str:
    """What is searched for, in the words of the index; an empty text for nothing."""
    words = _WORD.findall(unicodedata.normalize("NFKC", query.text))
    return " ".join(f'"{word}"*' for word in words)


def excerpts(db: sqlite3.Connection, words: str, numbers: Sequence[int]) -> dict[int, tuple[str, str]]:
    """The section and the line where most of the words are, for these cards alone: it costs more than finding them."""
    rows = (
        f"SELECT rowid, highlight(words, 0, '{MARK_START}', '{MARK_END}'), sections FROM words"  # noqa: S608 - constants
        " WHERE words MATCH ? AND rowid IN (SELECT value FROM json_each(?))"
    )
    found = db.execute(rows, [words, json.dumps(list(numbers))])
    return {number: _excerpt(text, json.loads(sections)) for number, text, sections in found}


def _excerpt(text: str, sections: list[tuple[str, int]]) -> tuple[str, str]:
    lines = text.split("\n")
    marks = [len({word.casefold() for word in _MARKED.findall(line)}) for line in lines]
    best = marks.index(max(marks))
    left = best
    for key, count in sections:
        if left < count:
            return key, _shortened(lines[best])
        left -= count
    return "", _shortened(lines[best])


def _shortened(line: str) -> str:
    """A line cut at blanks to what stands around the first word that was searched for."""
    start, end = 0, len(line)
    if (first := line.find(MARK_START)) > _BEFORE:
        start = line.rfind(" ", 0, first - _BEFORE // 2) + 1
    if end - start > _LONGEST:
        end = line.rfind(" ", start, start + _LONGEST)
        end = start + _LONGEST if end <= first else end
    kept = line[start:end]
    if kept.rfind(MARK_START) > kept.rfind(MARK_END):
        kept += MARK_END
    return ("… " if start else "") + kept + (" …" if end < len(line) else "")
