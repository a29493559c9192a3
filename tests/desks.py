"""A real desk on a folder of the test: real git, real SQLite, real TinyDB."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.content import Document
from app.content.card_type import CardType
from app.services.actors import Actor
from app.services.desk import ZONE, Desk
from app.storage.catalogue import Catalogue
from app.storage.drafts import Drafts
from app.storage.git_admin import GitAdmin
from app.storage.git_store import GitStore, Signature
from app.storage.kaarten import KaartRepository
from app.storage.people import People
from app.storage.seen import Seen
from tests.cards import real_type, small_card

SANNE = Actor("Sanne Bakker", "sanne@cjg.example", "CJG Halderberge")
MEHMET = Actor("Mehmet Kaya", "mehmet@veiligthuis.example", "Veilig Thuis")


def open_test_desk(folder: Path, types: CardType | None = None) -> Desk:
    """A desk in a folder; its clock goes on by a minute each time it is asked."""
    store = GitStore(folder / "cards_repo", folder / "var" / "locks", Signature("Proef", "proef@localhost"))
    return Desk(
        KaartRepository(store, types or real_type()),
        Catalogue(folder / "var" / "catalogue.sqlite"),
        People(folder / "var" / "people.json"),
        GitAdmin(store),
        Seen(folder / "var" / "seen.sqlite"),
        Drafts(folder / "var" / "drafts.sqlite"),
        clock=_ticking(),
    )


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
