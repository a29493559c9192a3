"""A card on paper, for who reads it."""

from pathlib import Path

import pytest

from app.services import editing, printing
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import NotFound
from tests.desks import MEHMET, SANNE, logged, new_card, open_test_desk, peopled
from tests.papers import faults, holds, words


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path))


def shielded_card() -> dict[str, object]:
    """A card with something that is shielded from Mehmet."""
    card = new_card()
    card["professionals"].append({"id": "w-2", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"})
    secret = {"id": "o-9", "tekst": "Moeder slaapt in Zonsopgang.", "afgeschermdVoor": ["w-2"]}
    card["onveilig"].append(secret | {"redenAfscherming": "Dit moet stil blijven."})
    return card


def test_who_reads_a_card_prints_what_he_or_she_may_see(desk: Desk) -> None:
    kaart = editing.create_card(desk, SANNE, shielded_card(), "Begin")
    hers, his = (printing.print_card(desk, who, kaart) for who in (SANNE, MEHMET))
    assert faults(hers.data) == faults(his.data) == []
    assert "Moeder slaapt in Zonsopgang." in words(hers.data)
    assert "Gemaakt door Mehmet Kaya, Veilig Thuis" in words(his.data)
    for word in ("Zonsopgang", "stil blijven", "o-9"):
        assert holds(hers.data, word)
        assert not holds(his.data, word)


def test_it_is_logged_and_the_name_of_the_file_says_nothing_of_the_family(desk: Desk, tmp_path: Path) -> None:
    kaart = editing.create_card(desk, SANNE, new_card(), "Begin")
    paper = printing.print_card(desk, SANNE, kaart)
    event = logged(tmp_path)[-1]
    assert [event[key] for key in ("event", "kind", "kaart", "who")] == [printing.PRINT, "R", kaart, "sanne"]
    assert paper.name.startswith(f"kaart-{kaart[:8]}-")
    assert paper.name.endswith(".pdf")


def test_an_old_revision_says_that_it_is_old(desk: Desk) -> None:
    kaart = editing.create_card(desk, SANNE, new_card(), "Begin")
    first = desk.kaarten.head(kaart)
    editing.save_item(desk, SANNE, kaart, "netwerk", {"id": "n-1", "naam": "Oma Rie"}, first, "")
    assert "Dit is een oude versie" in words(printing.print_card(desk, SANNE, kaart, first).data)
    assert "Dit is een oude versie" not in words(printing.print_card(desk, SANNE, kaart).data)


def test_who_has_no_part_in_it_gets_nothing(desk: Desk) -> None:
    kaart = editing.create_card(desk, SANNE, new_card(), "Begin")
    stranger = Actor("Els Elders", "els@elders.example", id="els", role="professional")
    with pytest.raises(NotFound):
        printing.print_card(desk, stranger, kaart)
