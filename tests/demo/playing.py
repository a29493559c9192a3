"""The demonstration families, played in memory: every revision of every card."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.content import Document
from app.content.card_type import CardType
from app.demo.apply import Family, Step, apply_step, load

SCHEMAS = Path(__file__).parents[2] / "schemas" / "veiligheidskaart"
KAARTEN = CardType("veiligheidskaart", {file.name: json.loads(file.read_text()) for file in SCHEMAS.iterdir()})
EDITION, WORKFLOW = KAARTEN.current, KAARTEN.workflow
TODAY = date(2026, 11, 23)
DEMO = load(TODAY)
PEOPLE = {person.id: person for person in DEMO.people}
BY_SLUG = {family.slug: family for family in DEMO.families}


@dataclass(frozen=True)
class Played:
    """A step with the card before and after it."""

    step: Step
    before: Document | None
    after: Document


def play(family: Family) -> list[Played]:
    played: list[Played] = []
    document: Document | None = None
    for step in family.steps:
        after = after_step(document, step)
        played.append(Played(step, document, after))
        document = after
    return played


def after_step(document: Document | None, step: Step) -> Document:
    if step.create is not None:
        assert document is None, "a card is created once, first"
        head = {
            **step.create["kaart"],
            "id": "00000000-0000-4000-8000-000000000000",
            "schema": EDITION.name,
            "toestand": WORKFLOW.initial,
        }
        return {**step.create, "kaart": head}
    assert document is not None, "the first step creates the card"
    if step.transition is None:
        return apply_step(document, step)
    target = WORKFLOW.transitions[step.transition].target
    return {**document, "kaart": {**document["kaart"], "toestand": target}}


PLAYED = {family.slug: play(family) for family in DEMO.families}
