"""A card to read, as it is or as it was, and the steps of its workflow."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.content.card_type import HEAD
from app.content.gates import missing
from app.content.items import Namer, locate
from app.content.problems import InvalidCard, Problem
from app.content.workflow import Transition, state_of
from app.services import editing, reading, rights
from app.services.errors import Conflicted, NotAllowed, NotFound
from app.services.sentences import sentence as in_words
from app.storage.errors import StoreError
from app.storage.records import InvalidRevision, Stored
from app.web.errors import base_is_gone, not_a_card
from app.web.forms import typed
from app.web.language import _
from app.web.newest import newest
from app.web.session import actor, desk
from app.web.views.card import title_of, view_card
from app.web.views.said import Finder, place

pages = Blueprint("cards", __name__, url_prefix="/kaarten/<kaart:kaart_id>")

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Lack:
    """What a step of the workflow still asks for, with the address where it can be filled in."""

    title: str
    problems: tuple[tuple[str, str, str], ...]


@pages.get("")
def show(kaart_id: str) -> str:
    """Show the card as it is now."""
    try:
        kaart = reading.read_card(desk(), actor(), kaart_id)
    except InvalidRevision as damage:
        return _unreadable(kaart_id, damage)
    workflow = desk().types.workflow
    editable = desk().may(actor(), rights.EDIT, kaart)
    return render_template(
        "card.html",
        kaart=kaart,
        card=view_card(kaart, desk().clock().date() if editable else None),
        closed=not workflow.editable(kaart.document),
        head_key=HEAD,
        state_field=desk().types.workflow.field,
        last=reading.last_save(desk(), actor(), kaart),
        editable=editable,
        state=_state(kaart),
        steps=workflow.open_to(kaart.document) if desk().may(actor(), rights.TRANSITION, kaart) else [],
        lacks=_lacks(kaart) if editable else [],
    )


@pages.get("/revisies/<revision:revision>")
def at(kaart_id: str, revision: str) -> str:
    """Show the card as it was."""
    kaart = reading.read_card(desk(), actor(), kaart_id, revision)
    return render_template(
        "card.html",
        kaart=kaart,
        card=view_card(kaart),
        head_key=HEAD,
        state_field=desk().types.workflow.field,
        editable=False,
        state=_state(kaart),
        then=True,
    )


@pages.get("/stappen/<key:name>")
def ask_step(kaart_id: str, name: str) -> str:
    """Ask for the reason of a step of the workflow."""
    kaart, step = reading.read_card(desk(), actor(), kaart_id), _known_step(name)
    return _step(kaart, step) if _is_open(kaart, step) else abort(404)


@pages.post("/stappen/<key:name>")
def take_step(kaart_id: str, name: str) -> Answer:
    """Take a step of the workflow."""
    base, reason, step = typed.posted_base(request.form), request.form.get(typed.REASON, ""), _known_step(name)
    kaart, _damaged = newest(kaart_id)
    try:
        editing.transition(desk(), actor(), kaart_id, name, base, reason)
    except InvalidRevision:
        return _step(kaart, step, sentence=not_a_card()), 409
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
    kaart = reading.read_card(desk(), actor(), kaart_id)
    flash(_("De kaart is nu: %(state)s.", state=_state(kaart)))
    return redirect(url_for("cards.show", kaart_id=kaart_id), 303)


def _unreadable(kaart_id: str, damage: InvalidRevision) -> str:
    """The last revision that is a card, when the newest is not one."""
    kaart = reading.last_readable(desk(), actor(), kaart_id)
    return render_template(
        "card.html",
        kaart=kaart,
        card=view_card(kaart),
        head_key=HEAD,
        state_field=desk().types.workflow.field,
        last=reading.last_save(desk(), actor(), kaart),
        editable=False,
        state=_state(kaart),
        damage=damage,
    )


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
        state=_state(kaart),
        meaning=_meaning(kaart, step),
        lacking=[_linked(kaart, find, namer, one) for one in lacking],
        problems=own,
        sentence=sentence,
        reason=request.form.get(typed.REASON, ""),
    )


def _known_step(name: str) -> Transition:
    step = desk().types.workflow.transitions.get(name)
    return abort(404) if step is None or step.part_of else step


def _is_open(kaart: Stored, step: Transition) -> bool:
    return step in desk().types.workflow.open_to(kaart.document)


def _state(kaart: Stored) -> str:
    workflow = desk().types.workflow
    return kaart.edition.shape[HEAD].inner[workflow.field].labels[state_of(kaart.document)]


def _meaning(kaart: Stored, step: Transition) -> list[str]:
    """What a step does to the card, in sentences: its state, whether it can still be changed, and the way back."""
    workflow = desk().types.workflow
    after = {HEAD: {workflow.field: step.target}}
    state = kaart.edition.shape[HEAD].inner[workflow.field].labels[step.target]
    said = [_("De kaart wordt ‘%(state)s’.", state=state)]
    if workflow.editable(after):
        still = workflow.editable(kaart.document)
        return [*said, _("U kunt haar blijven wijzigen.") if still else _("U kunt haar dan weer wijzigen.")]
    ways = " / ".join(f"‘{way.title}’" for way in workflow.open_to(after))
    said.append(_("Daarna kan niemand haar wijzigen."))
    return [*said, _("Later kunt u nog kiezen voor %(steps)s.", steps=ways)] if ways else said


def _lacks(kaart: Stored) -> list[Lack]:
    """What the card lacks: first of what it should hold in its state now, then for each next step."""
    workflow, today = desk().types.workflow, desk().clock().date()
    state, find = state_of(kaart.document), Finder(kaart.document)
    namer = Namer(kaart.document, kaart.edition.shape)
    steps = list(workflow.transitions.values())
    gates = {
        step.gate: _("Deze kaart is %(state)s", state=_state(kaart).lower()) for step in steps if step.target == state
    }
    gates |= {step.gate: step.title for step in steps if state in step.sources and step.gate not in gates}
    lacks = []
    told: set[Problem] = set()
    for gate, title in gates.items():
        if not gate:
            continue
        found = [one for one in missing(kaart.document, kaart.edition, gate, today) if one not in told]
        told.update(found)
        if found:
            lacks.append(Lack(title, tuple(_linked(kaart, find, namer, one) for one in found)))
    return lacks


def _linked(kaart: Stored, find: Finder, namer: Namer, problem: Problem) -> tuple[str, str, str]:
    """A problem as (where, sentence, address of the form that mends it)."""
    words = place(kaart.edition.shape, problem.path[:-1] or problem.path, find, namer)
    field = locate(kaart.edition.shape, problem.path)
    section, *rest = problem.path
    address = url_for("items.new", kaart_id=kaart.id, section=section)
    if kaart.edition.shape[section].kind == "group":
        anchor = f"veld-{'.'.join(rest)}"
        address = url_for("items.group", kaart_id=kaart.id, section=section, _anchor=anchor)
    elif rest:
        anchor = f"veld-{'.'.join(rest[1:])}"
        address = url_for("items.edit", kaart_id=kaart.id, section=section, item=rest[0], _anchor=anchor)
    return words, problem.message, "" if field and field.read_only else address
