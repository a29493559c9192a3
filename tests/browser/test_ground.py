"""The ground itself: a watch that sees nothing proves nothing."""

import pytest
from playwright.sync_api import Browser

from app.services import reading
from app.services.desk import Desk
from tests.browser.ground import Ground
from tests.browser.states import send
from tests.desks import SANNE
from tests.servers import Server

_BAD = {
    "console: uh": "console.error('uh')",
    "error: oh": "setTimeout(() => { throw new Error('oh') }); new Promise(go => setTimeout(go, 50))",
    "another host: https://elders.example/x.png": "new Image().src = 'https://elders.example/x.png'; 1",
    "policy": "document.body.setAttribute('style', 'color: red')",
    "404: ": "new Promise(go => { const one = new Image(); one.onerror = go; one.src = '/static/weg.svg' })",
}


@pytest.mark.parametrize("fault", _BAD)
def test_the_watch_sees_what_a_page_should_not_do(chromium: Browser, base: str, small: str, fault: str) -> None:
    ground = Ground(chromium, base)
    page = ground.page()
    page.route("https://elders.example/**", lambda route: route.fulfill(status=200))
    page.goto(small)
    page.evaluate(_BAD[fault])
    page.wait_for_timeout(50)
    with pytest.raises(AssertionError, match=fault):
        ground.close()


def test_a_page_that_is_refused_is_no_fault_of_the_page(ground: Ground, small: str) -> None:
    page = ground.page()
    assert [(answer := page.goto(address)) and answer.status for address in (small, f"{small}x")] == [200, 404]


def test_two_people_each_have_a_browser_of_their_own(ground: Ground, small: str, desk: Desk) -> None:
    for name in ("sanne", "mehmet"):
        page = ground.page(name)
        page.goto(f"{small}/netwerk/n-1")
        page.locator("#veld-naam").fill(f"Oma van {name}")
        send(page)
    authors = [save.author.name for save in reading.read_history(desk, SANNE, small.rpartition("/")[2])]
    assert authors[:2] == ["Mehmet Kaya", "Sanne Bakker"]


def test_one_picks_a_person_of_the_demonstration_by_the_page(ground: Ground) -> None:
    page = ground.page(None)
    page.goto(ground.base)
    page.locator("#persoon-mehmet").check()
    with page.expect_navigation():
        page.locator("main form button[type=submit]").click()
    assert "Mehmet Kaya" in page.locator("header").inner_text()


def test_a_server_that_was_killed_starts_again_on_what_it_kept(chromium: Browser, server: Server) -> None:
    server.start()
    first = server.pid
    ground = Ground(chromium, server.base)
    page = ground.page("mehmet")
    page.goto(server.base)
    assert "Mehmet Kaya" in page.locator("header").inner_text()
    server.kill()
    server.start()
    assert server.pid != first
    page.reload()
    assert "Mehmet Kaya" in page.locator("header").inner_text()
    ground.close()
