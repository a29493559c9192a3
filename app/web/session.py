"""Who is at the page: the session that the browser holds a token of, and nobody else."""

from dataclasses import replace
from typing import cast
from urllib.parse import urlsplit

import flask
from flask import Blueprint, Flask, current_app, g, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.services import sessions
from app.services.actors import NOBODY, Actor, actor_of
from app.services.desk import Desk, draw
from app.services.sessions import Door
from app.storage.accounts import Account
from app.storage.sessions import COMPLETE, Session
from app.web import doors
from app.web.doors import open_to_all

pages = Blueprint("session", __name__)

_REQUEST_LENGTH = 12
_LONGEST_ADDRESS = 2_000
PERSON = "_persoon"
"""In a form: for whom it was made."""


class NotSignedIn(Exception):
    """Nobody is signed in, and this cannot be asked again by itself once somebody is."""


def desk() -> Desk:
    """What this application works with."""
    if "desk" not in g:
        found: Desk = current_app.extensions["desk"]
        g.desk = replace(found, told=set(), roles={}, hearings={}, request=draw(_REQUEST_LENGTH))
    return cast("Desk", g.desk)


def actor() -> Actor:
    """The person for whom this request is done."""
    person, address = current_person(), request.remote_addr or ""
    return actor_of(person, desk().accounts.known(), address) if person else replace(NOBODY, address=address)


def door() -> Door:
    """Where this request comes in."""
    return Door(request.cookies.get(cookie(), "")[:200], request.remote_addr or "", _browser(request.user_agent.string))


def current_session() -> Session | None:
    """The session of this request, at whatever stage it is; looked for once."""
    if "session" not in g:
        g.session = None  # where the store fails, the page that says so asks again
        g.session = sessions.recognised(desk(), door().token, demonstration=current_app.config["DEMONSTRATION"])
    return cast("Session | None", g.session)


def current_person() -> Account | None:
    """Who is signed in; None for nobody, and for who must still give a code."""
    session = current_session()
    if session is None or session.stage != COMPLETE:
        return None
    return desk().accounts.known().accounts.get(session.account)


def session_left() -> tuple[int, int] | None:
    """Seconds until this session ends: without a request, and at the latest; None where nobody is signed in."""
    session = current_session()
    if session is None or session.stage != COMPLETE:
        return None
    left = sessions.left(desk(), session)
    return int(left.idle.total_seconds()), max(0, int(left.longest.total_seconds()))


def organisation_name(account: Account) -> str:
    """What the organisation of an account is called; empty where it is not known."""
    found = desk().accounts.known().organisations.get(account.organisation)
    return found.name if found else ""


def without_cards(account: Account) -> str:
    """What the role of an account is called, where it reads no cards: beheerder or auditor; else empty."""
    role = desk().types.roles.organisation.get(account.role)
    return role.title if role and not role.cards else ""


def people() -> list[Account]:
    """The invented persons to pick from: in a demonstration alone."""
    if not current_app.config["DEMONSTRATION"]:
        return []
    known = desk().accounts.known()
    return [one for one in known.accounts.values() if one.demonstration and actor_of(one, known).id]


def cookie() -> str:
    """What the cookie is called that holds the token; over TLS no other host can set one of this name."""
    return "__Host-kaarten" if current_app.config["SESSION_COOKIE_SECURE"] else "kaarten"


def enter(answer: Response, token: str) -> Response:
    """Give the browser the token of a new session; forms that were opened before ask for a look first."""
    flask.session.clear()
    g.pop("csrf_token", None)
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    answer.set_cookie(cookie(), token, path="/", secure=secure, httponly=True, samesite="Lax")
    return answer


def forget(answer: Response) -> Response:
    """Take the token from the browser, and all that it keeps for us."""
    flask.session.clear()
    g.pop("csrf_token", None)
    answer.delete_cookie(
        cookie(), path="/", secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True, samesite="Lax"
    )
    return answer


def attach(app: Flask) -> None:
    """Ask who it is before anything else, and let the pages know."""
    # What Flask signs holds the token of forms and what is said once: it says nobody's name.
    secure = app.config["SESSION_COOKIE_SECURE"]
    app.config["SESSION_COOKIE_NAME"] = "__Host-kaarten-form" if secure else "kaarten-form"

    @app.before_request
    def ask_who() -> Response | None:
        if request.endpoint is None or doors.is_open_here() or current_person():
            return None
        if request.method not in ("GET", "HEAD") or request.accept_mimetypes.best == "application/json":
            raise NotSignedIn
        return redirect(sign_in_address(request.full_path.rstrip("?")))

    app.jinja_env.globals.update(
        organisation_name=organisation_name,
        people=people,
        without_cards=without_cards,
        current_person=current_person,
        sign_in_address=sign_in_address,
        session_left=session_left,
        demonstration=app.config["DEMONSTRATION"],
    )


def sign_in_address(further: str = "") -> str:
    """Where somebody signs in, and goes on from."""
    page = "signing_in.persons" if current_app.config["DEMONSTRATION"] else "signing_in.ask"
    return url_for(page, verder=further or None)


@pages.get("/gezond")
@open_to_all
def health() -> tuple[str, dict[str, str]]:
    """Say that the program answers."""
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}


def local(address: str) -> str:
    """The address where it is one of this program's own pages, else the start."""
    try:
        whole = urlsplit(address)
        if address.isprintable() and "\\" not in address and len(address) <= _LONGEST_ADDRESS and whole.path[:1] == "/":
            found = current_app.url_map.bind("").match(whole.path, method="GET")[0]
            if whole[:2] == ("", "") and doors.declared(current_app, found):
                return address
    except (ValueError, HTTPException):
        pass  # no address, or none of ours
    return url_for("start.show")


def _browser(text: str) -> str:
    """The browser in two words, for who looks at his or her own sessions."""
    browsers = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    browser = next((name for sign, name in browsers if sign in text), "")
    system = next((name for sign, name in systems if sign in text), "")
    return ", ".join(one for one in (browser, system) if one)
