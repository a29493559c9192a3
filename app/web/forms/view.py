"""A form made from the schema: for each field what to show, with what is held, may be chosen and is wrong."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any, Literal

from app.content import Document, Path
from app.content.items import Namer, index
from app.content.problems import Problem
from app.content.shape import Field, Shape
from app.web.language import _

MOST_RADIOS = 4
MOST_BOXES = 12
"""With more than these, what is not chosen is folded away."""
NEW_ROW_LENGTH = 5

Look = Literal["line", "lines", "day", "number", "radios", "select", "boxes", "rows", "group"]


@dataclass(frozen=True)
class Option:
    """Something that may be chosen."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class Options:
    """Choices that belong together, under a title where there is more than one such group."""

    title: str
    options: tuple[Option, ...]


@dataclass
class Clash:
    """Two people changed the same field: what it was, what the other made of it, what this person made of it.

    Where somebody takes a proposal over, `mine` is what the `proposer` made of it.
    """

    name: str
    title: str
    base: str
    theirs: str
    mine: str
    choice: str = ""
    by: str = ""
    when: Any = None
    href: str = ""
    proposer: str = ""


@dataclass
class Row:
    """A nested item in a form; `added` when the form offers it empty, `fresh` when it gets the focus."""

    id: str
    name: str
    blocks: list["Block"]
    added: bool
    fresh: bool = False


@dataclass
class Widget:
    """One field of a form.

    Attributes:
        name: its path within the item, with dots; the name in the form.
        field: what the schema says of it.
        look: how it is asked.
        value: what is held, as text.
        options: what may be chosen.
        rows: for nested items.
        blocks: for a group.
        errors: sentences.
        clashes: what another person made of it meanwhile.
        may_stay_empty: it is part of a row that is only offered; the whole row may stay empty.
    """

    name: str
    field: Field
    look: Look
    value: str = ""
    options: tuple[Options, ...] = ()
    rows: list[Row] = made(default_factory=list)
    blocks: list["Block"] = made(default_factory=list)
    errors: list[str] = made(default_factory=list)
    clashes: list[Clash] = made(default_factory=list)
    may_stay_empty: bool = False

    @property
    def must(self) -> bool:
        """Whether it has to be filled in."""
        return self.field.required and not self.may_stay_empty

    @property
    def id(self) -> str:
        """The id of the element that gets the focus."""
        return f"veld-{self.name}"

    @property
    def described_by(self) -> str:
        """The ids of the elements that explain it."""
        parts = [("uitleg", self.field.description), ("fout", self.errors)]
        return " ".join(f"{part}-{self.name}" for part, there in parts if there)

    @property
    def is_long(self) -> bool:
        """Whether there is so much to choose from that it would be a wall of boxes."""
        return self.look == "boxes" and sum(len(group.options) for group in self.options) > MOST_BOXES

    @property
    def is_filled(self) -> bool:
        """Whether something is held."""
        chosen = any(option.chosen and option.value for group in self.options for option in group.options)
        return bool(self.value or chosen or any(not row.added for row in self.rows))


@dataclass
class Block:
    """Fields that stand together, under a title when the schema groups them."""

    title: str
    widgets: list[Widget]

    @property
    def is_quiet(self) -> bool:
        """Whether it can stay folded: nothing must be filled in, is filled in, or is wrong."""
        return not any(one.field.required or one.is_filled or one.errors or one.clashes for one in self.widgets)


class FormMaker:
    """Makes the form of one item."""

    def __init__(
        self,
        document: Document,
        shape: Shape,
        draw: Callable[[int], str],
        own_id: str = "",
        moved: str = "",
        beside: Document | None = None,
    ) -> None:
        """For a card: what may be chosen are its items.

        Args:
            document: the card.
            shape: its fields.
            draw: gives random signs.
            own_id: the item itself, which it cannot point at.
            moved: the row that was moved just now, which gets the focus.
            beside: new items that are only proposed and may be chosen too, by section.
        """
        self._shape, self._draw, self._own_id, self._moved = shape, draw, own_id, moved
        self._namer, self._index = Namer(document, shape), index(document, shape)
        self._document, self._beside = document, beside or {}

    def blocks(self, shape: Shape, item: Document, prefix: str = "", more: str = "") -> list[Block]:
        """The fields of an item in blocks, in the order of the schema.

        Args:
            shape: its fields.
            item: what it holds; texts may be as they were typed.
            prefix: the path to it.
            more: the name of the nested list that gets one more empty row.
        """
        blocks: list[Block] = []
        for one in shape:
            if one.read_only or one.kind == "foreign":
                continue
            if not blocks or blocks[-1].title != one.group:
                blocks.append(Block(one.group, []))
            blocks[-1].widgets.append(self._widget(one, item.get(one.key), prefix + one.key, more))
        return blocks

    def _widget(self, one: Field, held: Any, name: str, more: str) -> Widget:
        if one.kind == "group":
            return Widget(name, one, "group", blocks=self.blocks(one.inner, held or {}, f"{name}.", more))
        if one.kind == "items":
            return Widget(name, one, "rows", rows=list(self._rows(one, held or [], name, more)))
        if one.kind in ("references", "choices"):
            return Widget(name, one, "boxes", options=self._options(one, held or []))
        if one.kind == "reference" or (one.kind == "choice" and len(one.labels) > MOST_RADIOS):
            return Widget(name, one, "select", options=self._options(one, [held or ""], empty=True))
        if one.kind == "choice":
            return Widget(name, one, "radios", options=self._options(one, [held or ""], empty=not one.required))
        if one.kind == "boolean":
            return Widget(name, one, "radios", options=_yes_no(held, one.required))
        looks: dict[str, Look] = {"multiline": "lines", "texts": "lines", "date": "day", "integer": "number"}
        text = "\n".join(held) if isinstance(held, list) else "" if held is None else str(held)
        look = looks.get(one.kind, "line")
        if look == "day" and text and not _is_day(text):
            look = "line"  # a browser would hide what is no date
        return Widget(name, one, look, text)

    def _rows(self, one: Field, held: Sequence[Document], name: str, more: str) -> Iterator[Row]:
        for row in held:
            blocks = self.blocks(one.inner, row, f"{name}.{row['id']}.")
            yield Row(row["id"], name, blocks, added=False, fresh=row["id"] == self._moved)
        for number in range(2 if more == name else 1):
            identity = f"{one.prefix}-{self._draw(NEW_ROW_LENGTH)}"
            blocks = self.blocks(one.inner, {}, f"{name}.{identity}.")
            for widget in widgets(blocks):
                widget.may_stay_empty = True
            yield Row(identity, name, blocks, added=True, fresh=more == name and number == 0)

    def _options(self, one: Field, held: Sequence[str], *, empty: bool = False) -> tuple[Options, ...]:
        groups = [(title, list(pairs)) for title, pairs in self._choices(one)]
        known = {value for _title, pairs in groups for value, _text in pairs}
        if lost := [(value, value) for value in held if value and value not in known]:
            groups.append((_("Staat niet (meer) op de kaart"), lost))
        if empty and 0 < len(one.labels) <= MOST_RADIOS:
            groups.append(("", [("", _("Niet ingevuld"))]))
        elif empty:
            groups.insert(0, ("", [("", _("Maak een keuze"))]))
        return tuple(
            Options(title, tuple(Option(value, text, value in held) for value, text in pairs))
            for title, pairs in groups
            if pairs
        )

    def _choices(self, one: Field) -> Iterator[tuple[str, Iterable[tuple[str, str]]]]:
        if one.labels:
            yield "", one.labels.items()
        for key in one.refers_to:
            items = [item["id"] for item in self._document.get(key, ()) if item["id"] != self._own_id]
            title = self._shape[key].title if len(one.refers_to) > 1 else ""
            yield title, [(identity, self._namer.item(identity)) for identity in items]
        for key in one.refers_to:
            proposed = [(item["id"], self._namer.title(self._shape[key], item)) for item in self._beside.get(key, ())]
            yield _("Voorgesteld, staat niet op de kaart"), proposed


def widgets(blocks: Iterable[Block]) -> Iterator[Widget]:
    """Every widget of a form, those within rows and groups too."""
    for block in blocks:
        for widget in block.widgets:
            yield widget
            yield from widgets(widget.blocks)
            for row in widget.rows:
                yield from widgets(row.blocks)


def labels(blocks: Iterable[Block], before: str = "") -> Iterator[tuple[str, str]]:
    """The name of every widget with what a person calls it, such as ``Instemming 1 › Wie``."""
    for block in blocks:
        for widget in block.widgets:
            title = before + widget.field.title
            yield widget.name, title
            yield from labels(widget.blocks, before)
            for number, row in enumerate(widget.rows, 1):
                yield from labels(row.blocks, f"{title} {number} › ")


def place_errors(blocks: list[Block], problems: Iterable[Problem], item: Path) -> list[tuple[str, str]]:
    """Put each problem at its field.

    Args:
        blocks: the form.
        problems: what is wrong with the card.
        item: the path of the item that the form is about.

    Returns:
        For the summary: each sentence, with the id of the element to go to or an empty text.
    """
    by_name, called = {widget.name: widget for widget in widgets(blocks)}, dict(labels(blocks))
    summary: dict[tuple[str, str], None] = {}
    for problem in problems:
        widget = _nearest(by_name, problem.path[len(item) :]) if problem.path[: len(item)] == item else None
        if widget:
            if problem.message not in widget.errors:
                widget.errors.append(problem.message)
            name = f"‘{called[widget.name]}’"
            message = problem.message if name in problem.message else f"{name}: {problem.message}"
            summary[message, widget.id] = None
        else:
            summary[str(problem), ""] = None
    return list(summary)


def _nearest(by_name: dict[str, Widget], path: Path) -> Widget | None:
    return next((found for end in range(len(path), 0, -1) if (found := by_name.get(".".join(path[:end])))), None)


def _yes_no(held: Any, required: bool) -> tuple[Options, ...]:
    options = [Option("ja", _("Ja"), held is True), Option("nee", _("Nee"), held is False)]
    if not required:
        options.append(Option("", _("Niet ingevuld"), held in (None, "")))
    return (Options("", tuple(options)),)


def _is_day(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-"
