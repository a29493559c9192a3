"""What a person typed and did not save yet: kept for that person alone, until it is saved, thrown away or old."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.content import Document
from app.content.forms import write_form
from app.services import drafting, editing, reading
from app.services.actors import Actor
from app.services.desk import ZONE, Desk
from app.services.drafting import DAYS, Sheet
from app.services.errors import NotAllowed, NotFound, ServiceError
from app.services.granting import regrant
from app.storage.records import Stored
from tests.desks import MEHMET, SANNE, at, new_card, open_test_desk, share

MORNING = datetime(2026, 11, 9, 9, 0, tzinfo=ZONE)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_test_desk(tmp_path)


@pytest.fixture
def kaart(desk: Desk) -> Stored:
    return reading.read_card(desk, SANNE, editing.create_card(at(desk, MORNING), SANNE, new_card(), "Begin"))


def sheet(kaart: Stored, identity: str = "k1", text: str = "Opa haalt Noor op.") -> Sheet:
    return Sheet(identity, "afspraken/a-2", kaart.revision, "Afspraak", (("tekst", text), ("wie", ""), ("wie", "n-1")))


def changed(document: Document, **fields: str) -> Document:
    afspraken = [{**one, **fields} if one["id"] == "a-2" else one for one in document["afspraken"]]
    return {**document, "afspraken": afspraken}


def test_who_wrote_a_draft_reads_it_and_nobody_else(desk: Desk, kaart: Stored) -> None:
    label = drafting.keep(desk, SANNE, kaart, sheet(kaart))
    assert (label.card, label.base) == ("Gezin Van Dale", kaart.revision)
    assert drafting.mine(desk, SANNE) == [label]
    assert drafting.read(desk, SANNE, "k1").fields == sheet(kaart).fields
    assert drafting.mine(desk, MEHMET) == []
    with pytest.raises(NotFound):
        drafting.read(desk, MEHMET, "k1")
    drafting.throw_away(desk, MEHMET, "k1")
    assert drafting.mine(desk, SANNE) == [label]
    drafting.throw_away(desk, SANNE, "k1")
    assert drafting.mine(desk, SANNE) == []


def test_a_draft_is_not_in_the_card_and_not_in_its_history(desk: Desk, kaart: Stored) -> None:
    drafting.keep(desk, SANNE, kaart, sheet(kaart))
    assert reading.read_card(desk, SANNE, kaart.id).revision == kaart.revision


def test_nothing_is_kept_of_a_card_that_may_not_be_changed_or_for_nobody(desk: Desk, kaart: Stored) -> None:
    closed = {**kaart.document, "kaart": {**kaart.document["kaart"], "toestand": "afgesloten"}}
    shut = replace(kaart, document=closed)
    with pytest.raises(NotAllowed, match="afgesloten"):
        drafting.keep(desk, SANNE, shut, sheet(kaart))
    with pytest.raises(NotFound):
        drafting.keep(desk, Actor("", ""), kaart, sheet(kaart))
    assert drafting.mine(desk, SANNE) == []


def test_after_three_months_a_draft_is_gone(desk: Desk, kaart: Stored) -> None:
    drafting.keep(at(desk, MORNING), SANNE, kaart, sheet(kaart))
    almost, over = (at(desk, MORNING + timedelta(DAYS, seconds=seconds)) for seconds in (-1, 1))
    assert drafting.read(almost, SANNE, "k1")
    assert drafting.mine(over, SANNE) == []
    with pytest.raises(NotFound):
        drafting.read(over, SANNE, "k1")
    drafting.keep(over, MEHMET, kaart, sheet(kaart))
    assert drafting.mine(almost, SANNE) == []


def test_what_cannot_be_kept_is_one_sentence(desk: Desk, kaart: Stored) -> None:
    with pytest.raises(ServiceError, match="te lang voor een klad"):
        drafting.keep(desk, SANNE, kaart, sheet(kaart, text="x" * 3_000_000))


def test_a_draft_is_saved_when_the_card_holds_all_of_it_also_beside_what_others_did(kaart: Stored) -> None:
    base, mine = kaart.document, changed(kaart.document, tekst=" Opa haalt Noor op. ")
    assert drafting.is_saved(base, base, base)
    assert not drafting.is_saved(base, mine, base)
    assert drafting.is_saved(base, mine, changed(base, tekst="Opa haalt Noor op.", termijn="2027-01-01"))
    assert not drafting.is_saved(base, mine, changed(base, tekst="Tante haalt Noor op."))
    assert not drafting.is_saved(base, changed(base, tekst="\ud800"), base)


def test_what_others_did_meanwhile_is_told_of_the_place_alone(desk: Desk, kaart: Stored) -> None:
    editing.save_card(desk, MEHMET, kaart.id, changed(kaart.document, termijn="2027-01-01"), kaart.revision, "Later")
    now = reading.read_card(desk, SANNE, kaart.id)
    told = drafting.meanwhile(desk, SANNE, kaart, now, ("afspraken", "a-2"))
    assert [save.author.name for save in told.saves] == [MEHMET.name]
    assert [one.path for one in told.changes] == [("afspraken", "a-2", "termijn")]
    assert drafting.meanwhile(desk, SANNE, kaart, now, ("afspraken", "a-1")).saves == ()
    assert drafting.meanwhile(desk, SANNE, now, now, ("afspraken", "a-2")).changes == ()


def test_a_draft_of_a_card_that_its_writer_reads_no_more_is_not_shown_and_is_back_with_the_role(
    desk: Desk, kaart: Stored
) -> None:
    drafting.keep(desk, MEHMET, kaart, sheet(kaart))
    granted = desk.access(kaart.id).grants
    regrant(desk, SANNE, kaart.id, lambda grants: [one for one in grants if one.subject != "account:mehmet"], "Weg")
    assert drafting.mine(desk, MEHMET) == []
    with pytest.raises(NotFound):
        drafting.read(desk, MEHMET, "k1")
    regrant(desk, SANNE, kaart.id, lambda _: granted, "Terug")
    assert [one.id for one in drafting.mine(desk, MEHMET)] == ["k1"]
    assert drafting.read(desk, MEHMET, "k1").fields


def test_a_draft_that_holds_what_was_shielded_from_its_writer_since_is_not_shown(desk: Desk) -> None:
    team = [{"id": "w-1", "naam": "Dr. X", "organisatie": "Y"}, {"id": "w-2", "naam": MEHMET.name, "organisatie": "Z"}]
    kaart = reading.read_card(desk, SANNE, editing.create_card(desk, SANNE, new_card(professionals=team), "Begin"))
    text = write_form(kaart.document, "json", desk.types).decode()
    whole = Sheet("k2", "tekst", kaart.revision, "De kaart als tekst", (("vorm", "json"), ("tekst", text)))
    other = replace(sheet(kaart, "k3"), place="afspraken/a-1")
    for one in (sheet(kaart), whole, other, replace(sheet(kaart, "k4"), place="afspraken/_nieuw")):
        drafting.keep(desk, MEHMET, kaart, one)
        drafting.keep(desk, SANNE, kaart, one)
    assert len(drafting.mine(desk, MEHMET)) == len(drafting.mine(desk, SANNE)) == 4

    def shown(actor: Actor) -> list[str]:
        return sorted(one.id for one in drafting.mine(desk, actor))

    hidden = {**kaart.document["afspraken"][1], "afgeschermdVoor": ["w-2"], "redenAfscherming": "Niet voor hem"}
    saved = editing.save_item(desk, SANNE, kaart.id, "afspraken", hidden, kaart.revision, "Afgeschermd")
    assert (shown(MEHMET), shown(SANNE)) == (["k3", "k4"], ["k1", "k2", "k3", "k4"])
    for identity in ("k1", "k2"):
        with pytest.raises(NotFound):
            drafting.read(desk, MEHMET, identity)
    editing.remove_item(desk, SANNE, kaart.id, "afspraken", "a-2", saved.revision, "Voorbij")
    assert "k1" not in shown(MEHMET)
    assert "k1" in shown(SANNE)


def test_who_may_propose_and_not_edit_keeps_drafts_of_proposals_alone(tmp_path: Path) -> None:
    desk = open_test_desk(tmp_path, alone=True)
    kaart = reading.read_card(desk, SANNE, editing.create_card(desk, SANNE, new_card(), "Begin"))
    share(desk, kaart.id, "account:mehmet", "meelezer")
    edit = sheet(kaart)
    to_propose = replace(edit, id="k2", place="voorstellen/afspraken/a-2")
    drafting.keep(desk, MEHMET, kaart, to_propose)
    for place in ("afspraken/a-2", "tekst", "kaart"):
        with pytest.raises(NotAllowed):
            drafting.keep(desk, MEHMET, kaart, replace(edit, place=place))
    assert [one.place for one in drafting.mine(desk, MEHMET)] == ["voorstellen/afspraken/a-2"]
    closed = {**kaart.document, "kaart": {**kaart.document["kaart"], "toestand": "afgesloten"}}
    with pytest.raises(NotAllowed, match="afgesloten"):
        drafting.keep(desk, MEHMET, replace(kaart, document=closed), to_propose)
    regrant(desk, SANNE, kaart.id, lambda grants: [one for one in grants if one.subject != "account:mehmet"], "Weg")
    with pytest.raises(NotFound):
        drafting.keep(desk, MEHMET, kaart, replace(to_propose, id="k3"))
    assert drafting.mine(desk, MEHMET) == []


def test_a_draft_of_a_proposal_that_holds_what_was_shielded_from_its_writer_since_is_not_shown(desk: Desk) -> None:
    team = [{"id": "w-1", "naam": "Dr. X", "organisatie": "Y"}, {"id": "w-2", "naam": MEHMET.name, "organisatie": "Z"}]
    kaart = reading.read_card(desk, SANNE, editing.create_card(desk, SANNE, new_card(professionals=team), "Begin"))
    for identity, place in (("k1", "a-2"), ("k2", "a-1"), ("k3", "_nieuw"), ("k4", "a-never")):
        one = replace(sheet(kaart, identity), place=f"voorstellen/afspraken/{place}")
        drafting.keep(desk, MEHMET, kaart, one)
        drafting.keep(desk, SANNE, kaart, one)
    assert len(drafting.mine(desk, MEHMET)) == 4
    hidden = {**kaart.document["afspraken"][1], "afgeschermdVoor": ["w-2"], "redenAfscherming": "Niet voor hem"}
    saved = editing.save_item(desk, SANNE, kaart.id, "afspraken", hidden, kaart.revision, "Afgeschermd")
    assert sorted(one.id for one in drafting.mine(desk, MEHMET)) == ["k2", "k3", "k4"]
    with pytest.raises(NotFound):
        drafting.read(desk, MEHMET, "k1")
    editing.remove_item(desk, SANNE, kaart.id, "afspraken", "a-2", saved.revision, "Voorbij")
    assert "k1" not in [one.id for one in drafting.mine(desk, MEHMET)]
    assert len(drafting.mine(desk, SANNE)) == 4
