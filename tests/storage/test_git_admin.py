"""What the program git does for the store: check, bundle, pack, clone."""

import os
import random
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from app.storage.errors import GitMissing, RepositoryNotFound, StoreDamaged, StoreError, StoreFailed
from app.storage.git_admin import GitAdmin
from app.storage.git_store import GitStore
from tests.storage.helpers import NAME, part, plain_git

OTHER = "ffffffff-0000-4000-8000-000000000000"


@pytest.fixture
def admin(store: GitStore) -> GitAdmin:
    return GitAdmin(store)


def save(store: GitStore, times: int) -> None:
    for number in range(times):
        text = random.randbytes(200).hex()
        store.commit(NAME, store.head(NAME), [part(f"Save {number}", kaart=text)])


def loose(store: GitStore) -> int:
    return len(list((store.path(NAME) / "objects").glob("??/*")))


def forget_gitpython(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have it imported anew, which is when it looks for the program."""
    for module in [name for name in sys.modules if name == "git" or name.startswith("git.")]:
        monkeypatch.delitem(sys.modules, module)


def test_a_sound_card_has_no_faults(store: GitStore, admin: GitAdmin) -> None:
    save(store, 3)

    assert admin.fsck(NAME) == []


def test_a_damaged_object_and_a_missing_one_are_faults(store: GitStore, admin: GitAdmin) -> None:
    save(store, 1)
    blob = store.files(NAME)["kaart.json"]
    victim = store.path(NAME) / "objects" / blob[:2] / blob[2:]
    sound = victim.read_bytes()
    victim.unlink()
    assert any("missing blob" in fault for fault in admin.fsck(NAME))

    victim.write_bytes(sound[:-5])
    assert any(blob in fault for fault in admin.fsck(NAME))


def test_a_branch_that_is_gone_is_a_fault(store: GitStore, admin: GitAdmin) -> None:
    (store.path(NAME) / "refs" / "heads" / "main").write_text("onzin\n")

    assert admin.fsck(NAME)


@pytest.mark.parametrize("config", [b"onzin", b"[core\n", b"\xff\xfe\0", b"[core]\n\tbare = \xff\n", b"=\n"])
def test_a_config_that_is_garbage_is_a_fault_and_nothing_of_the_kind_raises_another_error(
    store: GitStore, admin: GitAdmin, config: bytes, tmp_path: Path
) -> None:
    (store.path(NAME) / "config").write_bytes(config)

    faults = admin.fsck(NAME)
    assert faults
    assert "\n".join(faults).encode()
    for work in (lambda: admin.pack(NAME), lambda: admin.bundle(NAME, tmp_path / "uit"), lambda: store.head(NAME)):
        with suppress(StoreError):
            work()


def test_a_file_that_cannot_be_named_is_an_error_of_ours(admin: GitAdmin, tmp_path: Path) -> None:
    with pytest.raises(StoreFailed):
        admin.bundle(NAME, tmp_path / "met een \0")


def test_replacements_and_grafts_do_not_change_what_is_read_or_handed_over(
    store: GitStore, admin: GitAdmin, tmp_path: Path
) -> None:
    save(store, 2)
    path = store.path(NAME)
    log = store.log(NAME)
    plain_git(path, "replace", log[0].revision, log[2].revision)
    replaced = store.snapshot(NAME).files["kaart.json"].blob_id
    plain_git(path, "replace", replaced, store.files(NAME, log[2].revision)["kaart.json"])
    snapshot = store.snapshot(NAME)

    assert store.log(NAME) == log
    assert snapshot.files["kaart.json"].data != b"een\n"
    admin.clone(NAME, tmp_path / "kopie")
    assert (tmp_path / "kopie" / "kaart.json").read_bytes() == snapshot.files["kaart.json"].data

    (path / "info").mkdir(exist_ok=True)
    (path / "info" / "grafts").write_text(f"{log[0].revision}\n")
    for ask in (store.log, store.head, store.snapshot):
        with pytest.raises(StoreDamaged, match="grafts"):
            ask(NAME)
    admin.bundle(NAME, tmp_path / "uit")
    plain_git(tmp_path, "clone", "-q", "uit", "eruit")
    assert len(plain_git(tmp_path / "eruit", "log", "--format=%H").split()) == 3


def test_a_card_needs_packing_after_some_fifty_saves_and_not_after_packing(store: GitStore, admin: GitAdmin) -> None:
    save(store, 30)
    assert not admin.needs_packing(NAME)
    save(store, 40)
    assert admin.needs_packing(NAME)

    admin.pack(NAME)

    assert not admin.needs_packing(NAME)
    assert loose(store) == 0


def test_packing_changes_nothing_that_is_read(store: GitStore, admin: GitAdmin) -> None:
    save(store, 20)
    snapshots = [store.snapshot(NAME, commit.revision) for commit in store.log(NAME)]

    admin.pack(NAME)
    admin.pack(NAME)

    assert [store.snapshot(NAME, commit.revision) for commit in store.log(NAME)] == snapshots
    assert admin.fsck(NAME) == []
    save(store, 2)
    assert len(store.log(NAME)) == 23


def test_packing_keeps_what_nothing_points_at_for_a_push_may_be_under_way(
    store: GitStore, admin: GitAdmin, tmp_path: Path
) -> None:
    note = tmp_path / "note"
    for number in range(2):
        note.write_text(f"not pointed at {number}")
        oid = plain_git(store.path(NAME), "hash-object", "-w", str(note)).strip()
        admin.pack(NAME)
        admin.pack(NAME)

        assert plain_git(store.path(NAME), "cat-file", "blob", oid) == f"not pointed at {number}"


def test_packing_sweeps_old_leftovers_of_the_dead_and_leaves_young_ones(store: GitStore, admin: GitAdmin) -> None:
    objects = store.path(NAME) / "objects"
    (objects / "pack").mkdir(exist_ok=True)
    (objects / "aa").mkdir(exist_ok=True)
    (objects / "tmp_objdir-incoming-x").mkdir()
    old = ["tmp_object_git2_a", "aa/tmp_obj_a", "pack/tmp_pack_a", "pack/.tmp-1-pack-a.pack"]
    for name in old:
        (objects / name).write_text("")
    for name in [*old, "tmp_objdir-incoming-x"]:
        os.utime(objects / name, (time.time() - 3600,) * 2)
    young = objects / "tmp_object_git2_b"
    young.write_text("")

    admin.pack(NAME)

    assert not any((objects / name).exists() for name in [*old, "tmp_objdir-incoming-x"])
    assert young.exists()


def test_a_bundle_holds_the_whole_history(store: GitStore, admin: GitAdmin, tmp_path: Path) -> None:
    save(store, 3)

    admin.bundle(NAME, tmp_path / "kaart.bundle")
    plain_git(tmp_path, "clone", "-q", "kaart.bundle", "uit")

    told = plain_git(tmp_path / "uit", "log", "--format=%H").split()
    assert told == [commit.revision for commit in store.log(NAME)]


def test_a_clone_has_the_files_and_shares_nothing_with_the_store(
    store: GitStore, admin: GitAdmin, tmp_path: Path
) -> None:
    save(store, 2)

    admin.clone(NAME, tmp_path / "kopie")

    assert (tmp_path / "kopie" / "kaart.json").read_bytes() == store.read(NAME, None, "kaart.json")
    assert all(one.stat().st_nlink == 1 for one in (tmp_path / "kopie" / ".git").rglob("*") if one.is_file())
    with pytest.raises(StoreFailed):
        admin.clone(NAME, tmp_path / "kopie")


def test_a_card_that_is_not_there_is_not_found(admin: GitAdmin, tmp_path: Path) -> None:
    with pytest.raises(RepositoryNotFound):
        admin.fsck(OTHER)
    with pytest.raises(RepositoryNotFound):
        admin.pack("--help")
    with pytest.raises(RepositoryNotFound):
        admin.bundle("../x", tmp_path / "x")
    with pytest.raises(RepositoryNotFound):
        admin.needs_packing(OTHER)


def test_settings_and_variables_of_the_caller_change_nothing(
    admin: GitAdmin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".gitconfig").write_text("[core\nnot valid")
    for variable, value in {"HOME": str(tmp_path), "GIT_DIR": "/nowhere", "GIT_WORK_TREE": "/nowhere"}.items():
        monkeypatch.setenv(variable, value)
    forget_gitpython(monkeypatch)

    assert admin.fsck(NAME) == []
    admin.pack(NAME)
    admin.bundle(NAME, tmp_path / "kaart.bundle")


def test_without_the_program_git_cards_work_and_administration_says_what_is_missing(
    store: GitStore, admin: GitAdmin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    forget_gitpython(monkeypatch)

    with pytest.raises(GitMissing, match="git is not installed"):
        admin.fsck(NAME)
    assert store.commit(NAME, store.head(NAME), [part("Zonder git")])
