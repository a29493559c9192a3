"""Drafts on disk: private, whole or not there, and gone when they are removed."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from app.storage.drafts import MOST_BYTES, MOST_OF_ONE, Draft, Drafts, DraftsFull, Label
from app.storage.errors import StoreDamaged, StoreError, StoreFailed

NOW = datetime(2026, 11, 23, 14, 32, tzinfo=UTC)
LONG_AGO = NOW - timedelta(90)
SANNE, MEHMET = "sanne@cjg.example", "mehmet@veiligthuis.example"
FIELDS = (("tekst", "Vader belt\r\noma ‘altijd’ \x00"), ("wie", ""), ("wie", "p-2"), ("wie", "p-1"), ("leeg", ""))


def draft(identity: str = "k1", *, when: datetime = NOW, fields: tuple[tuple[str, str], ...] = FIELDS) -> Draft:
    return Draft(Label(identity, "kaart-1", "afspraken/a-1", "rev1", "Gezin Van Dale", "Afspraak", when), fields)


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    return Drafts(tmp_path / "drafts.sqlite")


def test_a_draft_comes_back_as_it_was_put_with_its_fields_in_order(drafts: Drafts) -> None:
    drafts.put(SANNE, draft(), LONG_AGO)
    assert drafts.get(SANNE, "k1") == draft()
    later = draft(when=NOW + timedelta(minutes=1), fields=(("tekst", "Anders"),))
    drafts.put(SANNE, later, LONG_AGO)
    assert drafts.get(SANNE, "k1") == later
    assert drafts.of(SANNE) == [later.label]


def test_nobody_else_reads_overwrites_or_removes_it(drafts: Drafts) -> None:
    drafts.put(SANNE, draft(), LONG_AGO)
    assert drafts.get(MEHMET, "k1") is None
    assert drafts.of(MEHMET) == []
    drafts.put(MEHMET, draft(fields=(("tekst", "Van Mehmet"),)), LONG_AGO)
    drafts.remove(MEHMET, "k1")
    assert drafts.get(SANNE, "k1") == draft()


def test_only_this_user_can_read_the_files(tmp_path: Path, drafts: Drafts) -> None:
    before = os.umask(0o022)
    try:
        drafts.put(SANNE, draft(), LONG_AGO)
        with sqlite3.connect(tmp_path / "drafts.sqlite") as held:  # keeps the files beside it there
            held.execute("SELECT 1 FROM draft").fetchone()
            files = list(tmp_path.glob("drafts.sqlite*"))
            assert len(files) > 2
            assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        held.close()
    finally:
        os.umask(before)


def test_what_is_removed_is_not_in_the_file_any_more(tmp_path: Path, drafts: Drafts) -> None:
    word = "Hoenderloopsesteeg"
    drafts.put(SANNE, draft(fields=(("tekst", word),)), LONG_AGO)
    assert word.encode() in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    drafts.remove(SANNE, "k1")
    assert word.encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_what_nobody_touched_for_long_goes_at_the_next_put_of_anybody(drafts: Drafts) -> None:
    drafts.put(SANNE, draft("oud", when=NOW - timedelta(91)), NOW - timedelta(200))
    drafts.put(SANNE, draft("nieuw", when=NOW - timedelta(89)), NOW - timedelta(200))
    drafts.put(MEHMET, draft(), LONG_AGO)
    assert [one.id for one in drafts.of(SANNE)] == ["nieuw"]


def test_one_draft_and_one_person_have_a_limit_and_what_is_there_can_still_be_changed(drafts: Drafts) -> None:
    with pytest.raises(DraftsFull):
        drafts.put(SANNE, draft(fields=(("tekst", "é" * (MOST_BYTES // 2)),)), LONG_AGO)
    for number in range(MOST_OF_ONE):
        drafts.put(SANNE, draft(f"k{number}"), LONG_AGO)
    with pytest.raises(DraftsFull):
        drafts.put(SANNE, draft("te-veel"), LONG_AGO)
    drafts.put(SANNE, draft("k7", fields=(("tekst", "Anders"),)), LONG_AGO)
    drafts.put(MEHMET, draft(), LONG_AGO)
    assert len(drafts.of(SANNE)) == MOST_OF_ONE


def test_a_file_that_is_no_drafts_says_so_and_stays_for_who_must_mend_it(tmp_path: Path, drafts: Drafts) -> None:
    file = tmp_path / "drafts.sqlite"
    file.write_bytes(b"geen database, maar wel lang genoeg " * 40)
    for ask in (lambda: drafts.of(SANNE), lambda: drafts.put(SANNE, draft(), LONG_AGO)):
        with pytest.raises(StoreDamaged):
            ask()
    assert file.read_bytes().startswith(b"geen database")
    file.unlink()
    drafts.put(SANNE, draft(), LONG_AGO)
    with sqlite3.connect(file) as held:
        held.execute("UPDATE draft SET fields = '[[1'")
    held.close()
    with pytest.raises(StoreDamaged):
        drafts.get(SANNE, "k1")


def test_a_later_form_of_the_file_and_a_folder_that_is_gone_are_errors_of_the_store(tmp_path: Path) -> None:
    file = tmp_path / "drafts.sqlite"
    with sqlite3.connect(file) as held:
        held.execute("PRAGMA user_version = 7")
    held.close()
    with pytest.raises(StoreError, match="version 7"):
        Drafts(file).of(SANNE)
    with pytest.raises(StoreFailed):
        Drafts(tmp_path / "weg" / "drafts.sqlite").of(SANNE)


def test_many_at_once_begin_the_file_and_lose_nothing(drafts: Drafts) -> None:
    writers = [Thread(target=drafts.put, args=(SANNE, draft(f"k{number}"), LONG_AGO)) for number in range(12)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert len(drafts.of(SANNE)) == len(writers)


_WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from tests.storage.test_drafts import LONG_AGO, SANNE, draft
from app.storage.drafts import Drafts
drafts = Drafts(Path(sys.argv[1]))
for number in range(100_000):
    drafts.put(SANNE, draft(fields=(("tekst", f"{number} " * 2_000),)), LONG_AGO)
    print(number, flush=True)
"""


@pytest.mark.parametrize("answers", [1, 4, 9, 23])
def test_a_process_killed_in_the_middle_of_a_put_leaves_the_last_answered_or_the_next_draft_whole(
    tmp_path: Path, drafts: Drafts, answers: int
) -> None:
    command = [sys.executable, "-c", _WRITER, str(tmp_path / "drafts.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as writer:
        assert writer.stdout
        for _ in range(answers):
            writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        told = [answers - 1, *(int(line) for line in writer.stdout.read().split("\n")[:-1])][-1]
    held = drafts.get(SANNE, "k1")
    assert held
    ((_, text),) = held.fields
    assert text in (f"{told} " * 2_000, f"{told + 1} " * 2_000)
    drafts.put(SANNE, draft(), LONG_AGO)
    assert drafts.get(SANNE, "k1") == draft()
