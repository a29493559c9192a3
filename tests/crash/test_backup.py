"""A backup and a restore that are killed, or find the disk full: what was there counts, and doing it again works."""

import errno
import shutil
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from app.services import editing
from app.storage.backup import check_backup
from app.storage.backup_folder import BackupFolder
from app.storage.errors import StoreError
from tests.backups import Installation, assert_equal, files_of
from tests.crash.stepping import Fault
from tests.crash.test_service import report
from tests.crash.work import Worker
from tests.desks import SANNE, new_card, peopled, save_confirmed
from tests.storage.helpers import plain_git


def lived_in(folder: Path) -> tuple[Installation, list[str]]:
    """An installation with three cards."""
    here = Installation(folder)
    desk = peopled(here.desk)
    return here, [editing.create_card(desk, SANNE, new_card(), "Begin") for _ in range(3)]


def held(copy: Path) -> dict[str, dict[str, str]]:
    """What a backup that is whole holds of each card: its branches, as git finds them in the bundle."""
    manifest, faults = check_backup(BackupFolder(copy), lambda ids, _: ids)
    assert faults == []
    for card in manifest.cards.values():
        told = plain_git(copy, "bundle", "list-heads", card.bundle.file)
        assert {name: oid for oid, name in map(str.split, told.splitlines()) if name != "HEAD"} == dict(card.refs)
    return {name: dict(card.refs) for name, card in manifest.cards.items()}


def refs_of(here: Installation) -> dict[str, dict[str, str]]:
    return {one: here.places.store.refs(one) for one in here.desk.kaarten.ids()}


def killed_backups(folder: Path, stride: int) -> None:
    here, (first, second, _) = lived_in(folder / "hier")
    copy = folder / "kopie"
    assert here.run("backup", copy).exit_code == 0
    former, calls, points, news = held(copy), 0, 0, 0
    struck = True
    with Worker() as worker:
        while struck:
            desk = here.desk
            document = {**desk.kaarten.read(first).document}
            document["afspraken"] = [{**one, "frequentie": f"keer {points}"} for one in document["afspraken"]]
            save_confirmed(desk, SANNE, first, document, "Gewijzigd")
            outcome = worker.do("backup", here.folder, str(copy), kill_after=1 + points * stride)
            points, calls, struck = points + 1, outcome.calls, outcome.struck
            now = held(copy)
            assert now in (former, refs_of(here))
            news += now != former
            assert not outcome.answer or now == refs_of(here)
            if points % 5 == 0 or not struck:
                assert here.run("backup", copy).exit_code == 0
                assert held(copy) == refs_of(here)
                assert not (copy / ".new").exists()
                named = 1 + len(list(check_backup(BackupFolder(copy), lambda ids, _: ids)[0].pieces()))
                assert len([name for name in files_of(copy) if name != ".lock"]) == named
            former = held(copy)
    assert news
    assert second in former
    report("backup", f"{points} kill points over {calls} calls, the old or the new one counts at each")


def test_a_backup_that_is_killed_leaves_the_former_one_or_is_whole(tmp_path: Path) -> None:
    killed_backups(tmp_path, stride=2503)


@pytest.mark.deep
def test_a_backup_that_is_killed_at_every_few_calls_leaves_the_former_one_or_is_whole(tmp_path: Path) -> None:
    killed_backups(tmp_path, stride=13)


def killed_restores(folder: Path, stride: int) -> None:
    here, kaarten = lived_in(folder / "hier")
    copy = folder / "kopie"
    assert here.run("backup", copy).exit_code == 0
    before = files_of(copy)
    points = calls = half = 0
    struck = True
    with Worker() as worker:
        while struck:
            there = Installation(folder / "daar")
            outcome = worker.do("restore", there.folder, str(copy), kill_after=1 + points * stride)
            points, calls, struck = points + 1, outcome.calls, outcome.struck
            if (there.var / "terugzetten").exists():
                half += 1
                with pytest.raises(StoreError, match="half put back"):
                    _ = there.desk
            if not outcome.answer:
                again = there.run("restore", copy)
                assert again.exit_code == 0 or "Hier staan al gegevens" in again.output, again.output
            assert_equal(here, there, kaarten)
            assert there.run("check").exit_code == 0 or there.run("reindex").exit_code == 0
            assert there.run("check").exit_code == 0
            assert there.run("log", "verify").exit_code == 0
            shutil.rmtree(there.folder)
    assert files_of(copy) == before
    assert half
    report(
        "restore", f"{points} kill points over {calls} calls, {half} half and refused, all whole after doing it again"
    )


def test_a_restore_that_is_killed_is_done_again_and_nobody_works_with_the_half_of_it(tmp_path: Path) -> None:
    killed_restores(tmp_path, stride=5003)


@pytest.mark.deep
def test_a_restore_that_is_killed_at_every_few_calls_is_done_again(tmp_path: Path) -> None:
    killed_restores(tmp_path, stride=29)


@pytest.mark.parametrize("stride", [997, pytest.param(1, marks=pytest.mark.deep)])
def test_a_backup_on_a_full_disk_leaves_the_former_one_or_is_whole(tmp_path: Path, stride: int) -> None:
    here, (first, *_) = lived_in(tmp_path / "hier")
    copy = tmp_path / "kopie"
    assert here.run("backup", copy).exit_code == 0
    refused = 0
    with Worker() as worker:
        for number in count(1, stride):
            former = held(copy)
            desk = here.desk
            document = {**desk.kaarten.read(first).document}
            document["afspraken"] = [{**one, "frequentie": f"keer {number}"} for one in document["afspraken"]]
            save_confirmed(desk, SANNE, first, document, "Gewijzigd")
            fault = Fault(errno.ENOSPC, number, stays=True, only="change")
            outcome = worker.do("backup", here.folder, str(copy), fault=fault)
            assert held(copy) in (former, refs_of(here))
            if not outcome.struck:
                break
            refused += (outcome.answer or "").partition(":")[0] in ("StoreFailed", "LogUnavailable")
            assert not (outcome.answer or "").startswith("made") or held(copy) == refs_of(here)
    assert refused
    assert here.run("backup", copy).exit_code == 0
    assert held(copy) == refs_of(here)


@pytest.mark.parametrize("stride", [331, pytest.param(1, marks=pytest.mark.deep)])
def test_a_restore_on_a_full_disk_says_so_and_is_done_again(tmp_path: Path, stride: int) -> None:
    here, kaarten = lived_in(tmp_path / "hier")
    copy = tmp_path / "kopie"
    assert here.run("backup", copy).exit_code == 0
    refused = 0
    with Worker() as worker:
        for number in count(1, stride):
            there = Installation(tmp_path / "daar")
            fault = Fault(errno.ENOSPC, number, stays=True, only="change")
            outcome = worker.do("restore", there.folder, str(copy), fault=fault)
            if not outcome.struck:
                break
            refused += (outcome.answer or "").startswith("RestoreUnfinished")
            again = there.run("restore", copy)
            assert again.exit_code == 0 or outcome.answer == "restored", again.output
            assert_equal(here, there, kaarten)
            shutil.rmtree(there.folder)
    assert refused


@pytest.mark.parametrize("stride", [29, pytest.param(1, marks=pytest.mark.deep)])
def test_a_disk_that_loses_a_write_takes_no_good_backup_away(tmp_path: Path, stride: int) -> None:
    here, (first, *_) = lived_in(tmp_path / "hier")
    copy = tmp_path / "kopie"
    assert here.run("backup", copy).exit_code == 0
    found = 0
    with Worker() as worker:
        for number in count(1, stride):
            former = held(copy)
            desk = here.desk
            document = {**desk.kaarten.read(first).document}
            document["afspraken"] = [{**one, "frequentie": f"keer {number}"} for one in document["afspraken"]]
            save_confirmed(desk, SANNE, first, document, "Gewijzigd")
            fault = Fault(0, number, lost_below=str(copy))
            outcome = worker.do("backup", here.folder, str(copy), fault=fault)
            assert held(copy) in (former, refs_of(here)), outcome
            for database in copy.glob("files/*.sqlite.*"):
                with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
                    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], outcome
            if not outcome.struck:
                break
            assert outcome.answer
            found += outcome.answer.startswith(("faults", "StoreFailed", "StoreDamaged"))
            assert outcome.answer != "made" or held(copy) == refs_of(here)
    assert found
    assert here.run("backup", copy).exit_code == 0
    assert held(copy) == refs_of(here)
    report("backup", f"{number} writes lost in turn, {found} found by reading back")
