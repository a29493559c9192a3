"""Bewaren: what is due is told; an exception keeps a card from being destroyed for its term, and from nothing else."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.content.card_type import CardType
from app.services import destroying, editing, granting, keeping, maintenance, reading
from app.services.cataloguing import catch_up
from app.services.desk import ZONE, Desk
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.storage.catalogue import Catalogue
from tests.administrators import actor, administered
from tests.desks import MEHMET, OPERATOR, SANNE, at, new_card, open_test_desk, share

LATER = datetime(2047, 1, 1, 9, 0, tzinfo=ZONE)
"""More than twenty years after the cards of a test were changed."""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return administered(open_test_desk(tmp_path, alone=True))


@pytest.fixture
def kaart(desk: Desk) -> str:
    kaart = editing.create_card(desk, SANNE, new_card(), "Begin")
    share(desk, kaart, "account:mehmet", "behandelaar")
    return kaart


def grounds(desk: Desk, kaart: str) -> list[str]:
    return list(destroying.prospect(desk, SANNE, kaart).grounds)


def test_while_an_exception_holds_the_term_is_no_ground(desk: Desk, kaart: str) -> None:
    later = at(desk, LATER)
    assert grounds(later, kaart) == ["termijn", "verzoek", "onterecht"]

    keep = keeping.keep_longer(later, SANNE, kaart, "procedure", "2048-01-01", "Zaak bij de rechtbank")

    assert grounds(later, kaart) == ["verzoek", "onterecht"]
    assert [one.reason for one in destroying.prospect(later, SANNE, kaart).kept] == ["Zaak bij de rechtbank"]
    with pytest.raises(InvalidInput):
        destroying.ask(later, SANNE, kaart, "termijn", "Voorbij", desk.kaarten.head(kaart))
    assert "termijn" not in grounds(at(desk, datetime(2047, 12, 31, 23, 0, tzinfo=ZONE)), kaart)
    assert "termijn" in grounds(at(desk, datetime(2048, 1, 1, 0, 0, tzinfo=ZONE)), kaart)
    keeping.lift(later, SANNE, kaart, keep.id, "De zaak is klaar")
    assert "termijn" in grounds(later, kaart)
    with pytest.raises(NotFound):
        keeping.lift(later, SANNE, kaart, keep.id, "Nog eens")


def test_an_exception_that_comes_after_the_request_stops_the_second_person(desk: Desk, kaart: str) -> None:
    later = at(desk, LATER)
    head = desk.kaarten.head(kaart)
    said = destroying.ask(later, SANNE, kaart, "termijn", "Voorbij", head)
    keeping.keep_longer(later, SANNE, kaart, "verzoek", "", "Mevrouw wil haar houden")
    with pytest.raises(InvalidInput):
        destroying.carry_out(later, MEHMET, SANNE, kaart, said, lambda: reading.read_card(later, MEHMET, kaart))
    assert desk.kaarten.exists(kaart)


@pytest.mark.parametrize(
    ("exception", "until", "reason", "wrong"),
    [
        ("zomaar", "", "", {keeping.EXCEPTION, keeping.UNTIL, "reden"}),
        ("procedure", "", "Zaak", {keeping.UNTIL}),
        ("procedure", "2026-11-23", "Zaak", {keeping.UNTIL}),
        ("procedure", "2040-01-01", "Zaak", {keeping.UNTIL}),
        ("procedure", "1 maart", "Zaak", {keeping.UNTIL}),
        ("verzoek", "", " ", {"reden"}),
    ],
)
def test_what_cannot_be_is_said_at_once_and_nothing_is_kept(
    desk: Desk, kaart: str, exception: str, until: str, reason: str, wrong: set[str]
) -> None:
    before = desk.kaarten.access(kaart)
    with pytest.raises(InvalidInput) as refusal:
        keeping.keep_longer(desk, SANNE, kaart, exception, until, reason)
    assert {one.lower().strip("_") for one in refusal.value.problems} == wrong
    assert desk.kaarten.access(kaart) == before


def test_only_who_may_do_it_does_it(desk: Desk, kaart: str) -> None:
    with pytest.raises(NotAllowed):
        keeping.keep_longer(desk, MEHMET, kaart, "verzoek", "", "Mag niet")
    with pytest.raises(NotFound):
        keeping.keep_longer(desk, OPERATOR, kaart, "verzoek", "", "Mag niet")
    with pytest.raises(NotAllowed):
        keeping.due_everywhere(desk, actor(desk, "vera"))
    with pytest.raises(NotFound):
        keeping.keeps_of(desk, actor(desk, "bea"), kaart)
    assert desk.kaarten.access(kaart).keeps == ()


def test_roles_that_change_leave_the_exceptions_and_the_other_way_round(desk: Desk, kaart: str) -> None:
    keeping.keep_longer(desk, SANNE, kaart, "verzoek", "", "Op verzoek")
    before = desk.kaarten.access(kaart)
    grant = granting.new_grant(desk, SANNE, "account:adri", "meelezer")
    granting.regrant(desk, SANNE, kaart, lambda grants: [*grants, grant], "Gedeeld")
    after = desk.kaarten.access(kaart)
    assert after.keeps == before.keeps
    assert after.grants == (*before.grants, grant)
    assert list(maintenance.check(desk, OPERATOR)) == []


def test_what_is_due_is_told_to_who_may_destroy_it_and_by_number_to_who_runs_it(
    desk: Desk, kaart: str, tmp_path: Path
) -> None:
    other = editing.create_card(desk, MEHMET, new_card(), "Van een ander")
    catch_up(desk)
    assert keeping.due(desk, SANNE) == keeping.due_everywhere(desk, OPERATOR) == []
    until = destroying.prospect(desk, SANNE, kaart).until
    assert until
    day = datetime(until.year, until.month, until.day, 9, 0, tzinfo=ZONE)
    assert keeping.due(at(desk, day - timedelta(days=93)), SANNE) == []
    soon = at(desk, day - timedelta(days=92))
    (told,) = keeping.due(soon, SANNE)
    assert (told.id, told.until, told.kept) == (kaart, until, False)
    assert told.title
    assert keeping.due(at(desk, day), MEHMET) == [keeping.Aged(other, told.title, until, kept=False)]
    assert {(one.id, one.title) for one in keeping.due_everywhere(soon, OPERATOR)} == {(kaart, ""), (other, "")}

    keeping.keep_longer(at(desk, day), SANNE, kaart, "verzoek", "", "Op verzoek")

    assert [one.kept for one in keeping.due(at(desk, day), SANNE)] == [True]
    object.__setattr__(desk, "catalogue", Catalogue(tmp_path / "anders.sqlite"))
    catch_up(desk)
    assert [one.kept for one in keeping.due(at(desk, day), SANNE)] == [True]


def test_what_is_due_is_found_by_an_index(desk: Desk, kaart: str) -> None:
    del kaart
    with desk.catalogue.open() as db:
        plan = db.execute("EXPLAIN QUERY PLAN SELECT id FROM kaart WHERE changed < 'x' AND changed <> ''").fetchall()
    assert any("kaart_changed" in str(row) for row in plan)


def test_each_exception_that_is_released_says_where_it_stands(card_type: CardType) -> None:
    exceptions = card_type.retention.exceptions
    assert {"procedure", "verzoek", "zorg"} == set(exceptions)
    assert all(one.title and one.description and one.source for one in exceptions.values())
    assert [name for name, one in exceptions.items() if not one.ends] == ["verzoek"]
