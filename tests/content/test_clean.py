import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.content.clean import MAX_BYTES, MAX_LIST, clean, clean_text, parse_json
from app.content.problems import InvalidCard

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)


def said(data: bytes) -> str:
    with pytest.raises(InvalidCard) as caught:
        parse_json(data)
    return str(caught.value)


def test_empty_means_absent() -> None:
    assert clean({"a": "", "b": [], "c": {}, "d": None, "e": [{"x": ""}], "f": "  ", "g": 0, "h": False}) == {
        "g": 0,
        "h": False,
    }


def test_a_text_loses_outer_blanks_and_blanks_at_line_ends_only() -> None:
    assert clean_text("\n  een  \r\n   twee\t\n\n\ndrie  ") == "een\n   twee\n\n\ndrie"


def test_a_text_is_kept_in_nfc() -> None:
    assert clean_text("ge\u0301e\u0301n") == "géén"


@given(TEXTS)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    try:
        once = clean_text(text)
    except InvalidCard:
        return
    assert clean_text(once) == once


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x85", "\ud800", "\u202e", "\u2066", "\u200f", "\u061c"])
def test_a_sign_that_hides_or_turns_text_is_refused_by_its_number(sign: str) -> None:
    with pytest.raises(InvalidCard, match=f"U\\+{ord(sign):04X}"):
        clean({"kaart": {"naam": f"Gezin{sign}"}})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"a": 1, "a": 2}', "twee keer"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1.5}', "komma"),
        (b'{"a": 1e400}', "komma"),
        (b'{"a": ' + b"9" * 100_000 + b"}", "te lang getal"),
        (b"[" * 200_000, "te diep"),
        (b'{"a":' * 11 + b"1" + b"}" * 11, "te diep"),
        (b"[]", "object"),
        (b'"tekst"', "object"),
        (b'{"a": "\\ud800"}', "U+D800"),
        (b'{"a": "\\u0000"}', "U+0000"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"a": 1,\n\n "b" 2}', "Regel 3"),
        (b"", "geldige JSON"),
        (b'{"a": "' + b"x" * MAX_BYTES + b'"}', "te groot"),
        (json.dumps({"a": ["x"] * (MAX_LIST + 1)}).encode(), "te lang"),
        (json.dumps({"x" * 101: 1}).encode(), "te lang of heeft vreemde tekens"),
    ],
)
def test_a_hostile_file_gets_one_clear_sentence(data: bytes, words: str) -> None:
    assert words in said(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_document_or_a_refusal(data: bytes) -> None:
    with suppress(InvalidCard):
        assert isinstance(parse_json(data), dict)


def test_a_byte_order_mark_is_no_fault() -> None:
    assert parse_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
