"""The rights review: who has what, and a file that no spreadsheet runs."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from app.services import accounts, editing, reviewing
from app.services.desk import Desk
from app.services.errors import NotAllowed
from app.services.granting import new_grant, regrant
from app.storage.accounts import Account
from tests.administrators import actor, administered
from tests.desks import SANNE, logged, new_card, open_test_desk

TITLES = ["Naam", "E-mailadres", "Organisatie", "Rol", "Stand", "Rol sinds", "Laatst gebruikt"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return administered(open_test_desk(tmp_path))


def test_who_reviews_sees_the_own_organisation_and_the_host_everybody(desk: Desk, tmp_path: Path) -> None:
    def seen(who: str) -> list[str]:
        return [one.listed.account.id for one in reviewing.review(desk, actor(desk, who))]

    assert seen("bea") == ["bea", "sanne", "adri", "mehmet", "vera"]
    assert seen("vera") == seen("adri") == ["adri", "mehmet", "vera"]
    with pytest.raises(NotAllowed):
        seen("sanne")
    assert [(one["event"], one["outcome"]) for one in logged(tmp_path)][-1] == ("review", "geweigerd")


def test_cards_are_counted_per_role_and_nothing_of_them_is_told(desk: Desk) -> None:
    first, _second = (editing.create_card(desk, SANNE, new_card(), "Begin") for _ in range(2))
    read = new_grant(desk, SANNE, "organisation:vt", "meelezer")
    regrant(desk, SANNE, first, lambda grants: [*grants, read], "Gedeeld")
    found = {one.listed.account.id: one for one in reviewing.review(desk, actor(desk, "bea"))}
    assert found["sanne"].cards == {"dossierhouder": 2}
    assert found["mehmet"].by_organisation == {"meelezer": 1}
    assert found["vera"].cards == found["vera"].by_organisation == {}, "an administrator reads no cards"
    assert "Van Dale" not in str(found)
    accounts.deactivate(desk, actor(desk, "bea"), "sanne")
    found = {one.listed.account.id: one for one in reviewing.review(desk, actor(desk, "bea"))}
    assert found["sanne"].cards == {}


def test_the_file_holds_a_row_for_everybody_and_no_formula(desk: Desk) -> None:
    bad = ["=HYPERLINK(1)", "+31", "-1", "@x"]
    desk.accounts.put(
        (), [Account(f"x{number}", name, f"{number}@cjg.example", "cjg") for number, name in enumerate(bad)]
    )
    desk.accounts.change("sanne", lambda was: replace(was, name='Sanne; "de" Vries', used="2026-11-20"))
    found = reviewing.review(desk, actor(desk, "bea"))
    file = reviewing.export(desk, found, TITLES).decode("utf-8-sig")
    rows = list(csv.reader(file.splitlines(), delimiter=";"))
    assert rows[0][:7] == TITLES
    assert rows[0][7] == "Dossierhouder"
    assert len(rows) == 10
    assert all(len(row) == len(rows[0]) for row in rows)
    assert {row[0] for row in rows} >= {f"'{one}" for one in bad} | {'Sanne; "de" Vries'}
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")]
