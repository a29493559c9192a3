"""A card goes to another installation, whole, and comes back."""

from pathlib import Path

import pytest

from app.content.workflow import state_of
from app.services import editing, receipts, rights
from app.services.taking_in import Chosen
from tests.two import Side, accepted, brought, handed, offered, packed, ready_card, receipt, sides


@pytest.fixture
def both(tmp_path: Path) -> tuple[Side, Side]:
    return sides(tmp_path)


def holders(side: Side, kaart: str) -> list[str]:
    """Who has the role of dossierhouder now."""
    if not side.desk.kaarten.exists(kaart):
        return []
    grants = side.desk.kaarten.access(kaart).grants
    now = side.desk.clock()
    return [one.subject for one in grants if one.role == side.desk.types.roles.holder and one.is_in_force(now)]


def test_a_card_that_is_accepted_elsewhere_is_there_whole_and_here_to_be_read_alone(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    before = here.desk.kaarten.head(kaart)
    offered(here, there, kaart)
    sent = here.desk.kaarten.head(kaart)
    data = packed(here, kaart)
    offer = accepted(there, data)
    assert holders(here, kaart) == ["account:ans"]
    assert holders(there, kaart) == ["account:bo"]
    assert there.desk.kaarten.read(kaart, before).document == here.desk.kaarten.read(kaart, before).document
    now = there.desk.kaarten.read(kaart)
    assert state_of(now.document) == "actief"
    receipts.read_in(here.desk, here.actor, brought(here, receipt(there, kaart, offer)), Chosen())
    assert holders(here, kaart) == []
    assert state_of(here.desk.kaarten.read(kaart).document) == "overgedragen"
    assert sent in here.desk.kaarten.commits(kaart)
    mine, theirs = here.desk.kaarten.commits(kaart), there.desk.kaarten.commits(kaart)
    assert list(mine) == [one for one in theirs if one in mine]
    assert not here.desk.may(here.actor, rights.EDIT, here.desk.kaarten.read(kaart))


def test_a_card_that_comes_back_is_a_fast_forward_and_both_histories_are_equal(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    handed(here, there, kaart)
    item = {**there.desk.kaarten.read(kaart).document["afspraken"][0], "tekst": "Vader belt oma elke avond."}
    editing.save_item(there.desk, there.actor, kaart, "afspraken", item, there.desk.kaarten.head(kaart), "Zo is het.")
    handed(there, here, kaart)
    assert state_of(here.desk.kaarten.read(kaart).document) == "actief"
    assert here.desk.kaarten.read(kaart).document["afspraken"][0]["tekst"] == "Vader belt oma elke avond."
    assert holders(here, kaart) == ["account:ans"]
    mine, theirs = here.desk.kaarten.commits(kaart), there.desk.kaarten.commits(kaart)
    assert theirs.keys() <= mine.keys()
    assert [one for one in mine if one in theirs] == list(theirs)
    assert all(len(parents) < 2 for parents in mine.values())
