"""Finding places of a card for its pages: what `content` finds, and each list gone through once."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.content import Document, Path
from app.content.items import find
from app.web.views.said import Finder
from tests.cards import small_card


class _Counted(list[Any]):
    """A list that counts how often it is gone through."""

    times = 0

    def __iter__(self) -> Iterator[Any]:
        self.times += 1
        return super().__iter__()


def _card() -> Document:
    rows = [{"id": f"i-{number}", "persoon": "p-2", "antwoord": "ja"} for number in range(40)]
    afspraken = [{"id": f"a-{number}", "tekst": f"Afspraak {number}", "instemming": rows} for number in range(40)]
    return small_card(afspraken=_Counted(afspraken))


@pytest.mark.parametrize(
    "path",
    [
        (),
        ("kaart", "naam"),
        ("afspraken", "a-7"),
        ("afspraken", "a-7", "tekst"),
        ("afspraken", "a-7", "instemming", "i-3", "antwoord"),
        ("afspraken", "a-99", "tekst"),
        ("niets", "a-1"),
        ("kaart", "naam", "x", "y"),
    ],
)
def test_a_finder_finds_what_stands_on_the_card(path: Path) -> None:
    card = _card()
    finder = Finder(card)
    assert finder(path) == finder(path) == find(card, path)


def test_a_list_is_gone_through_once_however_often_it_is_asked() -> None:
    card = _card()
    finder = Finder(card)
    for number in range(40):
        assert finder(("afspraken", f"a-{number}", "tekst")) == f"Afspraak {number}"
    assert card["afspraken"].times == 1
