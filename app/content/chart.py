"""Figures over time as a small picture: for each person one line, days in proportion, never averaged over people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.content import Document
from app.content.display import Chart as Figures
from app.content.reader import Reader, Value
from app.content.shape import Field

WIDTH, HEIGHT = 320, 112
_LEFT, _RIGHT, _TOP, _BOTTOM = 22, 308, 16, 92
_LABEL_ROOM = 15
"""So far apart, at the least, are figures that each have their number written above them."""


@dataclass(frozen=True)
class Dot:
    """One figure: where it is in the picture, and the words above it; empty where there is no room for them."""

    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Row:
    """One figure in words: the id of its item, its day and value, and its other fields."""

    id: str
    day: Value
    value: Value
    rest: tuple[Value, ...]


@dataclass(frozen=True)
class Chart:
    """The figures of one person.

    Attributes:
        who: the id of the person.
        name: what the person is called.
        rows: the figures in words, the newest first.
        dots: the figures as a picture, the oldest first; none where there is one figure alone.
        scale: the lines behind them: height and words.
    """

    who: str
    name: str
    rows: tuple[Row, ...]
    dots: tuple[Dot, ...]
    scale: tuple[tuple[float, str], ...]

    @property
    def points(self) -> str:
        """The line as SVG wants it."""
        return " ".join(f"{dot.x:g},{dot.y:g}" for dot in self.dots)


def draw(
    figures: Figures | None, section: Field, items: Sequence[Document], reader: Reader
) -> tuple[tuple[Chart, ...], Sequence[Document]]:
    """The figures of each person, and the items that are no figure (they lack a name, a day or a value)."""
    if figures is None:
        return (), items
    by_person: dict[str, list[tuple[date, Document]]] = {}
    others = []
    for item in items:
        day = _day(item.get(figures.day))
        if day and figures.who in item and isinstance(item.get(figures.value), int):
            by_person.setdefault(item[figures.who], []).append((day, item))
        else:
            others.append(item)
    charts = []
    for who, found in by_person.items():
        found.sort(key=lambda one: one[0])
        rows = tuple(_row(figures, section, item, reader) for _day, item in reversed(found))
        values = [(day, item[figures.value]) for day, item in found]
        low, high = _range(section.inner[figures.value], [value for _day, value in values])
        dots = _dots(values, low, high) if len(values) > 1 else ()
        scale = tuple((_height(value, low, high), f"{value:g}") for value in (low, (low + high) / 2, high))
        charts.append(Chart(who, reader.name(who), rows, dots, scale))
    return tuple(charts), others


def _row(figures: Figures, section: Field, item: Document, reader: Reader) -> Row:
    values = {value.field.key: value for value in reader.values(item, section.inner, {figures.who})}
    return Row(item["id"], values.pop(figures.day), values.pop(figures.value), tuple(values.values()))


def _range(field: Field, values: list[int]) -> tuple[int, int]:
    """The lowest and highest figure there can be: by the schema, else by what there is."""
    low = field.minimum if field.minimum is not None else min(values)
    high = field.maximum if field.maximum is not None else max(values)
    return low, max(high, low + 1)


def _dots(values: list[tuple[date, int]], low: int, high: int) -> tuple[Dot, ...]:
    first, days = values[0][0], (values[-1][0] - values[0][0]).days
    dots: list[Dot] = []
    room = float("-inf")
    for number, (day, value) in enumerate(values):
        part = (day - first).days / days if days else number / (len(values) - 1)
        x = round(_LEFT + 10 + part * (_RIGHT - _LEFT - 10), 1)
        has_room = x - room >= _LABEL_ROOM
        room = x if has_room else room
        dots.append(Dot(x, _height(value, low, high), str(value) if has_room else ""))
    return tuple(dots)


def _height(value: float, low: int, high: int) -> float:
    return round(_BOTTOM - (value - low) / (high - low) * (_BOTTOM - _TOP), 1)


def _day(held: object) -> date | None:
    try:
        return date.fromisoformat(held) if isinstance(held, str) else None
    except ValueError:
        return None
