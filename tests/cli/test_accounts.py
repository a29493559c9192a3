"""The commands for accounts, as who sets up an installation uses them."""

import json
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner, Result

from app.cli import Openers, kaarten
from app.services import inviting
from app.services.desk import Desk
from app.services.second_factor import new_secret
from tests.administrators import administered
from tests.desks import at, logged, open_test_desk

FIRST = ("account", "first", "--name", "Karin Oosterling", "--email", "k@regio.example", "--organisation", "Regio")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = open_test_desk(tmp_path)
    return at(made, made.clock())


def run(desk: Desk, *words: str, url: str = "") -> Result:
    known = Openers(lambda: desk, lambda *_, **__: None, 8000, url)
    return CliRunner().invoke(
        kaarten, words, obj=known, env={"KAARTEN_AUTHOR": None, "USER": "root", "LOGNAME": "root"}
    )


def test_the_first_administrator_gets_a_link_that_works(desk: Desk, tmp_path: Path) -> None:
    result = run(desk, *FIRST)
    assert result.exit_code == 0
    path = result.stdout.strip()
    assert path.startswith("/uitnodiging/")
    assert "één keer" in result.stderr
    assert "adres van uw website ervoor" in result.stderr
    token, secret = path.rpartition("/")[2], new_secret()
    inviting.accept(desk, token, "juf loopt naar het strand", secret, pyotp.TOTP(secret).at(desk.clock()))
    assert run(desk, "account", "list").stdout == "k@regio.example  beheerder  regio  actief  Karin Oosterling\n"
    assert {(one["event"], one["role"], one["behalf"]) for one in logged(tmp_path)} >= {
        ("account-invite", "systeem", "")
    }


def test_there_is_one_first_administrator(desk: Desk) -> None:
    run(desk, *FIRST)
    again = run(desk, *FIRST)
    assert again.exit_code == 3
    assert "al een beheerder" in again.stderr
    assert again.stdout == ""


def test_a_link_begins_with_the_address_of_the_installation_where_that_is_known(desk: Desk) -> None:
    made = run(desk, *FIRST, url="https://kaarten.regio.example")
    assert made.stdout.startswith("https://kaarten.regio.example/uitnodiging/")
    assert "adres van uw website" not in made.stderr


def test_what_cannot_be_is_said_with_the_name_of_its_field(desk: Desk) -> None:
    result = run(desk, *FIRST[:4], "--email", "geen adres", *FIRST[6:])
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "E-mailadres: Vul een e-mailadres in, zoals naam@organisatie.nl.\n"
    assert not desk.accounts.known().organisations


def test_people_are_invited_stopped_and_let_in_again(desk: Desk) -> None:
    administered(desk)
    invited = run(desk, "account", "invite", "noor@cjg.example", "--name", "Noor", "--organisation", "cjg")
    assert invited.stdout.startswith("/uitnodiging/")
    again = run(desk, "account", "reset", "NOOR@cjg.example").stdout
    assert again.startswith("/uitnodiging/")
    assert again != invited.stdout
    assert run(desk, "account", "deactivate", "noor@cjg.example").exit_code == 0
    found = {one["email"]: one for one in json.loads(run(desk, "account", "list", "--json").stdout)}
    assert (found["noor@cjg.example"]["state"], found["sanne@cjg.example"]["state"]) == ("gestopt", "actief")
    assert run(desk, "account", "activate", "noor@cjg.example").exit_code == 0
    assert run(desk, "account", "reset", "weg@cjg.example").exit_code == 5


def test_who_acts_for_an_account_may_what_that_account_may(desk: Desk) -> None:
    administered(desk)
    vera = ("--author", "vera@veiligthuis.example")
    assert "sanne" not in run(desk, "account", "list", *vera).stdout
    assert run(desk, "account", "deactivate", "sanne@cjg.example", *vera).exit_code == 5
    assert run(desk, "account", "list", "--author", "sanne@cjg.example").exit_code == 7
    assert run(desk, "organisation", "add", "Nieuw", *vera).exit_code == 7
    assert len(desk.accounts.known().organisations) == 2


def test_organisations_are_added_and_listed(desk: Desk) -> None:
    administered(desk)
    assert run(desk, "organisation", "add", "Jeugdhulp Élan", "--kind", "jeugdhulp").stdout == "jeugdhulp-elan\n"
    assert "jeugdhulp-elan  Jeugdhulp Élan  0\n" in run(desk, "organisation", "list").stdout
    found = json.loads(run(desk, "organisation", "list", "--json").stdout)
    assert [(one["id"], one["host"], one["people"]) for one in found] == [
        ("cjg", True, 2), ("jeugdhulp-elan", False, 0), ("vt", False, 3),
    ]  # fmt: skip
    assert "Soort organisatie: Kies" in run(desk, "organisation", "add", "X", "--kind", "baas").stderr
