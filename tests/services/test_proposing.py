"""Proposals: kept apart, held against the card as it is, taken over in part, refused, withdrawn, overtaken."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.content.messages import PROPOSAL, TAKEN_BY
from app.content.overleg import OVERTAKEN, REFUSED, TAKEN, WITHDRAWN
from app.content.overleg_state import Overleg
from app.content.problems import InvalidCard
from app.services import accepting, editing, reading, rights
from app.services.accepting import accept, refuse, withdraw
from app.services.actors import Actor, actor_of
from app.services.desk import Desk
from app.services.errors import Conflicted, InvalidInput, NotAllowed, NotFound
from app.services.overleg import heard, new_said, say
from app.services.proposed import Offered, proposals
from app.services.proposing import propose, propose_removal
from app.services.viewing import view
from app.storage.kaart_writer import KaartWriter
from tests.desks import MEHMET, SANNE, logged, new_card, open_test_desk, peopled, share

ROW = {"id": "w-2", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path, alone=True))


@pytest.fixture
def kaart(desk: Desk) -> str:
    """A card of Sanne with v-1, a-1 and a-2, which Mehmet reads along."""
    card = new_card()
    card["professionals"].append(ROW)
    kaart = editing.create_card(desk, SANNE, card, "Begin")
    share(desk, kaart, "account:mehmet", "meelezer")
    return kaart


def item(desk: Desk, kaart: str, identity: str) -> dict[str, Any]:
    document = desk.kaarten.read(kaart).document
    return next(one for key in ("voorwaarden", "afspraken") for one in document.get(key, ()) if one["id"] == identity)


def change(desk: Desk, kaart: str, identity: str, actor: Actor = SANNE, **fields: Any) -> None:
    held = {**item(desk, kaart, identity), **fields}
    editing.save_item(desk, actor, kaart, "afspraken", held, desk.kaarten.head(kaart), "Anders")


def offer(desk: Desk, kaart: str, identity: str, actor: Actor = MEHMET, **fields: Any) -> str:
    held = {**item(desk, kaart, identity), **fields}
    return propose(desk, actor, kaart, "afspraken", held, desk.kaarten.head(kaart), "Zo is het veiliger.").id


def offered(desk: Desk, kaart: str, actor: Actor = SANNE) -> list[Offered]:
    return list(proposals(desk, actor, kaart).offered)


def test_what_is_proposed_stands_beside_the_card_and_changes_nothing_on_it(
    desk: Desk, kaart: str, tmp_path: Path
) -> None:
    before = desk.kaarten.head(kaart)
    offer(desk, kaart, "a-1", tekst="De buurvrouw haalt Noor op.")
    assert desk.kaarten.head(kaart) == before
    (found,) = offered(desk, kaart)
    (one,) = found.items
    assert (found.by.account, one.open, one.said.text) == ("mehmet", True, "Zo is het veiliger.")
    assert [step.path for step in one.comparison.changes] == [("afspraken", "a-1", "tekst")]
    assert rights.PROPOSE in [one["event"] for one in logged(tmp_path)]


def test_one_who_goes_on_proposing_goes_on_with_the_same_proposal(desk: Desk, kaart: str) -> None:
    offer(desk, kaart, "a-1", tekst="Eerst zo.")
    offer(desk, kaart, "a-2", tekst="Ook deze.")
    offer(desk, kaart, "a-1", tekst="Toch zo.")
    (found,) = offered(desk, kaart)
    assert [one.said.content and one.said.content["tekst"] for one in found.items] == ["Toch zo.", "Ook deze."]


def test_a_part_is_taken_over_in_the_name_of_who_proposed_it(desk: Desk, kaart: str) -> None:
    taken = offer(desk, kaart, "a-1", tekst="De buurvrouw haalt Noor op.")
    left = offer(desk, kaart, "a-2", tekst="Ook anders.")
    saved = accept(desk, SANNE, kaart, taken)
    assert item(desk, kaart, "a-1")["tekst"] == "De buurvrouw haalt Noor op."
    save = reading.read_history(desk, SANNE, kaart)[0]
    assert (save.revision, save.author.name, save.reason) == (saved.revision, "Mehmet Kaya", "Zo is het veiliger.")
    told = save.steps[0].message
    assert (told.first(PROPOSAL), told.first(TAKEN_BY)) == (taken, "Sanne Bakker (CJG Halderberge) <sanne>")
    (found,) = offered(desk, kaart)
    assert [(one.said.id, one.verdict) for one in found.items] == [(taken, TAKEN), (left, "")]
    assert found.items[0].by
    assert found.items[0].by.account == "sanne"


def test_what_others_changed_meanwhile_is_kept(desk: Desk, kaart: str) -> None:
    said = offer(desk, kaart, "a-1", tekst="De buurvrouw haalt Noor op.")
    change(desk, kaart, "a-1", frequentie="Elke dag")
    (found,) = offered(desk, kaart)
    assert [step.path[-1] for step in found.items[0].comparison.changes] == ["tekst"]
    accept(desk, SANNE, kaart, said)
    held = item(desk, kaart, "a-1")
    assert (held["tekst"], held["frequentie"]) == ("De buurvrouw haalt Noor op.", "Elke dag")


def test_two_changes_of_the_same_meet_field_by_field_and_a_person_chooses(desk: Desk, kaart: str) -> None:
    said = offer(desk, kaart, "a-1", tekst="Zo wil Mehmet het.")
    change(desk, kaart, "a-1", tekst="Zo werd het intussen.")
    (found,) = offered(desk, kaart)
    assert [one.path for one in found.items[0].conflicts] == [("afspraken", "a-1", "tekst")]
    with pytest.raises(Conflicted) as clash:
        accept(desk, SANNE, kaart, said)
    assert [(one.mine, one.theirs) for one in clash.value.conflicts] == [
        ("Zo wil Mehmet het.", "Zo werd het intussen.")
    ]
    assert offered(desk, kaart)[0].items[0].open
    both = {**item(desk, kaart, "a-1"), "tekst": "Zo willen we het beiden."}
    accept(desk, SANNE, kaart, said, both, clash.value.current.revision)
    assert item(desk, kaart, "a-1")["tekst"] == "Zo willen we het beiden."
    assert offered(desk, kaart)[0].items[0].verdict == TAKEN


def test_what_the_card_became_by_itself_is_overtaken(desk: Desk, kaart: str) -> None:
    said = offer(desk, kaart, "a-1", tekst="Zo dus.")
    change(desk, kaart, "a-1", tekst="Zo dus.")
    assert offered(desk, kaart)[0].items[0].overtaken
    before = desk.kaarten.head(kaart)
    assert accept(desk, SANNE, kaart, said).parts == 0
    assert desk.kaarten.head(kaart) == before
    assert offered(desk, kaart)[0].items[0].verdict == OVERTAKEN


def test_one_is_refused_with_a_reason_and_one_withdrawn(desk: Desk, kaart: str) -> None:
    first, second = offer(desk, kaart, "a-1", tekst="Eén."), offer(desk, kaart, "a-2", tekst="Twee.")
    with pytest.raises(InvalidInput, match=r"Schrijf op waarom\."):
        refuse(desk, SANNE, kaart, [first], " ")
    refuse(desk, SANNE, kaart, [first], "Moeder wil dit niet.")
    withdraw(desk, MEHMET, kaart, [second])
    (found,) = offered(desk, kaart)
    assert [(one.verdict, one.remark) for one in found.items] == [(REFUSED, "Moeder wil dit niet."), (WITHDRAWN, "")]
    for act in (lambda: accept(desk, SANNE, kaart, first), lambda: refuse(desk, SANNE, kaart, [second], "Nee.")):
        with pytest.raises(NotAllowed, match="al besloten"):
            act()


def test_nobody_decides_on_a_proposal_of_his_own(desk: Desk, kaart: str) -> None:
    own = offer(desk, kaart, "a-1", SANNE, tekst="Liever eerst overleg.")
    with pytest.raises(NotAllowed, match="uw eigen voorstel"):
        accept(desk, SANNE, kaart, own)
    with pytest.raises(NotAllowed, match="uw eigen voorstel"):
        refuse(desk, SANNE, kaart, [own], "Toch niet.")
    with pytest.raises(NotAllowed, match="Alleen wie een voorstel doet"):
        withdraw(desk, MEHMET, kaart, [own])
    withdraw(desk, SANNE, kaart, [own], "Toch niet.")


def test_who_may_not_change_the_card_takes_nothing_over(desk: Desk, kaart: str) -> None:
    said = offer(desk, kaart, "a-1", SANNE, tekst="Van Sanne.")
    with pytest.raises(NotAllowed):
        accept(desk, MEHMET, kaart, said)
    with pytest.raises(NotAllowed):
        refuse(desk, MEHMET, kaart, [said], "Nee.")
    with pytest.raises(NotFound):
        accept(desk, MEHMET, kaart, "e-weg")
    assert offered(desk, kaart)[0].items[0].open


def test_a_new_afspraak_and_one_that_goes_are_proposed_too(desk: Desk, kaart: str) -> None:
    base = desk.kaarten.head(kaart)
    new = {"tekst": "Oma belt elke avond.", "wie": ["n-1"], "voorwaardeIds": ["v-1"], "status": "actief"}
    said = propose(
        desk, MEHMET, kaart, "afspraken", {**item(desk, kaart, "a-1"), **new, "id": "a-nieuw"}, base, "Extra"
    )
    gone = propose_removal(desk, MEHMET, kaart, "afspraken", "a-2", base, "Klaar")
    kinds = [[step.kind for step in one.comparison.changes] for one in offered(desk, kaart)[0].items]
    assert kinds == [["added"], ["removed"]]
    accept(desk, SANNE, kaart, said.id)
    accept(desk, SANNE, kaart, gone.id)
    assert [one["id"] for one in desk.kaarten.read(kaart).document["afspraken"]] == ["a-1", "a-nieuw"]


def test_what_cannot_be_proposed_is_said_and_nothing_kept(desk: Desk, kaart: str) -> None:
    base = desk.kaarten.head(kaart)
    held = item(desk, kaart, "a-1")
    with pytest.raises(InvalidCard, match="Zo staat het al op de kaart"):
        propose(desk, MEHMET, kaart, "afspraken", held, base, "Waarom")
    with pytest.raises(InvalidInput, match="Schrijf op waarom"):
        propose(desk, MEHMET, kaart, "afspraken", {**held, "tekst": "Anders"}, base, "")
    with pytest.raises(InvalidCard):
        propose(desk, MEHMET, kaart, "afspraken", {**held, "status": "misschien"}, base, "Waarom")
    with pytest.raises(NotAllowed, match="geen voorstel"):
        propose(desk, MEHMET, kaart, "personen", {"naam": "Jan"}, base, "Waarom")
    with pytest.raises(InvalidCard, match="wordt nog gebruikt"):
        propose_removal(desk, MEHMET, kaart, "voorwaarden", "v-1", base, "Waarom")
    assert desk.kaarten.overleg(kaart).said == ()


def test_a_program_that_died_after_the_save_leaves_nothing_open_and_nothing_double(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, other = offer(desk, kaart, "a-1", tekst="Zo."), offer(desk, kaart, "a-2", tekst="En zo.")

    def died(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(accepting, "say", died)
        with pytest.raises(KeyboardInterrupt):
            accept(desk, SANNE, kaart, said)
    assert item(desk, kaart, "a-1")["tekst"] == "Zo."
    reading.read_card(desk, MEHMET, kaart)  # whoever looks has it said
    one = offered(desk, kaart)[0].items[0]
    assert (one.verdict, one.by and one.by.account) == (TAKEN, "sanne")
    with pytest.raises(NotAllowed, match="al besloten"):
        accept(desk, SANNE, kaart, said)
    refuse(desk, SANNE, kaart, [other], "Nee.")
    decided = [one for one in Overleg(desk.kaarten.overleg(kaart).said).said if one.kind == "besluit"]
    assert [(one.to, one.verdict, one.by.account) for one in decided] == [
        ((said,), TAKEN, "sanne"),
        ((other,), REFUSED, "sanne"),
    ]


def test_from_whom_it_is_proposed_to_be_shielded_does_not_hear_it(desk: Desk, kaart: str) -> None:
    els = replace(
        next(iter(desk.accounts.known().accounts.values())), id="els", name="Els Els", email="els@cjg.example"
    )
    desk.accounts.put(accounts=[els])
    share(desk, kaart, "account:els", "behandelaar")
    known = desk.accounts.known()
    other = actor_of(known.accounts["els"], known)
    said = offer(desk, kaart, "a-1", other, tekst="Bij tante.", afgeschermdVoor=["w-2"])
    assert [one.items[0].said.id for one in offered(desk, kaart)] == [said]
    assert offered(desk, kaart, MEHMET) == []
    accept(desk, SANNE, kaart, said)
    assert "Bij tante." not in str(reading.read_card(desk, MEHMET, kaart).document)
    assert offered(desk, kaart, MEHMET) == []


def test_a_writer_decides_with_the_card_held(desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody withdraws between the click and the save: nothing is taken over."""
    said = offer(desk, kaart, "a-1", tekst="Zo.")
    once: list[int] = []
    before = KaartWriter.read

    def late(writer: KaartWriter, revision: str | None = None) -> Any:
        if not once:
            once.append(1)
            decided = replace(
                new_said(desk, MEHMET, "besluit"),
                about=heard(desk, view(desk, MEHMET, kaart)).said[0].about,
                verdict=WITHDRAWN,
                to=(said,),
            )
            say(desk, writer, MEHMET, [decided])
        return before(writer, revision)

    monkeypatch.setattr(KaartWriter, "read", late)
    with pytest.raises(NotAllowed, match="al besloten"):
        accept(desk, SANNE, kaart, said)
    assert item(desk, kaart, "a-1")["tekst"] != "Zo."


def test_what_is_taken_over_in_other_words_is_in_the_name_of_who_wrote_those(desk: Desk, kaart: str) -> None:
    said = offer(desk, kaart, "a-1", tekst="Maandag en vrijdag.")
    adapted = {**item(desk, kaart, "a-1"), "tekst": "Maandag, woensdag en vrijdag."}
    with pytest.raises(NotAllowed, match="hoort niet bij"):
        accept(desk, SANNE, kaart, said, {**adapted, "id": "a-2"}, desk.kaarten.head(kaart))
    accept(desk, SANNE, kaart, said, adapted, desk.kaarten.head(kaart))
    save = reading.read_history(desk, SANNE, kaart)[0]
    assert (save.author.name, save.seconds) == ("Sanne Bakker", [("Voorgesteld-door", "Mehmet Kaya (Veilig Thuis)")])
    one = offered(desk, kaart)[0].items[0]
    assert (one.verdict, one.adapted, one.by and one.by.account) == (TAKEN, True, "sanne")


def test_what_is_taken_over_from_the_form_as_it_was_proposed_stays_of_who_proposed_it(desk: Desk, kaart: str) -> None:
    said = offer(desk, kaart, "a-1", tekst="Maandag en vrijdag.")
    same = {**item(desk, kaart, "a-1"), "tekst": "Maandag en vrijdag."}
    accept(desk, SANNE, kaart, said, same, desk.kaarten.head(kaart))
    assert reading.read_history(desk, SANNE, kaart)[0].author.name == "Mehmet Kaya"
    assert not offered(desk, kaart)[0].items[0].adapted
