"""Judging: what waits, since when, by whom; which words a judgement is about; questions, answers, an own view."""

from pathlib import Path
from typing import Any

import pytest

from app.content.changes import Change
from app.content.overleg import AGREED, DISAGREED, QUESTION
from app.services import editing, judging, rights, talking
from app.services.actors import Actor
from app.services.cataloguing import catch_up, current_entry
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.services.judging import Sheet, Verdict, judge, sheet
from app.services.to_review import to_review
from tests.desks import MEHMET, SANNE, logged, new_card, open_test_desk, peopled, save_confirmed, share

AKKOORD = Verdict(AGREED)
ROW = {"id": "w-2", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = peopled(open_test_desk(tmp_path, alone=True))
    catch_up(desk)
    return desk


@pytest.fixture
def kaart(desk: Desk) -> str:
    """A card of Sanne with voorwaarde v-1, afspraken a-1 and a-2, which Mehmet reviews."""
    card = new_card()
    card["professionals"].append(ROW)
    kaart = editing.create_card(desk, SANNE, card, "Begin")
    share(desk, kaart, "account:mehmet", "beoordelaar")
    return kaart


def change(desk: Desk, kaart: str, item: str, reason: str = "Anders", actor: Actor = SANNE, **fields: Any) -> None:
    stored = desk.kaarten.read(kaart)
    section = next(key for key in ("voorwaarden", "afspraken") for one in stored.document[key] if one["id"] == item)
    held = next(one for one in stored.document[section] if one["id"] == item)
    editing.save_item(desk, actor, kaart, section, {**held, **fields}, stored.revision, reason)


def all_agreed(desk: Desk, kaart: str, actor: Actor = MEHMET) -> None:
    found = sheet(desk, actor, kaart)
    judge(desk, actor, kaart, found.kaart.revision, dict.fromkeys(found.waiting, AKKOORD))


def judged(desk: Desk, kaart: str, item: str, verdict: Verdict, actor: Actor = MEHMET) -> judging.Outcome:
    return judge(desk, actor, kaart, desk.kaarten.head(kaart), {item: verdict})


def differs(found: Sheet) -> set[tuple[str, ...]]:
    return {one.path for one in found.comparison.changes}


def _ids(change: Change) -> list[str]:
    return [change.path[1]] if len(change.path) > 1 else [item["id"] for item in change.new]


def test_what_was_never_judged_waits_and_is_new(desk: Desk, kaart: str) -> None:
    found = sheet(desk, MEHMET, kaart)
    assert list(found.waiting) == ["v-1", "a-1", "a-2"]
    assert all(one.judged is None and not one.gone for one in found.waiting.values())
    added = {identity for one in found.comparison.changes for identity in _ids(one)}
    assert added == {"v-1", "a-1", "a-2"}
    assert found.settled == {}
    reasons = {path[1]: [save.reason for save in saves] for path, saves in found.touched.items()}
    assert reasons == {"v-1": ["Begin"], "a-1": ["Begin"], "a-2": ["Begin"]}


def test_of_what_is_new_it_is_told_who_added_it_and_why_and_nothing_of_before(desk: Desk, kaart: str) -> None:
    all_agreed(desk, kaart)
    change(desk, kaart, "a-1", "Iets anders.", frequentie="Elke dag.")
    stored = desk.kaarten.read(kaart)
    new = {**stored.document["afspraken"][1], "id": "a-7"}
    editing.save_item(desk, SANNE, kaart, "afspraken", new, stored.revision, "Oma kan ook.")
    change(desk, kaart, "a-7", "Op zondag.", frequentie="Op zondag.")
    found = sheet(desk, MEHMET, kaart)
    assert [save.reason for save in found.touched["afspraken", "a-7"]] == ["Op zondag.", "Oma kan ook."]
    assert [save.reason for save in found.touched["afspraken", "a-1"]] == ["Iets anders."]
    assert not found.unsure


def test_what_is_new_is_sought_in_so_many_saves_alone(desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        change(desk, kaart, "a-1", f"Keer {number}", frequentie=f"{number} keer.")
    monkeypatch.setattr(judging, "MOST_BETWEEN", 2)
    found = sheet(desk, MEHMET, kaart)
    assert [save.reason for save in found.touched["afspraken", "a-1"]] == ["Keer 2", "Keer 1"]
    assert ("afspraken", "a-2") not in found.touched
    assert found.unsure


def test_what_changed_since_is_told_with_each_save_and_its_words(desk: Desk, kaart: str) -> None:
    all_agreed(desk, kaart)
    assert (sheet(desk, MEHMET, kaart).waiting, differs(sheet(desk, MEHMET, kaart))) == ({}, set())
    change(desk, kaart, "a-1", "Eerst dit.", frequentie="Elke dag.")
    change(desk, kaart, "a-2", "Daarna dat.", frequentie="Op woensdag.")
    change(desk, kaart, "a-1", "Toen zo.", frequentie="Elke avond.")
    found = sheet(desk, MEHMET, kaart)
    assert list(found.waiting) == ["a-1", "a-2"]
    assert list(found.settled) == ["v-1"]
    assert differs(found) == {("afspraken", "a-1", "frequentie"), ("afspraken", "a-2", "frequentie")}
    reasons = {path[1]: [save.reason for save in saves] for path, saves in found.touched.items()}
    assert reasons == {"a-1": ["Toen zo.", "Eerst dit."], "a-2": ["Daarna dat."]}
    assert not found.unsure


def test_each_item_is_compared_with_the_words_that_were_judged_of_it(desk: Desk, kaart: str) -> None:
    all_agreed(desk, kaart)
    change(desk, kaart, "a-1", frequentie="Elke dag.")
    judged(desk, kaart, "a-1", Verdict(QUESTION, "Ook in het weekend?"))
    change(desk, kaart, "a-1", "Ook dan.", frequentie="Elke dag, ook in het weekend.")
    change(desk, kaart, "a-2", "Dit ook.", frequentie="Op woensdag.")
    found = sheet(desk, MEHMET, kaart)
    olds = {one.path[1]: one.old for one in found.comparison.changes}
    assert olds == {"a-1": "Elke dag.", "a-2": None}
    assert [save.reason for save in found.touched["afspraken", "a-1"]] == ["Ook dan."]


def test_an_afspraak_that_went_waits_once_with_its_last_words(desk: Desk, kaart: str) -> None:
    all_agreed(desk, kaart)
    editing.remove_item(desk, SANNE, kaart, "afspraken", "a-2", desk.kaarten.head(kaart), "Niet meer nodig.")
    found = sheet(desk, MEHMET, kaart)
    assert [(one.item, one.gone) for one in found.waiting.values()] == [("a-2", True)]
    assert [(one.kind, one.path) for one in found.comparison.changes] == [("removed", ("afspraken", "a-2"))]
    all_agreed(desk, kaart)
    assert sheet(desk, MEHMET, kaart).waiting == {}


def test_a_judgement_is_about_what_was_on_the_screen(desk: Desk, kaart: str) -> None:
    looked = sheet(desk, MEHMET, kaart).kaart.revision
    change(desk, kaart, "a-1", frequentie="Elke dag.")
    outcome = judge(desk, MEHMET, kaart, looked, {"a-1": AKKOORD, "a-2": AKKOORD})
    assert outcome == judging.Outcome(2, ("a-1",))
    found = sheet(desk, MEHMET, kaart)
    assert list(found.waiting) == ["v-1", "a-1"]
    was = talking.thread(desk, MEHMET, kaart, "a-1")
    assert (was.holding, was.standing.before, was.standing.agreed) == (frozenset(), 1, 0)
    assert was.said[0].revision == looked


def test_the_same_judgement_of_the_same_words_is_said_once(desk: Desk, kaart: str) -> None:
    first = judged(desk, kaart, "a-1", AKKOORD)
    again = judged(desk, kaart, "a-1", AKKOORD)
    assert (first.said, again.said) == (1, 0)
    assert judged(desk, kaart, "a-1", Verdict(DISAGREED, "Bij nader inzien niet.")).said == 1
    assert len(talking.thread(desk, MEHMET, kaart, "a-1").said) == 2


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(QUESTION),
        Verdict(DISAGREED, "  \n"),
        Verdict("misschien", "Hm."),
        Verdict("", ""),
        Verdict(AGREED, "x" * 4001),
        Verdict(AGREED, "ver\u202eborgen"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence_at_its_item(desk: Desk, kaart: str, verdict: Verdict) -> None:
    with pytest.raises(InvalidInput) as refused:
        judge(desk, MEHMET, kaart, desk.kaarten.head(kaart), {"a-1": verdict, "a-2": AKKOORD})
    assert list(refused.value.problems) == ["a-1"]
    assert desk.kaarten.overleg(kaart).said == ()


def test_nobody_judges_what_is_not_there(desk: Desk, kaart: str) -> None:
    for item, revision in (("a-9", desk.kaarten.head(kaart)), ("a-1", "0" * 40)):
        with pytest.raises(NotFound):
            judge(desk, MEHMET, kaart, revision, {item: AKKOORD})
    assert desk.kaarten.overleg(kaart).said == ()


def test_who_does_not_review_the_card_is_refused_and_that_is_in_the_log(desk: Desk, kaart: str, tmp_path: Path) -> None:
    for ask in (
        lambda: sheet(desk, SANNE, kaart),
        lambda: judge(desk, SANNE, kaart, desk.kaarten.head(kaart), {"a-1": AKKOORD}),
    ):
        with pytest.raises(NotAllowed):
            ask()
    refused = [one for one in logged(tmp_path) if one["event"] == rights.JUDGE]
    assert [one["outcome"] for one in refused] == ["geweigerd", "geweigerd"]


def test_a_shielded_afspraak_says_nothing_to_who_may_not_see_it(desk: Desk, kaart: str) -> None:
    all_agreed(desk, kaart)
    change(desk, kaart, "a-1", afgeschermdVoor=["w-2"], redenAfscherming="Geheim.", tekst="Naar het geheime adres.")
    found = sheet(desk, MEHMET, kaart)
    assert [(one.item, one.gone) for one in found.waiting.values()] == [("a-1", True)]
    assert "geheime" not in str(found.comparison)
    assert "Geheim" not in str(found.touched)
    all_agreed(desk, kaart)
    change(desk, kaart, "a-1", tekst="Naar een ander geheim adres.")
    assert sheet(desk, MEHMET, kaart).waiting == {}
    with pytest.raises(NotFound):
        talking.speak(desk, MEHMET, kaart, "a-9", "Wat is dit?")


def test_a_question_stands_open_until_somebody_else_answers_it(desk: Desk, kaart: str) -> None:
    judged(desk, kaart, "a-1", Verdict(QUESTION, "Wie haalt Noor op?"))
    question = talking.thread(desk, SANNE, kaart, "a-1").said[0]
    assert talking.standings(desk, SANNE, kaart)["a-1"].questions == 1
    talking.speak(desk, MEHMET, kaart, "a-1", "Dat wil ik echt weten.", question.id)
    assert talking.standings(desk, SANNE, kaart)["a-1"].questions == 1
    talking.speak(desk, SANNE, kaart, "a-1", "Oma haalt haar op.", question.id)
    now = talking.thread(desk, MEHMET, kaart, "a-1")
    assert now.standing.questions == 0
    assert [one.text for one in now.questions[question.id].replies] == ["Dat wil ik echt weten.", "Oma haalt haar op."]
    with pytest.raises(NotFound):
        talking.speak(desk, SANNE, kaart, "a-2", "Op een vraag van elders.", question.id)


def counted(desk: Desk) -> int:
    """How many items wait by the list; the page of the card has as many."""
    found, _total = to_review(desk, MEHMET, 5)
    return sum(one.count for one in found)


def test_what_one_asked_about_comes_back_with_the_answer_until_one_judges_it(desk: Desk, kaart: str) -> None:
    all_agreed(desk, kaart)
    judged(desk, kaart, "a-1", Verdict(QUESTION, "Wie haalt Noor op?"))
    question = talking.thread(desk, SANNE, kaart, "a-1").said[-1]
    assert (list(sheet(desk, MEHMET, kaart).waiting), counted(desk)) == ([], 0)
    talking.speak(desk, MEHMET, kaart, "a-1", "Dat wil ik echt weten.", question.id)
    assert (list(sheet(desk, MEHMET, kaart).waiting), counted(desk)) == ([], 0)
    talking.speak(desk, SANNE, kaart, "a-1", "Oma haalt haar op.", question.id)
    assert (list(sheet(desk, MEHMET, kaart).waiting), counted(desk)) == (["a-1"], 1)
    assert desk.catalogue.entry(kaart) == current_entry(desk, kaart)
    assert judged(desk, kaart, "a-1", Verdict(QUESTION, "Wie haalt Noor op?")).said == 1
    assert (list(sheet(desk, MEHMET, kaart).waiting), counted(desk)) == ([], 0)
    judged(desk, kaart, "a-1", AKKOORD)
    again = talking.thread(desk, SANNE, kaart, "a-1").said[-2]
    assert talking.standings(desk, SANNE, kaart)["a-1"].questions == 1
    talking.speak(desk, SANNE, kaart, "a-1", "Nog steeds oma.", again.id)
    assert talking.standings(desk, SANNE, kaart)["a-1"].questions == 0
    assert (list(sheet(desk, MEHMET, kaart).waiting), counted(desk)) == ([], 0)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 4001, "ver\u202eborgen"])
def test_nothing_is_said_without_words_that_can_be_kept(desk: Desk, kaart: str, text: str) -> None:
    with pytest.raises(InvalidInput):
        talking.speak(desk, SANNE, kaart, "a-1", text)
    assert desk.kaarten.overleg(kaart).said == ()


def test_a_deviating_view_stays_on_the_card_in_its_holders_words(desk: Desk, kaart: str) -> None:
    base = desk.kaarten.head(kaart)
    change(desk, kaart, "a-1", frequentie="Elke dag.")
    talking.keep_own_view(desk, MEHMET, kaart, "a-1", "Ik vind dit te zwaar voor oma.", base)
    card = desk.kaarten.read(kaart)
    (held,) = card.document["visies"]
    del held["id"]
    assert held == {
        "van": "w-2",
        "overItem": "a-1",
        "soort": "afwijkende_visie_professional",
        "tekst": "Ik vind dit te zwaar voor oma.",
    }
    assert card.author.name == "Mehmet Kaya"
    with pytest.raises(NotAllowed):
        change(desk, kaart, "a-1", actor=MEHMET, frequentie="Nooit.")


def test_who_is_not_on_the_card_keeps_no_view_on_it(desk: Desk) -> None:
    other = editing.create_card(desk, SANNE, new_card(), "Begin")
    share(desk, other, "account:mehmet", "beoordelaar")
    with pytest.raises(NotAllowed, match="dossierhouder"):
        talking.keep_own_view(desk, MEHMET, other, "a-1", "Ik zie het anders.", desk.kaarten.head(other))


def test_who_saw_a_part_of_an_item_judges_it_again_when_all_of_it_is_to_be_seen(desk: Desk, kaart: str) -> None:
    """The judgement was about the words that were seen, whatever the rest said."""
    stored = desk.kaarten.read(kaart)
    shielded = {**stored.document["voorwaarden"][0], "afgeschermdVoor": ["w-2"]}
    editing.save_item(desk, SANNE, kaart, "voorwaarden", shielded, stored.revision, "Veiligheid")
    assert "voorwaardeIds" not in sheet(desk, MEHMET, kaart).kaart.document["afspraken"][0]
    all_agreed(desk, kaart)
    assert (list(sheet(desk, MEHMET, kaart).waiting), to_review(desk, MEHMET, 5)[0]) == ([], [])
    document = dict(desk.kaarten.read(kaart).document)
    document["voorwaarden"] = [{k: v for k, v in one.items() if "scherm" not in k} for one in document["voorwaarden"]]
    save_confirmed(desk, SANNE, kaart, document, "Mag weer")
    pointing = [one["id"] for one in document["afspraken"] if one.get("voorwaardeIds")]
    assert list(sheet(desk, MEHMET, kaart).waiting) == ["v-1", *pointing]
    assert [one.count for one in to_review(desk, MEHMET, 5)[0]] == [1 + len(pointing)]
    all_agreed(desk, kaart)
    assert (list(sheet(desk, MEHMET, kaart).waiting), to_review(desk, MEHMET, 5)[0]) == ([], [])
