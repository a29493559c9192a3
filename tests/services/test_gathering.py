"""What is handed over to be mailed: all that rings the bell, once, and nothing that was read or may not be known."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from app.content.grants import utc
from app.content.overleg import AGREED, ASKED, JUDGEMENT, QUESTION, REMARK
from app.services import accounts, bell, editing
from app.services.cataloguing import catch_up
from app.services.desk import Desk
from app.services.gathering import Letter, gather
from app.services.granting import regrant
from tests.desks import LONG_AGO, MEHMET, OPERATOR, SANNE, at, new_card, open_test_desk, peopled, share
from tests.services.test_overleg import MEHMET_ROW, change, shield, tell


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = peopled(open_test_desk(tmp_path, alone=True))
    catch_up(desk)
    return desk


@pytest.fixture
def kaart(desk: Desk) -> str:
    card = new_card()
    card["professionals"].append(MEHMET_ROW)
    kaart = editing.create_card(desk, SANNE, card, "Begin")
    share(desk, kaart, "account:mehmet", "beoordelaar")
    tell(desk, MEHMET, kaart, JUDGEMENT, verdict=AGREED)
    return kaart


def gathered(desk: Desk, **wants: str) -> list[Letter]:
    found: list[Letter] = []

    def put(letters: Sequence[Letter]) -> None:
        found.extend(letters)

    gather(desk, wants or {"sanne": LONG_AGO, "mehmet": LONG_AGO}, put)
    return found


def test_each_thing_is_handed_over_under_the_same_key_also_after_the_catalogue_is_made_anew(
    desk: Desk, kaart: str
) -> None:
    bell.follow(desk, SANNE, kaart)
    for number in range(20):
        tell(desk, MEHMET, kaart, REMARK, "a-1", text=f"Bericht {number}.")
    tell(desk, MEHMET, kaart, ASKED, about=(), step="afsluiten", text="Klaar.")
    first = gathered(desk)
    assert len({one.key for one in first}) == len(first) == 22  # with his agreement
    desk.catalogue.clear()
    assert gathered(desk) == first
    tell(desk, MEHMET, kaart, REMARK, "a-1", text="Nog een.")
    more = {one.key for one in gathered(desk)} - {one.key for one in first}
    assert len(more) == 1


def test_a_card_that_is_saved_often_is_mailed_once_a_day(desk: Desk, kaart: str) -> None:
    def keys(on: Desk) -> set[str]:
        return {one.key for one in gathered(on, mehmet=LONG_AGO)}

    change(desk, kaart, "afspraken", "a-1", tekst="Anders.")
    first = keys(desk)
    change(desk, kaart, "afspraken", "a-1", tekst="En weer anders.")
    assert len(first) == 1
    assert keys(desk) == first
    tomorrow = at(desk, desk.clock() + timedelta(days=1))
    change(tomorrow, kaart, "afspraken", "a-1", tekst="Morgen weer.")
    assert len(keys(tomorrow) | first) == 2


def test_who_is_to_be_asked_again_is_mailed_once_a_day_and_not_once_it_was_asked(desk: Desk, kaart: str) -> None:
    share(desk, kaart, "account:mehmet", "behandelaar")

    def letters() -> set[tuple[str, str]]:
        return {(one.key, one.kind) for one in gathered(desk, mehmet=LONG_AGO) if one.kind == "opnieuw_vragen"}

    for item in ("a-1", "a-2"):
        change(desk, kaart, "afspraken", item, instemming=[{"id": f"i{item[1:]}", "persoon": "p-1", "antwoord": "ja"}])
        change(desk, kaart, "afspraken", item, tekst="Anders.")
    first = letters()
    assert len(first) == 1
    change(desk, kaart, "afspraken", "a-1", tekst="En weer anders.")
    assert letters() == first
    for item in ("a-1", "a-2"):
        change(desk, kaart, "afspraken", item, instemming=[{"id": f"i{item[1:]}", "persoon": "p-1", "antwoord": "nee"}])
    assert letters() == set()


def test_what_came_before_mail_was_wanted_or_was_read_is_left_out(desk: Desk, kaart: str) -> None:
    tell(desk, MEHMET, kaart, JUDGEMENT, "a-1", verdict=QUESTION, text="Wie?")
    since = utc(desk.clock())
    assert gathered(desk, sanne=since) == []
    late = tell(desk, MEHMET, kaart, JUDGEMENT, "a-2", verdict=QUESTION, text="Wanneer?")
    (letter,) = gathered(desk, sanne=since)
    assert late.id in letter.key
    bell.looked(desk, SANNE, bell.bell(desk, SANNE, 9).until)
    assert gathered(desk, sanne=since) == []


def test_who_lost_the_role_or_the_account_or_may_not_see_it_is_mailed_nothing(desk: Desk, kaart: str) -> None:
    bell.follow(desk, MEHMET, kaart)
    shield(desk, kaart, "afspraken", "a-1")
    tell(desk, MEHMET, kaart, JUDGEMENT, verdict=AGREED)
    bell.looked(desk, MEHMET, "9999")
    change(desk, kaart, "afspraken", "a-1", tekst="Het geheime adres.")
    tell(desk, SANNE, kaart, REMARK, "a-1", text="Geheim.")
    assert gathered(desk, mehmet=LONG_AGO) == []
    change(desk, kaart, "afspraken", "a-2", tekst="Niet geheim.")
    assert len(gathered(desk, mehmet=LONG_AGO)) == 1
    accounts.deactivate(desk, OPERATOR, "mehmet")
    assert gathered(desk, mehmet=LONG_AGO, niemand=LONG_AGO) == []
    accounts.reactivate(desk, OPERATOR, "mehmet")
    regrant(desk, SANNE, kaart, lambda grants: grants[:1], "Weg")
    assert gathered(desk, mehmet=LONG_AGO) == []


def test_a_letter_holds_no_word_of_the_card_and_no_name(desk: Desk, kaart: str) -> None:
    tell(desk, MEHMET, kaart, JUDGEMENT, "a-1", verdict=QUESTION, text="Wie belt er dan?")
    (letter,) = gathered(desk, sanne=LONG_AGO)
    words = str(letter)
    assert not [one for one in ("Mehmet", "Kaya", "Vader", "belt", "example") if one in words]
    assert (letter.account, letter.kind, letter.kaart_id) == ("sanne", "vraag", kaart)
