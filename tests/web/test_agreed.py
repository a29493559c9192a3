"""The page that says who agreed to which words, and the ways to it."""

from collections.abc import Callable
from typing import Any

import pytest

from app.services import editing
from app.services.desk import Desk
from app.storage.records import Stored
from tests.desks import MEHMET, SANNE, save_confirmed
from tests.web.gateway import Gateway

Now = Callable[[], Stored]
NOOR = {"id": "i-1", "persoon": "p-1", "antwoord": "ja", "datum": "2026-11-01"}
OMA = {"id": "i-2", "persoon": "n-1", "antwoord": "niet_gevraagd"}


@pytest.fixture
def change(desk: Desk, now: Now) -> Callable[..., None]:
    """Mehmet changes a-1."""

    def changed(**fields: Any) -> None:
        held = now()
        item = {**held.document["afspraken"][0], **fields}
        editing.save_item(desk, MEHMET, held.id, "afspraken", item, held.revision, "Gebeld met oma")

    return changed


def test_answers_stand_with_the_words_that_they_are_about(
    browser: Gateway, kaart: str, change: Callable[..., None]
) -> None:
    change(instemming=[NOOR, OMA])
    page = browser.get(f"{kaart}/afspraken/a-1/instemming")
    assert page.texts("//h2") == ["De woorden van nu"]
    assert not page.all("//del")
    assert page.texts("//li[@id='i-1']//li[contains(@class, 'mark')]") == ["Ja"]
    assert "Datum: 1 november 2026" in page.texts("//li[@id='i-1']")[0]
    assert "Nog niet gevraagd: Oma Riet." in page.text
    change(tekst="Vader belt tante als hij boos wordt.")
    page = browser.get(f"{kaart}/afspraken/a-1/instemming")
    headings = page.texts("//h2")
    assert headings[:2] == ["Opnieuw vragen: Noor", "De woorden van nu"]
    assert headings[2].startswith("De woorden van ")
    older = "//section[.//li[@id='i-1']]"
    assert page.texts(f"{older}//dl//del") == ["[weg: oma]"]
    assert page.texts(f"{older}//dl//ins") == ["[nieuw: tante]"]
    assert page.texts("//li[@id='i-1']//li[contains(@class, 'mark')]") == ["Zei eerder: Ja", "… Opnieuw vragen"]
    assert "Over deze woorden heeft nog niemand iets gezegd." in page.text
    (then,) = page.links("/revisies/")
    assert "Vader belt oma als hij boos wordt." in browser.get(then.partition("#")[0]).text


def test_each_answer_leads_to_its_words(browser: Gateway, kaart: str, change: Callable[..., None]) -> None:
    change(instemming=[NOOR, OMA])
    for start in ("", "/afspraken/a-1/herkomst"):
        assert set(browser.get(kaart + start).links("/instemming#")) == {f"{kaart}/afspraken/a-1/instemming#i-1"}
    assert browser.get(f"{kaart}/overleg/a-1").links("/instemming") == [f"{kaart}/afspraken/a-1/instemming"]
    assert not browser.get(f"{kaart}/overleg/a-2").links("/instemming")
    assert not browser.get(f"{kaart}/afspraken/a-2/herkomst").links("/instemming")


def test_the_bell_and_the_start_lead_to_who_is_to_be_asked_again(
    browser: Gateway, other: Gateway, kaart: str, change: Callable[..., None]
) -> None:
    change(instemming=[NOOR])
    change(tekst="Vader belt tante als hij boos wordt.")
    place = f"{kaart}/afspraken/a-1/instemming"
    assert "Opnieuw vragen: Vader belt tante als hij boos wordt." in browser.get("/berichten").text
    assert browser.get("/berichten").links("/instemming") == [place]
    assert not other.get("/berichten").links("/instemming")  # it was Mehmet himself
    for who in (browser, other):
        assert who.get("/").links("/instemming") == [place]
    assert "Antwoord opschrijven" in browser.get(place).texts("//a[@class='button button--main']")
    change(instemming=[{**NOOR, "antwoord": "nee"}])
    assert not browser.get("/berichten").links("/instemming")
    assert not browser.get("/").links("/instemming")


def test_a_shielded_afspraak_has_no_such_page(
    browser: Gateway, other: Gateway, desk: Desk, kaart: str, now: Now, change: Callable[..., None]
) -> None:
    change(instemming=[NOOR])
    document = now().document
    document["professionals"].append({"id": "w-2", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"})
    document["afspraken"][0] |= {"afgeschermdVoor": ["w-2"], "redenAfscherming": "Geheim."}
    save_confirmed(desk, SANNE, now().id, document, "Geheim")
    browser.get(f"{kaart}/afspraken/a-1/instemming")
    other.get(f"{kaart}/afspraken/a-1/instemming", 404)


@pytest.mark.parametrize("address", ["afspraken/a-99", "niets/a-1", "personen/p-1", "kaart/a-1"])
def test_what_nobody_agrees_to_is_not_found(browser: Gateway, kaart: str, address: str) -> None:
    browser.get(f"{kaart}/{address}/instemming", 404)
