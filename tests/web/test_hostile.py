"""What careless and hostile people send: nothing typed goes lost, nothing is leaked, nothing costs much."""

import logging
from collections.abc import Callable

import pytest

from app.content.words import Patience, word_changes
from app.services import reading
from app.services.desk import Desk
from app.storage.errors import StoreFailed
from app.storage.kaarten import KaartRepository
from app.storage.records import Stored
from tests.web.gateway import Gateway
from tests.web.test_making import typed
from tests.web.test_stale import HERE, sent

Now = Callable[[], Stored]


def test_a_new_card_with_an_old_token_is_shown_again_and_can_be_made(browser: Gateway, desk: Desk) -> None:
    page = browser.get("/kaarten/_nieuw")
    again = sent(browser, page, {**typed(page), "_reden": "Melding.", "_csrf": "oud"}, 409, HERE)
    assert "stond lang open" in again.texts("//*[@role='alert']/h2")[0]
    assert (again.values()["kaart.naam"], again.values()["_reden"]) == ("Gezin Aerts", "Melding.")
    assert list(desk.kaarten.ids()) == []
    browser.send(again)
    assert len(list(desk.kaarten.ids())) == 1


def test_no_card_is_made_under_the_name_of_who_came_later(browser: Gateway, desk: Desk) -> None:
    page = browser.get("/kaarten/_nieuw")
    browser.become("mehmet")
    again = browser.send(page, typed(page), 409)
    assert "Nu werkt u als Mehmet Kaya" in again.texts("//*[@role='alert']")[0]
    assert again.values()["kaart.naam"] == "Gezin Aerts"
    assert list(desk.kaarten.ids()) == []


def test_a_file_with_an_old_token_is_asked_for_again(browser: Gateway, desk: Desk) -> None:
    data = {"_csrf": "oud", "bestand": ""}
    response = browser.client.post("/kaarten/_nieuw/bestand", data=data, headers=HERE)
    assert response.status_code == 409
    assert "kies het opnieuw" in response.text
    assert list(desk.kaarten.ids()) == []


def test_who_goes_back_and_changes_a_card_just_made_is_not_told_that_it_is_made(browser: Gateway, desk: Desk) -> None:
    page = browser.get("/kaarten/_nieuw")
    first = browser.send(page, typed(page))
    again = browser.send(page, {**typed(page), "kaart.naam": "Gezin Baert"}, 409)
    assert "Deze kaart is al gemaakt" in again.texts("//*[@role='alert']")[0]
    assert again.values()["kaart.naam"] == "Gezin Baert"
    assert first.location in again.links()
    assert len(list(desk.kaarten.ids())) == 1


def test_the_reason_of_a_step_with_an_old_token_stays(browser: Gateway, kaart: str, now: Now) -> None:
    address = browser.get(kaart).links("/stappen/")[0]
    data = {"_csrf": "oud", "_basis": now().revision, "_reden": "Omdat het kan."}
    response = browser.client.post(address, data=data, headers=HERE)
    assert response.status_code == 409
    assert "Omdat het kan." in response.text
    assert now().document["kaart"]["toestand"] == "concept"


def test_what_was_typed_stands_on_the_page_that_says_that_it_could_not_be_read(
    browser: Gateway, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = browser.get(f"{kaart}/afspraken/a-1").values()
    form["tekst"], form["_reden"] = "Een lange tekst\nvan <b>twee</b> regels.", "Omdat"

    def fail(*_args: object) -> str:
        raise StoreFailed("disk")

    monkeypatch.setattr(KaartRepository, "read", fail)
    response = browser.client.post(f"{kaart}/afspraken/a-1", data=form, headers=HERE)
    assert response.status_code == 503
    assert "Een lange tekst<br>van &lt;b&gt;twee&lt;/b&gt; regels." in response.text
    assert "Omdat" in response.text
    from_elsewhere = browser.client.post(f"{kaart}/afspraken/a-1", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert "Een lange tekst" not in from_elsewhere.text


def test_a_stale_form_of_a_card_that_is_gone_has_an_answer_of_its_own(browser: Gateway, kaart: str) -> None:
    question = browser.get(f"{kaart}/afspraken/a-2/verwijderen")
    browser.send(question)
    page = sent(browser, question, {"_csrf": "oud", "_reden": "Dubbel"}, 404, HERE)
    assert "Dubbel" in page.texts("//dd")


def test_a_whole_list_has_no_form(browser: Gateway, kaart: str) -> None:
    form = browser.get(f"{kaart}/personen/_nieuw").values()
    browser.post(f"{kaart}/personen", form, 404)
    form["_id"], form["_csrf"] = "", "oud"
    assert browser.client.post(f"{kaart}/personen/_nieuw", data=form, headers=HERE).status_code == 400


@pytest.mark.parametrize(
    "many",
    [
        {"a": ["1"] * 6_000},
        {"wie": [f"q{number}" for number in range(1_500)]},
        {"instemming": [f"i{number}" for number in range(400)]},
    ],
)
def test_a_form_with_more_than_any_form_has_is_refused_at_once(
    browser: Gateway, kaart: str, many: dict[str, list[str]]
) -> None:
    form = browser.get(f"{kaart}/afspraken/a-1").values()
    for name, values in many.items():
        form.setlist(name, values)
    browser.post(f"{kaart}/afspraken/a-1", form, 413)


def test_the_log_of_what_nobody_foresaw_holds_nothing_of_a_card(
    browser: Gateway, kaart: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    held = "Noor is niet veilig"

    def fail(*_args: object) -> None:
        raise RuntimeError(held)

    monkeypatch.setattr(reading, "read_card", fail)
    with caplog.at_level(logging.INFO):
        browser.get(kaart, 500)
    assert "RuntimeError" in caplog.text
    assert held not in caplog.text


def test_many_long_texts_of_which_the_words_changed_places_are_told_as_wholes_after_some_time() -> None:
    patience = Patience()
    old = " ".join(str(number) for number in range(4_000))
    new = " ".join(str(number) for number in [*range(1_000, 4_000), *range(1_000)])
    told = [word_changes(old, new, patience) for _ in range(5)]
    assert len(told[0]) > 2
    assert told[-1] == [("removed", old), ("added", new)]
    assert len(word_changes(old, f"{old} meer", patience)) == 2
    assert word_changes(old, f"{old} meer", patience)[-1] == ("added", " meer")
