"""Vernietigen: two people, one rename, and afterwards no word of the card in any file of the installation."""

import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.content.overleg import DISAGREED
from app.services import bell, destroying, drafting, editing, judging, reading, seeing, taking_in
from app.services.cataloguing import catch_up
from app.services.commits import new_save
from app.services.confirming import confirm, refuse, withdraw
from app.services.desk import ZONE, Desk
from app.services.drafting import Sheet
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.services.requested import requests
from app.storage.errors import RepositoryExists, StoreFailed
from app.storage.kaart_writer import KaartWriter
from app.storage.mail_queue import Message
from app.storage.records import NewPart
from app.storage.tombstones import Tombstone
from tests.cards import real_type
from tests.desks import MEHMET, OPERATOR, SANNE, at, close, logged, new_card, open_test_desk, peopled, share
from tests.two import NOTHING_CHOSEN, Side, brought, introduce, offered, packed, ready_card, sides

WORD = "vernietigen"
SECRETS = ["Zonnebloemlaan", "struisvogel", "Kwikstaart", "madelief", "papegaai"]
"""Words that stand on the card, in its history, in the reasons, in what was said about it, and in a draft."""
LATER = datetime(2047, 1, 1, 9, 0, tzinfo=ZONE)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path, alone=True))


@pytest.fixture
def kaart(desk: Desk) -> str:
    """A concept of Sanne, full of secrets, on which Mehmet works too."""
    kaart = editing.create_card(desk, SANNE, with_text(f"Naar de {SECRETS[0]}. " * 120), f"Begin met {SECRETS[2]}")
    share(desk, kaart, "account:mehmet", "behandelaar")
    stored = reading.read_card(desk, SANNE, kaart)
    editing.save_item(
        desk, SANNE, kaart, "afspraken", {**stored.document["afspraken"][0], "tekst": SECRETS[1]}, stored.revision, "Nu"
    )
    return kaart


def with_text(text: str) -> dict[str, Any]:
    card: dict[str, Any] = new_card()
    card["afspraken"] = [{**one, "tekst": text} for one in card["afspraken"]]
    return card


def lived_in(desk: Desk, kaart: str, folder: Path) -> None:
    """All that the program keeps about a card, in every file that it has."""
    share(desk, kaart, "account:mehmet", "beoordelaar")
    head = desk.kaarten.head(kaart)
    judging.judge(desk, MEHMET, kaart, head, {"a-1": judging.Verdict(DISAGREED, f"Pas op: {SECRETS[3]}")})
    stored = reading.read_card(desk, SANNE, kaart)
    drafting.keep(desk, SANNE, stored, Sheet("k1", "afspraken/a-1", head, "Klad", (("tekst", SECRETS[4]),)))
    seeing.looked(desk, MEHMET, stored)
    bell.follow(desk, MEHMET, kaart)
    now = desk.clock()
    desk.mail.put([Message("k", "mehmet", "vraag", kaart, now.isoformat())], now, now)
    catch_up(desk)
    assert [one for one in SECRETS if not found(folder, one)] == []
    assert {"var/catalogue.sqlite", "var/drafts.sqlite"} <= {name for one in SECRETS for name in found(folder, one)}
    assert len([one for one in folder.rglob("*") if kaart in one.name]) >= 2


@contextmanager
def another_process_at(folder: Path) -> Iterator[None]:
    """With the files of SQLite open elsewhere too, so that no log of theirs is removed when we close."""
    with ExitStack() as stack:
        for file in sorted((folder / "var").glob("*.sqlite")):
            db = stack.enter_context(closing(sqlite3.connect(file)))
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield


def found(folder: Path, word: str) -> list[str]:
    """The files of an installation that hold a word, whichever way it is written; also what git packed small."""
    forms = {form.encode() for form in (word, word.lower(), word.capitalize())}
    files = (one for one in folder.rglob("*") if one.is_file())
    return [str(one.relative_to(folder)) for one in files if any(form in told(one) for form in forms)]


def told(file: Path) -> bytes:
    """What a file holds: as it is, and all in it that was packed small, such as a loose object, a package, a bundle."""
    data = file.read_bytes()
    parts = [data]
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as package:
            parts += [package.read(name) for name in package.namelist()]
    return b"".join([*parts, *(text for part in parts for text in _unpacked(part))])


def _unpacked(data: bytes) -> Iterator[bytes]:
    at = -1
    while (at := data.find(b"x", at + 1)) >= 0:
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(data[at:])


def ask(desk: Desk, kaart: str, ground: str = "onterecht", reason: str = "Staat er dubbel.") -> str:
    return destroying.ask(desk, SANNE, kaart, ground, reason, desk.kaarten.head(kaart)).id


def test_of_what_is_destroyed_no_word_is_left_in_any_file(desk: Desk, kaart: str, tmp_path: Path) -> None:
    other = editing.create_card(desk, SANNE, new_card(), "Een ander gezin")
    before = desk.kaarten.heads(other)
    lived_in(desk, kaart, tmp_path)
    with another_process_at(tmp_path):
        done = confirm(desk, MEHMET, kaart, ask(desk, kaart), word=WORD)
        assert isinstance(done, Tombstone)
        assert {word: found(tmp_path, word) for word in SECRETS} == {word: [] for word in SECRETS}
    assert {word: found(tmp_path, word) for word in SECRETS} == {word: [] for word in SECRETS}
    left = [one for one in tmp_path.rglob("*") if kaart in one.name]
    assert [one.name for one in left] == [f"{kaart}.lock"]
    assert not any(tmp_path.joinpath("cards_repo", ".gone").iterdir())
    with pytest.raises(NotFound):
        reading.read_card(desk, SANNE, kaart)
    assert kaart not in desk.catalogue.heads()
    assert (desk.kaarten.heads(other), reading.read_card(desk, SANNE, other).revision) == (before, before[0])


def test_of_what_is_destroyed_no_package_is_left_that_nobody_decided_about(
    desk: Desk, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    here, (_, there) = Side(desk, SANNE, "CJG Halderberge", tmp_path), sides(tmp_path_factory.mktemp("elders"))
    introduce(here, there)
    introduce(there, here)
    kaart = ready_card(there, afspraken=with_text(SECRETS[0])["afspraken"])
    offered(there, here, kaart)
    data = packed(there, kaart)
    taken, left, other = brought(here, data), brought(here, data), brought(here, another(there, here))
    taking_in.accept(desk, SANNE, taken, NOTHING_CHOSEN)
    share(desk, kaart, "account:mehmet", "behandelaar")
    close(desk, kaart, SANNE, MEHMET)
    assert {one.split("/")[2] for one in found(tmp_path, SECRETS[0]) if one.startswith("var/ontvangen/")} == {left}

    confirm(desk, MEHMET, kaart, ask(desk, kaart), word=WORD)

    assert found(tmp_path, SECRETS[0]) == []
    assert [one.id for one in desk.quarantine.all()] == [other]


def another(there: Side, here: Side) -> bytes:
    """The package of another card."""
    kaart = ready_card(there)
    offered(there, here, kaart)
    return packed(there, kaart)


def test_pages_that_the_catalogue_does_not_use_any_more_hold_no_word(desk: Desk, tmp_path: Path) -> None:
    card = new_card()
    card["afspraken"] = [
        {**card["afspraken"][0], "id": f"a-{n}", "tekst": f"{SECRETS[0]} " * 200} for n in range(1, 21)
    ]
    kaart = editing.create_card(desk, SANNE, card, "Begin")
    desk.catalogue.remove(kaart)
    assert found(tmp_path / "var", SECRETS[0]) == ["catalogue.sqlite"]
    desk.catalogue.scrub()
    assert found(tmp_path / "var", SECRETS[0]) == []


def test_what_is_left_names_the_ground_and_both_and_no_words(desk: Desk, kaart: str, tmp_path: Path) -> None:
    confirm(desk, MEHMET, kaart, ask(desk, kaart), "Ik zie het ook.", word=f" {WORD.upper()} ")
    (stone,) = destroying.destroyed(desk, OPERATOR)
    assert (stone.kaart_id, stone.ground) == (kaart, "onterecht")
    assert (stone.asked, stone.confirmed) == (
        "Sanne Bakker (CJG Halderberge) <sanne>",
        "Mehmet Kaya (Veilig Thuis) <mehmet>",
    )
    with pytest.raises(NotAllowed):
        destroying.destroyed(desk, SANNE)
    lines = [(one["who"], one["event"], one["outcome"]) for one in logged(tmp_path) if one["kind"] == "D"]
    assert lines == [("sanne", "destroy", "toegestaan"), ("mehmet", destroying.DONE, "toegestaan")]


def test_it_takes_two_people_the_right_and_the_word(desk: Desk, kaart: str) -> None:
    with pytest.raises(NotAllowed, match="mag u niet"):
        destroying.ask(desk, MEHMET, kaart, "onterecht", "Weg ermee.", desk.kaarten.head(kaart))
    asked = ask(desk, kaart)
    with pytest.raises(NotAllowed, match="U vroeg dit zelf"):
        confirm(desk, SANNE, kaart, asked, word=WORD)
    with pytest.raises(InvalidInput, match="Typ het woord"):
        confirm(desk, MEHMET, kaart, asked, word="ja")
    with pytest.raises(NotAllowed, match="al gevraagd"):
        ask(desk, kaart)
    assert desk.kaarten.exists(kaart)
    refuse(desk, MEHMET, kaart, asked, "Zij staat er maar één keer.")
    with pytest.raises(NotAllowed, match="al besloten"):
        confirm(desk, MEHMET, kaart, asked, word=WORD)
    assert destroying.destroyed(desk, OPERATOR) == []


def test_what_is_taken_back_or_has_changed_is_not_destroyed(desk: Desk, kaart: str) -> None:
    asked = ask(desk, kaart)
    withdraw(desk, SANNE, kaart, asked)
    asked, looked = ask(desk, kaart), desk.kaarten.head(kaart)
    stored = reading.read_card(desk, SANNE, kaart)
    wanted = {**stored.document["afspraken"][0], "tekst": "Intussen anders."}
    editing.save_item(desk, SANNE, kaart, "afspraken", wanted, stored.revision, "Nu")
    with pytest.raises(NotAllowed, match="terwijl u dit las"):
        confirm(desk, MEHMET, kaart, asked, looked=looked, word=WORD)
    with pytest.raises(NotAllowed, match="sinds dit verzoek"):
        confirm(desk, MEHMET, kaart, asked, looked=desk.kaarten.head(kaart), word=WORD)
    with pytest.raises(NotAllowed, match="terwijl u dit las"):
        destroying.ask(desk, SANNE, kaart, "onterecht", "Dubbel.", looked)
    assert [one.open for one in requests(desk, SANNE, kaart)] == [True]


def test_a_card_that_is_worked_with_is_not_destroyed(desk: Desk, kaart: str) -> None:
    asked, stored = ask(desk, kaart), desk.kaarten.read(kaart)
    active = {**stored.document, "kaart": {**stored.document["kaart"], "toestand": "actief"}}
    with desk.kaarten.writing(kaart) as writer:
        part = NewPart(active, "Kaart nu actief")
        revision = writer.save(stored.revision, new_save(desk, SANNE, "", [part], stored.form)).revision
    with pytest.raises(NotAllowed, match="Sluit haar eerst af"):
        confirm(desk, MEHMET, kaart, asked, word=WORD)
    with pytest.raises(NotAllowed, match="Sluit haar eerst af"):
        destroying.ask(desk, SANNE, kaart, "onterecht", "Dubbel.", revision)


def test_the_term_is_a_ground_only_when_it_is_over(desk: Desk, kaart: str) -> None:
    with pytest.raises(InvalidInput, match="waarom de kaart weg mag"):
        ask(desk, kaart, "termijn")
    with pytest.raises(InvalidInput, match="waarom de kaart weg mag"):
        ask(desk, kaart, "zomaar")
    with pytest.raises(InvalidInput, match="Schrijf op waarom"):
        ask(desk, kaart, reason=" ")
    later = at(desk, LATER)
    assert "termijn" in destroying.prospect(later, SANNE, kaart).grounds
    asked = ask(later, kaart, "termijn")
    assert isinstance(confirm(later, MEHMET, kaart, asked, word=WORD), Tombstone)


def test_who_lost_the_right_since_destroys_nothing(desk: Desk, kaart: str) -> None:
    asked = ask(desk, kaart)
    account = desk.accounts.known().accounts["sanne"]
    desk.accounts.put(accounts=[replace(account, active=False)])
    with pytest.raises(NotAllowed, match="werkt hier niet meer"):
        confirm(desk, MEHMET, kaart, asked, word=WORD)
    assert desk.kaarten.exists(kaart)


def test_a_card_that_was_destroyed_is_not_made_again(desk: Desk, kaart: str) -> None:
    confirm(desk, MEHMET, kaart, ask(desk, kaart), word=WORD)
    with pytest.raises(NotAllowed, match="komt niet terug"):
        editing.create_card(desk, SANNE, new_card(), "Nog eens", kaart_id=kaart)


def test_a_draft_that_comes_after_it_is_not_kept(
    desk: Desk, kaart: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = reading.read_card(desk, SANNE, kaart)
    asked = ask(desk, kaart)
    put = desk.drafts.put

    def slow(*given: Any) -> None:  # the card goes between the decision and the draft
        confirm(desk, MEHMET, kaart, asked, word=WORD)
        put(*given)

    monkeypatch.setattr(desk.drafts, "put", slow)
    with pytest.raises(NotFound):
        drafting.keep(desk, SANNE, stored, Sheet("k1", "afspraken/a-1", stored.revision, "K", (("t", SECRETS[4]),)))
    assert found(tmp_path, SECRETS[4]) == []


Breaker = Callable[[Desk], tuple[object, str]]


@pytest.mark.parametrize(
    "where",
    [
        lambda desk: (desk.tombstones, "put"),
        lambda desk: (desk.drafts, "forget"),
        lambda desk: (desk.catalogue, "scrub"),
        lambda desk: (desk.kaarten, "wipe"),
    ],
    ids=["tombstone", "drafts", "catalogue", "bytes"],
)
def test_what_a_full_disk_left_is_removed_the_next_time(
    desk: Desk, kaart: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: Breaker
) -> None:
    lived_in(desk, kaart, tmp_path)
    asked, (part, name) = ask(desk, kaart), where(desk)

    def fails(*_given: object) -> None:
        raise StoreFailed("no space left")

    with monkeypatch.context() as full:
        full.setattr(part, name, fails)
        assert isinstance(confirm(desk, MEHMET, kaart, asked, word=WORD), Tombstone)
        assert not desk.kaarten.exists(kaart)
        with pytest.raises(NotFound):
            reading.read_card(desk, SANNE, kaart)
        with pytest.raises((NotAllowed, RepositoryExists)):
            editing.create_card(desk, SANNE, new_card(), "Nog eens", kaart_id=kaart)
    again = open_test_desk(tmp_path, alone=True)
    assert (destroying.finish(again), destroying.finish(again)) == (1, 0)
    assert {word: found(tmp_path, word) for word in SECRETS} == {word: [] for word in SECRETS}
    assert [one.kaart_id for one in destroying.destroyed(again, OPERATOR)] == [kaart]


@pytest.mark.parametrize("note", [b'{"kaart', b"[]", b"\xff"], ids=["torn", "another", "bytes"])
def test_one_card_of_which_something_is_left_holds_up_no_other(
    desk: Desk, kaart: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, note: bytes
) -> None:
    (gone,) = tmp_path.rglob(".gone")
    odd = gone / "00000000-0000-4000-8000-000000000000"
    odd.mkdir()
    (odd / "vernietigd").write_bytes(note)
    assert isinstance(confirm(desk, MEHMET, kaart, ask(desk, kaart), word=WORD), Tombstone)
    assert {word: found(tmp_path, word) for word in SECRETS} == {word: [] for word in SECRETS}
    assert destroying.finish(desk) == 0
    assert odd.is_dir()  # somebody must look at it: what it was is not known
    monkeypatch.setattr(desk.kaarten._store, "_root", tmp_path / "nergens")
    assert destroying.finish(desk) == 0


def test_a_card_that_goes_while_the_catalogue_is_made_anew_leaves_no_word_in_it(
    desk: Desk, kaart: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editing.create_card(desk, SANNE, new_card(), "Een ander gezin")
    asked, put_all = ask(desk, kaart), desk.catalogue.put_all
    desk.catalogue.clear()

    def late(batch: Any, *rest: Any) -> None:
        if desk.kaarten.exists(kaart):  # it is in the batch, and another request confirms that it goes
            confirm(desk, MEHMET, kaart, asked, word=WORD)
        put_all(batch, *rest)

    monkeypatch.setattr(desk.catalogue, "put_all", late)
    catch_up(desk)
    assert not desk.kaarten.exists(kaart)
    assert kaart not in desk.catalogue.heads()
    assert {word: found(tmp_path, word) for word in SECRETS} == {word: [] for word in SECRETS}


def test_what_another_program_took_away_leaves_no_word_in_the_catalogue(desk: Desk, kaart: str, tmp_path: Path) -> None:
    shutil.rmtree(desk.admin._store.path(kaart))
    catch_up(desk)
    assert {word: found(tmp_path, word) for word in SECRETS} == {word: [] for word in SECRETS}


def test_where_the_disk_refuses_the_card_is_as_it_was(
    desk: Desk, kaart: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, before = ask(desk, kaart), desk.kaarten.read(kaart)

    def fails(*_given: object) -> None:
        raise StoreFailed("no space left")

    with monkeypatch.context() as full:
        full.setattr(KaartWriter, "destroy", fails)
        with pytest.raises(StoreFailed):
            confirm(desk, MEHMET, kaart, asked, word=WORD)
    assert logged(tmp_path)[-1]["outcome"] == "mislukt"
    assert desk.kaarten.read(kaart) == before
    assert [one.open for one in requests(desk, SANNE, kaart)] == [True]
    assert destroying.destroyed(desk, OPERATOR) == []


def test_until_when_a_card_is_kept() -> None:
    retention = real_type().retention
    assert str(retention.until(datetime(2026, 11, 23, tzinfo=ZONE).date())) == "2046-11-23"
    assert str(retention.until(datetime(2024, 2, 29, tzinfo=ZONE).date())) == "2044-02-29"
    changed = datetime(2026, 11, 23, tzinfo=ZONE).date()
    until = retention.until(changed)
    assert until is not None
    assert "termijn" not in retention.open_to(changed, until - timedelta(1))
    assert "termijn" in retention.open_to(changed, until)
