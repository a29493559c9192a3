"""The way of a card: states, transitions, who may take them and what they ask; read from workflow.json."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.content import HEAD, Document
from app.content.shape import SchemaError

BEFORE, AFTER = "before", "after"
"""When a second person is asked: before something is done, or after it, where it cannot wait."""
SHIELD, LIFT, DESTROY = "shield", "lift", "destroy"
"""What an act does: shield an item, lift the shield of one, destroy a card."""


@dataclass(frozen=True)
class Transition:
    """One step of a card.

    Attributes:
        name: its key in the file, such as ``activeren``.
        title: its Dutch name, as on a button.
        sources: the states it starts from.
        target: the state it ends in.
        roles: who may take it, by role on the card.
        gate: what must be filled in first (`x-needed-for` in the schema), or None.
        reason_required: whether the professional must say why.
        part_of: the larger act that takes this step; such a step is never taken by itself.
        second: when a second person is asked: `BEFORE` it is taken, `AFTER` it, or never (empty).
    """

    name: str
    title: str
    sources: tuple[str, ...]
    target: str
    roles: tuple[str, ...]
    gate: str | None
    reason_required: bool
    part_of: str | None
    second: str = ""


@dataclass(frozen=True)
class Act:
    """Something besides a step that a second person is asked for.

    Attributes:
        name: its key in the file, such as ``afscherming-opheffen``.
        title: its Dutch name.
        does: what it does: `SHIELD`, `LIFT` or `DESTROY`.
        second: `BEFORE` or `AFTER`.
        sources: the states in which it can be done; empty for any.
    """

    name: str
    title: str
    does: str
    second: str
    sources: tuple[str, ...] = ()


class Workflow:
    """States and transitions of one card type.

    Attributes:
        field: the key of the field, in the card's head, that holds the state.
        initial: the state of a new card.
        transitions: the steps by name.
        acts: what else a second person is asked for, by name.
        meanings: what each state means, in a sentence; empty where the file does not say.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        """Read the parsed file.

        Raises:
            SchemaError: something is missing, or a transition names a state that is not there.
        """
        try:
            self._read(data)
        except (KeyError, TypeError, AttributeError) as error:
            raise SchemaError(f"workflow.json: {error} is missing or of the wrong kind") from error

    def _read(self, data: Mapping[str, Any]) -> None:
        self.field: str = data["field"]
        self.initial: str = data["initial"]
        self._editable = {name: bool(state["editable"]) for name, state in data["states"].items()}
        self.meanings = {name: str(state.get("description", "")) for name, state in data["states"].items()}
        self.transitions = {
            name: Transition(
                name,
                step["title"],
                tuple(step["from"]),
                step["to"],
                tuple(step["roles"]),
                step.get("gate"),
                step["reason"] == "required",
                step.get("part-of"),
                _second(step.get("second", "")),
            )
            for name, step in data["transitions"].items()
        }
        self.acts = {
            name: Act(name, act["title"], act["does"], _second(act["second"]), tuple(act.get("from", ())))
            for name, act in data.get("acts", {}).items()
        }
        if unknown := {act.does for act in self.acts.values()} - {SHIELD, LIFT, DESTROY}:
            raise SchemaError(f"workflow.json: no act does: {', '.join(unknown)}")
        for step in self.transitions.values():
            self._check_states(step.name, {self.initial, *step.sources, step.target})
        for act in self.acts.values():
            self._check_states(act.name, set(act.sources))
            if act.does == DESTROY and (act.second != BEFORE or not act.sources):
                raise SchemaError(f"workflow.json: {act.name} is confirmed before it is done, in states that it names")

    def _check_states(self, name: str, states: set[str]) -> None:
        if unknown := states - set(self._editable):
            raise SchemaError(f"workflow.json: {name} names no known state: {', '.join(unknown)}")

    def act(self, does: str) -> Act | None:
        """The act that does this; None where the file asks no second person for it."""
        return next((act for act in self.acts.values() if act.does == does), None)

    def editable(self, document: Document) -> bool:
        """Whether a card in this state may be changed."""
        return self._editable.get(state_of(document), False)

    def open_to(self, document: Document) -> list[Transition]:
        """The steps that a card in this state can take by themselves."""
        state = state_of(document)
        return [step for step in self.transitions.values() if state in step.sources and not step.part_of]


def _second(when: str) -> str:
    if when not in ("", BEFORE, AFTER):
        raise SchemaError(f"workflow.json: a second person is asked {BEFORE} or {AFTER}, not {when}")
    return when


def state_of(document: Document) -> str:
    """The `toestand` of a card."""
    state: str = document[HEAD]["toestand"]
    return state
