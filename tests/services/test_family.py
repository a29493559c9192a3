"""The version of a card for one person of the family."""

from pathlib import Path
from typing import Any

import pytest

from app.content import Document
from app.services import editing, family
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.services.family import Asked
from tests.desks import MEHMET, SANNE, logged, new_card, open_test_desk, peopled, share
from tests.papers import faults, holds, words


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path))


def family_card(**noor: Any) -> Document:
    """A card of a child, a father and a mother, with something that the father must not know."""
    card = new_card()
    card["personen"] = [
        {"id": "p-1", "rol": "kind", "naam": "Noor", "geboortedatum": "2013-05-01", "kanBelangenWaarderen": "ja"}
        | noor,
        {"id": "p-2", "rol": "ouder", "naam": "Vader Van Dale", "gezag": "gezamenlijk"},
        {"id": "p-3", "rol": "ouder", "naam": "Moeder Van Dale", "gezag": "gezamenlijk", "adresAfgeschermd": True},
    ]
    card["professionals"].append(
        {"id": "w-2", "naam": "Roos Stil", "organisatie": "Opvang Zonsopgang", "afgeschermdVoor": ["p-2"]}
    )
    card["onveilig"] = [
        {"id": "o-1", "tekst": "Noor schrikt van harde stemmen.", "betreft": ["p-1"]},
        {"id": "o-2", "tekst": "Vader drinkt in het weekend.", "betreft": ["p-2"]},
        {"id": "o-3", "tekst": "Moeder slaapt slecht.", "betreft": ["p-3"]},
        {"id": "o-4", "tekst": "Het is onrustig in de straat."},
        {
            "id": "o-5",
            "tekst": "Noor en moeder slapen nu op een geheime plek: Zeemeermin.",
            "betreft": ["p-1", "p-3"],
            "afgeschermdVoor": ["p-2"],
            "redenAfscherming": "Vader zou hen kunnen zoeken.",
        },
    ]
    return card


def made(desk: Desk, card: Document, person: str, **asked: Any) -> bytes:
    kaart = editing.create_card(desk, SANNE, card, "Begin")
    paper = family.give(desk, SANNE, kaart, person, Asked(**asked))
    assert faults(paper.data) == []
    return paper.data


def test_a_father_gets_what_concerns_him_and_nothing_of_what_is_shielded_from_him(desk: Desk) -> None:
    pdf = made(desk, family_card(), "p-2")
    text = words(pdf)
    assert "Versie voor Vader Van Dale" in text
    assert "Vader drinkt in het weekend." in text
    assert "Vader belt oma als hij boos wordt." in text
    for word in (
        "Zeemeermin",
        "geheime plek",
        "zoeken",
        "Roos Stil",
        "Zonsopgang",
        "slaapt slecht",
        "schrikt",
        "o-5",
        "w-2",
    ):
        assert not holds(pdf, word), word


def test_no_number_tells_that_something_is_shielded(desk: Desk) -> None:
    with_secret, without = family_card(), family_card()
    without["onveilig"].pop()
    without["professionals"].pop()
    said = [words(made(desk, card, "p-2", with_looked=False)) for card in (with_secret, without)]
    said = [text.partition("Wat hier niet staat")[2].partition("Kaart ")[0] for text in said]
    assert said[0] == said[1]
    assert "Soms mag iets niet op zo’n papier staan" in said[0]


def test_what_is_left_out_is_counted_by_ground(desk: Desk) -> None:
    text = words(made(desk, family_card(), "p-2"))
    assert "2 onderdelen van de kaart staan hier niet, want ze gaan over een ander." in text
    assert "2 onderdelen staan hier niet, want er staat niet bij over wie ze gaan." in text


def test_what_is_shielded_from_another_is_on_paper_only_when_that_is_asked(desk: Desk) -> None:
    assert not holds(made(desk, family_card(), "p-1"), "Zeemeermin")
    asked = made(desk, family_card(), "p-1", with_kept=True)
    assert holds(asked, "Zeemeermin")
    assert "Afgeschermd voor: Vader Van Dale: niet delen" in words(asked)


def test_what_is_shielded_from_who_receives_it_is_never_on_it(desk: Desk) -> None:
    pdf = made(desk, family_card(), "p-1", receiver="p-2", why="Vader heeft gezag.", with_kept=True)
    assert "Noor schrikt van harde stemmen." in words(pdf)
    for word in ("Zeemeermin", "Roos Stil", "Zonsopgang"):
        assert not holds(pdf, word), word


def test_a_child_of_twelve_is_spoken_to_simply_and_an_adult_with_u(desk: Desk) -> None:
    assert "Dit papier gaat over jou, Noor." in words(made(desk, family_card(), "p-1"))
    assert "U kunt vragen om het te verbeteren" in words(made(desk, family_card(), "p-2"))


@pytest.mark.parametrize(
    ("noor", "gives"),
    [
        ({}, "yes"),
        ({"geboortedatum": "2015-05-01"}, "other"),
        ({"geboortedatum": ""}, "ask"),
        ({"kanBelangenWaarderen": "nee"}, "other"),
        ({"kanBelangenWaarderen": "onbekend"}, "ask"),
        ({"geboortedatum": "2009-05-01", "kanBelangenWaarderen": "onbekend"}, "yes"),
        ({"geboortedatum": "2014-11-23"}, "yes"),
        ({"geboortedatum": "2014-11-25"}, "other"),
    ],
)
def test_who_may_have_it_follows_from_age_and_what_the_card_says(desk: Desk, noor: dict[str, str], gives: str) -> None:
    kaart = editing.create_card(desk, SANNE, family_card(**noor), "Begin")
    told = family.prospect(desk, SANNE, kaart, "p-1")
    assert told.rule is not None
    assert told.rule.gives == gives
    assert told.rule.source


def test_where_it_does_not_speak_for_itself_it_must_be_said_why(desk: Desk) -> None:
    kaart = editing.create_card(desk, SANNE, family_card(geboortedatum=""), "Begin")
    before = desk.kaarten.head(kaart)
    with pytest.raises(InvalidInput) as refusal:
        family.give(desk, SANNE, kaart, "p-1", Asked())
    assert set(refusal.value.problems) == {family.WHY}
    assert desk.kaarten.head(kaart) == before
    with pytest.raises(InvalidInput):
        family.give(desk, SANNE, kaart, "p-2", Asked(receiver="p-3"))
    assert family.give(desk, SANNE, kaart, "p-1", Asked(why="Noor is 13, zegt haar paspoort.")).data


def test_the_card_and_the_log_say_that_it_was_given(desk: Desk, tmp_path: Path) -> None:
    kaart = editing.create_card(desk, SANNE, family_card(), "Begin")
    family.give(desk, SANNE, kaart, "p-2", Asked(why="Hij vroeg erom."))
    given = desk.kaarten.read(kaart).document["verstrekkingen"]
    assert [(one["aan"], one["reden"], one["betreft"]) for one in given] == [
        ("Vader Van Dale", "Hij vroeg erom.", ["p-2"])
    ]
    events = [one for one in logged(tmp_path) if one["event"] == family.GIVE]
    assert [(one["kind"], one["kaart"], one["item"]) for one in events] == [("R", kaart, "p-2")]
    family.give(desk, SANNE, kaart, "p-2", Asked(record=False))
    assert len(desk.kaarten.read(kaart).document["verstrekkingen"]) == 1


def test_it_says_who_looked_and_leaves_out_who_is_shielded(desk: Desk) -> None:
    card = family_card()
    card["professionals"][1] |= {"naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"}
    kaart = editing.create_card(desk, SANNE, card, "Begin")
    family.prospect(desk, MEHMET, kaart, "p-3")
    hers = family.give(desk, SANNE, kaart, "p-3", Asked()).data
    his = family.give(desk, SANNE, kaart, "p-2", Asked()).data
    assert "Mehmet Kaya" in words(hers)
    assert "Sanne Bakker" in words(his)
    assert not holds(his, "Mehmet")
    assert not holds(his, "Veilig Thuis")


def test_who_is_kept_from_the_professional_too_is_not_told_to_the_family(desk: Desk) -> None:
    card = family_card()
    card["professionals"][1] |= {"naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"}
    card["professionals"].append({"id": "w-3", "naam": SANNE.name, "organisatie": SANNE.organisation})
    card["professionals"][1] |= {"afgeschermdVoor": ["p-2", "w-3"], "redenAfscherming": "Zo is het veilig."}
    kaart = editing.create_card(desk, MEHMET, card, "Begin")
    family.prospect(desk, MEHMET, kaart, "p-3")
    assert not holds(family.give(desk, SANNE, kaart, "p-2", Asked(record=False)).data, "Mehmet")


def test_who_may_not_edit_does_not_make_it(tmp_path: Path) -> None:
    desk = peopled(open_test_desk(tmp_path, alone=True))
    kaart = editing.create_card(desk, SANNE, family_card(), "Begin")
    share(desk, kaart, "account:mehmet", "beoordelaar")
    with pytest.raises(NotAllowed):
        family.give(desk, MEHMET, kaart, "p-2", Asked())
    assert not desk.kaarten.read(kaart).document.get("verstrekkingen")


def test_who_is_no_member_of_the_family_has_none(desk: Desk) -> None:
    kaart = editing.create_card(desk, SANNE, family_card(), "Begin")
    for nobody in ("p-9", "w-1"):
        with pytest.raises(NotFound):
            family.prospect(desk, SANNE, kaart, nobody)


def test_what_the_professional_may_not_see_is_not_in_it(desk: Desk) -> None:
    card = family_card()
    card["professionals"].append({"id": "w-3", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"})
    secret = {"id": "o-6", "tekst": "Vader wil niet dat Mehmet dit weet: Korenbloem.", "betreft": ["p-2"]}
    card["onveilig"].append(secret | {"afgeschermdVoor": ["w-3"], "redenAfscherming": "Zo wil vader dat."})
    kaart = editing.create_card(desk, SANNE, card, "Begin")
    assert not holds(family.give(desk, MEHMET, kaart, "p-2", Asked(with_kept=True)).data, "Korenbloem")
    assert holds(family.give(desk, SANNE, kaart, "p-2", Asked(with_kept=True)).data, "Korenbloem")
