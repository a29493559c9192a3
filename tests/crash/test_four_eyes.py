"""What two people do, killed anywhere: each shield is asked of a second one, each yes is carried out or waits."""

from pathlib import Path

import pytest

from app.content.items import find
from app.content.workflow import state_of
from app.services import confirming, maintenance, requested
from app.services.cataloguing import catch_up
from app.services.desk import Desk
from tests.crash.test_service import report
from tests.crash.work import Worker
from tests.desks import MEHMET, OPERATOR, SANNE, open_test_desk, peopled
from tests.duos import active, ask_to_close, duo_card


def requests_on(desk: Desk, kaart: str) -> list[requested.Request]:
    return requested.requests(desk, SANNE, kaart)


def killed_shields(folder: Path, stride: int) -> None:
    """A shield that is on the card is asked of a second person by whoever starts next."""
    desk = peopled(open_test_desk(folder))
    points = shielded = late = 0
    struck = True
    with Worker() as worker:
        while struck:
            kaart = duo_card(desk)
            outcome = worker.do("shield", folder, kaart, "w-2", kill_after=1 + points * stride)
            points, struck = points + 1, outcome.struck
            desk = open_test_desk(folder)
            there = find(desk.kaarten.read(kaart).document, ("afspraken", "a-1", "afgeschermdVoor")) == ["w-2"]
            assert there or not outcome.answer
            shielded += there
            late += there and not desk.kaarten.overleg(kaart).said
            catch_up(desk)
            assert [one.asked.said.step for one in requests_on(desk, kaart)] == ["afschermen"] * there
            assert list(maintenance.check(desk, OPERATOR, kaart)) == []
    assert late
    report("shield", f"{points} kill points, {shielded} shielded, {late} asked at the next start, 0 not asked")


def killed_confirmations(folder: Path, stride: int) -> None:
    desk = peopled(open_test_desk(folder))
    points = done = unsaid = 0
    struck = True
    with Worker() as worker:
        while struck:
            kaart = active(desk, duo_card(desk))
            request = ask_to_close(desk, kaart)
            outcome = worker.do("confirm", folder, kaart, request, kill_after=1 + points * stride)
            points, struck = points + 1, outcome.struck
            desk = open_test_desk(folder)
            closed = state_of(desk.kaarten.read(kaart).document) == "afgesloten"
            assert closed or not outcome.answer
            done += closed
            unsaid += closed and len(desk.kaarten.overleg(kaart).said) == 1
            catch_up(desk)
            (one,) = requests_on(desk, kaart)
            assert (one.open, one.by and one.by.account) == ((False, "mehmet") if closed else (True, None))
            if not closed:
                confirming.confirm(desk, MEHMET, kaart, request)  # nothing sticks
            assert list(maintenance.check(desk, OPERATOR, kaart)) == []
    assert unsaid
    report("confirm", f"{points} kill points, {done} done, {unsaid} of them said by the card alone, 0 half")


def test_a_shield_that_is_there_is_asked_of_a_second_person_wherever_it_is_killed(tmp_path: Path) -> None:
    killed_shields(tmp_path, stride=283)


def test_a_confirmation_is_carried_out_or_waits_wherever_it_is_killed(tmp_path: Path) -> None:
    killed_confirmations(tmp_path, stride=409)


@pytest.mark.deep
def test_a_shield_that_is_there_is_asked_of_a_second_person_at_every_call(tmp_path: Path) -> None:
    killed_shields(tmp_path, stride=7)


@pytest.mark.deep
def test_a_confirmation_is_carried_out_or_waits_at_every_call(tmp_path: Path) -> None:
    killed_confirmations(tmp_path, stride=7)
