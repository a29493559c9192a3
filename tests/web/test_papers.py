"""The pages that give a paper: the card as PDF, and the version for one person of the family."""

import re

import pytest

from app.services import editing
from app.services.desk import Desk
from tests.desks import SANNE
from tests.papers import faults, holds, words
from tests.services.test_family import family_card
from tests.web.gateway import Gateway


@pytest.fixture
def family(desk: Desk) -> str:
    """The address of a card with something that the father must not know."""
    return "/kaarten/" + editing.create_card(desk, SANNE, family_card(), "Begin")


def test_a_card_leads_to_its_paper(browser: Gateway, family: str) -> None:
    assert "Afdrukken (PDF)" in browser.client.get(family).text
    answer = browser.client.get(f"{family}/kaart.pdf")
    assert answer.content_type == "application/pdf"
    named = r'attachment; filename="kaart-[0-9a-f]{8}-[0-9a-f]{7}\.pdf"'
    assert re.fullmatch(named, answer.headers["Content-Disposition"])
    assert "Vader drinkt in het weekend." in words(answer.data)
    assert faults(answer.data) == []


def test_a_revision_that_is_none_is_not_found(browser: Gateway, family: str) -> None:
    assert browser.client.get(f"{family}/kaart.pdf?versie=x").status_code == 404
    assert browser.client.get(f"{family}/kaart.pdf?versie={'0' * 40}").status_code == 404


def test_the_page_says_who_may_have_it_and_the_paper_holds_nothing_shielded(browser: Gateway, family: str) -> None:
    assert "/personen/p-2/versie" in browser.client.get(family).text
    address = f"{family}/personen/p-2/versie"
    page = browser.client.get(address).text
    assert "Vader Van Dale mag dit krijgen" in page
    assert "artikel 15 AVG" in page
    answer = browser.client.post(address, data=fields(page, ontvanger="p-2", inzage="on", verstrekking="on"))
    assert answer.content_type == "application/pdf"
    assert "Vader drinkt in het weekend." in words(answer.data)
    assert not holds(answer.data, "Zeemeermin")
    assert "De eigen versie van de kaart, op papier." in browser.client.get(f"{family}?alles=1").text


def test_what_was_typed_stays_where_something_is_missing(browser: Gateway, family: str) -> None:
    address = f"{family}/personen/p-1/versie"
    page = browser.client.get(address).text
    answer = browser.client.post(address, data=fields(page, ontvanger="p-3", afgeschermd="on", waarom=""))
    assert answer.status_code == 422
    assert "Schrijf op waarom u dit papier nu geeft." in answer.text
    assert re.search(r'id="ontvanger-p-3"[^>]* checked', answer.text)
    assert re.search(r'id="afgeschermd"[^>]* checked', answer.text)
    assert not re.search(r'id="verstrekking"[^>]* checked', answer.text)


def fields(page: str, **more: str) -> dict[str, str]:
    """What a form of a page sends, with these fields."""
    token = re.search(r'name="_csrf" value="([^"]+)"', page)
    assert token
    return {"_csrf": token[1], **more}
