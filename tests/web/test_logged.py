"""No request is without a line in the access log, and where that cannot be written nothing is shown or changed."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.services.desk import Desk
from app.storage.log_verify import verify
from app.storage.records import Stored
from app.web import MAX_BYTES
from app.web.logged import QUIET, REQUEST_ID
from tests.desks import logged
from tests.web.gateway import Gateway

HOLES = {
    "link": "x" * 43,
    "section": "afspraken",
    "item": "a-1",
    "identity": "k1kkkk",
    "filename": "base.css",
    "name": "activeren",
}


def lines_of(folder: Path, request: str | None) -> list[dict[str, Any]]:
    return [line for line in logged(folder) if line["request"] == request]


@pytest.mark.parametrize("person", ["sanne", ""])
def test_every_route_by_every_method_leaves_a_line(
    app: Flask, now: Callable[[], Stored], tmp_path: Path, person: str
) -> None:
    client = app.test_client()
    if person:
        Gateway(client).become(person)
    holes = HOLES | {"kaart_id": now().id, "revision": now().revision}
    address_of = app.url_map.bind("localhost").build
    asked = 0
    for rule in app.url_map.iter_rules():
        arguments = {key: holes.get(key, "onbekend") for key in rule.arguments}
        arguments |= {"name": "kaart.md"} if rule.endpoint == "text.download" else {}
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
            address = address_of(rule.endpoint, arguments, method=sorted(rule.methods or ())[0])
            answer = client.open(address, method=method)
            answer.close()
            lines = lines_of(tmp_path, answer.headers[REQUEST_ID])
            quiet = rule.endpoint in QUIET and answer.status_code != 405
            assert bool(lines) is not quiet, f"{method} {address}: {answer.status_code}"
            asked += 1
    assert asked > 150
    assert verify(app.extensions["desk"].log).fault is None


@pytest.mark.parametrize(
    ("asked", "status", "outcome"),
    [
        ({"path": "/nergens"}, 404, "geweigerd"),
        ({"path": "/kaarten", "method": "PATCH"}, 405, "geweigerd"),
        ({"path": "/kaarten/_nieuw", "method": "POST"}, 401, "geweigerd"),
        ({"path": "/kaarten", "base_url": "http://elders.example"}, 400, "geweigerd"),
        ({"path": "/kaarten/_nieuw", "method": "POST", "data": b"x" * (MAX_BYTES + 1)}, 413, "geweigerd"),
        ({"path": "/kaarten/%0a{}\"'\u202e", "headers": {"User-Agent": "\x1b[2J"}}, 404, "geweigerd"),
    ],
)
def test_what_the_framework_refuses_by_itself_has_its_line_too(
    app: Flask, tmp_path: Path, asked: dict[str, Any], status: int, outcome: str
) -> None:
    answer = app.test_client().open(**asked)
    assert answer.status_code == status
    (line,) = lines_of(tmp_path, answer.headers[REQUEST_ID])
    assert (line["outcome"], line["address"]) == (outcome, "127.0.0.1")


def test_what_was_allowed_and_then_failed_says_both(browser: Gateway, kaart: str, tmp_path: Path) -> None:
    page = browser.send(browser.get(f"{kaart}/afspraken/a-1"), {"tekst": ""}, status=422)
    lines = lines_of(tmp_path, page.response.headers[REQUEST_ID])
    assert [line["outcome"] for line in lines][-1] == "mislukt"
    assert "toegestaan" in [line["outcome"] for line in lines]
    assert {line["kaart"] for line in lines if line["event"] == "items.save"} == {kaart.rpartition("/")[2]}


def test_a_refusal_has_one_line_and_no_second(app: Flask, kaart: str, tmp_path: Path) -> None:
    app.config["DEMONSTRATION"] = False
    before = len(logged(tmp_path))
    client = app.test_client()
    client.get(kaart)
    client.post(f"{kaart}/afspraken/a-1")
    assert [line["outcome"] for line in logged(tmp_path)[before:]] == ["geweigerd", "geweigerd"]


def test_no_text_of_a_card_is_in_the_log(browser: Gateway, kaart: str, tmp_path: Path) -> None:
    browser.get(kaart)
    browser.send(browser.get(f"{kaart}/afspraken/a-1"), {"tekst": "Vader gaat naar Zwolle."})
    browser.get("/kaarten?zoek=Zwolle")
    browser.get("/nergens/Zwolle", 404)
    (part,) = (tmp_path / "var" / "log").glob("*.jsonl")
    assert "Zwolle" not in part.read_text()
    assert "Vader" not in part.read_text()


def test_where_the_log_cannot_be_written_every_page_is_503_and_nothing_changes(
    browser: Gateway, kaart: str, now: Callable[[], Stored], desk: Desk, tmp_path: Path
) -> None:
    before, form = now().revision, browser.get(f"{kaart}/afspraken/a-1")
    values = form.values()
    folder = tmp_path / "var" / "log"
    folder.rename(tmp_path / "aside")
    folder.write_text("no folder")
    client = browser.client
    for address in ("/", "/kaarten", kaart, f"{kaart}/geschiedenis", "/toegankelijkheid", "/nergens", "/persoon"):
        answer = client.get(address)
        assert answer.status_code == 503, address
        assert "Het logboek lukt nu niet." in answer.text
        assert "oma" not in answer.text
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    values["tekst"] = "Iets anders."
    assert client.post(f"{kaart}/afspraken/a-1", data=values).status_code == 503
    machine = client.get("/kaarten", headers={"Accept": "application/json"})
    assert machine.content_type == "application/problem+json"
    assert client.get("/gezond").status_code == 200
    folder.unlink()
    shutil.move(tmp_path / "aside", folder)
    assert now().revision == before
    assert browser.get(kaart).status == 200
    assert verify(desk.log).fault is None
