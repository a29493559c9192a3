"""The command, as a person and a program use it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import Openers, kaarten
from app.content.forms import write_form
from app.services import maintenance
from app.services.actors import shell
from app.services.desk import Desk
from app.storage.catalogue import Catalogue
from tests.desks import new_card, open_test_desk, peopled

AUTHOR = "sanne@cjg.example"


@dataclass
class Terminal:
    """A terminal on one installation."""

    desk: Desk
    folder: Path

    def run(self, *words: str) -> Result:
        known = Openers(lambda: self.desk, _no_server, 8000)
        return CliRunner().invoke(kaarten, words, obj=known, env={"KAARTEN_AUTHOR": AUTHOR})

    def file(self, name: str, content: Any) -> str:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return str(path)

    def new(self) -> str:
        return self.run("new", self.file("nieuw.json", new_card())).output.strip()

    def card(self, kaart: str) -> Any:
        return json.loads(self.run("show", kaart, "--format", "json").output)

    def revisions(self, kaart: str) -> list[str]:
        return [one["revision"] for one in json.loads(self.run("history", kaart, "--json").output)]

    def put(self, kaart: str, card: Any, base: str) -> Result:
        file = self.file("kaart.json", card)
        return self.run("put", kaart, file, "--base", base, "--reason", "Besproken", "--author", AUTHOR)


def _no_server(*_: object, **__: object) -> None:
    raise AssertionError


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(peopled(open_test_desk(tmp_path)), tmp_path)


def test_a_card_is_made_from_a_file_shown_changed_and_compared(terminal: Terminal) -> None:
    kaart = terminal.new()
    (base,) = terminal.revisions(kaart)
    card = terminal.card(kaart)
    card["afspraken"][0]["status"] = "nagekomen"
    revision = terminal.put(kaart, card, base).output.split()[-1]
    assert terminal.revisions(kaart) == [revision, base]
    assert terminal.run("diff", kaart, base, revision).output == "~ Afspraken › a-1 › Status: Loopt → Nagekomen\n"
    (change,) = json.loads(terminal.run("diff", kaart, base, revision, "--json").output)
    assert (change["path"], change["old"], change["new"]) == (["afspraken", "a-1", "status"], "actief", "nagekomen")


def test_history_for_machines_names_author_reason_and_each_commit(terminal: Terminal) -> None:
    kaart = terminal.new()
    card = terminal.card(kaart)
    card["afspraken"][0]["status"] = card["afspraken"][1]["status"] = "deels"
    terminal.put(kaart, card, terminal.revisions(kaart)[0])
    newest = json.loads(terminal.run("history", kaart, "--json").output)[0]
    assert (newest["author"]["email"], newest["reason"]) == ("sanne@cjg.example", "Besproken")
    assert [step["trailers"]["Afspraak"] for step in newest["steps"]] == [["a-1"], ["a-2"]]
    assert len(json.loads(terminal.run("history", kaart, "--afspraak", "a-2", "--json").output)) == 2
    assert "Afspraak a-1 gewijzigd: status" in terminal.run("history", kaart, "--limit", "1").output


def test_markdown_goes_in_and_out(terminal: Terminal) -> None:
    kaart = terminal.new()
    text = terminal.run("show", kaart, "--format", "markdown").output
    assert "## Afspraken" in text
    changed = terminal.file("kaart.md", text.replace("Elke keer", "Altijd").encode())
    result = terminal.run("put", kaart, changed, "--base", terminal.revisions(kaart)[0], "--author", AUTHOR)
    assert result.exit_code == 0, result.output
    assert terminal.card(kaart)["afspraken"][0]["frequentie"] == "Altijd"


def test_a_fault_in_markdown_names_section_item_field_and_line(terminal: Terminal) -> None:
    kaart = terminal.new()
    text = terminal.run("show", kaart, "--format", "markdown").output
    line = text.split("\n").index("- Status: Loopt") + 1
    bad = terminal.file("kaart.md", text.replace("- Status: Loopt", "- Status: Loopd", 1).encode())
    result = terminal.run("validate", bad)
    assert result.exit_code == 3
    assert f"Regel {line}." in result.output
    assert "Status" in result.output
    assert "Bedoelt u ‘Loopt’?" in result.output


def test_each_kind_of_failure_has_its_own_exit_code(terminal: Terminal) -> None:
    kaart = terminal.new()
    (base,) = terminal.revisions(kaart)
    card = terminal.card(kaart)
    card["afspraken"][0]["status"] = "nagekomen"
    terminal.put(kaart, card, base)
    card["afspraken"][0]["status"] = "deels"
    assert terminal.put(kaart, card, base).exit_code == 4
    card["afspraken"][0]["status"] = "zomaar"
    assert terminal.put(kaart, card, base).exit_code == 3
    for unknown in ("6b6f0c1e-51a5-4f0e-9d3e-0c8f7a1b2c3d", "../../etc", "x"):
        assert terminal.run("show", unknown).exit_code == 5
    assert terminal.run("show", kaart, "--revision", "0" * 40).exit_code == 5
    assert terminal.run("show", kaart, "--revision", "HEAD").exit_code == 5
    assert terminal.run("put", kaart, "er-is-niets.json").exit_code == 2
    assert terminal.run("step", kaart, "heropenen", "--base", base, "--reason", "x").exit_code == 7


def test_an_author_is_named_by_the_address_of_an_account(terminal: Terminal) -> None:
    kaart = terminal.new()
    file = terminal.file("kaart.json", terminal.card(kaart))
    result = terminal.run("put", kaart, file, "--base", terminal.revisions(kaart)[0], "--author", "Sanne")
    assert (result.exit_code, result.output) == (3, "Er is geen account met dit e-mailadres dat mag aanmelden.\n")


def test_the_list_can_be_searched_and_read_by_machines(terminal: Terminal) -> None:
    kaart = terminal.new()
    terminal.new()
    listed = json.loads(terminal.run("list", "--json").output)
    assert len(listed) == 2
    assert {"key": "gemeente", "value": "Halderberge"} in listed[0]["facets"]
    assert kaart in terminal.run("list", "--search", "halder").output
    assert terminal.run("list", "--search", "bestaatniet").output == ""


def test_check_is_quiet_when_all_is_well_and_finds_each_fault(terminal: Terminal) -> None:
    kaart = terminal.new()
    assert terminal.run("check").output == "Alles is in orde.\n"
    terminal.desk.catalogue.remove(kaart)
    behind = terminal.run("check", "--json")
    assert behind.exit_code == 8
    assert "catalogus" in json.loads(behind.output)[0]["message"]
    assert terminal.run("reindex").exit_code == 0
    blob = next((terminal.folder / "cards_repo" / kaart[:2] / f"{kaart}.git" / "objects").glob("??/*"))
    blob.chmod(0o600)
    blob.write_bytes(b"x" * 20)
    assert terminal.run("check", kaart).exit_code == 8


def test_a_store_that_fails_says_so_in_one_sentence(terminal: Terminal) -> None:
    file = terminal.folder / "var" / "bestand"
    file.touch()
    object.__setattr__(terminal.desk, "catalogue", Catalogue(file / "catalogue.sqlite"))
    result = terminal.run("list")
    assert (result.exit_code, result.output.startswith("Bewaren of lezen lukt nu niet.")) == (6, True)


def test_packing_changes_nothing_that_can_be_seen(terminal: Terminal) -> None:
    kaart = terminal.new()
    before = terminal.run("history", kaart, "--json").output
    assert terminal.run("pack").output == "0 kaarten ingepakt.\n"
    assert terminal.run("pack", "--all").output == "1 kaarten ingepakt.\n"
    assert terminal.run("history", kaart, "--json").output == before
    assert terminal.run("check").exit_code == 0


def test_the_demonstration_fills_an_empty_store_once(terminal: Terminal) -> None:
    first = terminal.run("demo")
    assert (first.exit_code, "verzonnen gezinnen gemaakt" in first.output) == (0, True), first.output
    cards = terminal.desk.kaarten
    listed = list(cards.ids())
    histories = [len(cards.history(one)) for one in listed]
    assert len(listed) >= 8
    assert all(8 <= length <= 30 for length in histories), histories
    assert list(maintenance.check(terminal.desk, shell("proef"))) == []
    assert terminal.run("demo").output == "Er staan al kaarten. Er is niets toegevoegd.\n"
    forms = {cards.read(one).form for one in listed}
    assert forms == {"json", "markdown"}


def test_the_form_of_a_file_is_told_by_its_name(terminal: Terminal) -> None:
    assert terminal.run("new", terminal.file("kaart.txt", b"")).exit_code == 2
    written = write_form(terminal.desk.kaarten.read(terminal.new()).document, "markdown", terminal.desk.types)
    assert b"# Veiligheidskaart" in written


def test_the_example_in_the_documentation_becomes_a_card(terminal: Terminal) -> None:
    result = terminal.run("new", str(Path(__file__).parents[2] / "docs" / "voorbeeld.md"))
    assert result.exit_code == 0, result.output
    assert terminal.card(result.output.strip())["kaart"]["naam"] == "Gezin Voorbeeld"


def test_a_conflict_says_how_it_was_what_they_and_you_wrote_and_how_to_go_on(terminal: Terminal) -> None:
    kaart = terminal.new()
    (base,) = terminal.revisions(kaart)
    card = terminal.card(kaart)
    card["afspraken"][0]["status"] = "nagekomen"
    terminal.put(kaart, card, base)
    card["afspraken"][0]["status"] = "deels"
    said = terminal.put(kaart, card, base).output
    for words in ("was: Loopt", "zij: Nagekomen", "u:   Deels nagekomen", "Sanne Bakker", terminal.revisions(kaart)[0]):
        assert words in said
