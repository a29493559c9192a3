"""The order of a list is part of the card, and people choose it."""

from collections.abc import Callable

import pytest

from app.services import editing
from app.services.desk import Desk
from app.storage.records import Stored
from tests.desks import SANNE
from tests.web.gateway import Gateway

Now = Callable[[], Stored]


@pytest.fixture
def order(desk: Desk, kaart: str, now: Now) -> Callable[[], list[str]]:
    """The ids of four people of the network, as they stand on the card."""
    assert kaart
    more = [{"id": f"n-{number}", "naam": f"Buur {number}"} for number in (2, 3, 4)]
    card = now().document
    editing.save_card(desk, SANNE, now().id, {**card, "netwerk": card["netwerk"] + more}, now().revision, "")
    return lambda: [one["id"] for one in now().document["netwerk"]]


@pytest.mark.parametrize(
    ("item", "step", "wanted"),
    [
        ("n-3", "op", ["n-1", "n-3", "n-2", "n-4"]),
        ("n-3", "neer", ["n-1", "n-2", "n-4", "n-3"]),
        ("n-2", "neer", ["n-1", "n-3", "n-2", "n-4"]),
        ("n-1", "op", ["n-1", "n-2", "n-3", "n-4"]),
        ("n-4", "neer", ["n-1", "n-2", "n-3", "n-4"]),
    ],
)
def test_an_item_goes_one_up_or_down(
    browser: Gateway, kaart: str, order: Callable[[], list[str]], item: str, step: str, wanted: list[str]
) -> None:
    address = f"{kaart}/netwerk/{item}/verplaatsen"
    assert address in browser.get(kaart).links()
    page = browser.get(address)
    assert browser.send(page, button=("_stap", step)).location == f"{kaart}#{item}"
    assert order() == wanted


def test_an_item_goes_before_another_or_last_and_sent_unchanged_stays(
    browser: Gateway, kaart: str, now: Now, order: Callable[[], list[str]]
) -> None:
    before = now().revision
    for item in order():
        browser.send(browser.get(f"{kaart}/netwerk/{item}/verplaatsen"))
    assert now().revision == before
    browser.send(browser.get(f"{kaart}/netwerk/n-4/verplaatsen"), {"_voor": "n-1"})
    assert order() == ["n-4", "n-1", "n-2", "n-3"]
    done = browser.send(browser.get(f"{kaart}/netwerk/n-4/verplaatsen"), {"_voor": ""})
    assert order() == ["n-1", "n-2", "n-3", "n-4"]
    assert "Verplaatst." in browser.follow(done).text


def test_a_move_and_what_others_did_meanwhile_come_together(
    browser: Gateway, other: Gateway, kaart: str, now: Now, order: Callable[[], list[str]]
) -> None:
    page = browser.get(f"{kaart}/netwerk/n-4/verplaatsen")
    other.send(other.get(f"{kaart}/netwerk/n-4"), {"naam": "De buurman"})
    browser.send(page, {"_voor": "n-1"})
    assert order() == ["n-4", "n-1", "n-2", "n-3"]
    assert now().document["netwerk"][0]["naam"] == "De buurman"


@pytest.mark.usefixtures("order")
def test_a_move_that_cannot_be_made_keeps_the_reason(browser: Gateway, kaart: str, now: Now) -> None:
    before = now().revision
    page = browser.get(f"{kaart}/netwerk/n-4/verplaatsen")
    for sent in ({"_voor": "n-99"}, {"_basis": "0" * 40}):
        again = browser.send(page, {**sent, "_reden": "Zij helpt nu het meest"}, 409)
        assert again.values()["_reden"] == "Zij helpt nu het meest"
    browser.send(page, {"_voor": "n-1", "_reden": "x" * 5_001}, 422)
    assert now().revision == before


def test_what_has_no_order_of_its_own_is_not_moved(browser: Gateway, kaart: str, now: Now) -> None:
    browser.send(browser.get(f"{kaart}/visies/_nieuw"), {"van": "p-2", "tekst": "Anders.", "overItem": "a-2"})
    visie = now().document["visies"][0]["id"]
    card = browser.get(kaart)
    assert card.links("/afspraken/a-1/verplaatsen")
    assert not card.links(f"/visies/{visie}/verplaatsen")
    assert not card.links("/netwerk/n-1/verplaatsen"), "alone in its list"
    browser.get(f"{kaart}/visies/{visie}/verplaatsen", 403)
    browser.send(browser.get(f"{kaart}/evaluaties/_nieuw"), {"datum": "2026-11-20"})
    evaluatie = now().document["evaluaties"][0]["id"]
    browser.get(f"{kaart}/evaluaties/{evaluatie}/verplaatsen", 403)
    browser.get(f"{kaart}/netwerk/n-99/verplaatsen", 404)
    browser.get(f"{kaart}/kaart/n-1/verplaatsen", 404)
