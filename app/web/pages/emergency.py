"""Noodtoegang: asking for access to a card that cannot wait."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from app.services import emergency, offering, rights
from app.services.emergency import TooOften
from app.services.errors import InvalidInput, NotFound
from app.services.sentences import sentence as in_words
from app.storage.errors import StoreError
from app.web.doors import needs
from app.web.forms import typed
from app.web.language import _
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again

pages = Blueprint("emergency", __name__, url_prefix="/noodtoegang")

_LONGEST = 200


@pages.get("")
@needs(rights.EMERGENCY)
def ask() -> str:
    """Ask why, and to which card."""
    return _form()


def _stale(sentence: str) -> str:
    return _form(sentence=sentence)


@pages.post("")
@needs(rights.EMERGENCY)
@shown_again(_stale)
def take() -> Answer:
    """Give access, or say that nothing was found."""
    held = _typed()
    known = {key: held[key] for key in desk().types.roles.emergency.fields}
    try:
        found = emergency.take(desk(), actor(), held[offering.REASON], held[emergency.NUMBER], known)
    except InvalidInput as refusal:
        return _form(refusal.problems), 422
    except NotFound as refusal:
        return _form(sentence=str(refusal)), 422
    except TooOften as refusal:
        return _form(sentence=str(refusal)), 429
    except StoreError as error:
        return _form(sentence=in_words(error)), 503
    if len(found) == 1:
        return redirect(url_for("cards.show", kaart_id=found[0]), 303)
    flash(_("U kunt nu %(number)s kaarten lezen.", number=len(found)))
    return redirect(url_for("lists.cards"), 303)


def _form(problems: dict[str, str] | None = None, sentence: str = "") -> str:
    types = desk().types
    asked = types.roles.emergency
    fields = types.current.shape[asked.section].inner
    return render_template(
        "emergency.html",
        hours=asked.hours,
        section=types.current.shape[asked.section],
        fields=[fields[key] for key in asked.fields],
        number=emergency.NUMBER,
        held=_typed(),
        problems=problems or {},
        sentence=sentence,
    )


def _typed() -> dict[str, str]:
    """What stands in the form."""
    names = (emergency.NUMBER, *desk().types.roles.emergency.fields)
    return {name: request.form.get(name, "")[:_LONGEST] for name in names} | {
        offering.REASON: request.form.get(typed.REASON, "")
    }
