"""Beoordelen and overleg from the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import Openers, kaarten
from app.services import editing
from app.services.cataloguing import catch_up
from app.services.desk import Desk
from tests.desks import MEHMET, SANNE, new_card, open_test_desk, peopled, save_confirmed, share


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = peopled(open_test_desk(tmp_path, alone=True))
    catch_up(desk)
    return desk


@pytest.fixture
def kaart(desk: Desk) -> str:
    """A card of Sanne with v-1, a-1 and a-2, which Mehmet reviews."""
    card = new_card()
    card["professionals"].append({"id": "w-2", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"})
    identity = editing.create_card(desk, SANNE, card, "Begin")
    share(desk, identity, "account:mehmet", "beoordelaar")
    return identity


def run(desk: Desk, *words: str, who: str = MEHMET.email) -> Result:
    return CliRunner().invoke(kaarten, [*words, "--author", who], obj=Openers(lambda: desk, _no_server, 8000))


def _no_server(*_: object, **__: object) -> None:
    raise AssertionError


def test_a_review_goes_from_the_list_to_done(desk: Desk, kaart: str) -> None:
    listed = json.loads(run(desk, "review", "list", "--json").output)
    assert (listed["total"], [one["count"] for one in listed["cards"]]) == (1, [3])
    assert kaart in run(desk, "review", "list").output
    told = json.loads(run(desk, "review", "show", kaart, "--json").output)
    assert [(one["item"], one["judged"], one["changes"][0]["kind"]) for one in told["waiting"]] == [
        ("v-1", None, "added"),
        ("a-1", None, "added"),
        ("a-2", None, "added"),
    ]
    said = run(desk, "review", "judge", kaart, "--base", told["revision"], "--question", "a-1", "Hoe laat?", "--all")
    assert (said.exit_code, said.output) == (0, "Beoordeeld: 3.\n"), said.output
    assert json.loads(run(desk, "review", "list", "--json").output)["total"] == 0
    after = json.loads(run(desk, "review", "show", kaart, "--json").output)
    assert after["settled"] == {"v-1": "akkoord", "a-1": "vraag", "a-2": "akkoord"}


def test_what_changed_is_shown_with_what_one_said_before(desk: Desk, kaart: str) -> None:
    base = desk.kaarten.head(kaart)
    assert run(desk, "review", "judge", kaart, "--base", base, "--all").exit_code == 0
    held = desk.kaarten.read(kaart).document["afspraken"][0]
    editing.save_item(desk, SANNE, kaart, "afspraken", {**held, "tekst": "Anders."}, base, "Anders")
    shown = run(desk, "review", "show", kaart).output
    assert shown.splitlines()[1:] == [
        "a-1  Anders.  was: akkoord",
        "    2026-11-23 09:21  Sanne Bakker, CJG Halderberge: Anders",
        "    ~ Wat is de afspraak?: Vader belt oma als hij boos wordt. → Anders.",
    ]
    (told,) = json.loads(run(desk, "review", "show", kaart, "--json").output)["waiting"]
    assert (told["title"], told["saves"][0]["author"]["name"], told["saves"][0]["reason"]) == (
        "Anders.",
        "Sanne Bakker",
        "Anders",
    )
    assert (told["changes"][0]["old"], told["changes"][0]["new"]) == ("Vader belt oma als hij boos wordt.", "Anders.")
    late = run(desk, "review", "judge", kaart, "--base", base, "--disagree", "a-1", "Liever zoals het was.")
    assert "Intussen gewijzigd, kijk opnieuw: a-1." in late.output


def test_what_is_new_is_shown_with_all_its_words_and_who_made_it(desk: Desk, kaart: str) -> None:
    held = desk.kaarten.read(kaart).document["afspraken"][0]
    given = {**held, "instemming": [{"id": "i-1", "persoon": "p-1", "antwoord": "ja"}]}
    editing.save_item(desk, SANNE, kaart, "afspraken", given, desk.kaarten.head(kaart), "Gevraagd")
    shown = run(desk, "review", "show", kaart).output
    assert "+ Wat is de afspraak?: Vader belt oma" in shown
    assert "+ Instemming › Noor › Eens met de afspraak?: Ja" in shown
    assert "i-1" not in shown
    by = [
        [(save["author"]["name"], save["reason"]) for save in one["saves"]]
        for one in json.loads(run(desk, "review", "show", kaart, "--json").output)["waiting"]
    ]
    begin = ("Sanne Bakker", "Begin")
    assert by == [[begin], [("Sanne Bakker", "Gevraagd"), begin], [begin]]


def test_of_what_was_changed_unseen_nobody_is_named(desk: Desk, kaart: str) -> None:
    held = desk.kaarten.read(kaart).document["afspraken"][0]
    shielded = {**held, "afgeschermdVoor": ["w-2"]}
    editing.save_item(desk, SANNE, kaart, "afspraken", shielded, desk.kaarten.head(kaart), "Geheim")
    now = desk.kaarten.read(kaart).document
    secret = {**now["afspraken"][0], "tekst": "In het geheim gewijzigd."}
    editing.save_item(desk, SANNE, kaart, "afspraken", secret, desk.kaarten.head(kaart), "Geheim")
    assert "a-1" not in run(desk, "review", "show", kaart).output
    document = desk.kaarten.read(kaart).document
    named = [{**one, "naam": "Iemand"} if one["id"] == "w-2" else one for one in document["professionals"]]
    save_confirmed(desk, SANNE, kaart, {**document, "professionals": named}, "Andere naam")
    shown = run(desk, "review", "show", kaart).output
    assert "Geheim" not in shown
    told = json.loads(run(desk, "review", "show", kaart, "--json").output)["waiting"]
    saves = {one["item"]: [save["reason"] for save in one["saves"]] for one in told}
    assert saves == {"v-1": ["Begin"], "a-1": ["Begin"], "a-2": ["Begin"]}


def test_nothing_chosen_is_asked_for_and_what_is_said_twice_is_not_said_again(desk: Desk, kaart: str) -> None:
    base = desk.kaarten.head(kaart)
    none = run(desk, "review", "judge", kaart, "--base", base)
    assert (none.exit_code, "Kies eerst wat u van een onderdeel vindt" in none.output) == (2, True)
    twice = run(desk, "review", "judge", kaart, "--base", base, "--agree", "a-1", "--question", "a-1", "Hoe laat?")
    assert (twice.exit_code, "één oordeel" in twice.output) == (2, True)
    assert desk.kaarten.overleg(kaart).said == ()
    said = run(desk, "review", "judge", kaart, "--base", base, "--remark", "a-1", "Mooi zo.", "--all")
    assert (said.exit_code, said.output) == (0, "Beoordeeld: 3.\n")
    (remark,) = json.loads(run(desk, "talk", "show", kaart, "a-1", "--json").output)
    assert (remark["verdict"], remark["text"]) == ("akkoord", "Mooi zo.")
    again = run(desk, "review", "judge", kaart, "--base", base, "--remark", "a-1", "Mooi zo.")
    assert (again.exit_code, again.output) == (0, "Dit oordeel gaf u al.\n")
    rest = run(desk, "review", "judge", kaart, "--base", base, "--all")
    assert (rest.exit_code, rest.output) == (0, "Er wacht hier niets op uw oordeel.\n")


def test_what_cannot_wait_is_marked_in_the_list_and_on_the_card(desk: Desk, kaart: str) -> None:
    held = desk.kaarten.read(kaart).document["afspraken"][0]
    late = {**held, "status": "niet_nagekomen"}
    editing.save_item(desk, SANNE, kaart, "afspraken", late, desk.kaarten.head(kaart), "Niet gelukt")
    for words in (("review", "list"), ("review", "show", kaart)):
        assert "(kan niet wachten: afspraak niet nagekomen)" in run(desk, *words).output


def test_a_question_is_answered_and_a_view_kept(desk: Desk, kaart: str) -> None:
    base = desk.kaarten.head(kaart)
    run(desk, "review", "judge", kaart, "--base", base, "--question", "a-1", "Hoe laat?")
    (asked,) = json.loads(run(desk, "talk", "show", kaart, "a-1", "--json", who=SANNE.email).output)
    assert (asked["text"], asked["open"], asked["holds"]) == ("Hoe laat?", True, True)
    answered = run(desk, "talk", "say", kaart, "a-1", "Om acht uur.", "--answer", asked["id"], who=SANNE.email)
    assert (answered.exit_code, answered.output) == (0, "Uw antwoord staat erbij.\n")
    shown = run(desk, "talk", "show", kaart, "a-1").output
    assert "Om acht uur." in shown
    assert "open" not in shown
    kept = run(desk, "talk", "view", kaart, "a-1", "Ik vind dit te vroeg.", "--base", base)
    assert kept.exit_code == 0, kept.output
    assert desk.kaarten.read(kaart).document["visies"][-1]["tekst"] == "Ik vind dit te vroeg."


def test_what_is_wrong_is_said_in_one_line_and_nothing_is_kept(desk: Desk, kaart: str) -> None:
    base = desk.kaarten.head(kaart)
    for words, who, code, said in (
        (("review", "judge", kaart, "--base", base, "--disagree", "a-1", " "), MEHMET, 3, "a-1: Schrijf op wat"),
        (("review", "judge", kaart, "--base", base, "--agree", "a-9"), MEHMET, 5, "staat niet op de kaart"),
        (("review", "judge", kaart, "--base", base, "--agree", "a-1"), SANNE, 7, "Dit mag u niet doen."),
        (("review", "show", kaart), SANNE, 7, "Dit mag u niet doen."),
        (("talk", "say", kaart, "a-1", ""), SANNE, 3, "Tekst: Schrijf hier iets op."),
        (("talk", "say", kaart, "a-1", "Ja.", "--answer", "e-weg"), SANNE, 5, "Deze vraag is er niet."),
        (("talk", "view", kaart, "a-1", "", "--base", base), MEHMET, 3, "Tekst: Schrijf hier iets op."),
    ):
        result = run(desk, *words, who=who.email)
        assert (result.exit_code, said in result.output) == (code, True), (words, result.output)
    assert desk.kaarten.overleg(kaart).said == ()
    assert desk.kaarten.head(kaart) == base


def test_a_changed_card_is_proposed_and_decided_on(desk: Desk, kaart: str, tmp_path: Path) -> None:
    base, file = desk.kaarten.head(kaart), tmp_path / "kaart.json"
    card = desk.kaarten.read(kaart).document
    card = {**card, "afspraken": [{**one, "tekst": f"{one['tekst']} Elke week."} for one in card["afspraken"]]}
    file.write_text(json.dumps(card), "utf-8")
    made = run(desk, "proposal", "make", kaart, str(file), "--base", base, "--reason", "Vaker is beter.")
    first, second = (line.split()[0] for line in made.output.splitlines())
    assert desk.kaarten.head(kaart) == base
    shown = run(desk, "proposal", "list", kaart).output.splitlines()
    assert shown[0].endswith("  Mehmet Kaya, Veilig Thuis")
    was = "Vader belt oma als hij boos wordt."
    assert shown[1:4] == [
        f"  {first}  a-1  open  {was} Elke week.",
        "      2026-11-23 09:13  Mehmet Kaya, Veilig Thuis: Vaker is beter.",
        f"      ~ Wat is de afspraak?: {was} → {was} Elke week.",
    ]
    taken = run(desk, "proposal", "accept", kaart, first, who=SANNE.email)
    assert taken.output.strip() == desk.kaarten.head(kaart)
    assert run(desk, "proposal", "refuse", kaart, second, who=SANNE.email).exit_code == 3
    refused = run(desk, "proposal", "refuse", kaart, second, "--reason", "Te vaak.", who=SANNE.email)
    assert (refused.exit_code, refused.output) == (0, "Afgewezen.\n")
    assert "afgewezen door Sanne Bakker, CJG Halderberge: Te vaak." in run(desk, "proposal", "list", kaart).output
    listed = json.loads(run(desk, "proposal", "list", kaart, "--json").output)
    assert [(one["item"], one["state"], one["decidedBy"]) for one in listed[0]["items"]] == [
        ("a-1", "overgenomen", "Sanne Bakker"),
        ("a-2", "afgewezen", "Sanne Bakker"),
    ]
    assert "overgenomen door Sanne Bakker" in run(desk, "history", kaart, "--limit", "1", who=SANNE.email).output
    assert run(desk, "proposal", "withdraw", kaart, second).exit_code == 7
    other = {**card, "personen": [{**one, "naam": "Iemand"} for one in card["personen"]]}
    file.write_text(json.dumps(other), "utf-8")
    wrong = run(desk, "proposal", "make", kaart, str(file), "--base", base, "--reason", "Zo.")
    assert (wrong.exit_code, "geen voorstel" in wrong.output) == (7, True)


def test_a_proposal_is_adapted_and_taken_over(desk: Desk, kaart: str, tmp_path: Path) -> None:
    base, file = desk.kaarten.head(kaart), tmp_path / "kaart.json"
    card = desk.kaarten.read(kaart).document
    first, second = card["afspraken"]
    file.write_text(json.dumps({**card, "afspraken": [{**first, "tekst": "Elke week."}, second]}), "utf-8")
    made = run(desk, "proposal", "make", kaart, str(file), "--base", base, "--reason", "Vaker is beter.")
    number, item = made.output.split()[0], tmp_path / "afspraak.json"
    accept = ("proposal", "accept", kaart, number, "--item", str(item))
    item.write_text(json.dumps({**second, "tekst": "Elke dag."}), "utf-8")
    other = run(desk, *accept, "--base", base, who=SANNE.email)
    assert (other.exit_code, "gaat over a-1" in other.output) == (3, True), other.output
    assert run(desk, *accept, who=SANNE.email).exit_code == 2
    assert desk.kaarten.head(kaart) == base
    item.write_text(json.dumps({**first, "tekst": "Elke dag."}), "utf-8")
    own = run(desk, *accept, "--base", base)
    assert own.exit_code == 7
    taken = run(desk, *accept, "--base", base, who=SANNE.email)
    assert taken.output.strip() == desk.kaarten.head(kaart), taken.output
    assert [one["tekst"] for one in desk.kaarten.read(kaart).document["afspraken"]] == ["Elke dag.", second["tekst"]]
    (offered,) = json.loads(run(desk, "proposal", "list", kaart, "--json").output)
    assert [(one["state"], one["title"]) for one in offered["items"]] == [("overgenomen", "Elke week.")]


def test_a_proposal_that_clashes_shows_what_all_wrote(desk: Desk, kaart: str, tmp_path: Path) -> None:
    base, file = desk.kaarten.head(kaart), tmp_path / "kaart.json"
    card = desk.kaarten.read(kaart).document
    first, second = card["afspraken"]
    file.write_text(json.dumps({**card, "afspraken": [{**first, "tekst": "Elke week."}, second]}), "utf-8")
    run(desk, "proposal", "make", kaart, str(file), "--base", base, "--reason", "Vaker is beter.")
    editing.save_item(desk, SANNE, kaart, "afspraken", {**first, "tekst": "Elke dag."}, base, "Anders")
    shown = run(desk, "proposal", "list", kaart).output
    assert "a-1  botst  Elke week." in shown
    for words in ("was:      Vader belt oma", "kaart:    Elke dag.", "voorstel: Elke week."):
        assert words in shown


def test_closing_asks_a_second_person_and_says_how(desk: Desk, kaart: str) -> None:
    share(desk, kaart, "account:mehmet", "behandelaar")
    head = {**desk.kaarten.read(kaart).document["kaart"], "fase": "herstel", "kader": "vrijwillig"}
    ready = {**head, "volgendeEvaluatie": "2027-01-12"}
    base = editing.save_item(desk, SANNE, kaart, "kaart", ready, desk.kaarten.head(kaart), "").revision
    base = run(desk, "step", kaart, "activeren", "--base", base, who=SANNE.email).output.strip()
    asked = run(desk, "step", kaart, "afsluiten", "--base", base, "--reason", "Het gaat goed.", who=SANNE.email)
    assert asked.exit_code == 0, asked.output
    (one,) = json.loads(run(desk, "confirm", "list", kaart, "--json").output)
    assert (one["step"], one["state"], one["reason"]) == ("afsluiten", "open", "Het gaat goed.")
    assert one["id"] in run(desk, "confirm", "list", kaart).output
    own = run(desk, "confirm", "yes", kaart, one["id"], who=SANNE.email)
    assert (own.exit_code, "U vroeg dit zelf" in own.output) == (7, True)
    assert run(desk, "confirm", "no", kaart, one["id"]).exit_code == 3
    assert run(desk, "confirm", "no", kaart, one["id"], "--reason", "Nog niet.").output == "Niet bevestigd.\n"
    again = run(desk, "step", kaart, "afsluiten", "--base", base, "--reason", "Nu wel.", who=SANNE.email).output
    assert run(desk, "confirm", "withdraw", kaart, again.split()[-1], who=SANNE.email).exit_code == 0
    last = run(desk, "step", kaart, "afsluiten", "--base", base, "--reason", "Nu wel.", who=SANNE.email).output
    done = run(desk, "confirm", "yes", kaart, last.split()[-1])
    assert done.output.strip() == desk.kaarten.head(kaart)
    assert desk.kaarten.read(kaart).document["kaart"]["toestand"] == "afgesloten"
