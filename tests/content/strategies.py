"""Hypothesis strategies for cards: valid documents in normal form, drawn from the schema itself.

`cards()` draws a card, `edits(card)` a valid edited copy of it, `texts()` and `lines()` the texts that break
written forms; `examples(n)` says how often to try.

The type `KAARTEN` is the released one with a region that is installed only here, whose fields have
every kind that the schema knows; a card may also name a region that is not installed at all.
"""

import json
from copy import deepcopy
from datetime import date
from functools import cache
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from app.content import HEAD, Document
from app.content.card_type import CardType, Edition
from app.content.clean import clean_text
from app.content.items import used_by
from app.content.shape import SINGULAR, Field, Shape
from tests.cards import SCHEMAS

VERSION = "veiligheidskaart/1"
REGION = f"{VERSION}.proef"
FOREIGN = f"{VERSION}.elders"


def _text(title: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "title": title, **more}


def _list(title: str, items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "title": title, "items": items, **more}


def _object(title: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "type": "object", "additionalProperties": False, "properties": properties}


_NESTED = _object(
    "Toets",
    {
        "id": _text("Nummer", pattern="^[a-z][a-z0-9-]{0,39}$"),
        "uitkomst": _text("Uitkomst", **{"x-multiline": True}),
        "kosten": {"type": "integer", "title": "Kosten"},
    },
) | {"required": ["id"]}
_FIELDS = {
    "proef_regels": _list("Regels", {"type": "string", "minLength": 1}),
    "proef_groep": _object(
        "Groep van de regio",
        {
            "kort": _text("1. Kort?"),
            "lang": _text("Toets van", **{"x-multiline": True}),
            "aantal": {"type": "integer", "title": "# Aantal_", "minimum": -5, "maximum": 999},
            "jaNee": {"type": "boolean", "title": "Ja of nee?"},
        },
    ),
    "proef_toets": _list("Toetsen", _NESTED, **{"x-title": ["uitkomst"]}),
    "proef_oordeel": _list("Oordelen", _NESTED | {"title": "Toetsen"}, **{"x-title": ["kosten"]}),
}
_REGION_FILE = {
    "properties": {
        "kaart": {"properties": {"proef_code": _text("Code [regio]"), "proef_dag": _text("Dag", format="date")}},
        "afspraken": {"items": {"properties": _FIELDS}},
        "proef_woord": _text("Woord"),
        "proef_verhaal": _text("Verhaal #", **{"x-multiline": True}),
    }
}


def _files() -> dict[str, Any]:
    folder = SCHEMAS / "veiligheidskaart"
    return {file.name: json.loads(file.read_text()) for file in folder.glob("*.json")}


KAARTEN = CardType("veiligheidskaart", {**_files(), "1.proef.json": _REGION_FILE})

NASTY = (
    "## Afspraken", "- Status: Loopt", "### Afspraak a-7k3mq", "#### Wat is de afspraak?", "# Veiligheidskaart",
    "# kop", "#", "#geen kop", "kop #", "- streep", "* ster", "+ plus", "-", "- ", "*", "1. een", "2) twee", "12.",
    "---", "- - -", "***", "___", "===", "=", "| a | b |", "|---|---|", ":-- | --:", "> citaat", "```", "~~~ x",
    "`code`", "foto`s", "``", "*nadruk*", "**vet**", "a_b", "_x_", "__x__", "naam: ______", "5 * 3", "~5 dagen~",
    "~~door~~", "[link](http://x)", "![beeld](x)", "[x]: /url", "[x]", "[ ] vakje", "[^1]: voet", "<b>vet</b>",
    "<!-- weg", "-->", "<script>", "</div>", "<?php", "<a@b.nl>", "<3@b.nl>", "<https://x.nl>", "5 < 6 > 4", "&amp;",
    "&nbsp;", "&#10;", "&#32;", "&#x41;", "10 % & meer", "\\", "\\\\", "\\*", "C:\\temp", "einde\\", "\\\n", "    diep",
    "\t", "\ttab", "  twee", "\n", "\n\n", "\n\n\n", "012345672", "007", "-5", "1e5", "NO", "no", "null", "true",
    "Ja", "12:30", "2026-12-01", "1 december 2026", "5-10", "€ 5", "dr. Jansen", "e\u0301", "\u0338", "é", "👩‍👧‍👦",
    "שלום", "مرحبا", "\u200b", "\ufeff", "\u00a0", "\u2003x", "\u2028", "\u3000", "wie: ik", "`x`: 1", "{\"a\": 1}",
    "(p-1)", "Oma (p-1)", "p-1", "\"", "'", "%%", "$x$", "@iemand", "ﬁ", "ǅ", "ß", "İ",
)  # fmt: skip
"""Pieces of text that some written form takes for something else."""

_FREE = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc"),
        exclude_characters="\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    )
    | st.sampled_from(r"\`*_{}[]()#+-.!<>&|~:=0123456789 aA" + "\n\t"),
    max_size=12,
)
_PIECES = st.lists(st.sampled_from(NASTY), min_size=1, max_size=4)
_JOINTS = st.sampled_from(["\n", " ", "", "\n\n", "\n    ", "\n\n\t"])
_IDS = ("a", "van", "afspraak", "p-1", "x-", "o--9", "nummer", "id", "z" * 40)
_NAMES = ("Oma Riet", "Oma", "Sanne Bakker", "Oma Riet (p-1)", "p-1", "van", "Jan_", "1. Jan", "# Jan", "Jan\\")


def examples(number: int) -> settings:
    """A quarter of so many examples of a law, and ten times as many in the long runs of `make deep`."""
    return settings(max_examples=number * 10 if settings.get_current_profile_name() == "deep" else (number + 3) // 4)


def normal(text: str) -> str:
    """The text in normal form, and something where nothing would be left."""
    return clean_text(text) or "x"


def texts() -> st.SearchStrategy[str]:
    """Texts of several lines, in normal form."""
    joined = st.builds(lambda joint, pieces: joint.join(pieces), _JOINTS, _PIECES)
    return st.one_of(st.sampled_from(NASTY), joined, _FREE).map(normal)


def lines() -> st.SearchStrategy[str]:
    """Texts of one line, in normal form."""
    return texts().map(lambda text: normal(text.replace("\n", " ")))


def _values() -> st.SearchStrategy[Any]:
    """What a field of a foreign region may hold: anything, only not empty."""
    deep = [{"a": [1, "`x`"]}, ["*", {"b": "NO"}], {"k_": {"diep": [True]}}, 0, False, -12]
    return st.sampled_from(deep) | texts()


_KEYS = st.sampled_from(["elders_code", "elders_a`b", "elders_a: b *c*", 'elders_"', "elders_a\nb", "elders_é"])


_GIVEN = ("id", "schema", "regioschema")
"""What the head of a card holds by its nature, not by a drawing."""


class _Maker:
    """Draws the parts of one card, knowing the ids that references may hold."""

    def __init__(self, draw: st.DrawFn, edition: Edition, ids: dict[str, list[str]]) -> None:
        self.draw = draw
        self.edition = edition
        self.ids = ids

    def object(self, shape: Shape, needed: frozenset[str] = frozenset()) -> Document:
        """An object with the fields it must have and some of the others."""
        chosen = self.draw(st.integers(0, 2 ** (len(shape.fields) + 1) - 1))
        result: Document = {}
        for position, field in enumerate(shape):
            wanted = chosen >> (position + 1) & 1 or field.required or field.key in needed
            if wanted and field.key != "id" and self.can_hold(field):
                result[field.key] = self.value(field)
        if chosen & 1 and self.edition.region == FOREIGN:
            result[self.draw(_KEYS)] = self.draw(_values())
        return result

    def can_hold(self, field: Field) -> bool:
        """Whether the card has what the field, or a field it must have within, points at."""
        if field.refers_to:
            return bool(self.targets(field))
        if field.kind == "items":
            return all(self.can_hold(inner) for inner in field.inner if inner.required)
        return True

    def targets(self, field: Field) -> list[str]:
        return [identity for key in field.refers_to for identity in self.ids.get(key, ())]

    def value(self, field: Field) -> Any:
        """A value that the field may hold."""
        if field.kind == "items":
            return self.items(field)
        if field.kind == "group":
            return self.object(field.inner) or {next(iter(field.inner.fields)): "x"}
        if field.kind in SINGULAR:
            single = self.single(field, SINGULAR[field.kind])
            return self.draw(st.lists(single, min_size=1, max_size=2, unique=True))
        return self.draw(self.single(field, field.kind))

    def single(self, field: Field, kind: str) -> st.SearchStrategy[Any]:
        """The strategy for one plain value."""
        if kind == "reference":
            return st.sampled_from(self.targets(field))
        if kind == "choice":
            return st.sampled_from(list(field.labels))
        if kind == "date":
            return _dates()
        if kind == "integer":
            least = -999_999 if field.minimum is None else field.minimum
            return st.integers(least, 999_999 if field.maximum is None else field.maximum)
        if kind == "boolean":
            return st.booleans()
        if kind == "multiline":
            return _texts()
        if field.key in ("naam", "organisatie"):
            return _names()
        return _lines()

    def items(self, field: Field) -> list[Document]:
        """One or two items of a list within an item."""
        ids = self.draw(st.lists(_fresh(field.prefix), min_size=1, max_size=2, unique=True))
        return [{"id": identity, **self.object(field.inner)} for identity in ids]

    def item(self, section: Field, identity: str) -> Document:
        """One item of a section."""
        return {"id": identity, **self.object(section.inner, self.needed(section))}

    def needed(self, section: Field) -> frozenset[str]:
        """One of the fields of which the schema wants at least one."""
        options = self.edition.schema["properties"][section.key]["items"].get("anyOf", [])
        return frozenset(self.draw(st.sampled_from(options))["required"]) if options else frozenset()


@cache
def _texts() -> st.SearchStrategy[str]:
    return texts()


@cache
def _lines() -> st.SearchStrategy[str]:
    return lines()


@cache
def _names() -> st.SearchStrategy[str]:
    return st.sampled_from(_NAMES) | lines()


@cache
def _dates() -> st.SearchStrategy[str]:
    first, last = date.min.toordinal(), date.max.toordinal()
    usual = date(2020, 1, 1).toordinal()
    days = st.integers(usual, usual + 4000) | st.sampled_from([first, last])
    return days.map(lambda day: date.fromordinal(day).isoformat())


@cache
def _fresh(prefix: str) -> st.SearchStrategy[str]:
    return st.integers(0, 9999).map(lambda number: f"{prefix}-{number}") | st.sampled_from(_IDS)


def _sections(edition: Edition) -> list[Field]:
    return [field for field in edition.shape if field.kind == "items"]


@st.composite
def cards(draw: st.DrawFn) -> Document:
    """Valid cards in normal form, of any edition that `KAARTEN` can read."""
    region = draw(st.sampled_from([None, REGION, FOREIGN]))
    edition = KAARTEN.edition(VERSION, region)
    chosen = draw(st.integers(0, 4 ** len(_sections(edition)) - 1))
    taken: set[str] = set()
    ids: dict[str, list[str]] = {}
    for position, section in enumerate(_sections(edition)):
        count = max((chosen >> 2 * position & 3) - 1, 1 if section.required else 0)
        unused = _fresh(section.prefix).filter(lambda identity: identity not in taken)
        for _ in range(count):
            ids.setdefault(section.key, []).append(draw(unused))
            taken.add(ids[section.key][-1])
    maker = _Maker(draw, edition, ids)
    document = maker.object(
        Shape(
            "", "", {key: held for key, held in edition.shape.fields.items() if key not in ids and held.kind != "items"}
        )
    )
    document[HEAD] = _without_names(document[HEAD]) | _head(draw, edition)
    for key, identities in ids.items():
        document[key] = [maker.item(edition.shape[key], identity) for identity in identities]
    return document


def _without_names(head: Document) -> Document:
    return {key: held for key, held in head.items() if key not in _GIVEN}


def _head(draw: st.DrawFn, edition: Edition) -> Document:
    head = {"id": str(draw(st.uuids())), "schema": edition.name}
    return {**head, "regioschema": edition.region} if edition.region else head


@st.composite
def edits(draw: st.DrawFn, card: Document) -> Document:
    """Valid edited copies of a card: fields and items added, changed, removed and moved; perhaps none."""
    edited = deepcopy(card)
    edition = KAARTEN.edition_of(card)
    for _ in range(draw(st.integers(1, 4))):
        section = draw(st.sampled_from(_sections(edition)))
        draw(st.sampled_from([_change, _change, _add, _remove, _move]))(draw, edited, section)
        if draw(st.booleans()):
            _change_head(draw, edited)
    return edited


def _maker(draw: st.DrawFn, card: Document) -> _Maker:
    edition = KAARTEN.edition_of(card)
    ids = {section.key: [item["id"] for item in card.get(section.key, ())] for section in _sections(edition)}
    return _Maker(draw, edition, ids)


def _change(draw: st.DrawFn, card: Document, section: Field) -> None:
    """Give one item other fields; what it must have stays."""
    if section.key in card:
        item = draw(st.sampled_from(card[section.key]))
        maker = _maker(draw, card)
        field = draw(st.sampled_from([each for each in section.inner if each.key != "id"]))
        optional = not field.required and field.key not in ("termijn", "frequentie")
        if field.key in item and optional and draw(st.booleans()):
            del item[field.key]
        elif maker.can_hold(field):
            item[field.key] = maker.value(field)


def _change_head(draw: st.DrawFn, card: Document) -> None:
    maker = _maker(draw, card)
    fields = [each for each in maker.edition.shape[HEAD].inner if each.key not in _GIVEN]
    field = draw(st.sampled_from(fields))
    card[HEAD][field.key] = maker.value(field)


def _add(draw: st.DrawFn, card: Document, section: Field) -> None:
    maker = _maker(draw, card)
    taken = {identity for ids in maker.ids.values() for identity in ids}
    identity = draw(_fresh(section.prefix).filter(lambda each: each not in taken))
    items = card.setdefault(section.key, [])
    items.insert(draw(st.integers(0, len(items))), maker.item(section, identity))


def _remove(draw: st.DrawFn, card: Document, section: Field) -> None:
    shape = KAARTEN.edition_of(card).shape
    items = card.get(section.key, [])
    free = [item for item in items if not used_by(card, shape, item["id"])]
    if free and (len(items) > 1 or not section.required):
        items.remove(draw(st.sampled_from(free)))
        if not items:
            del card[section.key]


def _move(draw: st.DrawFn, card: Document, section: Field) -> None:
    items = card.get(section.key, [])
    if len(items) > 1:
        items.insert(draw(st.integers(0, len(items) - 1)), items.pop(draw(st.integers(0, len(items) - 1))))
