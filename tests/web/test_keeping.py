"""Langer bewaren in the browser: setting and lifting an exception, and of which cards the term is over."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from app.services import editing, keeping
from app.services.desk import ZONE, Desk
from app.storage.accounts import Account
from app.web import create_app
from app.web.pages.keeping import PER_PAGE
from tests.desks import MEHMET, SANNE, at, new_card, open_test_desk, peopled, share
from tests.web.gateway import Gateway

WHY = "Er loopt een klacht bij het Kwaliteitsregister."
LATER = datetime(2046, 11, 1, 9, 0, tzinfo=ZONE)
"""The cards of a test were changed on 23 November 2026: their term is over in three weeks."""
OVER = datetime(2046, 12, 1, 9, 0, tzinfo=ZONE)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path, alone=True))


@pytest.fixture
def kaart(desk: Desk) -> str:
    kaart = editing.create_card(desk, SANNE, new_card(), "Begin")
    share(desk, kaart, "account:mehmet", "behandelaar")
    return kaart


def opened(desk: Desk, person: str = "sanne", moment: datetime | None = None) -> Gateway:
    return Gateway(site(at(desk, moment) if moment else desk).test_client()).become(person)


def site(desk: Desk) -> Flask:
    return create_app(desk, "x" * 32, demonstration=True)


def test_a_card_is_kept_longer_and_that_is_lifted(desk: Desk, kaart: str) -> None:
    sanne, mehmet = opened(desk), opened(desk, "mehmet")
    address = f"/kaarten/{kaart}/bewaren"
    assert sanne.get(f"/kaarten/{kaart}").links(address)
    assert not mehmet.get(f"/kaarten/{kaart}").links(address)
    mehmet.get(address, 403)
    page = sanne.get(sanne.get(f"/kaarten/{kaart}/vernietigen").links("/bewaren")[0])
    assert "Voor deze kaart is dat tot 23 november 2046." in page.text
    done = sanne.follow(sanne.send(page, {"uitzondering": "procedure", "tot": "2027-03-01", "_reden": WHY}))
    assert "De kaart blijft langer." in done.text
    assert WHY in done.text
    (keep,) = keeping.keeps_of(desk, SANNE, kaart)
    assert (keep.exception, keep.until, keep.reason) == ("procedure", "2027-03-01", WHY)
    assert WHY in sanne.get(f"/kaarten/{kaart}/vernietigen").text

    asked = sanne.get(done.links("/opheffen")[0])
    back = sanne.send(asked, {"_reden": " "}, 422, button=None)
    assert "Schrijf op waarom." in back.text
    gone = sanne.follow(sanne.send(back, {"_reden": "De klacht is behandeld."}))
    assert "De uitzondering is opgeheven." in gone.text
    assert keeping.keeps_of(desk, SANNE, kaart) == ()
    late = sanne.send(asked, {"_reden": "Nog eens"}, 409)
    assert "al opgeheven" in late.text


def test_what_one_typed_comes_back_and_each_fault_leads_to_its_field(desk: Desk, kaart: str) -> None:
    sanne = opened(desk)
    page = sanne.get(f"/kaarten/{kaart}/bewaren")
    nothing = sanne.send(page, {}, 422)
    wanted = ["#veld-uitzondering", "#veld-tot", "#veld-_reden"]
    assert nothing.all("//*[@class='summary'][@autofocus]//a/@href") == wanted
    assert all(nothing.all(f"//*[@id='{one[1:]}']") for one in wanted)
    back = sanne.send(page, {"uitzondering": "zorg", "tot": "volgend jaar", "_reden": WHY}, 422)
    assert "Schrijf de dag als 2027-03-01." in back.text
    assert back.values()["uitzondering"] == "zorg"
    assert back.values()["tot"] == "volgend jaar"
    assert back.values()["_reden"] == WHY
    assert keeping.keeps_of(desk, SANNE, kaart) == ()


def test_what_is_due_is_on_a_page_and_the_start_of_who_may_destroy_it(desk: Desk, kaart: str) -> None:
    sanne = opened(desk)
    assert "Van geen van uw kaarten" in sanne.get(sanne.get("/kaarten").links("/bewaartermijn")[0]).text
    assert not sanne.get("/").links("/bewaartermijn")
    soon = opened(desk, moment=LATER)
    assert "Van een kaart is de bewaartermijn voorbij, of bijna." in soon.get("/").text
    told = soon.get(soon.get("/").links("/bewaartermijn")[0])
    assert "Binnenkort voorbij" in told.text
    assert "23 november 2046" in told.text
    assert told.links(f"{kaart}/vernietigen")
    assert told.links(f"{kaart}/bewaren")
    for gateway in (opened(desk, "mehmet", LATER), opened(desk, "mehmet", OVER)):
        assert kaart not in gateway.get("/bewaartermijn").text
        assert not gateway.get("/").links("/bewaartermijn")
    assert "Termijn voorbij" in opened(desk, moment=OVER).get("/bewaartermijn").text
    keeping.keep_longer(at(desk, OVER), SANNE, kaart, "verzoek", "", "Mevrouw vraagt het")
    kept = opened(desk, moment=OVER)
    assert "Blijft langer" in kept.get("/bewaartermijn").text
    assert not kept.get("/").links("/bewaartermijn")


def test_a_long_list_comes_in_pages(desk: Desk) -> None:
    made = {editing.create_card(desk, SANNE, new_card(), "Begin") for _ in range(PER_PAGE + 2)}
    later = opened(desk, moment=OVER)
    first, second = later.get("/bewaartermijn"), later.get("/bewaartermijn?pagina=2")
    assert f"1 tot en met {PER_PAGE} van {PER_PAGE + 2} kaarten" in first.text
    found = [{one for one in made if page.links(f"{one}/bewaren")} for page in (first, second)]
    assert [len(one) for one in found] == [PER_PAGE, 2]
    assert set.union(*found) == made
    assert "Op deze pagina staat niets meer." in later.get("/bewaartermijn?pagina=3").text


def test_who_looks_after_the_installation_reads_numbers_and_no_word(desk: Desk, kaart: str) -> None:
    theirs = editing.create_card(desk, MEHMET, new_card(), "Van een ander")
    for name, organisation in (("bea", "cjg"), ("vera", "vt")):
        desk.accounts.put(
            accounts=[Account(name, name, f"{name}@elders.example", organisation, role="beheerder", demonstration=True)]
        )
    bea = opened(desk, "bea", LATER)
    page = bea.get(bea.get("/beheer/organisaties").links("/beheer/bewaartermijn")[0])
    assert all(one in page.text for one in (kaart, theirs))
    assert "23 november 2046" in page.text
    assert not page.links("/kaarten/")
    assert "Van Dale" not in page.text
    assert "Van Dale" in opened(desk, moment=LATER).get("/bewaartermijn").text
    vera = opened(desk, "vera", LATER)
    assert kaart not in vera.get("/beheer/bewaartermijn", 403).text
    assert not vera.get("/beheer/organisaties").links("/beheer/bewaartermijn")
    bea.get("/bewaartermijn", 403)
