"""The commands for other installations."""

import json
from pathlib import Path

import pytest

from app.services.desk import Desk
from tests.administrators import administered
from tests.cli.test_accounts import run
from tests.desks import open_test_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return administered(open_test_desk(tmp_path / "here"))


def test_two_servers_get_to_know_each_other_from_their_terminals(desk: Desk, tmp_path: Path) -> None:
    there = administered(open_test_desk(tmp_path / "there"))
    own = run(there, "installation", "own")
    (tmp_path / "kaartje.json").write_text(own.stdout)
    number = own.stderr.splitlines()[0].partition(": ")[2]
    file = str(tmp_path / "kaartje.json")
    wrong = run(desk, "installation", "add", file, "--number", "0000")
    assert (wrong.exit_code, wrong.stdout) == (3, "")
    assert wrong.stderr.startswith("Nummer: Dit nummer hoort niet bij dit kaartje.")
    assert run(desk, "installation", "add", file, "--number", number).stdout == f"{there.keys.id}\n"
    (told,) = json.loads(run(desk, "installation", "list", "--json").stdout)
    assert (told["id"], told["key"], told["active"]) == (there.keys.id, there.keys.public, True)
    assert run(desk, "installation", "stop", there.keys.id).stdout == "CJG Halderberge is gestopt.\n"
    assert run(desk, "installation", "list").stdout == (
        f"{there.keys.id}  CJG Halderberge  proef@cjg.example  {there.keys.fingerprint}  (gestopt)\n"
    )
    assert run(desk, "installation", "resume", there.keys.id).exit_code == 0
    assert run(desk, "installation", "stop", "i-0").exit_code == 5


def test_who_looks_after_another_organisation_may_not(desk: Desk) -> None:
    refused = run(desk, "installation", "list", "--author", "vera@veiligthuis.example")
    assert (refused.exit_code, refused.stdout) == (7, "")


def test_without_ssh_keygen_one_sentence_says_what_to_install(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    refused = run(desk, "installation", "own")
    assert (refused.exit_code, refused.stdout) == (6, "")
    assert "sudo apt-get install openssh-client" in refused.stderr
