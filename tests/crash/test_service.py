"""The whole save, as people make it, killed at each of its system calls; and raced by four processes."""

import os
from pathlib import Path

import pytest

from app.content.items import find
from app.services import editing, maintenance
from app.services.cataloguing import catch_up
from app.services.desk import Desk
from tests.crash.racing import SAVES
from tests.crash.test_races import answers, start
from tests.crash.work import Worker
from tests.desks import OPERATOR, SANNE, new_card, open_test_desk


def frequencies(desk: Desk, kaart: str) -> list[str | None]:
    return [one.get("frequentie") for one in desk.kaarten.read(kaart).document["afspraken"]]


def killed_saves(folder: Path, stride: int) -> None:
    """Two afspraken get the same words in one save, so a half save would show as different words."""
    desk = open_test_desk(folder)
    kaart = editing.create_card(desk, SANNE, new_card())
    worker_calls = 0
    with Worker() as worker:
        points = answered = saved = 0
        while True:
            points += 1
            text, before = f"poging {points}", frequencies(desk, kaart)
            outcome = worker.do("edit", folder, kaart, text, kill_after=1 + (points - 1) * stride)
            after = frequencies(desk, kaart)
            assert after in (before, [text, text])
            assert after == [text, text] or not outcome.answer
            answered += bool(outcome.answer)
            saved += after != before
            head = desk.kaarten.read(kaart)
            item = {**head.document["afspraken"][0], "gevolg": text}
            assert editing.save_item(desk, SANNE, kaart, "afspraken", item, head.revision, "").parts == 1
            if not outcome.struck:
                worker_calls = outcome.calls
                break
    catch_up(desk)
    assert list(maintenance.check(desk, OPERATOR)) == []
    report("whole save", f"{points} of {worker_calls} kill points, {answered} answered, {saved} saved, 0 lost, 0 half")


def test_a_whole_save_killed_anywhere_is_whole_or_absent_and_the_next_one_works(tmp_path: Path) -> None:
    killed_saves(tmp_path, stride=41)


@pytest.mark.deep
def test_a_whole_save_killed_at_every_call_is_whole_or_absent(tmp_path: Path) -> None:
    killed_saves(tmp_path, stride=1)


def test_four_people_who_save_one_card_all_keep_all_they_saved(tmp_path: Path) -> None:
    desk = open_test_desk(tmp_path)
    card = new_card()
    card["afspraken"] = [{**card["afspraken"][0], "id": f"a-{number}"} for number in range(4)]
    kaart = editing.create_card(desk, SANNE, card)
    people = [start("edit", tmp_path, f"a-{number}") for number in range(4)]
    revisions = [revision for person in people for revision in answers(person)]

    history = desk.kaarten.history(kaart)
    assert len(set(revisions)) == 4 * SAVES
    assert [save.revision for save in history[:-1]][::-1] == sorted(
        revisions, key=[save.revision for save in reversed(history)].index
    )
    now = desk.kaarten.read(kaart).document
    for number in range(4):
        assert find(now, ("afspraken", f"a-{number}", "frequentie")) == f"a-{number} {SAVES - 1}"
        told = [save.reason for save in history if save.reason.startswith(f"a-{number} ")]
        assert told == [f"a-{number} {turn}" for turn in reversed(range(SAVES))]
    assert list(maintenance.check(desk, OPERATOR)) == []
    report(f"4 people x {SAVES} whole saves", f"{len(revisions)} answered, {len(history) - 1} saves kept, 0 lost")


def report(what: str, figures: str) -> None:
    os.write(2, f"\n[crash] {what}: {figures}\n".encode())
