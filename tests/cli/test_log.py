"""The log on the command line: verified, noted, shown, cleared of what is too old."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import Openers, kaarten
from tests.cli import test_commands
from tests.desks import open_test_desk, peopled


class Terminal(test_commands.Terminal):
    """Commands about the log are given by who works on the server itself."""

    def run(self, *words: str) -> Result:
        if words[0] != "log":
            return super().run(*words)
        return CliRunner().invoke(kaarten, words, obj=Openers(lambda: self.desk, no_server, 8000))


def no_server(*_: object, **__: object) -> None:
    raise AssertionError


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(peopled(open_test_desk(tmp_path)), tmp_path)


def test_a_log_that_holds_is_said_and_one_that_does_not_gives_its_line_and_exit_code_8(terminal: Terminal) -> None:
    terminal.new()
    well = terminal.run("log", "verify")
    assert (well.exit_code, well.output.startswith("Het logboek klopt: regel 1 tot en met ")) == (0, True)
    part = terminal.desk.log.path("2026-11")
    lines = part.read_bytes().splitlines(keepends=True)
    part.write_bytes(b"".join([*lines[:1], lines[1].replace(b"create", b"remove"), *lines[2:]]))
    wrong = terminal.run("log", "verify")
    assert (wrong.exit_code, wrong.output) == (8, "2026-11.jsonl, regel 2: deze regel is veranderd.\n")
    assert json.loads(terminal.run("log", "verify", "--json").output)["fault"]["line"] == 2
    part.write_bytes(lines[0])
    cut = terminal.run("log", "verify")
    assert (cut.exit_code, "regel 2" in cut.output) == (8, True)


def test_an_anchor_is_noted_and_held_against_the_log_later(terminal: Terminal) -> None:
    noted = terminal.run("log", "anchor").output.strip()
    terminal.new()
    assert terminal.run("log", "verify", "--anchor", noted).exit_code == 0
    count, _, mac = noted.partition(":")
    assert terminal.run("log", "verify", "--anchor", f"{int(count) + 500}:{mac}").exit_code == 8
    assert terminal.run("log", "verify", "--anchor", f"{count}:{'0' * 64}").exit_code == 8
    assert terminal.run("log", "verify", "--anchor", "iets").exit_code == 2


def test_lines_are_shown_to_people_and_machines(terminal: Terminal) -> None:
    kaart = terminal.new()
    terminal.run("show", kaart)
    shown = terminal.run("log", "show", "--kaart", kaart, "--person", "sanne")
    assert f"Sanne Bakker cjg read {kaart} toegestaan" in shown.output
    (found,) = json.loads(terminal.run("log", "show", "--organisation", "cjg", "--limit", "1", "--json").output)
    assert (found["event"], found["kaart"]) == ("read", kaart)
    assert terminal.run("log", "show", "--until", "2020-01-01").output == ""
    assert terminal.run("log", "show", "--outcome", "geweigerd", "--emergency", "--since", "2026-01-01").output == ""


def test_nothing_is_cleared_that_is_not_old_enough(terminal: Terminal) -> None:
    terminal.new()
    assert terminal.run("log", "retire").output == "Er is niets dat oud genoeg is.\n"


def test_who_works_with_cards_does_not_read_the_log(terminal: Terminal) -> None:
    for command in ("verify", "anchor", "show", "retire"):
        assert terminal.run("log", command, "--author", test_commands.AUTHOR).exit_code == 7
