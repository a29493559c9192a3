"""The start: what needs the person at the page, and nothing else."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.content.overleg import ASKED, JUDGEMENT, QUESTION
from app.services import drafting, editing, reading, starting
from app.services.desk import Desk
from app.services.drafting import Sheet
from app.services.seeing import looked
from app.web import create_app
from tests.desks import MEHMET, SANNE, at, new_card, open_test_desk, peopled, share
from tests.services.test_overleg import tell
from tests.web.gateway import Gateway

MEHMETS = {"id": "w-2", "naam": MEHMET.name, "organisatie": MEHMET.organisation}


def shared(desk: Desk, **sections: object) -> str:
    """A card of both."""
    team = [*new_card()["professionals"], MEHMETS]
    return editing.create_card(desk, SANNE, new_card(**{"professionals": team, **sections}), "Begin")


def test_each_thing_due_leads_to_its_place_and_says_how_long_it_is_over_time(browser: Gateway, kaart: str) -> None:
    page = browser.get("/")
    assert page.texts("//main//h2") == ["Afspraak lang niet nagegaan 2"]
    assert page.links(f"{kaart}#") == [f"{kaart}#a-1", f"{kaart}#a-2"]
    first = page.texts("//li[@class='todo']")[0]
    assert first.startswith("Gezin Van Dale Vader belt oma als hij boos wordt.")
    assert first.endswith("ruim 6 maanden over tijd Op uw naam")


@pytest.fixture
def alone(tmp_path: Path) -> Desk:
    """A desk on which a card is of who makes it, and read by everybody at Veilig Thuis."""
    return peopled(open_test_desk(tmp_path / "alone", alone=True))


def test_a_person_on_no_card_is_told_so_kindly_and_shown_the_way(alone: Desk) -> None:
    kaart = "/kaarten/" + shared(alone)
    page = Gateway(create_app(alone, "x" * 32, demonstration=True).test_client()).become("mehmet").get("/")
    assert "U hebt nog geen rol op een kaart" in page.text
    assert "/kaarten" in page.links()
    assert not page.links(kaart)


def test_what_is_on_ones_own_name_comes_first(other: Gateway, desk: Desk) -> None:
    older, newer = new_card()["afspraken"]
    items = [{**older, "start": "2025-01-01"}, {**newer, "toezichtDoor": ["w-2"]}]
    shared(desk, afspraken=items)
    rows = other.get("/").texts("//li[@class='todo']")
    assert rows[0].endswith("Op uw naam")
    assert rows[1].endswith("Op naam van Sanne Bakker, CJG Halderberge")


@pytest.mark.parametrize(
    ("days", "said"),
    [(-1, "1 dag over tijd"), (-40, "40 dagen over tijd"), (0, "vandaag"), (1, "morgen"), (7, "over 7 dagen"), (8, "")],
)
def test_an_evaluation_is_told_from_a_week_before(browser: Gateway, desk: Desk, days: int, said: str) -> None:
    day = (desk.clock() + timedelta(days)).date().isoformat()
    kaart = shared(desk, kaart={**new_card()["kaart"], "volgendeEvaluatie": day}, afspraken=[])
    page = browser.get("/")
    assert page.texts("//strong[contains(@class, 'todo__when')]") == ([said] if said else [])
    assert bool(page.links(f"/kaarten/{kaart}#kaart")) == bool(said)


def test_an_afspraak_is_over_time_only_once_its_day_is_over(browser: Gateway, desk: Desk) -> None:
    today = desk.clock().date()
    one = {**new_card()["afspraken"][0], "start": today.isoformat()}
    ends = [("a-1", today), ("a-2", today - timedelta(1))]
    shared(desk, afspraken=[{**one, "id": key, "termijn": day.isoformat()} for key, day in ends])
    page = browser.get("/")
    assert page.texts("//main//h2")[0] == "Afspraak over tijd 1"
    assert [link.partition("#")[2] for link in page.links("#a-")] == ["a-2"]


def test_of_very_much_the_most_urgent_is_shown_and_the_way_to_the_rest(browser: Gateway, desk: Desk) -> None:
    one = new_card()["afspraken"][0]
    items = [{**one, "id": f"a-{number}", "start": f"2026-01-{number + 1:02}"} for number in range(20)]
    for _card in range(3):
        shared(desk, afspraken=items)
    page = browser.get("/")
    assert page.texts("//main//h2") == ["Afspraak lang niet nagegaan 60"]
    assert [link.partition("#")[2] for link in page.links("#a-")] == ["a-0", "a-0", "a-0", "a-1", "a-1"]
    assert "En nog 55 – bekijk alle" in page.text
    rest = browser.get(page.links("aandacht=toetsing")[0])
    assert len(rest.all("//ul[@class='cards']/li")) == 3


def test_a_professional_who_left_is_not_asked_any_more(alone: Desk) -> None:
    kaart_id = shared(alone, professionals=[*new_card()["professionals"], {**MEHMETS, "tot": "2026-11-22"}])
    share(alone, kaart_id, "organisation:vt")
    other = Gateway(create_app(alone, "x" * 32, demonstration=True).test_client()).become("mehmet")
    assert other.get("/kaarten").links(f"/kaarten/{kaart_id}")
    assert "U hebt nog geen rol op een kaart" in other.get("/").text


def test_a_card_that_another_changed_leads_to_what_changed_since_one_was_there(
    browser: Gateway, other: Gateway, desk: Desk
) -> None:
    kaart = shared(desk, afspraken=[])
    assert "Gewijzigd door een ander" not in browser.get("/").text, "one's own work is no news"
    assert "U bekeek deze kaart nog niet" in other.get("/").text
    before = reading.read_card(desk, MEHMET, kaart)
    looked(desk, MEHMET, before)
    assert "Gewijzigd door een ander" not in other.get("/").text
    item = {**before.document["netwerk"][0], "taak": "Belt elke avond"}
    after = editing.save_item(desk, SANNE, kaart, "netwerk", item, before.revision, "")
    page = other.get("/")
    assert page.links(f"/kaarten/{kaart}/vergelijken?van={before.revision}")
    assert "Sanne Bakker, CJG Halderberge, vandaag" in page.text
    looked(desk, MEHMET, replace(before, revision=after.revision))
    assert "Gewijzigd door een ander" not in other.get("/").text


def test_a_change_of_long_ago_is_no_news(desk: Desk) -> None:
    shared(desk, afspraken=[])
    assert len(starting.start(desk, MEHMET, 5).changed) == 1
    later = at(desk, desk.clock() + timedelta(31))
    assert starting.start(later, MEHMET, 5).changed == []


def test_a_draft_is_there_for_who_wrote_it(browser: Gateway, other: Gateway, desk: Desk) -> None:
    kaart = reading.read_card(desk, SANNE, shared(desk, afspraken=[]))
    drafting.keep(desk, SANNE, kaart, Sheet("klad1", "netwerk/n-1", kaart.revision, "Oma Riet", (("naam", "Oma"),)))
    page = browser.get("/")
    assert "Uw klad 1" in page.texts("//main//h2")
    assert page.links(f"/kaarten/{kaart.id}/netwerk/n-1?klad=klad1")
    assert "Uw klad" not in other.get("/").text


def test_the_search_of_the_start_leads_to_the_list(browser: Gateway, kaart: str) -> None:
    form = browser.get("/").form()
    assert (form.get("method"), form.get("action")) == ("get", "/kaarten")
    assert browser.get("/kaarten?zoek=oma").links(kaart)


def test_who_picks_a_name_on_the_start_stays_there(app: Flask) -> None:
    browser = Gateway(app.test_client()).become("sanne")
    token = browser.get("/").all("//input[@name='_csrf']/@value")[0]
    assert browser.post("/persoon", {"_csrf": token, "persoon": "mehmet", "verder": "/"}).location == "/"


def test_drafts_that_cannot_be_read_hide_nothing_else(browser: Gateway, kaart: str, tmp_path: Path) -> None:
    for file in (tmp_path / "var").glob("drafts.sqlite*"):
        file.unlink()
    (tmp_path / "var" / "drafts.sqlite").mkdir()
    page = browser.get("/")
    assert "Uw klad is nu niet te lezen." in page.text
    assert page.links(f"{kaart}#a-1")


def test_what_waits_for_an_answer_leads_to_where_it_is_given(browser: Gateway, desk: Desk, kaart: str) -> None:
    identity = kaart.rpartition("/")[2]
    for card in (identity, shared(desk)):
        for item in ("a-1", "a-2", "v-1"):
            tell(desk, MEHMET, card, JUDGEMENT, item, verdict=QUESTION, text="Wie belt er dan?")
    tell(desk, MEHMET, identity, ASKED, about=(), step="afsluiten", text="Klaar.")
    tell(desk, MEHMET, identity, ASKED, "a-1", step="afschermen", text="Geheim.", done=True)
    page = browser.get("/")
    assert page.texts("//main//h2")[0] == "Wacht op uw antwoord 7"
    rows = page.texts("//section[@aria-labelledby='_antwoord']//li[@class='todo']")
    assert len(rows) == 5
    assert rows[0].startswith("Gezin Van Dale Tweede persoon gevraagd: 2 keer Mehmet Kaya, Veilig Thuis")
    assert rows[1].startswith("Gezin Van Dale Vraag: Vader belt oma als hij boos wordt.")
    assert page.links("/bevestigen") == [f"{kaart}/bevestigen"]
    assert page.links(f"{kaart}/overleg/")[0] == f"{kaart}/overleg/a-1"
    assert "En nog 2 – bekijk alle" in page.text
