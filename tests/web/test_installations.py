"""The page of the other installations."""

import io
from pathlib import Path

import pytest
from flask import Flask

from app.services import installations
from app.services.desk import Desk
from tests.administrators import actor, administered, sat
from tests.desks import open_test_desk

PAGE = "/beheer/installaties"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return administered(open_test_desk(tmp_path))


def test_an_administrator_of_the_host_adds_stops_and_resumes_another(app: Flask, tmp_path: Path) -> None:
    bea, there = sat(app, "bea"), administered(open_test_desk(tmp_path / "there"))
    own = installations.own(there, actor(there, "bea"))
    page = bea.get(bea.get("/beheer/organisaties").all("//a[text()='Andere installaties']/@href")[0])
    typed = {"kaartje": own.card.decode(), "nummer": "1234"}
    wrong = bea.send(page, typed, 422)
    assert "Dit nummer hoort niet bij dit kaartje" in wrong.text
    assert wrong.texts("//textarea[@name='kaartje']")[0].split() == own.card.decode().split()
    assert wrong.all("//input[@name='nummer']/@value") == ["1234"]
    after = bea.send(wrong, {"nummer": own.number})
    assert after.status == 303
    page = bea.get(PAGE)
    assert page.texts("//h3") == ["CJG Halderberge"]
    assert own.fingerprint in page.text
    assert "Bea de Boer" in page.text
    bea.post(f"{PAGE}/{own.id}/stoppen", {"_csrf": page.values()["_csrf"]}, 303)
    assert "CJG Halderberge is gestopt" in bea.get(PAGE).text
    bea.post(f"{PAGE}/{own.id}/meedoen", {"_csrf": page.values()["_csrf"]}, 303)
    assert bea.get(PAGE).texts("//p[@class='mark']") == []
    bea.post(f"{PAGE}/i-0/stoppen", {"_csrf": page.values()["_csrf"]}, 404)


def test_the_card_can_be_a_file(app: Flask, desk: Desk, tmp_path: Path) -> None:
    bea, there = sat(app, "bea"), administered(open_test_desk(tmp_path / "there"))
    own = installations.own(there, actor(there, "bea"))
    token = bea.get(PAGE).values()["_csrf"]
    form = {"_csrf": token, "_persoon": "bea", "kaartje": "", "nummer": own.number}
    form["bestand"] = (io.BytesIO(own.card), "kaartje.json")  # type: ignore[assignment]
    answer = bea.client.post(PAGE, data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303
    assert list(desk.installations.all()) == [own.id]


def test_the_own_card_is_a_file_that_the_other_can_read(app: Flask, desk: Desk) -> None:
    answer = sat(app, "bea").client.get(f"{PAGE}/eigen")
    assert answer.data == installations.own(desk, actor(desk, "bea")).card
    assert answer.headers["Content-Disposition"] == f'attachment; filename="kaartje-{desk.keys.id}.json"'


def test_who_looks_after_another_organisation_does_not_get_in(app: Flask) -> None:
    vera = sat(app, "vera")
    assert vera.get("/beheer/organisaties").all("//a[text()='Andere installaties']") == []
    for address in (PAGE, f"{PAGE}/eigen"):
        vera.get(address, 403)
