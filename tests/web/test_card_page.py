"""The page of a card: what comes first, what is folded, what stands beside what, what asks for attention."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.services import editing, reading
from app.services.desk import ZONE, Desk
from app.web import create_app
from tests.cards import small_card
from tests.desks import MEHMET, SANNE, at, new_card
from tests.web.gateway import Gateway, Page

NOVEMBER = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)


@pytest.fixture
def read(desk: Desk) -> Any:
    """The page of a card with these sections, as Sanne reads it on 23 November 2026."""

    def page(query: str = "", **sections: Any) -> Page:
        kaart_id = editing.create_card(desk, SANNE, new_card(**sections), "Begin")
        return browser_at(desk, NOVEMBER).get(f"/kaarten/{kaart_id}{query}")

    return page


def browser_at(desk: Desk, moment: datetime, person: str = "sanne") -> Gateway:
    return Gateway(create_app(at(desk, moment), "x" * 32, demonstration=True).test_client()).become(person)


def afspraak(identity: str, **fields: Any) -> dict[str, Any]:
    bare = {key: value for key, value in small_card()["afspraken"][0].items() if key != "voorwaardeIds"}
    return {**bare, "id": identity, "tekst": f"Dit is {identity}.", "start": "2026-11-20", **fields}


def voorwaarde(identity: str, **fields: Any) -> dict[str, Any]:
    return {"id": identity, "tekst": f"Waar is {identity}.", "status": "open", **fields}


def inside(page: Page, identity: str) -> list[str]:
    """The ids of what stands within an item."""
    found: list[str] = page.all(f"//*[@id='{identity}']//*[@id]/@id")
    return found


def test_an_afspraak_stands_under_its_voorwaarde_and_alone_where_it_has_none(read: Any) -> None:
    page = read(afspraken=[afspraak("a-1", voorwaardeIds=["v-1"]), afspraak("a-2")], voorwaarden=[voorwaarde("v-1")])
    assert inside(page, "v-1") == ["a-1"]
    assert "Zonder voorwaarde" in page.text
    assert not page.all("//*[@id='a-2']/ancestor::article")


def test_an_afspraak_of_two_voorwaarden_stands_in_full_once_and_is_a_link_at_the_other(read: Any) -> None:
    page = read(
        afspraken=[afspraak("a-1", voorwaardeIds=["v-1", "v-2"])], voorwaarden=[voorwaarde("v-1"), voorwaarde("v-2")]
    )
    assert inside(page, "v-1") == ["a-1"]
    assert inside(page, "v-2") == []
    assert page.texts("//article[@id='v-2']//ul[@class='links']//a[@href='#a-1']") == ["Dit is a-1."]


def test_an_afspraak_that_runs_is_never_folded_away_with_its_voorwaarde(read: Any) -> None:
    page = read(
        afspraken=[
            afspraak("a-1", voorwaardeIds=["v-1"]),
            afspraak("a-2", voorwaardeIds=["v-2"], status="nagekomen"),
            afspraak("a-3", voorwaardeIds=["v-1", "v-3"]),
        ],
        voorwaarden=[voorwaarde("v-1", status="behaald"), voorwaarde("v-2", status="behaald"), voorwaarde("v-3")],
    )
    folded = page.all("//details[@class='fold']//article/@id")
    assert folded == ["v-2", "a-2"]
    assert inside(page, "v-3") == ["a-3"], "in full at the one that is not behaald"
    assert "Voorwaarden van eerder (1)" in page.text


def test_everything_opens_when_that_is_asked(read: Any) -> None:
    page = read(afspraken=[afspraak("a-1", status="vervallen"), afspraak("a-2")])
    assert not page.all("//main//details[@open]")
    opened = read("?alles=1", afspraken=[afspraak("a-1", status="vervallen"), afspraak("a-2")])
    assert not opened.all("//main//details[not(@open)][not(@class='unfold')]")


def test_a_day_that_is_over_is_said_in_words_while_the_card_is_worked_with(read: Any) -> None:
    late = afspraak("a-1", termijn="2026-11-17", getoetstOp="2026-10-01")
    page = read(afspraken=[late, afspraak("a-2", termijn="2026-11-23"), {**late, "id": "a-3", "status": "nagekomen"}])
    assert page.texts("//article[@id='a-1']/ul[@class='marks']/li") == [
        "Status: Loopt",
        "! 6 dagen over tijd",
        "… lang niet nagegaan",
    ]
    assert page.texts("//article[@id='a-2']/ul[@class='marks']/li") == ["Status: Loopt"]
    assert page.texts("//article[@id='a-3']/ul[@class='marks']/li") == ["✓ Status: Nagekomen"]


def test_what_must_be_seen_anywhere_is_never_folded(read: Any) -> None:
    page = read(
        afspraken=[afspraak("a-1", afgeschermdVoor=["p-2"])],
        personen=[{"id": "p-1", "rol": "kind", "naam": "Noor", "adresAfgeschermd": True}, *new_card()["personen"][1:]],
    )
    assert "! Afgeschermd voor: Vader Van Dale" in page.texts("//article[@id='a-1']/ul[@class='marks']/li")
    assert page.texts("//article[@id='p-1']/ul[@class='marks']/li") == ["! Adres is geheim"]


def test_who_agreed_is_one_line_for_each_person(read: Any) -> None:
    agreed = [
        {"id": "i-1", "persoon": "p-2", "antwoord": "ja", "datum": "2026-11-03"},
        {"id": "i-2", "persoon": "n-1", "antwoord": "onder_voorbehoud"},
    ]
    page = read(afspraken=[afspraak("a-1", instemming=agreed)])
    assert page.texts("//article[@id='a-1']//ul[@class='each']/li") == [
        "Vader Van Dale: Ja, 3 november 2026 welke woorden? Vader Van Dale",
        "Oma Riet: Onder voorbehoud welke woorden? Oma Riet",
    ]


def test_a_visie_stands_beside_what_it_is_about_and_is_a_link_in_its_section(read: Any) -> None:
    visies = [
        {"id": "x-1", "van": "p-1", "overItem": "a-1", "tekst": "Ik vind het fijn."},
        {"id": "x-2", "van": "p-2", "tekst": "Het gaat over niets."},
    ]
    page = read(afspraken=[afspraak("a-1")], visies=visies)
    assert "Ik vind het fijn." in page.texts("//article[@id='a-1']/div[@id='x-1']")[0]
    section = page.texts("//section[@aria-label='Visies']")[0]
    assert "Het gaat over niets." in section
    assert "Ik vind het fijn." not in section
    assert page.all("//section[@aria-label='Visies']//a[@href='#x-1']")


def test_a_new_visie_begins_with_what_it_is_about(read: Any, desk: Desk) -> None:
    page = read(afspraken=[afspraak("a-1")])
    (link,) = page.links("overItem=a-1")
    form = browser_at(desk, NOVEMBER).get(link)
    assert form.values()["overItem"] == "a-1"
    assert browser_at(desk, NOVEMBER).get(link.replace("a-1", "a-9")).values()["overItem"] == ""
    several = browser_at(desk, NOVEMBER).get(f"{page.address}/afspraken/_nieuw?voorwaardeIds=v-1&start=onzin")
    assert several.values().getlist("voorwaardeIds")[-1] == "v-1"
    assert several.values()["start"] == ""


def test_figures_are_a_picture_for_each_person_and_a_table_for_everybody(read: Any) -> None:
    def cijfer(identity: str, who: str, day: str, score: int) -> dict[str, Any]:
        return {"id": identity, "wie": who, "datum": day, "score": score}

    page = read(
        schaal=[
            cijfer("s-1", "p-1", "2026-11-01", 4),
            cijfer("s-2", "p-2", "2026-11-01", 10),
            cijfer("s-3", "p-1", "2026-11-11", 0),
            cijfer("s-4", "p-1", "2026-11-02", 5),
        ]
    )
    assert page.texts("//figure//h3") == ["Noor", "Vader Van Dale"]
    (picture,) = page.all("//figure//svg")
    assert picture.get("role") == "img"
    assert "1 november 2026 (4)" in picture.get("aria-label")
    xs, ys = zip(*[map(float, dot.split(",")) for dot in picture.xpath("./polyline/@points")[0].split()], strict=True)
    assert (xs[1] - xs[0]) / (xs[2] - xs[0]) == pytest.approx(0.1, abs=0.01), "days in proportion"
    assert (ys[0], ys[1], ys[2]) == (61.6, 54.0, 92.0), "0 to 10, by the schema"
    assert page.texts("//figure[1]//tbody/tr/td[1]") == ["0", "5", "4"]


def test_an_item_called_as_the_page_is_no_trouble(read: Any) -> None:
    names = ["afspraken", "inhoud", "persoon", "stappen", "kaart", "leeg"]
    page = read(afspraken=[afspraak(name) for name in names])
    assert {*names} <= set(page.all("//article/@id"))
    assert page.all("//main/@id") == ["_inhoud"]
    assert page.all("//h2[@id='_afspraken']")


def test_the_page_of_a_person_holds_what_concerns_that_person_and_says_so(read: Any, desk: Desk) -> None:
    visies = [{"id": "x-1", "van": "p-1", "overItem": "a-1", "tekst": "Ik vind het fijn."}]
    sections = {"afspraken": [afspraak("a-1", wie=["p-1"]), afspraak("a-2", wie=["p-2"])], "visies": visies}
    whole = read(**sections)
    browser = browser_at(desk, NOVEMBER)
    page = browser.get(whole.links("?persoon=p-1")[0])
    assert "Alleen wat over Noor gaat" in page.texts("//h2")
    assert "Lees alles na voordat u dit meegeeft" in page.text
    assert "afgeschermd" not in page.text
    assert inside(page, "a-1") == ["x-1"]
    assert not page.all("//*[@id='a-2' or @id='p-2' or @id='o-1']")
    browser.get(f"{whole.address}?persoon=w-1", 404)
    browser.get(f"{whole.address}?persoon=", 404)


def test_the_page_of_a_person_holds_nothing_that_is_shielded_from_that_person(read: Any, desk: Desk) -> None:
    secret = {"id": "p-3", "rol": "partner", "naam": "Kees", "afgeschermdVoor": ["p-2"]}
    people = [*new_card()["personen"], secret]
    visies = [{"id": "x-1", "van": "p-2", "tekst": "Ik wil rust."}, {"id": "x-2", "van": "p-3", "tekst": "Ik bel p-2."}]
    shielded = afspraak("a-2", wie=["p-2"], tekst="Vader weet het adres niet.", afgeschermdVoor=["p-2"])
    sections = {"afspraken": [afspraak("a-1", wie=["p-2", "p-3"]), shielded], "visies": visies, "personen": people}
    address = read(**sections).address
    page = browser_at(desk, NOVEMBER).get(f"{address}?persoon=p-2")
    assert not page.all("//*[@id='a-2' or @id='p-3' or @id='x-2']")
    assert page.all("//*[@id='a-1']")
    assert "Kees" not in page.source
    assert "Vader weet het adres niet" not in page.source
    assert page.texts("//*[contains(@class, 'onscreen')]//b") == [
        "Wat is afgeschermd voor Vader Van Dale, staat hier niet."
    ]
    assert "Kees" in browser_at(desk, NOVEMBER).get(address).source


def test_what_others_changed_is_told_and_marked_until_the_next_visit(desk: Desk) -> None:
    kaart_id = editing.create_card(desk, SANNE, new_card(), "Begin")
    address = f"/kaarten/{kaart_id}"
    assert "Sinds u hier was" not in browser_at(desk, NOVEMBER).get(address).text
    base = reading.read_card(desk, SANNE, kaart_id).revision
    item = {**new_card()["afspraken"][0], "tekst": "Vader belt tante."}
    editing.save_item(desk, MEHMET, kaart_id, "afspraken", item, base, "")

    page = browser_at(desk, NOVEMBER + timedelta(days=1)).get(address)
    assert "Sinds u hier was (23 november 2026) wijzigden anderen 1 keer iets" in page.text
    assert "Mehmet Kaya" in page.text
    assert page.links(f"vergelijken?van={base}")
    assert "● gewijzigd sinds u hier was" in page.texts("//article[@id='a-1']//li")
    assert "sinds u hier was" not in browser_at(desk, NOVEMBER + timedelta(days=3)).get(address).text
    assert "sinds u hier was" not in browser_at(desk, NOVEMBER + timedelta(days=1), "mehmet").get(address).text


def test_of_very_many_only_the_core_is_told_until_all_is_asked(read: Any, desk: Desk) -> None:
    many = [afspraak(f"a-{number}", termijn="2026-11-17", afgeschermdVoor=["p-2"]) for number in range(102)]
    page = read(afspraken=many)
    assert len(page.all("//article[starts-with(@id, 'a-')]")) == 102
    assert "Van 2 onderdelen ziet u alleen de kern." in page.text
    full, core = page.texts("//article[@id='a-99']")[0], page.texts("//article[@id='a-100']")[0]
    assert "Wie doet dit" in full
    assert "Wie doet dit" not in core
    for word in ("Dit is a-100.", "Loopt", "6 dagen over tijd", "Afgeschermd voor: Vader Van Dale", "Wijzigen"):
        assert word in core
    whole = browser_at(desk, NOVEMBER).get(page.links("alles=1")[0])
    assert "alleen de kern" not in whole.text
    assert "Wie doet dit" in whole.texts("//article[@id='a-101']")[0]


def test_a_card_says_what_its_state_means(read: Any) -> None:
    assert "De kaart wordt gemaakt." in read().text
