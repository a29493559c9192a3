"""Drafts: kept while somebody types, listed for who wrote them, thrown away."""

import json

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.content.items import Namer
from app.content.shape import Shape
from app.services import drafting, rights
from app.services.drafting import DAYS, Sheet
from app.storage.errors import StoreError
from app.web import drafted
from app.web.doors import needs
from app.web.forms import typed
from app.web.forms.read import read_item
from app.web.language import _
from app.web.newest import newest
from app.web.session import actor, desk, local
from app.web.stale import shown_again
from app.web.words import clock

pages = Blueprint("drafts", __name__)

TEXT = "tekst"
"""The place of the form in which a whole card is edited as text."""
_LONGEST_PLACE = 120


def _not_kept(kaart_id: str, sentence: str) -> Response:
    """What a script is told whose form was opened before somebody signed in again."""
    del sentence
    newest(kaart_id)  # who may not see the card is told no more than that
    title = _("U bent intussen opnieuw aangemeld. Wat u typt staat alleen nog op deze pagina. Kies ‘Bewaren’.")
    if request.endpoint == "drafts.keep_proposal":
        title = _("U bent intussen opnieuw aangemeld. Wat u typt staat alleen nog op deze pagina. Kies ‘Voorstellen’.")
    return Response(json.dumps({"title": title, "status": 409}), 409, content_type="application/problem+json")


@pages.post("/kaarten/<kaart:kaart_id>/klad")
@needs(rights.EDIT)
@shown_again(_not_kept)
def keep(kaart_id: str) -> Response:
    """Keep what is being typed; a script asks this again and again, and shows the sentence that comes back."""
    return _keep(kaart_id)


@pages.post("/kaarten/<kaart:kaart_id>/voorstellen/klad")
@needs(rights.PROPOSE)
@shown_again(_not_kept)
def keep_proposal(kaart_id: str) -> Response:
    """Keep what is being typed in a form to propose something, as `keep` does, for who need not be able to edit."""
    return _keep(kaart_id)


def _keep(kaart_id: str) -> Response:
    kaart, _damaged = newest(kaart_id)
    place, identity = request.form.get(typed.PLACE, ""), typed.draft_id(request.form)
    if not identity or len(place) > _LONGEST_PLACE:
        abort(400)
    title = _heading(kaart.edition.shape, Namer(kaart.document, kaart.edition.shape), place)
    sheet = Sheet(identity, place, typed.posted_base(request.form), title, drafted.fields_of(request.form))
    label = drafting.keep(desk(), actor(), kaart, sheet)
    return jsonify(sentence=_("Klad bewaard om %(time)s", time=clock(label.when)))


@pages.get("/klad")
@needs(rights.OWN)
def overview() -> str:
    """What somebody was writing."""
    try:
        return render_template("drafts.html", drafts=drafting.mine(desk(), actor()), days=DAYS)
    except StoreError:
        return render_template("drafts.html", drafts=[], days=DAYS, drafts_fail=True)


@pages.post("/klad/<revision:identity>/weggooien")
@needs(rights.OWN)
def throw_away(identity: str) -> Response:
    """Throw a draft away, and lead back to the form that it was of, or to the list."""
    drafting.throw_away(desk(), actor(), identity)
    flash(_("De klad is weggegooid."))
    further = request.form.get("verder", "")
    return redirect(local(further) if further else url_for("drafts.overview"), 303)


def _heading(shape: Shape, namer: Namer, place: str) -> str:
    """What a form is about, from its place and what is typed in it."""
    if place == TEXT:
        return _("De kaart als tekst")
    to_propose = drafting.is_to_propose(place)
    key, *rest = place.removeprefix(drafting.PROPOSALS).split("/")
    section = shape.fields.get(key)
    if section is None or section.shape is None:
        abort(400)
    identity = request.form.get(typed.ITEM, "") or (rest or [""])[0]
    path = (key, identity) if rest else (key,)
    value = read_item(request.form, section.inner, {"id": identity} if rest else {})
    is_new = typed.ITEM in request.form
    return typed.heading(section, path, value, namer, is_new=is_new, to_propose=to_propose)
