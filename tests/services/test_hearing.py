"""What was said is read when it changed, and heard once in each request: the card page asks for it many times."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.content.overleg import REMARK
from app.services import overleg, proposed, reading, requested, talking
from app.services.cataloguing import current_entry
from app.services.desk import Desk
from app.services.hearing import heard_of
from app.services.viewing import View, view
from app.storage.errors import StoreFailed
from tests.desks import MEHMET, SANNE, open_test_desk, peopled
from tests.duos import change, duo_card
from tests.services.test_overleg import tell
from tests.storage.helpers import plain_git


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path, alone=True))


@pytest.fixture
def kaart(desk: Desk) -> str:
    made = duo_card(desk)
    tell(desk, MEHMET, made, REMARK, "a-1", text="Dit werkt.")
    return made


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[View]:
    """Each view that was asked what it lets hear."""
    asked, real = list[View](), heard_of

    def counted(seen: View, *rest: Any) -> Any:
        asked.append(seen)
        return real(seen, *rest)

    monkeypatch.setattr(overleg, "heard_of", counted)
    return asked


def test_one_request_hears_a_card_once_for_one_person(desk: Desk, kaart: str, heard: list[View]) -> None:
    request = replace(desk, told=set(), roles={}, hearings={})
    for _ in range(2):
        assert talking.standings(request, SANNE, kaart)["a-1"].said == 1
        assert not proposed.open_on(request, SANNE, kaart)
        assert not requested.open_requests(request, SANNE, kaart)
    assert len(heard) == 1
    assert talking.standings(request, MEHMET, kaart)["a-1"].said == 1
    assert len(heard) == 2


def test_what_is_said_or_shielded_in_the_same_request_is_heard_so(desk: Desk, kaart: str) -> None:
    request = replace(desk, told=set(), roles={}, hearings={})
    assert talking.standings(request, MEHMET, kaart)["a-1"].said == 1
    talking.speak(request, SANNE, kaart, "a-1", "Fijn.")
    assert talking.standings(request, MEHMET, kaart)["a-1"].said == 2
    change(request, kaart, afgeschermdVoor=["w-2"], redenAfscherming="Veiligheid")
    assert "a-1" not in talking.standings(request, MEHMET, kaart)
    assert talking.standings(request, SANNE, kaart)["a-1"].said >= 2


def test_a_thread_is_heard_once(desk: Desk, kaart: str, heard: list[View]) -> None:
    found = talking.thread(desk, SANNE, kaart, "a-1")
    assert ([one.text for one in found.said], found.standing.said) == (["Dit werkt."], 1)
    assert len(heard) == 1


def test_no_file_is_looked_for_where_nothing_was_said_since(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = desk.kaarten.overleg(kaart)

    with monkeypatch.context() as patch:
        patch.delattr(type(desk.kaarten._store), "newest")  # what looks for files
        assert desk.kaarten.overleg(kaart) is before
        assert before.overleg is before.overleg
    talking.speak(desk, SANNE, kaart, "a-1", "Fijn.")
    assert [one.text for one in desk.kaarten.overleg(kaart).overleg.said] == ["Dit werkt.", "Fijn."]


def test_who_hears_all_of_it_hears_what_is_in_order_already(desk: Desk, kaart: str) -> None:
    assert overleg.heard(desk, view(desk, SANNE, kaart)) is desk.kaarten.overleg(kaart).overleg


def test_reading_the_card_tells_the_catalogue_what_was_said_where_it_missed_that(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(desk.catalogue, "put", refusing)
        tell(desk, MEHMET, kaart, REMARK, "a-1", text="Werkt dit nog?")
    assert desk.catalogue.heads_of(kaart) != desk.kaarten.heads(kaart)
    reading.read_card(desk, SANNE, kaart)
    assert desk.catalogue.entry(kaart) == current_entry(desk, kaart)


def test_reading_the_card_tells_the_catalogue_what_an_ordinary_git_pushed(
    desk: Desk, kaart: str, tmp_path: Path
) -> None:
    path, clone = desk.admin._store.path(kaart), tmp_path / "kloon"
    plain_git(tmp_path, "clone", "-q", "-b", "overleg", str(path), "kloon")
    (known,) = clone.glob("e-*.json")
    (clone / "e-elders.json").write_text(known.read_text().replace(known.stem, "e-elders").replace("mehmet", "piet"))
    plain_git(clone, "add", ".")
    plain_git(clone, "commit", "-qm", "Van elders")
    plain_git(clone, "push", "-q", "origin", "overleg")
    reading.read_card(desk, SANNE, kaart)
    entry = desk.catalogue.entry(kaart)
    assert entry is not None
    assert entry == current_entry(desk, kaart)
    assert "e-elders" in {one.id for one in entry.notices}


def refusing(_entry: object) -> None:
    raise StoreFailed("catalogue: database or disk is full")
