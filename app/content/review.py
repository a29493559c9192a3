"""What overleg.json says: what of a card is reviewed, what cannot wait, who is told, and what it is called."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.content import Document
from app.content.notices import Rule, read_rules
from app.content.shape import SchemaError, Shape


@dataclass(frozen=True)
class Condition:
    """A field that has one of some values, on an item or where its references lead."""

    field: str
    values: tuple[str, ...]
    via: tuple[str, ...] = ()

    def holds(self, item: Document, items: Mapping[str, tuple[str, Document]]) -> bool:
        """Whether it has, on a card with these items."""
        found = [item]
        for step in self.via:
            targets = [target for one in found for target in listed(one.get(step))]
            found = [items[target][1] for target in targets if target in items]
        return any(one.get(self.field) in self.values for one in found)


@dataclass(frozen=True)
class Urgency:
    """A reason why a change cannot wait.

    Attributes:
        name: its key in the file.
        title: what it is called.
        sections: section to when it holds for an item of it.
        lifted: whether it is that a shield was lifted.
    """

    name: str
    title: str
    sections: Mapping[str, Condition]
    lifted: bool = False


@dataclass(frozen=True)
class OwnView:
    """Where a deviating view is kept on the card.

    Attributes:
        section: a section whose items never change.
        by: the field that says whose it is.
        about: the field that says on what.
        text: the field of the words.
        set: what else is filled in.
    """

    section: str
    by: str
    about: str
    text: str
    set: Mapping[str, str]


class Review:
    """What overleg.json says of one card type.

    Attributes:
        sections: the sections whose items are reviewed, in the order of the file.
        urgent: why a change cannot wait, the most urgent first.
        view: where a deviating view is kept; None where the file names nowhere.
        kinds: what each kind of thing said is called.
        verdicts: what each verdict is called.
        notices: who is told of what, by the name of each kind of notice.
    """

    def __init__(self, data: Mapping[str, Any], shape: Shape) -> None:
        """Read the file.

        Raises:
            SchemaError: it names a section or a field that is not there.
        """
        self.sections: tuple[str, ...] = tuple(data.get("reviewed", ()))
        self.urgent = tuple(_urgency(name, told) for name, told in data.get("urgent", {}).items())
        view = data.get("view")
        self.view = OwnView(view["section"], view["by"], view["about"], view["text"], view["set"]) if view else None
        self.kinds: Mapping[str, str] = data.get("kinds", {})
        self.verdicts: Mapping[str, str] = data.get("verdicts", {})
        self.notices: Mapping[str, Rule] = read_rules(data.get("notices", {}))
        used = [(key, "id") for key in self.sections]
        used += [(key, (*held.via, held.field)[0]) for one in self.urgent for key, held in one.sections.items()]
        if self.view:
            fields = (self.view.by, self.view.about, self.view.text, *self.view.set)
            used += [(self.view.section, key) for key in fields]
        known = {(section.key, field.key) for section in shape if section.kind == "items" for field in section.inner}
        if unknown := set(used) - known:
            raise SchemaError(f"overleg.json: not in the schema: {sorted(unknown)}")


def _urgency(name: str, told: Mapping[str, Any]) -> Urgency:
    sections = {
        key: Condition(when["field"], tuple(when["is"]), tuple(when.get("via", ())))
        for key, when in told.get("sections", {}).items()
    }
    return Urgency(name, told["title"], sections, told.get("lifted", False))


def listed(value: Any) -> list[str]:
    """The ids in a reference field, of one or of many."""
    return value if isinstance(value, list) else [] if value is None else [value]
