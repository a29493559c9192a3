"""What became of a role on a card, or of an account, while a request waited for its turn to write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from app.content.grants import Grant
from app.services import accounts, editing, emergency, reading, rights, sharing
from app.services.desk import ZONE, Desk
from app.services.errors import NotAllowed, NotFound
from app.services.granting import regrant
from app.services.offering import Offer
from app.storage.kaart_writer import KaartWriter
from app.storage.kaarten import KaartRepository
from tests.desks import LONG_AGO, MEHMET, OPERATOR, SANNE, at, held_too, logged, new_card, open_test_desk, peopled

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZONE)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return at(peopled(open_test_desk(tmp_path, alone=True)), NOON)


@pytest.fixture
def kaart(desk: Desk) -> str:
    """A card of Sanne alone."""
    return editing.create_card(desk, SANNE, new_card(), "Begin")


class Waits(KaartRepository):
    """Cards of which somebody else does something while one waits for the lock, the first time."""

    def __init__(self, kaarten: KaartRepository, meanwhile: Callable[[], None]) -> None:
        self.__dict__.update(kaarten.__dict__)
        self._meanwhile = [meanwhile]

    @contextmanager
    def writing(self, kaart_id: str) -> Iterator[KaartWriter]:
        if self._meanwhile:
            self._meanwhile.pop()()
        with super().writing(kaart_id) as writer:
            yield writer


def test_who_loses_a_role_while_the_request_waits_for_the_card_saves_and_shares_nothing(
    desk: Desk, kaart: str, tmp_path: Path
) -> None:
    given = held_too(desk, kaart)
    was = reading.read_card(desk, MEHMET, kaart)
    item = {**was.document["afspraken"][1], "tekst": "Na het intrekken"}
    offer = Offer("organisation:vt", "meelezer", reason="Nog even.")

    def save(late: Desk) -> None:
        editing.save_item(late, MEHMET, kaart, "afspraken", item, was.revision, "Nog even")

    for act in (save, lambda late: sharing.give(late, MEHMET, kaart, offer)):
        request = replace(desk, told=set(), roles={})
        assert request.may(MEHMET, rights.SHARE, kaart)  # the door asks, and the request remembers
        late = replace(request, kaarten=Waits(desk.kaarten, lambda: sharing.withdraw(desk, SANNE, kaart, given.id)))
        with pytest.raises(NotFound):
            act(late)
        last = logged(tmp_path)[-1]
        assert (last["who"], last["kaart"], last["outcome"]) == ("mehmet", kaart, "geweigerd")
        assert desk.kaarten.head(kaart) == was.revision
        assert len(desk.access(kaart).grants) == 2
        regrant(desk, SANNE, kaart, lambda grants: [grants[0], given], "Terug")


def test_whose_account_is_stopped_while_the_request_waits_for_the_card_saves_and_shares_nothing(
    desk: Desk, kaart: str, tmp_path: Path
) -> None:
    was = reading.read_card(desk, SANNE, kaart)
    item = {**was.document["afspraken"][1], "tekst": "Na het stoppen"}
    offer = Offer("organisation:vt", "meelezer", reason="Nog even.")

    def save(late: Desk) -> None:
        editing.save_item(late, SANNE, kaart, "afspraken", item, was.revision, "Nog even")

    for act in (save, lambda late: sharing.give(late, SANNE, kaart, offer)):
        late = replace(
            desk,
            kaarten=Waits(desk.kaarten, lambda: accounts.deactivate(desk, OPERATOR, "sanne")),
            told=set(),
            roles={},
        )
        with pytest.raises(NotAllowed, match="gestopt"):
            act(late)
        last = logged(tmp_path)[-1]
        assert (last["who"], last["kaart"], last["outcome"]) == ("sanne", kaart, "geweigerd")
        assert desk.kaarten.head(kaart) == was.revision
        assert len(desk.access(kaart).grants) == 1
        accounts.reactivate(desk, OPERATOR, "sanne")


def test_who_got_another_role_or_organisation_meanwhile_acts_no_more_as_who_it_was(desk: Desk, kaart: str) -> None:
    for change in ({"role": "auditor"}, {"organisation": "vt"}):
        mine = desk.accounts.change("sanne", lambda one, change=change: replace(one, **change))  # type: ignore[misc]
        assert mine.active
        with pytest.raises(NotAllowed, match="gewijzigd"):
            desk.require(SANNE, rights.READ, kaart)
        desk.accounts.change("sanne", lambda one: replace(one, role="professional", organisation="cjg"))
    desk.require(SANNE, rights.READ, kaart)


def test_who_loses_a_role_while_waiting_cannot_say_any_more_to_know_of_emergency_access(desk: Desk, kaart: str) -> None:
    given = held_too(desk, kaart)
    regrant(desk, SANNE, kaart, lambda grants: [*grants, Grant("r-n", "account:weg", "noodtoegang", LONG_AGO)], "Proef")
    late = replace(desk, kaarten=Waits(desk.kaarten, lambda: sharing.withdraw(desk, SANNE, kaart, given.id)), roles={})
    with pytest.raises(NotFound):
        emergency.acknowledge(late, MEHMET, kaart, "r-n")
    assert not any(one.seen for one in desk.access(kaart).grants)


def test_a_role_that_was_withdrawn_while_somebody_waits_to_change_it_does_not_come_back(desk: Desk, kaart: str) -> None:
    offer = Offer("account:mehmet", "meelezer", reason="Kijkt mee.")
    given = sharing.give(desk, SANNE, kaart, offer)
    late = replace(desk, kaarten=Waits(desk.kaarten, lambda: sharing.withdraw(desk, SANNE, kaart, given.id)), roles={})
    with pytest.raises(NotFound):
        sharing.change(late, SANNE, kaart, given.id, replace(offer, role="behandelaar"))
    assert not desk.may(MEHMET, rights.READ, kaart)
