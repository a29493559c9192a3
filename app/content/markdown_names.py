"""What headings and references are called in the Markdown form; one place for writing and reading."""

import re
from itertools import islice

from app.content import Document
from app.content.items import Namer, index
from app.content.shape import Field, Shape

IDENTITY = r"[a-z][a-z0-9-]{0,39}"
_MOST_CHOICES = 100
_IDENTITY = re.compile(IDENTITY)


def fold(text: str) -> str:
    """Text as names are compared: without regard to capitals and the number of spaces."""
    return " ".join(text.split()).casefold()


def _parted(text: str) -> tuple[str, str]:
    """The name before a number in brackets at the end, and that number; or the text whole, and nothing."""
    name, bracket, rest = text.rpartition("(")
    if bracket and rest.endswith(")") and _IDENTITY.fullmatch(rest[:-1]):
        return name.rstrip(), rest[:-1]
    return text, ""


def headings(shape: Shape) -> dict[str, Field]:
    """The headings that may stand under an object, by their folded words: long texts, groups and items.

    The items of a list are called by the title of one item (``Instemming van``), unless a neighbour is called
    so too; then by the title of the list, which is unique.
    """
    fields = [field for field in shape if field.kind in ("multiline", "group", "items")]
    taken = {fold(field.title): field for field in fields}
    for field in fields:
        word = fold(field.inner.title) if field.kind == "items" else ""
        if word:
            taken.setdefault(word, field)
    return taken


def heading_of(field: Field, among: dict[str, Field]) -> str:
    """The words of a field's heading, out of those of `headings`."""
    if field.kind == "items" and field.inner.title and among.get(fold(field.inner.title)) is field:
        return field.inner.title
    return field.title


class References:
    """Says the items of one card as references, and finds the item that a written reference means.

    A reference is the name of the item with its number. An item that is called by a long text, such as an
    afspraak, is written as its number alone: its words may change, and then only its own lines may.
    """

    def __init__(self, document: Document, shape: Shape) -> None:
        """For a card; items that have no number yet are known by name, but nothing can refer to them."""
        self._shape = shape
        numbered = {
            section.key: [item for item in document.get(section.key, ()) if "id" in item]
            for section in shape
            if section.kind == "items"
        }
        self._document = document
        self._namer = Namer(numbered, shape)
        self._items = index(numbered, shape)
        self._written: dict[str, str] = {}
        self._by_name: dict[str, list[str]] | None = None
        self._without_number: set[tuple[str, str]] | None = None

    def write(self, identity: str) -> str:
        """The reference to an item, such as ``Oma Riet (n-k2k2k)`` or ``a-7k3mq``."""
        if identity not in self._written:
            known = self._items.get(identity)
            name = self._namer.item(identity) if known and self._is_steady(known[0]) else identity
            self._written[identity] = identity if name == identity else f"{name} ({identity})"
        return self._written[identity]

    def split(self, text: str) -> tuple[str, str | None]:
        """A written reference as its name and its number; no number where the card has no such item."""
        name, identity = _parted(text)
        if identity in self._items:
            return name, identity
        return ("", text) if text in self._items else (text, None)

    def named(self, text: str, field: Field) -> list[str]:
        """The numbers of the items of that name that the field may refer to."""
        if self._by_name is None:
            self._by_name = {}
            for identity in self._items:
                for name in self._names(identity):
                    self._by_name.setdefault(name, []).append(identity)
        found = self._by_name.get(fold(text), [])
        return [identity for identity in found if self._items[identity][0] in field.refers_to]

    def contradiction(self, text: str, field: Field) -> str | None:
        """The other item that a reference names while it holds the number of this one, if there is one."""
        name, identity = self.split(text)
        if identity is None or self.write(identity) == text:
            return None
        if not name:  # one word, which is a number: but might it be a name?
            others = self.named(text, field) if self._is_steady(self._items[identity][0]) else []
        else:
            others = [] if fold(name) in self._names(identity) else self.named(name, field)
        return next((other for other in others if other != identity), None)

    def choices(self, field: Field) -> list[str]:
        """The names of items that the field may refer to, for a suggestion; enough of them."""
        fitting = (identity for identity, (key, _) in self._items.items() if key in field.refers_to)
        return [self._namer.item(identity) for identity in islice(fitting, _MOST_CHOICES)]

    @staticmethod
    def bare(text: str) -> str:
        """The name in a written reference whose number is not on the card."""
        return _parted(text)[0]

    def is_unnumbered(self, text: str, field: Field) -> bool:
        """Whether the field may refer to an item of that name, which has no number yet."""
        if self._without_number is None:
            self._without_number = {
                (section.key, name)
                for section in self._shape
                if section.kind == "items"
                for item in self._document.get(section.key, ())
                if "id" not in item
                for name in _aliases(self._namer, section, {**item, "id": ""})
            }
        name = fold(self.bare(text))
        return any((key, name) in self._without_number for key in field.refers_to)

    def _is_steady(self, key: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether the items of a section keep their name when a long text changes."""
        section = self._shape[key]
        parts = [section.inner[part] for part in section.item_title]
        return key not in seen and all(
            part.kind != "multiline" and all(self._is_steady(to, seen | {key}) for to in part.refers_to)
            for part in parts
        )

    def _names(self, identity: str) -> set[str]:
        key, item = self._items[identity]
        return _aliases(self._namer, self._shape[key], item)


def _aliases(namer: Namer, section: Field, item: dict[str, object]) -> set[str]:
    """What a person may call an item: its whole name, its short name, and the first part alone."""
    names = {namer.title(section, item, 1_000_000), namer.title(section, item)}
    first = section.item_title[:1]
    if first and first[0] in item:
        names.add(namer.value(section.inner[first[0]], item[first[0]]))
    return {fold(name) for name in names} - {""}
