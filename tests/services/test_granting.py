"""Who has which role on a card: what each may, from when until when, and at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.content.grants import MOST, Grant, read_grants, utc, write_grants
from app.services import editing, reading, rights
from app.services.actors import NOBODY, Actor
from app.services.cataloguing import catch_up, current_entry, put_again, untold
from app.services.desk import ZONE, Desk
from app.services.errors import NotAllowed, NotFound
from app.services.granting import regrant
from app.storage.access_log import Event
from app.storage.catalogue import Query
from app.storage.errors import SaveInDoubt, StoreDamaged, StoreFailed
from app.storage.kaart_writer import KaartWriter
from tests.desks import LONG_AGO, MEHMET, OPERATOR, SANNE, at, logged, new_card, open_test_desk, peopled, share

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=ZONE)
BOSS = Actor("Bea", "bea@cjg.example", "CJG Halderberge", "bea", "cjg", "beheerder")
AUDITOR = replace(BOSS, id="ank", role="auditor")
LATER = utc(NOW + timedelta(hours=1))

ACTIVE = {"propose", "talk", "own-view", "confirm"}
"""What every role may that does more than read."""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return at(peopled(open_test_desk(tmp_path, alone=True)), NOW)


@pytest.fixture
def kaart(desk: Desk) -> str:
    return editing.create_card(desk, SANNE, new_card(), "Begin")


def may(desk: Desk, actor: Actor, kaart: str) -> set[str]:
    """What somebody may with a card, by the names of the actions; a step of the workflow by its own."""
    steps = {name for name in desk.types.workflow.transitions if desk.may(actor, rights.TRANSITION, kaart, name)}
    return {action for action in rights.KINDS if desk.may(actor, action, kaart)} & rights.ON_A_CARD | steps


def test_who_makes_a_card_holds_it_and_nobody_else_knows_that_it_is_there(desk: Desk, kaart: str) -> None:
    assert may(desk, SANNE, kaart) >= {"read", "edit", "share", "card-log", "activeren"}
    for nobody in (MEHMET, NOBODY, BOSS, AUDITOR):
        assert may(desk, nobody, kaart) == set()
        with pytest.raises(NotFound):
            reading.read_card(desk, nobody, kaart)
        assert desk.may(nobody, rights.LIST) is (nobody == MEHMET)
    assert reading.find_cards(desk, MEHMET, Query()) == ([], 0)
    assert reading.find_cards(desk, SANNE, Query())[1] == 1


@pytest.mark.parametrize(
    ("role", "able"),
    [
        ("dossierhouder", {"read", "edit", "share", "card-log", "destroy", "keep", "family", *ACTIVE}),
        ("behandelaar", {"read", "edit", "card-log", "family", *ACTIVE}),
        ("beoordelaar", {"read", "judge", *ACTIVE}),
        ("meelezer", {"read", "propose"}),
        ("noodtoegang", {"read"}),
        ("burgemeester", set()),
    ],
)
@pytest.mark.parametrize("subject", ["account:mehmet", "organisation:vt"])
def test_each_role_may_what_roles_json_says(desk: Desk, kaart: str, subject: str, role: str, able: set[str]) -> None:
    share(desk, kaart, subject, role)
    assert may(desk, MEHMET, kaart) & rights.ON_A_CARD == able
    assert may(desk, replace(MEHMET, role="beheerder"), kaart) == set(), "who looks after accounts reads no cards"
    assert may(desk, replace(MEHMET, role="auditor"), kaart) == set()
    assert reading.find_cards(desk, MEHMET, Query())[1] == bool(able)


def test_a_role_holds_from_its_first_moment_until_its_last(desk: Desk, kaart: str) -> None:
    start, end = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    grant = Grant("r-1", "account:mehmet", "meelezer", utc(start), utc(end))
    regrant(desk, SANNE, kaart, lambda grants: [*grants, grant], "Gedeeld")
    for moment, known in ((start - timedelta(seconds=1), 0), (start, 1), (end - timedelta(seconds=1), 1), (end, 0)):
        then = at(desk, moment)
        assert then.may(MEHMET, rights.READ, kaart) is bool(known)
        assert reading.find_cards(then, MEHMET, Query())[1] == known


def test_a_role_that_is_withdrawn_is_gone_at_once_in_search_and_counts_too(desk: Desk, kaart: str) -> None:
    share(desk, kaart, "account:mehmet")
    assert reading.find_cards(desk, MEHMET, Query("oma"))[1] == 1
    assert reading.facet_values(desk, MEHMET, Query(), ["gemeente"]) == {"gemeente": [("Halderberge", 1)]}
    regrant(desk, SANNE, kaart, lambda grants: grants[:1], "Rol ingetrokken", "Klaar")
    assert reading.find_cards(desk, MEHMET, Query("oma"))[1] == 0
    assert reading.facet_values(desk, MEHMET, Query(), ["gemeente"]) == {"gemeente": []}
    with pytest.raises(NotFound):
        reading.read_card(desk, MEHMET, kaart)
    told = desk.kaarten.access_history(kaart, 10)
    assert [(one.steps[0].message.subject, one.reason) for one in told] == [
        ("Rol ingetrokken", "Klaar"),
        ("Gedeeld", ""),
        ("Kaart gemaakt", ""),
    ]


def test_a_step_is_for_the_roles_that_the_workflow_names(desk: Desk, kaart: str) -> None:
    share(desk, kaart, "account:mehmet", "behandelaar")
    revision = desk.kaarten.head(kaart)
    with pytest.raises(NotAllowed):
        editing.transition(desk, MEHMET, kaart, "activeren", revision, "")
    assert desk.kaarten.head(kaart) == revision


def test_what_was_refused_is_in_the_log_with_who_and_which_card(desk: Desk, kaart: str, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        reading.read_card(desk, MEHMET, kaart)
    line = logged(tmp_path)[-1]
    assert (line["event"], line["outcome"], line["who"], line["kaart"]) == ("read", "geweigerd", "mehmet", kaart)
    share(desk, kaart, "account:mehmet", "noodtoegang")
    reading.read_card(desk, MEHMET, kaart)
    line = logged(tmp_path)[-1]
    assert (line["outcome"], line["ground"], line["emergency"]) == ("toegestaan", "noodtoegang", True)


def test_the_log_names_the_role_by_which_it_was_allowed(desk: Desk, kaart: str, tmp_path: Path) -> None:
    for subject, role in (("account:mehmet", "meelezer"), ("organisation:vt", "behandelaar")):
        share(desk, kaart, subject, role)
    kaart_now = reading.read_card(desk, MEHMET, kaart)
    editing.save_card(desk, MEHMET, kaart, kaart_now.document, kaart_now.revision, "")
    grounds = {line["event"]: line["ground"] for line in logged(tmp_path) if line["who"] == "mehmet"}
    assert grounds == {"read": "behandelaar", "edit": "behandelaar"}
    regrant(desk, SANNE, kaart, lambda grants: [one for one in grants if one.role != "behandelaar"], "Minder")
    reading.read_card(desk, MEHMET, kaart)
    assert logged(tmp_path)[-1]["ground"] == "meelezer"


def test_what_somebody_may_in_general_opens_no_card(desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch) -> None:
    roles = dict(desk.types.roles.organisation)
    roles["professional"] = replace(roles["professional"], may=roles["professional"].may | {"read"})
    monkeypatch.setattr(desk.types.roles, "organisation", roles)
    assert not desk.may(MEHMET, rights.READ, kaart)


def test_who_works_on_the_server_puts_right_who_has_a_role_and_reads_nothing(desk: Desk, kaart: str) -> None:
    assert may(desk, OPERATOR, kaart) == {"share"}
    assert desk.may(OPERATOR, rights.MAINTAIN)
    assert not desk.may(SANNE, rights.MAINTAIN)


@pytest.mark.parametrize("data", [b"", b"{}", b'{"grants": 1}', b'{"grants": [{"id": "r-1"}]}', b'{"grants": ["x"]}'])
def test_a_file_of_roles_that_is_none_gives_nobody_a_role(data: bytes) -> None:
    with pytest.raises(ValueError, match="no grants"):
        read_grants(data)
    row = {"id": "r-1", "subject": "account:mehmet", "role": "meelezer", "since": "gisteren"}
    for wrong in (row, {**row, "since": 1}, {**row, "since": "2026-11-23T00:00:00"}, {**row, "seen": "ja"}):
        with pytest.raises(ValueError, match="no grants"):
            read_grants(str({"grants": [wrong]}).replace("'", '"').encode())
    many = [Grant(f"r-{number}", "account:mehmet", "meelezer", LONG_AGO) for number in range(MOST + 1)]
    with pytest.raises(ValueError, match="no grants"):
        read_grants(write_grants(many))
    assert read_grants(write_grants(many[1:])) == tuple(many[1:])


def test_roles_that_cannot_be_read_are_an_error_and_no_access(desk: Desk, kaart: str) -> None:
    (desk.kaarten._store.path(kaart) / "refs" / "kaarten" / "toegang").write_text("stuk")
    with pytest.raises(StoreDamaged):
        reading.read_card(desk, SANNE, kaart)


def test_a_change_that_git_refuses_leaves_everything_as_it_was(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(desk, kaart, "account:mehmet")

    def full(*_: object) -> None:
        raise StoreFailed("disk full")

    with monkeypatch.context() as patch:
        patch.setattr("app.storage.git_write.write_chain", full)
        with pytest.raises(StoreFailed):
            regrant(desk, SANNE, kaart, lambda grants: grants[:1], "Rol ingetrokken")
    assert reading.find_cards(desk, MEHMET, Query())[1] == 1
    assert desk.may(MEHMET, rights.READ, kaart)


def test_while_it_is_not_known_whether_a_role_was_withdrawn_nothing_is_found_by_it(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(desk, kaart, "account:mehmet")
    assert reading.find_cards(desk, MEHMET, Query())[1] == 1
    save_access = KaartWriter.save_access

    def moved_and_not_confirmed(writer: KaartWriter, *change: Any) -> None:
        save_access(writer, *change)
        raise SaveInDoubt("the disk did not confirm it")

    with monkeypatch.context() as patch:
        patch.setattr(KaartWriter, "save_access", moved_and_not_confirmed)
        with pytest.raises(SaveInDoubt):
            regrant(desk, SANNE, kaart, lambda grants: grants[:1], "Rol ingetrokken")
    assert reading.find_cards(desk, MEHMET, Query())[1] == 0
    assert reading.find_cards(desk, SANNE, Query())[1] == 1


def test_a_card_read_before_a_role_was_withdrawn_is_not_put_into_the_catalogue_after_it(desk: Desk, kaart: str) -> None:
    share(desk, kaart, "account:mehmet")
    assert reading.find_cards(desk, MEHMET, Query())[1] == 1
    known, read_before = desk.catalogue.heads(), current_entry(desk, kaart)
    regrant(desk, SANNE, kaart, lambda grants: grants[:1], "Rol ingetrokken")
    desk.catalogue.put_all([read_before], known)
    assert reading.find_cards(desk, MEHMET, Query())[1] == 0
    assert put_again(desk, untold) == 1
    assert reading.find_cards(desk, SANNE, Query())[1] == 1


def test_dying_while_a_role_is_withdrawn_never_leaves_more_in_search_than_in_git(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(desk, kaart, "account:mehmet")

    class Died(BaseException):
        pass

    def dies(*_: object) -> None:
        raise Died

    for point in ("app.storage.kaarten.KaartWriter.save_access", "app.services.granting._catalogue"):
        with monkeypatch.context() as patch:
            patch.setattr(point, dies)
            with pytest.raises(Died):
                regrant(desk, SANNE, kaart, lambda grants: grants[:1], "Rol ingetrokken")
        assert reading.find_cards(desk, MEHMET, Query())[1] <= desk.may(MEHMET, rights.READ, kaart)
        catch_up(desk)
        assert reading.find_cards(desk, MEHMET, Query())[1] == desk.may(MEHMET, rights.READ, kaart)


def test_of_many_who_share_at_once_each_succeeds(desk: Desk, kaart: str) -> None:
    def adding(identity: str) -> Callable[[tuple[Grant, ...]], list[Grant]]:
        return lambda grants: [*grants, Grant(identity, "account:mehmet", "meelezer", LONG_AGO)]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: regrant(desk, SANNE, kaart, adding(f"r-{number}"), "Gedeeld"), range(12)))
    assert {one.id for one in desk.access(kaart).grants} >= {f"r-{number}" for number in range(12)}
    entry = desk.catalogue.entry(kaart)
    assert entry
    assert {one.id for one in entry.held} == {one.id for one in desk.access(kaart).grants}


def test_a_card_that_is_not_there_and_one_that_is_not_for_you_get_one_answer(desk: Desk, kaart: str) -> None:
    answers = set()
    for one in (kaart, editing.new_id(), "geen-nummer"):
        with pytest.raises(NotFound) as refused:
            desk.require(MEHMET, rights.READ, one)
        answers.add(str(refused.value))
    assert len(answers) == 1


def test_in_one_request_each_item_has_a_line_and_none_has_two(desk: Desk, kaart: str, tmp_path: Path) -> None:
    request = replace(desk, told=set(), roles={})
    before = len(logged(tmp_path))
    for item in ("a-1", "a-2", "a-1", ""):
        request.require(SANNE, rights.READ, kaart, item or None)
    assert [line["item"] for line in logged(tmp_path)[before:]] == ["a-1", "a-2", ""]


def test_a_line_that_somebody_writes_is_no_decision_that_lets_anybody_in(desk: Desk, kaart: str) -> None:
    request = replace(desk, told=set(), roles={})
    request.tell(MEHMET, Event(rights.READ, "R", "toegestaan", NOW, kaart=kaart))
    assert not any(allowed for *_, allowed in request.told or ())
