"""What on a card concerns one person."""

from typing import Any

from app.content.concerns import concerning
from tests.cards import real_type, small_card

SHAPE = real_type().current.shape
UNDER = real_type().display.under


def of(person: str, **sections: Any) -> set[str]:
    return concerning(small_card(**sections), SHAPE, person, UNDER)


def voorwaarde(identity: str, **fields: Any) -> dict[str, Any]:
    return {"id": identity, "tekst": "Iedereen slaapt rustig.", **fields}


def afspraak(identity: str, **fields: Any) -> dict[str, Any]:
    return {**small_card()["afspraken"][0], "id": identity, "wie": ["w-1"], "voorwaardeIds": ["v-1"], **fields}


def test_a_person_of_whom_nothing_is_said_is_there_alone() -> None:
    assert of("p-1") == {"p-1"}


def test_somebody_who_is_not_on_the_card_concerns_nothing() -> None:
    assert of("p-9") == set()


def test_an_item_that_names_the_person_is_there_with_what_it_stands_under() -> None:
    assert of("p-2") == {"p-2", "a-1", "v-1"}


def test_a_name_in_a_nested_item_counts() -> None:
    agreed = [{"id": "i-1", "persoon": "p-1", "antwoord": "ja"}]
    assert of("p-1", afspraken=[afspraak("a-1", instemming=agreed)]) == {"p-1", "a-1", "v-1"}


def test_what_others_do_under_a_voorwaarde_about_the_person_is_there() -> None:
    about = [voorwaarde("v-1", betreft=["p-1"])]
    assert of("p-1", voorwaarden=about, afspraken=[afspraak("a-1")]) == {"p-1", "v-1", "a-1"}


def test_what_else_stands_under_a_voorwaarde_of_ones_own_afspraak_is_not() -> None:
    both = [afspraak("a-1", wie=["p-1"]), afspraak("a-2")]
    assert of("p-1", afspraken=both) == {"p-1", "a-1", "v-1"}


def test_the_voices_of_the_person_are_there_and_those_of_others_are_not() -> None:
    voices = [
        {"id": "x-1", "van": "p-1", "overItem": "a-2", "tekst": "Ik vind het fijn."},
        {"id": "x-2", "van": "p-2", "overItem": "a-2", "tekst": "Ik niet."},
    ]
    assert of("p-1", visies=voices) == {"p-1", "x-1"}


def test_the_head_of_a_card_is_no_item() -> None:
    assert of("w-1") == {"w-1", "a-1", "a-2", "v-1"}
