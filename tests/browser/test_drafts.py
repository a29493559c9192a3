"""What is typed survives the server, the page and the night: seen in a real browser, with a server that is killed."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from app.factory import open_desk
from app.services import accepting, drafting, editing, proposed, reading, requested
from app.services.confirming import ask_step
from app.services.desk import Desk
from app.services.proposed import OneProposed
from app.settings import Settings
from tests.browser.ground import Ground, pick
from tests.desks import MEHMET, SANNE, new_card, share
from tests.duos import active, change
from tests.servers import Server

SAVED, AWAY = "Klad bewaard om", "Er is nu geen verbinding"
TEXT = "Opa haalt Noor op.\nElke woensdag – ook in de vakantie."


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A browser that is not watched: in these tests the server is away on purpose."""
    page = chromium.new_page(viewport={"width": 390, "height": 844}, locale="nl-NL")
    page.set_default_timeout(15_000)
    yield page
    page.close()


def test_a_draft_outlives_a_killed_server_and_a_closed_browser(chromium: Browser, page: Page, server: Server) -> None:
    kaart = editing.create_card(open_desk(Settings(data=server.folder)), SANNE, new_card(), "Begin")
    server.start()
    address = f"{server.base}/kaarten/{kaart}/afspraken/a-2"
    pick(page, server.base, "sanne")
    page.goto(address)
    page.locator("#veld-tekst").fill(TEXT)
    page.locator("#veld-_reden").fill("Oma kan niet")
    expect(page.locator("[data-klad-status]")).to_contain_text(SAVED)
    server.kill()
    page.locator("#veld-frequentie").fill("Elke week")
    expect(page.locator("[data-klad-status]")).to_contain_text(AWAY)
    server.start()
    expect(page.locator("[data-klad-status]")).to_contain_text(SAVED, timeout=20_000)
    server.kill()
    page.context.close()
    server.start()
    later = chromium.new_page()
    pick(later, server.base, "sanne")
    later.goto(address)
    later.get_by_role("link", name="Verder met uw klad").click()
    expect(later.locator("#veld-tekst")).to_have_value(TEXT)
    expect(later.locator("#veld-frequentie")).to_have_value("Elke week")
    expect(later.locator("#veld-_reden")).to_have_value("Oma kan niet")
    later.get_by_role("button", name="Bewaren").click()
    later.wait_for_url(f"**/kaarten/{kaart}#a-2")
    later.goto(address)
    expect(later.get_by_role("link", name="Verder met uw klad")).to_have_count(0)
    expect(later.locator("#veld-tekst")).to_have_value(TEXT)
    later.close()


def test_a_proposal_that_was_typed_outlives_a_killed_server(chromium: Browser, page: Page, server: Server) -> None:
    desk = open_desk(Settings(data=server.folder))
    kaart = editing.create_card(desk, SANNE, new_card(), "Begin")
    share(desk, kaart, "account:mehmet", "meelezer")
    server.start()
    address = f"{server.base}/kaarten/{kaart}/voorstellen/afspraken/a-2"
    pick(page, server.base, "mehmet")
    page.goto(address)
    page.locator("#veld-tekst").fill(TEXT)
    page.locator("#veld-_reden").fill("Oma kan niet")
    expect(page.locator("[data-klad-status]")).to_contain_text(SAVED)
    server.kill()
    page.locator("#veld-frequentie").fill("Elke week")
    expect(page.locator("[data-klad-status]")).to_contain_text(AWAY)
    page.get_by_role("button", name="Voorstellen").click()
    expect(page.locator("#veld-frequentie")).to_have_value("Elke week")
    server.start()
    expect(page.locator("[data-klad-status]")).to_contain_text(SAVED, timeout=20_000)
    server.kill()
    page.context.close()
    server.start()
    later = chromium.new_page()
    pick(later, server.base, "mehmet")
    later.goto(f"{server.base}/")
    later.get_by_role("link", name=re.compile("Voorstel bij afspraak: ‘Opa haalt Noor op")).click()
    later.wait_for_url(f"{address}?klad=*")
    expect(later.locator("#veld-tekst")).to_have_value(TEXT)
    expect(later.locator("#veld-frequentie")).to_have_value("Elke week")
    expect(later.locator("#veld-_reden")).to_have_value("Oma kan niet")
    later.get_by_role("button", name="Voorstellen").click()
    later.wait_for_url(f"**/kaarten/{kaart}/voorstellen")
    assert drafting.mine(desk, MEHMET) == []
    (offered,) = proposed.proposals(desk, MEHMET, kaart).offered
    assert [one.said.content and one.said.content["tekst"] for one in offered.items] == [TEXT]
    later.close()


def test_what_is_proposed_from_the_form_to_edit_is_not_saved(ground: Ground, desk: Desk, small: str) -> None:
    for script in (True, False):
        page = ground.page("sanne", java_script_enabled=script)
        page.goto(f"{small}/afspraken/a-2")
        page.locator("#veld-tekst").fill(f"Eerst vragen {script}")
        page.locator("#veld-_reden").fill("Wat vinden jullie?")
        page.get_by_role("button", name="Eerst voorstellen").click()
        page.wait_for_url(f"{small}/voorstellen")
        expect(page.locator("article.change")).to_contain_text(f"Eerst vragen {script}")
    kaart_id = small.rpartition("/")[2]
    assert len(reading.read_history(desk, SANNE, kaart_id)) == 1
    assert drafting.mine(desk, SANNE) == []


def test_nothing_is_sent_into_nothing_and_the_words_stay_on_the_page(page: Page, server: Server) -> None:
    kaart = editing.create_card(open_desk(Settings(data=server.folder)), SANNE, new_card(), "Begin")
    server.start()
    pick(page, server.base, "sanne")
    page.goto(f"{server.base}/kaarten/{kaart}/netwerk/n-1")
    server.kill()
    page.locator("#veld-naam").fill("Oma Ria")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.locator("[data-klad-status]")).to_contain_text(AWAY)
    expect(page.locator("#veld-naam")).to_have_value("Oma Ria")
    server.start()
    page.get_by_role("button", name="Bewaren").click()
    page.wait_for_url(f"**/kaarten/{kaart}#n-1")
    expect(page.locator("main")).to_contain_text("Oma Ria")


def test_what_is_typed_in_the_last_second_is_kept_when_the_page_closes(ground: Ground, desk: Desk, small: str) -> None:
    page = ground.page("sanne")
    page.goto(f"{small}/netwerk/n-1")
    page.locator("#veld-naam").fill("Oma Ria")
    with page.expect_response("**/klad"):
        page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    (label,) = drafting.mine(desk, SANNE)
    assert ("naam", "Oma Ria") in drafting.read(desk, SANNE, label.id).fields


def test_leaving_asks_only_while_something_is_not_kept(ground: Ground, small: str) -> None:
    page = ground.page("sanne")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.goto(f"{small}/netwerk/n-1")
    page.goto(small)
    page.goto(f"{small}/netwerk/n-1")
    page.locator("#veld-naam").press_sequentially("Ria")
    expect(page.locator("[data-klad-status]")).to_contain_text(SAVED)
    page.goto(small)
    assert asked == []
    page.goto(f"{small}/netwerk/n-1")
    page.locator("#veld-naam").press_sequentially("Ria")
    page.goto(small)
    assert asked == ["beforeunload"]


def test_leaving_asks_while_something_is_written_in_a_form_that_is_not_kept(ground: Ground, small: str) -> None:
    page = ground.page("sanne")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    thread = f"{small}/overleg/a-1"
    page.goto(thread)
    page.goto(small)
    assert asked == []
    page.goto(thread)
    page.locator("#_bericht").press_sequentially("Wie belt er?")
    page.get_by_role("button", name="Plaatsen").click()
    expect(page.locator(".done")).to_contain_text("Uw bericht staat erbij.")
    assert asked == []
    page.locator("#_bericht").press_sequentially("En wie nog meer?")
    page.goto(small)
    assert asked == ["beforeunload"]
    # Another form on the page is sent: what is written in this one stays, and is still asked about.
    page.goto(thread)
    page.locator("#_bericht").press_sequentially("Nog een vraag.")
    page.get_by_text("Een eigen visie op de kaart zetten").click()
    page.get_by_role("button", name="Op de kaart zetten").click()
    expect(page.locator(".summary")).to_be_focused()
    expect(page.locator("#_bericht")).to_have_value("Nog een vraag.")
    assert asked == ["beforeunload"]
    page.locator("#_visie").fill("Ik kijk er anders naar.")
    page.get_by_role("button", name="Op de kaart zetten").click()
    expect(page.locator(".done")).to_contain_text("Uw visie staat op de kaart.")
    expect(page.locator("#_bericht")).to_have_value("Nog een vraag.")
    page.goto(small)
    assert asked == ["beforeunload"] * 2
    # What came back after a refusal is not sent either.
    page.goto(thread)
    page.locator("#_bericht").fill("x" * 5000)
    page.get_by_role("button", name="Plaatsen").click()
    expect(page.locator(".summary")).to_be_focused()
    page.locator("#_bericht").click()
    page.goto(small)
    assert asked == ["beforeunload"] * 3


def test_a_form_that_is_sent_twice_at_once_is_saved_once(ground: Ground, desk: Desk, small: str) -> None:
    page = ground.page("sanne")
    page.goto(f"{small}/netwerk/_nieuw")
    page.locator("#veld-naam").fill("Opa Jan")
    page.get_by_role("button", name="Bewaren").dblclick()
    page.wait_for_url(f"{small}#*")
    kaart_id = small.rpartition("/")[2]
    assert len(reading.read_history(desk, SANNE, kaart_id)) == 2
    assert drafting.mine(desk, SANNE) == []


def test_every_button_of_a_form_does_the_same_with_and_without_script(ground: Ground, desk: Desk, small: str) -> None:
    for script in (True, False):
        page = ground.page("sanne", java_script_enabled=script)
        page.goto(f"{small}/afspraken/a-1")
        page.locator("#veld-frequentie").fill(f"Elke dag {script}")
        page.get_by_role("button", name="Nog een toevoegen").click()
        expect(page.locator("fieldset.row")).to_have_count(2)
        assert page.evaluate("document.activeElement.className") == "row"
        page.get_by_role("button", name="Bewaar als klad").click()
        expect(page.locator(".done")).to_contain_text("Uw klad is bewaard om")
        expect(page.locator("#veld-frequentie")).to_have_value(f"Elke dag {script}")
        page.get_by_role("button", name="Bewaren").click()
        page.wait_for_url(f"{small}#a-1")
        assert drafting.mine(desk, SANNE) == []
        kaart = reading.read_card(desk, SANNE, small.rpartition("/")[2])
        assert kaart.document["afspraken"][0]["frequentie"] == f"Elke dag {script}"


def test_a_button_with_an_address_of_its_own_proposes_and_saves_nothing(ground: Ground, desk: Desk, small: str) -> None:
    kaart_id = small.rpartition("/")[2]
    before = reading.read_card(desk, SANNE, kaart_id)
    for script in (True, False):
        page = ground.page("sanne", java_script_enabled=script)
        page.goto(f"{small}/afspraken/a-1")
        page.locator("#veld-frequentie").fill(f"Elke dag {script}")
        page.locator("#veld-_reden").fill("Zo is het rustiger.")
        page.get_by_role("button", name="Eerst voorstellen").click()
        page.wait_for_url(f"{small}/voorstellen")
        expect(page.locator("main")).to_contain_text(f"dag {script}")
        assert reading.read_card(desk, SANNE, kaart_id).revision == before.revision
        (mine,) = open_proposals(desk, kaart_id)
        assert mine.said.content is not None
        assert mine.said.content["frequentie"] == f"Elke dag {script}"
        accepting.withdraw(desk, SANNE, kaart_id, [mine.said.id])
        assert drafting.mine(desk, SANNE) == []


def test_a_second_person_is_asked_to_lift_a_shield_by_the_form_itself(ground: Ground, desk: Desk, small: str) -> None:
    kaart_id = small.rpartition("/")[2]
    first = reading.read_card(desk, SANNE, kaart_id)
    shielded = {
        **first.document["afspraken"][0],
        "afgeschermdVoor": ["n-1"],
        "redenAfscherming": "Het adres is geheim.",
    }
    editing.save_item(desk, SANNE, kaart_id, "afspraken", shielded, first.revision, "Veiligheid")
    before = reading.read_card(desk, SANNE, kaart_id).revision
    page = ground.page("sanne")
    page.goto(f"{small}/afspraken/a-1")
    page.locator("[name=afgeschermdVoor]:checked").uncheck()
    page.locator("#veld-_reden").fill("Vader weet het nu.")
    page.get_by_role("button", name="Bewaren").click()
    page.get_by_role("button", name="Vraag een tweede persoon").first.click()
    page.wait_for_url(f"{small}/bevestigen")
    expect(page.locator("main")).to_contain_text("Vader weet het nu.")
    assert reading.read_card(desk, SANNE, kaart_id).revision == before
    (asked,) = requested.requests(desk, MEHMET, kaart_id)[:1]
    assert asked.open
    assert drafting.mine(desk, SANNE) == []


def open_proposals(desk: Desk, kaart_id: str) -> list[OneProposed]:
    return [one for offered in proposed.proposals(desk, SANNE, kaart_id).offered for one in offered.open]


def test_the_focus_goes_to_what_is_wrong_and_from_there_to_the_field(ground: Ground, small: str) -> None:
    for script in (True, False):
        page = ground.page("sanne", java_script_enabled=script)
        page.goto(f"{small}/afspraken/_nieuw")
        page.locator("#veld-tekst").fill("Oma belt.")
        page.locator("#veld-tekst").press("Control+Home")
        page.get_by_role("button", name="Bewaren").press("Enter")
        expect(page.locator(".summary")).to_be_focused()
        page.keyboard.press("Tab")
        href = page.evaluate("document.activeElement.getAttribute('href')")
        page.keyboard.press("Enter")
        assert href.startswith("#veld-")
        assert page.evaluate("document.activeElement.id") == href[1:]


def test_a_long_list_of_people_can_be_searched_and_searching_is_no_change(
    ground: Ground, desk: Desk, small: str
) -> None:
    kaart = reading.read_card(desk, SANNE, small.rpartition("/")[2])
    many = [*kaart.document["netwerk"], *({"id": f"n-{number}x", "naam": f"Buur {number}"} for number in range(40))]
    editing.save_card(desk, SANNE, kaart.id, {**kaart.document, "netwerk": many}, kaart.revision, "")
    page = ground.page("sanne")
    page.goto(f"{small}/afspraken/a-2")
    field = page.locator("fieldset", has=page.locator("#veld-wie")).last
    field.locator("summary").click()
    field.get_by_label("Zoek op naam").fill("buur 17")
    expect(field.locator("details .choice:visible")).to_have_count(1)
    field.get_by_label("Zoek op naam").press("Enter")
    field.get_by_label("Buur 17").check()
    page.get_by_role("button", name="Bewaren").click()
    page.wait_for_url(f"{small}#a-2")
    assert reading.read_card(desk, SANNE, kaart.id).document["afspraken"][1]["wie"] == ["n-1", "n-17x"]


def test_what_is_written_at_one_request_stays_when_another_is_answered(ground: Ground, desk: Desk, small: str) -> None:
    kaart_id = small.rpartition("/")[2]
    change(desk, kaart_id, MEHMET, afgeschermdVoor=["n-1"], redenAfscherming="Veiligheid")
    active(desk, kaart_id)
    asked = ask_step(desk, MEHMET, kaart_id, "afsluiten", desk.kaarten.head(kaart_id), "Klaar.")
    page = ground.page("sanne")
    page.goto(f"{small}/bevestigen")
    one, other = page.locator(f"#_w-{asked.id}"), page.locator(f"textarea[name=tekst]:not(#_w-{asked.id})")
    refuse = page.locator("form", has=one).get_by_role("button", name="Niet bevestigen")
    one.fill("Ik zie het nog niet.")
    other.fill("Hier denk ik nog over na.")
    # Signed out meanwhile: both stay where they are.
    page.context.clear_cookies()
    refuse.click()
    expect(page.locator(".kept")).to_have_text("U bent afgemeld")
    pick(page.context.new_page(), ground.base, "sanne")
    refuse.click()
    expect(page.locator(".summary")).to_contain_text("Deze pagina stond lang open.")
    expect(one).to_have_value("Ik zie het nog niet.")
    expect(other).to_have_value("Hier denk ik nog over na.")
    assert all(each.open for each in requested.requests(desk, MEHMET, kaart_id))
    refuse.click()
    expect(page.locator(".done")).to_be_visible()
    expect(one).to_have_count(0)
    expect(other).to_have_value("Hier denk ik nog over na.")
    assert [each.open for each in requested.requests(desk, MEHMET, kaart_id)].count(True) == 1
