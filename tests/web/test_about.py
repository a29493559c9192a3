"""What the program says of itself: its accessibility, and the style of who runs it."""

from pathlib import Path

from babel.dates import format_date
from flask import Flask

from app.services.desk import Desk
from app.web import create_app
from app.web.pages import about
from tests.web.gateway import Gateway

STYLE = b":root { --basis-border-radius-md: 0 }"


def _styled(desk: Desk, style: bytes, contact: str = "") -> Gateway:
    return Gateway(create_app(desk, "x" * 32, demonstration=True, style=style, contact=contact).test_client())


def test_every_page_leads_to_the_statement_on_accessibility(browser: Gateway, kaart: str) -> None:
    for address in ("/kaarten", kaart, f"{kaart}/afspraken/a-1"):
        assert browser.get(address).links("/toegankelijkheid"), address
    page = browser.get("/toegankelijkheid")
    assert format_date(about.MEASURED, "d MMMM y", locale="nl") in page.text
    assert f"ten minste {about.STATES_MEASURED} schermen" in page.text
    assert "Wat nog niet is getest" in page.texts("//h2")


def test_the_statement_can_be_read_by_whoever_said_not_who_they_are(desk: Desk) -> None:
    nobody = Gateway(create_app(desk, "x" * 32, demonstration=False).test_client())
    nobody.get("/toegankelijkheid")


def test_the_statement_names_an_address_only_where_mail_arrives(desk: Desk) -> None:
    assert _styled(desk, STYLE, "hulp@gemeente.example").get("/toegankelijkheid").links("mailto:") == [
        "mailto:hulp@gemeente.example"
    ]
    page = _styled(desk, STYLE, "kaarten@localhost").get("/toegankelijkheid")
    assert not page.links("mailto:")
    assert "beheerder" in page.text


def test_the_style_of_an_organisation_comes_after_ours_and_a_new_one_has_a_new_address(desk: Desk) -> None:
    addresses = []
    for style in (STYLE, STYLE + b"\n"):
        browser = _styled(desk, style).become("sanne")
        *_ours, last = browser.get("/kaarten").all("//link[@rel='stylesheet']/@href")
        answer = browser.client.get(last)
        assert (answer.get_data(), answer.mimetype) == (style, "text/css")
        assert "immutable" in answer.headers["Cache-Control"]
        addresses.append(last)
    assert len(set(addresses)) == 2
    assert all(one.startswith("/stijl.css?v=") for one in addresses)


def test_without_a_style_there_is_only_ours(app: Flask, browser: Gateway) -> None:
    folder = Path(str(app.static_folder))
    sheets = browser.get("/kaarten").all("//link[@rel='stylesheet']/@href")
    assert sheets
    assert all((folder / one.split("?")[0].rpartition("/")[2]).exists() for one in sheets)
    browser.get("/stijl.css", 404)
