"""The backup: made while people work, and put back elsewhere, card by card and byte by byte."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, nullcontext, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import Result

from app.cli.group import FAULTS, INVALID, STORE
from app.content.grants import Grant
from app.factory import open_desk
from app.services import (
    backing_up,
    bell,
    confirming,
    destroying,
    drafting,
    editing,
    maintenance,
    reading,
    receipts,
    rights,
)
from app.services.actors import actor_of
from app.services.cataloguing import untold
from app.services.drafting import Sheet
from app.services.granting import regrant
from app.storage.backup import KEYS, LEFT_OUT, check_backup, make_backup, var_files
from app.storage.backup_folder import BackupFolder
from app.storage.backup_restore import RestoreUnfinished, restoring
from app.storage.errors import StoreFailed
from app.storage.kaart_writer import KaartWriter
from app.storage.log_verify import verify
from app.storage.tombstones import Tombstone
from app.web import create_app
from tests.backups import Installation, assert_equal, files_of
from tests.desks import MEHMET, OPERATOR, SANNE, new_card, peopled, share
from tests.two import NOTHING_CHOSEN, accepted, brought, offered, packed, ready_card, receipt, sides
from tests.web.gateway import Gateway


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    """One with three cards that Sanne and Mehmet work on, and something of every kind beside them."""
    made = Installation(tmp_path / "hier")
    desk = peopled(made.desk)
    for _ in range(3):
        kaart = editing.create_card(desk, SANNE, new_card(), "Begin")
        share(desk, kaart, "account:mehmet", "behandelaar")
    stored = reading.read_card(desk, MEHMET, kaart)
    drafting.keep(desk, MEHMET, stored, Sheet("k1", "afspraken/a-1", stored.revision, "Klad", (("tekst", "olifant"),)))
    bell.follow(desk, MEHMET, kaart)
    (made.var / "secret.key").write_text("a" * 64)
    (made.var / KEYS).mkdir()
    (made.var / KEYS / "installatie").write_text("sleutel")
    (made.var / "installatie.json").write_text('{"naam": "Proef"}')
    return made


@pytest.fixture
def there(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "daar")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "kopie"


def change(here: Installation, kaart: str, text: str) -> None:
    stored = reading.read_card(here.desk, SANNE, kaart)
    item = {**stored.document["afspraken"][0], "frequentie": text}
    editing.save_item(here.desk, SANNE, kaart, "afspraken", item, stored.revision, text)


def destroy(here: Installation, kaart: str) -> None:
    asked = destroying.ask(here.desk, SANNE, kaart, "onterecht", "Dubbel", here.desk.kaarten.head(kaart))
    confirming.confirm(here.desk, MEHMET, kaart, asked.id, word="vernietigen")


def bundle_of(copy: Path, kaart: str) -> Path:
    (found,) = copy.glob(f"cards/{kaart[:2]}/{kaart}.*")
    return found


def test_a_backup_comes_back_by_heads_bytes_and_files(here: Installation, there: Installation, copy: Path) -> None:
    made = here.run("backup", copy)
    assert (made.exit_code, made.output) == (
        0,
        "3 kaarten in de reservekopie: 3 gekopieerd, 0 niet gewijzigd, 0 verwijderd.\n",
    )
    assert here.run("backup", copy, "--check").exit_code == 0
    assert all(one.stat().st_mode & 0o077 == 0 for one in [copy, *copy.rglob("*")])

    back = there.run("restore", copy)

    assert back.exit_code == 0, back.output
    kaarten = list(here.desk.kaarten.ids())
    assert_equal(here, there, kaarten)
    for name in ("accounts.json", "log.key", "secret.key", "installatie.json", f"{KEYS}/installatie"):
        assert (there.var / name).read_bytes() == (here.var / name).read_bytes(), name
    for name in ("drafts.sqlite", "following.sqlite"):
        assert dump(there.var / name) == dump(here.var / name)
    (log,) = here.places.log.parts()
    before = here.places.log.path(log).read_bytes()
    assert there.places.log.path(log).read_bytes().startswith(before)
    verdict = verify(there.places.log)
    assert (verdict.fault, verdict.torn) == (None, False)
    assert there.run("check").output == "Alles is in orde.\n"
    assert there.run("log", "show", "--limit", "9").output.count("restore") == 1
    change(there, kaarten[0], "Na het terugzetten")
    page = Gateway(create_app(there.desk, "x" * 32, demonstration=True).test_client()).become("sanne")
    assert "Na het terugzetten" in page.get(f"/kaarten/{kaarten[0]}").text


def dump(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as db:
        return list(db.iterdump())


def test_every_file_is_in_the_backup_or_left_out_on_purpose(here: Installation) -> None:
    here.run("log", "show")
    known = {name for name, _ in var_files(here.var)} | LEFT_OUT | {"log-anchor"}
    for path in here.var.rglob("*"):
        name = str(path.relative_to(here.var))
        aside = path.suffix in (".lock", ".making") or name.endswith(("-wal", "-shm"))
        assert path.is_dir() or aside or name in known or name.startswith(("log/", "locks/")), name


def test_a_second_backup_copies_what_changed_and_takes_away_what_was_destroyed(here: Installation, copy: Path) -> None:
    here.run("backup", copy)
    assert b"olifant" in b"".join(files_of(copy).values())
    (second,) = (one.kaart_id for one in here.desk.drafts.of("mehmet"))
    first, third = (one for one in here.desk.kaarten.ids() if one != second)
    untouched = bundle_of(copy, third).stat().st_ino
    assert "0 gekopieerd, 3 niet gewijzigd" in here.run("backup", copy).output
    change(here, first, "Vaker")
    destroy(here, second)

    made = here.run("backup", copy)

    assert made.output == "2 kaarten in de reservekopie: 1 gekopieerd, 1 niet gewijzigd, 1 verwijderd.\n"
    assert not list(copy.rglob(f"*{second}*"))
    assert bundle_of(copy, third).stat().st_ino == untouched
    assert b"olifant" not in b"".join(files_of(copy).values())
    manifest = json.loads((copy / "manifest.json").read_text())["body"]
    assert second not in json.dumps(manifest)
    assert second.encode() in (copy / manifest["files"]["vernietigd.json"]["file"]).read_bytes()


def test_what_was_destroyed_does_not_come_back_and_neither_do_its_drafts(
    here: Installation, there: Installation, copy: Path
) -> None:
    here.run("backup", copy)
    (kaart,) = (one.kaart_id for one in here.desk.drafts.of("mehmet"))
    destroy(here, kaart)

    back = there.run("restore", copy, "--tombstones", here.var / "vernietigd.json")

    assert f"{kaart}: vernietigd, dus niet teruggezet." in back.output
    assert_equal(here, there, list(here.desk.kaarten.ids()))
    assert b"olifant" not in b"".join(files_of(there.folder).values())
    assert there.desk.tombstones.all() == here.desk.tombstones.all()
    assert there.run("check").exit_code == 0


def test_a_card_that_an_older_copy_brought_back_is_told_and_goes_again(
    here: Installation, there: Installation, copy: Path
) -> None:
    here.run("backup", copy)
    there.run("restore", copy)
    kaart = next(here.desk.kaarten.ids())
    stone = Tombstone(kaart, here.desk.clock() - timedelta(days=3), "onterecht", "Sanne Bakker", "Mehmet Kaya")
    there.desk.tombstones.put(stone)

    told = there.run("check")
    assert told.exit_code == FAULTS
    assert (
        f"{kaart}: Is op {stone.when.date()} vernietigd, en staat er weer. Draai ‘kaarten destroy again’."
        in told.output
    )
    assert there.run("destroy", "again").output == f"{kaart}\n"
    assert not there.desk.kaarten.exists(kaart)
    assert there.desk.tombstones.all() == [stone]
    assert there.run("check").exit_code == 0


@pytest.mark.parametrize("harm", ["flip", "cut", "gone"])
def test_a_damaged_backup_is_refused_before_anything_is_written_and_names_the_card(
    here: Installation, there: Installation, copy: Path, harm: str
) -> None:
    here.run("backup", copy)
    kaart = next(here.desk.kaarten.ids())
    bundle = bundle_of(copy, kaart)
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    if harm == "gone":
        bundle.unlink()
    else:
        bundle.write_bytes(bytes(data) if harm == "flip" else bytes(data[:-1]))
    before = files_of(there.folder)

    for told in (there.run("restore", copy), here.run("backup", copy, "--check")):
        assert told.exit_code == STORE
        assert told.output.startswith("Deze reservekopie is beschadigd.")
        assert kaart in told.output
    assert {name for name in files_of(there.folder) if not name.endswith(".lock")} == set(before)
    assert not there.desk.accounts.known().accounts
    assert "1 gekopieerd" in here.run("backup", copy).output
    assert here.run("backup", copy, "--check").exit_code == 0
    assert "0 gekopieerd" in here.run("backup", copy).output


def test_what_a_check_found_bad_stays_found_until_it_could_be_made_anew(here: Installation, copy: Path) -> None:
    here.run("backup", copy)
    kaart = next(here.desk.kaarten.ids())
    for file in (bundle_of(copy, kaart), *copy.glob("files/accounts.json.*")):
        data = bytearray(file.read_bytes())
        data[-9] ^= 4
        file.write_bytes(bytes(data))
    assert "0 gekopieerd" in here.run("backup", copy).output  # it reads nothing of what did not change
    assert here.run("backup", copy, "--check").exit_code == STORE
    head = here.desk.kaarten.head(kaart)
    lost = here.card(kaart) / "objects" / head[:2] / head[2:]
    kept = lost.read_bytes()
    lost.unlink()
    assert here.run("backup", copy).exit_code == FAULTS
    told = here.run("backup", copy, "--check").output
    assert kaart in told
    assert "accounts.json" not in told
    lost.write_bytes(kept)
    assert "1 gekopieerd" in here.run("backup", copy).output
    assert here.run("backup", copy, "--check").exit_code == 0


def test_a_check_while_a_backup_takes_away_what_it_reads_begins_anew(here: Installation, copy: Path) -> None:
    here.run("backup", copy)
    kaart = next(here.desk.kaarten.ids())
    turns: list[Iterable[str]] = []

    def meanwhile(ids: Iterable[str], _total: int) -> Iterable[str]:
        if not turns:
            change(here, kaart, "Vaker")
            assert here.run("backup", copy).exit_code == 0
        turns.append(ids)
        return ids

    manifest, faults = check_backup(BackupFolder(copy), meanwhile)
    assert (faults, len(turns)) == ([], 2)
    assert manifest == BackupFolder(copy).read()


def test_there_is_one_backup_at_a_time_and_one_restore(here: Installation, there: Installation, copy: Path) -> None:
    told: list[Result] = []

    def second(run: Callable[[], Result]) -> Callable[[Iterable[str], int], Iterable[str]]:
        def meanwhile(ids: Iterable[str], _total: int) -> Iterable[str]:
            told.append(run())
            return ids

        return meanwhile

    backing_up.back_up(here.desk, OPERATOR, here.places, copy, second(lambda: here.run("backup", copy)))
    opened = partial(open_desk, there.settings, half_restored=True)
    again = second(lambda: there.run("restore", copy))
    done = backing_up.put_back(opened, lambda _: OPERATOR, there.places, copy, None, again)

    assert len(told) >= 3
    assert {one.exit_code for one in told} == {STORE}
    assert all(one.output.startswith("Iemand anders maakt hier op dit moment een reservekopie") for one in told)
    assert done.cards == 3
    assert_equal(here, there, list(here.desk.kaarten.ids()))
    assert here.run("backup", copy, "--check").exit_code == 0


@pytest.mark.parametrize("copied", [False, True], ids=["before it is copied", "after it was copied"])
def test_of_a_card_that_is_half_destroyed_no_word_is_in_the_backup(
    here: Installation, there: Installation, copy: Path, copied: bool
) -> None:
    (kaart,) = (one.kaart_id for one in here.desk.drafts.of("mehmet"))
    stone = Tombstone(kaart, here.desk.clock(), "onterecht", "Sanne Bakker", "Mehmet Kaya")

    def half_destroy() -> None:  # all that a program did that died right after the rename
        with here.desk.kaarten.writing(kaart) as writer:
            writer.destroy(stone)

    def meanwhile(ids: Iterable[str], _total: int) -> Iterator[str]:
        if not copied:
            half_destroy()
        yield from ids
        if copied:
            half_destroy()

    made = backing_up.back_up(here.desk, OPERATOR, here.places, copy, meanwhile)

    assert made.manifest.faults == {}
    assert here.desk.kaarten.half_destroyed() == []
    assert not list(copy.rglob(f"*{kaart}*"))
    assert there.run("restore", copy).exit_code == 0
    assert there.desk.tombstones.all() == [stone]
    assert not there.desk.kaarten.exists(kaart)
    assert b"olifant" not in b"".join(files_of(there.folder).values())


def test_a_restore_goes_over_what_another_backup_left_halfway(
    here: Installation, there: Installation, copy: Path, tmp_path: Path
) -> None:
    other = Installation(tmp_path / "elders")
    theirs = editing.create_card(peopled(other.desk), SANNE, new_card(), "Van elders")
    (other.var / KEYS).mkdir()
    (other.var / KEYS / "van-elders").write_text("sleutel")
    assert other.run("backup", tmp_path / "anders").exit_code == 0
    here.run("backup", copy)
    with suppress(RestoreUnfinished), restoring(there.places, BackupFolder(tmp_path / "anders"), None, untold):
        raise StoreFailed("and there it ended")
    assert there.places.store.exists(theirs)
    assert "half teruggezet" in there.run("list").output

    assert there.run("restore", copy).exit_code == 0

    assert_equal(here, there, list(here.desk.kaarten.ids()))
    assert not there.desk.kaarten.exists(theirs)
    assert not (there.var / KEYS / "van-elders").exists()
    assert there.run("check").exit_code == 0
    assert there.run("log", "verify").exit_code == 0


def test_a_manifest_that_was_changed_is_refused(here: Installation, there: Installation, copy: Path) -> None:
    here.run("backup", copy)
    text = (copy / "manifest.json").read_text()
    for bad in (text.replace("accounts.json", "../account", 1), text[: len(text) // 2], "{}", "[1]"):
        (copy / "manifest.json").write_text(bad)
        told = there.run("restore", copy)
        assert (told.exit_code, "beschadigd" in told.output) == (STORE, True), told.output


def test_folders_that_hold_something_else_are_refused_and_stay_as_they_are(
    here: Installation, there: Installation, copy: Path, tmp_path: Path
) -> None:
    copy.mkdir()
    (copy / "foto.jpg").write_text("van iemand")
    assert "geen reservekopie van deze installatie" in here.run("backup", copy).output
    assert files_of(copy) == {"foto.jpg": b"van iemand"}
    for name in ("files", "cards"):
        (tmp_path / "usb" / name).mkdir(parents=True)
        (tmp_path / "usb" / name / "foto.jpg").write_text("van iemand")
        assert "geen reservekopie van deze installatie" in here.run("backup", tmp_path / "usb").output
    assert len(files_of(tmp_path / "usb")) == 2
    assert here.run("restore", copy).exit_code == STORE
    inside = here.run("backup", here.folder / "kopie")
    assert (inside.exit_code, "buiten KAARTEN_DATA" in inside.output) == (INVALID, True)
    here.run("backup", tmp_path / "goed")
    before = files_of(tmp_path / "goed")
    editing.create_card(peopled(there.desk), SANNE, new_card(), "Begin")
    assert "geen reservekopie van deze installatie" in there.run("backup", tmp_path / "goed").output
    assert files_of(tmp_path / "goed") == before
    cards = list(there.desk.kaarten.ids())
    assert "Hier staan al gegevens." in there.run("restore", tmp_path / "goed").output
    assert list(there.desk.kaarten.ids()) == cards


def test_a_card_that_cannot_be_read_is_named_and_its_older_copy_stays(here: Installation, copy: Path) -> None:
    here.run("backup", copy)
    kaart = next(here.desk.kaarten.ids())
    change(here, kaart, "Vaker")
    before = bundle_of(copy, kaart).read_bytes()
    head = here.desk.kaarten.head(kaart)
    (here.card(kaart) / "objects" / head[:2] / head[2:]).unlink()

    made = here.run("backup", copy)

    assert made.exit_code == FAULTS
    assert f"{kaart}: niet te lezen. Wat er eerder van was gekopieerd, staat er nog." in made.output
    assert bundle_of(copy, kaart).read_bytes() == before
    checked = here.run("backup", copy, "--check")
    assert (checked.exit_code, kaart in checked.output) == (FAULTS, True)


def test_a_card_that_a_handover_left_between_two_moves_follows_it_first(
    tmp_path: Path, there: Installation, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    giver, receiver = sides(tmp_path)
    kaart = ready_card(giver)
    offered(giver, receiver, kaart)
    offer = accepted(receiver, packed(giver, kaart))
    parcel = brought(giver, receipt(receiver, kaart, offer))

    def dies(*_given: object) -> None:  # the roles have moved, the card has not
        raise StoreFailed("the program is gone")

    with monkeypatch.context() as then:
        then.setattr(KaartWriter, "land", dies)
        with suppress(StoreFailed):
            receipts.read_in(giver.desk, giver.actor, parcel, NOTHING_CHOSEN)
    here = Installation(tmp_path / "a")
    landing = giver.desk.kaarten.access(kaart).handovers.landing(giver.desk.kaarten.head(kaart))
    assert landing

    assert here.run("backup", copy).exit_code == 0
    assert there.run("restore", copy).exit_code == 0

    assert there.desk.kaarten.head(kaart) == landing == here.desk.kaarten.head(kaart)
    assert there.run("check").exit_code == 0
    assert_equal(here, there, [kaart])


def test_accounts_that_are_damaged_do_not_take_the_place_of_the_good_ones(here: Installation, copy: Path) -> None:
    here.run("backup", copy)
    good = (here.var / "accounts.json").read_bytes()
    places = here.places
    (here.var / "accounts.json").write_text("{half")

    made = make_backup(places, BackupFolder(copy), "2026-11-28T12:00:00+01:00", nullcontext, list, untold)

    assert list(made.manifest.faults) == ["accounts.json"]
    assert (copy / made.manifest.files["accounts.json"].file).read_bytes() == good


def test_the_drill_people_work_while_it_is_made_and_the_pages_are_served_elsewhere(
    tmp_path: Path, there: Installation, copy: Path
) -> None:
    here = Installation(tmp_path / "hier")
    assert here.run("demo").exit_code == 0
    worked: list[str] = []
    for _ in range(2):
        with subprocess.Popen(
            [sys.executable, "-m", "app", "backup", str(copy)],
            env={**os.environ, "KAARTEN_DATA": str(here.folder)},
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        ) as process:
            while process.poll() is None:
                worked.append(work(here, len(worked)))
                time.sleep(0.1)
        assert process.returncode == 0
        assert here.run("backup", copy, "--check").exit_code == 0
    assert {"edited", "made", "destroyed"} <= set(worked)
    assert here.run("backup", copy).exit_code == 0

    assert there.run("restore", copy).exit_code == 0

    cards = list(here.desk.kaarten.ids())
    assert_equal(here, there, cards)
    assert there.desk.tombstones.all() == here.desk.tombstones.all()
    assert list(maintenance.check(there.desk, OPERATOR)) == []
    browser = Gateway(create_app(there.desk, "x" * 32, demonstration=True).test_client()).become("sanne")
    pages = browser.get("/kaarten").links("/kaarten/")
    mine = [one for one in cards if f"/kaarten/{one}" in pages]
    assert mine
    assert "Drukke dag" in "".join(browser.get(f"/kaarten/{one}").text for one in mine)


def work(here: Installation, turn: int) -> str:
    """One thing that people do, as the turn says; what was done."""
    desk = here.desk
    known = desk.accounts.known()
    actors = [actor_of(one, known) for one in known.accounts.values() if one.role == "professional"]
    sanne = next(one for one in actors if one.id == "sanne")
    if turn % 8 == 1:
        editing.create_card(desk, sanne, new_card(), "Nieuw gezin")
        return "made"
    if turn % 8 == 3:
        kaart = editing.create_card(desk, sanne, new_card(), "Per ongeluk")
        grant = Grant("r-tweede", f"account:{actors[0].id}", "behandelaar", "2000-01-01T00:00:00+00:00")
        regrant(desk, sanne, kaart, lambda grants: [*grants, grant], "Gedeeld")
        asked = destroying.ask(desk, sanne, kaart, "onterecht", "Dubbel", desk.kaarten.head(kaart))
        confirming.confirm(desk, actors[0], kaart, asked.id, word="vernietigen")
        return "destroyed"
    ids = list(desk.kaarten.ids())
    for kaart in ids[turn % len(ids) :] + ids:
        stored = desk.kaarten.read(kaart)
        editors = [one for one in actors if desk.may(one, rights.EDIT, stored)]
        if editors and stored.document["afspraken"]:
            item = {**stored.document["afspraken"][0], "frequentie": f"Drukke dag {turn}"}
            editing.save_item(desk, editors[0], kaart, "afspraken", item, stored.revision, "Druk")
            return "edited"
    raise AssertionError("nobody can edit anything")
