"""Who agreed to which words of an item, for people: by the words, those of now first."""

from dataclasses import dataclass, field

from app.content import Path
from app.content.agreement import Agreement
from app.content.changes import Change
from app.content.items import Namer, find
from app.content.reader import Reader, Value
from app.services.agreed import Answer, words_between
from app.services.comparing import Comparison
from app.storage.records import Save, Stored
from app.web.views.diff import FieldChange, view_changes


@dataclass(frozen=True)
class Line:
    """An answer in words.

    Attributes:
        id: of the answer.
        name: who gives it.
        now: what stands there now.
        said: what was said last; empty where nobody said anything, or that is not known.
        more: what else was written down of it, such as the day.
        again: whether it is to be asked again.
        save: the save that gave it, where it is known.
        unsure: whether it may have been given longer ago than was looked at.
    """

    id: str
    name: str
    now: str
    said: str
    more: tuple[Value, ...]
    again: bool
    save: Save | None
    unsure: bool


@dataclass
class Wording:
    """Words that people gave an answer about.

    Attributes:
        now: whether these are the words of now.
        fields: the words; of older ones with what changed since.
        lines: the answers.
        then: the card with these words; None where they are of now.
    """

    now: bool
    fields: list[FieldChange]
    then: Stored | None = None
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Agreed:
    """All answers on an item.

    Attributes:
        wordings: what people answered about: the words of now, then older ones, the newest first.
        unknown: answers of which is not known what they are about.
        unasked: who was not asked yet.
        again: who is to be asked again.
    """

    wordings: list[Wording]
    unknown: list[Line]
    unasked: list[Line]
    again: list[Line]


def view_agreed(kaart: Stored, place: Path, answers: list[Answer]) -> Agreed:
    """The answers on an item, grouped by the words that they are about."""
    lists = kaart.edition.shape.agreements[place[0]]
    words: dict[str, Wording] = {}
    unknown, unasked = list[Line](), list[Line]()
    for key, rule in lists.items():
        words[repr(rule.words)] = Wording(True, _fields(kaart, kaart, place, rule))
        for one in (each for each in answers if each.key == key):
            line = _line(kaart, place, rule, one)
            if one.then is None:
                (unknown if one.said or one.again else unasked).append(line)
                continue
            about = rule.about(find(one.then.document, place) or {})
            known = repr((rule.words, sorted(about.items()))) if one.changed else repr(rule.words)
            if known not in words:
                words[known] = Wording(False, _fields(one.then, kaart, place, rule), one.then)
            words[known].lines.append(line)
    ordered = sorted(words.values(), key=lambda one: (one.now, one.then and one.then.changed), reverse=True)
    lines = [line for one in ordered for line in one.lines] + unknown
    return Agreed(ordered, unknown, unasked, [line for line in lines if line.again])


def _line(kaart: Stored, place: Path, rule: Agreement, one: Answer) -> Line:
    shape = kaart.edition.shape
    answers, reader = shape[place[0]].inner[one.key], Reader(kaart.document, shape)
    told, said = answers.inner[rule.field], one.said or {}
    return Line(
        one.row["id"],
        Namer(kaart.document, shape).title(answers, one.row),
        told.labels.get(one.row.get(rule.field, ""), ""),
        told.labels.get(said.get(rule.field, ""), ""),
        tuple(reader.values(said, answers.inner, {rule.field, *answers.item_title})),
        one.again,
        one.save,
        one.unsure,
    )


def _fields(then: Stored, now: Stored, place: Path, rule: Agreement) -> list[FieldChange]:
    """The words of an item as they are, in full, with what changed since a revision."""
    item = find(now.document, place)
    whole = Change("added", place, None, {key: item[key] for key in ("id", *rule.words) if key in item})
    told = _told(Comparison(now, now, [whole])) | _told(
        Comparison(then, now, list(words_between(then, now, place, rule)))
    )
    order = {one.title: number for number, one in enumerate(now.edition.shape[place[0]].inner)}
    return sorted(told.values(), key=lambda one: order.get(one.title, len(order)))


def _told(comparison: Comparison) -> dict[str, FieldChange]:
    return {one.title: one for group in view_changes(comparison) for item in group.items for one in item.fields}
