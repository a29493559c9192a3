"""Takes the pictures of the documentation: ``make images``. A real server, a real browser, the demonstration cards."""

import re
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.ground import pick
from tests.browsers import chromium
from tests.servers import Server

IMAGES = Path(__file__).parent.parent / "docs" / "images"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
FAMILY, _SELF = "Gezin Koevoets", "joost"
_OTHER = "bram"
_TALKED = "overleg/a-w3qv3"
"""Who works on that card too."""


def main() -> None:
    """For each size fill a folder with the demonstration, serve it, and take every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name, (width, height) in SIZES.items():
            with tempfile.TemporaryDirectory(prefix="kaarten-images-") as folder, Server(Path(folder)) as server:
                server.run("demo")
                server.start()
                _take(browser, server.base, name, width, height)


def _take(browser: Browser, base: str, size: str, width: int, height: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": height}, locale="nl-NL")

    def shot(name: str, tall: int = height) -> None:
        page.screenshot(
            path=IMAGES / f"{name}-{size}.png",
            full_page=tall > height,
            clip={"x": 0, "y": 0, "width": width, "height": tall},
        )

    pick(page, base, _SELF)
    page.goto(base)
    shot("start")
    page.goto(f"{base}/kaarten")
    shot("kaarten")
    page.get_by_role("link", name=FAMILY).click()
    card = page.url
    shot("kaart")
    page.goto(f"{card}/geschiedenis")
    shot("geschiedenis")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("Bekijk wijziging")).nth(1).click()
    shot("vergelijken")
    page.goto(f"{card}/afspraken/_nieuw")
    page.get_by_label("Wat is de afspraak?").fill("Oma belt elke avond om acht uur.")
    _save(page)
    shot("fouten")
    form = _first_form(page, card)
    page.goto(f"{form}/herkomst")
    shot("herkomst")
    _draft(page, form)
    shot("klad")
    _text(page, card)
    shot("tekst")
    _conflict(browser, page, form)
    shot("conflict", tall=2 * height if width < height else height + 300)
    page.goto(f"{card}/delen")
    shot("delen")
    page.goto(f"{card}/overdracht")
    shot("overdracht", tall=height + 500)
    page.goto(f"{card}/inzage")
    shot("inzage")
    page.goto(f"{card}/voorstellen")
    page.get_by_role("radio", name="Overnemen").first.check()
    shot("voorstellen")
    pick(page, base, "ingrid")
    page.goto(f"{base}/beoordelen")
    shot("beoordelen")
    page.goto(f"{card}/beoordelen")
    page.get_by_role("radio", name="Akkoord", exact=True).first.check()
    page.get_by_role("radio", name="Vraag").nth(1).check()
    page.locator("textarea:visible").last.fill("Wat doen we als het een keer niet lukt?")
    shot("beoordeel-kaart", tall=height + 500)
    page.goto(f"{card}/{_TALKED}")
    shot("overleg")
    pick(page, base, "karin")
    page.goto(f"{base}/beheer")
    shot("beheer")
    pick(page, base, "wim")
    page.goto(f"{base}/logboek")
    shot("logboek")
    page.close()


def _first_form(page: Page, card: str) -> str:
    """The form of the first afspraak of a card."""
    page.goto(f"{card}?alles=1")
    href = page.locator("article[id^='a-'] a", has_text="Wijzigen").first.get_attribute("href") or ""
    return card.split("/kaarten/", maxsplit=1)[0] + href


def _draft(page: Page, form: str) -> None:
    """Somebody comes back to what was typed and not saved."""
    page.goto(form)
    page.get_by_label("Hoe vaak?").first.fill("Elke dag, ook in het weekend")
    with page.expect_navigation():
        page.get_by_role("button", name="Bewaar als klad").click()
    page.goto(form)


def _text(page: Page, card: str) -> None:
    """A card as text, with a fault in it."""
    page.goto(f"{card}/tekst")
    text = page.locator("#_tekst")
    text.fill(re.sub(r"(Status:\**) *\w+", r"\1 Misschien", text.input_value(), count=1))
    with page.expect_navigation():
        page.get_by_role("button", name="Bekijk wat er verandert").click()


def _save(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Bewaren", exact=True).first.click()


def _conflict(browser: Browser, page: Page, form: str) -> None:
    """Two people change the same text of the same afspraak."""
    page.goto(form)
    other = browser.new_context().new_page()
    pick(other, form.split("/kaarten/", maxsplit=1)[0], _OTHER)
    other.goto(form)
    for one, text in ((other, "Moeder eet op dinsdag en vrijdag mee."), (page, "Moeder eet elke avond mee.")):
        one.get_by_label("Wat is de afspraak?").first.fill(f"Jayden en Luna wonen bij oma. {text}")
        _save(one)
    other.context.close()


if __name__ == "__main__":
    main()
