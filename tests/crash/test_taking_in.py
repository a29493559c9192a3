"""A history that is taken in, killed anywhere on the way, or on a disk that refuses: all of it, or nothing."""

import errno
import shutil
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from app.storage.git_admin import GitAdmin
from app.storage.git_store import ROLES, GitStore
from tests.crash.stepping import Fault
from tests.crash.test_kill import assert_next_save_works, report
from tests.crash.work import Worker
from tests.storage.helpers import NAME, open_store, part

ANSWERS = {"saved", "StoreFailed:", "StoreDamaged:", "SaveInDoubt:"}


@pytest.fixture
def worker() -> Iterator[Worker]:
    with Worker() as made:
        yield made


def came_in(folder: Path) -> tuple[GitStore, GitStore, Path]:
    """A card, what came in for it (three commits further), and a sound copy of the card."""
    store, there, sound = open_store(folder), open_store(folder / "quarantaine"), folder / "sound"
    store.create(NAME, [part("Kaart gemaakt", kaart="begin")])
    there.create(NAME, [], source=(store, store.head(NAME)))
    there.commit(NAME, there.head(NAME), [part(f"Daar {one}", kaart=f"daar {one}\n" * 50) for one in range(3)])
    shutil.copytree(store.path(NAME), sound)
    return store, there, sound


def anew(store: GitStore, sound: Path) -> None:
    shutil.rmtree(store.path(NAME))
    shutil.copytree(sound, store.path(NAME))


def points(calls: int, at_most: int) -> list[int]:
    """After which calls to kill: some of all, and each of the last ones, by which it becomes visible."""
    return sorted({*range(1, calls, max(1, calls // at_most)), *range(max(1, calls - 16), calls + 1)})


def taken_in(folder: Path, worker: Worker, at_most: int) -> str:
    store, there, sound = came_in(folder)
    before, expected = store.ids(NAME), there.ids(NAME)
    killed = whole = 0
    for point in points(worker.do("take", folder, NAME, "poging").calls, at_most):
        anew(store, sound)
        outcome = worker.do("take", folder, NAME, "poging", kill_after=point)
        killed += outcome.struck
        now = store.ids(NAME)
        if now != before:
            whole += 1
            assert now[1:] == expected
            assert store.read(NAME, None, "kaart.json") == b"poging"
        assert now != before or not outcome.answer
        assert_next_save_works(store, f"na {point}")
        assert GitAdmin(store).fsck(NAME) == []
        # What was half taken in is no hindrance to taking it in.
        if now == before:
            again(store, there, sound)
    assert 0 < whole < killed
    return f"{killed} kill points, {whole} taken in"


def again(store: GitStore, there: GitStore, sound: Path) -> None:
    """Taken in after all, in the repository that was left, with its branch put back."""
    (store.path(NAME) / "refs" / "heads" / "main").write_bytes((sound / "refs" / "heads" / "main").read_bytes())
    with store.writing(NAME) as writer:
        writer.take(there, NAME, there.head(NAME))
        writer.commit(writer.head, [], start=there.head(NAME))
    assert store.log(NAME) == there.log(NAME)
    assert GitAdmin(store).fsck(NAME) == []


def begun(folder: Path, worker: Worker, at_most: int) -> str:
    store, there, _ = came_in(folder)
    shutil.rmtree(store.path(NAME))
    killed = whole = 0
    for point in points(worker.do("receive", folder, NAME, "poging").calls, at_most):
        shutil.rmtree(store.path(NAME), ignore_errors=True)
        outcome = worker.do("receive", folder, NAME, "poging", kill_after=point)
        killed += outcome.struck
        store = open_store(folder)
        assert not list((folder / "cards" / ".new").iterdir())
        if not store.exists(NAME):
            assert not outcome.answer
            store.create(NAME, [part("Opnieuw")], [part("Rollen")], (there, there.head(NAME)))
        else:
            whole += 1
        assert store.ids(NAME)[1:] == there.ids(NAME)
        assert store.newest(NAME, ROLES)
        assert GitAdmin(store).fsck(NAME) == []
    assert 0 < whole < killed
    return f"{killed} kill points, {whole} begun"


def test_a_history_whose_taking_in_is_killed_is_taken_in_whole_or_not_at_all(tmp_path: Path, worker: Worker) -> None:
    report("take", taken_in(tmp_path, worker, at_most=20))


@pytest.mark.deep
def test_a_history_whose_taking_in_is_killed_at_every_call_is_whole_or_absent(tmp_path: Path, worker: Worker) -> None:
    report("take", taken_in(tmp_path, worker, at_most=10_000))


def test_a_card_that_begins_with_what_came_in_is_there_whole_or_not_at_all(tmp_path: Path, worker: Worker) -> None:
    report("receive", begun(tmp_path, worker, at_most=20))


@pytest.mark.deep
def test_a_card_that_begins_with_what_came_in_killed_at_every_call(tmp_path: Path, worker: Worker) -> None:
    report("receive", begun(tmp_path, worker, at_most=10_000))


@pytest.mark.parametrize(("error", "only"), [(errno.ENOSPC, "change"), (errno.EIO, "fsync")])
@pytest.mark.parametrize("stays", [True, pytest.param(False, marks=pytest.mark.deep)])
def test_taking_in_on_a_disk_that_refuses_is_true_to_its_answer(
    tmp_path: Path, worker: Worker, error: int, only: str, stays: bool
) -> None:
    store, there, sound = came_in(tmp_path)
    before, answers = store.ids(NAME), Counter[str]()
    for number in count(1, 1 if not stays else 2):
        anew(store, sound)
        outcome = worker.do("take", tmp_path, NAME, "poging", fault=Fault(error, number, stays, only))
        if not outcome.struck:
            break
        answer, _, rest = (outcome.answer or "none").partition(" ")
        answers[answer] += 1
        now = store.ids(NAME)
        if answer == "saved":
            assert now == [rest, *there.ids(NAME)]
        elif answer != "SaveInDoubt:":
            assert now == before, f"{number}: {outcome}"
        assert GitAdmin(store).fsck(NAME) == []
    assert set(answers) <= ANSWERS
    assert answers.total() > 5
    told = ", ".join(f"{times} {answer}" for answer, times in sorted(answers.items()))
    report(f"take, {errno.errorcode[error]} on each {only}{' and all later' * stays}", told)
