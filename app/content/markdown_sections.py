"""The headings of a Markdown card: which section, item or long text each one begins."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.content import Path
from app.content.clean import MAX_LIST
from app.content.markdown_fields import Fields, Place
from app.content.markdown_names import IDENTITY, fold, heading_of, headings
from app.content.markdown_outline import Part
from app.content.markdown_text import unescape
from app.content.markdown_values import perhaps, short
from app.content.problems import refuse
from app.content.shape import Field, Shape

_NUMBERED = re.compile(rf"(.*\S)\s+\(?({IDENTITY})\)?", re.DOTALL)


@dataclass(slots=True)
class _Open:
    """A heading that those below it belong to.

    Attributes:
        place: the object that it begins; None for a section of items, a long text and a heading not understood.
        section: for a section of items, its field; `items` is its list.
        words: for a heading that can have none below it, why; empty when that has been said already.
    """

    level: int
    path: Path
    place: Place | None = None
    section: Field | None = None
    items: list[Any] = field(default_factory=list)
    words: str = ""


class Sections:
    """Walks through the parts of a file and hands what stands below each heading to `Fields`."""

    def __init__(self, shape: Shape, fields: Fields, lines: Sequence[str]) -> None:
        """For a card of this shape; `lines` are those of the whole file."""
        self._shape = shape
        self._fields = fields
        self._lines = lines
        self._known: dict[int, dict[str, Field]] = {}
        self._open = [_Open(1, (), Place((), fields.document, shape))]
        self._titled = False

    def read(self, parts: Sequence[Part]) -> None:
        """Read all parts of a file, in order."""
        for part in parts:
            if part.level == 1:
                self._title(part)
            elif part.level:
                self._heading(part)
            self._below(part, self._open[-1])

    def _title(self, part: Part) -> None:
        del self._open[1:]
        words = fold(_plain(part.title))
        if self._titled:
            self._fields.wrong((), part.line, "Er kan maar één kop met één # zijn. Gebruik hier ##.")
        elif self._shape.title and words != fold(self._shape.title):
            self._fields.wrong((), part.line, f"De eerste kop van dit bestand hoort ‘{self._shape.title}’ te zijn.")
        else:
            self._fields.lines[()] = part.line
        self._titled = True

    def _heading(self, part: Part) -> None:
        while self._open[-1].level >= part.level:
            self._open.pop()
        above = self._open[-1]
        if above.place is None and above.section is None:
            if above.words:
                self._fields.wrong(above.path, part.line, above.words)
            self._open.append(_Open(part.level, above.path))
        elif part.level > above.level + 1:
            wanted = "#" * (above.level + 1)
            self._fields.wrong(above.path, part.line, f"Deze kop heeft te veel #-tekens. Gebruik hier {wanted}.")
            self._open.append(_Open(part.level, above.path))
        elif above.section is not None:
            self._item(part, above, {fold(above.section.inner.title or above.section.title): above.section})
        else:
            self._field(part, above)

    def _field(self, part: Part, above: _Open) -> None:
        """A heading below an object: a long text, a group, a section of items or an item."""
        place = above.place
        if place is None:
            return
        known = self._headings(place.shape)
        found = known.get(fold(_plain(part.title)))
        if found is None or (found.kind == "items" and part.level > 2):
            self._item(part, above, known)
        elif not self._fields.begin(place, found, part.line):
            self._open.append(_Open(part.level, above.path))
        else:
            self._begin(part, place, found)

    def _begin(self, part: Part, place: Place, found: Field) -> None:
        path = (*place.path, found.key)
        if found.kind == "multiline":
            raw = "\n".join(self._lines[part.start : part.end]).strip("\n")
            self._fields.text(place, found, part.line, raw)
            words = "In een tekst kan geen kop staan. Zet een \\ voor het eerste #-teken."
            self._open.append(_Open(part.level, path, words=words))
        elif found.kind == "group":
            value: dict[str, Any] = place.value.setdefault(found.key, {})
            self._open.append(_Open(part.level, path, Place(path, value, found.inner)))
        else:
            items: list[Any] = place.value.setdefault(found.key, [])
            self._open.append(_Open(part.level, path, section=found, items=items))

    def _item(self, part: Part, above: _Open, known: dict[str, Field]) -> None:
        """A heading of one item, with or without its number."""
        words = _plain(part.title)
        found, identity = known.get(fold(words)), ""
        numbered = _NUMBERED.fullmatch(words)
        if found is None and numbered:
            found, identity = known.get(fold(numbered[1])), numbered[2]
        if found is None or found.kind != "items" or (above.section is None and part.level == 2):
            self._unknown(part, above, known)
            return
        items, path = above.items, above.path
        if above.place is not None:
            path = (*above.path, found.key)
            items = above.place.value.setdefault(found.key, [])
            above.place.seen.add(found.key)
            self._fields.lines.setdefault(path, part.line)
        if len(items) >= MAX_LIST:
            raise refuse(f"Deze lijst is te lang: hoogstens {MAX_LIST}.", path, part.line)
        value: dict[str, Any] = {"id": identity} if identity else {}
        items.append(value)
        path = (*path, identity or str(len(items)))
        self._fields.lines[path] = part.line
        inside = Place(path, value, found.inner, set(value))
        if not identity:
            self._fields.unnumbered.append(inside)
        self._open.append(_Open(part.level, path, inside))

    def _unknown(self, part: Part, above: _Open, known: dict[str, Field]) -> None:
        words = _plain(part.title)
        message = self._misplaced(above, words) or _bad_number(words, known)
        if not message:
            numbered = _NUMBERED.fullmatch(words)
            bare = numbered[1] if numbered else words
            names = [heading_of(each, known) if part.level > 2 else each.title for each in known.values()]
            message = f"De kop ‘{short(words)}’ hoort hier niet.{perhaps(bare, names) or perhaps(words, names)}"
        self._fields.wrong(above.path, part.line, message)
        self._open.append(_Open(part.level, above.path))

    def _misplaced(self, above: _Open, words: str) -> str:
        """What is wrong with a heading that has a place on the card, only not here."""
        numbered = _NUMBERED.fullmatch(words)
        names = {fold(words), fold(numbered[1] if numbered else words)}
        shape = above.place.shape if above.place else above.section.inner if above.section else self._shape
        if above.place:
            for each in shape:
                if fold(each.title) in names and each.kind not in ("multiline", "group", "items"):
                    return f"‘{each.title}’ is geen kop. Schrijf het als regel: - {each.title}: …"
        for outer in reversed(self._open[:-1]):
            if outer.place and names & self._headings(outer.place.shape).keys():
                return f"Deze kop heeft te veel #-tekens. Gebruik hier {'#' * (outer.level + 1)}."
            if outer.section and fold(outer.section.inner.title) in names:
                return f"Deze kop heeft te veel #-tekens. Gebruik hier {'#' * (outer.level + 1)}."
        inner = [shape] if above.section else [each.inner for each in shape if each.kind in ("group", "items")]
        if any(names & self._headings(each).keys() for each in inner):
            return "Deze kop heeft te weinig #-tekens, of staat op de verkeerde plaats."
        return ""

    def _below(self, part: Part, inside: _Open) -> None:
        """What stands below a heading, apart from a long text."""
        if inside.place is not None:
            for bullet in part.bullets:
                self._fields.bullet(inside.place, bullet)
        elif inside.section is not None and part.bullets:
            title = inside.section.inner.title
            message = f"Zet hier eerst een kop boven, zoals ### {title}."
            self._fields.wrong(inside.path, part.bullets[0].line, message)
        else:
            return
        for line, words in part.stray:
            message = f"Deze tekst hoort bij geen veld: ‘{short(words)}’." if words else "Dit streepje staat te diep."
            self._fields.wrong(inside.path, line, message)

    def _headings(self, shape: Shape) -> dict[str, Field]:
        known = self._known.get(id(shape))
        if known is None:
            known = self._known[id(shape)] = headings(shape)
        return known


def _bad_number(words: str, known: dict[str, Field]) -> str:
    """What is wrong with the number behind a heading whose other words are right."""
    found = known.get(fold(words.rpartition(" ")[0]))
    if found is None or found.kind != "items":
        return ""
    return f"Achter ‘{found.inner.title}’ hoort een nummer zoals {found.prefix}-7k3mq, met kleine letters."


def _plain(title: str) -> str:
    """The words of a heading; bold and a colon at the end are how a person may write it."""
    return unescape(title.strip("*")).rstrip(": ").strip()
