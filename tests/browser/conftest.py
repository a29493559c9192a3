"""A real desk, a real server and a real Chromium: what only a browser knows is how wide something becomes."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from app.services import editing
from app.services.desk import Desk
from app.web import create_app
from tests.desks import SANNE, new_card, open_test_desk
from tests.images import CHROMIUM, FLAGS
from tests.web.conftest import peopled

WORD = "W" * 300


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    assert Path(CHROMIUM).exists(), f"These tests need {CHROMIUM}: run `sh tools/needs.sh`, or install chromium."
    sandbox = [] if os.geteuid() else ["--no-sandbox"]  # Chromium refuses its sandbox to root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS + sandbox)
        yield browser
        browser.close()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path))


@pytest.fixture
def base(desk: Desk) -> Iterator[str]:
    """The address of the pages."""
    server = make_server("127.0.0.1", 0, create_app(desk, "x" * 32, demonstration=True), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def kaart(desk: Desk, base: str) -> str:
    """The address of a card with a word that nothing can break, wherever a person can type one."""
    card = new_card()
    card["kaart"] |= {"naam": WORD, "gemeente": WORD}
    card["personen"][0]["naam"] = card["netwerk"][0]["naam"] = WORD
    card["afspraken"][0] |= {"tekst": WORD, "frequentie": WORD, "wie": ["p-1", "n-1"]}
    card["afspraken"][0]["instemming"] = [{"id": "i-1", "persoon": "p-1", "antwoord": "ja"}]
    return f"{base}/kaarten/{editing.create_card(desk, SANNE, card, WORD)}"
