"""Drafts at the pages: kept while somebody types, offered again, seen by the writer alone, gone once saved."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.content.workflow import Workflow
from app.services import drafting, editing
from app.services.desk import Desk
from app.services.drafting import Sheet
from app.storage.drafts import MOST_OF_ONE
from app.storage.errors import StoreFailed
from app.storage.kaart_writer import KaartWriter
from app.storage.records import Stored
from tests.desks import MEHMET, SANNE, new_card
from tests.web.gateway import Gateway, Page

Now = Callable[[], Stored]
KEEP = ("_bewaarklad", "ja")


def autosave(browser: Gateway, form: Page, typed: dict[str, str], status: int = 200) -> dict[str, object]:
    """What the script of a form sends while somebody types, and the answer."""
    (address,) = form.all("//form/@data-klad")
    values = form.values()
    for name, value in typed.items():
        values.setlist(name, [value])
    response = browser.client.post(address, data=values, headers={"Accept": "application/json"})
    assert response.status_code == status, response.text
    assert response.mimetype == ("application/json" if status == 200 else "application/problem+json")
    told: dict[str, object] = json.loads(response.text)
    return told


def offered(page: Page) -> list[str]:
    return page.links("?klad=")


def test_what_is_typed_is_kept_and_offered_again_and_goes_with_the_save(
    browser: Gateway, kaart: str, now: Now, desk: Desk
) -> None:
    form = browser.get(f"{kaart}/afspraken/a-2")
    before = now().revision
    told = autosave(browser, form, {"tekst": "Opa haalt Noor op.", "_reden": "Oma kan niet"})
    assert str(told["sentence"]).startswith("Klad bewaard om 9.")
    autosave(browser, form, {"tekst": "Opa haalt Noor op om drie uur.", "_reden": "Oma kan niet"})
    assert now().revision == before
    opened = browser.get(f"{kaart}/afspraken/a-2")
    assert opened.values()["tekst"] == "Oma haalt Noor op woensdag uit school."
    assert "U was hier al bezig" in opened.text
    (address,) = offered(opened)
    resumed = browser.get(address)
    assert resumed.values()["tekst"] == "Opa haalt Noor op om drie uur."
    assert resumed.values()["_reden"] == "Oma kan niet"
    assert "U was hier al bezig" not in resumed.text
    browser.send(resumed)
    assert now().document["afspraken"][1]["tekst"] == "Opa haalt Noor op om drie uur."
    assert drafting.mine(desk, SANNE) == []
    assert not offered(browser.get(f"{kaart}/afspraken/a-2"))


def test_the_button_keeps_a_draft_without_any_script(browser: Gateway, kaart: str, desk: Desk) -> None:
    done = browser.send(browser.get(f"{kaart}/kaart"), {"naam": "Gezin Van Dalen"}, button=KEEP)
    page = browser.follow(done)
    assert "Uw klad is bewaard om 9." in page.texts("//*[@role='status']")[0]
    assert page.values()["naam"] == "Gezin Van Dalen"
    again = browser.follow(browser.send(page, {"naam": "Gezin Van Daal"}, button=KEEP))
    assert again.values()["naam"] == "Gezin Van Daal"
    assert len(drafting.mine(desk, SANNE)) == 1


def test_a_new_item_that_was_left_is_offered_when_one_is_added(browser: Gateway, kaart: str, now: Now) -> None:
    form = browser.get(f"{kaart}/netwerk/_nieuw")
    autosave(browser, form, {"naam": "Opa Jan"})
    opened = browser.get(f"{kaart}/netwerk/_nieuw")
    assert "toevoegen: ‘Opa Jan’" in opened.text
    assert opened.values()["_id"] != form.values()["_id"]
    assert not offered(browser.get(f"{kaart}/afspraken/_nieuw"))
    resumed = browser.get(offered(opened)[0])
    assert resumed.values()["_id"] == form.values()["_id"]
    browser.send(resumed)
    assert now().document["netwerk"][1] == {"id": form.values()["_id"], "naam": "Opa Jan"}


def test_two_forms_of_one_item_are_two_drafts_and_neither_overwrites_the_other(browser: Gateway, kaart: str) -> None:
    first, second = browser.get(f"{kaart}/netwerk/n-1"), browser.get(f"{kaart}/netwerk/n-1")
    autosave(browser, first, {"naam": "Oma Ria"})
    autosave(browser, second, {"naam": "Oma Rita"})
    found = [browser.get(address).values()["naam"] for address in offered(browser.get(f"{kaart}/netwerk/n-1"))]
    assert found == ["Oma Rita", "Oma Ria"]


def test_nobody_else_sees_a_draft_or_throws_it_away(browser: Gateway, other: Gateway, kaart: str, desk: Desk) -> None:
    autosave(browser, browser.get(f"{kaart}/netwerk/n-1"), {"naam": "Tante Geheim"})
    (label,) = drafting.mine(desk, SANNE)
    for address in ("/klad", f"{kaart}/netwerk/n-1", kaart):
        assert "Geheim" not in other.get(address).source
    other.get(f"{kaart}/netwerk/n-1?klad={label.id}", 404)
    token = other.get(f"{kaart}/netwerk/n-1").values()["_csrf"]
    other.post(f"/klad/{label.id}/weggooien", {"_csrf": token})
    assert drafting.mine(desk, SANNE) == [label]


def test_a_draft_says_what_others_did_meanwhile_and_meets_it_when_it_is_saved(
    browser: Gateway, other: Gateway, kaart: str, now: Now
) -> None:
    autosave(browser, browser.get(f"{kaart}/afspraken/a-2"), {"tekst": "Opa haalt Noor op."})
    other.send(other.get(f"{kaart}/afspraken/a-2"), {"termijn": "2027-01-08"})
    other.send(other.get(f"{kaart}/afspraken/a-1"), {"frequentie": "Soms"})
    opened = browser.get(f"{kaart}/afspraken/a-2")
    (told,) = opened.texts("//main//ul[@class='saves']/li")
    assert told.startswith("Uiterlijk – Mehmet Kaya (Veilig Thuis), vandaag, ")
    assert len(opened.links("/vergelijken?van=")) == 1
    browser.get(opened.links("/vergelijken?van=")[0])
    browser.send(browser.get(offered(opened)[0]))
    assert (now().document["afspraken"][1]["tekst"], now().document["afspraken"][1]["termijn"]) == (
        "Opa haalt Noor op.",
        "2027-01-08",
    )
    autosave(browser, browser.get(f"{kaart}/afspraken/a-2"), {"tekst": "De buurvrouw komt."})
    other.send(other.get(f"{kaart}/afspraken/a-2"), {"tekst": "Tante komt."})
    browser.send(browser.get(offered(browser.get(f"{kaart}/afspraken/a-2"))[0]), {}, 409)


def test_a_draft_of_what_the_card_holds_already_is_dropped_without_a_word(
    browser: Gateway, other: Gateway, kaart: str, now: Now, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, new = browser.get(f"{kaart}/afspraken/a-2"), browser.get(f"{kaart}/netwerk/_nieuw")
    autosave(browser, form, {"tekst": "Opa haalt Noor op."})
    autosave(browser, new, {"naam": "Opa Jan"})
    with monkeypatch.context() as dies:  # the process died after the save and before the draft was removed
        dies.setattr(drafting, "throw_away", _refuse)
        browser.send(form, {"tekst": "Opa haalt Noor op."})
        browser.send(new, {"naam": "Opa Jan"})
    other.send(other.get(f"{kaart}/afspraken/a-2"), {"termijn": "2027-01-08"})
    assert len(drafting.mine(desk, SANNE)) == 2
    assert not offered(browser.get(f"{kaart}/afspraken/a-2"))
    assert not offered(browser.get(f"{kaart}/netwerk/_nieuw"))
    assert drafting.mine(desk, SANNE) == []
    assert len(now().document["netwerk"]) == 2


def test_a_draft_of_an_item_that_was_removed_or_of_a_closed_card_can_still_be_read(
    browser: Gateway, other: Gateway, kaart: str
) -> None:
    autosave(browser, browser.get(f"{kaart}/afspraken/a-2"), {"tekst": "Opa haalt Noor op."})
    other.send(other.get(f"{kaart}/afspraken/a-2/verwijderen"))
    browser.get(f"{kaart}/afspraken/a-2", 404)
    (address,) = offered(browser.get("/klad"))
    page = browser.get(address)
    assert "heeft een ander dit verwijderd" in browser.send(page, {}, 409).text
    head = {"fase": "herstel", "kader": "vrijwillig", "volgendeEvaluatie": "2027-01-12"}
    other.send(other.get(f"{kaart}/kaart"), head)
    other.send(other.get(f"{kaart}/stappen/activeren"))
    other.send(other.get(f"{kaart}/stappen/afsluiten"), {"_reden": "Verhuisd"})
    browser.send(browser.get(f"{kaart}/bevestigen"), button=("besluit", "bevestigd"))
    closed = browser.get(address)
    assert "afgesloten" in closed.texts("//*[@role='alert']")[0]
    assert closed.values()["tekst"] == "Opa haalt Noor op."
    assert "afgesloten" in str(autosave(browser, closed, {"tekst": "Anders"}, 403)["title"])
    assert "afgesloten" in browser.send(closed, {"tekst": "Toch."}, 403).text


def test_a_text_that_is_too_long_for_a_draft_or_of_a_closed_card_stays_on_the_page(
    browser: Gateway, kaart: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = browser.get(f"{kaart}/tekst")
    fields = page.all("//main//form[@data-klad]//input[@type='hidden']")
    sent = {**{one.get("name"): one.get("value") for one in fields}, "tekst": "# Mijn tekst", KEEP[0]: KEEP[1]}
    for _ in range(MOST_OF_ONE):
        drafting.keep(desk, SANNE, desk.kaarten.read(kaart.rpartition("/")[2]), Sheet(desk.draw(9), "x", "x", "x", ()))
    full = browser.post(f"{kaart}/tekst", sent, 422)
    assert "of u hebt er al 200" in full.texts("//*[@role='alert']")[0]
    assert "# Mijn tekst" in full.source
    drafting.throw_away(desk, SANNE, drafting.mine(desk, SANNE)[0].id)
    address = browser.post(f"{kaart}/tekst", sent).location
    monkeypatch.setattr(Workflow, "editable", lambda *_: False)
    closed = browser.get(address)
    assert "kan nu niet worden gewijzigd" in closed.texts("//*[@role='alert']")[0]
    assert "# Mijn tekst" in closed.source


def test_my_drafts_are_listed_with_their_family_and_can_be_thrown_away(browser: Gateway, kaart: str) -> None:
    assert "U hebt geen klad" in browser.get("/klad").text
    autosave(browser, browser.get(f"{kaart}/netwerk/n-1"), {"naam": "Oma Ria"})
    page = browser.get("/klad")
    assert page.texts("//main//h2") == ["Iemand uit het netwerk: ‘Oma Ria’"]
    assert "Gezin Van Dale" in page.text
    done = browser.send(page)
    assert done.location == "/klad"
    assert "weggegooid" in browser.follow(done).text
    assert not offered(browser.get("/klad"))


def test_throwing_away_at_a_form_leads_back_to_it(browser: Gateway, kaart: str) -> None:
    autosave(browser, browser.get(f"{kaart}/netwerk/n-1"), {"naam": "Oma Ria"})
    page = browser.get(f"{kaart}/netwerk/n-1")
    (question,) = page.all("//main//form[contains(@action, '/weggooien')]")
    sent = {one.get("name"): one.get("value") for one in question.xpath(".//input")}
    assert browser.post(question.get("action"), sent).location == f"{kaart}/netwerk/n-1"
    assert not offered(browser.get(f"{kaart}/netwerk/n-1"))


@pytest.mark.parametrize("sent", [{"tekst": ""}, {"_basis": "0" * 40}, {"tekst": "Anders."}])
def test_a_form_that_could_not_be_saved_is_kept_as_a_draft(
    browser: Gateway, kaart: str, desk: Desk, monkeypatch: pytest.MonkeyPatch, sent: dict[str, str]
) -> None:
    monkeypatch.setattr(KaartWriter, "save", _refuse)
    status = {"tekst": 422, "_basis": 409}[next(iter(sent))] if sent != {"tekst": "Anders."} else 503
    browser.send(browser.get(f"{kaart}/afspraken/a-1"), {"frequentie": "Nooit meer", **sent}, status)
    (label,) = drafting.mine(desk, SANNE)
    assert ("frequentie", "Nooit meer") in drafting.read(desk, SANNE, label.id).fields


def test_where_drafts_cannot_be_kept_cards_are_read_and_saved_all_the_same(
    browser: Gateway, kaart: str, now: Now, tmp_path: Path
) -> None:
    (tmp_path / "var" / "drafts.sqlite").write_bytes(b"geen database, maar wel lang genoeg " * 40)
    browser.get(kaart)
    form = browser.get(f"{kaart}/netwerk/n-1")
    assert "klad wordt op dit moment niet bewaard" in form.text
    assert "beschadigd" in str(autosave(browser, form, {"naam": "Oma Ria"}, 503)["title"])
    asked = browser.send(form, {"naam": "Oma Ria"}, 503, button=KEEP)
    assert asked.values()["naam"] == "Oma Ria"
    assert "niet te lezen" in browser.get("/klad").text
    browser.send(form, {"naam": ""}, 422)
    browser.send(form, {"naam": "Oma Ria"})
    assert now().document["netwerk"][0]["naam"] == "Oma Ria"


def test_what_is_no_draft_of_a_form_is_refused(browser: Gateway, kaart: str) -> None:
    form = browser.get(f"{kaart}/netwerk/n-1")
    for wrong in ({"_klad": ""}, {"_klad": "../x"}, {"_plaats": "niets/x"}, {"_plaats": "x" * 200}, {"_basis": "HEAD"}):
        autosave(browser, form, wrong, 400)
    autosave(browser, form, {"_csrf": "oud"}, 400)
    assert not offered(browser.get("/klad"))


def test_a_draft_of_one_form_is_not_opened_at_another(browser: Gateway, kaart: str, desk: Desk) -> None:
    autosave(browser, browser.get(f"{kaart}/netwerk/n-1"), {"naam": "Oma Ria"})
    (label,) = drafting.mine(desk, SANNE)
    browser.get(f"{kaart}/personen/p-1?klad={label.id}", 404)
    browser.get(f"{kaart}/kaart?klad={label.id}", 404)
    second = editing.create_card(desk, MEHMET, new_card())
    browser.get(f"/kaarten/{second}/netwerk/n-1?klad={label.id}", 404)


def _refuse(*_args: object) -> None:
    raise StoreFailed("disk")
