"""The pages of packages: sending one, bringing one, looking into it, accepting, refusing, and the receipts."""

from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from app.content.workflow import state_of
from app.services import alike_family, editing, handing_over, parcels
from app.services.parcels import MOST_ZIP
from app.storage.accounts import Account
from app.web import MAX_BYTES, create_app, large
from tests.desks import logged, new_card
from tests.two import Side, accepted, brought, handed, offered, packed, ready_card, receipt, sides
from tests.web.gateway import HERE, Gateway, Page

OTHERS = new_card()["personen"][1:]


@pytest.fixture
def both(tmp_path: Path) -> tuple[Side, Side]:
    return sides(tmp_path)


def at(side: Side, person: str = "") -> Gateway:
    """The browser of who works at an installation."""
    app = create_app(side.desk, "x" * 32, demonstration=True)
    return Gateway(app.test_client()).become(person or side.actor.id)


def token(page: Page) -> str:
    return str(page.all("//input[@name='_csrf']")[0].get("value"))


def press(browser: Gateway, page: Page, action: str, status: int = 303, **typed: str) -> Page:
    """Send the form of a page whose address ends so, with what is typed beside what it holds."""
    (form,) = page.all(f"//main//form[substring(@action, string-length(@action) - {len(action) - 1}) = '{action}']")
    held = MultiDict([(one.get("name"), one.get("value") or "") for one in form.xpath(".//input[@type='hidden']")])
    held.update(typed)
    return browser.post(form.get("action"), held, status, HERE)


def saved(answer: Page) -> bytes:
    """The file that an answer is, which a browser saves."""
    assert "attachment" in answer.response.headers["Content-Disposition"]
    assert answer.response.headers["Content-Length"] == str(len(answer.data))
    return answer.data


def bring(browser: Gateway, data: bytes, status: int = 303) -> Page:
    return _sent(browser, _with_file(token(browser.get("/ontvangen")), data), status)


def _sent(browser: Gateway, body: tuple[bytes, str], status: int) -> Page:
    headers = {**HERE, "Content-Type": body[1]}
    return browser.post("/ontvangen", body[0], status, headers)


def _with_file(csrf: str, data: bytes) -> tuple[bytes, str]:
    """A form with a file, as a browser sends it; and what kind of body that is."""
    head = "--x\r\nContent-Disposition: form-data; name="
    told = f'{head}"_csrf"\r\n\r\n{csrf}\r\n{head}"bestand"; filename="pakket.zip"\r\n\r\n'
    return told.encode() + data + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"


def changed(side: Side, kaart: str, text: str) -> None:
    held = side.desk.kaarten.read(kaart)
    item = {**held.document["afspraken"][0], "tekst": text}
    editing.save_item(side.desk, side.actor, kaart, "afspraken", item, held.revision, "Zo is het nu.")


def test_a_card_goes_and_the_receipt_comes_back_all_by_the_pages(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    ans, bo = at(here), at(there)
    form = ans.get(f"/kaarten/{kaart}/overdracht")
    assert form.texts("//optgroup[@label='Andere installaties']/option") == [there.name]
    typed = {"aan": f"installation:{there.id}", "tekst": "Dit gezin verhuist.", "grondslag": "Toestemming"}
    wrong = ans.send(form, {**typed, "tekst": "", "daar": ["w-1"], "verteld": "ja"}, 422)
    assert wrong.all("//option[@selected]/@value") == [typed["aan"]]
    assert wrong.all("//input[@name='daar'][@checked]/@value") == ["w-1"]
    page = ans.follow(ans.send(wrong, {**typed, "daar": []}))
    assert "Wat u nu doet" in page.text
    assert "post@elders.example" in page.text
    assert "gaat elk onderdeel mee" in page.text
    assert "Let op bij intrekken" not in page.text
    answer = press(ans, page, "/pakket", 200)
    assert answer.response.headers["Content-Disposition"].endswith(".zip.age")
    assert "Let op bij intrekken" in ans.get(page.address).text
    assert "Pakketten" in bo.get("/").text
    page = bo.follow(bring(bo, saved(answer)))
    for words in ("Dit gezin verhuist.", "Toestemming", "CJG Halderberge", "Ja: de ondertekening klopt"):
        assert words in page.text
    assert "Deze kaart is hier nog niet" in page.text
    assert "De afzender heeft niets weggelaten" in page.text
    card = bo.follow(press(bo, page, "/aannemen"))
    assert "U bent nu dossierhouder" in card.text
    assert "weet dat nog niet" in card.text
    page = bo.get(card.links("/overdracht")[0])
    answer = press(bo, page, "/ontvangstbewijs", 200)
    assert "weet dat nog niet" not in bo.get(f"/kaarten/{kaart}").text
    page = ans.follow(bring(ans, saved(answer)))
    assert "Bo Bos (Veilig Thuis Noord) heeft de kaart aangenomen" in page.text
    press(ans, page, "/inlezen")
    assert state_of(here.desk.kaarten.read(kaart).document) == "overgedragen"
    assert "Bo Bos (Veilig Thuis Noord) nam kaart" in ans.get("/").text
    assert ans.get("/ontvangen").texts("//main//li") == []


def test_who_reads_a_receipt_in_is_told_what_the_receiver_does_not_have(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    offered(here, there, kaart)
    offer = accepted(there, packed(here, kaart))
    ans = at(here)
    untouched = ans.follow(bring(ans, receipt(there, kaart, offer)))
    assert "Wat hier na het pakket is gewijzigd" not in untouched.text
    late = {**here.desk.kaarten.read(kaart).document["afspraken"][0], "tekst": "Vader slaapt nu bij oom Karel."}
    editing.save_item(here.desk, here.actor, kaart, "afspraken", late, here.desk.kaarten.head(kaart), "Sinds gisteren.")
    page = ans.get(untouched.address)
    assert "Wat hier na het pakket is gewijzigd" in page.text
    assert "De ontvanger heeft dit niet. Bel de ontvanger" in page.text
    assert "Vader slaapt nu bij oom Karel." in page.text
    press(ans, page, "/inlezen")
    assert state_of(here.desk.kaarten.read(kaart).document) == "overgedragen"


def test_only_who_brought_a_package_sees_it(both: tuple[Side, Side]) -> None:
    here, there = both
    there.desk.accounts.put(
        accounts=[Account("pim", "Pim Pas", "pim@b.example", "org-b", demonstration=True)],
    )
    kaart = ready_card(here)
    offered(here, there, kaart)
    number = brought(there, packed(here, kaart))
    at(there).get(f"/ontvangen/{number}")
    pim = at(there, "pim")
    pim.get(f"/ontvangen/{number}", 404)
    assert pim.get("/ontvangen").texts("//main//li") == []


def test_what_is_no_package_is_refused_with_a_sentence_and_nothing_is_kept(both: tuple[Side, Side]) -> None:
    bo = at(both[1])
    assert "Dit is geen pakket met een kaart" in bring(bo, b"geen zip", 422).error_at("bestand")
    page = bo.post("/ontvangen", {"_csrf": token(bo.get("/ontvangen"))}, 422, HERE)
    assert page.error_at("bestand") == "Fout: Kies het bestand dat u kreeg."
    assert both[1].desk.quarantine.all() == []


def test_a_file_may_be_larger_than_any_other_form_and_not_without_end(
    both: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    bo = at(both[1])
    assert "geen pakket" in bring(bo, b"0" * (2 * MAX_BYTES), 422).error_at("bestand")
    monkeypatch.setattr(large, "LARGEST", 3 * MAX_BYTES)
    page = bring(bo, b"0" * (3 * MAX_BYTES), 413)
    assert f"Het mag hoogstens {MOST_ZIP // 1024**2} MB zijn" in page.text
    body, kind = _with_file("", b"0" * (2 * MAX_BYTES))
    assert bo.client.post("/persoon", data=body, headers={**HERE, "Content-Type": kind}).status_code == 413
    stranger = create_app(both[1].desk, "x" * 32, demonstration=True).test_client()
    assert stranger.post("/ontvangen", data=body, headers={**HERE, "Content-Type": kind}).status_code == 401


def test_refusing_asks_why_and_gives_a_message_to_send_back(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    offered(here, there, kaart)
    ans, bo = at(here), at(there)
    page = bo.follow(bring(bo, packed(here, kaart)))
    wrong = press(bo, page, "/weigeren", 422, _reden=" ")
    assert "Schrijf op waarom" in wrong.error_at("_reden")
    page = bo.follow(press(bo, wrong, "/weigeren", _reden="Het gezin woont hier niet."))
    assert "Het gezin woont hier niet." in page.text
    answer = press(bo, page, "/bericht", 200)
    press(bo, page, "/weghalen")
    bo.get(page.address, 404)
    page = ans.follow(bring(ans, saved(answer)))
    assert "heeft de kaart geweigerd" in page.text
    assert "Het gezin woont hier niet." in page.text
    after = ans.follow(press(ans, page, "/inlezen"))
    assert "geweigerd" in after.text
    assert state_of(here.desk.kaarten.read(kaart).document) == "actief"


def test_a_package_that_cannot_be_accepted_says_so_and_can_be_removed(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    offered(here, there, kaart)
    data = packed(here, kaart)
    bo = at(there)
    page = bo.follow(bring(bo, data))
    accepted(there, data)
    page = bo.get(page.address)
    assert "Dit is hier al verwerkt" in page.text
    assert not page.all("//form[contains(@action, '/aannemen')]")
    press(bo, page, "/weghalen")
    assert "U hebt nu geen pakketten" in bo.get("/ontvangen").text


def apart(both: tuple[Side, Side]) -> tuple[str, bytes]:
    """A card that was changed on both sides: there after it was accepted, here before the receipt was read in."""
    here, there = both
    kaart = ready_card(here)
    offered(here, there, kaart)
    accepted(there, packed(here, kaart))
    changed(there, kaart, "Vader belt oma elke avond.")
    changed(here, kaart, "Vader belt oma elke week.")
    offered(there, here, kaart)
    return kaart, packed(there, kaart)


def test_where_both_sides_differ_one_chooses_and_what_was_chosen_stays(both: tuple[Side, Side]) -> None:
    here, _there = both
    kaart, data = apart(both)
    ans = at(here)
    page = ans.follow(bring(ans, data))
    assert "op beide plekken gewijzigd" in page.text
    name = str(page.all("//fieldset//input[@value='hier']/@name")[0])
    assert "tekst" in name
    assert "elke avond" in page.texts("//fieldset[contains(@class, 'choose')]")[0]
    assert "elke week" in page.texts("//fieldset[contains(@class, 'choose')]")[0]
    others = {str(one): "pakket" for one in set(page.all("//fieldset//input[@type='radio']/@name")) - {name}}
    wrong = press(ans, page, "/aannemen", 422, **others)
    assert "Kies bij elk verschil" in wrong.text
    assert wrong.error_at(name.removeprefix("_keuze.")) == "Fout: Kies wat er komt te staan."
    assert set(wrong.all("//fieldset//input[@checked]/@value")) == ({"pakket"} if others else set())
    press(ans, wrong, "/aannemen", 303, **{**others, name: "hier"})
    assert here.desk.kaarten.read(kaart).document["afspraken"][0]["tekst"] == "Vader belt oma elke week."


def test_of_many_differences_one_chooses_the_rest_at_once(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    more = [{**new_card()["afspraken"][0], "id": f"a-{number}"} for number in range(10, 40)]
    held = here.desk.kaarten.read(kaart)
    editing.save_card(here.desk, here.actor, kaart, {**held.document, "afspraken": more}, held.revision, "Meer.")
    offered(here, there, kaart)
    accepted(there, packed(here, kaart))
    for side, text in ((here, "Elke week."), (there, "Elke avond.")):
        held = side.desk.kaarten.read(kaart)
        rows = [{**one, "tekst": text} for one in held.document["afspraken"]]
        editing.save_card(
            side.desk, side.actor, kaart, {**held.document, "afspraken": rows}, held.revision, "Zo is het nu."
        )
    offered(there, here, kaart)
    ans = at(here)
    page = ans.follow(bring(ans, packed(there, kaart)))
    assert len(page.all("//fieldset[contains(@class, 'choose')]")) >= 30
    wrong = press(ans, page, "/aannemen", 422, **{"_keuze.afspraken.a-12.tekst": "hier"})
    assert "te kiezen. Ga naar de eerste" in wrong.text
    assert wrong.all("//input[@name='_alles'][@checked]/@value") == [""]
    press(ans, wrong, "/aannemen", 303, **{"_alles": "pakket", "_keuze.afspraken.a-12.tekst": "hier"})
    texts = {one["id"]: one["tekst"] for one in here.desk.kaarten.read(kaart).document["afspraken"]}
    assert texts.pop("a-12") == "Elke week."
    assert set(texts.values()) == {"Elke avond."}


def test_who_is_not_its_dossierhouder_here_is_told_nothing_of_the_card_here(both: tuple[Side, Side]) -> None:
    here, _there = both
    here.desk.accounts.put(accounts=[Account("pim", "Pim Pas", "pim@a.example", "org-a", demonstration=True)])
    _kaart, data = apart(both)
    pim = at(here, "pim")
    page = pim.follow(bring(pim, data))
    assert "Alleen die kan dit pakket aannemen" in page.text
    assert "elke week" not in page.text
    assert not page.all("//form[contains(@action, '/aannemen')]")
    refused = pim.post(f"{page.address}/aannemen", {"_csrf": token(page)}, 422, HERE)
    assert "elke week" not in refused.text


def test_what_is_shielded_from_who_looks_is_not_on_the_page(both: tuple[Side, Side]) -> None:
    here, there = both
    there.desk.accounts.put(accounts=[Account("pim", "Pim Pas", "pim@b.example", "org-b", demonstration=True)])
    card_of = ready_card(here)
    held = here.desk.kaarten.read(card_of)
    people = [*held.document["professionals"], {"id": "w-9", "naam": "Pim Pas", "organisatie": "Elders"}]
    secret = {"afgeschermdVoor": ["w-9"], "redenAfscherming": "Geheim.", "tekst": "Bij tante Zus in Breda."}
    rows = [{**held.document["afspraken"][0], **secret}, *held.document["afspraken"][1:]]
    card = {**held.document, "professionals": people, "afspraken": rows}
    editing.save_card(here.desk, here.actor, card_of, card, held.revision, "Afgeschermd")
    offered(here, there, card_of)
    data = packed(here, card_of)
    bo, pim = at(there), at(there, "pim")
    assert "tante Zus" in bo.follow(bring(bo, data)).text
    assert "tante Zus" not in pim.follow(bring(pim, data)).text


def test_a_card_that_comes_back_shows_what_is_new(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    handed(here, there, kaart)
    changed(there, kaart, "Vader belt oma elke avond.")
    offered(there, here, kaart)
    ans = at(here)
    page = ans.follow(bring(ans, packed(there, kaart)))
    assert "Deze kaart was eerder hier, en komt terug" in page.text
    assert "elke avond" in page.texts("//article")[0]


def test_a_family_that_is_here_on_another_card_is_warned_of_and_not_named(
    both: tuple[Side, Side], tmp_path: Path
) -> None:
    here, there = both
    born = [{"id": "p-1", "naam": "Noor van Dale", "rol": "kind", "geboortedatum": "2019-04-01"}]
    other = ready_card(there, personen=[*born, *OTHERS])
    kaart = ready_card(here, personen=[*born, *OTHERS])
    offered(here, there, kaart)
    bo = at(there)
    page = bo.follow(bring(bo, packed(here, kaart)))
    assert "Dit gezin lijkt hier al te staan" in page.text
    assert other not in page.source
    lines = [one for one in logged(tmp_path / "b") if one["event"] == alike_family.EVENT]
    assert [one["kaart"] for one in lines] == [kaart]
    alone = ready_card(here)
    offered(here, there, alone)
    assert "lijkt hier al" not in bo.follow(bring(bo, packed(here, alone))).text


def test_a_package_of_an_installation_that_was_stopped_is_not_opened_and_none_is_made(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    offered(here, there, kaart)
    number = brought(there, packed(here, kaart))
    there.desk.installations.edit(lambda held: replace(held[here.id], active=False))
    here.desk.installations.edit(lambda held: replace(held[there.id], active=False))
    ans, bo = at(here), at(there)
    page = ans.get(f"/kaarten/{kaart}/overdracht")
    assert "Met deze installatie wisselen we nu geen kaarten uit" in page.text
    ans.post(f"{page.address}/x/pakket", {"_csrf": token(page)}, 403, HERE)
    assert "We kennen de afzender van dit pakket niet" in bo.get(f"/ontvangen/{number}", 422).text
    bo.post(f"/ontvangen/{number}/weghalen", {"_csrf": token(bo.get("/ontvangen"))}, 303, HERE)
    assert parcels.brought(there.desk, there.actor) == []


def test_a_plain_package_is_made_where_one_asks_for_it_or_the_receiver_has_no_key(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    offered(here, there, kaart)
    ans = at(here)
    page = ans.get(f"/kaarten/{kaart}/overdracht")
    answer = press(ans, page, "/pakket", 200, open="ja")
    assert saved(answer).startswith(b"PK")
    here.desk.installations.edit(lambda held: replace(held[there.id], recipient=""))
    page = ans.get(page.address)
    assert "kan geen versleuteld pakket openen" in page.text
    assert saved(press(ans, page, "/pakket", 200)).startswith(b"PK")


def test_who_reads_a_card_alone_makes_no_receipt_of_it(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    handed(here, there, kaart)
    there.desk.accounts.put(accounts=[Account("pim", "Pim Pas", "pim@b.example", "org-b", demonstration=True)])
    arrival = there.desk.kaarten.access(kaart).handovers.arrivals[0].id
    assert receipt(there, kaart, arrival)
    handing_over.offer(
        there.desk,
        there.actor,
        kaart,
        handing_over.Wanted("account:pim", "Neem jij dit over?", "Toestemming", informed=True),
    )
    pim = at(there, "pim")
    page = pim.get(f"/kaarten/{kaart}/overdracht")
    assert "Ontvangstbewijs" not in page.text
    pim.post(f"{page.address}/{arrival}/ontvangstbewijs", {"_csrf": token(page)}, 403, HERE)
