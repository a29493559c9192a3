"""A card goes to another installation, whole, and comes back."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.content.workflow import state_of
from app.services import answering, editing, handing_over, joining, leftovers, parcels, receipts, rights, taking_in
from app.services.actors import actor_of, speaker_in
from app.services.errors import InvalidInput, NotAllowed
from app.services.joining import Chosen
from app.services.parcel_faults import Refused
from app.services.talking import speak
from app.services.unpacked import unpacked
from tests.desks import logged, save_confirmed
from tests.two import Side, accepted, brought, handed, introduce, offered, packed, ready_card, receipt, sides


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


SHIELD = {"afgeschermdVoor": ["w-2"], "redenAfscherming": "Daarom niet"}
WORD = "Zilverberkenlaan"


def shielded_card(side: Side, other: Side) -> str:
    """A card of which one afspraak is kept from who works at the other installation."""
    card = ready_card(
        side,
        professionals=[
            {"id": "w-1", "naam": "x", "organisatie": "x"},
            {"id": "w-2", "naam": "Cor Cas", "organisatie": other.name},
        ],
    )
    secret = {
        "id": "a-9", "tekst": f"Moeder slaapt op de {WORD}.", "wie": ["p-2"], "start": "2026-03-12",
        "frequentie": "Elke nacht", "toezichtDoor": ["w-1"], "status": "actief", **SHIELD,
    }  # fmt: skip
    save(side, card, "afspraken", secret, f"Zij kan terecht op de {WORD}.")
    return card


def save(side: Side, kaart: str, section: str, item: dict[str, Any], reason: str = "Zo is het.") -> None:
    editing.save_item(side.desk, side.actor, kaart, section, item, side.desk.kaarten.head(kaart), reason)


def test_what_is_kept_from_the_receiver_stays_behind_and_is_there_when_the_card_comes_back(
    both: tuple[Side, Side],
) -> None:
    here, there = both
    kaart = shielded_card(here, there)
    own = here.desk.kaarten.commits(kaart)
    handed(here, there, kaart)
    theirs = there.desk.kaarten.read(kaart).document
    assert [one["id"] for one in theirs["afspraken"]] == ["a-1", "a-2"]
    assert own.keys() <= here.desk.kaarten.commits(kaart).keys()
    assert WORD in str(here.desk.kaarten.read(kaart).document)
    save(there, kaart, "afspraken", {**theirs["afspraken"][0], "tekst": "Vader belt oma elke avond."})
    save(there, kaart, "krachten", {"id": "k-7", "tekst": "Noor lacht weer."})
    handed(there, here, kaart)
    back = here.desk.kaarten.read(kaart).document
    assert [one["id"] for one in back["afspraken"]] == ["a-1", "a-2", "a-9"]
    assert back["afspraken"][0]["tekst"] == "Vader belt oma elke avond."
    assert WORD in str(back)
    assert back["krachten"]
    told = [step.message.subject for one in here.desk.kaarten.history(kaart) for step in one.steps]
    assert not any("a-9 verwijderd" in one for one in told)
    assert len([one for one in told if "a-1 gewijzigd" in one]) == 1
    assert here.desk.admin.fsck(kaart) == []
    handed(here, there, kaart)
    assert WORD not in str(there.desk.kaarten.read(kaart).document)
    assert [one["id"] for one in there.desk.kaarten.read(kaart).document["afspraken"]] == ["a-1", "a-2"]


def test_both_sides_wrote_on_and_what_differs_is_chosen(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    offered(here, there, kaart)
    data = packed(here, kaart)
    first = here.desk.kaarten.read(kaart).document["afspraken"][0]
    save(here, kaart, "afspraken", {**first, "tekst": "Vader belt oma altijd."})
    save(here, kaart, "krachten", {"id": "k-1", "tekst": "Van hier."})
    offer = accepted(there, data)
    save(there, kaart, "afspraken", {**there.desk.kaarten.read(kaart).document["afspraken"][0], "tekst": "Elke avond."})
    save(there, kaart, "krachten", {"id": "k-2", "tekst": "Van daar."})
    receipts.read_in(here.desk, here.actor, brought(here, receipt(there, kaart, offer)), Chosen())
    assert state_of(here.desk.kaarten.read(kaart).document) == "overgedragen"
    offered(there, here, kaart)
    parcel = brought(here, packed(there, kaart))
    with pytest.raises(NotAllowed, match="Kies"):
        taking_in.accept(here.desk, here.actor, parcel, Chosen())
    meeting = taking_in.look(here.desk, parcels.opened(here.desk, here.actor, parcel))
    asked = joining.open_conflicts(here.desk, here.actor, meeting)
    assert [one.path for one in asked] == [("afspraken", "a-1", "tekst")]
    taking_in.accept(here.desk, here.actor, parcel, Chosen(ours=frozenset({asked[0].path})))
    now = here.desk.kaarten.read(kaart).document
    assert now["afspraken"][0]["tekst"] == "Vader belt oma altijd."
    assert {one["tekst"] for one in now["krachten"]} == {"Van hier.", "Van daar."}
    back = receipt(here, kaart, here.desk.kaarten.access(kaart).handovers.arrivals[-1].id)
    receipts.read_in(there.desk, there.actor, brought(there, back), Chosen())
    mine, theirs = here.desk.kaarten.commits(kaart), there.desk.kaarten.commits(kaart)
    assert theirs.keys() <= mine.keys()
    assert there.desk.kaarten.read(kaart).document["afspraken"][0]["tekst"] == "Vader belt oma altijd."


def test_what_a_program_that_died_left_is_done_at_the_next_start(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    speak(here.desk, here.actor, kaart, "a-1", "Let hierop.")
    offered(here, there, kaart)
    data = packed(here, kaart)
    parcel = brought(there, data)
    kept = there.desk.quarantine.place(parcel)
    shutil.copytree(kept, kept.with_name("aside"))
    taking_in.accept(there.desk, there.actor, parcel, Chosen())
    with there.desk.kaarten.writing(kaart) as writer:
        talk = writer.overleg()
    assert [one.text for one in talk.said] == ["Let hierop."]
    kept.with_name("aside").rename(kept)
    undecided = brought(there, packed_again(here, there))
    leftovers.clear(there.desk)
    assert [one.id for one in there.desk.quarantine.all()] == [undecided]


def test_what_was_refused_and_then_accepted_after_all_holds_up_no_start(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    offered(here, there, kaart)
    data = packed(here, kaart)
    refused = brought(there, data)
    taking_in.refuse(there.desk, there.actor, refused, "Dit gezin kennen wij niet.")
    twice = brought(there, data)
    accepted(there, data)
    with pytest.raises(Refused, match="al aangenomen"):
        taking_in.refuse(there.desk, there.actor, twice, "Toch niet.")
    leftovers.clear(there.desk)
    assert [one.id for one in there.desk.quarantine.all()] == [refused]


def test_no_more_packages_of_one_person_wait_than_were_agreed(
    both: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = both
    monkeypatch.setattr(parcels, "MOST_WAITING", 1)
    data = packed_again(here, there)
    first = brought(there, data)
    with pytest.raises(Refused, match="wachten al"):
        brought(there, data)
    assert [one.id for one in there.desk.quarantine.all()] == [first]
    parcels.remove(there.desk, there.actor, first)
    assert brought(there, data)


def test_a_card_is_offered_and_taken_in_no_more_often_than_can_be_read_back(
    both: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = both
    kaart = ready_card(here)
    handed(here, there, kaart)
    offered(there, here, kaart)
    accepted(here, packed(there, kaart))
    monkeypatch.setattr(handing_over, "MOST", 1)
    with pytest.raises(NotAllowed, match="heel vaak"):
        offered(here, there, kaart)
    monkeypatch.undo()
    save(there, kaart, "krachten", {"id": "k-7", "tekst": "Noor lacht weer."})
    monkeypatch.setattr(taking_in, "MOST", 1)
    with pytest.raises(Refused, match="heel vaak"):
        accepted(here, packed(there, kaart))
    assert holders(here, kaart) == ["account:ans"]


def test_nobody_elsewhere_answers_in_the_name_of_somebody_of_here(
    both: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = both
    kaart = ready_card(here)
    offered(here, there, kaart)
    parcel = brought(there, packed(here, kaart))
    taking_in.refuse(there.desk, there.actor, parcel, "Nummer 111222333 kennen wij niet.")
    write = there.desk.types.letters.write
    forged = {"door": f"{here.actor.name} <{here.actor.id}>"}
    monkeypatch.setattr(there.desk.types.letters, "write", lambda kind, letter: write(kind, {**letter, **forged}))
    with answering.refusal(there.desk, there.actor, parcel) as made:
        data = made.path.read_bytes()
    receipts.read_in(here.desk, here.actor, brought(here, data), Chosen())
    answer = here.desk.kaarten.access(kaart).handovers.offers[-1]
    assert speaker_in(answer.closed_by).account == "?"
    assert "111222333" not in answer.reason
    author = here.desk.kaarten.read(kaart).author
    assert author.email not in (here.actor.email, there.actor.email)


def packed_again(here: Side, there: Side) -> bytes:
    kaart = ready_card(here)
    offered(here, there, kaart)
    return packed(here, kaart)


def test_a_card_that_is_not_wanted_stays_where_it_was_and_the_giver_hears_why(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    offered(here, there, kaart)
    parcel = brought(there, packed(here, kaart))
    with pytest.raises(InvalidInput):
        taking_in.refuse(there.desk, there.actor, parcel, "  ")
    taking_in.refuse(there.desk, there.actor, parcel, "Het gezin woont hier niet.")
    assert not there.desk.kaarten.exists(kaart)
    with answering.refusal(there.desk, there.actor, parcel) as made:
        data = made.path.read_bytes()
    receipts.read_in(here.desk, here.actor, brought(here, data), Chosen())
    answer = here.desk.kaarten.access(kaart).handovers.offers[-1]
    assert (answer.outcome, answer.reason) == ("geweigerd", "Het gezin woont hier niet.")
    assert holders(here, kaart) == ["account:ans"]
    assert state_of(here.desk.kaarten.read(kaart).document) == "actief"


def test_a_receipt_counts_once_and_of_its_own_offer_alone(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    first = offered(here, there, kaart)
    data = packed(here, kaart)
    handing_over.withdraw(here.desk, here.actor, kaart, first, "Toch niet.")
    offered(here, there, kaart)
    proof = brought(here, receipt(there, kaart, accepted(there, data)))
    with pytest.raises(Refused, match="introk"):
        receipts.read_in(here.desk, here.actor, proof, Chosen())
    assert holders(here, kaart) == ["account:ans"]


def test_a_package_for_somebody_else_or_of_a_stranger_is_refused(both: tuple[Side, Side], tmp_path: Path) -> None:
    here, there = both
    kaart = ready_card(here)
    offered(here, there, kaart)
    data = packed(here, kaart)
    with pytest.raises(Refused, match="kennen de afzender"):
        brought(here, data)
    third, _ = sides(tmp_path / "others")
    introduce(third, here)
    with pytest.raises(Refused, match="aan een ander gericht"):
        brought(third, data)
    assert third.desk.quarantine.all() == here.desk.quarantine.all() == []


def test_nobody_takes_a_card_from_its_dossierhouder_here_by_a_package(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    handed(here, there, kaart)
    handed(there, here, kaart)
    offered(here, there, kaart)
    accepted(there, packed(here, kaart))
    again = there.desk.kaarten.head(kaart)
    offered(there, here, kaart)
    data = packed(there, kaart)
    other = replace(here.desk.accounts.known().accounts["ans"], id="cor", name="Cor Cas", email="cor@a.example")
    here.desk.accounts.put(accounts=[other])
    chris = replace(here, actor=actor_of(other, here.desk.accounts.known()))
    heads = here.desk.kaarten.heads(kaart)
    with pytest.raises(Refused, match="heeft hier al een dossierhouder"):
        accepted(chris, data)
    lines = [one for one in logged(here.folder) if one["event"] == "handover-arrive" and one["who"] == "cor"]
    assert [one["outcome"] for one in lines] == ["toegestaan", "geweigerd"]
    assert here.desk.kaarten.heads(kaart) == heads
    assert holders(here, kaart) == ["account:ans"]
    accepted(here, data)
    assert holders(here, kaart) == ["account:ans"]
    assert again in here.desk.kaarten.commits(kaart)


def test_a_shield_that_holds_here_is_not_lifted_by_a_package(both: tuple[Side, Side]) -> None:
    here, there = both
    people = [
        {"id": "w-1", "naam": "x", "organisatie": "x"},
        {"id": "w-3", "naam": "Dee Das", "organisatie": "School De Boom"},
    ]
    kaart = ready_card(here, professionals=people)
    first = here.desk.kaarten.read(kaart).document["afspraken"][0]
    shield = {"afgeschermdVoor": ["w-3"], "redenAfscherming": "Daarom niet"}
    save(here, kaart, "afspraken", {**first, **shield})
    handed(here, there, kaart)
    document = there.desk.kaarten.read(kaart).document
    open_again = [{key: held for key, held in one.items() if key not in shield} for one in document["afspraken"]]
    people = [{**one, "naam": "Iemand Anders"} if one["id"] == "w-3" else one for one in document["professionals"]]
    lifted = {
        **document,
        "afspraken": [{**open_again[0], "tekst": "Anders."}, *open_again[1:]],
        "professionals": people,
    }
    save_confirmed(there.desk, there.actor, kaart, lifted, "Mag open.")
    handed(there, here, kaart)
    now = here.desk.kaarten.read(kaart).document
    assert now["afspraken"][0]["tekst"] == "Anders."
    assert now["afspraken"][0]["afgeschermdVoor"] == ["w-3"]
    assert now["afspraken"][0]["redenAfscherming"] == "Daarom niet"
    assert next(one for one in now["professionals"] if one["id"] == "w-3")["naam"] == "Dee Das"
    assert any("Afscherming gebleven" in one.steps[0].message.subject for one in here.desk.kaarten.history(kaart))


def test_a_card_that_comes_back_before_its_receipt_closes_the_offer_of_here(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    offered(here, there, kaart)
    accepted(there, packed(here, kaart))
    offered(there, here, kaart)
    accepted(here, packed(there, kaart))
    assert here.desk.kaarten.access(kaart).handovers.open is None
    assert state_of(here.desk.kaarten.read(kaart).document) == "actief"
    assert holders(here, kaart) == ["account:ans"]
    back = receipt(here, kaart, here.desk.kaarten.access(kaart).handovers.arrivals[-1].id)
    receipts.read_in(there.desk, there.actor, brought(there, back), Chosen())
    assert state_of(there.desk.kaarten.read(kaart).document) == "overgedragen"


def test_who_may_not_see_all_of_a_card_makes_no_package_that_can_be_opened_here(both: tuple[Side, Side]) -> None:
    here, there = both
    shield = {"afgeschermdVoor": ["w-1"], "redenAfscherming": "Daarom niet"}
    kaart = ready_card(here, krachten=[{"id": "k-1", "tekst": "Het gaat goed.", **shield}])
    offered(here, there, kaart)
    with pytest.raises(NotAllowed, match="alleen versleuteld"):
        packed(here, kaart)
    assert packed(here, kaart, encrypted=True).startswith(b"age-encryption.org/")


def test_a_card_that_was_accepted_is_not_refused_afterwards(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    offered(here, there, kaart)
    data = packed(here, kaart)
    accepted(there, data)
    for again in (data, packed(here, kaart, encrypted=True)):
        parcel = brought(there, again)
        with pytest.raises(Refused, match="al aangenomen"):
            taking_in.refuse(there.desk, there.actor, parcel, "Bij ons al bekend.")
        assert not parcels.of_mine(there.desk, there.actor, parcel).refused


def test_what_was_changed_after_the_package_is_told_without_what_is_kept_from_the_receiver(
    both: tuple[Side, Side],
) -> None:
    here, there = both
    kaart = shielded_card(here, there)
    offered(here, there, kaart)
    offer = accepted(there, packed(here, kaart))
    secret = next(one for one in here.desk.kaarten.read(kaart).document["afspraken"] if one["id"] == "a-9")
    save(here, kaart, "afspraken", {**secret, "frequentie": "Twee nachten"})
    first = here.desk.kaarten.read(kaart).document["afspraken"][0]
    save(here, kaart, "afspraken", {**first, "tekst": "Vader belt oma elke avond."})
    parcel = brought(here, receipt(there, kaart, offer))

    left = unpacked(here.desk, here.actor, parcel).left

    assert left
    assert [(one.path[1], one.new) for one in left.changes] == [("a-1", "Vader belt oma elke avond.")]
    assert WORD not in str(left)
