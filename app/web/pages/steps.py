"""The steps of a card's workflow: what a step means, what it still asks for, and taking it."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from app.content import HEAD
from app.content.gates import missing
from app.content.items import Namer
from app.content.problems import InvalidCard, Problem
from app.content.workflow import AFTER, BEFORE, Transition
from app.services import confirming, editing, reading, rights
from app.services.errors import Conflicted, InvalidInput, NotAllowed, NotFound
from app.services.saving import REASON
from app.services.sentences import sentence as in_words
from app.storage.errors import StoreError
from app.storage.records import InvalidRevision, Stored
from app.web.doors import needs
from app.web.errors import base_is_gone, not_a_card
from app.web.forms import typed
from app.web.lacks import linked, state_name
from app.web.language import _
from app.web.newest import newest
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again
from app.web.views.card import title_of
from app.web.views.said import Finder

pages = Blueprint("steps", __name__, url_prefix="/kaarten/<kaart:kaart_id>/stappen")


@pages.get("/<key:name>")
@needs(rights.TRANSITION)
def ask(kaart_id: str, name: str) -> str:
    """Ask for the reason of a step of the workflow."""
    kaart, step = reading.read_card(desk(), actor(), kaart_id), _known_step(name)
    if not _is_open(kaart, step):
        abort(404)
    desk().require(actor(), rights.TRANSITION, kaart, name)
    return _step(kaart, step)


def _stale(kaart_id: str, name: str, sentence: str) -> str:
    return _step(newest(kaart_id)[0], _known_step(name), sentence=sentence)


@pages.post("/<key:name>")
@needs(rights.TRANSITION)
@shown_again(_stale)
def take(kaart_id: str, name: str) -> Answer:
    """Take a step of the workflow."""
    base, reason, step = typed.posted_base(request.form), request.form.get(typed.REASON, ""), _known_step(name)
    kaart, _damaged = newest(kaart_id)
    try:
        if step.second == BEFORE:
            confirming.ask_step(desk(), actor(), kaart_id, name, base, _asked_with(step, reason))
        else:
            editing.transition(desk(), actor(), kaart_id, name, base, reason)
    except InvalidRevision:
        return _step(kaart, step, sentence=not_a_card()), 409
    except InvalidInput as refusal:
        return _step(kaart, step, [Problem(REASON, words) for words in refusal.problems.values()]), 422
    except InvalidCard as verdict:
        return _step(kaart, step, verdict.problems), 422
    except Conflicted as conflict:
        return _step(conflict.current, step, sentence=str(conflict)), 409
    except NotAllowed as refusal:
        return _step(kaart, step, sentence=str(refusal)), 403
    except NotFound:
        return _step(kaart, step, sentence=base_is_gone()), 409
    except StoreError as error:
        return _step(kaart, step, sentence=in_words(error)), 503
    if step.second == BEFORE:
        flash(_("Uw verzoek staat klaar. Een tweede persoon bevestigt het."))
        return redirect(url_for("confirming.overview", kaart_id=kaart_id), 303)
    kaart = reading.read_card(desk(), actor(), kaart_id)
    flash(_("De kaart is nu: %(state)s.", state=state_name(kaart, desk().types.workflow)))
    return redirect(url_for("cards.show", kaart_id=kaart_id), 303)


def _asked_with(step: Transition, reason: str) -> str:
    """The reason of a request: what one wrote, else what is asked, where the step needs no reason."""
    return reason if reason.strip() or step.reason_required else step.title


def _step(kaart: Stored, step: Transition, problems: list[Problem] | None = None, sentence: str = "") -> str:
    today = desk().clock().date()
    lacking = missing(kaart.document, kaart.edition, step.gate, today) if step.gate else []
    namer, find = Namer(kaart.document, kaart.edition.shape), Finder(kaart.document)
    own = [one for one in problems or () if one not in lacking]
    return render_template(
        "step.html",
        kaart=kaart,
        card_title=title_of(kaart),
        step=step,
        is_open=_is_open(kaart, step),
        state=state_name(kaart, desk().types.workflow),
        meaning=_meaning(kaart, step),
        lacking=[linked(kaart, find, namer, one) for one in lacking],
        problems=own,
        sentence=sentence,
        reason=request.form.get(typed.REASON, ""),
        asks=step.second == BEFORE,
    )


def _known_step(name: str) -> Transition:
    step = desk().types.workflow.transitions.get(name)
    return abort(404) if step is None or step.part_of else step


def _is_open(kaart: Stored, step: Transition) -> bool:
    return step in desk().types.workflow.open_to(kaart.document)


def _meaning(kaart: Stored, step: Transition) -> list[str]:
    """What a step does to the card, in sentences: its state, whether it can still be changed, and the way back."""
    workflow = desk().types.workflow
    after = {HEAD: {workflow.field: step.target}}
    state = kaart.edition.shape[HEAD].inner[workflow.field].labels[step.target]
    said = [_("De kaart wordt ‘%(state)s’.", state=state)]
    if step.second == BEFORE:
        said.append(_("Dat gebeurt als een tweede persoon het bevestigt."))
    elif step.second == AFTER:
        said.append(_("Dat gebeurt meteen. Een tweede persoon kijkt het daarna na."))
    if workflow.editable(after):
        still = workflow.editable(kaart.document)
        return [*said, _("U kunt haar blijven wijzigen.") if still else _("U kunt haar dan weer wijzigen.")]
    ways = " / ".join(f"‘{way.title}’" for way in workflow.open_to(after))
    said.append(_("Daarna kan niemand haar wijzigen."))
    return [*said, _("Later kunt u nog kiezen voor %(steps)s.", steps=ways)] if ways else said
