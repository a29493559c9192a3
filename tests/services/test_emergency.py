"""Noodtoegang: at once, with a reason, for a short time, logged and told to who holds the card."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.services import editing, emergency, reading, sharing
from app.services.actors import actor_of
from app.services.desk import ZONE, Desk
from app.services.emergency import FORGET, NOTHING, TRIES, WITHIN, TooOften
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.services.offering import Offer
from app.storage.access_log import LogUnavailable
from app.storage.accounts import Account
from app.storage.catalogue import Query
from app.storage.errors import StoreFailed
from app.storage.kaart_writer import KaartWriter
from tests.desks import KNOWN, MEHMET, OPERATOR, SANNE, at, logged, new_card, open_test_desk, peopled

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZONE)
WHY = "De politie staat nu voor de deur."
NOOR = {"naam": "Noor", "geboortedatum": "2018-05-04"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return at(peopled(open_test_desk(tmp_path, alone=True)), NOON)


@pytest.fixture
def kaart(desk: Desk) -> str:
    """A card of Sanne alone."""
    return card_of_noor(desk)


def card_of_noor(desk: Desk) -> str:
    people = [{**one, **(NOOR if one["id"] == "p-1" else {})} for one in new_card()["personen"]]
    return editing.create_card(at(desk, NOON - timedelta(hours=1)), SANNE, new_card(personen=people), "Begin")


def later(desk: Desk, passed: timedelta) -> Desk:
    return at(desk, NOON + passed)


def test_it_opens_the_card_to_read_for_a_day_and_no_longer(desk: Desk, kaart: str) -> None:
    assert emergency.take(desk, MEHMET, WHY, kaart, {}) == [kaart]
    stored = reading.read_card(desk, MEHMET, kaart)
    assert [one.entry.id for one in reading.find_cards(desk, MEHMET, Query())[0]] == [kaart]
    with pytest.raises(NotAllowed):
        editing.remove_item(desk, MEHMET, kaart, "afspraken", "a-2", stored.revision, "Weg")
    with pytest.raises(NotAllowed):
        sharing.give(desk, MEHMET, kaart, Offer("account:mehmet", "meelezer", reason="Voor mij."))
    reading.read_card(later(desk, timedelta(hours=23, minutes=59)), MEHMET, kaart)
    over = later(desk, timedelta(hours=24))
    with pytest.raises(NotFound):
        reading.read_card(over, MEHMET, kaart)
    assert reading.find_cards(over, MEHMET, Query()) == ([], 0)


def test_a_card_is_found_by_the_name_and_the_day_of_birth_of_a_child_exactly(desk: Desk, kaart: str) -> None:
    for known in (
        {**NOOR, "naam": "Noo"},
        {**NOOR, "geboortedatum": "2018-05-05"},
        {"naam": "Vader Van Dale", "geboortedatum": "1985-01-01"},
        {"naam": "%", "geboortedatum": "2018-05-04"},
    ):
        with pytest.raises(NotFound, match="Geen kaart gevonden"):
            emergency.take(replace(desk), MEHMET, WHY, "", known)
    assert emergency.take(desk, MEHMET, WHY, "", {**NOOR, "naam": "  NOOR "}) == [kaart]


def test_a_child_on_two_cards_opens_both(desk: Desk, kaart: str) -> None:
    both = {kaart, card_of_noor(desk)}
    assert set(emergency.take(desk, MEHMET, WHY, "", NOOR)) == both
    for one in both:
        reading.read_card(desk, MEHMET, one)


@pytest.mark.parametrize(
    ("reason", "number", "known", "fields"),
    [
        ("", "x", {}, ["reden"]),
        ("Spoed", "x", {}, ["reden"]),
        ("x" * 401, "x", {}, ["reden"]),
        (WHY, "", {}, ["nummer"]),
        (WHY, " ", {"naam": "Noor"}, ["geboortedatum"]),
        (WHY, "", {"geboortedatum": "2018-05-04"}, ["naam"]),
        ("", "", {}, ["reden", "nummer"]),
    ],
)
def test_without_a_reason_and_something_to_find_it_by_nothing_is_looked_for(
    tmp_path: Path, desk: Desk, kaart: str, reason: str, number: str, known: dict[str, str], fields: list[str]
) -> None:
    for _ in range(TRIES + 1):
        with pytest.raises(InvalidInput) as refused:
            emergency.take(desk, MEHMET, reason, kaart if number == "x" else number, known)
        assert list(refused.value.problems) == fields
    assert "emergency-find" not in [line["event"] for line in logged(tmp_path)]
    emergency.take(desk, MEHMET, WHY, kaart, {})


@pytest.mark.parametrize("number", ["6b6f0c1e-51a5-4f0e-9d3e-0c8f7a1b2c3e", "../../etc", "12", "\x00", "x" * 5000])
def test_a_number_that_is_no_card_has_the_same_answer_as_any_other(desk: Desk, kaart: str, number: str) -> None:
    assert kaart != number
    with pytest.raises(NotFound) as refused:
        emergency.take(desk, MEHMET, WHY, number, {})
    assert str(refused.value) == NOTHING


def test_a_number_may_be_typed_with_blanks_and_capitals(desk: Desk, kaart: str) -> None:
    assert emergency.take(desk, MEHMET, WHY, f" {kaart[:8].upper()} {kaart[8:]} ", {}) == [kaart]


def test_who_reads_the_card_already_gets_no_second_role(desk: Desk, kaart: str) -> None:
    before = desk.access(kaart)
    assert emergency.take(desk, SANNE, WHY, kaart, {}) == [kaart]
    assert desk.access(kaart) == before
    emergency.take(desk, MEHMET, WHY, kaart, {})
    once = desk.access(kaart)
    emergency.take(desk, MEHMET, WHY, kaart, {})
    assert desk.access(kaart) == once
    assert emergency.only_emergency(desk, SANNE, kaart) is None
    assert emergency.only_emergency(desk, MEHMET, kaart) == once.grants[-1]


def test_the_log_marks_it_and_everything_that_is_read_with_it(tmp_path: Path, desk: Desk, kaart: str) -> None:
    emergency.take(desk, MEHMET, WHY, kaart, {})
    reading.read_card(desk, MEHMET, kaart)
    lines = [line for line in logged(tmp_path) if line["who"] == "mehmet" and line["kaart"]]
    assert [(line["event"], line["emergency"], line["ground"]) for line in lines] == [
        ("emergency-take", True, "noodtoegang"),
        ("read", True, "noodtoegang"),
    ]
    assert WHY not in str(lines)


def test_without_a_line_in_the_log_there_is_no_access(desk: Desk, kaart: str) -> None:
    class Full:
        """A log whose disk is full at the line about the access itself."""

        def append(self, events: list[object]) -> None:
            if "emergency-take" in str(events):
                raise LogUnavailable("full")

    before = desk.access(kaart)
    with pytest.raises(LogUnavailable):
        emergency.take(replace(desk, log=Full()), MEHMET, WHY, kaart, {})  # type: ignore[arg-type]
    assert desk.access(kaart) == before


def test_who_shares_the_card_is_told_until_one_of_them_says_to_know(desk: Desk, kaart: str) -> None:
    emergency.take(desk, MEHMET, WHY, kaart, {})
    (told,) = emergency.unseen(desk, SANNE)
    assert (told.kaart_id, told.title, told.name, told.organisation, told.grant.reason) == (
        kaart,
        "Gezin Van Dale",
        "Mehmet Kaya",
        "Veilig Thuis",
        WHY,
    )
    assert emergency.unseen(desk, MEHMET) == []
    assert emergency.unseen_on(desk, MEHMET, kaart) == []
    assert len(emergency.unseen_on(desk, SANNE, kaart)) == 1
    with pytest.raises(NotAllowed):
        emergency.acknowledge(desk, MEHMET, kaart, told.grant.id)
    assert emergency.unseen(later(desk, timedelta(days=3)), SANNE), "also when it is long over"
    emergency.acknowledge(desk, SANNE, kaart, told.grant.id)
    assert emergency.unseen(desk, SANNE) == emergency.unseen_on(desk, SANNE, kaart) == []
    reading.read_card(desk, MEHMET, kaart)


def test_only_what_was_taken_can_be_acknowledged(desk: Desk, kaart: str) -> None:
    (own,) = desk.access(kaart).grants
    with pytest.raises(NotFound):
        emergency.acknowledge(desk, SANNE, kaart, own.id)
    assert desk.access(kaart).grants == (own,)


def test_a_dossierhouder_withdraws_it_at_once(desk: Desk, kaart: str) -> None:
    emergency.take(desk, MEHMET, WHY, kaart, {})
    (told,) = emergency.unseen(desk, SANNE)
    sharing.withdraw(desk, SANNE, kaart, told.grant.id, "Niet nodig.")
    with pytest.raises(NotFound):
        reading.read_card(desk, MEHMET, kaart)


def test_what_is_shielded_from_a_person_stays_so_in_an_emergency(desk: Desk, kaart: str) -> None:
    row = {"id": "w-2", "naam": "M. Kaya", "organisatie": "Veilig Thuis"}
    stored = reading.read_card(desk, SANNE, kaart)
    editing.save_item(desk, SANNE, kaart, "professionals", row, stored.revision, "Erbij")
    stored = reading.read_card(desk, SANNE, kaart)
    shielded = {**stored.document["onveilig"][0], "afgeschermdVoor": ["w-2"]}
    editing.save_item(desk, SANNE, kaart, "onveilig", shielded, stored.revision, "Afgeschermd")
    emergency.take(desk, MEHMET, WHY, kaart, {})
    assert "onveilig" not in reading.read_card(desk, MEHMET, kaart).document


def test_who_tries_often_waits_and_each_try_has_its_line(tmp_path: Path, desk: Desk, kaart: str) -> None:
    for _ in range(TRIES):
        with pytest.raises(NotFound):
            emergency.take(desk, MEHMET, WHY, "", {**NOOR, "naam": "Fout"})
    for _ in range(3):
        with pytest.raises(TooOften, match="60 minuten"):
            emergency.take(desk, MEHMET, WHY, kaart, {})
    with pytest.raises(NotFound):
        reading.read_card(desk, MEHMET, kaart)
    tries = [line for line in logged(tmp_path) if line["event"] == "emergency-find"]
    assert len(tries) == TRIES + 3
    assert {(line["who"], line["outcome"], line["kaart"]) for line in tries} == {("mehmet", "geweigerd", "")}
    emergency.take(desk, SANNE, WHY, kaart, {})
    hour = later(desk, WITHIN)
    with pytest.raises(NotFound):
        emergency.take(hour, MEHMET, WHY, "", {**NOOR, "naam": "Fout"})
    with pytest.raises(TooOften):
        emergency.take(hour, MEHMET, WHY, kaart, {})
    assert emergency.take(later(desk, WITHIN + FORGET), MEHMET, WHY, kaart, {}) == [kaart]


def test_who_reads_no_cards_takes_none_in_an_emergency(desk: Desk, kaart: str) -> None:
    auditor = actor_of(Account("aud", "Aud", "a@x.example", "cjg", role="auditor"), KNOWN)
    for actor in (auditor, OPERATOR, replace(auditor, role="beheerder"), replace(auditor, id="")):
        with pytest.raises(NotAllowed):
            emergency.take(desk, actor, WHY, kaart, {})


def test_access_that_the_disk_refused_stands_in_the_log_as_failed(
    desk: Desk, kaart: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreFailed("full")

    monkeypatch.setattr(KaartWriter, "save_access", full)
    with pytest.raises(StoreFailed):
        emergency.take(desk, MEHMET, WHY, kaart, {})
    outcomes = [one["outcome"] for one in logged(tmp_path) if one["event"] == "emergency-take"]
    assert outcomes == ["toegestaan", "mislukt"]


def test_who_has_another_role_too_does_not_read_by_noodtoegang_alone(desk: Desk, kaart: str) -> None:
    emergency.take(desk, MEHMET, WHY, kaart, {})
    assert emergency.only_emergency(desk, MEHMET, kaart) is not None
    sharing.give(desk, SANNE, kaart, Offer("account:mehmet", "meelezer", reason="Kijkt mee."))
    assert emergency.only_emergency(desk, MEHMET, kaart) is None
