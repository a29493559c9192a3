"""Voorstellen in the browser: proposing with the form of the item, deciding in part, adapting, withdrawing."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.services import accepting, editing, proposed, proposing, reading
from app.services.cataloguing import catch_up
from app.services.desk import Desk
from app.web import create_app
from tests.desks import MEHMET, SANNE, new_card, open_test_desk, peopled, share
from tests.web.gateway import HERE, Gateway, Page

ROW = {"id": "w-2", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"}


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
    """The address of a card of Sanne with v-1, a-1 and a-2, which Mehmet reads along."""
    card = new_card()
    card["professionals"].append(ROW)
    identity = editing.create_card(desk, SANNE, card, "Begin")
    share(desk, identity, "account:mehmet", "meelezer")
    return f"/kaarten/{identity}"


def held(desk: Desk, kaart: str, item: str) -> dict[str, Any]:
    document = desk.kaarten.read(kaart.rpartition("/")[2]).document
    return next(one for one in document["afspraken"] if one["id"] == item)


def offer(desk: Desk, kaart: str, item: str, **fields: Any) -> str:
    identity = kaart.rpartition("/")[2]
    wanted = {**held(desk, kaart, item), **fields}
    return proposing.propose(desk, MEHMET, identity, "afspraken", wanted, desk.kaarten.head(identity), "Veiliger").id


def change(desk: Desk, kaart: str, item: str, **fields: Any) -> None:
    identity = kaart.rpartition("/")[2]
    wanted = {**held(desk, kaart, item), **fields}
    editing.save_item(desk, SANNE, identity, "afspraken", wanted, desk.kaarten.head(identity), "Anders")


def decide(browser: Gateway, kaart: str, chosen: dict[str, str], status: int = 303) -> Page:
    page = browser.get(f"{kaart}/voorstellen")
    (form,) = page.all(f"//form[@action='{kaart}/voorstellen']")
    values = {one.get("name"): one.get("value") for one in form.xpath(".//input[@type='hidden']")}
    items = [one.get("value") for one in form.xpath(".//input[@name='voorstel']")]
    return browser.post(f"{kaart}/voorstellen", {**values, "voorstel": items, **chosen}, status, HERE)


def test_who_may_not_change_a_card_proposes_with_the_same_form(
    sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    card = mehmet.get(kaart)
    assert not card.links("/afspraken/a-1/verwijderen")
    form = mehmet.get(card.links("/voorstellen/afspraken/a-1")[0])
    assert "komt niet meteen op de kaart" in form.text
    back = mehmet.send(form, {"tekst": "De buurvrouw haalt Noor op."}, 422)
    assert back.error_at("_reden").endswith("Schrijf op waarom.")
    assert "‘Waarom stelt u dit voor?’: Schrijf op waarom." in back.texts("//*[@class='summary']//li")
    assert back.values()["tekst"].strip() == "De buurvrouw haalt Noor op."
    page = mehmet.follow(mehmet.send(back, {"_reden": "Oma kan niet meer lopen."}))
    assert "Uw voorstel staat klaar." in page.text
    assert "De buurvrouw" in " ".join(page.texts("//article//ins"))
    assert held(desk, kaart, "a-1")["tekst"] != "De buurvrouw haalt Noor op."
    assert "Mehmet Kaya stelt een wijziging voor." in sanne.get(kaart).text


def test_a_proposal_is_decided_in_part(sanne: Gateway, desk: Desk, kaart: str) -> None:
    first, second = offer(desk, kaart, "a-1", tekst="Zo wel."), offer(desk, kaart, "a-2", tekst="Zo niet.")
    back = decide(sanne, kaart, {f"besluit.{first}": "overgenomen", f"besluit.{second}": "afgewezen"}, 422)
    assert "Schrijf op waarom." in back.text
    assert held(desk, kaart, "a-1")["tekst"] != "Zo wel."
    chosen = {
        f"besluit.{first}": "overgenomen",
        f"besluit.{second}": "afgewezen",
        f"reden.{second}": "Moeder wil niet.",
    }
    page = sanne.follow(decide(sanne, kaart, chosen))
    assert "Uw 2 besluiten zijn bewaard." in page.text
    assert "Er ligt nu geen voorstel." in page.text
    assert "Moeder wil niet." in page.text
    assert held(desk, kaart, "a-1")["tekst"] == "Zo wel."
    history = sanne.get(f"{kaart}/geschiedenis")
    assert "Mehmet Kaya" in history.text
    assert "overgenomen door Sanne Bakker (CJG Halderberge)" in history.text


def test_who_comes_late_reads_who_decided_what_and_keeps_the_reason(
    sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    said = offer(desk, kaart, "a-1", tekst="Zo wel.")
    page, own = sanne.get(f"{kaart}/voorstellen"), mehmet.get(f"{kaart}/voorstellen")
    accepting.accept(desk, SANNE, kaart.rpartition("/")[2], said)
    late = sanne.send(page, {f"besluit.{said}": "afgewezen", f"reden.{said}": "Moeder wil dit niet."}, 409)
    (told,) = late.texts("//*[@class='summary']//li")
    assert told.startswith(
        "‘Zo wel.’: Over dit voorstel is al besloten. Besluit: Overgenomen, door Sanne Bakker (CJG Halderberge)"
    )
    assert "Moeder wil dit niet." in told
    (told,) = mehmet.send(own, {}, 409).texts("//*[@class='summary']//li")
    assert "Besluit: Overgenomen, door Sanne Bakker" in told


def test_a_reason_at_what_is_left_for_later_stays(sanne: Gateway, desk: Desk, kaart: str) -> None:
    first, second = offer(desk, kaart, "a-1", tekst="Zo wel."), offer(desk, kaart, "a-2", tekst="Zo niet.")
    page = decide(sanne, kaart, {f"besluit.{first}": "overgenomen", f"reden.{second}": "Moeder wil niet."}, 200)
    assert "Uw besluit is bewaard." in page.text
    assert page.values()[f"reden.{second}"].strip() == "Moeder wil niet."


def test_a_form_comes_back_to_send_again_where_who_came_later_may_not_do_it(
    app: Flask, sanne: Gateway, desk: Desk, kaart: str
) -> None:
    said = offer(desk, kaart, "a-1", tekst="Zo niet.")
    page = sanne.get(f"{kaart}/voorstellen")
    sanne.become("mehmet")
    back = sanne.send(page, {f"besluit.{said}": "afgewezen", f"reden.{said}": "Moeder wil niet."}, 403)
    assert back.texts("//h1") == ["U werkt nu onder een andere naam"]
    assert back.texts("//main//dl/*") == ["Waarom u iets afwijst", "Moeder wil niet."]
    sanne.become("sanne")
    again = sanne.send(back, {}, 409)
    assert again.values()[f"reden.{said}"].strip() == "Moeder wil niet."
    sanne.send(again)
    assert said in {to for one in desk.kaarten.overleg(kaart.rpartition("/")[2]).said for to in one.to}
    elsewhere = Gateway(app.test_client()).become("mehmet")
    refused = elsewhere.post(page.address, page.values(), 400, {"Sec-Fetch-Site": "cross-site"})
    assert "Stuur nog eens" not in refused.text


def test_who_does_not_decide_reads_who_does(sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str) -> None:
    offer(desk, kaart, "a-1", tekst="Zo.")
    assert "U beslist per onderdeel" in sanne.get(f"{kaart}/voorstellen").text
    page = mehmet.get(f"{kaart}/voorstellen")
    assert "U beslist" not in page.text
    assert "Wie de kaart bijhoudt, beslist erover." in page.text
    assert page.texts("//main//form//details//button") == ["Ja, intrekken: Zo."]
    assert not page.all("//main//form//button[not(ancestor::details)]")


def test_a_clash_is_shown_field_by_field_and_taken_over_as_chosen(sanne: Gateway, desk: Desk, kaart: str) -> None:
    change(desk, kaart, "a-1", tekst="Zo was het voor het voorstel.")
    base = desk.kaarten.head(kaart.rpartition("/")[2])
    said = offer(desk, kaart, "a-1", tekst="Zo wil Mehmet het.")
    change(desk, kaart, "a-1", tekst="Zo werd het intussen.")
    now = desk.kaarten.head(kaart.rpartition("/")[2])
    page = decide(sanne, kaart, {f"besluit.{said}": "overgenomen"}, 409)
    assert "De kaart is hier intussen ook gewijzigd." in page.text
    assert "Bij ‘Wat is de afspraak?’ is de kaart sinds dit voorstel gewijzigd." in page.text
    form = sanne.get(page.links(f"{said}/overnemen")[0])
    undecided = sanne.send(form, {}, 422)
    assert "wat er moet staan" in undecided.text
    for one in (form, undecided):
        assert "Kies bij ‘Wat is de afspraak?’" in one.text
        assert one.texts("//h1") == ["Voorstel van Mehmet Kaya: de kaart is intussen gewijzigd"]
        assert [words.partition(", vandaag")[0] for words in one.texts("//*[@class='sides']/*")] == [
            "Zoals het was bij het voorstel",
            "Zo was het voor het voorstel.",
            "Staat nu op de kaart",
            "Zo werd het intussen.Sanne Bakker (CJG Halderberge)",
            "Voorstel van Mehmet Kaya",
            "Zo wil Mehmet het.",
        ]
        (save,) = one.texts("//*[@class='saves']/li")
        assert save.startswith("Sanne Bakker, CJG Halderberge")
        (compare,) = one.links("/vergelijken")
        assert (f"van={base}" in compare, f"tot={now}" in compare) == (True, True)
        assert "was u voor" not in one.text
        assert "Van u" not in one.text
    done = sanne.follow(sanne.send(undecided, {"_keuze.tekst": "mijn"}))
    assert "Overgenomen: het staat op de kaart." in done.text
    assert held(desk, kaart, "a-1")["tekst"] == "Zo wil Mehmet het."
    assert reading.read_history(desk, SANNE, kaart.rpartition("/")[2])[0].author.name == "Mehmet Kaya"


def test_a_proposal_is_adapted_and_taken_over(sanne: Gateway, desk: Desk, kaart: str) -> None:
    said = offer(desk, kaart, "a-1", tekst="Bijna goed.")
    form = sanne.get(f"{kaart}/voorstellen/{said}/overnemen")
    assert form.values()["tekst"].strip() == "Bijna goed."
    sanne.follow(sanne.send(form, {"tekst": "Helemaal goed."}))
    assert held(desk, kaart, "a-1")["tekst"] == "Helemaal goed."
    gone = sanne.get(f"{kaart}/voorstellen/e-weg/overnemen", 404)
    assert "Dit voorstel is er niet." in gone.text


def test_one_withdraws_what_one_proposed(sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str) -> None:
    offer(desk, kaart, "a-1", tekst="Toch maar niet.")
    page = mehmet.follow(mehmet.send(mehmet.get(f"{kaart}/voorstellen")))
    assert "Uw voorstel is ingetrokken." in page.text
    assert "Ingetrokken" in page.text
    assert "Er ligt nu geen voorstel." in sanne.get(f"{kaart}/voorstellen").text


def test_who_changes_the_card_can_ask_first_and_does_not_decide_on_it(
    sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    form = sanne.get(f"{kaart}/afspraken/a-1")
    (address,) = form.all("//button[@formaction]/@formaction")
    values = form.values()
    values.setlist("tekst", ["Eerst even vragen."])
    values.setlist("_reden", ["Wat vinden jullie?"])
    page = sanne.follow(sanne.post(address, values, 303, HERE))
    assert "Uw voorstel" in page.text
    assert not page.all("//input[@type='radio']")
    said = proposed.proposals(desk, SANNE, kaart.rpartition("/")[2]).offered[0].items[0].said.id
    refused = sanne.post(
        f"{kaart}/voorstellen",
        {**dict(sanne.get(f"{kaart}/voorstellen").values()), "voorstel": said, f"besluit.{said}": "overgenomen"},
        409,
        HERE,
    )
    assert "Dit is uw eigen voorstel." in refused.text
    assert held(desk, kaart, "a-1")["tekst"] != "Eerst even vragen."
    assert "Sanne Bakker stelt een wijziging voor." in mehmet.get(kaart).text


def test_something_new_and_something_that_goes_are_proposed(
    sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    form = mehmet.get(f"{kaart}/voorstellen/afspraken/_nieuw")
    typed = {"tekst": "Oma belt elke avond.", "wie": "n-1", "voorwaardeIds": "v-1", "_reden": "Extra"}
    page = mehmet.send(form, typed, 422) if "start" not in form.values() else form
    values = {**typed, "start": "2026-11-23", "toezichtDoor": "w-1", "status": "actief", "frequentie": "Elke dag"}
    mehmet.send(page, values)
    question = mehmet.get(f"{kaart}/voorstellen/afspraken/a-2/weg")
    assert "Schrijf op waarom." in mehmet.send(question, {}, 422).text
    mehmet.send(question, {"_reden": "Dit is klaar."})
    page = sanne.get(f"{kaart}/voorstellen")
    kinds = page.texts("//article//span[@class='change__kind']")
    assert [one.split()[-1] for one in kinds] == ["Toegevoegd", "Verwijderd"]
    ids = [one.get("value") for one in page.all("//input[@name='voorstel']")]
    sanne.follow(decide(sanne, kaart, {f"besluit.{one}": "overgenomen" for one in ids}))
    texts = [one["tekst"] for one in desk.kaarten.read(kaart.rpartition("/")[2]).document["afspraken"]]
    assert "Oma belt elke avond." in texts
    assert len(texts) == 2


def test_nothing_chosen_a_stale_form_and_a_stranger_change_nothing(
    sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    said = offer(desk, kaart, "a-1", tekst="Zo.")
    assert "Kies eerst wat u met een voorstel doet." in decide(sanne, kaart, {}, 422).text
    back = decide(sanne, kaart, {f"besluit.{said}": "overgenomen", "_csrf": "oud"}, 409)
    assert back.all(f"//input[@name='besluit.{said}' and @value='overgenomen' and @checked]")
    mehmet.post(f"{kaart}/voorstellen", {"_csrf": mehmet.get(kaart).all("//input[@name='_csrf']/@value")[0]}, 403, HERE)
    mehmet.get(f"{kaart}/voorstellen/personen/_nieuw", 404)
    mehmet.get(f"{kaart}/voorstellen/afspraken/a-99", 404)
    mehmet.get(f"{kaart}/voorstellen/afspraken/a-99/weg", 404)
    assert held(desk, kaart, "a-1")["tekst"] != "Zo."


NAME = "Noor kan altijd iemand bellen"
AFSPRAAK = {"tekst": "Oma neemt op.", "wie": "n-1", "start": "2026-11-23", "toezichtDoor": "w-1", "status": "actief"}


def propose_both(mehmet: Gateway, desk: Desk, kaart: str) -> tuple[str, str, str]:
    """What Mehmet proposes with the forms: an afspraak that works on a new voorwaarde; their numbers, and that id."""
    mehmet.send(mehmet.get(f"{kaart}/voorstellen/afspraken/_nieuw"), {**AFSPRAAK, "frequentie": "Ooit", "_reden": "1"})
    form = mehmet.get(f"{kaart}/voorstellen/voorwaarden/_nieuw")
    mehmet.send(form, {"tekst": f"{NAME}.", "onveiligIds": "o-1", "_reden": "Dit ontbreekt."})
    overview = mehmet.get(f"{kaart}/voorstellen")
    address = next(one for one in overview.links("/voorstellen/afspraken/") if not one.endswith("_nieuw"))
    again = mehmet.get(address)
    assert "Voorgesteld, staat niet op de kaart" in again.text
    assert NAME in again.text
    mehmet.send(again, {"voorwaardeIds": ["", form.values()["_id"]], "_reden": "Hoort erbij."})
    found = proposed.proposals(desk, SANNE, kaart.rpartition("/")[2]).offered[0].items
    first = next(one.said.id for one in found if one.said.about[0].section == "voorwaarden")
    return first, next(one.said.id for one in found if one.said.id != first), form.values()["_id"]


def test_a_new_afspraak_is_proposed_with_the_new_voorwaarde_that_it_works_on(
    sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    first, second, voorwaarde = propose_both(mehmet, desk, kaart)
    assert f"Dit hoort bij ‘{NAME}’, dat u ook voorstelt." in mehmet.get(f"{kaart}/voorstellen").text
    sentence = f"Dit hoort bij ‘{NAME}’, en dat is ook nog een voorstel. Neem dat eerst over, of tegelijk met dit."
    page = sanne.get(f"{kaart}/voorstellen")
    assert sentence in page.texts("//article//*[@class='notice notice--then']")
    assert voorwaarde not in page.texts("//article//ins")
    back = decide(sanne, kaart, {f"besluit.{second}": "overgenomen"}, 409)
    assert sentence in back.texts("//*[@role='alert']")[0]
    assert back.text.count(sentence) == 2  # at the top and at the choice
    assert back.all(f"//input[@name='besluit.{second}' and @value='overgenomen' and @checked]")
    form = sanne.get(f"{kaart}/voorstellen/{second}/overnemen")
    assert "Voorgesteld, staat niet op de kaart" in form.text
    wrong = sanne.send(form, {"frequentie": "Elke dag"}, 422)
    assert sentence in wrong.error_at("voorwaardeIds")
    assert wrong.values()["frequentie"] == "Elke dag"
    other = sanne.get(f"{kaart}/voorstellen/afspraken/_nieuw")
    assert NAME not in other.text
    # Both at once, the afspraak first on the page.
    ids = [one.get("value") for one in page.all("//input[@name='voorstel']")]
    assert ids == [second, first]
    done = sanne.follow(decide(sanne, kaart, {f"besluit.{one}": "overgenomen" for one in ids}))
    assert "Uw 2 besluiten zijn bewaard." in done.text
    card = desk.kaarten.read(kaart.rpartition("/")[2]).document
    assert card["afspraken"][-1]["voorwaardeIds"] == [voorwaarde]
    assert card["voorwaarden"][-1]["tekst"] == f"{NAME}."


def test_where_the_voorwaarde_is_refused_the_afspraak_stays_and_is_adapted(
    sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    first, second, _ = propose_both(mehmet, desk, kaart)
    chosen = {f"besluit.{second}": "overgenomen", f"besluit.{first}": "afgewezen", f"reden.{first}": "Is er al."}
    back = decide(sanne, kaart, chosen, 409)
    assert "Uw besluit is bewaard." in back.text
    assert "dat voorstel is afgewezen. Pas dit eerst aan" in back.texts("//*[@role='alert']")[0]
    form = sanne.get(f"{kaart}/voorstellen/{second}/overnemen")
    sanne.send(form, {"voorwaardeIds": ["", "v-1"]})
    assert desk.kaarten.read(kaart.rpartition("/")[2]).document["afspraken"][-1]["voorwaardeIds"] == ["v-1"]


def test_a_draft_of_a_proposal_keeps_what_it_points_at(mehmet: Gateway, kaart: str) -> None:
    form = mehmet.get(f"{kaart}/voorstellen/voorwaarden/_nieuw")
    mehmet.send(form, {"tekst": f"{NAME}.", "onveiligIds": "o-1", "_reden": "Dit ontbreekt."})
    identity = form.values()["_id"]
    page = mehmet.get(f"{kaart}/voorstellen/afspraken/a-1")
    kept = mehmet.follow(mehmet.send(page, {"voorwaardeIds": ["", identity]}, button=("_bewaarklad", "ja")))
    assert kept.values().getlist("voorwaardeIds") == ["", identity]
    assert kept.all(f"//input[@value='{identity}' and @checked]")
    assert "Staat niet (meer) op de kaart" not in kept.text
