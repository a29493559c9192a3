"""A card as its page and its paper are laid out, by display.json: what stands where, what asks for attention."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from app.content import HEAD, Document
from app.content.card_type import CardType, Edition
from app.content.chart import Chart, draw
from app.content.display import DueRule
from app.content.marks import Mark, asked_again, mark_of
from app.content.reader import Name, Reader, Value, title_of
from app.content.shape import Field

MANY = 100
"""So many items of a section stand in full; of the others only what they are called and what stands out."""
NEWEST = 5
"""So many of a section that is read by date stand open."""


@dataclass(frozen=True)
class Entry:
    """An item where it stands on the page.

    Attributes:
        id: its id; empty for a section without items.
        section: the section it belongs to.
        lead: what it is called.
        marks: what stands out.
        first: the values that are read first.
        rest: the other values.
        past: whether it is something of the past.
        is_short: whether its values are left out, for there are too many items.
        voices: the items that stand beside it.
        below: the items that stand under it, by section.
    """

    id: str
    section: Field
    lead: str
    marks: tuple[Mark, ...] = ()
    first: tuple[Value, ...] = ()
    rest: tuple[Value, ...] = ()
    past: bool = False
    is_short: bool = False
    voices: tuple["Entry", ...] = ()
    below: tuple["Part", ...] = ()


@dataclass(frozen=True)
class Part:
    """Items of one section at one place.

    Attributes:
        field: the section.
        entries: those that are shown.
        folded: those of the past, or older.
        links: those that stand in full elsewhere.
        charts: figures over time, made of items that are then not among the entries.
        parents: what the others of this section stand under; None where it stands under nothing.
        count: how many items of the section the card holds, wherever they stand.
        is_folded: whether the whole section is folded.
    """

    field: Field
    entries: tuple[Entry, ...] = ()
    folded: tuple[Entry, ...] = ()
    links: tuple[Name, ...] = ()
    charts: tuple[Chart, ...] = ()
    parents: Field | None = None
    count: int = 0
    is_folded: bool = False

    @property
    def one(self) -> str:
        """What one item is called."""
        return self.field.inner.title or self.field.title


@dataclass(frozen=True)
class Laid:
    """A card, laid out.

    Attributes:
        title: what it is called.
        head: its own fields.
        sections: those that hold something, in the order of the page.
        empty: the fields of sections that hold nothing yet.
        technical: what only the program gives.
        only: the ids of the only items that are shown; None for all.
        short: how many items do not stand in full.
    """

    title: str
    head: Entry
    sections: tuple[Part, ...]
    empty: tuple[Field, ...]
    technical: tuple[Value, ...]
    only: frozenset[str] | None = None
    short: int = 0


class Late(Protocol):
    """Says in words that a day is over."""

    def of_field(self, field: Field, held: Any) -> str:
        """How long ago a day is that should lie ahead; an empty text where all is well."""

    def of_rule(self, rule: DueRule, day: date) -> str:
        """What stands at an item whose day is over; an empty text where it is not."""


@dataclass(frozen=True)
class About:
    """What is known about a card beside what it holds.

    Attributes:
        late: says which days are over; None where no day is too late any more.
        news: what is new to the reader, in words, by the id of the item.
        only: the ids of the only items to show; None for all.
        whole: whether every item stands in full, however many there are.
    """

    late: Late | None = None
    news: Mapping[str, str] = field(default_factory=dict)
    only: frozenset[str] | None = None
    whole: bool = False


def lay_out(document: Document, edition: Edition, types: CardType, about: About) -> Laid:
    """A card as its page shows it.

    Args:
        document: a card, or what somebody may see of it.
        edition: its fields.
        types: the type of the card.
        about: what else is known.
    """
    return _Layout(document, edition, types, about).laid()


class _Layout:
    def __init__(self, document: Document, edition: Edition, types: CardType, about: About) -> None:
        self._edition, self._types, self._display, self._about = edition, types, types.display, about
        self._document, self._shape = document, edition.shape
        self._reader = Reader(self._document, self._shape, about.late.of_field if about.late else None)
        self._order = self._display.order(self._document)
        self._items = {key: self._shown(key) for key in self._order if self._shape[key].kind == "items"}
        self._place = {item["id"]: (key, item) for key, items in self._items.items() for item in items}
        self._late = self._too_late()
        self._home: dict[str, str] = {}
        self._told: Counter[str] = Counter()
        self._beside = self._near(self._display.beside)
        self._under = self._near(self._display.under)

    def laid(self) -> Laid:
        """The whole card."""
        head, held = self._shape[HEAD], self._document[HEAD]
        paths = [path.split("/") for path in self._edition.schema.get("x-title", ())]
        told = {key for section, key in paths if section == HEAD} | {self._types.workflow.field}
        sections = [self._section(key) for key in self._order]
        return Laid(
            title_of(self._document, self._edition),
            self._entry(head, "", head.title, self._reader.values(held, head.inner, told)),
            tuple(part for part in sections if part.count or self._about.only is None),
            tuple(one for one in self._shape if one.kind == "items" and one.key not in self._document),
            tuple(
                self._reader.value(one, held[one.key])
                for one in head.inner
                if one.read_only and one.kind == "text" and one.key in held
            ),
            self._about.only,
            sum(max(0, number - MANY) for number in self._told.values()) if not self._about.whole else 0,
        )

    def _shown(self, key: str) -> list[Document]:
        """The items of a section that are shown, the newest first where that is asked."""
        only = self._about.only
        items = [item for item in self._document[key] if only is None or item["id"] in only]
        day = self._display.newest_first.get(key)
        return sorted(items, key=lambda item: str(item.get(day, "")), reverse=True) if day else items

    def _near(self, fields: Mapping[str, str]) -> dict[str, list[str]]:
        """By the item that others stand under or beside: the ids of those others, each at every such item.

        What stands near something itself has nothing near it of the same kind: no two can stand near each other.
        """
        found: dict[str, list[str]] = {}
        for section, key in fields.items():
            for item in self._items.get(section, ()):
                targets = [one for one in _listed(item.get(key)) if self._place.get(one, (section,))[0] not in fields]
                for target in targets:
                    found.setdefault(target, []).append(item["id"])
                if targets:
                    # In full at the first that is not of the past; at the others it is a link.
                    now = (one for one in targets if not self._is_past(*self._place[one]))
                    self._home[item["id"]] = next(now, targets[0])
        return found

    def _is_past(self, section: str, item: Document) -> bool:
        when = self._display.past.get(section)
        return when is not None and when.holds(item)

    def _too_late(self) -> dict[str, list[Mark]]:
        found: dict[str, list[Mark]] = {}
        for due in self._display.dues(self._document) if self._about.late else ():
            rule = self._display.due[due.kind]
            if due.item and self._about.late and (text := self._about.late.of_rule(rule, due.day)):
                found.setdefault(due.item, []).append(Mark(text, "heed" if rule.plus else "alarm"))
        return found

    def _section(self, key: str) -> Part:
        section, held = self._shape[key], self._document[key]
        if section.kind != "items":
            group = section.kind == "group"
            values = self._reader.values(held, section.inner, set()) if group else [self._reader.value(section, held)]
            return Part(section, (self._entry(section, "", "", values),), count=1)
        items = self._items[key]
        charts, rest = draw(self._display.charts.get(key), section, items, self._reader)
        loose = [item for item in rest if item["id"] not in self._home]
        links = [item for item in rest if item["id"] in self._home] if key in self._display.beside else []
        part = self._part(section, loose)
        return replace(
            part,
            links=tuple(self._link(section, item) for item in links),
            charts=charts,
            parents=self._parents(key),
            count=len(items),
            is_folded=key in self._display.folded,
        )

    def _parents(self, key: str) -> Field | None:
        """The section whose items those of a section stand under, where there is one on the page."""
        field = self._display.under.get(key)
        above = self._shape[key].inner[field].refers_to if field else ()
        return next((self._shape[one] for one in above if self._items.get(one)), None)

    def _part(self, section: Field, items: Sequence[Document]) -> Part:
        """Items at one place: what is past is folded, and so is what is older than the newest few."""
        entries = [self._item(section, item) for item in items]
        now, past = [one for one in entries if not one.past], [one for one in entries if one.past]
        if section.key in self._display.newest_first:
            now, past = now[:NEWEST], now[NEWEST:] + past
        return Part(section, tuple(now), tuple(past))

    def _item(self, section: Field, item: Document) -> Entry:
        identity = item["id"]
        self._told[section.key] += 1
        is_short = self._told[section.key] > MANY and not self._about.whole
        lead, values = self._reader.read(section, self._core(section, item) if is_short else item)
        entry = self._entry(section, identity, lead, values)
        voices = [self._voice(*self._place[one]) for one in self._beside.get(identity, ())]
        below = self._below(identity)
        return replace(
            entry,
            is_short=is_short,
            past=self._is_past(section.key, item) and not any(part.entries for part in below),
            voices=tuple(voices),
            below=below,
        )

    def _core(self, section: Field, item: Document) -> Document:
        """Of an item what it is called and what stands out, and no more."""
        kept = {"id", *section.item_title, *self._display.beware}
        return {key: held for key, held in item.items() if key in kept or self._display.has_tones(section.key, key)}

    def _voice(self, key: str, item: Document) -> Entry:
        section, about = self._shape[key], self._display.beside[key]
        lead, values = self._reader.read(section, item)
        return self._entry(section, item["id"], lead, [value for value in values if value.field.key != about])

    def _below(self, identity: str) -> tuple[Part, ...]:
        by_section: dict[str, list[Document]] = {}
        for one in self._under.get(identity, ()):
            key, item = self._place[one]
            by_section.setdefault(key, []).append(item)
        parts = []
        for key, items in by_section.items():
            here = [item for item in items if self._home[item["id"]] == identity]
            links = tuple(self._link(self._shape[key], item) for item in items if self._home[item["id"]] != identity)
            parts.append(replace(self._part(self._shape[key], here), links=links, count=len(items)))
        return tuple(parts)

    def _link(self, section: Field, item: Document) -> Name:
        return Name(item["id"], self._reader.read(section, item)[0])

    def _entry(self, section: Field, identity: str, lead: str, values: list[Value]) -> Entry:
        marks: list[Mark] = []
        others: list[Value] = []
        for value in values:
            if mark := mark_of(self._display, section.key, value):
                marks.append(mark)
            else:
                others.append(value)
            marks += asked_again(value)
        wanted = self._display.first.get(section.key)
        first = others
        if wanted is not None:
            by_key = {value.field.key: value for value in others}
            first = [by_key[key] for key in wanted if key in by_key]
            others = [value for value in others if value.field.key not in wanted]
        if identity in self._about.news:
            marks.append(Mark(self._about.news[identity], "new"))
        return Entry(
            identity,
            section,
            lead,
            (*marks, *self._late.get(identity, ())),
            tuple(first),
            tuple(others) if wanted is not None else (),
        )


def _listed(held: Any) -> list[Any]:
    return held if isinstance(held, list) else [held] if held else []
