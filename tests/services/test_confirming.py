"""Four eyes: what waits for a second person, what is confirmed afterwards, and that one person never does both."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.content.grants import Grant
from app.content.messages import CONFIRMED_BY, REQUEST
from app.content.overleg import CONFIRMED, NOT_CONFIRMED
from app.content.workflow import state_of
from app.services import confirming, editing, reading, sharing
from app.services.accepting import accept
from app.services.actors import Actor, actor_of
from app.services.confirming import ask_item, ask_step, confirm, refuse, requests, withdraw
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.services.granting import regrant
from app.services.offering import Offer
from app.services.proposing import propose
from app.services.saving import new_save
from app.services.second_person import SecondNeeded
from app.storage.records import NewPart
from tests.desks import LONG_AGO, MEHMET, SANNE, logged, new_card, open_test_desk, peopled, share

ROW = {"id": "w-2", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path, alone=True))


@pytest.fixture
def kaart(desk: Desk) -> str:
    """An active card of Sanne, on which Mehmet works too; Els reads nothing that is shielded from w-2."""
    card = new_card()
    card["professionals"].append(ROW)
    kaart = editing.create_card(desk, SANNE, card, "Begin")
    share(desk, kaart, "account:mehmet", "behandelaar")
    return kaart


def active(desk: Desk, kaart: str) -> str:
    """The same card, made active past its gates: those are tested elsewhere."""
    stored = desk.kaarten.read(kaart)
    head = {**stored.document["kaart"], "toestand": "actief"}
    with desk.kaarten.writing(kaart) as writer:
        part = NewPart({**stored.document, "kaart": head}, "Kaart nu actief")
        writer.save(stored.revision, new_save(desk, SANNE, "", [part], stored.form))
    return kaart


def els(desk: Desk, kaart: str, role: str = "behandelaar") -> Actor:
    account = replace(desk.accounts.known().accounts["sanne"], id="els", name="Els Els", email="els@cjg.example")
    desk.accounts.put(accounts=[account])
    share(desk, kaart, "account:els", role)
    known = desk.accounts.known()
    return actor_of(known.accounts["els"], known)


def change(desk: Desk, kaart: str, actor: Actor = SANNE, **fields: Any) -> None:
    wanted = {**first(desk, kaart), **fields}
    wanted = {key: value for key, value in wanted.items() if value is not None}
    editing.save_item(desk, actor, kaart, "afspraken", wanted, desk.kaarten.head(kaart), "Veiligheid")


def first(desk: Desk, kaart: str) -> dict[str, Any]:
    found: dict[str, Any] = desk.kaarten.read(kaart).document["afspraken"][0]
    return found


def state(desk: Desk, kaart: str) -> str:
    return state_of(desk.kaarten.read(kaart).document)


def close(desk: Desk, kaart: str) -> str:
    return ask_step(desk, SANNE, kaart, "afsluiten", desk.kaarten.head(kaart), "Het gaat goed.").id


def test_closing_waits_for_a_second_person_and_is_then_done_in_one_go(desk: Desk, kaart: str) -> None:
    active(desk, kaart)
    head = desk.kaarten.head(kaart)
    with pytest.raises(SecondNeeded, match="tweede persoon"):
        editing.transition(desk, SANNE, kaart, "afsluiten", head, "Het gaat goed.")
    asked = close(desk, kaart)
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
    asked = close(desk, active(desk, kaart))
    with pytest.raises(NotAllowed, match="U vroeg dit zelf"):
        confirm(desk, SANNE, kaart, asked)
    with pytest.raises(NotAllowed, match="U vroeg dit zelf"):
        refuse(desk, SANNE, kaart, asked, "Nee.")
    with pytest.raises(NotAllowed, match="Alleen wie dit vroeg"):
        withdraw(desk, MEHMET, kaart, asked)
    with pytest.raises(NotAllowed, match="al gevraagd"):
        close(desk, kaart)
    assert state(desk, kaart) == "actief"
    withdraw(desk, SANNE, kaart, asked)
    assert requests(desk, SANNE, kaart) == []
    with pytest.raises(NotAllowed, match="al besloten"):
        confirm(desk, MEHMET, kaart, asked)


def test_who_got_the_role_from_the_asker_after_the_request_does_not_count(desk: Desk, kaart: str) -> None:
    asked = close(desk, active(desk, kaart))
    given = els(desk, kaart, "meelezer")
    sharing.give(desk, SANNE, kaart, Offer("account:els", "behandelaar", reason="Om te bevestigen."))
    with pytest.raises(NotAllowed, match="kreeg u na dit verzoek"):
        confirm(desk, given, kaart, asked)
    assert state(desk, kaart) == "actief"


def test_a_role_of_before_counts_also_when_it_was_given_that_morning_by_who_asks(desk: Desk, kaart: str) -> None:
    active(desk, kaart)
    given = els(desk, kaart, "meelezer")
    sharing.give(desk, SANNE, kaart, Offer("account:els", "behandelaar", reason="Zij werkt mee."))
    confirm(desk, given, kaart, close(desk, kaart))
    assert state(desk, kaart) == "afgesloten"


def test_a_role_that_is_over_does_not_count_for_who_got_one_since(desk: Desk, kaart: str) -> None:
    asked = close(desk, active(desk, kaart))
    given = els(desk, kaart, "meelezer")
    over = Grant("r-over", "account:els", "behandelaar", LONG_AGO, until="2001-01-01T00:00:00+00:00")
    regrant(desk, MEHMET, kaart, lambda grants: [*grants, over], "Rol r-over gegeven")
    sharing.give(desk, SANNE, kaart, Offer("account:els", "behandelaar", reason="Om te bevestigen."))
    with pytest.raises(NotAllowed, match="kreeg u na dit verzoek"):
        confirm(desk, given, kaart, asked)


def test_a_refused_second_person_stands_in_the_log(desk: Desk, kaart: str, tmp_path: Path) -> None:
    asked = close(desk, active(desk, kaart))
    with pytest.raises(NotAllowed):
        confirm(desk, SANNE, kaart, asked)
    line = logged(tmp_path)[-1]
    assert (line["who"], line["event"], line["outcome"], line["item"]) == ("sanne", "confirm", "geweigerd", asked)


def test_what_changes_while_one_reads_is_read_again_before_it_is_confirmed(desk: Desk, kaart: str) -> None:
    asked = close(desk, active(desk, kaart))
    looked = desk.kaarten.head(kaart)
    change(desk, kaart, tekst="Intussen anders.")
    with pytest.raises(NotAllowed, match="gewijzigd terwijl u dit las"):
        confirm(desk, MEHMET, kaart, asked, looked=looked)
    assert state(desk, kaart) == "actief"
    confirm(desk, MEHMET, kaart, asked, looked=desk.kaarten.head(kaart))
    assert state(desk, kaart) == "afgesloten"


def test_of_two_who_confirm_at_once_one_does(desk: Desk, kaart: str) -> None:
    asked, other = close(desk, active(desk, kaart)), els(desk, kaart)

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


def test_what_was_shielded_when_it_went_does_not_come_back_open(desk: Desk, kaart: str) -> None:
    open_since, item = desk.kaarten.head(kaart), first(desk, kaart)
    change(desk, kaart, afgeschermdVoor=["w-2"], tekst="Het geheime adres.")
    shielded = desk.kaarten.head(kaart)
    editing.remove_item(desk, SANNE, kaart, "afspraken", "a-1", shielded, "Verlopen")
    head = desk.kaarten.head(kaart)
    with pytest.raises(SecondNeeded):
        editing.put_back(desk, SANNE, kaart, ("afspraken", "a-1"), open_since, head, "Toch weer.")
    with pytest.raises(NotAllowed, match="Zet het eerst terug"):
        ask_item(desk, SANNE, kaart, "afspraken", item, head, "Toch weer.")
    editing.put_back(desk, SANNE, kaart, ("afspraken", "a-1"), shielded, head, "Toch weer.")
    assert "a-1" not in str(reading.read_card(desk, MEHMET, kaart).document["afspraken"])


def test_another_name_for_a_professional_opens_what_is_shielded_from_who_bears_it(desk: Desk, kaart: str) -> None:
    change(desk, kaart, afgeschermdVoor=["w-2"], tekst="Het geheime adres.")
    head, other = desk.kaarten.head(kaart), els(desk, kaart)
    wanted = {**ROW, "naam": "Iemand Anders"}
    with pytest.raises(SecondNeeded):
        editing.save_item(desk, SANNE, kaart, "professionals", wanted, head, "Verkeerd getypt")
    assert "geheime" not in str(reading.read_card(desk, MEHMET, kaart).document)
    editing.save_item(desk, SANNE, kaart, "professionals", {**ROW, "functie": "Jeugdbeschermer"}, head, "Nummer")
    asked = ask_item(desk, SANNE, kaart, "professionals", wanted, head, "Verkeerd getypt")
    confirm(desk, other, kaart, asked.id)
    rows = desk.kaarten.read(kaart).document["professionals"]
    assert [one["naam"] for one in rows if one["id"] == "w-2"] == ["Iemand Anders"]


def test_a_refusal_has_a_reason_and_leaves_the_card_open(desk: Desk, kaart: str) -> None:
    asked = close(desk, active(desk, kaart))
    with pytest.raises(InvalidInput):
        refuse(desk, MEHMET, kaart, asked, " ")
    refuse(desk, MEHMET, kaart, asked, "Eerst nog een evaluatie.")
    (one,) = requests(desk, SANNE, kaart)
    assert (one.open, one.asked.replies[-1].verdict, state(desk, kaart)) == (False, NOT_CONFIRMED, "actief")
    with pytest.raises(NotAllowed, match="al besloten"):
        confirm(desk, MEHMET, kaart, asked)


def test_who_asked_and_may_not_any_more_makes_it_lapse(desk: Desk, kaart: str) -> None:
    asked = close(desk, active(desk, kaart))
    sanne = desk.accounts.known().accounts["sanne"]
    desk.accounts.put(accounts=[replace(sanne, active=False)])
    with pytest.raises(NotAllowed, match="Sanne Bakker werkt hier niet meer"):
        confirm(desk, MEHMET, kaart, asked)
    assert state(desk, kaart) == "actief"


def test_who_may_not_confirm_or_take_the_step_is_refused(desk: Desk, kaart: str) -> None:
    asked = close(desk, active(desk, kaart))
    with pytest.raises(NotAllowed):
        confirm(desk, els(desk, kaart, "meelezer"), kaart, asked)
    with pytest.raises(NotAllowed):
        ask_step(desk, MEHMET, kaart, "afsluiten", desk.kaarten.head(kaart), "Klaar.")
    with pytest.raises(NotFound):
        confirm(desk, MEHMET, kaart, "e-weg")
    assert state(desk, kaart) == "actief"


def test_what_others_saved_meanwhile_stays_on_the_closed_card(desk: Desk, kaart: str) -> None:
    asked = close(desk, active(desk, kaart))
    change(desk, kaart, tekst="Intussen anders.")
    assert requests(desk, MEHMET, kaart)[0].changed
    confirm(desk, MEHMET, kaart, asked)
    assert (state(desk, kaart), first(desk, kaart)["tekst"]) == ("afgesloten", "Intussen anders.")


def test_reopening_is_done_at_once_and_confirmed_after(desk: Desk, kaart: str) -> None:
    confirm(desk, MEHMET, kaart, close(desk, active(desk, kaart)))
    editing.transition(desk, SANNE, kaart, "heropenen", desk.kaarten.head(kaart), "Er is weer zorg.")
    assert state(desk, kaart) == "actief"
    one = requests(desk, MEHMET, kaart)[0]
    assert (one.open, one.asked.said.done, one.asked.said.text) == (True, True, "Er is weer zorg.")
    with pytest.raises(NotAllowed, match="U vroeg dit zelf"):
        confirm(desk, SANNE, kaart, one.asked.said.id)
    with pytest.raises(NotAllowed, match="al gedaan"):
        withdraw(desk, SANNE, kaart, one.asked.said.id)
    before = desk.kaarten.head(kaart)
    assert confirm(desk, MEHMET, kaart, one.asked.said.id) is None
    assert desk.kaarten.head(kaart) == before
    assert requests(desk, MEHMET, kaart)[0].asked.replies[-1].verdict == CONFIRMED


def test_a_shield_acts_at_once_and_is_confirmed_by_somebody_who_may_see_it(desk: Desk, kaart: str) -> None:
    other = els(desk, kaart)
    change(desk, kaart, afgeschermdVoor=["w-2"], tekst="Het geheime adres.")
    assert "geheime" not in str(reading.read_card(desk, MEHMET, kaart).document)
    assert requests(desk, MEHMET, kaart) == []
    (one,) = requests(desk, other, kaart)
    assert (one.title, one.asked.said.done, sorted(one.asked.said.items)) == ("Afschermen", True, ["a-1"])


def test_lifting_a_shield_waits_in_every_way_it_can_be_done(desk: Desk, kaart: str) -> None:
    other = els(desk, kaart)
    open_since = desk.kaarten.head(kaart)
    change(desk, kaart, afgeschermdVoor=["w-2"], tekst="Het geheime adres.")
    head, wanted = desk.kaarten.head(kaart), dict(first(desk, kaart))
    del wanted["afgeschermdVoor"]
    whole = desk.kaarten.read(kaart).document
    lifted = {**whole, "afspraken": [wanted, *whole["afspraken"][1:]]}
    with pytest.raises(SecondNeeded):
        editing.save_item(desk, SANNE, kaart, "afspraken", wanted, head, "Mag weer.")
    with pytest.raises(SecondNeeded):
        editing.save_card(desk, SANNE, kaart, lifted, head, "Mag weer.")
    with pytest.raises(SecondNeeded):
        editing.put_back(desk, SANNE, kaart, ("afspraken", "a-1"), open_since, head, "Mag weer.")
    said = propose(desk, other, kaart, "afspraken", wanted, head, "Mag weer.")
    with pytest.raises(SecondNeeded):
        accept(desk, SANNE, kaart, said.id)
    assert desk.kaarten.head(kaart) == head
    asked = ask_item(desk, SANNE, kaart, "afspraken", wanted, head, "Vader weet het nu.")
    with pytest.raises(NotAllowed, match="U vroeg dit zelf"):
        confirm(desk, SANNE, kaart, asked.id)
    with pytest.raises(NotFound):
        confirm(desk, MEHMET, kaart, asked.id)
    confirm(desk, other, kaart, asked.id)
    assert "afgeschermdVoor" not in first(desk, kaart)
    assert "Het geheime adres." in str(reading.read_card(desk, MEHMET, kaart).document)


def test_what_opens_nothing_needs_nobody_and_what_goes_is_shown_to_nobody(desk: Desk, kaart: str) -> None:
    change(desk, kaart, afgeschermdVoor=["w-2"], tekst="Het geheime adres.")
    head = desk.kaarten.head(kaart)
    with pytest.raises(NotAllowed, match="geen tweede persoon"):
        ask_item(desk, SANNE, kaart, "afspraken", {**first(desk, kaart), "tekst": "Anders."}, head, "Zo.")
    editing.remove_item(desk, SANNE, kaart, "afspraken", "a-1", head, "Verlopen")
    assert "a-1" not in str(reading.read_card(desk, MEHMET, kaart).document["afspraken"])


def test_a_program_that_died_after_the_save_leaves_nothing_to_confirm(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = close(desk, active(desk, kaart))

    def died(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(confirming, "say", died)
        with pytest.raises(KeyboardInterrupt):
            confirm(desk, MEHMET, kaart, asked)
    assert state(desk, kaart) == "afgesloten"
    (one,) = requests(desk, SANNE, kaart)
    assert (one.open, one.by and one.by.account) == (False, "mehmet")
    with pytest.raises(NotAllowed, match="al besloten"):
        confirm(desk, MEHMET, kaart, asked)
