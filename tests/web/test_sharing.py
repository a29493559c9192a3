"""Delen and noodtoegang in the browser."""

from pathlib import Path

import pytest

from app.services import editing, reading, sharing
from app.services.desk import Desk
from app.services.offering import Offer
from app.web import create_app
from tests.desks import SANNE, held_too, new_card, open_test_desk, peopled
from tests.web.gateway import Gateway


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path, alone=True))


@pytest.fixture
def address(desk: Desk) -> str:
    """The address of a card of Sanne alone, where Mehmet stands on under another name."""
    card = new_card()
    card["professionals"].append({"id": "w-2", "naam": "M. Kaya", "organisatie": "Veilig Thuis"})
    return "/kaarten/" + editing.create_card(desk, SANNE, card, "Begin")


@pytest.fixture
def sanne(desk: Desk) -> Gateway:
    return Gateway(create_app(desk, "x" * 32, demonstration=True).test_client()).become("sanne")


@pytest.fixture
def mehmet(desk: Desk) -> Gateway:
    return Gateway(create_app(desk, "x" * 32, demonstration=True).test_client()).become("mehmet")


GIVEN = {"aan": "account:mehmet", "rol": "meelezer", "_reden": "Kijkt mee."}


def test_a_card_is_shared_and_the_other_finds_it_on_the_list(sanne: Gateway, mehmet: Gateway, address: str) -> None:
    assert "U hebt nog geen rol op een kaart." in mehmet.get("/kaarten").text
    mehmet.get(address, 404)
    form = sanne.get(sanne.get(sanne.get(address).links("/delen")[0]).links("/_nieuw")[0])
    page = sanne.follow(sanne.send(form, GIVEN))
    assert page.texts("//section[@aria-labelledby='_nu']//b") == ["Sanne Bakker", "Mehmet Kaya"]
    assert "Kijkt mee." in page.text
    assert "Gezin Van Dale" in mehmet.get("/kaarten").text
    mehmet.get(address)


def test_the_form_comes_back_as_it_was_typed_with_what_is_wrong_at_its_field(sanne: Gateway, address: str) -> None:
    form = sanne.get(f"{address}/delen/_nieuw")
    typed = {"aan": "account:mehmet", "vanaf": "morgen", "tot": "2020-01-01", "_reden": "Kijkt mee."}
    page = sanne.send(form, typed, 422)
    assert page.error_at("vanaf").endswith("Dit is geen dag. Schrijf bijvoorbeeld 2026-12-01.")
    assert page.values()["vanaf"] == "morgen"
    page = sanne.send(page, {"vanaf": ""}, 422)
    assert page.error_at("rol").endswith("Kies een rol.")
    assert "Kies een dag vanaf vandaag" in page.error_at("tot")
    values = page.values()
    assert (values["aan"], values["tot"], values["_reden"].strip()) == ("account:mehmet", "2020-01-01", "Kijkt mee.")
    sanne.send(page, {"rol": "meelezer", "tot": ""})


def test_a_role_is_changed_and_withdrawn(sanne: Gateway, mehmet: Gateway, desk: Desk, address: str) -> None:
    kaart = address.rpartition("/")[2]
    grant = sharing.give(desk, SANNE, kaart, Offer("account:mehmet", "meelezer", reason="Kijkt mee."))
    form = sanne.get(f"{address}/delen/{grant.id}")
    assert (form.values()["rol"], form.values()["_reden"].strip()) == ("meelezer", "Kijkt mee.")
    page = sanne.follow(sanne.send(form, {"rol": "behandelaar", "professional": "w-2", "_reden": "Werkt nu mee."}))
    assert "Op de kaart: M. Kaya, Veilig Thuis" in page.texts("//li//p")
    assert mehmet.get(f"{address}/afspraken/a-1")
    page = sanne.follow(sanne.send(sanne.get(f"{address}/delen/{grant.id}/intrekken"), {"_reden": "Werkt elders."}))
    assert page.texts("//section[@aria-labelledby='_nu']//b") == ["Sanne Bakker"]
    assert "Rol ingetrokken: behandelaar – Mehmet Kaya" in page.text
    assert "Werkt elders." in page.text
    mehmet.get(address, 404)


def test_the_last_dossierhouder_cannot_go_and_is_told_why(sanne: Gateway, desk: Desk, address: str) -> None:
    (grant,) = desk.access(address.rpartition("/")[2]).grants
    page = sanne.send(sanne.get(f"{address}/delen/{grant.id}/intrekken"), {"_reden": "Ik stop."}, 422)
    assert page.values()["_reden"].strip() == "Ik stop."
    assert "Deze kaart moet altijd een dossierhouder hebben" in page.texts("//*[@role='alert']")[0]
    sanne.get(address)


def test_who_withdraws_ones_own_role_ends_at_the_start(sanne: Gateway, desk: Desk, address: str) -> None:
    kaart = address.rpartition("/")[2]
    (own,) = desk.access(kaart).grants
    held_too(desk, kaart)
    sent = sanne.send(sanne.get(f"{address}/delen/{own.id}/intrekken"))
    assert sent.location.endswith("/")
    sanne.get(address, 404)


def test_who_may_only_read_sees_who_else_does_and_no_form(mehmet: Gateway, desk: Desk, address: str) -> None:
    kaart = address.rpartition("/")[2]
    grant = sharing.give(desk, SANNE, kaart, Offer("account:mehmet", "meelezer", reason="Kijkt mee."))
    page = mehmet.get(f"{address}/delen")
    assert page.texts("//section[@aria-labelledby='_nu']//b") == ["Sanne Bakker", "Mehmet Kaya"]
    assert "Vraag het de dossierhouder." in page.text
    assert not page.links("/delen/")
    mehmet.get(f"{address}/delen/_nieuw", 403)
    mehmet.get(f"{address}/delen/{grant.id}", 403)
    token = page.all("//input[@name='_csrf']")[0].get("value")
    mehmet.post(f"{address}/delen/_nieuw", {"_csrf": token, **GIVEN}, 403)
    mehmet.post(f"{address}/delen/{grant.id}/intrekken", {"_csrf": token}, 403)


def test_for_who_has_no_role_there_is_no_page(mehmet: Gateway, address: str) -> None:
    token = mehmet.get("/kaarten").all("//input[@name='_csrf']")[0].get("value")
    for page in ("/delen", "/delen/_nieuw", "/delen/r-1"):
        mehmet.get(address + page, 404)
    for page in ("/delen/_nieuw", "/delen/r-1", "/delen/r-1/intrekken", "/delen/r-1/gezien"):
        mehmet.post(address + page, {"_csrf": token, **GIVEN}, 404)


def test_the_card_says_when_something_is_shielded_from_who_cannot_be_recognised(
    sanne: Gateway, desk: Desk, address: str
) -> None:
    kaart = address.rpartition("/")[2]
    stored = reading.read_card(desk, SANNE, kaart)
    shielded = {**stored.document["onveilig"][0], "afgeschermdVoor": ["w-2"]}
    editing.save_item(desk, SANNE, kaart, "onveilig", shielded, stored.revision, "Afgeschermd")
    assert "Hier is iets afgeschermd voor M. Kaya, Veilig Thuis." in sanne.get(address).text
    sharing.give(desk, SANNE, kaart, Offer("account:mehmet", "meelezer", reason="Kijkt mee."))
    assert "Hier is iets afgeschermd" not in sanne.get(address).text


WHY = "De politie staat nu voor de deur."


def test_in_an_emergency_the_card_is_read_at_once_and_the_dossierhouder_is_told(
    sanne: Gateway, mehmet: Gateway, address: str
) -> None:
    form = mehmet.get(mehmet.get("/kaarten").links("/noodtoegang")[0])
    page = mehmet.follow(mehmet.send(form, {"nummer": address.rpartition("/")[2], "_reden": WHY}))
    assert "U leest deze kaart met noodtoegang, tot" in page.text
    assert not page.links("/afspraken/_nieuw")
    start = sanne.get("/")
    assert start.texts("//section[@aria-labelledby='_noodtoegang']//h2") == ["Noodtoegang tot uw kaarten 1"]
    assert WHY in start.text
    page = sanne.get(address)
    assert "Iemand nam noodtoegang tot deze kaart Mehmet Kaya, Veilig Thuis, vandaag" in page.text
    token = page.all("//form//input[@name='_csrf']")[0].get("value")
    (seen,) = page.all("//form[contains(@action, '/gezien')]/@action")
    page = sanne.follow(sanne.post(seen, {"_csrf": token}))
    assert "Iemand nam noodtoegang" not in page.text
    assert "Noodtoegang tot uw kaarten" not in sanne.get("/").text
    assert "Rol gezien: noodtoegang – Mehmet Kaya" in sanne.get(f"{address}/delen").text
    assert "U leest deze kaart met noodtoegang, tot" in mehmet.get(address).text


def test_what_is_missing_for_an_emergency_is_told_at_its_field_and_what_was_typed_stays(mehmet: Gateway) -> None:
    page = mehmet.send(mehmet.get("/noodtoegang"), {"naam": "Noor"}, 422)
    assert "Er is nog niets gezocht." in page.text
    assert "Schrijf op waarom" in page.error_at("_reden")
    assert "Geboortedatum" in page.error_at("geboortedatum")
    assert page.values()["naam"] == "Noor"


def test_a_card_that_is_not_found_has_one_answer_and_too_many_tries_have_another(mehmet: Gateway, address: str) -> None:
    page = mehmet.get("/noodtoegang")
    for number in ("12", "6b6f0c1e-51a5-4f0e-9d3e-0c8f7a1b2c3e", "x", "y", "z"):
        page = mehmet.send(page, {"nummer": number, "_reden": WHY}, 422)
        assert page.texts("//*[@role='alert']//h2") == [
            "Geen kaart gevonden. Kijk na of alles precies klopt, of bel de organisatie die bij het gezin werkt."
        ]
    page = mehmet.send(page, {"nummer": address.rpartition("/")[2]}, 429)
    assert "U probeerde dit te vaak." in page.text
    mehmet.get(address, 404)
