"""Proposing what differs in a whole file: judged at once, each item as if it was proposed alone; no file crashes it."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from app.content import Document
from app.content.problems import InvalidCard
from app.content.validate import validate
from app.content.wanted import brought_in
from app.services import editing
from app.services.accepting import refuse
from app.services.desk import Desk
from app.services.errors import NotAllowed
from app.services.proposed import proposals
from app.services.proposing import propose, propose_file
from app.services.viewing import view
from tests.desks import MEHMET, SANNE, new_card, open_test_desk, peopled, share
from tests.duos import ROW, change


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path, alone=True))


@pytest.fixture
def kaart(desk: Desk) -> str:
    """A card with eight afspraken, one of them shielded from Mehmet."""
    card = new_card()
    card["professionals"].append(ROW)
    card["afspraken"] += [{**card["afspraken"][1], "id": f"a-{number}"} for number in range(3, 9)]
    made = editing.create_card(desk, SANNE, card, "Begin")
    share(desk, made, "account:mehmet", "behandelaar")
    change(desk, made, afgeschermdVoor=["w-2"], redenAfscherming="Veiligheid")
    return made


def seen_by_mehmet(desk: Desk, kaart: str) -> Document:
    return copy.deepcopy(view(desk, MEHMET, kaart).read().document)


def offer(desk: Desk, kaart: str, document: object) -> Any:
    data = json.dumps(document).encode()
    return propose_file(desk, MEHMET, kaart, data, "json", desk.kaarten.head(kaart), "Beter zo")


@pytest.mark.parametrize("section", ["x", [1], 5, {"id": "a-2"}, [{"id": ["q"]}], [{"tekst": 5}]], ids=str)
@pytest.mark.parametrize("key", ["afspraken", "voorwaarden", "kaart", "professionals"])
def test_a_section_that_is_none_is_refused_in_words(desk: Desk, kaart: str, key: str, section: object) -> None:
    before = desk.kaarten.overleg(kaart)
    with pytest.raises((InvalidCard, NotAllowed)) as refusal:
        offer(desk, kaart, seen_by_mehmet(desk, kaart) | {key: section})
    assert str(refusal.value)
    assert desk.kaarten.overleg(kaart) is before


def changed(desk: Desk, kaart: str, count: int) -> Document:
    document = seen_by_mehmet(desk, kaart)
    for number, one in enumerate(document["afspraken"][:count]):
        one["tekst"] = f"Woorden van {number} en {count}."
    return document


def test_many_items_are_judged_at_once(desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls, real = [0], validate

    def counted(*given: Any) -> None:
        calls[0] += 1
        real(*given)

    monkeypatch.setattr("app.services.wishing.validate", counted)
    counts = []
    for count in (2, 6):
        calls[0] = 0
        assert len(offer(desk, kaart, changed(desk, kaart, count))) == count
        counts.append(calls[0])
    assert counts[0] == counts[1]


def test_each_is_what_it_would_be_alone(desk: Desk, kaart: str) -> None:
    head, document = desk.kaarten.head(kaart), changed(desk, kaart, 3)
    document["afspraken"].append({**document["afspraken"][0], "id": "a-77", "afgeschermdVoor": ["w-1"]})
    document["afspraken"][-1]["redenAfscherming"] = "Niet voor haar"
    together = offer(desk, kaart, document)
    alone = [
        propose(desk, MEHMET, kaart, "afspraken", one, head, "Beter zo")
        for one in (*document["afspraken"][:3], document["afspraken"][-1])
    ]
    assert [(one.about, one.content, one.revision) for one in together] == [
        (one.about, one.content, one.revision) for one in alone
    ]
    assert together[-1].about[0].barred == ("w-1",)


def test_what_is_decided_is_held_against_nothing(desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = offer(desk, kaart, changed(desk, kaart, 3))
    refuse(desk, SANNE, kaart, [one.id for one in said[:2]], "Liever niet")
    compared: list[str] = []

    def brought(kaart: Document, section: str, item: str, *rest: Any) -> Any:
        compared.append(item)
        return brought_in(kaart, section, item, *rest)

    monkeypatch.setattr("app.services.proposed.brought_in", brought)
    (offered,) = proposals(desk, SANNE, kaart).offered
    assert [(one.open, len(one.comparison.changes)) for one in offered.items] == [(False, 0), (False, 0), (True, 1)]
    assert compared == [said[2].about[0].item]
