"""What a reviewer looks at, for people: what cannot wait first, then by section, each with the words that changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.content.card_type import CardType
from app.content.changes import by_id
from app.content.items import Namer
from app.content.overleg_state import Asked
from app.services.judging import Sheet, Waiting
from app.web.language import _
from app.web.views.diff import ItemChange, view_changes

FIRST = "_eerst"
"""The key of the group of what cannot wait; no section is called so."""
_LONGEST_TITLE = 300


@dataclass(frozen=True)
class Answers:
    """What stands in the form.

    Attributes:
        verdicts: what was chosen, by item.
        remarks: what was written, by item.
        problems: what is wrong with it, by item.
        moved: the items that changed since the form was made: what was chosen was about other words.
    """

    verdicts: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    moved: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Case:
    """An item to judge.

    Attributes:
        title: what it is called, not cut short as elsewhere: these words are what is judged.
        change: what changed in it.
        section: the key of its section.
        one: what one item of that section is called.
        urgent: why it cannot wait, in words.
        waiting: what is known of it.
        before: what this person found of it before it changed, in words; empty for who never judged it.
        asked: what this person asked of it, and what was answered; None where the newest judgement is no question.
    """

    title: str
    change: ItemChange
    section: str
    one: str
    urgent: tuple[str, ...]
    waiting: Waiting
    before: str
    asked: Asked | None = None

    @property
    def same(self) -> bool:
        """Whether it waits for the answer alone: its words are those that were judged."""
        answered = self.waiting.judged is not None and self.waiting.judged.answered
        return answered and not (self.change.fields or self.change.moved or self.waiting.gone)


@dataclass(frozen=True)
class CaseGroup:
    """Items to judge under one heading."""

    key: str
    title: str
    cases: list[Case]


def view_cases(sheet: Sheet, types: CardType) -> list[CaseGroup]:
    """What waits for a reviewer, grouped; every item that waits is in one group."""
    shape = sheet.kaart.edition.shape
    told = {item.id: item for group in view_changes(sheet.comparison, touched=sheet.touched) for item in group.items}
    titles = {one.name: one.title for one in types.review.urgent}
    place = {one.name: number for number, one in enumerate(types.review.urgent)}
    questions = {one.said.id: one for one in sheet.overleg.questions()}
    cases = [
        Case(
            _title(sheet, one),
            told.get(one.item) or _unchanged(sheet, one),
            one.section,
            shape[one.section].inner.title or shape[one.section].title,
            tuple(titles[name] for name in sorted(one.urgent, key=place.__getitem__)),
            one,
            types.review.verdicts[one.judged.said.verdict] if one.judged else "",
            questions.get(one.judged.said.id) if one.judged else None,
        )
        for one in sheet.waiting.values()
    ]
    first = sorted(
        (one for one in cases if one.urgent), key=lambda one: min(place[name] for name in one.waiting.urgent)
    )
    groups = [CaseGroup(FIRST, _("Eerst dit"), first)]
    groups += [
        CaseGroup(key, shape[key].title, [one for one in cases if one.section == key and not one.urgent])
        for key in shape.fields
        if key in types.review.sections
    ]
    return [group for group in groups if group.cases]


def settled_titles(sheet: Sheet, types: CardType) -> Iterator[tuple[str, str, str]]:
    """Id, title and verdict of what was judged and did not change since."""
    namer = Namer(sheet.kaart.document, sheet.kaart.edition.shape)
    for item, judged in sheet.settled.items():
        yield item, namer.item(item), types.review.verdicts[judged.said.verdict]


def _title(sheet: Sheet, one: Waiting) -> str:
    kaart = sheet.comparison.old if one.gone else sheet.kaart
    section = kaart.edition.shape[one.section]
    held = by_id(kaart.document.get(one.section, ())).get(one.item)
    return Namer(kaart.document, kaart.edition.shape).title(section, held, _LONGEST_TITLE) if held else one.item


def _unchanged(sheet: Sheet, one: Waiting) -> ItemChange:
    """An item that waits and shows no difference: what it was about can be seen otherwise now, or not be read."""
    kaart = sheet.comparison.old if one.gone else sheet.kaart
    return ItemChange(one.item, Namer(kaart.document, kaart.edition.shape).item(one.item), "changed")
