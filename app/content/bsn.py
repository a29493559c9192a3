"""Numbers that may be a citizen service number (BSN), and texts without them."""

import re
from collections.abc import Mapping
from typing import Any

LEFT_OUT = "[nummer weggelaten]"
"""What stands in the place of such a number."""
_NINE = r"\d{9}|\d{3}([ .-])\d{3}\1\d{3}|\d{4}([ .-])\d{2}\2\d{3}"
_BETWEEN = r"(?<![0-9A-Za-z])(?<!\d[.,-]){}(?![0-9A-Za-z])(?![.,-]\d)"
_NUMBER = re.compile(_BETWEEN.format(f"(?:{_NINE})"))
_NAMED = re.compile(
    r"(?i)((?<![a-z])(?:bsn|burgerservicenummer|sofi-?nummer)\W{0,4}(?:is|:|=)?\W{0,3})(\d[\d .-]{6,12}\d)"
)
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def is_bsn(digits: str) -> bool:
    """Whether nine digits can be a BSN: by the elfproef of the Logisch Ontwerp BSN (weights 9 to 2 and -1)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return int(digits) > 0 and total % 11 == 0


def without_bsn(text: str) -> str:
    """A text with `LEFT_OUT` for each number that can be a BSN, and for each that is called one, right or wrong."""
    named = _NAMED.sub(lambda found: found[1] + LEFT_OUT, text)
    return _NUMBER.sub(lambda found: LEFT_OUT if is_bsn(re.sub(r"\D", "", found[0])) else found[0], named)


def without_bsns(value: Any) -> Any:
    """A value of texts, lists and objects likewise; the very same one where it holds none."""
    if isinstance(value, str):
        found = without_bsn(value)
        return value if found == value else found
    if isinstance(value, list):
        inner = [without_bsns(one) for one in value]
        return value if all(new is old for new, old in zip(inner, value, strict=True)) else inner
    if isinstance(value, Mapping):
        fields = {key: without_bsns(one) for key, one in value.items()}
        return value if all(fields[key] is value[key] for key in value) else fields
    return value
