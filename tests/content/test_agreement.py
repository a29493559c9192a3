"""Who agreed to which words: nobody is taken to agree with words that he or she did not hear."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.content import Document
from app.content.agreement import renewed, to_ask_again
from app.content.card_type import CardType
from app.content.merge import merge
from app.content.shape import SchemaError
from tests.cards import small_card
from tests.content.test_card_type import files

SHAPE = CardType("veiligheidskaart", files()).current.shape
RULES = SHAPE.agreements


def card(**fields: Any) -> Document:
    """The small card, on which Noor agreed with a-1."""
    made = small_card()
    made["afspraken"][0] |= {"instemming": [{"id": "i-1", "persoon": "p-1", "antwoord": "ja", "datum": "2026-11-01"}]}
    made["afspraken"][0] |= fields
    return made


def answer(document: Document, row: int = 0) -> str:
    return str(document["afspraken"][0]["instemming"][row]["antwoord"])


def saved(base: Document, mine: Document, current: Document | None = None) -> Document:
    current = current or base
    return renewed(merge(base, mine, current).document, base, mine, current, RULES)


def test_other_words_are_to_be_asked_again_and_the_day_of_the_answer_stays() -> None:
    found = saved(card(), card(tekst="Heel anders."))
    assert answer(found) == "opnieuw_vragen"
    assert found["afspraken"][0]["instemming"][0]["datum"] == "2026-11-01"
    assert [one["persoon"] for one in to_ask_again(found["afspraken"][0], RULES["afspraken"])] == ["p-1"]


@pytest.mark.parametrize("fields", [{"status": "nagekomen"}, {"getoetstOp": "2026-11-20"}, {"betreft": ["p-1"]}])
def test_what_is_not_in_the_words_changes_no_answer(fields: dict[str, Any]) -> None:
    assert answer(saved(card(), card(**fields))) == "ja"


def test_the_order_of_who_does_it_is_no_change_of_words() -> None:
    assert answer(saved(card(wie=["n-1", "p-1"]), card(wie=["p-1", "n-1"]))) == "ja"


def test_who_was_asked_in_the_same_save_is_not_asked_again() -> None:
    mine = card(tekst="Heel anders.")
    mine["afspraken"][0]["instemming"][0] |= {"antwoord": "onder_voorbehoud", "datum": "2026-11-20"}
    assert answer(saved(card(), mine)) == "onder_voorbehoud"


def test_an_answer_that_crosses_a_change_of_the_words_counts_for_neither() -> None:
    mine = card()
    mine["afspraken"][0]["instemming"].append({"id": "i-2", "persoon": "n-1", "antwoord": "ja"})
    found = saved(card(), mine, saved(card(), card(tekst="Intussen anders.")))
    assert [one["antwoord"] for one in found["afspraken"][0]["instemming"]] == ["opnieuw_vragen", "opnieuw_vragen"]
    theirs = card()
    theirs["afspraken"][0]["instemming"].append({"id": "i-2", "persoon": "n-1", "antwoord": "ja"})
    found = saved(card(), card(tekst="Van mij."), theirs)
    assert [one["antwoord"] for one in found["afspraken"][0]["instemming"]] == ["opnieuw_vragen", "opnieuw_vragen"]


def test_a_new_afspraak_with_answers_keeps_them_and_nothing_else_is_touched() -> None:
    base, mine = card(), card()
    mine["afspraken"].append({**deepcopy(mine["afspraken"][0]), "id": "a-9"})
    found = saved(base, mine)
    assert found["afspraken"][-1]["instemming"][0]["antwoord"] == "ja"
    assert renewed(base, base, base, base, RULES) is base


def test_what_was_not_answered_stays_not_answered() -> None:
    base = card(instemming=[{"id": "i-1", "persoon": "p-1", "antwoord": "niet_gevraagd"}])
    mine = deepcopy(base)
    mine["afspraken"][0]["tekst"] = "Anders."
    assert answer(saved(base, mine)) == "niet_gevraagd"


def test_a_rule_that_names_what_is_not_there_is_refused_at_start() -> None:
    for wrong in ({"words": ["weg"]}, {"field": "weg"}, {"again": "weg"}):
        told = files()
        told["1.json"] = deepcopy(told["1.json"])
        section = told["1.json"]["properties"]["afspraken"]["items"]["properties"]["instemming"]
        section["x-agreement"] = {**section["x-agreement"], **wrong}
        with pytest.raises(SchemaError, match="x-agreement"):
            CardType("veiligheidskaart", told)


WORDS = st.sampled_from(("Eén.", "Twee.", "Drie."))
ANSWERS = st.sampled_from(("ja", "nee", "niet_gevraagd"))


@given(st.lists(st.tuples(WORDS, st.none() | ANSWERS, st.booleans(), WORDS, st.none() | ANSWERS), max_size=8))
def test_nobody_ever_said_yes_to_words_that_were_not_asked(steps: list[tuple[Any, ...]]) -> None:
    """Two people save turn by turn, the second perhaps on what was there before the first."""
    now, heard = card(), {"i-1": card()["afspraken"][0]["tekst"]}
    for number, (text, said, stale, other_text, other_said) in enumerate(steps):
        before = now
        for base, new_text, new_answer, row in (
            (before, text, said, "i-1"),
            (before if stale else None, other_text, other_said, "i-2"),
        ):
            base = base if base is not None else now  # noqa: PLW2901 - the second begins with what the first left
            mine = deepcopy(base)
            item = mine["afspraken"][0]
            item["tekst"] = new_text
            if new_answer:
                rows = {one["id"]: one for one in item["instemming"]}
                rows[row] = {"id": row, "persoon": "p-1", "antwoord": new_answer, "datum": f"2026-{number + 1:02}-01"}
                item["instemming"] = list(rows.values())
                heard[row] = new_text
            now = renewed(merge(base, mine, now).document, base, mine, now, RULES)
        for one in now["afspraken"][0]["instemming"]:
            if one["antwoord"] in ("ja", "nee"):
                assert heard[one["id"]] == now["afspraken"][0]["tekst"]
