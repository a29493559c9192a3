"""Closed by default: each view says beside its address which permission it needs; one that says nothing stays shut.

The permission is an action of `services.rights`; the gate here asks the one place that decides, before the view runs.
Where it is about a card, the service decides again with the card in hand; an answer about a card for which no service
did is not sent.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, current_app, request
from werkzeug.routing import Rule

from app.services import rights
from app.services.actors import Actor
from app.services.desk import Desk

View = TypeVar("View", bound=Callable[..., Any])
CARD, ITEM = "kaart_id", "item"
"""What a card and an item of it are called in an address."""

_NEEDS, _ALL = "_needs", ""
_SAFE = {"GET", "HEAD"}


class Undeclared(Exception):
    """Some addresses do not say who may come in: the application does not start."""


class Undecided(Exception):
    """A view answered about a card for which nobody decided: the answer is not sent."""


def needs(action: str) -> Callable[[View], View]:
    """Declare what one must be allowed to do, to get at a view.

    Args:
        action: one of the actions of `services.rights`.

    Raises:
        ValueError: there is no such action.
    """
    if action not in rights.KINDS:
        raise ValueError(f"no action: {action}")

    def declare(view: View) -> View:
        setattr(view, _NEEDS, action)
        return view

    return declare


def open_to_all(view: View) -> View:
    """Declare that a view is for everybody, signed in or not: it tells nothing of anybody."""
    setattr(view, _NEEDS, _ALL)
    return view


def declared(app: Flask, endpoint: str | None) -> str | None:
    """The action that a view needs; empty for one that is open to all; None for one that declares nothing."""
    found: str | None = getattr(app.view_functions.get(endpoint or ""), _NEEDS, None)
    return found


def is_open_here() -> bool:
    """Whether the view of this request is for everybody."""
    return declared(current_app, request.endpoint) == _ALL


def attach(app: Flask, desk: Callable[[], Desk], actor: Callable[[], Actor]) -> None:
    """Shut what is not declared, and ask at every other door. Comes after all views are known.

    Args:
        app: the application, with all its views.
        desk: the desk of this request, which remembers what it decided.
        actor: who asks.

    Raises:
        Undeclared: an address does not say what it needs; names each.
    """
    open_to_all(app.view_functions["static"])
    check(app)

    @app.before_request
    def ask() -> None:
        if request.endpoint is not None:
            knock(desk(), actor())

    for endpoint, view in app.view_functions.items():
        if declared(app, endpoint) in rights.ON_A_CARD:
            app.view_functions[endpoint] = _watched(view, desk)


def knock(desk: Desk, actor: Actor) -> None:
    """Ask at the door of this request; raises as `Desk.require` where this person may not come in."""
    action = declared(current_app, request.endpoint)
    if action is None:
        raise Undeclared(request.endpoint)
    if action in rights.ON_A_CARD:
        _at_a_card(desk, actor, action, request.view_args or {})
    elif action != _ALL:
        desk.require(actor, action)


def check(app: Flask) -> None:
    """Hold every address × method against the declarations.

    Raises:
        Undeclared: an address does not say what it needs, or not in a way that can be right; names each.
    """
    if wrong := [
        f"{rule.rule} ({rule.endpoint}): {fault}"
        for rule in app.url_map.iter_rules()
        for fault in _faults(rule, declared(app, rule.endpoint))
    ]:
        raise Undeclared("; ".join(wrong))


def _faults(rule: Rule, action: str | None) -> Iterator[str]:
    methods = rule.methods or set()
    if action is None:
        yield "put @needs(rights.…) or @open_to_all under its route"
    elif (action in rights.ON_A_CARD) != (CARD in rule.arguments):
        yield f"'{action}' and the address differ about whether this is about one card"
    if methods & _SAFE and methods - _SAFE - {"OPTIONS"}:
        yield "one view that both shows and changes; make it two"


def _at_a_card(desk: Desk, actor: Actor, action: str, place: dict[str, Any]) -> None:
    """Turn away who may not; of who may, the service writes the line, with the item that it is about."""
    of = place.get(ITEM)
    if action == rights.TRANSITION:  # which steps there are hangs on the card: there the view asks, card in hand
        action = rights.READ
    if not desk.may(actor, action, place[CARD], of):
        desk.require(actor, action, place[CARD], of)


def _watched(view: Callable[..., Any], desk: Callable[[], Desk]) -> Callable[..., Any]:
    @wraps(view)
    def watched(**place: Any) -> Any:
        answer = view(**place)
        if not any(kaart == place[CARD] and allowed for _, _, kaart, _, allowed in desk().told or ()):
            raise Undecided(request.endpoint)
        return answer

    return watched
