"""Who of the professionals on a card somebody is: nothing opens by saying that it is another."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.content.grants import MOST, Grant
from app.services import editing, reading, sharing
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed
from app.services.offering import ROW, with_room
from tests.desks import MEHMET, OPERATOR, SANNE, at, new_card, open_test_desk, peopled
from tests.services.test_sharing import NOON, OFFER, problems


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return at(peopled(open_test_desk(tmp_path, alone=True)), NOON)


@pytest.fixture
def kaart(desk: Desk) -> str:
    """A card of Sanne alone."""
    card = new_card()
    card["professionals"].append({"id": "w-2", "naam": "M. Kaya", "organisatie": "Veilig Thuis"})
    return editing.create_card(at(desk, NOON - timedelta(hours=1)), SANNE, card, "Begin")


def shielded_from_mehmet(desk: Desk, kaart: str) -> None:
    """Sanne shields an afspraak from the professional w-2."""
    stored = desk.kaarten.read(kaart)
    item = {**stored.document["afspraken"][0], "afgeschermdVoor": ["w-2"]}
    editing.save_item(desk, SANNE, kaart, "afspraken", item, stored.revision, "Veiligheid")


def test_nobody_opens_what_is_shielded_by_saying_that_somebody_is_another_professional(desk: Desk, kaart: str) -> None:
    grant = sharing.give(desk, SANNE, kaart, replace(OFFER, professional="w-2"))
    shielded_from_mehmet(desk, kaart)
    before = desk.access(kaart)
    for row in ("", "w-1"):
        with pytest.raises(InvalidInput) as refused:
            sharing.change(desk, SANNE, kaart, grant.id, replace(OFFER, professional=row))
        assert list(problems(refused)) == [ROW]
    assert desk.access(kaart) == before
    stored = desk.kaarten.read(kaart)
    editing.remove_item(desk, SANNE, kaart, "afspraken", "a-1", stored.revision, "Verlopen")
    with pytest.raises(InvalidInput):  # it was shielded when it went
        sharing.change(desk, SANNE, kaart, grant.id, replace(OFFER, professional=""))


def test_to_withdraw_a_role_and_give_it_anew_without_the_link_opens_nothing(desk: Desk, kaart: str) -> None:
    card = desk.kaarten.read(kaart)
    row = {**card.document["professionals"][1], "naam": "Mevrouw Smit"}
    editing.save_item(desk, SANNE, kaart, "professionals", row, card.revision, "Zo heet zij daar")
    grant = sharing.give(desk, SANNE, kaart, replace(OFFER, professional="w-2"))
    shielded_from_mehmet(desk, kaart)
    sharing.withdraw(desk, SANNE, kaart, grant.id)
    sharing.give(desk, SANNE, kaart, replace(OFFER, professional=""))
    assert "a-1" not in [one["id"] for one in reading.read_card(desk, MEHMET, kaart).document["afspraken"]]


def test_who_looks_after_the_installation_mends_a_link_that_was_a_mistake(desk: Desk, kaart: str) -> None:
    grant = sharing.give(desk, SANNE, kaart, replace(OFFER, professional="w-2"))
    shielded_from_mehmet(desk, kaart)
    with pytest.raises(NotAllowed):
        sharing.unlink(desk, SANNE, kaart, grant.id, "Een ander.")
    with pytest.raises(InvalidInput):
        sharing.unlink(desk, OPERATOR, kaart, grant.id, " ")
    sharing.unlink(desk, OPERATOR, kaart, grant.id, "Een ander.")
    assert [one.professional for one in desk.access(kaart).grants if one.id == grant.id] == [""]


def test_of_very_many_roles_the_one_that_says_who_somebody_is_never_goes() -> None:
    over = ("2020-01-01T00:00:00+00:00", "2020-02-01T00:00:00+00:00")
    first = Grant("r-0", "account:mehmet", "behandelaar", *over, "w-2")
    others = [Grant(f"r-{number}", "account:mehmet", "meelezer", *over) for number in range(1, MOST)]
    left = with_room((first, *others), NOON)
    assert (first in left, len(left)) == (True, MOST - 1)
    same = [replace(first, id=f"r-x{number}") for number in range(MOST)]
    assert len(with_room(same, NOON)) == MOST - 1
