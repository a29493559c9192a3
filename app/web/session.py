"""Who is at the page. Until accounts exist, a person is picked from those known here."""

from dataclasses import replace
from typing import cast

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from app.services.actors import NOBODY, Actor, actor_of
from app.services.desk import Desk, draw
from app.storage.accounts import Account
from app.web import doors
from app.web.doors import open_to_all
from app.web.language import _

pages = Blueprint("session", __name__)

_REQUEST_LENGTH = 12
_PERSON = "persoon"
PERSON = "_persoon"
"""In a form: for whom it was made."""


def desk() -> Desk:
    """What this application works with."""
    if "desk" not in g:
        found: Desk = current_app.extensions["desk"]
        g.desk = replace(found, told=set(), request=draw(_REQUEST_LENGTH))
    return cast("Desk", g.desk)


def actor() -> Actor:
    """The person for whom this request is done."""
    person = current_person()
    return actor_of(person, desk().accounts.known(), request.remote_addr or "") if person else NOBODY


def people() -> list[Account]:
    """The persons to pick from; read once in a request."""
    return list(desk().accounts.known().accounts.values())


def organisation_name(account: Account) -> str:
    """What the organisation of an account is called; empty where it is not known."""
    found = desk().accounts.known().organisations.get(account.organisation)
    return found.name if found else ""


def current_person() -> Account | None:
    """The person picked; in a demonstration the first one until somebody is."""
    known = people()
    for person in known:
        if person.id == session.get(_PERSON):
            return person
    return known[0] if known and current_app.config["DEMONSTRATION"] else None


def attach(app: Flask) -> None:
    """Ask who it is before anything else, and let the pages know."""

    @app.before_request
    def ask_who() -> Response | None:
        if request.endpoint is None or doors.is_open_here() or current_person():
            return None
        if request.method != "GET":
            abort(403)
        return redirect(url_for("session.person", verder=request.full_path.rstrip("?")))

    app.jinja_env.globals.update(
        organisation_name=organisation_name,
        people=people,
        current_person=current_person,
        demonstration=app.config["DEMONSTRATION"],
    )


@pages.get("/persoon")
@open_to_all
def person() -> str:
    """Ask who is there."""
    return render_template("person.html", verder=local(request.args.get("verder", "")))


@pages.post("/persoon")
@open_to_all
def pick() -> Response:
    """Remember the person picked for as long as the browser is open."""
    chosen = desk().accounts.known().accounts.get(request.form.get(_PERSON, "")[:60])
    if chosen is None:
        abort(400)
    session[_PERSON] = chosen.id
    flash(_("U werkt nu als %(name)s.", name=chosen.name))
    return redirect(local(request.form.get("verder", "")), 303)


@pages.get("/gezond")
@open_to_all
def health() -> tuple[str, dict[str, str]]:
    """Say that the program answers."""
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}


def local(address: str) -> str:
    """The address where it is one of this program's own pages, else the list of cards."""
    start = url_for("lists.cards")
    inside = address in (start, url_for("start.show")) or address.startswith((start + "?", start + "/"))
    return address if inside and address.isprintable() and "\\" not in address else start
