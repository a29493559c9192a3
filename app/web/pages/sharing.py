"""Delen: who has which role on a card; giving, changing and withdrawing one."""

from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from app.content.grants import Grant
from app.content.items import dutch_date
from app.services import emergency, offering, reading, rights, shared_with, sharing
from app.services.errors import InvalidInput, NotAllowed
from app.services.offering import Offer
from app.services.sentences import sentence as in_words
from app.services.shared_with import Shared
from app.storage.errors import StoreError
from app.storage.records import InvalidRevision
from app.web.days import FIRST, LAST
from app.web.doors import needs
from app.web.forms import typed
from app.web.language import _
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again
from app.web.views.card import title_of

pages = Blueprint("sharing", __name__, url_prefix="/kaarten/<kaart:kaart_id>/delen")

_LONGEST = 100
"""So many signs of what is chosen or a day are looked at."""


@pages.get("")
@needs(rights.READ)
def show(kaart_id: str) -> str:
    """Show who has which role."""
    return render_template(
        "sharing.html",
        kaart_id=kaart_id,
        card_title=_title(kaart_id),
        sharing=shared_with.shared(desk(), actor(), kaart_id),
        may_share=desk().may(actor(), rights.SHARE, kaart_id),
        taken={one.grant.id for one in emergency.unseen_on(desk(), actor(), kaart_id)},
        roles=[one for one in desk().types.roles.card.values() if one.given],
        since=lambda grant: dutch_date(offering.day_of(grant.since).isoformat()),
        until=_last_day,
        receiver=handing.receiver if (handing := desk().types.handing) else "",
        is_organisation=lambda grant: grant.subject.startswith(offering.ORGANISATION),
    )


@pages.get("/_nieuw")
@needs(rights.SHARE)
def new(kaart_id: str) -> str:
    """Ask for a new role."""
    return _form(kaart_id, None)


def _stale(kaart_id: str, sentence: str) -> str:
    return _form(kaart_id, None, sentence=sentence)


@pages.post("/_nieuw")
@needs(rights.SHARE)
@shown_again(_stale)
def give(kaart_id: str) -> Answer:
    """Give a role."""
    try:
        sharing.give(desk(), actor(), kaart_id, _offer())
    except InvalidInput as refusal:
        return _form(kaart_id, None, refusal.problems), 422
    except NotAllowed as refusal:
        if not desk().may(actor(), rights.SHARE, kaart_id):
            raise
        return _form(kaart_id, None, sentence=str(refusal)), 422
    except StoreError as error:
        return _form(kaart_id, None, sentence=in_words(error)), 503
    flash(_("De kaart is gedeeld."))
    return redirect(url_for("sharing.show", kaart_id=kaart_id), 303)


@pages.get("/<item:grant>")
@needs(rights.SHARE)
def edit(kaart_id: str, grant: str) -> str:
    """Ask what is to change about a role."""
    return _form(kaart_id, _changeable(kaart_id, grant))


def _stale_change(kaart_id: str, grant: str, sentence: str) -> str:
    return _form(kaart_id, _changeable(kaart_id, grant), sentence=sentence)


@pages.post("/<item:grant>")
@needs(rights.SHARE)
@shown_again(_stale_change)
def change(kaart_id: str, grant: str) -> Answer:
    """Change a role."""
    one = _changeable(kaart_id, grant)
    try:
        sharing.change(desk(), actor(), kaart_id, grant, _offer())
    except InvalidInput as refusal:
        return _form(kaart_id, one, refusal.problems), 422
    except NotAllowed as refusal:
        return _form(kaart_id, one, sentence=str(refusal)), 422
    except StoreError as error:
        return _form(kaart_id, one, sentence=in_words(error)), 503
    flash(_("De rol is gewijzigd."))
    return redirect(url_for("sharing.show", kaart_id=kaart_id), 303)


@pages.get("/<item:grant>/intrekken")
@needs(rights.SHARE)
def ask_withdraw(kaart_id: str, grant: str) -> str:
    """Ask whether a role is to be withdrawn."""
    return _withdrawal(kaart_id, grant)


def _stale_withdrawal(kaart_id: str, grant: str, sentence: str) -> str:
    return _withdrawal(kaart_id, grant, sentence=sentence)


@pages.post("/<item:grant>/intrekken")
@needs(rights.SHARE)
@shown_again(_stale_withdrawal)
def withdraw(kaart_id: str, grant: str) -> Answer:
    """Withdraw a role."""
    shared_with.role_given(desk(), actor(), kaart_id, grant)
    try:
        sharing.withdraw(desk(), actor(), kaart_id, grant, request.form.get(typed.REASON, ""))
    except InvalidInput as refusal:
        return _withdrawal(kaart_id, grant, refusal.problems), 422
    except NotAllowed as refusal:
        return _withdrawal(kaart_id, grant, sentence=str(refusal)), 422
    except StoreError as error:
        return _withdrawal(kaart_id, grant, sentence=in_words(error)), 503
    flash(_("De rol is ingetrokken."))
    still_here = desk().may(actor(), rights.READ, kaart_id)
    return redirect(url_for("sharing.show", kaart_id=kaart_id) if still_here else url_for("start.show"), 303)


@pages.post("/<item:grant>/gezien")
@needs(rights.SHARE)
def acknowledge(kaart_id: str, grant: str) -> Answer:
    """Say that one knows of emergency access."""
    emergency.acknowledge(desk(), actor(), kaart_id, grant)
    flash(_("U hebt deze noodtoegang gezien. Op ‘Delen’ blijft zij staan."))
    return redirect(url_for("cards.show", kaart_id=kaart_id), 303)


def _form(kaart_id: str, one: Shared | None, problems: dict[str, str] | None = None, sentence: str = "") -> str:
    """The form of a role: as it was typed, else as it is, else empty."""
    groups = shared_with.open_to(desk(), actor(), kaart_id)
    return render_template(
        "sharing_form.html",
        kaart_id=kaart_id,
        card_title=_title(kaart_id),
        one=one,
        groups=groups,
        rows=shared_with.rows_on(desk(), actor(), kaart_id),
        roles=[desk().types.roles.card[name] for name in offering.given_roles(desk()) if _can_be(name, one)],
        held=_typed(one.grant if one else None),
        problems=problems or {},
        sentence=sentence,
    )


def _can_be(name: str, one: Shared | None) -> bool:
    """Whether a role is to choose: another dossierhouder comes by a handover."""
    return name != desk().types.roles.holder or (one is not None and one.role.name == name)


def _changeable(kaart_id: str, grant: str) -> Shared:
    """A role that people give, to change it."""
    one = shared_with.role_given(desk(), actor(), kaart_id, grant)
    return one if one.role.given else abort(404)


def _withdrawal(kaart_id: str, grant: str, problems: dict[str, str] | None = None, sentence: str = "") -> str:
    """The question whether a role is to be withdrawn."""
    return render_template(
        "sharing_withdraw.html",
        kaart_id=kaart_id,
        card_title=_title(kaart_id),
        one=shared_with.role_given(desk(), actor(), kaart_id, grant),
        held=_typed(None),
        problems=problems or {},
        sentence=sentence,
    )


def _typed(grant: Grant | None) -> dict[str, str]:
    """What stands in the form."""
    if request.method == "POST":
        names = (offering.SUBJECT, offering.ROLE, offering.SINCE, offering.UNTIL, offering.ROW)
        return {name: request.form.get(name, "")[:_LONGEST] for name in names} | {
            offering.REASON: request.form.get(typed.REASON, "")
        }
    if grant is None:
        return {}
    last = offering.last_day(grant)
    return {
        offering.SUBJECT: grant.subject,
        offering.ROLE: grant.role,
        offering.SINCE: offering.day_of(grant.since).isoformat(),
        offering.UNTIL: last.isoformat() if last else "",
        offering.ROW: grant.professional,
        offering.REASON: grant.reason,
    }


def _offer() -> Offer:
    """What was filled in.

    Raises:
        InvalidInput: a day is no day.
    """
    found = _typed(None)
    days = {name: _day(found[name]) for name in (offering.SINCE, offering.UNTIL)}
    if wrong := [name for name, day in days.items() if day is not None and not FIRST <= day <= LAST]:
        raise InvalidInput(dict.fromkeys(wrong, _("Dit is geen dag. Schrijf bijvoorbeeld 2026-12-01.")))
    return Offer(
        found[offering.SUBJECT],
        found[offering.ROLE],
        days[offering.SINCE],
        days[offering.UNTIL],
        found[offering.ROW],
        found[offering.REASON],
    )


def _day(text: str) -> date | None:
    """A day; one that never was where it is none."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        return date.min


def _last_day(grant: Grant) -> str:
    last = offering.last_day(grant)
    return dutch_date(last.isoformat()) if last else ""


def _title(kaart_id: str) -> str:
    """What the card is called."""
    try:
        return title_of(reading.read_card(desk(), actor(), kaart_id))
    except InvalidRevision:
        return title_of(reading.last_readable(desk(), actor(), kaart_id))
