"""Two people at the same card at the same moment: nothing is overwritten and nothing typed is lost."""

from collections.abc import Callable

from app.services import editing, reading
from app.services.desk import Desk
from app.storage.records import Stored
from tests.desks import MEHMET, SANNE
from tests.web.gateway import Gateway

Now = Callable[[], Stored]


def test_two_people_change_the_same_field_and_the_second_chooses(
    browser: Gateway, other: Gateway, kaart: str, now: Now, desk: Desk
) -> None:
    mine, theirs = browser.get(f"{kaart}/afspraken/a-2"), other.get(f"{kaart}/afspraken/a-2")
    other.send(theirs, {"tekst": "Tante haalt Noor op.", "termijn": "2026-12-08", "_reden": "Oma is ziek"})
    page = browser.send(mine, {"tekst": "Opa haalt Noor op.", "_reden": "Oma kan niet", "frequentie": "Elke week"}, 409)
    row = page.texts("(//*[@class='sides'])[1]/dd")
    assert page.texts("//fieldset[@class='choose']/legend")[0] == "Kies bij ‘Wat is de afspraak?’"
    assert page.texts("//nav[@class='differs']//a")[0] == "Wat is de afspraak?"
    assert row[0] == "Oma haalt Noor op woensdag uit school."
    assert row[1].startswith("Tante haalt Noor op.")
    assert "Mehmet Kaya (Veilig Thuis)" in row[1]
    assert row[2] == "Opa haalt Noor op."
    assert "Oma is ziek" in page.text
    assert now().document["afspraken"][1]["tekst"] == "Tante haalt Noor op."
    values = page.values()
    assert values["tekst"] == "Opa haalt Noor op."
    assert values["frequentie"] == "Elke week"
    assert values["termijn"] == "2026-12-08"
    assert values["_reden"] == "Oma kan niet"
    assert values["_basis"] == now().revision
    undecided = browser.send(page, {}, 422)
    assert "wat er moet staan" in undecided.error_at("tekst")
    assert undecided.values()["tekst"] == "Opa haalt Noor op."
    assert "Tante haalt Noor op." in undecided.texts("(//*[@class='sides'])[1]/dd")[1]
    browser.send(undecided, {"_keuze.tekst": "mijn", "tekst": "Opa of tante haalt Noor op."})
    afspraak = now().document["afspraken"][1]
    assert afspraak["tekst"] == "Opa of tante haalt Noor op."
    assert afspraak["termijn"] == "2026-12-08"
    assert afspraak["frequentie"] == "Elke week"
    authors = [save.author.name for save in reading.read_history(desk, SANNE, now().id, "a-2")]
    assert authors[:2] == [SANNE.name, MEHMET.name]


def test_the_other_side_can_be_taken(browser: Gateway, other: Gateway, kaart: str, now: Now) -> None:
    mine, theirs = browser.get(f"{kaart}/afspraken/a-2"), other.get(f"{kaart}/afspraken/a-2")
    other.send(theirs, {"status": "", "tekst": "Tante komt."})
    page = browser.send(mine, {"status": "nagekomen", "tekst": "Opa komt.", "frequentie": "Soms"}, 409)
    assert "(weggehaald)" in page.text
    browser.send(page, {"_keuze.tekst": "ander", "_keuze.status": "ander", "tekst": "Opa komt."})
    afspraak = now().document["afspraken"][1]
    assert afspraak["tekst"] == "Tante komt."
    assert "status" not in afspraak
    assert afspraak["frequentie"] == "Soms"


def test_different_fields_are_brought_together_without_a_question(
    browser: Gateway, other: Gateway, kaart: str, now: Now
) -> None:
    mine, theirs = browser.get(f"{kaart}/afspraken/a-2"), other.get(f"{kaart}/afspraken/a-2")
    other.send(theirs, {"termijn": "2026-12-08"})
    done = browser.send(mine, {"tekst": "Opa haalt Noor op."})
    assert "anderen intussen" in browser.follow(done).texts("//*[@role='status']")[0]
    afspraak = now().document["afspraken"][1]
    assert (afspraak["termijn"], afspraak["tekst"]) == ("2026-12-08", "Opa haalt Noor op.")


def test_somebody_moves_again_while_one_chooses(browser: Gateway, other: Gateway, kaart: str, now: Now) -> None:
    mine = browser.get(f"{kaart}/afspraken/a-2")
    other.send(other.get(f"{kaart}/afspraken/a-2"), {"tekst": "Tante komt."})
    page = browser.send(mine, {"tekst": "Opa komt."}, 409)
    other.send(other.get(f"{kaart}/afspraken/a-2"), {"tekst": "De buurvrouw komt."})
    again = browser.send(page, {"_keuze.tekst": "mijn"}, 409)
    row = again.texts("(//*[@class='sides'])[1]/dd")
    assert row[0] == "Tante komt."
    assert row[1].startswith("De buurvrouw komt.")
    assert again.values()["tekst"] == "Opa komt."
    browser.send(again, {"_keuze.tekst": "mijn"})
    assert now().document["afspraken"][1]["tekst"] == "Opa komt."


def test_what_the_other_removed_comes_back_only_when_saved_again(
    browser: Gateway, other: Gateway, kaart: str, now: Now
) -> None:
    mine = browser.get(f"{kaart}/afspraken/a-2")
    other.send(other.get(f"{kaart}/afspraken/a-2/verwijderen"))
    page = browser.send(mine, {"tekst": "Opa haalt Noor op."}, 409)
    assert "heeft een ander dit verwijderd" in page.text
    assert page.values()["tekst"] == "Opa haalt Noor op."
    assert len(now().document["afspraken"]) == 1
    browser.send(page)
    assert now().document["afspraken"][1]["tekst"] == "Opa haalt Noor op."


def test_removing_what_the_other_changed_asks_again(browser: Gateway, other: Gateway, kaart: str, now: Now) -> None:
    question = browser.get(f"{kaart}/afspraken/a-2/verwijderen")
    other.send(other.get(f"{kaart}/afspraken/a-2"), {"tekst": "Tante haalt Noor op."})
    page = browser.send(question, {"_reden": "Niet nodig"}, 409)
    assert "Tante haalt Noor op." in page.text
    assert page.values()["_reden"] == "Niet nodig"
    browser.send(page)
    assert len(now().document["afspraken"]) == 1


def test_a_result_that_would_not_be_a_card_is_shown_with_what_is_wrong(
    browser: Gateway, kaart: str, now: Now, desk: Desk
) -> None:
    browser.send(browser.get(f"{kaart}/netwerk/_nieuw"), {"naam": "Opa Jan"})
    opa = now().document["netwerk"][1]["id"]
    mine = browser.get(f"{kaart}/afspraken/a-2")
    editing.remove_item(desk, MEHMET, now().id, "netwerk", opa, now().revision, "")
    page = browser.send(mine, {"wie": ["", opa], "tekst": "Opa komt."}, 409)
    assert "past niet bij wat een ander" in page.text
    assert opa in page.error_at("wie")
    assert page.values().getlist("wie") == ["", opa]
    assert page.values()["tekst"] == "Opa komt."
    browser.send(page, {"wie": ["", "n-1"]})
    assert now().document["afspraken"][1]["wie"] == ["n-1"]


def test_two_people_change_the_same_nested_row(browser: Gateway, other: Gateway, kaart: str, now: Now) -> None:
    form = browser.get(f"{kaart}/afspraken/a-1")
    (row,) = [one for one in form.values().getlist("instemming") if one]
    browser.send(form, {f"instemming.{row}.persoon": "p-2", f"instemming.{row}.antwoord": "ja"})
    mine, theirs = browser.get(f"{kaart}/afspraken/a-1"), other.get(f"{kaart}/afspraken/a-1")
    other.send(theirs, {f"instemming.{row}.antwoord": "nee"})
    page = browser.send(mine, {f"instemming.{row}.antwoord": "onder_voorbehoud"}, 409)
    name = f"instemming.{row}.antwoord"
    assert page.values()["_strijd"] == name
    browser.send(page, {f"_keuze.{name}": "ander"})
    assert now().document["afspraken"][0]["instemming"][0]["antwoord"] == "nee"
    gone, changed = other.get(f"{kaart}/afspraken/a-1"), browser.get(f"{kaart}/afspraken/a-1")
    other.send(gone, {f"instemming.{row}._weg": "ja"})
    page = browser.send(changed, {name: "ja"}, 409)
    assert "(weggehaald)" in page.text
    browser.send(page, {f"_keuze.instemming.{row}": "mijn"})
    assert now().document["afspraken"][0]["instemming"] == [{"id": row, "persoon": "p-2", "antwoord": "ja"}]


def test_a_row_that_the_other_changed_and_i_removed_can_go_or_stay(
    browser: Gateway, other: Gateway, kaart: str, now: Now
) -> None:
    form = browser.get(f"{kaart}/afspraken/a-1")
    (row,) = [one for one in form.values().getlist("instemming") if one]
    browser.send(form, {f"instemming.{row}.persoon": "p-2", f"instemming.{row}.antwoord": "ja"})
    for choice, left in (("ander", 1), ("mijn", 0)):
        mine, theirs = browser.get(f"{kaart}/afspraken/a-1"), other.get(f"{kaart}/afspraken/a-1")
        other.send(theirs, {f"instemming.{row}.antwoord": "nee" if choice == "ander" else "ja"})
        page = browser.send(mine, {f"instemming.{row}._weg": "ja"}, 409)
        browser.send(page, {f"_keuze.instemming.{row}": choice})
        assert len(now().document["afspraken"][0].get("instemming", [])) == left


def test_choices_that_no_form_asks_are_passed_over(browser: Gateway, kaart: str, now: Now) -> None:
    names = ["id", "niets.x", "instemming", "", ".", *(f"instemming.x-{number}.antwoord" for number in range(2_000))]
    forged = {"_strijd": names, "_keuze.id": "ander", "_keuze.tekst": "ander"}
    typed = {"tekst": "Vader belt opa.", "start": "2026-11-23", "frequentie": "Soms", "toezichtDoor": ["", "w-1"]}
    form = browser.get(f"{kaart}/afspraken/_nieuw")
    page = browser.send(form, {**typed, **forged}, 422)
    assert page.values().getlist("_strijd") == ["instemming"]
    assert len(page.source) < 100_000
    browser.send(page, {"_strijd": names[:2], "_keuze.id": "ander", "wie": ["", "p-2"]})
    assert now().document["afspraken"][-1]["id"] == form.values()["_id"]


def test_the_head_of_the_card_meets_the_same_way(browser: Gateway, other: Gateway, kaart: str, now: Now) -> None:
    mine, theirs = browser.get(f"{kaart}/kaart"), other.get(f"{kaart}/kaart")
    other.send(theirs, {"fase": "herstel"})
    page = browser.send(mine, {"fase": "stabiele_veiligheid"}, 409)
    assert "Herstel" in page.texts("(//*[@class='sides'])[1]/dd")[1]
    assert page.texts("(//*[@class='sides'])[1]/dd")[0] == "(leeg)"
    browser.send(page, {"_keuze.fase": "mijn"})
    assert now().document["kaart"]["fase"] == "stabiele_veiligheid"


def test_a_step_that_is_no_longer_there_keeps_the_reason(
    browser: Gateway, other: Gateway, kaart: str, now: Now, desk: Desk
) -> None:
    head = {"fase": "herstel", "kader": "vrijwillig", "volgendeEvaluatie": "2027-01-12"}
    browser.send(browser.get(f"{kaart}/kaart"), head)
    mine = browser.get(f"{kaart}/stappen/activeren")
    gone = browser.send(mine, {"_basis": "0" * 40, "_reden": "Alles is rond"}, 409)
    assert gone.values()["_reden"] == "Alles is rond"
    assert gone.values()["_basis"] == now().revision
    other.send(other.get(f"{kaart}/stappen/activeren"))
    other.send(other.get(f"{kaart}/stappen/afsluiten"), {"_reden": "Verhuisd"})
    browser.send(browser.get(f"{kaart}/bevestigen"), button=("besluit", "bevestigd"))
    for base, status in ((mine.values()["_basis"], 409), (now().revision, 403)):
        page = browser.send(mine, {"_basis": base, "_reden": "Alles is rond"}, status)
        assert "De kaart is nu ‘Afgesloten’" in page.text
        assert page.texts("//main//blockquote") == ["Alles is rond"]
        assert not page.all("//main//form")
    closing = {"_csrf": mine.values()["_csrf"], "_basis": now().revision}
    assert not browser.post(f"{kaart}/stappen/afsluiten", closing, 422).all("//main//form")
    assert reading.read_card(desk, SANNE, now().id).document["kaart"]["toestand"] == "afgesloten"
    browser.get(f"{kaart}/stappen/activeren", 404)


def test_a_step_taken_by_the_other_meanwhile_is_not_taken_twice(
    browser: Gateway, other: Gateway, kaart: str, now: Now
) -> None:
    head = {"fase": "herstel", "kader": "vrijwillig", "volgendeEvaluatie": "2027-01-12"}
    browser.send(browser.get(f"{kaart}/kaart"), head)
    mine = browser.get(f"{kaart}/stappen/activeren")
    other.send(other.get(f"{kaart}/stappen/activeren"))
    after = now().revision
    browser.send(mine)
    assert now().revision == after
