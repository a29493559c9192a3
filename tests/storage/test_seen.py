"""Who looked at which card, also when the file is at fault."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.storage.errors import StoreFailed
from app.storage.seen import VISIT, Seen, Visit

NINE = datetime.fromisoformat("2026-11-09T09:00:00+01:00")


@pytest.fixture
def seen(tmp_path: Path) -> Seen:
    return Seen(tmp_path / "seen.sqlite")


def later(**since: int) -> datetime:
    return NINE + timedelta(**since)


def test_the_first_visit_has_none_before_it(seen: Seen) -> None:
    assert seen.look("sanne@", "kaart", "1111", NINE) is None


def test_the_mark_stays_through_a_visit_and_moves_when_it_is_over(seen: Seen) -> None:
    seen.look("sanne@", "kaart", "1111", NINE)
    assert seen.look("sanne@", "kaart", "2222", later(hours=4)) is None, "still the first visit"
    next_day = later(hours=4) + VISIT + timedelta(seconds=1)
    assert seen.look("sanne@", "kaart", "3333", next_day) == Visit("2222", later(hours=4))
    assert seen.look("sanne@", "kaart", "4444", next_day + VISIT) == Visit("2222", later(hours=4))


def test_each_person_and_card_has_a_mark_of_its_own(seen: Seen) -> None:
    seen.look("sanne@", "kaart", "1111", NINE)
    assert seen.look("mehmet@", "kaart", "2222", later(days=1)) is None
    assert seen.look("sanne@", "andere", "3333", later(days=1)) is None
    assert seen.revisions("sanne@") == {"kaart": "1111", "andere": "3333"}
    assert seen.revisions("niemand@") == {}


def test_the_file_is_for_this_user_alone(seen: Seen, tmp_path: Path) -> None:
    seen.look("sanne@", "kaart", "1111", NINE)
    assert (tmp_path / "seen.sqlite").stat().st_mode & 0o777 == 0o600


def _garbage(path: Path) -> None:
    path.write_bytes(b"not a database" * 100)


def _other_version(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 7")


def _no_moment(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("UPDATE seen SET moment = 'gisteren'")


@pytest.mark.parametrize("damage", [_garbage, _other_version, _no_moment])
def test_a_damaged_file_is_begun_anew(seen: Seen, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    seen.look("sanne@", "kaart", "1111", NINE)
    damage(tmp_path / "seen.sqlite")
    assert seen.look("sanne@", "kaart", "2222", later(days=1)) is None
    assert seen.look("sanne@", "kaart", "3333", later(days=2)) == Visit("2222", later(days=1))


def test_a_file_that_cannot_be_made_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "seen.sqlite").mkdir()
    with pytest.raises(StoreFailed):
        Seen(tmp_path / "seen.sqlite").look("sanne@", "kaart", "1111", NINE)
    with pytest.raises(StoreFailed):
        Seen(tmp_path / "no" / "folder").revisions("sanne@")


def test_who_looks_again_at_once_waits_for_no_writer(tmp_path: Path) -> None:
    path, now = tmp_path / "seen.sqlite", later(days=14)
    seen = Seen(path)
    seen.look("sanne", "kaart", "r1", now - timedelta(days=1))
    seen.look("sanne", "kaart", "r2", now)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        former = seen.look("sanne", "kaart", "r2", now + timedelta(seconds=30))
    assert former
    assert former.revision == "r1"
    assert seen.look("sanne", "kaart", "r3", now + timedelta(minutes=1)) == former
    assert seen.revisions("sanne") == {"kaart": "r3"}, "another revision is noted however soon"
