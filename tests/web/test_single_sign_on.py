"""Single sign-on against a provider of our own: what it says is believed only when all of it is right."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from app.services.desk import Desk
from app.storage.accounts import Account
from app.web import create_app, oidc
from tests.desks import logged
from tests.web.gateway import Gateway, Page
from tests.web.provider import CLIENT, SECRET, Provider, running
from tests.web.signing import EMAIL, Clock, still_desk


@pytest.fixture
def still(tmp_path: Path) -> tuple[Desk, Clock]:
    desk, clock = still_desk(tmp_path)
    desk.accounts.put(accounts=[Account("noor", "Noor Visser", EMAIL, "cjg")])
    return desk, clock


@pytest.fixture
def desk(still: tuple[Desk, Clock]) -> Desk:
    return still[0]


@pytest.fixture
def provider(still: tuple[Desk, Clock]) -> Iterator[Provider]:
    with running() as provider:
        provider.now = int(still[1]().timestamp())
        provider.person = {"sub": "4711", "email": EMAIL, "email_verified": True}
        yield provider


def app_for(desk: Desk, provider: Provider, strength: str = "") -> Flask:
    at = oidc.Provider(provider.base, CLIENT, SECRET, "Regio-inlog", strength)
    return create_app(desk, "x" * 32, demonstration=False, provider=at)


@pytest.fixture
def app(desk: Desk, provider: Provider) -> Flask:
    return app_for(desk, provider)


@pytest.fixture
def browser(app: Flask) -> Gateway:
    return Gateway(app.test_client())


def there(browser: Gateway) -> str:
    """To the provider; the address on our side to which it sends a browser back."""
    leaving = browser.get("/aanmelden/elders?verder=/kaarten", 302)
    answer = requests.get(leaving.location, timeout=5, allow_redirects=False)
    return answer.headers["Location"].removeprefix("http://localhost")


def back(browser: Gateway, status: int = 303) -> Page:
    return browser.get(there(browser), status)


def is_in(browser: Gateway) -> bool:
    return browser.client.get("/account").status_code == 200


def test_who_has_an_account_comes_in_and_where_one_was_going(
    browser: Gateway, app: Flask, desk: Desk, provider: Provider, tmp_path: Path
) -> None:
    assert "Aanmelden met Regio-inlog" in browser.get("/aanmelden").text
    assert back(browser).location == "/kaarten"
    assert "Noor Visser" in browser.get("/account").text
    assert desk.accounts.known().accounts["noor"].subject == f"{provider.base} 4711"
    provider.person = {"sub": "4711"}  # from now on the address does not matter
    again = Gateway(app.test_client())
    back(again)
    assert is_in(again)
    grounds = [line["ground"] for line in logged(tmp_path) if line["event"] == "sign-in"]
    assert grounds == ["single sign-on"] * 2


_WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "the nonce": ({"claims": {"nonce": "een-andere"}}, "hoort bij een andere aanmelding"),
    "no nonce": ({"claims": {"nonce": None}}, "hoort bij een andere aanmelding"),
    "the audience": ({"claims": {"aud": "iets-anders"}}, "voor een ander programma"),
    "many parties, of whom we are not the one": (
        {"claims": {"aud": [CLIENT, "iets-anders"], "azp": "iets-anders"}},
        "voor een ander programma",
    ),
    "many parties and nobody named": ({"claims": {"aud": [CLIENT, "iets-anders"]}}, "voor een ander programma"),
    "the issuer": ({"claims": {"iss": "https://elders.example"}}, "kwam van een andere partij"),
    "the issuer in the address": ({"back": {"iss": "https://elders.example"}}, "kwam van een andere partij"),
    "the state": ({"back": {"state": "een-andere"}}, "niet hier begonnen"),
    "over": ({"claims": {"exp": 1}}, "verlopen"),
    "no end": ({"claims": {"exp": None}}, "verlopen"),
    "from the future": ({"claims": {"iat": 9_999_999_999}}, "verlopen"),
    "not signed": ({"algorithm": "none"}, "handtekening"),
    "signed by another": ({"forged": True}, "handtekening"),
    "refused there": ({"back": {"error": "access_denied"}}, "daar niet gelukt"),
    "nobody": ({"claims": {"sub": ""}}, "zegt niet wie u bent"),
    "an address that is not proven": ({"claims": {"email_verified": False}}, "geen account"),
    "an address that is said to be proven in a text": ({"claims": {"email_verified": "true"}}, "geen account"),
    "an unknown address": ({"claims": {"email": "niemand@elders.example"}}, "geen account"),
    "an invented person": ({"claims": {"email": "sanne@cjg.example"}}, "geen account"),
}


@pytest.mark.parametrize("what", _WRONG)
def test_what_is_not_right_is_refused_in_clear_words(browser: Gateway, provider: Provider, what: str) -> None:
    wrong, sentence = _WRONG[what]
    for name, value in wrong.items():
        setattr(provider, name, value)
    page = back(browser, 401)
    assert sentence in page.texts("//*[@role='alert']")[0]
    assert not is_in(browser)


def test_an_answer_counts_once_and_in_the_browser_that_asked(app: Flask, browser: Gateway, provider: Provider) -> None:
    answer = there(browser)
    assert "niet hier begonnen" in Gateway(app.test_client()).get(answer, 401).text
    browser.get(answer, 303)
    assert is_in(browser)
    assert "niet hier begonnen" in browser.get(answer, 401).text
    assert provider.tokens == 1


def test_an_account_that_is_bound_is_not_taken_over_with_its_address(
    browser: Gateway, desk: Desk, provider: Provider
) -> None:
    desk.accounts.change("noor", lambda one: replace(one, subject=f"{provider.base} een-ander"))
    assert "geen account" in back(browser, 401).text
    desk.accounts.change("noor", lambda one: replace(one, subject=f"{provider.base} 4711", active=False))
    assert "geen account" in back(browser, 401).text


def test_a_second_step_there_can_be_demanded(desk: Desk, provider: Provider) -> None:
    app = app_for(desk, provider, "mfa")
    for claims, status in (({}, 401), ({"amr": ["pwd"]}, 401), ({"amr": ["pwd", "mfa"]}, 303), ({"acr": "mfa"}, 303)):
        provider.claims = claims
        back(Gateway(app.test_client()), status)


def test_a_provider_that_is_away_is_one_sentence_and_the_password_still_works(desk: Desk) -> None:
    with running() as gone:
        pass
    browser = Gateway(app_for(desk, gone).test_client())
    page = browser.get("/aanmelden/elders", 503)
    assert "geeft nu geen antwoord" in page.text
    assert page.form().get("action") == "/aanmelden"


def test_without_the_setting_there_is_no_such_door(desk: Desk) -> None:
    browser = Gateway(create_app(desk, "x" * 32, demonstration=False).test_client())
    assert "Aanmelden met" not in browser.get("/aanmelden").text
    browser.get("/aanmelden/elders", 404)
    browser.get("/aanmelden/terug", 404)
