"""What cannot wait is done at once, and a second person is asked afterwards: whatever comes in between."""

from pathlib import Path

import pytest

from app.content.messages import TO_CONFIRM
from app.content.overleg import CONFIRMED, LONGEST_TEXT
from app.services import editing, reading
from app.services.cataloguing import catch_up, current_entry, record
from app.services.commits import new_save
from app.services.confirming import confirm, withdraw
from app.services.desk import Desk
from app.services.errors import NotAllowed
from app.services.requested import requests
from app.storage.errors import StoreFailed
from app.storage.kaart_writer import KaartWriter
from app.storage.records import NewPart
from tests.desks import MEHMET, SANNE, new_card, open_test_desk, peopled
from tests.duos import ROW, active, ask_to_close, change, duo_card, els, first, state


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path, alone=True))


@pytest.fixture
def kaart(desk: Desk) -> str:
    return duo_card(desk)


def test_reopening_is_done_at_once_and_confirmed_after(desk: Desk, kaart: str) -> None:
    confirm(desk, MEHMET, kaart, ask_to_close(desk, active(desk, kaart)))
    editing.transition(desk, SANNE, kaart, "heropenen", desk.kaarten.head(kaart), "Er is weer zorg.")
    assert state(desk, kaart) == "actief"
    one = requests(desk, MEHMET, kaart)[0]
    assert (one.open, one.asked.said.done, one.asked.said.text) == (True, True, "Er is weer zorg.")
    with pytest.raises(NotAllowed, match="U vroeg dit zelf"):
        confirm(desk, SANNE, kaart, one.asked.said.id)
    with pytest.raises(NotAllowed, match="al gedaan"):
        withdraw(desk, SANNE, kaart, one.asked.said.id)
    before = desk.kaarten.head(kaart)
    assert confirm(desk, MEHMET, kaart, one.asked.said.id) is None
    assert desk.kaarten.head(kaart) == before
    assert requests(desk, MEHMET, kaart)[0].asked.replies[-1].verdict == CONFIRMED


def test_a_shield_acts_at_once_and_is_confirmed_by_somebody_who_may_see_it(desk: Desk, kaart: str) -> None:
    other = els(desk, kaart)
    change(desk, kaart, afgeschermdVoor=["w-2"], tekst="Het geheime adres.")
    assert "geheime" not in str(reading.read_card(desk, MEHMET, kaart).document)
    assert requests(desk, MEHMET, kaart) == []
    (one,) = requests(desk, other, kaart)
    assert (one.title, one.asked.said.done, sorted(one.asked.said.items)) == ("Afschermen", True, ["a-1"])


def test_a_card_that_is_made_with_a_shield_asks_for_it_too(desk: Desk) -> None:
    card = new_card()
    card["professionals"].append(ROW)
    card["afspraken"][0] |= {"afgeschermdVoor": ["w-2"], "redenAfscherming": "Veiligheid"}
    kaart = editing.create_card(desk, SANNE, card, "Overgenomen van papier")
    (one,) = requests(desk, SANNE, kaart)
    said = one.asked.said
    assert (said.step, said.done, said.text, said.by.account) == (
        "afschermen",
        True,
        "Overgenomen van papier",
        "sanne",
    )
    confirm(desk, els(desk, kaart), kaart, said.id)
    assert not requests(desk, SANNE, kaart)[0].open


def test_a_reason_as_long_as_a_save_may_have_is_asked_with_as_much_of_it_as_can_be_said(desk: Desk, kaart: str) -> None:
    base, wanted = desk.kaarten.head(kaart), {**first(desk, kaart), "afgeschermdVoor": ["w-2"]}
    editing.save_item(desk, SANNE, kaart, "afspraken", wanted, base, "lang " * 1000)
    (one,) = requests(desk, SANNE, kaart)
    assert len(one.asked.said.text) == LONGEST_TEXT


def died(*_: object) -> None:
    raise KeyboardInterrupt


def cannot(*_: object) -> None:
    raise StoreFailed("No space left on device")


def shield_and_die(desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program dies after the save, before it could ask anybody."""
    with monkeypatch.context() as patched:
        patched.setattr(KaartWriter, "say", died)
        with pytest.raises(KeyboardInterrupt):
            change(desk, kaart, afgeschermdVoor=["w-2"])
    assert first(desk, kaart)["afgeschermdVoor"] == ["w-2"]
    assert not desk.kaarten.overleg(kaart).said


def settled(desk: Desk, kaart: str, *acts: str) -> None:
    found = [one.asked.said for one in requests(desk, SANNE, kaart)]
    assert sorted((one.step, one.by.account, one.text) for one in found) == [
        (act, "sanne", "Veiligheid") for act in sorted(acts)
    ]
    entry = desk.catalogue.entry(kaart)
    assert entry == current_entry(desk, kaart)
    assert len([one for one in entry.notices if one.kind == "verzoek"]) == len(acts)


def test_a_program_that_died_before_it_asked_asks_when_somebody_looks(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shield_and_die(desk, kaart, monkeypatch)
    reading.read_card(desk, MEHMET, kaart)
    settled(desk, kaart, "afschermen")


def test_a_program_that_died_before_it_asked_asks_at_its_next_start(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shield_and_die(desk, kaart, monkeypatch)
    catch_up(desk)
    settled(desk, kaart, "afschermen")
    catch_up(desk)
    settled(desk, kaart, "afschermen")


def test_a_program_that_died_before_it_asked_asks_before_the_next_save(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shield_and_die(desk, kaart, monkeypatch)
    change(desk, kaart, redenAfscherming="Veiligheid van oma")
    settled(desk, kaart, "afschermen")


def test_a_disk_that_is_full_after_the_save_refuses_nothing_that_is_saved_and_asks_later(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(KaartWriter, "say", cannot)
        change(desk, kaart, afgeschermdVoor=["w-2"])
    assert not desk.kaarten.overleg(kaart).said
    reading.read_card(desk, SANNE, kaart)
    settled(desk, kaart, "afschermen")


def test_who_does_not_see_what_is_shielded_reads_nothing_of_it_in_what_the_save_says(desk: Desk, kaart: str) -> None:
    whole = desk.kaarten.read(kaart)
    afspraken = whole.document["afspraken"]
    wanted = [{**afspraken[0], "afgeschermdVoor": ["w-2"]}, {**afspraken[1], "gevolg": "Anders."}, *afspraken[2:]]
    editing.save_card(desk, SANNE, kaart, {**whole.document, "afspraken": wanted}, whole.revision, "Beide")
    save = reading.read_history(desk, MEHMET, kaart)[0]
    assert save.steps
    assert "afschermen" not in repr(save)
    assert afspraken[0]["id"] not in repr(save)


def test_words_of_another_program_in_place_of_what_is_asked_are_passed_by(desk: Desk, kaart: str) -> None:
    stored = desk.kaarten.read(kaart)
    document = {**stored.document, "kaart": {**stored.document["kaart"], "toestand": "actief"}}
    for words in ("iets", "e-1 onbekend - X <x>", "e-1 afschermen afspraken/a-1", "e-1 heropenen - " + "x" * 290):
        with desk.kaarten.writing(kaart) as writer:
            part = NewPart(document, "Van elders", [(TO_CONFIRM, words)])
            kept = writer.save(writer.read().revision, new_save(desk, SANNE, "", [part], stored.form))
            record(desk, writer, kept)
    assert not desk.kaarten.overleg(kaart).said
