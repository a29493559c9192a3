"""Having no more mail, by the link in it: one page with one button, and the click of a mailbox (RFC 8058)."""

from flask import Blueprint, current_app, render_template
from werkzeug.wrappers import Response

from app.services import unsubscribing
from app.services.throttling import TooManyTries
from app.services.unsubscribing import ADDRESS
from app.storage.accounts import NO_MAIL
from app.web.doors import open_to_all
from app.web.language import _
from app.web.session import actor, desk

pages = Blueprint("unsubscribing", __name__)


@pages.get(f"{ADDRESS}<link>")
@open_to_all
def ask(link: str) -> Response | tuple[str, int]:
    """Ask whether to send no more mail: programs that look into mail open links, and must not change anything by it."""
    account_id = _account_of(link)
    return account_id if isinstance(account_id, tuple) else _page(account_id)


@pages.post(f"{ADDRESS}<link>")
@open_to_all
def leave(link: str) -> Response | tuple[str, int]:
    """Send no more mail. Needs no session and no token of a form: the link is signed. Leads nowhere else (RFC 8058)."""
    account_id = _account_of(link)
    if isinstance(account_id, tuple):
        return account_id
    unsubscribing.stop_mail(desk(), actor(), account_id)
    return _page(account_id)


def _account_of(link: str) -> str | tuple[str, int]:
    try:
        key = str(current_app.secret_key)
        return unsubscribing.account_of(desk(), key, link, actor().address)
    except TooManyTries as refusal:
        return render_template("error.html", sentence=str(refusal), status=429, back="", typed=()), 429


def _page(account_id: str) -> Response:
    done = desk().accounts.known().accounts[account_id].mail == NO_MAIL
    heading = _("U krijgt geen e-mail meer") if done else _("Geen e-mail meer over berichten?")
    return Response(render_template("no_mail.html", done=done, heading=heading), mimetype="text/html")
