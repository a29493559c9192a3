"""Bevestigen: what a second person is asked for on a card; confirming it, not confirming it, taking it back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from app.content.overleg import CONFIRMED, NOT_CONFIRMED
from app.content.problems import InvalidCard
from app.content.workflow import DESTROY
from app.services import confirming, rights
from app.services.confirming import Request
from app.services.destroying import WORD
from app.services.errors import Conflicted, InvalidInput, NotAllowed, NotFound
from app.services.sentences import sentence as in_words
from app.storage.errors import StoreError
from app.storage.tombstones import Tombstone
from app.web import drafted
from app.web.doors import needs
from app.web.forms import typed
from app.web.forms.page import Trouble, show_again
from app.web.forms.sending import sent, typed_in
from app.web.forms.typed import Typed
from app.web.language import _
from app.web.newest import newest
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again
from app.web.views.card import title_of
from app.web.views.diff import view_changes

pages = Blueprint("confirming", __name__, url_prefix="/kaarten/<kaart:kaart_id>/bevestigen")

ITEM, CHOICE, WORDS = "verzoek", "besluit", "tekst"
"""In the form: what is answered, how, and the words with it."""
_LONGEST = 20_000


@pages.get("")
@needs(rights.READ)
def overview(kaart_id: str) -> str:
    """Show what a second person is or was asked for."""
    return _overview(kaart_id)


def _stale(kaart_id: str, sentence: str) -> str:
    return _overview(kaart_id, sentence=sentence)


@pages.post("")
@needs(rights.CONFIRM)
@shown_again(_stale)
def answer(kaart_id: str) -> Answer:
    """Confirm what somebody else asked, or say that one does not."""
    item, choice = request.form.get(ITEM, ""), request.form.get(CHOICE, "")
    words = request.form.get(WORDS, "")[:_LONGEST]
    try:
        if choice == CONFIRMED:
            base, word = typed.posted_base(request.form), request.form.get(WORD, "")
            done = confirming.confirm(desk(), actor(), kaart_id, item, words, base, word)
            if isinstance(done, Tombstone):
                flash(_("De kaart is vernietigd. Er is niets meer van over dan haar nummer en waarom zij weg mocht."))
                return redirect(url_for("lists.cards"), 303)
        elif choice == NOT_CONFIRMED:
            confirming.refuse(desk(), actor(), kaart_id, item, words)
        else:
            return _overview(kaart_id, sentence=_("Kies of u dit bevestigt.")), 422
    except InvalidInput as refusal:
        return _overview(kaart_id, {item: refusal.problems}), 422
    except Conflicted as conflict:
        return _overview(kaart_id, sentence=str(conflict)), 409
    except InvalidCard as verdict:
        return _overview(kaart_id, sentence=" ".join(map(str, verdict.problems[:3]))), 409
    except (NotAllowed, NotFound) as refusal:
        return _overview(kaart_id, sentence=str(refusal)), 409
    except StoreError as error:
        return _overview(kaart_id, sentence=in_words(error)), 503
    flash(_("Bevestigd. Dank dat u meekeek.") if choice == CONFIRMED else _("Uw antwoord is bewaard."))
    return redirect(url_for("confirming.overview", kaart_id=kaart_id), 303)


@pages.post("/intrekken")
@needs(rights.CONFIRM)
@shown_again(_stale)
def withdraw(kaart_id: str) -> Answer:
    """Take back what one asked."""
    try:
        confirming.withdraw(desk(), actor(), kaart_id, request.form.get(ITEM, ""))
    except (NotAllowed, NotFound) as refusal:
        return _overview(kaart_id, sentence=str(refusal)), 409
    except StoreError as error:
        return _overview(kaart_id, sentence=in_words(error)), 503
    flash(_("Uw verzoek is ingetrokken."))
    return redirect(url_for("confirming.overview", kaart_id=kaart_id), 303)


def _stale_item(kaart_id: str, section: str, item: str, sentence: str) -> str:
    entry, _gone = typed_in(request.form, kaart_id, section, item)
    entry.second = True
    return show_again(entry, Trouble(sentence=sentence))


@pages.post("/<key:section>/<item:item>")
@needs(rights.EDIT)
@shown_again(_stale_item)
def ask(kaart_id: str, section: str, item: str) -> Answer:
    """Ask a second person for what the form of an item wants."""
    entry, gone = typed_in(request.form, kaart_id, section, item)
    entry.second = True

    def act(entry: Typed) -> Answer:
        revision, why = entry.kaart.revision, entry.reason[:_LONGEST]
        confirming.ask_item(desk(), actor(), kaart_id, section, entry.value, revision, why)
        drafted.done(entry.draft)
        flash(_("Uw verzoek staat klaar. Een tweede persoon bevestigt het."))
        return redirect(url_for("confirming.overview", kaart_id=kaart_id), 303)

    return sent(entry, gone, act)


def _overview(kaart_id: str, problems: dict[str, dict[str, str]] | None = None, sentence: str = "") -> str:
    kaart, _damaged = newest(kaart_id)
    found = confirming.requests(desk(), actor(), kaart_id)
    return render_template(
        "confirming.html",
        kaart=kaart,
        card_title=title_of(kaart),
        found=[(one, _changes(one)) for one in found],
        account=actor().id,
        may_confirm=desk().may(actor(), rights.CONFIRM, kaart),
        verdicts=desk().types.review.verdicts,
        destroys=desk().types.workflow.act(DESTROY),
        grounds=desk().types.retention.grounds,
        word=request.form.get(WORD, "")[:100],
        asked=request.form.get(ITEM, ""),
        choice=request.form.get(CHOICE, ""),
        words=request.form.get(WORDS, "")[:_LONGEST],
        problems=problems or {},
        sentence=sentence,
    )


def _changes(one: Request) -> object:
    """What would change on the card; None where it is no change of an item."""
    told = view_changes(one.comparison) if one.comparison else []
    return told[0].items[0] if told else None
