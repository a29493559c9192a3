"""A bundle of somebody that we do not trust: what is not a card's is refused, cheaply, and leaves nothing behind."""

import os
import resource
import sys
import time
from pathlib import Path

import pytest

from app.storage.errors import GitMissing, RepositoryExists, StoreFailed
from app.storage.git_admin import GitAdmin
from app.storage.git_arrive import BadBundle, Limits, Reason, arrive
from app.storage.git_store import GitStore
from tests import hostile_bundles as made
from tests.hostile_bundles import HOSTILE, NAMES, Hostile
from tests.storage.helpers import NAME, open_store, part

LONGEST = 20.0  # seconds, on a busy machine


def bundle(folder: Path, data: bytes) -> Path:
    (folder / "kaart.bundle").write_bytes(data)
    return folder / "kaart.bundle"


def empty(folder: Path) -> bool:
    """Whether nothing of a bundle stayed: no repository, and nothing half."""
    shards = [one for one in (folder / "cards").iterdir() if not one.name.startswith(".")]
    return not any(any(one.iterdir()) for one in (*shards, folder / "cards" / ".new", folder / "cards" / ".gone"))


def test_a_sound_bundle_becomes_a_repository(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    tip = arrive(bundle(tmp_path, made.sound()), store, NAME, NAMES)
    assert tip == made.FIRST.hex.decode() == store.head(NAME)
    assert store.read(NAME, None, "kaart.json") == made.KAART.data
    assert GitAdmin(store).fsck(NAME) == []
    with pytest.raises(RepositoryExists):
        arrive(bundle(tmp_path, made.sound()), store, NAME, NAMES)


def test_the_bundle_that_git_makes_of_a_card_is_taken_with_all_of_its_history(tmp_path: Path) -> None:
    ours, store = open_store(tmp_path / "ours"), open_store(tmp_path)
    ours.create(NAME, [part(f"Save {number}", kaart=f"{number}\n" * 500) for number in range(120)])
    GitAdmin(ours).bundle(NAME, tmp_path / "kaart.bundle")
    arrive(tmp_path / "kaart.bundle", store, NAME, NAMES)
    assert store.log(NAME) == ours.log(NAME)


@pytest.mark.parametrize("encoding", [b"encoding ISO-8859-1\n", b"encoding iso-8859-15\n"])
def test_a_commit_that_says_in_which_encoding_it_is_may_be_in_another_one(tmp_path: Path, encoding: bytes) -> None:
    store = open_store(tmp_path)
    arrive(bundle(tmp_path, made.saying(b"Co\xf6rdinatie\n", extra=encoding)()), store, NAME, NAMES)
    assert store.log(NAME)[0].message == "Co�rdinatie\n"


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda one: one.name[:40])
def test_a_hostile_bundle_is_refused_in_time_and_leaves_nothing(tmp_path: Path, hostile: Hostile) -> None:
    store, file = open_store(tmp_path), bundle(tmp_path, hostile.make())
    started = time.monotonic()
    with pytest.raises(BadBundle) as refused:
        arrive(file, store, NAME, NAMES)
    took = time.monotonic() - started
    assert took < LONGEST
    assert hostile.reason in (None, refused.value.reason), refused.value
    assert not store.exists(NAME)
    assert empty(tmp_path)
    arrive(bundle(tmp_path, made.sound()), store, NAME, NAMES)


@pytest.mark.deep
def test_no_hostile_bundle_takes_more_than_its_share_of_time_and_memory(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    times, here = {}, {}
    for hostile in HOSTILE:
        file = bundle(tmp_path, hostile.make())
        Path("/proc/self/clear_refs").write_text("5")  # the most memory so far is what is in use now
        before, started = most_memory(), time.monotonic()
        with pytest.raises(BadBundle):
            arrive(file, store, NAME, NAMES)
        times[hostile.name], here[hostile.name] = time.monotonic() - started, most_memory() - before
    git = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    for what, figures in (("seconds", times), ("MiB here", here)):
        most = sorted(figures.items(), key=lambda one: one[1], reverse=True)[:4]
        told = "; ".join(f"{name} {figure:.2f}" for name, figure in most)
        os.write(2, f"\n[arrive] most {what}: {told}; at most {git:.0f} MiB in any process that was started\n".encode())
    assert max(times.values()) < LONGEST
    assert max(here.values()) < 100
    assert git < 300


def most_memory() -> float:
    (line,) = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(bundle_bytes=100), Reason.TOO_LARGE),
        (Limits(objects=2), Reason.TOO_LARGE),
        (Limits(commits=0), Reason.TOO_LARGE),
        (Limits(file_bytes=10), Reason.TOO_LARGE),
        (Limits(commit_bytes=100), Reason.TOO_LARGE),
        (Limits(unpacked_bytes=200), Reason.TOO_LARGE),
        (Limits(seconds=0), Reason.TOO_LARGE),
    ],
)
def test_each_limit_holds(tmp_path: Path, limits: Limits, reason: Reason) -> None:
    store = open_store(tmp_path)
    with pytest.raises(BadBundle) as refused:
        arrive(bundle(tmp_path, made.sound()), store, NAME, NAMES, limits)
    assert refused.value.reason == reason
    assert empty(tmp_path)


@pytest.mark.parametrize("length", [1_000])
def test_a_long_history_within_the_limits_is_taken(tmp_path: Path, length: int) -> None:
    store = open_store(tmp_path)
    arrive(bundle(tmp_path, made.deep_history(length)), store, NAME, NAMES)
    assert len(store.ids(NAME)) == length


def put_in_the_way(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A program called git that does something else."""
    (folder / "bin").mkdir()
    (folder / "bin" / "git").write_text(f"#!{sys.executable}\n{script}\n")
    (folder / "bin" / "git").chmod(0o700)
    monkeypatch.setenv("PATH", str(folder / "bin"))


def test_a_git_that_takes_too_long_is_ended_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    children = "import os, time\npid = os.fork()\nopen('{}/pids', 'a').write(f'{{os.getpid()}}\\n')\ntime.sleep(60)"
    put_in_the_way(tmp_path, monkeypatch, children.format(tmp_path))
    store, started = open_store(tmp_path), time.monotonic()
    with pytest.raises(BadBundle) as refused:
        arrive(bundle(tmp_path, made.sound()), store, NAME, NAMES, Limits(seconds=2))
    assert (refused.value.reason, empty(tmp_path)) == (Reason.TOO_LARGE, True)
    assert time.monotonic() - started < 10
    pids = [int(line) for line in (tmp_path / "pids").read_text().split()]
    time.sleep(0.2)
    assert len(pids) == 2
    assert not any(alive(pid) for pid in pids)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    "script",
    [
        "[0 for _ in iter(int, 1)]",
        "kept = [bytes(50_000_000) for _ in range(100)]",
        "open('large', 'wb').write(bytes(200_000_000))",
    ],
)
def test_a_git_that_wants_too_much_gets_it_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    words = (
        "import sys\ntry:\n    {}\nexcept MemoryError: sys.exit('out of memory')\nexcept OSError as e: sys.exit(str(e))"
    )
    put_in_the_way(tmp_path, monkeypatch, words.format(script))
    store = open_store(tmp_path)
    with pytest.raises(BadBundle) as refused:
        arrive(bundle(tmp_path, made.sound()), store, NAME, NAMES, Limits(seconds=3, memory=400 * 1024 * 1024))
    assert (refused.value.reason, empty(tmp_path)) == (Reason.TOO_LARGE, True)


def test_git_itself_stays_within_the_memory_that_it_gets(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    large = bundle(tmp_path, made.of_tree((b"100644", b"kaart.json", made.blob(bytes(50_000_000)))))
    with pytest.raises(BadBundle) as refused:
        arrive(large, store, NAME, NAMES, Limits(file_bytes=60_000_000, memory=40_000_000))
    assert refused.value.reason == Reason.TOO_LARGE
    arrive(large, store, NAME, NAMES, Limits(file_bytes=60_000_000, memory=400_000_000))
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY


def test_without_git_or_with_a_full_disk_it_is_not_the_bundle_that_is_to_blame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    with pytest.raises(GitMissing):
        arrive(bundle(tmp_path, made.sound()), store, NAME, NAMES)
    put_in_the_way(tmp_path, monkeypatch, "import sys; sys.exit('fatal: write error: No space left on device')")
    with pytest.raises(StoreFailed):
        arrive(bundle(tmp_path, made.sound()), store, NAME, NAMES)
    assert empty(tmp_path)


def test_what_is_no_file_is_no_bundle(tmp_path: Path) -> None:
    store: GitStore = open_store(tmp_path)
    os.mkfifo(tmp_path / "pijp")
    for odd in (tmp_path, tmp_path / "pijp"):
        with pytest.raises(BadBundle):
            arrive(odd, store, NAME, NAMES)
    (tmp_path / "link").symlink_to(bundle(tmp_path, made.sound()))
    for missing in (tmp_path / "link", tmp_path / "weg"):
        with pytest.raises(StoreFailed):
            arrive(missing, store, NAME, NAMES)
