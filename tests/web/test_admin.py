"""The pages of administration: what an administrator does with them, and who does not get in."""

from pathlib import Path

import pytest
from flask import Flask

from app.services import inviting
from app.services.desk import Desk
from tests.administrators import actor, administered, sat
from tests.desks import open_test_desk
from tests.web.gateway import Gateway

NOOR = {"naam": "Noor de Wit", "email": "noor@veiligthuis.example", "functie": "Hulpverlener"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return administered(open_test_desk(tmp_path))


@pytest.fixture
def bea(app: Flask) -> Gateway:
    """Of the host."""
    return sat(app, "bea")


@pytest.fixture
def vera(app: Flask) -> Gateway:
    """Of another organisation."""
    return sat(app, "vera")


def test_an_administrator_has_no_way_to_cards_and_a_professional_none_to_administration(
    app: Flask, vera: Gateway
) -> None:
    nav = "//nav[@class='ways']/a"
    assert vera.get("/beheer").texts(nav) == ["Beheer"]
    assert vera.get("/beheer").all("//a[@class='top__name']/@href") == ["/beheer"]
    assert sat(app, "adri").get("/beheer/rechten").texts(nav) == ["Rechten", "Logboek"]
    assert sat(app, "sanne").get("/").texts(nav) == ["Start", "Kaarten", "Beoordelen"]
    assert "Naar alle kaarten" not in vera.get("/kaarten", 403).text


def test_accounts_are_found_by_words_organisation_and_state(bea: Gateway, vera: Gateway) -> None:
    names = "//h2/a"
    assert bea.get("/beheer").texts(names) == ["Adri Smit", "Bea de Boer", "Mehmet Kaya", "Sanne Bakker", "Vera Vos"]
    assert bea.get("/beheer?zoek=kaya").texts(names) == ["Mehmet Kaya"]
    assert bea.get("/beheer?organisatie=cjg").texts(names) == ["Bea de Boer", "Sanne Bakker"]
    assert bea.get("/beheer?stand=gestopt").texts(names) == []
    assert bea.get("/beheer?pagina=9").texts(names) == []
    assert vera.get("/beheer").texts(names) == ["Adri Smit", "Mehmet Kaya", "Vera Vos"]
    assert vera.get("/beheer?organisatie=cjg").texts(names) == []


def test_two_hundred_accounts_come_in_pages(bea: Gateway, desk: Desk) -> None:
    sanne = desk.accounts.known().accounts["sanne"]
    kind = type(sanne)
    desk.accounts.put((), [kind(f"n{one}", f"Noor {one:03}", f"n{one}@cjg.example", "cjg") for one in range(200)])
    page = bea.get("/beheer?zoek=noor")
    assert "1 tot en met 50 van 200 accounts" in page.text
    last = bea.get("/beheer?zoek=noor&pagina=4")
    assert last.texts("//h2/a")[-1] == "Noor 199"
    assert len(last.texts("//h2/a")) == 50


def test_who_is_invited_gets_a_link_that_is_shown_once(vera: Gateway, desk: Desk) -> None:
    page = vera.send(vera.get("/beheer/uitnodigen"), NOOR, 200)
    (link,) = page.texts("//textarea")
    token = link.removeprefix("http://localhost/uitnodiging/")
    assert inviting.invitation(desk, token).account.name == "Noor de Wit"
    noor = inviting.invitation(desk, token).account.id
    for address in ("/beheer", "/beheer/uitnodigingen", f"/beheer/accounts/{noor}"):
        assert token not in vera.get(address).source
    assert "1 link is nog niet gebruikt" in vera.get("/beheer").text


def test_what_was_typed_wrong_stays_with_a_sentence_beside_it(vera: Gateway, desk: Desk) -> None:
    form = vera.get("/beheer/uitnodigen")
    page = vera.send(form, NOOR | {"email": "geen adres", "naam": ""}, 422)
    assert page.error_at("email") == "Fout: Vul een e-mailadres in, zoals naam@organisatie.nl."
    assert page.error_at("naam") == "Fout: Vul een naam in."
    assert page.values()["email"] == "geen adres"
    assert page.values()["functie"] == "Hulpverlener"
    assert len(desk.accounts.known().accounts) == 5


def test_an_open_link_is_withdrawn(vera: Gateway, desk: Desk) -> None:
    (link,) = vera.send(vera.get("/beheer/uitnodigen"), NOOR, 200).texts("//textarea")
    page = vera.get("/beheer/uitnodigingen")
    assert page.texts("//h2/a") == ["Noor de Wit"]
    vera.send(page)
    assert not desk.accounts.known().invitations
    assert "werkt niet meer" in vera.get("/beheer/uitnodigingen").text
    assert link


def test_an_account_is_changed_stopped_and_goes_on(vera: Gateway, desk: Desk) -> None:
    page = vera.get("/beheer/accounts/mehmet")
    (form, *_others) = page.all("//main//form")
    assert form.get("action") == "/beheer/accounts/mehmet"
    values = {one.get("name"): one.get("value") for one in form.xpath(".//input")} | {
        "organisatie": "vt", "rol": "auditor", "functie": "Controleur",
    }  # fmt: skip
    vera.post("/beheer/accounts/mehmet", values)
    assert desk.accounts.known().accounts["mehmet"].role == "auditor"
    vera.send(vera.get("/beheer/accounts/mehmet"))
    assert not desk.accounts.known().accounts["mehmet"].active
    stopped = vera.get("/beheer/accounts/mehmet")
    assert "Gestopt" in stopped.text
    vera.send(stopped)
    assert desk.accounts.known().accounts["mehmet"].active


def test_who_lost_the_password_gets_a_new_link(vera: Gateway, desk: Desk) -> None:
    (first,) = vera.send(vera.get("/beheer/uitnodigen"), NOOR, 200).texts("//textarea")
    noor = inviting.invitation(desk, first.rpartition("/")[2]).account.id
    page = vera.get(f"/beheer/accounts/{noor}")
    token = page.all("//input[@name='_csrf']")[0].get("value")
    (second,) = vera.post(f"/beheer/accounts/{noor}/link", {"_csrf": token}, 200).texts("//textarea")
    assert inviting.invitation(desk, second.rpartition("/")[2])
    assert first != second


def test_an_administrator_does_not_stop_or_demote_the_own_account(bea: Gateway, desk: Desk) -> None:
    page = bea.get("/beheer/accounts/bea")
    assert "Account stoppen" not in page.text
    token = page.all("//input[@name='_csrf']")[0].get("value")
    said = bea.post("/beheer/accounts/bea/stoppen", {"_csrf": token}, 403).text
    assert "Uw eigen account kunt u niet stoppen." in said
    bea.send(page, {"rol": "auditor"}, 403)
    assert desk.accounts.known().accounts["bea"].role == "beheerder"


def test_an_account_elsewhere_is_the_same_as_none(vera: Gateway) -> None:
    vera.get("/beheer")
    pages = [vera.get(f"/beheer/accounts/{one}", 404).text for one in ("sanne", "niemand")]
    assert pages[0] == pages[1]


def test_the_host_adds_changes_and_stops_an_organisation(bea: Gateway, desk: Desk) -> None:
    bea.send(bea.get("/beheer/organisaties"), {"naam": "Jeugdhulp Élan", "soort": "jeugdhulp"})
    page = bea.send(bea.get("/beheer/organisaties"), {"naam": "jeugdhulp élan"}, 422)
    assert "Er is al een organisatie met deze naam." in page.error_at("naam")
    one = "/beheer/organisaties/jeugdhulp-elan"
    token = bea.get(one).all("//input[@name='_csrf']")[0].get("value")
    bea.post(one, {"_csrf": token, "naam": "Jeugdhulp Elan", "soort": "school"})
    assert desk.accounts.known().organisations["jeugdhulp-elan"].kind == "school"
    for active in (False, True):
        bea.send(bea.get(one))
        assert desk.accounts.known().organisations["jeugdhulp-elan"].active is active


def test_an_administrator_elsewhere_sees_the_own_organisation_and_changes_none(vera: Gateway) -> None:
    page = vera.get("/beheer/organisaties")
    assert page.texts("//main//h2") == ["Veilig Thuis"]
    assert not page.all("//main//form")
    vera.get("/beheer/organisaties/vt", 403)
    token = vera.get("/beheer").all("//input[@name='_csrf']")[0].get("value")
    vera.post("/beheer/organisaties", {"_csrf": token, "naam": "Nieuw"}, 403)


def test_the_rights_review_is_read_and_saved(vera: Gateway, app: Flask) -> None:
    page = sat(app, "adri").get("/beheer/rechten")
    assert page.texts("//tbody/tr/td[1]") == ["Adri Smit", "Mehmet Kaya", "Vera Vos"]
    file = vera.get("/beheer/rechten/rechten.csv")
    assert file.response.headers["Content-Disposition"] == 'attachment; filename="rechten-2026-11-23.csv"'
    assert "Mehmet Kaya;mehmet@veiligthuis.example;Veilig Thuis;Professional;actief" in file.source


def test_a_form_of_an_hour_ago_comes_back_as_typed(vera: Gateway, desk: Desk) -> None:
    form = vera.get("/beheer/uitnodigen")
    values = form.values()
    values["naam"] = "Noor de Wit"
    values["_csrf"] = "oud"
    answer = vera.client.post("/beheer/uitnodigen", data=values, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 409
    assert "Noor de Wit" in answer.get_data(as_text=True)
    assert len(desk.accounts.known().accounts) == 5


@pytest.mark.parametrize("who", ["sanne", "adri"])
def test_who_looks_after_no_accounts_gets_nowhere(app: Flask, who: str) -> None:
    browser = sat(app, who)
    for address in ("", "/uitnodigen", "/uitnodigingen", "/accounts/mehmet", "/organisaties", "/organisaties/vt"):
        browser.get(f"/beheer{address}", 403)


def test_an_administrator_reads_no_log_and_no_card(desk: Desk, vera: Gateway) -> None:
    assert actor(desk, "vera").role == "beheerder"
    for address in ("/kaarten", "/kaarten/_nieuw"):
        vera.get(address, 403)


@pytest.mark.parametrize(("who", "begins"), [("vera", "/beheer"), ("adri", "/beheer/rechten")])
def test_who_works_without_cards_begins_where_the_work_is(app: Flask, who: str, begins: str) -> None:
    assert sat(app, who).get("/", 302).location == begins


def test_the_way_to_administration_is_marked_on_each_of_its_pages(vera: Gateway) -> None:
    current = "//nav[@class='ways']/a/@aria-current"
    assert vera.get("/beheer").all(current) == ["page"]
    assert vera.get("/beheer/rechten").all(current) == ["true"]


_ELSEWHERE = {"naam": "Mehmet Kaya", "email": "mehmet@veiligthuis.example", "functie": ""}


@pytest.mark.parametrize(
    "given",
    [
        {"organisatie": "cjg", "rol": "professional"},
        {"organisatie": "er-is-geen", "rol": "professional"},
        {"organisatie": "vt", "rol": "systeem"},
        {"organisatie": "vt", "rol": "dossierhouder"},
        {"organisatie": "vt", "rol": ""},
    ],
)
def test_nobody_gets_a_role_or_a_place_that_is_not_on_the_form(
    vera: Gateway, desk: Desk, given: dict[str, str]
) -> None:
    was = desk.accounts.known()
    token = vera.get("/beheer/accounts/mehmet").values()["_csrf"]
    vera.post("/beheer/accounts/mehmet", {"_csrf": token, **_ELSEWHERE, **given}, 422)
    new = {"naam": "Nep", "email": "nep@vt.example", "functie": ""}
    vera.post("/beheer/uitnodigen", {"_csrf": token, **new, **given}, 422)
    assert desk.accounts.known() == was


@pytest.mark.parametrize("what", ["", "/stoppen", "/meedoen", "/link", "/intrekken"])
@pytest.mark.parametrize("whose", ["sanne", "bea", "niemand"])
def test_an_account_elsewhere_cannot_be_touched_by_its_number(vera: Gateway, desk: Desk, whose: str, what: str) -> None:
    was = desk.accounts.known()
    token = vera.get("/beheer/accounts/mehmet").values()["_csrf"]
    given = {"_csrf": token, **_ELSEWHERE, "organisatie": "vt", "rol": "professional"}
    vera.post(f"/beheer/accounts/{whose}{what}", given, 404)
    assert desk.accounts.known() == was
