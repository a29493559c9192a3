"""Hostile input, stale bases, odd pushes, races: none of it may lose, hide or block a card."""

import json
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.content import Document
from app.content.card_type import CardType
from app.content.clean import MAX_BYTES, clean, clean_text
from app.content.forms import read_form
from app.content.items import find
from app.content.problems import InvalidCard
from app.content.shape import SchemaError
from app.services import editing, maintenance, reading
from app.services.actors import Actor
from app.services.cataloguing import catch_up
from app.services.desk import Desk
from app.services.errors import Conflicted
from app.storage.catalogue import Catalogue, Entry, Held, Me, Query
from app.storage.kaarten import KaartRepository
from tests.content.test_card_type import files, second_version
from tests.desks import MEHMET, OPERATOR, SANNE, close, logged, new_card, open_test_desk
from tests.services.test_saving import activated, edited, head, now, push, save, subjects


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_test_desk(tmp_path)


@pytest.fixture
def kaart(desk: Desk) -> str:
    return editing.create_card(desk, SANNE, new_card())


def read_afresh(desk: Desk, kaart: str) -> Document:
    """As another process reads it, that has judged nothing yet."""
    return KaartRepository(desk.kaarten._store, desk.types).read(kaart).document


def regional(**more: Any) -> Document:
    card = new_card(**more)
    card["kaart"]["regioschema"] = "veiligheidskaart/1.abc"
    return card


def add_until_refused(desk: Desk, kaart: str, item: Document) -> None:
    for number in range(10):
        editing.save_item(desk, SANNE, kaart, "krachten", {**item, "id": f"k-{number}-meer"}, head(desk, kaart), "")


def test_a_card_that_would_be_too_large_to_read_back_is_not_saved(desk: Desk) -> None:
    text = "x" * 20_000
    card = new_card(krachten=[{"id": f"k-{n}", "tekst": text} for n in range(MAX_BYTES // 20_100)])
    kaart = editing.create_card(desk, SANNE, card)
    base = head(desk, kaart)
    with pytest.raises(InvalidCard, match="te groot"):
        add_until_refused(desk, kaart, {"tekst": text})
    assert read_afresh(desk, kaart) == now(desk, kaart)
    assert base in [one.revision for one in desk.kaarten.history(kaart)]


def cost(work: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


@pytest.mark.parametrize("text", ["é{}b", "é{}\nb", "({}p-1", "x{}(p-1", "{}\n- Bron: b"])
@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0"])
def test_blanks_cost_by_their_number_and_not_by_its_square(desk: Desk, text: str, blank: str) -> None:
    def read(number: int) -> None:
        words = text.format(blank * number)
        with suppress(InvalidCard):
            clean_text(words)
        for place in ("## Wat is er onveilig\n\n### Onveiligheid o-1\n\n- Gaat over: {}\n", "# {}\n", "- {}\n"):
            with suppress(InvalidCard):
                read_form(place.format(words).encode(), "markdown", desk.types)

    assert cost(lambda: read(64_000)) < 40 * cost(lambda: read(8_000)), "8 times by number, 64 times by square"


def test_a_view_is_not_changed_by_way_of_an_old_base(desk: Desk, kaart: str) -> None:
    base = head(desk, kaart)
    visie = {"id": "z-1", "van": "w-1", "tekst": "Ik zie dit anders."}
    editing.save_item(desk, SANNE, kaart, "visies", visie, base, "")
    hidden = {**visie, "afgeschermdVoor": ["p-1"]}
    with pytest.raises(Conflicted) as caught:
        editing.save_item(desk, MEHMET, kaart, "visies", hidden, base, "")
    assert "blijft staan" in str(caught.value.problems[0])
    assert now(desk, kaart)["visies"] == [visie]


def test_two_lists_that_are_only_together_too_long_are_a_conflict(desk: Desk) -> None:
    card = regional()
    card["kaart"]["abc_lijst"] = [f"oud {n}" for n in range(600)]
    kaart = editing.create_card(desk, SANNE, card)
    base = head(desk, kaart)
    grown = [[*card["kaart"]["abc_lijst"], *(f"{who} {n}" for n in range(300))] for who in "ab"]
    save(desk, kaart, base, ("kaart/abc_lijst", grown[0]))
    with pytest.raises(Conflicted) as caught:
        save(desk, kaart, base, ("kaart/abc_lijst", grown[1]))
    assert "te lang" in str(caught.value.problems[0])
    assert read_afresh(desk, kaart)["kaart"]["abc_lijst"] == grown[0]


def test_a_foreign_value_that_would_change_when_read_in_nfc_is_kept_as_it_is(desk: Desk) -> None:
    card = regional()
    card["kaart"] |= {"abc_tekst": "eerste\n\u0301tweede", "abc_diep": {"a\n\u0301": ["\t\u0327c", "\u1100\u1161"]}}
    kaart = editing.create_card(desk, SANNE, card, form="markdown")
    assert read_afresh(desk, kaart) == now(desk, kaart)


def test_a_section_of_a_region_is_saved_and_told_like_any_other(tmp_path: Path) -> None:
    plan = {"title": "Plan", "type": "object", "additionalProperties": False}
    plan["properties"] = {"wbw_doel": {"title": "Doel", "description": "Waarheen.", "$ref": "#/$defs/regel"}}
    region = {"properties": {"wbw_plan": plan, "wbw_regel": {"title": "Regel", "$ref": "#/$defs/regel"}}}
    desk = open_test_desk(tmp_path, CardType("veiligheidskaart", {**files(), "1.wbw.json": region}))
    card = new_card()
    card["kaart"]["regioschema"] = "veiligheidskaart/1.wbw"
    kaart = editing.create_card(desk, SANNE, card)
    for section in ({"wbw_plan": {"wbw_doel": "Rust"}}, {"wbw_regel": "Kort"}):
        document = {**now(desk, kaart), **section}
        editing.save_card(desk, SANNE, kaart, document, head(desk, kaart), "")
    document = {key: held for key, held in now(desk, kaart).items() if not key.startswith("wbw_")}
    editing.save_card(desk, SANNE, kaart, document, head(desk, kaart), "")
    assert "Plan gewijzigd" in subjects(desk, kaart)


def test_a_foreign_section_can_be_changed_and_removed(desk: Desk) -> None:
    kaart = editing.create_card(desk, SANNE, regional(abc_lijst=["a"]))
    save(desk, kaart, head(desk, kaart), ("abc_lijst", ["a", "b"]))
    save(desk, kaart, head(desk, kaart), ("abc_lijst", None))
    assert "abc_lijst" not in now(desk, kaart)


def test_true_and_one_are_different_values(desk: Desk) -> None:
    card = regional()
    card["kaart"]["abc_getal"] = 1
    kaart = editing.create_card(desk, SANNE, card)
    assert save(desk, kaart, head(desk, kaart), ("kaart/abc_getal", True)).parts == 1
    assert now(desk, kaart)["kaart"]["abc_getal"] is True


def test_one_misspelled_field_does_not_blame_the_fields_of_a_region(desk: Desk) -> None:
    card = regional()
    card["kaart"] |= {"abc_goed": "x", "gemente": "Moerdijk"}
    with pytest.raises(InvalidCard) as caught:
        editing.create_card(desk, SANNE, card)
    assert [problem.path for problem in caught.value.problems] == [("kaart", "gemente")]


HOSTILE = {
    "surrogate twice": rb'{"\ud800":1,"\ud800":2}',
    "escape twice": rb'{"\u001b[31m\u202e":1,"\u001b[31m\u202e":2}',
    "deep": b"[" * 100_000,
    "empty": b"",
    "other card": json.dumps({"kaart": {"id": "6b6f0c1e-51a5-4f0e-9d3e-0c8f7a1b2c3d"}}).encode(),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_one_bad_push_stops_neither_the_list_nor_the_check(
    desk: Desk, kaart: str, tmp_path: Path, content: bytes
) -> None:
    other = editing.create_card(desk, SANNE, new_card())
    pushed = push(desk, kaart, tmp_path, "kaart.json", content)
    catch_up(desk)
    found, total = reading.find_cards(desk, SANNE, Query())
    assert total == 2
    problems = {one.entry.id: one.entry.problem for one in found}
    assert problems[kaart].isprintable()
    assert (bool(problems[kaart]), problems[other]) == (True, "")
    findings = list(maintenance.check(desk, OPERATOR))
    assert {finding.kaart for finding in findings if finding.fault} == {kaart}
    good = desk.kaarten.history(kaart)[1].revision
    editing.save_card(desk, SANNE, kaart, edited(desk, kaart, good, ("kaart/fase", "herstel")), pushed, "Hersteld")
    assert not [finding for finding in maintenance.check(desk, OPERATOR) if finding.fault]


def test_a_closed_card_with_a_bad_push_can_be_mended(desk: Desk, kaart: str, tmp_path: Path) -> None:
    activated(desk, kaart)
    close(desk, kaart, SANNE, MEHMET)
    good = head(desk, kaart)
    pushed = push(desk, kaart, tmp_path, "kaart.json", b"{}")
    editing.save_card(desk, SANNE, kaart, edited(desk, kaart, good), pushed, "Hersteld")
    assert now(desk, kaart)["kaart"]["toestand"] == "afgesloten"


def test_what_a_step_asks_is_judged_on_the_card_with_the_changes_of_others(desk: Desk, kaart: str) -> None:
    edits = [("kaart/kader", "vrijwillig"), ("kaart/fase", "herstel"), ("kaart/volgendeEvaluatie", "2027-01-10")]
    base = save(desk, kaart, head(desk, kaart), *edits).revision
    save(desk, kaart, base, ("kaart/fase", None))
    with pytest.raises(InvalidCard, match="Vul ‘Fase’ in"):
        editing.transition(desk, SANNE, kaart, "activeren", base, "")
    assert now(desk, kaart)["kaart"]["toestand"] == "concept"


def test_a_copied_message_of_a_part_makes_no_revision_unusable(desk: Desk, kaart: str, tmp_path: Path) -> None:
    text = desk.kaarten._store.read(kaart, None, "kaart.json").replace(b"Elke keer", b"Altijd")
    copied = push(desk, kaart, tmp_path, "kaart.json", text, "Kopie\n\nOpslag: abc\nDeel: 1/3")
    save(desk, kaart, copied, ("afspraken/a-1/status", "deels"))
    assert save(desk, kaart, copied, ("afspraken/a-2/status", "deels")).merged


def test_a_message_of_blanks_does_no_harm(desk: Desk, kaart: str, tmp_path: Path) -> None:
    text = desk.kaarten._store.read(kaart, None, "kaart.json").replace(b"Elke keer", b"Altijd")
    push(desk, kaart, tmp_path, "kaart.json", text, "x\n\nOnderdeel: \u00a0\nAfspraak: a-2")
    assert len(reading.read_history(desk, SANNE, kaart, "a-1")) in (1, 2)


WORDS = (("kaart", "woorden"),)


def test_writers_of_one_card_do_not_throw_the_catalogue_away(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    faults: list[Exception] = []
    held = (Held("r-1", "account:sanne", "meelezer", "2026-11-23", "9999-12-31"),)
    me = Me(subjects=("account:sanne",), roles=("meelezer",), moment="2026-11-24")

    def put() -> None:
        for number in range(60):
            try:
                catalogue.put(Entry(f"kaart-{number % 3}", "r", "Titel", "2026-11-23", words=WORDS, held=held))
            except Exception as error:  # whatever it is, it is a fault here
                faults.append(error)

    threads = [threading.Thread(target=put) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    catalogue.complete()
    assert catalogue.find(Query("woord", me=me))[1] == 3
    assert catalogue.find(Query("woord"))[1] == 0, "who is nobody finds nothing"


@pytest.mark.parametrize("damage", ["directory", "garbage", "no table", "older version", "other version"])
def test_a_catalogue_that_is_no_catalogue_is_made_anew(desk: Desk, kaart: str, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "var" / "catalogue.sqlite"
    damages = {"no table": "DROP TABLE words"} | {
        f"{age} version": f"PRAGMA user_version = {number}" for age, number in (("older", 2), ("other", 99))
    }
    if damage in ("directory", "garbage"):
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
    if damage == "directory":
        path.mkdir()
    elif damage == "garbage":
        path.write_bytes(b"\0garbage" * 1_000)
    else:
        db = sqlite3.connect(path)
        db.execute(damages[damage])
        db.commit()
        db.close()
    assert reading.find_cards(desk, SANNE, Query("oma"))[0][0].entry.id == kaart
    assert maintenance.reindex(desk, OPERATOR) == 1


def test_nothing_a_reader_does_changes_what_the_next_one_reads(desk: Desk, kaart: str) -> None:
    first = reading.read_card(desk, SANNE, kaart).document
    before = deepcopy(first)
    first["afspraken"][0]["status"] = "vervallen"
    assert reading.read_card(desk, SANNE, kaart).document == before
    assert find(before, ("afspraken", "a-1", "status")) == "actief"


def test_a_missing_catalogue_is_made_before_a_list_is_given(desk: Desk, kaart: str, tmp_path: Path) -> None:
    editing.create_card(desk, SANNE, new_card())
    for file in (tmp_path / "var").glob("catalogue.sqlite*"):
        file.unlink()
    assert reading.find_cards(desk, SANNE, Query())[1] == 2
    for file in (tmp_path / "var").glob("catalogue.sqlite*"):
        file.unlink()
    save(desk, kaart, head(desk, kaart), ("kaart/fase", "herstel"))
    assert reading.find_cards(desk, SANNE, Query())[1] == 2, "one entry written is not a list"


def test_a_save_is_a_save_also_when_the_catalogue_cannot_be_written(desk: Desk, kaart: str, tmp_path: Path) -> None:
    file = tmp_path / "bestand"
    file.touch()
    broken = replace(desk, catalogue=Catalogue(file / "catalogue.sqlite"))
    assert save(broken, kaart, head(desk, kaart), ("kaart/fase", "herstel")).parts == 1
    assert now(broken, kaart)["kaart"]["fase"] == "herstel"


def test_a_pushed_card_is_found_after_it_was_opened(desk: Desk, kaart: str, tmp_path: Path) -> None:
    reading.find_cards(desk, SANNE, Query())
    text = desk.kaarten._store.read(kaart, None, "kaart.json").replace(b"Elke keer", b"Zonsopgang")
    push(desk, kaart, tmp_path, "kaart.json", text)
    assert reading.find_cards(desk, SANNE, Query("zonsopgang"))[1] == 0
    reading.read_card(desk, SANNE, kaart)
    assert reading.find_cards(desk, SANNE, Query("zonsopgang"))[1] == 1


@pytest.mark.parametrize("name", ["J. de Vries Jr.", "<Bo>", "\u00a0Bo,  de Wit"])
def test_a_name_that_git_keeps_in_another_way_does_not_put_the_catalogue_behind(desk: Desk, name: str) -> None:
    actor = Actor(name, f"{name}@x.example", " Veilig\tThuis. ", "bo", "vt", "professional")
    kaart = editing.create_card(desk, actor, new_card())
    desk.catalogue.complete()
    assert list(maintenance.check(desk, OPERATOR, kaart)) == []
    entry = desk.catalogue.entry(kaart)
    assert entry
    assert entry.author == desk.kaarten.read(kaart).author == desk.kaarten.history(kaart)[0].author


def test_a_card_that_is_gone_leaves_the_list(desk: Desk, kaart: str) -> None:
    other = editing.create_card(desk, SANNE, new_card())
    shutil.rmtree(desk.kaarten._store.path(other))
    catch_up(desk)
    assert [one.entry.id for one in reading.find_cards(desk, SANNE, Query())[0]] == [kaart]


def test_a_filter_looks_at_its_own_field(desk: Desk) -> None:
    editing.create_card(desk, SANNE, new_card())
    assert reading.find_cards(desk, SANNE, Query(facets={"gemeente": ("Halderberge",)}))[1] == 1
    assert reading.find_cards(desk, SANNE, Query(facets={"organisatie": ("Halderberge",)}))[1] == 0


@pytest.mark.parametrize("name", ["kaart.md", "kaart.json"])
def test_two_forms_at_once_or_another_cards_file_is_no_card(desk: Desk, kaart: str, tmp_path: Path, name: str) -> None:
    other = editing.create_card(desk, SANNE, new_card())
    content = desk.kaarten._store.read(other, None, "kaart.json")
    push(desk, kaart, tmp_path, name, content)
    with pytest.raises(InvalidCard, match="twee bestanden" if name == "kaart.md" else "ander nummer"):
        reading.read_card(desk, SANNE, kaart)


def test_a_view_cannot_be_removed_by_any_way(desk: Desk, kaart: str) -> None:
    visie = {"id": "z-1", "van": "w-1", "tekst": "Ik zie dit anders."}
    editing.save_item(desk, SANNE, kaart, "visies", visie, head(desk, kaart), "")
    with pytest.raises(InvalidCard, match="blijft staan"):
        save(desk, kaart, head(desk, kaart), ("visies", None))
    with pytest.raises(InvalidCard, match="blijft staan"):
        editing.remove_item(desk, SANNE, kaart, "visies", "z-1", head(desk, kaart), "")


def test_a_file_may_leave_out_what_only_the_program_changes(desk: Desk, kaart: str) -> None:
    document = edited(desk, kaart, head(desk, kaart), ("kaart/fase", "herstel"))
    for key in ("id", "schema", "toestand", "dossierhouder"):
        del document["kaart"][key]
    editing.save_card(desk, SANNE, kaart, document, head(desk, kaart), "")
    assert now(desk, kaart)["kaart"]["dossierhouder"] == "w-1"


def test_an_older_card_is_upgraded_once_at_its_next_save(tmp_path: Path) -> None:
    old = open_test_desk(tmp_path)
    kaart = editing.create_card(old, SANNE, new_card())
    desk = open_test_desk(tmp_path, second_version())
    for _ in range(2):
        assert desk.kaarten.read(kaart).outdated
    saved = save(desk, kaart, head(desk, kaart), ("afspraken/a-1/status", "deels"))
    assert saved.parts == 2
    assert subjects(desk, kaart)[:2] == ["Afspraak a-1 gewijzigd: status", "Kaart bijgewerkt naar veiligheidskaart/2"]
    assert not desk.kaarten.read(kaart).outdated
    assert not [finding for finding in maintenance.check(desk, OPERATOR) if finding.fault and finding.revision]


def test_my_order_is_kept_beside_their_edit_and_their_new_item_stays_with_its_neighbour(desk: Desk, kaart: str) -> None:
    base = head(desk, kaart)
    theirs = edited(desk, kaart, base, ("afspraken/a-1/status", "deels"))
    theirs["afspraken"].insert(1, {**theirs["afspraken"][0], "id": "a-9"})
    editing.save_card(desk, MEHMET, kaart, theirs, base, "")
    mine = edited(desk, kaart, base)
    mine["afspraken"].reverse()
    editing.save_card(desk, SANNE, kaart, mine, base, "")
    afspraken = now(desk, kaart)["afspraken"]
    assert [one["id"] for one in afspraken] == ["a-2", "a-1", "a-9"]
    assert afspraken[1]["status"] == "deels"


def test_nested_items_with_the_same_number_are_refused(desk: Desk, kaart: str) -> None:
    agreed = [{"id": "i-1", "persoon": person, "antwoord": "ja"} for person in ("p-1", "p-2")]
    with pytest.raises(InvalidCard, match="i-1 staat twee keer"):
        save(desk, kaart, head(desk, kaart), ("afspraken/a-1/instemming", agreed))


def test_a_reason_that_looks_like_trailers_stays_a_reason(desk: Desk, kaart: str) -> None:
    reason = "Opslag: abc\nDeel: 1/9\ngewoon een zin"
    save(desk, kaart, head(desk, kaart), ("afspraken/a-1/status", "deels"), reason=reason)
    newest = desk.kaarten.history(kaart)[0]
    assert (newest.reason, newest.steps[0].message.is_last_part) == (reason, True)


@pytest.mark.parametrize("title", ["Werk afspraak", "Opslag", "deel"])
def test_a_section_whose_commits_could_not_name_their_items_is_refused_at_start(title: str) -> None:
    schema = files()["1.json"]
    schema["properties"]["afspraken"]["items"]["title"] = title
    with pytest.raises(SchemaError, match="names commits"):
        CardType("veiligheidskaart", {**files(), "1.json": schema})


def test_what_is_logged_names_the_item_and_no_text(desk: Desk, kaart: str, tmp_path: Path) -> None:
    before = len(logged(tmp_path))
    item = {**now(desk, kaart)["afspraken"][0], "tekst": "Heel geheim"}
    editing.save_item(desk, SANNE, kaart, "afspraken", item, head(desk, kaart), "")
    lines = logged(tmp_path)[before:]
    assert [(one["event"], one["item"], one["who"]) for one in lines] == [
        ("read", "", "sanne"),
        ("read", "", "sanne"),
        ("edit", "a-1", "sanne"),
    ]
    assert "geheim" not in json.dumps(lines)


def test_a_large_number_and_an_odd_key_are_refused_by_the_door_of_forms_too() -> None:
    for document in ({"kaart": {"x": 10**15}}, {"kaart": {"a ": "x"}}, {"kaart": {"x" * 101: "x"}}):
        with pytest.raises(InvalidCard):
            clean(document)
