"""The start: what needs the person at the page, each with one way to the place where it can be dealt with."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.services import bell, destroying, emergency, handovers, keeping, rights, starting
from app.services.starting import Changed, DueGroup
from app.services.to_review import to_review
from app.storage.catalogue import Todo, Told
from app.web.doors import needs
from app.web.menu import home
from app.web.session import actor, desk
from app.web.views.bell import open_line
from app.web.views.due import When, when_due

pages = Blueprint("start", __name__)

_MOST = 5
"""So many of a kind; the rest is one step further, in the list."""


@pages.get("/")
@needs(rights.OWN)
def show() -> str | Response:
    """Show what needs this person; who works without cards, such as a beheerder, goes on to where he or she begins."""
    if not desk().may(actor(), rights.LIST) and home() != request.path:
        return redirect(home())
    desk().require(actor(), rights.LIST)
    found = starting.start(desk(), actor(), _MOST)
    asked, to_answer = bell.waiting(desk(), actor(), _MOST)
    judging, to_judge = to_review(desk(), actor(), _MOST)
    return render_template(
        "start.html",
        start=found,
        asked=[open_line(one, desk().types) for one in asked],
        to_answer=to_answer,
        judging=judging,
        to_judge=to_judge,
        aged=[one for one in keeping.due(desk(), actor()) if not one.kept],
        gone=destroying.lately(desk(), actor()),
        offered=handovers.offered_to(desk(), actor()),
        answered=handovers.lately(desk(), actor()),
        taken=emergency.unseen(desk(), actor()),
        may_hurry=desk().may(actor(), rights.EMERGENCY),
        most=_MOST,
        place=_place,
        asked_at=_asked_at,
        how_long=_how_long,
        all_of=_all_of,
        changed_at=_changed_at,
        may_create=desk().may(actor(), rights.CREATE),
    )


def _place(todo: Todo) -> str:
    return url_for("cards.show", kaart_id=todo.kaart_id, _anchor=todo.due.item or todo.due.section)


def _asked_at(told: Told) -> str:
    """Where one reads who is to be asked again, and about which words."""
    notice = told.notice
    return url_for("agreed.show", kaart_id=told.kaart_id, section=notice.section, item=notice.item)


def _how_long(todo: Todo) -> When:
    return when_due(todo.due.day, desk().clock().date())


def _all_of(group: DueGroup) -> str:
    return url_for("lists.cards", mijn="1", aandacht=group.rule.kind, volgorde="dag")


def _changed_at(changed: Changed) -> str:
    """What changed since this person was there; the card itself for who never was."""
    if changed.seen:
        return url_for("history.compare", kaart_id=changed.entry.id, van=changed.seen)
    return url_for("cards.show", kaart_id=changed.entry.id)
