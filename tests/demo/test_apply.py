"""A step changes exactly what it names, on a new card, and says so when it cannot."""

import copy
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app.demo.apply import StepError, _shifted, _step, apply_step, load

AT = "2026-03-12T10:15"
CARD: dict[str, Any] = {
    "kaart": {"gemeente": "Tholen", "duoPartner": "w-aaaaa"},
    "afspraken": [{"id": "a-11111", "tekst": "Bel", "instemming": [{"id": "i-1", "antwoord": "nee"}]}],
}


def step(**changes: Any) -> Any:
    return _step({"at": AT, "by": "fatima", "why": "Omdat.", **changes}, timedelta())


def test_a_step_sets_adds_and_removes_on_a_new_card() -> None:
    before = copy.deepcopy(CARD)
    after = apply_step(
        CARD,
        step(
            set={"afspraken/a-11111/status": "actief", "afspraken/a-11111/instemming/i-1/antwoord": "ja"},
            add={"afspraken": [{"id": "a-22222"}], "krachten": [{"id": "k-1"}]},
            remove=["kaart/duoPartner"],
        ),
    )
    assert before == CARD
    assert after == {
        "kaart": {"gemeente": "Tholen"},
        "afspraken": [
            {
                "id": "a-11111",
                "tekst": "Bel",
                "instemming": [{"id": "i-1", "antwoord": "ja"}],
                "status": "actief",
            },
            {"id": "a-22222"},
        ],
        "krachten": [{"id": "k-1"}],
    }


def test_what_a_step_put_on_a_card_is_not_shared_with_the_step() -> None:
    adding = step(add={"afspraken": [{"id": "a-22222", "wie": []}]})
    apply_step(CARD, adding)["afspraken"][1]["wie"].append("p-1")
    assert adding.adds == {"afspraken": [{"id": "a-22222", "wie": []}]}


def test_an_item_can_be_removed_by_its_id() -> None:
    assert apply_step(CARD, step(remove=["afspraken/a-11111/instemming/i-1"]))["afspraken"] == [
        {"id": "a-11111", "tekst": "Bel", "instemming": []}
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"set": {"afspraken/a-99999/status": "actief"}}, "no 'a-99999'"),
        ({"set": {"hulp/h-1/status": "loopt"}}, "no 'hulp'"),
        ({"set": {"kaart/gemeente/wijk": "Oost"}}, "below 'gemeente'"),
        ({"set": {"kaart/gemeente/wijk/straat": "Oost"}}, "no 'wijk'"),
        ({"set": {"afspraken/a-11111": {}}}, "set one of its fields"),
        ({"set": {"kaart/fase": None}}, "use remove"),
        ({"add": {"afspraken": [{"id": "a-11111"}]}}, "there already"),
        ({"add": {"afspraken": [{"id": "a-2"}, {"id": "a-2"}]}}, "there already"),
        ({"add": {"kaart/gemeente": ["Oost"]}}, "no list"),
        ({"add": {"afspraken/a-11111": [{"id": "a-2"}]}}, "add to a list"),
        ({"remove": ["kaart/vasteProfessional"]}, "to remove"),
        ({"remove": ["afspraken/a-99999"]}, "no 'a-99999'"),
        ({"create": {"kaart": {}}}, "services"),
        ({"transition": "activeren"}, "services"),
    ],
)
def test_a_step_that_leads_nowhere_says_where(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(StepError, match=words):
        apply_step(CARD, step(**changes))


@pytest.mark.parametrize("changes", [{}, {"sett": {}}, {"transition": "activeren", "set": {"kaart/fase": "herstel"}}])
def test_a_step_is_of_one_kind_with_known_keys(changes: dict[str, Any]) -> None:
    with pytest.raises(StepError, match="a step creates, moves or changes"):
        step(**changes)


def test_every_date_moves_but_a_date_of_birth() -> None:
    data = {
        "geboortedatum": "2012-05-01",
        "datum": "2026-05-01",
        "tekst": "niet 2026-05-01",
        "personen/p-1/geboortedatum": "2012-05-01",
        "hulp/h-1/van": "2026-05-01",
        "lijst": [{"datum": "2026-05-01"}],
        "getal": 3,
    }
    assert _shifted(data, timedelta(weeks=1)) == {
        **data,
        "datum": "2026-05-08",
        "hulp/h-1/van": "2026-05-08",
        "lijst": [{"datum": "2026-05-08"}],
    }


@pytest.mark.parametrize("days", range(-9, 10))
def test_the_newest_step_is_of_the_last_seven_days(days: int) -> None:
    today = date(2026, 11, 23) + timedelta(days=days)
    newest = max(step.at for family in load(today).families for step in family.steps)
    assert timedelta(days=1) <= today - newest.date() <= timedelta(days=7)


def test_weekdays_and_times_stay_when_the_demonstration_moves_years() -> None:
    now, later = load(date(2026, 11, 23)), load(date(2031, 2, 5))
    for family, moved in zip(now.families, later.families, strict=True):
        for one, other in zip(family.steps, moved.steps, strict=True):
            assert (other.at - one.at) % timedelta(weeks=1) == timedelta()
            assert other.at > one.at


def test_a_step_knows_its_moment() -> None:
    assert step(remove=["kaart/gemeente"]).at == datetime(2026, 3, 12, 10, 15)
