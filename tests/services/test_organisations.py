"""Looking after organisations: by the host alone; what stops with one."""

from pathlib import Path

import pytest

from app.services import organisations
from app.services.actors import shell
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed, NotFound
from tests.administrators import actor, administered
from tests.desks import logged, open_test_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return administered(open_test_desk(tmp_path))


def test_the_host_adds_an_organisation_with_an_id_that_can_be_read(desk: Desk, tmp_path: Path) -> None:
    made = organisations.add(desk, actor(desk, "bea"), " Jeugdbescherming  Élan ", "gi")
    assert (made.id, made.name, made.kind) == ("jeugdbescherming-elan", "Jeugdbescherming Élan", "gi")
    assert not made.host
    line = logged(tmp_path)[-1]
    assert (line["event"], line["person"]) == ("organisation-add", "organisation:jeugdbescherming-elan")


def test_organisations_whose_names_give_the_same_id_get_their_own(desk: Desk) -> None:
    made = [organisations.add(desk, shell("root"), name).id for name in ("CJG!", "C.J.G", "c j g", "112", "112.", "—")]
    assert made == ["cjg-2", "c-j-g", "c-j-g-2", "o-112", "o-112-2", "o"]


def test_organisations_are_counted_with_their_people(desk: Desk) -> None:
    def told(who: str) -> list[tuple[str, int]]:
        return [(one.organisation.id, one.people) for one in organisations.listed(desk, actor(desk, who))]

    assert told("bea") == [("cjg", 2), ("vt", 3)]
    assert told("vera") == [("vt", 3)]


def test_who_is_not_of_the_host_changes_no_organisation(desk: Desk, tmp_path: Path) -> None:
    vera, before = actor(desk, "vera"), desk.accounts.known()
    for attempt in (
        lambda: organisations.add(desk, vera, "Nieuw"),
        lambda: organisations.change(desk, vera, "vt", "Anders", ""),
        lambda: organisations.set_active(desk, vera, "vt", active=False),
        lambda: organisations.set_active(desk, vera, "cjg", active=False),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert desk.accounts.known() == before
    assert [one["outcome"] for one in logged(tmp_path)].count("geweigerd") == 4


def test_an_organisation_that_stops_ends_the_sessions_of_its_people_for_good(desk: Desk) -> None:
    stamps = {one.id: one.stamp for one in desk.accounts.known().accounts.values()}
    organisations.set_active(desk, actor(desk, "bea"), "vt", active=False)
    assert actor(desk, "mehmet").id == ""
    organisations.set_active(desk, actor(desk, "bea"), "vt", active=True)
    assert actor(desk, "mehmet").id == "mehmet"
    now = {one.id: one.stamp for one in desk.accounts.known().accounts.values()}
    assert {one for one in now if now[one] > stamps[one]} == {"adri", "mehmet", "vera"}


def test_the_host_cannot_stop(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="kan niet stoppen"):
        organisations.set_active(desk, shell("root"), "cjg", active=False)


@pytest.mark.parametrize(
    ("name", "kind", "field"),
    [
        ("", "", "name"),
        ("veilig THUIS", "", "name"),
        ("x" * 121, "", "name"),
        ("A<b>", "", "name"),
        ("A", "baas", "kind"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(desk: Desk, name: str, kind: str, field: str) -> None:
    for attempt in (
        lambda: organisations.add(desk, shell("root"), name, kind),
        lambda: organisations.change(desk, shell("root"), "cjg", name, kind),
    ):
        with pytest.raises(InvalidInput) as refused:
            attempt()
        assert list(refused.value.problems) == [field]


def test_an_organisation_keeps_its_own_name_and_gets_another_kind(desk: Desk) -> None:
    organisations.change(desk, shell("root"), "vt", "Veilig Thuis", "lokaal_team")
    assert desk.accounts.known().organisations["vt"].kind == "lokaal_team"
    with pytest.raises(NotFound):
        organisations.change(desk, shell("root"), "weg", "X", "")


def test_the_kinds_are_those_that_cards_know(desk: Desk) -> None:
    assert ("veilig_thuis", "Veilig Thuis") in organisations.kinds(desk)
