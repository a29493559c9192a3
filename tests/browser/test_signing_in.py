"""From an invitation to signing in with an app for codes, and being warned before the session ends: in Chromium."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from app.services.desk import ZONE, Desk
from app.storage.sessions import Sessions
from app.web import create_app
from tests.browser.conftest import served
from tests.browser.ground import Ground
from tests.browser.states import send
from tests.desks import open_test_desk, peopled
from tests.web.signing import EMAIL, PASSWORD, invited


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """By the clock on the wall, with the limits that people have."""
    limited = Sessions(tmp_path / "var" / "sessions.sqlite")
    return replace(peopled(open_test_desk(tmp_path)), clock=lambda: datetime.now(ZONE), sessions=limited)


@pytest.fixture
def base(desk: Desk) -> Iterator[str]:
    with served(create_app(desk, "x" * 32, demonstration=False)) as address:
        yield address


def _make_ready(page: Page, base: str, desk: Desk) -> tuple[pyotp.TOTP, list[str]]:
    """Follow an invitation to the end: the app, and the recovery codes."""
    page.goto(f"{base}/uitnodiging/{invited(desk)}")
    expect(page.locator("svg.qr")).to_be_visible()
    app = pyotp.TOTP(page.locator("code.secret").inner_text().replace(" ", ""))
    page.get_by_label("Kies een wachtwoord").fill(PASSWORD)
    page.get_by_label("De code uit de app").fill(app.now())
    send(page)
    codes = page.locator(".codes li").all_inner_texts()
    page.get_by_role("link", name="Ik heb ze bewaard").click()
    page.wait_for_url(f"{base}/")
    return app, codes


def test_an_invitation_leads_to_an_account_that_one_signs_in_to_with_a_code(ground: Ground, desk: Desk) -> None:
    page = ground.page(None)
    app, codes = _make_ready(page, ground.base, desk)
    expect(page.locator("header")).to_contain_text("Noor Visser (CJG Halderberge)")
    page.get_by_role("button", name="Afmelden").click()
    expect(page.locator(".done")).to_contain_text("U bent afgemeld.")
    page.goto(f"{ground.base}/kaarten?zoek=oma")
    page.get_by_label("E-mailadres").fill(EMAIL)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    send(page)
    page.get_by_label("De code uit de app").fill(
        app.at(datetime.now(ZONE), counter_offset=1)
    )  # a clock that is half a minute ahead
    send(page)
    assert page.url == f"{ground.base}/kaarten?zoek=oma"
    other = ground.page(None)
    for times in range(2):
        other.goto(f"{ground.base}/aanmelden")
        other.get_by_label("E-mailadres").fill(EMAIL)
        other.get_by_label("Wachtwoord").fill(PASSWORD)
        send(other)
        other.get_by_label("De code uit de app").fill(codes[4])
        send(other)
        assert other.url == f"{ground.base}/{'aanmelden/code' if times else ''}"
    page.goto(f"{ground.base}/account")
    expect(page.locator(".drafts__one")).to_have_count(2 - 1)  # the second try took the place of the first session


def test_who_does_nothing_is_warned_two_minutes_before_and_can_stay(ground: Ground, desk: Desk) -> None:
    page = ground.page(None)
    page.clock.install()
    _make_ready(page, ground.base, desk)
    page.clock.fast_forward("27:00")
    expect(page.locator(".leaving")).to_have_count(0)
    page.clock.fast_forward("01:10")
    expect(page.locator(".leaving")).to_contain_text("U wordt over 2 minuten afgemeld.")
    with page.expect_response("**/aanmelden/blijf") as answer:
        page.get_by_role("button", name="Blijf aangemeld").click()
    assert answer.value.status == 200
    expect(page.locator(".leaving")).to_have_count(0)
    page.clock.fast_forward("27:00")
    expect(page.locator(".leaving")).to_have_count(0)
    page.clock.fast_forward("03:10")
    expect(page.locator(".leaving")).to_contain_text("U bent afgemeld.")


def test_who_works_in_one_tab_is_not_warned_in_another(ground: Ground, desk: Desk) -> None:
    page = ground.page(None)
    page.clock.install()
    _make_ready(page, ground.base, desk)
    page.clock.fast_forward("27:00")
    other = page.context.new_page()
    other.goto(f"{ground.base}/account")
    page.clock.fast_forward("02:00")
    expect(page.locator(".leaving")).to_have_count(0)
