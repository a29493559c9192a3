"""Which cards somebody follows, and until when somebody looked at the bell: one SQLite file, on disk before it counts.

Unlike the catalogue, nothing can make it anew. It holds accounts and the numbers of cards, and nothing of any card.
"""

from dataclasses import dataclass
from pathlib import Path

from app.storage.durable_sqlite import DurableSQLite

_VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS follow (account TEXT NOT NULL, kaart TEXT NOT NULL, PRIMARY KEY (account, kaart))
    WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS follow_kaart ON follow (kaart);
CREATE TABLE IF NOT EXISTS looked (account TEXT PRIMARY KEY, until TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Follows:
    """What is known of one account.

    Attributes:
        cards: the cards that it follows, sorted.
        until: until when this person looked at the bell, in UTC; empty for never.
    """

    cards: tuple[str, ...] = ()
    until: str = ""


class Following:
    """The file. Any thread and process may use it; each call raises what `DurableSQLite.open` does."""

    def __init__(self, path: Path) -> None:
        """For a file that may not be there yet."""
        self._file = DurableSQLite(path, "following", _VERSION, _TABLES)

    def of(self, account: str) -> Follows:
        """What is known of an account."""
        with self._file.open() as db:
            cards = db.execute("SELECT kaart FROM follow WHERE account = ? ORDER BY kaart", [account]).fetchall()
            until = db.execute("SELECT until FROM looked WHERE account = ?", [account]).fetchone()
        return Follows(tuple(str(row[0]) for row in cards), str(until[0]) if until else "")

    def follow(self, account: str, kaart_id: str) -> None:
        """Follow a card; one that is followed stays so."""
        with self._file.open(writing=True) as db:
            db.execute("INSERT OR IGNORE INTO follow VALUES (?, ?)", [account, kaart_id])

    def unfollow(self, account: str, kaart_id: str) -> None:
        """Follow a card no more; one that is not followed stays so."""
        with self._file.open(writing=True) as db:
            db.execute("DELETE FROM follow WHERE account = ? AND kaart = ?", [account, kaart_id])

    def look(self, account: str, until: str, now: str) -> None:
        """Keep until when somebody looked; it never goes back, but from what is still to come."""
        with self._file.open(writing=True) as db:
            db.execute(
                "INSERT INTO looked VALUES (?, ?)"
                " ON CONFLICT (account) DO UPDATE SET"
                " until = CASE WHEN until > ? THEN excluded.until ELSE max(until, excluded.until) END",
                [account, until, now],
            )

    def forget(self, kaart_id: str) -> None:
        """Have nobody follow a card any more: it is not there."""
        with self._file.open(writing=True) as db:
            db.execute("DELETE FROM follow WHERE kaart = ?", [kaart_id])
