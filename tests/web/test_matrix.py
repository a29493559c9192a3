"""Every route × method, asked by every kind of person: each answer is as the table says, and no route is missing."""

import re
import statistics
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.services import rights
from app.web import doors
from tests.web.matrix import COLUMNS, FILE, Ground, read_table, routes, routes_of, wrong_cells

ROWS = read_table(FILE.read_text("utf-8"))
WITHOUT_PART = ["no-part", "withdrawn", "not-yet", "expired", "beheerder", "beheerder+", "auditor", "auditor+"]
_TOKEN = re.compile(r'name="_csrf" value="[^"]*"')
NO_CARD = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("column", COLUMNS)
def test_every_cell_is_answered_as_the_table_says(tmp_path: Path, column: str) -> None:
    asked: list[None] = []
    wrong = list(wrong_cells(Ground(tmp_path, column), column, ROWS, lambda: asked.append(None)))
    assert wrong == []
    assert len(asked) == len(ROWS)
    print(f"{column}: {len(asked)} cells, {len(asked) * len(COLUMNS)} in all")  # noqa: T201 - shown with -s


def test_every_route_and_method_has_a_row_and_one_without_is_found(tmp_path: Path) -> None:
    ground = Ground(tmp_path, "no-part")
    assert routes(ground.app) == routes_of(ground, ROWS)
    without = [row for row in ROWS if row.address != "/klad"]
    assert routes(ground.app) - routes_of(ground, without) == {("GET", "/klad")}


def test_a_planted_route_is_missed_in_the_table(tmp_path: Path) -> None:
    ground = Ground(tmp_path, "nobody")
    planted = type(ground.app)("app.web")
    planted.add_url_rule("/geheim", "geplant", doors.needs(rights.LIST)(lambda: ""))
    assert ("GET", "/geheim") in routes(planted) - routes_of(ground, ROWS)


def test_a_planted_wrong_cell_is_found(tmp_path: Path) -> None:
    wrong = [
        replace(row, expected={**row.expected, "meelezer": 200})
        if (row.method, row.address) == ("GET", "{kaart}/tekst")
        else row
        for row in ROWS
    ]
    found = list(wrong_cells(Ground(tmp_path, "meelezer"), "meelezer", wrong, lambda: None))
    assert found == ["meelezer: GET {kaart}/tekst: 403, not 200"]


@pytest.mark.parametrize("column", WITHOUT_PART)
def test_a_card_in_which_one_has_no_part_is_told_as_one_that_is_not_there(tmp_path: Path, column: str) -> None:
    ground = Ground(tmp_path, column)
    for row in ROWS:
        if row.method == "GET" and "{kaart}" in row.address:
            hidden, gone = ground.ask(row), ground.ask(row, NO_CARD)
            assert hidden.status == gone.status == 404
            told, other = (_TOKEN.sub("", page.source.replace(ground.kaart, NO_CARD)) for page in (hidden, gone))
            assert told == other, row.address
            assert set(hidden.response.headers.keys()) == set(gone.response.headers.keys())


def test_a_hidden_card_takes_no_longer_than_one_that_is_not_there(tmp_path: Path) -> None:
    ground = Ground(tmp_path, "no-part")
    row = next(row for row in ROWS if row.address == "{kaart}")

    def median(kaart: str) -> float:
        times = []
        for _ in range(41):
            begin = time.perf_counter()
            ground.ask(row, kaart)
            times.append(time.perf_counter() - begin)
        return statistics.median(times)

    ratios = [median("") / median(NO_CARD) for _ in range(3)]
    print(f"hidden / not there: {min(ratios):.2f}–{max(ratios):.2f}")  # noqa: T201 - shown with -s
    assert 0.4 < statistics.median(ratios) < 2.5
