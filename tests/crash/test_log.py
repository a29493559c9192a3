"""The access log under load: a server that is killed, processes that write at once, a disk that refuses."""

import errno
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from threading import Semaphore

import pytest

from app.factory import open_desk
from app.services import editing
from app.settings import Settings
from app.storage.access_log import AccessLog, Event, LogUnavailable
from app.storage.log_verify import verify
from tests.bench.told import say
from tests.clients import Client
from tests.desks import SANNE, WHEN_LOGGED, logged, new_card, peopled
from tests.servers import Server

CLIENTS = 8
_REQUEST = re.compile(r'"request":"([^"]+)"')
ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from pathlib import Path
from app.storage.access_log import AccessLog, Event
from tests.desks import WHEN_LOGGED
log = AccessLog(Path(sys.argv[1]))
for number in range(50):
    log.append([Event("read", "R", "toegestaan", WHEN_LOGGED, who=sys.argv[2], item=str(number))])
    print(number, flush=True)
"""


def ask_until_it_dies(base: str, address: str, answers: Semaphore) -> list[str]:
    """The ids of the requests that were answered, by a client that goes on until nobody answers."""
    answered: list[str] = []
    try:
        client = Client(base, "sanne")
        while True:
            answer, _ = client.ask("GET", address)
            answered.append(answer.headers["X-Request-Id"])
            answers.release()
    except (OSError, HTTPException):
        return answered


def rounds(folder: Path, number: int) -> int:
    """Kill the server so many times while eight ask it for pages; how many requests were answered in all."""
    desk = peopled(open_desk(Settings(data=folder)))
    kaart = editing.create_card(desk, SANNE, new_card(), "Begin")
    total = 0
    with Server(folder) as server, ThreadPoolExecutor(CLIENTS) as pool:
        for turn in range(number):
            server.start()
            answers = Semaphore(0)
            asking = [
                pool.submit(ask_until_it_dies, server.base, f"/kaarten/{kaart}{way}", answers)
                for way in ["", "/geschiedenis", "/kaart", "?alles=1"] * (CLIENTS // 4)
            ]
            for _ in range(3 * CLIENTS):  # however busy the machine is
                assert answers.acquire(timeout=60)
            time.sleep(turn * 0.013)
            server.kill()
            answered = {one for task in asking for one in task.result(60)}
            parts = (folder / "var" / "log").glob("*.jsonl")
            written = {one for part in parts for one in _REQUEST.findall(part.read_text("ascii"))}
            assert len(answered) >= 3 * CLIENTS
            assert answered <= written, f"{len(answered - written)} answers without a line"
            total += len(answered)
    log = open_desk(Settings(data=folder)).log
    log.append([Event("read", "R", "toegestaan", WHEN_LOGGED)])
    assert verify(log).fault is None
    return total


def test_a_killed_server_answered_nothing_without_a_line(tmp_path: Path) -> None:
    say(f"\n[crash] log: {rounds(tmp_path, 3)} answered requests in 3 rounds of kill -9; 0 without a line")


@pytest.mark.deep
def test_a_server_killed_twenty_times_answered_nothing_without_a_line(tmp_path: Path) -> None:
    say(f"\n[crash] log: {rounds(tmp_path, 20)} answered requests in 20 rounds of kill -9; 0 without a line")


def test_four_processes_that_write_at_once_make_one_chain(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path / "var" / "log")]
    writers = [subprocess.Popen([*command, f"p{number}"], cwd=ROOT, stdout=subprocess.PIPE) for number in range(4)]
    assert [len(writer.communicate(timeout=120)[0].split()) for writer in writers] == [50] * 4
    lines = [(line["who"], line["item"]) for line in logged(tmp_path) if line["event"] == "read"]
    assert sorted(lines) == sorted((f"p{number}", str(item)) for number in range(4) for item in range(50))
    assert verify(AccessLog(tmp_path / "var" / "log")).fault is None


@pytest.mark.parametrize("call", ["write", "fsync"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_disk_that_refuses_is_told_and_the_log_goes_on_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    log, event = AccessLog(tmp_path / "var" / "log"), Event("read", "R", "toegestaan", WHEN_LOGGED, who="sanne")
    log.append([event])

    def refuses(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, refuses)
        with pytest.raises(LogUnavailable):
            log.append([event])
    log.append([event])
    assert verify(log).fault is None
    assert len([line for line in logged(tmp_path) if line["event"] == "read"]) >= 2
