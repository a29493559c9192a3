"""Signing in and out."""

from collections.abc import Mapping

from flask import Blueprint, abort, current_app, flash, jsonify, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.services import inviting, rights, second_factor, sessions, signing_in
from app.services.errors import InvalidInput, ServiceError
from app.services.signing_in import SignInRefused
from app.services.throttling import TooManyTries
from app.storage.accounts import Account
from app.storage.sessions import PASSWORD
from app.web.doors import needs, open_to_all
from app.web.language import _
from app.web.session import (
    current_session,
    desk,
    door,
    enter,
    forget,
    local,
    people,
    session_left,
    sign_in_address,
)

pages = Blueprint("signing_in", __name__)

_PERSON, _NAME, _PASSWORD, _CODE, _SECRET = "persoon", "naam", "wachtwoord", "code", "geheim"  # names of fields


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


@pages.get("/aanmelden")
@open_to_all
def ask() -> str:
    """Ask for an e-mail address and a password."""
    return _form(local(request.args.get("verder", "")))


@pages.post("/aanmelden")
@open_to_all
def check() -> Response | tuple[str, int]:
    """Judge them; then a code is asked."""
    further, name = local(request.form.get("verder", "")), request.form.get(_NAME, "")
    try:
        token = signing_in.give_password(desk(), door(), name, request.form.get(_PASSWORD, ""))
    except (SignInRefused, TooManyTries) as refusal:
        return _form(further, name, str(refusal)), _status(refusal)
    return enter(redirect(url_for("signing_in.ask_code", verder=further), 303), token)


@pages.get("/aanmelden/code")
@open_to_all
def ask_code() -> str | Response:
    """Ask for the code of the app."""
    further = local(request.args.get("verder", ""))
    session = current_session()
    if session is None or session.stage != PASSWORD:
        return redirect(further if session else url_for("signing_in.ask", verder=further))
    return render_template("sign_in_code.html", verder=further)


@pages.post("/aanmelden/code")
@open_to_all
def check_code() -> Response | tuple[str, int]:
    """Judge it; then one is signed in."""
    further = local(request.form.get("verder", ""))
    session = current_session()
    if session is None or session.stage != PASSWORD:
        return _form(further, sentence=_("Dat duurde te lang. Begin nog eens.")), 401
    try:
        token = signing_in.give_code(desk(), door(), session, request.form.get(_CODE, ""))
    except (SignInRefused, TooManyTries) as refusal:
        return render_template("sign_in_code.html", verder=further, sentence=str(refusal)), _status(refusal)
    return enter(redirect(further, 303), token)


@pages.post("/aanmelden/blijf")
@needs(rights.OWN)
def stay() -> Response:
    """Count as use: somebody is there, and reads."""
    left = session_left() or (0, 0)
    return jsonify(idle=left[0], longest=left[1])


@pages.get("/uitnodiging/<link:link>")
@open_to_all
def invitation(link: str) -> str:
    """Let somebody choose a password and a second factor."""
    return _invitation(link, second_factor.new_secret(), {})


@pages.post("/uitnodiging/<link:link>")
@open_to_all
def accept(link: str) -> Response | tuple[str, int]:
    """Keep them, sign in, and show the recovery codes once."""
    secret, password = request.form.get(_SECRET, ""), request.form.get(_PASSWORD, "")
    if not second_factor.is_secret(secret):
        abort(400)
    try:
        code = request.form.get(_CODE, "")
        token, accepted = signing_in.by_link(desk(), door(), link, password, secret, code)
    except InvalidInput as refusal:
        return _invitation(link, secret, refusal.problems), 422
    return enter(Response(codes_page(accepted.recovery), mimetype="text/html"), token)


@pages.post("/afmelden")
@open_to_all
def leave() -> Response:
    """End the session of this browser."""
    session = current_session()
    if session:
        sessions.sign_out(desk(), session, request.remote_addr or "")
    answer = forget(redirect(sign_in_address(), 303))
    flash(_("U bent afgemeld."))
    return answer


def codes_page(codes: list[str]) -> str:
    """The recovery codes, shown this once."""
    return render_template("recovery_codes.html", codes=codes)


def factor(secret: str, account: Account) -> dict[str, str]:
    """What a page shows of a new second factor."""
    address = second_factor.address(secret, account.email, _("Veiligheidskaart"))
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    # Made by segno: what somebody typed is in it as black and white squares alone.
    picture = Markup(second_factor.qr_svg(address))  # noqa: S704  # nosec B704
    return {"secret": secret, "qr": picture, "spaced": spaced}


def _invitation(link: str, secret: str, problems: Mapping[str, str]) -> str:
    invited = inviting.invitation(desk(), link)
    return render_template(
        "invitation.html", link=link, invited=invited, problems=problems, **factor(secret, invited.account)
    )


def _form(further: str, name: str = "", sentence: str = "") -> str:
    return render_template("sign_in.html", verder=further, name=name, sentence=sentence)


def _status(refusal: ServiceError) -> int:
    return 429 if isinstance(refusal, TooManyTries) else 401


def _only_in_a_demonstration() -> None:
    if not current_app.config["DEMONSTRATION"]:
        abort(404)
