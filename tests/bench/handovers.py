"""A card of 20 and of 2,000 revisions to another installation and back: times and sizes."""

import resource
import time
from pathlib import Path

from app.services import parcels, receipts, taking_in
from app.services.commits import new_save
from app.services.joining import Chosen
from app.storage.records import NewPart
from tests.bench.told import row, say
from tests.two import Side, brought, offered, packed, ready_card, receipt, sides

REVISIONS = (20, 2_000)
_CHANGED = "Afspraak a-1 gewijzigd: tekst"


def measure(folder: Path) -> None:
    """Each size; with nothing kept from the receiver, and with an afspraak that stays behind in every revision."""
    for revisions in REVISIONS:
        for hides in (False, True):
            _one(folder / f"{revisions}-{hides}", revisions, hides=hides)


def _one(folder: Path, revisions: int, *, hides: bool) -> None:
    here, there = sides(folder)
    kaart = _card(here, there, revisions, hides=hides)
    offered(here, there, kaart)
    what = f"{revisions:,} revisions, {'rewritten' if hides else 'as it is'}"
    start = time.perf_counter()
    data = packed(here, kaart)
    row(f"package of {what}", time.perf_counter() - start)
    say(f"  {len(data) / 1024:,.0f} KiB")
    start = time.perf_counter()
    parcel = brought(there, data)
    row("  brought in and judged", time.perf_counter() - start)
    start = time.perf_counter()
    taking_in.look(there.desk, parcels.opened(there.desk, there.actor, parcel))
    row("  looked at", time.perf_counter() - start)
    start = time.perf_counter()
    taking_in.accept(there.desk, there.actor, parcel, Chosen())
    row("  accepted", time.perf_counter() - start)
    offer = there.desk.kaarten.access(kaart).handovers.arrivals[-1].id
    start = time.perf_counter()
    proof = receipt(there, kaart, offer)
    row("  receipt", time.perf_counter() - start)
    say(f"  {len(proof) / 1024:,.0f} KiB")
    start = time.perf_counter()
    receipts.read_in(here.desk, here.actor, brought(here, proof), Chosen())
    row("  receipt read in", time.perf_counter() - start)
    say(f"  most memory of this process so far: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


def _card(here: Side, there: Side, revisions: int, *, hides: bool) -> str:
    people = [
        {"id": "w-1", "naam": "x", "organisatie": "x"},
        {"id": "w-2", "naam": "Cor Cas", "organisatie": there.name},
    ]
    kaart = ready_card(here, professionals=people)
    if hides:
        document = here.desk.kaarten.read(kaart).document
        row_ = {**document["afspraken"][1], "afgeschermdVoor": ["w-2"], "redenAfscherming": "Veiligheid"}
        _save(here, kaart, {**document, "afspraken": [document["afspraken"][0], row_]}, "Afspraak afgeschermd")
    for number in range(revisions - 3 - hides):
        document = here.desk.kaarten.read(kaart).document
        first = {**document["afspraken"][0], "tekst": f"Vader belt oma voor de {number + 2}e keer deze week."}
        _save(here, kaart, {**document, "afspraken": [first, *document["afspraken"][1:]]}, _CHANGED)
    here.desk.admin.pack(kaart)
    return kaart


def _save(side: Side, kaart: str, document: dict[str, object], subject: str) -> None:
    """A save past the services: it is not that which is measured."""
    with side.desk.kaarten.writing(kaart) as writer:
        now = writer.read()
        part = NewPart(document, subject, [("Afspraak", subject.split()[1]), ("Velden", "tekst")])
        writer.save(now.revision, new_save(side.desk, side.actor, "", [part], now.form))
