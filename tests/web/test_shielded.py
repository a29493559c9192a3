"""Everything that can be reached of a card, by somebody from whom a part of it is shielded."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.services import editing, reading
from app.services.desk import Desk
from tests.desks import MEHMET, SANNE, names, new_card
from tests.papers import holds, words
from tests.web.gateway import Gateway

WORD = "Zonsopgang"
SHIELD = {"afgeschermdVoor": ["w-2"], "redenAfscherming": f"{WORD} reden"}
TEAM = [
    {"id": "w-1", "naam": SANNE.name, "organisatie": SANNE.organisation},
    {"id": "w-2", "naam": MEHMET.name, "organisatie": MEHMET.organisation},
]
_MOST_PAGES = 400
_TOKEN = re.compile(r'name="_csrf" value="[^"]*"')
"""Random signs, that may look like any number."""
_HREF = re.compile(r'(?:href|action|data-klad)="([^"#]+)')


@pytest.fixture
def kaart(desk: Desk) -> str:
    """A card with something shielded in every section that can, with a past of changes, removals and lifted shields."""
    card = new_card(professionals=TEAM)
    shape = desk.types.current.shape
    hidden: dict[str, Any] = {
        "onveilig": {"tekst": f"{WORD} onveilig", "onveiligheid": "acuut"},
        "voorwaarden": {"tekst": f"{WORD} voorwaarde", "status": "open"},
        "afspraken": {**card["afspraken"][1], "tekst": f"{WORD} afspraak", "start": "2025-01-01"},
        "personen": {"rol": "ouder", "naam": f"{WORD} ouder", "geboortedatum": "1990-01-01"},
        "netwerk": {"naam": f"{WORD} oma"},
        "krachten": {"tekst": f"{WORD} kracht"},
        "professionals": {"naam": f"{WORD} arts", "organisatie": f"{WORD} kliniek"},
    }
    for section, item in hidden.items():
        prefix = shape[section].prefix
        card[section] = [*card.get(section, []), {**item, "id": f"{prefix}-99", **SHIELD}]
    kaart_id = editing.create_card(desk, SANNE, card, f"{WORD} begin")

    def save(actor: Any, section: str, change: dict[str, Any], reason: str) -> None:
        now = reading.read_card(desk, actor, kaart_id)
        editing.save_item(desk, actor, kaart_id, section, change, now.revision, reason)

    hidden_item = {**hidden["afspraken"], "id": "a-99", **SHIELD}
    save(SANNE, "afspraken", {**hidden_item, "frequentie": f"{WORD} elke dag"}, f"{WORD} vaker")
    was_open = {**hidden["afspraken"], "id": "a-98", "tekst": f"{WORD} eerst open"}
    save(SANNE, "afspraken", was_open, f"{WORD} nieuw")
    save(SANNE, "afspraken", {**was_open, **SHIELD}, f"{WORD} toch niet")
    newest = reading.read_card(desk, SANNE, kaart_id)
    editing.remove_item(desk, SANNE, kaart_id, "afspraken", "a-98", newest.revision, f"{WORD} weg")
    save(MEHMET, "afspraken", {**new_card()["afspraken"][0], "frequentie": "Elke dag"}, "Gebeld met oma")
    return kaart_id


def crawl(client: FlaskClient, start: str) -> Iterator[tuple[str, str]]:
    """Every page within reach of an address that is asked for with GET, with what it says."""
    todo, seen = [start, "/", "/kaarten", f"/kaarten?zoek={WORD}", "/kaarten?zoek=oma", f"{start}?alles=1"], {start}
    while todo and len(seen) < _MOST_PAGES:
        address = todo.pop(0)
        answer = client.get(address, follow_redirects=True)
        if answer.mimetype == "application/pdf":
            text = f"{words(answer.data)} {WORD if holds(answer.data, WORD) else ''}"
        else:
            text = answer.get_data(as_text=True)
        yield address, text
        for link in (one.replace("&amp;", "&") for one in _HREF.findall(text)):
            if link.startswith("/kaarten") and link not in seen:
                seen.add(link)
                todo.append(link)


def test_no_page_within_reach_says_anything_of_it(app: Flask, kaart: str) -> None:
    browser = Gateway(app.test_client()).become("mehmet")
    pages = dict(crawl(browser.client, f"/kaarten/{kaart}"))
    # A search tells the word back that was typed, and nothing more.
    told = {address for address, text in pages.items() if WORD in text and f"zoek={WORD}" not in address}
    assert told == set()
    (searched,) = (text for address, text in pages.items() if f"zoek={WORD}" in address)
    assert kaart not in searched
    assert len(pages) > 40
    bare = {address: _TOKEN.sub("", text) for address, text in pages.items()}
    named = {address for address, text in bare.items() if names(text, "-99") or names(text, "a-98")}
    assert named == set(), "not even a number"


def test_who_may_see_it_finds_it_on_the_same_pages(app: Flask, kaart: str) -> None:
    browser = Gateway(app.test_client()).become("sanne")
    pages = dict(crawl(browser.client, f"/kaarten/{kaart}"))
    assert sum(WORD in text for text in pages.values()) > 20


def test_an_address_that_names_it_is_not_there(app: Flask, desk: Desk, kaart: str) -> None:
    browser, here = Gateway(app.test_client()).become("mehmet"), f"/kaarten/{kaart}"
    first = desk.kaarten.history(kaart)[-1].revision
    for address in (
        f"{here}/afspraken/a-99",
        f"{here}/afspraken/a-99/herkomst",
        f"{here}/afspraken/a-99/verwijderen",
        f"{here}/afspraken/a-99/verplaatsen",
        f"{here}/afspraken/a-98/herkomst",
        f"{here}?persoon=p-99",
        f"{here}/geschiedenis?afspraak=a-99",
        f"{here}/geschiedenis?persoon=p-99",
        f"{here}/revisies/{first}",
        f"{here}/vergelijken?van={first}&alleen=afspraken",
    ):
        answer = browser.client.get(address)
        assert WORD not in answer.get_data(as_text=True), address
    for form in ("json", "markdown"):
        for revision in ("", first):
            links = list(browser.get(f"{here}/tekst").links(f"{here}/kaart."))
            assert links
            answer = browser.client.get(f"{links[0]}?revisie={revision}")
            assert WORD not in answer.get_data(as_text=True), form


def test_the_whole_card_saved_as_text_leaves_it_as_it_was(app: Flask, desk: Desk, kaart: str) -> None:
    browser, before = Gateway(app.test_client()).become("mehmet"), desk.kaarten.read(kaart).document
    page = browser.get(f"/kaarten/{kaart}/tekst")
    (field,) = page.all("//textarea[@name='tekst']")
    text = field.text.removeprefix("\n").replace("Oma Riet", "Oma Riet van Dale")
    look = browser.send(page, {"tekst": text}, 200, ("_doe", "bekijk"))
    assert WORD not in look.source
    browser.send(look, {}, 303, ("_doe", "bewaar"))
    after = desk.kaarten.read(kaart).document
    assert after["netwerk"] == [{**before["netwerk"][0], "naam": "Oma Riet van Dale"}, *before["netwerk"][1:]]
    assert {**after, "netwerk": ()} == {**before, "netwerk": ()}
