"""Forms that cannot be trusted as they come: made in a session that is over, or by another person than who is here.

A page that declares how (`shown_again`) shows such a form as it was typed, with a fresh token; nothing is saved. Any
other page refuses. A form that another site sent is refused everywhere.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.web.doors import knock
from app.web.language import _
from app.web.session import PERSON, actor, current_person, desk

Answer = str | Response | tuple[str, int]
View = Callable[..., Answer]
_AGAIN, _TOKEN = "_shown_again", "_csrf"


def shown_again(show: View) -> Callable[[View], View]:
    """Declare how a page shows a stale form.

    Args:
        show: gets what the view gets, and the sentence that says why; gives the page.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def watched(**place: Any) -> Answer:
            return _again(show, place, _of_another()) if made_by_another() else view(**place)

        setattr(watched, _AGAIN, show)
        return watched

    return decorate


def again_without_token() -> Answer | None:
    """The page for a form whose token is not one of this session; None where it must be refused.

    Raises as `doors.knock`: to who may not send it, the page would have no room for what was typed.
    """
    show = getattr(current_app.view_functions.get(request.endpoint or ""), _AGAIN, None)
    if show is None or current_person() is None or not from_here():
        return None
    knock(desk(), actor())  # the token is looked at before the door
    stale = _("Deze pagina stond lang open. Kijk na wat u schreef en bewaar nog eens.")
    return _again(show, request.view_args or {}, _of_another() if made_by_another() else stale)


def to_send_again() -> list[tuple[str, str]]:
    """The fields of a form that was sent when nobody was signed in: only of one that its page shows again as typed."""
    show = getattr(current_app.view_functions.get(request.endpoint or ""), _AGAIN, None)
    if show is None or not from_here():
        return []
    try:
        return [(name, value) for name, value in request.form.items(multi=True) if name != _TOKEN]
    except HTTPException:
        return []  # too large to be read at all


def made_by_another() -> bool:
    """Whether a form was made for another person than who is at the page now."""
    person = current_person()
    return request.form.get(PERSON, person.id if person else "") != (person.id if person else "")


def _of_another() -> str:
    person = current_person()
    return _(
        "Er is nog niets bewaard. Toen u dit formulier opende, werkte u onder een andere naam. "
        "Nu werkt u als %(name)s. Bewaar nog eens als dat klopt.",
        name=person.name if person else "",
    )


def _again(show: View, place: dict[str, Any], sentence: str) -> Answer:
    page = show(sentence=sentence, **place)
    return (page, 409) if isinstance(page, str) else page


def from_here() -> bool:
    """Whether a page of our own sent this; a browser says so in one of three ways, and no other site can."""
    if said := request.headers.get("Sec-Fetch-Site"):
        return said == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(origin)[:2] == (request.scheme, request.host)
