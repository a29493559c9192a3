"""The version of a card for one person of the family: who may have it, and making it."""

from flask import Blueprint, render_template, request

from app.content.problems import InvalidCard
from app.services import family, rights
from app.services.errors import Conflicted, InvalidInput, NotAllowed
from app.services.family import RECEIVER, WHY, Asked
from app.services.sentences import sentence as in_words
from app.storage.errors import StoreError
from app.web.doors import needs
from app.web.language import _
from app.web.pages.printing import as_file
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again
from app.web.views.card import title_of

pages = Blueprint("family", __name__, url_prefix="/kaarten/<kaart:kaart_id>/personen/<item:item>/versie")

KEPT, LOOKED, RECORD = "afgeschermd", "inzage", "verstrekking"
_LONGEST = 20_000


@pages.get("")
@needs(rights.FAMILY)
def show(kaart_id: str, item: str) -> str:
    """Say who has which right, and what will be on the paper."""
    return _page(kaart_id, item)


def _stale(kaart_id: str, item: str, sentence: str) -> str:
    return _page(kaart_id, item, sentence=sentence)


@pages.post("")
@needs(rights.FAMILY)
@shown_again(_stale)
def give(kaart_id: str, item: str) -> Answer:
    """Make the paper."""
    form = request.form
    asked = Asked(
        form.get(RECEIVER, ""),
        form.get(WHY, "")[:_LONGEST],
        with_kept=KEPT in form,
        with_looked=LOOKED in form,
        record=RECORD in form,
    )
    try:
        return as_file(family.give(desk(), actor(), kaart_id, item, asked))
    except InvalidInput as refusal:
        return _page(kaart_id, item, refusal.problems), 422
    except (Conflicted, InvalidCard, NotAllowed):
        sentence = _("Er is geen papier gemaakt: dat u het gaf, kon niet op de kaart. Probeer het opnieuw.")
        return _page(kaart_id, item, sentence=sentence), 409
    except StoreError as error:
        return _page(kaart_id, item, sentence=in_words(error)), 503


def _page(kaart_id: str, item: str, problems: dict[str, str] | None = None, sentence: str = "") -> str:
    told, form = family.prospect(desk(), actor(), kaart_id, item), request.form
    typed = request.method == "POST"
    return render_template(
        "family.html",
        kaart=told.kaart,
        card_title=title_of(told.kaart),
        told=told,
        always=desk().types.inzage.always,
        problems=problems or {},
        sentence=sentence,
        receiver=form.get(RECEIVER, item),
        why=form.get(WHY, "")[:_LONGEST],
        chosen={
            KEPT: KEPT in form,
            LOOKED: LOOKED in form or not typed,
            RECORD: RECORD in form or not typed,
        },
    )
