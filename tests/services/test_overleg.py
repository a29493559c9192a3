"""Saying something about a card and hearing it: kept, in order, and only for who may see what it is about."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.content import Document
from app.content.overleg import AGREED, DISAGREED, JUDGEMENT, PROPOSED, REMARK, About, NotSaid, Said
from app.content.reviewed import parts
from app.services import editing, rights
from app.services.actors import Actor
from app.services.cataloguing import catch_up, current_entry
from app.services.desk import Desk
from app.services.overleg import heard, new_said, say
from app.services.saving import held
from app.services.viewing import view
from app.storage.catalogue import Me
from app.storage.catalogue_review import ToReview
from tests.cards import small_card
from tests.desks import MEHMET, SANNE, at, new_card, open_test_desk, peopled, save_confirmed, share
from tests.storage.helpers import plain_git

MEHMET_ROW = {"id": "w-2", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"}
REVIEWERS = ("beoordelaar",)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = peopled(open_test_desk(tmp_path, alone=True))
    catch_up(desk)
    return desk


@pytest.fixture
def kaart(desk: Desk) -> str:
    """A card of Sanne, which Mehmet reviews; he is one of its professionals."""
    card = new_card()
    card["professionals"].append(MEHMET_ROW)
    kaart = editing.create_card(desk, SANNE, card, "Begin")
    share(desk, kaart, "account:mehmet", "beoordelaar")
    return kaart


def whole(desk: Desk, kaart: str) -> Document:
    return desk.kaarten.read(kaart).document


def about(desk: Desk, kaart: str, *items: str) -> tuple[About, ...]:
    """These items as they are now; all that are reviewed unless told."""
    stored = desk.kaarten.read(kaart)
    found = parts(stored.document, stored.edition.shape, desk.types.roles.shield, desk.types.review)
    chosen = [one for one in found.values() if not items or one.item in items]
    return tuple(About(one.section, one.item, one.digest, one.shown, one.barred) for one in chosen)


def tell(desk: Desk, actor: Actor, kaart: str, kind: str, *items: str, **what: Any) -> Said:
    made = new_said(desk, actor, kind)
    stored = desk.kaarten.read(kaart)
    one = replace(made, revision=stored.revision, about=about(desk, kaart, *items))
    one = replace(one, **what)
    with held(desk, kaart) as writer:
        say(desk, writer, actor, [one])
    return one


def ids(desk: Desk, actor: Actor, kaart: str) -> list[str]:
    return [one.id for one in heard(desk, view(desk, actor, kaart)).said]


def waiting(desk: Desk, actor: Actor = MEHMET) -> list[ToReview]:
    me = Me(subjects=actor.subjects, roles=REVIEWERS, moment="2026-12-01T00:00:00+00:00")
    found, total = desk.catalogue.to_review(me, actor.id, 2, 50)
    assert len(found) == total
    return list(found)


def change(desk: Desk, kaart: str, section: str, item: str, **fields: object) -> None:
    stored = desk.kaarten.read(kaart)
    document = stored.document
    next(one for one in document[section] if one["id"] == item).update(fields)
    save_confirmed(desk, SANNE, kaart, document, "Anders")


def shield(desk: Desk, kaart: str, section: str, item: str) -> None:
    change(desk, kaart, section, item, afgeschermdVoor=["w-2"], redenAfscherming="Geheim.")


def test_what_is_said_stands_beside_the_card_and_leaves_it_as_it_was(desk: Desk, kaart: str) -> None:
    before = desk.kaarten.read(kaart)
    one = tell(desk, MEHMET, kaart, REMARK, "a-1", text="Mooi zo.")
    assert desk.kaarten.read(kaart) == before
    assert heard(desk, view(desk, SANNE, kaart)).said == (one,)
    log = desk.kaarten.overleg(kaart)
    assert (log.said, log.unread) == ((one,), ())


def test_each_is_later_than_what_was_said_before_also_where_the_clock_goes_back(desk: Desk, kaart: str) -> None:
    now = desk.clock()
    for step in (0, -60, -60, 0):
        tell(at(desk, now + timedelta(minutes=step)), MEHMET, kaart, REMARK, "a-1", text=f"Op {step}.")
    said = heard(desk, view(desk, SANNE, kaart)).said
    assert [one.text for one in said] == ["Op 0.", "Op -60.", "Op -60.", "Op 0."]
    assert len({one.moment for one in said}) == 4


def test_what_the_schema_does_not_allow_is_not_said(desk: Desk, kaart: str) -> None:
    with pytest.raises(NotSaid):
        tell(desk, MEHMET, kaart, JUDGEMENT, "a-1", verdict=DISAGREED)
    assert desk.kaarten.overleg(kaart).said == ()


def test_files_of_another_program_are_passed_over(desk: Desk, kaart: str, tmp_path: Path) -> None:
    one = tell(desk, MEHMET, kaart, REMARK, "a-1", text="Mooi zo.")
    path = desk.admin._store.path(kaart)
    plain_git(tmp_path, "clone", "-q", "-b", "overleg", str(path), "kloon")
    (tmp_path / "kloon" / "leesmij.txt").write_text("Hallo")
    (tmp_path / "kloon" / f"{one.id}x.json").write_text((tmp_path / "kloon" / f"{one.id}.json").read_text())
    plain_git(tmp_path / "kloon", "add", ".")
    plain_git(tmp_path / "kloon", "commit", "-qm", "Met de hand")
    plain_git(tmp_path / "kloon", "push", "-q", "origin", "overleg")
    talk = desk.kaarten.overleg(kaart)
    assert (talk.said, talk.unread) == ((one,), (f"{one.id}x.json", "leesmij.txt"))
    assert catch_up(desk) == 1
    assert desk.catalogue.entry(kaart) == current_entry(desk, kaart)


def test_what_is_about_a_shielded_item_is_heard_by_who_sees_it(desk: Desk, kaart: str) -> None:
    early = tell(desk, MEHMET, kaart, REMARK, "a-1", text="Nog te zien.")
    shield(desk, kaart, "afspraken", "a-1")
    late = tell(desk, SANNE, kaart, REMARK, "a-1", text="Het geheime adres.")
    assert ids(desk, SANNE, kaart) == [early.id, late.id]
    assert ids(desk, MEHMET, kaart) == []
    change(desk, kaart, "afspraken", "a-1", afgeschermdVoor=["w-1"])
    # What was said while it was shielded stays so: it may say more than the item now does.
    assert ids(desk, MEHMET, kaart) == [early.id]


def test_of_a_judgement_on_all_that_is_left_which_is_no_secret_without_its_words(desk: Desk, kaart: str) -> None:
    shield(desk, kaart, "afspraken", "a-1")
    tell(desk, SANNE, kaart, JUDGEMENT, verdict=DISAGREED, text="Het geheime adres klopt niet.")
    (one,) = heard(desk, view(desk, MEHMET, kaart)).said
    assert "a-1" not in one.items
    assert one.items
    assert (one.verdict, one.text) == (DISAGREED, "")


def test_what_is_proposed_as_shielded_is_so_at_once(desk: Desk, kaart: str) -> None:
    new = About("afspraken", "a-nieuw", barred=("w-2",))
    item = {**new_card()["afspraken"][0], "id": "a-nieuw", "tekst": "Ze slapen bij oma."}
    content = {**item, "afgeschermdVoor": ["w-2"]}
    secret = tell(desk, SANNE, kaart, PROPOSED, proposal="v-1", text="Veiliger.", content=content, about=(new,))
    open_one = replace(new, item="a-anders", barred=())
    seen = tell(
        desk, SANNE, kaart, PROPOSED, proposal="v-1", text="Ook.", content={**item, "id": "a-anders"}, about=(open_one,)
    )
    assert ids(desk, SANNE, kaart) == [secret.id, seen.id]
    assert ids(desk, MEHMET, kaart) == [seen.id]


def test_a_reviewer_is_told_of_what_nobody_judged_yet_and_of_what_changed_since(desk: Desk, kaart: str) -> None:
    reviewed = about(desk, kaart)
    assert [(one.kaart_id, one.count) for one in waiting(desk)] == [(kaart, len(reviewed))]
    tell(desk, MEHMET, kaart, JUDGEMENT, verdict=AGREED)
    assert waiting(desk) == []
    change(desk, kaart, "afspraken", "a-1", tekst="Oma belt elke avond.")
    assert [one.count for one in waiting(desk)] == [1]
    change(desk, kaart, "afspraken", "a-1", tekst=small_card()["afspraken"][0]["tekst"])
    assert waiting(desk) == []  # these are the words that were judged
    assert waiting(desk, SANNE) == []


def test_what_went_is_to_be_judged_once(desk: Desk, kaart: str) -> None:
    tell(desk, MEHMET, kaart, JUDGEMENT, verdict=AGREED)
    document = whole(desk, kaart)
    gone = document["afspraken"].pop()
    editing.save_card(desk, SANNE, kaart, document, desk.kaarten.head(kaart), "Weg")
    assert [one.count for one in waiting(desk)] == [1]
    tell(desk, MEHMET, kaart, JUDGEMENT, verdict=AGREED, about=(About("afspraken", gone["id"]),))
    assert waiting(desk) == []


def test_what_is_shielded_from_a_reviewer_is_not_counted_and_goes_as_if_it_went(desk: Desk, kaart: str) -> None:
    count = len(about(desk, kaart))
    shield(desk, kaart, "afspraken", "a-1")
    assert [one.count for one in waiting(desk)] == [count - 1]
    seen = [one.item for one in about(desk, kaart) if one.item != "a-1"]
    tell(desk, MEHMET, kaart, JUDGEMENT, *seen, verdict=AGREED)
    assert waiting(desk) == []
    change(desk, kaart, "afspraken", "a-1", tekst="Het adres is nu anders.", gevolg="Geheim.")
    assert waiting(desk) == []


def test_a_role_that_is_given_or_taken_shows_at_once(desk: Desk, kaart: str) -> None:
    shield(desk, kaart, "afspraken", "a-1")
    share(desk, kaart, "account:sanne", "beoordelaar")
    assert [one.count for one in waiting(desk, SANNE)] == [len(about(desk, kaart))]
    assert not waiting(desk, replace(MEHMET, id="iemand", organisation_id=""))
    assert rights.JUDGE in desk.types.roles.card["beoordelaar"].may
    assert desk.catalogue.entry(kaart) == current_entry(desk, kaart)


def test_what_cannot_wait_comes_first(desk: Desk, kaart: str) -> None:
    other = editing.create_card(desk, SANNE, new_card(), "Later")
    share(desk, other, "account:mehmet", "beoordelaar")
    assert [one.kaart_id for one in waiting(desk)] == [kaart, other]
    change(desk, other, "afspraken", "a-1", status="niet_nagekomen")
    assert [(one.kaart_id, one.urgent) for one in waiting(desk)] == [(other, 1), (kaart, 99)]
