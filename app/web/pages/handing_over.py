"""Overdracht: offering a card to somebody, and accepting, refusing or withdrawing that."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for

from app.content.handovers import INSTALLATION, Handover
from app.content.items import Namer
from app.content.members import members
from app.content.problems import InvalidCard
from app.services import answering, handing_over, handovers, installations, packing, rights, sending, shared_with
from app.services.boxes import Package
from app.services.errors import InvalidInput, NotAllowed
from app.services.handing_over import GROUND, INFORMED, TEXT, TO, UNTIL, WHY, Wanted
from app.services.sentences import sentence as in_words
from app.storage.errors import StoreError
from app.storage.records import InvalidRevision
from app.web.doors import needs
from app.web.forms import typed
from app.web.handed_out import handed_out
from app.web.lacks import linked
from app.web.language import _
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again
from app.web.views.card import title_of
from app.web.views.said import Finder

pages = Blueprint("handing_over", __name__, url_prefix="/kaarten/<kaart:kaart_id>/overdracht")

_FIELDS = (TO, TEXT, GROUND, INFORMED, WHY, UNTIL)
_YES, _NO = "ja", "nee"
_ROWS, _PLAIN = "daar", "open"
"""In the form: which professionals work at the other installation; and that a package is not encrypted."""
_LONGEST = 200_000


@pages.get("")
@needs(rights.READ)
def show(kaart_id: str) -> str:
    """Show what is missing, the form, or the open offer; and earlier handovers."""
    return _page(kaart_id)


def _stale(kaart_id: str, sentence: str) -> str:
    return _page(kaart_id, sentence=sentence)


def _stale_answer(kaart_id: str, offer: str, sentence: str) -> str:
    del offer
    return _page(kaart_id, sentence=sentence)


@pages.post("")
@needs(rights.TRANSITION)
@shown_again(_stale)
def offer(kaart_id: str) -> Answer:
    """Offer the card."""
    refused = _refused(kaart_id, lambda: handing_over.offer(desk(), actor(), kaart_id, _wanted()))
    if refused:
        return refused
    flash(_("De kaart is aangeboden. Tot de ontvanger haar aanneemt, blijft u dossierhouder."))
    return redirect(url_for("handing_over.show", kaart_id=kaart_id), 303)


@pages.post("/<item:offer>/intrekken")
@needs(rights.TRANSITION)
@shown_again(_stale_answer)
def withdraw(kaart_id: str, offer: str) -> Answer:
    """Take the offer back."""
    refused = _refused(kaart_id, lambda: handing_over.withdraw(desk(), actor(), kaart_id, offer, _reason()))
    if refused:
        return refused
    flash(_("Het aanbod is ingetrokken. U blijft dossierhouder."))
    return redirect(url_for("handing_over.show", kaart_id=kaart_id), 303)


@pages.post("/<item:offer>/aannemen")
@needs(rights.TRANSITION)
@shown_again(_stale_answer)
def accept(kaart_id: str, offer: str) -> Answer:
    """Accept the card."""
    if refused := _refused(kaart_id, lambda: handing_over.accept(desk(), actor(), kaart_id, offer)):
        return refused
    flash(_("U bent nu dossierhouder van deze kaart."))
    return redirect(url_for("cards.show", kaart_id=kaart_id), 303)


@pages.post("/<item:offer>/weigeren")
@needs(rights.TRANSITION)
@shown_again(_stale_answer)
def refuse(kaart_id: str, offer: str) -> Answer:
    """Refuse the card."""
    refused = _refused(kaart_id, lambda: handing_over.refuse(desk(), actor(), kaart_id, offer, _reason()))
    if refused:
        return refused
    flash(_("U hebt de overdracht geweigerd. Wie haar aanbood, leest uw reden."))
    still_here = desk().may(actor(), rights.READ, kaart_id)
    return redirect(url_for("handing_over.show", kaart_id=kaart_id) if still_here else url_for("start.show"), 303)


@pages.post("/<item:offer>/pakket")
@needs(rights.TRANSITION)
@shown_again(_stale_answer)
def package(kaart_id: str, offer: str) -> Answer:
    """The package of the open offer, as a file."""
    del offer
    encrypted = _PLAIN not in request.form
    return _file(kaart_id, lambda: packing.package(desk(), actor(), kaart_id, encrypted=encrypted))


@pages.post("/<item:arrival>/ontvangstbewijs")
@needs(rights.TRANSITION)
def receipt(kaart_id: str, arrival: str) -> Answer:
    """The receipt of a card that came from elsewhere, as a file."""
    return _file(kaart_id, lambda: answering.receipt(desk(), actor(), kaart_id, arrival))


def _file(kaart_id: str, make: Callable[[], AbstractContextManager[Package]]) -> Answer:
    try:
        return handed_out(make())
    except NotAllowed as refusal:
        if not desk().may(actor(), rights.READ, kaart_id):
            raise
        return _page(kaart_id, sentence=str(refusal)), 403
    except StoreError as error:
        return _page(kaart_id, sentence=in_words(error)), 503


def _refused(kaart_id: str, act: Callable[[], object]) -> Answer | None:
    """Do it; the page with what was typed where it cannot be."""
    try:
        act()
    except InvalidInput as refusal:
        return _page(kaart_id, refusal.problems), 422
    except InvalidRevision:
        raise
    except InvalidCard:
        return _page(kaart_id, sentence=_("De kaart is nog niet aangeboden. Eerst is hieronder nog iets nodig.")), 422
    except NotAllowed as refusal:
        if not desk().may(actor(), rights.READ, kaart_id):
            raise
        return _page(kaart_id, sentence=str(refusal)), 403
    except StoreError as error:
        return _page(kaart_id, sentence=in_words(error)), 503
    return None


def _page(kaart_id: str, problems: Mapping[str, str] | None = None, sentence: str = "") -> str:
    found, handing = handovers.overview(desk(), actor(), kaart_id), handing_over.handing_of(desk())
    kaart, can = found.kaart, found.can
    namer, find = Namer(kaart.document, kaart.edition.shape), Finder(kaart.document)
    may_offer = handing.offer.name in can
    sends = sending.sending(desk(), actor(), kaart_id) if found.open else None
    works_there = sending.works_at(desk(), kaart.document, found.open) if found.open and sends else ()
    return render_template(
        "handover.html",
        kaart=kaart,
        card_title=title_of(kaart),
        found=found,
        can_offer=may_offer,
        can_withdraw=handing.withdraw.name in can,
        can_answer=handing.accept.name in can,
        lacking=[linked(kaart, find, namer, one) if one.path else ("", one.message, "") for one in found.lacking],
        to_check=[
            (one, [(item["id"], namer.item(item["id"]), _names(namer, item.get(one.beside))) for item in items])
            for one, items in found.to_check
        ],
        groups=shared_with.open_to(desk(), actor(), kaart_id) if may_offer else (),
        elsewhere=installations.known(desk()) if may_offer else (),
        of_installation=INSTALLATION,
        colleagues=[(one.item, namer.item(one.item)) for one in members(kaart.document, desk().types.display)],
        there=request.form.getlist(_ROWS),
        sends=sends,
        works_there=_names(namer, sorted(works_there)),
        came=sending.came(desk(), actor(), kaart),
        grounds=handing.grounds,
        me=f"account:{actor().id}",
        held=_typed(),
        reason=_reason(),
        problems=problems or {},
        sentence=sentence,
        age=_age,
    )


def _names(namer: Namer, held: object) -> str:
    named = held if isinstance(held, list) else [held] if held else []
    return ", ".join(namer.item(str(one)) for one in named)


def _age(one: Handover) -> int:
    """For how many days it is open."""
    return (desk().clock() - datetime.fromisoformat(one.when)).days


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "")[:_LONGEST] for name in _FIELDS}


def _reason() -> str:
    return request.form.get(typed.REASON, "")[:_LONGEST]


def _wanted() -> Wanted:
    """What was filled in; a day that is none is one that never was, and is refused as such."""
    found = _typed()
    informed = {_YES: True, _NO: False}.get(found[INFORMED])
    rows = tuple(request.form.getlist(_ROWS))
    return Wanted(found[TO], found[TEXT], found[GROUND], informed, found[WHY], _day(found[UNTIL]), rows)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        return date.min
