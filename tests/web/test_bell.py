"""Berichten in the browser: the bell on every page, what is read stays read, and following a card."""

import re

import pytest

from app.content.overleg import ANSWER, JUDGEMENT, QUESTION, REMARK
from app.services import bell as bell_of_services
from app.services import editing
from app.services.actors import Actor
from app.services.desk import Desk
from tests.desks import MEHMET, SANNE, new_card
from tests.services.test_overleg import change, shield, tell
from tests.web.gateway import Gateway, Page


@pytest.fixture
def card(kaart: str) -> str:
    """The id of the small card."""
    return kaart.rpartition("/")[2]


def asks(desk: Desk, card: str, actor: Actor = MEHMET, item: str = "a-1") -> str:
    return tell(desk, actor, card, JUDGEMENT, item, verdict=QUESTION, text="Wie belt er dan?").id


def bell(page: Page) -> str:
    """What the bell in the head of a page is called."""
    (found,) = page.all("//header//a[@href='/berichten']//span[@class='hidden']")
    return str(found.text_content()).strip()


def pressed(browser: Gateway, page: Page) -> Page:
    """The page after the button of this one."""
    return browser.follow(browser.send(page))


def new_lines(page: Page) -> list[str]:
    return [" ".join(one.text_content().split()) for one in page.all("//main//li[contains(@class,'todo--new')]")]


def test_the_bell_says_on_every_page_how_much_is_new(desk: Desk, card: str, browser: Gateway, other: Gateway) -> None:
    assert bell(browser.get("/")) == "Berichten"
    asks(desk, card)
    for address in ("/", "/kaarten", f"/kaarten/{card}", "/toegankelijkheid", "/account", "/berichten"):
        assert bell(browser.get(address)) == "1 nieuw bericht"
    asks(desk, card, item="a-2")
    assert bell(browser.get("/kaarten")) == "2 nieuwe berichten"
    assert bell(other.get("/kaarten")) == "Berichten"


def test_a_line_says_what_which_card_who_and_leads_there(desk: Desk, card: str, browser: Gateway) -> None:
    asks(desk, card)
    page = browser.get("/berichten")
    (line,) = new_lines(page)
    assert re.search(r"Vraag: Vader belt oma .* Mehmet Kaya, Veilig Thuis", line)
    (address,) = page.all("//main//li//a/@href")
    assert browser.get(str(address).partition("#")[0]).status == 200


def test_a_look_marks_nothing_and_the_button_marks_what_was_on_the_screen(
    desk: Desk, card: str, browser: Gateway
) -> None:
    asks(desk, card)
    for _ in range(2):
        page = browser.get("/berichten")
        assert bell(page) == "1 nieuw bericht"
    asks(desk, card, item="a-2")
    done = pressed(browser, page)
    assert "Alles is gelezen." in done.text
    assert bell(done) == "1 nieuw bericht"
    done = pressed(browser, done)
    assert bell(done) == "Berichten"
    assert new_lines(done) == []
    assert len(done.all("//main//li[contains(@class,'todo')]")) == 2
    assert not done.all("//main//form")


def test_what_was_answered_asks_nothing_any_more(desk: Desk, card: str, browser: Gateway, other: Gateway) -> None:
    question = asks(desk, card)
    tell(desk, SANNE, card, ANSWER, "a-1", text="Oma.", to=(question,))
    page = browser.get("/berichten")
    assert (bell(page), new_lines(page)) == ("Berichten", [])
    assert "Al afgehandeld" in page.text
    assert "Antwoord" in new_lines(other.get("/berichten"))[0]


def test_who_has_no_messages_is_told_what_comes_here(browser: Gateway) -> None:
    page = browser.get("/berichten")
    assert "U hebt nog geen berichten." in page.text


def test_a_card_is_followed_and_not_followed_from_its_page(desk: Desk, card: str, browser: Gateway) -> None:
    tell(desk, MEHMET, card, REMARK, "a-1", text="Mooi.")
    assert bell(browser.get("/")) == "Berichten"
    page = browser.get(f"/kaarten/{card}")
    assert page.form().text_content().split()[0] == "Kaart"
    followed = pressed(browser, page)
    assert "U volgt deze kaart." in followed.text
    assert bell(followed) != "Berichten"
    left = pressed(browser, followed)
    assert "U volgt deze kaart niet meer." in left.text
    assert bell(left) == "Berichten"


def test_a_long_list_is_leafed_through(desk: Desk, card: str, browser: Gateway) -> None:
    for each in (card, editing.create_card(desk, SANNE, new_card(), "Nog een")):
        bell_of_services.follow(desk, SANNE, each)
        for number in range(35):
            tell(desk, MEHMET, each, REMARK, "a-1", text=f"Bericht {number}.")
    first, second = browser.get("/berichten"), browser.get("/berichten?pagina=2")
    assert [len(new_lines(page)) for page in (first, second)] == [50, 20]
    assert bell(first) == "70 nieuwe berichten"
    assert not set(first.all("//main//time/@datetime")) & set(second.all("//main//time/@datetime"))
    done = pressed(browser, second)  # from any page: all that was there
    assert bell(done) == "Berichten"


def test_what_is_shielded_is_on_no_page_of_messages(desk: Desk, kaart: str, other: Gateway) -> None:
    card = kaart.rpartition("/")[2]
    document = desk.kaarten.read(card).document
    document["professionals"].append({"id": "w-2", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"})
    editing.save_card(desk, SANNE, card, document, desk.kaarten.head(card), "Erbij")
    pressed(other, other.get(kaart))
    shield(desk, card, "afspraken", "a-1")
    before = bell(other.get("/berichten"))
    asks(desk, card, SANNE)
    change(desk, card, "afspraken", "a-1", tekst="Ze slapen op het geheime adres.")
    page = other.get("/berichten")
    assert bell(page) == before
    assert "a-1" not in page.text
    assert "Vader belt" not in page.text


def test_the_page_goes_on_where_what_is_followed_cannot_be_read(desk: Desk, kaart: str, browser: Gateway) -> None:
    pressed(browser, browser.get(kaart))
    path = desk.following._file._path
    path.unlink()
    path.mkdir()
    page = browser.get(kaart)
    assert (page.status, bell(page)) == (200, "Berichten")
    assert not page.all("//form[contains(@class,'follow')]")
    assert "lukt nu niet" in browser.get("/berichten", 503).text
