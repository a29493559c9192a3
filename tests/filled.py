"""The demonstration, played once for all tests of a run: each gets a copy of its folder."""

import fcntl
import shutil
from datetime import date

import pytest

from app.demo.fill import fill
from app.services.desk import Desk
from tests.desks import open_test_desk

TODAY = date(2026, 11, 23)


def filled_desk(tmp_path_factory: pytest.TempPathFactory, name: str) -> Desk:
    """A desk of one's own with the demonstration, as on `TODAY`."""
    run = tmp_path_factory.getbasetemp()
    common = (run.parent if run.name.startswith("popen-") else run) / "demonstration"
    common.mkdir(exist_ok=True)
    with (common / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the other worker waits, and finds it there
        if not (common / "whole").exists():
            shutil.rmtree(common / "desk", ignore_errors=True)  # one that failed halfway
            (common / "desk").mkdir()
            fill(open_test_desk(common / "desk"), TODAY, lambda names, _count: names)
            (common / "whole").touch()
    folder = tmp_path_factory.mktemp(name)
    shutil.copytree(common / "desk", folder, dirs_exist_ok=True)
    return open_test_desk(folder)
