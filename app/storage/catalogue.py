"""The catalogue: which cards there are, by what they are found, and what on them asks for attention.

Derived from git, thrown away at any time. It is as confidential as the cards.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from app.content.grants import utc
from app.storage.catalogue_file import CatalogueDamaged, CatalogueFile
from app.storage.catalogue_notices import (
    Listener,
    NoticeRow,
    Open,
    Told,
    count_new,
    notices_of,
    of_kind,
    open_of,
    put_notices,
    told,
)
from app.storage.catalogue_query import (
    BY_CHANGE,
    BY_DUE,
    BY_NAME,
    MARK_END,
    MARK_START,
    Me,
    Query,
    conditions,
    excerpts,
    matched,
)
from app.storage.catalogue_records import FOR_EVER, Due, Entry, Found, Held, Todo
from app.storage.catalogue_review import ToReview, put_rows, rows_of, waiting
from app.storage.records import Author

__all__ = [
    "BY_CHANGE", "BY_DUE", "BY_NAME", "FOR_EVER", "MARK_END", "MARK_START",
    "Catalogue", "CatalogueDamaged", "Due", "Entry", "Found", "Heads", "Held", "Listener", "Me", "NoticeRow", "Open",
    "Query", "ToReview", "Todo", "Told",
]  # fmt: skip

_CARD = (
    "kaart.number, kaart.id, revision, kaart.title, changed, problem, author, email, organisation, sort, roles, talk,"
    " kept"
)
_DUE = "due.kind, due.section, due.item, due.day, due.title, due.keys, due.names"
_Row = tuple[int, str, str, str, str, str, str, str, str, str, str, str, str]
Heads = tuple[str, str, str]
"""The revisions of a card, of the roles on it and of what was said about it."""


class Catalogue(CatalogueFile):
    """What is known of all cards. Each method raises what `CatalogueFile.open` does."""

    def put(self, entry: Entry) -> None:
        """Set what is known of a card."""
        self.put_all([entry])

    def put_all(
        self,
        entries: Sequence[Entry],
        known: Mapping[str, Heads] | None = None,
        exists: Callable[[str], bool] = lambda _kaart_id: True,
    ) -> None:
        """Set what is known of many cards in one transaction.

        Args:
            entries: the cards.
            known: what `heads` gave before they were read: a card of which somebody told since stays as it is.
            exists: whether a card is still there: what is destroyed since it was read is not put in. Asked while
                nobody else writes: whoever destroys it later removes it from here after this.
        """
        with self.open(writing=True) as db:
            for entry in entries:
                if (known is None or _heads_of(db, entry.id) == known.get(entry.id)) and exists(entry.id):
                    _put(db, entry)

    def remove(self, kaart_id: str) -> None:
        """Forget a card."""
        with self.open(writing=True) as db:
            _forget(db, kaart_id)

    def heads(self) -> dict[str, Heads]:
        """The revisions of each card, of the roles on it and of what was said about it, as the catalogue knows them."""
        with self.open() as db:
            return {row[0]: row[1:] for row in db.execute("SELECT id, revision, roles, talk FROM kaart")}

    def heads_of(self, kaart_id: str) -> Heads | None:
        """Those of one card; None where the catalogue does not know it."""
        with self.open() as db:
            return _heads_of(db, kaart_id)

    def hold(self, kaart_id: str, held: Sequence[Held], roles: str) -> None:
        """Set the roles on a card that is known, and leave the rest."""
        with self.open(writing=True) as db:
            row = db.execute("SELECT number FROM kaart WHERE id = ?", [kaart_id]).fetchone()
            if row:
                db.execute("DELETE FROM held WHERE number = ?", row)
                _hold(db, row[0], held)
                db.execute("UPDATE kaart SET roles = ? WHERE number = ?", [roles, row[0]])

    def known_by(self, key: str) -> list[str]:
        """The cards that are found by exactly this in an emergency."""
        with self.open(complete=True) as db:
            rows = db.execute("SELECT kaart.id FROM known_by JOIN kaart USING (number) WHERE key = ? LIMIT 20", [key])
            return [str(row[0]) for row in rows]

    def unseen(self, me: Me, role: str) -> list[tuple[str, str]]:
        """The cards of a person, each with what it is called, on which nobody said to know of a role that was taken."""
        cards, values = me.found
        rows = (
            f"SELECT id, title FROM kaart WHERE number IN ({cards})"  # noqa: S608 - constants
            " AND number IN (SELECT number FROM held WHERE role = ? AND NOT seen) ORDER BY sort, id"
        )
        with self.open(complete=True) as db:
            return [(str(row[0]), str(row[1])) for row in db.execute(rows, [*values, role])]

    def aged(
        self, before: str, of: tuple[Sequence[str], Sequence[str], datetime] | None = None
    ) -> list[tuple[str, str, str, str]]:
        """The cards that were last changed before a moment, the longest ago first.

        Args:
            before: the moment, in UTC.
            of: the subjects and roles of a person, and the moment at which one must be held; None for all cards.

        Returns:
            Number, title, the last change, and until when it is kept longer: empty for not.
        """
        rows, values = "SELECT id, title, changed, kept FROM kaart WHERE changed < ? AND changed <> ''", [before]
        if of:
            subjects, roles, now = of
            moment = utc(now)
            rows += (
                " AND number IN (SELECT number FROM held WHERE subject IN (SELECT value FROM json_each(?))"
                " AND role IN (SELECT value FROM json_each(?)) AND since <= ? AND until > ?)"
            )
            values += [json.dumps(list(subjects)), json.dumps(list(roles)), moment, moment]
        with self.open(complete=True) as db:
            return [
                (str(a), str(b), str(c), str(d)) for a, b, c, d in db.execute(f"{rows} ORDER BY changed, id", values)
            ]

    def left(self, subjects: Sequence[str], roles: Sequence[str], since: str, now: str) -> list[str]:
        """The cards on which one of these roles of one of these subjects came to an end, from a moment on."""
        rows = (
            "SELECT DISTINCT kaart.id FROM held JOIN kaart USING (number)"
            " WHERE subject IN (SELECT value FROM json_each(?)) AND role IN (SELECT value FROM json_each(?))"
            " AND held.until >= ? AND held.until <= ? ORDER BY kaart.id"
        )
        with self.open(complete=True) as db:
            return [str(row[0]) for row in db.execute(rows, [_json(subjects), _json(roles), since, now])]

    def roles_held(self) -> list[tuple[str, str, str, str, str]]:
        """Every role on every card: subject, role, card, since, until."""
        with self.open(complete=True) as db:
            rows = "SELECT subject, role, kaart.id, since, until FROM held JOIN kaart USING (number) ORDER BY 1, 2, 3"
            return [(str(a), str(b), str(c), str(d), str(e)) for a, b, c, d, e in db.execute(rows)]

    def entry(self, kaart_id: str) -> Entry | None:
        """All that is known of one card; None where it is unknown."""
        with self.open() as db:
            row = db.execute(f"SELECT {_CARD} FROM kaart WHERE id = ?", [kaart_id]).fetchone()  # noqa: S608 - constants
            if row is None:
                return None
            members = db.execute("SELECT key, until FROM member WHERE number = ? ORDER BY key", row[:1])
            dues = db.execute(
                f"SELECT {_DUE} FROM due WHERE number = ? ORDER BY kind, day, item",  # noqa: S608 - constants
                row[:1],
            )
            entry = _entry(db, row, _words(db, row[0]), tuple(members), tuple(map(_due, dues)))
            held = db.execute(
                "SELECT id, subject, role, since, until, seen FROM held WHERE number = ? ORDER BY id", row[:1]
            )
            keys = db.execute("SELECT key FROM known_by WHERE number = ? ORDER BY key", row[:1])
            return replace(
                entry,
                held=tuple(Held(a, b, c, d, e, bool(seen)) for a, b, c, d, e, seen in held),
                known_by=tuple(str(one[0]) for one in keys),
                review=rows_of(db, row[0]),
                notices=notices_of(db, row[0]),
            )

    def find(self, query: Query) -> tuple[list[Found], int]:
        """The cards that a query asks for, and how many there are in all."""
        where, values = conditions(query)
        rows = f"SELECT {_CARD}{where} ORDER BY {query.order_by} LIMIT ? OFFSET ?"
        with self.open(complete=True) as db:
            (total,) = db.execute(f"SELECT count(*){where}", values).fetchone()
            found = db.execute(rows, [*values, query.limit, query.offset]).fetchall()
            words = matched(query)
            told = excerpts(db, words, [row[0] for row in found]) if words else {}
            return [_found(db, row, query, *told.get(row[0], ("", ""))) for row in found], total

    def values(self, query: Query, keys: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
        """The values of facets, by name, and how many of the cards that the rest of a query asks for have each."""
        counted: dict[str, list[tuple[str, int]]] = {key: [] for key in keys}
        chosen = [key for key in keys if key in query.facets]
        with self.open(complete=True) as db:
            for asked, of in [(query, [key for key in keys if key not in chosen])] + [
                (query.without(key), [key]) for key in chosen
            ]:
                where, values = conditions(asked)
                within = f"(SELECT kaart.number{where}) CROSS JOIN facet USING (number)" if values else "facet"
                rows = db.execute(
                    f"SELECT key, value, count(*) FROM {within}"  # noqa: S608 - constants
                    " WHERE key IN (SELECT value FROM json_each(?)) GROUP BY key, value",
                    [*values, json.dumps(of)],
                )
                for key, value, number in rows:
                    counted[key].append((value, number))
        return counted

    def todo(self, me: Me, due: Mapping[str, str], most: int) -> dict[str, tuple[list[Todo], int]]:
        """What is due on the cards of a professional, for each kind: one's own first, the longest ago first.

        Args:
            me: whose cards.
            due: kind to the last day that is asked for.
            most: how many of each kind at most.

        Returns:
            Kind to what was found and how many there are in all.
        """
        cards, who = me.own
        mine = f" FROM ({cards}) mine CROSS JOIN due ON due.number = mine.number AND due.kind = ? AND due.day <= ?"
        own = "instr(due.keys, ?) > 0"
        rows = (
            f"SELECT kaart.id, kaart.title, {own}, {_DUE}{mine} CROSS JOIN kaart ON kaart.number = due.number"
            " ORDER BY 3 DESC, due.day, kaart.sort, due.item LIMIT ?"
        )
        found = {}
        with self.open(complete=True) as db:
            for kind, day in due.items():
                values = [*who, kind, day]
                (total,) = db.execute(f"SELECT count(*){mine}", values).fetchone()
                told = db.execute(rows, [json.dumps(me.key, ensure_ascii=False), *values, most]) if total else ()
                found[kind] = ([Todo(row[0], row[1], _due(row[3:]), bool(row[2])) for row in told], total)
        return found

    def changed_by_others(self, me: Me, email: str, since: str, most: int) -> list[Entry]:
        """The own cards of a professional that somebody with another address changed last, the newest first."""
        cards, who = me.own
        rows = (
            f"SELECT {_CARD} FROM ({cards}) mine CROSS JOIN kaart ON kaart.number = mine.number"  # noqa: S608 - constants
            " WHERE changed >= ? AND email <> ? ORDER BY changed DESC, kaart.id LIMIT ?"
        )
        with self.open(complete=True) as db:
            return [_entry(db, row) for row in db.execute(rows, [*who, since, email, most]).fetchall()]

    def to_review(self, me: Me, account: str, lifted: int, most: int, after: int = 0) -> tuple[Sequence[ToReview], int]:
        """The cards that wait for a reviewer, as `catalogue_review.waiting` gives them."""
        with self.open(complete=True) as db:
            return waiting(db, me, account, lifted, (most, after))

    def count_new(self, listener: Listener) -> int:
        """How many notices are new to somebody."""
        with self.open(complete=True) as db:
            return count_new(db, listener)

    def told(self, listener: Listener, most: int, after: int = 0, *, only_new: bool = False) -> tuple[list[Told], int]:
        """What somebody is told, as `catalogue_notices.told` gives it."""
        with self.open(complete=True) as db:
            return told(db, listener, (most, after), only_new=only_new)

    def of_kind(self, me: Me, account: str, kind: str, most: int) -> tuple[list[Told], int]:
        """Notices of one kind on one's own cards, as `catalogue_notices.of_kind` gives them."""
        with self.open(complete=True) as db:
            return of_kind(db, me, account, kind, most)

    def open_of(
        self, listener: Listener, kinds: Sequence[str], together: Sequence[str], most: int
    ) -> tuple[list[Open], int]:
        """What still asks something of somebody, as `catalogue_notices.open_of` gives it."""
        with self.open(complete=True) as db:
            return open_of(db, listener, kinds, together, most)

    def count_of(self, me: Me) -> int:
        """How many own cards a professional has."""
        cards, who = me.own
        with self.open(complete=True) as db:
            return int(db.execute(f"SELECT count(*) FROM ({cards})", who).fetchone()[0])  # noqa: S608 - constants


def _heads_of(db: sqlite3.Connection, kaart_id: str) -> Heads | None:
    row: Heads | None = db.execute("SELECT revision, roles, talk FROM kaart WHERE id = ?", [kaart_id]).fetchone()
    return row


def _put(db: sqlite3.Connection, entry: Entry) -> None:
    _forget(db, entry.id)
    author, soonest = entry.author, min((due.day for due in entry.dues), default=FOR_EVER)
    number = db.execute(
        "INSERT INTO kaart (id, revision, title, changed, problem, author, email, organisation, sort, due, roles,"
        " talk, kept) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            *(entry.id, entry.revision, entry.title, entry.changed, entry.problem),
            *(author.name, author.email, author.organisation, entry.sort, soonest, entry.roles, entry.talk, entry.kept),
        ],
    ).lastrowid
    db.executemany("INSERT INTO facet VALUES (?, ?, ?)", [(number, *facet) for facet in dict.fromkeys(entry.facets)])
    db.executemany("INSERT INTO member VALUES (?, ?, ?)", [(number, *member) for member in entry.members])
    _hold(db, number, entry.held)
    put_rows(db, number, entry.review)
    put_notices(db, number, entry.notices)
    db.executemany("INSERT INTO known_by (number, key) VALUES (?, ?)", [(number, key) for key in entry.known_by])
    db.executemany(
        "INSERT INTO due (number, kind, section, item, day, title, keys, names) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (number, due.kind, due.section, due.item, due.day, due.title, _json(due.keys), _json(due.names))
            for due in entry.dues
        ],
    )
    sections = [(key, text.count("\n") + 1) for key, text in entry.words]
    text = "\n".join(text for _key, text in entry.words)
    db.execute("INSERT INTO words (rowid, text, sections) VALUES (?, ?, ?)", [number, text, json.dumps(sections)])


def _hold(db: sqlite3.Connection, number: int | None, held: Sequence[Held]) -> None:
    db.executemany(
        "INSERT INTO held (number, id, subject, role, since, until, seen) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(number, one.id, one.subject, one.role, one.since, one.until, one.seen) for one in held],
    )


def _forget(db: sqlite3.Connection, kaart_id: str) -> None:
    row = db.execute("SELECT number FROM kaart WHERE id = ?", [kaart_id]).fetchone()
    if row:
        db.execute("DELETE FROM words WHERE rowid = ?", row)
        db.execute("DELETE FROM kaart WHERE number = ?", row)  # what hangs on it goes along


def _found(db: sqlite3.Connection, row: _Row, query: Query, section: str, excerpt: str) -> Found:
    asked = f"SELECT {_DUE} FROM due WHERE number = ? AND kind = ? AND day <= ? ORDER BY day, item"  # noqa: S608
    dues = [_due(due) for kind, day in query.due.items() for due in db.execute(asked, [row[0], kind, day])]
    return Found(_entry(db, row, dues=tuple(dues)), excerpt, section)


def _entry(
    db: sqlite3.Connection,
    row: _Row,
    words: tuple[tuple[str, str], ...] = (),
    members: tuple[tuple[str, str], ...] = (),
    dues: tuple[Due, ...] = (),
) -> Entry:
    number, kaart_id, revision, title, changed, problem, author, email, organisation, sort, roles, talk, kept = row
    facets = tuple(db.execute("SELECT key, value FROM facet WHERE number = ? ORDER BY key, value", [number]))
    by = Author(author, email, organisation)
    return Entry(
        kaart_id, revision, title, changed, problem, by, sort, facets, words, members, dues, roles, talk=talk, kept=kept
    )


def _due(row: Sequence[str]) -> Due:
    kind, section, item, day, title, keys, names = row
    return Due(kind, section, item, day, title, tuple(json.loads(keys)), tuple(json.loads(names)))


def _words(db: sqlite3.Connection, number: int) -> tuple[tuple[str, str], ...]:
    text, sections = db.execute("SELECT text, sections FROM words WHERE rowid = ?", [number]).fetchone()
    lines = iter(text.split("\n"))
    return tuple((key, "\n".join(next(lines) for _ in range(count))) for key, count in json.loads(sections))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
