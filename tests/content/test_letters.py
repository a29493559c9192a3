"""The letters that go with a package are what their schemas say, and nothing else."""

import json
from typing import Any

import pytest

from app.content.letters import HANDOVER, MOST_BYTES, RECEIPT, Letters, NoLetter
from app.content.shape import SchemaError
from tests.cards import real_type

LETTERS = real_type().letters
SIDE = {"installatie": f"i-{'a' * 20}", "naam": "Gemeente Voorbeeld"}
LETTER: dict[str, Any] = {
    "versie": 1,
    "soort": "overdracht",
    "id": "3kq8",
    "kaart": "6b6f0c1e-51a5-4f0e-9d3e-0c8f7a1b2c3d",
    "schema": "veiligheidskaart/1",
    "revisie": "1" * 40,
    "moment": "2026-11-28T10:00:00+01:00",
    "van": {**SIDE, "door": "Ans Aal (CJG)"},
    "aan": {**SIDE, "installatie": f"i-{'b' * 20}"},
    "tekst": "Dit gezin verhuist.",
    "grondslag": "Toestemming",
    "geinformeerd": True,
    "weggelaten": [],
    "bewaren": {"termijn": "Jeugdwet", "tot": "2046-11-28"},
}
RECEIVED = {
    "versie": 1,
    "id": "3kq8",
    "kaart": LETTER["kaart"],
    "pakket": "2" * 64,
    "moment": LETTER["moment"],
    "van": SIDE["installatie"],
    "aan": f"i-{'b' * 20}",
    "uitkomst": "aangenomen",
    "door": "Bo Bos",
    "revisie": "1" * 40,
    "bekend": [{"uw": "1" * 40, "hier": "2" * 40}],
}


@pytest.mark.parametrize(("kind", "letter"), [(HANDOVER, LETTER), (RECEIPT, RECEIVED)])
def test_what_is_written_is_read_back_without_what_is_empty(kind: str, letter: dict[str, Any]) -> None:
    assert (
        LETTERS.read(kind, LETTERS.write(kind, {**letter, "regioschema" if kind == HANDOVER else "reden": ""}))
        == letter
    )


@pytest.mark.parametrize(
    "spoil",
    [
        {"versie": 2},
        {"kaart": "../../etc"},
        {"revisie": "HEAD"},
        {"moment": "gisteren"},
        {"tekst": "a\u202eb"},
        {"weggelaten": ["alles"]},
        {"nog": "iets"},
        {"geinformeerd": "ja"},
        {"bekend": [{"uw": "1" * 40}]},
    ],
)
def test_a_letter_that_the_schema_does_not_allow_is_none(spoil: dict[str, Any]) -> None:
    with pytest.raises(NoLetter):
        LETTERS.write(HANDOVER, {**LETTER, **spoil})
    with pytest.raises(NoLetter):
        LETTERS.read(HANDOVER, json.dumps({**LETTER, **spoil}).encode())


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{" * 100_000, b'{"versie": 1, "versie": 1}', b"\xff", b" " * (MOST_BYTES + 1)]
)
def test_other_bytes_are_no_letter(data: bytes) -> None:
    with pytest.raises(NoLetter):
        LETTERS.read(RECEIPT, data)


def test_of_a_kind_without_a_schema_no_letter_is_read_and_a_schema_that_is_none_is_said() -> None:
    with pytest.raises(NoLetter):
        Letters({}).read(HANDOVER, json.dumps(LETTER).encode())
    with pytest.raises(SchemaError, match="overdracht-1"):
        Letters({HANDOVER: {"type": 7}})


def test_there_are_words_for_each_reason_to_leave_something_out() -> None:
    kinds = LETTERS.schemas[HANDOVER]["properties"]["weggelaten"]["items"]["enum"]
    assert list(LETTERS.labels(HANDOVER, "weggelaten")) == kinds
