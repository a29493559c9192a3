"""TinyDB on a file that several processes change."""

from contextlib import suppress
from pathlib import Path

import pytest

from app.storage.durable_json import reading, transaction
from app.storage.errors import StoreDamaged


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "people.json"


def insert(path: Path, *names: str) -> None:
    with transaction(path) as database:
        for name in names:
            database.table("people").insert({"name": name})


def names(path: Path) -> list[str]:
    with reading(path) as database:
        return [row["name"] for row in database.table("people")]


def test_a_file_that_is_not_there_yet_is_an_empty_database(path: Path) -> None:
    assert names(path) == []
    assert not path.exists()


def test_what_a_transaction_put_in_is_read_after_it_and_inside_it(path: Path) -> None:
    with transaction(path) as database:
        database.table("people").insert({"name": "Zoë"})
        assert len(database.table("people")) == 1
        assert names(path) == []

    insert(path, "Amir")

    assert names(path) == ["Zoë", "Amir"]
    assert "Zoë" in path.read_text("utf-8")


def test_a_transaction_that_fails_changes_nothing(path: Path) -> None:
    insert(path, "Zoë")
    before = path.read_bytes()

    with suppress(ZeroDivisionError), transaction(path) as database:
        database.table("people").insert({"name": "Amir"})
        database.drop_tables()
        raise ZeroDivisionError

    assert path.read_bytes() == before


@pytest.mark.parametrize("unfit", [float("nan"), {1, 2}, b"bytes"])
def test_what_json_cannot_hold_is_refused_and_changes_nothing(path: Path, unfit: object) -> None:
    insert(path, "Zoë")

    with pytest.raises((ValueError, TypeError)), transaction(path) as database:
        database.table("people").insert({"name": unfit})

    assert names(path) == ["Zoë"]


def test_a_change_outside_a_transaction_is_a_mistake_that_is_told(path: Path) -> None:
    with reading(path) as database, pytest.raises(RuntimeError, match="transaction"):
        database.table("people").insert({"name": "Amir"})


BROKEN = [
    *(b"", b"{", b"[]", b'"x"', b"\xff\xfe", b'{"people": {"1"', b"[" * 100_000),
    *(b'{"people": []}', b'{"people": {"een": {}}}', b'{"people": {"1": "Zo"}}', b'{"people": null}'),
    *(b'{"people": {"1": {}}, "x": 1}', b'{"people": {"1": {"name": NaN}}}', b'{"people": {"-1": {}}}'),
    b'{"people": {"' + b"1" * 5000 + b'": {}}}',
]


@pytest.mark.parametrize("content", BROKEN, ids=lambda content: repr(content[:40]))
def test_a_broken_file_is_damaged_and_stays_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(StoreDamaged):
        names(path)
    with pytest.raises(StoreDamaged):
        insert(path, "Amir")

    assert path.read_bytes() == content


def test_nobody_else_on_the_machine_can_read_it_and_nothing_else_stays(path: Path) -> None:
    path.with_name("people.json.new").write_text("left by a dead process")
    insert(path, "Zoë")

    assert path.stat().st_mode & 0o077 == 0
    assert sorted(one.name for one in path.parent.iterdir()) == ["people.json", "people.json.lock"]
