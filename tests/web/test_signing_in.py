"""Signing in: a password and a code, once each; what ends a session ends it at once; guessing gets nobody in."""

import os
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import pyotp
import pytest
from flask import Flask
from werkzeug.wrappers import Response

from app.services import sessions, signing_in
from app.services.desk import Desk
from app.services.errors import ServiceError
from app.services.sessions import Door
from app.storage.sessions import Session
from app.web import create_app
from app.web.session import enter
from tests.desks import logged
from tests.web.gateway import HERE, Gateway, Page
from tests.web.signing import EMAIL, PASSWORD, Clock, Person, invited, still_desk, with_account

TRIES = 1_000


def told(figures: str) -> None:
    """Say the figures past what pytest holds back."""
    os.write(2, f"\n[sign-in] {figures}\n".encode())


@pytest.fixture
def still(tmp_path: Path) -> tuple[Desk, Clock]:
    return still_desk(tmp_path)


@pytest.fixture
def desk(still: tuple[Desk, Clock]) -> Desk:
    return still[0]


@pytest.fixture
def clock(still: tuple[Desk, Clock]) -> Clock:
    return still[1]


@pytest.fixture
def noor(desk: Desk, clock: Clock) -> Person:
    return with_account(desk, clock)


@pytest.fixture
def app(desk: Desk) -> Flask:
    return create_app(desk, "x" * 32, demonstration=False)


@pytest.fixture
def browser(app: Flask) -> Gateway:
    return Gateway(app.test_client())


def token(browser: Gateway) -> str:
    found = browser.client.get_cookie("kaarten")
    return found.value if found else ""


def replayed(app: Flask, stolen: str) -> int:
    """What somebody gets who kept a token."""
    client = app.test_client()
    client.set_cookie("kaarten", stolen)
    return client.get("/account").status_code


def test_a_password_and_a_code_lead_to_where_one_was_going(browser: Gateway, noor: Person, tmp_path: Path) -> None:
    asked = browser.get("/kaarten?zoek=oma", 302)
    assert asked.location == "/aanmelden?verder=/kaarten?zoek%3Doma"
    done = noor.enter(browser, "/kaarten?zoek%3Doma")
    assert done.location == "/kaarten?zoek=oma"
    page = browser.follow(done)
    assert "Noor Visser (CJG Halderberge)" in page.text
    assert [line["outcome"] for line in logged(tmp_path) if line["event"] == "sign-in"] == ["toegestaan"]


def test_a_password_alone_opens_nothing(browser: Gateway, app: Flask, noor: Person) -> None:
    browser.send(browser.get("/aanmelden"), {"naam": EMAIL, "wachtwoord": PASSWORD})
    for address in ("/", "/kaarten", "/account"):
        assert browser.get(address, 302).location.startswith("/aanmelden?")
    assert replayed(app, token(browser)) == 302
    noor.clock.on(minutes=11)
    form = browser.get("/aanmelden/code", 302)
    assert form.location.startswith("/aanmelden")


def test_an_unknown_name_a_wrong_password_and_a_stopped_account_have_one_answer(
    browser: Gateway, desk: Desk, noor: Person
) -> None:
    def answer(name: str, password: str) -> str:
        page = browser.send(browser.get("/aanmelden"), {"naam": name, "wachtwoord": password}, 401)
        return re.sub(r'value="[^"]*"|data-token="[^"]*"', "", page.source)

    wrong = answer(EMAIL, "iets anders dan dat")
    assert wrong == answer("niemand@elders.example", PASSWORD)
    desk.accounts.change(noor.account, lambda one: replace(one, active=False))
    assert wrong == answer(EMAIL, PASSWORD)
    assert wrong == answer("sanne@cjg.example", "")  # of the demonstration: no password at all
    assert "klopt niet" in wrong


def test_a_code_is_accepted_once_and_a_recovery_code_too(browser: Gateway, app: Flask, noor: Person) -> None:
    code = noor.code()
    for status in (303, 401):
        asked = browser.follow(browser.send(browser.get("/aanmelden"), {"naam": EMAIL, "wachtwoord": PASSWORD}))
        browser.send(asked, {"code": code}, status)
    other = Gateway(app.test_client())
    for status in (303, 401):
        asked = other.follow(other.send(other.get("/aanmelden"), {"naam": EMAIL, "wachtwoord": PASSWORD}))
        other.send(asked, {"code": noor.codes[3].upper().replace("-", " ")}, status)


def test_every_step_of_signing_in_has_a_token_of_its_own(browser: Gateway, app: Flask, noor: Person) -> None:
    browser.client.set_cookie("kaarten", "gekozen-door-een-ander")
    asked = browser.follow(browser.send(browser.get("/aanmelden"), {"naam": EMAIL, "wachtwoord": PASSWORD}))
    first = token(browser)
    browser.send(asked, {"code": noor.code()})
    second = token(browser)
    assert len({"gekozen-door-een-ander", first, second}) == 3
    assert [replayed(app, one) for one in ("gekozen-door-een-ander", first, second)] == [302, 302, 200]


Ending = Callable[[Gateway, Desk, Person], object]


def _new_password(browser: Gateway, _desk: Desk, _noor: Person) -> object:
    form = browser.get("/account/wachtwoord")
    return browser.send(form, {"oud": PASSWORD, "nieuw": "zes blauwe kamelen op zolder"})


def _stopped_organisation(_browser: Gateway, desk: Desk, _noor: Person) -> object:
    known = desk.accounts.known().organisations["cjg"]
    desk.accounts.put([replace(known, active=False)])
    return known


_ENDINGS: dict[str, Ending] = {
    "signing out": lambda browser, _desk, _noor: browser.leave(),
    "another password": _new_password,
    "another role": lambda _browser, desk, noor: desk.accounts.change(
        noor.account, lambda one: replace(one, role="auditor", stamp=one.stamp + 1)
    ),
    "deactivation": lambda _browser, desk, noor: desk.accounts.change(
        noor.account, lambda one: replace(one, active=False)
    ),
    "the organisation stopped": _stopped_organisation,
    "half an hour without a request": lambda _browser, _desk, noor: noor.clock.on(minutes=31),
    "ending it": lambda _browser, desk, noor: [desk.sessions.end(noor.account, one.id) for one in _all(desk, noor)],
}


def _all(desk: Desk, noor: Person) -> list[Session]:
    return desk.sessions.of(noor.account)


@pytest.mark.parametrize("how", _ENDINGS)
def test_a_session_that_ended_is_accepted_nowhere_any_more(
    browser: Gateway, app: Flask, desk: Desk, noor: Person, how: str
) -> None:
    other = Gateway(app.test_client())
    for one in (browser, other):
        noor.enter(one)
    stolen = token(browser)
    assert replayed(app, stolen) == 200
    _ENDINGS[how](browser, desk, noor)
    assert [replayed(app, stolen) for _ in range(3)] == [302] * 3
    if how != "signing out":
        assert replayed(app, token(other)) == 302
    if how == "another password":
        assert replayed(app, token(browser)) == 200


def test_use_keeps_a_session_alive_and_after_twelve_hours_it_ends_all_the_same(browser: Gateway, noor: Person) -> None:
    noor.enter(browser)
    form = browser.get("/account").all("//body/@data-token")[0]
    for _ in range(4 * 12 - 2):
        noor.clock.on(minutes=15)
        assert browser.client.post("/aanmelden/blijf", headers={"X-CSRFToken": form}).status_code == 200
    noor.clock.on(minutes=29)
    browser.get("/account")
    noor.clock.on(minutes=2)
    browser.get("/account", 302)


def test_a_script_is_told_in_a_sentence_that_nobody_is_signed_in(browser: Gateway) -> None:
    values = browser.get("/aanmelden").values()
    headers = {"Accept": "application/json", **HERE}
    answer = browser.client.post("/aanmelden/blijf", data=values, headers=headers)
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert "U bent afgemeld" in answer.json["title"]  # type: ignore[index]  # it is an object


def test_guessing_waits_longer_and_longer_and_who_waits_gets_in(browser: Gateway, noor: Person) -> None:
    form = browser.get("/aanmelden")
    statuses = [browser.send(form, {"naam": EMAIL, "wachtwoord": "x"}, status).status for status in [401] * 5 + [429]]
    assert statuses[-1] == 429
    page = browser.send(form, {"naam": EMAIL, "wachtwoord": PASSWORD}, 429)
    assert "Over een minuut kunt u het nog eens proberen." in page.text
    assert page.values()["naam"] == EMAIL
    noor.clock.on(seconds=31)
    noor.enter(browser)
    assert browser.get("/account").status == 200


def test_a_thousand_tries_let_nobody_in_and_few_are_judged(desk: Desk, noor: Person) -> None:
    judged = accepted = 0
    for number in range(TRIES):
        for name in (EMAIL, "niemand@elders.example"):
            try:
                signing_in.give_password(desk, Door(address=f"10.0.{number % 7}.1"), name, f"geraden {number}")
                accepted += 1
            except signing_in.SignInRefused:
                judged += 1
            except ServiceError:
                pass
        noor.clock.on(seconds=1)
    told(f"{2 * TRIES} tries in 1,000 s: {judged} judged, {accepted} accepted")
    assert accepted == 0
    assert judged <= 2 * 11


def test_codes_are_not_guessed_either(browser: Gateway, noor: Person) -> None:
    asked = browser.follow(browser.send(browser.get("/aanmelden"), {"naam": EMAIL, "wachtwoord": PASSWORD}))
    for number in range(5):
        browser.send(asked, {"code": f"{number:06}"}, 401)
    right = pyotp.TOTP(noor.secret).at(noor.clock.now)
    assert browser.send(asked, {"code": right}, 429).status == 429


def test_known_and_unknown_names_take_the_same_time(desk: Desk, noor: Person) -> None:
    def seconds(name: str) -> float:
        start = time.perf_counter()
        with pytest.raises(ServiceError):
            signing_in.give_password(desk, Door(address="10.0.0.1"), name, "geraden")
        noor.clock.on(hours=25)  # what was tried is forgotten
        return time.perf_counter() - start

    found = [(seconds(EMAIL), seconds(f"niemand{number}@elders.example")) for number in range(21)]
    known, unknown = (median(times) for times in zip(*found, strict=True))
    told(f"known {known * 1000:.1f} ms, unknown {unknown * 1000:.1f} ms, ratio {known / unknown:.2f}")
    assert 0.75 < known / unknown < 1.33


def test_the_log_says_who_was_tried_and_nothing_of_a_name_that_nobody_has(
    browser: Gateway, noor: Person, tmp_path: Path
) -> None:
    browser.send(browser.get("/aanmelden"), {"naam": "mijn-geheime-woord", "wachtwoord": "x"}, 401)
    browser.send(browser.get("/aanmelden"), {"naam": EMAIL, "wachtwoord": "nog-een-geheim"}, 401)
    lines = [line for line in logged(tmp_path) if line["event"] == "sign-in"]
    assert [(line["who"], line["outcome"], line["ground"]) for line in lines] == [
        ("", "geweigerd", "password"),
        (noor.account, "geweigerd", "password"),
    ]
    kept = b"".join(file.read_bytes() for file in (tmp_path / "var").rglob("*") if file.is_file())
    assert not [word for word in (b"mijn-geheime-woord", b"nog-een-geheim") if word in kept]


def _made_ready(browser: Gateway, desk: Desk, clock: Clock) -> tuple[str, Page, Page]:
    link = f"/uitnodiging/{invited(desk)}"
    form = browser.get(link)
    code = pyotp.TOTP(form.values()["geheim"]).at(clock.now)
    return link, form, browser.send(form, {"wachtwoord": PASSWORD, "code": code}, 200)


def test_a_link_makes_an_account_ready_once_and_signs_in(browser: Gateway, desk: Desk, clock: Clock) -> None:
    link, form, done = _made_ready(browser, desk, clock)
    assert form.all("//main//svg")
    assert len(done.texts("//ol[@class='codes']/li")) == 10
    assert "Noor Visser" in browser.get("/account").text
    assert "Deze link werkt niet meer." in browser.get(link, 404).text
    browser.post(link, form.values(), 400)


def test_what_was_chosen_wrong_is_said_beside_it_and_the_secret_stays(browser: Gateway, desk: Desk) -> None:
    form = browser.get(f"/uitnodiging/{invited(desk)}")
    wrong = browser.send(form, {"wachtwoord": "kort", "code": "000000"}, 422)
    assert "te kort" in wrong.error_at("wachtwoord")
    assert "code" in wrong.error_at("code")
    assert wrong.values()["geheim"] == form.values()["geheim"]
    assert "kort" not in wrong.values().values()
    browser.send(form, {"geheim": "A"}, 400)


def test_ones_own_password_app_and_codes_can_be_changed_with_the_password(
    browser: Gateway, noor: Person, desk: Desk
) -> None:
    noor.enter(browser)
    assert "niet uw wachtwoord" in browser.send(browser.get("/account/herstelcodes"), {"oud": "x"}, 422).text
    codes = browser.send(browser.get("/account/herstelcodes"), {"oud": PASSWORD}, 200)
    assert noor.codes[0] not in codes.text
    form = browser.get("/account/code")
    noor.clock.on(minutes=5)
    code = pyotp.TOTP(form.values()["geheim"]).at(noor.clock.now)
    assert "codes" in browser.send(form, {"oud": PASSWORD, "code": code}, 200).text
    assert desk.accounts.known().accounts[noor.account].totp == form.values()["geheim"]
    weak = browser.send(browser.get("/account/wachtwoord"), {"oud": PASSWORD, "nieuw": "welkom01"}, 422)
    assert "te kort" in weak.error_at("nieuw")
    for status in (422, 422, 422, 422, 429):
        browser.send(browser.get("/account/wachtwoord"), {"oud": "x", "nieuw": "y"}, status)


def test_one_sees_ones_own_sessions_and_ends_them(app: Flask, browser: Gateway, noor: Person) -> None:
    others = [Gateway(app.test_client()) for _ in range(3)]
    for one in (*others, browser):
        noor.enter(one)
    page = browser.get("/account")
    assert len(page.texts("//li[@class='drafts__one']")) == 4
    assert len(page.texts("//h3[contains(., '(deze)')]")) == 1
    ways = page.all("//form[contains(@action, 'aanmeldingen') and contains(@action, 'beeindigen')]/@action")
    csrf = page.all("//body/@data-token")[0]
    browser.post(ways[0], {"_csrf": csrf})
    assert sorted(replayed(app, token(one)) for one in others) == [200, 200, 302]
    browser.post(ways[0], {"_csrf": csrf}, 404)
    assert "op 2 andere plekken" in browser.follow(browser.post("/account/aanmeldingen/anderen", {"_csrf": csrf})).text
    assert [replayed(app, token(one)) for one in (*others, browser)] == [302, 302, 302, 200]


def test_a_picked_person_is_signed_in_nowhere_but_in_a_demonstration(desk: Desk) -> None:
    demonstration = Gateway(create_app(desk, "x" * 32, demonstration=True).test_client()).become("sanne")
    assert demonstration.get("/account").status == 200
    assert replayed(create_app(desk, "x" * 32, demonstration=False), token(demonstration)) == 302


def test_over_tls_the_cookie_is_for_this_host_and_tls_alone(desk: Desk, noor: Person) -> None:
    app = create_app(desk, "x" * 32, demonstration=False, url="https://kaarten.example")
    browser = Gateway(app.test_client())
    browser.client.environ_base |= {"HTTP_HOST": "kaarten.example"}
    said = browser.client.get("/aanmelden").headers.getlist("Set-Cookie")
    assert all("Secure" in one and one.startswith("__Host-") for one in said)
    token = sessions.begin(desk, desk.accounts.known().accounts[noor.account], Door(), "password")
    with app.test_request_context():
        (ours, *_) = enter(Response(), token).headers.getlist("Set-Cookie")
    assert ours.startswith("__Host-kaarten=")
    assert all(word in ours for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Domain" not in ours


def test_the_cookie_is_for_this_program_alone_and_holds_no_name(browser: Gateway, noor: Person) -> None:
    said = noor.enter(browser).response.headers.getlist("Set-Cookie")
    (ours,) = [one for one in said if one.startswith("kaarten=")]
    assert "HttpOnly" in ours
    assert "SameSite=Lax" in ours
    assert "Path=/" in ours
    assert noor.account not in "".join(said)
