"""What a page says so that a person knows where they are, what is meant and what will happen."""

from collections.abc import Callable

from app.storage.records import Stored
from tests.web.gateway import Gateway

Now = Callable[[], Stored]


def test_where_one_types_one_cannot_become_another(browser: Gateway, kaart: str) -> None:
    for address in ("afspraken/a-1", "afspraken/_nieuw", "kaart", "afspraken/a-1/verwijderen", "stappen/activeren"):
        page = browser.get(f"{kaart}/{address}")
        assert not page.all("//header//form"), address
        assert "U werkt als Sanne Bakker (CJG Halderberge)" in page.text
    assert browser.get(kaart).all("//header//form")


def test_the_summary_of_faults_names_the_field(browser: Gateway, kaart: str) -> None:
    form = browser.get(f"{kaart}/afspraken/a-1")
    (row,) = [one for one in form.values().getlist("instemming") if one]
    typed = {"frequentie": "x" * 5_000, f"instemming.{row}.antwoord": "ja"}
    page = browser.send(form, typed, 422)
    told = page.texts("//*[@class='summary']//li")
    assert any(one.startswith("‘Hoe vaak?’: ") for one in told), told
    assert any(one.startswith("‘Instemming 1 › Wie’: ") for one in told), told
    assert "Instemming 1" in page.texts("//fieldset[@class='row']/legend")
    assert not any(one.count("‘Hoe vaak?’") > 1 for one in told)
    page = browser.send(form, {"_reden": "x" * 5_001}, 422)
    assert page.texts("//*[@class='summary']//li")[0].startswith("‘Waarom wijzigt u dit?’: ")


def test_a_row_that_is_only_offered_need_not_be_filled_in(browser: Gateway, kaart: str) -> None:
    form = browser.get(f"{kaart}/afspraken/a-1")
    (row,) = form.all("//fieldset[@class='row']")
    assert "mag leeg blijven" in row[0].text_content()
    assert "verplicht" not in row.text_content()
    identity = row.xpath("./input/@value")[0]
    browser.send(form, {f"instemming.{identity}.persoon": "p-1", f"instemming.{identity}.antwoord": "ja"})
    held, offered = browser.get(f"{kaart}/afspraken/a-1").all("//fieldset[@class='row']")
    assert "verplicht" in held.text_content()
    assert "verplicht" not in offered.text_content()


def test_a_value_out_of_a_list_says_of_what(browser: Gateway, kaart: str) -> None:
    assert browser.get(kaart).texts("//article[@id='a-1']//li")[0] == "Status: Loopt"


def test_two_saves_of_one_minute_can_be_told_apart(browser: Gateway, kaart: str) -> None:
    browser.send(browser.get(f"{kaart}/netwerk/n-1"), {"naam": "Oma Rita"})
    browser.send(browser.get(f"{kaart}/afspraken/a-1"), {"frequentie": "Elke dag"})
    options = browser.get(f"{kaart}/geschiedenis").texts("//select[@name='van']/option")
    without_time = [one.partition(" uur ")[2] for one in options]
    assert len(set(without_time)) == 3, options


def test_a_conflict_answered_without_a_choice_still_says_who_and_when(
    browser: Gateway, other: Gateway, kaart: str
) -> None:
    mine = browser.get(f"{kaart}/afspraken/a-2")
    other.send(other.get(f"{kaart}/afspraken/a-2"), {"tekst": "Tante komt.", "_reden": "Oma is ziek"})
    first = browser.send(mine, {"tekst": "Opa komt."}, 409)
    (link,) = first.all("//main//a[@target]")
    assert (link.get("target"), link.get("rel")) == ("_blank", "noopener")
    assert "(opent in een nieuw tabblad)" in link.text_content()
    second = browser.send(first, {}, 422)
    assert second.texts("//h1") == first.texts("//h1") == ["Iemand anders was u voor"]
    for page in (first, second):
        assert "Mehmet Kaya, Veilig Thuis, vandaag" in page.texts("//*[@class='saves']")[0]
        assert "Oma is ziek" in page.texts("//*[@class='saves']")[0]
        assert "Mehmet Kaya (Veilig Thuis)" in page.texts("(//*[@class='sides'])[1]/dd")[1]
        assert len(page.all("//*[@autofocus]")) == 1


def test_a_page_where_nothing_can_go_does_not_ask_whether_it_may(browser: Gateway, kaart: str) -> None:
    page = browser.get(f"{kaart}/netwerk/n-1/verwijderen")
    assert page.texts("//h1")[0].endswith("verwijderen kan nog niet")
    assert not page.all("//*[@class='summary']")
    assert browser.get(f"{kaart}/afspraken/a-2/verwijderen").texts("//h1")[0].endswith("verwijderen?")


def test_a_step_says_of_which_family_and_what_it_means(browser: Gateway, other: Gateway, kaart: str) -> None:
    head = {"fase": "herstel", "kader": "vrijwillig", "volgendeEvaluatie": "2027-01-12"}
    browser.send(browser.get(f"{kaart}/kaart"), head)
    opening = browser.get(f"{kaart}/stappen/activeren")
    assert opening.texts("//h1") == ["Actief maken: Gezin Van Dale"]
    assert "De kaart wordt ‘Actief’. U kunt haar blijven wijzigen." in opening.text
    browser.send(opening)
    closing = browser.get(f"{kaart}/stappen/afsluiten")
    assert closing.texts("//h1") == ["Afsluiten: Gezin Van Dale"]
    assert "Daarna kan niemand haar wijzigen." in closing.text
    assert "‘Opnieuw openen’" in closing.text
    assert "niet wijzigen" not in browser.get(kaart).text
    browser.send(closing, {"_reden": "Het is veilig."})
    other.send(other.get(f"{kaart}/bevestigen"), button=("besluit", "bevestigd"))
    closed = browser.get(kaart)
    assert "Deze kaart is ‘Afgesloten’. U kunt haar lezen, maar niet wijzigen." in closed.text
    assert closed.texts("//a[@href='#_stappen']") == ["Opnieuw openen"]
    assert "U kunt haar dan weer wijzigen." in browser.get(f"{kaart}/stappen/heropenen").text


def test_a_day_that_should_lie_ahead_and_does_not_is_marked_in_words(browser: Gateway, kaart: str) -> None:
    for day, words in (("2026-11-17", "(6 dagen geleden)"), ("2026-11-22", "(gisteren)"), ("2026-11-23", "")):
        browser.send(browser.get(f"{kaart}/kaart"), {"volgendeEvaluatie": day})
        for address in (kaart, "/kaarten"):
            assert browser.get(address).texts("//dd/strong") == ([words] if words else []), (day, address)
    assert not browser.get(kaart).texts("//article//strong"), "an ordinary day in the past is no fault"


def test_a_word_that_was_found_stands_in_its_own_text_and_section(browser: Gateway, kaart: str) -> None:
    browser.send(browser.get(f"{kaart}/afspraken/a-1"), {"frequentie": "Iedere zeppelin", "tekst": "Vader belt."})
    (excerpt,) = browser.get("/kaarten?zoek=zeppelin").texts("//*[@class='cards__hit']")
    assert excerpt == "Afspraken: Iedere zeppelin"
