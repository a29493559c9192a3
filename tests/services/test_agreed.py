"""Who agreed to which words, on a real desk: told as it was, and never of what somebody may not see."""

import copy
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from app.content.changes import by_id, same
from app.content.items import find
from app.services import agreed as services
from app.services import editing, reading
from app.services.actors import Actor
from app.services.agreed import Answer, agreed
from app.services.desk import Desk
from app.services.errors import Conflicted, NotFound
from tests.content.strategies import examples
from tests.desks import MEHMET, SANNE, new_card, open_test_desk, peopled, save_confirmed
from tests.services.test_origins import by_hand

A1 = ("afspraken", "a-1")
NOOR = {"id": "i-1", "persoon": "p-1", "antwoord": "ja", "datum": "2026-11-01"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path))


@pytest.fixture
def kaart(desk: Desk) -> str:
    """A card on which Noor agreed with a-1; Mehmet is one of its professionals."""
    return editing.create_card(desk, SANNE, asked_card(), "Begin")


def asked_card() -> dict[str, Any]:
    card = new_card()
    card["professionals"].append({"id": "w-2", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"})
    card["afspraken"][0] |= {"instemming": [NOOR]}
    return card


def change(desk: Desk, kaart: str, actor: Actor = SANNE, base: str = "", **fields: Any) -> str:
    """Somebody changes a-1, perhaps from an older revision; the revision after it."""
    held = reading.read_card(desk, actor, kaart, base or None)
    item = {key: value for key, value in {**find(held.document, A1), **fields}.items() if value is not None}
    return editing.save_item(desk, actor, kaart, "afspraken", item, held.revision, "Zo is het").revision


def told(desk: Desk, kaart: str, actor: Actor = SANNE) -> list[Answer]:
    return agreed(desk, actor, reading.read_card(desk, actor, kaart), A1)


def test_an_answer_is_told_with_the_words_and_the_save_that_it_was_about(desk: Desk, kaart: str) -> None:
    first = reading.read_card(desk, SANNE, kaart)
    change(desk, kaart, status="deels")
    (one,) = told(desk, kaart)
    assert one.holds
    change(desk, kaart, MEHMET, tekst="Vader belt tante.", frequentie="Elke week")
    (one,) = told(desk, kaart)
    assert (one.again, one.holds, one.said, one.changed) == (True, False, NOOR, ("tekst", "frequentie"))
    assert one.save is not None
    assert one.then is not None
    assert (one.save.reason, one.then.revision) == ("Begin", first.revision)
    assert find(one.then.document, (*A1, "tekst")) == find(first.document, (*A1, "tekst"))


def test_who_was_asked_again_agrees_with_the_new_words(desk: Desk, kaart: str) -> None:
    change(desk, kaart, tekst="Vader belt tante.")
    change(desk, kaart, MEHMET, instemming=[{**NOOR, "antwoord": "nee", "datum": "2026-11-20"}])
    (one,) = told(desk, kaart)
    assert one.holds
    assert one.save is not None
    assert one.save.author.name == MEHMET.name


def test_words_that_became_what_they_were_are_the_same_words_and_still_to_be_asked(desk: Desk, kaart: str) -> None:
    before = find(reading.read_card(desk, SANNE, kaart).document, A1)["tekst"]
    change(desk, kaart, tekst="Vader belt tante.")
    change(desk, kaart, tekst=before)
    (one,) = told(desk, kaart)
    assert (one.again, one.changed, one.holds) == (True, (), False)


def test_an_answer_that_crossed_a_change_was_never_kept(desk: Desk, kaart: str) -> None:
    base = reading.read_card(desk, SANNE, kaart).revision
    change(desk, kaart, MEHMET, tekst="Vader belt tante.")
    change(desk, kaart, base=base, instemming=[NOOR, {"id": "i-2", "persoon": "n-1", "antwoord": "ja"}])
    noor, oma = told(desk, kaart)
    assert (noor.said, noor.again) == (NOOR, True)
    assert (oma.said, oma.again, oma.save, oma.unsure) == (None, True, None, False)


def test_what_another_program_wrote_is_compared_and_not_believed(desk: Desk, kaart: str) -> None:
    by_hand(desk, kaart, "Met de hand.")
    (one,) = told(desk, kaart)
    assert (one.row["antwoord"], one.again) == ("ja", False)
    assert (one.changed, one.holds) == (("tekst",), False)


def test_what_is_too_long_ago_is_not_guessed(desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.origins.MOST_SAVES", 2)
    for number in range(3):
        change(desk, kaart, status="deels" if number % 2 else "actief", frequentie=f"Elke {number} dagen")
    (one,) = told(desk, kaart)
    assert (one.again, one.said, one.save, one.unsure) == (True, None, None, True)


def test_who_was_not_asked_has_nothing_to_explain(desk: Desk, kaart: str) -> None:
    change(desk, kaart, instemming=[{"id": "i-1", "persoon": "p-1", "antwoord": "niet_gevraagd"}])
    (one,) = told(desk, kaart)
    assert (one.again, one.said, one.save, one.unsure) == (False, None, None, False)


@pytest.mark.parametrize("place", [("afspraken", "a-99"), ("personen", "p-1")])
def test_what_is_not_there_or_never_agreed_to_is_not_found(desk: Desk, kaart: str, place: tuple[str, str]) -> None:
    with pytest.raises(NotFound, match="eens"):
        agreed(desk, SANNE, reading.read_card(desk, SANNE, kaart), place)


def test_of_what_is_shielded_nobody_is_told(desk: Desk, kaart: str) -> None:
    change(desk, kaart, tekst="Het geheime adres.")
    document = reading.read_card(desk, SANNE, kaart).document
    document["afspraken"][0] |= {"afgeschermdVoor": ["w-2"], "redenAfscherming": "Geheim."}
    save_confirmed(desk, SANNE, kaart, document, "Geheim")
    assert [one.said for one in told(desk, kaart)] == [NOOR]
    with pytest.raises(NotFound):
        told(desk, kaart, MEHMET)


def test_words_of_before_a_shield_are_not_told_to_whom_they_were_shielded_from(desk: Desk, kaart: str) -> None:
    """The afspraak names somebody who is shielded from Mehmet: of the words of then he reads the rest."""
    document = reading.read_card(desk, SANNE, kaart).document
    document["netwerk"].append({"id": "n-9", "naam": "Tante Geheim", "afgeschermdVoor": ["w-2"]})
    document["afspraken"][0] |= {"wie": [*document["afspraken"][0]["wie"], "n-9"]}
    document["afspraken"][0]["instemming"][0] |= {"datum": "2026-11-15"}
    save_confirmed(desk, SANNE, kaart, document, "Met tante")
    change(desk, kaart, tekst="Anders.")
    (whole,), (part,) = told(desk, kaart), told(desk, kaart, MEHMET)
    assert whole.then is not None
    assert part.then is not None
    assert "n-9" in find(whole.then.document, (*A1, "wie"))
    assert "n-9" not in str(part.then.document)
    assert part.changed == ("tekst",)


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["Eén.", "Twee.", "Drie.", None]),
        st.sampled_from(["i-1", "i-2"]),
        st.sampled_from(["ja", "nee", "niet_gevraagd", None, None]),
        st.sampled_from(["", "", "", "stale", "hand", "together"]),
    ),
    min_size=1,
    max_size=8,
)


class Game:
    """What is saved on one card, and what was said when, as somebody who looks on would write it down."""

    def __init__(self, folder: Path) -> None:
        self.desk = peopled(open_test_desk(folder))
        self.kaart = editing.create_card(self.desk, SANNE, asked_card(), "Begin")
        self.rows: dict[str, dict[str, Any]] = {}
        self.said: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
        self.rule = reading.read_card(self.desk, SANNE, self.kaart).edition.shape.agreements["afspraken"]["instemming"]
        self.before = self.head = self.desk.kaarten.head(self.kaart)
        self._look()

    def act(self, number: int, text: str | None, row: str, answer: str | None, how: str) -> None:
        if how == "hand":
            by_hand(self.desk, self.kaart, text or "Met de hand.")
        else:
            self._save(number, text, row, answer, how)
        self._look()

    def _save(self, number: int, text: str | None, row: str, answer: str | None, how: str) -> None:
        base = self.before if how == "stale" else self.head
        document = copy.deepcopy(reading.read_card(self.desk, SANNE, self.kaart, base).document)
        item = document["afspraken"][0]
        if text:
            item["tekst"] = text
        if answer:
            made = {"id": row, "persoon": "p-1", "antwoord": answer, "datum": f"2026-10-{number + 1:02}"}
            item["instemming"] = list({**by_id(item.get("instemming")), row: made}.values())
        if how == "together":
            document["afspraken"][1]["tekst"] = f"En ook dit: {number}."
        try:
            editing.save_card(self.desk, SANNE, self.kaart, document, base, "Zo is het")
        except Conflicted:
            event("conflicted")

    def _look(self) -> None:
        """Write down what is said now that was not there before, and about which words."""
        head = self.desk.kaarten.head(self.kaart)
        self.before, self.head = (self.head, head) if head != self.head else (self.before, head)
        item = find(self.desk.kaarten.read(self.kaart).document, A1)
        rows = by_id(item.get("instemming"))
        for one, row in rows.items():
            if row["antwoord"] in self.rule.given and not (one in self.rows and same(row, self.rows[one])):
                self.said[one] = row, self.rule.about(item)
        self.rows = rows


@given(_STEPS)
@examples(40)
def test_the_words_that_are_told_are_those_of_when_the_answer_was_given(steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        game = Game(Path(folder))
        for number, step in enumerate(steps):
            game.act(number, *step)
        now = reading.read_card(game.desk, SANNE, game.kaart)
        for one in services.agreed(game.desk, SANNE, now, A1):
            asked = one.again or one.row["antwoord"] in game.rule.given
            event(f"again: {one.again}")
            row, words = game.said.get(one.row["id"], (None, None)) if asked else (None, None)
            assert one.said == row
            if one.then is None:
                assert row is None
                continue
            assert game.rule.about(find(one.then.document, A1)) == words
            assert bool(one.changed) == (words != game.rule.about(find(now.document, A1)))
