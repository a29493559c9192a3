"""Signing in and out."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.services import sessions
from app.web.doors import open_to_all
from app.web.language import _
from app.web.session import current_session, desk, door, enter, forget, local, people

pages = Blueprint("signing_in", __name__)

_PERSON = "persoon"


@pages.get("/persoon")
@open_to_all
def persons() -> str:
    """Let somebody pick an invented person: in a demonstration alone."""
    _only_in_a_demonstration()
    return render_template("person.html", verder=local(request.args.get("verder", "")))


@pages.post("/persoon")
@open_to_all
def pick() -> Response:
    """Sign in as the invented person who was picked."""
    _only_in_a_demonstration()
    chosen = next((one for one in people() if one.id == request.form.get(_PERSON, "")), None)
    if chosen is None:
        abort(400)
    token = sessions.begin(desk(), chosen, door(), sessions.DEMONSTRATION)
    answer = enter(redirect(local(request.form.get("verder", "")), 303), token)
    flash(_("U werkt nu als %(name)s.", name=chosen.name))
    return answer


@pages.post("/afmelden")
@open_to_all
def leave() -> Response:
    """End the session of this browser."""
    session = current_session()
    if session:
        sessions.sign_out(desk(), session, request.remote_addr or "")
    answer = forget(redirect(url_for("signing_in.persons"), 303))
    flash(_("U bent afgemeld."))
    return answer


def _only_in_a_demonstration() -> None:
    if not current_app.config["DEMONSTRATION"]:
        abort(404)
