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
from app.services import bell, editing, reading, starting, talking
from app.services.actors import Actor, actor_of
from app.services.cataloguing import catch_up, current_entry
from app.services.commits import new_save
from app.services.desk import Desk
from app.services.errors import NotAllowed, NotFound
from app.services.granting import regrant
from app.services.notice_rows import MOST
from app.storage.accounts import Account
from app.storage.catalogue import CatalogueDamaged
from app.storage.records import NewPart
from tests.desks import MEHMET, ORGANISATIONS, SANNE, at, logged, new_card, open_test_desk, peopled, share
from tests.services.test_origins import by_hand
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
    wanted = {**whole(desk, kaart)["afspraken"][1], "tekst": "Ja."}
    proposal = tell(desk, MEHMET, kaart, PROPOSED, "a-2", proposal="p-1", content=wanted, text="O.")
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


def from_the_future(desk: Desk, kaart: str) -> None:
    """A save that another program dated so."""
    stored = desk.kaarten.read(kaart)
    document = {**stored.document, "kaart": {**stored.document["kaart"], "naam": "Gezin Later"}}
    save = new_save(desk, MEHMET, "", [NewPart(document, "Elders")], stored.form)
    with desk.kaarten.writing(kaart) as writer:
        writer.save(stored.revision, replace(save, when=desk.clock().replace(year=2099, day=1)))
    reading.read_card(desk, MEHMET, kaart)  # tells the catalogue


def test_a_save_that_is_dated_in_the_future_silences_no_bell(desk: Desk, kaart: str) -> None:
    bell.follow(desk, SANNE, kaart)
    from_the_future(desk, kaart)
    page = bell.bell(desk, SANNE, 50)
    assert "gewijzigd" in [one.notice.kind for one in page.told if one.new]
    bell.looked(desk, SANNE, page.until)
    assert new(desk, SANNE) == 0
    ask(desk, kaart)
    assert "vraag" in [one.notice.kind for one in bell.bell(desk, SANNE, 50).told if one.new]


def test_who_looked_at_what_was_still_to_come_hears_the_bell_again(desk: Desk, kaart: str) -> None:
    late = at(desk, desk.clock() + timedelta(days=3650))
    ask(late, kaart)
    bell.looked(late, SANNE, bell.bell(late, SANNE, 50).until)
    ask(desk, kaart, "a-2")
    assert "a-2" in [one.notice.item for one in bell.bell(desk, SANNE, 50).told if one.new]
    bell.looked(desk, SANNE, bell.bell(desk, SANNE, 50).until)
    assert new(desk, SANNE) == 0
    ask(desk, kaart)
    assert new(desk, SANNE) == 1


def test_what_is_said_follows_no_moment_that_is_far_to_come(desk: Desk, kaart: str) -> None:
    ask(at(desk, desk.clock() + timedelta(days=3650)), kaart)
    said, early = ask(desk, kaart, "a-2"), ask(at(desk, desk.clock() - timedelta(hours=20)), kaart, "a-2")
    moments = {one.id: one.moment for one in desk.kaarten.overleg(kaart).said}
    assert moments[said.id] < moments[early.id] < desk.clock()


def test_a_reviewer_who_puts_a_view_on_the_card_still_hears_of_what_waits(desk: Desk, kaart: str) -> None:
    change(desk, kaart, "afspraken", "a-1", tekst="Iedereen wast de handen.")
    assert ("te_beoordelen", "") in told(desk, MEHMET)
    talking.keep_own_view(desk, MEHMET, kaart, "a-1", "Ik zie dat anders.", desk.kaarten.head(kaart))
    assert ("te_beoordelen", "") in told(desk, MEHMET)
    assert new(desk, MEHMET) == 1


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


def agreed(desk: Desk, kaart: str, *answers: str, item: str = "a-1") -> None:
    """People say what they think of an afspraak, one after the other in one save."""
    rows = [
        {"id": f"i-{item[-1]}{number}", "persoon": who, "antwoord": said}
        for number, (who, said) in enumerate(zip(("p-1", "n-1"), answers, strict=False))
    ]
    change(desk, kaart, "afspraken", item, instemming=rows)


def asked_again(desk: Desk, actor: Actor) -> list[tuple[str, bool]]:
    """Of which items somebody is told that people are to be asked again, oldest first, and whether that is new."""
    found = bell.bell(desk, actor, 500).told
    return [(one.notice.item, one.new) for one in reversed(found) if one.notice.kind == "opnieuw_vragen"]


def test_who_may_change_the_card_hears_that_people_are_to_be_asked_again(desk: Desk, kaart: str, els: Actor) -> None:
    share(desk, kaart, "account:els", "behandelaar")
    agreed(desk, kaart, "ja", "nee")
    assert asked_again(desk, els) == []
    change(desk, kaart, "afspraken", "a-1", tekst="Vader belt tante.")
    assert asked_again(desk, els) == [("a-1", True)]
    (line,) = [one.notice for one in bell.bell(desk, els, 9).told if one.notice.kind == "opnieuw_vragen"]
    assert (line.name, line.title, line.items) == ("Sanne Bakker", "Vader belt tante.", 1)
    assert asked_again(desk, SANNE) == []  # she knows: she did it
    assert asked_again(desk, MEHMET) == []  # who reviews may not change it
    bell.looked(desk, els, "9999")
    change(desk, kaart, "afspraken", "a-1", status="deels")
    change(desk, kaart, "afspraken", "a-2", tekst="En dit ook.")  # nobody said anything of it
    assert asked_again(desk, els) == [("a-1", False)]
    agreed(desk, kaart, "ja", "opnieuw_vragen")
    assert asked_again(desk, els) == [("a-1", False)]  # one was asked, one still waits
    agreed(desk, kaart, "ja", "nee")
    assert asked_again(desk, els) == []
    change(desk, kaart, "afspraken", "a-1", tekst="Vader belt oom.")
    assert asked_again(desk, els) == [("a-1", True)]


def test_other_words_once_more_ring_once_more_and_so_does_an_answer_set_to_be_asked_again(
    desk: Desk, kaart: str, els: Actor
) -> None:
    share(desk, kaart, "account:els", "behandelaar")
    agreed(desk, kaart, "ja", "nee")
    for fields in ({"tekst": "Vader belt tante."}, {"tekst": "Vader belt oom."}):
        change(desk, kaart, "afspraken", "a-1", **fields)
        assert asked_again(desk, els) == [("a-1", True)]
        bell.looked(desk, els, "9999")
    agreed(desk, kaart, "ja", "nee")
    agreed(desk, kaart, "ja", "opnieuw_vragen")
    assert asked_again(desk, els) == [("a-1", True)]


def test_nobody_is_to_be_asked_of_what_is_past(desk: Desk, kaart: str, els: Actor) -> None:
    share(desk, kaart, "account:els", "behandelaar")
    agreed(desk, kaart, "ja")
    change(desk, kaart, "afspraken", "a-1", tekst="Vader belt tante.")
    change(desk, kaart, "afspraken", "a-1", status="vervallen")
    assert asked_again(desk, els) == []


def test_it_is_told_however_many_saves_came_after_and_also_where_another_program_wrote(
    desk: Desk, kaart: str, els: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(desk, kaart, "account:els", "behandelaar")
    agreed(desk, kaart, "ja")
    change(desk, kaart, "afspraken", "a-1", tekst="Vader belt tante.")
    moment = bell.bell(desk, els, 9).told[0].notice.moment
    for number in range(12):
        change(desk, kaart, "afspraken", "a-2", tekst=f"Keer {number}.")
    by_hand(desk, kaart, "Met de hand.")
    catch_up(desk)
    (line,) = [one.notice for one in bell.bell(desk, els, 99).told if one.notice.kind == "opnieuw_vragen"]
    assert line.moment > moment  # these are other words again
    assert line.name == "Beheer"
    monkeypatch.setattr("app.services.asking.MOST_SAVES", 1)
    change(desk, kaart, "afspraken", "a-2", tekst="Nog eens.")
    assert asked_again(desk, els) == []  # too long ago: the card alone tells it


def test_of_a_shielded_afspraak_only_who_sees_it_is_to_ask_again(desk: Desk, kaart: str, els: Actor) -> None:
    for who in ("mehmet", "els"):
        share(desk, kaart, f"account:{who}", "behandelaar")
    agreed(desk, kaart, "ja")
    shield(desk, kaart, "afspraken", "a-1")
    change(desk, kaart, "afspraken", "a-1", tekst="Het geheime adres.")
    assert asked_again(desk, els) == [("a-1", True)]
    assert asked_again(desk, MEHMET) == []
    assert [one.notice.title for one in bell.bell(desk, els, 9).told if one.notice.item == "a-1"] == [""]
    assert desk.catalogue.entry(kaart) == current_entry(desk, kaart)


def test_the_start_lists_what_is_to_be_asked_again_whoever_changed_it(desk: Desk, kaart: str, els: Actor) -> None:
    share(desk, kaart, "account:els", "behandelaar")
    for item in ("a-1", "a-2"):
        agreed(desk, kaart, "ja", item=item)
        change(desk, kaart, "afspraken", item, tekst="Vader belt tante.")
    for actor in (SANNE, els):
        found = starting.start(desk, actor, 1)
        assert ([one.notice.item for one in found.again], found.to_ask) == (["a-2"], 2)
    assert starting.start(desk, MEHMET, 1).to_ask == 0  # he only reviews
    shield(desk, kaart, "afspraken", "a-2")
    assert starting.start(desk, SANNE, 5).to_ask == 2  # her own line and that of everybody are one
    assert len(starting.start(desk, SANNE, 5).again) == 2
    agreed(desk, kaart, "ja", item="a-2")
    assert starting.start(desk, SANNE, 5).to_ask == 1
