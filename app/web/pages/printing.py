"""A card as PDF, to print."""

from flask import Blueprint, Response, abort, request

from app.services import printing, rights
from app.services.printing import Printed
from app.web.converters import is_revision
from app.web.doors import needs
from app.web.session import actor, desk

pages = Blueprint("printing", __name__, url_prefix="/kaarten/<kaart:kaart_id>")


@pages.get("/kaart.pdf")
@needs(rights.READ)
def show(kaart_id: str) -> Response:
    """The card as PDF, as it is now or as it was."""
    revision = request.args.get("versie", "")
    if revision and not is_revision(revision):
        abort(404)
    return as_file(printing.print_card(desk(), actor(), kaart_id, revision or None))


def as_file(paper: Printed) -> Response:
    """A paper, to keep as a file."""
    disposition = f'attachment; filename="{paper.name}"'
    return Response(paper.data, content_type="application/pdf", headers={"Content-Disposition": disposition})
