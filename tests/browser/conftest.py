"""A real desk, a real server and a real Chromium: what only a browser knows is how wide something becomes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from app.factory import open_desk
from app.services import editing
from app.services.desk import Desk
from app.settings import Settings
from app.web import create_app
from tests import browsers
from tests.browser.ground import Ground
from tests.desks import SANNE, new_card, open_test_desk, peopled
from tests.servers import Server

WORD = "W" * 300


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browsers.chromium() as browser:
        yield browser


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of an application, served from within this process."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path))


@pytest.fixture
def base(desk: Desk) -> Iterator[str]:
    """The address of the pages."""
    with served(create_app(desk, "x" * 32, demonstration=True)) as address:
        yield address


@pytest.fixture
def ground(chromium: Browser, base: str) -> Iterator[Ground]:
    """The pages of `desk` in a browser; whatever goes wrong in it fails the test."""
    ground = Ground(chromium, base)
    yield ground
    ground.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server process of its own, not started yet, on a folder where Sanne and Mehmet are known."""
    folder = tmp_path / "served"
    peopled(open_desk(Settings(data=folder)))
    with Server(folder) as server:
        yield server


@pytest.fixture
def kaart(desk: Desk, base: str) -> str:
    """The address of a card with a word that nothing can break, wherever a person can type one."""
    card = new_card()
    card["kaart"] |= {"naam": WORD, "gemeente": WORD}
    card["personen"][0]["naam"] = card["netwerk"][0]["naam"] = WORD
    card["afspraken"][0] |= {"tekst": WORD, "frequentie": WORD, "wie": ["p-1", "n-1"]}
    card["afspraken"][0]["instemming"] = [{"id": "i-1", "persoon": "p-1", "antwoord": "ja"}]
    return f"{base}/kaarten/{editing.create_card(desk, SANNE, card, WORD)}"


@pytest.fixture
def small(desk: Desk, base: str) -> str:
    """The address of the small card."""
    return f"{base}/kaarten/{editing.create_card(desk, SANNE, new_card(), 'Begin')}"
