"""Four eyes: what waits for a second person, what is confirmed afterwards, and that one person never does both."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from app.content.grants import Grant
from app.content.messages import CONFIRMED_BY, REQUEST
from app.content.overleg import NOT_CONFIRMED
from app.services import confirming, editing, reading, sharing
from app.services.actors import Actor
from app.services.confirming import ask_step, confirm, refuse, withdraw
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.services.granting import regrant
from app.services.offering import Offer
from app.services.requested import requests
from app.services.second_person import SecondNeeded
from tests.desks import LONG_AGO, MEHMET, SANNE, logged, open_test_desk, peopled
from tests.duos import active, ask_to_close, change, duo_card, els, first, state


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path, alone=True))


@pytest.fixture
def kaart(desk: Desk) -> str:
    return duo_card(desk)


def test_closing_waits_for_a_second_person_and_is_then_done_in_one_go(desk: Desk, kaart: str) -> None:
    active(desk, kaart)
    head = desk.kaarten.head(kaart)
    with pytest.raises(SecondNeeded, match="tweede persoon"):
        editing.transition(desk, SANNE, kaart, "afsluiten", head, "Het gaat goed.")
    asked = ask_to_close(desk, kaart)
    assert (state(desk, kaart), desk.kaarten.head(kaart)) == ("actief", head)
    confirm(desk, MEHMET, kaart, asked, "Ik zie het ook.")
    assert state(desk, kaart) == "afgesloten"
    save = reading.read_history(desk, SANNE, kaart)[0]
    told = save.steps[0].message
    assert (save.author.name, save.reason) == ("Sanne Bakker", "Het gaat goed.")
    assert (told.first(REQUEST), told.first(CONFIRMED_BY)) == (asked, "Mehmet Kaya (Veilig Thuis) <mehmet>")
    (one,) = requests(desk, SANNE, kaart)
    assert (one.open, one.by and one.by.account, one.title) == (False, "mehmet", "Afsluiten")


def test_the_same_person_never_confirms_and_nobody_else_takes_back(desk: Desk, kaart: str) -> None:
    asked = ask_to_close(desk, active(desk, kaart))
    with pytest.raises(NotAllowed, match="U vroeg dit zelf"):
        confirm(desk, SANNE, kaart, asked)
    with pytest.raises(NotAllowed, match="U vroeg dit zelf"):
        refuse(desk, SANNE, kaart, asked, "Nee.")
    with pytest.raises(NotAllowed, match="Alleen wie dit vroeg"):
        withdraw(desk, MEHMET, kaart, asked)
    with pytest.raises(NotAllowed, match="al gevraagd"):
        ask_to_close(desk, kaart)
    assert state(desk, kaart) == "actief"
    withdraw(desk, SANNE, kaart, asked)
    assert requests(desk, SANNE, kaart) == []
    with pytest.raises(NotAllowed, match="al besloten"):
        confirm(desk, MEHMET, kaart, asked)


def test_who_got_the_role_from_the_asker_after_the_request_does_not_count(desk: Desk, kaart: str) -> None:
    asked = ask_to_close(desk, active(desk, kaart))
    given = els(desk, kaart, "meelezer")
    sharing.give(desk, SANNE, kaart, Offer("account:els", "behandelaar", reason="Om te bevestigen."))
    with pytest.raises(NotAllowed, match="van na dit verzoek"):
        confirm(desk, given, kaart, asked)
    assert state(desk, kaart) == "actief"


def test_no_chain_of_roles_given_since_makes_a_second_person(desk: Desk, kaart: str) -> None:
    asked = ask_to_close(desk, active(desk, kaart))
    puppet = els(desk, kaart, "dossierhouder")
    sharing.give(desk, puppet, kaart, Offer("account:els", "beoordelaar", reason="Aan mijzelf."))
    sharing.give(desk, puppet, kaart, Offer("organisation:cjg", "behandelaar", reason="Aan allen."))
    account = desk.accounts.known().accounts["sanne"]
    desk.accounts.put(accounts=[replace(account, email="anders@cjg.example")])
    with pytest.raises(NotAllowed, match="van na dit verzoek"):
        confirm(desk, puppet, kaart, asked)
    assert state(desk, kaart) == "actief"


def test_a_role_of_before_counts_also_when_it_was_given_that_morning_by_who_asks(desk: Desk, kaart: str) -> None:
    active(desk, kaart)
    given = els(desk, kaart, "meelezer")
    sharing.give(desk, SANNE, kaart, Offer("account:els", "behandelaar", reason="Zij werkt mee."))
    confirm(desk, given, kaart, ask_to_close(desk, kaart))
    assert state(desk, kaart) == "afgesloten"


def test_a_role_that_is_over_does_not_count_for_who_got_one_since(desk: Desk, kaart: str) -> None:
    asked = ask_to_close(desk, active(desk, kaart))
    given = els(desk, kaart, "meelezer")
    over = Grant("r-over", "account:els", "behandelaar", LONG_AGO, until="2001-01-01T00:00:00+00:00")
    regrant(desk, MEHMET, kaart, lambda grants: [*grants, over], "Rol r-over gegeven")
    sharing.give(desk, SANNE, kaart, Offer("account:els", "behandelaar", reason="Om te bevestigen."))
    with pytest.raises(NotAllowed, match="van na dit verzoek"):
        confirm(desk, given, kaart, asked)


def test_a_refused_second_person_stands_in_the_log(desk: Desk, kaart: str, tmp_path: Path) -> None:
    asked = ask_to_close(desk, active(desk, kaart))
    with pytest.raises(NotAllowed):
        confirm(desk, SANNE, kaart, asked)
    line = logged(tmp_path)[-1]
    assert (line["who"], line["event"], line["outcome"], line["item"]) == ("sanne", "confirm", "geweigerd", asked)


def test_what_changes_while_one_reads_is_read_again_before_it_is_confirmed(desk: Desk, kaart: str) -> None:
    asked = ask_to_close(desk, active(desk, kaart))
    looked = desk.kaarten.head(kaart)
    change(desk, kaart, tekst="Intussen anders.")
    with pytest.raises(NotAllowed, match="gewijzigd terwijl u dit las"):
        confirm(desk, MEHMET, kaart, asked, looked=looked)
    assert state(desk, kaart) == "actief"
    confirm(desk, MEHMET, kaart, asked, looked=desk.kaarten.head(kaart))
    assert state(desk, kaart) == "afgesloten"


def test_of_two_who_confirm_at_once_one_does(desk: Desk, kaart: str) -> None:
    other = els(desk, kaart)
    asked = ask_to_close(desk, active(desk, kaart))

    def one(actor: Actor) -> str:
        try:
            confirm(desk, actor, kaart, asked)
        except NotAllowed as refusal:
            return str(refusal)
        return "done"

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(one, (MEHMET, other)))
    assert answers == ["Over dit verzoek is al besloten.", "done"]
    assert len(requests(desk, SANNE, kaart)[0].asked.replies) == 1


def test_a_refusal_has_a_reason_and_leaves_the_card_open(desk: Desk, kaart: str) -> None:
    asked = ask_to_close(desk, active(desk, kaart))
    with pytest.raises(InvalidInput):
        refuse(desk, MEHMET, kaart, asked, " ")
    refuse(desk, MEHMET, kaart, asked, "Eerst nog een evaluatie.")
    (one,) = requests(desk, SANNE, kaart)
    assert (one.open, one.asked.replies[-1].verdict, state(desk, kaart)) == (False, NOT_CONFIRMED, "actief")
    with pytest.raises(NotAllowed, match="al besloten"):
        confirm(desk, MEHMET, kaart, asked)


def test_who_asked_and_may_not_any_more_makes_it_lapse(desk: Desk, kaart: str) -> None:
    asked = ask_to_close(desk, active(desk, kaart))
    sanne = desk.accounts.known().accounts["sanne"]
    desk.accounts.put(accounts=[replace(sanne, active=False)])
    with pytest.raises(NotAllowed, match="Sanne Bakker werkt hier niet meer"):
        confirm(desk, MEHMET, kaart, asked)
    assert state(desk, kaart) == "actief"


def test_who_may_not_confirm_or_take_the_step_is_refused(desk: Desk, kaart: str) -> None:
    asked = ask_to_close(desk, active(desk, kaart))
    with pytest.raises(NotAllowed):
        confirm(desk, els(desk, kaart, "meelezer"), kaart, asked)
    with pytest.raises(NotAllowed):
        ask_step(desk, MEHMET, kaart, "afsluiten", desk.kaarten.head(kaart), "Klaar.")
    with pytest.raises(NotFound):
        confirm(desk, MEHMET, kaart, "e-weg")
    assert state(desk, kaart) == "actief"


def test_what_others_saved_meanwhile_stays_on_the_closed_card(desk: Desk, kaart: str) -> None:
    asked = ask_to_close(desk, active(desk, kaart))
    change(desk, kaart, tekst="Intussen anders.")
    assert requests(desk, MEHMET, kaart)[0].changed
    confirm(desk, MEHMET, kaart, asked)
    assert (state(desk, kaart), first(desk, kaart)["tekst"]) == ("afgesloten", "Intussen anders.")


def test_a_program_that_died_after_the_save_leaves_nothing_to_confirm(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask_to_close(desk, active(desk, kaart))

    def died(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(confirming, "say", died)
        with pytest.raises(KeyboardInterrupt):
            confirm(desk, MEHMET, kaart, asked)
    assert state(desk, kaart) == "afgesloten"
    reading.read_card(desk, MEHMET, kaart)  # whoever looks has it said
    (one,) = requests(desk, SANNE, kaart)
    assert (one.open, one.by and one.by.account) == (False, "mehmet")
    with pytest.raises(NotAllowed, match="al besloten"):
        confirm(desk, MEHMET, kaart, asked)
