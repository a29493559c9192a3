"""What is new to somebody on a card."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.content import Document
from app.services import editing, reading, seeing
from app.services.actors import Actor
from app.services.desk import ZONE, Desk
from app.services.errors import NotAllowed, NotFound
from app.services.seeing import News
from tests.cards import small_card
from tests.desks import MEHMET, SANNE, at, new_card, open_test_desk

MORNING = datetime(2026, 11, 9, 9, 0, tzinfo=ZONE)
NEXT_DAY = MORNING + timedelta(days=1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_test_desk(tmp_path)


@pytest.fixture
def kaart_id(desk: Desk) -> str:
    """A card that Sanne looked at in the morning."""
    kaart_id = editing.create_card(at(desk, MORNING), SANNE, new_card(), "Begin")
    assert look(desk, kaart_id, MORNING) is None
    return kaart_id


def look(desk: Desk, kaart_id: str, when: datetime, actor: Actor = SANNE) -> News | None:
    return seeing.looked(at(desk, when), actor, reading.read_card(desk, actor, kaart_id))


def save(desk: Desk, actor: Actor, kaart_id: str, section: str, **item: str) -> None:
    kaart = reading.read_card(desk, actor, kaart_id)
    held: Document = next((one for one in kaart.document[section] if one["id"] == item["id"]), {})
    editing.save_item(desk, actor, kaart_id, section, {**held, **item}, kaart.revision, "")


def test_what_others_saved_since_the_visit_before_is_new(desk: Desk, kaart_id: str) -> None:
    before = reading.read_card(desk, SANNE, kaart_id).revision
    save(desk, MEHMET, kaart_id, "afspraken", id="a-1", tekst="Vader belt tante.")
    save(desk, MEHMET, kaart_id, "netwerk", id="n-2", naam="Tante Jo")
    news = look(desk, kaart_id, NEXT_DAY)
    assert news
    assert (news.revision, news.when, news.more) == (before, MORNING, False)
    assert [one.author.name for one in news.saves] == [MEHMET.name] * 2
    assert news.items == {"a-1": "changed", "n-2": "added"}


def test_what_is_new_stays_so_through_the_visit_and_is_old_in_the_next(desk: Desk, kaart_id: str) -> None:
    save(desk, MEHMET, kaart_id, "netwerk", id="n-2", naam="Tante Jo")
    assert look(desk, kaart_id, NEXT_DAY)
    assert look(desk, kaart_id, NEXT_DAY + timedelta(hours=3))
    assert look(desk, kaart_id, NEXT_DAY + timedelta(days=1)) is None


def test_who_was_away_for_very_many_saves_is_told_that_there_are_more(
    desk: Desk, kaart_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeing, "MOST", 2)
    for name in ("Jo", "Joke", "Johanna"):
        save(desk, MEHMET, kaart_id, "netwerk", id="n-2", naam=name)
    news = look(desk, kaart_id, NEXT_DAY)
    assert news
    assert news.more
    assert len(news.saves) == 2


def test_what_somebody_saved_is_not_new_to_that_person(desk: Desk, kaart_id: str) -> None:
    save(desk, SANNE, kaart_id, "netwerk", id="n-2", naam="Tante Jo")
    assert look(desk, kaart_id, NEXT_DAY) is None
    save(desk, MEHMET, kaart_id, "netwerk", id="n-1", naam="Oma Ria")
    news = look(desk, kaart_id, NEXT_DAY)
    assert news
    assert news.items == {"n-1": "changed"}


def test_what_is_as_it_was_carries_no_mark(desk: Desk, kaart_id: str) -> None:
    for naam in ("Oma Ria", small_card()["netwerk"][0]["naam"]):
        save(desk, MEHMET, kaart_id, "netwerk", id="n-1", naam=naam)
    news = look(desk, kaart_id, NEXT_DAY)
    assert news
    assert (len(news.saves), news.items) == (2, {})


def test_notes_that_cannot_be_kept_are_missed_by_nobody(desk: Desk, kaart_id: str, tmp_path: Path) -> None:
    notes = tmp_path / "var" / "seen.sqlite"
    notes.unlink()
    notes.mkdir()
    assert look(desk, kaart_id, NEXT_DAY) is None
    assert seeing.seen_revisions(desk, SANNE) == {}


def test_the_start_page_learns_what_was_seen_last(desk: Desk, kaart_id: str) -> None:
    save(desk, MEHMET, kaart_id, "netwerk", id="n-2", naam="Tante Jo")
    assert seeing.seen_revisions(desk, SANNE)[kaart_id] != reading.read_card(desk, SANNE, kaart_id).revision
    look(desk, kaart_id, NEXT_DAY)
    assert seeing.seen_revisions(desk, SANNE) == {kaart_id: reading.read_card(desk, SANNE, kaart_id).revision}


def test_nobody_is_told_anything(desk: Desk, kaart_id: str) -> None:
    kaart, nobody = reading.read_card(desk, SANNE, kaart_id), Actor("", "")
    with pytest.raises(NotFound):
        seeing.looked(desk, nobody, kaart)
    with pytest.raises(NotAllowed):
        seeing.seen_revisions(desk, nobody)
