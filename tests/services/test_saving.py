"""What happens to a card that people save, through the services and real git."""

import subprocess
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from app.content import Document
from app.content.items import find
from app.content.problems import InvalidCard
from app.services import editing, reading
from app.services.desk import Desk
from app.services.errors import Conflicted, NotAllowed, NotFound
from app.services.outcome import Saved
from app.storage.catalogue import Query
from app.storage.git_store import GitStore
from app.storage.kaart_writer import KaartWriter
from app.storage.records import NewSave, Stored
from tests.desks import MEHMET, SANNE, close, new_card, open_test_desk

Edit = Callable[[Document], None]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_test_desk(tmp_path)


@pytest.fixture
def kaart(desk: Desk) -> str:
    return editing.create_card(desk, SANNE, new_card(), "Eerste gesprek")


def edited(desk: Desk, kaart: str, revision: str, *edits: tuple[str, Any]) -> Document:
    document = deepcopy(reading.read_card(desk, SANNE, kaart, revision).document)
    for path, value in edits:
        *parents, key = path.split("/")
        holder = find(document, tuple(parents))
        if value is None:
            holder.pop(key)
        else:
            holder[key] = value
    return document


def head(desk: Desk, kaart: str) -> str:
    return desk.kaarten.head(kaart)


def save(desk: Desk, kaart: str, base: str, *edits: tuple[str, Any], reason: str = "") -> Saved:
    return editing.save_card(desk, SANNE, kaart, edited(desk, kaart, base, *edits), base, reason)


def now(desk: Desk, kaart: str) -> Document:
    return reading.read_card(desk, SANNE, kaart).document


def subjects(desk: Desk, kaart: str) -> list[str]:
    return [step.message.subject for one in desk.kaarten.history(kaart) for step in one.steps]


def test_a_new_card_gets_its_number_version_and_state(desk: Desk, kaart: str) -> None:
    card = now(desk, kaart)["kaart"]
    assert (card["id"], card["schema"], card["toestand"]) == (kaart, "veiligheidskaart/1", "concept")


@pytest.mark.parametrize(("field", "value"), [("id", "x"), ("toestand", "actief"), ("schema", "veiligheidskaart/2")])
def test_a_new_card_cannot_choose_what_the_program_gives(desk: Desk, field: str, value: str) -> None:
    card = new_card()
    card["kaart"][field] = value
    with pytest.raises(InvalidCard):
        editing.create_card(desk, SANNE, card)
    assert list(desk.kaarten.ids()) == []


def test_each_changed_afspraak_is_a_commit_and_the_branch_moves_once(desk: Desk, kaart: str) -> None:
    base = head(desk, kaart)
    edits = [
        ("afspraken/a-1/status", "nagekomen"),
        ("afspraken/a-2/termijn", "2027-01-15"),
        ("kaart/fase", "herstel"),
        ("personen/p-1/naam", "Noor A."),
    ]
    saved = save(desk, kaart, base, *edits, reason="Besproken aan tafel")
    assert saved.parts == 4
    assert len(desk.kaarten.history(kaart)) == 2
    newest = desk.kaarten.history(kaart)[0]
    assert {step.message.subject for step in newest.steps} == {
        "Afspraak a-1 gewijzigd: status",
        "Afspraak a-2 gewijzigd: termijn",
        "Kaart gewijzigd: fase nu Herstel",
        "Personen: 1 gewijzigd",
    }
    assert all(step.message.reason == "Besproken aan tafel" for step in newest.steps)


def test_no_subject_holds_the_name_of_a_person(desk: Desk, kaart: str) -> None:
    save(desk, kaart, head(desk, kaart), ("personen/p-1/naam", "Noortje"), ("netwerk/n-1/naam", "Oma Ria"))
    assert not any(name in subject for subject in subjects(desk, kaart) for name in ("Noor", "Oma", "Ria"))


def test_every_commit_of_a_save_is_a_valid_card_and_only_the_last_can_be_a_base(desk: Desk, kaart: str) -> None:
    base = head(desk, kaart)
    card = edited(desk, kaart, base, ("afspraken/a-1/wie", ["p-3"]))
    card["personen"] = [card["personen"][0], {"id": "p-3", "rol": "ouder", "naam": "Moeder"}]
    editing.save_card(desk, SANNE, kaart, card, base, "")
    steps = desk.kaarten.history(kaart)[0].steps
    assert [step.message.subject for step in reversed(steps)] == [
        "Personen: 1 toegevoegd",
        "Afspraak a-1 gewijzigd: wie",
        "Personen: 1 verwijderd",
    ]
    for step in steps:
        desk.kaarten.read(kaart, step.revision)
    with pytest.raises(NotFound):
        save(desk, kaart, steps[1].revision, ("kaart/fase", "herstel"))


def test_two_afspraken_that_need_each_other_share_a_commit(desk: Desk, kaart: str) -> None:
    edits = [("afspraken/a-1/vervangenDoor", "a-3"), ("afspraken/a-2/vervangenDoor", "a-3")]
    base = head(desk, kaart)
    card = edited(desk, kaart, base, *edits)
    card["afspraken"].append({**card["afspraken"][0], "id": "a-3", "vervangenDoor": "a-1"})
    editing.save_card(desk, SANNE, kaart, card, base, "")
    card = edited(desk, kaart, head(desk, kaart))
    card["afspraken"] = [one for one in card["afspraken"] if one["id"] == "a-2"]
    del card["afspraken"][0]["vervangenDoor"]
    editing.save_card(desk, SANNE, kaart, card, head(desk, kaart), "")
    newest = desk.kaarten.history(kaart)[0].steps[0].message
    assert newest.subject == "Afspraken a-1, a-3 verwijderd"
    assert list(newest.trailers["Afspraak"]) == ["a-1", "a-3"]


def test_a_save_that_changes_nothing_makes_no_commit(desk: Desk, kaart: str) -> None:
    base = head(desk, kaart)
    assert save(desk, kaart, base).parts == 0
    assert head(desk, kaart) == base


def test_two_people_at_once_on_different_fields_both_keep_their_change(desk: Desk, kaart: str) -> None:
    base = head(desk, kaart)
    save(desk, kaart, base, ("afspraken/a-1/status", "deels"))
    saved = save(desk, kaart, base, ("afspraken/a-1/zichtbaarAan", "Oma vertelt het."))
    assert saved.merged
    afspraak = find(now(desk, kaart), ("afspraken", "a-1"))
    assert (afspraak["status"], afspraak["zichtbaarAan"]) == ("deels", "Oma vertelt het.")


def test_two_people_on_the_same_field_is_a_conflict_that_loses_nothing(desk: Desk, kaart: str) -> None:
    base = head(desk, kaart)
    save(desk, kaart, base, ("afspraken/a-1/status", "deels"), reason="Ging half")
    with pytest.raises(Conflicted) as caught:
        save(desk, kaart, base, ("afspraken/a-1/status", "nagekomen"))
    (conflict,) = caught.value.conflicts
    assert (conflict.path, conflict.base, conflict.mine, conflict.theirs) == (
        ("afspraken", "a-1", "status"),
        "actief",
        "nagekomen",
        "deels",
    )
    assert [one.reason for one in caught.value.their_saves] == ["Ging half"]
    assert find(now(desk, kaart), ("afspraken", "a-1", "status")) == "deels"


def test_the_same_edit_twice_is_one_edit(desk: Desk, kaart: str) -> None:
    base = head(desk, kaart)
    first = save(desk, kaart, base, ("afspraken/a-1/status", "deels"))
    again = save(desk, kaart, base, ("afspraken/a-1/status", "deels"))
    assert (again.parts, again.revision) == (0, first.revision)


def test_changes_that_are_only_together_invalid_are_a_conflict(desk: Desk, kaart: str) -> None:
    base = head(desk, kaart)
    save(desk, kaart, base, ("afspraken/a-1/toezichtDoor", ["n-1"]), ("afspraken/a-2/wie", ["p-2"]))
    base = head(desk, kaart)
    save(desk, kaart, base, ("afspraken/a-1/toezichtDoor", ["w-1"]))
    card = edited(desk, kaart, base, ("afspraken/a-1/wie", ["p-2", "p-1"]))
    card["afspraken"][0]["toezichtDoor"] = ["w-1"]
    del card["netwerk"]
    editing.save_card(desk, MEHMET, kaart, card, head(desk, kaart), "")
    with pytest.raises(Conflicted) as caught:
        save(desk, kaart, base, ("afspraken/a-2/wie", ["n-1"]))
    assert "n-1 staat niet bij" in str(caught.value.problems[0])


def test_removing_what_is_pointed_at_is_refused_and_says_where(desk: Desk, kaart: str) -> None:
    with pytest.raises(InvalidCard, match=r"n-1 wordt nog gebruikt bij Afspraken › a-2 › Wie doet dit\?"):
        editing.remove_item(desk, SANNE, kaart, "netwerk", "n-1", head(desk, kaart), "")


def test_an_item_is_added_changed_and_removed_by_itself(desk: Desk, kaart: str) -> None:
    item = {"tekst": "Buurvrouw Fien past op."}
    editing.save_item(desk, SANNE, kaart, "krachten", item, head(desk, kaart), "")
    (kracht,) = now(desk, kaart)["krachten"]
    assert kracht["id"].startswith("k-")
    changed = {"id": kracht["id"], "tekst": "Fien past elke dinsdag op."}
    editing.save_item(desk, SANNE, kaart, "krachten", changed, head(desk, kaart), "")
    assert now(desk, kaart)["krachten"] == [changed]
    editing.remove_item(desk, SANNE, kaart, "krachten", kracht["id"], head(desk, kaart), "")
    assert "krachten" not in now(desk, kaart)


def test_what_only_a_service_may_change_is_refused_in_a_whole_file(desk: Desk, kaart: str) -> None:
    with pytest.raises(InvalidCard, match="‘Toestand’ kunt u hier niet veranderen"):
        save(desk, kaart, head(desk, kaart), ("kaart/toestand", "actief"))


def test_a_view_stays_as_it_was_given(desk: Desk, kaart: str) -> None:
    visie = {"id": "z-1", "van": "w-1", "tekst": "Ik zie dit anders."}
    editing.save_item(desk, SANNE, kaart, "visies", visie, head(desk, kaart), "")
    with pytest.raises(InvalidCard, match="Dit blijft staan zoals het is"):
        save(desk, kaart, head(desk, kaart), ("visies/z-1/tekst", "Toch niet."))


def activated(desk: Desk, kaart: str) -> None:
    edits = [("kaart/kader", "vrijwillig"), ("kaart/fase", "herstel"), ("kaart/volgendeEvaluatie", "2027-01-10")]
    save(desk, kaart, head(desk, kaart), *edits)
    editing.transition(desk, SANNE, kaart, "activeren", head(desk, kaart), "")


def test_a_card_takes_the_steps_of_its_workflow_and_no_other(desk: Desk, kaart: str) -> None:
    with pytest.raises(InvalidCard, match="Vul ‘Kader’ in"):
        editing.transition(desk, SANNE, kaart, "activeren", head(desk, kaart), "")
    activated(desk, kaart)
    assert subjects(desk, kaart)[0] == "Kaart gewijzigd: toestand nu Actief"
    with pytest.raises(NotAllowed):
        editing.transition(desk, SANNE, kaart, "heropenen", head(desk, kaart), "Weer zorgen")
    with pytest.raises(NotAllowed):
        editing.transition(desk, SANNE, kaart, "aanbieden", head(desk, kaart), "Hoort bij overdracht")
    with pytest.raises(InvalidCard, match="waarom"):
        editing.transition(desk, SANNE, kaart, "afsluiten", head(desk, kaart), " ")
    close(desk, kaart, SANNE, MEHMET)
    with pytest.raises(NotAllowed, match="Deze kaart is afgesloten"):
        save(desk, kaart, head(desk, kaart), ("kaart/fase", "herstel"))


def test_a_card_changes_its_written_form_in_one_commit_and_keeps_its_content(desk: Desk, kaart: str) -> None:
    before = now(desk, kaart)
    saved = editing.switch_form(desk, SANNE, kaart, "markdown")
    assert (saved.parts, now(desk, kaart)) == (1, before)
    assert reading.read_card(desk, SANNE, kaart).form == "markdown"
    save(desk, kaart, head(desk, kaart), ("afspraken/a-1/status", "deels"))
    assert reading.read_card(desk, SANNE, kaart).form == "markdown"
    editing.switch_form(desk, SANNE, kaart, "json")
    assert reading.read_card(desk, SANNE, kaart).form == "json"


def test_history_of_one_afspraak_is_told_by_its_commits(desk: Desk, kaart: str) -> None:
    save(desk, kaart, head(desk, kaart), ("afspraken/a-2/status", "deels"))
    save(desk, kaart, head(desk, kaart), ("afspraken/a-1/status", "deels"))
    save(desk, kaart, head(desk, kaart), ("personen/p-1/naam", "Noortje"))
    revisions = [one.revision for one in reading.read_history(desk, SANNE, kaart, "a-1")]
    everything = [one.revision for one in desk.kaarten.history(kaart)]
    assert revisions == [everything[1], everything[3]]
    assert len(reading.read_history(desk, SANNE, kaart, "p-1")) == 2


def test_the_catalogue_follows_each_save(desk: Desk, kaart: str) -> None:
    save(desk, kaart, head(desk, kaart), ("afspraken/a-1/tekst", "Vader belt tante Coördinate."))
    found, total = reading.find_cards(desk, SANNE, Query("coordi", {"gemeente": ("Halderberge",)}))
    assert (total, found[0].entry.id, found[0].entry.revision) == (1, kaart, head(desk, kaart))
    assert "Coördinate" in found[0].excerpt


def test_a_damaged_catalogue_is_made_anew_without_anybody_doing_anything(
    desk: Desk, kaart: str, tmp_path: Path
) -> None:
    (tmp_path / "var" / "catalogue.sqlite").write_bytes(b"no database at all" * 500)
    found, total = reading.find_cards(desk, SANNE, Query())
    assert (total, found[0].entry.id) == (1, kaart)
    (tmp_path / "var" / "catalogue.sqlite").write_bytes(b"no database at all" * 500)
    assert save(desk, kaart, head(desk, kaart), ("kaart/fase", "herstel")).parts == 1


def push(desk: Desk, kaart: str, folder: Path, name: str, content: bytes, message: str = "Met de hand") -> str:
    """What an administrator does with an ordinary git client."""
    store = desk.kaarten._store
    assert isinstance(store, GitStore)
    clone = folder / "clone"
    commands = [
        ["git", "clone", "-q", str(store.path(kaart)), str(clone)],
        ["git", "-C", str(clone), "config", "user.email", "beheer@example.org"],
        ["git", "-C", str(clone), "config", "user.name", "Beheer"],
    ]
    for command in commands:
        subprocess.run(command, check=True)
    (clone / name).write_bytes(content)
    for command in (["add", "-A"], ["commit", "-q", "-m", message], ["push", "-q"]):
        subprocess.run(["git", "-C", str(clone), *command], check=True)
    return desk.kaarten.head(kaart)


def test_an_ordinary_push_is_merged_like_any_save(desk: Desk, kaart: str, tmp_path: Path) -> None:
    base = head(desk, kaart)
    text = desk.kaarten._store.read(kaart, None, "kaart.json").replace(b"Elke keer", b"Altijd")
    pushed = push(desk, kaart, tmp_path, "kaart.json", text)
    save(desk, kaart, base, ("afspraken/a-1/status", "deels"))
    afspraak = find(now(desk, kaart), ("afspraken", "a-1"))
    assert (afspraak["frequentie"], afspraak["status"]) == ("Altijd", "deels")
    assert pushed in [one.revision for one in reading.read_history(desk, SANNE, kaart, "a-1")]
    assert len(reading.read_history(desk, SANNE, kaart, "a-2")) == 1


def test_a_push_between_reading_and_saving_is_merged_too(
    desk: Desk, kaart: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = head(desk, kaart)
    text = desk.kaarten._store.read(kaart, None, "kaart.json").replace(b"Elke keer", b"Altijd")
    saves, pushed = KaartWriter.save, list[str]()

    def after_a_push(writer: KaartWriter, expected: str, wanted: NewSave) -> Stored:
        if not pushed:
            pushed.append(push(desk, kaart, tmp_path, "kaart.json", text))
        return saves(writer, expected, wanted)

    monkeypatch.setattr(KaartWriter, "save", after_a_push)
    save(desk, kaart, base, ("afspraken/a-1/status", "deels"))
    afspraak = find(now(desk, kaart), ("afspraken", "a-1"))
    assert (afspraak["frequentie"], afspraak["status"]) == ("Altijd", "deels")


def test_a_pushed_file_that_is_no_card_is_told_and_can_be_mended(desk: Desk, kaart: str, tmp_path: Path) -> None:
    good = head(desk, kaart)
    pushed = push(desk, kaart, tmp_path, "kaart.json", b"{kapot")
    with pytest.raises(InvalidCard, match="geen geldige JSON"):
        reading.read_card(desk, SANNE, kaart)
    assert reading.last_readable(desk, SANNE, kaart).revision == good
    with pytest.raises(InvalidCard):
        save(desk, kaart, good, ("kaart/fase", "herstel"))
    mended = edited(desk, kaart, good, ("kaart/fase", "herstel"))
    editing.save_card(desk, SANNE, kaart, mended, pushed, "Hersteld")
    assert now(desk, kaart)["kaart"]["fase"] == "herstel"
    assert subjects(desk, kaart)[:2] == ["Kaart hersteld", "Met de hand"]
