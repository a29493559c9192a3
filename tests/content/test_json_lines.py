"""The lines of a JSON text."""

import json

from hypothesis import given
from hypothesis import strategies as st

from app.content import Document
from app.content.items import find
from app.content.json_form import to_json
from app.content.json_lines import json_lines
from tests.content.strategies import KAARTEN, cards, examples


@given(cards())
@examples(60)
def test_every_field_stands_on_the_line_that_is_told(card: Document) -> None:
    text = to_json(card, KAARTEN.edition_of(card).shape).decode()
    lines = text.split("\n")
    found = json_lines(text)
    assert {(key,) for key in card} <= found.keys()
    for path, number in found.items():
        line = lines[number - 1].strip()
        held = find(card, path)
        if isinstance(held, dict) and held.get("id") == path[-1]:
            assert line == "{"
        elif held is not None:
            assert line.startswith(json.dumps(path[-1], ensure_ascii=False) + ": ")


@given(cards())
@examples(30)
def test_one_line_is_enough(card: Document) -> None:
    assert set(json_lines(json.dumps(card)).values()) == {1}


@given(st.text(st.sampled_from('{}[]",:\\ \n1ad'), max_size=30))
@examples(200)
def test_any_text_is_survived(text: str) -> None:
    assert all(1 <= number <= text.count("\n") + 1 for number in json_lines(text).values())


def test_a_very_deep_text_is_survived() -> None:
    assert json_lines('{"a":' * 100_000) == {}
