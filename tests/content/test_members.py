"""Who of the professionals on a card is who, and by what the names of cards are sorted."""

import pytest

from app.content.display import Display
from app.content.members import members, rows_of
from app.content.searching import dutch_order, match_key
from tests.cards import real_type, small_card


@pytest.mark.parametrize(
    ("name", "organisation"),
    [("Sanne Bakker", "CJG Halderberge"), (" sanne  BAKKER ", "cjg halderberge"), ("Sanne Bakker", "CJG\tHalderberge")],
)
def test_a_professional_is_the_same_however_the_name_was_typed(name: str, organisation: str) -> None:
    assert match_key(name, organisation) == match_key("Sanne Bakker", "CJG Halderberge")


@pytest.mark.parametrize(
    ("name", "organisation"), [("Sanne Bakker", "Veilig Thuis"), ("Sanne Bakkers", "CJG Halderberge"), ("", "")]
)
def test_another_name_or_organisation_is_another_professional(name: str, organisation: str) -> None:
    assert match_key(name, organisation) != match_key("Sanne Bakker", "CJG Halderberge")


def test_the_professionals_of_a_card_are_told_with_their_last_day() -> None:
    card = small_card()
    card["professionals"].append({"id": "w-2", "naam": "Bo", "organisatie": "Politie", "tot": "2026-01-31"})
    told = [(one.item, one.key, one.until) for one in members(card, real_type().display)]
    assert told == [
        ("w-1", match_key("Sanne Bakker", "CJG Halderberge"), ""),
        ("w-2", match_key("Bo", "Politie"), "2026-01-31"),
    ]
    assert members(card, Display({}, real_type().current.shape)) == []


def test_cards_are_sorted_as_in_a_dutch_register() -> None:
    names = [
        "Gezin Zwart",
        "Gezin van der Heijden",
        "gezin Özgür",
        "Gezin De Ridder",
        "Huishouden Özal",
        "Gezin 10",
        "Gezin 9",
    ]
    ordered = sorted(names, key=lambda name: dutch_order(name, ["Gezin", "Huishouden"]))
    assert ordered[:2] == ["Gezin 9", "Gezin 10"]
    assert ordered[2:] == ["Gezin van der Heijden", "Huishouden Özal", "gezin Özgür", "Gezin De Ridder", "Gezin Zwart"]
    assert dutch_order("Van der") == "van der", "what is left of a name is never nothing"


def rows(name: str, organisation: str, linked: tuple[str, ...] = (), **row: str) -> set[str]:
    card = small_card()
    card["professionals"].append({"id": "w-2", "naam": "Joost Verbraak", "organisatie": "CJG De Linde", **row})
    return rows_of(card, real_type().display, name, organisation, linked)


@pytest.mark.parametrize(
    ("name", "organisation", "typed"),
    [
        ("Joost Verbraak", "CJG De Linde", "Joost Verbraak"),
        ("Joost Verbraak", "cjg de  linde", "J. Verbraak"),
        ("Joost Verbraak", "CJG De Linde", "Verbraak, J."),
        ("Joost Verbraak", "CJG De Linde", "joost VERBRAAK (gezinsvoogd)"),
        ("Josée Verbraak-Özal", "CJG De Linde", "J. Ozal"),
        ("Joost Verbraak", "CJG De Linde, team West", "Joost Verbraak"),
    ],
)
def test_who_may_well_be_a_professional_of_the_card_is_taken_for_that_professional(
    name: str, organisation: str, typed: str
) -> None:
    assert rows(name, organisation, naam=typed) == {"w-2"}


@pytest.mark.parametrize(
    ("name", "organisation"), [("Joost Bakker", "CJG De Linde"), ("Anna Verbraak", "Politie"), ("", "CJG De Linde")]
)
def test_who_shares_no_surname_or_works_elsewhere_is_somebody_else(name: str, organisation: str) -> None:
    assert rows(name, organisation) == set()


def test_who_is_linked_to_a_professional_of_the_card_is_that_one_whatever_the_name() -> None:
    assert rows("Bo", "Politie", ("w-2", "w-9")) == {"w-2"}
    assert rows_of(small_card(), Display({}, real_type().current.shape), "Bo", "Politie", ["w-1"]) == set()
