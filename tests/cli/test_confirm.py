"""The second person on the command line: what is asked is said in full, and what was read can be named."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import Openers, kaarten
from app.services.desk import Desk
from tests.desks import MEHMET, SANNE, open_test_desk, peopled
from tests.duos import active, change, duo_card, els, first


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path, alone=True))


@pytest.fixture
def kaart(desk: Desk) -> str:
    return duo_card(desk)


def run(desk: Desk, *words: str, who: str = SANNE.email) -> Result:
    return CliRunner().invoke(kaarten, [*words, "--author", who], obj=Openers(lambda: desk, _no_server, 8000))


def _no_server(*_: object, **__: object) -> None:
    raise AssertionError


def listed(desk: Desk, kaart: str, who: str = SANNE.email) -> Any:
    return json.loads(run(desk, "confirm", "list", kaart, "--json", who=who).output)


def without_shield(desk: Desk, kaart: str, folder: Path) -> str:
    file = folder / "afspraak.json"
    file.write_text(json.dumps({key: one for key, one in first(desk, kaart).items() if key != "afgeschermdVoor"}))
    return str(file)


def test_what_was_shielded_is_listed_with_item_whom_and_who_and_is_confirmed(desk: Desk, kaart: str) -> None:
    second = els(desk, kaart)
    change(desk, kaart, afgeschermdVoor=["w-2"])
    (one,) = listed(desk, kaart)
    assert (one["items"], one["shieldedFrom"]) == (["a-1"], ["Mehmet Kaya, Veilig Thuis"])
    assert one["revision"] == desk.kaarten.head(kaart)
    assert one["when"].endswith("+01:00")
    shown = run(desk, "confirm", "list", kaart).output.splitlines()
    assert shown[0] == f"versie {one['revision']}"
    assert shown[1] == f"{one['id']}  open  Afschermen  a-1  Vader belt oma als hij boos wordt."
    assert "Sanne Bakker, CJG Halderberge: Veiligheid" in shown[2]
    assert shown[3].strip() == "afgeschermd voor: Mehmet Kaya, Veilig Thuis"
    assert listed(desk, kaart, MEHMET.email) == []
    assert run(desk, "confirm", "yes", kaart, one["id"], who=second.email).output == "Bevestigd.\n"
    assert "besluit van Els Els" in run(desk, "confirm", "list", kaart).output


def test_a_shield_is_lifted_by_asking_and_the_error_says_how(desk: Desk, kaart: str, tmp_path: Path) -> None:
    second = els(desk, kaart)
    change(desk, kaart, afgeschermdVoor=["w-2"])
    base, file = desk.kaarten.head(kaart), without_shield(desk, kaart, tmp_path)
    card, whole = desk.kaarten.read(kaart).document, tmp_path / "kaart.json"
    whole.write_text(json.dumps({**card, "afspraken": [json.loads(Path(file).read_text()), card["afspraken"][1]]}))
    alone = run(desk, "put", kaart, str(whole), "--base", base)
    assert (alone.exit_code, "kaarten confirm ask KAART" in alone.output) == (7, True), alone.output
    ask = ("confirm", "ask", kaart, "afspraken", file, "--base", base)
    assert (run(desk, *ask).exit_code, desk.kaarten.head(kaart)) == (3, base)
    asked = run(desk, *ask, "--reason", "Hij mag het weten.")
    assert asked.exit_code == 0, asked.output
    (one,) = [one for one in listed(desk, kaart) if one["step"] == "afscherming-opheffen"]
    assert asked.stdout.strip() == one["id"]
    assert [each["where"] for each in one["changes"]] == ["Afspraken › a-1 › Afgeschermd voor"]
    shown = run(desk, "confirm", "list", kaart).output
    assert "- Afgeschermd voor: Mehmet Kaya, Veilig Thuis → (leeg)" in shown
    change(desk, kaart, frequentie="Altijd")
    stale = run(desk, "confirm", "yes", kaart, one["id"], "--base", one["revision"], who=second.email)
    assert (stale.exit_code, "gewijzigd terwijl u dit las" in stale.output) == (7, True), stale.output
    assert "afgeschermdVoor" in first(desk, kaart)
    assert "sinds dit verzoek gewijzigd" in run(desk, "confirm", "list", kaart).output
    now = desk.kaarten.head(kaart)
    done = run(desk, "confirm", "yes", kaart, one["id"], "--base", now, who=second.email)
    assert done.output.split()[-1] == desk.kaarten.head(kaart) != now
    assert "afgeschermdVoor" not in first(desk, kaart)


def test_what_cannot_be_asked_is_said_in_a_sentence(desk: Desk, kaart: str, tmp_path: Path) -> None:
    base, file = desk.kaarten.head(kaart), tmp_path / "onderdeel.json"
    for words, section, code, said in (
        ('{"id": "a-1"}', "afspreken", 3, "Kies uit onveilig,"),
        ('{"tekst": "Nieuw."}', "afspraken", 3, "nummer van het onderdeel"),
        ("[1]", "afspraken", 3, ""),
        ("{", "afspraken", 3, "geen geldige JSON"),
        (json.dumps(first(desk, kaart)), "afspraken", 7, "geen tweede persoon nodig"),
    ):
        file.write_text(words)
        result = run(desk, "confirm", "ask", kaart, section, str(file), "--base", base, "--reason", "Zo.")
        assert (result.exit_code, said in result.output) == (code, True), (words, result.output)
    assert desk.kaarten.overleg(kaart).said == ()


def test_a_ground_that_does_not_hold_is_answered_with_those_that_do(desk: Desk, kaart: str) -> None:
    base = desk.kaarten.head(kaart)
    ask = ("destroy", "ask", kaart, "--base", base, "--reason", "Zij staat er dubbel.", "--ground")
    for ground in ("onzin", "termijn"):
        refused = run(desk, *ask, ground)
        assert refused.exit_code == 3
        assert "kiezen uit verzoek, onterecht. De kaart moet worden bewaard tot 2046-11-23." in refused.output
    asked = run(desk, *ask, "onterecht").stdout.strip()
    shown = run(desk, "confirm", "list", kaart, who=MEHMET.email).output
    assert "grond: De kaart had er niet mogen zijn (onterecht); te bewaren tot 2046-11-23" in shown
    (one,) = listed(desk, kaart, MEHMET.email)
    assert (one["id"], one["ground"], one["keptUntil"]) == (asked, "onterecht", "2046-11-23")
    yes = ("confirm", "yes", kaart, asked, "--base", one["revision"], "--word")
    assert run(desk, *yes, "weg", who=MEHMET.email).exit_code == 3
    assert "is vernietigd" in run(desk, *yes, "vernietigen", who=MEHMET.email).output


def test_a_step_says_what_the_second_person_does(desk: Desk, kaart: str) -> None:
    active(desk, kaart)
    base = desk.kaarten.head(kaart)
    asked = run(desk, "step", kaart, "afsluiten", "--base", base, "--reason", "Het gaat goed.")
    assert f"kaarten confirm yes {kaart} {asked.stdout.strip()}" in asked.output
    closed = run(desk, "confirm", "yes", kaart, asked.stdout.strip(), who=MEHMET.email).output.strip()
    opened = run(desk, "step", kaart, "heropenen", "--base", closed, "--reason", "Het gezin is terug.")
    assert f"kaarten confirm list {kaart}" in opened.output
    assert "Dit is al gedaan." in run(desk, "confirm", "list", kaart, who=MEHMET.email).output
