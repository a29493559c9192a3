"""A proposed item that points at one that is itself only proposed: kept, taken over after it, refused before it."""

from dataclasses import replace
from typing import Any

import pytest

from app.content.forms import write_form
from app.content.overleg import REFUSED, TAKEN, WITHDRAWN
from app.content.problems import InvalidCard
from app.services import accepting, awaited, editing
from app.services.accepting import accept, refuse, withdraw
from app.services.actors import Actor, actor_of
from app.services.desk import Desk
from app.services.errors import Conflicted, NotAllowed, NotFound
from app.services.proposed import in_order, proposals
from app.services.proposing import propose, propose_file
from tests.desks import MEHMET, SANNE, share
from tests.services.test_proposing import change, desk, item, kaart, offered

__all__ = ["desk", "kaart"]
"""The fixtures of proposals serve here too."""
NAME = "Noor kan altijd iemand bellen"


def voorwaarde(desk: Desk, kaart: str, actor: Actor = MEHMET, identity: str = "v-nieuw", **fields: Any) -> str:
    """The number of a new voorwaarde that somebody proposes."""
    held = {**item(desk, kaart, "v-1"), "id": identity, "tekst": f"{NAME}.", **fields}
    return propose(desk, actor, kaart, "voorwaarden", held, desk.kaarten.head(kaart), "Ontbreekt").id


def afspraak(desk: Desk, kaart: str, actor: Actor = MEHMET, base: str = "", **fields: Any) -> str:
    """The number of an afspraak that somebody proposes, new unless it is told which: it works on that voorwaarde."""
    held = {**item(desk, kaart, "a-1"), "id": "a-nieuw", "voorwaardeIds": ["v-1", "v-nieuw"], **fields}
    return propose(desk, actor, kaart, "afspraken", held, base or desk.kaarten.head(kaart), "Hoort erbij").id


def on_card(desk: Desk, kaart: str) -> list[str]:
    document = desk.kaarten.read(kaart).document
    return [one["id"] for key in ("voorwaarden", "afspraken") for one in document[key]]


def test_a_proposed_afspraak_waits_for_the_proposed_voorwaarde_that_it_works_on(desk: Desk, kaart: str) -> None:
    first, second = voorwaarde(desk, kaart), afspraak(desk, kaart)
    (found,) = offered(desk, kaart)
    assert [[(one.said.id, one.name) for one in each.awaits] for each in found.items] == [[], [(first, NAME)]]
    before = desk.kaarten.head(kaart)
    with pytest.raises(InvalidCard) as refusal:
        accept(desk, SANNE, kaart, second)
    (problem,) = refusal.value.problems
    assert problem.path == ("afspraken", "a-nieuw", "voorwaardeIds")
    assert problem.message == (
        f"Dit hoort bij ‘{NAME}’, en dat is ook nog een voorstel. Neem dat eerst over, of tegelijk met dit."
    )
    assert desk.kaarten.head(kaart) == before
    assert [one.open for one in offered(desk, kaart)[0].items] == [True, True]
    accept(desk, SANNE, kaart, first)
    assert offered(desk, kaart)[0].items[1].awaits == ()
    accept(desk, SANNE, kaart, second)
    assert on_card(desk, kaart) == ["v-1", "v-nieuw", "a-1", "a-2", "a-nieuw"]
    assert item(desk, kaart, "a-nieuw")["voorwaardeIds"] == ["v-1", "v-nieuw"]
    assert [one.verdict for one in offered(desk, kaart)[0].items] == [TAKEN, TAKEN]


def test_what_others_point_at_is_decided_on_first(desk: Desk, kaart: str) -> None:
    voorwaarde(desk, kaart, identity="v-los")
    afspraak(desk, kaart, voorwaardeIds=["v-los"])
    first = voorwaarde(desk, kaart)
    second = afspraak(desk, kaart)
    other = propose(
        desk, MEHMET, kaart, "afspraken", {**item(desk, kaart, "a-2"), "tekst": "Los."}, desk.kaarten.head(kaart), "Los"
    ).id
    found = proposals(desk, SANNE, kaart)
    assert in_order(found, [second, other, first]) == [first, second, other]
    assert in_order(found, [other, second, "e-weg"]) == [other, second, "e-weg"]


@pytest.mark.parametrize("verdict", [REFUSED, WITHDRAWN])
def test_what_points_at_something_that_does_not_come_is_adapted(desk: Desk, kaart: str, verdict: str) -> None:
    first, second = voorwaarde(desk, kaart), afspraak(desk, kaart)
    if verdict == REFUSED:
        refuse(desk, SANNE, kaart, [first], "Dat is er al.")
    else:
        withdraw(desk, MEHMET, kaart, [first])
    for act in (lambda: accept(desk, SANNE, kaart, second), lambda: afspraak(desk, kaart, tekst="Nog eens.")):
        with pytest.raises(InvalidCard, match=rf"dat voorstel is {verdict}\. Pas dit eerst aan"):
            act()
    content = {**item(desk, kaart, "a-1"), "id": "a-nieuw", "voorwaardeIds": ["v-1"]}
    accept(desk, SANNE, kaart, second, content, desk.kaarten.head(kaart))
    assert on_card(desk, kaart) == ["v-1", "a-1", "a-2", "a-nieuw"]


def test_what_was_taken_over_and_went_again_is_said_too(desk: Desk, kaart: str) -> None:
    first, second = voorwaarde(desk, kaart), afspraak(desk, kaart)
    accept(desk, SANNE, kaart, first)
    editing.remove_item(desk, SANNE, kaart, "voorwaarden", "v-nieuw", desk.kaarten.head(kaart), "Toch niet")
    with pytest.raises(InvalidCard, match=r"dat staat niet meer op de kaart\. Pas dit eerst aan"):
        accept(desk, SANNE, kaart, second)


def test_an_afspraak_of_the_card_may_point_at_it_and_what_others_change_meanwhile_is_kept(
    desk: Desk, kaart: str
) -> None:
    first = voorwaarde(desk, kaart)
    second = afspraak(desk, kaart, id="a-1", tekst="De buurvrouw belt.")
    accept(desk, SANNE, kaart, first)
    change(desk, kaart, "a-1", frequentie="Elke dag")
    accept(desk, SANNE, kaart, second)
    held = item(desk, kaart, "a-1")
    assert (held["tekst"], held["frequentie"]) == ("De buurvrouw belt.", "Elke dag")
    assert held["voorwaardeIds"] == ["v-1", "v-nieuw"]


def test_a_clash_with_what_points_at_something_new_is_chosen_field_by_field(desk: Desk, kaart: str) -> None:
    first = voorwaarde(desk, kaart)
    second = afspraak(desk, kaart, id="a-1", tekst="Zo wil Mehmet het.")
    accept(desk, SANNE, kaart, first)
    change(desk, kaart, "a-1", tekst="Zo werd het intussen.")
    with pytest.raises(Conflicted) as clash:
        accept(desk, SANNE, kaart, second)
    assert [(one.mine, one.theirs) for one in clash.value.conflicts] == [
        ("Zo wil Mehmet het.", "Zo werd het intussen.")
    ]
    assert clash.value.their_saves[0].author.name == "Sanne Bakker"
    chosen = {**item(desk, kaart, "a-1"), "tekst": "Zo samen.", "voorwaardeIds": ["v-1", "v-nieuw"]}
    accept(desk, SANNE, kaart, second, chosen, clash.value.current.revision)
    assert item(desk, kaart, "a-1")["tekst"] == "Zo samen."


def test_a_form_that_was_opened_before_the_voorwaarde_came_still_counts(desk: Desk, kaart: str) -> None:
    base = desk.kaarten.head(kaart)
    accept(desk, SANNE, kaart, voorwaarde(desk, kaart))
    second = afspraak(desk, kaart, base=base)
    content = {**item(desk, kaart, "a-1"), "id": "a-nieuw", "voorwaardeIds": ["v-nieuw"]}
    accept(desk, SANNE, kaart, second, content, base)
    assert item(desk, kaart, "a-nieuw")["voorwaardeIds"] == ["v-nieuw"]


def test_only_what_one_proposes_oneself_can_be_pointed_at(desk: Desk, kaart: str) -> None:
    voorwaarde(desk, kaart)
    with pytest.raises(InvalidCard, match="v-nieuw staat niet bij ‘Voorwaarden"):
        afspraak(desk, kaart, SANNE)
    with pytest.raises(InvalidCard, match="v-ergens staat niet bij"):
        afspraak(desk, kaart, voorwaardeIds=["v-ergens"])
    assert awaited.beside(desk, SANNE, kaart) == {}
    assert [one["tekst"] for one in awaited.beside(desk, MEHMET, kaart)["voorwaarden"]] == [f"{NAME}."]
    assert awaited.beside(desk, MEHMET, kaart, "v-nieuw") == {}


def test_what_is_offered_is_open_or_named_already(desk: Desk, kaart: str) -> None:
    first = voorwaarde(desk, kaart)
    afspraak(desk, kaart)
    assert list(awaited.beside(desk, MEHMET, kaart)) == ["voorwaarden", "afspraken"]
    refuse(desk, SANNE, kaart, [first], "Dat is er al.")
    assert list(awaited.beside(desk, MEHMET, kaart)) == ["afspraken"]
    assert list(awaited.beside(desk, MEHMET, kaart, "a-nieuw")) == ["voorwaarden"]


def test_a_whole_card_can_be_proposed_with_both(desk: Desk, kaart: str) -> None:
    document, base = desk.kaarten.read(kaart).document, desk.kaarten.head(kaart)
    new = {**item(desk, kaart, "v-1"), "id": "v-nieuw", "tekst": f"{NAME}."}
    changed = [{**one, "voorwaardeIds": ["v-nieuw"]} if one["id"] == "a-1" else one for one in document["afspraken"]]
    wanted = {**document, "voorwaarden": [*document["voorwaarden"], new], "afspraken": changed}
    said = propose_file(desk, MEHMET, kaart, write_form(wanted, "json", desk.types), "json", base, "Samen")
    assert [one.about[0].item for one in said] == ["v-nieuw", "a-1"]
    for number in in_order(proposals(desk, SANNE, kaart), [said[1].id, said[0].id]):
        accept(desk, SANNE, kaart, number)
    assert item(desk, kaart, "a-1")["voorwaardeIds"] == ["v-nieuw"]


def test_a_program_that_died_after_the_voorwaarde_was_saved_leaves_the_afspraak_to_be_taken_over(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = voorwaarde(desk, kaart), afspraak(desk, kaart)

    def died(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(accepting, "say", died)
        with pytest.raises(KeyboardInterrupt):
            accept(desk, SANNE, kaart, first)
    accept(desk, SANNE, kaart, second)
    assert on_card(desk, kaart) == ["v-1", "v-nieuw", "a-1", "a-2", "a-nieuw"]


def test_a_voorwaarde_that_is_proposed_as_shielded_is_named_to_nobody_whom_it_is_shielded_from(
    desk: Desk, kaart: str
) -> None:
    els = replace(desk.accounts.known().accounts["sanne"], id="els", name="Els Els", email="els@cjg.example")
    desk.accounts.put(accounts=[els])
    share(desk, kaart, "account:els", "behandelaar")
    share(desk, kaart, "account:mehmet", "behandelaar")
    known = desk.accounts.known()
    other = actor_of(known.accounts["els"], known)
    first = voorwaarde(desk, kaart, other, "v-geheim", afgeschermdVoor=["w-2"], redenAfscherming="Niet voor hem")
    second = afspraak(desk, kaart, other, voorwaardeIds=["v-1", "v-geheim"])
    (found,) = offered(desk, kaart, MEHMET)
    assert [one.said.id for one in found.items] == [second]
    assert "v-geheim" not in str(found)
    assert NAME not in str(found)
    assert awaited.beside(desk, MEHMET, kaart) == {}
    assert [one.name for one in offered(desk, kaart)[0].items[1].awaits] == [NAME]
    with pytest.raises(NotAllowed, match="U ziet niet alles"):
        accept(desk, MEHMET, kaart, second)
    with pytest.raises(NotFound):
        accept(desk, MEHMET, kaart, first)
    for number in (first, second):
        accept(desk, SANNE, kaart, number)
    assert "v-geheim" not in str(offered(desk, kaart, MEHMET))
