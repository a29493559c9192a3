"""Sessions on disk: known by a token that is not in the file, ended for all at once; tries counted before judged."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from app.storage.errors import StoreDamaged
from app.storage.sessions import COMPLETE, Limits, Session, Sessions

NOW = datetime(2026, 11, 23, 14, 32, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SANNE = Session("s1", "sanne", 3, COMPLETE, NOW, NOW, "127.0.0.1", "Firefox, Linux", "password")
FORGET = timedelta(hours=1)


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(tmp_path / "sessions.sqlite")


def test_a_session_is_found_by_its_token_alone_in_every_process(tmp_path: Path, sessions: Sessions) -> None:
    sessions.add("een-token", SANNE)
    assert Sessions(tmp_path / "sessions.sqlite").find("een-token") == SANNE
    for other in ("", "een-toke", "s1", "EEN-TOKEN", "\ud800"):
        assert sessions.find(other) is None
    sessions.end("sanne", "s1")
    assert Sessions(tmp_path / "sessions.sqlite").find("een-token") is None


def test_the_file_holds_no_token_and_nothing_that_was_typed(tmp_path: Path, sessions: Sessions) -> None:
    sessions.add("een-token", SANNE)
    sessions.count_try(["naam:geheim-wachtwoord"], NOW, lambda _what, _tries: SECOND, FORGET)
    sessions.put_aside("nog-een-token", {"nonce": "n"}, NOW)
    held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"sanne" in held
    assert not [word for word in (b"een-token", b"geheim-wachtwoord") if word in held]


def test_a_new_session_takes_the_place_of_the_one_that_the_browser_had(sessions: Sessions) -> None:
    sessions.add("oud", SANNE)
    sessions.add("nieuw", replace(SANNE, id="s2"), instead_of="oud")
    assert sessions.find("oud") is None
    assert [one.id for one in sessions.of("sanne")] == ["s2"]


def test_what_lived_too_long_goes_when_somebody_signs_in(sessions: Sessions) -> None:
    limits = Limits()
    sessions.add("lang", replace(SANNE, id="lang", made=NOW - limits.longest - SECOND))
    sessions.add("stil", replace(SANNE, id="stil", used=NOW - limits.idle - SECOND))
    sessions.add("goed", replace(SANNE, id="goed", made=NOW - limits.longest, used=NOW - limits.idle))
    sessions.add("nieuw", SANNE)
    assert {one.id for one in sessions.of("sanne")} == {"goed", "s1"}


def test_nobody_ends_the_session_of_another_and_the_others_of_oneself_go_at_once(sessions: Sessions) -> None:
    for number in (1, 2, 3):
        sessions.add(f"t{number}", replace(SANNE, id=f"s{number}"))
    sessions.add("m", replace(SANNE, id="m1", account="mehmet"))
    assert not sessions.end("sanne", "m1")
    assert {one.id for one in sessions.end_others("sanne", but="s2")} == {"s1", "s3"}
    assert [one.id for one in (*sessions.of("sanne"), *sessions.of("mehmet"))] == ["s2", "m1"]


def test_use_is_noted_and_never_goes_back(sessions: Sessions) -> None:
    sessions.add("t", SANNE)
    for when in (NOW + 9 * SECOND, NOW + 5 * SECOND):
        sessions.touch(SANNE, when)
    found = sessions.find("t")
    assert found
    assert found.used == NOW + 9 * SECOND


def _doubling(_what: str, tries: int) -> timedelta:
    return timedelta() if tries < 3 else timedelta(minutes=2 ** (tries - 3))


def test_a_try_that_must_wait_is_not_counted_and_the_wait_grows(sessions: Sessions) -> None:
    now, waits = NOW, []
    for _ in range(5):
        until = sessions.count_try(["a"], now, _doubling, FORGET)
        assert until is None
        until = sessions.count_try(["a"], now, _doubling, FORGET)
        if until:
            assert sessions.count_try(["a"], until - SECOND, _doubling, FORGET) == until
            waits.append((until - now).total_seconds() / 60)
            now = until
    assert waits == [1, 2, 4, 8]


def test_the_longest_wait_of_several_holds_and_then_none_is_counted(sessions: Sessions) -> None:
    for _ in range(3):
        sessions.count_try(["naam"], NOW, _doubling, FORGET)
    for _ in range(9):
        assert sessions.count_try(["adres", "naam"], NOW, _doubling, FORGET) == NOW + timedelta(minutes=1)
    assert sessions.count_try(["adres"], NOW, _doubling, FORGET) is None


def test_what_is_forgiven_counts_not_and_what_is_old_is_forgotten(sessions: Sessions) -> None:
    for _ in range(3):
        sessions.count_try(["naam", "adres"], NOW, _doubling, FORGET)
    sessions.forgive(["naam"], ["adres"])
    assert sessions.count_try(["naam", "adres"], NOW, _doubling, FORGET) is None
    assert sessions.count_try(["naam", "adres"], NOW, _doubling, FORGET) == NOW + timedelta(minutes=1)
    later = NOW + FORGET + SECOND
    assert [sessions.count_try(["adres"], later, _doubling, FORGET) for _ in range(3)] == [None] * 3


def test_of_forty_tries_at_once_no_more_are_judged_than_one_by_one(sessions: Sessions) -> None:
    judged = []
    tries = [
        Thread(target=lambda: judged.append(sessions.count_try(["a"], NOW, _doubling, FORGET) is None))
        for _ in range(40)
    ]
    for one in tries:
        one.start()
    for one in tries:
        one.join()
    assert (len(judged), sum(judged)) == (40, 3)


def test_a_step_is_taken_once_and_none_before_it(sessions: Sessions) -> None:
    assert [sessions.take_step("sanne", step) for step in (100, 100, 99, 101, 101)] == [True, False, False, True, False]
    assert sessions.take_step("mehmet", 100)


def test_what_was_put_aside_comes_back_once_and_not_late(sessions: Sessions) -> None:
    sessions.put_aside("t", {"state": "s"}, NOW)
    assert sessions.take_back("t", NOW) == {"state": "s"}
    assert sessions.take_back("t", NOW) is None
    sessions.put_aside("t", {"state": "s"}, NOW)
    assert sessions.take_back("t", NOW + Limits().step + SECOND) is None


def test_a_file_that_is_no_sessions_lets_nobody_in(tmp_path: Path, sessions: Sessions) -> None:
    (tmp_path / "sessions.sqlite").write_bytes(b"geen database, maar wel lang genoeg " * 40)
    with pytest.raises(StoreDamaged):
        sessions.find("t")
