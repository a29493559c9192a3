"""What a card lacks for the gates of its workflow, each with the address where it can be filled in."""

from dataclasses import dataclass
from datetime import date

from flask import url_for

from app.content import HEAD
from app.content.gates import missing
from app.content.items import Namer, locate
from app.content.problems import Problem
from app.content.workflow import Workflow, state_of
from app.storage.records import Stored
from app.web.language import _
from app.web.views.said import Finder, place


@dataclass(frozen=True)
class Lack:
    """What a state or a step of the workflow asks for: (where, sentence, address of the form that mends it)."""

    title: str
    problems: tuple[tuple[str, str, str], ...]


def lacks_of(kaart: Stored, workflow: Workflow, today: date) -> list[Lack]:
    """What the card lacks: first of what it should hold in its state now, then for each next step."""
    state, find = state_of(kaart.document), Finder(kaart.document)
    namer = Namer(kaart.document, kaart.edition.shape)
    steps = list(workflow.transitions.values())
    now = _("Deze kaart is %(state)s", state=state_name(kaart, workflow).lower())
    gates = {step.gate: now for step in steps if step.target == state}
    gates |= {step.gate: step.title for step in steps if state in step.sources and step.gate not in gates}
    lacks = []
    told: set[Problem] = set()
    for gate, title in gates.items():
        if not gate:
            continue
        found = [one for one in missing(kaart.document, kaart.edition, gate, today) if one not in told]
        told.update(found)
        if found:
            lacks.append(Lack(title, tuple(linked(kaart, find, namer, one) for one in found)))
    return lacks


def state_name(kaart: Stored, workflow: Workflow) -> str:
    """The state of a card in words."""
    return kaart.edition.shape[HEAD].inner[workflow.field].labels[state_of(kaart.document)]


def linked(kaart: Stored, find: Finder, namer: Namer, problem: Problem) -> tuple[str, str, str]:
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
