"""The laws of putting an item back, and of choosing a side of a conflict."""

from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from app.content import HEAD, Document
from app.content.changes import by_id, changes, keyed
from app.content.items import find
from app.content.merge import merge, resolved
from app.content.restore import put_back
from tests.cards import small_card
from tests.content.strategies import KAARTEN, cards, edits, examples


@given(st.data())
@examples(150)
def test_an_item_put_back_is_what_it_was_and_nothing_else_changes(data: st.DataObject) -> None:
    then = data.draw(cards())
    now = data.draw(edits(data.draw(edits(then))))
    before = deepcopy(now)
    shape = KAARTEN.edition_of(now).shape
    places = [(key, one["id"]) for key, held in then.items() if keyed(held) for one in held]
    if not places:
        return
    section, identity = data.draw(st.sampled_from(places))
    result = put_back(now, then, shape, section, identity)
    assert now == before
    assert find(result, (section, identity)) == find(then, (section, identity))
    assert all(change.path[:2] == (section, identity) for change in changes(now, result))
    rest = [one for one in by_id(result[section]) if one != identity]
    assert rest == [one for one in by_id(now.get(section)) if one != identity]
    assert put_back(result, then, shape, section, identity) == result


@given(st.data())
@examples(80)
def test_a_head_put_back_keeps_what_only_the_program_changes(data: st.DataObject) -> None:
    then = data.draw(cards())
    now = data.draw(edits(then))
    now = {**now, HEAD: {**now[HEAD], "toestand": "actief"}}
    inner = KAARTEN.edition_of(now).shape[HEAD].inner
    result = put_back(now, then, KAARTEN.edition_of(now).shape, HEAD)[HEAD]
    for key in {**then[HEAD], **now[HEAD]}:
        assert result.get(key) == (now if inner[key].read_only else then)[HEAD].get(key)


def test_a_removed_item_comes_after_the_nearest_that_stood_before_it() -> None:
    first, second = small_card()["afspraken"]
    third, last = {**first, "id": "a-3"}, {**first, "id": "a-4"}
    then = small_card(afspraken=[first, second, third, last])
    now = small_card(afspraken=[first, second, last])
    result = put_back(now, then, KAARTEN.edition_of(then).shape, "afspraken", "a-3")
    assert [one["id"] for one in result["afspraken"]] == ["a-1", "a-2", "a-3", "a-4"]


def test_a_removed_item_returns_to_its_neighbour() -> None:
    then = small_card()
    now = small_card(afspraken=[then["afspraken"][1]])
    shape = KAARTEN.edition_of(then).shape
    assert put_back(now, then, shape, "afspraken", "a-1") == then
    without = small_card(netwerk=None)
    del without["netwerk"]
    assert put_back(without, then, shape, "netwerk", "n-1") == then


@given(st.data())
@examples(200)
def test_a_chosen_side_stands_there_and_the_rest_stays_merged(data: st.DataObject) -> None:
    base: Document = data.draw(cards())
    mine, theirs = data.draw(edits(base)), data.draw(edits(base))
    merged = merge(base, mine, theirs)
    paths = [one.path for one in merged.conflicts]
    chosen = [path for path in paths if data.draw(st.booleans())]
    result = resolved(merged, mine, chosen)
    for one in merged.conflicts:
        assert find(result, one.path) == (one.mine if one.path in chosen else one.theirs)
    for change in changes(merged.document, result):
        assert any(change.path[: len(path)] == path or path[: len(change.path)] == change.path for path in chosen)
