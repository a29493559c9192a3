"""What a store gives back is what was put in, and a plain git sees the same."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from app.storage.errors import Moved, PathNotFound, RepositoryExists, RepositoryNotFound, RevisionNotFound
from app.storage.git_store import GitStore, Part, Signature
from tests.storage.helpers import FATIMA, INSTALLATION, NAME, WHEN, open_store, part, plain_git

OTHER = "ffffffff-0000-4000-8000-000000000000"


def test_a_new_card_is_there_with_its_files_author_and_time(store: GitStore) -> None:
    snapshot = store.snapshot(NAME)

    assert {path: file.data for path, file in snapshot.files.items()} == {"kaart.json": b"een\n"}
    assert snapshot.revision == store.head(NAME) == snapshot.commit.revision
    assert snapshot.commit.author == FATIMA
    assert snapshot.commit.committer == INSTALLATION
    assert snapshot.commit.when == WHEN
    assert snapshot.commit.when.utcoffset() == WHEN.utcoffset()
    assert snapshot.commit.message == "Kaart gemaakt\n"


def test_names_are_sorted_and_hold_only_cards(store: GitStore, tmp_path: Path) -> None:
    store.create(OTHER, [part("Tweede")])
    (tmp_path / "cards" / "README.md").write_text("no card")
    (tmp_path / "cards" / "ff" / "no-uuid.git").mkdir()

    assert list(store.names()) == [NAME, OTHER]
    assert store.exists(OTHER)
    assert not store.exists(OTHER.replace("f", "e"))
    assert not store.exists("../../etc/passwd")


def test_a_card_is_made_once(store: GitStore) -> None:
    with pytest.raises(RepositoryExists):
        store.create(NAME, [part("Nog eens")])


def test_the_parts_of_a_save_are_commits_in_order_and_keep_other_files(store: GitStore) -> None:
    base = store.head(NAME)
    first = Part({"brief.txt": b"brief", "foto.txt": b"foto"}, "Eerste", FATIMA, WHEN)
    second = Part({"brief.txt": None, "nooit.txt": None}, "Tweede", FATIMA, WHEN)

    revisions = store.commit(NAME, base, [first, second, part("Derde", kaart="drie\n")])

    assert [commit.revision for commit in store.log(NAME)] == [*reversed(revisions), base]
    assert set(store.files(NAME, revisions[0])) == {"kaart.json", "brief.txt", "foto.txt"}
    assert set(store.files(NAME)) == {"kaart.json", "foto.txt"}
    assert store.read(NAME, None, "kaart.json") == b"drie\n"
    assert store.read(NAME, base, "kaart.json") == b"een\n"
    assert store.files(NAME, revisions[0])["kaart.json"] == store.files(NAME, base)["kaart.json"]


def test_a_save_on_an_older_revision_is_refused_and_says_what_is_there_now(store: GitStore) -> None:
    base = store.head(NAME)
    [current] = store.commit(NAME, base, [part("Eerst", kaart="eerst")])

    with pytest.raises(Moved) as refusal:
        store.commit(NAME, base, [part("Te laat", kaart="te laat")])

    assert refusal.value.current == current == store.head(NAME)


def test_under_the_lock_one_reads_merges_and_commits(store: GitStore) -> None:
    with store.writing(NAME) as writer:
        before = writer.snapshot()
        [new] = writer.commit(before.revision, [part("Meer", kaart="een\ntwee\n")])
        assert writer.head == new
        assert writer.snapshot(before.revision) == before

    assert store.head(NAME) == new


@pytest.mark.parametrize("revision", ["0" * 40, "main", "HEAD", "0" * 39, "", "A" * 40, "--help", "../x", "0" * 41])
def test_what_is_no_revision_here_is_not_found(store: GitStore, revision: str) -> None:
    for ask in (store.snapshot, store.files, store.log):
        with pytest.raises(RevisionNotFound):
            ask(NAME, revision)
    with pytest.raises(RevisionNotFound):
        store.read(NAME, revision, "kaart.json")


def test_the_id_of_a_file_is_not_a_revision(store: GitStore) -> None:
    with pytest.raises(RevisionNotFound):
        store.snapshot(NAME, store.files(NAME)["kaart.json"])


@pytest.mark.parametrize("name", [OTHER, "x", "", "../" + NAME, NAME.upper(), NAME + "\n"])
def test_what_is_no_card_is_not_found(store: GitStore, name: str) -> None:
    with pytest.raises(RepositoryNotFound):
        store.head(name)
    with pytest.raises(RepositoryNotFound):
        store.commit(name, "0" * 40, [part("x")])


def test_a_file_that_is_not_there_is_not_found(store: GitStore) -> None:
    with pytest.raises(PathNotFound):
        store.read(NAME, None, "kaart.md")


BAD = [
    *({"files": {path: b""}} for path in ("", "/x", "../x", "a/../b", ".git/config", "a//b", "a/.git", ".x", "a\0b")),
    *({"files": {path: b""}} for path in ("a\nb", "git~1 x", "x/", "con\\x", "é", "bijlage/brief.txt")),
    {"message": "met een \0"},
    {"message": "halve \ud800"},
    {"author": Signature("halve \ud800", "x@y")},
    {"when": datetime(2025, 1, 1)},
]


@pytest.mark.parametrize("bad", BAD)
def test_what_git_cannot_keep_is_refused_before_anything_is_written(
    store: GitStore, bad: dict[str, object], tmp_path: Path
) -> None:
    before = sorted((tmp_path / "cards").rglob("*"))
    parts = [part("goed"), replace(part("slecht"), **bad)]  # type: ignore[arg-type]

    with pytest.raises(ValueError):  # noqa: PT011 - git's own words differ
        store.commit(NAME, store.head(NAME), parts)
    with pytest.raises(ValueError):  # noqa: PT011
        store.create(OTHER, parts)

    assert sorted((tmp_path / "cards").rglob("*")) == before


def test_a_save_without_parts_is_refused(store: GitStore) -> None:
    with pytest.raises(ValueError, match="at least one"):
        store.commit(NAME, store.head(NAME), [])


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Anne <script>", "Anne script"),
        ("Regel\neen\0twee", "Regel een twee"),
        ("José Núñez-O’Brien", "José Núñez-O’Brien"),
        ("  .,; ", "Onbekend"),
        ("", "Onbekend"),
        ("<>", "Onbekend"),
    ],
)
def test_any_name_makes_a_commit_that_git_finds_sound(store: GitStore, name: str, kept: str) -> None:
    odd = replace(part("Naam"), author=Signature(name, f"{name}@x"))
    store.commit(NAME, store.head(NAME), [odd])

    assert store.log(NAME)[0].author.name == kept
    assert plain_git(store.path(NAME), "fsck", "--strict", "--full", "--no-dangling") == ""


def test_a_message_ends_with_one_newline_and_keeps_the_rest(store: GitStore) -> None:
    text = "Afspraak a3 gewijzigd: status\n\nReden: ‘overleg’\n\nAfspraak: a3\nDeel: 1/1"
    store.commit(NAME, store.head(NAME), [part(text), part(text + "\n\n")])

    assert [commit.message for commit in store.log(NAME, limit=2)] == [text + "\n"] * 2


def test_commits_of_the_same_second_stay_in_order_and_a_limit_takes_the_newest(store: GitStore) -> None:
    earlier = WHEN - timedelta(days=3)
    parts = [part(f"{number}", kaart=f"{number}", when=WHEN if number % 3 else earlier) for number in range(30)]
    revisions = store.commit(NAME, store.head(NAME), parts)

    assert [commit.message for commit in store.log(NAME, limit=30)] == [f"{n}\n" for n in reversed(range(30))]
    assert [commit.revision for commit in store.log(NAME, revisions[9], limit=2)] == [revisions[9], revisions[8]]
    told = plain_git(store.path(NAME), "log", "--format=%H").split()
    assert told == [commit.revision for commit in store.log(NAME)]


def test_a_history_with_a_merge_tells_every_commit_once_and_before_its_parents(store: GitStore, tmp_path: Path) -> None:
    aside = tmp_path / "aside"
    plain_git(tmp_path, "clone", "-q", str(store.path(NAME)), str(aside))
    for branch in ("links", "rechts"):
        plain_git(aside, "checkout", "-q", "-b", branch, "main")
        for number in range(3):
            (aside / f"{branch}.txt").write_text(str(number))
            plain_git(aside, "add", ".")
            plain_git(aside, "commit", "-qm", f"{branch} {number}")
    plain_git(aside, "checkout", "-q", "main")
    plain_git(aside, "merge", "-q", "--no-ff", "-m", "Samen", "links", "rechts")
    plain_git(aside, "push", "-q", "origin", "main")
    store.commit(NAME, store.head(NAME), [part("Daarna", kaart="na")])

    log = store.log(NAME)

    place = {commit.revision: number for number, commit in enumerate(log)}
    assert len(place) == len(log) == 9
    assert all(place[commit.revision] < place[parent] for commit in log for parent in commit.parents)
    assert [commit.message for commit in log[:2]] == ["Daarna\n", "Samen\n"]


def test_commits_of_other_programs_are_read_whatever_they_hold(store: GitStore) -> None:
    path = store.path(NAME)
    tree = plain_git(path, "rev-parse", "main^{tree}").strip()
    for when in ("99999999999999 +0000", "0 +9959", "-1 -0000"):
        odd = f"tree {tree}\nparent {store.head(NAME)}\nauthor  <> {when}\ncommitter x <y> {when}\n\n"
        raw = path / "odd"
        raw.write_bytes(odd.encode() + b"geen utf-8: \xff")
        new = plain_git(path, "hash-object", "-t", "commit", "--literally", "-w", str(raw)).strip()
        plain_git(path, "update-ref", "refs/heads/main", new)

        commit = store.snapshot(NAME).commit

        assert commit.message == "geen utf-8: \ufffd"
        assert commit.when.tzinfo is not None
    assert store.log(NAME)[2].when == datetime.fromtimestamp(0, UTC)


@pytest.mark.parametrize("when", ["253402300799 +0000", "253402300799 -1200", "-62135596800 +0000"])
def test_a_date_at_the_end_of_the_calendar_is_the_epoch_in_every_time_zone(store: GitStore, when: str) -> None:
    path = store.path(NAME)
    tree = plain_git(path, "rev-parse", "main^{tree}").strip()
    odd = f"tree {tree}\nauthor x <y> {when}\ncommitter x <y> {when}\n\nLaat\n"
    new = plain_git(path, "hash-object", "-t", "commit", "--literally", "-w", "--stdin", given=odd).strip()

    moment = store.snapshot(NAME, new).commit.when

    assert moment.astimezone(timezone(timedelta(hours=14))) == datetime.fromtimestamp(0, UTC)


def test_plain_git_clones_logs_and_finds_it_sound(store: GitStore, tmp_path: Path) -> None:
    store.commit(NAME, store.head(NAME), [part("Tweede", kaart="twee\n")])

    plain_git(tmp_path, "clone", "-q", str(store.path(NAME)), "clone")

    assert (tmp_path / "clone" / "kaart.json").read_text() == "twee\n"
    told = plain_git(tmp_path / "clone", "log", "--format=%an <%ae> %cn %aI %s").splitlines()
    who = "Fatima el Idrissi <fatima@voorbeeld.nl> Veiligheidskaart 2025-03-04T10:30:00+01:00"
    assert told == [f"{who} Tweede", f"{who} Kaart gemaakt"]
    assert plain_git(store.path(NAME), "fsck", "--strict", "--full") == ""


def test_an_ordinary_git_may_not_rewrite_or_delete_a_history(store: GitStore, tmp_path: Path) -> None:
    store.commit(NAME, store.head(NAME), [part("Tweede", kaart="twee\n")])
    plain_git(tmp_path, "clone", "-q", str(store.path(NAME)), "clone")
    plain_git(tmp_path / "clone", "reset", "-q", "--hard", "HEAD~")

    assert "denying non-fast-forward" in plain_git(tmp_path / "clone", "push", "--force", "origin", "main", check=False)
    assert "prohibited" in plain_git(tmp_path / "clone", "push", "origin", ":main", check=False)


def test_nobody_else_on_the_machine_can_look_in(store: GitStore, tmp_path: Path) -> None:
    for directory in (tmp_path / "cards", tmp_path / "locks", store.path(NAME), store.path(NAME).parent):
        assert directory.stat().st_mode & 0o077 == 0
    for lock in (tmp_path / "locks").iterdir():
        assert lock.stat().st_mode & 0o077 == 0


def test_a_card_has_no_sample_hooks_and_few_files(store: GitStore) -> None:
    assert sum(len(files) for _, _, files in os.walk(store.path(NAME))) == 6  # HEAD, config, main, three objects


def test_personal_git_settings_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[user\nthis is not even valid")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))

    store = open_store(tmp_path)

    assert store.create(NAME, [part("Toch")]) == store.head(NAME)


def test_what_a_dead_maker_left_is_swept_when_the_store_is_opened(store: GitStore, tmp_path: Path) -> None:
    left = tmp_path / "cards" / ".new" / f"{OTHER}.0123"
    (left / "objects").mkdir(parents=True)

    open_store(tmp_path)

    assert not left.exists()
    assert list(store.names()) == [NAME]
