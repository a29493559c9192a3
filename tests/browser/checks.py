"""What every page must be for whoever sees badly or works without a mouse. Each check gives the faults it found."""

from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from hypothesis import settings
from playwright.sync_api import Page

_OURS = Path(__file__).with_suffix(".js").read_text("utf-8")
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_OF_COLOUR = ["color-contrast", "link-in-text-block"]
"""The rules that can tell the dark from the light: nothing but colours changes."""

_DEEP = settings.get_current_profile_name() == "deep"
_LARGE = 4_000
"""From so many elements on axe needs seconds, and what is in them stands on a smaller page too."""


def axe(page: Page, **only: list[str]) -> list[str]:
    """What axe says of the page as it stands: by all its rules for WCAG 2.2 A and AA and its best practices.

    Evaluated by the driver, since the policy of the pages lets no script in. With `rule` by those alone.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    kind, values = next(iter(only.items()), ("tag", _TAGS))
    options = {"runOnly": {"type": kind, "values": values}, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [
        f"{one['id']}: {node['html'][:150]} {node['failureSummary'][:400]}"
        for one in found
        for node in one["nodes"][:3]
    ]


def fold_out(page: Page) -> None:
    """Open all that is folded."""
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")


def targets(page: Page) -> list[str]:
    """Targets smaller than 24 by 24 CSS pixels that have no room around them (WCAG 2.5.8)."""
    return _asked(page, "targets")


def focus(page: Page) -> list[str]:
    """What can have the focus without anybody seeing so, or lies behind something then (WCAG 2.4.7 and 2.4.11)."""
    page.keyboard.press("Shift")  # from here on the browser takes it that somebody uses the keyboard
    return _asked(page, "focus")


def reflow(page: Page) -> list[str]:
    """Faults at 320 px wide, and at the half of 1280 px, which is what remains at 200 % zoom (WCAG 1.4.10, 1.4.4)."""
    found = []
    for width in (320, 640):
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{width} px wide: {one}" for one in (*_asked(page, "sideways"), *targets(page))]
    return found


def spaced(page: Page) -> list[str]:
    """What is lost when somebody sets more room between lines, words and letters (WCAG 1.4.12)."""
    _asked(page, "space")
    found = [f"with more room between letters: {one}" for one in (*_asked(page, "sideways"), *_asked(page, "cutOff"))]
    page.evaluate("() => { document.adoptedStyleSheets = [] }")
    return found


def colour_alone(page: Page) -> list[str]:
    """Differences that only colour tells (WCAG 1.4.1)."""
    return _asked(page, "colourAlone")


def all_faults(page: Page) -> list[str]:
    """Every check: as the page opens, folded out in the light and the dark, on a phone, narrow, and spaced.

    The rules of axe are asked again on a phone in the deep run alone: our own checks look at narrow pages each time.
    """
    found = [f"as it opens: {one}" for one in axe(page)]
    fold_out(page)
    found += [f"folded out: {one}" for one in (*targets(page), *focus(page), *colour_alone(page))]
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in axe(page, rule=_OF_COLOUR)]
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="light")
    if _DEEP and page.locator("main *").count() < _LARGE:
        found += [f"phone: {one}" for one in axe(page)]
    return found + reflow(page) + spaced(page)


def _asked(page: Page, name: str) -> list[str]:
    if not page.evaluate("typeof checks === 'object'"):
        page.evaluate(_OURS)
    return page.evaluate(f"checks.{name}()") or []
