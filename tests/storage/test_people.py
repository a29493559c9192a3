"""The professionals in their file, also when somebody else wrote it."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from app.storage.errors import StoreDamaged
from app.storage.people import People, Person

UNFIT: list[object] = [1, None, []]
FATIMA = Person("fatima", "Fatima el Idrissi", "fatima@voorbeeld.nl", "Wijkteam", "casusregie")


def people(path: Path, *rows: object) -> People:
    path.write_text(json.dumps({"people": {str(number): row for number, row in enumerate(rows, 1)}}))
    return People(path)


def test_people_are_told_by_name_and_change_by_id(tmp_path: Path) -> None:
    known = People(tmp_path / "people.json")
    assert known.all() == []
    known.put([FATIMA, Person("anne", "Anne", "anne@voorbeeld.nl", "Jeugdzorg")])
    known.put([Person("fatima", "Aïcha", "fatima@voorbeeld.nl", "Wijkteam")])

    assert [person.name for person in known.all()] == ["Anne", "Aïcha"]
    assert known.get("fatima") == Person("fatima", "Aïcha", "fatima@voorbeeld.nl", "Wijkteam")
    assert known.get("niemand") is None


def test_what_else_stands_with_a_person_is_left_alone_and_a_role_may_be_absent(tmp_path: Path) -> None:
    row = asdict(FATIMA) | {"telefoon": "020", "self": 1}
    known = people(tmp_path / "people.json", row, {key: row[key] for key in row if key not in ("role", "self")})

    assert known.all() == [FATIMA, Person(FATIMA.id, FATIMA.name, FATIMA.email, FATIMA.organisation)]
    known.put([FATIMA])
    assert '"telefoon"' in (tmp_path / "people.json").read_text()


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"id": "x"},
        "Fatima",
        None,
        *(asdict(FATIMA) | {key: unfit} for key in ("id", "name", "role") for unfit in (*UNFIT, "half \ud800")),
    ],
)
def test_a_row_that_is_no_person_is_damage(tmp_path: Path, row: object) -> None:
    known = people(tmp_path / "people.json", asdict(FATIMA), row)

    with pytest.raises(StoreDamaged):
        known.all()
    with pytest.raises(StoreDamaged):
        known.get("fatima")
