"""How wide things are: nothing scrolls sideways on a small phone, and a choice can be read."""

import pytest
from playwright.sync_api import Browser, Page

from app.content.overleg import JUDGEMENT, QUESTION
from app.services import editing, reading
from app.services.desk import Desk
from tests.browser.conftest import WORD
from tests.browser.ground import Ground, pick
from tests.desks import MEHMET, SANNE, new_card
from tests.services.test_overleg import tell

_WIDTHS = "root => [root.scrollWidth, root.clientWidth]"
_TOO_WIDE = """all => all.filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(one => one.tagName + "." + one.className + "#" + one.id).slice(0, 8)"""


def _conflict(page: Page, desk: Desk, kaart: str) -> None:
    """Somebody else changes what is being typed."""
    page.set_default_timeout(10_000)
    pick(page, kaart.partition("/kaarten")[0])
    page.goto(f"{kaart}/afspraken/a-1")
    held = reading.read_card(desk, SANNE, kaart.rpartition("/")[2])
    theirs = {**held.document["afspraken"][0], "tekst": f"{WORD}M", "frequentie": "Elke week"}
    theirs["instemming"] = [{"id": "i-1", "persoon": "p-1", "antwoord": "nee"}]
    editing.save_item(desk, MEHMET, held.id, "afspraken", theirs, held.revision, WORD)
    page.locator("#veld-tekst").fill(f"{WORD}V")
    page.locator("#veld-frequentie").fill("Elke dag")
    page.locator("select[name$='.antwoord']").first.select_option("onder_voorbehoud")
    with page.expect_navigation():
        page.locator("button.button--main").click()


def _fits(page: Page) -> None:
    wide, room = page.locator("html").evaluate(_WIDTHS)
    assert wide <= room, f"{page.url}: {wide} px in {room} px: {page.locator('main *').evaluate_all(_TOO_WIDE)}"


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_a_conflict_can_be_read_and_chosen(chromium: Browser, desk: Desk, kaart: str, width: int) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 800})
    _conflict(page, desk, kaart)
    boxes = [one.bounding_box() for one in page.locator(".choose .choice").all()]
    assert len(boxes) >= 6
    assert all(box and box["width"] > 200 for box in boxes), boxes
    for legend, choice in zip(
        page.locator(".choose legend").all(), page.locator(".choose .choice:nth-of-type(1)").all(), strict=True
    ):
        above, below = legend.bounding_box(), choice.bounding_box()
        assert above
        assert below
        assert above["y"] + above["height"] <= below["y"] + 1, (above, below)
    _fits(page)
    page.close()


@pytest.mark.parametrize("width", [320, 390])
def test_no_page_scrolls_sideways_for_a_long_word(chromium: Browser, desk: Desk, kaart: str, width: int) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 800})
    first = reading.read_card(desk, SANNE, kaart.rpartition("/")[2]).revision
    _conflict(page, desk, kaart)
    for address in (
        kaart.rpartition("/")[0].removesuffix("kaarten"),
        kaart.rpartition("/")[0] + "?zoek=Oma",
        kaart.rpartition("/")[0] + "?mijn=1&aandacht=toetsing",
        kaart.rpartition("/")[0],
        kaart,
        f"{kaart}/afspraken/a-1",
        f"{kaart}/afspraken/a-1/verwijderen",
        f"{kaart}/kaart",
        f"{kaart}/geschiedenis",
        f"{kaart}/vergelijken?van={first}",
        f"{kaart}/stappen/activeren",
    ):
        page.goto(address)
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
        _fits(page)
    page.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_count_of_two_digits_at_the_bell_stays_on_one_line(
    ground: Ground, desk: Desk, small: str, width: int
) -> None:
    for _ in range(12):
        kaart = editing.create_card(desk, SANNE, new_card(), "Begin")
        tell(desk, MEHMET, kaart, JUDGEMENT, "a-1", verdict=QUESTION, text="Wie belt er dan?")
    page = ground.page("sanne", width=width)
    page.goto(ground.base)  # the first who asks for a list has the catalogue made
    page.goto(small)
    lines = page.locator(".bell__count").evaluate(
        """one => { const words = document.createRange(); words.selectNodeContents(one);
        return [one.textContent, words.getClientRects().length]; }"""
    )
    assert int(lines[0]) >= 10
    assert lines[1] == 1
