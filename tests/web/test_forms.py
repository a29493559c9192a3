"""Adding, changing and removing through forms made from the schema."""

from collections.abc import Callable

from app.services import editing, reading
from app.services.desk import Desk
from app.storage.records import Stored
from tests.desks import SANNE, new_card
from tests.web.gateway import Gateway

Now = Callable[[], Stored]


def _afspraak(now: Now, identity: str) -> dict[str, object]:
    found: dict[str, object] = next(one for one in now().document["afspraken"] if one["id"] == identity)
    return found


def test_an_afspraak_is_added_with_a_reason(browser: Gateway, kaart: str, now: Now, desk: Desk) -> None:
    form = browser.get(f"{kaart}/afspraken/_nieuw")
    identity = form.values()["_id"]
    assert identity.startswith("a-")
    assert form.values()["status"] == "voorgesteld"
    done = browser.send(
        form,
        {
            "tekst": "  Vader slaapt bij opa.\r\n\r\nElke nacht. ",
            "wie": ["", "p-2"],
            "start": "2026-11-23",
            "frequentie": "Elke nacht",
            "toezichtDoor": ["", "w-1"],
            "_reden": "Afgesproken aan tafel.",
        },
    )
    assert done.location == f"{kaart}#{identity}"
    assert _afspraak(now, identity) == {
        "id": identity,
        "tekst": "Vader slaapt bij opa.\n\nElke nacht.",
        "wie": ["p-2"],
        "start": "2026-11-23",
        "frequentie": "Elke nacht",
        "toezichtDoor": ["w-1"],
        "status": "voorgesteld",
    }
    page = browser.follow(done)
    assert "Bewaard." in page.texts("//*[@role='status']")[0]
    assert reading.read_history(desk, SANNE, now().id)[0].reason == "Afgesproken aan tafel."


def test_sending_a_new_item_twice_adds_it_once(browser: Gateway, kaart: str, now: Now, desk: Desk) -> None:
    form = browser.get(f"{kaart}/netwerk/_nieuw")
    typed = {"naam": "Opa Jan"}
    first, second = browser.send(form, typed), browser.send(form, typed)
    assert first.location == second.location
    assert len(now().document["netwerk"]) == 2
    assert len(reading.read_history(desk, SANNE, now().id)) == 2


def test_an_item_may_be_called_what_an_address_is_called(browser: Gateway, kaart: str, now: Now, desk: Desk) -> None:
    for name in ("nieuw", "verwijderen"):
        item = {"id": name, "naam": "Tante Loes"}
        editing.save_item(desk, SANNE, now().id, "netwerk", item, now().revision, "")
        form = browser.get(f"{kaart}/netwerk/{name}")
        assert form.values()["naam"] == "Tante Loes"
        browser.send(form, {"naam": "Tante Els"})
        assert now().document["netwerk"][-1] == {"id": name, "naam": "Tante Els"}
        added = browser.get(f"{kaart}/netwerk/_nieuw").values()["_id"]
        assert added.startswith("n-")
        browser.send(browser.get(f"{kaart}/netwerk/{name}/verwijderen"))
        assert len(now().document["netwerk"]) == 1


def test_what_is_not_right_comes_back_as_typed_with_a_sentence_beside_it(
    browser: Gateway, kaart: str, now: Now
) -> None:
    before = now().revision
    form = browser.get(f"{kaart}/afspraken/_nieuw")
    typed = {
        "tekst": "<b>Vader</b> & 'moeder' bellen\r\nelke dag",
        "wie": ["", "p-2", "w-1"],
        "start": "ergens in mei",
        "termijn": "",
        "_reden": "Omdat het moet",
    }
    page = browser.send(form, typed, 422)
    kept = page.values()
    assert kept["tekst"] == "<b>Vader</b> & 'moeder' bellen\nelke dag"
    assert kept.getlist("wie") == ["", "p-2", "w-1"]
    assert kept["start"] == "ergens in mei"
    assert kept["_reden"] == "Omdat het moet"
    assert kept["_id"] == form.values()["_id"]
    assert "geen datum" in page.error_at("start")
    assert "Wie ziet erop toe?" in page.error_at("toezichtDoor")
    assert "Uiterlijk" in page.error_at("termijn")
    assert page.all("//*[@id='veld-start']/@aria-invalid") == ["true"]
    assert "fout-start" in page.all("//*[@id='veld-start']/@aria-describedby")[0]
    summary = page.all("//*[@role='alert']")[0]
    assert summary.get("autofocus") is not None
    assert {"#veld-start", "#veld-termijn", "#veld-toezichtDoor"} <= set(summary.xpath(".//a/@href"))
    assert now().revision == before
    good = {"start": "1 mei 2026", "termijn": "2026-12-01", "toezichtDoor": ["", "w-1"]}
    browser.send(page, good)
    assert _afspraak(now, form.values()["_id"])["start"] == "2026-05-01"


def test_an_edit_changes_only_what_was_changed(browser: Gateway, kaart: str, now: Now) -> None:
    before = now().document
    done = browser.send(browser.get(f"{kaart}/afspraken/a-1"), {"status": "nagekomen"})
    assert done.location == f"{kaart}#a-1"
    after = now().document
    before["afspraken"][0]["status"] = "nagekomen"
    assert after == before


def test_a_form_sent_unchanged_changes_nothing(browser: Gateway, kaart: str, now: Now) -> None:
    for section, items in now().document.items():
        for item in items if isinstance(items, list) else [None]:
            before = now()
            address = f"{kaart}/{section}/{item['id']}" if item else f"{kaart}/{section}"
            browser.send(browser.get(address))
            assert now().revision == before.revision, address


def test_a_field_that_a_form_does_not_ask_stays_as_it_is(browser: Gateway, kaart: str, now: Now) -> None:
    form = browser.get(f"{kaart}/afspraken/a-2")
    browser.send(form, {"wie": None, "status": None, "tekst": "Oma komt."})
    assert _afspraak(now, "a-2")["wie"] == ["n-1"]
    assert _afspraak(now, "a-2")["tekst"] == "Oma komt."


def test_emptying_a_field_takes_it_away(browser: Gateway, kaart: str, now: Now) -> None:
    browser.send(browser.get(f"{kaart}/afspraken/a-1"), {"voorwaardeIds": [""], "status": ""})
    assert "voorwaardeIds" not in _afspraak(now, "a-1")
    assert "status" not in _afspraak(now, "a-1")


def test_the_head_of_the_card_has_a_form_without_what_only_services_change(
    browser: Gateway, kaart: str, now: Now
) -> None:
    form = browser.get(f"{kaart}/kaart")
    assert not {"id", "toestand", "dossierhouder", "schema"} & set(form.values())
    done = browser.send(
        form, {"fase": "herstel", "maatregel": ["", "ots"], "toestand": "actief", "vasteProfessional": "w-1"}
    )
    assert done.location == f"{kaart}#_kaart"
    head = now().document["kaart"]
    assert (head["fase"], head["maatregel"], head["toestand"]) == ("herstel", ["ots"], "concept")


def test_numbers_yes_and_no_and_long_choices(browser: Gateway, kaart: str, now: Now) -> None:
    form = browser.get(f"{kaart}/schaal/_nieuw")
    typed = {"datum": "2026-11-20", "wie": "p-1", "score": "elf"}
    page = browser.send(form, typed, 422)
    assert "heel getal" in page.error_at("score")
    assert page.values()["score"] == "elf"
    assert "tot en met 10" in browser.send(page, {"score": "11"}, 422).error_at("score")
    browser.send(page, {"score": " 7 "})
    assert now().document["schaal"][0]["score"] == 7
    form = browser.get(f"{kaart}/personen/p-1")
    assert len(form.all("//input[@type='radio'][@name='adresAfgeschermd']")) == 3
    browser.send(form, {"adresAfgeschermd": "nee"})
    assert now().document["personen"][0]["adresAfgeschermd"] is False
    browser.send(browser.get(f"{kaart}/personen/p-1"), {"adresAfgeschermd": ""})
    assert "adresAfgeschermd" not in now().document["personen"][0]


def test_nested_rows_are_added_emptied_and_taken_away(browser: Gateway, kaart: str, now: Now) -> None:
    form = browser.get(f"{kaart}/afspraken/a-1")
    (row,) = [one for one in form.values().getlist("instemming") if one]
    more = browser.send(
        form,
        {f"instemming.{row}.persoon": "p-2", f"instemming.{row}.antwoord": "ja"},
        200,
        button=("_meer", "instemming"),
    )
    rows = [one for one in more.values().getlist("instemming") if one]
    assert rows[0] == row
    assert len(rows) == 3
    assert more.values()[f"instemming.{row}.antwoord"] == "ja"
    browser.send(more, {f"instemming.{rows[1]}.persoon": "p-1", f"instemming.{rows[1]}.antwoord": "nee"})
    assert _afspraak(now, "a-1")["instemming"] == [
        {"id": row, "persoon": "p-2", "antwoord": "ja"},
        {"id": rows[1], "persoon": "p-1", "antwoord": "nee"},
    ]
    form = browser.get(f"{kaart}/afspraken/a-1")
    wrong = browser.send(form, {f"instemming.{row}.persoon": ""}, 422)
    assert "Wie" in wrong.error_at(f"instemming.{row}.persoon")
    browser.send(form, {f"instemming.{row}._weg": "ja"})
    assert [one["id"] for one in _afspraak(now, "a-1")["instemming"]] == [rows[1]]  # type: ignore[attr-defined]


def test_what_is_referred_to_is_not_removed(browser: Gateway, kaart: str, now: Now) -> None:
    page = browser.get(f"{kaart}/netwerk/n-1/verwijderen")
    assert "Dit kan nog niet weg" in page.text
    assert f"{kaart}/afspraken/a-2" in page.links()
    values = {**browser.get(f"{kaart}/afspraken/a-2").values(), "_reden": ""}
    sent = {key: values[key] for key in ("_csrf", "_basis")}
    refused = browser.post(f"{kaart}/netwerk/n-1/verwijderen", sent, 422)
    assert "Het wordt nog gebruikt" in refused.text
    assert now().document["netwerk"]


def test_what_cannot_be_changed_keeps_what_it_refers_to(browser: Gateway, kaart: str, now: Now) -> None:
    browser.send(browser.get(f"{kaart}/visies/_nieuw"), {"van": "p-2", "tekst": "Anders.", "overItem": "a-2"})
    visie = now().document["visies"][0]["id"]
    page = browser.get(f"{kaart}/afspraken/a-2/verwijderen")
    assert "Dit kan niet weg" in page.text
    assert f"{kaart}#{visie}" in page.links()
    assert not page.links(f"/visies/{visie}")
    assert not page.all("//main//form")
    page = browser.get(f"{kaart}/professionals/w-1/verwijderen")
    assert f"{kaart}#_kaart" in page.links()
    assert f"{kaart}/kaart" not in page.links()
    assert f"{kaart}/afspraken/a-1" in page.links()


def test_an_afspraak_is_removed_after_a_question(browser: Gateway, kaart: str, now: Now) -> None:
    done = browser.send(browser.get(f"{kaart}/afspraken/a-2/verwijderen"), {"_reden": "Niet meer nodig"})
    assert done.location == f"{kaart}#_afspraken"
    assert [one["id"] for one in now().document["afspraken"]] == ["a-1"]


def test_a_visie_can_be_added_and_never_changed(browser: Gateway, kaart: str, now: Now) -> None:
    typed = {"van": "p-2", "tekst": "Ik zie het anders.", "overItem": "a-1"}
    done = browser.send(browser.get(f"{kaart}/visies/_nieuw"), typed)
    identity = now().document["visies"][0]["id"]
    page = browser.follow(done)
    assert not page.links(f"/visies/{identity}")
    browser.get(f"{kaart}/visies/{identity}", 403)
    browser.get(f"{kaart}/visies/{identity}/verwijderen", 403)
    values = browser.get(f"{kaart}/visies/_nieuw").values()
    values.setlist("tekst", ["Toch niet."])
    values.setlist("van", ["p-2"])
    assert "blijft staan" in browser.post(f"{kaart}/visies/{identity}", values, 422).text


def test_a_step_of_the_workflow_asks_what_is_missing_and_then_is_taken(
    browser: Gateway, other: Gateway, kaart: str, now: Now
) -> None:
    asked = browser.get(f"{kaart}/stappen/activeren")
    assert "Eerst is dit nog nodig" in asked.text
    sent = {"_csrf": browser.get("/persoon").values()["_csrf"], "_basis": now().revision}
    assert "Eerst is dit nog nodig" in browser.post(f"{kaart}/stappen/activeren", sent, 422).text
    head = {"fase": "herstel", "kader": "vrijwillig", "volgendeEvaluatie": "2027-01-12"}
    browser.send(browser.get(f"{kaart}/kaart"), head)
    done = browser.send(browser.get(f"{kaart}/stappen/activeren"))
    assert now().document["kaart"]["toestand"] == "actief"
    assert "Actief" in browser.follow(done).text
    without = browser.send(browser.get(f"{kaart}/stappen/afsluiten"), {"_reden": ""}, 422)
    assert "waarom" in without.text
    browser.follow(browser.send(without, {"_reden": "Het is veilig."}))
    assert "U vroeg een tweede persoon: Afsluiten." in browser.get(kaart).text
    other.send(other.get(f"{kaart}/bevestigen"), button=("besluit", "bevestigd"))
    page = browser.get(kaart)
    assert not page.links("/_nieuw")
    assert "afgesloten" in browser.get(f"{kaart}/afspraken/a-1", 403).text
    browser.get(f"{kaart}/stappen/activeren", 404)


def test_choosing_is_by_name_and_an_item_cannot_point_at_itself(browser: Gateway, kaart: str) -> None:
    form = browser.get(f"{kaart}/afspraken/a-1")
    assert form.all("//select[@id='veld-vervangenDoor']/option/@value") == ["", "a-2"]
    assert form.texts("//label[@for='veld-wie-n-1']") == ["Oma Riet"]
    assert form.texts("//select[@id='veld-vervangenDoor']/option")[1] == "Oma haalt Noor op woensdag uit school."


def test_rows_within_an_item_go_up_and_down(browser: Gateway, kaart: str, now: Now) -> None:
    form = browser.get(f"{kaart}/afspraken/a-1")
    for person in ("p-1", "p-2"):
        *_, row = (one for one in form.values().getlist("instemming") if one)
        browser.send(form, {f"instemming.{row}.persoon": person, f"instemming.{row}.antwoord": "ja"})
        form = browser.get(f"{kaart}/afspraken/a-1")
    first, second, _offered = (one for one in form.values().getlist("instemming") if one)
    buttons = form.all("//button[@name='_rij']/@value")
    assert buttons == [f"instemming.{first}.neer", f"instemming.{second}.op"]
    assert form.texts("//button[@name='_rij']")[0].endswith("Omlaag Instemming 1")
    moved = browser.send(form, {"frequentie": "Soms"}, 200, button=("_rij", buttons[1]))
    assert [one for one in moved.values().getlist("instemming") if one][:2] == [second, first]
    assert moved.all("//*[@autofocus]/@id") == [f"rij-instemming.{second}"]
    browser.send(moved)
    assert [one["id"] for one in _afspraak(now, "a-1")["instemming"]] == [second, first]  # type: ignore[attr-defined]
    assert _afspraak(now, "a-1")["frequentie"] == "Soms"
    for strange in ("instemming", "instemming.x.op", "tekst.x.op", "..", f"instemming.{second}.op"):
        browser.send(browser.get(f"{kaart}/afspraken/a-1"), {}, 200, button=("_rij", strange))


def test_of_very_many_to_choose_from_what_is_chosen_stands_first_and_the_rest_is_folded(
    browser: Gateway, kaart: str, now: Now, desk: Desk
) -> None:
    card = now().document
    many = [{"id": f"n-{number}x", "naam": f"Buur {number}"} for number in range(40)]
    editing.save_card(desk, SANNE, now().id, {**card, "netwerk": card["netwerk"] + many}, now().revision, "")
    form = browser.get(f"{kaart}/afspraken/a-2")
    boxes = form.all("//input[@name='wie'][@type='checkbox']")
    assert (boxes[0].get("value"), boxes[0].get("id")) == ("n-1", "veld-wie")
    assert len(boxes) == len({box.get("value") for box in boxes}) == 43 + 1
    (folded,) = form.all("//details[.//input[@name='wie']]")
    assert len(folded.xpath(".//input")) == 43
    assert folded.get("open") is None
    assert "Kies uit nog 43" in folded.text_content()
    browser.send(form)
    assert now().document["afspraken"][1]["wie"] == ["n-1"]
    wrong = browser.send(browser.get(f"{kaart}/afspraken/_nieuw"), {"wie": ["", "n-2x"], "tekst": ""}, 422)
    assert wrong.values().getlist("wie") == ["", "n-2x"]


def test_a_form_sent_as_it_was_opened_changes_nothing(browser: Gateway, desk: Desk) -> None:
    card = new_card()
    card["afspraken"][0] |= {"wie": ["n-1", "p-2", "p-1"], "toezichtDoor": ["w-1", "p-1"]}
    card["onveilig"][0]["aard"] = ["anders", "lichamelijk", "getuige"]
    kaart_id = editing.create_card(desk, SANNE, card)
    for section in desk.types.current.shape:
        for item in card.get(section.key, ()) if section.kind == "items" and not section.append_only else ():
            form = browser.get(f"/kaarten/{kaart_id}/{section.key}/{item['id']}")
            assert "zo stond het al" in browser.follow(browser.send(form)).text
    assert len(reading.read_history(desk, SANNE, kaart_id)) == 1


def test_a_changed_choice_keeps_the_order_of_what_stays(browser: Gateway, desk: Desk) -> None:
    card = new_card()
    card["afspraken"][0]["wie"] = ["n-1", "p-2"]
    kaart_id = editing.create_card(desk, SANNE, card)
    form = browser.get(f"/kaarten/{kaart_id}/afspraken/a-1")
    browser.send(form, {"wie": ["", "p-1", "p-2", "n-1"]})
    assert reading.read_card(desk, SANNE, kaart_id).document["afspraken"][0]["wie"] == ["n-1", "p-2", "p-1"]
