"""What of a card is reviewed, and by what its words are known."""

import copy
from typing import Any

import pytest

from app.content import Document
from app.content.review import Review
from app.content.reviewed import digest_of, parts
from app.content.shape import SchemaError
from tests.cards import real_type, small_card

TYPES = real_type()
SHAPE = TYPES.current.shape


def reviewed(card: Document) -> dict[str, Any]:
    return dict(parts(card, SHAPE, TYPES.roles.shield, TYPES.review))


def with_shield(card: Document, section: str, item: str, *barred: str) -> Document:
    other = copy.deepcopy(card)
    for one in other[section]:
        if one["id"] == item:
            one |= {"afgeschermdVoor": list(barred), "redenAfscherming": "Geheim."}
    return other


def test_every_word_counts_and_the_order_of_fields_does_not() -> None:
    item: Document = {"id": "a-1", "tekst": "Elke dag.", "wie": ["p-1", "p-2"]}
    assert digest_of(dict(reversed(list(item.items())))) == digest_of(item)
    others = [{**item, "tekst": "Elke dag"}, {**item, "wie": ["p-2", "p-1"]}, {"id": "a-1", "tekst": "Elke dag."}]
    assert len({digest_of(one) for one in [item, *others]}) == 4


def test_the_sections_of_overleg_json_are_reviewed_and_no_others() -> None:
    card = small_card()
    found = {one.item: one.section for one in reviewed(card).values()}
    assert found == {item["id"]: key for key in ("voorwaarden", "afspraken") for item in card.get(key, ())}
    assert all(one.digest == one.shown and not one.barred for one in reviewed(card).values())


def test_an_item_says_from_whom_it_is_shielded() -> None:
    card = small_card()
    item = card["afspraken"][0]["id"]
    row = card["professionals"][0]["id"]
    assert reviewed(with_shield(card, "afspraken", item, row))[item].barred == (row,)


def test_a_reference_to_something_shielded_is_in_the_whole_words_and_not_in_what_everybody_sees() -> None:
    card = small_card()
    item, row = card["afspraken"][0], card["professionals"][0]["id"]
    card["netwerk"] = [{"id": "n-9", "naam": "Oma", "relatie": "Oma"}]
    before = reviewed(card)[item["id"]]
    item["wie"] = [*item["wie"], "n-9"]
    after = reviewed(with_shield(card, "netwerk", "n-9", row))[item["id"]]
    assert after.shown == before.shown
    assert after.digest != before.digest
    assert after.barred == ()


def test_what_cannot_wait_is_said_by_the_file() -> None:
    card = small_card()
    card["onveilig"] = [{"id": "o-1", "tekst": "Er is geslagen.", "onveiligheid": "acuut"}]
    card["voorwaarden"] = [{"id": "v-1", "tekst": "Niemand slaat.", "onveiligIds": ["o-1"]}]
    first = card["afspraken"][0]
    first |= {"voorwaardeIds": ["v-1"], "status": "niet_nagekomen"}
    found = reviewed(card)
    assert found[first["id"]].urgent == ("acuut", "niet_nagekomen")
    assert found["v-1"].urgent == ("acuut",)
    card["onveilig"][0]["onveiligheid"] = "structureel"
    assert reviewed(card)["v-1"].urgent == ()


@pytest.mark.parametrize(
    "data",
    [
        {"reviewed": ["kaart"]},
        {"reviewed": ["roddels"]},
        {"urgent": {"x": {"title": "X", "sections": {"afspraken": {"field": "kleur", "is": ["rood"]}}}}},
        {"view": {"section": "visies", "by": "van", "about": "overItem", "text": "woorden", "set": {}}},
    ],
)
def test_a_file_that_names_what_the_schema_has_not_stops_the_program(data: dict[str, Any]) -> None:
    with pytest.raises(SchemaError):
        Review(data, SHAPE)
