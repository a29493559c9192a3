"""What the tests in a browser stand on: people with a browser each, watched for whatever a page should not do."""

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

_WATCH_POLICY = """document.addEventListener("securitypolicyviolation",
    event => console.error(`policy ${event.violatedDirective}: ${event.blockedURI}`));"""
_OF_ANSWERS = "Failed to load resource"
"""Chromium says this of each answer that is not 2xx; `Watch` judges those by itself."""


class Watch:
    """Gathers what went wrong in a browser: errors in the console, failed requests, breaches of the policy, strangers.

    A page may be refused (404, 409, 422 …): tests ask for that, also where a script sends the form. What a page loads
    of itself may not.
    """

    def __init__(self, base: str) -> None:
        self._host = urlsplit(base).hostname
        self.faults: list[str] = []

    def over(self, context: BrowserContext) -> None:
        """Watch all that is opened in a context."""
        context.add_init_script(_WATCH_POLICY)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.faults.append(f"error: {error.error}"))
        context.on("request", self._asked)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_OF_ANSWERS):
            self.faults.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).hostname != self._host:
            self.faults.append(f"another host: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the person went on before it came: no fault
            self.faults.append(f"failed: {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        asked = response.request
        for_a_person = asked.is_navigation_request() or asked.headers.get("accept") == "text/html"
        if response.status >= 500 or (response.status >= 400 and not for_a_person):
            self.faults.append(f"{response.status}: {response.url}")


def pick(page: Page, base: str, person: str = "") -> None:
    """Sign in to a demonstration as one of its persons, or as the first; without a look at the pages for it."""
    address = f"{base}/persoon"
    question = page.context.request.get(address).text()
    (token, *_), (first, *_) = (
        re.findall(rf'name="{name}" value="([^"]+)"', question) for name in ("_csrf", "persoon")
    )
    answer = page.context.request.post(address, form={"_csrf": token, "persoon": person or first}, max_redirects=0)
    assert answer.status == 303, f"{person}: {answer.status}"


class Ground:
    """A site in a real browser: each person in a context of their own."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.base, self.watch, self._browser = base, Watch(base), browser
        self._contexts: list[BrowserContext] = []

    def page(self, person: str | None = "", width: int = 1280, height: int = 900, **options: Any) -> Page:
        """A new browser.

        Args:
            person: the id of who sits at it; empty for the first of the list; None for nobody who signed in.
            width: of the window.
            height: of the window.
            options: what else Playwright can say of a context, such as ``java_script_enabled=False``.
        """
        context = self._browser.new_context(viewport={"width": width, "height": height}, locale="nl-NL", **options)
        self._contexts.append(context)
        context.set_default_timeout(10_000)
        self.watch.over(context)
        page = context.new_page()
        if person is not None:
            pick(page, self.base, person)
        return page

    def close(self) -> None:
        """Close every browser, and demand that nothing went wrong in any."""
        for context in self._contexts:
            context.close()
        assert not self.watch.faults, "\n".join(dict.fromkeys(self.watch.faults))
