"""Making a card: from the few things that must be known, or from a file."""

import io
import json

import pytest

from app.content.forms import write_form
from app.services import reading
from app.services.desk import Desk
from tests.desks import SANNE, new_card
from tests.web.gateway import Gateway, Page


def typed(page: Page) -> dict[str, str]:
    names = list(page.values())
    person = next(name for name in names if name.startswith("personen.") and name.endswith(".naam"))
    return {
        "kaart.naam": "Gezin Aerts",
        "kaart.soort": "gezin",
        "kaart.gemeente": "Zundert",
        person: "Noor Aerts",
        person.replace(".naam", ".rol"): "kind",
    }


def test_a_card_begins_with_a_few_fields_and_its_maker_as_dossierhouder(browser: Gateway, desk: Desk) -> None:
    page = browser.get("/kaarten/_nieuw")
    done = browser.send(page, {**typed(page), "_reden": "Melding van school."})
    made = reading.read_card(desk, SANNE, done.location.rpartition("/")[2])
    head, document = made.document["kaart"], made.document
    assert (head["naam"], head["gemeente"], head["toestand"]) == ("Gezin Aerts", "Zundert", "concept")
    assert [one["naam"] for one in document["personen"]] == ["Noor Aerts"]
    (me,) = document["professionals"]
    assert (me["naam"], me["organisatie"], me["id"]) == (SANNE.name, SANNE.organisation, head["dossierhouder"])
    assert reading.read_history(desk, SANNE, made.id)[0].reason == "Melding van school."
    assert "Gezin Aerts" in browser.follow(done).texts("//h1")


def test_sending_it_twice_makes_one_card(browser: Gateway, desk: Desk) -> None:
    page = browser.get("/kaarten/_nieuw")
    first, second = browser.send(page, typed(page)), browser.send(page, typed(page))
    assert first.location == second.location
    assert len(list(desk.kaarten.ids())) == 1


def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays(browser: Gateway, desk: Desk) -> None:
    page = browser.get("/kaarten/_nieuw")
    again = browser.send(page, {**typed(page), "kaart.gemeente": "", "_reden": "Omdat"}, 422)
    assert again.error_at("kaart.gemeente")
    assert [again.values()["kaart.naam"], again.values()["_reden"]] == ["Gezin Aerts", "Omdat"]
    assert again.values()["_id"] == page.values()["_id"]
    assert list(desk.kaarten.ids()) == []
    browser.send(again, {"kaart.gemeente": "Zundert"})


def test_one_more_person_is_asked_for_without_losing_the_first(browser: Gateway) -> None:
    page = browser.get("/kaarten/_nieuw")
    more = browser.send(page, typed(page), 200, button=("_meer", "personen"))
    rows = [name for name in more.values() if name.startswith("personen.") and name.endswith(".naam")]
    assert len(rows) == 3
    assert more.values()[rows[0]] == "Noor Aerts"


@pytest.mark.parametrize("form", ["json", "markdown"])
def test_a_card_is_read_in_from_a_file(browser: Gateway, desk: Desk, form: str) -> None:
    ending = {"json": "json", "markdown": "md"}[form]
    data = write_form(new_card(), form, desk.types)
    assert desk.kaarten.read(_sent(browser, data, f"Kaart.{ending.upper()}", 303).location.rpartition("/")[2])


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"{", "kaart.json", "egel"),
        (json.dumps({"kaart": {"soort": "gezin"}}).encode(), "kaart.json", "Gemeente"),
        (b"\xff\xfe", "kaart.md", "UTF-8"),
        (b"x", "kaart.docx", ".json of .md"),
        (b"", "", ".json of .md"),
    ],
)
def test_a_file_that_is_no_card_makes_none(browser: Gateway, desk: Desk, data: bytes, name: str, said: str) -> None:
    page = _sent(browser, data, name, 422)
    assert said in " ".join(page.texts("//*[@role='alert']"))
    assert list(desk.kaarten.ids()) == []


def _sent(browser: Gateway, data: bytes, name: str, status: int) -> Page:
    token = browser.get("/kaarten/_nieuw").values()["_csrf"]
    fields = {"_csrf": token, "bestand": (io.BytesIO(data), name)}
    return browser.post("/kaarten/_nieuw/bestand", fields, status)
