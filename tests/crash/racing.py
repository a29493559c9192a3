"""One of the processes of a race: `python -m tests.crash.racing ROLE DIRECTORY TEXT`."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from subprocess import CalledProcessError

from app.services import editing
from app.storage.accounts import Account, Accounts, Change, Known
from app.storage.errors import Moved
from app.storage.git_admin import GitAdmin
from tests.desks import SANNE, open_test_desk
from tests.storage.helpers import NAME, open_store, part, plain_git

SAVES = 50


def save(directory: Path, text: str) -> None:
    """Add a line to the card, again and again; tell the revision of each save that was answered."""
    store = open_store(directory)
    number = 0
    while number < SAVES:
        base = store.snapshot(NAME)
        kaart = base.files["kaart.json"].data.decode() + f"{text} {number}\n"
        try:
            [revision] = store.commit(NAME, base.revision, [part(f"{text} {number}", kaart=kaart)])
        except Moved:
            continue
        tell(revision)
        number += 1


def save_under_the_lock(directory: Path, text: str) -> None:
    """The same, with the lock held from reading to committing: then nobody of ours comes between."""
    store = open_store(directory)
    for number in range(SAVES):
        with store.writing(NAME) as writer:
            base = writer.snapshot()
            kaart = base.files["kaart.json"].data.decode() + f"{text} {number}\n"
            tell(*writer.commit(base.revision, [part(f"{text} {number}", kaart=kaart)]))


def read(directory: Path, text: str) -> None:
    """Read the newest revision and the history until the race is over; each must be whole."""
    store = open_store(directory)
    while not (directory / "over").exists():
        snapshot = store.snapshot(NAME)
        lines = snapshot.files["kaart.json"].data.decode().splitlines()
        log = store.log(NAME, snapshot.revision)
        assert len(lines) == len(log) == len(set(lines))
        tell(text)


def pack(directory: Path, text: str) -> None:
    """Pack until the race is over."""
    admin = GitAdmin(open_store(directory))
    while not (directory / "over").exists():
        admin.pack(NAME)
        tell(text)
        time.sleep(0.05)  # leaves the lock to the others now and then


def push(directory: Path, text: str) -> None:
    """As `save`, by an ordinary git from a clone of its own; a refused push is tried again."""
    store = open_store(directory)
    aside = directory / text
    plain_git(directory, "clone", "-q", str(store.path(NAME)), str(aside))
    number = 0
    while number < SAVES // 10:
        plain_git(aside, "fetch", "-q", "origin")
        plain_git(aside, "reset", "-q", "--hard", "origin/main")
        with (aside / "kaart.json").open("a") as file:
            file.write(f"{text} {number}\n")
        plain_git(aside, "commit", "-qam", f"{text} {number}")
        try:
            plain_git(aside, "push", "-q", "origin", "main")
        except CalledProcessError:
            continue
        tell(plain_git(aside, "rev-parse", "HEAD").strip())
        number += 1


def edit(directory: Path, text: str) -> None:
    """Save a card through the services, from a base that others have mostly moved on from by then."""
    desk = open_test_desk(directory)
    (kaart,) = desk.kaarten.ids()
    base = desk.kaarten.read(kaart)
    afspraken = {one["id"]: one for one in base.document["afspraken"]}
    for number in range(SAVES):
        item = {**afspraken[text], "frequentie": f"{text} {number}"}
        saved = editing.save_item(desk, SANNE, kaart, "afspraken", item, base.revision, f"{text} {number}")
        tell(saved.revision)
        base = desk.kaarten.read(kaart, saved.revision)  # others save on it meanwhile: the next one merges


def account(directory: Path, text: str) -> None:
    """Accounts added, and each time one changed that all processes change; tell the stamp that each change gave it."""
    accounts = Accounts(directory / "accounts.json")

    def change(known: Known, number: int) -> Change:
        was, me = known.accounts["first"], f"{text}-{number}"
        return Change(accounts=[replace(was, stamp=was.stamp + 1), Account(me, me, f"{me}@cjg.example", "cjg")])

    for number in range(SAVES):
        after = accounts.edit(partial(change, number=number))
        tell(str(after.accounts["first"].stamp))


def look(directory: Path, text: str) -> None:
    """Read everybody until the race is over; each reading must be whole and none may go back."""
    accounts, seen = Accounts(directory / "accounts.json"), 0
    while not (directory / "over").exists():
        known = accounts.known().accounts
        assert known["first"].stamp == len(known) - 1 >= seen
        seen = len(known) - 1
        tell(text)


def tell(*words: str) -> None:
    sys.stdout.write("".join(f"{word}\n" for word in words))
    sys.stdout.flush()


ROLES: dict[str, Callable[[Path, str], None]] = {
    role.__name__: role for role in (save, save_under_the_lock, read, pack, push, account, look, edit)
}

if __name__ == "__main__":
    ROLES[sys.argv[1]](Path(sys.argv[2]), sys.argv[3])
