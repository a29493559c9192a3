"""display.json: what pages show first, and which days ask for attention."""

import json
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from app.content.display import Display
from app.content.shape import SchemaError
from tests.cards import SCHEMAS, real_type, small_card

FILE = json.loads((SCHEMAS / "veiligheidskaart" / "display.json").read_text("utf-8"))
SHAPE = real_type().current.shape


def dues(**afspraak: Any) -> list[tuple[str, str]]:
    card = small_card()
    card["afspraken"] = [{**card["afspraken"][0], "id": "a-1", "start": "2026-01-01", **afspraak}]
    return [(one.kind, one.day.isoformat()) for one in real_type().display.dues(card) if one.section == "afspraken"]


def test_a_card_is_read_in_the_order_of_the_file_and_then_of_the_schema() -> None:
    display = Display({"order": ["afspraken", "onveilig"]}, SHAPE)
    order = display.order({key: [] for key in ("kaart", "onveilig", "personen", "afspraken", "xyz_buren")})
    assert order == ["afspraken", "onveilig", "personen", "xyz_buren"]


def test_an_afspraak_is_due_on_its_day_and_six_weeks_after_it_was_last_looked_at() -> None:
    assert dues(status="actief", termijn="2026-03-01", getoetstOp="2026-02-01") == [
        ("termijn", "2026-03-01"),
        ("toetsing", "2026-03-15"),
    ]
    assert dues(status="actief") == [("toetsing", "2026-02-12")], "from the day it began, where nobody looked yet"


def test_an_evaluation_of_an_afspraak_is_a_look_at_it() -> None:
    card = small_card()
    card["afspraken"][0] |= {"id": "a-1", "status": "actief", "start": "2026-01-01", "getoetstOp": "2026-02-01"}
    rows = [{"id": "r-1", "afspraak": "a-1", "oordeel": "nagekomen"}]
    card["evaluaties"] = [
        {"id": "e-1", "datum": "2026-05-01", "perAfspraak": rows},
        {"id": "e-2", "datum": "2026-04-01", "perAfspraak": rows},
        {"id": "e-3", "datum": "2026-06-01"},
    ]
    found = [one.day for one in real_type().display.dues(card) if (one.kind, one.item) == ("toetsing", "a-1")]
    assert found == [date(2026, 6, 12)]


@pytest.mark.parametrize("status", ["nagekomen", "vervangen", "vervallen"])
def test_what_is_past_is_not_due(status: str) -> None:
    assert dues(status=status, termijn="2026-03-01") == []


def test_whose_concern_it_is_and_the_evaluation_of_the_card() -> None:
    card = small_card()
    card["kaart"]["volgendeEvaluatie"] = "2026-12-01"
    card["afspraken"][0] |= {"termijn": "2026-11-01", "status": "actief", "toezichtDoor": ["w-1"], "wie": ["p-1"]}
    card["afspraken"] = card["afspraken"][:1]
    found = {one.kind: one for one in real_type().display.dues(card)}
    assert found["termijn"].who == ("w-1", "p-1")
    assert (found["evaluatie"].item, found["evaluatie"].day) == ("", date(2026, 12, 1))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"order": ["nergens"]}, "nergens"),
        ({"under": {"afspraken": "nergens"}}, "afspraken/nergens"),
        ({"tones": {"afspraken/status": {"nergens": "good"}}}, "afspraken/status/nergens"),
        ({"tones": {"afspraken/status": {"actief": "roze"}}}, "roze"),
        ({"due": {"x": {"title": "X", "section": "kaart", "day": ["nergens"]}}}, "kaart/nergens"),
        ({"due": {"x": {"section": "kaart"}}}, "title"),
        ({"past": {"afspraken": {"field": "status", "is": ["nergens"]}}}, "nergens"),
    ],
)
def test_a_name_that_the_card_does_not_have_is_an_error_at_the_start(change: Any, said: str) -> None:
    with pytest.raises(SchemaError, match=said):
        Display({**deepcopy(FILE), **change}, SHAPE)


def test_a_card_type_may_go_without() -> None:
    display = Display({}, SHAPE)
    assert display.order({"kaart": {}, "personen": []}) == ["personen"]
    assert list(display.dues(small_card())) == []
