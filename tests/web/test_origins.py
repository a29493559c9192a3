"""The page that says where an item comes from, and putting it back."""

from collections.abc import Callable

import pytest

from app.services import editing
from app.services.desk import Desk
from app.storage.records import Stored
from tests.desks import MEHMET
from tests.web.gateway import Gateway

Now = Callable[[], Stored]


def test_each_field_says_who_set_it_and_why(browser: Gateway, other: Gateway, kaart: str) -> None:
    other.send(other.get(f"{kaart}/afspraken/a-2"), {"termijn": "2026-12-15", "_reden": "Oma is op vakantie."})
    page = browser.get(f"{kaart}/afspraken/a-2/herkomst")
    told = dict(zip(page.texts("//dl[@class='origins']//dt"), page.texts("//dd[@class='origins__by']"), strict=True))
    assert "Mehmet Kaya, Veilig Thuis" in told["Uiterlijk"]
    assert "Oma is op vakantie." in told["Uiterlijk"]
    assert "Sanne Bakker" in told["Wat is de afspraak?"]
    assert "15 december 2026" in page.texts("//dd[@class='origins__value']")
    assert len(page.all("//ol/li")) >= 2
    assert browser.get(page.links("/vergelijken?van")[0]).texts("//article//ins")


def test_the_head_of_the_card_has_an_origin(browser: Gateway, kaart: str) -> None:
    assert "Gezin Van Dale" in browser.get(f"{kaart}/kaart/_herkomst").texts("//dd[@class='origins__value']")


@pytest.mark.parametrize(
    "address",
    [
        "afspraken/a-99/herkomst",
        "niets/a-1/herkomst",
        "personen/a-1/herkomst",
        "kaart/a-1/herkomst",
        "afspraken/_herkomst",
        "afspraken/a-1/terugzetten",
        "afspraken/a-1/terugzetten?versie=--help",
        "afspraken/a-1/terugzetten?versie=" + "0" * 40,
        "afspraken/a-99/terugzetten?versie={revision}",
        "afspraken/_terugzetten?versie={revision}",
    ],
)
def test_what_never_was_is_not_found(browser: Gateway, kaart: str, now: Now, address: str) -> None:
    browser.get(f"{kaart}/{address.format(revision=now().revision)}", 404)


def test_an_item_is_put_back_after_a_look(browser: Gateway, other: Gateway, kaart: str, now: Now) -> None:
    before = now()
    other.send(other.get(f"{kaart}/afspraken/a-1"), {"tekst": "<b>Vader</b> belt tante.", "_reden": "Zo is het."})
    (link,) = set(browser.get(f"{kaart}/afspraken/a-1/herkomst").links("/terugzetten"))
    ask = browser.get(link)
    assert "[weg: <b>]" in ask.texts("//article//del")
    done = browser.send(ask, {"_reden": "Toch oma."})
    assert done.location.endswith(f"{kaart}#a-1")
    assert now().document == before.document
    again = browser.get(f"{kaart}/afspraken/a-1/terugzetten?versie={now().revision}")
    assert "Er is niets terug te zetten." in again.text


def test_a_removed_item_says_who_removed_it_and_returns(browser: Gateway, desk: Desk, kaart: str, now: Now) -> None:
    before = now()
    editing.remove_item(desk, MEHMET, before.id, "afspraken", "a-1", before.revision, "Werkte niet.")
    page = browser.get(f"{kaart}/afspraken/a-1/herkomst")
    assert "Dit staat niet meer op de kaart" in page.text
    assert "Werkte niet." in page.texts("//div[@class='notice']")[0]
    browser.send(browser.get(page.links("/terugzetten")[0]), {"_reden": "Toch wel."})
    assert now().document == before.document


def test_what_must_be_put_back_first_is_one_link_away(browser: Gateway, desk: Desk, kaart: str, now: Now) -> None:
    before = now()
    for place in (("afspraken", "a-2"), ("netwerk", "n-1")):
        editing.remove_item(desk, MEHMET, before.id, *place, now().revision, "Weg.")
    page = browser.get(f"{kaart}/afspraken/a-2/terugzetten?versie={before.revision}")
    assert page.texts("//h1") == ["Terugzetten kan nu niet"]
    (first,) = page.links("/netwerk/n-1/terugzetten")
    browser.send(browser.get(first))
    browser.send(browser.get(f"{kaart}/afspraken/a-2/terugzetten?versie={before.revision}"))
    assert now().document == before.document


def test_somebody_who_comes_between_is_seen_first(browser: Gateway, other: Gateway, kaart: str, now: Now) -> None:
    before = now()
    other.send(other.get(f"{kaart}/afspraken/a-1"), {"frequentie": "Elke avond"})
    ask = browser.get(f"{kaart}/afspraken/a-1/terugzetten?versie={before.revision}")
    other.send(other.get(f"{kaart}/afspraken/a-1"), {"frequentie": "Elke week", "_reden": "Minder."})
    again = browser.send(ask, {"_reden": "Mijn reden."}, 409)
    assert "Minder." in again.texts("//ul[@class='saves']")[0]
    assert again.values()["_reden"] == "Mijn reden."
    browser.send(again)
    assert now().document == before.document


def test_a_reason_that_is_too_long_is_told_beside_it(browser: Gateway, other: Gateway, kaart: str, now: Now) -> None:
    before = now()
    other.send(other.get(f"{kaart}/afspraken/a-1"), {"frequentie": "Elke avond"})
    ask = browser.get(f"{kaart}/afspraken/a-1/terugzetten?versie={before.revision}")
    again = browser.send(ask, {"_reden": "x" * 5_001}, 422)
    assert "Maak de reden korter" in again.text
    assert len(again.values()["_reden"]) == 5_001
