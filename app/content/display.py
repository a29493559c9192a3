"""How pages show a card, and which of its days ask for attention; read from display.json."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.content import HEAD, Document
from app.content.shape import SchemaError, Shape

TONES = ("alarm", "heed", "good")


@dataclass(frozen=True)
class When:
    """A choice that has one of some values."""

    field: str
    values: tuple[str, ...]

    def holds(self, item: Document) -> bool:
        """Whether it has."""
        return item.get(self.field) in self.values


@dataclass(frozen=True)
class Chart:
    """Figures over time: the fields that say whose, when and how much."""

    who: str
    day: str
    value: str


@dataclass(frozen=True)
class Member:
    """Where the professionals of a card are, and the fields that say who they are and until when; no field: always."""

    section: str
    name: str
    organisation: str
    until: str = ""


@dataclass(frozen=True)
class Looked:
    """Where else it may stand that somebody looked at an item: rows of another section that point at it."""

    section: str
    day: str
    rows: str
    item: str

    def days(self, document: Document) -> dict[str, str]:
        """The last day on which each item was looked at, by its id."""
        found: dict[str, str] = {}
        for holder in document.get(self.section, ()):
            for row in holder.get(self.rows, ()):
                found[row[self.item]] = max(found.get(row[self.item], ""), holder[self.day])
        return found


@dataclass(frozen=True)
class DueRule:
    """Which day of an item asks for attention.

    Attributes:
        kind: its key in the file.
        title: what it is called.
        mark: what stands at the item once the day is over; the title where the file says nothing else.
        section: where the items are; a section without items counts as one.
        days: the fields that may hold the day; the first that is filled in counts.
        plus: how many days later it is due.
        open: when it counts at all; None for always.
        who: the reference fields that say whose concern it is; none for everybody's.
        also: where else a later day may stand; None for nowhere.
        ahead: how many days before the day it is told already; -1 tells only of a day that is over.
    """

    kind: str
    title: str
    section: str
    days: tuple[str, ...]
    plus: int = 0
    ahead: int = -1
    open: When | None = None
    who: tuple[str, ...] = ()
    mark: str = ""
    also: Looked | None = None

    def day(self, item: Document, looked: str = "") -> date | None:
        """The day on which this item is due; None where it is not.

        Args:
            item: it.
            looked: a later day that stands elsewhere; empty for none.
        """
        if self.open and item.get(self.open.field) is not None and not self.open.holds(item):
            return None
        held = max(next((item[key] for key in self.days if item.get(key)), ""), looked)
        try:
            return date.fromisoformat(held) + timedelta(self.plus) if held else None
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True)
class Due:
    """A day of a card that asks for attention.

    Attributes:
        kind: the key of its rule.
        section: the key of the section.
        item: the id of the item; empty in a section without items.
        day: the last day on which all is well.
        who: ids of those whose concern it is.
    """

    kind: str
    section: str
    item: str
    day: date
    who: tuple[str, ...]


class Display:
    """What display.json says of one card type; everything may be left out.

    Attributes:
        person: the section of the family's members; empty where the file names none.
        member: where the professionals are.
        under: section to the reference field whose items it stands under.
        beside: section to the reference field whose item it stands beside.
        newest_first: section to the field that it is sorted by.
        past: section to what makes an item something of the past.
        first: section to the fields that are read first.
        charts: section to its figures.
        beware: the fields that must be seen wherever they are filled in.
        folded: the sections that are folded until somebody asks for them.
        due: the rules for days that ask for attention, by kind.
    """

    def __init__(self, data: Mapping[str, Any], shape: Shape) -> None:
        """Read the parsed file for the newest shape of the card.

        Raises:
            SchemaError: something is of the wrong kind, or names what the shape does not have.
        """
        self._shape = shape
        try:
            self._read(data)
        except (KeyError, TypeError, AttributeError) as error:
            raise SchemaError(f"display.json: {error} is missing or of the wrong kind") from error
        for path in self._paths():
            _check(shape, path)
        everywhere = {key for section in shape if section.shape for key in section.shape.fields}
        if strange := self.beware - everywhere:
            raise SchemaError(f"display.json: no section has {', '.join(strange)}")

    def _read(self, data: Mapping[str, Any]) -> None:
        self._order: tuple[str, ...] = tuple(data.get("order", ()))
        self.person: str = data.get("person", "")
        member = data.get("member")
        self.member = Member(**member) if member else None
        self.under: Mapping[str, str] = data.get("under", {})
        self.beside: Mapping[str, str] = data.get("beside", {})
        self.newest_first: Mapping[str, str] = data.get("newest-first", {})
        self.past = {key: When(one["field"], tuple(one["is"])) for key, one in data.get("past", {}).items()}
        self.first = {key: tuple(fields) for key, fields in data.get("first", {}).items()}
        self.charts = {key: Chart(one["who"], one["day"], one["value"]) for key, one in data.get("charts", {}).items()}
        self.beware = frozenset(data.get("beware", ()))
        self.folded = frozenset(data.get("folded", ()))
        self._tones: Mapping[str, Mapping[str, str]] = data.get("tones", {})
        self.due = {kind: _due_rule(kind, one) for kind, one in data.get("due", {}).items()}

    def order(self, document: Document) -> list[str]:
        """The sections that a card holds, without its head, in the order of a page."""
        held = [key for key in self._shape.order(document) if key != HEAD]
        return [key for key in self._order if key in held] + [key for key in held if key not in self._order]

    def tone(self, section: str, field: str, value: str) -> str:
        """How much attention a value of a choice asks for: one of `TONES`, or an empty text for none."""
        return self._tones.get(f"{section}/{field}", {}).get(value, "")

    def has_tones(self, section: str, field: str) -> bool:
        """Whether some value of a choice asks for attention, so that the choice is a mark of its item."""
        return f"{section}/{field}" in self._tones

    def dues(self, document: Document) -> Iterator[Due]:
        """The days of a card that ask for attention, now or later."""
        for rule in self.due.values():
            held, looked = document.get(rule.section, []), rule.also.days(document) if rule.also else {}
            for item in _listed(held):
                if day := rule.day(item, looked.get(item.get("id", ""), "")):
                    who = dict.fromkeys(one for key in rule.who for one in _listed(item.get(key)))
                    yield Due(rule.kind, rule.section, "" if item is held else item["id"], day, tuple(who))

    def _paths(self) -> Iterator[tuple[str, ...]]:
        yield from ((key,) for key in (*self._order, *filter(None, [self.person]), *self.folded))
        if self.member:
            named = (self.member.name, self.member.organisation, self.member.until)
            yield from ((self.member.section, key) for key in named if key)
        for table in (self.under, self.beside, self.newest_first):
            yield from table.items()
        for section, when in self.past.items():
            yield section, when.field, *when.values
        for section, fields in self.first.items():
            yield from ((section, key) for key in fields)
        for section, chart in self.charts.items():
            yield from ((section, key) for key in (chart.who, chart.day, chart.value))
        for path, values in self._tones.items():
            yield *path.split("/"), *values
            if unknown := set(values.values()) - set(TONES):
                raise SchemaError(f"display.json: {path} has no such tone: {', '.join(unknown)}")
        for rule in self.due.values():
            yield from _paths_of(rule)


def _paths_of(rule: DueRule) -> Iterator[tuple[str, ...]]:
    yield from ((rule.section, key) for key in (*rule.days, *rule.who))
    if rule.also:
        yield from ((rule.also.section, key) for key in (rule.also.day, rule.also.rows))
    if rule.open:
        yield rule.section, rule.open.field, *rule.open.values


def _check(shape: Shape, path: tuple[str, ...]) -> None:
    section, *rest = path
    known = section in shape.fields and (not rest or rest[0] in (shape[section].shape or shape).fields)
    if known and rest[1:]:
        known = set(rest[1:]) <= set(shape[section].inner[rest[0]].labels)
    if not known:
        raise SchemaError(f"display.json: the card has no {'/'.join(path)}")


def _due_rule(kind: str, data: Mapping[str, Any]) -> DueRule:
    when, also = data.get("while"), data.get("also")
    return DueRule(
        kind,
        data["title"],
        data["section"],
        tuple(data["day"]),
        data.get("days", 0),
        data.get("ahead", -1),
        When(when["field"], tuple(when["is"])) if when else None,
        tuple(data.get("who", ())),
        data.get("mark", data["title"]),
        Looked(also["section"], also["day"], also["rows"], also["item"]) if also else None,
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
