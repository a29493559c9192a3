"""Langer bewaren: why a card is kept longer than its term, setting and lifting that; and of which cards it is over."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from app.content.keeping import Keep
from app.services import keeping, rights
from app.services.actors import speaker_in
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.services.keeping import EXCEPTION, UNTIL, Aged
from app.services.proposing import REASON
from app.services.sentences import sentence as in_words
from app.storage.errors import StoreError
from app.web.doors import needs
from app.web.forms import typed
from app.web.language import _
from app.web.paging import Paging, page_number
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again
from app.web.views.card import title_of

pages = Blueprint("keeping", __name__)

PER_PAGE = 50
_LONGEST, _LONGEST_DAY = 20_000, 40
_CARD = "/kaarten/<kaart:kaart_id>/bewaren"


@pages.get("/bewaartermijn")
@needs(rights.LIST)
def due() -> str:
    """Show of which cards of this person the term is over, or almost."""
    return _due(keeping.due(desk(), actor()), "keeping.due", by_number=False)


@pages.get("/beheer/bewaartermijn")
@needs(rights.MANAGE)
def due_everywhere() -> str:
    """Show all of them by number, to who looks after the installation and reads no cards."""
    return _due(keeping.due_everywhere(desk(), actor()), "keeping.due_everywhere", by_number=True)


@pages.get(_CARD)
@needs(rights.KEEP)
def show(kaart_id: str) -> str:
    """Show why a card is kept, and a form to keep it longer."""
    return _page(kaart_id)


def _stale(kaart_id: str, sentence: str) -> str:
    return _page(kaart_id, sentence=sentence)


@pages.post(_CARD)
@needs(rights.KEEP)
@shown_again(_stale)
def keep(kaart_id: str) -> Answer:
    """Have the card kept longer."""
    form = request.form
    try:
        keeping.keep_longer(
            desk(), actor(), kaart_id, form.get(EXCEPTION, ""), form.get(UNTIL, "").strip(), _reason_typed()
        )
    except InvalidInput as refusal:
        return _page(kaart_id, refusal.problems), 422
    except NotAllowed as refusal:
        return _page(kaart_id, sentence=str(refusal)), 409
    except StoreError as error:
        return _page(kaart_id, sentence=in_words(error)), 503
    flash(_("De kaart blijft langer. Tot die tijd gaat zij niet weg omdat de termijn voorbij is."))
    return redirect(url_for("keeping.show", kaart_id=kaart_id), 303)


@pages.get(f"{_CARD}/<item:number>/opheffen")
@needs(rights.KEEP)
def ask_lift(kaart_id: str, number: str) -> Answer:
    """Ask why an exception is to hold no more."""
    return _lift_page(kaart_id, number)


def _stale_lift(kaart_id: str, number: str, sentence: str) -> Answer:
    return _lift_page(kaart_id, number, sentence=sentence)


@pages.post(f"{_CARD}/<item:number>/opheffen")
@needs(rights.KEEP)
@shown_again(_stale_lift)
def lift(kaart_id: str, number: str) -> Answer:
    """Have an exception hold no more."""
    try:
        keeping.lift(desk(), actor(), kaart_id, number, _reason_typed())
    except InvalidInput as refusal:
        return _lift_page(kaart_id, number, problem=refusal.problems.get(REASON, ""), status=422)
    except (NotAllowed, NotFound) as refusal:
        return _page(kaart_id, sentence=str(refusal)), 409
    except StoreError as error:
        return _lift_page(kaart_id, number, sentence=in_words(error), status=503)
    flash(_("De uitzondering is opgeheven. Nu geldt de gewone termijn weer."))
    return redirect(url_for("keeping.show", kaart_id=kaart_id), 303)


def _due(found: list[Aged], endpoint: str, *, by_number: bool) -> str:
    paging = Paging(page_number(), len(found), PER_PAGE, url_for(endpoint), {})
    return render_template(
        "due.html",
        found=found[paging.first - 1 : paging.last],
        paging=paging,
        today=desk().clock().date(),
        term=desk().types.retention.longest,
        by_number=by_number,
    )


def _page(kaart_id: str, problems: dict[str, str] | None = None, sentence: str = "") -> str:
    told, form, today = keeping.prospect(desk(), actor(), kaart_id), request.form, desk().clock().date()
    exceptions = desk().types.retention.exceptions
    return render_template(
        "keep.html",
        kaart=told.kaart,
        card_title=title_of(told.kaart),
        told=told,
        keeps=sorted(told.keeps, key=lambda one: not one.holds(today)),
        holds=lambda one: one.holds(today),
        why_of=_why,
        name=lambda signed: speaker_in(signed).name,
        exceptions=exceptions,
        open_ended=[one.title for one in exceptions.values() if not one.ends],
        chosen=form.get(EXCEPTION, ""),
        until=form.get(UNTIL, "")[:_LONGEST_DAY],
        reason=_reason_typed(),
        problems=problems or {},
        reason_problems=[problems[REASON]] if problems and REASON in problems else [],
        sentence=sentence,
        can_destroy=desk().may(actor(), rights.DESTROY, told.kaart),
    )


def _lift_page(kaart_id: str, number: str, problem: str = "", sentence: str = "", status: int = 200) -> Answer:
    told = keeping.prospect(desk(), actor(), kaart_id)
    one = next((keep for keep in told.keeps if keep.id == number), None)
    if one is None:
        return _page(kaart_id, sentence=_("Deze uitzondering is er niet, of zij is al opgeheven.")), 404
    page = render_template(
        "keep_lift.html",
        kaart=told.kaart,
        card_title=title_of(told.kaart),
        keep=one,
        why_of=_why,
        reason=_reason_typed(),
        problems=[problem] if problem else [],
        sentence=sentence,
    )
    return page, status


def _why(one: Keep) -> str:
    known = desk().types.retention.exceptions.get(one.exception)
    return known.title if known else one.exception


def _reason_typed() -> str:
    return request.form.get(typed.REASON, "")[:_LONGEST]
