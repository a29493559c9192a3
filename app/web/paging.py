"""Long lists in pages; the page is part of the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

_MOST_PAGES = 100_000


@dataclass(frozen=True)
class Paging:
    """Where in a long list a page is.

    Attributes:
        number: this page, from 1.
        total: how many there are in all.
        size: how many on a page.
        address: the address without a query.
        state: the rest of the query.
    """

    number: int
    total: int
    size: int
    address: str
    state: Mapping[str, str | list[str]]

    @property
    def count(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The place in the whole of the first one on this page, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        """The place in the whole of the last one on this page."""
        return min(self.number * self.size, self.total)

    def url(self, number: int) -> str:
        """The address of a page."""
        query = dict(self.state) | ({"pagina": str(number)} if number > 1 else {})
        return self.address + ("?" + urlencode(query, doseq=True) if query else "")


def page_number() -> int:
    """The page that the address asks for; the first where it asks for nonsense."""
    text = request.args.get("pagina", "1")
    return min(max(1, int(text)), _MOST_PAGES) if text.isascii() and text.isdigit() and len(text) < 10 else 1
