"""A handover killed anywhere: at every moment one dossierhouder, and the card follows at the next look."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from app.services import handing_over, maintenance, reading
from app.services.cataloguing import catch_up
from app.services.desk import ZONE, Desk
from app.services.saving import held
from tests.crash.test_service import report
from tests.crash.work import Worker
from tests.desks import MEHMET, OPERATOR, SANNE, at, open_test_desk
from tests.handovers import card_to_hand, holders, offered, says

Follow = tuple[str, str, int]
BEFORE: Follow = ("actief", "Sanne Bakker", 0)
OPEN: Follow = ("in_overdracht", "Sanne Bakker", 1)
KEPT: Follow = ("actief", "Sanne Bakker", 1)
TAKEN: Follow = ("actief", "Mehmet Kaya", 1)
ENDS = {"": OPEN, "aangenomen": TAKEN, "geweigerd": KEPT, "ingetrokken": KEPT}
"""What the card says when it follows, by what became of the offer."""


def killed(folder: Path, kind: str, stride: int) -> None:
    """The same act on a card of its own each time, killed some calls later each time."""
    before = at(open_test_desk(folder, alone=True), datetime(2026, 11, 23, 8, tzinfo=ZONE))
    points = moved = behind = 0
    struck = True
    with Worker() as worker:
        while struck:
            kaart = card_to_hand(before)
            text = "" if kind == "offer" else offered(before, kaart)
            outcome = worker.do(kind, folder, kaart, text, kill_after=1 + points * stride)
            points, struck = points + 1, outcome.struck
            desk = at(open_test_desk(folder, alone=True), datetime(2026, 11, 23, 18, tzinfo=ZONE))
            done, follows = judged(desk, kaart, kind)
            assert done or not outcome.answer, outcome.answer
            moved += done
            behind += done and not follows
            (mended_by_holding if points % 2 else mended_by_looking)(desk, kaart)
            assert judged(desk, kaart, kind) == (done, True)
            catch_up(desk)
            assert list(maintenance.check(desk, OPERATOR, kaart)) == []
            if not done:
                again(desk, kaart, kind, text)
                assert judged(desk, kaart, kind) == (True, True)
    assert moved
    report(f"handover {kind}", f"{points} kill points, {moved} moved, {behind} of them let follow at the next look")


def judged(desk: Desk, kaart: str, kind: str) -> tuple[bool, bool]:
    """Whether the roles moved, and whether the card says so; there is one dossierhouder in any case."""
    offers = desk.kaarten.access(kaart).handovers.offers
    [holder] = holders(desk, kaart)
    outcome = offers[-1].outcome if offers else None
    assert holder == ("account:mehmet" if outcome == "aangenomen" else "account:sanne")
    wanted = ENDS[outcome] if outcome is not None else BEFORE
    done = bool(offers) if kind == "offer" else bool(outcome)
    return done, says(desk, kaart) == wanted


def mended_by_holding(desk: Desk, kaart: str) -> None:
    with held(desk, kaart):
        pass


def mended_by_looking(desk: Desk, kaart: str) -> None:
    for actor in (SANNE, MEHMET):
        if desk.may(actor, "read", kaart):
            reading.read_card(desk, actor, kaart)


def again(desk: Desk, kaart: str, kind: str, text: str) -> None:
    """The same once more: nothing sticks."""
    acts: dict[str, Callable[[], object]] = {
        "offer": lambda: offered(desk, kaart),
        "accept": lambda: handing_over.accept(desk, MEHMET, kaart, text),
        "refuse_offer": lambda: handing_over.refuse(desk, MEHMET, kaart, text, "Te druk."),
        "withdraw_offer": lambda: handing_over.withdraw(desk, SANNE, kaart, text, "Toch niet."),
    }
    acts[kind]()


@pytest.mark.parametrize(
    ("kind", "stride"), [("offer", 613), ("accept", 421), ("refuse_offer", 809), ("withdraw_offer", 809)]
)
def test_a_handover_killed_on_the_way_leaves_one_dossierhouder(tmp_path: Path, kind: str, stride: int) -> None:
    killed(tmp_path, kind, stride)


@pytest.mark.deep
@pytest.mark.parametrize("kind", ["offer", "accept", "refuse_offer", "withdraw_offer"])
def test_a_handover_killed_at_every_call_leaves_one_dossierhouder(tmp_path: Path, kind: str) -> None:
    killed(tmp_path, kind, 1)
