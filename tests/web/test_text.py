"""The whole card as text: changing it, looking before saving, faults by line, clashes, files."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.services import editing
from app.services.desk import Desk
from app.storage.records import Stored
from tests.desks import MEHMET, SANNE, close
from tests.web.gateway import Gateway, Page

Now = Callable[[], Stored]
LOOK, SAVE, BACK = ("_doe", "bekijk"), ("_doe", "bewaar"), ("_doe", "terug")


def text_of(page: Page) -> str:
    return (page.all("//textarea[@name='tekst']")[0].text or "").removeprefix("\n")


def changed(desk: Desk, now: Now, number: int, **fields: Any) -> None:
    """Mehmet changes an afspraak."""
    held = now()
    item = {**held.document["afspraken"][number], **fields}
    editing.save_item(desk, MEHMET, held.id, "afspraken", item, held.revision, "Mehmet was hier.")


@pytest.mark.parametrize("form", ["json", "markdown"])
@pytest.mark.parametrize("kept", ["json", "markdown"])
def test_either_form_can_be_changed_however_the_card_is_kept(
    browser: Gateway, desk: Desk, kaart: str, now: Now, form: str, kept: str
) -> None:
    editing.switch_form(desk, MEHMET, now().id, kept)
    page = browser.get(f"{kaart}/tekst?vorm={form}")
    text = text_of(page).replace("Vader belt oma", "Vader belt tante")
    look = browser.send(page, {"tekst": text, "_reden": "Tante woont dichterbij."}, 200, LOOK)
    assert look.texts("//article//ins") == ["[nieuw: tante]"]
    assert "tekst" in look.values()
    saved = browser.send(look, {}, 303, SAVE)
    assert saved.location.endswith(kaart)
    assert now().document["afspraken"][0]["tekst"].startswith("Vader belt tante")
    assert now().form == kept


def test_looking_saves_nothing_and_one_can_go_back(browser: Gateway, kaart: str, now: Now) -> None:
    before = now().revision
    page = browser.get(f"{kaart}/tekst?vorm=json")
    text = text_of(page).replace("Oma haalt", "Opa haalt")
    look = browser.send(page, {"tekst": text, "_reden": "Zo is het."}, 200, LOOK)
    back = browser.send(look, {}, 200, BACK)
    assert now().revision == before
    assert text_of(back) == text
    assert back.values()["_reden"] == "Zo is het."


def test_line_ends_of_a_browser_change_nothing(browser: Gateway, kaart: str) -> None:
    page = browser.get(f"{kaart}/tekst?vorm=markdown")
    look = browser.send(page, {"tekst": text_of(page).replace("\n", "\r\n")}, 200, LOOK)
    assert "Er is geen verschil" in look.text
    assert not look.all("//button[@value='bewaar']")


@pytest.mark.parametrize(
    ("form", "old", "new", "said"),
    [
        ("json", '"status": "actief"', '"status": "loopt"', "Status: Kies een van"),
        ("json", '"rol": "kind"', '"rol": "kind",', "geen geldige JSON"),
        ("json", '"naam": "Oma Riet"', '"naam": "Oma\\u0007Riet"', "onzichtbaar teken"),
        ("json", '"naam": "Oma Riet"', '"naam": 7', "Hier hoort tekst."),
        ("json", '"voorwaardeIds": [\n        "v-1"', '"voorwaardeIds": [\n        "v-9"', "v-9 staat niet bij"),
        ("markdown", "- Rol: Kind", "- Rol: Kint", "Bedoelt u"),
        ("markdown", "- Soort: ", "- Sort: ", "Sort"),
    ],
)
def test_a_fault_is_told_with_its_line_and_the_line_itself(
    browser: Gateway, kaart: str, now: Now, form: str, old: str, new: str, said: str
) -> None:
    page = browser.get(f"{kaart}/tekst?vorm={form}")
    before = text_of(page)
    assert old in before
    text = before.replace(old, new, 1)
    answer = browser.send(page, {"tekst": text}, 422, LOOK)
    assert said in answer.texts("//main//div[@class='summary']")[0]
    (number,) = {one.rpartition("-")[2] for one in answer.links("#_regel-")}
    line = answer.texts("//li[@class='line line--wrong']/code")[0]
    assert line == " ".join(text.split("\n")[int(number) - 1].split())
    assert text_of(answer) == text
    first = (
        next(
            place
            for place, (one, other) in enumerate(zip(before.split("\n"), text.split("\n"), strict=False))
            if one != other
        )
        + 1
    )
    assert abs(int(number) - first) <= 1
    assert now().document["personen"][0]["rol"] == "kind"


def test_what_is_typed_is_only_text(browser: Gateway, kaart: str) -> None:
    page = browser.get(f"{kaart}/tekst?vorm=json")
    nasty = '</textarea><script>alert("x")</script>'
    answer = browser.send(page, {"tekst": nasty, "_reden": nasty}, 422, LOOK)
    assert text_of(answer).strip() == nasty
    text = text_of(page).replace("Oma Riet", "<b>Oma</b>")
    assert "<b>Oma</b>" in browser.send(page, {"tekst": text}, 200, LOOK).text


def test_a_text_of_thousands_of_lines_is_one_sound_page(browser: Gateway, kaart: str, now: Now) -> None:
    page = browser.get(f"{kaart}/tekst?vorm=json")
    document = json.loads(text_of(page))
    document["personen"] += [{"id": f"p-{number}x", "rol": "kind", "naam": f"Kind {number}"} for number in range(480)]
    document["netwerk"] += [{"id": f"n-{number}x", "naam": "Buur", "taak": f"Taak {number}"} for number in range(480)]
    text = json.dumps(document, indent=2, ensure_ascii=False)
    assert text.count("\n") > 4_500
    look = browser.send(page, {"tekst": text}, 200, LOOK)
    assert look.texts("//ul[@class='counted']/li") == ["Personen: 480 toegevoegd", "Netwerk: 480 toegevoegd"]
    wrong = browser.send(page, {"tekst": text.replace('"rol": "kind"', '"rol": "kid"')}, 422, LOOK)
    assert len(wrong.source) < 600_000
    browser.send(look, {}, 303, SAVE)
    assert len(now().document["personen"]) == 482


def test_two_at_once_who_touch_different_things_are_brought_together(
    browser: Gateway, desk: Desk, kaart: str, now: Now
) -> None:
    page = browser.get(f"{kaart}/tekst?vorm=markdown")
    changed(desk, now, 1, frequentie="Elke woensdag")
    look = browser.send(page, {"tekst": text_of(page).replace("Vader belt oma", "Vader belt tante")}, 200, LOOK)
    browser.send(look, {}, 303, SAVE)
    first, second = now().document["afspraken"]
    assert first["tekst"].startswith("Vader belt tante")
    assert second["frequentie"] == "Elke woensdag"


@pytest.mark.parametrize(("choice", "kept"), [("mijn", "Vader belt tante"), ("ander", "Vader belt opa")])
def test_where_two_changed_the_same_one_chooses_and_nothing_is_lost(
    browser: Gateway, desk: Desk, kaart: str, now: Now, choice: str, kept: str
) -> None:
    page = browser.get(f"{kaart}/tekst?vorm=json")
    changed(desk, now, 0, tekst="Vader belt opa.", frequentie="Elke avond")
    text = text_of(page).replace("Vader belt oma", "Vader belt tante").replace('"Oma Riet"', '"Oma Rita"')
    clash = browser.send(page, {"tekst": text, "_reden": "Mijn reden."}, 409, LOOK)
    assert clash.texts("//h1") == ["Iemand anders was u voor"]
    assert "Mehmet Kaya" in clash.texts("//ul[@class='saves']")[0]
    assert "Vader belt opa." in clash.texts("//fieldset[@class='choose']")[0]
    assert text_of(clash) == text
    undecided = browser.send(clash, {"_keuze.afspraken.a-1.tekst": None}, 409, LOOK)
    look = browser.send(undecided, {"_keuze.afspraken.a-1.tekst": choice}, 200, LOOK)
    assert "Wat een ander intussen wijzigde" in look.text
    browser.send(look, {}, 303, SAVE)
    assert now().document["afspraken"][0]["tekst"].startswith(kept)
    assert now().document["afspraken"][0]["frequentie"] == "Elke avond"
    assert now().document["netwerk"][0]["naam"] == "Oma Rita"


def test_a_save_between_looking_and_saving_is_met_there(browser: Gateway, desk: Desk, kaart: str, now: Now) -> None:
    page = browser.get(f"{kaart}/tekst?vorm=json")
    look = browser.send(page, {"tekst": text_of(page).replace("Vader belt oma", "Vader belt tante")}, 200, LOOK)
    changed(desk, now, 0, tekst="Vader belt opa.")
    clash = browser.send(look, {}, 409, SAVE)
    assert "Vader belt tante" in text_of(clash)


def test_an_item_that_the_other_removed_can_be_kept(browser: Gateway, desk: Desk, kaart: str, now: Now) -> None:
    page = browser.get(f"{kaart}/tekst?vorm=json")
    editing.remove_item(desk, MEHMET, now().id, "afspraken", "a-1", now().revision, "Weg.")
    clash = browser.send(page, {"tekst": text_of(page).replace("Vader belt oma", "Vader belt tante")}, 409, LOOK)
    look = browser.send(clash, {"_keuze.afspraken.a-1": "mijn"}, 200, LOOK)
    browser.send(look, {}, 303, SAVE)
    assert [one["id"] for one in now().document["afspraken"]] == ["a-1", "a-2"]
    assert now().document["afspraken"][0]["tekst"].startswith("Vader belt tante")


def upload(browser: Gateway, page: Page, data: bytes, name: str, status: int) -> Page:
    values = page.values()
    values.setlist("bestand", [(io.BytesIO(data), name)])  # type: ignore[list-item]
    return browser.post(page.form().get("action"), values, status)


def test_a_text_can_be_left_as_a_draft_and_gone_on_with(browser: Gateway, other: Gateway, kaart: str, now: Now) -> None:
    before = now().revision
    page = browser.get(f"{kaart}/tekst?vorm=markdown")
    text = text_of(page).replace("Vader belt oma", "Vader belt tante")
    kept = browser.send(page, {"tekst": text, "_reden": "Bijna af."}, 303, ("_bewaarklad", "ja"))
    assert now().revision == before
    assert "U was hier al bezig" in browser.get(f"{kaart}/tekst").text
    assert "U was hier al bezig" not in other.get(f"{kaart}/tekst").text
    further = browser.follow(kept)
    assert text_of(further) == text
    look = browser.send(further, {}, 200, LOOK)
    browser.send(look, {}, 303, SAVE)
    assert now().document["afspraken"][0]["tekst"].startswith("Vader belt tante")
    assert "U was hier al bezig" not in browser.get(f"{kaart}/tekst").text


def test_a_text_of_a_session_that_is_over_is_shown_again(app: Flask, browser: Gateway, kaart: str, now: Now) -> None:
    before = now().revision
    page = browser.get(f"{kaart}/tekst")
    values = page.values()
    values.setlist("tekst", [text_of(page).replace("Oma Riet", "Oma Rita")])
    values.setlist("_csrf", ["oud"])
    app.config["SECRET_KEY"] = "y" * 32
    answer = browser.client.post(f"{kaart}/tekst", data=values, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 409
    assert "Oma Rita" in answer.get_data(as_text=True)
    assert now().revision == before


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_a_file_is_looked_at_as_a_typed_text_is(browser: Gateway, kaart: str, start: bytes) -> None:
    page = browser.get(f"{kaart}/tekst?vorm=json")
    other = browser.get(f"{kaart}/tekst?vorm=markdown")
    data = start + text_of(other).replace("Vader belt oma", "Vader belt tante").replace("\n", "\r\n").encode()
    look = upload(browser, page, data, "Kaart.MD", 200)
    assert look.texts("//article//ins") == ["[nieuw: tante]"]


def test_a_file_in_another_encoding_gets_one_sentence(browser: Gateway, kaart: str) -> None:
    page = browser.get(f"{kaart}/tekst?vorm=json")
    answer = upload(browser, page, "é".encode("latin-1"), "kaart.json", 422)
    assert answer.texts("//div[@class='summary']//li") == [
        "Regel 1: Dit bestand is geen tekst in UTF-8. Bewaar het als UTF-8."
    ]
    assert text_of(answer) == text_of(page)


def test_a_file_of_three_megabytes_is_refused(browser: Gateway, kaart: str, now: Now) -> None:
    before = now().revision
    head = b'--x\r\nContent-Disposition: form-data; name="bestand"; filename="kaart.json"\r\n\r\n'
    body = head + b"x" * 3_000_000 + b"\r\n--x--\r\n"
    answer = browser.client.post(f"{kaart}/tekst", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "te veel tekst" in answer.get_data(as_text=True)
    assert now().revision == before


@pytest.mark.parametrize(("name", "form"), [("kaart.json", "json"), ("kaart.md", "markdown")])
def test_a_card_can_be_taken_along_as_it_is_and_as_it_was(
    browser: Gateway, desk: Desk, kaart: str, now: Now, name: str, form: str
) -> None:
    before = now().revision
    changed(desk, now, 0, tekst="Vader belt opa.")
    page = browser.get(f"{kaart}/{name}")
    assert page.source == text_of(browser.get(f"{kaart}/tekst?vorm={form}"))
    called = page.response.headers["Content-Disposition"]
    assert called.startswith("attachment; filename=")
    assert "Dale" not in called
    assert "Vader belt oma" in browser.get(f"{kaart}/{name}?versie={before}").source
    browser.get(f"{kaart}/{name}?versie={'0' * 40}", 404)
    browser.get(f"{kaart}/{name}?versie=--help", 404)
    browser.get(f"{kaart}/tekst?vorm=pdf", 404)


def test_a_closed_card_is_not_written_but_can_be_taken_along(
    browser: Gateway, desk: Desk, kaart: str, now: Now
) -> None:
    held = now()
    ready = {"fase": "herstel", "kader": "vrijwillig", "volgendeEvaluatie": "2027-01-12"}
    document = {**held.document, "kaart": {**held.document["kaart"], **ready}}
    editing.save_card(desk, MEHMET, held.id, document, held.revision, "")
    page = browser.get(f"{kaart}/tekst?vorm=json")
    editing.transition(desk, MEHMET, held.id, "activeren", now().revision, "Klaar.")
    close(desk, held.id, MEHMET, SANNE)
    refused = browser.send(page, {"tekst": text_of(page).replace("Oma Riet", "Oma Rita")}, 403, LOOK)
    assert "Oma Rita" in text_of(refused)
    browser.get(f"{kaart}/tekst", 403)
    browser.get(f"{kaart}/kaart.json")
