"""The one way to the pages: asks as a browser does, and checks every answer."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from lxml import html  # type: ignore[import-untyped]  # lxml ships no types
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

Typed = Mapping[str, str | Sequence[str] | None]
Element = Any
"""lxml ships no types of its own."""

HERE = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of a form that a page of this program sends."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_QUIET = {"/gezond", "/stijl.css"}
_TAIL = 100_000
_POLICY = (
    "default-src 'none'",
    "script-src 'self';",
    "connect-src 'self';",
    "style-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
)


class Page:
    """An answer, with its HTML read."""

    def __init__(self, response: TestResponse, address: str) -> None:
        self.response, self.address, self.status = response, address, response.status_code
        self.data = response.get_data()
        self.source = self.data.decode("utf-8", "replace")  # a file is no text
        response.close()
        self.is_html = response.mimetype == "text/html" and self.status not in (302, 303)
        self.tree: Element = html.document_fromstring(self.source) if self.is_html else None

    @property
    def text(self) -> str:
        """The words that a person sees, blanks joined."""
        return " ".join(self.tree.body.text_content().split())

    @property
    def location(self) -> str:
        """Where the answer sends the browser."""
        return self.response.headers.get("Location", "")

    def all(self, path: str) -> list[Element]:
        """The elements at an XPath."""
        found: list[Element] = self.tree.xpath(path)
        return found

    def texts(self, path: str) -> list[str]:
        """The words of the elements at an XPath."""
        return [" ".join(one.text_content().split()) for one in self.all(path)]

    def links(self, part: str = "") -> list[str]:
        """The addresses of the links that hold a part."""
        return [one.get("href") for one in self.all("//a[@href]") if part in one.get("href")]

    def form(self) -> Element:
        """The form of the page's own matter, not the one in its head, nor one that only sends a file."""
        return (self.all("//main//form[not(@enctype)]") or self.all("//main//form"))[-1]

    def values(self) -> MultiDict[str, str]:
        """What the form would send as it stands."""
        return MultiDict(list(sent(self.form())))

    def error_at(self, name: str) -> str:
        """The sentence beside a field."""
        found = self.all(f"//*[@id='fout-{name}']")
        return " ".join(found[0].text_content().split()) if found else ""


class Gateway:
    """A browser of one person. Every page that it gets is checked; `status` is what the test expects."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, address: str, status: int = 200) -> Page:
        """Ask for a page."""
        return self._checked(self.client.get(address), address, status)

    def post(self, address: str, data: Any, status: int = 303, headers: Mapping[str, str] | None = None) -> Page:
        """Send fields."""
        return self._checked(self.client.post(address, data=data, headers=headers), address, status)

    def send(
        self, page: Page, typed: Typed | None = None, status: int = 303, button: tuple[str, str] | None = None
    ) -> Page:
        """Fill in the form of a page and send it; None leaves a field out, as a box that is not ticked."""
        values = page.values()
        for name, value in (typed or {}).items():
            values.poplist(name)
            values.setlist(name, [] if value is None else [value] if isinstance(value, str) else list(value))
        if button:
            values.add(*button)
        return self.post(urljoin(page.address, page.form().get("action")), values, status, HERE)

    def follow(self, page: Page) -> Page:
        """Go where an answer sends the browser."""
        return self.get(urlsplit(page.location)._replace(fragment="").geturl())

    def become(self, person: str) -> "Gateway":
        """Pick a person, as one signs in to a demonstration; from then on this browser is theirs."""
        self.send(self.get("/persoon"), {"persoon": person, "verder": "/kaarten"})
        return self

    def leave(self) -> None:
        """Sign out."""
        token = self.get("/").all("//input[@name='_csrf']/@value")[0]
        self.post("/afmelden", {"_csrf": token})

    def _checked(self, response: TestResponse, address: str, status: int) -> Page:
        page = Page(response, address)
        check_logged(self.client.application, page)
        assert page.status == status, (
            f"{address}: {page.status}\n{page.text[:1500] if page.is_html else page.source[:300]}"
        )
        check_headers(page)
        if page.is_html:
            check_page(page)
        return page


def check_logged(app: Flask, page: Page) -> None:
    """The answer has its line in the access log, by the time it is here."""
    if page.response.request.path in _QUIET or page.response.request.path.startswith("/static/"):
        return
    log = app.extensions["desk"].log
    with log.path(log.parts()[-1]).open("rb") as file:
        file.seek(max(0, log.size(log.parts()[-1]) - _TAIL))
        assert f'"request":"{page.response.headers["X-Request-Id"]}"'.encode() in file.read(), (
            f"{page.address}: no line"
        )


def check_headers(page: Page) -> None:
    """What must stand with every answer."""
    headers = page.response.headers
    for name, value in _HEADERS.items():
        assert headers[name] == value, f"{page.address}: {name}"
    policy = headers["Content-Security-Policy"]
    assert all(part in policy for part in _POLICY), policy
    assert "unsafe" not in policy
    kept = "immutable" in headers["Cache-Control"]
    assert headers["Cache-Control"] == "no-store" or (kept and page.address.startswith("/static/"))


def check_page(page: Page) -> None:
    """What every page must be: a sound, labelled, Dutch page without anything inline."""
    tree, where = page.tree, page.address
    assert tree.get("lang") == "nl", where
    assert len(page.all("//h1")) == 1, f"{where}: {len(page.all('//h1'))} h1"
    assert page.texts("//h1")[0], where
    assert (tree.findtext(".//title") or "").strip(), f"{where}: title"
    ids = [one.get("id") for one in page.all("//*[@id]")]
    assert len(ids) == len(set(ids)), f"{where}: double ids {sorted({one for one in ids if ids.count(one) > 1})}"
    assert not page.all("//style | //@style | //iframe | //object"), f"{where}: something inline"
    for script in page.all("//script"):
        assert script.get("src", "").startswith("/static/"), f"{where}: a script that is no file of ours"
        assert script.get("defer") is not None, f"{where}: a script that is waited for"
        assert not script.text_content().strip(), f"{where}: a script inline"
    handlers = [
        name for one in tree.iter() for name in one.attrib if isinstance(one.tag, str) and name.startswith("on")
    ]
    assert not handlers, f"{where}: {handlers}"
    _check_fields(page, set(ids))
    _check_forms(page)
    loose = [one for one in page.links() if one.startswith("#") and one[1:] not in ids]
    assert not loose, f"{where}: links to nothing: {loose}"
    foreign = [one for one in page.all("//@href | //@src") if not one.startswith(("/", "#", "mailto:"))]
    assert not foreign, f"{where}: {foreign}"


def _check_fields(page: Page, ids: set[str]) -> None:
    labels = {one.get("for") for one in page.all("//label") if one.text_content().strip()}
    for field in page.all("//input | //select | //textarea"):
        if field.get("type") not in ("hidden", "submit"):
            assert field.get("id") in labels, f"{page.address}: no label for {html.tostring(field)[:200]}"
    assert labels <= ids, f"{page.address}: labels for nothing: {labels - ids}"
    for field in page.all("//button"):
        assert field.text_content().strip(), f"{page.address}: a button without words"
    for value in page.all("//@aria-describedby | //@aria-labelledby"):
        assert set(value.split()) <= ids, f"{page.address}: described by nothing: {value}"
    for fieldset in page.all("//fieldset"):
        assert fieldset[0].tag == "legend", f"{page.address}: a fieldset without legend"
        assert fieldset[0].text_content().strip(), page.address
    levels = [int(one.tag[1]) for one in page.all("//h1 | //h2 | //h3 | //h4")]
    steps = [later - earlier for earlier, later in pairwise(levels)]
    assert max(steps, default=0) <= 1, f"{page.address}: headings skip a level: {levels}"


def _check_forms(page: Page) -> None:
    for form in page.all("//form"):
        assert form.get("action"), f"{page.address}: a form without action"
        assert form.get("method") in ("get", "post"), f"{page.address}: a form without method"
        token = form.xpath(".//input[@name='_csrf']/@value")
        assert bool(token) == (form.get("method") == "post"), f"{page.address}: CSRF token"


def sent(form: Element) -> Iterator[tuple[str, str]]:
    """What a form sends as it stands."""
    for field in form.xpath(".//input | .//select | .//textarea"):
        kind, name = field.get("type"), field.get("name")
        if not name:
            continue
        if field.tag == "select":
            chosen = field.xpath(".//option[@selected]") or field.xpath(".//option[1]")
            yield name, chosen[0].get("value")
        elif field.tag == "textarea":
            yield name, (field.text or "").removeprefix("\n")
        elif kind not in ("radio", "checkbox") or field.get("checked") is not None:
            yield name, field.get("value") or ""
