"""A card that is destroyed, killed anywhere on the way: whole, or gone with every word of it."""

from pathlib import Path

import pytest

from app.services import confirming, destroying, editing, maintenance
from app.services.cataloguing import catch_up
from app.services.desk import Desk
from tests.crash.test_service import report
from tests.crash.work import Worker
from tests.desks import MEHMET, OPERATOR, SANNE, new_card, open_test_desk, peopled
from tests.services.test_destroying import found

WORD = "vernietigen"


def asked(desk: Desk, secret: str) -> tuple[str, str]:
    """A card that holds a word of its own, and the number of the request to have it destroyed."""
    card = new_card()
    card["afspraken"] = [{**one, "tekst": f"Naar de {secret}."} for one in card["afspraken"]]
    kaart = editing.create_card(desk, SANNE, card, f"Begin met {secret}")
    return kaart, destroying.ask(desk, SANNE, kaart, "onterecht", f"Weg met {secret}.", desk.kaarten.head(kaart)).id


def killed_destructions(folder: Path, stride: int) -> None:
    desk = peopled(open_test_desk(folder))
    other = editing.create_card(desk, SANNE, new_card(), "Een ander gezin")
    before = desk.kaarten.heads(other)
    points = whole = gone = calls = 0
    struck = True
    with Worker() as worker:
        while struck:
            secret = f"geheim{points}woord"
            kaart, request = asked(desk, secret)
            outcome = worker.do("destroy", folder, kaart, request, kill_after=1 + points * stride)
            points, calls, struck = points + 1, outcome.calls, outcome.struck
            desk = open_test_desk(folder)
            if desk.kaarten.exists(kaart):
                whole += 1
                assert not outcome.answer
                assert desk.tombstones.get(kaart) is None
                assert list(maintenance.check(desk, OPERATOR, kaart)) == []
                confirming.confirm(desk, MEHMET, kaart, request, word=WORD)  # nothing sticks
            else:
                gone += 1
                destroying.finish(desk)
            catch_up(desk)
            assert found(folder, secret) == []
            assert kaart not in desk.catalogue.heads()
            stone = desk.tombstones.get(kaart)
            assert stone is not None
            assert stone.ground == "onterecht"
    assert desk.kaarten.heads(other) == before
    assert not any(folder.joinpath("cards_repo", ".gone").iterdir())
    assert whole
    assert gone
    report("destroy", f"{points} kill points over {calls} calls, {whole} whole, {gone} gone, 0 half, 0 words left")


def test_a_card_that_is_destroyed_is_whole_or_gone_wherever_it_is_killed(tmp_path: Path) -> None:
    killed_destructions(tmp_path, stride=197)


@pytest.mark.deep
def test_a_card_that_is_destroyed_is_whole_or_gone_at_every_few_calls(tmp_path: Path) -> None:
    killed_destructions(tmp_path, stride=5)
