"""What people come to do, from beginning to end: with a mouse, keys or a thumb, without scripts, and on paper."""

import io
import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from app.services import editing, reading
from app.services.desk import Desk
from tests.browser.ground import Ground
from tests.browser.states import send
from tests.desks import SANNE
from tests.duos import active
from tests.handovers import ELS, whole_card

TEXT = "Tante Aaltje belt iedere avond om acht uur met Noor."
_HERE = """() => { const here = document.activeElement;
  const words = here.labels?.[0]?.innerText || here.innerText || "";
  return [words.replace(/\\s+/g, " ").trim(), here.tagName]; }"""
_MOST_TABS = 150


def _link(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile(name)).first.click()


def _authors(desk: Desk, card: str) -> list[str]:
    return [save.author.name for save in reading.read_history(desk, SANNE, card.rpartition("/")[2])]


def _fill(page: Page) -> None:
    """What an afspraak needs."""
    page.locator("#veld-tekst").fill(TEXT)
    page.get_by_role("group", name="Wie doet dit?").get_by_label("Oma Riet").check()
    page.locator("#veld-start").fill("2026-11-30")
    page.locator("#veld-frequentie").fill("Elke avond")
    page.get_by_role("group", name="Wie ziet erop toe?").get_by_label("Sanne Bakker").check()


@pytest.mark.usefixtures("small")
def test_an_afspraak_is_added_mended_and_found_on_the_card_in_history_and_in_what_changed(ground: Ground) -> None:
    page = ground.page("sanne")
    page.goto(f"{ground.base}/")
    _link(page, "^Kaarten$")
    _link(page, "Gezin Van Dale")
    _link(page, "^Afspraak toevoegen")
    send(page)
    faults = page.locator(".summary li")
    assert faults.count() >= 3
    assert page.title().startswith("Fout:")
    _fill(page)
    page.locator("#veld-_reden").fill("Besproken aan de keukentafel.")
    send(page)
    expect(page.locator(".done")).to_contain_text("Bewaard")
    expect(page.locator("main")).to_contain_text(TEXT)
    _link(page, "Geschiedenis van de kaart")
    expect(page.locator(".save").first).to_contain_text("Besproken aan de keukentafel.")
    expect(page.locator(".save").first).to_contain_text("Sanne Bakker")
    with page.expect_navigation():
        page.locator(".save").first.get_by_role("link", name="Bekijk wijziging").click()
    expect(page.locator(".change")).to_contain_text("Toegevoegd")
    expect(page.locator(".change")).to_contain_text(TEXT)


def test_two_people_who_change_the_same_choose_and_both_stay_in_the_history(
    ground: Ground, small: str, desk: Desk
) -> None:
    sanne, mehmet = ground.page("sanne"), ground.page("mehmet")
    for page, words in ((sanne, "Elke dag"), (mehmet, "Elke week")):
        page.goto(f"{small}/afspraken/a-1")
        page.locator("#veld-frequentie").fill(words)
    send(mehmet)
    send(sanne)
    expect(sanne.locator("h1")).to_have_text("Iemand anders was u voor")
    expect(sanne.locator("main")).to_contain_text("Mehmet Kaya")
    expect(sanne.locator("#veld-frequentie")).to_have_value("Elke dag")
    sanne.locator(".choose input[value=mijn]").check()
    send(sanne)
    expect(sanne.locator(".done")).to_contain_text("Bewaard")
    expect(sanne.locator("#a-1")).to_contain_text("Elke dag")
    assert _authors(desk, small)[:2] == ["Sanne Bakker", "Mehmet Kaya"]


def _tab_to(page: Page, wanted: str, tag: str) -> None:
    """Press Tab until the focus is at something; it must be where one can see it."""
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        words, name = page.evaluate(_HERE)
        if name == tag and re.search(wanted, words):
            return
    raise AssertionError(f"no {tag} ‘{wanted}’ within {_MOST_TABS} tabs")


def _go(page: Page, wanted: str, tag: str = "A") -> None:
    _tab_to(page, wanted, tag)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.usefixtures("small")
def test_with_keys_alone_from_the_start_to_a_saved_change(ground: Ground) -> None:
    page = ground.page("sanne")
    page.goto(f"{ground.base}/")
    _go(page, "^Kaarten$")
    _go(page, "Gezin Van Dale")
    _go(page, "^Afspraak toevoegen")
    assert not page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count()
    _tab_to(page, "Wat is de afspraak", "TEXTAREA")
    page.keyboard.type(TEXT)
    _tab_to(page, "Oma Riet", "INPUT")
    page.keyboard.press("Space")
    _tab_to(page, "^Vanaf|^Start|Wanneer", "INPUT")
    page.keyboard.type("30112026")
    _tab_to(page, "Hoe vaak", "INPUT")
    page.keyboard.type("Elke avond")
    _tab_to(page, "Sanne Bakker", "INPUT")
    page.keyboard.press("Space")
    _tab_to(page, "^Status", "SELECT")
    page.keyboard.press("ArrowDown")
    _go(page, "^Bewaren$", "BUTTON")
    expect(page.locator(".done")).to_contain_text("Bewaard")
    added = page.locator("article", has_text=TEXT)
    expect(added.first).to_contain_text("Loopt")


def test_the_keys_go_through_a_form_from_top_to_bottom(ground: Ground, small: str) -> None:
    page = ground.page(width=390)
    page.goto(f"{small}/afspraken/a-1")
    page.locator("#_inhoud").focus()
    heights = []
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        inside, top = page.evaluate(
            "() => { const here = document.activeElement;"
            "return [here.closest('main form') !== null, here.getBoundingClientRect().top + scrollY] }"
        )
        if inside:
            heights.append(top)
        elif heights:
            break
    assert len(heights) > 8
    assert all(earlier <= later + 30 for earlier, later in pairwise(heights)), heights


def test_without_scripts_one_edits_keeps_a_draft_meets_another_and_moves(
    ground: Ground, small: str, desk: Desk
) -> None:
    page = ground.page("sanne", java_script_enabled=False)
    page.goto(f"{small}/afspraken/a-1")
    page.locator("#veld-frequentie").fill("Elke dag")
    send(page, "button[name=_bewaarklad]")
    expect(page.locator("main")).to_contain_text("klad")
    page.goto(f"{ground.base}/klad")
    _link(page, "Verder met uw klad")
    expect(page.locator("#veld-frequentie")).to_have_value("Elke dag")
    other = ground.page("mehmet")
    other.goto(f"{small}/afspraken/a-1")
    other.locator("#veld-frequentie").fill("Elke week")
    send(other)
    send(page)
    expect(page.locator("h1")).to_have_text("Iemand anders was u voor")
    page.locator(".choose input[value=ander]").check()
    send(page)
    expect(page.locator("#a-1")).to_contain_text("Elke week")
    page.goto(f"{small}/afspraken/a-2/verplaatsen")
    with page.expect_navigation():
        page.get_by_role("button", name="Eén omhoog").click()
    order = [one["id"] for one in reading.read_card(desk, SANNE, small.rpartition("/")[2]).document["afspraken"]]
    assert order == ["a-2", "a-1"]


@pytest.mark.usefixtures("small")
def test_on_a_phone_a_thumb_finds_a_card_and_changes_it(ground: Ground) -> None:
    page = ground.page("sanne", width=390, height=844, is_mobile=True, has_touch=True, device_scale_factor=2)
    page.goto(f"{ground.base}/kaarten")
    page.locator("#zoek").fill("oma")
    with page.expect_navigation():
        page.get_by_role("button", name="Zoeken").tap()
    with page.expect_navigation():
        page.get_by_role("link", name="Gezin Van Dale").first.tap()
    with page.expect_navigation():
        page.locator("#a-1").get_by_role("link", name=re.compile("^Wijzigen")).tap()
    page.locator("#veld-frequentie").fill("Elke dag")
    with page.expect_navigation():
        page.locator("main button.button--main:visible").last.tap()
    expect(page.locator("#a-1")).to_contain_text("Elke dag")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _printed(page: Page, address: str) -> PdfReader:
    page.goto(address)
    return PdfReader(io.BytesIO(page.pdf(format="A4")))


def _words(printed: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in printed.pages).split())


def test_a_card_and_what_changed_can_be_taken_along_on_paper(ground: Ground, small: str, desk: Desk) -> None:
    page = ground.page()
    before = reading.read_card(desk, SANNE, small.rpartition("/")[2])
    changed = {**before.document["afspraken"][1], "tekst": "Tante haalt Noor op woensdag uit school."}
    editing.save_item(desk, SANNE, before.id, "afspraken", changed, before.revision, "Oma is ziek.")
    card = _printed(page, small)
    words = _words(card)
    assert 1 <= len(card.pages) <= 3
    for said in (
        "Gezin Van Dale",
        "Er wordt geschreeuwd.",
        "Vader belt oma als hij boos wordt.",
        "Tante haalt Noor",
        "Oma Riet",
    ):
        assert said in words, said
    for button in ("Wijzigen", "Verwijderen", "Kruimelpad", "U werkt als", "Naar de inhoud"):
        assert button not in words, button
    difference = _printed(page, f"{small}/vergelijken?van={before.revision}")
    assert len(difference.pages) == 1
    assert "Oma" in _words(difference)
    assert "Tante" in _words(difference)


def test_a_card_is_handed_over_and_the_receiver_is_its_dossierhouder(ground: Ground, desk: Desk) -> None:
    desk.accounts.put(accounts=[ELS])  # the desk of a browser has Mehmet hold each card too
    kaart = active(desk, editing.create_card(desk, SANNE, whole_card(), "Begin"))
    address = f"{ground.base}/kaarten/{kaart}"
    sanne, els = ground.page("sanne"), ground.page("els")
    sanne.goto(address)
    _link(sanne, "^Overdracht$")
    sanne.locator("#veld-aan").select_option("account:els")
    sanne.locator("#veld-tekst").fill("Bel eerst met oma.")
    send(sanne)
    expect(sanne.locator(".summary li")).to_have_count(2)
    expect(sanne.locator("#veld-tekst")).to_have_value("Bel eerst met oma.")
    sanne.locator("#veld-grondslag").fill("Toestemming van de ouders")
    sanne.locator("#veld-verteld").check()
    send(sanne)
    expect(sanne.locator("main")).to_contain_text("Aangeboden aan Els Els (Veilig Thuis)")
    els.goto(f"{ground.base}/")
    _link(els, "Gezin Van Dale")
    expect(els.locator("main")).to_contain_text("Bel eerst met oma.")
    with els.expect_navigation():
        els.get_by_role("button", name="Overdracht aannemen").click()
    expect(els.locator(".done")).to_contain_text("U bent nu dossierhouder")
    expect(els.locator("main")).to_contain_text("Els Els")
    sanne.goto(address)
    expect(sanne.locator("main")).not_to_contain_text("Van Dale")
