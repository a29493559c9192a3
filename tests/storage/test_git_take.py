"""What was received goes into a card: copied unseen, then one move of the branch; or a card that begins with it."""

from pathlib import Path

import pytest

from app.storage.errors import Moved, RepositoryExists, RepositoryNotFound, RevisionNotFound, StoreDamaged
from app.storage.git_admin import GitAdmin
from app.storage.git_store import ROLES, SENT, GitStore, Part
from app.storage.saves import saves_of
from tests.storage.helpers import FATIMA, NAME, WHEN, open_store, part, plain_git

OTHER = "1f3c1f8e-6c1b-4e0a-9d57-1d0f3a4b5c6d"


@pytest.fixture
def received(store: GitStore, tmp_path: Path) -> GitStore:
    """The same card in another store, two commits further."""
    there = open_store(tmp_path / "quarantaine")
    there.create(NAME, [], source=(store, store.head(NAME)))
    there.commit(NAME, there.head(NAME), [part("Daar een", kaart="daar een"), part("Daar twee", kaart="daar twee")])
    return there


def said(message: str, save: str, *besides: str, kaart: str = "samen") -> Part:
    return Part({"kaart.json": kaart.encode()}, f"{message}\n\nOpslag: {save}", FATIMA, WHEN, besides)


def test_what_is_taken_in_is_seen_by_nobody_until_the_branch_moves(store: GitStore, received: GitStore) -> None:
    before, tip = store.head(NAME), received.head(NAME)
    with store.writing(NAME) as writer:
        writer.take(received, NAME, tip)
        assert (store.head(NAME), store.ids(NAME)) == (before, [before])
        new = writer.commit(before, [part("Overgedragen", kaart="hier"), part("Aangenomen", kaart="hier")], start=tip)
    assert store.ids(NAME) == [*new[::-1], *received.ids(NAME)]
    assert store.head(NAME) == new[-1]
    assert GitAdmin(store).fsck(NAME) == []


def test_a_fast_forward_and_nothing_on_top(store: GitStore, received: GitStore) -> None:
    before, tip = store.head(NAME), received.head(NAME)
    with store.writing(NAME) as writer:
        writer.take(received, NAME, tip)
        assert writer.commit(before, [], start=tip) == []
        assert writer.commit(tip, [], start=tip) == []
        with pytest.raises(Moved):
            writer.commit(before, [], start=tip)
    assert (store.head(NAME), store.log(NAME)) == (tip, received.log(NAME))


def test_the_branch_does_not_go_to_what_does_not_descend_from_it(store: GitStore, received: GitStore) -> None:
    base, tip = store.head(NAME), received.head(NAME)
    here = store.commit(NAME, base, [part("Hier", kaart="hier")])[-1]
    with store.writing(NAME) as writer:
        with pytest.raises(RevisionNotFound):
            writer.commit(here, [], start=tip)
        writer.take(received, NAME, tip)
        for start in (tip, base):
            with pytest.raises(ValueError, match="descend"):
                writer.commit(here, [part("Verder")], start=start)
        for bad in ("niet", "A" * 40):
            with pytest.raises(ValueError, match="ids"):
                writer.commit(here, [said("Samen", "1", bad)])
        with pytest.raises(RevisionNotFound):
            writer.commit(here, [said("Samen", "1", "a" * 40)])
        with pytest.raises(ValueError, match="part"):
            writer.commit(here, [])
    assert store.head(NAME) == here


def test_a_merge_has_both_for_parents_and_all_that_reads_a_history_copes(store: GitStore, received: GitStore) -> None:
    base, tip = store.head(NAME), received.head(NAME)
    here = store.commit(NAME, base, [said(f"Hier {number}", "h", kaart=f"hier {number}") for number in (1, 2)])
    with store.writing(NAME) as writer:
        writer.take(received, NAME, tip)
        first, last = writer.commit(here[-1], [said("Samen", "m", tip, here[-1], tip), said("Samen verder", "m")])
    log = store.log(NAME)
    assert (log[0].revision, log[0].parents) == (last, (first,))
    assert log[1].parents == (here[-1], tip)
    assert sorted(one.revision for one in log) == sorted([first, last, *here, *received.ids(NAME)])
    assert [store.is_ancestor(NAME, one, last) for one in (base, tip, *here)] == [True] * 4
    assert not store.is_ancestor(NAME, tip, here[-1])
    assert not store.is_ancestor(NAME, "a" * 40, last)
    assert GitAdmin(store).fsck(NAME) == []
    GitAdmin(store).pack(NAME)
    assert store.log(NAME) == log
    told = plain_git(store.path(NAME), "log", "--topo-order", "--format=%H").split()
    assert sorted(told) == sorted(store.ids(NAME))


def test_the_commits_of_a_save_stay_together_where_two_histories_of_one_second_meet(
    store: GitStore, tmp_path: Path
) -> None:
    there, base = open_store(tmp_path / "daar"), store.head(NAME)
    there.create(NAME, [], source=(store, base))
    for one, side in ((store, "hier"), (there, "daar")):
        for turn in "ab":
            words = [f"{side}\n\nDeel: {number}/3\nOpslag: {side}-{turn}" for number in (1, 2, 3)]
            one.commit(NAME, one.head(NAME), [part(text, kaart=text) for text in words])
    with store.writing(NAME) as writer:
        writer.take(there, NAME, there.head(NAME))
        writer.commit(store.head(NAME), [said("Samen", "m", there.head(NAME))])
    saves = list(saves_of(store.log(NAME)))
    assert [len(save.steps) for save in saves] == [1, 3, 3, 3, 3, 1]
    assert saves[0].parents == (saves[3].revision, saves[1].revision)


def test_a_card_begins_with_what_was_received_and_its_roles(received: GitStore, tmp_path: Path) -> None:
    new, tip = open_store(tmp_path / "nieuw"), received.head(NAME)
    top = new.create(NAME, [part("Aangenomen", kaart="hier")], [part("Rollen")], (received, tip))
    assert new.ids(NAME) == [top, *received.ids(NAME)]
    assert new.heads_beside(NAME, ROLES) != (None,)
    assert GitAdmin(new).fsck(NAME) == []
    with pytest.raises(RepositoryExists):
        new.create(NAME, [], source=(received, tip))
    for source, wrong in (((received, "a" * 40), NAME), ((received, tip), OTHER)):
        with pytest.raises((RevisionNotFound, RepositoryNotFound)):
            open_store(tmp_path / "anders").create(wrong, [part("Aangenomen")], source=source)
    assert list(open_store(tmp_path / "anders").names()) == []
    with pytest.raises(ValueError, match="part"):
        new.create(OTHER, [])


def test_only_what_led_to_the_commit_is_copied(store: GitStore, received: GitStore) -> None:
    middle = received.ids(NAME)[1]
    with store.writing(NAME) as writer:
        writer.take(received, NAME, middle)
        writer.commit(store.head(NAME), [], start=middle)
        with pytest.raises(RepositoryNotFound):
            writer.take(received, OTHER, middle)
    newest = received.files(NAME)["kaart.json"]
    assert "missing" in plain_git(store.path(NAME), "cat-file", "--batch-check", given=f"{newest}\n")


def test_what_is_broken_there_is_not_taken_and_what_is_here_already_is_not_needed_there(
    store: GitStore, received: GitStore
) -> None:
    old, new = store.files(NAME)["kaart.json"], received.files(NAME)["kaart.json"]
    place = received.path(NAME) / "objects"
    (place / old[:2] / old[2:]).unlink()
    with store.writing(NAME) as writer:
        writer.take(received, NAME, received.ids(NAME)[1])
        (place / new[:2] / new[2:]).write_bytes(b"onzin")
        with pytest.raises(StoreDamaged):
            writer.take(received, NAME, received.head(NAME))
    assert len(store.ids(NAME)) == 1


def test_folders_that_others_made_are_taken_with_what_is_in_them(store: GitStore, tmp_path: Path) -> None:
    aside = tmp_path / "aside"
    plain_git(tmp_path, "clone", "-q", str(store.path(NAME)), str(aside))
    (aside / "map" / "diep").mkdir(parents=True)
    (aside / "map" / "diep" / "brief.txt").write_text("brief")
    plain_git(aside, "add", ".")
    plain_git(aside, "commit", "-qm", "Map")
    plain_git(aside, "push", "-q", "origin", "main")
    new = open_store(tmp_path / "nieuw")
    new.create(NAME, [], source=(store, store.head(NAME)))
    assert GitAdmin(new).fsck(NAME) == []
    assert plain_git(new.path(NAME), "show", "main:map/diep/brief.txt") == "brief"


def test_what_was_sent_is_noted_on_a_branch_that_goes_nowhere(store: GitStore, tmp_path: Path) -> None:
    plain_git(store.path(NAME), "config", "--unset", "transfer.hideRefs")
    with store.writing(NAME) as writer:
        first = writer.commit_on(SENT, None, [Part({"uit.json": b"{}"}, "Verzonden", FATIMA, WHEN)])[-1]
        with pytest.raises(Moved):
            writer.commit_on(SENT, None, [part("Nog eens")])
    assert store.heads_beside(NAME, ROLES, SENT) == (None, first)
    snapshot = store.newest(NAME, SENT)
    assert snapshot
    assert snapshot.files["uit.json"].data == b"{}"
    assert "verzonden" not in plain_git(tmp_path, "ls-remote", str(store.path(NAME)))
    GitAdmin(store).pack(NAME)
    assert store.heads_beside(NAME, SENT) == (first,)
