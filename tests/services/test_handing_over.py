"""Handing over a card within one installation: who may, what it asks, what becomes of roles and card."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.content.handovers import Handover
from app.content.problems import InvalidCard
from app.services import confirming, editing, handing_over, reading, rights, sharing
from app.services.cataloguing import catch_up, current_entry
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.services.handing_over import GROUND, INFORMED, REASON, TEXT, TO, UNTIL, WHY
from app.services.offering import Offer
from app.services.saving import held
from app.storage.errors import StoreFailed
from app.storage.installations import Installation
from app.storage.kaart_writer import KaartWriter
from tests.desks import MEHMET, OPERATOR, SANNE, at, logged, new_card, open_test_desk, save_confirmed, share
from tests.handovers import WANTED, card_to_hand, els, holders, offered, says, whole_card


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_test_desk(tmp_path, alone=True)


@pytest.fixture
def kaart(desk: Desk) -> str:
    return card_to_hand(desk)


def newest(desk: Desk, kaart: str) -> Handover:
    return desk.kaarten.access(kaart).handovers.offers[-1]


def test_an_offer_puts_the_card_in_handover_and_lets_the_receiver_read_it(desk: Desk, kaart: str) -> None:
    revision = desk.kaarten.head(kaart)
    made = handing_over.offer(desk, SANNE, kaart, replace(WANTED, informed=False, why="De ouders zijn nog niet thuis."))
    assert (made.receiver, made.revision, made.giver) == ("Mehmet Kaya (Veilig Thuis)", revision, "sanne")
    assert says(desk, kaart) == ("in_overdracht", "Sanne Bakker", 1)
    assert desk.kaarten.read(kaart).document["verstrekkingen"] == [
        {
            "id": f"d-{made.id}",
            "aan": "Mehmet Kaya (Veilig Thuis)",
            "wat": "De hele kaart, om haar over te nemen.",
            "datum": "2026-11-23",
            "grondslag": "Toestemming van de ouders",
            "betrokkeneGeinformeerd": False,
            "reden": "De ouders zijn nog niet thuis.",
        }
    ]
    assert holders(desk, kaart) == ["account:sanne"]
    assert reading.read_card(desk, MEHMET, kaart).document == desk.kaarten.read(kaart).document
    with pytest.raises(NotAllowed):
        editing.remove_item(desk, MEHMET, kaart, "afspraken", "a-1", desk.kaarten.head(kaart), "")
    assert desk.catalogue.entry(kaart) == current_entry(desk, kaart)
    [save, *_] = desk.kaarten.history(kaart, 1)
    assert (save.author.name, save.reason) == ("Sanne Bakker", "Overdracht aanbieden: Mehmet Kaya (Veilig Thuis).")


def test_the_giver_can_go_on_working_until_it_is_accepted(desk: Desk, kaart: str) -> None:
    offered(desk, kaart)
    item = {**desk.kaarten.read(kaart).document["afspraken"][0], "frequentie": "Elke dag"}
    editing.save_item(desk, SANNE, kaart, "afspraken", item, desk.kaarten.head(kaart), "Vaker")
    assert says(desk, kaart)[0] == "in_overdracht"


def test_who_accepts_is_dossierhouder_from_then_on_and_the_giver_is_not(desk: Desk, kaart: str) -> None:
    identity = offered(desk, kaart)
    handing_over.accept(desk, MEHMET, kaart, identity)
    assert holders(desk, kaart) == ["account:mehmet"]
    assert says(desk, kaart) == ("actief", "Mehmet Kaya", 1)
    assert (newest(desk, kaart).outcome, newest(desk, kaart).closed_by) == (
        "aangenomen",
        "Mehmet Kaya (Veilig Thuis) <mehmet>",
    )
    [mine] = [one for one in desk.kaarten.access(kaart).grants if one.is_in_force(desk.clock())]
    assert mine.professional == desk.kaarten.read(kaart).document["kaart"]["dossierhouder"]
    with pytest.raises(NotFound):
        reading.read_card(desk, SANNE, kaart)
    assert desk.may(MEHMET, rights.EDIT, kaart)
    assert desk.catalogue.entry(kaart) == current_entry(desk, kaart)


def test_the_roles_of_both_change_in_one_commit(desk: Desk, kaart: str) -> None:
    identity = offered(desk, kaart)
    before = len(desk.kaarten.access_history(kaart, 99))
    handing_over.accept(desk, MEHMET, kaart, identity)
    assert len(desk.kaarten.access_history(kaart, 99)) == before + 1


def test_the_giver_reads_on_as_long_as_was_agreed(desk: Desk, kaart: str) -> None:
    identity = offered(desk, kaart, until=date(2026, 12, 1))
    handing_over.accept(desk, MEHMET, kaart, identity)
    reading.read_card(desk, SANNE, kaart)
    assert not desk.may(SANNE, rights.EDIT, kaart)
    last = desk.clock().replace(month=12, day=1, hour=23, minute=59)
    assert at(desk, last).may(SANNE, rights.READ, kaart)
    assert not at(desk, last + timedelta(minutes=1)).may(SANNE, rights.READ, kaart)


def test_of_an_organisation_the_one_who_accepts_becomes_dossierhouder(desk: Desk, kaart: str) -> None:
    identity = offered(desk, kaart, "organisation:vt")
    assert newest(desk, kaart).receiver == "Veilig Thuis"
    handing_over.accept(desk, els(desk), kaart, identity)
    assert holders(desk, kaart) == ["account:els"]
    row = desk.kaarten.read(kaart).document["professionals"][-1]
    assert row == {"id": f"w-{identity}", "naam": "Els Els", "organisatie": "Veilig Thuis", "functie": "Gezinswerker"}
    with pytest.raises(NotFound):
        reading.read_card(desk, MEHMET, kaart)


def test_who_stands_on_the_card_already_is_not_put_on_it_again(desk: Desk) -> None:
    card = whole_card()
    card["professionals"] += [
        {"id": "w-7", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis", "tot": "2020-01-01"},
        {"id": "w-8", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"},
    ]
    kaart = card_to_hand(desk, card)
    handing_over.accept(desk, MEHMET, kaart, offered(desk, kaart))
    document = desk.kaarten.read(kaart).document
    assert document["kaart"]["dossierhouder"] == "w-8"
    assert len(document["professionals"]) == len(card["professionals"])


@pytest.mark.parametrize(
    ("close", "outcome", "who"),
    [
        (lambda desk, kaart, one: handing_over.refuse(desk, MEHMET, kaart, one, "Te druk."), "geweigerd", "mehmet"),
        (
            lambda desk, kaart, one: handing_over.withdraw(desk, SANNE, kaart, one, "Vergissing."),
            "ingetrokken",
            "sanne",
        ),
    ],
)
def test_refused_or_withdrawn_the_giver_keeps_the_card_and_the_receiver_reads_it_no_more(
    desk: Desk, kaart: str, close: Callable[[Desk, str, str], Any], outcome: str, who: str
) -> None:
    close(desk, kaart, offered(desk, kaart))
    found = newest(desk, kaart)
    assert found.outcome == outcome
    assert found.reason in ("Te druk.", "Vergissing.")
    assert f"<{who}>" in found.closed_by
    assert holders(desk, kaart) == ["account:sanne"]
    assert says(desk, kaart) == ("actief", "Sanne Bakker", 1)
    assert found.reason not in str(desk.kaarten.history(kaart)), "why is for the two, not for all who read the card"
    with pytest.raises(NotFound):
        reading.read_card(desk, MEHMET, kaart)
    assert desk.catalogue.entry(kaart) == current_entry(desk, kaart)
    offered(desk, kaart, "organisation:vt")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"to": "account:sanne"}, TO),
        ({"to": "account:weg"}, TO),
        ({"to": "organisation:weg"}, TO),
        ({"to": ""}, TO),
        ({"text": "  "}, TEXT),
        ({"text": "x" * 10_001}, TEXT),
        ({"text": "a\u202eb"}, TEXT),
        ({"ground": ""}, GROUND),
        ({"ground": "x" * 401}, GROUND),
        ({"informed": None}, INFORMED),
        ({"informed": False, "why": ""}, WHY),
        ({"until": date(2026, 11, 22)}, UNTIL),
        ({"until": date(2300, 1, 1)}, UNTIL),
    ],
)
def test_what_cannot_be_offered_so_is_told_by_field_and_changes_nothing(
    desk: Desk, kaart: str, wrong: dict[str, Any], field: str
) -> None:
    heads = desk.kaarten.heads(kaart)
    with pytest.raises(InvalidInput) as refused:
        handing_over.offer(desk, SANNE, kaart, replace(WANTED, **wrong))
    assert list(refused.value.problems) == [field]
    assert desk.kaarten.heads(kaart) == heads


def test_a_card_that_lacks_something_is_not_offered_and_each_lack_is_told(desk: Desk) -> None:
    kaart = card_to_hand(desk, new_card())
    heads = desk.kaarten.heads(kaart)
    with pytest.raises(InvalidCard) as refused:
        offered(desk, kaart)
    assert ("kaart", "volgendeEvaluatie") in [one.path for one in refused.value.problems]
    assert desk.kaarten.heads(kaart) == heads


def test_what_is_lacking_is_judged_on_the_whole_card_and_tells_nothing_of_what_is_shielded(desk: Desk) -> None:
    card = whole_card()
    card["professionals"].append({"id": "w-9", "naam": "Sanne Bakker", "organisatie": "CJG Halderberge"})
    card["voorwaarden"].append({"id": "v-9", "tekst": "Geheim", "afgeschermdVoor": ["w-9"], "redenAfscherming": "x"})
    kaart = card_to_hand(desk, card)
    with pytest.raises(InvalidCard) as refused:
        offered(desk, kaart)
    [problem] = refused.value.problems
    assert problem.path == ()
    assert "v-9" not in str(problem)


def test_a_card_is_offered_once_at_a_time_and_only_while_it_is_active(desk: Desk, kaart: str) -> None:
    identity = offered(desk, kaart)
    with pytest.raises(NotAllowed, match="al aangeboden"):
        offered(desk, kaart, "organisation:vt")
    handing_over.withdraw(desk, SANNE, kaart, identity, "Toch niet")
    concept = editing.create_card(desk, SANNE, whole_card(), "Begin")
    with pytest.raises(NotAllowed, match="toestand"):
        offered(desk, concept)
    assert desk.kaarten.access(concept).handovers.offers == ()


@pytest.mark.parametrize("role", ["behandelaar", "beoordelaar", "meelezer", "noodtoegang", "ontvanger"])
def test_only_the_dossierhouder_offers_and_withdraws_and_only_the_receiver_answers(
    desk: Desk, kaart: str, role: str
) -> None:
    share(desk, kaart, "account:els", role)
    third = els(desk)
    with pytest.raises(NotAllowed):
        handing_over.offer(desk, third, kaart, WANTED)
    identity = offered(desk, kaart)
    heads = desk.kaarten.heads(kaart)
    refused: list[Callable[[], Any]] = [
        lambda: handing_over.accept(desk, third, kaart, identity),
        lambda: handing_over.refuse(desk, third, kaart, identity, "x"),
        lambda: handing_over.withdraw(desk, third, kaart, identity, "x"),
        lambda: handing_over.accept(desk, SANNE, kaart, identity),
        lambda: handing_over.refuse(desk, SANNE, kaart, identity, "x"),
        lambda: handing_over.withdraw(desk, MEHMET, kaart, identity, "x"),
        lambda: handing_over.accept(desk, MEHMET, kaart, "anders"),
    ]
    for one in refused:
        with pytest.raises(NotAllowed):
            one()
    for nobody in (OPERATOR, replace(MEHMET, id="zomaar", organisation_id="weg")):
        with pytest.raises(NotFound):
            handing_over.accept(desk, nobody, kaart, identity)
    assert desk.kaarten.heads(kaart) == heads


@pytest.mark.parametrize("reason", ["", "  ", "x" * 10_001])
def test_who_refuses_or_withdraws_says_why(desk: Desk, kaart: str, reason: str) -> None:
    identity = offered(desk, kaart)
    for act, who in ((handing_over.refuse, MEHMET), (handing_over.withdraw, SANNE)):
        with pytest.raises(InvalidInput) as refused:
            act(desk, who, kaart, identity, reason)
        assert list(refused.value.problems) == [REASON]
    assert newest(desk, kaart).is_open


def test_the_giver_does_not_accept_what_she_offered_to_her_own_organisation(desk: Desk, kaart: str) -> None:
    identity = offered(desk, kaart, "organisation:cjg")
    with pytest.raises(NotAllowed, match="zelf"):
        handing_over.accept(desk, SANNE, kaart, identity)
    assert newest(desk, kaart).is_open


@pytest.mark.parametrize("stopped", ["account", "organisation"])
def test_when_the_receiver_stops_the_giver_withdraws(desk: Desk, kaart: str, stopped: str) -> None:
    identity = offered(desk, kaart)
    known = desk.accounts.known()
    if stopped == "account":
        desk.accounts.put(accounts=[replace(known.accounts["mehmet"], active=False)])
    else:
        desk.accounts.put([replace(known.organisations["vt"], active=False)])
    with pytest.raises(NotAllowed):
        handing_over.accept(desk, MEHMET, kaart, identity)
    handing_over.withdraw(desk, SANNE, kaart, identity, "Mehmet werkt hier niet meer.")
    assert says(desk, kaart)[0] == "actief"


def test_of_all_who_press_at_once_one_is_first_and_there_is_one_dossierhouder(desk: Desk, kaart: str) -> None:
    identity = offered(desk, kaart, "organisation:vt")
    third = els(desk)
    acts: list[Callable[[], Any]] = [
        lambda: handing_over.accept(desk, MEHMET, kaart, identity),
        lambda: handing_over.accept(desk, third, kaart, identity),
        lambda: handing_over.withdraw(desk, SANNE, kaart, identity, "Toch niet"),
        lambda: handing_over.refuse(desk, MEHMET, kaart, identity, "Te druk"),
    ]

    def pressed(act: Callable[[], Any]) -> str:
        try:
            act()
        except (NotAllowed, NotFound):
            return ""
        return "done"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(pressed, acts)) == ["", "", "", "done"]
    [holder] = holders(desk, kaart)
    assert (holder == "account:sanne") == (newest(desk, kaart).outcome != "aangenomen")
    state, name, _given = says(desk, kaart)
    assert (state, desk.accounts.known().accounts[holder.removeprefix("account:")].name) == ("actief", name)


class _Full:
    """A disk that is full for `main` alone, as long as it is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full, was = True, KaartWriter.save

        def save(writer: KaartWriter, *given: Any) -> Any:
            if self.full:
                raise StoreFailed("full")
            return was(writer, *given)

        monkeypatch.setattr(KaartWriter, "save", save)


@pytest.mark.parametrize("mended_by", ["the next who holds it", "a start", "a look"])
def test_a_card_that_could_not_follow_does_so_at_the_next_look(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch, mended_by: str
) -> None:
    identity = offered(desk, kaart)
    disk = _Full(monkeypatch)
    handing_over.accept(desk, MEHMET, kaart, identity)
    assert holders(desk, kaart) == ["account:mehmet"]
    assert says(desk, kaart) == ("in_overdracht", "Sanne Bakker", 1)
    disk.full = False
    if mended_by == "a start":
        catch_up(desk)
    elif mended_by == "a look":
        reading.read_card(desk, MEHMET, kaart)
    else:
        with held(desk, kaart):
            pass
    assert says(desk, kaart) == ("actief", "Mehmet Kaya", 1)
    head = desk.kaarten.head(kaart)
    with held(desk, kaart):
        pass
    assert desk.kaarten.head(kaart) == head, "what is done already is not done again"


def test_what_is_shielded_from_the_receiver_stays_so_when_he_holds_the_card(desk: Desk) -> None:
    card = whole_card()
    card["professionals"].append({"id": "w-2", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"})
    kaart = card_to_hand(desk, card)
    document = desk.kaarten.read(kaart).document
    secret = {"id": "v-8", "tekst": "Geheim", "gesteldDoor": "w-1", "afgeschermdVoor": ["w-2"], "redenAfscherming": "x"}
    save_confirmed(desk, SANNE, kaart, {**document, "voorwaarden": [*document["voorwaarden"], secret]}, "Geheim")
    handing_over.accept(desk, MEHMET, kaart, offered(desk, kaart))
    assert "v-8" in str(desk.kaarten.read(kaart).document)
    assert "v-8" not in str(reading.read_card(desk, MEHMET, kaart).document)
    assert newest(desk, kaart).rows == ("w-2",)


def test_what_the_giver_asked_of_a_second_person_is_not_carried_out_for_who_holds_it_no_more(
    desk: Desk, kaart: str
) -> None:
    share(desk, kaart, "account:els", "behandelaar")
    asked = confirming.ask_step(desk, SANNE, kaart, "afsluiten", desk.kaarten.head(kaart), "Het gaat goed.")
    handing_over.accept(desk, MEHMET, kaart, offered(desk, kaart))
    for second in (MEHMET, els(desk)):
        with pytest.raises(NotAllowed):
            confirming.confirm(desk, second, kaart, asked.id)
    assert says(desk, kaart)[0] == "actief"


def test_the_role_of_a_receiver_goes_with_the_offer_and_not_by_sharing(desk: Desk, kaart: str) -> None:
    identity = offered(desk, kaart)
    [grant] = [one for one in desk.kaarten.access(kaart).grants if one.role == "ontvanger"]
    with pytest.raises(NotAllowed, match="Overdracht"):
        sharing.withdraw(desk, SANNE, kaart, grant.id, "weg")
    with pytest.raises(NotFound):
        sharing.change(desk, SANNE, kaart, grant.id, Offer("", "meelezer", reason="x"))
    handing_over.withdraw(desk, SANNE, kaart, identity, "Toch niet")
    with pytest.raises(InvalidInput):
        sharing.give(desk, SANNE, kaart, Offer("account:mehmet", "ontvanger", reason="x"))


def test_a_second_dossierhouder_is_given_by_nobody_and_the_server_moves_the_role(desk: Desk, kaart: str) -> None:
    with pytest.raises(InvalidInput, match="overdracht"):
        sharing.give(desk, SANNE, kaart, Offer("account:mehmet", "dossierhouder", reason="x"))
    given = sharing.give(desk, SANNE, kaart, Offer("account:mehmet", "behandelaar", reason="x"))
    for actor in (SANNE, OPERATOR):
        with pytest.raises(InvalidInput, match="overdracht"):
            sharing.change(desk, actor, kaart, given.id, Offer("", "dossierhouder", reason="x"))
    wrong = [
        Offer("organisation:vt", "dossierhouder", reason="x"),
        Offer("account:els", "dossierhouder", until=date(2026, 12, 1), reason="x"),
        Offer("account:els", "dossierhouder", since=date(2026, 12, 1), reason="x"),
    ]
    for one in wrong:
        with pytest.raises(InvalidInput):
            sharing.give(desk, OPERATOR, kaart, one)
    assert holders(desk, kaart) == ["account:sanne"]
    identity = offered(desk, kaart)
    sharing.give(desk, OPERATOR, kaart, Offer("account:els", "dossierhouder", reason="Sanne is ziek."))
    assert holders(desk, kaart) == ["account:els"]
    handing_over.withdraw(desk, els(desk), kaart, identity, "Ik hou de kaart.")


def test_each_act_is_in_the_log_with_whom_it_is_about(desk: Desk, kaart: str, tmp_path: Path) -> None:
    identity = offered(desk, kaart)
    handing_over.refuse(desk, MEHMET, kaart, identity, "Te druk")
    identity = offered(desk, kaart)
    handing_over.withdraw(desk, SANNE, kaart, identity, "Toch niet")
    handing_over.accept(desk, MEHMET, kaart, offered(desk, kaart))
    told = [(one["event"], one["person"]) for one in logged(tmp_path) if one["event"].startswith("handover")]
    assert told == [
        ("handover-offer", "mehmet"),
        ("handover-refuse", "sanne"),
        ("handover-offer", "mehmet"),
        ("handover-withdraw", "sanne"),
        ("handover-offer", "mehmet"),
        ("handover-accept", "sanne"),
    ]
    lines = [one["item"] for one in logged(tmp_path) if one["event"] == "transition" and one["outcome"] == "toegestaan"]
    assert {"aanbieden", "weigeren", "intrekken", "aannemen"} <= set(lines)


def test_an_offer_to_another_installation_gives_nobody_here_a_role(desk: Desk, kaart: str) -> None:
    known = Installation("zuid", "Veilig Thuis Zuid", "post@zuid.example", "")
    desk.installations.edit(lambda _: known)
    away = replace(WANTED, to="installation:zuid")
    made = handing_over.offer(desk, SANNE, kaart, away)
    assert says(desk, kaart) == ("in_overdracht", "Sanne Bakker", 1)
    assert [one.role for one in desk.kaarten.access(kaart).grants] == ["dossierhouder"]
    handing_over.withdraw(desk, SANNE, kaart, made.id, "Toch niet")
    assert says(desk, kaart) == ("actief", "Sanne Bakker", 1)


def test_a_card_that_cannot_hold_one_more_is_not_offered(desk: Desk) -> None:
    card = whole_card()
    card["verstrekkingen"] = [
        {"id": f"d-{number}", "aan": "School", "wat": "De afspraken", "datum": "2026-01-01"} for number in range(500)
    ]
    kaart = card_to_hand(desk, card)
    heads = desk.kaarten.heads(kaart)
    with pytest.raises(InvalidCard):
        offered(desk, kaart)
    assert desk.kaarten.heads(kaart) == heads
