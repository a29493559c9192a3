"""Looking after accounts: who may, what ends sessions, what never happens, and what the log holds of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.services import accounts
from app.services.accounts import Details
from app.services.actors import shell
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.storage.access_log import LogUnavailable
from app.storage.errors import StoreFailed
from tests.administrators import BEA, actor, administered
from tests.desks import logged, open_test_desk

MEHMET = Details("Mehmet Kaya", "mehmet@veiligthuis.example", "vt", "professional")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return administered(open_test_desk(tmp_path))


def names(found: list[accounts.Listed]) -> list[str]:
    return [one.account.id for one in found]


def test_the_host_looks_after_everybody_and_another_organisation_after_its_own(desk: Desk) -> None:
    assert names(accounts.listed(desk, actor(desk, "bea"))) == ["adri", "bea", "mehmet", "sanne", "vera"]
    assert names(accounts.listed(desk, actor(desk, "vera"))) == ["adri", "mehmet", "vera"]
    assert names(accounts.listed(desk, shell("root"))) == ["adri", "bea", "mehmet", "sanne", "vera"]


def test_accounts_are_found_by_any_words_about_them(desk: Desk) -> None:
    bea = actor(desk, "bea")
    assert names(accounts.listed(desk, bea, "KAYA veiligthuis")) == ["mehmet"]
    assert names(accounts.listed(desk, bea, "kaya sanne")) == []
    assert names(accounts.listed(desk, bea, organisation="cjg")) == ["bea", "sanne"]
    assert names(accounts.listed(desk, bea, state=accounts.STOPPED)) == []
    accounts.deactivate(desk, bea, "mehmet")
    assert names(accounts.listed(desk, bea, state=accounts.STOPPED)) == ["mehmet"]


def test_an_account_elsewhere_is_as_if_it_were_not_there_and_the_log_tells_who_tried(
    desk: Desk, tmp_path: Path
) -> None:
    vera, sanne = actor(desk, "vera"), Details("S", "s@cjg.example", "cjg", "professional")
    before = desk.accounts.known()
    said = set()
    for account_id in ("sanne", "niemand"):
        for attempt in (
            lambda one=account_id: accounts.change(desk, vera, one, sanne),
            lambda one=account_id: accounts.deactivate(desk, vera, one),
            lambda one=account_id: accounts.reactivate(desk, vera, one),
        ):
            with pytest.raises(NotFound) as refused:
                attempt()
            said.add(str(refused.value))
    assert len(said) == 1
    assert desk.accounts.known() == before
    refusals = [line for line in logged(tmp_path) if line["outcome"] == "geweigerd"]
    assert [(one["who"], one["person"]) for one in refusals] == [("vera", "sanne")] * 3


def test_a_change_is_kept_and_logged_with_whom_it_is_about(desk: Desk, tmp_path: Path) -> None:
    wanted = Details("  Mehmet   Kaya-Smit ", " M.Kaya@VeiligThuis.example ", "vt", "professional", "Teamleider")
    new = accounts.change(desk, actor(desk, "vera"), "mehmet", wanted)
    assert (new.name, new.email, new.function) == ("Mehmet Kaya-Smit", "m.kaya@veiligthuis.example", "Teamleider")
    assert desk.accounts.known().accounts["mehmet"] == new
    line = logged(tmp_path)[-1]
    assert (line["event"], line["kind"], line["who"], line["person"]) == ("account-change", "U", "vera", "mehmet")
    assert "Kaya-Smit" not in str(logged(tmp_path))


@pytest.mark.parametrize(
    ("wanted", "ends"),
    [
        (replace(MEHMET, name="Mehmet Kaya-Smit", function="Teamleider"), 0),
        (replace(MEHMET, role="auditor"), 1),
        (replace(MEHMET, organisation="cjg"), 1),
        (replace(MEHMET, email="m@veiligthuis.example"), 1),
    ],
)
def test_another_role_organisation_or_address_ends_the_sessions(desk: Desk, wanted: Details, ends: int) -> None:
    assert accounts.change(desk, actor(desk, "bea"), "mehmet", wanted).stamp == ends


def test_since_when_somebody_has_a_role_is_kept(desk: Desk) -> None:
    bea = actor(desk, "bea")
    since = accounts.change(desk, bea, "mehmet", replace(MEHMET, role="auditor")).role_since
    assert since.startswith("2026-11-23T")
    assert accounts.change(desk, bea, "mehmet", replace(MEHMET, role="auditor", name="M")).role_since == since
    assert accounts.change(desk, bea, "mehmet", MEHMET).role_since > since


def test_stopping_and_going_on_end_the_sessions_and_keep_the_rest(desk: Desk) -> None:
    was = desk.accounts.known().accounts["mehmet"]
    accounts.deactivate(desk, actor(desk, "vera"), "mehmet")
    assert desk.accounts.known().accounts["mehmet"] == replace(was, active=False, stamp=1)
    accounts.reactivate(desk, actor(desk, "vera"), "mehmet")
    assert desk.accounts.known().accounts["mehmet"] == replace(was, stamp=2)


def test_who_is_let_go_on_and_never_stopped_stays_signed_in(desk: Desk) -> None:
    was = desk.accounts.known().accounts["mehmet"]
    accounts.reactivate(desk, actor(desk, "vera"), "mehmet")
    assert desk.accounts.known().accounts["mehmet"] == was


def test_nobody_changes_the_own_role_or_organisation_or_stops_oneself(desk: Desk) -> None:
    bea, own = actor(desk, "bea"), Details(BEA.name, BEA.email, "cjg", "beheerder")
    for wanted in (replace(own, role="auditor"), replace(own, organisation="vt")):
        with pytest.raises(NotAllowed, match="eigen rol"):
            accounts.change(desk, bea, "bea", wanted)
    with pytest.raises(NotAllowed, match="eigen account"):
        accounts.deactivate(desk, bea, "bea")
    assert accounts.change(desk, bea, "bea", replace(own, name="Bea Boer")).name == "Bea Boer"


@pytest.mark.parametrize("who", ["shell", "bram"])
def test_the_last_administrator_of_the_host_stays(desk: Desk, who: str) -> None:
    desk.accounts.put((), [replace(BEA, id="bram", email="bram@cjg.example")])
    by = shell("root") if who == "shell" else actor(desk, "bram")
    if who == "shell":
        accounts.deactivate(desk, by, "bram")
    else:
        accounts.deactivate(desk, by, "bea")
    last = "bea" if who == "shell" else "bram"
    own = Details(BEA.name, desk.accounts.known().accounts[last].email, "cjg", "beheerder")
    for wanted in (replace(own, role="professional"), replace(own, organisation="vt")):
        with pytest.raises(NotAllowed, match="laatste beheerder"):
            accounts.change(desk, shell("root"), last, wanted)
    with pytest.raises(NotAllowed, match="laatste beheerder"):
        accounts.deactivate(desk, shell("root"), last)
    assert desk.accounts.known().accounts[last].active


def test_an_administrator_elsewhere_may_be_the_last_of_that_organisation(desk: Desk) -> None:
    accounts.deactivate(desk, actor(desk, "bea"), "vera")
    assert not desk.accounts.known().accounts["vera"].active


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "\u202e\u200b "), ("name", "x" * 121), ("name", "Piet <piet@elders.example>"),
        ("email", ""), ("email", "geen adres"), ("email", "a@b"), ("email", "a b@c.nl"), ("email", "a@b.nl,c@d.nl"),
        ("email", "Vera@VeiligThuis.example"), ("email", "a@" + "b" * 300 + ".nl"), ("email", "a\n@b.nl\nc@d.nl"),
        ("organisation", "cjg"), ("organisation", "weg"), ("organisation", ""),
        ("role", "systeem"), ("role", "dossierhouder"), ("role", ""), ("role", "baas"),
        ("function", "x" * 121),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_changed(desk: Desk, field: str, value: str) -> None:
    before = desk.accounts.known()
    with pytest.raises(InvalidInput) as refused:
        accounts.change(desk, actor(desk, "vera"), "mehmet", replace(MEHMET, **{field: value}))
    assert list(refused.value.problems) == [field]
    assert desk.accounts.known() == before


def test_who_does_not_look_after_accounts_may_do_nothing_here(desk: Desk) -> None:
    for who in ("sanne", "adri"):
        for attempt in (
            lambda one=who: accounts.listed(desk, actor(desk, one)),
            lambda one=who: accounts.change(desk, actor(desk, one), "mehmet", MEHMET),
            lambda one=who: accounts.deactivate(desk, actor(desk, one), "mehmet"),
        ):
            with pytest.raises(NotAllowed):
                attempt()


def test_nothing_is_changed_when_the_log_cannot_be_written(desk: Desk, tmp_path: Path) -> None:
    told: set[tuple[object, ...]] = {("vera", "manage", "", "", True)}
    before = desk.accounts.known()
    log = tmp_path / "var" / "log"
    vera = actor(desk, "vera")
    log.parent.mkdir(exist_ok=True)
    log.write_text("in de weg")
    with pytest.raises(LogUnavailable):
        accounts.change(replace(desk, told=told), vera, "mehmet", replace(MEHMET, name="Anders"))
    assert desk.accounts.known() == before


def test_a_change_that_the_disk_refuses_stands_in_the_log_as_failed(desk: Desk, tmp_path: Path) -> None:
    before = desk.accounts.known()
    (tmp_path / "var" / "accounts.json.new").mkdir()  # where the new file would be written
    with pytest.raises(StoreFailed):
        accounts.change(desk, actor(desk, "vera"), "mehmet", replace(MEHMET, name="Anders"))
    assert desk.accounts.known() == before
    lines = [(one["event"], one["person"], one["outcome"]) for one in logged(tmp_path)[-2:]]
    assert lines == [("account-change", "mehmet", "toegestaan"), ("account-change", "mehmet", "mislukt")]
