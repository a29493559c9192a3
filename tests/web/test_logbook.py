"""The pages of the access log: who looked at a card, and the log for who is to check it."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.services import logbook, rights
from app.services.desk import Desk
from app.services.errors import NotFound
from app.services.reading import read_card
from app.storage.access_log import Event
from app.storage.accounts import Account
from app.storage.records import Stored
from app.web.views import log
from tests.administrators import ADRI, BEA, VERA, actor, administered, sat
from tests.desks import logged, open_test_desk, share
from tests.web.gateway import Gateway, Page

HOST = Account("adam", "Adam Aarts", "adam@cjg.example", "cjg", "auditor", demonstration=True)
"""An auditor of the host: of all organisations."""
FORMULA = '=HYPERLINK("https://elders.example")'
NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = administered(open_test_desk(tmp_path))
    desk.accounts.put((), [HOST])
    return desk


def event(when: datetime = NOON, **fields: Any) -> Event:
    given: dict[str, Any] = {"event": "read", "kind": "R", "outcome": "toegestaan", "when": when}
    return Event(**given | fields)


def rows(page: Page) -> list[str]:
    return page.texts("//main//tbody/tr")


def read_csv(page: Page) -> list[list[str]]:
    return list(csv.reader(io.StringIO(page.source.removeprefix("\N{BYTE ORDER MARK}")), delimiter=";"))


def section(page: Page, name: str) -> str:
    (found,) = [text for text in page.texts("//main//section") if text.startswith(name)]
    return found


def test_who_looked_is_told_by_person_and_day_with_role_and_organisation(
    desk: Desk, browser: Gateway, kaart: str
) -> None:
    kaart_id = kaart.rpartition("/")[2]
    mehmet = actor(desk, "mehmet")
    for _time in range(3):
        read_card(desk, mehmet, kaart_id)
    desk.log.append([event(who="mehmet", name="Mehmet Kaya", organisation="vt", kaart=kaart_id, ground="behandelaar")])
    page = browser.get(f"{kaart}/inzage")
    told = section(page, "Mehmet Kaya Veilig Thuis")
    assert "maandag 23 november 2026 Gelezen, 3 keer" in told
    assert "vrijdag 20 november 2026 Gelezen 12.00 uur Behandelaar" in told
    assert told.index("23 november") < told.index("20 november")
    assert "Gekeken wie de kaart inzag" in section(page, "Sanne Bakker CJG Halderberge")


def test_refusals_emergency_access_and_the_server_itself_are_marked(desk: Desk, browser: Gateway, kaart: str) -> None:
    kaart_id = kaart.rpartition("/")[2]
    with pytest.raises(NotFound):
        read_card(desk, actor(desk, "bea"), kaart_id)
    desk.log.append(
        [
            event(who="x", name="Chantal Ramdin", kaart=kaart_id, ground="noodtoegang", emergency=True),
            event(kaart=kaart_id, event="cards.show", outcome="geweigerd"),
            event(who="y", name="Yara", kaart=kaart_id, behalf="root"),
            event(who="z", name="Zeger", kaart=kaart_id, event="items.save", kind="E", outcome="mislukt"),
        ]
    )
    page = browser.get(f"{kaart}/inzage")
    refused = section(page, BEA.name)
    assert "mocht dat niet Geweigerd" in refused
    assert "Gelezen" not in refused
    assert "Gelezen Noodtoegang" in section(page, "Chantal Ramdin")
    assert "Geweigerd" in section(page, "Iemand die niet was aangemeld")
    assert "op de server zelf, door ‘root’" in section(page, "Yara")
    assert "dat lukte niet" in section(page, "Zeger")


def test_a_period_narrows_who_looked_and_an_empty_one_says_so(desk: Desk, browser: Gateway, kaart: str) -> None:
    desk.log.append([event(who="x", name="Xander", kaart=kaart.rpartition("/")[2])])
    page = browser.get(f"{kaart}/inzage?vanaf=2026-11-20&tot=2026-11-20")
    assert page.texts("//main//section[@class='looked']/h2") == ["Xander"]
    assert "Van 20 november 2026 tot en met 20 november 2026." in page.text
    assert "heeft niemand de kaart ingezien" in browser.get(f"{kaart}/inzage?tot=2020-01-01").text
    wrong = browser.get(f"{kaart}/inzage?vanaf=morgen", 422)
    assert "Dit is geen dag" in wrong.text
    assert wrong.all("//input[@name='vanaf']/@value") == ["morgen"]
    assert not rows(wrong)


def test_a_long_list_of_who_looked_has_pages_and_forgets_nobody(desk: Desk, browser: Gateway, kaart: str) -> None:
    kaart_id = kaart.rpartition("/")[2]
    desk.log.append(
        [
            event(NOON - timedelta(days=day), who=f"w{one}", name=f"Werker {one:03}", kaart=kaart_id)
            for day in range(3)
            for one in range(100)
        ]
    )
    first = browser.get(f"{kaart}/inzage")
    assert len(rows(first)) == 200
    assert "Dit is deel 1" in first.text
    second = browser.get(first.links("pagina=2")[0])
    names = {text[:10] for page in (first, second) for text in page.texts("//section[@class='looked']/h2")}
    assert len({name for name in names if name.startswith("Werker")}) == 100
    assert sum(text.count("2026 Gelezen 12.00 uur") for page in (first, second) for text in rows(page)) == 300
    assert "niets meer" in browser.get(f"{kaart}/inzage?pagina=9").text


def test_the_print_for_the_family_says_whom_to_ask_and_nothing_of_what_stands_on_the_card(
    browser: Gateway, kaart: str, now: Callable[[], Stored]
) -> None:
    page = browser.get(f"{kaart}/inzage")
    (printed,) = page.texts("//main//*[@class='onprint']")
    assert "de kaart van uw gezin" in printed
    assert "U kunt terecht bij: Mehmet Kaya, Veilig Thuis; Sanne Bakker, CJG Halderberge." in printed
    document = now().document
    for text in (document["afspraken"][0]["tekst"], document["personen"][0]["naam"]):
        assert text in browser.get(kaart).text
        assert text not in page.source


def test_only_who_may_see_who_looked_finds_the_way_there(desk: Desk, app: Flask, browser: Gateway, kaart: str) -> None:
    assert browser.get(kaart).links("/inzage") == [f"{kaart}/inzage"]
    desk.accounts.put((), [Account("mia", "Mia", "mia@vt.example", "vt", demonstration=True)])
    share(desk, kaart.rpartition("/")[2], "account:mia")
    reader = sat(app, "mia")
    assert reader.get(kaart).links("/inzage") == []
    reader.get(f"{kaart}/inzage", 403)


def test_the_log_is_for_auditors_and_the_way_there_too(app: Flask, browser: Gateway) -> None:
    for person, links in (("adri", ["/logboek"]), ("bea", []), ("sanne", [])):
        page = sat(app, person).get("/toegankelijkheid")
        assert [one for one in page.links("/logboek") if one == "/logboek"] == links
    browser.get("/logboek", 403)
    sat(app, BEA.id).get("/logboek/logboek.csv", 403)


def test_an_auditor_of_another_organisation_sees_only_the_own_people(desk: Desk, app: Flask) -> None:
    desk.log.append([event(who="sanne", name="Sietske Boom", organisation="cjg", kaart="k-een")])
    desk.log.append([event(who="vera", name=VERA.name, organisation="vt", event="manage", person="mehmet")])
    own = sat(app, ADRI.id)
    for address in (
        "/logboek",
        "/logboek?organisatie=cjg",
        "/logboek?wie=sietske",
        "/logboek/logboek.csv?organisatie=cjg",
    ):
        page = own.get(address)
        assert "Sietske Boom" not in page.source
        assert "k-een" not in page.source
    page = own.get("/logboek")
    assert "alleen wat mensen van Veilig Thuis deden" in page.text
    assert not page.all("//select[@name='organisatie']")
    assert any("Vera Vos" in row and "over: Mehmet Kaya" in row for row in rows(page))
    host = sat(app, HOST.id).get("/logboek?organisatie=cjg")
    assert any("Sietske Boom" in row for row in rows(host))
    assert not any("Vera Vos" in row for row in rows(host))


def test_the_log_is_narrowed_by_everything_that_can_be_asked(desk: Desk, app: Flask) -> None:
    wanted = event(
        who="a", name="Anna", organisation="vt", kaart="k-een", event="emergency-take", kind="E", emergency=True
    )
    desk.log.append(
        [wanted, event(NOON - timedelta(days=9), who="b", name="Bob", organisation="cjg", outcome="geweigerd")]
    )
    auditor = sat(app, HOST.id)
    asked = ["wie=anna", "organisatie=vt", "kaart=k-een", "gebeurtenis=emergency-take", "soort=E", "nood=1"]
    for query in (*asked, "uitkomst=toegestaan", "vanaf=2026-11-20&tot=2026-11-20", "&".join(asked)):
        found = rows(auditor.get(f"/logboek?{query}"))
        assert any("Anna" in row and "Noodtoegang nemen" in row for row in found), query
        assert not any("Bob" in row for row in found), query
    assert ["Bob" in row for row in rows(auditor.get("/logboek?uitkomst=geweigerd&wie=bob"))] == [True]
    assert "Niets gevonden" in auditor.get("/logboek?kaart=weg").text
    assert not rows(auditor.get("/logboek?vanaf=morgen", 422))
    auditor.get("/logboek/logboek.csv?vanaf=morgen", 422)
    assert rows(auditor.get("/logboek?soort=Q&uitkomst=Q&gebeurtenis=Q&nood=Q&organisatie=Q"))


def test_the_log_has_pages_that_keep_what_was_asked(desk: Desk, app: Flask) -> None:
    desk.log.append([event(who="w", name=f"Werker {one:03}", organisation="vt") for one in range(200)])
    auditor = sat(app, HOST.id)
    first = auditor.get("/logboek?wie=werker")
    second = auditor.get(first.links("pagina=2")[0])
    assert [len(rows(page)) for page in (first, second)] == [100, 100]
    assert not second.links("pagina=3")
    assert "Werker 199" in rows(first)[0]
    assert "Werker 000" in rows(second)[-1]


def test_no_word_of_a_card_stands_in_the_log(
    app: Flask, browser: Gateway, kaart: str, now: Callable[[], Stored]
) -> None:
    browser.get(kaart)
    page = sat(app, HOST.id).get("/logboek")
    assert any("Kaart lezen" in row and kaart[9:17] in row for row in rows(page))
    document = now().document
    for text in (document["kaart"]["naam"], document["afspraken"][0]["tekst"], document["personen"][0]["naam"]):
        assert text not in page.source


def test_the_export_holds_the_same_lines_with_all_fields_and_no_formula(desk: Desk, app: Flask, tmp_path: Path) -> None:
    desk.log.append([event(who="f", name=FORMULA, organisation="vt", kaart="-k", address="@hier"), event(who="g")])
    page = sat(app, HOST.id).get("/logboek/logboek.csv?kaart=-k")
    assert page.response.content_type == "text/csv; charset=utf-8"
    titles, line = read_csv(page)
    found = dict(zip(titles, line, strict=True))
    assert found["Naam"] == f"'{FORMULA}"
    assert (found["Kaart"], found["Vanaf adres"]) == ("'-k", "'@hier")
    assert (found["Tijdstip (UTC)"], found["Gebeurtenis"]) == ("2026-11-20T11:00:00+00:00", "read")
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in line)
    assert (logged(tmp_path)[-1]["event"], logged(tmp_path)[-1]["who"]) == (logbook.EXPORT, HOST.id)


def test_an_export_that_is_cut_says_so(desk: Desk, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logbook, "MOST_EXPORTED", 3)
    desk.log.append([event(who="g", name="Gea", kaart="k") for _line in range(4)])
    whole = read_csv(sat(app, HOST.id).get("/logboek/logboek.csv?kaart=k"))
    assert [row[6] for row in whole[1:4]] == ["Gea"] * 3
    assert whole[4:] == [["Er zijn meer regels. Kies een kortere tijd."]]


def test_every_action_that_is_decided_on_has_words(app: Flask) -> None:
    with app.test_request_context():
        named = {name for _title, group in log.event_groups() for name in group}
    assert set(rights.KINDS) <= named


@pytest.mark.parametrize(
    "asked",
    [
        "vanaf=0000-00-00", "tot=9999-12-31", "vanaf=2026-13-40&tot=1", "vanaf=2026-11-24&tot=2026-11-01",
        "wie=%00%FF%E2%80%AE", "wie=%27%20OR%201=1--", "kaart=../../etc/passwd", "wat=%3Cscript%3E",
        "soort=X&uitkomst=Y", "organisatie=er-is-geen", "pagina=999999999999", "pagina=-1", "pagina=a",
        "wie=" + "z" * 5000, "wie=a&wie=b&vanaf=&vanaf=2026-01-01",
    ],
)  # fmt: skip
def test_whatever_is_asked_of_the_log_shows_no_more_than_there_is_or_says_what_is_wrong(
    desk: Desk, app: Flask, asked: str
) -> None:
    desk.log.append([event(who="sanne", name="Sanne Bakker", organisation="cjg", role="professional")])
    browser = sat(app, "adri")
    for address in ("/logboek", "/logboek.csv"):
        answer = browser.client.get(f"{address}?{asked}")
        assert answer.status_code in (200, 404, 422)
        told = answer.get_data(as_text=True)
        assert "Sanne Bakker" not in (told.partition("<tbody")[2] if address == "/logboek" else told)
