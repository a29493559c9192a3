"""A real desk with one card, and the gateway to its pages."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.services import editing, reading
from app.services.desk import Desk
from app.storage.records import Stored
from app.web import create_app
from tests.desks import SANNE, new_card, open_test_desk, peopled
from tests.web.gateway import Gateway


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path))


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The pages of the demonstration; making them anew for each desk would be most of what a test takes."""
    return create_app(open_test_desk(tmp_path_factory.mktemp("geen")), "x" * 32, demonstration=True)


@pytest.fixture
def app(pages: Flask, desk: Desk) -> Iterator[Flask]:
    """Those pages, on the desk of the test."""
    before = pages.config.copy()
    pages.extensions["desk"] = desk
    yield pages
    pages.config.clear()
    pages.config.update(before)


@pytest.fixture
def browser(app: Flask) -> Gateway:
    """Sanne's browser."""
    return Gateway(app.test_client()).become("sanne")


@pytest.fixture
def other(app: Flask) -> Gateway:
    """Mehmet's browser."""
    return Gateway(app.test_client()).become("mehmet")


@pytest.fixture
def kaart(desk: Desk) -> str:
    """The address of the small card."""
    return "/kaarten/" + editing.create_card(desk, SANNE, new_card(), "Begin")


@pytest.fixture
def now(desk: Desk, kaart: str) -> Callable[[], Stored]:
    """Reads the card past the pages."""
    return lambda: reading.read_card(desk, SANNE, kaart.rpartition("/")[2])
