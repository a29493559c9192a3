"""What a second person has to do with: nothing comes open to anybody without being named."""

from collections.abc import Iterator
from copy import deepcopy
from itertools import combinations

from hypothesis import assume, event, given
from hypothesis import strategies as st

from app.content import Document
from app.content.items import index
from app.content.second import opened, shielded, without_reasons
from app.content.shielding import hidden
from tests.content.strategies import KAARTEN, cards, edits, examples
from tests.content.test_shielding import SHIELD, gone_from, shape_of
from tests.desks import new_card

DISPLAY = KAARTEN.display
Pair = tuple[Document, Document]


def people_of(card: Document) -> list[str]:
    return sorted({one["id"] for key in ("personen", "netwerk", "professionals") for one in card.get(key, ())})


def shield_some(draw: st.DrawFn, card: Document) -> Document:
    """A card of which some items are shielded from other people than before, or from nobody any more."""
    result = deepcopy(card)
    items, people = [item for _, item in index(result, shape_of(card)).values()], people_of(card)
    for item in items:
        if SHIELD.field in item and draw(st.booleans()):
            del item[SHIELD.field]
    for item in draw(st.lists(st.sampled_from(items), min_size=1, max_size=4)):
        item[SHIELD.field] = sorted(draw(st.sets(st.sampled_from(people), min_size=1, max_size=2)))
    return result


@st.composite
def changed(draw: st.DrawFn) -> Pair:
    """A card with shields, and an edit of it with others."""
    before = shield_some(draw, draw(cards()))
    return before, shield_some(draw, draw(edits(before)))


def viewers_of(card: Document) -> Iterator[set[str]]:
    """Whoever may be at the page: one of the people on a card, or one who stands on it twice."""
    people = people_of(card)
    return map(set, (*combinations(people, 1), *combinations(people, 2)))


def opened_by(pair: Pair) -> frozenset[str]:
    before, after = pair
    return opened(before, after, shape_of(after), SHIELD, DISPLAY)


@given(changed())
@examples(150)
def test_what_somebody_was_not_to_see_and_now_can_is_named_whoever_it_is_and_nothing_else_is(pair: Pair) -> None:
    before, after = pair
    assume(shape_of(before) is shape_of(after))
    there, told = set(index(after, shape_of(after))), opened_by(pair)
    unseen: set[str] = set()
    for viewers in viewers_of(before):
        gone = gone_from(before, viewers) & there
        unseen |= gone
        assert gone - hidden(after, shape_of(after), SHIELD, viewers) <= told
    event("opens something" if told else "opens nothing")
    assert told <= unseen


@given(changed(), st.data())
@examples(100)
def test_a_professional_who_gets_another_name_opens_all_that_is_shielded_from_that_one(
    pair: Pair, data: st.DataObject
) -> None:
    before, after = pair
    where = DISPLAY.member
    assert where
    both = {one["id"] for one in before[where.section]} & {one["id"] for one in after[where.section]}
    assume(both and shape_of(before) is shape_of(after))
    renamed = data.draw(st.sampled_from(sorted(both)))
    for one in after[where.section]:
        if one["id"] == renamed:
            one[where.name] = f"{one[where.name]} anders"
    assert gone_from(before, {renamed}) & set(index(after, shape_of(after))) <= opened_by((before, after))


@given(cards())
@examples(60)
def test_who_changes_nothing_opens_and_shields_nothing(card: Document) -> None:
    assert opened_by((card, card)) == frozenset()
    assert shielded(card, card, shape_of(card), SHIELD) == {}


@given(changed())
@examples(100)
def test_what_is_shielded_from_one_more_is_to_be_confirmed(pair: Pair) -> None:
    before, after = pair
    assume(shape_of(before) is shape_of(after))
    old = {one: set(item.get(SHIELD.field, ())) for one, (_, item) in index(before, shape_of(before)).items()}
    items = index(after, shape_of(after)).items()
    more = {one: section for one, (section, item) in items if set(item.get(SHIELD.field, ())) - old.get(one, set())}
    assert shielded(before, after, shape_of(after), SHIELD) == more


def test_what_hangs_on_two_shields_opens_to_who_stands_on_the_card_twice() -> None:
    team = [{"id": f"w-{number}", "naam": "M. Kaya", "organisatie": "Veilig Thuis"} for number in (1, 2)]
    network = [{"id": f"n-{number}", "naam": f"Oom {number}", "afgeschermdVoor": [f"w-{number}"]} for number in (1, 2)]
    before = new_card(professionals=team, netwerk=[*network, {"id": "n-3", "naam": "Tante"}])
    before["onveilig"][0]["betreft"] = ["n-1", "n-2"]
    identity, after = before["onveilig"][0]["id"], deepcopy(before)
    after["onveilig"][0]["betreft"] = ["n-1", "n-2", "n-3"]
    assert identity in gone_from(before, {"w-1", "w-2"})
    assert identity not in gone_from(before, {"w-1"}) | gone_from(before, {"w-2"})
    assert identity in opened_by((before, after))


@given(changed())
@examples(100)
def test_a_reason_stays_where_a_shield_stands_and_goes_where_one_was(pair: Pair) -> None:
    before, after = pair
    assume(shape_of(before) is shape_of(after))
    shape = shape_of(after)
    for card in pair:
        for _section, item in index(card, shape).values():
            if SHIELD.field in item:
                item[SHIELD.reason] = "Daarom."
    kept = deepcopy(after)
    was = {one for one, (_section, item) in index(before, shape).items() if item.get(SHIELD.field)}
    found = index(without_reasons(after, [before], shape, SHIELD), shape)
    assert after == kept
    for one, (_section, item) in index(after, shape).items():
        lifted = one in was and not item.get(SHIELD.field)
        left = {key: held for key, held in item.items() if key != SHIELD.reason}
        assert found[one][1] == (left if lifted else item)
        event(f"lifted: {lifted and SHIELD.reason in item}")
