"""The store meets others: dead processes, ordinary git, damage, a disk that refuses."""

import fcntl
import os
import random
import threading
import time
from contextlib import suppress
from pathlib import Path

import pygit2
import pytest
from pygit2.enums import FileMode

from app.storage import git_write, locks
from app.storage.errors import Busy, Moved, RevisionNotFound, StoreDamaged, StoreError, StoreFailed, TooLarge
from app.storage.git_store import GitStore
from tests.storage.helpers import NAME, open_store, part, plain_git, push_from_elsewhere, put_tree


def ref_lock(store: GitStore) -> Path:
    return store.path(NAME) / "refs" / "heads" / "main.lock"


def leave_note(tmp_path: Path, note: str) -> None:
    (tmp_path / "locks" / f"{NAME}.lock").write_text(note)


@pytest.mark.parametrize("content", ["a" * 40 + "\n", ""])
def test_a_git_lock_that_our_dead_process_left_is_swept_at_once(store: GitStore, tmp_path: Path, content: str) -> None:
    leave_note(tmp_path, "a" * 40)
    ref_lock(store).write_text(content)

    started = time.monotonic()
    store.commit(NAME, store.head(NAME), [part("Daarna")])

    assert time.monotonic() - started < 2
    assert not ref_lock(store).exists()
    assert (tmp_path / "locks" / f"{NAME}.lock").read_text() == ""


@pytest.mark.parametrize(("note", "content"), [("", ""), ("", "a" * 40), ("b" * 40, "a" * 40)])
def test_the_live_lock_of_an_ordinary_git_is_waited_for(
    store: GitStore, tmp_path: Path, note: str, content: str
) -> None:
    leave_note(tmp_path, note)
    ref_lock(store).write_text(content)
    released = []

    def release() -> None:
        released.append(time.monotonic())
        ref_lock(store).unlink()

    timer = threading.Timer(0.6, release)
    timer.start()
    store.commit(NAME, store.head(NAME), [part("Na het wachten")])
    saved = time.monotonic()
    timer.join()

    assert released
    assert saved >= released[0]
    assert len(store.log(NAME)) == 2


def test_an_empty_lock_that_somebody_goes_on_with_is_not_ours(store: GitStore, tmp_path: Path) -> None:
    leave_note(tmp_path, "a" * 40)
    ref_lock(store).write_text("")
    writing = threading.Timer(0.1, ref_lock(store).write_text, ["b" * 40])
    done = threading.Timer(0.7, ref_lock(store).unlink)
    writing.start()
    done.start()

    started = time.monotonic()
    store.commit(NAME, store.head(NAME), [part("Na het wachten")])

    assert time.monotonic() - started > 0.6
    done.join()


def test_a_lock_that_is_held_too_long_is_said_to_be_busy(store: GitStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_write, "WAIT_SECONDS", 0.2)
    ref_lock(store).write_text("a" * 40)
    before = store.head(NAME)

    with pytest.raises(Busy):
        store.commit(NAME, before, [part("Nooit")])

    assert store.head(NAME) == before
    assert ref_lock(store).exists()


@pytest.mark.parametrize("age", [601, 10 * 365 * 24 * 3600])
def test_a_lock_from_long_ago_or_from_before_the_machine_started_is_swept(store: GitStore, age: int) -> None:
    ref_lock(store).write_text("a" * 40)
    then = time.time() - age
    os.utime(ref_lock(store), (then, then))

    store.commit(NAME, store.head(NAME), [part("Daarna")])

    assert not ref_lock(store).exists()


def test_a_lock_from_the_future_is_waited_for_and_then_swept(store: GitStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_write, "WAIT_SECONDS", 0.3)
    ref_lock(store).write_text("a" * 40)
    then = time.time() + 3600
    os.utime(ref_lock(store), (then, then))

    started = time.monotonic()
    store.commit(NAME, store.head(NAME), [part("Daarna")])

    assert time.monotonic() - started >= 0.3
    assert not ref_lock(store).exists()


def test_a_card_that_another_process_keeps_is_busy_and_free_again_when_it_lets_go(
    store: GitStore, tmp_path: Path
) -> None:
    lock = tmp_path / "locks" / f"{NAME}.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Busy), locks.locked(lock, wait=0.1):
            pass

    assert store.commit(NAME, store.head(NAME), [part("Vrij")])


def test_a_push_between_two_saves_is_neither_lost_nor_in_the_way(store: GitStore, tmp_path: Path) -> None:
    base = store.head(NAME)
    pushed = push_from_elsewhere(store, tmp_path / "aside", "met de hand\n")

    with pytest.raises(Moved) as refusal:
        store.commit(NAME, base, [part("Op het oude")])
    assert refusal.value.current == pushed
    assert store.read(NAME, None, "kaart.json") == b"met de hand\n"

    store.commit(NAME, pushed, [part("Erop", kaart="erop\n")])
    push_from_elsewhere(store, tmp_path / "aside", "nog eens\n")
    assert [commit.message.split(":")[0].strip() for commit in store.log(NAME)] == [
        "Met de hand",
        "Erop",
        "Met de hand",
        "Kaart gemaakt",
    ]
    assert plain_git(store.path(NAME), "fsck", "--strict", "--full", "--no-dangling") == ""


def test_a_push_while_we_hold_the_lock_is_seen_before_the_branch_moves(store: GitStore, tmp_path: Path) -> None:
    with store.writing(NAME) as writer:
        base = writer.head
        pushed = push_from_elsewhere(store, tmp_path / "aside", "tussendoor\n")
        with pytest.raises(Moved):
            writer.commit(base, [part("Op het oude")])
        writer.commit(pushed, [part("Erop", kaart="erop")])

    assert len(store.log(NAME)) == 3


def test_packed_refs_make_no_difference(store: GitStore) -> None:
    plain_git(store.path(NAME), "pack-refs", "--all", "--prune")
    base = store.head(NAME)

    store.commit(NAME, base, [part("Erna", kaart="erna")])
    with pytest.raises(Moved):
        store.commit(NAME, base, [part("Te laat")])

    assert len(store.log(NAME)) == 2


def objects(store: GitStore) -> list[Path]:
    return sorted(path for path in (store.path(NAME) / "objects").glob("??/*"))


def damage(kind: str, sound: bytes) -> bytes | None:
    broken = {
        "missing": None,
        "empty": b"",
        "cut off": sound[: len(sound) // 2],
        "one byte short": sound[:-1],
        "garbage": bytes(reversed(sound)),
        "a bit flipped": sound[:20] + bytes([sound[20] ^ 4]) + sound[21:],
        "something after it": sound + b"more",
    }
    return broken[kind]


KINDS = ["missing", "empty", "cut off", "one byte short", "garbage", "a bit flipped", "something after it"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_object_is_reported_and_never_hangs(store: GitStore, kind: str) -> None:
    text = random.Random(1).randbytes(3000).hex()
    store.commit(NAME, store.head(NAME), [part("Lang", kaart=text)])
    snapshot = store.snapshot(NAME)
    path = store.path(NAME)
    tree = plain_git(path, "rev-parse", "main^{tree}").strip()
    for oid in (snapshot.revision, tree, snapshot.files["kaart.json"].blob_id):
        victim = path / "objects" / oid[:2] / oid[2:]
        sound = victim.read_bytes()
        broken = damage(kind, sound)
        victim.unlink()
        if broken is not None:
            victim.write_bytes(broken)

        with pytest.raises(StoreDamaged):
            store.snapshot(NAME)
        if oid != snapshot.files["kaart.json"].blob_id:
            with pytest.raises(StoreDamaged):
                store.commit(NAME, snapshot.revision, [part("Erop", kaart="erop")])

        victim.unlink(missing_ok=True)
        victim.write_bytes(sound)
    assert store.snapshot(NAME) == snapshot


def test_an_older_damaged_revision_does_not_keep_one_from_reading_and_saving(store: GitStore) -> None:
    first = store.head(NAME)
    store.commit(NAME, first, [part("Tweede", kaart="twee")])
    (store.path(NAME) / "objects" / first[:2] / first[2:]).unlink()

    assert store.read(NAME, None, "kaart.json") == b"twee"
    assert store.commit(NAME, store.head(NAME), [part("Derde")])
    with pytest.raises(StoreDamaged):
        store.log(NAME)
    assert len(store.log(NAME, limit=2)) == 2


@pytest.mark.parametrize("file", ["HEAD", "refs/heads/main", "config"])
@pytest.mark.parametrize("content", ["", "onzin\n", None])
def test_a_broken_repository_is_damaged_or_reads_as_before(store: GitStore, file: str, content: str | None) -> None:
    victim = store.path(NAME) / file
    victim.unlink()
    if content is not None:
        victim.write_text(content)

    with suppress(StoreDamaged):
        assert store.read(NAME, None, "kaart.json") == b"een\n"


def test_what_was_left_by_hand_among_the_cards_does_not_hide_them(store: GitStore, tmp_path: Path) -> None:
    cards = tmp_path / "cards"
    (cards / "aa").write_text("a file where a directory is expected")
    (cards / "ff").mkdir()
    names = [f"ff00000{number}-0000-4000-8000-000000000000" for number in range(5)]
    places = [cards / "ff" / f"{name}.git" for name in names]
    places[0].mkdir()
    plain_git(tmp_path, "init", "-q", "--bare", "-b", "main", str(places[1]))
    places[2].write_text("a file")
    places[3].symlink_to("nowhere")
    plain_git(tmp_path, "clone", "-q", "--bare", str(store.path(NAME)), str(places[4]))
    (places[4] / "refs" / "heads").mkdir(exist_ok=True)
    (places[4] / "packed-refs").unlink(missing_ok=True)
    (places[4] / "refs" / "heads" / "main").write_text("ref: refs/heads/main\n")

    assert list(store.names()) == [NAME, names[0], names[1], names[4]]
    for name in (names[0], names[1], names[4]):
        with pytest.raises(StoreDamaged):
            store.head(name)
        with pytest.raises(StoreDamaged):
            store.commit(name, "a" * 40, [part("Nooit")])
    for name in names[2:4]:
        assert not store.exists(name)


def test_tags_and_other_branches_that_were_pushed_make_no_difference(store: GitStore, tmp_path: Path) -> None:
    aside = tmp_path / "aside"
    before = store.head(NAME)
    pushed = push_from_elsewhere(store, aside, "met de hand\n")
    plain_git(aside, "tag", "-a", "-m", "Vlag", "main", before)
    plain_git(aside, "checkout", "-q", "--orphan", "elders")
    plain_git(aside, "commit", "-qm", "Zonder ouder")
    plain_git(aside, "merge", "-q", "--allow-unrelated-histories", "-s", "ours", "-m", "Samen", "refs/heads/main")
    plain_git(aside, "push", "-q", "--tags", "origin", "elders")
    tag = plain_git(aside, "rev-parse", "refs/tags/main").strip()

    assert store.head(NAME) == pushed
    assert store.snapshot(NAME).files["kaart.json"].data == b"met de hand\n"
    for ask in (store.snapshot, store.log, store.files):
        with pytest.raises(RevisionNotFound):
            ask(NAME, tag)
    plain_git(aside, "push", "-q", "origin", "elders:refs/heads/main")
    assert sorted(len(commit.parents) for commit in store.log(NAME)) == [0, 0, 1, 2]
    (store.path(NAME) / "refs" / "heads" / "main").write_text(f"{tag}\n")
    with pytest.raises(StoreDamaged):
        store.snapshot(NAME)


def test_a_damaged_pack_is_reported(store: GitStore) -> None:
    for number in range(5):
        text = random.Random(number).randbytes(500).hex()
        store.commit(NAME, store.head(NAME), [part(f"{number}", kaart=text)])
    plain_git(store.path(NAME), "repack", "-adq")
    [pack] = (store.path(NAME) / "objects" / "pack").glob("*.pack")
    sound = pack.read_bytes()
    pack.chmod(0o600)
    for broken in (b"", sound[:40], sound[: len(sound) // 2], sound[:12] + bytes(reversed(sound[12:]))):
        pack.write_bytes(broken)
        with pytest.raises(StoreDamaged):
            store.log(NAME)
    pack.write_bytes(sound)
    assert len(store.log(NAME)) == 6


def test_when_a_directory_cannot_be_synced_nothing_is_saved_and_reading_goes_on(
    store: GitStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = store.snapshot(NAME)

    def refuse(path: Path) -> None:
        raise OSError(f"no writing to {path.name}")

    monkeypatch.setattr(git_write, "sync_directory", refuse)
    with pytest.raises(StoreFailed):
        store.commit(NAME, before.revision, [part("Nooit", kaart="nooit")])

    assert store.snapshot(NAME) == before


def test_a_store_that_cannot_be_made_is_one_of_our_errors(tmp_path: Path) -> None:
    (tmp_path / "cards").write_text("a file in the way")

    with pytest.raises(StoreError):
        open_store(tmp_path)


def test_a_save_that_would_point_at_an_object_damaged_earlier_is_refused(store: GitStore) -> None:
    first = store.files(NAME)["kaart.json"]
    store.commit(NAME, store.head(NAME), [part("Anders", kaart="anders\n")])
    victim = store.path(NAME) / "objects" / first[:2] / first[2:]
    sound = victim.read_bytes()
    victim.unlink()
    victim.write_bytes(sound[:-6])
    before = store.head(NAME)

    with pytest.raises(StoreDamaged):
        store.commit(NAME, before, [part("Terug", kaart="een\n")])

    assert store.head(NAME) == before


def test_a_save_that_would_point_at_a_tree_damaged_earlier_is_refused(store: GitStore) -> None:
    first = plain_git(store.path(NAME), "rev-parse", "main^{tree}").strip()
    store.commit(NAME, store.head(NAME), [part("Anders", kaart="anders\n")])
    victim = store.path(NAME) / "objects" / first[:2] / first[2:]
    sound = victim.read_bytes()
    victim.unlink()
    victim.write_bytes(sound[:-6])
    before = store.head(NAME)

    with pytest.raises(StoreDamaged):
        store.commit(NAME, before, [part("Terug", kaart="een\n")])

    assert store.head(NAME) == before


def test_directories_that_others_pushed_are_kept_and_never_read(store: GitStore) -> None:
    path = store.path(NAME)
    git = pygit2.Repository(str(path))
    tree = git.TreeBuilder().write()
    for _ in range(1200):
        builder = git.TreeBuilder()
        builder.insert("diep", tree, FileMode.TREE)
        tree = builder.write()
    blob = store.files(NAME)["kaart.json"]
    missing = "a" * 40
    listing = (
        f"100644 blob {blob}\tkaart.json\n040000 tree {tree}\tdiep\n040000 tree {missing}\tweg\n"
        f"120000 blob {missing}\twijzer\n160000 commit {missing}\telders\n"
    )
    put_tree(store, listing)

    assert store.files(NAME) == {"kaart.json": blob}
    assert store.read(NAME, None, "kaart.json") == b"een\n"
    store.commit(NAME, store.head(NAME), [part("Erop", kaart="erop\n")])

    assert set(store.snapshot(NAME).files) == {"kaart.json"}
    kept = set(plain_git(path, "ls-tree", "main").splitlines())
    assert {line for line in listing.splitlines() if "kaart.json" not in line} < kept


@pytest.mark.parametrize("packed", [False, True])
def test_only_the_files_asked_for_are_read_and_none_that_is_larger_than_asked_for(
    store: GitStore, packed: bool
) -> None:
    note = store.path(NAME) / "note"
    note.write_bytes(bytes(9 * 1024 * 1024))
    large = plain_git(store.path(NAME), "hash-object", "-w", str(note)).strip()
    note.unlink()
    if packed:
        plain_git(store.path(NAME), "repack", "-adkq")
    small = store.files(NAME)["kaart.json"]
    put_tree(
        store, f"100644 blob {small}\tkaart.json\n100644 blob {large}\tkaart.md\n100644 blob {'a' * 40}\tweg.txt\n"
    )

    files = store.snapshot(NAME, None, ["kaart.json", "kaart.md", "nergens.md"], 4).files

    assert {path: (file.blob_id, file.data) for path, file in files.items()} == {
        "kaart.json": (small, b"een\n"),
        "kaart.md": (large, bytes(5)),
    }
    assert store.snapshot(NAME, None, ["kaart.json"], 3).files["kaart.json"].data == bytes(4)
    with pytest.raises(TooLarge):
        store.read(NAME, None, "kaart.md")


def test_a_commit_too_large_to_be_one_is_damage_and_the_card_before_it_can_be_read(store: GitStore) -> None:
    before = store.head(NAME)
    note = store.path(NAME) / "note"
    note.write_text("lang " * 2_000_000)
    path = store.path(NAME)
    new = plain_git(path, "commit-tree", "-p", "main", "-F", str(note), "main^{tree}").strip()
    plain_git(path, "update-ref", "refs/heads/main", new)

    with pytest.raises(TooLarge):
        store.snapshot(NAME)
    assert store.snapshot(NAME, before).files["kaart.json"].data == b"een\n"
