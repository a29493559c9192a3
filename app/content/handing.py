"""How a card of this type is handed over: the steps, what becomes of the card; read from overdracht.json."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.content import HEAD, Document
from app.content.handovers import ACCEPTED, REFUSED, Handover, Handovers
from app.content.items import find
from app.content.roles import Roles
from app.content.shape import Field, SchemaError, Shape
from app.content.workflow import Transition, Workflow, state_of

_STEPS = ("offer", "withdraw", "accept", "refuse", "depart", "arrive")
_TOLD = {"receiver", "what", "day", "ground", "informed", "why"}
_PERSON = {"name", "organisation", "function"}


@dataclass(frozen=True)
class ToCheck:
    """Items that the giver looks at once more before the card goes; they stop nothing.

    Attributes:
        title: what they are.
        section: where they are.
        field: the field that says whether an item still counts.
        values: what it then holds.
        without: the field that such an item lacks; empty where any counts.
        beside: the reference field that is shown with it.
    """

    title: str
    section: str
    field: str
    values: tuple[str, ...]
    without: str
    beside: str


class Handing:
    """What overdracht.json says of one card type.

    Attributes:
        offer, withdraw, accept, refuse: the steps of workflow.json.
        depart, arrive: those of a card that goes to another installation: the last of who sends it, the first there.
        receiver: the role on the card of whom it is offered to, while the offer is open.
        reader: the role of the giver, as long as was agreed.
        holder: the field of the head that names the professional who is responsible.
        grounds: legal grounds, to choose from; another one can be typed.
        to_check: what the giver looks at once more.
        evaluation: the field of the head with the next evaluation.
    """

    def __init__(self, data: Mapping[str, Any], shape: Shape, workflow: Workflow, roles: Roles) -> None:
        """Read the parsed file.

        Raises:
            SchemaError: something is missing, or names a step, role, section or field that is not there.
        """
        try:
            self._state = workflow.field
            self._steps = {name: workflow.transitions[data["steps"][name]] for name in _STEPS}
            self.receiver: str = roles.card[data["roles"]["receiver"]].name
            self.reader: str = roles.card[data["roles"]["giver"]].name
            head, passed = shape[HEAD].inner.fields, data["passed"]
            self.holder, self.evaluation = head[data["holder"]].key, head[data["evaluation"]].key
            self._section, self._what = shape.fields[passed["section"]], str(passed["what"])
            self._fields = _told(self._section, passed["fields"])
            self._people = shape.fields[head[self.holder].refers_to[0]]
            self._person = _told(self._people, data["professional"])
            self.grounds: tuple[str, ...] = tuple(data["grounds"])
            self.to_check = [_to_check(one, shape) for one in data["to-check"]]
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise SchemaError(f"overdracht.json: {error} is missing or of the wrong kind") from error
        if unknown := (set(self._fields.values()) - _TOLD) | (set(self._person.values()) - _PERSON):
            raise SchemaError(f"overdracht.json: nobody tells {', '.join(sorted(unknown))}")
        self.offer, self.withdraw, self.accept, self.refuse, self.depart, self.arrive = (
            self._steps[name] for name in _STEPS
        )

    def owed(self, document: Document, handovers: Handovers) -> tuple[Transition, Handover] | None:
        """The step that the card still has to take, and for which offer, so that it says what the handovers say.

        That a card goes to another installation is said there: the card takes no step here for that.
        """
        if not handovers.offers:
            return None
        newest = handovers.offers[-1]
        step = self.withdraw
        if newest.is_open:
            step = self.offer
        elif newest.outcome in (ACCEPTED, REFUSED):
            step = self.accept if newest.outcome == ACCEPTED else self.refuse
        elsewhere = newest.outcome == ACCEPTED and newest.elsewhere
        return None if elsewhere or state_of(document) not in step.sources else (step, newest)

    def offered(self, document: Document, offer: Handover, day: date) -> Document:
        """The card after an offer: its state, and that this receiver was given it; nothing twice."""
        document = self.stepped(document, self.offer)
        identity = f"{self._section.prefix}-{offer.id}"
        if find(document, (self._section.key, identity)) is not None:
            return document
        told = {
            "receiver": offer.receiver,
            "what": self._what,
            "day": day.isoformat(),
            "ground": offer.ground,
            "informed": offer.informed,
            "why": offer.why,
        }
        item = {key: told[name] for key, name in self._fields.items() if told[name] != ""}
        return {**document, self._section.key: [*document.get(self._section.key, ()), {"id": identity, **item}]}

    def new_row(self, offer_id: str) -> str:
        """What a professional is numbered who comes on the card by accepting this offer."""
        return f"{self._people.prefix}-{offer_id}"

    def accepted(self, document: Document, step: Transition, row: str, person: Mapping[str, str]) -> Document:
        """The card after it was accepted: its state, and who is responsible; a professional that is not there is added.

        Args:
            document: the card.
            step: `accept` or `arrive`.
            row: the id of the professional.
            person: ``name``, ``organisation`` and ``function`` of who accepted.
        """
        document = self.stepped(document, step)
        if find(document, (self._people.key, row)) is None:
            item = {key: person[told] for key, told in self._person.items() if person.get(told)}
            document = {**document, self._people.key: [*document.get(self._people.key, ()), {"id": row, **item}]}
        return {**document, HEAD: {**document[HEAD], self.holder: row}}

    def stepped(self, document: Document, step: Transition) -> Document:
        """The card after a step of its workflow."""
        return {**document, HEAD: {**document[HEAD], self._state: step.target}}

    def checked(self, document: Document, shape: Shape) -> Iterator[tuple[ToCheck, list[Document]]]:
        """What the giver looks at once more, of each kind that there is; an item without a value has its default."""
        for one in self.to_check:
            fallback = shape[one.section].inner[one.field].default
            found = [
                item
                for item in document.get(one.section, ())
                if item.get(one.field, fallback) in one.values and not (one.without and one.without in item)
            ]
            if found:
                yield one, found


def _told(section: Field, told: Mapping[str, str]) -> dict[str, str]:
    """Which field of an item gets what; raises `KeyError` for a field that is not there."""
    return {section.inner.fields[key].key: name for key, name in told.items()}


def _to_check(data: Mapping[str, Any], shape: Shape) -> ToCheck:
    fields = shape.fields[data["section"]].inner
    when, without, beside = data["while"], data.get("without", ""), data.get("beside", "")
    if unknown := {when["field"], without or when["field"], beside or when["field"]} - set(fields.fields):
        raise SchemaError(f"overdracht.json: to-check/{data['section']}: no such field: {', '.join(sorted(unknown))}")
    return ToCheck(data["title"], data["section"], when["field"], tuple(when["is"]), without, beside)
