"""Every page, in every state that a person can meet it in, by axe and by what axe does not measure."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from _pytest.mark import ParameterSet
from playwright.sync_api import Browser, Request
from werkzeug.exceptions import HTTPException

from app.services.desk import Desk
from app.web import create_app
from app.web.pages import about
from tests.browser import administration, checks
from tests.browser.conftest import served
from tests.browser.ground import Ground
from tests.browser.states import STATES, State, World
from tests.desks import open_test_desk, peopled
from tests.filled import filled_desk

_KEY = "x" * 32
assert administration.ADMINISTRATOR  # its states are in the table
_NO_PAGES = {
    "single_sign_on.leave": "leads to another site",
    "single_sign_on.come_back": "leads on; what fails is said on the page of signing in",
    "static": "a file",
    "session.health": "one word, for a program",
    "about.style": "a file",
    "text.download": "a file",
    "printing.show": "a file",
    "admin_rights.export": "a file",
    "admin_installations.own": "a file",
    "logbook.export": "a file",
}
"""What is asked for with GET and is no page, and what it is."""

_ASKED_AGAIN = frozenset(
    [
        "sharing.give",
        "sharing.withdraw",
        "judging.judge",
        "deciding.decide",
        "deciding.accept",
        "confirming.answer",
        "family.give",
        "destroying.ask",
        "keeping.keep",
        "keeping.lift",
        "items.save",
        "proposing.change",
        "proposing.add",
        "proposing.remove",
        "talking.speak",
        "talking.keep",
        "emergency.take",
        "unsubscribing.leave",
        "signing_in.accept",
        "signing_in.check_code",
        "making.make",
        "removing.remove",
        "steps.take",
        "origins.put_back",
        "packages.refuse",
        "packages.bring",
        "admin.invite",
        "admin_organisations.add",
        "admin_installations.add",
    ]
)
"""What answers a form that lacks something: the page that asked, with the words on it that each such page has."""


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    def opened(name: str) -> Desk:
        folder: Path = tmp_path_factory.mktemp(name)
        return open_test_desk(folder)

    full = filled_desk(tmp_path_factory, "full")
    app = create_app(full, _KEY, demonstration=True)
    with ExitStack() as stack:
        yield World(
            stack.enter_context(served(app)),
            stack.enter_context(served(create_app(peopled(opened("empty")), _KEY, demonstration=True))),
            stack.enter_context(served(create_app(opened("nobody"), _KEY, demonstration=True))),
            app,
            full,
        )


def _run() -> list[ParameterSet]:
    """Each page in its first state, and in the deep run all of them: most states of a page look alike to axe."""
    often = {one.endpoint: one.name for one in reversed(STATES) if one.endpoint not in _ASKED_AGAIN}
    return [
        pytest.param(one, id=one.name, marks=[] if one.name in often.values() else [pytest.mark.deep]) for one in STATES
    ]


@pytest.mark.parametrize("one", _run())
def test_every_page_and_state_is_accessible(chromium: Browser, world: World, one: State) -> None:
    ground = Ground(chromium, world.base)
    page = ground.page("sanne", reduced_motion="reduce")
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if request.is_navigation_request() else None)
    one.go(page, world)
    assert _endpoint(world, asked[-1]) == one.endpoint
    faults = checks.all_faults(page)
    assert not faults, "\n".join(faults)
    ground.close()


def test_no_page_is_forgotten(world: World) -> None:
    asked = {rule.endpoint for rule in world.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert asked - {one.endpoint for one in STATES} == set(_NO_PAGES)
    assert not asked & _ASKED_AGAIN
    assert {one.endpoint for one in STATES} >= _ASKED_AGAIN
    assert len(STATES) >= about.STATES_MEASURED, "the statement on accessibility says more than is true"
    names = [one.name for one in STATES]
    assert len(set(names)) == len(names)


def _endpoint(world: World, asked: Request) -> str:
    try:
        found, _holes = world.app.url_map.bind("127.0.0.1").match(urlsplit(asked.url).path, method=asked.method)
    except HTTPException:
        return ""
    return str(found)
