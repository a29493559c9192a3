"""A card between two installations, killed anywhere: there whole, with what was said of it, or as it was."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from app.services import editing, maintenance, receipts, taking_in
from app.services.cataloguing import catch_up
from app.services.desk import ZONE
from app.services.errors import NotFound
from app.services.joining import Chosen
from app.services.saving import held
from tests.crash.test_service import report
from tests.crash.work import Worker
from tests.desks import OPERATOR, at
from tests.two import Side, accepted, brought, offered, packed, ready_card, receipt, reopened, sides

Place = tuple[Side, str, str]
"""Where something is done, with which card and which package."""
MORNING, EVENING = (datetime(2026, 11, 23, hour, tzinfo=ZONE) for hour in (8, 18))


def first_time(here: Side, there: Side) -> Place:
    """A card that is not there yet."""
    kaart = ready_card(here)
    offered(here, there, kaart)
    return there, kaart, brought(there, packed(here, kaart))


def back_again(here: Side, there: Side) -> Place:
    """A card that comes back, changed on both sides."""
    kaart = ready_card(here)
    offered(here, there, kaart)
    data = packed(here, kaart)
    _save(here, kaart, "k-1")
    offer = accepted(there, data)
    receipts.read_in(here.desk, here.actor, brought(here, receipt(there, kaart, offer)), Chosen())
    _save(there, kaart, "k-2")
    offered(there, here, kaart)
    return here, kaart, brought(here, packed(there, kaart))


def receipt_read(here: Side, there: Side) -> Place:
    """The receipt of a card that was changed here meanwhile."""
    kaart = ready_card(here)
    offered(here, there, kaart)
    data = packed(here, kaart)
    _save(here, kaart, "k-1")
    return here, kaart, brought(here, receipt(there, kaart, accepted(there, data)))


def _save(side: Side, kaart: str, number: str) -> None:
    item = {"id": number, "tekst": f"Het gaat goed ({number})."}
    editing.save_item(side.desk, side.actor, kaart, "krachten", item, side.desk.kaarten.head(kaart), "Zo is het.")


def killed(folder: Path, kind: str, begin: Callable[[Side, Side], Place], stride: int) -> None:
    """The same act on a card of its own each time, killed some calls later each time."""
    both = tuple(replace(one, desk=at(one.desk, MORNING)) for one in sides(folder))
    points = done = 0
    struck = True
    with Worker() as worker:
        while struck:
            where, kaart, parcel = begin(both[0], both[1])
            name = where.folder.name
            before = state_of_all(where, kaart)
            outcome = worker.do(kind, folder, parcel, name, kill_after=1 + points * stride)
            points, struck = points + 1, outcome.struck
            side = reopened(folder, name)
            side = replace(side, desk=at(side.desk, EVENING))
            moved = state_of_all(side, kaart) != before
            done += moved
            assert moved or not outcome.answer, outcome.answer
            check_whole(side, kaart, moved)
            act = taking_in.accept if kind == "arrive" else receipts.read_in
            if side.desk.quarantine.get(parcel):
                assert act(side.desk, side.actor, parcel, Chosen()) == kaart
            else:
                assert moved
                with pytest.raises(NotFound):
                    act(side.desk, side.actor, parcel, Chosen())
            check_whole(side, kaart, True)
            catch_up(side.desk)
            assert list(maintenance.check(side.desk, OPERATOR, kaart)) == []
            assert side.desk.quarantine.all() == []
    assert done
    report(f"{kind} {begin.__name__}", f"{points} kill points, {done} of them done")


def state_of_all(side: Side, kaart: str) -> object:
    """What tells whether a card changed hands."""
    if not side.desk.kaarten.exists(kaart):
        return None
    return side.desk.kaarten.access(kaart).handovers


def check_whole(side: Side, kaart: str, moved: bool) -> None:
    """At most one dossierhouder; and the card, where it is there, is whole and says what the roles say."""
    desk = side.desk
    if not desk.kaarten.exists(kaart):
        assert not moved
        return
    now, grants = desk.clock(), desk.kaarten.access(kaart).grants
    holding = [one for one in grants if one.role == desk.types.roles.holder and one.is_in_force(now)]
    with held(desk, kaart) as writer:
        state = writer.read().document["kaart"]["toestand"]
    assert desk.admin.fsck(kaart) == []
    assert (len(holding), state) in ((1, "actief"), (1, "in_overdracht"), (0, "overgedragen"))


@pytest.mark.parametrize(
    ("kind", "begin"), [("arrive", first_time), ("arrive", back_again), ("read_receipt", receipt_read)]
)
def test_killed_at_many_calls_a_card_is_there_whole_or_as_it_was(
    tmp_path: Path, kind: str, begin: Callable[[Side, Side], Place]
) -> None:
    killed(tmp_path, kind, begin, 701)


@pytest.mark.deep
@pytest.mark.parametrize(
    ("kind", "begin"), [("arrive", first_time), ("arrive", back_again), ("read_receipt", receipt_read)]
)
def test_killed_at_nearly_each_call_a_card_is_there_whole_or_as_it_was(
    tmp_path: Path, kind: str, begin: Callable[[Side, Side], Place]
) -> None:
    killed(tmp_path, kind, begin, 7)
