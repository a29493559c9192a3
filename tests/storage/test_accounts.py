"""Organisations, accounts and invitations in one file that several processes change."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from app.storage.accounts import Account, Accounts, Change, Invitation, Known, Organisation
from app.storage.errors import AccountNotFound, StoreDamaged, StoreFailed

CJG = Organisation("cjg", "CJG Halderberge", "cjg", host=True)
SANNE = Account("sanne", "Sanne Bakker", "sanne@cjg.example", "cjg", recovery=("a", "b"))
LINK = Invitation("f" * 64, "sanne", "2026-11-23T09:00:00+00:00", "2026-11-30T09:00:00+00:00", "bea")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "accounts.json"


@pytest.fixture
def accounts(path: Path) -> Accounts:
    made = Accounts(path)
    made.put([CJG], [SANNE])
    return made


def test_nobody_is_known_before_anybody_is_put_in(path: Path) -> None:
    assert Accounts(path).known() == Known({}, {}, {})
    assert not path.exists()


def test_what_was_put_in_is_known_to_another_process(accounts: Accounts, path: Path) -> None:
    accounts.edit(lambda _: Change(invitations=[LINK]))
    assert Accounts(path).known() == Known({"cjg": CJG}, {"sanne": SANNE}, {LINK.id: LINK})


def test_what_another_process_changes_is_seen_at_once(accounts: Accounts, path: Path) -> None:
    assert accounts.known().accounts["sanne"].active
    Accounts(path).change("sanne", lambda was: replace(was, active=False))
    assert not accounts.known().accounts["sanne"].active


def test_nothing_is_read_again_while_nobody_changes_anything(accounts: Accounts) -> None:
    assert accounts.known() is accounts.known()


def test_an_account_is_found_by_its_address_however_it_was_typed(accounts: Accounts) -> None:
    assert accounts.known().by_email(" Sanne@CJG.example ") == SANNE
    assert accounts.known().by_email("sanne") is None


def test_a_change_is_made_of_the_account_as_it_is_then(accounts: Accounts) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: accounts.change("sanne", lambda was: replace(was, stamp=was.stamp + 1)), range(40)))
    assert accounts.known().accounts["sanne"] == replace(SANNE, stamp=40)


def test_who_is_not_there_cannot_be_changed(accounts: Accounts) -> None:
    with pytest.raises(AccountNotFound):
        accounts.change("weg", lambda was: was)


def test_a_change_that_fails_on_the_way_changes_nothing(accounts: Accounts, path: Path) -> None:
    before = path.read_bytes()

    def work(known: Known) -> Change:
        assert known.accounts["sanne"] == SANNE
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        accounts.edit(work)
    assert path.read_bytes() == before


def test_an_invitation_that_is_over_is_taken_away(accounts: Accounts) -> None:
    accounts.edit(lambda _: Change(invitations=[LINK, replace(LINK, id="e" * 64)]))
    after = accounts.edit(lambda _: Change(without=[LINK.id, "weg"]))
    assert list(after.invitations) == ["e" * 64]
    assert accounts.known() == after


def test_accounts_are_told_by_name(accounts: Accounts) -> None:
    accounts.put((), [replace(SANNE, id="aart", name="Aart"), replace(SANNE, id="zeno", name="Zeno")])
    assert list(accounts.known().accounts) == ["aart", "sanne", "zeno"]


def test_what_a_later_version_keeps_besides_is_read_past_and_kept(accounts: Accounts, path: Path) -> None:
    kept = json.loads(path.read_text())
    kept["accounts"]["1"]["later"] = "x"
    kept["teams"] = {"1": {"name": "x"}}
    path.write_text(json.dumps(kept))
    assert accounts.known().accounts == {"sanne": SANNE}
    accounts.change("sanne", lambda was: replace(was, stamp=1))
    kept = json.loads(path.read_text())
    assert kept["accounts"]["1"]["later"] == "x"
    assert kept["teams"] == {"1": {"name": "x"}}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"accounts": {"1": {"id": "x"}}}', '{"accounts": {"1": {"id": 5}}}'])
def test_a_damaged_file_is_said_and_never_written_over(accounts: Accounts, path: Path, text: str) -> None:
    path.write_text(text)
    for attempt in (accounts.known, lambda: accounts.put([CJG])):
        with pytest.raises(StoreDamaged):
            attempt()
    assert path.read_text() == text


def test_a_disk_that_refuses_changes_nothing(accounts: Accounts, path: Path) -> None:
    path.with_name("accounts.json.new").mkdir()
    with pytest.raises(StoreFailed):
        accounts.change("sanne", lambda was: replace(was, stamp=1))
    assert accounts.known().accounts == {"sanne": SANNE}


def test_only_this_user_may_read_the_file(accounts: Accounts, path: Path) -> None:
    assert accounts
    assert path.stat().st_mode & 0o077 == 0
