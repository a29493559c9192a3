"""Administration: the rights review, on a page and as a file for a spreadsheet."""

from flask import Blueprint, Response, render_template

from app.services import reviewing, rights
from app.web.doors import needs
from app.web.language import _
from app.web.pages.admin import state_words
from app.web.session import actor, desk

pages = Blueprint("admin_rights", __name__, url_prefix="/beheer/rechten")


@pages.get("")
@needs(rights.REVIEW)
def show() -> str:
    """Show who has what."""
    return render_template(
        "admin_rights.html",
        found=reviewing.review(desk(), actor()),
        card_roles=desk().types.roles.card,
        states=state_words(),
        manages=desk().may(actor(), rights.MANAGE),
    )


@pages.get("/rechten.csv")
@needs(rights.REVIEW)
def export() -> Response:
    """The same for a spreadsheet."""
    found = reviewing.review(desk(), actor())
    titles = [_("Naam"), _("E-mailadres"), _("Organisatie"), _("Rol"), _("Stand"), _("Rol sinds"), _("Laatst gebruikt")]
    name = f"rechten-{desk().clock():%Y-%m-%d}.csv"
    return Response(
        reviewing.export(desk(), found, titles),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
