"""A command that is written wrong, or by nobody: one Dutch sentence."""

import json
from pathlib import Path

import pytest

from app.services import editing
from app.services.desk import Desk
from tests.cli.test_roles import run
from tests.desks import SANNE, new_card, open_test_desk, peopled


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path, alone=True))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--nergens", "--nergens is er niet."),
        ("nergens", "De opdracht nergens is er niet."),
        ("review nergens", "De opdracht nergens is er niet."),
        ("show", "Vul ook KAART in."),
        ("review judge x", "Vul ook --base in."),
        ("review judge x --base b --agre a-1", "--agre is er niet. Bedoelt u --agree"),
        ("review judge x --base b --question a-1", "Achter --question staat te weinig of te veel."),
        ("review list --limit 0", "--limit: vul een getal in van 1 tot en met 1000."),
        ("role give a b c --until morgen", "--until: schrijf een dag als 2026-12-31."),
        ("form x pdf", "kies uit json, markdown."),
        ("put x er-is-niets.json --base b", "dit bestand is er niet, of is niet te lezen."),
        ("show x y", "Er staat te veel, te weinig of iets anders dan kan."),
    ],
)
def test_what_is_written_wrong_is_said_in_dutch(desk: Desk, words: str, said: str) -> None:
    result = run(desk, *words.split())
    assert (result.exit_code, said in result.output) == (2, True), result.output
    assert "Error" not in result.output
    assert "Usage" not in result.output


def test_help_is_no_error_of_anybody(desk: Desk) -> None:
    assert run(desk, "review", "--help").exit_code == 0
    assert "Beoordelen" in run(desk, "review").output


def test_who_names_nobody_hears_how_to_do_so(desk: Desk) -> None:
    kaart = editing.create_card(desk, SANNE, new_card(), "Begin")
    for words, code in ((("list",), 7), (("review", "list"), 7), (("show", kaart), 5), (("bell",), 7)):
        result = run(desk, *words)
        assert (result.exit_code, "--author" in result.output) == (code, True), words
        assert "--author" not in run(desk, *words, "--author", SANNE.email).output
    assert "--author" not in run(desk, "account", "first", "--name", "", "--email", "", "--organisation", "").output
    assert json.loads(run(desk, "destroy", "list", "--json").output) == []
