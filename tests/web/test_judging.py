"""Beoordelen and overleg in the browser: what waits, judging it, asking and answering, an own view."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.content.overleg import AGREED, Said
from app.services import editing, judging
from app.services.cataloguing import catch_up
from app.services.desk import Desk
from app.services.judging import Verdict
from app.web import create_app
from tests.desks import MEHMET, SANNE, new_card, open_test_desk, peopled, share
from tests.web.gateway import HERE, Gateway

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
    """The address of a card of Sanne with v-1, a-1 and a-2, which Mehmet reviews."""
    card = new_card()
    card["professionals"].append(ROW)
    identity = editing.create_card(desk, SANNE, card, "Begin")
    share(desk, identity, "account:mehmet", "beoordelaar")
    return f"/kaarten/{identity}"


def change(desk: Desk, kaart: str, item: str, reason: str = "Anders afgesproken", **fields: Any) -> None:
    stored = desk.kaarten.read(kaart.rpartition("/")[2])
    held = next(one for one in stored.document["afspraken"] if one["id"] == item)
    editing.save_item(desk, SANNE, stored.id, "afspraken", {**held, **fields}, stored.revision, reason)


def stamp(browser: Gateway, kaart: str) -> dict[str, str]:
    """What every form on the page of an afspraak sends besides what is typed."""
    values = browser.get(f"{kaart}/overleg/a-1").values()
    return {name: values[name] for name in ("_csrf", "_basis")}


def agree_with_all(desk: Desk, kaart: str) -> None:
    identity = kaart.rpartition("/")[2]
    found = judging.sheet(desk, MEHMET, identity)
    judging.judge(desk, MEHMET, identity, found.kaart.revision, dict.fromkeys(found.waiting, Verdict(AGREED)))


def test_a_reviewer_is_led_from_the_start_to_what_waits_and_is_done_when_all_is_judged(
    mehmet: Gateway, kaart: str
) -> None:
    start = mehmet.get("/")
    assert start.texts("//section[@aria-labelledby='_beoordelen']//span[@class='todo__what']") == [
        "3 onderdelen om te beoordelen"
    ]
    listed = mehmet.get("/beoordelen")
    assert listed.links(f"{kaart}/beoordelen")
    assert "3 onderdelen op uw oordeel" in mehmet.get(kaart).text
    page = mehmet.get(f"{kaart}/beoordelen")
    assert len(page.all("//article[@class[contains(., 'change')]]")) == 3
    makers = page.texts("//p[@class='change__by']")
    assert len(makers) == 3
    assert all(one.startswith("Sanne Bakker, CJG Halderberge, ") and "“Begin”" in one for one in makers)
    after = mehmet.follow(mehmet.send(page, button=("alles", "1")))
    assert "Uw 3 oordelen zijn bewaard." in after.text
    assert "Er wacht hier niets meer op uw oordeel." in after.text
    assert len(after.all("//ul[@class='settled']/li")) == 3
    empty = mehmet.get("/beoordelen")
    assert "Er wacht niets op uw oordeel." in empty.text
    assert "/kaarten" in empty.links()
    assert "op uw oordeel" not in mehmet.get(kaart).text


def test_a_changed_afspraak_shows_its_words_who_when_and_why(mehmet: Gateway, desk: Desk, kaart: str) -> None:
    agree_with_all(desk, kaart)
    change(desk, kaart, "a-1", "Oma is op vakantie", tekst="De buurvrouw haalt Noor op.")
    page = mehmet.get(f"{kaart}/beoordelen")
    (article,) = page.all("//article[contains(@class, 'change')]")
    words = " ".join(article.text_content().split())
    assert "Uw oordeel van voor de wijziging: akkoord" in words
    assert "Sanne Bakker" in words
    assert "“Oma is op vakantie”" in words
    assert "buurvrouw" in " ".join(page.texts("//article//ins"))
    change(desk, kaart, "a-1", "Die kan niet", tekst="Tante haalt Noor op.")
    twice = mehmet.get(f"{kaart}/beoordelen")
    (newest,) = twice.texts("//article/p[@class='change__by']")
    assert "“Die kan niet”" in newest
    (folded,) = twice.texts("//article/details[@class='change__by']")
    assert folded.startswith("Eerder 1 keer gewijzigd")
    assert "“Oma is op vakantie”" in folded


def test_who_judges_in_part_keeps_the_rest_for_later(mehmet: Gateway, kaart: str) -> None:
    page = mehmet.get(f"{kaart}/beoordelen")
    typed = {"oordeel.a-1": "akkoord", "oordeel.a-2": "vraag", "opmerking.a-2": "Wie belt er dan?"}
    after = mehmet.follow(mehmet.send(page, typed))
    assert "Uw 2 oordelen zijn bewaard." in after.text
    assert [one.get("value") for one in after.all("//input[@name='onderdeel']")] == ["v-1"]


def test_a_question_without_words_comes_back_as_it_was_typed(mehmet: Gateway, desk: Desk, kaart: str) -> None:
    page = mehmet.get(f"{kaart}/beoordelen")
    typed = {"oordeel.a-1": "niet_akkoord", "oordeel.v-1": "akkoord", "opmerking.v-1": "Fijn zo."}
    back = mehmet.send(page, typed, 422)
    assert back.texts("//*[@class='summary']//li") == [
        "‘Vader belt oma als hij boos wordt.’: Schrijf op wat er anders moet."
    ]
    assert "a-1" not in " ".join(back.texts("//form[@id='_oordelen']//*[@class='hidden']"))
    values = back.values()
    assert (values["oordeel.a-1"], values["oordeel.v-1"], values["opmerking.v-1"].strip()) == (
        "niet_akkoord",
        "akkoord",
        "Fijn zo.",
    )
    assert desk.kaarten.overleg(kaart.rpartition("/")[2]).said == ()
    assert "Kies eerst bij een onderdeel" in mehmet.send(mehmet.get(f"{kaart}/beoordelen"), {}, 422).text


def test_what_is_written_at_what_is_left_for_later_stays_and_is_not_sent(
    mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    objection, page = "Dit is mijn bezwaar.", mehmet.get(f"{kaart}/beoordelen")
    after = mehmet.send(page, {"oordeel.a-1": "akkoord", "opmerking.a-2": objection}, 200)
    assert "Uw oordeel is bewaard." in after.text
    assert "Bij 1 onderdeel staat nog wat u schreef." in after.text
    assert after.values()["opmerking.a-2"].strip() == objection
    assert [(set(one.items), one.text) for one in said(desk, kaart)] == [({"a-1"}, "")]
    after = mehmet.send(after, {}, 200, button=("alles", "1"))
    assert after.values()["opmerking.a-2"].strip() == objection
    assert [(set(one.items), one.text) for one in said(desk, kaart)] == [({"a-1"}, ""), ({"v-1"}, "")]
    mehmet.send(after, {"oordeel.a-2": "niet_akkoord"})
    assert (set(said(desk, kaart)[-1].items), said(desk, kaart)[-1].text) == ({"a-2"}, objection)


def test_who_agrees_to_many_at_once_is_asked_first(mehmet: Gateway, desk: Desk) -> None:
    card = new_card()
    card["professionals"].append(ROW)
    card["afspraken"] = [
        {**card["afspraken"][0], "id": f"a-{number}", "tekst": f"Zin {number}."} for number in range(5)
    ]
    identity = editing.create_card(desk, SANNE, card, "Begin")
    share(desk, identity, "account:mehmet", "beoordelaar")
    page = mehmet.get(f"/kaarten/{identity}/beoordelen")
    asked = mehmet.send(page, {"oordeel.a-1": "vraag", "opmerking.a-1": "Wie belt?"}, 303, button=("alles", "1"))
    assert "bewaard" in mehmet.follow(asked).text  # five and one: not more than a handful
    other = editing.create_card(desk, SANNE, {**card, "kaart": {**card["kaart"], "naam": "Gezin Ook"}}, "Begin")
    share(desk, other, "account:mehmet", "beoordelaar")
    page = mehmet.get(f"/kaarten/{other}/beoordelen")
    asked = mehmet.send(page, {}, 200, button=("alles", "1"))
    assert "U geeft in één keer akkoord op 6 onderdelen. Klopt dat?" in asked.text
    assert said(desk, f"/kaarten/{other}") == []
    ((name, value),) = [(one.get("name"), one.get("value")) for one in asked.all("//*[@role='alert']//button")]
    assert "Uw 6 oordelen zijn bewaard." in mehmet.follow(mehmet.send(asked, {}, button=(name, value))).text


def test_a_judgement_beside_the_overleg_comes_back_there_as_it_was_typed(
    mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    agree_with_all(desk, kaart)
    for typed, words in (
        ({"oordeel.a-1": "vraag"}, "Schrijf uw vraag op."),
        ({"oordeel.a-1": "", "opmerking.a-1": "Wie belt?"}, "Kies eerst bij een onderdeel wat u ervan vindt."),
    ):
        sent = {**stamp(mehmet, kaart), "overleg": "a-1", "onderdeel": "a-1", **typed}
        back = mehmet.post(f"{kaart}/beoordelen", sent, 422, HERE)
        assert back.texts("//h1") == ["Overleg: Vader belt oma als hij boos wordt."]
        assert words in back.texts("//*[@class='summary']")[0]
        assert back.texts("//textarea[@name='opmerking.a-1']") == [typed.get("opmerking.a-1", "")]
        assert back.all("//input[@name='oordeel.a-1' and @checked]/@value") == [typed["oordeel.a-1"]]


def said(desk: Desk, kaart: str) -> list[Said]:
    return sorted(desk.kaarten.overleg(kaart.rpartition("/")[2]).said, key=lambda one: one.moment)


def test_what_changed_while_one_read_is_not_judged_on_its_new_words(mehmet: Gateway, desk: Desk, kaart: str) -> None:
    page = mehmet.get(f"{kaart}/beoordelen")
    change(desk, kaart, "a-1", tekst="Heel andere woorden.")
    back = mehmet.send(page, {"oordeel.a-1": "akkoord", "oordeel.a-2": "vraag"}, 422)
    assert back.values()["oordeel.a-1"] == ""
    assert "Intussen gewijzigd: kijk opnieuw" in back.text
    after = mehmet.follow(mehmet.send(page, {"oordeel.a-1": "akkoord"}))
    assert "Intussen is 1 onderdeel gewijzigd" in after.text
    assert "a-1" in [one.get("value") for one in after.all("//input[@name='onderdeel']")]


def test_a_form_of_another_day_or_person_comes_back_as_typed(mehmet: Gateway, desk: Desk, kaart: str) -> None:
    page = mehmet.get(f"{kaart}/beoordelen")
    back = mehmet.send(page, {"oordeel.a-1": "akkoord", "_csrf": "oud"}, 409)
    assert "Deze pagina stond lang open." in back.text
    assert back.values()["oordeel.a-1"] == "akkoord"
    mehmet.send(page, {"oordeel.a-1": "akkoord", "_basis": "0" * 40}, 409)
    mehmet.send(page, {"oordeel.a-1": "akkoord", "_basis": ""}, 400)
    assert desk.kaarten.overleg(kaart.rpartition("/")[2]).said == ()


def test_a_question_is_asked_answered_and_closed(sanne: Gateway, mehmet: Gateway, kaart: str) -> None:
    page = mehmet.get(f"{kaart}/beoordelen")
    mehmet.send(page, {"oordeel.a-1": "vraag", "opmerking.a-1": "Wat als oma ziek is?"})
    card = sanne.get(kaart)
    assert "Overleg: 1 vraag open" in card.text
    thread = sanne.get(f"{kaart}/overleg/a-1")
    assert "Nog niet beantwoord" in thread.text
    (question,) = thread.all("//input[@name='op']/@value")
    values = {**stamp(sanne, kaart), "op": question}
    back = sanne.post(f"{kaart}/overleg/a-1", {**values, "tekst": " "}, 422)
    assert "Schrijf hier iets op." in back.text
    after = sanne.follow(sanne.post(f"{kaart}/overleg/a-1", {**values, "tekst": "Dan haalt de buurvrouw Noor op."}))
    assert "Uw antwoord staat erbij." in after.text
    assert "Beantwoord" in after.text
    assert "vraag open" not in sanne.get(kaart).text
    back = mehmet.get(f"{kaart}/beoordelen")
    (answered,) = back.all("//article[@id='wijziging-a-1']")
    words = " ".join(answered.text_content().split())
    assert words.startswith("✓ Antwoord op uw vraag")
    assert "Uw vraag: Wat als oma ziek is?" in words
    assert "Dan haalt de buurvrouw Noor op." in words
    assert "De woorden zelf zijn niet gewijzigd." in words
    assert "van voor de wijziging" not in words
    mehmet.send(back, {"oordeel.a-1": "akkoord"})
    assert not mehmet.get(f"{kaart}/beoordelen").all("//article[@id='wijziging-a-1']")


def test_a_judgement_of_before_a_change_is_told_as_such(
    sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    mehmet.post(f"{kaart}/overleg/a-1", {**stamp(mehmet, kaart), "tekst": "Ik bel oma morgen."})
    agree_with_all(desk, kaart)
    assert "Van voor de wijziging" not in sanne.get(f"{kaart}/overleg/a-1").text
    change(desk, kaart, "a-1", tekst="Heel andere woorden.")
    page = sanne.get(f"{kaart}/overleg/a-1")
    assert "Van voor de wijziging" in page.text
    assert "Ik bel oma morgen." in page.text
    assert "1 oordeel van voor de wijziging" in sanne.get(kaart).text


def test_an_own_view_is_kept_on_the_card_and_kept_when_it_cannot_be(mehmet: Gateway, desk: Desk, kaart: str) -> None:
    values = stamp(mehmet, kaart)
    back = mehmet.post(f"{kaart}/overleg/a-1/visie", {**values, "tekst": ""}, 422)
    assert "Schrijf hier iets op." in back.text
    mehmet.post(f"{kaart}/overleg/a-1/visie", {**values, "tekst": "Ik vind eens per week te weinig."})
    assert "Ik vind eens per week te weinig." in mehmet.get(kaart).text
    stored = desk.kaarten.read(kaart.rpartition("/")[2]).document
    (said,) = [one for one in stored["visies"] if one["overItem"] == "a-1"]
    assert said["van"] == "w-2"


def test_what_is_hostile_is_only_text(sanne: Gateway, mehmet: Gateway, kaart: str) -> None:
    nasty = "<script>alert(1)</script> {{ 7*7 }} \u202e"
    mehmet.send(mehmet.get(f"{kaart}/beoordelen"), {"oordeel.a-1": "vraag", "opmerking.a-1": nasty}, 422)
    mehmet.send(mehmet.get(f"{kaart}/beoordelen"), {"oordeel.a-1": "vraag", "opmerking.a-1": nasty[:-1]})
    page = sanne.get(f"{kaart}/overleg/a-1")
    assert "<script>alert(1)</script> {{ 7*7 }}" in page.text
    mehmet.get(f"{kaart}/overleg/a-99", 404)
    mehmet.post(f"{kaart}/beoordelen", {**stamp(mehmet, kaart), "onderdeel": "a-99", "oordeel.a-99": "akkoord"}, 409)


def test_who_does_not_review_finds_an_empty_list_in_plain_words(sanne: Gateway, kaart: str) -> None:
    assert "U beoordeelt nu geen kaarten." in sanne.get("/beoordelen").text
    sanne.get(f"{kaart}/beoordelen", 403)
    assert not sanne.get("/").all("//section[@aria-labelledby='_beoordelen']")


def test_who_agreed_to_other_words_is_visibly_to_be_asked_again(sanne: Gateway, desk: Desk, kaart: str) -> None:
    answers = [{"id": "i-1", "persoon": "p-1", "antwoord": "ja"}, {"id": "i-2", "persoon": "n-1", "antwoord": "nee"}]
    change(desk, kaart, "a-1", instemming=answers)
    assert "Opnieuw vragen" not in sanne.get(kaart).text
    form = sanne.get(f"{kaart}/afspraken/a-1")
    assert "Dan komt bij hen ‘Opnieuw vragen’ te staan." in form.text
    before = desk.kaarten.head(kaart.rpartition("/")[2])
    page = sanne.follow(sanne.send(form, {"tekst": "Heel andere woorden."}))
    (mark,) = page.texts("//article[@id='a-1']//li[contains(., 'Opnieuw vragen')][contains(@class, 'mark--heed')]")
    assert "Noor" in mark
    history = sanne.get(f"{kaart}/geschiedenis?afspraak=a-1")
    assert "Instemming" in history.text
    compared = sanne.get(f"{kaart}/vergelijken?van={before}")
    titles = compared.texts("//article[@id='wijziging-a-1']//dt")
    assert [one for one in titles if "Opnieuw" in one] == ["Opnieuw vragen aan"]
    assert "(eerder: Ja), Oma Riet (eerder: Nee)" in compared.text
    assert not [one for one in titles if one.startswith("± Instemming")]
