"""Administration: the other installations that cards can go to and come from, and the file that tells of this one."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirection

from app.services import installations, rights
from app.services.errors import InvalidInput
from app.web.doors import needs
from app.web.language import _
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again

pages = Blueprint("admin_installations", __name__, url_prefix="/beheer/installaties")

_FIELDS = {installations.CARD: "kaartje", installations.NUMBER: "nummer"}
_FILE = "bestand"
_LONGEST, _LONGEST_NUMBER = 8000, 100


def _add_stale(sentence: str) -> str:
    return _overview(*_typed(), {}, sentence)


@pages.get("")
@needs(rights.MANAGE)
def overview() -> str:
    """Show the installations, this one first, and a form for one more."""
    return _overview("", "", {})


@pages.post("")
@needs(rights.MANAGE)
@shown_again(_add_stale)
def add() -> Answer:
    """Know another installation from now on."""
    card, number = _typed()
    try:
        made = installations.add(desk(), actor(), card, number)
    except InvalidInput as error:
        return _overview(card, number, error.problems), 422
    flash(_("%(name)s is toegevoegd. Er kunnen nu kaarten heen, en u kunt er kaarten van ontvangen.", name=made.name))
    return redirect(url_for("admin_installations.overview"), 303)


@pages.get("/eigen")
@needs(rights.MANAGE)
def own() -> Response:
    """The file that tells another installation of this one."""
    found = installations.own(desk(), actor())
    return Response(
        found.card,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="kaartje-{found.id}.json"'},
    )


@pages.post("/<item:installation_id>/stoppen")
@needs(rights.MANAGE)
def stop(installation_id: str) -> Redirection:
    """Let an installation stop: no card goes there or comes from there."""
    done = installations.set_active(desk(), actor(), installation_id, active=False)
    flash(_("%(name)s is gestopt. Er gaan geen kaarten meer heen, en er komen er geen meer vandaan.", name=done.name))
    return redirect(url_for("admin_installations.overview"), 303)


@pages.post("/<item:installation_id>/meedoen")
@needs(rights.MANAGE)
def resume(installation_id: str) -> Redirection:
    """Let an installation that was stopped take part again."""
    done = installations.set_active(desk(), actor(), installation_id, active=True)
    flash(_("%(name)s doet weer mee.", name=done.name))
    return redirect(url_for("admin_installations.overview"), 303)


def _typed() -> tuple[str, str]:
    """What is in the form; a file that was chosen takes the place of what was pasted."""
    file = request.files.get(_FILE)
    pasted = file.stream.read(_LONGEST).decode("utf-8", "replace") if file else ""
    card = pasted or request.form.get("kaartje", "")[:_LONGEST]
    return card, request.form.get("nummer", "")[:_LONGEST_NUMBER]


def _overview(card: str, number: str, problems: dict[str, str], sentence: str = "") -> str:
    return render_template(
        "admin_installations.html",
        own=installations.own(desk(), actor()),
        found=installations.listed(desk(), actor()),
        number_of=installations.number_of,
        fingerprint_of=installations.fingerprint_of,
        card=card,
        number=number,
        problems={_FIELDS[key]: said for key, said in problems.items()},
        sentence=sentence,
    )
