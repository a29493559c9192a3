"""What the catalogue knows for reviewers: the words of what is reviewed, and which words each of them judged."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from app.storage.catalogue_query import Me

TABLES = """
CREATE TABLE IF NOT EXISTS part (number INTEGER NOT NULL REFERENCES kaart ON DELETE CASCADE, item TEXT NOT NULL,
    digest TEXT NOT NULL, shown TEXT NOT NULL, open INTEGER NOT NULL, urgent INTEGER NOT NULL,
    PRIMARY KEY (number, item)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seer (number INTEGER NOT NULL REFERENCES kaart ON DELETE CASCADE, account TEXT NOT NULL,
    item TEXT NOT NULL, whole INTEGER NOT NULL, lifted TEXT NOT NULL,
    PRIMARY KEY (number, account, item)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS judged (number INTEGER NOT NULL REFERENCES kaart ON DELETE CASCADE, account TEXT NOT NULL,
    item TEXT NOT NULL, digest TEXT NOT NULL, shown TEXT NOT NULL, moment TEXT NOT NULL, answered INTEGER NOT NULL,
    PRIMARY KEY (number, account, item)) WITHOUT ROWID;
"""
NOT_URGENT = 99


@dataclass(frozen=True)
class PartRow:
    """An item that is reviewed.

    Attributes:
        item: its id.
        digest: what its words are known by.
        shown: the same without references to what is shielded from anybody.
        open: whether it is shielded from nobody.
        urgent: the place of its most urgent urgency in overleg.json; `NOT_URGENT` for none.
    """

    item: str
    digest: str
    shown: str
    open: bool = True
    urgent: int = NOT_URGENT


@dataclass(frozen=True)
class SeerRow:
    """A reviewer who may see an item of which not everybody sees everything, or did not always.

    Attributes:
        account: the reviewer's.
        item: its id.
        whole: whether he or she sees all of it.
        lifted: when its shield was lifted, in UTC, as far as he or she may know; empty for never.
    """

    account: str
    item: str
    whole: bool
    lifted: str = ""


@dataclass(frozen=True)
class JudgedRow:
    """The newest judgement of somebody on an item: which words it was about, when, and whether it was answered."""

    account: str
    item: str
    digest: str
    shown: str
    moment: str
    answered: bool = False


@dataclass(frozen=True)
class ReviewRows:
    """All of it for one card."""

    parts: tuple[PartRow, ...] = ()
    seers: tuple[SeerRow, ...] = ()
    judged: tuple[JudgedRow, ...] = ()


@dataclass(frozen=True)
class ToReview:
    """A card that waits for a reviewer.

    Attributes:
        kaart_id: the card.
        title: what it is called.
        changed: when it was saved last, in UTC.
        count: on how many items there is something to judge.
        urgent: the place of the most urgent urgency among them; `NOT_URGENT` for none.
    """

    kaart_id: str
    title: str
    changed: str
    count: int
    urgent: int


# Of an item that has to do with something shielded, whoever does not see all of it judges what everybody sees. What is
# not to be seen (any more) has gone, for this person: that is to be judged once too.
TODO = """
WITH card AS MATERIALIZED ({cards}),
mine AS MATERIALIZED (
    SELECT part.number, part.item, part.urgent, coalesce(seer.lifted, '') AS lifted, part.digest, part.shown,
        part.digest = part.shown OR coalesce(seer.whole, 0) AS whole
    FROM card CROSS JOIN part ON part.number = card.number
    LEFT JOIN seer ON seer.number = part.number AND seer.account = ? AND seer.item = part.item
    WHERE part.open OR seer.item IS NOT NULL),
todo AS (
    SELECT mine.number, CASE WHEN mine.lifted > coalesce(judged.moment, '') THEN min(mine.urgent, ?)
        ELSE mine.urgent END AS urgent
    FROM mine LEFT JOIN judged
    ON judged.number = mine.number AND judged.account = ? AND judged.item = mine.item
    WHERE judged.item IS NULL OR judged.answered OR CASE WHEN mine.whole THEN judged.digest <> mine.digest
        ELSE judged.shown <> mine.shown END
    UNION ALL
    SELECT judged.number, {none} FROM card CROSS JOIN judged ON judged.number = card.number AND judged.account = ?
    WHERE judged.digest <> '' AND NOT EXISTS
        (SELECT 1 FROM mine WHERE mine.number = judged.number AND mine.item = judged.item)),
waiting AS (SELECT number, count(*) AS items, min(urgent) AS urgent FROM todo GROUP BY number)
"""


NOTHING = ReviewRows()


def put_rows(db: sqlite3.Connection, number: int | None, rows: ReviewRows) -> None:
    """Put in what is known of one card, of which nothing is there."""
    db.executemany(
        "INSERT INTO part (number, item, digest, shown, open, urgent) VALUES (?, ?, ?, ?, ?, ?)",
        [(number, one.item, one.digest, one.shown, one.open, one.urgent) for one in rows.parts],
    )
    db.executemany(
        "INSERT INTO seer (number, account, item, whole, lifted) VALUES (?, ?, ?, ?, ?)",
        [(number, one.account, one.item, one.whole, one.lifted) for one in rows.seers],
    )
    db.executemany(
        "INSERT INTO judged (number, account, item, digest, shown, moment, answered) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(number, one.account, one.item, one.digest, one.shown, one.moment, one.answered) for one in rows.judged],
    )


def rows_of(db: sqlite3.Connection, number: int) -> ReviewRows:
    """What is known of one card."""
    parts = db.execute("SELECT item, digest, shown, open, urgent FROM part WHERE number = ? ORDER BY item", [number])
    seers = db.execute(
        "SELECT account, item, whole, lifted FROM seer WHERE number = ? ORDER BY account, item", [number]
    )
    judged = db.execute(
        "SELECT account, item, digest, shown, moment, answered FROM judged WHERE number = ? ORDER BY account, item",
        [number],
    )
    return ReviewRows(
        tuple(PartRow(a, b, c, bool(d), e) for a, b, c, d, e in parts),
        tuple(SeerRow(a, b, bool(c), d) for a, b, c, d in seers),
        tuple(JudgedRow(a, b, c, d, e, bool(f)) for a, b, c, d, e, f in judged),
    )


def waiting(
    db: sqlite3.Connection, me: Me, account: str, lifted: int, page: tuple[int, int]
) -> tuple[Sequence[ToReview], int]:
    """The cards that wait for a reviewer, the most urgent first and then those that wait longest; and how many in all.

    Args:
        db: the tables.
        me: who asks, with the roles by which one reviews.
        account: this person's.
        lifted: the place of the urgency that a shield was lifted.
        page: how many at most, and how many to pass over.
    """
    cards, who = me.found
    todo = TODO.format(cards=cards, none=NOT_URGENT)
    values = [*who, account, lifted, account, account]
    (total,) = db.execute(f"{todo} SELECT count(*) FROM waiting", values).fetchone()  # noqa: S608 - constants
    rows = db.execute(
        f"{todo} SELECT kaart.id, kaart.title, kaart.changed, items, waiting.urgent"  # noqa: S608 - constants
        " FROM waiting CROSS JOIN kaart ON kaart.number = waiting.number"
        " ORDER BY waiting.urgent, kaart.changed, kaart.id LIMIT ? OFFSET ?",
        [*values, *page],
    )
    return [ToReview(*row) for row in rows], total
