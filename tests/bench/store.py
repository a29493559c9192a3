"""Saves and reads, without a page around them.

Each figure is the median of its runs. The physical limit of a save is to write the same bytes into as many new
files, each synced with its directory: nothing that keeps them can be faster on this disk.
"""

import os
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import git

from app.content import Document
from app.content.json_form import to_json
from app.services import comparing, editing, reading
from app.services.desk import ZONE, Desk
from app.storage.access_log import AccessLog, Event
from app.storage.catalogue import Query
from app.storage.kaarten import KaartRepository
from tests.bench.told import row, say, timed
from tests.desks import SANNE, new_card, open_test_desk, peopled


def big_card() -> Document:
    """A card with 20 afspraken, 8 people and texts of some sentences."""
    text = "Vader belt oma als hij merkt dat hij boos wordt, en gaat dan een half uur naar buiten. " * 2
    card = new_card()
    one = card["afspraken"][0]
    card["afspraken"] = [{**one, "id": f"a-{n}", "tekst": f"{text}({n})", "zichtbaarAan": text} for n in range(20)]
    card["personen"] += [{"id": f"p-{n}", "rol": "kind", "naam": f"Kind {n}"} for n in range(3, 9)]
    card["onveilig"] += [{"id": f"o-{n}", "tekst": text, "soort": "feit"} for n in range(2, 6)]
    return card


def saves(folder: Path) -> None:
    """A save against the physical limit of the disk."""
    desk = open_test_desk(folder)
    kaart = editing.create_card(desk, SANNE, big_card())
    path = desk.admin._store.path(kaart)
    before = {file for file in path.rglob("*") if file.is_file()}
    _change(desk, kaart, 0)
    made = [file.read_bytes() for file in path.rglob("*") if file.is_file() and file not in before]
    made.append(b"0" * 41)  # the branch, which is written anew
    limit = timed(lambda n: _write_synced(folder / "limit" / str(n), made))
    stored = desk.kaarten.read(kaart)
    data = to_json(stored.document, stored.edition.shape)
    usual = git.Repo.init(folder / "usual")
    with usual:
        usual_time = timed(lambda n: _usual_commit(usual, data + str(n).encode()))
    service = timed(lambda n: _change(desk, kaart, n + 1))
    bare = timed(lambda n: _store_commit(desk, kaart, data + b" " * n))
    row(f"the limit: write and sync {len(made)} files, {sum(map(len, made)):,} bytes", limit, limit)
    row("the store: three objects and the branch, synced", bare, limit)
    row("the whole service: read, validate, save, catalogue", service, limit)
    row("the usual index.add + index.commit, nothing synced", usual_time, limit)


def log_lines(folder: Path) -> None:
    """What a line of the access log costs, on disk before anything is shown."""
    log, plain = AccessLog(folder / "log"), os.open(folder / "plain", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    event = Event("read", "R", "toegestaan", datetime.now(ZONE), who="sanne", name=SANNE.name, kaart="k" * 36)
    log.append([event])
    size = log.size(log.parts()[0])

    def bare(_: int) -> None:
        os.write(plain, b"x" * size)
        os.fsync(plain)

    limit = timed(bare, 200)
    row(f"the limit: add {size} bytes to a file and sync it", limit, limit)
    row("a line: sealed, chained, synced, its number in the anchor", timed(lambda _: log.append([event]), 200), limit)
    os.close(plain)


def _change(desk: Desk, kaart: str, number: int) -> None:
    desk = replace(desk, told=set(), roles={})  # as for one request: each decision has one line
    now = desk.kaarten.read(kaart)
    afspraak = now.document["afspraken"][number % 20]
    changed = {**afspraak, "frequentie": f"Elke dag, {number} keer"}
    editing.save_item(desk, SANNE, kaart, "afspraken", changed, now.revision, "Besproken met het gezin.")


def _store_commit(desk: Desk, kaart: str, data: bytes) -> None:
    from app.storage.git_store import Part, Signature  # noqa: PLC0415 - below the services, for this one figure

    store = desk.admin._store
    part = Part({"kaart.json": data}, "Proef", Signature("Proef", "proef@localhost"), desk.clock())
    store.commit(kaart, store.head(kaart), [part])


def _usual_commit(repository: git.Repo, data: bytes) -> None:
    file = Path(str(repository.working_tree_dir)) / "kaart.json"
    file.write_bytes(data)
    repository.index.add(["kaart.json"])
    repository.index.commit("Proef")


def _write_synced(folder: Path, contents: list[bytes]) -> None:
    for number, content in enumerate(contents):
        place = folder / str(number)
        place.mkdir(parents=True)
        handle = os.open(place / "file", os.O_WRONLY | os.O_CREAT)
        os.write(handle, content)
        os.fsync(handle)
        os.close(handle)
        directory = os.open(place, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)


_PROFESSIONALS = 200
"""Among so many the cards are divided; one of them asks for the pages."""


def grown(folder: Path, size: int) -> Desk:
    """A desk with so many cards; those that are there stay."""
    desk = peopled(open_test_desk(folder, alone=True))
    card = big_card()
    for number in range(sum(1 for _ in desk.kaarten.ids()), size):
        named = {**card, "kaart": {**card["kaart"], "naam": f"Gezin nummer {number}"}}
        maker = SANNE
        if (other := number % _PROFESSIONALS) > 1:  # the first two are hers: one of each written form
            maker = replace(SANNE, id=f"p{other}", name=f"Professional {other}", email=f"p{other}@cjg.example")
            first, *rest = card["professionals"]
            named["professionals"] = [{**first, "naam": maker.name}, *rest]
        editing.create_card(desk, maker, named, form="markdown" if number % 2 else "json")
    return desk


def hers(desk: Desk) -> list[str]:
    """The cards that Sanne has a role on."""
    return [one.entry.id for one in reading.find_cards(desk, SANNE, Query(limit=200))[0]]


def with_cards(desk: Desk) -> None:
    """What one does with a card, among all these."""
    ids = hers(desk)
    by_form = {form: next(one for one in ids if desk.kaarten.read(one).form == form) for form in ("json", "markdown")}
    for form, kaart in by_form.items():
        for number in range(60 if len(desk.kaarten.history(kaart)) < 60 else 0):
            _change(desk, kaart, number)
        row(f"read a card kept as {form}, for the first time", timed(partial(_read_first, desk, kaart)))
        row(f"read a card kept as {form}, once more", timed(partial(_read, desk, kaart)))
    kaart = by_form["json"]
    saves = desk.kaarten.history(kaart)
    row("its last 50 revisions", timed(lambda _: desk.kaarten.history(kaart, 50)))
    pair = saves[20].revision, saves[0].revision
    row("what changed between two revisions", timed(lambda _: comparing.compare(desk, SANNE, kaart, *pair)))
    row("save one afspraak", timed(lambda n: _change(desk, kaart, n + 100)))
    row("first page of the list", timed(lambda _: reading.find_cards(desk, SANNE, Query())))
    row("search two words", timed(lambda _: reading.find_cards(desk, SANNE, Query("oma boos"))))
    row("search one rare word", timed(lambda _: reading.find_cards(desk, SANNE, Query("nummer 7"))))


def _read(desk: Desk, kaart: str, _: int) -> None:
    desk.kaarten.read(kaart)


def _read_first(desk: Desk, kaart: str, _: int) -> None:
    store = desk.admin._store
    KaartRepository(store, desk.types).read(kaart)  # a new one, which has judged nothing yet


def _history(desk: Desk, kaart: str, limit: int | None, _: int) -> None:
    desk.kaarten.history(kaart, limit)


def long_card(folder: Path, length: int) -> None:
    """A card that was saved very often."""
    desk = open_test_desk(folder)
    for form in ("json", "markdown"):
        kaart = editing.create_card(desk, SANNE, big_card(), form=form)
        for number in range(length):
            _change(desk, kaart, number)
        path = desk.admin._store.path(kaart)
        for state in ("loose", "packed"):
            if state == "packed":
                desk.admin.pack(kaart)
            size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
            count = sum(1 for file in path.rglob("*") if file.is_file())
            say(f"  {form}, {state}: {size / 1e6:.1f} MB in {count:,} files")
            row("  read it for the first time", timed(partial(_read_first, desk, kaart)))
            row("  its last 50 revisions", timed(partial(_history, desk, kaart, 50)))
            row("  all its revisions", timed(partial(_history, desk, kaart, None), 5))
            row("  save one afspraak", timed(partial(_change, desk, kaart)))
