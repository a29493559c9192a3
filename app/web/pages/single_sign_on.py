"""Signing in elsewhere, and coming back."""

import secrets

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.services import single_sign_on
from app.services.single_sign_on import NoAccess
from app.web.doors import open_to_all
from app.web.oidc import Provider, ProviderAway, SingleSignOnFailed
from app.web.session import desk, door, enter, local

pages = Blueprint("single_sign_on", __name__)

_LIFE = 600


@pages.get("/aanmelden/elders")
@open_to_all
def leave() -> Response | tuple[str, int]:
    """Send somebody to the provider."""
    further = local(request.args.get("verder", ""))
    try:
        address, kept = _provider().begin(_back())
    except (ProviderAway, SingleSignOnFailed) as failure:
        return _refused(str(failure), 503)
    token = secrets.token_urlsafe(32)
    desk().sessions.put_aside(token, {**kept, "verder": further}, desk().clock())
    answer = redirect(address)
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    answer.set_cookie(_cookie(), token, _LIFE, path="/", secure=secure, httponly=True, samesite="Lax")
    return answer


@pages.get("/aanmelden/terug")
@open_to_all
def come_back() -> Response | tuple[str, int]:
    """Judge what the provider says, once; then one is signed in."""
    provider = _provider()
    kept = desk().sessions.take_back(request.cookies.get(_cookie(), "")[:200], desk().clock())
    try:
        told = provider.finish(_back(), request.args, kept, int(desk().clock().timestamp()))
        token = single_sign_on.enter(desk(), door(), told.subject, told.email)
    except (ProviderAway, SingleSignOnFailed, NoAccess) as failure:
        return _refused(str(failure), 503 if isinstance(failure, ProviderAway) else 401)
    answer = enter(redirect(local((kept or {}).get("verder", "")), 303), token)
    answer.delete_cookie(_cookie(), path="/", secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True)
    return answer


@pages.app_context_processor
def _provider_name() -> dict[str, str]:
    """What the sign-in page calls the provider; empty where there is none."""
    found: Provider | None = current_app.config["PROVIDER"]
    return {"provider_name": found.name if found else ""}


def _provider() -> Provider:
    found: Provider | None = current_app.config["PROVIDER"]
    return found or abort(404)


def _back() -> str:
    return url_for("single_sign_on.come_back", _external=True)


def _cookie() -> str:
    return "__Host-kaarten-elders" if current_app.config["SESSION_COOKIE_SECURE"] else "kaarten-elders"


def _refused(sentence: str, status: int) -> tuple[str, int]:
    page = render_template("sign_in.html", verder=url_for("start.show"), name="", sentence=sentence)
    return page, status
