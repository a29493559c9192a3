"""What comes in is kept apart, for who brought it, until somebody decides or the time is over."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.storage.errors import StoreDamaged
from app.storage.quarantine import Quarantine, TooMuch

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
CARD = "6b6f0c1e-51a5-4f0e-9d3e-0c8f7a1b2c3d"


@pytest.fixture
def quarantine(tmp_path: Path) -> Quarantine:
    return Quarantine(tmp_path / "ontvangen")


def test_what_came_in_is_there_as_it_came_with_who_brought_it(quarantine: Quarantine) -> None:
    parcel = quarantine.receive("sanne", NOW, io.BytesIO(b"pakket"), 6)
    assert quarantine.get(parcel.id) == parcel
    assert quarantine.file(parcel.id).read_bytes() == b"pakket"
    assert quarantine.file(parcel.id).stat().st_mode & 0o077 == 0
    judged = replace(parcel, kaart_id=CARD, counts={"saves": 3})
    quarantine.put(judged)
    assert quarantine.all() == [judged]


def test_too_much_is_refused_and_nothing_is_kept(quarantine: Quarantine, tmp_path: Path) -> None:
    with pytest.raises(TooMuch):
        quarantine.receive("sanne", NOW, io.BytesIO(b"x" * 100_001), 100_000)
    assert list((tmp_path / "ontvangen").iterdir()) == []


@pytest.mark.parametrize("text", ["", "..", "b-../../x", "b-0123456789/..", "b-ABCDEFGHIJ"])
def test_no_text_leads_out_of_the_folder(quarantine: Quarantine, text: str) -> None:
    quarantine.receive("sanne", NOW, io.BytesIO(b"pakket"), 6)
    assert quarantine.get(text) is None
    quarantine.remove(text)
    assert len(quarantine.all()) == 1


def test_the_packages_of_a_card_that_is_destroyed_go_and_the_others_stay(quarantine: Quarantine) -> None:
    of_card, other = (quarantine.receive("sanne", NOW, io.BytesIO(b"p"), 6) for _ in range(2))
    quarantine.put(replace(of_card, kaart_id=CARD))
    quarantine.forget(CARD)
    assert [one.id for one in quarantine.all()] == [other.id]


@pytest.mark.parametrize("note", [b"", b"{half", b"[1]", b'{"id": "b-0123456789"}'])
def test_a_damaged_note_stands_in_the_way_of_no_other_and_goes_with_what_is_destroyed(
    quarantine: Quarantine, note: bytes
) -> None:
    damaged, other = (quarantine.receive("sanne", NOW, io.BytesIO(b"p"), 6) for _ in range(2))
    (quarantine.place(damaged.id) / "opgave.json").write_bytes(note)
    assert quarantine.all() == [other]
    quarantine.sweep(NOW - timedelta(days=30))
    assert quarantine.place(damaged.id).exists()
    quarantine.forget(CARD)
    assert not quarantine.place(damaged.id).exists()
    assert quarantine.all() == [other]


def test_what_is_old_goes_and_so_does_what_a_program_that_died_left(quarantine: Quarantine, tmp_path: Path) -> None:
    old = quarantine.receive("sanne", NOW - timedelta(days=40), io.BytesIO(b"p"), 6)
    new = quarantine.receive("sanne", NOW, io.BytesIO(b"p"), 6)
    half = tmp_path / "ontvangen" / "b-half"
    half.mkdir()
    quarantine.sweep(datetime.now(UTC) + timedelta(minutes=1))
    assert not half.exists()
    assert quarantine.get(old.id) is None
    again = quarantine.receive("sanne", datetime.now(UTC) + timedelta(days=1), io.BytesIO(b"p"), 6)
    quarantine.sweep(NOW)
    assert [one.id for one in quarantine.all()] == [again.id]
    assert quarantine.get(new.id) is None


def test_a_note_that_is_none_is_an_error_of_the_store(quarantine: Quarantine) -> None:
    parcel = quarantine.receive("sanne", NOW, io.BytesIO(b"p"), 6)
    (quarantine.file(parcel.id).parent / "opgave.json").write_bytes(b"{")
    with pytest.raises(StoreDamaged, match="read"):
        quarantine.get(parcel.id)
