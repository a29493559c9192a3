"""The pieces of work that the crash tests kill, and the process that runs them.

`Worker` starts this module once, with everything imported and no threads, and has it fork for each kill point.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from app.factory import open_desk
from app.services import backing_up, confirming, editing, handing_over, reading, receipts, taking_in
from app.services.cataloguing import untold
from app.services.joining import Chosen
from app.storage.accounts import Account, Accounts, Change, Known
from app.storage.git_admin import GitAdmin
from app.storage.git_store import ROLES
from tests.backups import Installation
from tests.crash.stepping import Fault, Outcome, step
from tests.desks import MEHMET, OPERATOR, SANNE, new_card, open_test_desk
from tests.handovers import WANTED
from tests.storage.helpers import open_store, part
from tests.two import reopened

Work = Callable[[], str]


def save(directory: Path, name: str, text: str) -> Work:
    """Two commits on the tip of one card; answers with the last revision."""
    store = open_store(directory)

    def work() -> str:
        with store.writing(name) as writer:
            parts = [part(f"{text} {number}", kaart=f"{text} {number}\n" * 50) for number in (1, 2)]
            return "saved " + writer.commit(writer.head, parts)[-1]

    return work


def create(directory: Path, name: str, text: str) -> Work:
    """A new card of two commits; answers with the last revision."""
    store = open_store(directory)
    parts, besides = [part(f"{text} {number}", kaart=text) for number in (1, 2)], [part(f"{text} rollen", kaart=text)]
    return lambda: "saved " + store.create(name, parts, besides)


def take(directory: Path, name: str, text: str) -> Work:
    """What came in taken in by a card, and a save on top of it; answers with the last revision."""
    store, there = open_store(directory), open_store(directory / "quarantaine")
    tip = there.head(name)

    def work() -> str:
        with store.writing(name) as writer:
            writer.take(there, name, tip)
            return "saved " + writer.commit(writer.head, [part(text, kaart=text)], start=tip)[-1]

    return work


def receive(directory: Path, name: str, text: str) -> Work:
    """A new card that begins with what came in, with roles; answers with the last revision."""
    store, there = open_store(directory), open_store(directory / "quarantaine")
    tip = there.head(name)
    return lambda: "saved " + store.create(name, [part(text, kaart=text)], [part(text, kaart=text)], (there, tip))


def roles(directory: Path, name: str, text: str) -> Work:
    """The roles on a card changed; answers with the revision of the roles."""
    store = open_store(directory)

    def work() -> str:
        with store.writing(name) as writer:
            (head,) = store.heads_beside(name, ROLES)
            return "saved " + writer.commit_on(ROLES, head, [part(text, kaart=text)])[-1]

    return work


def pack(directory: Path, name: str, text: str) -> Work:  # noqa: ARG001 - all work is called alike
    """One card packed."""
    import git  # noqa: F401, PLC0415 - outside the work that is counted

    admin = GitAdmin(open_store(directory))

    def work() -> str:
        admin.pack(name)
        return "packed"

    return work


def account(directory: Path, name: str, text: str) -> Work:
    """One account changed and one added, in the file that holds everybody; answers with what was asked."""
    accounts = Accounts(directory / name)

    def change(known: Known) -> Change:
        was = known.accounts["first"]
        new = Account(text.replace(" ", "-"), text, f"{was.stamp}@cjg.example", "cjg")
        return Change(accounts=[replace(was, function=text, stamp=was.stamp + 1), new])

    def work() -> str:
        return f"saved {accounts.edit(change).accounts['first'].function}"

    return work


def edit(directory: Path, name: str, text: str) -> Work:
    """A whole save through the services: two afspraken of one card, merged, split, committed, catalogued."""
    desk = open_test_desk(directory)

    def work() -> str:
        kaart = reading.read_card(desk, SANNE, name)
        afspraken = [{**one, "frequentie": text} for one in kaart.document["afspraken"]]
        document = {**kaart.document, "afspraken": afspraken}
        return "saved " + editing.save_card(desk, SANNE, name, document, kaart.revision, text).revision

    return work


def destroy(directory: Path, name: str, text: str) -> Work:
    """The second person's word, by which a card goes; `text` is the number of the request."""
    desk = open_test_desk(directory)

    def work() -> str:
        confirming.confirm(desk, MEHMET, name, text, word="vernietigen")
        return "destroyed"

    return work


def shield(directory: Path, name: str, text: str) -> Work:
    """A save that shields an afspraak at once, with what a second person is asked of it."""
    desk = open_test_desk(directory)

    def work() -> str:
        kaart = reading.read_card(desk, SANNE, name)
        item = {**kaart.document["afspraken"][0], "afgeschermdVoor": [text]}
        return "saved " + editing.save_item(desk, SANNE, name, "afspraken", item, kaart.revision, text).revision

    return work


def confirm(directory: Path, name: str, text: str) -> Work:
    """The second person's yes to a step that waited for it; `text` is the number of the request."""
    desk = open_test_desk(directory)

    def work() -> str:
        confirming.confirm(desk, MEHMET, name, text)
        return "confirmed"

    return work


def backup(directory: Path, name: str, text: str) -> Work:  # noqa: ARG001 - all work is called alike
    """A backup of an installation brought up to date; `name` is its folder."""
    import git  # noqa: F401, PLC0415 - outside the work that is counted

    here = Installation(directory)
    desk, places = here.desk, here.places

    def work() -> str:
        made = backing_up.back_up(desk, OPERATOR, places, Path(name), untold)
        return f"faults: {made.manifest.faults}" if made.manifest.faults else "made"

    return work


def restore(directory: Path, name: str, text: str) -> Work:  # noqa: ARG001 - all work is called alike
    """A backup put back; `name` is its folder."""
    import git  # noqa: F401, PLC0415 - outside the work that is counted

    there = Installation(directory)
    places, opened = there.places, partial(open_desk, there.settings, half_restored=True)

    def work() -> str:
        backing_up.put_back(opened, lambda _: OPERATOR, places, Path(name), None, untold)
        return "restored"

    return work


def offer(directory: Path, name: str, text: str) -> Work:  # noqa: ARG001 - all work is called alike
    """A card offered to somebody; answers with the number of the offer."""
    desk = open_test_desk(directory, alone=True)
    return lambda: "offered " + handing_over.offer(desk, SANNE, name, WANTED).id


def accept(directory: Path, name: str, text: str) -> Work:
    """The receiver's yes to an offer; `text` is its number."""
    desk = open_test_desk(directory, alone=True)
    return lambda: handing_over.accept(desk, MEHMET, name, text).outcome


def refuse_offer(directory: Path, name: str, text: str) -> Work:
    """The receiver's no."""
    desk = open_test_desk(directory, alone=True)
    return lambda: handing_over.refuse(desk, MEHMET, name, text, "Te druk.").outcome


def withdraw_offer(directory: Path, name: str, text: str) -> Work:
    """An offer that is taken back."""
    desk = open_test_desk(directory, alone=True)
    return lambda: handing_over.withdraw(desk, SANNE, name, text, "Toch niet.").outcome


def arrive(directory: Path, name: str, text: str) -> Work:
    """The yes to a card that came from another installation; `text` is which one, `name` the package."""
    side = reopened(directory, text)
    return lambda: "arrived " + taking_in.accept(side.desk, side.actor, name, Chosen())


def read_receipt(directory: Path, name: str, text: str) -> Work:
    """A receipt read in by who sent a card."""
    side = reopened(directory, text)
    return lambda: "read " + receipts.read_in(side.desk, side.actor, name, Chosen())


WORKS: dict[str, Callable[[Path, str, str], Work]] = {
    "save": save,
    "create": create,
    "take": take,
    "receive": receive,
    "roles": roles,
    "pack": pack,
    "account": account,
    "edit": edit,
    "destroy": destroy,
    "shield": shield,
    "confirm": confirm,
    "backup": backup,
    "restore": restore,
    "offer": offer,
    "accept": accept,
    "refuse_offer": refuse_offer,
    "withdraw_offer": withdraw_offer,
    "arrive": arrive,
    "read_receipt": read_receipt,
}


class Worker:
    """A process that does work on command; use it in a `with`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.work"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.__exit__(kind, error, trace)

    def do(
        self,
        kind: str,
        directory: Path,
        name: str,
        text: str = "",
        *,
        kill_after: int | None = None,
        fault: Fault | None = None,
    ) -> Outcome:
        """Have one piece of work done, and killed or failed."""
        assert self._process.stdin
        assert self._process.stdout
        order = [kind, str(directory), name, text, kill_after, asdict(fault) if fault else None]
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the worker ended: see its error above"
        return Outcome(**json.loads(line))


def warm_up() -> None:
    """Have the schemas read and the validators made once, and not by each of the processes that are killed."""
    with TemporaryDirectory() as folder:
        desk = open_test_desk(Path(folder))
        kaart = editing.create_card(desk, SANNE, new_card())
        head = desk.kaarten.read(kaart)
        item = {**head.document["afspraken"][0], "gevolg": "Warm"}
        editing.save_item(desk, SANNE, kaart, "afspraken", item, head.revision, "")


def main() -> None:
    """Do the work that comes in, a line of JSON each, and tell how it ended."""
    warm_up()
    for line in sys.stdin:
        kind, directory, name, text, kill_after, fault = json.loads(line)
        outcome = step(
            partial(WORKS[kind], Path(directory), name, text),
            kill_after=kill_after,
            fault=Fault(**fault) if fault else None,
        )
        sys.stdout.write(json.dumps(asdict(outcome)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
