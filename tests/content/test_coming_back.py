"""What was made of a part of a card is put on the whole of it: what stayed behind is as it was."""

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.content import Document
from app.content.bsn import without_bsns
from app.content.changes import same
from app.content.coming_back import whole_again
from app.content.items import index, pointers, used_by
from app.content.shielding import concealed, hidden
from tests.cards import real_type, small_card

TYPES = real_type()
SHAPE = TYPES.current.shape
BSN = "111222333"


def sent(card: Document) -> Document:
    gone = hidden(card, SHAPE, TYPES.roles.shield, {"w-2"})
    found: Document = without_bsns(concealed(card, SHAPE, gone))
    return found


def whole(**sections: Any) -> Document:
    card = deepcopy(small_card(**sections))
    card["professionals"].append({"id": "w-2", "naam": "Bo Bos", "organisatie": "Elders"})
    card["afspraken"][0]["afgeschermdVoor"] = ["w-2"]
    card["afspraken"][0]["redenAfscherming"] = "Veiligheid"
    card["onveilig"][0]["tekst"] = f"Nummer {BSN} staat op een brief."
    return card


def test_what_was_not_touched_is_as_it_was() -> None:
    own = whole()
    assert "a-1" not in index(sent(own), SHAPE)
    assert same(whole_again(own, sent(own), sent(own), SHAPE), own)


def test_an_item_that_was_changed_added_or_removed_is_so_and_what_stayed_behind_stays() -> None:
    own = whole()
    after = deepcopy(sent(own))
    after["afspraken"] = [{**after["afspraken"][0], "tekst": "Oma haalt Noor elke dag."}]
    after["krachten"] = [{"id": "k-1", "tekst": "Noor lacht weer."}]
    found = whole_again(own, sent(own), after, SHAPE)
    assert [one["id"] for one in found["afspraken"]] == ["a-1", "a-2"]
    assert found["afspraken"][0] == own["afspraken"][0]
    assert found["afspraken"][1]["tekst"] == "Oma haalt Noor elke dag."
    assert found["krachten"]
    assert BSN in found["onveilig"][0]["tekst"]


def test_words_with_a_number_that_others_changed_are_theirs() -> None:
    own = whole()
    after = deepcopy(sent(own))
    after["onveilig"][0]["tekst"] = "De brief is weg."
    assert whole_again(own, sent(own), after, SHAPE)["onveilig"][0]["tekst"] == "De brief is weg."


def test_nobody_takes_the_number_of_what_stayed_behind() -> None:
    own = whole()
    after = deepcopy(sent(own))
    after["afspraken"].append({**own["afspraken"][0], "tekst": "Iets anders.", "afgeschermdVoor": None})
    del after["afspraken"][-1]["afgeschermdVoor"], after["afspraken"][-1]["redenAfscherming"]
    found = whole_again(own, sent(own), after, SHAPE)
    assert next(one for one in found["afspraken"] if one["id"] == "a-1")["tekst"] == own["afspraken"][0]["tekst"]


@given(st.data())
def test_whatever_is_done_with_the_part_what_stayed_behind_is_there_and_what_was_done_too(data: st.DataObject) -> None:
    own = whole()
    part = sent(own)
    after = deepcopy(part)
    for section in ("afspraken", "voorwaarden", "onveilig"):
        rows = [one for one in after.get(section, []) if data.draw(st.booleans(), label=f"{section} stays")]
        for row in rows:
            row["tekst"] = data.draw(st.sampled_from([row["tekst"], "Anders.", "Nog anders."]))
        after[section] = rows
    after = {key: value for key, value in after.items() if value}
    found = whole_again(own, part, after, SHAPE)
    unseen = set(index(own, SHAPE)) - set(index(part, SHAPE))
    assert unseen <= set(index(found, SHAPE))
    kept = set(index(found, SHAPE)) - unseen - set(index(after, SHAPE))
    assert set(index(after, SHAPE)) <= set(index(found, SHAPE))
    assert all(any((unseen | kept) & set(path) for path in used_by(found, SHAPE, one)) for one in kept)
    assert all(one.target in index(found, SHAPE) for one in pointers(found, SHAPE) if unseen & set(one.path))
    before, now, held = index(part, SHAPE), index(found, SHAPE), index(own, SHAPE)
    for item, (_, row) in index(after, SHAPE).items():
        if "tekst" in row:
            touched = row["tekst"] != before[item][1]["tekst"]
            assert now[item][1]["tekst"] == (row if touched else held[item][1])["tekst"]


def test_an_item_that_holds_something_that_stayed_behind_is_not_taken_away_with_it() -> None:
    own = whole()
    rows = [{"id": f"b-{n}", "afspraak": f"a-{n}", "oordeel": "nagekomen"} for n in (1, 2)]
    own["evaluaties"] = [{"id": "e-1", "datum": "2026-10-01", "besluit": "doorgaan", "perAfspraak": rows}]
    after = deepcopy(sent(own))
    assert len(after.pop("evaluaties")[0]["perAfspraak"]) == 1
    assert same(whole_again(own, sent(own), after, SHAPE), own)
