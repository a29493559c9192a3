"""The access log is added to only, survives what goes wrong, and stands still when it cannot be written."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.storage.access_log import LOST_ANCHOR, PART, REPAIR, SHORTER, TORN, AccessLog, Event, LogUnavailable
from app.storage.log_verify import verify

NOV, DEC, FEB = (
    datetime(2026, 11, 23, 9, tzinfo=UTC),
    datetime(2026, 12, 1, tzinfo=UTC),
    datetime(2027, 2, 1, tzinfo=UTC),
)


def event(word: str = "read", when: datetime = NOV, **fields: Any) -> Event:
    return Event(word, "R", "toegestaan", when, **fields)


def opened(folder: Path) -> AccessLog:
    return AccessLog(folder / "log")


def lines(log: AccessLog) -> list[dict[str, Any]]:
    """All lines, those of the log about itself too."""
    return [json.loads(line) for part in log.parts() for line in log.path(part).read_text("ascii").splitlines()]


def words(log: AccessLog) -> list[str]:
    return [line["event"] for line in lines(log)]


def grounds(log: AccessLog) -> list[str]:
    return [line["ground"] for line in lines(log) if line["event"] == REPAIR]


def test_a_line_holds_every_field_its_number_and_its_mac(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.append([event(who="sanne", name="Sanne Bakker", kaart="k", emergency=True)])
    _, line = lines(log)
    assert (line["n"], line["who"], line["kaart"], line["emergency"]) == (2, "sanne", "k", True)
    assert line["when"] == "2026-11-23T09:00:00.000+00:00"
    assert len(line["mac"]) == 64
    assert verify(log).fault is None


@given(st.text(max_size=400))
def test_no_text_can_break_a_line_or_turn_it_round(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    log = opened(tmp_path_factory.mktemp("log"))
    log.append([event(text, name=text, address=text), event("after")])
    raw = log.path("2026-11").read_bytes()
    assert raw.count(b"\n") == 3
    assert all(one == 10 or 32 <= one < 127 for one in raw)
    name = lines(log)[1]["name"]
    assert name.isprintable()
    assert len(name) <= 200
    assert verify(log).fault is None


def test_a_month_is_a_part_of_its_own_that_names_the_end_of_the_one_before(tmp_path: Path) -> None:
    log = opened(tmp_path)
    for moment in (NOV, NOV, DEC, FEB):
        log.append([event(when=moment)])
    assert log.parts() == ["2026-11", "2026-12", "2027-02"]
    found = lines(log)
    assert [line["n"] for line in found] == list(range(1, 8))
    begin = [line for line in found if line["event"] == PART]
    assert [line["former"]["part"] for line in begin] == ["", "2026-11", "2026-12"]
    assert begin[1]["former"] == {"part": "2026-11", "count": 3, "mac": found[2]["mac"]}
    assert verify(log).fault is None


def test_a_clock_that_is_put_back_goes_on_in_the_newest_part(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.append([event(when=DEC)])
    log.append([event(when=NOV)])
    assert log.parts() == ["2026-12"]
    assert verify(log).fault is None


def test_eight_threads_and_two_logs_on_one_folder_lose_nothing(tmp_path: Path) -> None:
    logs = [opened(tmp_path), opened(tmp_path)]

    def write(number: int) -> None:
        for count in range(20):
            logs[number % 2].append([event(f"w-{number}-{count}")])

    threads = [threading.Thread(target=write, args=[number]) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(words(logs[0])[1:]) == sorted(f"w-{number}-{count}" for number in range(8) for count in range(20))
    assert verify(logs[0]).fault is None


def test_a_torn_last_line_is_taken_off_and_said_and_what_was_confirmed_stays(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.append([event("kept")])
    with log.path("2026-11").open("ab") as file:
        file.write(b'{"n":3,"event":"half')
    verdict = verify(log)
    assert (verdict.fault, verdict.torn, verdict.count) == (None, True, 2)
    log.append([event("after")])
    assert words(log) == [PART, "kept", REPAIR, "after"]
    assert grounds(log) == [TORN]
    assert verify(log).fault is None


def test_lines_that_the_anchor_does_not_know_of_yet_are_kept(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.append([event("one")])
    before = log.anchor.path.read_bytes()
    log.append([event("two"), event("three")])
    log.anchor.path.write_bytes(before)  # killed between the log and its anchor
    assert verify(log).fault is None
    log.append([event("four", when=DEC)])
    log.append([event("five", when=DEC)])
    assert words(log) == [PART, "one", "two", "three", PART, "four", "five"]
    assert verify(log).fault is None


def test_a_part_that_was_begun_before_the_anchor_knew_is_gone_on_with(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.append([event("one")])
    before = log.anchor.path.read_bytes()
    log.append([event("two", when=DEC)])
    log.anchor.path.write_bytes(before)
    log.append([event("three", when=DEC)])
    assert words(log) == [PART, "one", PART, "two", "three"]
    assert verify(log).fault is None
    log.path("2027-02").touch()  # killed before its first line
    log.append([event("four", when=FEB)])
    assert words(log)[-2:] == [PART, "four"]
    assert verify(log).fault is None


@pytest.mark.parametrize("bad", [b"", b"x" * 9000, None])
def test_half_an_anchor_leaves_the_other_half_and_a_lost_one_is_said(tmp_path: Path, bad: bytes | None) -> None:
    log = opened(tmp_path)
    log.append([event("one")])
    log.append([event("two")])
    data = log.anchor.path.read_bytes()
    for place in (0, 4096):
        log.anchor.path.write_bytes(data[:place] + b"\0" * 10 + data[place + 10 :])
        assert verify(log).fault is None
    log.anchor.path.unlink() if bad is None else log.anchor.path.write_bytes(bad)
    found = verify(log).fault
    assert found
    assert (found.part, found.line, found.why) == ("2026-11", 3, "anchor")
    log.append([event("three")])
    assert grounds(log) == [LOST_ANCHOR]
    found = verify(log).fault
    assert found
    assert (found.line, found.why) == (4, "anchor")


def test_after_a_cut_the_log_goes_on_and_the_cut_still_shows(tmp_path: Path) -> None:
    log = opened(tmp_path)
    for number in range(4):
        log.append([event(str(number))])
    path = log.path("2026-11")
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
    log.append([event("after")])
    assert grounds(log) == [SHORTER]
    assert [line["n"] for line in lines(log)] == [1, 2, 3, 6, 7]
    found = verify(log).fault
    assert found
    assert (found.part, found.line, found.why, found.missing) == ("2026-11", 4, "removed", 2)


def test_the_key_is_made_once_for_this_user_alone_and_never_again(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.append([event()])
    key = tmp_path / "log.key"
    assert (len(key.read_bytes()), key.stat().st_mode & 0o777) == (65, 0o600)
    kept = key.read_bytes()
    for wrong in (None, b"short"):
        key.unlink() if wrong is None else key.write_bytes(wrong)
        with pytest.raises(LogUnavailable):
            opened(tmp_path).append([event()])
    key.write_bytes(kept)
    opened(tmp_path).append([event()])
    assert verify(log).fault is None


def test_the_anchor_and_the_key_can_stand_elsewhere(tmp_path: Path) -> None:
    log = AccessLog(tmp_path / "log", tmp_path / "elsewhere" / "anchor", tmp_path / "safe" / "key")
    log.append([event()])
    assert {path.name for path in tmp_path.iterdir()} == {"log", "log.lock", "elsewhere", "safe"}
    assert verify(log).fault is None


@pytest.mark.parametrize("in_its_place", ["log", "log/2026-11.jsonl", "log.key", "log-anchor", "log.lock"])
def test_where_something_else_stands_in_its_place_nothing_is_confirmed(tmp_path: Path, in_its_place: str) -> None:
    place = tmp_path / in_its_place
    place.parent.mkdir(exist_ok=True)
    place.write_text("x" * 10) if in_its_place == "log" else place.mkdir()
    with pytest.raises(LogUnavailable):
        opened(tmp_path).append([event()])


def test_a_part_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "elsewhere").touch()
    (tmp_path / "log" / "2026-11.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LogUnavailable):
        opened(tmp_path).append([event()])
