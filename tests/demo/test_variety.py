"""Together the demonstration families show what a card can hold and what can happen to it."""

import re
from pathlib import Path

import app.demo.apply
from app.content.gates import missing
from app.content.workflow import state_of
from tests.demo.playing import BY_SLUG, DEMO, EDITION, PLAYED, TODAY


def test_there_are_at_least_nine_families_and_each_file_is_named_after_its_slug() -> None:
    folder = Path(app.demo.apply.__file__).parent / "families"
    assert {file.stem for file in folder.glob("*.json")} == set(BY_SLUG)
    assert len(BY_SLUG) >= 9


def test_the_families_together_show_what_a_card_can_hold() -> None:
    last = [PLAYED[slug][-1].after for slug in BY_SLUG]
    assert {family.form for family in DEMO.families} == {"json", "markdown"}
    assert {state_of(document) for document in last} == {"concept", "actief", "afgesloten"}
    assert any(step.transition == "heropenen" for family in DEMO.families for step in family.steps)
    assert {document["kaart"]["soort"] for document in last} == {"gezin", "huishouden"}
    assert {document["kaart"].get("kader") for document in last} >= {"vrijwillig", "gedwongen"}
    assert max(len(document.get("afspraken", ())) for document in last) >= 20
    assert any(person.get("adresAfgeschermd") for document in last for person in document["personen"])
    assert any("afgeschermdVoor" in item for document in last for item in document.get("onveilig", ()))
    visies = {visie["soort"] for document in last for visie in document.get("visies", ())}
    assert visies >= {"afwijkende_visie_professional", "zienswijze_ouder", "zienswijze_kind"}
    assert any(missing(document, EDITION, "actief", TODAY) for document in last)
    for section in EDITION.shape:
        assert any(section.key in document for document in last), section.key


def test_every_value_of_the_status_of_an_afspraak_occurs() -> None:
    status = EDITION.shape["afspraken"].inner["status"]
    seen = {
        afspraak.get("status")
        for plays in PLAYED.values()
        for played in plays
        for afspraak in played.after.get("afspraken", ())
    }
    assert seen >= set(status.labels)


def test_people_are_told_apart_and_have_addresses_that_nobody_can_own() -> None:
    assert len({person.id for person in DEMO.people}) == len(DEMO.people)
    assert len({person.email for person in DEMO.people}) == len(DEMO.people)
    types = EDITION.shape["professionals"].inner["organisatieType"].labels
    for person in DEMO.people:
        assert re.fullmatch(r"[a-z]+", person.id)
        assert person.email.isascii()
        assert person.email.endswith(".example")
        assert person.organisation_type in types


def test_one_administrator_and_one_auditor_run_the_installation_and_stand_on_no_card() -> None:
    others = [person for person in DEMO.people if person.role != "professional"]
    assert sorted(person.role for person in others) == ["auditor", "beheerder"]
    assert {person.organisation for person in others} == {"Regio Zuidrand"}
    names = {person.name for person in others}
    assert not any(name in str(plays[-1].after) for plays in PLAYED.values() for name in names)
