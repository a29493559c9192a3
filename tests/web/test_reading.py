"""The list, the card, its history and what changed."""

from collections.abc import Callable

from flask import Flask

from app.services import editing, reading
from app.services.desk import Desk
from app.storage.records import Stored
from tests.cards import small_card
from tests.desks import MEHMET, SANNE
from tests.web.gateway import Gateway


def test_a_card_shows_words_and_names_and_no_empty_fields(browser: Gateway, kaart: str) -> None:
    page = browser.get(kaart)
    assert page.texts("//h1") == ["Gezin Van Dale"]
    assert page.texts("//nav[@class='crumbs']//li") == ["Kaarten"]
    afspraak = page.texts("//article[@id='a-2']")[0]
    assert "Oma Riet" in afspraak
    assert "1 december 2026" in afspraak
    assert "Loopt" in afspraak
    assert "n-1" not in afspraak
    assert "Hoe vaak?" not in afspraak
    assert "Sanne Bakker, CJG Halderberge" in page.text


def test_sections_stand_in_the_order_of_the_display(browser: Gateway, kaart: str, desk: Desk) -> None:
    shown = browser.get(kaart).texts("//section/div/h2")
    shape = desk.types.current.shape
    wanted = [shape[key].title for key in desk.types.display.order(small_card()) if shape[key].title in shown]
    assert shown == wanted
    assert "Afspraken" in shown


def test_a_card_says_what_it_lacks_and_where_to_fill_it_in(browser: Gateway, kaart: str) -> None:
    page = browser.get(kaart)
    assert f"{kaart}/kaart#veld-fase" in page.links()
    form = browser.get(f"{kaart}/kaart")
    assert form.all("//*[@id='veld-fase']")


def test_a_card_as_it_was_is_marked_and_cannot_be_changed(
    browser: Gateway, kaart: str, now: Callable[[], Stored]
) -> None:
    before = now().revision
    form = browser.get(f"{kaart}/afspraken/a-1")
    browser.send(form, {"tekst": "Vader belt tante."})
    page = browser.get(f"{kaart}/revisies/{before}")
    assert "Dit is een oude versie" in page.text
    assert "Vader belt oma als hij boos wordt." in page.text
    assert not page.links("/_nieuw")
    assert not page.links("/verwijderen")
    assert browser.get(page.links("vergelijken")[0]).texts("//del")


def test_the_history_says_who_when_why_and_what(browser: Gateway, kaart: str) -> None:
    form = browser.get(f"{kaart}/afspraken/a-2")
    browser.send(form, {"termijn": "2026-12-15", "_reden": "Oma is op vakantie."})
    page = browser.get(f"{kaart}/geschiedenis")
    save = page.texts("//ol[@class='saves-list']/li")[0]
    assert "Sanne Bakker, CJG Halderberge" in save
    assert "Oma is op vakantie." in save
    assert "Uiterlijk" in save
    assert "‘Oma haalt Noor op woensdag uit school.’" in save
    assert len(page.texts("//ol[@class='saves-list']/li")) == 2
    assert len(browser.get(f"{kaart}/geschiedenis?afspraak=a-2").texts("//ol/li/h3")) == 2
    assert len(browser.get(f"{kaart}/geschiedenis?afspraak=a-1").texts("//ol/li/h3")) == 1


def test_a_long_history_comes_in_pages(browser: Gateway, desk: Desk, kaart: str, now: Callable[[], Stored]) -> None:
    for number in range(55):
        held = now()
        item = {**held.document["netwerk"][0], "taak": f"Taak {number}"}
        editing.save_item(desk, SANNE, held.id, "netwerk", item, held.revision, "")
    first, second = browser.get(f"{kaart}/geschiedenis"), browser.get(f"{kaart}/geschiedenis?pagina=2")
    assert len(first.all("//ol[@class='saves-list']/li")) == 50
    assert len(second.all("//ol[@class='saves-list']/li")) == 6
    assert f"{kaart}/geschiedenis?pagina=2" in first.links()
    assert "Hier is niets meer." in browser.get(f"{kaart}/geschiedenis?pagina=9").text


def test_a_difference_marks_words_and_speaks_of_names(browser: Gateway, kaart: str, now: Callable[[], Stored]) -> None:
    before = now().revision
    browser.send(
        browser.get(f"{kaart}/afspraken/a-2"),
        {"tekst": "Oma haalt Noor op vrijdag uit school.", "wie": ["n-1", "p-2"], "termijn": "2026-12-15"},
    )
    page = browser.get(f"{kaart}/vergelijken?van={before}&tot={now().revision}")
    removed, added = page.texts("//article//del"), page.texts("//article//ins")
    assert "[weg: woensdag]" in removed
    assert "[nieuw: vrijdag]" in added
    assert "[nieuw: Vader Van Dale]" in added
    assert "Uiterlijk" in page.text
    assert "n-1" not in page.text


def test_added_removed_and_moved_items_are_told_plainly(
    browser: Gateway, desk: Desk, kaart: str, now: Callable[[], Stored]
) -> None:
    held = now()
    card = small_card(kaart=held.document["kaart"])
    first, second = card["afspraken"]
    card["afspraken"] = [second, first, {**second, "id": "a-3", "tekst": "Noor belt elke avond."}]
    card["personen"].append({"id": "p-3", "rol": "kind", "naam": "Daan"})
    saved = editing.save_card(desk, MEHMET, held.id, card, held.revision, "")
    forth = browser.get(f"{kaart}/vergelijken?van={held.revision}&tot={saved.revision}")
    assert forth.texts("//section/h2") == ["Afspraken", "Personen"]
    assert "Staat nu" in forth.text
    assert len(forth.texts("//*[text()[contains(., 'Toegevoegd')]]")) == 2
    back = browser.get(f"{kaart}/vergelijken?van={saved.revision}&tot={held.revision}")
    assert "Verwijderd" in back.text
    same = browser.get(f"{kaart}/vergelijken?van={saved.revision}&tot={saved.revision}")
    assert "geen verschil" in same.text


def test_who_acts_is_picked_in_the_head(app: Flask, desk: Desk, kaart: str) -> None:
    browser = Gateway(app.test_client()).become("mehmet")
    browser.send(browser.get(f"{kaart}/netwerk/n-1"), {"naam": "Oma Rita"})
    newest = reading.read_history(desk, SANNE, kaart.rpartition("/")[2])[0]
    assert newest.author.name == MEHMET.name


_ELSEWHERE = (
    "https://elders.example/",
    "//elders.example",
    "/kaarten/../../x",
    "\\\\elders",
    "/kaartenx",
    "/\\elders.example",
    "http:/kaarten",
    "javascript:alert(1)",
    "/kaarten\n/x",
    "/stijl.css",
    "/" + "k" * 3_000,
    "///x",
)


def test_a_picked_person_comes_back_to_this_program_only(browser: Gateway) -> None:
    token = browser.get("/persoon").values()["_csrf"]
    for address in _ELSEWHERE:
        page = browser.post("/persoon", {"_csrf": token, "persoon": "sanne", "verder": address})
        assert page.location == "/", address
        token = browser.get("/persoon").values()["_csrf"]
    for address in ("/kaarten?zoek=oma", "/klad", "/"):
        page = browser.post("/persoon", {"_csrf": token, "persoon": "sanne", "verder": address})
        assert page.location == address
        token = browser.get("/persoon").values()["_csrf"]
    assert browser.post("/persoon", {"_csrf": token, "persoon": "niemand"}, 400).status == 400
