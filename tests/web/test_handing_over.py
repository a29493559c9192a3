"""The pages of a handover: what is missing, the form, the offer to both sides, and the start."""

from pathlib import Path

import pytest

from app.services import editing
from app.services.desk import Desk
from app.web import create_app
from tests.desks import ACCOUNTS, ORGANISATIONS, SANNE, new_card, open_test_desk, share
from tests.handovers import ELS, card_to_hand, holders, offered, says, whole_card
from tests.web.gateway import Gateway, Page

TYPED = {
    "aan": "account:mehmet",
    "tekst": "Bel eerst met oma.",
    "grondslag": "Toestemming van de ouders",
    "verteld": "ja",
    "waarom": "",
    "lezen": "",
}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = open_test_desk(tmp_path, alone=True)
    made.accounts.put(ORGANISATIONS, [*ACCOUNTS, ELS])
    return made


@pytest.fixture
def kaart(desk: Desk) -> str:
    return card_to_hand(desk)


@pytest.fixture
def sanne(desk: Desk) -> Gateway:
    return Gateway(create_app(desk, "x" * 32, demonstration=True).test_client()).become("sanne")


@pytest.fixture
def mehmet(desk: Desk) -> Gateway:
    return Gateway(create_app(desk, "x" * 32, demonstration=True).test_client()).become("mehmet")


def token(page: Page) -> str:
    return str(page.all("//input[@name='_csrf']")[0].get("value"))


def test_a_card_is_offered_read_and_accepted(sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str) -> None:
    address = f"/kaarten/{kaart}"
    form = sanne.get(sanne.get(address).links("/overdracht")[0])
    assert "account:sanne" not in [one.get("value") for one in form.all("//select[@id='veld-aan']//option")]
    page = sanne.follow(sanne.send(form, TYPED))
    assert "Aangeboden aan Mehmet Kaya (Veilig Thuis)" in page.text
    assert "U hebt deze kaart aangeboden aan" in sanne.get(address).text
    assert "Aan u aangeboden" in mehmet.get("/").text
    bell = mehmet.get("/berichten")
    assert "Kaart aan u aangeboden" in bell.text
    assert bell.links(f"{kaart}/overdracht")
    card = mehmet.get(address)
    assert "Aan u aangeboden door Sanne Bakker, CJG Halderberge" in card.text
    assert "Bel eerst met oma." in card.text
    page = mehmet.get(card.links("/overdracht")[0])
    accepting = page.all("//form[contains(@action, '/aannemen')]")[0].get("action")
    done = mehmet.follow(mehmet.post(str(accepting), {"_csrf": token(page)}))
    assert "U bent nu dossierhouder" in done.text
    assert holders(desk, kaart) == ["account:mehmet"]
    assert "Aan u aangeboden" not in mehmet.get("/").text
    sanne.get(address, 404)
    assert f"Mehmet Kaya, Veilig Thuis nam kaart {kaart[:8]} van u over" in sanne.get("/").text


def test_what_was_typed_stays_when_it_is_refused(sanne: Gateway, desk: Desk, kaart: str) -> None:
    form = sanne.get(f"/kaarten/{kaart}/overdracht")
    wrong = {**TYPED, "aan": "", "verteld": "nee", "lezen": "morgen"}
    page = sanne.send(form, wrong, 422)
    for name in ("aan", "waarom", "lezen"):
        assert page.error_at(name)
    assert {key: page.values()[key].strip() for key in ("tekst", "grondslag", "verteld", "lezen")} == {
        key: wrong[key] for key in ("tekst", "grondslag", "verteld", "lezen")
    }
    assert says(desk, kaart)[0] == "actief"


def test_what_is_missing_leads_to_where_it_is_mended_and_holds_up_the_offer(sanne: Gateway, desk: Desk) -> None:
    kaart = card_to_hand(desk, new_card())
    form = sanne.get(f"/kaarten/{kaart}/overdracht")
    assert form.links("/kaart#veld-volgendeEvaluatie")
    page = sanne.send(form, TYPED, 422)
    assert "Eerst is hieronder nog iets nodig" in page.text
    assert page.values()["tekst"].strip() == TYPED["tekst"]
    assert says(desk, kaart)[0] == "actief"


def test_what_is_to_be_looked_at_once_more_is_listed_and_holds_up_nothing(sanne: Gateway, kaart: str) -> None:
    page = sanne.get(f"/kaarten/{kaart}/overdracht")
    assert page.texts("//summary[contains(., 'Voorwaarden die nog open staan')]")
    assert "Sanne Bakker" in page.texts("//details[contains(., 'Voorwaarden die nog')]//span[@class='by']")[0]
    assert page.texts("//summary[contains(., 'Afspraken zonder termijn')]")
    assert not page.texts("//summary[contains(., 'Afspraken zonder toezicht')]")
    assert "15 januari 2027" in page.text


def test_refusing_asks_why_keeps_what_was_typed_and_is_read_by_the_giver(
    sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    offer = offered(desk, kaart)
    address = f"/kaarten/{kaart}/overdracht"
    page = mehmet.post(f"{address}/{offer}/weigeren", {"_csrf": token(mehmet.get(address)), "_reden": " "}, 422)
    assert page.error_at("_reden")
    sent = mehmet.post(f"{address}/{offer}/weigeren", {"_csrf": token(page), "_reden": "Ons team is vol."})
    assert sent.location.endswith("/")
    assert "Overdracht geweigerd" in sanne.get("/berichten").text
    assert "Ons team is vol." in sanne.get(address).text
    mehmet.get(address, 404)


def test_withdrawing_asks_why_and_a_second_press_finds_it_closed(
    sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    offer = offered(desk, kaart)
    address = f"/kaarten/{kaart}/overdracht"
    form = sanne.get(address)
    page = sanne.follow(sanne.send(form, {"_reden": "Toch niet."}))
    assert "ingetrokken" in page.text
    assert f"trok de overdracht van kaart {kaart[:8]} in" in mehmet.get("/").text
    assert "Toch niet." not in mehmet.get("/").text
    late = sanne.post(f"{address}/{offer}/intrekken", {"_csrf": token(page), "_reden": "Nog eens."}, 403)
    assert "Dit aanbod is er niet meer" in late.text
    assert "Nog eens." in late.text


def test_others_who_read_the_card_see_that_it_is_offered_and_not_the_words(desk: Desk, kaart: str) -> None:
    share(desk, kaart, "account:els", "behandelaar")
    offer = offered(desk, kaart, informed=False, why="De ouders waren boos.")
    els = Gateway(create_app(desk, "x" * 32, demonstration=True).test_client()).become("els")
    page = els.get(f"/kaarten/{kaart}/overdracht")
    assert "Mehmet Kaya" in page.text
    assert "Bel eerst met oma." not in page.text
    assert "De ouders waren boos." not in page.text
    assert "Aan u aangeboden" not in els.get(f"/kaarten/{kaart}").text
    els.post(f"/kaarten/{kaart}/overdracht/{offer}/aannemen", {"_csrf": token(els.get("/account"))}, 403)


def test_the_giver_reads_how_much_the_receiver_will_not_see(desk: Desk, sanne: Gateway) -> None:
    card = whole_card()
    card["professionals"].append({"id": "w-2", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"})
    card["netwerk"].append({"id": "n-9", "naam": "Buurvrouw", "afgeschermdVoor": ["w-2"], "redenAfscherming": "x"})
    kaart = card_to_hand(desk, card)
    assert "hoeveel onderdelen de ontvanger niet ziet" in sanne.get(f"/kaarten/{kaart}/overdracht").text
    offered(desk, kaart)
    assert "De ontvanger ziet 1 onderdeel van de kaart niet" in sanne.get(f"/kaarten/{kaart}/overdracht").text


def test_a_card_in_another_state_says_so_and_sharing_leads_to_the_offer(desk: Desk, sanne: Gateway, kaart: str) -> None:
    concept = editing.create_card(desk, SANNE, whole_card(), "Begin")
    assert "nu niet aangeboden" in sanne.get(f"/kaarten/{concept}/overdracht").text
    assert not sanne.get(f"/kaarten/{concept}").links("/overdracht")
    offered(desk, kaart)
    page = sanne.get(f"/kaarten/{kaart}/delen")
    assert page.links("/overdracht")
    assert "dossierhouder" not in [
        one.get("value") for one in sanne.get(f"/kaarten/{kaart}/delen/_nieuw").all("//input[@name='rol']")
    ]
