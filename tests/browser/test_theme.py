"""A municipality gives the pages its look with one file of tokens."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from app.services import editing
from app.services.desk import Desk
from app.web import create_app
from tests.browser import checks
from tests.browser.conftest import served
from tests.browser.ground import Ground
from tests.browser.states import send
from tests.desks import SANNE, new_card

STYLE = Path(__file__).with_name("gemeente.css")


@pytest.fixture
def styled(chromium: Browser, desk: Desk) -> Iterator[Ground]:
    """The pages with the look of an invented municipality."""
    with served(create_app(desk, "x" * 32, demonstration=True, style=STYLE.read_bytes())) as base:
        ground = Ground(chromium, base)
        yield ground
        ground.close()


def _look(page: Page, selector: str, *names: str) -> list[str]:
    ask = "(one, names) => names.map(name => getComputedStyle(one)[name])"
    return list(page.locator(selector).first.evaluate(ask, names))


def test_one_file_of_tokens_gives_the_pages_the_look_of_a_municipality(styled: Ground, desk: Desk) -> None:
    kaart = editing.create_card(desk, SANNE, new_card())
    page = styled.page()
    page.goto(f"{styled.base}/kaarten/{kaart}")
    assert _look(page, ".top", "backgroundColor", "color") == ["rgb(84, 16, 47)", "rgb(255, 248, 230)"]
    assert _look(page, "html", "backgroundColor", "color") == ["rgb(255, 253, 248)", "rgb(34, 26, 30)"]
    assert _look(page, ".crumbs a", "color") == ["rgb(29, 92, 46)"]
    assert _look(page, "h1", "color", "fontFamily") == ["rgb(84, 16, 47)", '"Liberation Mono", monospace']
    assert _look(page, "main p", "fontFamily") == ['Georgia, "Liberation Serif", serif']
    faults = checks.all_faults(page)
    page.emulate_media(color_scheme="light")
    page.goto(f"{styled.base}/kaarten/{kaart}/afspraken/_nieuw")
    assert _look(page, "button.button--main", "backgroundColor", "color", "borderRadius") == [
        "rgb(29, 92, 46)",
        "rgb(255, 255, 255)",
        "0px",
    ]
    send(page)
    faults += checks.all_faults(page)
    assert not faults, "\n".join(faults)


def test_in_the_dark_the_colours_are_ours(styled: Ground) -> None:
    page = styled.page(color_scheme="dark")
    page.goto(f"{styled.base}/kaarten/_nieuw")
    light, dark = _look(page, "html", "color", "backgroundColor")
    assert (light, dark) != ("rgb(34, 26, 30)", "rgb(255, 253, 248)")
    assert not checks.axe(page)
