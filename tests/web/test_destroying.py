"""Vernietigen in the browser: what goes, the ground, the second person and the word."""

from pathlib import Path

import pytest
from flask import Flask

from app.services import editing
from app.services.cataloguing import catch_up
from app.services.desk import Desk
from app.web import create_app
from tests.desks import SANNE, new_card, open_test_desk, peopled, share
from tests.services.test_saving import activated
from tests.web.gateway import HERE, Gateway

WHY = "Deze kaart staat er twee keer."


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = peopled(open_test_desk(tmp_path, alone=True))
    catch_up(desk)
    return desk


@pytest.fixture
def app(desk: Desk) -> Flask:
    return create_app(desk, "x" * 32, demonstration=True)


@pytest.fixture
def sanne(app: Flask) -> Gateway:
    return Gateway(app.test_client()).become("sanne")


@pytest.fixture
def mehmet(app: Flask) -> Gateway:
    return Gateway(app.test_client()).become("mehmet")


@pytest.fixture
def kaart(desk: Desk) -> str:
    """The address of a concept of Sanne, on which Mehmet works too."""
    identity = editing.create_card(desk, SANNE, new_card(), "Begin")
    share(desk, identity, "account:mehmet", "behandelaar")
    return f"/kaarten/{identity}"


def test_a_card_is_destroyed_by_two_people(sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str) -> None:
    assert not mehmet.get(kaart).links("/vernietigen")
    page = sanne.get(sanne.get(kaart).links("/vernietigen")[0])
    assert "artikel 7.3.8 Jeugdwet" in page.text
    assert "tot 23 november 2046" in page.text
    assert page.all("//input[@name='grond']/@value") == ["verzoek", "onterecht"]
    asked = sanne.follow(sanne.send(page, {"grond": "onterecht", "_reden": WHY}))
    assert "Uw verzoek staat klaar." in asked.text
    form = mehmet.get(f"{kaart}/bevestigen")
    assert WHY in form.text
    assert "De kaart had er niet mogen zijn." in form.text
    assert "Zij is per ongeluk gemaakt" in form.text
    assert "(artikel 7.3.8 Jeugdwet) blijft deze kaart bewaard tot 23 november 2046." in form.text
    assert form.all("//button[@value='bevestigd' and contains(@class, 'button--danger')]")
    back = mehmet.send(form, {"woord": "vernietig", "tekst": "Dubbel, ja."}, 422, button=("besluit", "bevestigd"))
    (word,) = back.all("//*[@class='summary'][@autofocus]//a")
    assert word.text == "Typ het woord ‘vernietigen’. Zo gaat er geen kaart per ongeluk weg."
    assert back.all(f"//input[@id='{word.get('href')[1:]}']/@name") == ["woord"]
    assert (back.values()["woord"], back.values()["tekst"]) == ("vernietig", "Dubbel, ja.")
    done = mehmet.follow(mehmet.send(back, {"woord": "vernietigen"}, button=("besluit", "bevestigd")))
    assert "De kaart is vernietigd." in done.text
    mehmet.get(kaart, 404)
    sanne.get(kaart, 404)
    assert not sanne.get("/kaarten").links(kaart)
    assert not desk.kaarten.exists(kaart.rpartition("/")[2])


def test_what_one_typed_comes_back_where_something_is_missing(sanne: Gateway, kaart: str) -> None:
    page = sanne.get(f"{kaart}/vernietigen")
    nothing = sanne.send(page, {}, 422)
    assert nothing.all("//*[@class='summary'][@autofocus]//a/@href") == ["#veld-grond", "#veld-_reden"]
    back = sanne.send(page, {"_reden": WHY}, 422)
    assert "Kies waarom de kaart weg mag." in back.text
    assert back.values()["_reden"] == WHY
    back = sanne.send(back, {"_reden": " ", "grond": "verzoek"}, 422)
    assert "Schrijf op waarom." in back.text
    assert back.values()["grond"] == "verzoek"


def test_a_card_that_is_worked_with_says_what_to_do_first(sanne: Gateway, desk: Desk, kaart: str) -> None:
    form = sanne.get(f"{kaart}/vernietigen")
    activated(desk, kaart.rpartition("/")[2])
    assert not sanne.get(kaart).links("/vernietigen")
    refused = sanne.send(form, {"grond": "onterecht", "_reden": WHY}, 409)
    assert "terwijl u dit las" in refused.text
    assert WHY in refused.text
    assert "sluit haar eerst af" in sanne.get(f"{kaart}/vernietigen").text


def test_the_same_person_never_confirms_it(sanne: Gateway, desk: Desk, kaart: str) -> None:
    page = sanne.follow(sanne.send(sanne.get(f"{kaart}/vernietigen"), {"grond": "onterecht", "_reden": WHY}))
    (said,) = page.all("//input[@name='verzoek']/@value")
    answer = {**page.values(), "verzoek": said, "besluit": "bevestigd", "woord": "vernietigen"}
    assert "U vroeg dit zelf." in sanne.post(f"{kaart}/bevestigen", answer, 409, HERE).text
    assert "heeft dit al gevraagd" in sanne.get(f"{kaart}/vernietigen").text
    assert desk.kaarten.exists(kaart.rpartition("/")[2])
