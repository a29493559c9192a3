"""Vernietigen: what goes, until when it must be kept, and asking a second person for it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from app.services import destroying, rights
from app.services.destroying import GROUND
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.services.proposing import REASON
from app.services.sentences import sentence as in_words
from app.storage.errors import StoreError
from app.web.doors import needs
from app.web.forms import typed
from app.web.lacks import state_name
from app.web.language import _
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again
from app.web.views.card import title_of

pages = Blueprint("destroying", __name__, url_prefix="/kaarten/<kaart:kaart_id>/vernietigen")

_LONGEST = 20_000


@pages.get("")
@needs(rights.DESTROY)
def show(kaart_id: str) -> str:
    """Show what goes, and what it asks."""
    return _page(kaart_id)


def _stale(kaart_id: str, sentence: str) -> str:
    return _page(kaart_id, sentence=sentence)


@pages.post("")
@needs(rights.DESTROY)
@shown_again(_stale)
def ask(kaart_id: str) -> Answer:
    """Ask a second person to have the card destroyed."""
    form = request.form
    ground, reason = form.get(GROUND, ""), form.get(typed.REASON, "")[:_LONGEST]
    try:
        destroying.ask(desk(), actor(), kaart_id, ground, reason, typed.posted_base(form))
    except InvalidInput as refusal:
        return _page(kaart_id, refusal.problems), 422
    except (NotAllowed, NotFound) as refusal:
        return _page(kaart_id, sentence=str(refusal)), 409
    except StoreError as error:
        return _page(kaart_id, sentence=in_words(error)), 503
    flash(_("Uw verzoek staat klaar. Een tweede persoon bevestigt het."))
    return redirect(url_for("confirming.overview", kaart_id=kaart_id), 303)


def _page(kaart_id: str, problems: dict[str, str] | None = None, sentence: str = "") -> str:
    told = destroying.prospect(desk(), actor(), kaart_id)
    return render_template(
        "destroy.html",
        kaart=told.kaart,
        card_title=title_of(told.kaart),
        state=state_name(told.kaart, desk().types.workflow),
        told=told,
        grounds=desk().types.retention.grounds,
        exceptions=desk().types.retention.exceptions,
        keeps=desk().may(actor(), rights.KEEP, told.kaart) and desk().types.retention.exceptions,
        chosen=request.form.get(GROUND, ""),
        reason=request.form.get(typed.REASON, "")[:_LONGEST],
        reason_problems=[problems[REASON]] if problems and REASON in problems else [],
        ground_problem=(problems or {}).get(GROUND, ""),
        sentence=sentence,
    )
