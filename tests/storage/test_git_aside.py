"""The branch aside of a repository: what belongs to this installation alone, and goes nowhere."""

from pathlib import Path

import pytest

from app.storage.errors import Moved, StoreDamaged
from app.storage.git_admin import GitAdmin
from app.storage.git_store import GitStore
from tests.storage.helpers import NAME, open_store, part, plain_git

ASIDE = "refs/kaarten/toegang"


@pytest.fixture
def store(tmp_path: Path) -> GitStore:
    store = open_store(tmp_path)
    store.create(NAME, [part("Kaart gemaakt", kaart="kaart")], [part("Rollen", kaart="rollen")])
    return store


def aside(store: GitStore) -> str:
    snapshot = store.aside(NAME)
    assert snapshot
    return snapshot.files["kaart.json"].data.decode()


def test_it_is_made_with_the_repository_and_changed_apart_from_it(store: GitStore) -> None:
    main = store.head(NAME)
    with store.writing(NAME) as writer:
        writer.commit_aside(store.head_aside(NAME), [part("Nog een rol", kaart="meer rollen")])
    assert (aside(store), store.head(NAME)) == ("meer rollen", main)
    assert store.walk_aside(NAME, lambda commits: [one.message for one in commits]) == ["Nog een rol\n", "Rollen\n"]
    assert GitAdmin(store).fsck(NAME) == []


def test_one_that_is_not_there_yet_is_begun_once(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.create(NAME, [part("Kaart gemaakt", kaart="kaart")])
    assert (store.aside(NAME), store.head_aside(NAME)) == (None, None)
    assert store.walk_aside(NAME, list) == []
    with store.writing(NAME) as writer:
        writer.commit_aside(None, [part("Rollen", kaart="rollen")])
        with pytest.raises(Moved):
            writer.commit_aside(None, [part("Rollen", kaart="andere rollen")])
    assert aside(store) == "rollen"


def test_no_clone_fetch_bundle_or_push_of_an_ordinary_git_sees_it(store: GitStore, tmp_path: Path) -> None:
    path, first = store.path(NAME), store.head_aside(NAME)
    assert "toegang" not in plain_git(tmp_path, "ls-remote", str(path))
    for name, arguments in {"kloon": ["--no-local"], "spiegel": ["--no-local", "--mirror"]}.items():
        plain_git(tmp_path, "clone", "-q", *arguments, str(path), str(tmp_path / name))
        assert "Rollen" not in plain_git(tmp_path / name, "log", "--all", "--format=%s")
        assert plain_git(tmp_path / name, "cat-file", "-t", str(first), check=False) != "commit\n"
    refused = plain_git(tmp_path / "kloon", "push", "origin", f"HEAD:{ASIDE}", check=False)
    assert "deny updating a hidden ref" in refused
    assert "remote ref" in plain_git(tmp_path / "kloon", "fetch", "origin", f"{ASIDE}:gestolen", check=False)
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
            writer.commit_aside(store.head_aside(NAME), [part(text, kaart="rollen")])
    assert "toegang" not in plain_git(tmp_path, "ls-remote", str(path))
    assert plain_git(path, "config", "--get-all", "transfer.hideRefs").split() == ["refs/ergens", "refs/kaarten"]


def test_packing_keeps_it(store: GitStore) -> None:
    GitAdmin(store).pack(NAME)
    assert aside(store) == "rollen"


@pytest.mark.parametrize("damage", ["", "geen nummer\n", "0" * 40 + "\n"])
def test_one_that_is_damaged_is_no_empty_one(store: GitStore, damage: str) -> None:
    (store.path(NAME) / ASIDE).write_text(damage)
    with pytest.raises(StoreDamaged):
        store.aside(NAME)


def test_one_whose_name_is_gone_while_its_folder_is_a_file_is_an_error(store: GitStore) -> None:
    (store.path(NAME) / ASIDE).unlink()
    assert store.aside(NAME) is None
