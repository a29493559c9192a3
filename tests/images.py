"""Takes the pictures of the documentation: ``make images``. A real server, a real browser, the demonstration cards."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
IMAGES = Path(__file__).parent.parent / "docs" / "images"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
FAMILY = "Gezin Koevoets"


def main() -> None:
    """Fill a folder with the demonstration, serve it, and take every picture at every size."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kaarten-images-") as folder:
        subprocess.run([sys.executable, "-m", "app", "demo"], env=_environment(folder), check=True)
        with serving(folder) as base, sync_playwright() as playwright:
            sandbox = [] if os.geteuid() else ["--no-sandbox"]  # Chromium refuses its sandbox to root
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS + sandbox)
            for name, (width, height) in SIZES.items():
                _take(browser, base, name, width, height)
            browser.close()


@contextmanager
def serving(folder: str) -> Iterator[str]:
    """A real server on a free port of the loopback address; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve", "--port", str(port)],
        env=_environment(folder),
        stdout=subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{base}/gezond").close()  # noqa: S310 - our own server
                break
            except OSError:
                time.sleep(0.1)
        yield base
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _environment(folder: str) -> dict[str, str]:
    return {**os.environ, "KAARTEN_DATA": folder}


def _take(browser: Browser, base: str, size: str, width: int, height: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": height}, locale="nl-NL")

    def shot(name: str) -> None:
        page.screenshot(path=IMAGES / f"{name}-{size}.png")

    page.goto(f"{base}/kaarten")
    shot("kaarten")
    page.get_by_role("link", name=FAMILY).click()
    card = page.url
    shot("kaart")
    page.goto(f"{card}/geschiedenis")
    shot("geschiedenis")
    page.get_by_role("link", name=re.compile("Bekijk wijziging")).nth(1).click()
    shot("vergelijken")
    page.goto(f"{card}/afspraken/_nieuw")
    page.get_by_label("Wat is de afspraak?").fill("Oma belt elke avond om acht uur.")
    _save(page)
    shot("fouten")
    _conflict(browser, page, card, size)
    shot("conflict")
    page.close()


def _save(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^(Bewaren|Bewaar)")).first.click()


def _conflict(browser: Browser, page: Page, card: str, size: str) -> None:
    """Two people change the same text of the same afspraak."""
    page.goto(card)
    href = page.locator("article[id^='a-'] a", has_text="Wijzigen").first.get_attribute("href") or ""
    form = card.split("/kaarten/", maxsplit=1)[0] + href
    page.goto(form)
    other = browser.new_context().new_page()
    other.goto(card)
    other.get_by_label("U werkt als").select_option(index=3)
    other.get_by_role("button", name="Wissel").click()
    other.goto(form)
    for one, text in ((other, "Moeder eet op dinsdag en vrijdag mee."), (page, "Moeder eet elke avond mee.")):
        one.get_by_label("Wat is de afspraak?").first.fill(f"Jayden en Luna wonen bij oma. {text} ({size})")
        _save(one)
    other.context.close()


if __name__ == "__main__":
    main()
