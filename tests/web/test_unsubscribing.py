"""Choosing e-mail on one's own page, and stopping it by the link in it, without signing in."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app.services.desk import Desk
from app.services.unsubscribing import ADDRESS, token
from app.storage.accounts import AT_ONCE, DAILY, NO_MAIL
from app.web import create_app
from tests.desks import ACCOUNTS, logged
from tests.web.gateway import Gateway

KEY = "x" * 32


def choice(desk: Desk) -> str:
    return desk.accounts.known().accounts["sanne"].mail


@pytest.fixture
def stranger(app: Flask) -> Gateway:
    return Gateway(app.test_client())


def test_one_chooses_when_to_be_mailed(desk: Desk) -> None:
    browser = Gateway(create_app(desk, KEY, demonstration=True, mail=True).test_client()).become("sanne")
    page = browser.get("/account")
    assert page.all("//input[@name='mail'][@checked]/@value") == [DAILY]
    sent = {"_csrf": page.all("//input[@name='_csrf']/@value")[0], "mail": AT_ONCE}
    browser.post("/account/e-mail", sent)
    assert choice(desk) == AT_ONCE
    assert browser.get("/account").all("//input[@name='mail'][@checked]/@value") == [AT_ONCE]
    wrong = browser.post("/account/e-mail", {**sent, "mail": "soms"}, 422)
    assert wrong.error_at("mail") == "Fout: Kies wanneer u e-mail wilt."
    assert choice(desk) == AT_ONCE


def test_without_a_server_the_page_says_that_no_mail_goes(browser: Gateway) -> None:
    page = browser.get("/account")
    assert "Deze installatie verstuurt geen e-mail." in page.text
    assert page.all("//fieldset[@disabled]//input[@name='mail']")


def test_the_link_asks_first_and_stops_the_mail_without_signing_in(
    desk: Desk, stranger: Gateway, tmp_path: Path
) -> None:
    address = ADDRESS + token(KEY, "sanne")
    page = stranger.get(address)
    assert choice(desk) == DAILY, "programs that look into mail open its links"
    assert "Sanne" not in page.text
    done = stranger.send(page, status=200)
    assert done.all("//h1")[0].text == "U krijgt geen e-mail meer"
    assert choice(desk) == NO_MAIL
    (line,) = [one for one in logged(tmp_path) if one["event"] == "mail-unsubscribe"]
    assert (line["person"], line["who"], line["kind"]) == ("sanne", "", "U")


def test_a_mailbox_stops_the_mail_in_one_click_as_rfc_8058_says(desk: Desk, app: Flask, tmp_path: Path) -> None:
    address = ADDRESS + token(KEY, "sanne")
    for _time in range(2):
        answer = app.test_client().post(address, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200, "no redirect"
    assert choice(desk) == NO_MAIL
    assert len([one for one in logged(tmp_path) if one["event"] == "mail-unsubscribe"]) == 1


def test_a_link_that_is_not_ours_stops_nothing_and_who_guesses_must_wait(desk: Desk, stranger: Gateway) -> None:
    good = token(KEY, "sanne")
    for wrong in (good[:-1], token("y" * 32, "sanne"), token(KEY, "nobody"), "x"):
        stranger.post(ADDRESS + wrong, {}, 404)
    assert choice(desk) == DAILY
    # The clock of these tests goes on by minutes, so the first waits are over by themselves.
    found = {stranger.client.post(ADDRESS + "x").status_code for _try in range(60)}
    assert found == {404, 429}


def test_the_link_works_for_who_is_signed_in_as_somebody_else(desk: Desk, other: Gateway) -> None:
    other.client.post(ADDRESS + token(KEY, "sanne"))
    assert choice(desk) == NO_MAIL
    assert desk.accounts.known().accounts["mehmet"].mail == DAILY


def test_who_reads_no_cards_is_not_asked_about_mail(desk: Desk, app: Flask) -> None:
    desk.accounts.put(accounts=[replace(ACCOUNTS[0], role="beheerder")])
    page = Gateway(app.test_client()).become("sanne").get("/account")
    assert not page.all("//input[@name='mail']")
