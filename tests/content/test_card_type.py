"""Versions, regions and upgrades: one more schema file, and no Python."""

import hashlib
import json
from copy import deepcopy
from typing import Any

import pytest

from app.content import Document
from app.content.card_type import CardType
from app.content.forms import parse_form, write_form
from app.content.problems import InvalidCard
from app.content.shape import SchemaError
from app.content.validate import validate
from tests.cards import SCHEMAS, small_card

FOLDER = SCHEMAS / "veiligheidskaart"

RELEASED = {
    "1.json": "186a5065bf93d1d7591ea0875a165efee6427d35fa0a41b30d0fe2e365066d85",
}
"""Released versions never change: cards everywhere name them. A new version is a new file and a new line here."""

REGION: Document = {
    "title": "Proefregio",
    "properties": {
        "afspraken": {
            "items": {
                "properties": {
                    "xyz_kosten": {"title": "Kosten", "description": "Wat het kost.", "$ref": "#/$defs/regel"},
                    "xyz_soort": {
                        "title": "Soort afspraak",
                        "description": "Welke soort.",
                        "type": "string",
                        "enum": ["vast", "los"],
                        "x-labels": {"vast": "Vast", "los": "Los"},
                    },
                }
            }
        },
        "xyz_buren": {
            "title": "Buren",
            "description": "Wie er naast wonen.",
            "type": "array",
            "minItems": 1,
            "maxItems": 10,
            "x-prefix": "b",
            "x-title": ["naam"],
            "items": {
                "title": "Buur",
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "naam"],
                "properties": {
                    "id": {"title": "Nummer", "$ref": "#/$defs/id", "readOnly": True},
                    "naam": {"title": "Naam", "$ref": "#/$defs/regel"},
                },
            },
        },
    },
}


def files() -> dict[str, Any]:
    return {path.name: json.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.json")}


def regional_card() -> Document:
    card = small_card(xyz_buren=[{"id": "b-1", "naam": "Fien"}])
    card["kaart"]["regioschema"] = "veiligheidskaart/1.xyz"
    card["afspraken"][0] |= {"xyz_kosten": "€ 20", "xyz_soort": "vast"}
    return card


@pytest.mark.parametrize("name", RELEASED)
def test_a_released_version_never_changes(name: str) -> None:
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == RELEASED[name]


def test_every_version_on_disk_is_named_here() -> None:
    assert {path.name for path in FOLDER.glob("[0-9]*.json")} == set(RELEASED)


def test_every_property_says_in_dutch_what_it_is() -> None:
    def walk(schema: Any, path: str) -> None:
        for key, inner in schema.get("properties", {}).items():
            here = f"{path}/{key}"
            assert inner.get("title"), here
            assert inner.get("description"), here
            walk(inner, here)
            walk(inner.get("items", {}), here)

    walk(files()["1.json"], "")


def test_a_region_adds_fields_and_sections_with_one_file() -> None:
    types = CardType("veiligheidskaart", {**files(), "1.xyz.json": REGION})
    card = regional_card()
    edition = types.edition_of(card)
    validate(card, edition)
    assert edition.shape["afspraken"].inner["xyz_kosten"].title == "Kosten"
    for form in ("json", "markdown"):
        assert parse_form(write_form(card, form, types), form, types) == (card, False)
    assert b"- Soort afspraak: Vast" in write_form(card, "markdown", types)
    card["afspraken"][0]["xyz_soort"] = "anders"
    with pytest.raises(InvalidCard, match="Kies een van"):
        validate(card, edition)


def test_fields_of_a_region_that_is_not_installed_are_kept_as_they_are() -> None:
    types = CardType("veiligheidskaart", files())
    card = regional_card()
    card["afspraken"][0]["xyz_meer"] = {"diep": [1, True, {"x": "ÿ"}]}
    for form in ("json", "markdown"):
        assert parse_form(write_form(card, form, types), form, types) == (card, False)
    card["afspraken"][0]["abc_vreemd"] = "x"
    with pytest.raises(InvalidCard, match="abc_vreemd"):
        validate(card, types.edition_of(card))


def test_a_card_without_a_region_has_no_fields_of_one() -> None:
    types = CardType("veiligheidskaart", {**files(), "1.xyz.json": REGION})
    card = small_card()
    card["afspraken"][0]["xyz_kosten"] = "€ 20"
    with pytest.raises(InvalidCard, match="xyz_kosten"):
        validate(card, types.edition_of(card))


@pytest.mark.parametrize(
    "region",
    [
        {"properties": {"afspraken": {"title": "Andere naam"}}},
        {"properties": {"zonder_voorvoegsel": {"title": "X", "type": "string"}}},
        {"properties": {"xyz_getal": {"title": "X", "type": "number"}}},
        {"properties": {"xyz_naamloos": {"type": "string"}}},
        {"properties": {"xyz_twee": {"title": "Afspraken", "type": "string"}}},
        {"properties": {"xyz_adres": {"title": "X", "type": "string", "format": "uri"}}},
    ],
)
def test_a_region_that_changes_what_is_there_or_leaves_the_profile_is_refused_at_start(region: Any) -> None:
    with pytest.raises(SchemaError):
        CardType("veiligheidskaart", {**files(), "1.xyz.json": region})


def second_version() -> CardType:
    """A version 2 that calls `fase` otherwise and splits nothing: enough to prove the mechanism."""
    newer = deepcopy(files()["1.json"])
    fields = newer["properties"]["kaart"]["properties"]
    fields["stap"] = {**fields.pop("fase"), "title": "Stap"}
    newer["properties"]["afspraken"]["items"]["properties"]["tekst"]["title"] = "De afspraak"

    def upgrade(document: Document) -> Document:
        head = {("stap" if key == "fase" else key): value for key, value in document["kaart"].items()}
        return {**document, "kaart": head}

    display = deepcopy(files()["display.json"])
    display["first"]["kaart"] = ["stap"]
    return CardType("veiligheidskaart", {**files(), "2.json": newer, "display.json": display}, {1: upgrade})


@pytest.mark.parametrize("form", ["json", "markdown"])
def test_an_older_version_is_upgraded_on_reading_in_both_forms(form: str) -> None:
    old, new = CardType("veiligheidskaart", files()), second_version()
    card = small_card()
    card["kaart"]["fase"] = "herstel"
    before = deepcopy(card)
    document, outdated = parse_form(write_form(card, form, old), form, new)
    assert outdated
    assert card == before
    assert (document["kaart"]["schema"], document["kaart"]["stap"]) == ("veiligheidskaart/2", "herstel")
    assert parse_form(write_form(document, form, new), form, new) == (document, False)


def test_a_card_with_a_region_stays_in_its_version_until_the_region_has_the_next() -> None:
    document, outdated = parse_form(
        write_form(regional_card(), "json", CardType("veiligheidskaart", files())), "json", second_version()
    )
    assert (outdated, document["kaart"]["schema"]) == (False, "veiligheidskaart/1")


def test_a_version_without_an_upgrade_to_it_is_refused_at_start() -> None:
    with pytest.raises(SchemaError, match="no upgrade from version 1"):
        CardType("veiligheidskaart", {**files(), "2.json": files()["1.json"]})


@pytest.mark.parametrize("name", ["veiligheidskaart/9", "iets/1", "../1", "veiligheidskaart/1.xyz"])
def test_an_unknown_version_is_refused_in_one_sentence(name: str) -> None:
    card = small_card()
    card["kaart"]["schema"] = name
    with pytest.raises(InvalidCard, match="kent het schema"):
        CardType("veiligheidskaart", files()).edition_of(card)
