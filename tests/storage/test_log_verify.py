"""Whatever is done to the log, the check names the exact first line; and finds nothing where nothing was done."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.storage.access_log import RETIRE, AccessLog, Event
from app.storage.log_verify import Fault, verify
from tests.storage.test_access_log import DEC, FEB, NOV, event, opened

MONTHS = ("2026-11", "2026-12", "2027-02")


@pytest.fixture
def log(tmp_path: Path) -> AccessLog:
    """Three parts of seven lines, each begun by a line of the log about itself."""
    made = opened(tmp_path)
    for moment in (NOV, DEC, FEB):
        for number in range(6):
            made.append([event(when=moment, who=f"who-{number}", kaart="k")])
    return made


def all_lines(log: AccessLog, part: str) -> list[bytes]:
    return log.path(part).read_bytes().splitlines(keepends=True)


Tamper = Callable[[list[bytes], int], list[bytes]]
TAMPERS: dict[str, Tamper] = {
    "edit a word": lambda all_, n: [*all_[:n], all_[n].replace(b"toegestaan", b"geweigerd "), *all_[n + 1 :]],
    "edit its number": lambda all_, n: [*all_[:n], all_[n].replace(b'{"n":', b'{"n":9'), *all_[n + 1 :]],
    "edit its mac": lambda all_, n: [*all_[:n], all_[n][:-6] + b'000"}\n', *all_[n + 1 :]],
    "write over it": lambda all_, n: [*all_[:n], b"weg\n", *all_[n + 1 :]],
    "delete": lambda all_, n: [*all_[:n], *all_[n + 1 :]],
    "delete two": lambda all_, n: [*all_[:n], *all_[n + 2 :]],
    "insert a copy of another": lambda all_, n: [*all_[:n], all_[n - 1], *all_[n:]],
    "insert junk": lambda all_, n: [*all_[:n], b"{}\n", *all_[n:]],
    "swap with the next": lambda all_, n: [*all_[:n], *all_[n + 1 : n + 2], all_[n], *all_[n + 2 :]],
    "cut off": lambda all_, n: all_[:n],
    "cut off halfway": lambda all_, n: [*all_[:n], all_[n][:40]],
}


@pytest.mark.parametrize("part", MONTHS)
@pytest.mark.parametrize("name", TAMPERS)
def test_what_is_done_at_any_line_is_found_at_that_line(log: AccessLog, part: str, name: str) -> None:
    whole = all_lines(log, part)
    assert len(whole) == 7
    for number in range(7 - (name == "swap with the next")):
        log.path(part).write_bytes(b"".join(TAMPERS[name](whole, number)))
        fault = verify(log).fault
        assert fault, f"line {number + 1}: not found"
        assert (fault.part, fault.line) == (part, number + 1), f"line {number + 1}: {fault}"
    log.path(part).write_bytes(b"".join(whole))
    assert verify(log).fault is None


@pytest.mark.parametrize(
    ("name", "why", "missing"),
    [
        ("edit a word", "changed", 0),
        ("edit its number", "changed", 0),
        ("write over it", "changed", 0),
        ("delete", "removed", 1),
        ("delete two", "removed", 2),
        ("insert a copy of another", "added", 0),
        ("insert junk", "added", 0),
        ("swap with the next", "moved", 0),
        ("cut off", "cut", 4),
    ],
)
def test_what_was_done_is_said(log: AccessLog, name: str, why: str, missing: int) -> None:
    log.path("2026-12").write_bytes(b"".join(TAMPERS[name](all_lines(log, "2026-12"), 3)))
    assert verify(log).fault == Fault("2026-12", 4, why, missing)  # type: ignore[arg-type]  # a word of the table


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("2026-11", Fault("2026-11", 1, "removed", 7)),
        ("2026-12", Fault("2026-12", 1, "removed", 7)),
        ("2027-02", Fault("2027-02", 1, "cut", 7)),
    ],
)
def test_a_part_that_is_gone_is_named(log: AccessLog, part: str, expected: Fault) -> None:
    log.path(part).unlink()
    assert verify(log).fault == expected


def test_a_log_that_is_gone_whole_is_named(log: AccessLog) -> None:
    for part in MONTHS:
        log.path(part).unlink()
    assert verify(log).fault == Fault("2027-02", 1, "cut", 21)


def test_a_cut_that_takes_the_anchor_along_shows_against_one_kept_elsewhere(log: AccessLog) -> None:
    kept = verify(log)
    early = log.anchor.path.read_bytes()
    log.append([event(when=FEB)])
    later = verify(log)
    log.path("2027-02").write_bytes(b"".join(all_lines(log, "2027-02")[:7]))
    log.anchor.path.write_bytes(early)
    assert verify(log).fault is None
    assert verify(log, (kept.count, kept.mac)).fault is None
    assert verify(log, (later.count, later.mac)).fault == Fault("2027-02", 8, "cut", 1)
    assert verify(log, (kept.count, "0" * 64)).fault == Fault("2027-02", 7, "changed")


def test_the_oldest_parts_may_go_only_when_the_log_says_that_they_were_retired(log: AccessLog) -> None:
    count = len(all_lines(log, "2026-11"))
    log.path("2026-11").unlink()
    assert verify(log).fault
    retired = Event(RETIRE, "D", "toegestaan", FEB)
    log.append_marked([(retired, {"retired": {"part": "2026-11", "count": count}})])
    assert (verify(log).fault, verify(log).first) == (None, 8)
    log.path("2026-12").unlink()
    assert verify(log).fault == Fault("2026-12", 1, "removed", 14)


def test_a_line_sealed_with_another_key_is_found(log: AccessLog, tmp_path: Path) -> None:
    stranger = AccessLog(log.folder, tmp_path / "other-anchor", tmp_path / "other.key")
    (tmp_path / "other.key").write_text("y" * 64)
    stranger.append([event(when=FEB)])
    assert verify(log).fault == Fault("2027-02", 8, "changed")
