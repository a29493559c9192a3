"""Who can get a version of a card of his or her own, and the words that stand on it; read from inzage.json."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from app.content import Document
from app.content.display import When
from app.content.shape import SchemaError, Shape

Gives = Literal["yes", "other", "ask"]
_GIVES: tuple[Gives, ...] = ("yes", "other", "ask")
_UNKNOWN = "unknown"
_FORMS = ("u", "je")


@dataclass(frozen=True)
class Rule:
    """What holds for some people.

    Attributes:
        text: what it says, in words.
        source: where in the law it stands.
        gives: whether this person gets it (`yes`), somebody else asks for it (`other`), or something must be found out
            first (`ask`).
        when: fields of a person with the values of which they have one; an empty value is a field without any.
        ages: from which age until which; None for any, also one that is not known.
        unknown_age: whether it is for those whose age is not known.
    """

    text: str
    source: str
    gives: Gives = "yes"
    when: tuple[When, ...] = ()
    ages: tuple[int, int] | None = None
    unknown_age: bool = False

    def holds(self, person: Document, age: int | None) -> bool:
        """Whether it is about somebody."""
        if self.unknown_age and age is not None:
            return False
        if self.ages and (age is None or not self.ages[0] <= age < self.ages[1]):
            return False
        return all(str(person.get(one.field, "")) in one.values for one in self.when)


@dataclass(frozen=True)
class Record:
    """Where a card says that something of it was given: the section, and the fields that say what."""

    section: str
    to: str
    what: str
    day: str
    ground: str
    why: str
    told: str
    about: str


class Inzage:
    """The rules of one type of card.

    Attributes:
        always: what holds for everybody.
        record: where it is noted that something was given; None where the card has no such place.
    """

    def __init__(self, data: Mapping[str, Any], shape: Shape, person: str) -> None:
        """Read the parsed file.

        Args:
            data: it; empty where nobody gets a version of his or her own.
            shape: the fields of the newest version of the card.
            person: the section of the members of the family.

        Raises:
            SchemaError: something is missing, of the wrong kind, or names what the card does not have.
        """
        try:
            self._born: str = data.get("born", "")
            self._rules = [_rule(one) for one in data.get("rules", ())]
            self.always = [_rule(one) for one in data.get("always", ())]
            record, simple = data.get("record"), data.get("je")
            self.record = Record(**record) if record else None
            self._simple = When(simple["field"], tuple(simple["is"])) if simple else None
            self._simple_ages = (simple["from"], simple["until"]) if simple else (0, 0)
            self._words = {form: dict(data["words"][form]) for form in _FORMS} if data else {}
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise SchemaError(f"inzage.json: {error} is missing or of the wrong kind") from error
        if data:
            self._check(shape, person)

    def __bool__(self) -> bool:
        """Whether anybody gets a version."""
        return bool(self._rules)

    def rule(self, person: Document, today: date) -> Rule | None:
        """The first rule that holds for somebody on a day; None where none does."""
        age = self.age(person, today)
        return next((one for one in self._rules if one.holds(person, age)), None)

    def age(self, person: Document, today: date) -> int | None:
        """How old somebody is; None where that is not known."""
        try:
            born = date.fromisoformat(person.get(self._born, ""))
        except ValueError:
            return None
        years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        return years if years >= 0 else None

    def words(self, person: Document, today: date) -> Mapping[str, str]:
        """The words of a paper for somebody: simple, and with `je`, for a young person."""
        age = self.age(person, today)
        first, last = self._simple_ages
        is_simple = self._simple is not None and self._simple.holds(person) and age is not None and first <= age < last
        return self._words["je" if is_simple else "u"]

    def _check(self, shape: Shape, person: str) -> None:
        known = shape[person].inner.fields if person in shape.fields else {}
        for rule in self._rules:
            for one in rule.when:
                held = known.get(one.field)
                if held is None or not set(one.values) <= {*held.labels, ""}:
                    raise SchemaError(f"inzage.json: a person has no {one.field} of {', '.join(one.values)}")
        if self._born not in known:
            raise SchemaError("inzage.json: 'born' is no field of a person")
        if self._words["u"].keys() != self._words["je"].keys():
            raise SchemaError("inzage.json: both forms need the same words")
        record = self.record
        fields = shape[record.section].inner.fields if record and record.section in shape.fields else {}
        named = [held for key, held in vars(record).items() if key != "section"] if record else []
        if missing := [one for one in named if one not in fields]:
            raise SchemaError(f"inzage.json: what was given has no {', '.join(missing)}")


def _rule(data: Mapping[str, Any]) -> Rule:
    gives, age = data.get("gives", "yes"), data.get("age")
    if gives not in _GIVES:
        raise ValueError(f"gives {gives}")
    first, last = age if age and age != _UNKNOWN else (0, 0)
    return Rule(
        str(data["text"]),
        str(data["source"]),
        gives,
        tuple(When(field, tuple(values)) for field, values in data.get("when", {}).items()),
        (int(first), int(last)) if last else None,
        age == _UNKNOWN,
    )
