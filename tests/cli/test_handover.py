"""The overdracht of a card from the command line."""

import json
from pathlib import Path

import pytest
from click.testing import Result

from app.services.desk import Desk
from tests.cli.test_roles import run
from tests.desks import MEHMET, SANNE, new_card, open_test_desk
from tests.handovers import card_to_hand, holders, says

OFFER = (MEHMET.email, "--text", "Bel oma.", "--ground", "Toestemming", "--told", "--author", SANNE.email)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_test_desk(tmp_path, alone=True)


@pytest.fixture
def kaart(desk: Desk) -> str:
    return card_to_hand(desk)


def offered(desk: Desk, kaart: str) -> str:
    done = run(desk, "handover", "offer", kaart, *OFFER)
    assert done.exit_code == 0, done.output
    return done.output.strip()


def as_mehmet(desk: Desk, *words: str) -> Result:
    return run(desk, "handover", *words, "--author", MEHMET.email)


def test_a_card_is_offered_shown_and_accepted(desk: Desk, kaart: str) -> None:
    number = offered(desk, kaart)
    told = as_mehmet(desk, "show", kaart)
    assert f"{number}  open  van Sanne Bakker aan Mehmet Kaya (Veilig Thuis)" in told.output
    assert "Bel oma." in told.output
    assert as_mehmet(desk, "accept", kaart, number).output == "Aangenomen.\n"
    assert holders(desk, kaart) == ["account:mehmet"]
    data = json.loads(as_mehmet(desk, "show", kaart, "--json").output)
    assert [(one["id"], one["state"]) for one in data["offers"]] == [(number, "aangenomen")]
    assert data["can"] == ["aanbieden"]


def test_it_is_refused_or_withdrawn_with_a_reason(desk: Desk, kaart: str) -> None:
    number = offered(desk, kaart)
    assert as_mehmet(desk, "refuse", kaart, number).exit_code == 3
    assert as_mehmet(desk, "refuse", kaart, number, "--reason", "Vol.").output == "Geweigerd.\n"
    number = offered(desk, kaart)
    done = run(desk, "handover", "withdraw", kaart, number, "--reason", "Toch niet.", "--author", SANNE.email)
    assert done.output == "Ingetrokken.\n"
    assert says(desk, kaart)[0] == "actief"
    assert as_mehmet(desk, "accept", kaart, number).exit_code == 5


def test_what_is_missing_is_said(desk: Desk) -> None:
    kaart = card_to_hand(desk, new_card())
    done = run(desk, "handover", "offer", kaart, *OFFER)
    assert (done.exit_code, "Volgende evaluatie" in done.output) == (3, True)
    shown = run(desk, "handover", "show", kaart, "--author", SANNE.email).output
    assert "nodig: " in shown
    assert "nakijken: Voorwaarden die nog open staan: v-1" in shown
    assert run(desk, "handover", "offer", kaart, "vt", "--author", SANNE.email).exit_code == 3
    assert run(desk, "handover", "show", kaart).exit_code == 5
