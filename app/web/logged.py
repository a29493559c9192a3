"""Every request leaves a line in the access log, on disk before its answer is sent; also one that nobody decided on."""

from flask import Flask, request
from werkzeug.wrappers import Response

from app.services.actors import NOBODY, Actor
from app.storage.access_log import Event, Kind, LogUnavailable, Outcome
from app.storage.errors import StoreError
from app.web.doors import is_open_here
from app.web.errors import store_failed
from app.web.session import actor, desk

REQUEST_ID = "X-Request-Id"
"""The header of each answer that ties it to its lines."""
QUIET = {"static", "about.style", "session.health"}
"""What is no page and says nothing of anybody: our own files, and whether the program answers."""
_SAFE = {"GET", "HEAD", "OPTIONS"}
_KINDS: dict[str, Kind] = {"GET": "R", "HEAD": "R", "OPTIONS": "R", "DELETE": "D"}
_BUSY, _WRONG = 409, 422


def attach(app: Flask) -> None:
    """Look at each answer before it goes; attached last, so that what others put on the answer is put on ours too."""

    @app.after_request
    def with_line(response: Response) -> Response:
        if request.endpoint not in QUIET and (outcome := _missing(response.status_code)):
            try:
                _write(outcome)
            except LogUnavailable as error:
                response.close()
                response = app.make_response(store_failed(error))
        response.headers[REQUEST_ID] = desk().request
        return response


def _missing(status: int) -> Outcome | None:
    """How the request ended, where no line says that yet."""
    told = desk().told
    failed = status >= 500 or status in (_BUSY, _WRONG)
    if not told:
        # A view that is not open to all, for which nobody decided: who asked was sent to say who it is.
        refused = status >= 400 or not is_open_here()
        return "mislukt" if failed else "geweigerd" if refused else "toegestaan"
    refused = any(line[-1] is False for line in told)
    return "mislukt" if status >= 400 and request.method not in _SAFE and not refused else None


def _write(outcome: Outcome) -> None:
    holes = request.view_args or {}
    event = Event(
        request.endpoint or "unknown",
        _KINDS.get(request.method, "E"),
        outcome,
        desk().clock(),
        kaart=str(holes.get("kaart_id", "")),
        item=str(holes.get("item", "")),
    )
    desk().tell(_somebody(), event)


def _somebody() -> Actor:
    try:
        return actor()
    except StoreError:  # who it was cannot be read: that must not cost the line
        return Actor(NOBODY.name, NOBODY.email, address=request.remote_addr or "")
