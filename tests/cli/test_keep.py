"""`kaarten keep` and `kaarten destroy due`, as a person and a program use them."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import Openers, kaarten
from app.cli.group import INVALID
from app.services.cataloguing import catch_up
from app.services.desk import ZONE, Desk
from tests.cli.test_commands import AUTHOR, Terminal
from tests.desks import MEHMET, at, open_test_desk, peopled

OVER = datetime(2046, 12, 1, 9, 0, tzinfo=ZONE)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path, alone=True))


def on_the_server(terminal: Terminal, *words: str) -> str:
    """What somebody reads who works on the server, and names no author."""
    known = Openers(lambda: terminal.desk, _never, 8000)
    return CliRunner(env={"KAARTEN_AUTHOR": None}).invoke(kaarten, words, obj=known).output


def _never(*_: object, **__: object) -> None:
    raise AssertionError


def test_a_card_is_kept_and_let_go_from_the_command_line(desk: Desk, tmp_path: Path) -> None:
    terminal = Terminal(desk, tmp_path)
    kaart = terminal.new()
    wrong = terminal.run("keep", "set", kaart, "--exception", "zomaar", "--until", "morgen", "--author", AUTHOR)
    assert wrong.exit_code == INVALID
    for told in ("Uitzondering: Kies", "procedure, verzoek, zorg", "Tot: Schrijf de dag", "Reden: Schrijf op waarom"):
        assert told in wrong.output
    assert terminal.run("keep", "list", kaart, "--author", AUTHOR).output == ""

    words = ("--until", "2027-03-01", "--reason", "Zaak bij de rechtbank", "--author", AUTHOR)
    number = terminal.run("keep", "set", kaart, "--exception", "procedure", *words).output.strip()
    listed = terminal.run("keep", "list", kaart, "--author", AUTHOR).output
    assert listed.startswith(f"{number}  Er loopt een procedure, tot 2027-03-01: Zaak bij de rechtbank (Sanne Bakker")
    (row,) = json.loads(terminal.run("keep", "list", kaart, "--json", "--author", AUTHOR).output)
    assert (row["id"], row["exception"], row["until"]) == (number, "procedure", "2027-03-01")
    after = Terminal(at(desk, OVER), tmp_path)
    assert "tot 2027-03-01 (voorbij):" in after.run("keep", "list", kaart, "--author", AUTHOR).output

    lift = ("keep", "lift", kaart, number, "--reason", "De zaak is klaar", "--author", AUTHOR)
    assert terminal.run(*lift).exit_code == 0
    again = terminal.run(*lift)
    assert again.exit_code
    assert "al opgeheven" in again.output
    assert terminal.run("keep", "list", kaart, "--author", AUTHOR).output == ""


def test_who_may_not_keep_a_card_is_told_so(desk: Desk, tmp_path: Path) -> None:
    terminal = Terminal(desk, tmp_path)
    kaart = terminal.new()
    words = ("--exception", "verzoek", "--reason", "Ik wil het", "--author", MEHMET.email)
    refused = terminal.run("keep", "set", kaart, *words)
    assert refused.exit_code
    assert desk.kaarten.access(kaart).keeps == ()


def test_what_is_due_is_listed_with_names_to_its_people_and_by_number_to_the_server(desk: Desk, tmp_path: Path) -> None:
    terminal, after = Terminal(desk, tmp_path), Terminal(at(desk, OVER), tmp_path)
    kaart, kept = terminal.new(), terminal.new()
    catch_up(desk)
    assert terminal.run("destroy", "due").output == ""
    keep = ("--exception", "verzoek", "--reason", "Mevrouw vraagt het", "--author", AUTHOR)
    assert after.run("keep", "set", kept, *keep).exit_code == 0

    mine = after.run("destroy", "due", "--author", AUTHOR).output.splitlines()
    everybody = on_the_server(after, "destroy", "due").splitlines()

    states = {kaart: "termijn voorbij", kept: "blijft langer"}
    assert {line[:36] for line in mine} == {line[:36] for line in everybody} == set(states)
    assert all(f"2046-11-23  {states[line[:36]]}  " in f"{line}  " for line in mine + everybody)
    assert all("Van Dale" in line for line in mine)
    assert not any("Van Dale" in line for line in everybody)
    rows = json.loads(on_the_server(after, "destroy", "due", "--json"))
    assert {(one["id"], one["title"], one["kept"]) for one in rows} == {(kaart, "", False), (kept, "", True)}
    assert after.run("destroy", "due", "--author", MEHMET.email).output == ""
