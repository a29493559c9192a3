"""The bell: each person is told of what concerns him or her and nothing else, as long as the role on the card holds."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.content.grants import utc
from app.content.overleg import (
    AGREED,
    ANSWER,
    ASKED,
    CONFIRMATION,
    CONFIRMED,
    DECISION,
    JUDGEMENT,
    PROPOSED,
    QUESTION,
    REMARK,
    TAKEN,
)
from app.services import bell, editing
from app.services.actors import Actor, actor_of
from app.services.cataloguing import catch_up, current_entry
from app.services.desk import Desk
from app.services.errors import NotAllowed, NotFound
from app.services.granting import regrant
from app.services.notice_rows import MOST
from app.storage.accounts import Account
from app.storage.catalogue import CatalogueDamaged
from tests.desks import MEHMET, ORGANISATIONS, SANNE, at, logged, new_card, open_test_desk, peopled, share
from tests.services.test_overleg import MEHMET_ROW, about, change, shield, tell, whole

ELS_ACCOUNT = Account("els", "Els Visser", "els@veiligthuis.example", "vt", demonstration=True)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = peopled(open_test_desk(tmp_path, alone=True))
    desk.accounts.put(ORGANISATIONS, [ELS_ACCOUNT])
    catch_up(desk)
    return desk


@pytest.fixture
def els(desk: Desk) -> Actor:
    """A colleague of Mehmet, who has no role of her own."""
    return actor_of(ELS_ACCOUNT, desk.accounts.known())


@pytest.fixture
def kaart(desk: Desk) -> str:
    """A card of Sanne, which Mehmet reviews; he is one of its professionals."""
    card = new_card()
    card["professionals"].append(MEHMET_ROW)
    kaart = editing.create_card(desk, SANNE, card, "Begin")
    share(desk, kaart, "account:mehmet", "beoordelaar")
    tell(desk, MEHMET, kaart, JUDGEMENT, verdict=AGREED)
    return kaart


def told(desk: Desk, actor: Actor) -> list[tuple[str, str]]:
    """What somebody is told, oldest first: kind and item."""
    found = bell.bell(desk, actor, 500).told
    return [(one.notice.kind, one.notice.item) for one in reversed(found)]


def new(desk: Desk, actor: Actor) -> int:
    """How many are new; the count is that of the list."""
    found = bell.bell(desk, actor, 500)
    count = bell.count_new(desk, actor)
    assert count == found.new == sum(one.new for one in found.told)
    assert len(found.told) == found.total
    return count


def ask(desk: Desk, kaart: str, item: str = "a-1", actor: Actor = MEHMET) -> Any:
    return tell(desk, actor, kaart, JUDGEMENT, item, verdict=QUESTION, text="Wie belt er dan?")


def test_a_question_is_told_to_who_can_answer_and_the_answer_to_who_asked(desk: Desk, kaart: str, els: Actor) -> None:
    question = ask(desk, kaart)
    assert told(desk, SANNE) == [("vraag", "a-1")]
    assert told(desk, MEHMET) == []
    assert new(desk, SANNE) == 1
    tell(desk, SANNE, kaart, ANSWER, "a-1", text="Oma belt.", to=(question.id,))
    assert told(desk, MEHMET) == [("te_beoordelen", ""), ("antwoord", "a-1")]
    assert new(desk, SANNE) == 0  # it is answered: nothing is asked of her any more
    assert told(desk, els) == []


def test_nothing_is_new_any_more_once_it_was_read_and_what_came_meanwhile_is(desk: Desk, kaart: str) -> None:
    ask(desk, kaart, "a-1")
    page = bell.bell(desk, SANNE, 50)
    ask(desk, kaart, "a-2")
    bell.looked(desk, SANNE, page.until)
    assert [one.notice.item for one in bell.bell(desk, SANNE, 50).told if one.new] == ["a-2"]
    bell.looked(desk, SANNE, "9999")
    assert new(desk, SANNE) == 0
    ask(at(desk, desk.clock() + timedelta(days=1)), kaart, "a-1")
    assert new(desk, SANNE) == 1


def waiting(desk: Desk, actor: Actor, most: int = 9) -> list[tuple[str, str, int]]:
    found, total = bell.waiting(desk, actor, most)
    assert len(found) == min(most, total)
    return [(one.notice.kind, one.notice.item, one.number) for one in found]


def test_what_asks_something_waits_for_who_can_do_it_the_most_urgent_first_until_it_is_done(
    desk: Desk, kaart: str, els: Actor
) -> None:
    share(desk, kaart, "account:els", "meelezer")
    bell.follow(desk, els, kaart)
    proposal = tell(
        desk, MEHMET, kaart, PROPOSED, "a-2", proposal="p-1", content={"id": "a-2", "tekst": "Ja."}, text="O."
    )
    question = ask(desk, kaart, "a-1")
    ask(desk, kaart, "a-2")
    closing = tell(desk, MEHMET, kaart, ASKED, about=(), step="afsluiten", text="Klaar.")
    tell(desk, MEHMET, kaart, ASKED, "a-1", step="afschermen", text="Geheim.", done=True)
    bell.looked(desk, SANNE, "9999")
    questions = [("vraag", "a-1", 1), ("vraag", "a-2", 1)]
    assert waiting(desk, SANNE) == [("verzoek", "", 2), *questions, ("voorstel", "a-2", 1)]
    assert waiting(desk, SANNE, 2) == [("verzoek", "", 2), questions[0]]
    assert waiting(desk, MEHMET) == []
    assert waiting(desk, els) == []
    tell(desk, SANNE, kaart, ANSWER, "a-1", text="Oma.", to=(question.id,))
    tell(desk, SANNE, kaart, CONFIRMATION, about=(), verdict=CONFIRMED, to=(closing.id,))
    tell(desk, SANNE, kaart, DECISION, "a-2", verdict=TAKEN, to=(proposal.id,))
    assert waiting(desk, SANNE) == [("verzoek", "a-1", 1), ("vraag", "a-2", 1)]
    shield(desk, kaart, "afspraken", "a-2")
    share(desk, kaart, "account:mehmet", "behandelaar")
    ask(desk, kaart, "a-2", actor=SANNE)
    assert waiting(desk, MEHMET) == []
    with pytest.raises(NotAllowed):
        bell.waiting(desk, replace(SANNE, role="beheerder"), 9)


def test_a_nonsensical_moment_marks_nothing(desk: Desk, kaart: str) -> None:
    ask(desk, kaart)
    for until in ("", "!", "0"):
        bell.looked(desk, SANNE, until)
        assert new(desk, SANNE) == 1


def test_who_proposed_hears_what_became_of_it(desk: Desk, kaart: str, els: Actor) -> None:
    share(desk, kaart, "account:els", "meelezer")
    item = {**whole(desk, kaart)["afspraken"][0], "tekst": "Beter."}
    one = tell(desk, els, kaart, PROPOSED, "a-1", proposal="v-1", text="Duidelijker.", content=item)
    assert told(desk, SANNE) == [("voorstel", "a-1")]
    tell(desk, SANNE, kaart, DECISION, "a-1", verdict=TAKEN, to=(one.id,))
    assert told(desk, els) == [("overgenomen", "a-1")]
    assert new(desk, SANNE) == 0
    assert told(desk, MEHMET) == []


def test_who_may_confirm_is_asked_and_who_asked_hears_the_answer(desk: Desk, kaart: str, els: Actor) -> None:
    share(desk, kaart, "account:els", "meelezer")
    one = tell(desk, SANNE, kaart, ASKED, about=(), step="afsluiten", text="Het is klaar.")
    assert told(desk, MEHMET) == [("verzoek", "")]
    assert (told(desk, SANNE), told(desk, els)) == ([], [])
    tell(desk, MEHMET, kaart, CONFIRMATION, about=(), revision="", verdict=CONFIRMED, to=(one.id,))
    assert [(row.notice.kind, row.notice.step) for row in bell.bell(desk, SANNE, 9).told] == [
        ("bevestigd", "afsluiten")
    ]
    assert new(desk, MEHMET) == 0


def test_a_reviewer_has_one_line_for_each_card_with_something_to_judge(desk: Desk, kaart: str) -> None:
    assert told(desk, MEHMET) == []
    for number in range(3):
        change(desk, kaart, "afspraken", "a-1", tekst=f"Oma belt om {number} uur.")
    assert told(desk, MEHMET) == [("te_beoordelen", "")]
    (line,) = bell.bell(desk, MEHMET, 9).told
    assert (line.notice.items, line.notice.name, line.new) == (1, "Sanne Bakker", True)
    bell.looked(desk, MEHMET, line.notice.moment)
    assert new(desk, MEHMET) == 0
    change(desk, kaart, "afspraken", "a-2", tekst="En weer anders.")
    assert new(desk, MEHMET) == 1
    tell(desk, MEHMET, kaart, JUDGEMENT, verdict=AGREED)
    assert told(desk, MEHMET) == []


def test_who_follows_a_card_is_told_of_all_that_others_say_and_save(desk: Desk, kaart: str, els: Actor) -> None:
    share(desk, kaart, "organisation:vt", "meelezer")
    ask(desk, kaart)
    change(desk, kaart, "afspraken", "a-2", tekst="Anders.")
    assert told(desk, els) == []
    bell.follow(desk, els, kaart)
    first = about(desk, kaart)[0].item
    assert told(desk, els) == [("akkoord", first), ("vraag", "a-1"), ("gewijzigd", "")]
    bell.unfollow(desk, els, kaart)
    assert told(desk, els) == []


def test_one_who_reviews_and_follows_has_one_line_for_a_save(desk: Desk, kaart: str) -> None:
    bell.follow(desk, MEHMET, kaart)
    change(desk, kaart, "afspraken", "a-2", tekst="Anders.")
    assert told(desk, MEHMET) == [("te_beoordelen", "")]
    tell(desk, MEHMET, kaart, JUDGEMENT, verdict=AGREED)
    assert told(desk, MEHMET) == [("gewijzigd", "")]


def test_nobody_is_told_of_what_he_or_she_did(desk: Desk, kaart: str) -> None:
    for actor in (SANNE, MEHMET):
        bell.follow(desk, actor, kaart)
    ask(desk, kaart)
    change(desk, kaart, "afspraken", "a-2", tekst="Anders.")
    tell(desk, SANNE, kaart, REMARK, "a-1", text="Ik kijk ernaar.")
    for actor in (SANNE, MEHMET):
        found = bell.bell(desk, actor, 50).told
        assert found
        assert not [one for one in found if one.notice.speaker in (actor.id, actor.email)]


def test_two_of_one_organisation_are_told_the_same_but_for_what_each_did(desk: Desk, kaart: str, els: Actor) -> None:
    share(desk, kaart, "organisation:vt", "behandelaar")
    ask(desk, kaart, actor=els)
    assert told(desk, MEHMET) == [("vraag", "a-1")]
    assert told(desk, els) == []
    bell.looked(desk, MEHMET, "9999")
    ask(desk, kaart, "a-2", actor=SANNE)
    assert [new(desk, one) for one in (MEHMET, els)] == [1, 1]  # each looks for oneself


def test_who_comes_to_an_organisation_later_hears_it_too_and_old_news_is_not_new(desk: Desk, kaart: str) -> None:
    share(desk, kaart, "organisation:vt", "behandelaar")
    ask(desk, kaart, actor=SANNE)
    later = Account("later", "Lot Later", "lot@vt.example", "vt", demonstration=True)
    desk.accounts.put(ORGANISATIONS, [later])
    lot = actor_of(later, desk.accounts.known())
    assert told(desk, lot) == [("vraag", "a-1")]
    nina = Account("nina", "Nina Nieuw", "nina@cjg.example", "cjg", demonstration=True)
    desk.accounts.put(ORGANISATIONS, [nina])
    who = actor_of(nina, desk.accounts.known())
    since = (desk.clock() + timedelta(hours=1)).astimezone(tz=None)
    grants = desk.access(kaart).grants
    given = replace(grants[0], id="r-nina", subject="account:nina", since=utc(since))
    regrant(desk, SANNE, kaart, lambda known: [*known, given], "Erbij")
    later_desk = at(desk, since + timedelta(hours=1))
    assert [one.new for one in bell.bell(later_desk, who, 9).told] == [False]


def test_a_role_that_is_taken_away_takes_its_notices_at_once(desk: Desk, kaart: str) -> None:
    share(desk, kaart, "account:mehmet", "behandelaar")
    bell.follow(desk, MEHMET, kaart)
    ask(desk, kaart, actor=SANNE)
    assert new(desk, MEHMET) >= 1
    regrant(desk, SANNE, kaart, lambda grants: grants[:1], "Weg")
    assert (told(desk, MEHMET), new(desk, MEHMET)) == ([], 0)


def test_a_role_that_ends_by_itself_takes_its_notices_along(desk: Desk, kaart: str) -> None:
    end = desk.clock() + timedelta(days=1)

    def until(grants: Any) -> list[Any]:
        return [replace(one, until=utc(end)) if one.subject == "account:mehmet" else one for one in grants]

    regrant(desk, SANNE, kaart, until, "Tot morgen")
    change(desk, kaart, "afspraken", "a-2", tekst="Anders.")
    assert new(desk, MEHMET) == 1
    assert new(at(desk, end), MEHMET) == 0


def test_what_is_shielded_from_somebody_rings_no_bell_and_is_on_no_list(desk: Desk, kaart: str, els: Actor) -> None:
    share(desk, kaart, "account:els", "behandelaar")
    bell.follow(desk, MEHMET, kaart)
    ask(desk, kaart, "a-1", actor=els)
    bell.looked(desk, MEHMET, "9999")
    shield(desk, kaart, "afspraken", "a-1")
    secret = tell(desk, els, kaart, REMARK, "a-1", text="Het geheime adres.")
    change(desk, kaart, "afspraken", "a-1", tekst="Nu op een ander geheim adres.")
    assert "a-1" not in {item for _kind, item in told(desk, MEHMET)}
    assert new(desk, MEHMET) == 0
    bell.follow(desk, SANNE, kaart)
    assert secret.id in {one.notice.id for one in bell.bell(desk, SANNE, 50).told}
    assert ("vraag", "a-1") in told(desk, SANNE)
    assert not [one for one in bell.bell(desk, SANNE, 50).told if one.notice.title and one.notice.item == "a-1"]
    assert desk.catalogue.entry(kaart) == current_entry(desk, kaart)


def test_what_was_said_while_it_was_shielded_stays_so(desk: Desk, kaart: str, els: Actor) -> None:
    share(desk, kaart, "account:els", "behandelaar")
    bell.follow(desk, MEHMET, kaart)
    shield(desk, kaart, "afspraken", "a-1")
    ask(desk, kaart, "a-1", actor=els)
    change(desk, kaart, "afspraken", "a-1", afgeschermdVoor=["w-1"])
    assert ("vraag", "a-1") not in told(desk, MEHMET)
    document = whole(desk, kaart)
    document["afspraken"] = [one for one in document["afspraken"] if one["id"] != "a-1"]
    editing.save_card(desk, SANNE, kaart, document, desk.kaarten.head(kaart), "Weg")
    assert ("vraag", "a-1") not in told(desk, MEHMET)
    assert desk.catalogue.entry(kaart) == current_entry(desk, kaart)


def test_what_went_from_a_card_without_secrets_is_still_told(desk: Desk, kaart: str) -> None:
    ask(desk, kaart, "a-1")
    document = whole(desk, kaart)
    document["afspraken"] = [one for one in document["afspraken"] if one["id"] != "a-1"]
    editing.save_card(desk, SANNE, kaart, document, desk.kaarten.head(kaart), "Weg")
    assert ("vraag", "a-1") in told(desk, SANNE)


def test_the_newest_of_each_kind_are_told(desk: Desk, kaart: str) -> None:
    said = [ask(desk, kaart, "a-1") for _ in range(MOST + 5)]
    rows = bell.bell(desk, SANNE, 500).told
    assert [one.notice.id for one in rows] == [one.id for one in reversed(said[5:])]


def test_the_bell_is_the_same_after_the_catalogue_is_made_anew(desk: Desk, kaart: str) -> None:
    ask(desk, kaart)
    bell.follow(desk, SANNE, kaart)
    page = bell.bell(desk, SANNE, 50)
    bell.looked(desk, SANNE, page.until)
    ask(desk, kaart, "a-2")
    before = bell.bell(desk, SANNE, 50)
    desk.catalogue.clear()
    with pytest.raises(CatalogueDamaged):
        bell.count_new(desk, SANNE)  # no page waits for that
    assert bell.bell(desk, SANNE, 50) == before
    assert bell.count_new(desk, SANNE) == 1


def test_who_reads_no_cards_has_no_bell_and_nobody_follows_what_is_not_there(
    desk: Desk, kaart: str, els: Actor, tmp_path: Path
) -> None:
    auditor = replace(els, role="auditor")
    assert bell.count_new(desk, auditor) == 0
    with pytest.raises(NotAllowed):
        bell.bell(desk, auditor, 9)
    with pytest.raises(NotFound):
        bell.follow(desk, els, kaart)
    assert desk.following.of("els").cards == ()
    assert (logged(tmp_path)[-1]["kaart"], logged(tmp_path)[-1]["outcome"]) == (kaart, "geweigerd")
