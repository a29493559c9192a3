"""The disk refuses: each call in turn, and everything from some call on. 'Not saved' is true, 'saved' too."""

import errno
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from app.storage.accounts import Account, Accounts, Organisation
from app.storage.git_admin import GitAdmin
from tests.crash.stepping import Fault
from tests.crash.work import Worker
from tests.storage.helpers import NAME, open_store, part

OURS = {"saved", "StoreFailed", "StoreDamaged", "SaveInDoubt"}


@pytest.fixture
def worker() -> Iterator[Worker]:
    with Worker() as made:
        yield made


def faults(error: int, only: str, stays: bool) -> Iterator[Fault]:
    return (Fault(error, first, stays, only) for first in count(1))


@pytest.mark.parametrize(
    ("error", "only", "stays"),
    [
        (errno.EIO, "fsync", False),
        (errno.EIO, "fsync", True),
        (errno.ENOSPC, "change", False),
        (errno.ENOSPC, "change", True),
        (errno.EROFS, "change", True),
        pytest.param(errno.EIO, "", False, marks=pytest.mark.deep),
    ],
)
def test_a_save_on_a_disk_that_refuses_is_true_to_its_answer(
    tmp_path: Path, worker: Worker, error: int, only: str, stays: bool
) -> None:
    store = open_store(tmp_path)
    store.create(NAME, [part("Kaart gemaakt")])
    answers: Counter[str] = Counter()
    for fault in faults(error, only, stays):
        before = store.head(NAME)
        outcome = worker.do("save", tmp_path, NAME, f"poging {fault.first}", fault=fault)
        if not outcome.struck:
            break
        answer, _, rest = (outcome.answer or "").partition(" ")
        answers[answer.removesuffix(":") or "no answer"] += 1
        if answer == "saved":
            assert store.head(NAME) == rest
        elif answer in ("StoreFailed:", "StoreDamaged:"):
            assert store.head(NAME) == before, f"{fault}: {outcome}"
        snapshot = store.snapshot(NAME)
        assert snapshot.revision == before or snapshot.commit.message.endswith(" 2\n")
        store.commit(NAME, snapshot.revision, [part("Daarna", kaart="daarna")])

    assert GitAdmin(store).fsck(NAME) == []
    # Where any call may fail, Python itself can fall, without memory or without an answer.
    assert set(answers) <= OURS or not only
    report(f"{errno.errorcode[error]} on each {only or 'call'}{' and all later' * stays}", answers)


def test_a_card_made_on_a_full_disk_is_there_when_answered_and_not_there_when_refused(
    tmp_path: Path, worker: Worker
) -> None:
    answers: Counter[str] = Counter()
    for fault in faults(errno.ENOSPC, "change", stays=True):
        card = f"{fault.first:08x}-0000-4000-8000-000000000000"
        outcome = worker.do("create", tmp_path, card, "tekst", fault=fault)
        store = open_store(tmp_path)
        answer, _, rest = (outcome.answer or "").partition(" ")
        answers[answer.removesuffix(":") or "no answer"] += 1
        if answer == "saved":
            assert store.head(card) == rest
        elif answer == "StoreFailed:":
            assert not store.exists(card), f"{fault}: {outcome}"
        if store.exists(card):
            assert GitAdmin(store).fsck(card) == []
        else:
            store.create(card, [part("Opnieuw")])
        if not outcome.struck:
            break

    assert set(answers) <= OURS
    report("ENOSPC while a card is made", answers)


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC, errno.EROFS])
def test_a_change_of_accounts_on_a_disk_that_refuses_is_true_to_its_answer(
    tmp_path: Path, worker: Worker, error: int
) -> None:
    accounts = Accounts(tmp_path / "accounts.json")
    accounts.put([Organisation("cjg", "CJG")], [Account("first", "Eerste", "e@cjg.example", "cjg")])
    answers: Counter[str] = Counter()
    for fault in faults(error, "change", stays=True):
        text = f"poging {fault.first}"
        outcome = worker.do("account", tmp_path, "accounts.json", text, fault=fault)
        answer = outcome.answer.split()[0].removesuffix(":") if outcome.answer else "no answer"
        answers[answer] += 1
        known = accounts.known().accounts
        kept = known["first"].function == text
        assert kept == (text.replace(" ", "-") in known)
        assert kept or answer != "saved"
        assert not (kept and answer == "StoreFailed")
        assert known["first"].stamp == len(known) - 1
        accounts.change("first", lambda was: replace(was, function="daarna"))
        if not outcome.struck:
            break

    assert set(answers) <= OURS
    report(f"{errno.errorcode[error]} in the accounts", answers)


def report(what: str, answers: Counter[str]) -> None:
    assert answers.total() > 5, "no call was made to fail: is this machine in the tables of stepping.py?"
    told = ", ".join(f"{number} {answer}" for answer, number in sorted(answers.items()))
    os.write(2, f"\n[crash] {what}: {answers.total()} times: {told}\n".encode())
