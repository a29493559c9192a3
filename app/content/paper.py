"""A card on paper: its words in order, as blocks. What they look like is for who prints them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.content import Document
from app.content.card_type import CardType
from app.content.chart import Chart
from app.content.layout import About, Entry, Laid, Part, lay_out
from app.content.marks import Mark
from app.content.reader import Value

Kind = Literal["heading", "fields", "text", "note", "points", "table", "item", "contents"]

KEEP_OUT = "niet delen"
_SHORT = 700
"""An item of at most so many signs stays on one page; a longer one may go on on the next."""
_LINES = 10


@dataclass(frozen=True)
class Block:
    """A piece of a paper.

    Attributes:
        kind: what it is.
        text: of a heading, a note or the list of contents its title, of a text the text.
        level: of a heading, 1 for the whole paper.
        marks: of a heading, the words that stand out beneath it; the first letter of what must be heeded is `!`.
        number: of the heading of an item, its number on the card.
        rows: of fields pairs of label and words; of a table its rows, the first the titles; of points and a note
            the sentences, each alone in its row.
        blocks: of an item, what is in it.
        whole: whether an item is never split over two pages.
    """

    kind: Kind
    text: str = ""
    level: int = 0
    marks: tuple[str, ...] = ()
    number: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    blocks: tuple["Block", ...] = ()
    whole: bool = False


@dataclass(frozen=True)
class Paper:
    """Something to print.

    Attributes:
        title: what it is called.
        kind: what sort of paper it is, above the title.
        footer: what stands on each page beside its number.
        blocks: its pieces in order, beneath the title.
    """

    title: str
    kind: str
    footer: tuple[str, ...]
    blocks: tuple[Block, ...] = field(default=())


def heading(level: int, words: str, *marks: str, number: str = "") -> Block:
    """A heading."""
    return Block("heading", words, level, marks, number)


def fields(*rows: tuple[str, str]) -> Block:
    """Labels with their words; what has no words is left out."""
    return Block("fields", rows=tuple(row for row in rows if row[1]))


def text(words: str) -> Block:
    """A text, of one line or more."""
    return Block("text", words)


def note(title: str, *sentences: str) -> Block:
    """Sentences that must be seen."""
    return Block("note", title, rows=tuple((one,) for one in sentences if one))


def points(*sentences: str) -> Block:
    """Sentences with a dot before each."""
    return Block("points", rows=tuple((one,) for one in sentences if one))


def table(*rows: tuple[str, ...]) -> Block:
    """A table; the first row holds the titles of its columns."""
    return Block("table", rows=rows)


class Writer:
    """Writes what a card holds in blocks."""

    def __init__(
        self, types: CardType, document: Document, only: Collection[str] | None = None, *, numbers: bool = True
    ) -> None:
        """For a card.

        Args:
            types: the type of the card.
            document: a card, or what somebody may see of it.
            only: the ids of the only items to write; None for all.
            numbers: whether the number of an item stands at it.
        """
        edition = types.edition_of(document)
        about = About(only=frozenset(only) if only is not None else None, whole=True)
        self.laid: Laid = lay_out(document, edition, types, about)
        self._beware, self._numbers = types.display.beware, numbers

    def head(self) -> Block:
        """The fields of the card itself."""
        head = self.laid.head
        marked = tuple((mark.of, mark.text) for mark in head.marks if mark.of)
        return fields(*marked, *(_row(value) for value in (*head.first, *head.rest)))

    def sections(self, but: Collection[str] = ()) -> Iterator[Block]:
        """Each section that holds anything, with a heading of level 2; without some."""
        for part in self.laid.sections:
            if part.field.key not in but:
                yield from self._section(part)

    def titles(self) -> list[str]:
        """The sections that `sections` writes, by name."""
        return [part.field.title for part in self.laid.sections]

    @property
    def keeps_out(self) -> bool:
        """Whether something is kept from somebody."""
        return any(self._is_kept(entry) for part in self.laid.sections for entry in _entries(part))

    def _is_kept(self, entry: Entry) -> bool:
        return any(mark.tone == "alarm" and _is_beware(mark, entry, self._beware) for mark in entry.marks)

    def _section(self, part: Part) -> Iterator[Block]:
        yield heading(2, part.field.title)
        standing = part.count - len(part.entries) - len(part.folded)
        if part.parents:
            above = part.parents.inner.title or part.parents.title
            if standing:
                verb = "staat" if standing == 1 else "staan"
                yield text(f"{standing} {verb} hierboven, bij ‘{part.parents.title}’.")
            if part.entries:
                yield heading(3, f"Zonder {above[:1].lower()}{above[1:]}")
        for chart in part.charts:
            yield from _chart(chart)
        yield from self._items(part, 4 if part.parents and part.entries else 3)

    def _items(self, part: Part, level: int, above: str = "") -> Iterator[Block]:
        """The items of a section at one place; `above` is the id of the item that they stand under."""
        for entry in part.entries:
            yield from self._entry(entry, level, above)
        if part.links:
            yield points(*(f"{part.one}: {link.text} (staat ergens anders op dit papier)" for link in part.links))
        if part.folded:
            yield heading(level, f"{part.field.title} van eerder")
            for entry in part.folded:
                yield from self._entry(entry, level + 1, above)

    def _entry(self, entry: Entry, level: int, above: str) -> Iterator[Block]:
        blocks: list[Block] = []
        if entry.id:
            number = entry.id if self._numbers else ""
            blocks.append(heading(level, entry.lead, *self._marks(entry), number=number))
        found = [value for value in (*entry.first, *entry.rest) if not _says(value, above)]
        if found:
            blocks.append(fields(*(_row(value) for value in found)))
        for voice in entry.voices:
            words = [_row(value) for value in (*voice.first, *voice.rest)]
            marked = [(mark.removeprefix("!"), "") for mark in self._marks(voice)]
            blocks.append(
                Block("note", f"{voice.section.inner.title}: {voice.lead}", rows=(*marked, *words), level=level)
            )
        size = sum(_size(block) for block in blocks)
        lines = sum(_lines(block) for block in blocks)
        yield Block("item", blocks=tuple(blocks), whole=size <= _SHORT and lines <= _LINES, level=level)
        for part in entry.below:
            yield from self._items(part, level + 1, entry.id)

    def _marks(self, entry: Entry) -> tuple[str, ...]:
        words = []
        for mark in entry.marks:
            said = f"{mark.of}: {mark.text}" if mark.of and mark.said else mark.text
            if mark.tone == "alarm" and _is_beware(mark, entry, self._beware):
                said = f"{said}: {KEEP_OUT}"
            words.append(f"!{said}" if mark.tone == "alarm" else said)
        return tuple(words)


def card_paper(
    types: CardType,
    document: Document,
    facts: Sequence[tuple[str, str]],
    footer: Sequence[str],
    notes: Sequence[str] = (),
) -> Paper:
    """A whole card on paper.

    Args:
        types: the type of the card.
        document: the card, or what somebody may see of it.
        facts: what is to be known of the paper, with their labels.
        footer: what stands on each page.
        notes: sentences that must be seen.
    """
    writer = Writer(types, document)
    edition = types.edition_of(document)
    kind = edition.schema.get("title", edition.name)
    blocks = [
        fields(*facts),
        note(
            "Vertrouwelijk",
            "Op dit papier staat wat vertrouwelijk is over een gezin. Laat het nergens liggen.",
            "Geef het alleen aan wie het mag lezen, en alleen als dat nodig is voor de veiligheid.",
            f"Bij sommige onderdelen staat ‘{KEEP_OUT}’. Geef die niet aan wie daar genoemd is." * writer.keeps_out,
        ),
        *([note("Let op", *notes)] if notes else []),
        heading(2, "Wat is dit?"),
        text(edition.schema.get("description", "")),
        heading(2, "De kaart in het kort"),
        writer.head(),
        Block("contents", "Op dit papier"),
        *writer.sections(),
    ]
    return Paper(writer.laid.title, kind, tuple(footer), tuple(blocks))


def _is_beware(mark: Mark, entry: Entry, beware: Collection[str]) -> bool:
    titles = {entry.section.inner[key].title for key in beware if entry.section.shape}
    return mark.text in titles or mark.of in titles


def _entries(part: Part) -> Iterator[Entry]:
    for entry in (*part.entries, *part.folded):
        yield entry
        yield from entry.voices
        for below in entry.below:
            yield from _entries(below)


def _row(value: Value) -> tuple[str, str]:
    """A value with its label."""
    if value.table is None:
        return value.field.title.rstrip("?"), value.text
    lines = []
    for row in value.table.rows:
        named = " ".join(cell.text for cell in row[: value.table.named] if cell)
        rest = ", ".join(cell.text for cell in row[value.table.named :] if cell)
        lines.append(f"• {named}: {rest}" if named and rest else f"• {named or rest}")
    return value.field.title.rstrip("?"), "\n".join(lines)


def _says(value: Value, above: str) -> bool:
    """Whether a value says only what an item stands under: on paper that is seen."""
    return bool(above) and [one.id for one in value.names] == [above]


def _chart(chart: Chart) -> Iterator[Block]:
    """The figures of one person as a table."""
    first = chart.rows[0]
    extra = next((value.field.title for row in chart.rows for value in row.rest), "")
    rows = [
        (row.day.text, row.value.text, *(["\n".join(_rest(row.rest, extra))] if extra else [])) for row in chart.rows
    ]
    titles = (first.day.field.title, first.value.field.title, *([extra] if extra else []))
    yield Block("item", level=3, blocks=(heading(3, chart.name), table(titles, *rows)), whole=len(rows) <= 4)


def _rest(values: Sequence[Value], told: str) -> list[str]:
    return [value.text if value.field.title == told else ": ".join(_row(value)) for value in values]


def _size(block: Block) -> int:
    return len(block.text) + sum(len(cell) for row in block.rows for cell in row) + sum(map(len, block.marks))


def _lines(block: Block) -> int:
    return 1 + sum(1 + row[-1].count("\n") for row in block.rows)
