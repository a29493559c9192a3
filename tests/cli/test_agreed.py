"""Who agreed to which words, from the command line."""

import json
from pathlib import Path
from typing import Any

from app.cli.group import NOT_FOUND
from app.services import editing
from app.services.desk import Desk
from tests.cli.test_roles import run
from tests.desks import SANNE, new_card, open_test_desk, peopled

NOOR = {"id": "i-1", "persoon": "p-1", "antwoord": "ja", "datum": "2026-11-01"}


def change(desk: Desk, kaart: str, **fields: Any) -> str:
    held = desk.kaarten.read(kaart)
    item = {**held.document["afspraken"][0], **fields}
    return editing.save_item(desk, SANNE, kaart, "afspraken", item, held.revision, "Zo is het").revision


def test_each_answer_is_told_with_its_words_and_what_they_became(tmp_path: Path) -> None:
    desk = peopled(open_test_desk(tmp_path))
    kaart = editing.create_card(desk, SANNE, new_card(), "Begin")
    revision = change(desk, kaart, instemming=[NOOR, {"id": "i-2", "persoon": "n-1", "antwoord": "niet_gevraagd"}])
    told = run(desk, "agreed", kaart, "a-1", "--author", SANNE.email).output
    assert "i-1  Noor: Ja\n" in told
    assert "(de woorden van nu)" in told
    change(desk, kaart, tekst="Vader belt tante.")
    told = run(desk, "agreed", kaart, "a-1", "--author", SANNE.email).output
    assert "i-1  Noor: Opnieuw vragen (eerder: Ja)\n" in told
    assert f"{revision}  " in told
    assert "    ~ Wat is de afspraak?: Vader belt oma als hij boos wordt. → Vader belt tante.\n" in told
    assert "i-2  Oma Riet: Nog niet gevraagd\n" in told
    noor, oma = json.loads(run(desk, "agreed", kaart, "a-1", "--json", "--author", SANNE.email).output)
    assert (noor["said"], noor["again"], noor["holds"], noor["revision"]) == (NOOR, True, False, revision)
    assert (noor["changed"], noor["words"]["tekst"]) == (["tekst"], "Vader belt oma als hij boos wordt.")
    assert (oma["said"], oma["revision"], oma["words"]) == (None, None, None)
    for item in ("a-99", "p-1"):
        assert run(desk, "agreed", kaart, item, "--author", SANNE.email).exit_code == NOT_FOUND
