"""The ways in the head of each page: those that lead somewhere for who is there."""

from flask import Flask, request, url_for

from app.services import rights
from app.storage.errors import StoreError
from app.web.language import _
from app.web.session import actor, desk

_ACTIONS = (rights.LIST, rights.MANAGE, rights.REVIEW, rights.READ_LOG)
_ADMINISTRATION = "admin"
"""What the names of its blueprints begin with."""


def current_way(endpoint: str) -> str:
    """What `aria-current` is for a way: ``page`` for this page, ``true`` for one of the same part; empty elsewhere."""
    at = request.endpoint or ""
    if endpoint == at:
        return "page"
    return "true" if at.startswith(_ADMINISTRATION) and endpoint.startswith(_ADMINISTRATION) else ""


def ways() -> list[tuple[str, str]]:
    """Endpoint and words, the first one where this person begins; the usual ones where nobody can be known."""
    try:
        able = {action for action in _ACTIONS if desk().may(actor(), action)}
    except StoreError:
        able = {rights.LIST}
    found = (
        [("start.show", _("Start")), ("lists.cards", _("Kaarten")), ("judging.overview", _("Beoordelen"))]
        if rights.LIST in able
        else []
    )
    if rights.MANAGE in able:
        found.append(("admin.overview", _("Beheer")))
    elif rights.REVIEW in able:
        found.append(("admin_rights.show", _("Rechten")))
    if rights.READ_LOG in able:
        found.append(("logbook.show", _("Logboek")))
    return found


def home() -> str:
    """The address where this person begins."""
    return url_for(next((endpoint for endpoint, _words in ways()), "start.show"))


def attach(app: Flask) -> None:
    """Make these known to the templates."""
    app.jinja_env.globals.update(ways=ways, home=home, current_way=current_way)
