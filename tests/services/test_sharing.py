"""Delen: giving, changing and withdrawing roles on a card, and what never may be."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from app.content.grants import MOST, Grant, utc
from app.services import editing, reading, rights, shared_with, sharing
from app.services.actors import Actor, actor_of
from app.services.desk import ZONE, Desk
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.services.granting import regrant
from app.services.linking import unlinked_on
from app.services.offering import REASON, ROLE, ROW, SINCE, SUBJECT, UNTIL, Offer
from app.storage.access_log import LogUnavailable
from app.storage.accounts import Account, Organisation
from app.storage.catalogue import Query
from app.storage.errors import StoreFailed
from app.storage.kaart_writer import KaartWriter
from tests.desks import (
    KNOWN,
    LONG_AGO,
    MEHMET,
    OPERATOR,
    SANNE,
    at,
    held_too,
    logged,
    new_card,
    open_test_desk,
    peopled,
)

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZONE)
OFFER = Offer("account:mehmet", "meelezer", reason="Kijkt mee naar de veiligheid.")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return at(peopled(open_test_desk(tmp_path, alone=True)), NOON)


@pytest.fixture
def kaart(desk: Desk) -> str:
    """A card of Sanne alone."""
    card = new_card()
    card["professionals"].append({"id": "w-2", "naam": "M. Kaya", "organisatie": "Veilig Thuis"})
    return editing.create_card(at(desk, NOON - timedelta(hours=1)), SANNE, card, "Begin")


def reads(desk: Desk, actor: Actor, kaart: str) -> bool:
    """Whether a person reads a card and finds it; never one without the other."""
    found = kaart in [one.entry.id for one in reading.find_cards(desk, actor, Query())[0]]
    try:
        reading.read_card(desk, actor, kaart)
    except NotFound:
        assert not found
        return False
    assert found
    return True


def problems(refused: pytest.ExceptionInfo[InvalidInput]) -> dict[str, str]:
    return refused.value.problems


def own(desk: Desk, kaart: str) -> Grant:
    return desk.access(kaart).grants[0]


def test_who_is_given_a_role_reads_the_card_and_finds_it_at_once_and_who_is_not_does_neither(
    desk: Desk, kaart: str
) -> None:
    assert not reads(desk, MEHMET, kaart)
    grant = sharing.give(desk, SANNE, kaart, OFFER)
    assert reads(desk, MEHMET, kaart)
    sharing.withdraw(desk, SANNE, kaart, grant.id)
    assert not reads(desk, MEHMET, kaart)


def test_a_role_for_an_organisation_is_for_who_works_there(desk: Desk, kaart: str) -> None:
    sharing.give(desk, SANNE, kaart, replace(OFFER, subject="organisation:vt"))
    assert reads(desk, MEHMET, kaart)
    elsewhere = replace(MEHMET, organisation_id="cjg", id="other")
    assert not reads(desk, elsewhere, kaart)


def test_a_role_holds_from_its_first_day_until_its_last_day_is_over(desk: Desk, kaart: str) -> None:
    offer = replace(OFFER, since=date(2026, 12, 1), until=date(2026, 12, 3))
    sharing.give(desk, SANNE, kaart, offer)
    moments = {
        datetime(2026, 11, 30, 23, 59, 59, tzinfo=ZONE): False,
        datetime(2026, 12, 1, 0, 0, tzinfo=ZONE): True,
        datetime(2026, 12, 3, 23, 59, 59, tzinfo=ZONE): True,
        datetime(2026, 12, 4, 0, 0, tzinfo=ZONE): False,
    }
    assert {moment: reads(at(desk, moment), MEHMET, kaart) for moment in moments} == moments
    told = shared_with.shared(desk, SANNE, kaart)
    assert [one.name for one in told.later] == ["Mehmet Kaya"]


@pytest.mark.parametrize(
    ("offer", "field"),
    [
        (replace(OFFER, subject="account:nobody"), SUBJECT),
        (replace(OFFER, subject="vt"), SUBJECT),
        (replace(OFFER, subject=""), SUBJECT),
        (replace(OFFER, role="dossierhouder"), ROLE),
        (replace(OFFER, subject="account:weg"), SUBJECT),
        (replace(OFFER, subject="account:beheer"), SUBJECT),
        (replace(OFFER, subject="account:gesloten"), SUBJECT),
        (replace(OFFER, subject="organisation:gesloten"), SUBJECT),
        (replace(OFFER, role="noodtoegang"), ROLE),
        (replace(OFFER, role="baas"), ROLE),
        (replace(OFFER, since=TODAY - timedelta(days=1)), SINCE),
        (replace(OFFER, until=TODAY - timedelta(days=1)), UNTIL),
        (replace(OFFER, since=date(2027, 1, 2), until=date(2027, 1, 1)), UNTIL),
        (replace(OFFER, until=date.max), UNTIL),
        (replace(OFFER, professional="p-1"), ROW),
        (replace(OFFER, subject="organisation:vt", professional="w-2"), ROW),
        (replace(OFFER, reason=" "), REASON),
        (replace(OFFER, reason="x" * 401), REASON),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_given(
    desk: Desk, kaart: str, offer: Offer, field: str
) -> None:
    desk.accounts.put(
        [Organisation("gesloten", "Gesloten", active=False)],
        [
            Account("weg", "Weg", "weg@x.example", "vt", active=False, demonstration=True),
            Account("beheer", "Beheer", "beheer@x.example", "vt", role="beheerder", demonstration=True),
            Account("gesloten", "Dicht", "dicht@x.example", "gesloten", demonstration=True),
        ],
    )
    before = desk.access(kaart)
    with pytest.raises(InvalidInput) as refused:
        sharing.give(desk, SANNE, kaart, offer)
    assert list(problems(refused)) == [field]
    assert desk.access(kaart) == before


def test_the_same_role_is_not_given_twice_while_it_holds(desk: Desk, kaart: str) -> None:
    first = sharing.give(desk, SANNE, kaart, OFFER)
    with pytest.raises(InvalidInput) as refused:
        sharing.give(desk, SANNE, kaart, OFFER)
    assert list(problems(refused)) == [SUBJECT]
    sharing.withdraw(desk, SANNE, kaart, first.id)
    assert sharing.give(desk, SANNE, kaart, OFFER).id != first.id


def test_the_last_dossierhouder_stays(desk: Desk, kaart: str) -> None:
    holder = own(desk, kaart)
    with pytest.raises(NotAllowed, match="altijd een dossierhouder"):
        sharing.withdraw(desk, SANNE, kaart, holder.id)
    for offer in (
        Offer("", "behandelaar", reason="Anders"),
        Offer("", "dossierhouder", until=TODAY + timedelta(days=7), reason="Tot volgende week"),
        Offer("", "dossierhouder", since=TODAY + timedelta(days=7), reason="Vanaf volgende week"),
    ):
        with pytest.raises(NotAllowed, match="altijd een dossierhouder"):
            sharing.change(desk, SANNE, kaart, holder.id, offer)
    assert desk.access(kaart).grants == (holder,)


def test_a_dossierhouder_hands_over_to_the_day_and_leaves_no_gap(desk: Desk, kaart: str) -> None:
    holder = own(desk, kaart)
    held_too(desk, kaart, since=utc(datetime(2026, 12, 1, tzinfo=ZONE)))
    with pytest.raises(NotAllowed):
        sharing.change(desk, SANNE, kaart, holder.id, Offer("", "dossierhouder", until=date(2026, 11, 29), reason="x"))
    sharing.change(desk, SANNE, kaart, holder.id, Offer("", "dossierhouder", until=date(2026, 11, 30), reason="Over"))
    december = at(desk, datetime(2026, 12, 1, 9, 0, tzinfo=ZONE))
    assert reads(december, MEHMET, kaart)
    assert not reads(december, SANNE, kaart)


def test_a_dossierhouder_who_cannot_sign_in_is_none(desk: Desk, kaart: str) -> None:
    desk.accounts.put([], [Account("weg", "Weg", "weg@x.example", "cjg", demonstration=True)])
    held_too(desk, kaart, "account:weg")
    desk.accounts.change("weg", lambda one: replace(one, active=False))
    with pytest.raises(NotAllowed):
        sharing.withdraw(desk, SANNE, kaart, own(desk, kaart).id)


def test_a_role_changes_and_whose_it_is_stays(desk: Desk, kaart: str) -> None:
    grant = sharing.give(desk, SANNE, kaart, OFFER)
    offer = Offer("account:sanne", "behandelaar", until=date(2026, 12, 31), professional="w-2", reason="Doet mee.")
    sharing.change(desk, SANNE, kaart, grant.id, offer)
    (told,) = [one for one in shared_with.shared(desk, SANNE, kaart).now if one.grant.id == grant.id]
    assert (told.name, told.role.name, told.row, told.grant.until) == (
        "Mehmet Kaya",
        "behandelaar",
        "M. Kaya, Veilig Thuis",
        utc(datetime(2027, 1, 1, 0, 0, tzinfo=ZONE)),
    )
    assert told.grant.since == grant.since


def test_a_role_that_is_over_or_that_nobody_gave_is_not_changed(desk: Desk, kaart: str) -> None:
    grant = sharing.give(desk, SANNE, kaart, OFFER)
    sharing.withdraw(desk, SANNE, kaart, grant.id)
    with pytest.raises(NotFound):
        sharing.change(desk, SANNE, kaart, grant.id, replace(OFFER, role="behandelaar"))
    regrant(
        desk, SANNE, kaart, lambda grants: [*grants, Grant("r-x", "account:mehmet", "noodtoegang", LONG_AGO)], "Proef"
    )
    with pytest.raises(NotFound):
        sharing.change(desk, SANNE, kaart, "r-x", OFFER)
    sharing.withdraw(desk, SANNE, kaart, "r-x")
    assert not reads(desk, MEHMET, kaart)


def test_a_role_withdrawn_before_it_began_never_holds(desk: Desk, kaart: str) -> None:
    grant = sharing.give(desk, SANNE, kaart, replace(OFFER, since=date(2026, 12, 1)))
    sharing.withdraw(desk, SANNE, kaart, grant.id)
    assert not reads(at(desk, datetime(2026, 12, 1, 0, 0, tzinfo=ZONE)), MEHMET, kaart)


@pytest.mark.parametrize("role", ["behandelaar", "beoordelaar", "meelezer", "noodtoegang", "ontvanger"])
def test_only_a_dossierhouder_shares(desk: Desk, kaart: str, role: str) -> None:
    regrant(desk, SANNE, kaart, lambda grants: [*grants, Grant("r-m", "account:mehmet", role, LONG_AGO)], "Proef")
    before = desk.access(kaart)
    for act in (
        lambda: sharing.give(desk, MEHMET, kaart, replace(OFFER, role="dossierhouder")),
        lambda: sharing.change(desk, MEHMET, kaart, "r-m", replace(OFFER, role="dossierhouder")),
        lambda: sharing.withdraw(desk, MEHMET, kaart, own(desk, kaart).id),
        lambda: shared_with.open_to(desk, MEHMET, kaart),
        lambda: shared_with.role_given(desk, MEHMET, kaart, "r-m"),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert desk.access(kaart) == before
    assert [one.name for one in shared_with.shared(desk, MEHMET, kaart).now] == ["Sanne Bakker", "Mehmet Kaya"]


def test_who_has_no_role_may_not_know_that_there_is_a_card(desk: Desk, kaart: str) -> None:
    for act in (
        lambda: shared_with.shared(desk, MEHMET, kaart),
        lambda: sharing.give(desk, MEHMET, kaart, OFFER),
        lambda: sharing.withdraw(desk, MEHMET, kaart, own(desk, kaart).id),
    ):
        with pytest.raises(NotFound, match="Deze kaart is er niet"):
            act()


def test_who_works_on_the_server_puts_right_who_holds_a_card_without_reading_it(desk: Desk, kaart: str) -> None:
    sharing.give(desk, OPERATOR, kaart, replace(OFFER, role="dossierhouder"))
    assert reads(desk, MEHMET, kaart)
    with pytest.raises(NotFound):
        reading.read_card(desk, OPERATOR, kaart)


def test_every_change_is_told_with_who_why_and_about_whom(desk: Desk, kaart: str) -> None:
    grant = sharing.give(desk, SANNE, kaart, OFFER)
    sharing.change(desk, SANNE, kaart, grant.id, replace(OFFER, role="behandelaar", reason="Doet nu mee."))
    sharing.withdraw(desk, SANNE, kaart, grant.id, "Werkt nu elders.")
    told = shared_with.shared(desk, SANNE, kaart).told
    assert [(one.what, one.save.author.name, one.save.reason, one.about and one.about.name) for one in told] == [
        ("Rol ingetrokken: behandelaar", "Sanne Bakker", "Werkt nu elders.", "Mehmet Kaya"),
        ("Rol gewijzigd: behandelaar", "Sanne Bakker", "Doet nu mee.", "Mehmet Kaya"),
        ("Rol gegeven: meelezer", "Sanne Bakker", "Kijkt mee naar de veiligheid.", "Mehmet Kaya"),
        ("Kaart gemaakt", "Sanne Bakker", "", None),
    ]


def test_the_log_says_who_gave_a_role_to_whom_before_it_is_given(tmp_path: Path, desk: Desk, kaart: str) -> None:
    grant = sharing.give(desk, SANNE, kaart, OFFER)
    line = logged(tmp_path)[-1]
    assert (line["event"], line["who"], line["person"], line["kaart"], line["item"], line["outcome"]) == (
        "share-give",
        "sanne",
        "mehmet",
        kaart,
        grant.id,
        "toegestaan",
    )
    before = desk.access(kaart)

    class Full:
        """A log whose disk is full at the line about the role itself."""

        def append(self, events: list[object]) -> None:
            if "share-withdraw" in str(events):
                raise LogUnavailable("full")

    with pytest.raises(LogUnavailable):
        sharing.withdraw(replace(desk, log=Full()), SANNE, kaart, grant.id)  # type: ignore[arg-type]
    assert desk.access(kaart) == before
    assert reads(desk, MEHMET, kaart)


def test_what_is_refused_leaves_no_line_that_it_was_done(tmp_path: Path, desk: Desk, kaart: str) -> None:
    with pytest.raises(NotAllowed):
        sharing.withdraw(desk, SANNE, kaart, own(desk, kaart).id)
    assert "share-withdraw" not in [line["event"] for line in logged(tmp_path)]


def test_a_card_with_very_many_roles_lets_the_oldest_that_is_over_go(desk: Desk, kaart: str) -> None:
    over = [
        Grant(f"r-{one}", "account:mehmet", "meelezer", LONG_AGO, f"20{one % 26:02}-01-01T00:00:00+00:00")
        for one in range(MOST)
    ]
    regrant(desk, SANNE, kaart, lambda grants: [*grants, *over[: MOST - 1]], "Proef")
    sharing.give(desk, SANNE, kaart, OFFER)
    kept = {one.id for one in desk.access(kaart).grants}
    assert len(kept) == MOST
    assert "r-0" not in kept
    regrant(desk, SANNE, kaart, lambda grants: [replace(one, until="") for one in grants], "Proef")
    with pytest.raises(NotAllowed, match="hoogstens"):
        sharing.give(desk, SANNE, kaart, replace(OFFER, role="beoordelaar"))


def test_a_link_to_a_professional_that_the_changer_does_not_see_stays(desk: Desk, kaart: str) -> None:
    grant = sharing.give(desk, SANNE, kaart, replace(OFFER, professional="w-2"))
    stored = reading.read_card(desk, SANNE, kaart)
    shielded = {**stored.document["professionals"][1], "afgeschermdVoor": ["w-1"]}
    editing.save_item(desk, SANNE, kaart, "professionals", shielded, stored.revision, "Afgeschermd")
    assert "w-2" not in shared_with.rows_on(desk, SANNE, kaart)
    sharing.change(desk, SANNE, kaart, grant.id, replace(OFFER, role="behandelaar"))
    assert [one.professional for one in desk.access(kaart).grants if one.id == grant.id] == ["w-2"]


def test_a_professional_from_whom_something_is_shielded_and_who_has_a_role_by_another_name_is_told(
    desk: Desk, kaart: str
) -> None:
    stored = reading.read_card(desk, SANNE, kaart)
    row = {"id": "w-3", "naam": "Anne de Vries", "organisatie": "Veilig Thuis"}
    editing.save_item(desk, SANNE, kaart, "professionals", row, stored.revision, "Erbij")
    stored = reading.read_card(desk, SANNE, kaart)
    shielded = {**stored.document["onveilig"][0], "afgeschermdVoor": ["w-2", "w-3"]}
    editing.save_item(desk, SANNE, kaart, "onveilig", shielded, stored.revision, "Afgeschermd")
    assert unlinked_on(desk, reading.read_card(desk, SANNE, kaart)) == [
        "Anne de Vries, Veilig Thuis",
        "M. Kaya, Veilig Thuis",
    ]
    sharing.give(desk, SANNE, kaart, OFFER)
    assert unlinked_on(desk, reading.read_card(desk, SANNE, kaart)) == ["Anne de Vries, Veilig Thuis"]
    sharing.give(desk, SANNE, kaart, replace(OFFER, role="behandelaar", professional="w-3"))
    assert unlinked_on(desk, reading.read_card(desk, SANNE, kaart)) == []


def test_who_has_a_role_through_the_organisation_is_known_to_be_the_professional_of_that_name(
    desk: Desk, kaart: str
) -> None:
    stored = reading.read_card(desk, SANNE, kaart)
    shielded = {**stored.document["onveilig"][0], "afgeschermdVoor": ["w-2"]}
    editing.save_item(desk, SANNE, kaart, "onveilig", shielded, stored.revision, "Afgeschermd")
    assert unlinked_on(desk, reading.read_card(desk, SANNE, kaart)) == ["M. Kaya, Veilig Thuis"]
    grant = sharing.give(desk, SANNE, kaart, replace(OFFER, subject="organisation:vt"))
    assert unlinked_on(desk, reading.read_card(desk, SANNE, kaart)) == []
    sharing.withdraw(desk, SANNE, kaart, grant.id)
    assert unlinked_on(desk, reading.read_card(desk, SANNE, kaart)) == ["M. Kaya, Veilig Thuis"]


def test_who_is_linked_by_a_role_does_not_get_what_is_shielded_under_that_name(desk: Desk, kaart: str) -> None:
    desk.accounts.put([], [Account("anne", "A. Jansen-Vries", "anne@x.example", "vt", demonstration=True)])
    anne = actor_of(desk.accounts.known().accounts["anne"], desk.accounts.known())
    stored = reading.read_card(desk, SANNE, kaart)
    shielded = {**stored.document["onveilig"][0], "afgeschermdVoor": ["w-2"]}
    editing.save_item(desk, SANNE, kaart, "onveilig", shielded, stored.revision, "Afgeschermd")
    grant = sharing.give(desk, SANNE, kaart, replace(OFFER, subject="account:anne"))
    assert "onveilig" in reading.read_card(desk, anne, kaart).document
    sharing.change(desk, SANNE, kaart, grant.id, replace(OFFER, professional="w-2"))
    assert "onveilig" not in reading.read_card(desk, anne, kaart).document
    assert KNOWN.accounts.keys() <= desk.accounts.known().accounts.keys()


def test_who_shares_cannot_say_to_be_another_on_the_card_and_so_see_what_is_shielded(desk: Desk) -> None:
    shield = {"afgeschermdVoor": ["w-2"], "redenAfscherming": "Veiligheid"}
    card = new_card(netwerk=[{"id": "n-1", "naam": "Oma Riet"}, {"id": "n-9", "naam": "Buurvrouw", **shield}])
    card["professionals"].append({"id": "w-2", "naam": "Mevrouw Smit", "organisatie": "Veilig Thuis"})
    kaart = editing.create_card(at(desk, NOON - timedelta(hours=1)), SANNE, card, "Begin")
    grant = held_too(desk, kaart, professional="w-2")
    for row in ("", "w-1"):
        offer = Offer("", "dossierhouder", professional=row, reason="Dat ben ik niet.")
        with pytest.raises(InvalidInput) as refused:
            sharing.change(desk, MEHMET, kaart, grant.id, offer)
        assert list(problems(refused)) == [ROW]
    assert "Buurvrouw" not in repr(reading.read_card(desk, MEHMET, kaart).document)
    offer = Offer("", "behandelaar", professional="w-2", reason="Minder is genoeg.")
    sharing.change(desk, MEHMET, kaart, grant.id, offer)
    assert desk.access(kaart).grants[1].role == "behandelaar"


def test_who_waited_for_the_lock_while_the_role_was_withdrawn_changes_no_roles(desk: Desk, kaart: str) -> None:
    grant = held_too(desk, kaart)
    request = replace(desk, told=set(), roles={})
    shared_with.shared(request, MEHMET, kaart)
    sharing.withdraw(desk, SANNE, kaart, grant.id)
    before = desk.access(kaart)
    with pytest.raises(NotFound):
        sharing.give(request, MEHMET, kaart, replace(OFFER, subject="organisation:vt"))
    with pytest.raises(NotFound):
        sharing.withdraw(request, MEHMET, kaart, own(desk, kaart).id)
    assert desk.access(kaart) == before


def test_another_dossierhouder_may_say_who_of_the_card_somebody_is_and_change_it(desk: Desk, kaart: str) -> None:
    grant = sharing.give(desk, SANNE, kaart, replace(OFFER, professional="w-2"))
    first = next(iter(shared_with.rows_on(desk, SANNE, kaart)))
    sharing.change(desk, SANNE, kaart, grant.id, replace(OFFER, professional=first))
    assert [one.professional for one in desk.access(kaart).grants if one.id == grant.id] == [first]


def test_a_role_that_is_over_stays_as_it_was_when_it_is_withdrawn_once_more(
    desk: Desk, kaart: str, tmp_path: Path
) -> None:
    grant = sharing.give(desk, SANNE, kaart, OFFER)
    sharing.withdraw(desk, SANNE, kaart, grant.id)
    was, revision = desk.access(kaart).grants, desk.kaarten.heads(kaart)[1]
    sharing.withdraw(at(desk, NOON + timedelta(days=3)), SANNE, kaart, grant.id)
    assert desk.access(kaart).grants == was
    assert desk.kaarten.heads(kaart)[1] == revision  # what changes nothing is no change in the history either
    assert [one["event"] for one in logged(tmp_path)].count("share-withdraw") == 1


def test_a_reason_for_withdrawing_that_is_too_long_is_told_and_the_role_stays(desk: Desk, kaart: str) -> None:
    grant = sharing.give(desk, SANNE, kaart, OFFER)
    with pytest.raises(InvalidInput) as refused:
        sharing.withdraw(desk, SANNE, kaart, grant.id, "z" * 401)
    assert list(problems(refused)) == [REASON]
    assert reads(desk, MEHMET, kaart)


def test_a_role_that_was_to_begin_later_can_begin_now(desk: Desk, kaart: str) -> None:
    grant = sharing.give(desk, SANNE, kaart, replace(OFFER, since=TODAY + timedelta(days=7)))
    assert not reads(desk, MEHMET, kaart)
    sharing.change(desk, SANNE, kaart, grant.id, replace(OFFER, since=TODAY))
    assert reads(desk, MEHMET, kaart)


def test_at_midnight_the_day_before_is_over(desk: Desk, kaart: str) -> None:
    midnight = at(desk, datetime(2026, 11, 24, tzinfo=ZONE))
    grant = sharing.give(desk, SANNE, kaart, OFFER)
    with pytest.raises(InvalidInput) as refused:
        sharing.change(midnight, SANNE, kaart, grant.id, replace(OFFER, until=TODAY))
    assert list(problems(refused)) == [UNTIL]


def test_who_gives_up_the_own_role_may_nothing_more_in_that_same_request(desk: Desk, kaart: str) -> None:
    held_too(desk, kaart)
    request = replace(desk, roles={})
    sharing.withdraw(request, SANNE, kaart, own(desk, kaart).id)
    assert not request.may(SANNE, rights.READ, kaart)


def test_a_role_that_the_disk_refused_stands_in_the_log_as_failed(
    desk: Desk, kaart: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreFailed("full")

    monkeypatch.setattr(KaartWriter, "save_access", full)
    with pytest.raises(StoreFailed):
        sharing.give(desk, SANNE, kaart, OFFER)
    outcomes = [one["outcome"] for one in logged(tmp_path) if one["event"] == "share-give"]
    assert outcomes == ["toegestaan", "mislukt"]
    assert not reads(desk, MEHMET, kaart)


def test_the_list_of_all_roles_is_for_who_shares(desk: Desk, kaart: str) -> None:
    sharing.give(desk, SANNE, kaart, OFFER)
    assert len(shared_with.given(desk, SANNE, kaart)) == 2
    with pytest.raises(NotAllowed):
        shared_with.given(desk, MEHMET, kaart)


def test_of_a_card_whose_dossierhouder_cannot_sign_in_other_roles_can_still_be_withdrawn(
    desk: Desk, kaart: str
) -> None:
    grant = sharing.give(desk, SANNE, kaart, OFFER)
    desk.accounts.change("sanne", lambda one: replace(one, active=False))
    sharing.withdraw(desk, OPERATOR, kaart, grant.id)
    assert not reads(desk, MEHMET, kaart)


def test_only_signs_find_no_card(desk: Desk, kaart: str) -> None:
    assert reads(desk, SANNE, kaart)
    assert reading.find_cards(desk, SANNE, Query(text="?! --"))[0] == []
