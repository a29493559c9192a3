"""Who set what an item holds, and putting an item back, on a real desk."""

from pathlib import Path
from typing import Any

import pytest

from app.content.items import find
from app.content.json_form import to_json
from app.content.problems import InvalidCard
from app.services import editing, reading
from app.services.desk import Desk
from app.services.errors import Conflicted, NotAllowed, NotFound
from app.services.origins import origin
from app.services.touching import Toucher
from app.services.viewing import view
from app.storage.git_store import Part, Signature
from app.storage.records import Stored
from tests.cards import small_card
from tests.desks import MEHMET, SANNE, close, new_card, open_test_desk

A1 = ("afspraken", "a-1")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_test_desk(tmp_path)


@pytest.fixture
def kaart(desk: Desk) -> str:
    return editing.create_card(desk, SANNE, new_card(), "Begin")


def now(desk: Desk, kaart: str) -> Stored:
    return reading.read_card(desk, SANNE, kaart)


def change(desk: Desk, kaart: str, reason: str, place: tuple[str, str] = A1, **fields: Any) -> str:
    """Mehmet changes fields of an item; the revision after it."""
    held = now(desk, kaart)
    item = {**find(held.document, place), **fields}
    item = {key: value for key, value in item.items() if value is not None}
    return editing.save_item(desk, MEHMET, kaart, place[0], item, held.revision, reason).revision


def reasons(desk: Desk, kaart: str, *place: str) -> dict[str, str]:
    found = origin(desk, SANNE, now(desk, kaart), place).fields
    return {"/".join(path): save.reason if save else "?" for path, save in found.items()}


def test_each_field_names_the_save_that_set_it(desk: Desk, kaart: str) -> None:
    change(desk, kaart, "Vaker.", frequentie="Elke avond")
    change(desk, kaart, "Terug.", frequentie="Elke keer")
    change(desk, kaart, "Deels.", status="deels", schaalNu=None)
    change(desk, kaart, "Van een ander.", ("afspraken", "a-2"), status="deels")
    found = reasons(desk, kaart, *A1)
    assert found["frequentie"] == "Terug."
    assert found["status"] == "Deels."
    assert found["tekst"] == "Begin"


def test_an_item_that_others_saved_by_whole_section_is_told_too(desk: Desk, kaart: str) -> None:
    held = now(desk, kaart)
    people = [{**held.document["personen"][0], "naam": "Noortje"}, *held.document["personen"][1:]]
    people.append({"id": "p-3", "rol": "kind", "naam": "Daan"})
    editing.save_card(desk, MEHMET, kaart, {**held.document, "personen": people}, held.revision, "Er is een kind bij.")
    assert reasons(desk, kaart, "personen", "p-1") == {"rol": "Begin", "naam": "Er is een kind bij."}
    assert reasons(desk, kaart, "personen", "p-3") == {"rol": "Er is een kind bij.", "naam": "Er is een kind bij."}


def test_the_head_of_the_card_has_an_origin_too(desk: Desk, kaart: str) -> None:
    held = now(desk, kaart)
    editing.save_item(
        desk, MEHMET, kaart, "kaart", {**held.document["kaart"], "kader": "vrijwillig"}, held.revision, "K"
    )
    assert reasons(desk, kaart, "kaart") | {"kader": "K", "naam": "Begin"} == reasons(desk, kaart, "kaart")


def test_an_item_that_is_gone_says_who_removed_it(desk: Desk, kaart: str) -> None:
    change(desk, kaart, "Vaker.", frequentie="Elke avond")
    editing.remove_item(desk, MEHMET, kaart, *A1, now(desk, kaart).revision, "Werkte niet.")
    found = origin(desk, SANNE, now(desk, kaart), A1)
    assert (found.now, found.fields) == (None, {})
    assert found.last["frequentie"] == "Elke avond"
    assert [save.reason for save in found.saves] == ["Werkte niet.", "Vaker.", "Begin"]


def test_an_item_that_never_was_is_not_found(desk: Desk, kaart: str) -> None:
    with pytest.raises(NotFound, match="stond er ook niet op"):
        origin(desk, SANNE, now(desk, kaart), ("afspraken", "a-99"))


def test_a_changed_item_becomes_what_it_was_and_the_rest_stays(desk: Desk, kaart: str) -> None:
    before = now(desk, kaart)
    change(desk, kaart, "Vaker.", frequentie="Elke avond")
    last = change(desk, kaart, "Deels.", ("afspraken", "a-2"), status="deels")
    editing.put_back(desk, SANNE, kaart, A1, before.revision, last, "Toch niet.")
    held = now(desk, kaart)
    assert find(held.document, A1) == find(before.document, A1)
    assert find(held.document, ("afspraken", "a-2", "status")) == "deels"
    assert desk.kaarten.history(kaart, 1)[0].reason == "Toch niet."
    assert editing.put_back(desk, SANNE, kaart, A1, before.revision, held.revision, "").parts == 0


def test_a_removed_item_returns_to_its_place(desk: Desk, kaart: str) -> None:
    before = now(desk, kaart)
    editing.remove_item(desk, MEHMET, kaart, *A1, before.revision, "Weg.")
    editing.put_back(desk, SANNE, kaart, A1, before.revision, now(desk, kaart).revision, "Terug.")
    assert now(desk, kaart).document == before.document


def test_what_points_at_something_gone_is_not_put_back(desk: Desk, kaart: str) -> None:
    before = now(desk, kaart)
    for place in (("afspraken", "a-2"), ("netwerk", "n-1")):
        editing.remove_item(desk, MEHMET, kaart, *place, now(desk, kaart).revision, "Weg.")
    base = now(desk, kaart).revision
    with pytest.raises(InvalidCard, match="n-1 staat niet"):
        editing.put_back(desk, SANNE, kaart, ("afspraken", "a-2"), before.revision, base, "")
    with pytest.raises(InvalidCard, match="n-1 staat niet"):
        editing.preview_put_back(desk, SANNE, kaart, ("afspraken", "a-2"), before.revision, base)
    assert now(desk, kaart).revision == base


def test_what_somebody_changed_meanwhile_is_not_overwritten(desk: Desk, kaart: str) -> None:
    before = now(desk, kaart).revision
    base = change(desk, kaart, "Vaker.", frequentie="Elke avond")
    change(desk, kaart, "Anders.", frequentie="Elke week")
    with pytest.raises(Conflicted):
        editing.put_back(desk, SANNE, kaart, A1, before, base, "")


def test_a_removal_or_a_step_stays_when_the_head_is_put_back(desk: Desk, kaart: str) -> None:
    held = now(desk, kaart)
    ready = {"fase": "herstel", "kader": "vrijwillig", "volgendeEvaluatie": "2027-01-12"}
    item = {**held.document["kaart"], **ready, "naam": "Gezin Anders"}
    saved = editing.save_item(desk, MEHMET, kaart, "kaart", item, held.revision, "")
    editing.transition(desk, MEHMET, kaart, "activeren", saved.revision, "")
    editing.put_back(desk, SANNE, kaart, ("kaart",), held.revision, now(desk, kaart).revision, "")
    head = now(desk, kaart).document["kaart"]
    assert (head["naam"], head["toestand"]) == ("Gezin Van Dale", "actief")


def test_a_preview_saves_nothing_and_tells_what_would_change(desk: Desk, kaart: str) -> None:
    before = now(desk, kaart)
    last = change(desk, kaart, "Vaker.", frequentie="Elke avond")
    (told,) = editing.preview_put_back(desk, SANNE, kaart, A1, before.revision, last).changes
    assert (told.path, told.old, told.new) == ((*A1, "frequentie"), "Elke avond", "Elke keer")
    assert now(desk, kaart).revision == last


def test_what_was_not_there_then_cannot_be_put_back(desk: Desk, kaart: str) -> None:
    before = now(desk, kaart)
    card = small_card(kaart=before.document["kaart"])
    card["afspraken"].append({**card["afspraken"][0], "id": "a-3"})
    editing.save_card(desk, SANNE, kaart, card, before.revision, "")
    with pytest.raises(NotFound, match="stond toen niet"):
        editing.put_back(desk, SANNE, kaart, ("afspraken", "a-3"), before.revision, now(desk, kaart).revision, "")


def test_a_closed_card_takes_nothing_back(desk: Desk, kaart: str) -> None:
    held = now(desk, kaart)
    ready = {"fase": "herstel", "kader": "vrijwillig", "volgendeEvaluatie": "2027-01-12"}
    item = {**held.document["kaart"], **ready}
    last = editing.save_item(desk, MEHMET, kaart, "kaart", item, held.revision, "").revision
    editing.transition(desk, MEHMET, kaart, "activeren", last, "Klaar.")
    last = close(desk, kaart, MEHMET, SANNE)
    with pytest.raises(NotAllowed):
        editing.put_back(desk, SANNE, kaart, A1, held.revision, last, "")


def by_hand(desk: Desk, kaart: str, text: str) -> None:
    """Another program changes an afspraak and says nothing of it."""
    held, store = now(desk, kaart), desk.admin._store
    held.document["afspraken"][0]["tekst"] = text
    data = to_json(held.document, held.edition.shape)
    part = Part({"kaart.json": data}, "Met de hand", Signature("Beheer", "beheer@localhost"), desk.clock())
    store.commit(kaart, held.revision, [part])


def test_what_others_wrote_is_compared_up_to_a_number_of_revisions_and_then_nobody_knows(
    desk: Desk, kaart: str
) -> None:
    for number in range(4):
        by_hand(desk, kaart, f"Tekst {number}")
    saves = desk.kaarten.history(kaart)
    enough, few = Toucher(view(desk, SANNE, kaart)), Toucher(view(desk, SANNE, kaart), most=2)
    assert [enough.paths(save) for save in saves[:4]] == [{A1}] * 4
    assert not enough.unsure
    assert [few.paths(save) for save in saves[:2]] == [{A1}, None]
    assert few.unsure
    assert few.touches(saves[1], "p-1"), "not hidden where nobody knows"


def test_who_set_a_field_too_long_ago_to_look_at_is_not_guessed(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.origins.MOST_SAVES", 2)
    for number in range(3):
        change(desk, kaart, f"Keer {number}", frequentie=f"Elke {number} dagen")
    found = reasons(desk, kaart, *A1)
    assert found["frequentie"] == "Keer 2"
    assert found["tekst"] == "?"


@pytest.mark.parametrize(("section", "item"), [("visies", "z-1"), ("evaluaties", "e-1")])
def test_what_has_an_order_of_its_own_cannot_be_moved(desk: Desk, section: str, item: str) -> None:
    card = new_card(
        visies=[
            {"id": "z-1", "van": "p-1", "overItem": "a-1", "soort": "zienswijze_ouder", "tekst": "Ik zie het anders."}
        ],
        evaluaties=[{"id": "e-1", "datum": "2026-10-01"}, {"id": "e-2", "datum": "2026-11-01"}],
    )
    kaart = editing.create_card(desk, SANNE, card)
    with pytest.raises(NotAllowed, match="vaste volgorde"):
        editing.move_item(desk, SANNE, kaart, section, item, "", now(desk, kaart).revision, "")
