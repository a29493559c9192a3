"""A person with a password and an app for codes, and a clock that stands still until it is moved."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pyotp

from app.services import inviting
from app.services.accounts import Details
from app.services.desk import ZONE, Desk
from app.storage.sessions import Sessions
from tests.desks import OPERATOR, open_test_desk, peopled
from tests.web.gateway import Gateway, Page

PASSWORD = "paraplu gras vijftien zwaan"  # noqa: S105 - of an invented person
EMAIL = "noor@cjg.example"


@dataclass
class Clock:
    """A clock that stands still."""

    now: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)

    def __call__(self) -> datetime:
        return self.now

    def on(self, **how_long: float) -> None:
        """Let time pass."""
        self.now += timedelta(**how_long)


@dataclass
class Person:
    """Noor, who works here and has just made her account ready.

    Attributes:
        account: her account.
        codes: her recovery codes.
        secret: what her app makes codes of.
        clock: the clock of the program.
    """

    account: str
    codes: list[str]
    secret: str
    clock: Clock

    def code(self) -> str:
        """What her app shows; a step later than any she used."""
        self.clock.on(seconds=30)
        return pyotp.TOTP(self.secret).at(self.clock.now)

    def enter(self, browser: Gateway, further: str = "") -> Page:
        """She signs in."""
        form = browser.get(f"/aanmelden?verder={further}")
        asked = browser.follow(browser.send(form, {"naam": EMAIL, "wachtwoord": PASSWORD}))
        return browser.send(asked, {"code": self.code()})


def still_desk(folder: Path) -> tuple[Desk, Clock]:
    """A desk with the limits that people have, and its clock."""
    clock = Clock()
    limited = Sessions(folder / "var" / "sessions.sqlite")
    return replace(peopled(open_test_desk(folder)), clock=clock, sessions=limited), clock


def invited(desk: Desk, email: str = EMAIL, name: str = "Noor Visser", organisation: str = "cjg") -> str:
    """What stands in the link for a new professional."""
    return inviting.invite(desk, OPERATOR, Details(name, email, organisation, "professional"))


def with_account(desk: Desk, clock: Clock) -> Person:
    """Noor, with an account that is ready."""
    secret = pyotp.random_base32(32)
    done = inviting.accept(desk, invited(desk), PASSWORD, secret, pyotp.TOTP(secret).at(clock.now))
    return Person(done.account.id, done.recovery, secret, clock)
