"""Every use case asks whether this person may, before it gives or takes anything."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.services import comparing, drafting, editing, history, origins, reading, seeing, starting
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.drafting import Sheet
from app.services.errors import NotAllowed, NotFound
from app.storage.catalogue import Query
from app.storage.records import Stored
from tests.desks import SANNE, logged, new_card, open_test_desk

NOBODY = Actor("", "")
Case = Callable[[Desk, Stored], object]
SHEET = Sheet("k1", "afspraken/a-1", "", "", ())
CASES: dict[str, Case] = {
    "the list": lambda desk, _: reading.find_cards(desk, NOBODY, Query()),
    "the filters": lambda desk, _: reading.facet_values(desk, NOBODY, Query(), ["toestand"]),
    "a card": lambda desk, kaart: reading.read_card(desk, NOBODY, kaart.id),
    "the last readable": lambda desk, kaart: reading.last_readable(desk, NOBODY, kaart.id),
    "the saves": lambda desk, kaart: reading.read_history(desk, NOBODY, kaart.id),
    "the last save": lambda desk, kaart: reading.last_save(desk, NOBODY, kaart),
    "looking back": lambda desk, kaart: history.look_back(desk, NOBODY, kaart, history.Wanted()),
    "comparing": lambda desk, kaart: comparing.compare(desk, NOBODY, kaart.id, kaart.revision, kaart.revision),
    "herkomst": lambda desk, kaart: origins.origin(desk, NOBODY, kaart, ("afspraken", "a-1")),
    "what is new": lambda desk, kaart: seeing.looked(desk, NOBODY, kaart),
    "what was seen": lambda desk, _: seeing.seen_revisions(desk, NOBODY),
    "the start": lambda desk, _: starting.start(desk, NOBODY, 5),
    "keeping a draft": lambda desk, kaart: drafting.keep(desk, NOBODY, kaart, SHEET),
    "a draft": lambda desk, _: drafting.read(desk, NOBODY, "k1"),
    "the drafts": lambda desk, _: drafting.mine(desk, NOBODY),
    "throwing a draft away": lambda desk, _: drafting.throw_away(desk, NOBODY, "k1"),
    "what others did": lambda desk, kaart: drafting.meanwhile(desk, NOBODY, kaart, kaart, ("afspraken", "a-1")),
    "making": lambda desk, _: editing.create_card(desk, NOBODY, new_card()),
    "saving": lambda desk, kaart: editing.save_card(desk, NOBODY, kaart.id, kaart.document, kaart.revision, ""),
    "moving": lambda desk, kaart: editing.move_item(desk, NOBODY, kaart.id, "afspraken", "a-1", "", kaart.revision, ""),
    "putting back": lambda desk, kaart: editing.put_back(
        desk, NOBODY, kaart.id, ("afspraken", "a-1"), kaart.revision, kaart.revision, ""
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_who_is_nobody_is_refused_by_every_use_case_and_the_log_says_so(tmp_path: Path, case: Case) -> None:
    desk = open_test_desk(tmp_path)
    kaart = reading.read_card(desk, SANNE, editing.create_card(desk, SANNE, new_card(), "Begin"))
    before = len(logged(tmp_path))
    with pytest.raises((NotAllowed, NotFound)):
        case(desk, kaart)
    lines = logged(tmp_path)[before:]
    assert {one["outcome"] for one in lines} == {"geweigerd"}
