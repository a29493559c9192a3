"""The timeline of a card and its filters, and comparing by day."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from app.services import editing
from app.services.desk import ZONE, Desk
from app.storage.records import Stored
from tests.cards import small_card
from tests.desks import MEHMET, SANNE, at
from tests.web.gateway import Gateway, Page

Now = Callable[[], Stored]
SAVES = "//ol[@class='saves-list']/li"


def days_later(desk: Desk, days: int) -> Desk:
    return at(desk, datetime(2026, 11, 23, 12, tzinfo=ZONE) + timedelta(days=days))


@pytest.fixture
def told(desk: Desk, kaart: str, now: Now) -> str:
    """The card with a save a day: of an afspraak, of the child, of the network."""
    for days, actor, section, number, change, reason in (
        (1, MEHMET, "afspraken", 0, {"frequentie": "Elke avond"}, "Vader belt vaker."),
        (2, SANNE, "personen", 0, {"naam": "Noortje"}, "Zo heet zij."),
        (3, MEHMET, "netwerk", 0, {"taak": "Ophalen"}, "Oma helpt."),
    ):
        held = now()
        item = {**held.document[section][number], **change}
        editing.save_item(days_later(desk, days), actor, held.id, section, item, held.revision, reason)
    return kaart


def reasons(page: Page) -> list[str]:
    return [one.strip() for one in page.texts(f"{SAVES}/blockquote")]


def test_saves_stand_under_their_day(browser: Gateway, told: str) -> None:
    page = browser.get(f"{told}/geschiedenis")
    assert page.texts("//h2")[:2] == ["donderdag 26 november 2026", "woensdag 25 november 2026"]
    assert len(page.all(SAVES)) == 4


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("vanaf=2026-11-25", ["Oma helpt.", "Zo heet zij."]),
        ("tot=2026-11-24", ["Vader belt vaker.", "Begin"]),
        ("vanaf=2026-11-24&tot=2026-11-24", ["Vader belt vaker."]),
        ("wie=veilig", ["Oma helpt.", "Vader belt vaker."]),
        ("wie=SANNE&vanaf=2026-11-24", ["Zo heet zij."]),
        ("persoon=p-1", ["Zo heet zij.", "Begin"]),
        ("persoon=p-2", ["Vader belt vaker.", "Begin"]),
        ("afspraak=a-1&tot=2026-11-23", ["Begin"]),
        ("persoon=p-99", []),
        ("vanaf=2027-01-01", []),
        ("vanaf=2026-11-25&tot=2026-11-24", []),
    ],
)
def test_the_history_can_be_narrowed_and_the_address_says_so(
    browser: Gateway, told: str, query: str, expected: list[str]
) -> None:
    page = browser.get(f"{told}/geschiedenis?{query}")
    assert reasons(page) == expected
    if not expected:
        assert "Hier is niets over te vinden." in page.text


def test_the_filters_that_are_on_stand_in_the_form(browser: Gateway, told: str) -> None:
    page = browser.get(f"{told}/geschiedenis?persoon=p-1&vanaf=2026-11-24&wie=sanne")
    form = page.all("//form[.//input[@name='vanaf']]")[0]
    assert form.xpath(".//option[@selected]/@value") == ["p-1"]
    assert form.xpath(".//input[@name='vanaf']/@value") == ["2026-11-24"]
    assert form.xpath(".//input[@name='wie']/@value") == ["sanne"]


@pytest.mark.parametrize("day", ["morgen", "2026-13-01", "2026-02-30", "0001-01-01", "9999-12-31", "<b>x</b>", "20261"])
@pytest.mark.parametrize("page", ["geschiedenis", "vergelijken"])
def test_what_is_no_day_is_told_and_kept(browser: Gateway, kaart: str, page: str, day: str) -> None:
    answer = browser.get(f"{kaart}/{page}?vanaf={day}", 422)
    assert "Dit is geen dag." in answer.text
    assert day in answer.all("//input[@name='vanaf']/@value")


def test_what_concerned_somebody_once_is_found_after_it_is_gone(
    browser: Gateway, desk: Desk, kaart: str, now: Now
) -> None:
    held = now()
    card = small_card(kaart=held.document["kaart"])
    card["afspraken"][1]["wie"] = ["p-1"]
    editing.save_card(desk, SANNE, held.id, card, held.revision, "Noor doet het zelf.")
    editing.remove_item(desk, SANNE, held.id, "afspraken", "a-2", now().revision, "Dat werkte niet.")
    assert reasons(browser.get(f"{kaart}/geschiedenis?persoon=p-1")) == [
        "Dat werkte niet.",
        "Noor doet het zelf.",
        "Begin",
    ]


def test_since_a_day_compares_with_the_card_of_before_that_day(browser: Gateway, told: str) -> None:
    page = browser.get(f"{told}/vergelijken?vanaf=2026-11-25")
    assert page.texts("//ul[@class='counted']/li") == ["Personen: 1 gewijzigd", "Netwerk: 1 gewijzigd"]
    assert "Elke avond" not in page.text
    until = browser.get(f"{told}/vergelijken?vanaf=2026-11-25&tm=2026-11-25")
    assert until.texts("//ul[@class='counted']/li") == ["Personen: 1 gewijzigd"]
    assert "Zo heet zij." in until.text


def test_before_the_first_day_there_is_nothing_to_compare_with(browser: Gateway, told: str) -> None:
    early = browser.get(f"{told}/vergelijken?vanaf=2020-01-01")
    assert "De kaart is er pas later." in early.text
    assert len(early.texts("//ul[@class='counted']/li")) == 3
    assert (
        "Op die dag was de kaart er nog niet." in browser.get(f"{told}/vergelijken?vanaf=2020-01-01&tm=2020-02-01").text
    )


def test_the_afspraken_alone_can_be_asked(browser: Gateway, told: str) -> None:
    page = browser.get(f"{told}/vergelijken?vanaf=2026-11-24&alleen=afspraken")
    assert page.texts("//section/h2") == ["Afspraken"]
    assert browser.get(f"{told}/vergelijken?vanaf=2026-11-24&alleen=bestaatniet").texts("//section/h2") != []


def test_each_changed_item_says_who_did_it_and_why(browser: Gateway, told: str) -> None:
    page = browser.get(f"{told}/vergelijken?vanaf=2026-11-24")
    (by,) = page.texts("//article[@id='wijziging-a-1']//p[@class='change__by']")
    assert "Mehmet Kaya, Veilig Thuis" in by
    assert "Vader belt vaker." in by
    assert len(page.all("//details[contains(@class, 'between')]//li")) == 3


def test_an_item_that_changed_twice_names_both_saves(browser: Gateway, desk: Desk, told: str, now: Now) -> None:
    held = now()
    item = {**held.document["afspraken"][0], "frequentie": "Elke week"}
    editing.save_item(days_later(desk, 4), SANNE, held.id, "afspraken", item, held.revision, "Minder vaak.")
    article = browser.get(f"{told}/vergelijken?vanaf=2026-11-24")
    (newest,) = article.texts("//article[@id='wijziging-a-1']/p[@class='change__by']")
    assert "Minder vaak." in newest
    (by,) = article.texts("//article[@id='wijziging-a-1']/details")
    assert "Eerder 1 keer gewijzigd" in by


def test_side_by_side_shows_what_was_and_what_is(browser: Gateway, told: str) -> None:
    page = browser.get(f"{told}/vergelijken?vanaf=2026-11-24&beeld=naast")
    old = page.texts("//article[@id='wijziging-p-1']//*[@class='sides2__old']")[0]
    new = page.texts("//article[@id='wijziging-p-1']//*[@class='sides2__new']")[0]
    assert "Noor" in old
    assert "Noortje" not in old
    assert "Noortje" in new


def test_side_by_side_shows_no_empty_side_for_an_item_that_came_as_a_whole(
    browser: Gateway, desk: Desk, told: str, now: Now
) -> None:
    held = now()
    item = {**held.document["afspraken"][0], "id": "a-9", "tekst": "Oma belt elke avond."}
    editing.save_item(days_later(desk, 4), SANNE, held.id, "afspraken", item, held.revision, "Nieuw.")
    page = browser.get(f"{told}/vergelijken?vanaf=2026-11-24&beeld=naast")
    (added,) = page.texts("//article[@id='wijziging-a-9']")
    assert "Oma belt elke avond." in added
    assert "(leeg)" not in added
    assert not page.all("//article[@id='wijziging-a-9']//*[@class='sides2']")


def test_a_comparison_can_be_sent_as_a_link_that_stays_what_it_is(browser: Gateway, told: str, now: Now) -> None:
    page = browser.get(f"{told}/vergelijken?vanaf=2026-11-24&beeld=naast&alleen=afspraken")
    (link,) = [one for one in page.links("/vergelijken?van=") if "naast" in one]
    assert now().revision in link
    assert browser.get(link).texts("//article") == page.texts("//article")
