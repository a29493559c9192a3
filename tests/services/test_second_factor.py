"""The second factor: codes that go with the time, and codes on paper."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from app.services import second_factor
from app.services.second_factor import hashed_code, matching_code, new_recovery_codes, new_secret, qr_svg, step_of

NOW = datetime(2026, 11, 23, 9, 0, 15, tzinfo=UTC)
RFC = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The secret of the test vectors of RFC 6238, appendix B."""


@pytest.mark.parametrize(("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert step_of(RFC, code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


def test_a_code_of_one_step_before_or_after_is_taken_and_its_step_told() -> None:
    secret, step = new_secret(), int(NOW.timestamp()) // 30
    for off in range(-3, 4):
        code = pyotp.TOTP(secret).generate_otp(step + off)
        assert step_of(secret, code, NOW) == (step + off if abs(off) <= 1 else None)


def test_a_code_may_be_typed_with_blanks() -> None:
    secret = new_secret()
    code = pyotp.TOTP(secret).at(NOW)
    assert step_of(secret, f" {code[:3]} {code[3:]} ", NOW) is not None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "12345６", "-12345", "0" * 10_000])
def test_what_is_no_code_is_of_no_step(code: str) -> None:
    assert step_of(new_secret(), code, NOW) is None


@pytest.mark.parametrize("secret", ["", "kort", "1" * 32, "A" * 16])
def test_what_is_no_secret_is_refused_without_a_fault(secret: str) -> None:
    assert not second_factor.is_secret(secret)
    assert step_of(secret, "123456", NOW) is None


def test_a_secret_has_160_bits_and_differs_each_time() -> None:
    assert len(new_secret()) * 5 == 160
    assert len({new_secret() for _ in range(50)}) == 50


def test_an_app_reads_who_and_where_from_the_address() -> None:
    secret = new_secret()
    told = urlsplit(second_factor.address(secret, "sanne@cjg.example", "Veiligheidskaart & co"))
    assert (told.scheme, told.netloc) == ("otpauth", "totp")
    assert parse_qs(told.query) == {"secret": [secret], "issuer": ["Veiligheidskaart & co"]}
    read = pyotp.parse_uri(told.geturl())
    assert isinstance(read, pyotp.TOTP)
    assert read.at(NOW) == pyotp.TOTP(secret).at(NOW)


def test_the_qr_code_is_sound_svg_with_nothing_inline_that_the_policy_forbids() -> None:
    svg = qr_svg(second_factor.address(new_secret(), "sanne@cjg.example", "Veiligheidskaart"))
    tree = etree.fromstring(svg)
    assert tree.tag.endswith("svg")
    assert not tree.xpath("//@style | //*[local-name()='script'] | //*[local-name()='style'] | //@href")


def test_there_are_ten_recovery_codes_of_120_bits() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) * 5 == 120 for code in codes)


def test_a_recovery_code_is_known_however_it_was_typed() -> None:
    codes = [code.replace(code[0], "1", 1) for code in new_recovery_codes()]
    kept = [hashed_code(code) for code in codes]
    typed = codes[3].upper().replace("-", " ").replace("1", "l").replace("0", "O")
    assert matching_code(kept, typed) == kept[3]
    assert matching_code(kept, codes[3][:-1]) is None
    assert matching_code([], codes[3]) is None
    assert matching_code(kept, "") is None
    assert not any(code in kept for code in codes)
