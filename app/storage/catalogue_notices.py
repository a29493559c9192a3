"""What the catalogue knows for the bell: of what people are told, and whom it is for."""

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.storage.catalogue_query import Me
from app.storage.catalogue_review import NOT_URGENT, TODO

TABLES = """
CREATE TABLE IF NOT EXISTS notice (number INTEGER NOT NULL REFERENCES kaart ON DELETE CASCADE, account TEXT NOT NULL,
    moment TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, speaker TEXT NOT NULL, name TEXT NOT NULL,
    organisation TEXT NOT NULL, section TEXT NOT NULL, item TEXT NOT NULL, title TEXT NOT NULL, items INTEGER NOT NULL,
    step TEXT NOT NULL, done INTEGER NOT NULL, PRIMARY KEY (number, account, moment, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS notice_kind ON notice (number, kind);
CREATE TABLE IF NOT EXISTS aimed (number INTEGER NOT NULL REFERENCES kaart ON DELETE CASCADE, account TEXT NOT NULL,
    id TEXT NOT NULL, PRIMARY KEY (number, account, id)) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class NoticeRow:
    """Something that people are told of one card.

    Attributes:
        account: for whom alone it is, in place of what everybody hears of the same; empty for everybody.
        moment: when, in UTC.
        id: of what was said; of a proposal its number, of saves the address of who saved, of who is to be asked again
            the place of the item.
        kind: what it is, as overleg.json calls it.
        speaker: whose doing it is: an account, or the address of who saved.
        name: what this person is called.
        organisation: where he or she works.
        section: the section of the first item that it is about; empty for the whole card.
        item: the id of that item.
        title: what it is called; empty where not everybody may know.
        items: how many items it is about.
        step: for what a second person is asked.
        done: whether nothing is asked any more.
        aimed: the accounts whom it concerns in person; where it is for everybody, those without a row of their own.
    """

    account: str
    moment: str
    id: str
    kind: str
    speaker: str
    name: str
    organisation: str = ""
    section: str = ""
    item: str = ""
    title: str = ""
    items: int = 0
    step: str = ""
    done: bool = False
    aimed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listener:
    """Whose bell it is.

    Attributes:
        me: this person, with every role by which one reads a card.
        account: the account.
        email: the address that stands with what he or she saved.
        follows: the cards that he or she follows.
        able: kind of notice and role, with a blank in between: who has this role is told of this kind.
        reviews: the roles by which one judges.
        to_judge: the kind of notice that something waits to be judged; empty for none.
        saved: the kind of notice that a card was saved.
        since: until when he or she looked, in UTC; empty for never.
        lifted: the place of the urgency that a shield was lifted.
    """

    me: Me
    account: str
    email: str
    follows: tuple[str, ...] = ()
    able: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()
    to_judge: str = ""
    saved: str = ""
    since: str = ""
    lifted: int = NOT_URGENT


@dataclass(frozen=True)
class Told:
    """A notice, as somebody is told.

    Attributes:
        kaart_id: the card.
        kaart: what it is called.
        notice: what there is to tell.
        new: whether it came after this person last looked, and still asks for attention.
    """

    kaart_id: str
    kaart: str
    notice: NoticeRow
    new: bool


_COLUMNS = "account, moment, id, kind, speaker, name, organisation, section, item, title, items, step, done"
_NEW = "NOT done AND moment > max(?, own.since)"
# What came before a role began is not new to who has it. Changes wait for a judgement since the newest save of somebody
# else that this person may know of (beside `max`, SQLite gives the columns of that row); one line is enough for both.
_TOLD = """
, ours AS MATERIALIZED (SELECT number, role, since FROM held WHERE subject IN (SELECT value FROM json_each(?))
    AND role IN (SELECT value FROM json_each(?)) AND held.until > ? AND held.since <= ?),
own AS MATERIALIZED (SELECT number, min(since) AS since FROM ours GROUP BY number),
followed AS MATERIALIZED (SELECT number FROM kaart WHERE id IN (SELECT value FROM json_each(?))),
told AS (
    SELECT notice.number, {columns}, {new} AS new
    FROM own CROSS JOIN notice ON notice.number = own.number AND notice.account IN ('', ?) AND moment > ?
    WHERE speaker NOT IN (?, ?)
        AND (notice.account <> '' OR NOT EXISTS
            (SELECT 1 FROM notice AS mine
            WHERE mine.number = notice.number AND mine.account = ? AND mine.id = notice.id))
        AND (
        EXISTS (SELECT 1 FROM ours WHERE ours.number = notice.number
            AND kind || ' ' || ours.role IN (SELECT value FROM json_each(?)))
        OR EXISTS (SELECT 1 FROM aimed
            WHERE aimed.number = notice.number AND aimed.account = ? AND aimed.id = notice.id)
        OR (notice.number IN followed AND NOT (kind = ? AND notice.number IN (SELECT number FROM waiting))))
    UNION ALL
    SELECT number, {columns}, {new} AS new FROM (
        SELECT own.number, own.since, '' AS account, max(notice.moment) AS moment, '' AS id, ? AS kind,
            speaker, name, organisation, '' AS section, '' AS item, '' AS title, waiting.items, '' AS step, 0 AS done
        FROM waiting CROSS JOIN own ON own.number = waiting.number
        CROSS JOIN notice ON notice.number = waiting.number AND notice.account IN ('', ?) AND kind = ? AND speaker <> ?
        GROUP BY waiting.number) AS own
)
"""


def put_notices(db: sqlite3.Connection, number: int | None, rows: Sequence[NoticeRow]) -> None:
    """Put in what people are told of one card, of which nothing is there."""
    db.executemany(
        f"INSERT INTO notice (number, {_COLUMNS}) VALUES ({', '.join('?' * 14)})",  # noqa: S608 - constants
        [
            (
                *(number, one.account, one.moment, one.id, one.kind, one.speaker, one.name, one.organisation),
                *(one.section, one.item, one.title, one.items, one.step, one.done),
            )
            for one in rows
        ],
    )
    aimed = {(number, account, one.id) for one in rows for account in one.aimed}
    db.executemany("INSERT INTO aimed (number, account, id) VALUES (?, ?, ?)", sorted(aimed))


def notices_of(db: sqlite3.Connection, number: int) -> tuple[NoticeRow, ...]:
    """What people are told of one card, oldest first."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM notice WHERE number = ? ORDER BY account, moment, id",  # noqa: S608 - constants
        [number],
    ).fetchall()
    aimed: dict[str, list[str]] = {}
    for account, identity in db.execute("SELECT account, id FROM aimed WHERE number = ? ORDER BY 1, 2", [number]):
        aimed.setdefault(identity, []).append(account)
    found = [_row(row) for row in rows]
    own = {(one.account, one.id) for one in found if one.account}
    return tuple(
        replace(one, aimed=tuple(who for who in aimed.get(one.id, ()) if _is_for(one, who, own))) for one in found
    )


def _is_for(row: NoticeRow, account: str, own: Collection[tuple[str, str]]) -> bool:
    """Whether it is by this row that something is aimed at an account: by its own where it has one."""
    return row.account == account or (not row.account and (account, row.id) not in own)


def count_new(db: sqlite3.Connection, listener: Listener) -> int:
    """How many notices are new to somebody."""
    tables, values = _asked(listener, only_new=True)
    return int(db.execute(f"{tables} SELECT count(*) FROM told WHERE new", values).fetchone()[0])  # noqa: S608


def told(
    db: sqlite3.Connection, listener: Listener, page: tuple[int, int], *, only_new: bool = False
) -> tuple[list[Told], int]:
    """What somebody is told, newest first; and how much in all.

    Args:
        db: the tables.
        listener: who.
        page: how many at most, and how many to pass over.
        only_new: whether only what is new is asked for.
    """
    tables, values = _asked(listener, only_new=only_new)
    where = " WHERE new" if only_new else ""
    (total,) = db.execute(f"{tables} SELECT count(*) FROM told{where}", values).fetchone()  # noqa: S608 - constants
    columns = ", ".join(f"told.{name}" for name in _COLUMNS.split(", "))
    rows = db.execute(
        f"{tables} SELECT kaart.id, kaart.title, new, {columns} FROM told"  # noqa: S608 - constants
        f" CROSS JOIN kaart ON kaart.number = told.number{where}"
        " ORDER BY told.moment DESC, kaart.id, told.id LIMIT ? OFFSET ?",
        [*values, *page],
    )
    return [Told(row[0], row[1], _row(row[3:]), bool(row[2])) for row in rows], total


def of_kind(db: sqlite3.Connection, me: Me, account: str, kind: str, most: int) -> tuple[list[Told], int]:
    """Notices of one kind on the own cards of a professional, whoever caused them, newest first; and how many in all.

    Args:
        db: the tables.
        me: who asks, with the roles by which it concerns him or her.
        account: this person's.
        kind: of which kind.
        most: how many at most.
    """
    cards, who = me.own
    columns = ", ".join(f"notice.{name}" for name in _COLUMNS.split(", "))
    rows = db.execute(
        f"SELECT count(*) OVER (), kaart.id, kaart.title, {columns} FROM ({cards}) mine"  # noqa: S608 - constants
        " CROSS JOIN notice ON notice.number = mine.number AND kind = ? AND account IN ('', ?)"
        " CROSS JOIN kaart ON kaart.number = notice.number"
        " WHERE account <> '' OR NOT EXISTS (SELECT 1 FROM notice AS own"
        " WHERE own.number = notice.number AND own.account = ? AND own.id = notice.id)"
        " ORDER BY notice.moment DESC, kaart.id, notice.id LIMIT ?",
        [*who, kind, account, account, most],
    ).fetchall()
    return [Told(row[1], row[2], _row(row[3:]), new=False) for row in rows], rows[0][0] if rows else 0


def _asked(listener: Listener, *, only_new: bool) -> tuple[str, list[object]]:
    """The tables of one question, with their values: `told` has every notice of this person, or at least the new."""
    me, since = listener.me, listener.since
    cards, judges = replace(me, roles=listener.reviews if listener.to_judge else ()).found
    # A card that nobody saved since has nothing new to be judged.
    cards = f"SELECT number FROM kaart WHERE changed >= ? AND number IN ({cards})"  # noqa: S608
    todo = TODO.format(cards=cards, none=NOT_URGENT)
    _rows, held = me.found
    account, after = listener.account, since if only_new else ""
    return todo + _TOLD.format(columns=_COLUMNS, new=_NEW), [
        *(after[:19], *judges, account, listener.lifted, account, account),
        *(*held, json.dumps(listener.follows)),
        *(since, account, after, account, listener.email, account),
        *(json.dumps(listener.able), account, listener.saved),
        *(since, listener.to_judge, account, listener.saved, listener.email),
    ]


def _row(row: Sequence[Any]) -> NoticeRow:
    return replace(NoticeRow(*row), done=bool(row[-1]))
