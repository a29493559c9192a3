"""The checks of the pages find what is planted, and what people do with a page without a mouse works."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser import checks
from tests.browser.ground import Ground
from tests.browser.states import send

_PLANTED: dict[str, tuple[Callable[[Page], list[str]], str]] = {
    "label": (checks.axe, "main.insertAdjacentHTML('beforeend', '<input type=text>')"),
    "color-contrast": (checks.axe, "main.querySelector('h1').style.color = '#ddd'"),
    "heading-order": (checks.axe, "main.insertAdjacentHTML('beforeend', '<h5>Kop</h5>')"),
    "target of": (
        checks.targets,
        "main.insertAdjacentHTML('beforeend', '<p><button>i</button><button>o</button></p>');"
        "for (const one of main.lastChild.children) one.style.cssText = 'font: 9px/9px a; padding: 0'",
    ),
    "no focus to be seen": (
        checks.focus,
        "for (const one of main.querySelectorAll('a')) { one.style.outline = 'none'; one.style.boxShadow = 'none' }",
    ),
    "focus behind something": (
        checks.focus,
        "main.insertAdjacentHTML('beforeend', '<div>Dicht</div>');"
        "main.lastChild.style.cssText = 'position: fixed; inset: 0; background: white; z-index: 9'",
    ),
    "320 px wide": (checks.reflow, "main.querySelector('h1').style.minWidth = '400px'"),
    "text cut off": (
        checks.spaced,
        "main.querySelector('h1').style.cssText = 'overflow: hidden; height: 1.2em; line-height: 1'",
    ),
    "only colour tells": (checks.colour_alone, "main.querySelectorAll('ins .hidden').forEach(one => one.remove())"),
}


@pytest.mark.parametrize("fault", _PLANTED)
def test_the_checks_find_what_is_planted(ground: Ground, small: str, fault: str) -> None:
    page = ground.page(width=1280)
    page.goto(f"{small}/netwerk/n-1")
    page.locator("#veld-naam").fill("Tante Riet")
    send(page)
    page.goto(f"{small}/geschiedenis")
    with page.expect_navigation():
        page.get_by_role("link", name="Bekijk wijziging").click()
    check, plant = _PLANTED[fault]
    assert not [one for one in check(page) if fault in one]
    page.evaluate(f"const main = document.querySelector('main'); {plant}")
    assert [one for one in check(page) if fault in one]


def test_the_first_tab_leads_past_the_head_of_the_page(ground: Ground, small: str) -> None:
    page = ground.page()
    page.goto(small)
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("one => one === document.activeElement")
    box = skip.bounding_box()
    assert box
    assert box["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_after_a_fault_the_focus_is_at_the_summary_and_its_links_lead_to_the_fields(ground: Ground, small: str) -> None:
    page = ground.page()
    page.goto(f"{small}/afspraken/_nieuw")
    send(page)
    assert page.evaluate("document.activeElement.className") == "summary"
    for link in page.locator(".summary a").all():
        link.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        near = page.evaluate(
            "id => { const at = document.getElementById(id), here = document.activeElement;"
            "return here === at || at.contains(here) || Boolean(at.compareDocumentPosition(here) & 4) }",
            (link.get_attribute("href") or "")[1:],
        )
        assert near, link.inner_text()
