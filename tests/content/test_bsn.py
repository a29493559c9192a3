"""What may be a BSN goes to nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.content.bsn import LEFT_OUT, is_bsn, without_bsn, without_bsns

BSN, NO_BSN = "111222333", "111222334"


@pytest.mark.parametrize(
    "text",
    [
        BSN,
        f"Haar nummer is {BSN}.",
        "111.222.333",
        "111 222 333",
        "1112.22.333",
        "111-222-333",
        f"(BSN{BSN})",
        f"BSN: {BSN},",
    ],
)
def test_a_number_that_can_be_a_bsn_is_left_out_however_it_is_written(text: str) -> None:
    left = without_bsn(text)
    assert LEFT_OUT in left
    assert "222" not in left


@pytest.mark.parametrize("text", [f"BSN {NO_BSN}", "bsn is 11122233", "burgerservicenummer: 111 222 334"])
def test_what_is_called_a_bsn_is_left_out_also_with_a_slip_of_the_pen(text: str) -> None:
    assert "222" not in without_bsn(text)


@pytest.mark.parametrize(
    "text",
    [
        NO_BSN,
        "Bel 0111222333",
        "2026-11-28",
        "op 2026-11-28 om 12.30",
        f"a{BSN}b",
        "€ 111.222.333,00",
        "6b6f0c1e-51a5-4f0e-9d3e-0c8f7a1b2c3d",
        "000000000",
        f"{BSN}{BSN}",
    ],
)
def test_another_number_stays(text: str) -> None:
    assert without_bsn(text) == text


def test_every_text_of_a_value_is_looked_at_and_one_without_is_the_same_value() -> None:
    held = {"a": [{"b": f"nr {BSN}"}], "c": True, "d": "x"}
    assert without_bsns(held) == {"a": [{"b": f"nr {LEFT_OUT}"}], "c": True, "d": "x"}
    clean = {"a": [{"b": "x"}]}
    assert without_bsns(clean) is clean


@given(st.text(alphabet="0123456789. -bsn:a", max_size=60))
def test_nothing_is_left_to_leave_out(text: str) -> None:
    once = without_bsn(text)
    assert without_bsn(once) == once


@given(st.integers(1, 999_999_99))
def test_one_digit_in_eleven_makes_a_bsn(first: int) -> None:
    assert sum(is_bsn(f"{first:08d}{last}") for last in range(10)) <= 1
