"""Several processes on one card, and on one TinyDB file: as many changes as answers."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.storage.accounts import Account, Accounts, Organisation
from app.storage.git_admin import GitAdmin
from app.storage.git_store import GitStore
from tests.crash.racing import SAVES
from tests.storage.helpers import NAME, open_store, part, plain_git

ROOT = Path(__file__).parents[2]


def start(role: str, directory: Path, text: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.crash.racing", role, str(directory), text]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def answers(process: "subprocess.Popen[str]") -> list[str]:
    """What a process told until its end, which must be a good one."""
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    return output.split()


def race(directory: Path, role: str, others: list[str]) -> tuple[GitStore, list[str], dict[str, int]]:
    """Four processes of one role, with others beside them; what the four, and pushers, were answered."""
    store = open_store(directory)
    store.create(NAME, [part("Kaart gemaakt", kaart="Kaart gemaakt\n")])
    beside = {other: start(other, directory, other) for other in others}
    savers = [start(role, directory, f"proces-{number}") for number in range(4)]
    answered = [revision for saver in savers for revision in answers(saver)]
    if pusher := beside.pop("push", None):
        answered += answers(pusher)
    (directory / "over").touch()
    return store, answered, {other: len(answers(process)) for other, process in beside.items()}


def assert_nothing_lost(store: GitStore, answered: list[str]) -> None:
    log = store.log(NAME)
    lines = store.read(NAME, None, "kaart.json").decode().splitlines()
    assert len(answered) == len(set(answered))
    assert {commit.revision for commit in log[:-1]} == set(answered)
    assert lines == [commit.message.strip() for commit in reversed(log)]
    assert plain_git(store.path(NAME), "rev-list", "--count", "main").strip() == str(len(answered) + 1)
    assert GitAdmin(store).fsck(NAME) == []


@pytest.mark.parametrize("role", ["save", "save_under_the_lock"])
def test_four_processes_that_save_one_card_lose_nothing(tmp_path: Path, role: str) -> None:
    started = time.monotonic()
    store, answered, _ = race(tmp_path, role, [])
    seconds = time.monotonic() - started

    assert len(answered) == 4 * SAVES
    assert_nothing_lost(store, answered)
    report(f"4 processes x {SAVES} saves ({role})", f"{len(answered)} answered, 0 lost, {seconds:.1f} s")


def test_readers_packing_and_an_ordinary_push_beside_them_disturb_nothing(tmp_path: Path) -> None:
    store, answered, beside = race(tmp_path, "save", ["read", "pack", "push"])

    assert len(answered) == 4 * SAVES + SAVES // 10
    assert all(beside.values())
    assert_nothing_lost(store, answered)
    report(
        f"4 processes x {SAVES} saves and {SAVES // 10} pushes",
        f"{len(answered)} answered, 0 lost; beside them {beside['read']} whole readings, {beside['pack']} packings",
    )


def test_four_processes_that_change_accounts_lose_nothing(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "accounts.json")
    accounts.put([Organisation("cjg", "CJG")], [Account("first", "Eerste", "e@cjg.example", "cjg")])
    reader = start("look", tmp_path, "read")
    processes = [start("account", tmp_path, f"proces-{number}") for number in range(4)]
    stamps = [int(one) for process in processes for one in answers(process)]
    (tmp_path / "over").touch()
    readings = len(answers(reader))

    known = accounts.known().accounts
    assert sorted(stamps) == list(range(1, 4 * SAVES + 1)), "two changes of one account were made from the same one"
    assert known["first"].stamp == 4 * SAVES
    made = {f"proces-{process}-{number}" for process in range(4) for number in range(SAVES)}
    assert set(known) == made | {"first"}
    assert readings
    report(
        f"4 processes x {SAVES} changes of accounts", f"{len(made)} accounts, 0 lost, {readings} readings, 0 unreadable"
    )


def report(what: str, figures: str) -> None:
    os.write(2, f"\n[crash] {what}: {figures}\n".encode())
