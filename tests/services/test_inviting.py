"""Links: once, for seven days, for one person; and what comes of them."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from app.services import accounts, inviting, organisations, passwords
from app.services.accounts import Details
from app.services.actors import shell
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed, NotFound, ServiceError
from app.services.second_factor import hashed_code, new_secret
from app.storage.accounts import Account
from app.storage.errors import StoreFailed
from tests.administrators import actor, administered
from tests.desks import at, logged, open_test_desk

NOOR = Details("Noor de Wit", "n.dewit@veiligthuis.example", "vt", "professional", "Maatschappelijk werker")
PASSWORD = "juf loopt naar het strand"  # noqa: S105 - of nobody


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """At one moment, so that codes go with the time."""
    made = administered(open_test_desk(tmp_path))
    return at(made, made.clock())


@pytest.fixture
def token(desk: Desk) -> str:
    """Noor's link."""
    return inviting.invite(desk, actor(desk, "vera"), NOOR)


def account(desk: Desk, email: str = NOOR.email) -> Account:
    found = desk.accounts.known().by_email(email)
    assert found
    return found


def accept(desk: Desk, token: str, password: str = PASSWORD) -> inviting.Accepted:
    secret = new_secret()
    return inviting.accept(desk, token, password, secret, pyotp.TOTP(secret).at(desk.clock()), "192.0.2.9")


def test_a_link_says_who_it_is_for_and_until_when(desk: Desk, token: str) -> None:
    found = inviting.invitation(desk, token)
    assert (found.account, found.organisation.name, found.renews) == (account(desk), "Veilig Thuis", False)
    assert found.until == desk.clock() + timedelta(days=7)
    assert account(desk).since == account(desk).role_since == "2026-11-23T08:01:00+00:00"


def test_what_stands_in_a_link_is_not_kept(token: str, tmp_path: Path) -> None:
    kept = "".join(one.read_text() for one in (tmp_path / "var").rglob("*") if one.suffix in (".json", ".jsonl"))
    assert "n.dewit" in kept
    assert token not in kept
    assert len(token) * 6 >= 256


def test_with_a_link_one_chooses_what_to_sign_in_with_and_gets_recovery_codes(
    desk: Desk, token: str, tmp_path: Path
) -> None:
    invited = account(desk)
    assert not invited.usable
    accepted = accept(desk, token)
    now = account(desk)
    assert accepted.account == now
    assert passwords.matches(now.password, PASSWORD)
    assert now.recovery == tuple(hashed_code(one) for one in accepted.recovery)
    assert len(now.recovery) == 10
    assert accepted.step == int(desk.clock().timestamp()) // 30
    assert (now.stamp, now.usable) == (invited.stamp + 1, True)
    line = logged(tmp_path)[-1]
    assert (line["event"], line["who"], line["person"], line["address"]) == (
        "invitation-accept", now.id, now.id, "192.0.2.9",
    )  # fmt: skip
    assert PASSWORD not in str(logged(tmp_path))


def test_a_link_works_once(desk: Desk, token: str) -> None:
    accept(desk, token)
    before = desk.accounts.known()
    for attempt in (lambda: inviting.invitation(desk, token), lambda: accept(desk, token, "een heel ander wachtwoord")):
        with pytest.raises(NotFound):
            attempt()
    assert desk.accounts.known() == before


def test_a_link_works_for_seven_days(desk: Desk, token: str) -> None:
    accept_late = at(desk, desk.clock() + timedelta(days=7))
    assert inviting.invitation(at(desk, desk.clock() + timedelta(days=7, seconds=-1)), token)
    with pytest.raises(NotFound):
        accept(accept_late, token)
    assert not account(desk).usable
    assert inviting.still_open(accept_late, actor(desk, "vera")) == []


@pytest.mark.parametrize("guess", ["", "x", "../accounts", "0" * 10_000, "\ud800", "é" * 43])
def test_a_link_that_never_was_does_not_work(desk: Desk, token: str, guess: str) -> None:
    for one in (guess, token + "A", token[:-1]):
        with pytest.raises(NotFound):
            inviting.invitation(desk, one)


def test_what_is_kept_of_a_link_is_no_link(desk: Desk, token: str) -> None:
    (kept,) = desk.accounts.known().invitations
    assert inviting.invitation(desk, token)
    with pytest.raises(NotFound):
        inviting.invitation(desk, kept)


def test_a_withdrawn_link_does_not_work_and_the_account_that_was_never_used_stops(desk: Desk, token: str) -> None:
    inviting.withdraw(desk, actor(desk, "vera"), account(desk).id)
    with pytest.raises(NotFound):
        accept(desk, token)
    assert not account(desk).active
    with pytest.raises(NotFound):
        inviting.withdraw(desk, actor(desk, "vera"), account(desk).id)


def test_a_link_of_who_stopped_does_not_work(desk: Desk, token: str) -> None:
    accounts.deactivate(desk, actor(desk, "vera"), account(desk).id)
    accounts.reactivate(desk, actor(desk, "vera"), account(desk).id)
    with pytest.raises(NotFound):
        accept(desk, token)
    assert inviting.invitation(desk, inviting.reset(desk, actor(desk, "vera"), account(desk).id))


def test_a_link_does_not_work_when_the_organisation_stops(desk: Desk, token: str) -> None:
    organisations.set_active(desk, actor(desk, "bea"), "vt", active=False)
    with pytest.raises(NotFound):
        accept(desk, token)


def test_a_new_link_ends_the_one_before_and_changes_nothing_until_it_is_used(desk: Desk, token: str) -> None:
    accept(desk, token)
    was = account(desk)
    first = inviting.reset(desk, actor(desk, "vera"), was.id)
    second = inviting.reset(desk, actor(desk, "vera"), was.id)
    with pytest.raises(NotFound):
        inviting.invitation(desk, first)
    assert inviting.invitation(desk, second).renews
    assert account(desk) == was
    accept(desk, second, "een heel ander wachtwoord")
    assert not passwords.matches(account(desk).password, PASSWORD)
    assert account(desk).stamp == was.stamp + 1
    assert set(account(desk).recovery).isdisjoint(was.recovery)
    assert account(desk).totp != was.totp


def test_a_link_that_is_withdrawn_leaves_who_signed_in_before_alone(desk: Desk, token: str) -> None:
    accept(desk, token)
    was = account(desk)
    inviting.reset(desk, actor(desk, "vera"), was.id)
    inviting.withdraw(desk, actor(desk, "vera"), was.id)
    assert account(desk) == was


def test_a_weak_password_and_a_wrong_code_are_said_and_the_link_still_works(desk: Desk, token: str) -> None:
    secret = new_secret()
    good = pyotp.TOTP(secret).at(desk.clock())
    wrong = f"{(int(good) + 1) % 1_000_000:06}"
    for password, code, fields in (
        ("kort", good, ["password"]),
        (PASSWORD, wrong, ["code"]),
        ("Noor de Wit 2026", wrong, ["password", "code"]),
    ):
        with pytest.raises(InvalidInput) as refused:
            inviting.accept(desk, token, password, secret, code)
        assert list(refused.value.problems) == fields
    with pytest.raises(InvalidInput):
        inviting.accept(desk, token, PASSWORD, "geen geheim", good)
    assert not account(desk).usable
    accept(desk, token)


def test_a_link_still_works_when_the_disk_refused(desk: Desk, token: str, tmp_path: Path) -> None:
    in_the_way = tmp_path / "var" / "accounts.json.new"
    in_the_way.mkdir()
    with pytest.raises(StoreFailed):
        accept(desk, token)
    in_the_way.rmdir()
    accept(desk, token)


def test_open_invitations_are_seen_by_who_looks_after_those_people(desk: Desk, token: str) -> None:
    inviting.invite(desk, actor(desk, "bea"), replace(NOOR, email="n@cjg.example", organisation="cjg"))
    assert token
    seen = {
        who: [one.organisation.id for one in inviting.still_open(desk, actor(desk, who))] for who in ("bea", "vera")
    }
    assert seen == {"bea": ["vt", "cjg"], "vera": ["vt"]}
    assert inviting.still_open(desk, actor(desk, "vera"))[0].by == "Vera Vos"


def test_nobody_is_invited_twice_or_into_another_organisation(desk: Desk, token: str) -> None:
    assert token
    for details, field in (
        (NOOR, "email"),
        (replace(NOOR, email="N.DeWit@veiligthuis.EXAMPLE"), "email"),
        (replace(NOOR, email="nieuw@cjg.example", organisation="cjg"), "organisation"),
    ):
        with pytest.raises(InvalidInput) as refused:
            inviting.invite(desk, actor(desk, "vera"), details)
        assert list(refused.value.problems) == [field]
    assert len(desk.accounts.known().accounts) == 6


def test_nobody_gets_a_link_to_the_own_account_or_to_one_of_the_demonstration_or_one_elsewhere(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="Uw account"):
        inviting.reset(desk, actor(desk, "vera"), "vera")
    with pytest.raises(NotAllowed, match="demonstratie"):
        inviting.reset(desk, actor(desk, "vera"), "mehmet")
    with pytest.raises(NotFound):
        inviting.reset(desk, actor(desk, "vera"), "sanne")
    assert not desk.accounts.known().invitations


def test_old_links_are_removed_on_the_way(desk: Desk, token: str) -> None:
    assert token
    later = at(desk, desk.clock() + timedelta(days=8))
    inviting.invite(later, actor(desk, "vera"), replace(NOOR, email="n@veiligthuis.example"))
    assert len(desk.accounts.known().invitations) == 1


def test_the_first_administrator_is_made_once(tmp_path: Path) -> None:
    desk = open_test_desk(tmp_path)
    desk = at(desk, desk.clock())
    made, token = inviting.first(desk, shell("root"), "Regio Zuidrand", "Hans Claes", "h@zuidrand.example")
    assert (made.role, made.organisation) == ("beheerder", "regio-zuidrand")
    assert desk.accounts.known().organisations["regio-zuidrand"].host
    with pytest.raises(ServiceError, match="al een beheerder"):
        inviting.first(desk, shell("root"), "Nog een", "Iemand Anders", "i@zuidrand.example")
    assert len(desk.accounts.known().accounts) == 1
    accept(desk, token)
    hans = actor(desk, made.id)
    inviting.invite(desk, hans, Details("Noor", "n@zuidrand.example", "regio-zuidrand", "professional"))


def test_the_first_administrator_can_be_made_again_when_the_invitation_was_withdrawn(tmp_path: Path) -> None:
    desk = open_test_desk(tmp_path)
    made, _token = inviting.first(desk, shell("root"), "Regio Zuidrand", "Hans Claes", "h@zuidrand.example")
    inviting.withdraw(desk, shell("root"), made.id)
    again, _token = inviting.first(desk, shell("root"), "Regio Zuidrand", "Hans Claes", "hans@zuidrand.example")
    assert again.organisation == made.organisation
    assert len(desk.accounts.known().organisations) == 1


def test_what_is_kept_is_json_that_a_person_can_read(desk: Desk, token: str, tmp_path: Path) -> None:
    accept(desk, token)
    kept = json.loads((tmp_path / "var" / "accounts.json").read_text())
    assert sorted(kept) == ["accounts", "invitations", "organisations"]


def test_who_stopped_gets_no_new_link_until_taking_part_again(desk: Desk, token: str) -> None:
    vera, noor = actor(desk, "vera"), inviting.invitation(desk, token).account.id
    accounts.deactivate(desk, vera, noor)
    with pytest.raises(NotAllowed, match="gestopt"):
        inviting.reset(desk, vera, noor)
    accounts.reactivate(desk, vera, noor)
    assert inviting.invitation(desk, inviting.reset(desk, vera, noor)).account.id == noor
