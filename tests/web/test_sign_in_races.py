"""Who tries at once, halfway or from elsewhere gets no further than who tries once and straight."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
from flask import Flask

from app.services import accounts, inviting
from app.services.desk import Desk
from app.services.errors import NotFound, ServiceError
from app.web import create_app
from tests.desks import OPERATOR
from tests.web.gateway import HERE, Gateway, Page
from tests.web.signing import EMAIL, PASSWORD, Clock, Person, invited, still_desk, with_account

AT_ONCE = 8


@pytest.fixture
def still(tmp_path: Path) -> tuple[Desk, Clock]:
    return still_desk(tmp_path)


@pytest.fixture
def desk(still: tuple[Desk, Clock]) -> Desk:
    return still[0]


@pytest.fixture
def noor(still: tuple[Desk, Clock]) -> Person:
    return with_account(*still)


@pytest.fixture
def app(desk: Desk) -> Flask:
    return create_app(desk, "x" * 32, demonstration=False)


def halfway(app: Flask) -> tuple[Gateway, Page]:
    """A browser in which the password was given, and the page that asks for the code."""
    browser = Gateway(app.test_client())
    return browser, browser.follow(browser.send(browser.get("/aanmelden"), {"naam": EMAIL, "wachtwoord": PASSWORD}))


def is_in(browser: Gateway) -> bool:
    return browser.client.get("/account").status_code == 200


Meanwhile = Callable[[Desk, Person], object]
_MEANWHILE: dict[str, Meanwhile] = {
    "the account was stopped": lambda desk, noor: accounts.deactivate(desk, OPERATOR, noor.account),
    "the password was changed": lambda desk, noor: desk.accounts.change(
        noor.account, lambda one: replace(one, password=one.password[::-1], stamp=one.stamp + 1)
    ),
    "half an hour went by": lambda _desk, noor: noor.clock.on(minutes=31),
}


@pytest.mark.parametrize("what", _MEANWHILE)
def test_a_right_code_opens_nothing_when_meanwhile(app: Flask, desk: Desk, noor: Person, what: str) -> None:
    browser, asked = halfway(app)
    _MEANWHILE[what](desk, noor)
    code = noor.code()
    answer = browser.client.post(asked.address, data={**asked.values(), "code": code}, headers=HERE)
    assert answer.status_code != 200 or b"Afmelden" not in answer.data
    assert not is_in(browser)


def test_one_code_sent_from_many_browsers_at_once_lets_one_in(app: Flask, noor: Person) -> None:
    tries = [halfway(app) for _ in range(4)]  # more from one address in a moment would have to wait
    code = noor.code()

    def give(one: tuple[Gateway, Page]) -> bool:
        browser, asked = one
        browser.client.post(asked.address, data={**asked.values(), "code": code}, headers=HERE)
        return is_in(browser)

    with ThreadPoolExecutor(len(tries)) as pool:
        assert sum(pool.map(give, tries)) == 1


def test_one_link_used_by_many_at_once_makes_one_account_ready(still: tuple[Desk, Clock]) -> None:
    desk, clock = still
    token, secret = invited(desk), pyotp.random_base32(32)

    def use(number: int) -> bool:
        try:
            inviting.accept(desk, token, f"{PASSWORD} {number}", secret, pyotp.TOTP(secret).at(clock.now))
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sum(pool.map(use, range(AT_ONCE))) == 1


def test_looking_at_a_link_does_not_use_it(app: Flask, desk: Desk) -> None:
    token = invited(desk)
    for _ in range(3):  # programs that look for harm in mail open every link
        assert Gateway(app.test_client()).get(f"/uitnodiging/{token}").status == 200
    assert inviting.invitation(desk, token)


def test_an_address_that_a_browser_makes_up_does_not_begin_the_count_anew(app: Flask) -> None:
    client = app.test_client()
    page = Gateway(client).get("/aanmelden")
    said = []
    for number in range(40):
        answer = client.post(
            "/aanmelden",
            data={**page.values(), "naam": f"iemand{number}@cjg.example", "wachtwoord": "geen idee van dit"},
            headers={**HERE, "X-Forwarded-For": f"198.51.100.{number}", "Forwarded": f"for=198.51.100.{number}"},
        )
        said.append("te vaak" in answer.get_data(as_text=True))
    assert not any(said[:30])
    assert all(said[30:])


def test_an_old_link_is_of_no_use_after_a_new_one_or_after_it_was_withdrawn(desk: Desk, noor: Person) -> None:
    first = inviting.reset(desk, OPERATOR, noor.account)
    second = inviting.reset(desk, OPERATOR, noor.account)
    inviting.withdraw(desk, OPERATOR, noor.account)
    for token in (first, second):
        with pytest.raises(ServiceError):
            inviting.invitation(desk, token)
