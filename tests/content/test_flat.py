"""The items of a section as rows for a spreadsheet."""

import csv
import io
from datetime import date
from typing import Any

from app.content import flat
from app.services.spreadsheet import csv_of
from tests.cards import real_type, small_card

SHAPE = real_type().current.shape


def card_with(**fields: Any) -> dict[str, Any]:
    made = small_card()
    made["afspraken"][0] |= fields
    return made


def table(document: dict[str, Any]) -> list[dict[str, str]]:
    (section,) = flat.sections(SHAPE)
    titles, *rows = flat.rows(document, SHAPE, section)
    return [dict(zip(titles, row, strict=True)) for row in rows]


def test_the_section_with_commits_of_its_own_has_a_column_for_each_field() -> None:
    (section,) = flat.sections(SHAPE)
    assert section.key == "afspraken"
    document = small_card()
    titles, *rows = flat.rows(document, SHAPE, section)
    assert titles == [one.title for one in section.inner]
    assert [row[0] for row in rows] == [one["id"] for one in document["afspraken"]]


def test_values_are_said_in_words_names_and_iso_days() -> None:
    document = card_with(termijn="2026-12-01", tekst="Eén\ntwee", instemming=[
        {"id": "in-1", "persoon": "p-1", "antwoord": "akkoord", "datum": "2026-11-20"},
    ])  # fmt: skip
    document["afspraken"][0]["wie"] = ["p-1", "weg"]
    row = table(document)[0]
    person = document["personen"][0]["naam"]
    assert date.fromisoformat(row["Uiterlijk"]) == date(2026, 12, 1)
    assert row["Wat is de afspraak?"] == "Eén\ntwee"
    assert row["Wie doet dit?"] == f"{person}, weg"
    assert person in row["Instemming"]
    assert "2026-11-20" in row["Instemming"]
    assert "in-1" not in row["Instemming"]
    assert row["Vervangen door"] == ""


HOSTILE = [
    "=1+1", "+31 6", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "  \t=1", '"=1', "'=1", ' "\' =1',
    "\N{NO-BREAK SPACE}=1", "\N{ZERO WIDTH NO-BREAK SPACE}=1", "\N{FULLWIDTH EQUALS SIGN}1", '=HYPERLINK("http://x";"y")',
]  # fmt: skip
HARMLESS = ["'t Huis", "a=b", 'zij zei "ja"', "1-2", "een; twee", "e-mail"]


def test_no_cell_is_a_formula() -> None:
    for text in (*HOSTILE, *HARMLESS):
        (section,) = flat.sections(SHAPE)
        data = csv_of(flat.rows(card_with(tekst=text), SHAPE, section)).decode("utf-8-sig")
        titles, row, *_ = csv.reader(io.StringIO(data, newline=""), delimiter=";")
        told = row[titles.index("Wat is de afspraak?")]
        assert told == (text if text in HARMLESS else f"'{text}")
