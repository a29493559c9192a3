"""Small cards for tests that need one they can read whole."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from app.content import Document
from app.content.card_type import CardType
from app.storage.schemas import load_card_type

SCHEMAS = Path(__file__).parent.parent / "schemas"

_SMALL: Document = {
    "kaart": {
        "id": "6b6f0c1e-51a5-4f0e-9d3e-0c8f7a1b2c3d",
        "schema": "veiligheidskaart/1",
        "toestand": "concept",
        "naam": "Gezin Van Dale",
        "soort": "gezin",
        "gemeente": "Halderberge",
        "dossierhouder": "w-1",
    },
    "onveilig": [{"id": "o-1", "tekst": "Er wordt geschreeuwd.", "onveiligheid": "structureel"}],
    "voorwaarden": [{"id": "v-1", "tekst": "Iedereen slaapt rustig.", "onveiligIds": ["o-1"], "status": "open"}],
    "afspraken": [
        {
            "id": "a-1",
            "tekst": "Vader belt oma als hij boos wordt.",
            "wie": ["p-2"],
            "start": "2026-03-12",
            "frequentie": "Elke keer",
            "toezichtDoor": ["w-1"],
            "voorwaardeIds": ["v-1"],
            "status": "actief",
        },
        {
            "id": "a-2",
            "tekst": "Oma haalt Noor op woensdag uit school.",
            "wie": ["n-1"],
            "start": "2026-03-12",
            "termijn": "2026-12-01",
            "toezichtDoor": ["w-1"],
            "status": "actief",
        },
    ],
    "personen": [
        {"id": "p-1", "rol": "kind", "naam": "Noor"},
        {"id": "p-2", "rol": "ouder", "naam": "Vader Van Dale"},
    ],
    "netwerk": [{"id": "n-1", "naam": "Oma Riet"}],
    "professionals": [{"id": "w-1", "naam": "Sanne Bakker", "organisatie": "CJG Halderberge"}],
}


def small_card(**sections: Any) -> Document:
    """A small valid card; sections given by name take the place of its own."""
    return {**deepcopy(_SMALL), **sections}


@cache
def real_type() -> CardType:
    """The type that the project releases; one for all tests, as a process has one for all requests."""
    return load_card_type(SCHEMAS / "veiligheidskaart")
