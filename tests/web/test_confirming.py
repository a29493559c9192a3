"""Four eyes in the browser: asking, confirming, refusing, and the same person never twice."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.services import editing
from app.services.cataloguing import catch_up
from app.services.desk import Desk
from app.web import create_app
from tests.desks import SANNE, new_card, open_test_desk, peopled, share
from tests.services.test_saving import activated
from tests.web.gateway import HERE, Gateway

ROW = {"id": "w-2", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"}
SECRET = {"tekst": "Het geheime adres.", "afgeschermdVoor": ["w-2"], "redenAfscherming": "Veiligheid"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = peopled(open_test_desk(tmp_path, alone=True))
    catch_up(desk)
    return desk


@pytest.fixture
def app(desk: Desk) -> Flask:
    return create_app(desk, "x" * 32, demonstration=True)


@pytest.fixture
def sanne(app: Flask) -> Gateway:
    return Gateway(app.test_client()).become("sanne")


@pytest.fixture
def mehmet(app: Flask) -> Gateway:
    return Gateway(app.test_client()).become("mehmet")


@pytest.fixture
def kaart(desk: Desk) -> str:
    """The address of an active card of Sanne, on which Mehmet works too."""
    card = new_card()
    card["professionals"].append(ROW)
    identity = editing.create_card(desk, SANNE, card, "Begin")
    share(desk, identity, "account:mehmet", "behandelaar")
    activated(desk, identity)
    return f"/kaarten/{identity}"


def state(desk: Desk, kaart: str) -> str:
    return str(desk.kaarten.read(kaart.rpartition("/")[2]).document["kaart"]["toestand"])


def save(desk: Desk, kaart: str, **fields: Any) -> None:
    stored = desk.kaarten.read(kaart.rpartition("/")[2])
    editing.save_item(
        desk, SANNE, stored.id, "afspraken", {**stored.document["afspraken"][0], **fields}, stored.revision, "Veilig"
    )


def test_a_card_is_closed_by_two_people(sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str) -> None:
    step = sanne.get(f"{kaart}/stappen/afsluiten")
    assert "Dat gebeurt als een tweede persoon het bevestigt." in step.text
    page = sanne.follow(sanne.send(step, {"_reden": "Het gaat goed."}))
    assert "Uw verzoek staat klaar." in page.text
    assert state(desk, kaart) == "actief"
    assert not page.all("//button[@value='bevestigd']")
    (said,) = page.all("//input[@name='verzoek']/@value")
    refused = sanne.post(f"{kaart}/bevestigen", {**page.values(), "verzoek": said, "besluit": "bevestigd"}, 409, HERE)
    assert "U vroeg dit zelf." in refused.text
    assert state(desk, kaart) == "actief"
    card = mehmet.get(kaart)
    assert "Sanne Bakker vraagt een tweede persoon: Afsluiten." in card.text
    form = mehmet.get(card.links("/bevestigen")[0])
    back = mehmet.send(form, {}, 422, button=("besluit", "niet_bevestigd"))
    assert "Schrijf op waarom." in back.text
    done = mehmet.follow(mehmet.send(form, {"tekst": "Ik zie het ook."}, button=("besluit", "bevestigd")))
    assert "Bevestigd." in done.text
    assert "Ik zie het ook." in done.text
    assert state(desk, kaart) == "afgesloten"
    assert "bevestigd door Mehmet Kaya" in mehmet.get(f"{kaart}/geschiedenis").text


def test_a_request_is_taken_back_and_a_stale_answer_changes_nothing(
    sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    sanne.send(sanne.get(f"{kaart}/stappen/afsluiten"), {"_reden": "Klaar."})
    form = mehmet.get(f"{kaart}/bevestigen")
    back = mehmet.send(form, {"_csrf": "oud", "tekst": "Goed zo."}, 409, button=("besluit", "bevestigd"))
    assert back.values()["tekst"].strip() == "Goed zo."
    page = sanne.follow(sanne.send(sanne.get(f"{kaart}/bevestigen")))
    assert "Uw verzoek is ingetrokken." in page.text
    assert "Er hoeft nu niets te worden bevestigd." in page.text
    late = mehmet.send(form, {"tekst": "Goed."}, 409, button=("besluit", "bevestigd"))
    assert "al besloten" in late.text
    assert state(desk, kaart) == "actief"


def test_lifting_a_shield_keeps_what_was_typed_and_asks(sanne: Gateway, desk: Desk, kaart: str) -> None:
    save(desk, kaart, **SECRET)
    form = sanne.get(f"{kaart}/afspraken/a-1")
    back = sanne.send(form, {"afgeschermdVoor": "", "tekst": "Het adres mag bekend zijn."}, 409)
    assert "‘Afscherming opheffen’ doet u met een tweede persoon." in back.text
    assert back.values()["tekst"].strip() == "Het adres mag bekend zijn."
    assert back.texts("//main//button[contains(@class, 'button--main')]") == ["Vraag een tweede persoon"] * 2
    assert back.texts("//*[@class='summary']//button") == ["Vraag een tweede persoon"]
    (address,) = {one for one in back.all("//button/@formaction") if "/bevestigen/" in one}
    without = sanne.post(address, back.values(), 422, HERE)
    assert without.error_at("_reden").endswith("Schrijf op waarom.")
    assert without.texts("//main//button[contains(@class, 'button--main')]") == ["Vraag een tweede persoon"]
    values = without.values()
    values.setlist("_reden", ["Vader weet het nu."])
    page = sanne.follow(sanne.post(address, values, 303, HERE))
    assert "Afscherming opheffen: afspraak ‘Het geheime adres.’" in page.text
    assert "".join(page.all("//ins/text()")).strip() == "mag bekend zijn"
    held = desk.kaarten.read(kaart.rpartition("/")[2]).document["afspraken"][0]
    assert held["afgeschermdVoor"] == ["w-2"]


def test_from_whom_something_is_shielded_hears_nothing_of_it(
    sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    save(desk, kaart, **SECRET)
    assert "Afschermen" in sanne.get(f"{kaart}/bevestigen").text
    assert "Er hoeft nu niets te worden bevestigd." in mehmet.get(f"{kaart}/bevestigen").text
    assert "tweede persoon" not in mehmet.get(kaart).text


def many(desk: Desk, kaart: str, number: int) -> list[str]:
    """So many afspraken, each shielded by Sanne from somebody; their ids."""
    identity = kaart.rpartition("/")[2]
    document = desk.kaarten.read(identity).document
    shield = {"afgeschermdVoor": ["w-9"], "redenAfscherming": "Veiligheid"}
    row = {"id": "w-9", "naam": "Joost Mol", "organisatie": "Huisarts"}
    new = [
        {**document["afspraken"][0], "id": f"a-{place + 20}", "tekst": f"Adres {place}."} | shield
        for place in range(number)
    ]
    card = {**document, "professionals": [*document["professionals"], row], "afspraken": [*document["afspraken"], *new]}
    editing.save_card(desk, SANNE, identity, card, desk.kaarten.read(identity).revision, "Vader zoekt hen.")
    return [one["id"] for one in new]


def test_what_one_person_shielded_is_one_line_on_the_card_and_is_confirmed_in_one_go(
    sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    many(desk, kaart, 3)
    sanne.send(sanne.get(f"{kaart}/stappen/afsluiten"), {"_reden": "Klaar."})
    assert "U vroeg een tweede persoon: Afsluiten." in sanne.get(kaart).text
    assert "U deed alvast: Afschermen, 3 onderdelen. Een ander kijkt dat na." in sanne.get(kaart).text
    card = mehmet.get(kaart)
    assert "Sanne Bakker vraagt een tweede persoon: Afsluiten." in card.text
    assert card.text.count("Sanne Bakker deed alvast: Afschermen, 3 onderdelen.") == 1
    form = mehmet.get(f"{kaart}/bevestigen")
    assert "afspraak ‘Adres 1.’ afgeschermd voor Joost Mol" in form.text
    first, second, third = form.all("//input[@type='checkbox'][@name='verzoek']/@value")
    (group,) = form.all("//form[.//input[@type='checkbox']]//input[@name='groep']/@value")
    answer = {"_csrf": form.values()["_csrf"], "groep": group, "besluit": "bevestigd", "tekst": "Goed."}
    none = mehmet.post(f"{kaart}/bevestigen", answer, 422, HERE)
    assert none.all("//*[@class='summary'][@autofocus]//a/@href") == [f"#_k-{group}"]
    done = mehmet.follow(mehmet.post(f"{kaart}/bevestigen", {**answer, "verzoek": [first, second]}, 303, HERE))
    assert "Bevestigd." in done.text
    assert not done.all("//input[@type='checkbox'][@name='verzoek']")
    assert third in done.all("//input[@name='verzoek']/@value")
    assert "Afschermen: afspraak ‘Adres 2.’ Bevestigd afgeschermd voor Joost Mol" in done.text
    late = mehmet.post(f"{kaart}/bevestigen", {**answer, "verzoek": [first, third]}, 409, HERE)
    assert "Op 1 onderdeel is uw antwoord bewaard. Op 1 niet: Over dit verzoek is al besloten." in late.text
    assert "Sanne Bakker deed alvast" not in mehmet.get(kaart).text


def test_nobody_confirms_more_at_once_than_he_or_she_may_one_by_one(
    sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    many(desk, kaart, 2)
    sanne.send(sanne.get(f"{kaart}/stappen/afsluiten"), {"_reden": "Klaar."})
    form = mehmet.get(f"{kaart}/bevestigen")
    items = form.all("//input[@name='verzoek']/@value")
    assert len(items) == 3
    answer = {"besluit": "bevestigd", "verzoek": items}
    own = sanne.post(f"{kaart}/bevestigen", {**answer, "_csrf": sanne.get(kaart).values()["_csrf"]}, 409, HERE)
    assert "U vroeg dit zelf." in own.text
    mixed = mehmet.post(f"{kaart}/bevestigen", {**answer, "_csrf": form.values()["_csrf"]}, 409, HERE)
    assert "Dit bevestigt u apart" in mixed.text
    assert state(desk, kaart) == "actief"


def test_a_refusal_without_a_reason_is_told_at_the_top_and_one_with_it_says_what_happens(
    sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    many(desk, kaart, 1)
    form = mehmet.get(f"{kaart}/bevestigen")
    (group,) = form.all("//input[@name='groep']/@value")
    assert "Dan blijft het zoals het is. Sanne Bakker krijgt uw antwoord" in form.text
    back = mehmet.send(form, {}, 422, button=("besluit", "niet_bevestigd"))
    (link,) = back.all("//*[@class='summary'][@role='alert'][@autofocus]//a/@href")
    assert link == f"#_w-{group}"
    assert back.all(f"//textarea[@id='_w-{group}']/@aria-invalid") == ["true"]
    done = mehmet.follow(mehmet.send(back, {"tekst": "Joost weet het al."}, button=("besluit", "niet_bevestigd")))
    assert "Het blijft zoals het is. Sanne Bakker krijgt uw antwoord en beslist of het anders moet." in done.text
    assert "Joost weet het al." in sanne.get(f"{kaart}/bevestigen").text
