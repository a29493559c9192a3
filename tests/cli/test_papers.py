"""Papers on the command line."""

from pathlib import Path

import pytest

from tests.cli.test_commands import Terminal
from tests.desks import open_test_desk, peopled
from tests.papers import faults, words
from tests.services.test_family import family_card


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(peopled(open_test_desk(tmp_path)), tmp_path)


def test_a_card_goes_into_a_new_file_for_its_owner_alone(terminal: Terminal) -> None:
    kaart, out = terminal.new(), terminal.folder / "kaart.pdf"
    assert terminal.run("paper", kaart, "--out", str(out)).exit_code == 0
    assert "Gezin Van Dale" in words(out.read_bytes())
    assert faults(out.read_bytes()) == []
    assert out.stat().st_mode & 0o777 == 0o600
    before = out.read_bytes()
    again = terminal.run("paper", kaart, "--out", str(out))
    assert (again.exit_code, "is er al. Kies een andere naam." in again.output) == (2, True)
    assert out.read_bytes() == before


def test_a_version_for_the_family(terminal: Terminal) -> None:
    kaart = terminal.run("new", terminal.file("gezin.json", family_card(geboortedatum=""))).output.strip()
    out = terminal.folder / "noor.pdf"
    refused = terminal.run("family", kaart, "p-1", "--out", str(out))
    assert (refused.exit_code, "Schrijf op waarom" in refused.output) == (3, True)
    assert not out.exists()
    done = terminal.run("family", kaart, "p-1", "--out", str(out), "--reason", "Zij is 13.")
    assert done.exit_code == 0
    assert "Noor schrikt van harde stemmen." in words(out.read_bytes())
