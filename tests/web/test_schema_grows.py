"""A property added to the schema is on the page, in the form, in a difference and in a search. No code changes."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.services import editing, reading
from app.services.desk import Desk
from app.storage.schemas import load_card_type
from app.web import create_app
from tests.cards import SCHEMAS
from tests.desks import SANNE, new_card, open_test_desk, peopled
from tests.web.gateway import Gateway

ID = {"$ref": "#/$defs/id", "title": "Nummer", "readOnly": True}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the schema files, to change."""
    copy = tmp_path / "veiligheidskaart"
    shutil.copytree(SCHEMAS / "veiligheidskaart", copy)
    return copy


def _grow(path: Path) -> None:
    """Add four kinds of field to an afspraak, and a section."""
    schema = json.loads(path.read_text("utf-8"))
    added: dict[str, Any] = {
        "roepnaam": {"type": "string", "title": "Bijnaam van de afspraak", "maxLength": 80},
        "kleur": {
            "type": "string",
            "title": "Kleur",
            "enum": ["rood", "groen"],
            "x-labels": {"rood": "Vuurrood", "groen": "Grasgroen"},
            "x-group": "Opmaak",
        },
        "getuigen": {
            "type": "array",
            "title": "Getuigen",
            "items": {"$ref": "#/$defs/id", "x-refers-to": ["personen", "dieren"]},
        },
        "woorden": {"type": "array", "title": "Trefwoorden", "items": {"type": "string"}},
    }
    schema["properties"]["afspraken"]["items"]["properties"].update(added)
    schema["properties"]["dieren"] = {
        "title": "Huisdieren",
        "description": "Wie er nog meer woont.",
        "type": "array",
        "x-prefix": "y",
        "x-title": ["naam"],
        "items": {
            "title": "Huisdier",
            "type": "object",
            "additionalProperties": False,
            "required": ["id", "naam"],
            "properties": {"id": ID, "naam": {"$ref": "#/$defs/regel", "title": "Naam"}},
        },
    }
    path.write_text(json.dumps(schema), "utf-8")


def _desk(folder: Path) -> Desk:
    return peopled(open_test_desk(folder.parent, load_card_type(folder)))


def _browser(desk: Desk) -> Gateway:
    return Gateway(create_app(desk, "x" * 32, demonstration=True).test_client()).become("sanne")


def test_new_fields_and_a_new_section_are_everywhere(folder: Path) -> None:
    _grow(folder / "1.json")
    desk = _desk(folder)
    kaart_id = editing.create_card(desk, SANNE, new_card())
    kaart, browser = f"/kaarten/{kaart_id}", _browser(desk)

    assert f"{kaart}/dieren/_nieuw" in browser.get(kaart).links()
    browser.send(browser.get(f"{kaart}/dieren/_nieuw"), {"naam": "Kater Simba"})
    cat = reading.read_card(desk, SANNE, kaart_id).document["dieren"][0]["id"]
    before = reading.read_card(desk, SANNE, kaart_id).revision
    form = browser.get(f"{kaart}/afspraken/a-1")
    assert form.texts("//label[@for='veld-roepnaam']") == ["Bijnaam van de afspraak"]
    typed = {"roepnaam": "De belafspraak", "kleur": "rood", "getuigen": ["", cat], "woorden": "bellen\r\n\r\nopa"}
    browser.send(form, typed)

    page = browser.get(kaart)
    assert "Huisdieren" in page.texts("//h2")
    item = page.texts("//article[@id='a-1']")[0]
    for words in ("Bijnaam van de afspraak", "De belafspraak", "Vuurrood", "Getuigen", "Kater Simba", "bellen, opa"):
        assert words in item
    after = reading.read_card(desk, SANNE, kaart_id).revision
    difference = browser.get(f"{kaart}/vergelijken?van={before}&tot={after}").text
    for words in ("Bijnaam van de afspraak", "De belafspraak", "Kleur", "Vuurrood", "Kater Simba", "Trefwoorden"):
        assert words in difference
    assert "Bijnaam van de afspraak" in browser.get(f"{kaart}/geschiedenis").text
    for word in ("belafspraak", "vuurrood", "simba"):
        assert kaart in browser.get(f"/kaarten?zoek={word}").links()


def test_the_fields_of_a_region_are_asked_and_shown(folder: Path) -> None:
    region = {
        "type": "object",
        "properties": {
            "kaart": {"properties": {"wbw_wijk": {"type": "string", "title": "Wijk"}}},
            "afspraken": {"items": {"properties": {"wbw_ronde": {"type": "integer", "title": "Ronde"}}}},
        },
    }
    (folder / "1.wbw.json").write_text(json.dumps(region), "utf-8")
    desk = _desk(folder)
    head = {**new_card()["kaart"], "regioschema": "veiligheidskaart/1.wbw"}
    kaart_id = editing.create_card(desk, SANNE, new_card(kaart=head))
    kaart, browser = f"/kaarten/{kaart_id}", _browser(desk)
    browser.send(browser.get(f"{kaart}/kaart"), {"wbw_wijk": "De Linde"})
    browser.send(browser.get(f"{kaart}/afspraken/a-1"), {"wbw_ronde": "3"})
    page = browser.get(kaart)
    assert "Wijk" in page.text
    assert "De Linde" in page.text
    assert "Ronde" in page.texts("//article[@id='a-1']")[0]


def test_the_fields_of_a_region_that_is_not_installed_are_shown_as_text_and_kept(folder: Path) -> None:
    desk = _desk(folder)
    head = {**new_card()["kaart"], "regioschema": "veiligheidskaart/1.xyz", "xyz_wijk": "Oost"}
    card = new_card(kaart=head)
    card["afspraken"][0]["xyz_punten"] = [{"a": "Een"}, {"b": "Twee"}]
    card["xyz_lijst"] = [{"id": "q-1", "xyz_naam": "Ding"}]
    kaart_id = editing.create_card(desk, SANNE, card)
    kaart, browser = f"/kaarten/{kaart_id}", _browser(desk)
    page = browser.get(kaart)
    assert "Oost" in page.text
    assert "Een" in page.texts("//article[@id='a-1']")[0]
    assert "Ding" in page.text
    before = reading.read_card(desk, SANNE, kaart_id)
    browser.send(browser.get(f"{kaart}/afspraken/a-1"), {"tekst": "Vader belt tante."})
    after = reading.read_card(desk, SANNE, kaart_id)
    assert after.document["afspraken"][0]["xyz_punten"] == [{"a": "Een"}, {"b": "Twee"}]
    assert after.document["kaart"]["xyz_wijk"] == "Oost"
    browser.get(f"{kaart}/vergelijken?van={before.revision}&tot={after.revision}")
    browser.get(f"{kaart}/xyz_lijst/_nieuw", 404)


def test_no_section_is_called_like_a_page(folder: Path) -> None:
    taken = {"geschiedenis", "vergelijken", "revisies", "stappen", "tekst"}
    assert not taken & set(load_card_type(folder).current.shape.fields)
