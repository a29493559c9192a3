"""A real desk on a folder of the test: real git, real SQLite, real TinyDB."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.content import Document
from app.content.card_type import CardType
from app.content.grants import Grant, utc
from app.services.actors import Actor, actor_of, shell
from app.services.confirming import ask_step, confirm
from app.services.desk import ZONE, Desk
from app.services.granting import regrant
from app.services.saving import save
from app.services.wishing import wish_for
from app.storage.access_log import AccessLog
from app.storage.accounts import Account, Accounts, Known, Organisation
from app.storage.catalogue import Catalogue
from app.storage.drafts import Drafts
from app.storage.following import Following
from app.storage.git_admin import GitAdmin
from app.storage.git_store import GitStore, Signature
from app.storage.installations import Installations
from app.storage.kaarten import KaartRepository
from app.storage.mail_queue import MailQueue
from app.storage.quarantine import Quarantine
from app.storage.records import NewAccess, NewSave, Stored
from app.storage.seen import Seen
from app.storage.sessions import Limits, Sessions
from app.storage.signing import Keys
from app.storage.tombstones import Tombstones
from app.storage.travels import Travels
from tests.cards import real_type, small_card

ORGANISATIONS = [
    Organisation("cjg", "CJG Halderberge", "cjg", host=True),
    Organisation("vt", "Veilig Thuis", "veilig_thuis"),
]
ACCOUNTS = [
    Account("sanne", "Sanne Bakker", "sanne@cjg.example", "cjg", demonstration=True),
    Account("mehmet", "Mehmet Kaya", "mehmet@veiligthuis.example", "vt", demonstration=True),
]
KNOWN = Known({one.id: one for one in ORGANISATIONS}, {one.id: one for one in ACCOUNTS})
OPERATOR = shell("proef")
SANNE, MEHMET = (actor_of(one, KNOWN) for one in ACCOUNTS)


WHEN_LOGGED = datetime(2026, 11, 23, 12, 0, tzinfo=ZONE)
LONG_AGO = "2000-01-01T00:00:00+00:00"
_FAST = Limits(timedelta(365), timedelta(365), timedelta(365))
"""The clock of a test goes on by a minute each time; so the sessions of a test last as long as it does."""


class Together(KaartRepository):
    """Cards on which both of them work from the start, whoever of the two makes one."""

    def create(self, kaart_id: str, save: NewSave, access: NewAccess) -> Stored:
        first = replace(access.grants[0], since=LONG_AGO)
        others = [one for one in ACCOUNTS if f"account:{one.id}" != first.subject]
        duo = [Grant(f"r-{one.id}", f"account:{one.id}", "dossierhouder", first.since) for one in others]
        return super().create(kaart_id, save, replace(access, grants=[first, *duo]))


def open_test_desk(folder: Path, types: CardType | None = None, *, alone: bool = False) -> Desk:
    """A desk in a folder; its clock goes on by a minute each time it is asked.

    Args:
        folder: where.
        types: the type of its cards; the real one unless told.
        alone: whether a card is of who makes it alone, as it is outside the tests; else both work on it.
    """
    store = GitStore(folder / "cards_repo", folder / "var" / "locks", Signature("Proef", "proef@localhost"))
    kaarten = (KaartRepository if alone else Together)(store, types or real_type())
    return Desk(
        kaarten,
        Catalogue(folder / "var" / "catalogue.sqlite"),
        Accounts(folder / "var" / "accounts.json"),
        GitAdmin(store),
        Seen(folder / "var" / "seen.sqlite"),
        Drafts(folder / "var" / "drafts.sqlite"),
        Sessions(folder / "var" / "sessions.sqlite", _FAST),
        AccessLog(folder / "var" / "log"),
        Following(folder / "var" / "following.sqlite"),
        MailQueue(folder / "var" / "mail.sqlite"),
        Tombstones(folder / "var" / "vernietigd.json"),
        Keys(folder / "var" / "sleutels"),
        Installations(folder / "var" / "installaties.json"),
        "proef@cjg.example",
        Travels(store, kaarten, folder / "var" / "onderweg"),
        Quarantine(folder / "var" / "ontvangen"),
        clock=_ticking(),
    )


def share(desk: Desk, kaart_id: str, subject: str, role: str = "meelezer") -> None:
    """Give a role on a card, as from long ago."""
    grant = Grant(f"r-{desk.draw(8)}", subject, role, LONG_AGO)
    regrant(desk, SANNE, kaart_id, lambda grants: [*grants, grant], "Gedeeld")


def held_too(
    desk: Desk, kaart_id: str, subject: str = "account:mehmet", since: str = "", professional: str = ""
) -> Grant:
    """A second dossierhouder, as a card from before there was a handover can have one."""
    grant = Grant(f"r-{desk.draw(8)}", subject, "dossierhouder", since or utc(desk.clock()), professional=professional)
    regrant(desk, SANNE, kaart_id, lambda grants: [*grants, grant], "Gedeeld")
    return grant


def save_confirmed(desk: Desk, actor: Actor, kaart_id: str, document: Document, reason: str) -> str:
    """Save a card as if a second person had confirmed it; the revision after it."""
    base = desk.kaarten.head(kaart_id)
    wish = wish_for(desk, actor, kaart_id, base, reason, lambda _: document)
    return save(desk, replace(wish, confirmed=True)).revision


def close(desk: Desk, kaart_id: str, asker: Actor, second: Actor) -> str:
    """Close a card: one asks, another confirms; the revision after it."""
    if asker.id not in desk.accounts.known().accounts:
        peopled(desk)
    asked = ask_step(desk, asker, kaart_id, "afsluiten", desk.kaarten.head(kaart_id), "Het gaat goed.")
    confirm(desk, second, kaart_id, asked.id)
    return desk.kaarten.head(kaart_id)


def peopled(desk: Desk) -> Desk:
    """The desk, with two people who know each other."""
    desk.accounts.put(ORGANISATIONS, ACCOUNTS)
    return desk


def logged(folder: Path) -> list[dict[str, Any]]:
    """The lines of the access log of a desk in a folder, but for those about itself."""
    parts = sorted((folder / "var" / "log").glob("*.jsonl"))
    lines = [json.loads(line) for part in parts for line in part.read_text("ascii").splitlines()]
    return [line for line in lines if not line["event"].startswith("log-")]


def at(desk: Desk, moment: datetime) -> Desk:
    """The same desk at another time."""
    return replace(desk, clock=lambda: moment)


def new_card(**sections: Any) -> Document:
    """The small card as a person hands it in: without what the program gives itself."""
    card = small_card(**sections)
    card["kaart"] = {key: value for key, value in card["kaart"].items() if key not in ("id", "schema", "toestand")}
    return card


def _ticking() -> Callable[[], datetime]:
    now = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)

    def tick() -> datetime:
        nonlocal now
        now += timedelta(minutes=1)
        return now

    return tick


def names(text: str, item: str) -> bool:
    """Whether a text names an item by its id; a part of a longer number, such as that of a card, is no name of it."""
    return re.search(rf"{re.escape(item)}(?![0-9A-Za-z])", text) is not None
