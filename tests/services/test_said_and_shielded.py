"""What was said about what is or was shielded stays unheard by whom it was kept from, whatever is renamed."""

from pathlib import Path
from typing import Any

import pytest

from app.services import confirming, editing, judging, organisations, reading, talking
from app.services.actors import actor_of
from app.services.confirming import ask_item
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.services.judging import Verdict
from app.services.offering import ORGANISATION
from app.services.proposing import propose
from app.services.requested import requests
from app.services.second_person import SecondNeeded
from tests.desks import KNOWN, MEHMET, OPERATOR, SANNE, new_card, open_test_desk, peopled, save_confirmed, share
from tests.duos import change, duo_card, els, first

NEW: dict[str, Any] = {**new_card()["afspraken"][0], "id": "a-geh", "tekst": "Ze slapen op het adres."}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path, alone=True))


@pytest.fixture
def kaart(desk: Desk) -> str:
    return duo_card(desk)


def test_words_about_what_was_proposed_as_shielded_are_kept_from_the_same_people(desk: Desk, kaart: str) -> None:
    head = desk.kaarten.head(kaart)
    propose(desk, els(desk, kaart), kaart, "afspraken", {**NEW, "afgeschermdVoor": ["w-2"]}, head, "Veilig.")
    talking.speak(desk, SANNE, kaart, "a-geh", "Het adres is Dorpsstraat 1.")
    assert len(talking.thread(desk, SANNE, kaart, "a-geh").said) == 2
    with pytest.raises(NotFound):
        talking.thread(desk, MEHMET, kaart, "a-geh")


def test_a_remark_on_an_old_page_is_kept_from_whom_the_item_is_shielded_by_now(desk: Desk, kaart: str) -> None:
    reviewer, old = els(desk, kaart, "beoordelaar"), desk.kaarten.head(kaart)
    change(desk, kaart, afgeschermdVoor=["w-2"])
    judging.judge(desk, reviewer, kaart, old, {"a-1": Verdict("niet_akkoord", "Vader weet het adres.")})
    lifted = {**desk.kaarten.read(kaart).document}
    lifted["afspraken"] = [{k: v for k, v in one.items() if k != "afgeschermdVoor"} for one in lifted["afspraken"]]
    save_confirmed(desk, SANNE, kaart, lifted, "Mag weer")
    assert "Vader weet" not in repr(talking.thread(desk, MEHMET, kaart, "a-1"))


def test_what_somebody_asks_to_shield_from_another_is_not_shown_to_that_one(desk: Desk, kaart: str) -> None:
    third = {"id": "w-3", "naam": "Els Els", "organisatie": "CJG Halderberge"}
    editing.save_item(desk, SANNE, kaart, "professionals", third, desk.kaarten.head(kaart), "Erbij")
    other = els(desk, kaart)
    change(desk, kaart, afgeschermdVoor=["w-2"])
    wanted = {**first(desk, kaart), "afgeschermdVoor": ["w-3"], "tekst": "Het adres is Dorpsstraat 1."}
    ask_item(desk, SANNE, kaart, "afspraken", wanted, desk.kaarten.head(kaart), "Liever zo")
    assert "Dorpsstraat" not in repr(requests(desk, other, kaart))


def test_another_name_for_a_professional_opens_nothing_that_was_said_while_it_was_shielded(
    desk: Desk, kaart: str
) -> None:
    change(desk, kaart, afgeschermdVoor=["w-2"])
    talking.speak(desk, SANNE, kaart, "a-1", "Het adres is Dorpsstraat 1.")
    document = dict(desk.kaarten.read(kaart).document)
    document["afspraken"] = [{k: v for k, v in one.items() if k != "afgeschermdVoor"} for one in document["afspraken"]]
    head = save_confirmed(desk, SANNE, kaart, document, "Mag weer")
    row = {"id": "w-2", "naam": "Mevrouw Smit", "organisatie": "Politie"}
    with pytest.raises(SecondNeeded):
        editing.save_item(desk, SANNE, kaart, "professionals", row, head, "Zo heet zij")
    assert "Dorpsstraat" not in repr(talking.thread(desk, MEHMET, kaart, "a-1").said)


def test_an_organisation_with_another_name_opens_nothing_to_its_people(desk: Desk, kaart: str) -> None:
    row = {"id": "w-2", "naam": "M. Kaya", "organisatie": "Veilig Thuis"}
    editing.save_item(desk, SANNE, kaart, "professionals", row, desk.kaarten.head(kaart), "Zo")
    change(desk, kaart, afgeschermdVoor=["w-2"])
    organisations.change(desk, OPERATOR, "vt", "Veilig Thuis West", KNOWN.organisations["vt"].kind)
    known = desk.accounts.known()
    mehmet = actor_of(known.accounts["mehmet"], known)
    assert mehmet.organisation == "Veilig Thuis West"
    assert "a-1" not in [one["id"] for one in reading.read_card(desk, mehmet, kaart).document["afspraken"]]


def test_nobody_keeps_a_view_under_the_name_of_a_colleague_with_the_same_surname(desk: Desk) -> None:
    card = new_card()
    card["professionals"].append({"id": "w-2", "naam": "Ayse Kaya", "organisatie": "Veilig Thuis"})
    kaart = editing.create_card(desk, SANNE, card, "Begin")
    share(desk, kaart, ORGANISATION + "vt", "beoordelaar")
    with pytest.raises(NotAllowed, match="onder een andere naam"):
        talking.keep_own_view(desk, MEHMET, kaart, "a-1", "Ik zie het anders.", desk.kaarten.head(kaart))


@pytest.mark.parametrize("number", [4001, 5000])
def test_words_that_are_too_long_are_refused_before_anything_is_done(desk: Desk, kaart: str, number: int) -> None:
    change(desk, kaart, afgeschermdVoor=["w-2"])
    other = els(desk, kaart)
    wanted = {key: value for key, value in first(desk, kaart).items() if key != "afgeschermdVoor"}
    asked = ask_item(desk, SANNE, kaart, "afspraken", wanted, desk.kaarten.head(kaart), "Mag weer")
    before = desk.kaarten.head(kaart)
    with pytest.raises(InvalidInput, match="korter"):
        confirming.confirm(desk, other, kaart, asked.id, "x" * number)
    assert desk.kaarten.head(kaart) == before


@pytest.mark.parametrize("words", ["", "  \n", "\u200b", "\ufeff", "\u00a0\u2060"])
def test_signs_that_nobody_sees_are_no_words(desk: Desk, kaart: str, words: str) -> None:
    with pytest.raises(InvalidInput, match="Schrijf hier iets op"):
        talking.speak(desk, SANNE, kaart, "a-1", words)
