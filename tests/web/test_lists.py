"""The list of cards: what is found, in which words, by which filters and in which order."""

from pathlib import Path

import pytest

from app.services import editing
from app.services.desk import Desk
from app.web import create_app
from tests.desks import MEHMET, SANNE, close, new_card, open_test_desk, peopled, share
from tests.services.test_saving import activated
from tests.web.gateway import Gateway, Page

NAMES = "//ul[@class='cards']//h2"


def family(desk: Desk, name: str, **sections: object) -> str:
    head = {**new_card()["kaart"], "naam": name}
    return editing.create_card(desk, SANNE, new_card(**{"kaart": head, **sections}), "Begin")


def options(page: Page, key: str) -> list[str]:
    return page.texts(f"//select[@name='{key}']/option")


def test_the_list_says_how_many_there_are_and_in_which_state(browser: Gateway, kaart: str) -> None:
    page = browser.get("/kaarten")
    assert page.links(kaart)
    assert "1 kaart" in page.text
    assert "Concept" in page.text


def test_an_empty_store_says_so(browser: Gateway) -> None:
    page = browser.get("/kaarten")
    assert "U hebt nog geen rol op een kaart." in page.text
    assert page.links("/kaarten/") == ["/kaarten/_nieuw"]


def test_a_search_shows_the_word_in_its_text_and_its_section(browser: Gateway, kaart: str) -> None:
    page = browser.get("/kaarten?zoek=OMA")
    assert page.links(kaart)
    assert "oma" in [text.lower() for text in page.texts("//mark")]
    assert page.all("//input[@id='zoek']/@value") == ["OMA"]
    assert page.texts("//*[@class='cards__where']")[0] in ("Afspraken:", "Netwerk:")


def test_the_text_with_most_of_the_words_is_shown(browser: Gateway, kaart: str) -> None:
    page = browser.get("/kaarten?zoek=oma+woensdag")
    assert page.texts("//*[@class='cards__hit']") == ["Afspraken: Oma haalt Noor op woensdag uit school."]
    assert kaart


def test_a_long_text_is_cut_around_the_word(browser: Gateway, desk: Desk) -> None:
    text = f"{'begin ' * 60}zeppelin {'einde ' * 60}"
    family(desk, "Gezin Lang", onveilig=[{"id": "o-1", "tekst": text.strip(), "onveiligheid": "structureel"}])
    (hit,) = browser.get("/kaarten?zoek=zeppelin").texts("//*[@class='cards__hit']")
    assert "… begin" in hit
    assert "zeppelin einde" in hit
    assert hit.endswith("einde …")
    assert len(hit) < 260


@pytest.mark.usefixtures("kaart")
def test_a_search_without_a_hit_says_what_was_searched_and_what_does_find_something(browser: Gateway) -> None:
    page = browser.get("/kaarten?zoek=oma+zeppelin&gemeente=Halderberge&pagina=0")
    assert "Geen kaart gevonden met ‘oma zeppelin’ en uw filters." in page.text
    offers = page.texts("//*[@class='notice']//li")
    assert offers == ["Alleen ‘oma’ (1 kaart)", "Alleen uw filters, zonder woord (1 kaart)"]
    for link in page.links("zoek=oma&"):
        assert browser.get(link).all(NAMES)
    nothing = browser.get("/kaarten?zoek=zeppelin")
    assert "korter woord" in nothing.text
    assert "/kaarten" in nothing.links()


@pytest.mark.usefixtures("kaart")
def test_filters_come_from_the_schema_and_stay_in_the_address(browser: Gateway, desk: Desk) -> None:
    head = new_card()["kaart"]
    editing.create_card(desk, SANNE, new_card(kaart={**head, "gemeente": "Moerdijk", "naam": "Gezin Twee"}))
    page = browser.get("/kaarten?gemeente=Moerdijk")
    assert page.texts(NAMES) == ["Gezin Twee"]
    assert page.all("//select[@name='gemeente']/option[@selected]/@value") == ["Moerdijk"]
    unknown = browser.get("/kaarten?gemeente=Nergens&onzin=1")
    assert "Geen kaart gevonden met uw filters." in unknown.text
    assert unknown.all("//select[@name='gemeente']/option[@selected]/@value") == ["Nergens"]


@pytest.mark.usefixtures("kaart")
def test_a_filter_counts_the_cards_that_the_other_filters_leave(browser: Gateway, desk: Desk) -> None:
    head = {**new_card()["kaart"], "gemeente": "Moerdijk", "soort": "huishouden"}
    editing.create_card(desk, SANNE, new_card(kaart=head))
    assert options(browser.get("/kaarten"), "gemeente") == ["Alle", "Halderberge (1)", "Moerdijk (1)"]
    page = browser.get("/kaarten?soort=huishouden")
    assert options(page, "gemeente") == ["Alle", "Moerdijk (1)"]
    assert options(page, "soort") == ["Alle", "Gezin (1)", "Huishouden (1)"], "its own choice does not narrow itself"


def test_of_many_organisations_a_part_of_the_name_is_enough(browser: Gateway, desk: Desk) -> None:
    for number in range(41):
        team = [{"id": "w-1", "naam": "Sanne Bakker", "organisatie": f"Buurtteam Zuid {number}"}]
        family(desk, f"Gezin {number}", professionals=team)
    page = browser.get("/kaarten?organisatie=buurtteam+zuid+4")
    assert page.all("//input[@name='organisatie']/@value") == ["buurtteam zuid 4"]
    assert len(page.all("//datalist/option")) == 41
    assert page.texts(NAMES) == ["Gezin 4"], "exactly that one"
    assert len(browser.get("/kaarten?organisatie=zuid+3").all(NAMES)) == 11
    assert len(browser.get("/kaarten?organisatie=T%C3%A9am+zuid").all(NAMES)) == 41


def test_a_chosen_filter_can_be_taken_away_alone(browser: Gateway, kaart: str) -> None:
    page = browser.get("/kaarten?zoek=oma&gemeente=Halderberge&mijn=1&aandacht=toetsing&volgorde=naam")
    assert page.texts("//*[@class='chips']//a")[:3] == [
        "Weghalen: Alleen mijn kaarten ×",
        "Weghalen: Afspraak lang niet nagegaan ×",
        "Weghalen: Gemeente: Halderberge ×",
    ]
    without = page.links("aandacht=toetsing")[0]
    assert without == "/kaarten?zoek=oma&gemeente=Halderberge&aandacht=toetsing&volgorde=naam"
    assert kaart


def test_what_is_over_time_can_be_asked_for_and_leads_to_its_place(browser: Gateway, desk: Desk, kaart: str) -> None:
    family(desk, "Gezin Bij", afspraken=[])
    page = browser.get("/kaarten?aandacht=toetsing")
    assert page.texts(NAMES) == ["Gezin Van Dale"]
    assert f"{kaart}#a-1" in page.links()
    assert "ruim 6 maanden over tijd" in page.text
    assert browser.get("/kaarten?aandacht=termijn").texts(NAMES) == []
    assert len(browser.get("/kaarten?aandacht=onzin").texts(NAMES)) == 2


def test_my_cards_are_those_that_name_me_and_my_organisation(tmp_path: Path) -> None:
    desk = peopled(open_test_desk(tmp_path, alone=True))
    app = create_app(desk, "x" * 32, demonstration=True)
    browser, other = (Gateway(app.test_client()).become(one) for one in ("sanne", "mehmet"))
    team = [{"id": "w-1", "naam": " mehmet  KAYA", "organisatie": "veilig thuis"}]
    gone = [*team, {"id": "w-2", "naam": SANNE.name, "organisatie": SANNE.organisation, "tot": "2026-11-01"}]
    family(desk, "Gezin Mehmet", professionals=team)
    family(desk, "Gezin Elders", professionals=[{**team[0], "organisatie": "Politie"}])
    family(desk, "Gezin Vroeger", professionals=gone)
    family(desk, "Gezin Sanne")
    for kaart_id in desk.kaarten.ids():
        share(desk, kaart_id, "organisation:vt")
    assert len(other.get("/kaarten").texts(NAMES)) == 4
    assert sorted(other.get("/kaarten?mijn=1").texts(NAMES)) == ["Gezin Mehmet", "Gezin Vroeger"]
    assert len(browser.get("/kaarten?mijn=1").texts(NAMES)) == 4, "who made a card has a role on it by name"


def test_the_list_has_three_orders(browser: Gateway, desk: Desk) -> None:
    late = {**new_card()["afspraken"][0], "start": "2025-01-01"}
    for name, items in (("Gezin Van der Zee", [late]), ("Gezin Özgür", []), ("Gezin De Arts", new_card()["afspraken"])):
        family(desk, name, afspraken=items)
    assert browser.get("/kaarten").texts(NAMES)[0] == "Gezin De Arts"
    assert browser.get("/kaarten?volgorde=naam").texts(NAMES) == ["Gezin De Arts", "Gezin Özgür", "Gezin Van der Zee"]
    page = browser.get("/kaarten?volgorde=dag")
    assert page.texts(NAMES) == ["Gezin Van der Zee", "Gezin De Arts", "Gezin Özgür"]
    assert page.texts("//nav[@class='order']/a[@aria-current]") == ["Eerst aan de beurt"]
    assert page.all("//form[@class='search']//input[@name='volgorde']/@value") == ["dag"]


def test_a_long_list_comes_in_pages_that_keep_what_was_asked(browser: Gateway, desk: Desk) -> None:
    for number in range(51):
        family(desk, f"Gezin {number}")
    first, second = browser.get("/kaarten"), browser.get("/kaarten?pagina=2")
    assert "1 tot en met 50 van 51 kaarten" in first.text
    assert "/kaarten?pagina=2" in first.links()
    assert len(second.all("//ul[@class='cards']/li")) == 1
    assert "staat niets meer" in browser.get("/kaarten?pagina=7").text
    asked = browser.get("/kaarten?mijn=1&aandacht=toetsing&aandacht=termijn")
    assert asked.links("pagina=2") == ["/kaarten?aandacht=termijn&aandacht=toetsing&mijn=1&pagina=2"]


def test_nothing_is_over_time_on_a_card_that_is_closed(browser: Gateway, desk: Desk, kaart: str) -> None:
    kaart_id = kaart.rpartition("/")[2]
    activated(desk, kaart_id)
    assert browser.get("/kaarten?aandacht=toetsing").texts(NAMES)
    close(desk, kaart_id, SANNE, MEHMET)
    assert not browser.get("/kaarten?aandacht=toetsing").texts(NAMES)
    assert "vraagt nu niets uw aandacht" in browser.get("/").text
