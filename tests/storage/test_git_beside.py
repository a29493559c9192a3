"""The branches beside the main one: of roles, which goes nowhere, and of what was said, which travels."""

from pathlib import Path

import pytest

from app.storage.errors import Moved, StoreDamaged
from app.storage.git_admin import GitAdmin
from app.storage.git_store import ROLES, TALK, GitStore, Part
from tests.storage.helpers import FATIMA, NAME, WHEN, open_store, part, plain_git

HIDDEN = "refs/kaarten/toegang"


@pytest.fixture
def store(tmp_path: Path) -> GitStore:
    store = open_store(tmp_path)
    store.create(NAME, [part("Kaart gemaakt", kaart="kaart")], [part("Rollen", kaart="rollen")])
    return store


def said(**files: str) -> Part:
    return Part({f"{name}.json": text.encode() for name, text in files.items()}, "Overleg: bericht", FATIMA, WHEN)


def aside(store: GitStore) -> str:
    snapshot = store.newest(NAME, ROLES)
    assert snapshot
    return snapshot.files["kaart.json"].data.decode()


def test_it_is_made_with_the_repository_and_changed_apart_from_it(store: GitStore) -> None:
    main = store.head(NAME)
    with store.writing(NAME) as writer:
        writer.commit_on(ROLES, store.heads_beside(NAME, ROLES)[0], [part("Nog een rol", kaart="meer rollen")])
    assert (aside(store), store.head(NAME)) == ("meer rollen", main)
    assert store.walk_beside(NAME, ROLES, lambda commits: [one.message for one in commits]) == [
        "Nog een rol\n",
        "Rollen\n",
    ]
    assert GitAdmin(store).fsck(NAME) == []


def test_one_that_is_not_there_yet_is_begun_once(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.create(NAME, [part("Kaart gemaakt", kaart="kaart")])
    assert (store.newest(NAME, ROLES), store.heads_beside(NAME, ROLES)[0]) == (None, None)
    assert store.walk_beside(NAME, ROLES, list) == []
    with store.writing(NAME) as writer:
        writer.commit_on(ROLES, None, [part("Rollen", kaart="rollen")])
        with pytest.raises(Moved):
            writer.commit_on(ROLES, None, [part("Rollen", kaart="andere rollen")])
    assert aside(store) == "rollen"


def test_no_clone_fetch_bundle_or_push_of_an_ordinary_git_sees_it(store: GitStore, tmp_path: Path) -> None:
    path, first = store.path(NAME), store.heads_beside(NAME, ROLES)[0]
    assert "toegang" not in plain_git(tmp_path, "ls-remote", str(path))
    for name, arguments in {"kloon": ["--no-local"], "spiegel": ["--no-local", "--mirror"]}.items():
        plain_git(tmp_path, "clone", "-q", *arguments, str(path), str(tmp_path / name))
        assert "Rollen" not in plain_git(tmp_path / name, "log", "--all", "--format=%s")
        assert plain_git(tmp_path / name, "cat-file", "-t", str(first), check=False) != "commit\n"
    refused = plain_git(tmp_path / "kloon", "push", "origin", f"HEAD:{HIDDEN}", check=False)
    assert "deny updating a hidden ref" in refused
    assert "remote ref" in plain_git(tmp_path / "kloon", "fetch", "origin", f"{HIDDEN}:gestolen", check=False)
    GitAdmin(store).bundle(NAME, tmp_path / "kaart.bundle")
    plain_git(tmp_path, "clone", "-q", str(tmp_path / "kaart.bundle"), str(tmp_path / "uit"))
    assert "Rollen" not in plain_git(tmp_path / "uit", "log", "--all", "--format=%s")
    assert aside(store) == "rollen"


def test_a_repository_that_was_made_before_hides_it_from_the_first_role_on(store: GitStore, tmp_path: Path) -> None:
    path = store.path(NAME)
    plain_git(path, "config", "--unset", "transfer.hideRefs")
    plain_git(path, "config", "transfer.hideRefs", "refs/ergens")
    assert "toegang" in plain_git(tmp_path, "ls-remote", str(path))
    for text in ("Een", "Twee"):
        with store.writing(NAME) as writer:
            writer.commit_on(ROLES, store.heads_beside(NAME, ROLES)[0], [part(text, kaart="rollen")])
    assert "toegang" not in plain_git(tmp_path, "ls-remote", str(path))
    assert plain_git(path, "config", "--get-all", "transfer.hideRefs").split() == ["refs/ergens", "refs/kaarten"]


def test_packing_keeps_it(store: GitStore) -> None:
    GitAdmin(store).pack(NAME)
    assert aside(store) == "rollen"


@pytest.mark.parametrize("damage", ["", "geen nummer\n", "0" * 40 + "\n"])
def test_one_that_is_damaged_is_no_empty_one(store: GitStore, damage: str) -> None:
    (store.path(NAME) / HIDDEN).write_text(damage)
    with pytest.raises(StoreDamaged):
        store.newest(NAME, ROLES)


def test_one_whose_name_is_gone_while_its_folder_is_a_file_is_an_error(store: GitStore) -> None:
    (store.path(NAME) / HIDDEN).unlink()
    assert store.newest(NAME, ROLES) is None


def test_what_was_said_stands_beside_the_card_and_travels_with_it(store: GitStore, tmp_path: Path) -> None:
    main = store.head(NAME)
    with store.writing(NAME) as writer:
        first = writer.commit_on(TALK, None, [said(m1="een")])[-1]
        writer.commit_on(TALK, first, [said(m2="twee")])
    plain_git(tmp_path, "clone", "-q", "--no-local", "-b", "overleg", str(store.path(NAME)), str(tmp_path / "kloon"))
    assert [(tmp_path / "kloon" / name).read_text() for name in ("m1.json", "m2.json")] == ["een", "twee"]
    GitAdmin(store).bundle(NAME, tmp_path / "kaart.bundle")
    assert "refs/heads/overleg" in plain_git(tmp_path, "bundle", "list-heads", str(tmp_path / "kaart.bundle"))
    assert (store.head(NAME), GitAdmin(store).fsck(NAME)) == (main, [])


def test_of_what_is_known_already_no_bytes_are_read(store: GitStore) -> None:
    with store.writing(NAME) as writer:
        writer.commit_on(TALK, None, [said(m1="een", m2="twee")])
    whole = store.newest(NAME, TALK)
    assert whole
    found = store.newest(NAME, TALK, {whole.files["m1.json"].blob_id})
    assert found
    assert {name: file.data for name, file in found.files.items()} == {"m1.json": b"", "m2.json": b"twee"}
