"""Overleg: all that was said about an item of a card; saying something, answering, keeping a view of one's own."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for

from app.content.changes import Change
from app.content.items import Namer
from app.content.problems import InvalidCard
from app.services import rights, talking
from app.services.comparing import Comparison
from app.services.errors import Conflicted, InvalidInput, NotAllowed, NotFound
from app.services.judging import VERDICTS
from app.services.sentences import sentence as in_words
from app.services.talking import Thread
from app.storage.errors import StoreError
from app.web.doors import needs
from app.web.errors import base_is_gone
from app.web.forms import typed
from app.web.language import _
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again
from app.web.views.card import title_of
from app.web.views.diff import FieldChange, view_changes
from app.web.views.judging import Answers

pages = Blueprint("talking", __name__, url_prefix="/kaarten/<kaart:kaart_id>/overleg/<item:item>")

TEXT, TO, REMARK, VIEW = "tekst", "op", "bericht", "visie"
"""In the form: the words; the question that they answer. And what a form is called where it answers none."""
_LONGEST = 20_000


@dataclass(frozen=True)
class _Again:
    """What was typed, in which form, and what is wrong with it."""

    form: str = ""
    problem: str = ""
    sentence: str = ""


@pages.get("")
@needs(rights.READ)
def show(kaart_id: str, item: str) -> str:
    """Show what was said of an item."""
    return _page(kaart_id, item, _Again())


def _stale(kaart_id: str, item: str, sentence: str) -> str:
    return _page(kaart_id, item, _Again(request.form.get(TO, "") or REMARK, sentence=sentence))


@pages.post("")
@needs(rights.TALK)
@shown_again(_stale)
def speak(kaart_id: str, item: str) -> Answer:
    """Say something of it, or answer a question."""
    to = request.form.get(TO, "")
    form = to or REMARK
    try:
        talking.speak(desk(), actor(), kaart_id, item, request.form.get(TEXT, "")[:_LONGEST], to)
    except InvalidInput as refusal:
        return _page(kaart_id, item, _Again(form, refusal.problems[talking.TEXT])), 422
    except StoreError as error:
        return _page(kaart_id, item, _Again(form, sentence=in_words(error))), 503
    flash(_("Uw antwoord staat erbij.") if to else _("Uw bericht staat erbij."))
    return redirect(url_for("talking.show", kaart_id=kaart_id, item=item), 303)


def _stale_view(kaart_id: str, item: str, sentence: str) -> str:
    return _page(kaart_id, item, _Again(VIEW, sentence=sentence))


@pages.post("/visie")
@needs(rights.OWN_VIEW)
@shown_again(_stale_view)
def keep(kaart_id: str, item: str) -> Answer:
    """Put a view of one's own on the card."""
    base, words = typed.posted_base(request.form), request.form.get(TEXT, "")[:_LONGEST]
    try:
        talking.keep_own_view(desk(), actor(), kaart_id, item, words, base)
    except InvalidInput as refusal:
        return _page(kaart_id, item, _Again(VIEW, refusal.problems[talking.TEXT])), 422
    except Conflicted as conflict:
        return _page(kaart_id, item, _Again(VIEW, sentence=str(conflict))), 409
    except NotAllowed as refusal:
        if not desk().may(actor(), rights.OWN_VIEW, kaart_id, item):
            raise
        return _page(kaart_id, item, _Again(VIEW, sentence=str(refusal))), 422
    except InvalidCard as verdict:
        return _page(kaart_id, item, _Again(VIEW, str(verdict.problems[0]))), 422
    except NotFound:
        return _page(kaart_id, item, _Again(VIEW, sentence=base_is_gone())), 409
    except StoreError as error:
        return _page(kaart_id, item, _Again(VIEW, sentence=in_words(error))), 503
    flash(_("Uw visie staat op de kaart."))
    return redirect(url_for("cards.show", kaart_id=kaart_id, _anchor=item), 303)


def _page(kaart_id: str, item: str, again: _Again) -> str:
    thread, review = talking.thread(desk(), actor(), kaart_id, item), desk().types.review
    kaart = thread.kaart
    return render_template(
        "thread.html",
        kaart=kaart,
        card_title=title_of(kaart),
        item=item,
        title=Namer(kaart.document, kaart.edition.shape).item(item) if thread.item else item,
        gone=thread.item is None,
        thread=thread,
        now=_now(thread),
        answered=_answered(thread),
        review=review,
        verdicts=[(name, review.verdicts[name]) for name in VERDICTS],
        answers=Answers(),
        may_talk=desk().may(actor(), rights.TALK, kaart, item),
        may_judge=desk().may(actor(), rights.JUDGE, kaart, item),
        may_view=review.view is not None and desk().may(actor(), rights.OWN_VIEW, kaart, item),
        form=again.form,
        typed=request.form.get(TEXT, "")[:_LONGEST],
        problem=again.problem,
        sentence=again.sentence,
    )


def _answered(thread: Thread) -> bool:
    """Whether anybody was asked what he or she thinks of the item."""
    lists = thread.kaart.edition.shape.agreements.get(thread.section, {})
    return any((thread.item or {}).get(key) for key in lists)


def _now(thread: Thread) -> list[FieldChange]:
    """The item as it is, field by field."""
    if thread.item is None:
        return []
    whole = Change("added", (thread.section, thread.item["id"]), None, thread.item)
    return view_changes(Comparison(thread.kaart, thread.kaart, [whole]))[0].items[0].fields
