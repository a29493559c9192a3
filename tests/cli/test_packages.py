"""A card goes to another installation and comes back, from two terminals on two data folders."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import Openers, kaarten
from app.factory import open_desk
from app.services.actors import actor_of
from app.services.desk import Desk
from app.settings import Settings
from app.storage.accounts import Account, Organisation
from tests.desks import new_card
from tests.two import Side
from tests.two import ready_card as ready

Run = Callable[..., Result]
NAMES = {"a": "CJG Halderberge", "b": "Veilig Thuis Noord"}
OFFER = ("--text", "Dit gezin verhuist.", "--ground", "Toestemming", "--told")


class Terminal:
    """A terminal on the server of one installation; each command opens its folder anew."""

    def __init__(self, folder: Path, name: str) -> None:
        self.settings = Settings(data=folder / name, email=f"beheer@{name}.example")
        self.out, self.name, self.email = folder, NAMES[name], f"wie@{name}.example"
        desk = self.desk()
        organisation = Organisation(f"org-{name}", self.name, "cjg", host=True)
        account = Account(f"wie-{name}", f"Wil van {name.upper()}", self.email, organisation.id)
        desk.accounts.put([organisation], [account])
        self.side = Side(desk, actor_of(account, desk.accounts.known()), self.name, folder / name)

    def desk(self) -> Desk:
        return open_desk(self.settings)

    def run(self, *words: str) -> Result:
        """A command, by who works here."""
        nobody = ("installation",)
        author = () if words[0] in nobody else ("--author", self.email)
        return CliRunner().invoke(kaarten, [*words, *author], obj=Openers(self.desk, lambda *_, **__: None, 8000))

    def done(self, *words: str) -> str:
        """What a command prints that must succeed."""
        result = self.run(*words)
        assert result.exit_code == 0, f"{words}: {result.output}"
        return result.stdout.strip()

    def file(self, name: str) -> str:
        return str(self.out / name)

    def meets(self, other: "Terminal") -> None:
        """Know the other, by its file and the number that it reads out."""
        own = other.run("installation", "own")
        Path(self.file("kaartje.json")).write_text(own.stdout)
        number = own.stderr.splitlines()[0].partition(": ")[2]
        self.done("installation", "add", self.file("kaartje.json"), "--number", number)


@pytest.fixture
def both(tmp_path: Path) -> tuple[Terminal, Terminal]:
    here, there = Terminal(tmp_path, "a"), Terminal(tmp_path, "b")
    here.meets(there)
    there.meets(here)
    return here, there


def brought(terminal: Terminal, file: str) -> str:
    """The number of a package that is brought in."""
    return terminal.done("package", "bring", file).splitlines()[0].removeprefix("pakket ")


def sent(here: Terminal, there: Terminal, kaart: str) -> str:
    """Offer a card, make its package and bring it in there; its number there."""
    here.done("handover", "offer", kaart, there.name, *OFFER)
    here.done("package", "make", kaart, "--out", here.file("pakket"))
    return brought(there, here.file("pakket"))


def test_a_card_goes_the_receipt_is_read_in_and_the_card_comes_back(both: tuple[Terminal, Terminal]) -> None:
    here, there = both
    kaart = ready(here.side)
    number = sent(here, there, kaart)
    assert stat.S_IMODE(Path(here.file("pakket")).stat().st_mode) == 0o600
    shown = there.done("package", "show", number)
    for words in ("Dit gezin verhuist.", "grondslag: Toestemming", "Deze kaart is hier nog niet.", here.name):
        assert words in shown
    (row,) = json.loads(there.done("package", "list", "--json"))
    assert (row["id"], row["kaart"], row["refused"]) == (number, kaart, False)
    accepted = there.run("package", "accept", number)
    assert accepted.stdout == f"{kaart}\n"
    command = accepted.stderr.partition("kaarten ")[2].split()
    there.done(*command[:-1], there.file("bewijs"))
    receipt = brought(here, there.file("bewijs"))
    assert here.done("package", "accept", receipt) == kaart
    assert here.run("show", kaart).exit_code == 5
    number = sent(there, here, kaart)
    assert "Alles in het pakket is er sinds de overdracht bij gekomen." in here.done("package", "show", number)
    here.done("package", "accept", number)
    assert '"toestand": "actief"' in here.done("show", kaart, "--format", "json")


def test_a_receipt_shows_what_was_changed_here_after_the_package(both: tuple[Terminal, Terminal]) -> None:
    here, there = both
    kaart = ready(here.side)
    accepted = there.run("package", "accept", sent(here, there, kaart))
    there.done(*accepted.stderr.partition("kaarten ")[2].split()[:-1], there.file("bewijs"))
    number = brought(here, there.file("bewijs"))
    told = "De ontvanger heeft het niet. Bel, voordat u inleest."
    assert told not in here.done("package", "show", number)
    changed(here, kaart, "Elke week.")
    shown = here.done("package", "show", number)
    assert told in shown
    assert "Elke week." in shown


def changed(terminal: Terminal, kaart: str, text: str) -> None:
    """Give the first afspraak of a card other words."""
    card = json.loads(terminal.done("show", kaart, "--format", "json"))
    card["afspraken"][0]["tekst"] = text
    Path(terminal.file("kaart.json")).write_text(json.dumps(card))
    base = terminal.desk().kaarten.head(kaart)
    terminal.done("put", kaart, terminal.file("kaart.json"), "--base", base, "--reason", "Zo is het nu.")


def test_where_both_sides_changed_it_each_difference_is_named_and_chosen(both: tuple[Terminal, Terminal]) -> None:
    here, there = both
    kaart = ready(here.side)
    there.done("package", "accept", sent(here, there, kaart))
    for terminal, text in ((here, "Elke week."), (there, "Elke avond.")):
        changed(terminal, kaart, text)
    number = sent(there, here, kaart)
    places = [line.split()[1] for line in here.done("package", "show", number).splitlines() if line[:8] == "verschil"]
    assert "afspraken/a-1/tekst" in places
    refused = here.run("package", "accept", number)
    assert (refused.exit_code, refused.stdout) == (7, "")
    assert "Kies bij elk verschil wat blijft staan." in refused.stderr
    chosen = [word for place in places for word in ("--ours" if place.endswith("tekst") else "--theirs", place)]
    here.done("package", "accept", number, *chosen)
    assert json.loads(here.done("show", kaart, "--format", "json"))["afspraken"][0]["tekst"] == "Elke week."


def test_a_refusal_goes_back_with_its_reason_and_can_be_written_again(both: tuple[Terminal, Terminal]) -> None:
    here, there = both
    kaart = ready(here.side)
    number = sent(here, there, kaart)
    out = there.file("weigering")
    assert there.run("package", "refuse", number, "--out", out).exit_code == 3
    told = there.run("package", "refuse", number, "--reason", "Wij zijn vol.", "--out", there.file("geen/map"))
    assert (told.exit_code, told.stderr.startswith("Lezen of schrijven lukt niet")) == (6, True)
    assert number in there.done("package", "list")
    assert there.run("package", "show", number).exit_code == 5
    there.done("package", "refuse", number, "--out", out)
    there.done("package", "remove", number)
    assert there.done("package", "list") == ""
    assert "geweigerd door Wil van B" in here.done("package", "bring", out)
    receipt = here.done("package", "list").split()[0]
    here.done("package", "accept", receipt)
    assert "geweigerd" in here.done("handover", "show", kaart)


def test_what_is_no_package_is_one_sentence_and_an_exit_code(both: tuple[Terminal, Terminal]) -> None:
    here, there = both
    Path(here.file("iets")).write_bytes(b"iets")
    wrong = here.run("package", "bring", here.file("iets"))
    assert (wrong.exit_code, wrong.stdout) == (3, "")
    assert wrong.stderr.startswith("Dit is geen pakket met een kaart.")
    kaart = ready(here.side)
    assert here.run("package", "make", kaart, "--out", here.file("pakket")).exit_code == 7
    assert here.run("handover", "offer", kaart, "Nergens", *OFFER).exit_code == 5
    assert there.run("package", "accept", "b-0000000000").exit_code == 5
    assert not Path(here.file("pakket")).exists()


def test_the_professionals_who_work_there_are_said_with_the_offer(both: tuple[Terminal, Terminal]) -> None:
    here, there = both
    kaart = ready(here.side)
    row = new_card()["professionals"][0]["id"]
    here.done("handover", "offer", kaart, f"installation:{there.side.id}", *OFFER, "--there", row, "--there", "w-geen")
    assert here.desk().kaarten.access(kaart).handovers.open.rows == (row,)  # type: ignore[union-attr]
    made = here.run("package", "make", kaart, "--plain", "--out", here.file("pakket"))
    assert made.stdout.strip().endswith("(niet versleuteld)")
