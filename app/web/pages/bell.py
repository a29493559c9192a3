"""Berichten: what concerns the person at the page, newest first; and following a card."""

from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.services import bell, rights
from app.web.doors import needs
from app.web.language import _
from app.web.paging import Paging, page_number
from app.web.session import actor, desk
from app.web.views.bell import Line, line
from app.web.words import day_words

pages = Blueprint("bell", __name__)

PER_PAGE = 50
UNTIL = "tot"
"""In the form: the moment of the newest notice on the screen; what came after it stays new."""


@pages.get("/berichten")
@needs(rights.LIST)
def show() -> str:
    """Show what concerns this person. A look alone marks nothing as read: a question that waits is not lost so."""
    number = page_number()
    found = bell.bell(desk(), actor(), PER_PAGE, (number - 1) * PER_PAGE)
    return render_template(
        "bell.html",
        days=_by_day([line(one, desk().types) for one in found.told]),
        found=found,
        paging=Paging(number, found.total, PER_PAGE, url_for("bell.show"), {}),
    )


def _by_day(lines: list[Line]) -> list[tuple[str, list[Line]]]:
    """The lines under the day that they are of, in words."""
    return [(day, list(found)) for day, found in groupby(lines, lambda one: day_words(one.when))]


@pages.post("/berichten")
@needs(rights.LIST)
def read() -> Response:
    """Keep that this person read all that was on the screen, and what came before it."""
    bell.looked(desk(), actor(), request.form.get(UNTIL, ""))
    flash(_("Alles is gelezen."))
    return redirect(url_for("bell.show"), 303)


@pages.post("/kaarten/<kaart:kaart_id>/volgen")
@needs(rights.READ)
def follow(kaart_id: str) -> Response:
    """Follow the card."""
    bell.follow(desk(), actor(), kaart_id)
    flash(_("U volgt deze kaart. Bij Berichten leest u wat anderen erover zeggen en wijzigen."))
    return redirect(url_for("cards.show", kaart_id=kaart_id), 303)


@pages.post("/kaarten/<kaart:kaart_id>/niet-volgen")
@needs(rights.READ)
def unfollow(kaart_id: str) -> Response:
    """Follow the card no more."""
    bell.unfollow(desk(), actor(), kaart_id)
    flash(_("U volgt deze kaart niet meer. U krijgt alleen bericht van wat u aangaat."))
    return redirect(url_for("cards.show", kaart_id=kaart_id), 303)
