"""Reads the demonstration families and plays one step of a family on a card in memory.

A family is a list of steps: the card as it was first made, then one save or one transition at a time.
`schemas/` says what a card holds; `app/demo/families/README.md` says what a step looks like.
"""

import copy
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any, Literal, cast

from app.content import Document
from app.demo.talk import Talk, read_talk

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOT_SHIFTED = ("geboortedatum",)
_STEP_KEYS = {"at", "by", "why", "create", "transition", "set", "add", "remove"}


class StepError(ValueError):
    """A step that cannot be played on this card; says which path and why."""


@dataclass(frozen=True)
class Person:
    """An invented professional, who may have an account and stand on cards.

    Attributes:
        id: a slug, which the steps name in `by`.
        name: as it stands on the cards.
        email: an address in a domain that nobody can own.
        organisation: as it stands on the cards.
        organisation_type: one of the values of `organisatieType`.
        function: as it stands on the cards.
        role: at the organisation; who has another than this one stands on no card.
    """

    id: str
    name: str
    email: str
    organisation: str
    organisation_type: str
    function: str
    role: str = "professional"


@dataclass(frozen=True)
class Step:
    """One revision of a family's card. Exactly one of three: `create`, `transition`, or changes.

    Attributes:
        at: the local time of it.
        by: the `Person.id` of who does it.
        why: the reason, in Dutch.
        create: the first card, without `kaart/id`, `kaart/schema` and `kaart/toestand`.
        transition: the name of a step in the workflow.
        adds: path of a list to what is put at its end.
        sets: path of a field to its new value.
        removes: paths of items and fields.
    """

    at: datetime
    by: str
    why: str
    create: Document | None = None
    transition: str | None = None
    adds: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    sets: Mapping[str, Any] = field(default_factory=dict)
    removes: Sequence[str] = ()


@dataclass(frozen=True)
class Family:
    """The life of one card.

    Attributes:
        slug: the name of its file.
        form: how the card is written down.
        steps: in order of time; the first one creates the card.
        talks: what is said about it meanwhile, in order of time.
    """

    slug: str
    form: Literal["json", "markdown"]
    steps: tuple[Step, ...]
    talks: tuple[Talk, ...] = ()


@dataclass(frozen=True)
class Demo:
    """All there is to show."""

    people: tuple[Person, ...]
    families: tuple[Family, ...]


def load(today: date) -> Demo:
    """The people and the families, moved in time so that the newest step is of the last seven days.

    Every date moves by the same whole number of weeks, so a Tuesday stays a Tuesday. Dates of birth stay.

    Args:
        today: the day that all steps lie before.

    Raises:
        StepError: a file holds a step that is none.
    """
    room = files(__package__)
    people = json.loads(room.joinpath("people.json").read_text("utf-8"))
    texts = sorted(
        (file.name, file.read_text("utf-8"))
        for file in room.joinpath("families").iterdir()
        if file.name.endswith(".json")
    )
    families = [json.loads(text) for _, text in texts]
    newest = max(datetime.fromisoformat(step["at"]) for family in families for step in family["steps"])
    shift = timedelta(weeks=((today - newest.date()).days - 1) // 7)
    return Demo(tuple(_person(person) for person in people), tuple(_family(family, shift) for family in families))


def apply_step(document: Document, step: Step) -> Document:
    """The card after a step that adds, sets or removes; the argument stays as it was.

    Additions come first, so that a step can point at what it adds; removals come last.

    Raises:
        StepError: the step creates or moves the card through its workflow, or a path leads nowhere.
    """
    if step.create is not None or step.transition is not None:
        raise StepError(f"{step.at:%Y-%m-%d %H:%M}: creates or moves a card; services do that")
    result = copy.deepcopy(document)
    for path, items in step.adds.items():
        _add(result, path, copy.deepcopy(list(items)))
    for path, value in step.sets.items():
        _set(result, path, copy.deepcopy(value))
    for path in step.removes:
        _remove(result, path)
    return result


def _add(document: Document, path: str, items: list[Any]) -> None:
    holder, key = _holder(document, path)
    if isinstance(holder, list):
        raise StepError(f"{path}: this is an item; add to a list")
    held = holder.setdefault(key, [])
    if not isinstance(held, list):
        raise StepError(f"{path}: this is no list")
    known = {_identity(inner) for inner in held}
    for item in items:
        if _identity(item) in known:
            raise StepError(f"{path}: {_identity(item)} is there already")
        known.add(_identity(item))
    held.extend(items)


def _set(document: Document, path: str, value: Any) -> None:
    if value is None:
        raise StepError(f"{path}: a field has a value; use remove to empty it")
    holder, key = _holder(document, path)
    if isinstance(holder, list):
        raise StepError(f"{path}: this is an item; set one of its fields")
    holder[key] = value


def _remove(document: Document, path: str) -> None:
    holder, key = _holder(document, path)
    if isinstance(holder, list):
        holder.remove(_item(holder, key, path))
    elif key in holder:
        del holder[key]
    else:
        raise StepError(f"{path}: there is no '{key}' to remove")


def _holder(document: Document, path: str) -> tuple[Any, str]:
    """The object or list that holds the last part of a path, and that part."""
    *steps, last = path.split("/")
    holder: Any = document
    for step in steps:
        if isinstance(holder, list):
            holder = _item(holder, step, path)
        elif isinstance(holder, dict) and step in holder:
            holder = holder[step]
        else:
            raise StepError(f"{path}: there is no '{step}'")
    if not isinstance(holder, dict | list):
        raise StepError(f"{path}: nothing can stand below '{steps[-1]}'")
    return holder, last


def _item(items: list[Any], identity: str, path: str) -> Any:
    for item in items:
        if _identity(item) == identity:
            return item
    raise StepError(f"{path}: there is no '{identity}'")


def _identity(item: Any) -> Any:
    return item.get("id") if isinstance(item, dict) else item


def _person(data: Mapping[str, str]) -> Person:
    return Person(
        data["id"],
        data["name"],
        data["email"],
        data["organisation"],
        data["organisationType"],
        data["function"],
        data.get("role", Person.role),
    )


def _family(data: Mapping[str, Any], shift: timedelta) -> Family:
    form = cast('Literal["json", "markdown"]', data["form"])
    steps = tuple(_step(step, shift) for step in data["steps"])
    return Family(data["slug"], form, steps, read_talk(data.get("talks", ()), shift))


def _step(data: Mapping[str, Any], shift: timedelta) -> Step:
    kinds = [{"create"} & data.keys(), {"transition"} & data.keys(), {"set", "add", "remove"} & data.keys()]
    if data.keys() - _STEP_KEYS or sum(map(bool, kinds)) != 1:
        raise StepError(f"{data.get('at')}: a step creates, moves or changes a card, by known keys only")
    return Step(
        datetime.fromisoformat(data["at"]) + shift,
        data["by"],
        data["why"],
        _shifted(data.get("create"), shift),
        data.get("transition"),
        _shifted(data.get("add", {}), shift),
        _shifted(data.get("set", {}), shift),
        data.get("remove", ()),
    )


def _shifted(value: Any, shift: timedelta, key: str = "") -> Any:
    """The same data with each value that is a date moved; the key may be the path of a field."""
    if isinstance(value, dict):
        return {inner: _shifted(held, shift, inner) for inner, held in value.items()}
    if isinstance(value, list):
        return [_shifted(held, shift, key) for held in value]
    if isinstance(value, str) and _DATE.fullmatch(value) and not key.endswith(_NOT_SHIFTED):
        return (date.fromisoformat(value) + shift).isoformat()
    return value
