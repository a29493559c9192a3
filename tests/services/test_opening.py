"""Lifting a shield waits for a second person, whichever way it is tried."""

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from app.content.overleg import AGREED
from app.content.workflow import AFTER
from app.services import editing, judging, reading, second_person
from app.services.accepting import accept
from app.services.actors import Actor
from app.services.cataloguing import current_entry
from app.services.commits import new_save
from app.services.confirming import ask_item, confirm
from app.services.desk import Desk
from app.services.errors import Conflicted, NotAllowed, NotFound
from app.services.proposing import propose
from app.services.requested import requests
from app.services.second_person import SecondNeeded, opens
from app.services.to_review import to_review
from app.storage.records import NewPart
from tests.desks import MEHMET, SANNE, open_test_desk, peopled, share
from tests.duos import ROW, change, duo_card, els, first


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path, alone=True))


@pytest.fixture
def kaart(desk: Desk) -> str:
    return duo_card(desk)


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


def test_the_reason_of_a_shield_goes_with_the_shield_in_every_way(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    why = "Vader mag niet weten waar oma woont."
    other, open_since = els(desk, kaart), desk.kaarten.head(kaart)
    change(desk, kaart, tekst="Bij oma.", redenAfscherming=why, afgeschermdVoor=["w-2"])
    head = desk.kaarten.head(kaart)
    wanted = {key: held for key, held in first(desk, kaart).items() if key != "afgeschermdVoor"}
    asked = ask_item(desk, SANNE, kaart, "afspraken", wanted, head, "Hij weet het.")
    assert why not in str(asked.content)
    confirm(desk, other, kaart, asked.id)
    assert first(desk, kaart)["tekst"] == "Bij oma."
    assert why not in str(reading.read_card(desk, MEHMET, kaart).document)

    act = desk.types.workflow.acts["afscherming-opheffen"]
    monkeypatch.setitem(desk.types.workflow.acts, act.name, replace(act, second=AFTER))
    for way in ("form", "text", "put back"):
        change(desk, kaart, tekst="Bij oma.", redenAfscherming=why, afgeschermdVoor=["w-2"])
        stored = desk.kaarten.read(kaart)
        if way == "form":
            editing.save_item(desk, SANNE, kaart, "afspraken", wanted, stored.revision, "Hij weet het.")
        elif way == "text":
            afspraken = [wanted if one["id"] == "a-1" else one for one in stored.document["afspraken"]]
            written = json.dumps({**stored.document, "afspraken": afspraken}).encode()
            editing.save_file(desk, SANNE, kaart, written, "json", stored.revision, "Hij weet het.")
        else:
            place = ("afspraken", "a-1")
            editing.put_back(desk, SANNE, kaart, place, open_since, stored.revision, "Als eerst.")
        assert not {"afgeschermdVoor", "redenAfscherming"} & first(desk, kaart).keys()
        assert why not in str(reading.read_card(desk, MEHMET, kaart).document)


def test_a_reason_that_somebody_else_wrote_meanwhile_goes_with_the_shield_too(desk: Desk, kaart: str) -> None:
    other = els(desk, kaart)
    change(desk, kaart, afgeschermdVoor=["w-2"], redenAfscherming="Vader zoekt hen.")
    head = desk.kaarten.head(kaart)
    wanted = {key: held for key, held in first(desk, kaart).items() if key != "afgeschermdVoor"}
    asked = ask_item(desk, SANNE, kaart, "afspraken", wanted, head, "Hij weet het.")
    change(desk, kaart, redenAfscherming="Vader staat aan de deur.")
    with suppress(Conflicted):
        confirm(desk, other, kaart, asked.id)
    shown = reading.read_card(desk, MEHMET, kaart).document
    assert "Vader" not in str(shown["afspraken"])


def test_what_opens_nothing_needs_nobody_and_what_goes_is_shown_to_nobody(desk: Desk, kaart: str) -> None:
    change(desk, kaart, afgeschermdVoor=["w-2"], tekst="Het geheime adres.")
    head = desk.kaarten.head(kaart)
    with pytest.raises(NotAllowed, match="geen tweede persoon"):
        ask_item(desk, SANNE, kaart, "afspraken", {**first(desk, kaart), "tekst": "Anders."}, head, "Zo.")
    editing.remove_item(desk, SANNE, kaart, "afspraken", "a-1", head, "Verlopen")
    assert "a-1" not in str(reading.read_card(desk, MEHMET, kaart).document["afspraken"])


def test_the_list_and_the_sheet_of_a_reviewer_say_the_same_of_a_lifted_shield(desk: Desk, kaart: str) -> None:
    """From whom it was shielded does not hear that it was: for that one it is new, as anything else that comes."""
    other = els(desk, kaart, "beoordelaar")
    share(desk, kaart, "account:mehmet", "beoordelaar")
    change(desk, kaart, afgeschermdVoor=["w-2"], redenAfscherming="Veiligheid")
    for one in (MEHMET, other):
        agreed = {item: judging.Verdict(AGREED) for item in judging.sheet(desk, one, kaart).waiting}
        judging.judge(desk, one, kaart, desk.kaarten.head(kaart), agreed)
    opened = {key: value for key, value in first(desk, kaart).items() if "scherm" not in key}
    asked = ask_item(desk, SANNE, kaart, "afspraken", opened, desk.kaarten.head(kaart), "Mag weer")
    confirm(desk, els(desk, kaart), kaart, asked.id)

    def listed(actor: Actor) -> list[str]:
        return [one.urgent for one in to_review(desk, actor, 5)[0]]

    def on_sheet(actor: Actor) -> set[str]:
        names = {one.name: one.title for one in desk.types.review.urgent}
        return {names[name] for one in judging.sheet(desk, actor, kaart).waiting.values() for name in one.urgent}

    assert listed(MEHMET) == [""]
    assert on_sheet(MEHMET) == set()
    assert listed(other) == ["Afscherming opgeheven"]
    assert on_sheet(other) == {"Afscherming opgeheven"}
    assert desk.catalogue.entry(kaart) == current_entry(desk, kaart)


def test_the_second_person_is_shown_what_would_be_saved(desk: Desk, kaart: str) -> None:
    """What others changed of the item since it was asked stays, on the page as in the save."""
    other = els(desk, kaart)
    change(desk, kaart, afgeschermdVoor=["w-2"])
    wanted = {key: value for key, value in first(desk, kaart).items() if key != "afgeschermdVoor"}
    asked = ask_item(desk, SANNE, kaart, "afspraken", wanted, desk.kaarten.head(kaart), "Mag weer")
    change(desk, kaart, gevolg="Dan bellen we.")
    (one,) = [one for one in requests(desk, other, kaart) if one.asked.said.id == asked.id]
    assert one.comparison
    assert [step.path[-1] for step in one.comparison.changes] == ["afgeschermdVoor"]
    confirm(desk, other, kaart, asked.id)
    assert first(desk, kaart)["gevolg"] == "Dan bellen we."


def test_looking_for_what_comes_back_stops_where_it_went(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign(desk, kaart, 5)
    item = first(desk, kaart)
    editing.remove_item(desk, SANNE, kaart, "afspraken", "a-1", desk.kaarten.head(kaart), "Verlopen")
    before = desk.kaarten.read(kaart)
    monkeypatch.setattr(second_person, "MOST_READ", 1)
    assert not opens(desk, before, {**before.document, "afspraken": [*before.document["afspraken"], item]})


def test_what_would_take_too_many_revisions_to_know_asks_a_second_person(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only where commits do not say what they touched: those of other programs."""
    foreign(desk, kaart, 4)
    new = {**first(desk, kaart), "id": "a-99"}
    monkeypatch.setattr(second_person, "MOST_READ", 5)
    editing.save_item(desk, SANNE, kaart, "afspraken", new, desk.kaarten.head(kaart), "Erbij")
    monkeypatch.setattr(second_person, "MOST_READ", 3)
    change(desk, kaart, tekst="Wie er staat, wordt gewijzigd zonder terug te kijken.")
    with pytest.raises(SecondNeeded):
        editing.save_item(desk, SANNE, kaart, "afspraken", {**new, "id": "a-98"}, desk.kaarten.head(kaart), "Erbij")


def foreign(desk: Desk, kaart: str, count: int) -> None:
    """Saves that do not say what they touched."""
    for number in range(count):
        stored = desk.kaarten.read(kaart)
        document = {**stored.document, "kaart": {**stored.document["kaart"], "naam": f"Gezin {number}"}}
        with desk.kaarten.writing(kaart) as writer:
            writer.save(stored.revision, new_save(desk, SANNE, "", [NewPart(document, "Elders")], stored.form))
