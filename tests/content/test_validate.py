from datetime import date
from typing import Any

import pytest

from app.content import Document
from app.content.gates import missing
from app.content.items import find
from app.content.problems import InvalidCard
from app.content.validate import validate
from tests.cards import real_type, small_card

TYPES = real_type()


def problems(document: Document) -> list[str]:
    try:
        validate(document, TYPES.edition_of(document))
    except InvalidCard as verdict:
        return [f"{problem.where}: {problem.message}" for problem in verdict.problems]
    return []


def with_field(path: tuple[str, ...], value: Any) -> Document:
    card = small_card()
    holder = find(card, path[:-1])
    if value is None:
        holder.pop(path[-1], None)
    else:
        holder[path[-1]] = value
    return card


def test_the_small_card_is_valid() -> None:
    assert problems(small_card()) == []


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("afspraken", "a-1", "wie"), None, "Afspraken › a-1 › Wie doet dit?: Vul ‘Wie doet dit?’ in."),
        (("afspraken", "a-1", "frequentie"), None, "Afspraken › a-1 › Uiterlijk: Vul ‘Uiterlijk’ of ‘Hoe vaak?’ in."),
        (("afspraken", "a-1", "start"), "2026-02-30", "Afspraken › a-1 › Vanaf: Dit is geen datum."),
        (("afspraken", "a-1", "start"), "20260302", "Afspraken › a-1 › Vanaf: Dit is geen datum."),
        (("afspraken", "a-1", "status"), "lopt", "Afspraken › a-1 › Status: Kies een van: voorgesteld, actief"),
        (("afspraken", "a-1", "statis"), "actief", "Het veld ‘statis’ hoort hier niet. Bedoelt u ‘status’?"),
        (("afspraken", "a-1", "wie"), "p-2", "Afspraken › a-1 › Wie doet dit?: Hier hoort een lijst."),
        (("afspraken", "a-1", "wie"), ["p-2", "p-2"], "Hier staat iets twee keer."),
        (("afspraken", "a-1", "wie"), ["p-9"], "p-9 staat niet bij ‘Personen’ of ‘Netwerk’ of ‘Professionals’."),
        (("afspraken", "a-1", "wie"), ["v-1"], "v-1 staat niet bij ‘Personen’"),
        (("afspraken", "a-1", "vervangenDoor"), "a-9", "a-9 staat niet bij ‘Afspraken’."),
        (("kaart", "dossierhouder"), "p-1", "Kaart › Dossierhouder: p-1 staat niet bij ‘Professionals’."),
        (("kaart", "naam"), "a\nb", "Kaart › Naam van de kaart: Dit veld heeft maar één regel."),
        (("kaart", "naam"), "n" * 501, "Maak dit korter: hoogstens 500 tekens."),
        (("kaart", "id"), "12345", "past hier niet"),
        (("personen",), None, "Personen: Zet er minstens één bij ‘Personen’."),
    ],
)
def test_a_fault_is_named_by_section_item_and_field(path: tuple[str, ...], value: Any, sentence: str) -> None:
    assert any(sentence in problem for problem in problems(with_field(path, value))), problems(with_field(path, value))


def test_every_fault_is_told_not_only_the_first() -> None:
    card = with_field(("afspraken", "a-1", "wie"), None)
    del card["afspraken"][1]["start"]
    assert len(problems(card)) == 2


def test_the_same_id_twice_is_refused_across_sections() -> None:
    card = small_card(netwerk=[{"id": "p-1", "naam": "Oma Riet"}])
    card["afspraken"][1]["wie"] = ["p-2"]
    assert problems(card) == ["Netwerk › p-1: Het nummer p-1 staat twee keer op de kaart."]


def test_a_score_outside_the_scale_is_refused() -> None:
    card = small_card(schaal=[{"id": "s-1", "datum": "2026-03-01", "wie": "p-1", "score": 11}])
    assert problems(card) == ["Hoe veilig is het? › s-1 › Cijfer: Kies een getal van 0 tot en met 10."]


def needs(card: Document, gate: str, today: date = date(2026, 11, 23)) -> list[str]:
    return [problem.where for problem in missing(card, TYPES.edition_of(card), gate, today)]


def test_what_a_card_needs_to_become_active_is_read_from_the_schema() -> None:
    assert needs(small_card(), "actief") == ["Kaart › Kader", "Kaart › Fase", "Kaart › Volgende evaluatie"]


def test_a_handover_asks_more_than_becoming_active() -> None:
    assert "Voorwaarden › v-1 › Gesteld door" in needs(small_card(), "overdracht")
    assert "Voorwaarden › v-1 › Gesteld door" not in needs(small_card(), "actief")


def test_a_measure_is_needed_only_where_the_judge_decided() -> None:
    card = small_card()
    card["kaart"]["kader"] = "vrijwillig"
    assert "Kaart › Maatregel" not in needs(card, "actief")
    card["kaart"]["kader"] = "gedwongen"
    assert "Kaart › Maatregel" in needs(card, "actief")


def test_an_afspraak_about_acute_danger_needs_what_to_do_when_it_goes_wrong() -> None:
    card = small_card()
    field = "Afspraken › a-1 › Wat als het misgaat?"
    assert field not in needs(card, "actief")
    card["onveilig"][0]["onveiligheid"] = "acuut"
    assert field in needs(card, "actief")
    assert "Afspraken › a-2 › Wat als het misgaat?" not in needs(card, "actief")


def test_the_next_evaluation_must_lie_ahead_of_today() -> None:
    card = small_card()
    card["kaart"]["volgendeEvaluatie"] = "2026-11-23"
    assert "Kaart › Volgende evaluatie" in needs(card, "actief")
    assert "Kaart › Volgende evaluatie" not in needs(card, "actief", today=date(2026, 11, 22))
