"""The laws of changes, merge and split, over generated cards and edits."""

import sys
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.content import Document
from app.content.changes import apply, by_id, changes, keyed
from app.content.items import find
from app.content.merge import Merged, merge
from app.content.problems import InvalidCard
from app.content.saving import split
from app.content.validate import holds_together, validate
from app.content.words import word_changes
from tests.cards import small_card
from tests.content.strategies import KAARTEN, cards, edits, examples, texts


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Document, Document]:
    card = draw(cards())
    return card, draw(edits(card))


@st.composite
def forks(draw: st.DrawFn) -> tuple[Document, Document, Document]:
    card = draw(cards())
    return card, draw(edits(card)), draw(edits(card))


def is_valid(document: Document) -> bool:
    try:
        validate(document, KAARTEN.edition_of(document))
    except InvalidCard:
        return False
    return True


@given(cards())
@examples(200)
def test_a_card_does_not_differ_from_itself(card: Document) -> None:
    assert changes(card, deepcopy(card)) == []


@given(pairs())
@examples(400)
def test_making_the_changes_gives_the_new_card_and_leaves_the_old_one(pair: tuple[Document, Document]) -> None:
    old, new = pair
    before = deepcopy(old)
    assert apply(changes(old, new), old) == new
    assert old == before


@given(cards(), cards())
@examples(200)
def test_changes_lead_from_any_card_to_any_other(old: Document, new: Document) -> None:
    assert apply(changes(old, new), old) == new


@given(pairs())
@examples(120)
def test_every_change_names_a_place_that_one_of_the_cards_has(pair: tuple[Document, Document]) -> None:
    for change in changes(*pair):
        assert find(pair[0], change.path) == change.old
        assert find(pair[1], change.path) == change.new


@given(pairs())
@examples(200)
def test_merging_with_an_untouched_side_gives_the_other(pair: tuple[Document, Document]) -> None:
    base, edited = pair
    assert merge(base, base, edited) == Merged(edited, [])
    assert merge(base, edited, base) == Merged(edited, [])
    assert merge(base, edited, deepcopy(edited)) == Merged(edited, [])


@given(forks())
@examples(400)
def test_a_conflict_holds_both_sides_and_everything_else_is_merged(fork: tuple[Document, Document, Document]) -> None:
    base, mine, theirs = fork
    merged = merge(base, mine, theirs)
    contested = [conflict.path for conflict in merged.conflicts]
    for conflict in merged.conflicts:
        assert conflict.mine == find(mine, conflict.path)
        assert conflict.theirs == find(theirs, conflict.path)
        assert conflict.mine != conflict.theirs
        assert find(merged.document, conflict.path) == conflict.theirs
    for change in [*changes(base, mine), *changes(base, theirs)]:
        if any(change.path[: len(path)] == path or path[: len(change.path)] == change.path for path in contested):
            continue
        if change.kind == "moved":
            continue  # order never conflicts, and an item that the other side removed has none
        held = find(merged.document, change.path)
        if change.kind == "removed":
            assert held is None or _is_set(change.old)
        elif change.is_item or keyed(change.new):
            assert held is not None
        elif _is_set(change.new):
            assert set(change.new) - set(change.old or ()) <= set(held or ())
        else:
            assert held == change.new, change


def _is_set(value: Any) -> bool:
    return isinstance(value, list) and not keyed(value) and not any(isinstance(one, dict | list) for one in value)


@given(forks())
@examples(120)
def test_who_is_mine_and_who_is_theirs_makes_no_difference_but_for_order(
    fork: tuple[Document, Document, Document],
) -> None:
    base, mine, theirs = fork
    one, other = merge(base, mine, theirs), merge(base, theirs, mine)
    assert {conflict.path for conflict in one.conflicts} == {conflict.path for conflict in other.conflicts}
    if not one.conflicts:
        assert _unordered(one.document) == _unordered(other.document)


def _unordered(value: Any) -> Any:
    if keyed(value):
        return {identity: _unordered(item) for identity, item in by_id(value).items()}
    if isinstance(value, dict):
        return {key: _unordered(inner) for key, inner in value.items()}
    return sorted(value) if _is_set(value) and all(isinstance(one, str) for one in value) else value


@given(st.lists(texts(), min_size=4, max_size=4))
@examples(120)
def test_edits_of_different_afspraken_never_conflict(words: list[str]) -> None:
    base = small_card()
    mine, theirs = deepcopy(base), deepcopy(base)
    mine["afspraken"][0] |= {"tekst": words[0], "zichtbaarAan": words[1]}
    theirs["afspraken"][1] |= {"tekst": words[2], "gevolg": words[3]}
    merged = merge(base, mine, theirs)
    assert merged.conflicts == []
    assert merged.document["afspraken"] == [mine["afspraken"][0], theirs["afspraken"][1]]


@given(pairs())
@examples(200)
def test_every_part_of_a_save_is_a_valid_card_and_the_last_is_what_was_asked(pair: tuple[Document, Document]) -> None:
    old, new = pair
    shape = KAARTEN.edition_of(new).shape
    parts = split(old, new, shape, lambda between: holds_together(between, KAARTEN.edition_of(between)))
    assert bool(parts) == (old != new)
    before = old
    for part in parts:
        assert is_valid(part.document)
        assert part.changes
        assert part.document != before
        before = part.document
    assert before == new


@given(pairs())
@examples(120)
def test_a_commit_holds_one_afspraak_unless_they_need_each_other(pair: tuple[Document, Document]) -> None:
    old, new = pair
    shape = KAARTEN.edition_of(new).shape
    for part in split(old, new, shape, lambda _: True):
        assert len({change.path[: 2 if change.path[0] == "afspraken" else 1] for change in part.changes}) == 1


@given(texts(), texts())
@examples(200)
def test_marked_words_hold_both_texts_whole(old: str, new: str) -> None:
    pieces = word_changes(old, new)
    assert "".join(text for kind, text in pieces if kind != "added") == old
    assert "".join(text for kind, text in pieces if kind != "removed") == new


def test_a_changed_phrase_reads_as_one() -> None:
    assert word_changes("Oma komt op dinsdag 3 mei langs.", "Oma komt op woensdag 4 juni langs.") == [
        ("same", "Oma komt op "),
        ("removed", "dinsdag 3 mei"),
        ("added", "woensdag 4 juni"),
        ("same", " langs."),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a b " * 749, "b a c " * 499),
        ("x " * 9_000, "x y " * 4_500),
        ("\n".join("ab" * 4_000), "\n".join("ba" * 4_000)),
    ],
)
def test_texts_made_to_be_slow_are_compared_in_little_work(old: str, new: str) -> None:
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1

    sys.setprofile(count)
    try:
        pieces = word_changes(old, new)
    finally:
        sys.setprofile(None)
    assert "".join(text for kind, text in pieces if kind != "added") == old
    assert seen < 2_000_000


def test_an_item_moved_is_told_as_moved_and_nothing_else() -> None:
    card = small_card()
    moved = {**card, "afspraken": card["afspraken"][::-1]}
    (change,) = changes(card, moved)
    assert (change.kind, change.path[0]) == ("moved", "afspraken")


def test_removing_an_item_that_the_other_side_changed_is_a_conflict_both_ways() -> None:
    base = small_card()
    removed = {**base, "afspraken": base["afspraken"][:1]}
    changed = deepcopy(base)
    changed["afspraken"][1]["status"] = "deels"
    for mine, theirs in ((removed, changed), (changed, removed)):
        (conflict,) = merge(base, mine, theirs).conflicts
        assert conflict.path == ("afspraken", "a-2")
        assert {repr(conflict.mine), repr(conflict.theirs)} == {"None", repr(changed["afspraken"][1])}


def test_people_added_to_one_afspraak_by_two_sides_are_all_there() -> None:
    base = small_card()
    mine, theirs = deepcopy(base), deepcopy(base)
    mine["afspraken"][0]["wie"] = ["p-1"]
    theirs["afspraken"][0]["wie"] = ["p-2", "n-1"]
    merged = merge(base, mine, theirs)
    assert merged.conflicts == []
    assert merged.document["afspraken"][0]["wie"] == ["n-1", "p-1"]
