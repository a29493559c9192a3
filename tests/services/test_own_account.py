"""What people do with their own account, and what signing in takes from it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher

from app.services import inviting, own_account, passwords
from app.services.accounts import Details
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed
from app.services.second_factor import hashed_code, new_secret
from tests.administrators import actor, administered
from tests.desks import at, logged, open_test_desk

PASSWORD, OTHER = "juf loopt naar het strand", "wolk tafel fiets lepel"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = administered(open_test_desk(tmp_path))
    return at(made, made.clock())


@pytest.fixture
def codes(desk: Desk) -> list[str]:
    """Noor's recovery codes."""
    token = inviting.invite(desk, actor(desk, "vera"), Details("Noor", "n@veiligthuis.example", "vt", "professional"))
    secret = new_secret()
    return inviting.accept(desk, token, PASSWORD, secret, pyotp.TOTP(secret).at(desk.clock())).recovery


@pytest.fixture
def noor(desk: Desk, codes: list[str]) -> Actor:
    assert codes
    found = desk.accounts.known().by_email("n@veiligthuis.example")
    assert found
    return actor(desk, found.id)


def test_another_password_needs_the_one_now_and_ends_the_sessions(desk: Desk, noor: Actor, tmp_path: Path) -> None:
    was = desk.accounts.known().accounts[noor.id]
    with pytest.raises(InvalidInput) as refused:
        own_account.change_password(desk, noor, "geraden wachtwoord", OTHER)
    assert list(refused.value.problems) == ["old"]
    with pytest.raises(InvalidInput) as refused:
        own_account.change_password(desk, noor, PASSWORD, "kort")
    assert list(refused.value.problems) == ["new"]
    assert desk.accounts.known().accounts[noor.id] == was
    now = own_account.change_password(desk, noor, PASSWORD, OTHER)
    assert passwords.matches(now.password, OTHER)
    assert not passwords.matches(now.password, PASSWORD)
    assert now.stamp == was.stamp + 1
    assert logged(tmp_path)[-1]["event"] == "password-change"
    assert OTHER not in str(logged(tmp_path))


def test_another_app_needs_the_password_and_its_code_and_ends_the_sessions(desk: Desk, noor: Actor) -> None:
    was, secret = desk.accounts.known().accounts[noor.id], new_secret()
    code = pyotp.TOTP(secret).at(desk.clock())
    for password, given, field in ((OTHER, code, "password"), (PASSWORD, "123", "code")):
        with pytest.raises(InvalidInput) as refused:
            own_account.renew_second_factor(desk, noor, password, secret, given)
        assert list(refused.value.problems) == [field]
    renewed = own_account.renew_second_factor(desk, noor, PASSWORD, secret, code)
    now = desk.accounts.known().accounts[noor.id]
    assert (now.totp, now.stamp, now.password) == (secret, was.stamp + 1, was.password)
    assert set(now.recovery).isdisjoint(was.recovery)
    assert own_account.take_recovery_code(desk, noor.id, renewed.recovery[0])


def test_new_recovery_codes_end_the_old_ones(desk: Desk, noor: Actor, codes: list[str]) -> None:
    new = own_account.renew_recovery_codes(desk, noor, PASSWORD)
    assert not own_account.take_recovery_code(desk, noor.id, codes[0])
    assert own_account.take_recovery_code(desk, noor.id, new[0])


def test_a_recovery_code_is_taken_once_whoever_tries_meanwhile(desk: Desk, noor: Actor, codes: list[str]) -> None:
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: own_account.take_recovery_code(desk, noor.id, codes[4].upper()), range(12)))
    assert taken.count(True) == 1
    kept = desk.accounts.known().accounts[noor.id].recovery
    assert len(kept) == 9
    assert hashed_code(codes[4]) not in kept
    assert not own_account.take_recovery_code(desk, noor.id, "")
    assert not own_account.take_recovery_code(desk, "weg", codes[0])


def test_who_has_no_password_here_changes_none(desk: Desk) -> None:
    for attempt in (
        lambda: own_account.change_password(desk, actor(desk, "mehmet"), "", OTHER),
        lambda: own_account.renew_recovery_codes(desk, actor(desk, "mehmet"), ""),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_signing_in_is_remembered_by_the_day(desk: Desk, noor: Actor) -> None:
    assert desk.accounts.known().accounts[noor.id].used == ""
    own_account.signed_in(desk, noor.id)
    assert desk.accounts.known().accounts[noor.id].used == "2026-11-23"
    own_account.signed_in(at(desk, desk.clock() + timedelta(days=1)), noor.id)
    assert desk.accounts.known().accounts[noor.id].used == "2026-11-24"


def test_a_password_of_another_strength_is_kept_anew_when_it_was_right(desk: Desk, noor: Actor) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    was = desk.accounts.change(noor.id, lambda one: replace(one, password=weak))
    own_account.signed_in(desk, noor.id, PASSWORD)
    now = desk.accounts.known().accounts[noor.id]
    assert not passwords.needs_rehash(now.password)
    assert passwords.matches(now.password, PASSWORD)
    assert now.stamp == was.stamp
