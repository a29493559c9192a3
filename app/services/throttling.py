"""Tries that fail must wait longer and longer, for an account and for an address; nobody is shut out for good."""

import unicodedata
from datetime import timedelta

from app.services.desk import Desk
from app.services.errors import ServiceError

FREE = {"name": 5, "code": 5, "own": 5, "address": 30, "link": 30}
"""How many tries are judged before one must wait: many colleagues may share one network address."""
FIRST, LONGEST = timedelta(seconds=30), timedelta(minutes=15)
FORGET = timedelta(hours=24)


class TooManyTries(ServiceError):
    """It was tried too often; nothing was judged."""


def name_key(name: str) -> str:
    """What tries of a name are counted under; also of a name that nobody has."""
    return "name:" + unicodedata.normalize("NFKC", name[:300]).strip().casefold()


def wait(what: str, tries: int) -> timedelta:
    """How long one must wait after so many tries: nothing at first, then twice as long each time, up to a limit."""
    more = tries - FREE[what.partition(":")[0]]
    return min(LONGEST, FIRST * 2 ** min(more, 10)) if more >= 0 else timedelta()


def count(desk: Desk, *whats: str) -> None:
    """Count a try, before it is judged.

    Raises:
        TooManyTries: it must not be judged now; the sentence says when.
        StoreError: it could not be counted.
    """
    now = desk.clock()
    until = desk.sessions.count_try(whats, now, wait, FORGET)
    if until is None:
        return
    minutes = -(-int((until - now).total_seconds()) // 60)
    how_long = "een minuut" if minutes <= 1 else f"{minutes} minuten"
    raise TooManyTries(f"Dit is te vaak geprobeerd. Over {how_long} kunt u het nog eens proberen.")
