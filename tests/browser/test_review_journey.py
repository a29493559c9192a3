"""A review from beginning to end in real browsers: three people, each in a browser of their own, on one card."""

import re
from dataclasses import replace

from playwright.sync_api import Page, expect

from app.services import editing, reading
from app.services.cataloguing import catch_up
from app.services.desk import Desk
from tests.browser.ground import Ground
from tests.browser.states import send
from tests.desks import MEHMET, SANNE, new_card, peopled, share
from tests.services.test_saving import activated

ITEMS = [f"a-{number}" for number in range(1, 6)]


def _card(desk: Desk) -> str:
    """The id of an active card with five afspraken: Sanne holds it, Mehmet works on it, Els reviews it."""
    peopled(desk)
    els = replace(desk.accounts.known().accounts["mehmet"], id="els", name="Els Visser", email="els@rvdk.example")
    desk.accounts.put(accounts=[els])
    card = new_card()
    first = card["afspraken"][0]
    card["afspraken"] = [{**first, "id": item, "tekst": f"Afspraak {item}."} for item in ITEMS]
    card["professionals"] += [
        {"id": "w-2", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"},
        {"id": "w-3", "naam": "Els Visser", "organisatie": "Veilig Thuis"},
    ]
    kaart_id = editing.create_card(desk, SANNE, card, "Begin")
    activated(desk, kaart_id)
    share(desk, kaart_id, "account:mehmet", "behandelaar")
    share(desk, kaart_id, "account:els", "beoordelaar")
    catch_up(desk)
    return kaart_id


def _change(page: Page, card: str, item: str, text: str, reason: str = "Zo is het afgesproken.") -> None:
    page.goto(f"{card}/afspraken/{item}")
    page.locator("#veld-tekst").fill(text)
    page.locator("#veld-_reden").fill(reason)
    send(page, "button.button--main")
    expect(page.locator(".done")).to_contain_text("Bewaard")


def _judge(page: Page, item: str, verdict: str, remark: str = "") -> None:
    article = page.locator(f"#wijziging-{item}")
    article.get_by_role("radio", name=verdict, exact=True).check()
    if remark:
        article.locator("textarea").fill(remark)


def test_a_review_while_two_people_work_a_question_a_proposal_in_part_and_a_clash(ground: Ground, desk: Desk) -> None:
    kaart_id = _card(desk)
    card = f"{ground.base}/kaarten/{kaart_id}"
    sanne, mehmet, els = ground.page("sanne"), ground.page("mehmet"), ground.page("els")
    # Els has judged all; then two people change five afspraken, two of them while Els has the page open.
    els.goto(f"{card}/beoordelen")
    els.get_by_role("button", name="Akkoord met alles").click()
    els.get_by_role("button", name="Ja, akkoord op 6 onderdelen").click()
    expect(els.locator(".done")).to_contain_text("zijn bewaard")
    for page, item in ((sanne, "a-1"), (mehmet, "a-2"), (sanne, "a-3")):
        _change(page, card, item, f"Afspraak {item}, nu elke week.")
    els.goto(f"{ground.base}/beoordelen")
    els.get_by_role("link", name=re.compile("Van Dale")).click()
    expect(els.locator("article.change")).to_have_count(3)
    expect(els.locator("#wijziging-a-2")).to_contain_text("Mehmet Kaya")
    _change(mehmet, card, "a-4", "Afspraak a-4, nu elke week.")
    _change(sanne, card, "a-1", "Afspraak a-1, nu elke dag.")
    _change(mehmet, card, "a-5", "Afspraak a-5, nu elke week.")
    _judge(els, "a-1", "Akkoord")
    _judge(els, "a-2", "Vraag", "Wie let daarop?")
    _judge(els, "a-3", "Niet akkoord", "Eens per week is te weinig.")
    els.get_by_role("button", name="Oordelen bewaren").click()
    expect(els.locator(".done")).to_contain_text("Intussen is 1 onderdeel gewijzigd")
    # What changed while Els read waits: a-1 with its newest words, a-4 and a-5; the two others are judged.
    expect(els.locator("article.change")).to_have_count(3)
    expect(els.locator("#wijziging-a-1")).to_contain_text("elke dag")
    # The question stands open until Sanne answers it.
    sanne.goto(card)
    sanne.get_by_role("link", name=re.compile("Overleg: 1 vraag open")).click()
    sanne.locator("textarea[name=tekst]").first.fill("Oma Riet let daarop.")
    sanne.get_by_role("button", name="Antwoorden").click()
    expect(sanne.locator(".thread")).to_contain_text("Beantwoord")
    # Els proposes two changes; Sanne takes over one and refuses one.
    for item, text in (("a-3", "Afspraak a-3, nu elke dag."), ("a-4", "Afspraak a-4, nooit meer.")):
        els.goto(f"{card}/voorstellen/afspraken/{item}")
        els.locator("#veld-tekst").fill(text)
        els.locator("#veld-_reden").fill("Dan is het veiliger.")
        send(els)
    sanne.goto(f"{card}/voorstellen")
    expect(sanne.locator("article.change")).to_have_count(2)
    sanne.locator("article.change").nth(0).get_by_role("radio", name="Overnemen").check()
    sanne.locator("article.change").nth(1).get_by_role("radio", name="Afwijzen").check()
    sanne.locator("article.change").nth(1).locator("textarea").fill("Dat wil het gezin niet.")
    sanne.get_by_role("button", name="Besluiten bewaren").click()
    expect(sanne.locator(".done")).to_contain_text("Uw 2 besluiten zijn bewaard.")
    saves = reading.read_history(desk, SANNE, kaart_id)
    assert saves[0].author.name == "Els Visser"
    assert saves[0].seconds == [("Overgenomen-door", "Sanne Bakker (CJG Halderberge)")]
    # A proposal that clashes with what Mehmet changed meanwhile is chosen field by field.
    els.goto(f"{card}/voorstellen/afspraken/a-5")
    els.locator("#veld-tekst").fill("Afspraak a-5, zoals Els het wil.")
    els.locator("#veld-_reden").fill("Beter zo.")
    send(els)
    _change(mehmet, card, "a-5", "Afspraak a-5, zoals Mehmet het wil.")
    sanne.goto(f"{card}/voorstellen")
    sanne.get_by_role("link", name=re.compile("Aanpassen en overnemen")).click()
    expect(sanne.locator(".choose")).to_contain_text("zoals Mehmet het wil")
    sanne.locator(".choose input[value=mijn]").check()
    send(sanne)
    expect(sanne.locator(".done")).to_contain_text("Overgenomen")
    held = {one["id"]: one["tekst"] for one in reading.read_card(desk, MEHMET, kaart_id).document["afspraken"]}
    assert held == {
        "a-1": "Afspraak a-1, nu elke dag.",
        "a-2": "Afspraak a-2, nu elke week.",
        "a-3": "Afspraak a-3, nu elke dag.",
        "a-4": "Afspraak a-4, nu elke week.",
        "a-5": "Afspraak a-5, zoals Els het wil.",
    }


def test_four_eyes_are_refused_to_the_same_person(ground: Ground, desk: Desk) -> None:
    kaart_id = _card(desk)
    card = f"{ground.base}/kaarten/{kaart_id}"
    sanne, mehmet = ground.page("sanne"), ground.page("mehmet")
    sanne.goto(f"{card}/stappen/afsluiten")
    sanne.locator("#veld-_reden").fill("Het gaat al maanden goed.")
    sanne.get_by_role("button", name="Vraag een tweede persoon").click()
    expect(sanne.locator(".done")).to_contain_text("Uw verzoek staat klaar.")
    expect(sanne.get_by_role("button", name=re.compile("^Bevestigen"))).to_have_count(0)
    # Who sends the answer past the page is refused too.
    request = sanne.locator("input[name=verzoek]").get_attribute("value")
    token, base = (
        sanne.locator(f"main input[name={name}]").first.get_attribute("value") for name in ("_csrf", "_basis")
    )
    refused = sanne.request.post(
        f"{card}/bevestigen",
        form={"_csrf": str(token), "_basis": str(base), "verzoek": str(request), "besluit": "bevestigd"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert refused.status == 409
    assert "U vroeg dit zelf." in refused.text()
    assert reading.read_card(desk, SANNE, kaart_id).document["kaart"]["toestand"] == "actief"
    mehmet.goto(card)
    mehmet.get_by_role("link", name="Bekijk en bevestig").click()
    mehmet.get_by_role("button", name=re.compile("^Bevestigen")).click()
    expect(mehmet.locator(".done")).to_contain_text("Bevestigd.")
    sanne.goto(card)
    expect(sanne.locator("main")).to_contain_text("Deze kaart is ‘Afgesloten’.")
