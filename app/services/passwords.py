"""Passwords: how they are kept, and which ones are good enough.

Kept with Argon2id (RFC 9106) in the strength that OWASP's Password Storage Cheat Sheet asks for, with one pass more:
46 MiB of memory, two passes, one lane; 50 to 100 ms on the machines that this runs on. The eight threads of the
server need 368 MiB for it at the very most.

Judged after NIST SP 800-63B §3.1.1 and OWASP ASVS 5.0 §6.2: long, nothing that is guessed first, nothing that says who
it is of, and no rules on which signs to use. Instead of a list of passwords that others chose, the rule looks for how
such passwords are made: a known word with digits or signs around it, a row of keys, a piece repeated.
"""

import re
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.storage.accounts import Account

LEAST, MOST = 12, 128
"""How many signs a password has."""
_FEWEST_DIFFERENT = 5
_FEW = 3
_SHORTEST_REST = 8
_SHORTEST_NAME = 4
_HASHER = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)

_ROWS = tuple(
    "".join(one[::way] * 2)
    for way in (1, -1)
    for one in (
        "abcdefghijklmnopqrstuvwxyz",
        "0123456789",
        "1234567890",
        "qwertyuiopasdfghjklzxcvbnm",
        "azertyuiopqsdfghjklmwxcvbn",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
        "1q2w3e4r5t6y7u8i9o0p",
    )
)
_WORD = re.compile(
    "wachtwoord|welkom|geheim|password|passwort|passphrase|welcome|secret|letmein|administrator|admin|beheerder|"
    "login|changeme|iloveyou|ikhouvanjou|liefde|voetbal|sunshine|princess|monkey|dragon|football|baseball|"
    "superman|batman|master|shadow|trustno|computer|internet|nieuw|mijn|test|demo|veiligheidskaart|veiligheid|"
    "veilig|kaarten|kaart|jeugdhulp|jeugdzorg|veiligthuis|gezin|kinderen|kind|nederland|holland|amsterdam|"
    "rotterdam|utrecht|denhaag|ajax|feyenoord|lente|zomer|herfst|winter|spring|summer|autumn|maandag|dinsdag|"
    "woensdag|donderdag|vrijdag|zaterdag|zondag|januari|februari|maart|april|juni|juli|augustus|september|"
    "oktober|november|december|january|february|march|june|july|august|october"
)
_LEET = str.maketrans("0134578@$!|", "oieastbasil")


def hashed(password: str) -> str:
    """What is kept of a password: the Argon2id hash with its salt and its strength."""
    return _HASHER.hash(_normal(password))


def matches(kept: str, password: str) -> bool:
    """Whether this is the password that `kept` was made of.

    Costs the same when nothing is kept, or something that is no hash: from the time of the answer nobody learns
    whether an account exists.
    """
    given = _normal(password[: 4 * MOST])
    try:
        return _HASHER.verify(kept or _dummy(), given) and bool(kept)
    except InvalidHashError:
        return matches("", password)
    except VerificationError:
        return False


def needs_rehash(kept: str) -> bool:
    """Whether a hash was made with another strength than today's; then hash anew at the next sign-in."""
    return _HASHER.check_needs_rehash(kept)


def judge(password: str, account: Account) -> str:
    """Why somebody cannot have this password, as a sentence; empty where it is good."""
    normal = _normal(password)
    if len(normal) < LEAST:
        return f"Dit wachtwoord is te kort: neem minstens {LEAST} tekens. Een zin van een paar woorden is goed."
    if len(normal) > MOST:
        return f"Dit wachtwoord is te lang: neem hoogstens {MOST} tekens."
    if _says_who(normal, account):
        return "Uw naam of e-mailadres staat in dit wachtwoord. Neem iets dat niets over u zegt."
    if _is_guessed_first(normal):
        return "Dit wachtwoord is makkelijk te raden. Neem een paar woorden die niet bij elkaar horen."
    return ""


@cache
def _dummy() -> str:
    return _HASHER.hash("niemand")


def _normal(password: str) -> str:
    """One way of writing for what looks the same, whatever keyboard it came from (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode())


def _says_who(password: str, account: Account) -> bool:
    said = password.casefold()
    name, address = account.name.casefold(), account.email.casefold()
    parts = [*re.split(r"\W+", name), name, name.replace(" ", ""), address, address.partition("@")[0]]
    for part in sorted({one for one in parts if len(one) >= _SHORTEST_NAME}, key=len, reverse=True):
        if part in said and len(said.replace(part, "")) < LEAST:
            return True
    return False


def _is_guessed_first(password: str) -> bool:
    said = password.casefold()
    return (
        len(set(said)) < _FEWEST_DIFFERENT
        or _is_repeated(said)
        or _is_row(said)
        or any(_is_words(one) for one in {said, said.translate(_LEET)})
    )


def _is_repeated(said: str) -> bool:
    """Whether it is one short piece, again and again."""
    return any(said == (said[:size] * len(said))[: len(said)] for size in range(1, _SHORTEST_REST))


def _is_row(said: str) -> bool:
    """Whether rows of four signs and more (alphabet, digits, keys; there or back) leave a few signs at most."""
    left = 0
    while said:
        size = next((size for size in range(len(said), 3, -1) if any(said[:size] in row for row in _ROWS)), 0)
        left += not size
        said = said[size or 1 :]
    return left <= _FEW


def _is_words(said: str) -> bool:
    """Whether it is a few of the words that everybody thinks of, and little besides."""
    found = _WORD.findall(said)
    return 0 < len(found) <= _FEW and len(_WORD.sub("", said)) < _SHORTEST_REST
