"""Bad input, a store that fails, and what other programs wrote: one Dutch sentence, nothing lost, nothing shown."""

import json
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from app.services import editing, reading
from app.services.cataloguing import catch_up
from app.services.desk import Desk
from app.storage.errors import Busy, SaveInDoubt, StoreDamaged, StoreError, StoreFailed
from app.storage.kaart_writer import KaartWriter
from app.storage.kaarten import KaartRepository
from app.storage.records import Stored
from app.web import MAX_BYTES, create_app, words
from tests.desks import SANNE, new_card
from tests.web.gateway import Gateway

Now = Callable[[], Stored]
NOBODY = "b2f1a0c4-77de-4a51-9f0a-3c5d8e9f0a1b"
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}%(x)s"


def test_a_form_without_its_token_is_refused(browser: Gateway, kaart: str, now: Now) -> None:
    before = now().revision
    values = browser.get(f"{kaart}/afspraken/a-1").values()
    values.setlist("tekst", ["Anders"])
    del values["_csrf"]
    browser.post(f"{kaart}/afspraken/a-1", values, 400)
    browser.post("/persoon", {"persoon": "mehmet"}, 400)
    assert now().revision == before


@pytest.mark.parametrize(
    "address",
    [
        "/niets",
        "/kaarten/x",
        f"/kaarten/{NOBODY}",
        f"/kaarten/{NOBODY}/geschiedenis",
        f"/kaarten/{NOBODY.upper()}",
        "/kaarten/../../etc/passwd",
        "/kaarten/%2e%2e%2f",
        "{kaart}/afspraken/a-99",
        "{kaart}/afspraken/A-1",
        "{kaart}/niets/_nieuw",
        "{kaart}/niets",
        "{kaart}/kaart/_nieuw",
        "{kaart}/personen/a-1",
        "{kaart}/afspraken/a-99/verwijderen",
        "{kaart}/kaart/naam/verwijderen",
        "{kaart}/stappen/niets",
        "{kaart}/stappen/aannemen",
        "{kaart}/revisies/" + "0" * 40,
        "{kaart}/revisies/HEAD",
        "{kaart}/vergelijken?van=" + "0" * 40,
        "{kaart}/vergelijken?van=main&tot=--help",
        "{kaart}/geschiedenis?afspraak=A*",
    ],
)
def test_what_is_not_there_is_not_found(browser: Gateway, kaart: str, address: str) -> None:
    page = browser.get(address.format(kaart=kaart), 404)
    assert page.links("/kaarten")


def test_only_an_item_of_a_list_can_be_removed(browser: Gateway, kaart: str, now: Now) -> None:
    before = now().revision
    sent = browser.get(f"{kaart}/kaart").values()
    for address in ("kaart/naam", "niets/x", "afspraken/p-1"):
        browser.post(f"{kaart}/{address}/verwijderen", sent, 404)
    assert now().revision == before


def test_a_base_that_is_no_revision_is_refused(browser: Gateway, kaart: str) -> None:
    form = browser.get(f"{kaart}/afspraken/a-1")
    browser.send(form, {"_basis": "../x"}, 400)
    browser.send(browser.get(f"{kaart}/afspraken/_nieuw"), {"_id": "../a"}, 400)
    browser.send(form, {"instemming": ["<x>"]}, 400)


def test_other_methods_and_too_much_are_refused(browser: Gateway, kaart: str, now: Now) -> None:
    before = now().revision
    form = browser.get(f"{kaart}/afspraken/a-1")
    browser.send(form, {"tekst": "x" * (MAX_BYTES + 1)}, 413)
    browser.post(kaart, form.values(), 405)
    assert now().revision == before


def test_a_text_that_is_too_long_comes_back_whole(browser: Gateway, kaart: str) -> None:
    page = browser.send(browser.get(f"{kaart}/afspraken/a-1"), {"tekst": "é" * 20_001}, 422)
    assert "20000 tekens" in page.error_at("tekst")
    assert len(page.values()["tekst"]) == 20_001
    page = browser.send(browser.get(f"{kaart}/afspraken/a-1"), {"_reden": "x" * 5_001, "tekst": "Kort"}, 422)
    assert "korter" in page.error_at("_reden")
    assert len(page.values()["_reden"]) == 5_001


def test_a_base_that_is_not_there_keeps_what_was_typed(browser: Gateway, kaart: str, now: Now, desk: Desk) -> None:
    card = now().document
    for afspraak in card["afspraken"]:
        afspraak["frequentie"] = "Vaak"
    editing.save_card(desk, SANNE, now().id, card, now().revision, "")
    whole, middle = (step.revision for step in reading.read_history(desk, SANNE, now().id)[0].steps)
    assert whole == now().revision
    for number, base in enumerate(("0" * 40, middle)):
        typed = {"_basis": base, "tekst": f"Vader belt tante {number}.", "_reden": "Oma kan niet"}
        page = browser.send(browser.get(f"{kaart}/afspraken/a-1"), typed, 409)
        assert "waarmee u begon, is er niet" in page.texts("//*[@role='alert']")[0]
        assert page.values()["tekst"] == typed["tekst"]
        assert page.values()["_reden"] == "Oma kan niet"
        assert page.values()["_basis"] == now().revision
        browser.send(page)
        assert now().document["afspraken"][0]["tekst"] == typed["tekst"]
    head = browser.send(browser.get(f"{kaart}/kaart"), {"_basis": middle, "naam": "Gezin Anders"}, 409)
    assert head.values()["naam"] == "Gezin Anders"
    new = browser.send(browser.get(f"{kaart}/netwerk/_nieuw"), {"_basis": middle, "naam": "Opa"}, 409)
    browser.send(new, {"_vorige": "0" * 40}, 409)
    browser.send(new)
    assert now().document["netwerk"][-1]["naam"] == "Opa"


def test_a_base_that_is_not_there_keeps_what_was_typed_of_an_item_that_is_gone(
    browser: Gateway, kaart: str, now: Now, desk: Desk
) -> None:
    form = browser.get(f"{kaart}/afspraken/a-2")
    editing.remove_item(desk, SANNE, now().id, "afspraken", "a-2", now().revision, "")
    page = browser.send(form, {"_basis": "0" * 40, "tekst": "Opa komt.", "wie": ["", "n-1"]}, 409)
    browser.send(page)
    assert now().document["afspraken"][-1] == {**now().document["afspraken"][-1], "id": "a-2", "tekst": "Opa komt."}


def test_a_removal_that_fails_keeps_the_reason(
    browser: Gateway, kaart: str, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = browser.get(f"{kaart}/afspraken/a-2/verwijderen")
    page = browser.send(form, {"_basis": "0" * 40, "_reden": "Niet meer nodig"}, 409)
    assert page.values()["_reden"] == "Niet meer nodig"
    with monkeypatch.context() as broken:
        broken.setattr(KaartWriter, "save", _refuse)
        assert browser.send(page, {}, 503).values()["_reden"] == "Niet meer nodig"
    browser.send(page)
    assert len(now().document["afspraken"]) == 1


def test_a_step_that_cannot_be_taken_keeps_the_reason(
    browser: Gateway, kaart: str, now: Now, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sent = {"_csrf": browser.get("/persoon").values()["_csrf"], "_basis": now().revision, "_reden": "Daarom"}
    address = f"{kaart}/stappen/activeren"
    assert browser.post(address, sent, 422).texts("//main//blockquote") == ["Daarom"]
    head = {"fase": "herstel", "kader": "vrijwillig", "volgendeEvaluatie": "2027-01-12"}
    browser.send(browser.get(f"{kaart}/kaart"), head)
    form = browser.get(address)
    with monkeypatch.context() as broken:
        broken.setattr(KaartWriter, "save", _refuse)
        assert browser.send(form, {"_reden": "Daarom"}, 503).values()["_reden"] == "Daarom"
    _push(tmp_path, now().id, {**now().document, "personen": "geen"})
    assert browser.send(form, {"_reden": "Daarom"}, 409).values()["_reden"] == "Daarom"
    browser.post(f"{kaart}/stappen/aannemen", sent, 404)
    browser.post(f"{kaart}/stappen/niets", sent, 404)


def test_signs_that_nobody_sees_are_named(browser: Gateway, kaart: str) -> None:
    page = browser.send(browser.get(f"{kaart}/afspraken/a-1"), {"tekst": "Vader \u202ebelt"}, 422)
    assert "U+202E" in page.error_at("tekst")
    assert page.values()["tekst"] == "Vader \u202ebelt"


def test_no_text_of_a_person_becomes_markup(browser: Gateway, kaart: str, now: Now) -> None:
    before = now().revision
    typed = {"tekst": EVIL, "_reden": EVIL, "frequentie": EVIL}
    browser.send(browser.get(f"{kaart}/afspraken/a-1"), typed)
    browser.send(browser.get(f"{kaart}/netwerk/n-1"), {"naam": EVIL})
    browser.send(browser.get(f"{kaart}/kaart"), {"naam": EVIL, "gemeente": EVIL})
    addresses = [
        "/kaarten",
        "/kaarten?zoek=script",
        "/kaarten?zoek=" + "%3Cscript%3Ealert(1)%3C/script%3E",
        "/kaarten?gemeente=%3Cscript%3E",
        kaart,
        f"{kaart}/geschiedenis",
        f"{kaart}/geschiedenis?afspraak=a-1",
        f"{kaart}/vergelijken?van={before}&tot={now().revision}",
        f"{kaart}/revisies/{now().revision}",
        f"{kaart}/afspraken/a-1",
        f"{kaart}/afspraken/a-1/verwijderen",
        f"{kaart}/kaart",
        f"{kaart}/stappen/activeren",
    ]
    for address in addresses:
        page = browser.get(address)
        assert "<script>" not in page.source, address
        assert "<img" not in page.source, address
        assert "49" not in page.texts("//h1")[0], address


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (StoreFailed("disk"), "niets veranderd"),
        (StoreDamaged("object"), "beschadigd op de schijf"),
        (Busy("lock"), "Iemand anders"),
        (SaveInDoubt("fsync"), "niet zeker"),
    ],
)
def test_a_store_that_fails_says_so_and_keeps_what_was_typed(
    browser: Gateway, kaart: str, monkeypatch: pytest.MonkeyPatch, error: StoreError, words: str
) -> None:
    form = browser.get(f"{kaart}/afspraken/a-1")

    def fail(*_args: object) -> str:
        raise error

    monkeypatch.setattr(KaartWriter, "save", fail)
    page = browser.send(form, {"tekst": "Een lange tekst."}, 503)
    assert words in page.text
    assert page.values()["tekst"] == "Een lange tekst."
    monkeypatch.setattr(KaartRepository, "read", fail)
    page = browser.get(kaart, 503)
    assert words in page.text
    assert "Traceback" not in page.source
    assert str(error) not in page.text


def test_what_nobody_foresaw_is_one_sentence(browser: Gateway, kaart: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("/geheim/pad")

    monkeypatch.setattr(reading, "read_card", fail)
    page = browser.get(kaart, 500)
    assert "geheim" not in page.source
    assert "Er ging iets mis" in page.text


def test_a_revision_that_is_no_card_shows_the_last_good_one(
    browser: Gateway, kaart: str, now: Now, tmp_path: Path, desk: Desk
) -> None:
    good, form = now(), browser.get(f"{kaart}/afspraken/a-1")
    _push(tmp_path, good.id, {**good.document, "personen": "geen"})
    page = browser.get(kaart)
    assert "De nieuwste versie is geen goede kaart" in page.text
    assert "Vader belt oma" in page.text
    assert not page.links("/_nieuw")
    assert not page.links("/stappen/")
    browser.get(f"{kaart}/afspraken/a-1", 409)
    typed = browser.send(form, {"tekst": "Vader belt tante."}, 409)
    assert typed.values()["tekst"] == "Vader belt tante."
    history = browser.get(f"{kaart}/geschiedenis")
    assert "ander programma" in history.text
    browser.get(history.links("/revisies/")[0], 409)
    browser.get(history.links("/vergelijken?van")[0], 409)
    catch_up(desk)
    assert "Deze kaart is niet in orde" in browser.get("/kaarten").text


def test_what_an_administrator_pushed_is_in_the_history(browser: Gateway, kaart: str, now: Now, tmp_path: Path) -> None:
    card = now().document
    card["afspraken"][0]["tekst"] = "Vader belt de buurman."
    _push(tmp_path, now().id, card)
    assert "Vader belt de buurman." in browser.get(kaart).text
    history = browser.get(f"{kaart}/geschiedenis")
    assert "Met de hand" in history.texts("//ol[@class='saves-list']/li")[0]
    assert "Beheer" in history.text
    assert "[nieuw: de buurman]" in browser.get(history.links("/vergelijken?van")[0]).texts("//ins")


@pytest.mark.parametrize("date", ["@253402300799 +0000", "@1795420800 +0100"])
def test_a_strange_commit_of_another_program_is_shown_like_any_other(
    browser: Gateway, kaart: str, now: Now, tmp_path: Path, date: str
) -> None:
    message = "Met de hand\n\nOnderdeel: \u00a0\nVelden: \u00a0\nAfspraak: \u00a0\nOpslag: x\n"
    _push(tmp_path, now().id, {**now().document, "netwerk": [{"id": "n-1", "naam": "Oma"}]}, message, date)
    revision = now().revision
    for address in ("", "/geschiedenis", "/geschiedenis?afspraak=n-1", f"/revisies/{revision}", "/afspraken/a-1"):
        browser.get(f"{kaart}{address}")
    browser.get(browser.get(f"{kaart}/geschiedenis").links("/vergelijken?van")[0])
    browser.get("/kaarten")


def test_moments_at_the_ends_of_the_calendar_have_words(app: Flask) -> None:
    late, early = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
    with app.test_request_context():
        for say in (words.moment, words.day, words.exact):
            assert "9999" in say(late)
            assert "januari 1" in say(early)


def test_who_has_not_signed_in_is_asked_first_and_then_comes_where_he_was_going(app: Flask, desk: Desk) -> None:
    kaart_id = editing.create_card(desk, SANNE, new_card())
    browser = Gateway(app.test_client())
    page = browser.get(f"/kaarten/{kaart_id}?x=1", 302)
    assert page.location.startswith("/persoon?verder=")
    question = browser.follow(page)
    assert "Vader belt oma" not in question.text
    done = browser.send(question, {"persoon": "sanne"})
    assert done.location == f"/kaarten/{kaart_id}?x=1"
    assert "Vader belt oma" in browser.follow(done).text
    fresh = Gateway(app.test_client())
    fresh.post(f"/kaarten/{kaart_id}/kaart", question.values(), 401)
    Gateway(create_app(desk, "x" * 32, demonstration=False).test_client()).get("/persoon", 404)


def test_another_name_for_this_machine_is_refused(app: Flask) -> None:
    app.testing = False
    response = app.test_client().get("/kaarten", base_url="http://elders.example")
    assert response.status_code == 400
    assert response.text == "Deze aanvraag klopt niet.\n"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_program_says_that_it_is_well_and_its_files_may_be_kept(browser: Gateway) -> None:
    assert browser.get("/gezond").source == "ok\n"
    for sheet in browser.get("/kaarten").all("//link[@rel='stylesheet']/@href"):
        kept = browser.get(sheet)
        assert "immutable" in kept.response.headers["Cache-Control"]
    assert browser.get("/static/base.css").response.headers["Cache-Control"] == "no-store"


def _refuse(*_args: object) -> None:
    raise StoreFailed("disk")


def _push(folder: Path, kaart_id: str, card: object, message: str = "Met de hand", date: str = "") -> None:
    """What an administrator does with the ordinary git client."""
    (bare,) = (folder / "cards_repo").glob(f"*/{kaart_id}*")
    copy = folder / "copy"
    subprocess.run(["git", "clone", "-q", bare, copy], check=True)
    (copy / "kaart.json").write_text(json.dumps(card), "utf-8")
    who = ["-c", "user.name=Beheer", "-c", "user.email=beheer@localhost"]
    dated = {**os.environ, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else None
    subprocess.run(["git", *who, "commit", "-qam", message], cwd=copy, check=True, env=dated)
    subprocess.run(["git", "push", "-q", "origin", "HEAD"], cwd=copy, check=True)
