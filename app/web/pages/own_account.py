"""One's own account: password, second factor, recovery codes, and where one is signed in."""

from collections.abc import Mapping

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.services import own_account, rights, second_factor, sessions, signing_in
from app.services.errors import InvalidInput, ServiceError
from app.services.throttling import TooManyTries
from app.storage.accounts import AT_ONCE, DAILY, NO_MAIL, Account
from app.web.doors import needs
from app.web.language import _, _n
from app.web.pages.signing_in import codes_page, factor
from app.web.session import actor, current_session, desk, door, enter

pages = Blueprint("own_account", __name__)

_OLD, _NEW, _CODE, _SECRET, _MAIL = "oud", "nieuw", "code", "geheim", "mail"  # names of fields


@pages.get("/account")
@needs(rights.OWN)
def show() -> str:
    """Show who one is here, and where one is signed in."""
    return _page()


def _page(problems: Mapping[str, str] | None = None) -> str:
    account, here = own_account.own(desk(), actor()), current_session()
    return render_template(
        "account.html",
        account=account,
        problems=problems or {},
        mail=_mail() if desk().may(actor(), rights.LIST) else {},
        sends=current_app.config["MAIL"],
        role=desk().types.roles.organisation[account.role],
        sessions=sessions.mine(desk(), actor()),
        here=here.id if here else "",
    )


def _mail() -> dict[str, tuple[str, str]]:
    """When one can be told by e-mail, in words."""
    words = {
        DAILY: (_("Eén keer per dag"), _("In de ochtend, en alleen als er iets nieuws voor u is.")),
        AT_ONCE: (_("Meteen"), _("Binnen een paar minuten nadat er iets nieuws voor u is.")),
        NO_MAIL: (_("Niet"), _("U ziet wat er nieuw is als u zich aanmeldt.")),
    }
    return {when: words[when] for when in own_account.MAIL}


@pages.post("/account/e-mail")
@needs(rights.OWN)
def choose_mail() -> Response | tuple[str, int]:
    """Keep when this person is told by e-mail."""
    try:
        own_account.choose_mail(desk(), actor(), request.form.get(_MAIL, ""))
    except InvalidInput as refusal:
        return _page(refusal.problems), 422
    flash(_("Uw keuze voor e-mail is bewaard."))
    return redirect(url_for("own_account.show"), 303)


@pages.get("/account/wachtwoord")
@needs(rights.OWN)
def ask_password() -> str:
    """Ask for another password."""
    return _password({})


@pages.post("/account/wachtwoord")
@needs(rights.OWN)
def change_password() -> Response | tuple[str, int]:
    """Keep it; all other sessions end."""
    old, new = request.form.get(_OLD, ""), request.form.get(_NEW, "")
    try:
        account = signing_in.proven(desk(), actor(), lambda: own_account.change_password(desk(), actor(), old, new))
    except (InvalidInput, TooManyTries) as refusal:
        return _password(_problems(refusal, "old")), _status(refusal)
    return _again(account, _("Uw wachtwoord is gewijzigd. Op andere plekken bent u afgemeld."))


@pages.get("/account/code")
@needs(rights.OWN)
def ask_factor() -> str:
    """Ask for another app for the codes."""
    return _factor(second_factor.new_secret(), {})


@pages.post("/account/code")
@needs(rights.OWN)
def change_factor() -> Response | tuple[str, int]:
    """Keep it, and show the new recovery codes once; all other sessions end."""
    secret, old, code = (request.form.get(name, "") for name in (_SECRET, _OLD, _CODE))
    if not second_factor.is_secret(secret):
        abort(400)
    try:
        accepted = signing_in.proven(
            desk(), actor(), lambda: own_account.renew_second_factor(desk(), actor(), old, secret, code)
        )
    except (InvalidInput, TooManyTries) as refusal:
        return _factor(secret, _problems(refusal, "password")), _status(refusal)
    desk().sessions.take_step(accepted.account.id, accepted.step)
    token = sessions.begin(desk(), accepted.account, door(), "second factor renewed")
    return enter(Response(codes_page(accepted.recovery), mimetype="text/html"), token)


@pages.get("/account/herstelcodes")
@needs(rights.OWN)
def ask_codes() -> str:
    """Ask whether to make new recovery codes."""
    return _codes({})


@pages.post("/account/herstelcodes")
@needs(rights.OWN)
def change_codes() -> str | tuple[str, int]:
    """Make them, and show them once."""
    old = request.form.get(_OLD, "")
    try:
        return codes_page(
            signing_in.proven(desk(), actor(), lambda: own_account.renew_recovery_codes(desk(), actor(), old))
        )
    except (InvalidInput, TooManyTries) as refusal:
        return _codes(_problems(refusal, "password")), _status(refusal)


@pages.post("/account/aanmeldingen/<revision:identity>/beeindigen")
@needs(rights.OWN)
def end(identity: str) -> Response:
    """End one of one's own sessions."""
    sessions.end(desk(), actor(), identity)
    flash(_("Daar bent u nu afgemeld."))
    return redirect(url_for("own_account.show"), 303)


@pages.post("/account/aanmeldingen/anderen")
@needs(rights.OWN)
def end_others() -> Response:
    """End all of one's own sessions but this one."""
    here = current_session()
    ended = sessions.end_others(desk(), actor(), here) if here else 0
    flash(_n("U bent op %(num)s andere plek afgemeld.", "U bent op %(num)s andere plekken afgemeld.", ended))
    return redirect(url_for("own_account.show"), 303)


def _again(account: Account, sentence: str) -> Response:
    """A session for who just ended all of his or her own."""
    token = sessions.begin(desk(), account, door(), "password changed")
    answer = enter(redirect(url_for("own_account.show"), 303), token)
    flash(sentence)
    return answer


def _problems(refusal: ServiceError, field: str) -> Mapping[str, str]:
    return refusal.problems if isinstance(refusal, InvalidInput) else {field: str(refusal)}


def _status(refusal: ServiceError) -> int:
    return 429 if isinstance(refusal, TooManyTries) else 422


def _password(problems: Mapping[str, str]) -> str:
    return render_template("account_password.html", problems=problems)


def _factor(secret: str, problems: Mapping[str, str]) -> str:
    account = own_account.own(desk(), actor())
    return render_template("account_factor.html", problems=problems, **factor(secret, account))


def _codes(problems: Mapping[str, str]) -> str:
    return render_template("account_codes.html", problems=problems)
