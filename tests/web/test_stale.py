"""A form that stood open too long, or under another name, is shown again as typed; nothing is saved by it."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.storage.records import Stored
from tests.web.gateway import Gateway, Page

Now = Callable[[], Stored]
HERE = {"Sec-Fetch-Site": "same-origin"}
SENTENCE = "Deze pagina stond lang open. Kijk na wat u schreef en bewaar nog eens."


def sent(browser: Gateway, form: Page, typed: dict[str, str], status: int, headers: dict[str, str]) -> Page:
    values = form.values()
    for name, value in typed.items():
        values.setlist(name, [value])
    response = browser.client.post(form.form().get("action"), data=values, headers=headers)
    assert response.status_code == status, response.text[:800]
    return Page(response, form.address)


@pytest.mark.parametrize("address", ["afspraken/a-1", "afspraken/_nieuw", "kaart"])
def test_a_form_with_an_old_token_from_our_own_page_is_shown_again_and_can_be_sent(
    browser: Gateway, kaart: str, now: Now, address: str
) -> None:
    before, form = now().revision, browser.get(f"{kaart}/{address}")
    field = "naam" if address == "kaart" else "frequentie"
    for old in ("van-vroeger", ""):
        page = sent(browser, form, {"_csrf": old, field: "Alleen hier", "_reden": "Omdat"}, 409, HERE)
        assert page.texts("//*[@role='alert']/h2") == [SENTENCE]
        assert (page.values()[field], page.values()["_reden"]) == ("Alleen hier", "Omdat")
        assert page.values()["_csrf"] not in ("", old)
        assert now().revision == before
    if address != "afspraken/_nieuw":
        browser.send(page)
        assert now().revision != before


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 409),
        ({"Origin": "http://localhost"}, 409),
        ({"Referer": "http://localhost/kaarten"}, 409),
        ({}, 400),
        ({"Sec-Fetch-Site": "cross-site"}, 400),
        ({"Sec-Fetch-Site": "same-site"}, 400),
        ({"Sec-Fetch-Site": "none"}, 400),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 400),
        ({"Origin": "http://elders.example"}, 400),
        ({"Origin": "https://localhost"}, 400),
        ({"Origin": "http://localhost.elders.example"}, 400),
        ({"Origin": "null"}, 400),
        ({"Referer": "http://elders.example/http://localhost/"}, 400),
    ],
)
def test_only_a_form_of_our_own_pages_is_shown_again(
    browser: Gateway, kaart: str, now: Now, headers: dict[str, str], status: int
) -> None:
    before, form = now().revision, browser.get(f"{kaart}/afspraken/a-1")
    page = sent(browser, form, {"_csrf": "oud", "tekst": "Vader belt tante."}, status, headers)
    assert ("Vader belt tante." in page.source) == (status == 409)
    assert now().revision == before


def test_a_page_that_does_not_say_how_refuses(browser: Gateway) -> None:
    form = browser.get("/persoon")
    sent(browser, form, {"_csrf": "oud", "persoon": "mehmet"}, 400, HERE)


def test_a_question_whether_to_remove_is_asked_again_with_the_reason(browser: Gateway, kaart: str, now: Now) -> None:
    question = browser.get(f"{kaart}/afspraken/a-2/verwijderen")
    page = sent(browser, question, {"_csrf": "oud", "_reden": "Niet nodig"}, 409, HERE)
    assert page.values()["_reden"] == "Niet nodig"
    assert len(now().document["afspraken"]) == 2
    browser.send(page)
    assert len(now().document["afspraken"]) == 1


@pytest.mark.parametrize("address", ["afspraken/a-1", "netwerk/_nieuw", "kaart"])
def test_nothing_is_saved_under_the_name_of_who_came_later(
    browser: Gateway, kaart: str, now: Now, address: str
) -> None:
    before, form = now().revision, browser.get(f"{kaart}/{address}")
    field = "tekst" if address == "afspraken/a-1" else "naam"
    browser.become("mehmet")
    page = browser.send(form, {field: "Alleen hier"}, 409)
    assert "Nu werkt u als Mehmet Kaya" in page.texts("//*[@role='alert']")[0]
    assert page.values()[field] == "Alleen hier"
    assert now().revision == before
    browser.send(page)
    assert now().revision != before


def test_neither_is_a_draft_nor_a_removal(browser: Gateway, kaart: str, now: Now) -> None:
    form, question = browser.get(f"{kaart}/afspraken/a-1"), browser.get(f"{kaart}/afspraken/a-2/verwijderen")
    browser.become("mehmet")
    headers = {"Accept": "application/json", **HERE}
    response = browser.client.post(form.all("//form/@data-klad")[0], data=form.values(), headers=headers)
    assert (response.status_code, response.mimetype) == (409, "application/problem+json")
    assert "U hebt geen klad" in browser.get("/klad").text
    assert "Nu werkt u als Mehmet Kaya" in browser.send(question, {}, 409).text
    assert len(now().document["afspraken"]) == 2


def test_who_is_not_signed_in_gets_back_what_was_typed_and_nothing_of_a_card(
    app: Flask, browser: Gateway, kaart: str, now: Now
) -> None:
    before, form = now().revision, browser.get(f"{kaart}/afspraken/a-1")
    stranger = Gateway(app.test_client())
    page = sent(stranger, form, {"tekst": "Anders"}, 401, HERE)
    assert "Anders" in page.text
    assert "Gezin Van Dale" not in page.source
    for address, typed, called in (
        (f"{kaart}/overleg/a-1", {"tekst": "Wie belt er?"}, "Uw bericht"),
        (f"{kaart}/overleg/a-1/visie", {"tekst": "Ik zie dat anders."}, "Uw visie"),
        (f"{kaart}/beoordelen", {"onderdeel": "a-1", "opmerking.a-1": "Wie let daarop?"}, "Opmerking"),
        (f"{kaart}/bevestigen", {"tekst": "Ik zie het ook."}, "Wat u erbij wilde zeggen"),
    ):
        talk = stranger.post(address, typed, 401, HERE)
        assert talk.texts("//main//dl/dt") == [called]
        assert talk.texts("//main//dl/dd")[0] in typed.values()
    other_site = sent(stranger, form, {"tekst": "Anders"}, 401, {"Sec-Fetch-Site": "cross-site"})
    assert "Anders" not in other_site.source
    assert now().revision == before


def test_what_was_sent_after_the_session_ended_is_saved_after_signing_in_again(
    browser: Gateway, kaart: str, now: Now
) -> None:
    form = browser.get(f"{kaart}/afspraken/a-1")
    browser.leave()
    gone = browser.send(form, {"frequentie": "Elke dag", "_reden": "Gebeld"}, 401)
    assert "U bent afgemeld" in gone.text
    browser.become("sanne")
    looked_at = browser.send(gone, {}, 409)
    assert looked_at.values()["frequentie"] == "Elke dag"
    browser.send(looked_at)
    assert now().document["afspraken"][0]["frequentie"] == "Elke dag"
