"""The professionals that this installation knows, in TinyDB."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from tinydb import where

from app.storage.durable_json import reading, transaction
from app.storage.errors import StoreDamaged

_TABLE = "people"


@dataclass(frozen=True)
class Person:
    """A professional.

    Attributes:
        id: a short name of letters, such as ``fatima``.
        name: the whole name.
        email: the address that stands with each change.
        organisation: where he or she works.
        role: what he or she does there.
    """

    id: str
    name: str
    email: str
    organisation: str
    role: str = ""


class People:
    """All professionals, in one small file."""

    def __init__(self, path: Path) -> None:
        """For a file that may not be there yet."""
        self._path = path

    def all(self) -> list[Person]:
        """Everybody, by name.

        Raises:
            StoreError: the file cannot be read, or does not hold people.
        """
        with reading(self._path) as database:
            people = [_person(row) for row in database.table(_TABLE).all()]
        return sorted(people, key=lambda person: person.name)

    def get(self, person_id: str) -> Person | None:
        """One of them, or None; raises as `all`."""
        return next((person for person in self.all() if person.id == person_id), None)

    def put(self, people: Iterable[Person]) -> None:
        """Add people, or change those whose id is known already.

        Raises:
            StoreError: nothing was saved.
        """
        with transaction(self._path) as database:
            for person in people:
                database.table(_TABLE).upsert(asdict(person), where("id") == person.id)


def _person(row: Mapping[str, object]) -> Person:
    """Who is told of in a row; what else stands there is left alone."""
    known = {field.name: row[field.name] for field in fields(Person) if field.name in row}
    try:
        for value in known.values():
            str.encode(value)  # type: ignore[arg-type]
        return Person(**known)  # type: ignore[arg-type]
    except (TypeError, UnicodeEncodeError) as error:
        raise StoreDamaged(f"people: {error}") from error
