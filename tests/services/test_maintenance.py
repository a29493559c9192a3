"""What looking after the cards finds, beside what the command line shows of it."""

from contextlib import suppress
from pathlib import Path

import pytest

from app.services import maintenance, receipts
from app.storage.errors import StoreFailed
from app.storage.kaart_writer import KaartWriter
from tests.desks import OPERATOR
from tests.storage.helpers import plain_git
from tests.two import NOTHING_CHOSEN, Side, accepted, brought, offered, packed, ready_card, receipt, sides


def test_what_came_from_elsewhere_and_is_not_in_the_card_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    giver, kaart, parcel = answered(tmp_path)
    assert found(giver) == []
    with monkeypatch.context() as then:
        another_program_comes_between(giver, kaart, then)
        with suppress(StoreFailed):
            receipts.read_in(giver.desk, giver.actor, parcel, NOTHING_CHOSEN)
    taken = giver.desk.kaarten.access(kaart).handovers.taken
    assert found(giver) == [(kaart, taken[0])]

    repository = repository_of(giver, kaart)
    merged = plain_git(repository, "commit-tree", "-p", "main", "-p", taken[0], "-m", "Samen", f"{taken[0]}^{{tree}}")
    plain_git(repository, "update-ref", "refs/heads/main", merged.strip())
    maintenance.reindex(giver.desk, OPERATOR)
    assert found(giver) == []


def test_what_is_still_on_its_way_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    giver, kaart, parcel = answered(tmp_path)

    def dies(*_given: object) -> None:
        raise StoreFailed("the program is gone")

    with monkeypatch.context() as then:
        then.setattr(KaartWriter, "land", dies)
        with suppress(StoreFailed):
            receipts.read_in(giver.desk, giver.actor, parcel, NOTHING_CHOSEN)
    assert giver.desk.kaarten.access(kaart).handovers.landing(giver.desk.kaarten.head(kaart))
    assert found(giver) == []


def answered(folder: Path) -> tuple[Side, str, str]:
    """Who gave a card away, the card, and the receipt of it that was brought in and not read in yet."""
    giver, receiver = sides(folder)
    kaart = ready_card(giver)
    offered(giver, receiver, kaart)
    offer = accepted(receiver, packed(giver, kaart))
    return giver, kaart, brought(giver, receipt(receiver, kaart, offer))


def repository_of(side: Side, kaart: str) -> Path:
    return side.folder / "cards_repo" / kaart[:2] / f"{kaart}.git"


def another_program_comes_between(side: Side, kaart: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have an ordinary git save something between the move of the roles and that of the card."""
    repository = repository_of(side, kaart)
    land = KaartWriter.land

    def late(writer: KaartWriter, expected: str, revision: str) -> object:
        made = plain_git(repository, "commit-tree", "-p", "main", "-m", "Met de hand", "main^{tree}")
        plain_git(repository, "update-ref", "refs/heads/main", made.strip())
        return land(writer, expected, revision)

    monkeypatch.setattr(KaartWriter, "land", late)


def found(side: Side) -> list[tuple[str, str]]:
    """Of each revision that something is the matter with: the card, and which it is."""
    return [(one.kaart, one.revision) for one in maintenance.check(side.desk, OPERATOR) if one.revision]
