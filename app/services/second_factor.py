"""The second factor: codes of an app that go with the time (TOTP, RFC 6238), and codes on paper for when it is lost."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp
import segno

_STEP_SECONDS = 30
_DIGITS = 6
_SECRET = re.compile("[A-Z2-7]{32}")
"""160 bits, as RFC 4226 §4 recommends."""
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_ALIKE = str.maketrans("oil", "011")
_GROUPS, _GROUP = 6, 4
"""24 signs of 5 bits: 120 bits, past the 112 from which ASVS 5.0 §6.5.2 lets an ordinary hash do."""
_CODES = 10


def new_secret() -> str:
    """A secret for an app, in base 32."""
    return pyotp.random_base32(32)


def is_secret(text: str) -> bool:
    """Whether a text can be one of `new_secret`'s: forms bring it back from a page."""
    return _SECRET.fullmatch(text) is not None


def address(secret: str, account: str, issuer: str) -> str:
    """The otpauth address that an app reads from a QR code.

    Args:
        secret: of `new_secret`.
        account: what the app calls it: the e-mail address.
        issuer: the name of this installation.
    """
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def qr_svg(uri: str) -> str:
    """A QR code as `<svg>` to put into a page; dark on white whatever the colours of the page are, for cameras.

    The page says beside it what it is, and gives the secret to type: the picture is hidden from screen readers.
    """
    code = segno.make(uri, error="m", micro=False)
    svg: str = code.svg_inline(scale=5, light="#fff", svgclass="qr", lineclass=None)
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step of time that a code is of: this one, or the one before or after it; None for any other code.

    The caller keeps the step and takes no code of that step or an earlier one again (RFC 6238 §5.2).
    """
    typed = re.sub(r"\s", "", code[:40])
    if not (typed.isascii() and typed.isdigit() and len(typed) == _DIGITS and is_secret(secret)):
        return None
    totp, step = pyotp.TOTP(secret), int(now.timestamp()) // _STEP_SECONDS
    found = [one for one in (step - 1, step, step + 1) if hmac.compare_digest(totp.generate_otp(one), typed)]
    return found[-1] if found else None


def new_recovery_codes() -> list[str]:
    """Ten codes for once each, in groups that can be copied from paper."""
    return ["-".join(_word() for _ in range(_GROUPS)) for _ in range(_CODES)]


def hashed_code(code: str) -> str:
    """What is kept of a recovery code; however it was typed."""
    signs = re.sub(r"[\s-]", "", code[:100]).casefold().translate(_ALIKE)
    return hashlib.sha256(signs.encode("utf-8", "replace")).hexdigest()


def matching_code(kept: Sequence[str], code: str) -> str | None:
    """Which of the kept hashes a recovery code is of; None where it is of none."""
    given = hashed_code(code)
    found = [one for one in kept if hmac.compare_digest(one, given)]
    return found[0] if found else None


def _word() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP))
