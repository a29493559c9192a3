"""A history that leaves: the same ids where nothing is withheld, not a word of what is, the same bytes each time."""

import random
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pygit2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygit2.enums import FileMode

from app.storage.errors import RevisionNotFound, TooLarge
from app.storage.git_admin import GitAdmin
from app.storage.git_arrive import arrive
from app.storage.git_leave import Leaving, Left, leave
from app.storage.git_store import GitStore, Part, Snapshot
from tests.storage.helpers import FATIMA, NAME, WHEN, open_store, part, plain_git, put_tree

NAMES = ("kaart.json", "schema.json")
HIDDEN = "geheimadres"


def saved(store: GitStore, message: str, kaart: str, *besides: str) -> str:
    made = Part({"kaart.json": kaart.encode()}, message, FATIMA, WHEN, besides)
    return store.commit(NAME, store.head(NAME), [made])[-1]


def without_hidden(snapshot: Snapshot) -> Leaving | None:
    """What a service does: a revision whose save is secret stays behind, and the word is left out of the others."""
    if HIDDEN in snapshot.commit.message:
        return None
    return Leaving({path: file.data.replace(HIDDEN.encode(), b"") for path, file in snapshot.files.items()})


def objects_of(folder: Path, bundle: Path) -> list[bytes]:
    """All that a bundle holds, whatever it is, reachable or not, as an ordinary git unpacks it."""
    plain_git(folder, "init", "-q", "--bare", "los.git")
    plain_git(folder / "los.git", "bundle", "unbundle", str(bundle))
    loose = pygit2.Repository(str(folder / "los.git"))
    return [loose[oid].read_raw() for oid in loose]


def ids(folder: Path) -> list[str]:
    return plain_git(folder, "log", "--format=%H").split()


def test_what_stays_the_same_keeps_its_id_and_git_is_content_with_it(store: GitStore, tmp_path: Path) -> None:
    for number in range(5):
        saved(store, f"Save {number}", f"{number}")
    left = leave(store, NAME, store.head(NAME), tmp_path / "uit.bundle", NAMES, None)
    assert left == Left(store.head(NAME), {one: one for one in store.ids(NAME)})
    assert list(left.stands_for) == store.ids(NAME)[::-1]
    assert "complete history" in plain_git(store.path(NAME), "bundle", "verify", str(tmp_path / "uit.bundle"))
    assert "complete history" in plain_git(store.path(NAME), "bundle", "verify", str(tmp_path / "uit.bundle"))
    heads = plain_git(tmp_path, "bundle", "list-heads", "uit.bundle").split("\n")
    assert heads == [f"{left.tip} HEAD", f"{left.tip} refs/heads/main", ""]
    plain_git(tmp_path, "clone", "-q", "uit.bundle", "kloon")
    assert plain_git(tmp_path / "kloon", "fsck", "--strict", "--full") == ""
    assert ids(tmp_path / "kloon") == store.ids(NAME)
    assert (tmp_path / "uit.bundle").stat().st_mode & 0o777 == 0o600
    assert {one.name for one in tmp_path.iterdir()} == {"cards", "locks", "uit.bundle", "kloon"}


def test_an_earlier_revision_leaves_without_what_came_after(store: GitStore, tmp_path: Path) -> None:
    first = store.head(NAME)
    saved(store, "Later", HIDDEN)
    assert leave(store, NAME, first, tmp_path / "uit", NAMES, None).tip == first
    assert not any(HIDDEN.encode() in one for one in objects_of(tmp_path, tmp_path / "uit"))
    with pytest.raises(RevisionNotFound):
        leave(store, NAME, "a" * 40, tmp_path / "niet", NAMES, None)


def test_nothing_of_what_is_withheld_is_in_it_and_what_came_before_keeps_its_id(
    store: GitStore, tmp_path: Path
) -> None:
    before = saved(store, "Ervoor", "een")
    secret = saved(store, f"Save over {HIDDEN}", f"een {HIDDEN}")
    after = saved(store, "Erna", f"een twee {HIDDEN}")
    left = leave(store, NAME, after, tmp_path / "uit", NAMES, without_hidden)
    assert list(left.stands_for) == [*store.ids(NAME, before)[::-1], after]
    assert left.stands_for[before] == before
    assert left.stands_for[after] == left.tip != after
    found = objects_of(tmp_path, tmp_path / "uit")
    assert len(found) == 9
    assert not any(word.encode() in one for one in found for word in (HIDDEN, secret))
    there = open_store(tmp_path / "daar")
    arrive(tmp_path / "uit", there, NAME, NAMES)
    mine, theirs = store.log(NAME)[0], there.log(NAME)[0]
    assert (theirs.author, theirs.when, theirs.committer, theirs.message) == (
        mine.author,
        mine.when,
        mine.committer,
        mine.message,
    )
    assert theirs.parents == (before,)
    assert there.read(NAME, None, "kaart.json") == b"een twee "


def test_the_same_history_gives_the_same_bytes_also_from_a_pack(store: GitStore, tmp_path: Path) -> None:
    random.seed(5)
    for number in range(30):
        saved(store, f"Save {number}", random.randbytes(100).hex() * 20 + (HIDDEN if number % 7 == 0 else ""))
    made: dict[str, set[bytes]] = {"whole": set(), "less": set()}
    for number in range(6):
        for name, leaving in (("whole", None), ("less", without_hidden)):
            leave(store, NAME, store.head(NAME), tmp_path / "uit", NAMES, leaving)
            made[name].add((tmp_path / "uit").read_bytes())
        if number == 2:
            GitAdmin(store).pack(NAME)
        if number == 3:
            plain_git(store.path(NAME), "repack", "-adfq", "--depth=1")
    assert {name: len(bytes_) for name, bytes_ in made.items()} == {"whole": 1, "less": 1}


def test_settings_in_the_environment_do_not_change_it(
    store: GitStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        saved(store, f"Save {number}", "regel\n" * number)
    leave(store, NAME, store.head(NAME), tmp_path / "een", NAMES, None)
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'pack.depth=0' 'pack.compression=0'")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".gitconfig").write_text("[pack]\n\tcompression = 0\n\tdepth = 0\n")
    leave(store, NAME, store.head(NAME), tmp_path / "twee", NAMES, None)
    assert (tmp_path / "een").read_bytes() == (tmp_path / "twee").read_bytes()


def merged(store: GitStore, other: str) -> str:
    """A merge of `main` with a commit beside it; gives its id."""
    return saved(store, "Samen", "een en ander", other)


def beside(store: GitStore, base: str, message: str, kaart: str) -> str:
    """A commit on another one, that no branch points at."""
    path = store.path(NAME)
    blob = plain_git(path, "hash-object", "-w", "--stdin", given=kaart).strip()
    tree = plain_git(path, "mktree", given=f"100644 blob {blob}\tkaart.json\n").strip()
    return plain_git(path, "commit-tree", "-p", base, "-m", message, tree).strip()


def test_a_merge_leaves_with_both_its_sides(store: GitStore, tmp_path: Path) -> None:
    first = store.head(NAME)
    ours, theirs = saved(store, "Wij", "wij"), beside(store, first, f"Zij {HIDDEN}", "zij")
    theirs = beside(store, theirs, "Zij weer", "zij weer")
    top = merged(store, theirs)
    assert leave(store, NAME, top, tmp_path / "uit", NAMES, None).tip == top
    left = leave(store, NAME, top, tmp_path / "minder", NAMES, without_hidden)
    there = open_store(tmp_path / "daar")
    arrive(tmp_path / "minder", there, NAME, NAMES)
    log = {one.revision: one.parents for one in there.log(NAME)}
    rewritten = left.stands_for[theirs]
    assert log == {left.tip: (ours, rewritten), ours: (first,), rewritten: (first,), first: ()}


def test_a_merge_of_which_one_side_stays_behind_has_one_parent(store: GitStore, tmp_path: Path) -> None:
    first = store.head(NAME)
    theirs = beside(store, first, f"Zij {HIDDEN}", "zij")
    top = merged(store, theirs)
    left = leave(store, NAME, top, tmp_path / "uit", NAMES, without_hidden)
    plain_git(tmp_path, "clone", "-q", "uit", "kloon")
    assert ids(tmp_path / "kloon") == [left.tip, first]


def test_files_of_others_stay_behind_and_nothing_else_of_the_revision(store: GitStore, tmp_path: Path) -> None:
    before = store.head(NAME)
    blob = store.files(NAME)["kaart.json"]
    tree = plain_git(store.path(NAME), "rev-parse", "main^{tree}").strip()
    listing = f"100644 blob {blob}\tkaart.json\n100644 blob {blob}\t{HIDDEN}.txt\n040000 tree {tree}\tmap\n"
    odd = put_tree(store, listing + f"120000 blob {blob}\tlink\n100755 blob {blob}\tschema.json\n")
    left = leave(store, NAME, odd, tmp_path / "uit", NAMES, None)
    assert (left.stands_for[before], left.tip != odd) == (before, True)
    assert not any(HIDDEN.encode() in one for one in objects_of(tmp_path, tmp_path / "uit"))
    there = open_store(tmp_path / "daar")
    assert arrive(tmp_path / "uit", there, NAME, NAMES) == left.tip
    assert there.files(NAME) == {"kaart.json": blob, "schema.json": blob}
    assert there.log(NAME)[0].message == "Met de hand\n"


def by_hand(store: GitStore, raw: bytes) -> str:
    tree = plain_git(store.path(NAME), "rev-parse", "main^{tree}").strip().encode()
    (store.path(NAME) / "raw").write_bytes(b"tree %b\nparent %b\n" % (tree, store.head(NAME).encode()) + raw)
    new = plain_git(store.path(NAME), "hash-object", "-t", "commit", "-w", "raw").strip()
    plain_git(store.path(NAME), "update-ref", "refs/heads/main", new)
    return new


SIGNED = (
    b"author Co\xf6rd <c@voorbeeld.nl> 1700000000 +0100\ncommitter Co\xf6rd <c@voorbeeld.nl> 1700000001 -0030\n"
    b"encoding ISO-8859-1\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n\nZo\xeb\n"
)


def test_a_signed_commit_in_another_encoding_keeps_its_id_or_becomes_utf8_without_signature(
    store: GitStore, tmp_path: Path
) -> None:
    odd = by_hand(store, SIGNED)
    assert leave(store, NAME, odd, tmp_path / "uit", NAMES, None).tip == odd
    arrive(tmp_path / "uit", open_store(tmp_path / "daar"), NAME, NAMES)
    left = leave(store, NAME, odd, tmp_path / "anders", NAMES, lambda _: Leaving({"kaart.json": b"anders"}))
    there = open_store(tmp_path / "elders")
    arrive(tmp_path / "anders", there, NAME, NAMES)
    raw = plain_git(there.path(NAME), "cat-file", "-p", left.tip)
    assert raw.split("\n", 2)[2] == (
        "author Coörd <c@voorbeeld.nl> 1700000000 +0100\ncommitter Coörd <c@voorbeeld.nl> 1700000001 -0030\n\nZoë\n"
    )


def test_what_it_says_can_be_other_words(store: GitStore, tmp_path: Path) -> None:
    left = leave(store, NAME, store.head(NAME), tmp_path / "uit", NAMES, lambda _: Leaving(message="Andere reden"))
    there = open_store(tmp_path / "daar")
    assert arrive(tmp_path / "uit", there, NAME, NAMES) == left.tip
    assert there.log(NAME)[0].message == "Andere reden\n"
    same = leave(
        store, NAME, store.head(NAME), tmp_path / "uit", NAMES, lambda one: Leaving(message=one.commit.message)
    )
    assert same.tip == store.head(NAME)


@pytest.mark.parametrize(
    "leaving",
    [
        lambda _: None,
        lambda _: Leaving(message="een\0twee"),
        lambda _: Leaving(message="half \ud800"),
        lambda _: Leaving({"vreemd.txt": b""}),
    ],
)
def test_what_cannot_leave_is_an_error_and_there_is_no_file(
    store: GitStore, tmp_path: Path, leaving: Callable[[Snapshot], Leaving | None]
) -> None:
    with pytest.raises(ValueError, match=r"."):
        leave(store, NAME, store.head(NAME), tmp_path / "uit", NAMES, leaving)
    assert {one.name for one in tmp_path.iterdir()} == {"cards", "locks"}


def test_a_file_that_is_larger_than_what_is_read_does_not_leave(store: GitStore, tmp_path: Path) -> None:
    (tmp_path / "groot").write_bytes(bytes(9 * 1024 * 1024))
    blob = plain_git(store.path(NAME), "hash-object", "-w", str(tmp_path / "groot")).strip()
    odd = put_tree(store, f"100644 blob {blob}\tkaart.json\n")
    with pytest.raises(TooLarge):
        leave(store, NAME, odd, tmp_path / "uit", NAMES, None)
    store.commit(NAME, odd, [part("Weer gewoon", kaart="gewoon")])

    def judged(snapshot: Snapshot) -> Leaving | None:
        return None if len(snapshot.files["kaart.json"].data) > 4 * 1024 * 1024 else Leaving()

    left = leave(store, NAME, store.head(NAME), tmp_path / "uit", NAMES, judged)
    assert len(left.stands_for) == 2


Step = tuple[bool, bool, int, int]


def grown(store: GitStore, steps: list[Step]) -> str:
    """A history with side branches that come together here and there, and all of them at its end."""
    repository = pygit2.Repository(str(store.path(NAME)))
    who = pygit2.Signature("Fatima", "f@voorbeeld.nl", int(WHEN.timestamp()), 60)
    made = heads = [pygit2.Oid(hex=store.head(NAME))]
    for number, (hidden, marked, base, other) in enumerate(steps):
        tree = repository.TreeBuilder()
        kaart = f"{number} {HIDDEN if marked else 'gewoon'}".encode()
        tree.insert("kaart.json", repository.create_blob(kaart), FileMode.BLOB)
        parents = list({made[-1 - base % len(made)], made[-1 - other % len(made)]})
        message = f"{number} {HIDDEN if hidden else 'gewoon'}"
        made = [*made, repository.create_commit(None, who, who, message, tree.write(), parents)]
        heads = [one for one in (*heads, made[-1]) if one not in parents]
    besides = tuple(str(one) for one in heads)
    top = Part({"kaart.json": f"einde {HIDDEN}".encode()}, "Einde", FATIMA, WHEN, besides)
    return store.commit(NAME, store.head(NAME), [top])[-1]


@settings(max_examples=settings().max_examples // 6)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 6), st.integers(0, 6)), max_size=9))
def test_whatever_the_history_what_leaves_arrives_in_the_same_order_and_without_what_was_withheld(
    steps: list[Step],
) -> None:
    with TemporaryDirectory() as folder:
        store, there, uit = open_store(Path(folder) / "hier"), open_store(Path(folder) / "daar"), Path(folder) / "uit"
        store.create(NAME, [part("Begin", kaart="begin")])
        left = leave(store, NAME, grown(store, steps), uit, NAMES, without_hidden)
        assert arrive(uit, there, NAME, NAMES) == left.tip
        assert set(there.ids(NAME)) == set(left.stands_for.values())
        assert not any(HIDDEN.encode() in one for one in objects_of(Path(folder), uit))
        behind = {one.revision for one in store.log(NAME) if HIDDEN in one.message}
        assert set(left.stands_for) == set(store.ids(NAME)) - behind
        assert GitAdmin(there).fsck(NAME) == []
        for own, sent in left.stands_for.items():
            data = store.read(NAME, own, "kaart.json")
            assert there.read(NAME, sent, "kaart.json") == data.replace(HIDDEN.encode(), b"")
            for old, was in left.stands_for.items():
                if store.is_ancestor(NAME, old, own):
                    assert there.is_ancestor(NAME, was, sent)
