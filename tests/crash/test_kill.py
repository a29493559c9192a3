"""Killed after each of its system calls in turn: nothing answered is lost, nothing half is shown, nothing sticks."""

import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from app.storage.accounts import Account, Accounts, Organisation
from app.storage.errors import RepositoryNotFound
from app.storage.git_admin import GitAdmin
from app.storage.git_store import ROLES, GitStore
from tests.crash.stepping import Outcome
from tests.crash.work import Worker
from tests.storage.helpers import NAME, open_store, part, plain_git


class Killed(NamedTuple):
    """One piece of work that was killed, perhaps after its answer."""

    point: int
    text: str
    answer: str | None


AT_ONCE = 5.0  # seconds; without sweeping, the next save would wait for twenty


@pytest.fixture
def worker() -> Iterator[Worker]:
    with Worker() as made:
        yield made


def until_it_ends(worker: Worker, kind: str, directory: Path, name_of: Callable[[int], str]) -> Iterator[Killed]:
    """The same work again and again, killed one system call later each time, until it gets to its end."""
    for point in count(1):
        outcome = worker.do(kind, directory, name_of(point), f"poging {point}", kill_after=point)
        yield Killed(point, f"poging {point}", outcome.answer)
        if not outcome.struck:
            assert outcome.answer
            return


def test_a_save_killed_anywhere_is_whole_or_absent_and_the_next_one_works(tmp_path: Path, worker: Worker) -> None:
    store = open_store(tmp_path)
    store.create(NAME, [part("Kaart gemaakt")])
    saved = [store.head(NAME)]
    points = answered = unanswered_saved = 0

    for points, text, answer in until_it_ends(worker, "save", tmp_path, lambda _: NAME):  # noqa: B007
        before, after = saved[-1], store.head(NAME)
        if answer:
            assert answer == f"saved {after}"
            answered += 1
        unanswered_saved += not answer and after != before
        assert_none_or_all(store, before, after, text)
        assert_next_save_works(store, f"na {text}")
        saved += [after, store.head(NAME)]

    assert {commit.revision for commit in store.log(NAME)}.issuperset(saved)
    assert GitAdmin(store).fsck(NAME) == []
    assert not list(store.path(NAME).glob("refs/heads/*.lock"))
    assert points > 150
    report("save", f"{points} kill points, {answered} answered, {unanswered_saved} saved before the answer")


def assert_none_or_all(store: GitStore, before: str, after: str, text: str) -> None:
    snapshot = store.snapshot(NAME)
    if after == before:
        assert not snapshot.files["kaart.json"].data.startswith(text.encode())
    else:
        *new, base = store.log(NAME, limit=3)
        assert [commit.message for commit in new] == [f"{text} 2\n", f"{text} 1\n"]
        assert base.revision == before
        assert snapshot.files["kaart.json"].data == f"{text} 2\n".encode() * 50


def assert_next_save_works(store: GitStore, text: str) -> None:
    started = time.monotonic()
    store.commit(NAME, store.head(NAME), [part(text, kaart=text)])
    assert time.monotonic() - started < AT_ONCE
    assert store.read(NAME, None, "kaart.json") == text.encode()


def test_a_card_whose_making_is_killed_anywhere_is_whole_or_not_there(tmp_path: Path, worker: Worker) -> None:
    points = there = 0
    for points, text, answer in until_it_ends(worker, "create", tmp_path, name):
        card = name(points)
        store = open_store(tmp_path)
        assert not list((tmp_path / "cards" / ".new").iterdir())
        if answer or store.exists(card):
            there += 1
            assert store.read(card, None, "kaart.json") == text.encode()
            assert len(store.log(card)) == 2
            assert roles_of(store, card) == text
        else:
            with pytest.raises(RepositoryNotFound):
                store.head(card)
            store.create(card, [part("Opnieuw")])
        if not points % 20:
            store.commit(card, store.head(card), [part("Daarna")])
            assert GitAdmin(store).fsck(card) == []

    assert list(open_store(tmp_path).names()) == [name(point) for point in range(1, points + 1)]
    assert points > 100
    report("create", f"{points} kill points, {there} cards there, 0 half")


def test_roles_that_are_killed_while_they_change_are_those_before_or_after(tmp_path: Path, worker: Worker) -> None:
    store = open_store(tmp_path)
    store.create(NAME, [part("Kaart gemaakt")], [part("Rollen", kaart="begin")])
    card, points = store.head(NAME), 0
    for points, text, answer in until_it_ends(worker, "roles", tmp_path, lambda _: NAME):  # noqa: B007
        now, head = roles_of(store, NAME), store.heads_beside(NAME, ROLES)[0]
        assert now == text if answer else now.startswith(("begin", "poging", "na "))
        assert not answer or answer == f"saved {head}"
        started = time.monotonic()
        with store.writing(NAME) as writer:
            writer.commit_on(ROLES, head, [part("Daarna", kaart=f"na {text}")])
        assert time.monotonic() - started < AT_ONCE
        assert roles_of(store, NAME) == f"na {text}"
    assert store.head(NAME) == card
    assert GitAdmin(store).fsck(NAME) == []
    assert points > 80
    report("roles", f"{points} kill points")


def roles_of(store: GitStore, card: str) -> str:
    snapshot = store.newest(card, ROLES)
    assert snapshot, "a card without roles"
    return snapshot.files["kaart.json"].data.decode()


def name(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def test_packing_killed_anywhere_loses_nothing_and_can_be_done_again(tmp_path: Path, worker: Worker) -> None:
    killed = assert_packing_survives(tmp_path, worker, at_most=30)
    report("pack", f"{killed} kill points")


@pytest.mark.deep
def test_packing_killed_at_every_call_loses_nothing(tmp_path: Path, worker: Worker) -> None:
    killed = assert_packing_survives(tmp_path, worker, at_most=10_000)
    report("pack", f"{killed} kill points")


def assert_packing_survives(tmp_path: Path, worker: Worker, at_most: int) -> int:
    store, admin, before = half_packed_card(tmp_path)
    sound = tmp_path / "sound"
    shutil.copytree(store.path(NAME), sound)
    outcome = worker.do("pack", tmp_path, NAME)
    assert outcome.answer == "packed"
    killed = 0
    for point in range(1, outcome.calls, max(1, outcome.calls // at_most)):
        shutil.rmtree(store.path(NAME))
        shutil.copytree(sound, store.path(NAME))
        killed += worker.do("pack", tmp_path, NAME, kill_after=point).struck

        assert [store.snapshot(NAME, commit.revision) for commit in store.log(NAME)] == before
        assert_next_save_works(store, f"na {point}")
        if not point % 3:
            admin.pack(NAME)
            assert admin.fsck(NAME) == []
            assert not list((store.path(NAME) / "objects").glob("??/*"))
    return killed


def half_packed_card(directory: Path) -> tuple[GitStore, GitAdmin, list[object]]:
    store = open_store(directory)
    store.create(NAME, [part("Kaart gemaakt")])
    admin = GitAdmin(store)
    for number in range(10):
        store.commit(NAME, store.head(NAME), [part(f"{number}", kaart=random.randbytes(50).hex())])
        if number == 5:
            admin.pack(NAME)
    return store, admin, [store.snapshot(NAME, commit.revision) for commit in store.log(NAME)]


def test_a_change_of_accounts_killed_anywhere_is_whole_or_absent(tmp_path: Path, worker: Worker) -> None:
    accounts = Accounts(tmp_path / "accounts.json")
    accounts.put([Organisation("cjg", "CJG")], [Account("first", "Eerste", "e@cjg.example", "cjg")])
    accounts.put((), [Account(f"u{number}", "x" * 100, f"{number}@cjg.example", "cjg") for number in range(200)])
    points = answered = unanswered_saved = 0
    for points, text, answer in until_it_ends(worker, "account", tmp_path, lambda _: "accounts.json"):  # noqa: B007
        known = accounts.known().accounts
        changed, added = known["first"].function == text, text.replace(" ", "-") in known
        assert changed == added, "half of the change is there"
        assert changed or not answer, "what was answered is lost"
        assert known["first"].stamp == len(known) - 201, "an earlier change is lost"
        answered += bool(answer)
        unanswered_saved += changed and not answer
        accounts.change("first", lambda was: replace(was, function="daarna"))

    assert points > 15
    report("accounts", f"{points} kill points, {answered} answered, {unanswered_saved} saved before the answer")


def test_the_killing_is_real_an_ordinary_lock_in_place_of_ours_would_stick(tmp_path: Path, worker: Worker) -> None:
    """The test of this test: some kill leaves git's lock on the branch, which `recover` must have swept."""
    store = open_store(tmp_path)
    store.create(NAME, [part("Kaart gemaakt")])
    calls = worker.do("save", tmp_path, NAME, "vooraf").calls
    lock = store.path(NAME) / "refs" / "heads" / "main.lock"
    left = 0
    for point in range(calls - 60, calls):
        outcome: Outcome = worker.do("save", tmp_path, NAME, f"poging {point}", kill_after=point)
        left += lock.exists()
        assert not (lock.exists() and outcome.answer)
        assert_next_save_works(store, f"na {point}")

    assert left > 5
    assert plain_git(store.path(NAME), "fsck", "--strict", "--no-dangling") == ""
    report("git's lock left behind", f"{left} times, swept each time")


def report(what: str, figures: str) -> None:
    os.write(2, f"\n[crash] {what}: {figures}; 0 lost, 0 half, 0 stuck\n".encode())
