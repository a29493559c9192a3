"""Closed by default: an address that does not say who may come in stops the program, and is shut besides."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app.services import rights
from app.services.actors import NOBODY
from app.services.desk import Desk
from app.services.errors import NotFound
from app.web import create_app, doors
from tests.desks import SANNE, logged
from tests.web.gateway import Gateway


@pytest.fixture
def app(desk: Desk) -> Flask:
    """Pages of its own: a test adds addresses to them."""
    return create_app(desk, "x" * 32, demonstration=True)


def _planted(app: Flask, view: Callable[..., str], rule: str = "/geheim", methods: tuple[str, ...] = ("GET",)) -> Flask:
    app.add_url_rule(rule, "geplant", view, methods=methods)
    return app


def test_every_address_says_what_it_needs(app: Flask) -> None:
    doors.check(app)
    said = {rule.endpoint: doors.declared(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    assert None not in said.values()
    assert {one for one, action in said.items() if not action} >= {"static", "session.health", "about.accessibility"}


def test_a_route_without_a_permission_stops_the_program_and_is_named(app: Flask) -> None:
    with pytest.raises(doors.Undeclared, match=r"/geheim \(geplant\): put @needs"):
        doors.check(_planted(app, lambda: "niets gezegd"))


def test_a_route_that_is_planted_later_stays_shut(app: Flask) -> None:
    browser = Gateway(_planted(app, lambda: "niets gezegd").test_client()).become("sanne")
    assert "niets gezegd" not in browser.get("/geheim", 500).source


def test_a_route_about_a_card_needs_a_permission_for_a_card_and_another_does_not(app: Flask) -> None:
    with pytest.raises(doors.Undeclared, match="differ about"):
        doors.check(_planted(app, doors.needs(rights.LIST)(lambda kaart_id: kaart_id), "/x/<kaart:kaart_id>"))


def test_one_view_does_not_both_show_and_change(app: Flask) -> None:
    with pytest.raises(doors.Undeclared, match="both shows and changes"):
        doors.check(_planted(app, doors.needs(rights.LIST)(lambda: ""), methods=("GET", "POST")))


def test_there_is_no_permission_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="no action: lezen"):
        doors.needs("lezen")


def test_what_needs_a_permission_about_no_card_is_decided_and_logged_before_the_view_runs(
    app: Flask, tmp_path: Path
) -> None:
    found: list[list[str]] = []

    def view() -> str:
        found.append([line["event"] for line in logged(tmp_path)])
        return "gezien"

    browser = Gateway(_planted(app, doors.needs(rights.CREATE)(view)).test_client()).become("sanne")
    assert browser.client.get("/geheim").text == "gezien"
    assert [one[-1] for one in found] == [rights.CREATE]


def test_an_answer_about_a_card_for_which_no_service_decided_is_not_sent(desk: Desk, kaart: str) -> None:
    app = Flask("app.web")
    told: set[tuple[object, ...]] = set()
    _planted(app, doors.needs(rights.READ)(lambda kaart_id: f"kaart {kaart_id}"), "/kaarten/<kaart_id>")
    doors.attach(app, lambda: replace(desk, told=told), lambda: SANNE)
    identity = kaart.rpartition("/")[2]
    for line in ((), (rights.READ, "een-andere-kaart", "", True), (rights.READ, identity, "", False)):
        told.update({("sanne", *line)} if line else ())
        assert app.test_client().get(kaart).status_code == 500
    told.add(("sanne", rights.READ, identity, "", True))
    assert app.test_client().get(kaart).text == f"kaart {identity}"


def test_who_may_not_is_turned_away_from_a_card_before_the_view_runs(desk: Desk, kaart: str) -> None:
    app = Flask("app.web")
    _planted(app, doors.needs(rights.SHARE)(lambda **place: pytest.fail(str(place))), "/kaarten/<kaart_id>")
    doors.attach(app, lambda: desk, lambda: NOBODY)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    with pytest.raises(NotFound):
        app.test_client().get(kaart)
