"""What this program says of itself: how accessible it is, and the style of the organisation that runs it."""

import hashlib
from datetime import date

from flask import Blueprint, abort, current_app, render_template
from flask_babel import format_date
from werkzeug.wrappers import Response

from app.web.doors import open_to_all

pages = Blueprint("about", __name__)

MEASURED = date(2026, 11, 24)
"""The day on which the accessibility was looked at last."""
STATES_MEASURED = 105
"""How many pages and states the automatic checks held then; a test holds that they are no fewer now."""


@pages.get("/toegankelijkheid")
@open_to_all
def accessibility() -> str:
    """Say how far everybody can use these pages, and what to do when somebody cannot."""
    contact = current_app.config["CONTACT"]
    return render_template(
        "accessibility.html",
        measured=format_date(MEASURED, "d MMMM y"),
        states=STATES_MEASURED,
        contact="" if contact.endswith("@localhost") else contact,  # the default, where no mail arrives
    )


@pages.get("/stijl.css")
@open_to_all
def style() -> Response:
    """The style of this organisation."""
    found: bytes | None = current_app.config["STYLE"]
    return Response(found, mimetype="text/css") if found is not None else abort(404)


@pages.app_context_processor
def _style_of() -> dict[str, str]:
    """What the address of the style carries, so that a new style is a new address; empty where there is none."""
    found: bytes | None = current_app.config["STYLE"]
    return {"style_hash": hashlib.sha256(found).hexdigest()[:12] if found is not None else ""}
