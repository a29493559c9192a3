"""Administration: the organisations, and one of them."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.services import organisations, rights
from app.services.errors import InvalidInput
from app.storage.accounts import Organisation
from app.web.doors import needs
from app.web.language import _
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again

pages = Blueprint("admin_organisations", __name__, url_prefix="/beheer/organisaties")

_FIELDS = {"name": "naam", "kind": "soort"}
_LONGEST = 400


def _add_stale(sentence: str) -> str:
    return _overview(*_typed(), {}, sentence)


@pages.get("")
@needs(rights.MANAGE)
def overview() -> str:
    """Show the organisations, and a form for one more."""
    return _overview("", "", {})


@pages.post("")
@needs(rights.MANAGE)
@shown_again(_add_stale)
def add() -> Answer:
    """Let an organisation take part."""
    name, kind = _typed()
    try:
        made = organisations.add(desk(), actor(), name, kind)
    except InvalidInput as error:
        return _overview(name, kind, error.problems), 422
    flash(_("%(name)s doet mee. U kunt er nu mensen voor uitnodigen.", name=made.name))
    return redirect(url_for("admin_organisations.overview"), 303)


def _change_stale(organisation_id: str, sentence: str) -> str:
    return _one(organisations.found(desk(), actor(), organisation_id), *_typed(), {}, sentence)


@pages.get("/<item:organisation_id>")
@needs(rights.MANAGE)
def show(organisation_id: str) -> str:
    """Show one organisation."""
    found = organisations.found(desk(), actor(), organisation_id)
    return _one(found, found.name, found.kind, {})


@pages.post("/<item:organisation_id>")
@needs(rights.MANAGE)
@shown_again(_change_stale)
def change(organisation_id: str) -> Answer:
    """Give an organisation another name or kind."""
    name, kind = _typed()
    try:
        organisations.change(desk(), actor(), organisation_id, name, kind)
    except InvalidInput as error:
        return _one(organisations.found(desk(), actor(), organisation_id), name, kind, error.problems), 422
    flash(_("Bewaard."))
    return redirect(url_for("admin_organisations.overview"), 303)


@pages.post("/<item:organisation_id>/stoppen")
@needs(rights.MANAGE)
def stop(organisation_id: str) -> Response:
    """Let an organisation stop, and with it all of its people."""
    organisations.set_active(desk(), actor(), organisation_id, active=False)
    flash(_("Deze organisatie is gestopt. Niemand van haar kan zich nu aanmelden."))
    return redirect(url_for("admin_organisations.show", organisation_id=organisation_id), 303)


@pages.post("/<item:organisation_id>/meedoen")
@needs(rights.MANAGE)
def resume(organisation_id: str) -> Response:
    """Let an organisation that was stopped take part again."""
    organisations.set_active(desk(), actor(), organisation_id, active=True)
    flash(_("Deze organisatie doet weer mee."))
    return redirect(url_for("admin_organisations.show", organisation_id=organisation_id), 303)


def _typed() -> tuple[str, str]:
    return request.form.get("naam", "")[:_LONGEST], request.form.get("soort", "")[:_LONGEST]


def _kinds() -> list[tuple[str, str]]:
    return [("", _("Weet ik niet")), *organisations.kinds(desk())]


def _overview(name: str, kind: str, problems: dict[str, str], sentence: str = "") -> str:
    return render_template(
        "admin_organisations.html",
        found=organisations.listed(desk(), actor()),
        may_change=organisations.may_change(desk(), actor()),
        kinds=_kinds(),
        kind_words=dict(organisations.kinds(desk())),
        name=name,
        kind=kind,
        problems={_FIELDS[key]: said for key, said in problems.items()},
        sentence=sentence,
    )


def _one(found: Organisation, name: str, kind: str, problems: dict[str, str], sentence: str = "") -> str:
    return render_template(
        "admin_organisation.html",
        organisation=found,
        kinds=_kinds(),
        name=name,
        kind=kind,
        problems={_FIELDS[key]: said for key, said in problems.items()},
        sentence=sentence,
    )
