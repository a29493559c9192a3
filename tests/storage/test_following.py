"""What people follow and when they looked: kept on disk, never going back, and not guessed where it is damaged."""

from pathlib import Path

import pytest

from app.storage.errors import StoreDamaged, StoreFailed
from app.storage.following import Following, Follows


@pytest.fixture
def following(tmp_path: Path) -> Following:
    return Following(tmp_path / "following.sqlite")


def test_what_is_followed_is_there_for_the_next_process(following: Following, tmp_path: Path) -> None:
    assert following.of("sanne") == Follows()
    for card in ("k-2", "k-1", "k-1"):
        following.follow("sanne", card)
    following.follow("mehmet", "k-3")
    assert Following(tmp_path / "following.sqlite").of("sanne") == Follows(("k-1", "k-2"))
    following.unfollow("sanne", "k-2")
    following.unfollow("sanne", "k-9")
    assert following.of("sanne").cards == ("k-1",)
    assert following.of("mehmet").cards == ("k-3",)


def test_a_look_never_goes_back(following: Following) -> None:
    for until in ("2026-11-23T12", "2026-11-23T11", "2026-11-22T12"):
        following.look("sanne", until, "2026-11-23T13")
    assert following.of("sanne").until == "2026-11-23T12"
    assert following.of("mehmet").until == ""


def test_a_look_at_what_is_still_to_come_is_taken_back(following: Following) -> None:
    following.look("sanne", "2099-01-01T00", "2099-01-01T00")
    following.look("sanne", "2026-11-23T11", "2026-11-23T12")
    assert following.of("sanne").until == "2026-11-23T11"


def test_a_card_that_is_gone_is_followed_by_nobody(following: Following) -> None:
    for who in ("sanne", "mehmet"):
        following.follow(who, "k-1")
        following.follow(who, "k-2")
    following.forget("k-1")
    assert [following.of(who).cards for who in ("sanne", "mehmet")] == [("k-2",), ("k-2",)]


def test_a_file_that_is_damaged_or_cannot_be_made_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "following.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreDamaged):
        Following(tmp_path / "following.sqlite").of("sanne")
    with pytest.raises(StoreFailed):
        Following(tmp_path / "no" / "folder").follow("sanne", "k-1")
