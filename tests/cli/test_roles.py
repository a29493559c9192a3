"""Roles on a card from the command line."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import Openers, kaarten
from app.services import editing, rights, sharing
from app.services.desk import Desk
from app.services.offering import Offer
from tests.desks import MEHMET, SANNE, new_card, open_test_desk, peopled


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path, alone=True))


@pytest.fixture
def kaart(desk: Desk) -> str:
    return editing.create_card(desk, SANNE, new_card(), "Begin")


def run(desk: Desk, *words: str) -> Result:
    return CliRunner().invoke(kaarten, words, obj=Openers(lambda: desk, _no_server, 8000))


def _no_server(*_: object, **__: object) -> None:
    raise AssertionError


def test_who_works_on_the_server_gives_and_withdraws_a_role_without_reading_the_card(desk: Desk, kaart: str) -> None:
    given = run(desk, "role", "give", kaart, MEHMET.email, "behandelaar", "--until", "2027-01-31", "--reason", "Duo")
    assert given.exit_code == 0, given.output
    assert desk.may(MEHMET, rights.EDIT, kaart)
    listed = json.loads(run(desk, "role", "list", kaart, "--json").output)
    assert "2026-11-23 – 2027-01-31  Mehmet Kaya" in run(desk, "role", "list", kaart).output
    assert [(one["role"], one["name"], one["until"][:10]) for one in listed] == [
        ("dossierhouder", "Sanne Bakker", ""),
        ("behandelaar", "Mehmet Kaya", "2027-01-31"),
    ]
    assert "Mehmet Kaya" in run(desk, "role", "list", kaart).output
    assert run(desk, "show", kaart).exit_code == 5
    assert run(desk, "role", "withdraw", kaart, given.output.strip()).exit_code == 0
    assert not desk.may(MEHMET, rights.READ, kaart)


def test_what_cannot_be_given_is_said_in_one_line(desk: Desk, kaart: str) -> None:
    for words, code, said in (
        (("vt", "burgemeester", "--reason", "x"), 3, "Rol: Kies een rol.\n"),
        (("niemand@cjg.example", "meelezer", "--reason", "x"), 5, "Er is geen account"),
        (("vt", "meelezer"), 3, "Reden: Schrijf op waarom.\n"),
    ):
        result = run(desk, "role", "give", kaart, *words)
        assert (result.exit_code, said in result.output) == (code, True), result.output
    refused = run(desk, "role", "give", kaart, "vt", "meelezer", "--reason", "x", "--author", MEHMET.email)
    assert refused.exit_code == 5, "who has no part in a card is told that it is not there"


def test_the_days_of_a_role_are_those_of_the_clock_here(desk: Desk, kaart: str) -> None:
    offer = Offer("account:mehmet", "meelezer", date(2026, 12, 1), date(2026, 12, 31), reason="Straks")
    sharing.give(desk, SANNE, kaart, offer)
    assert "2026-12-01 – 2026-12-31  Mehmet Kaya" in run(desk, "role", "list", kaart).output
