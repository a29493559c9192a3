"""Who agreed to which words: an answer given about other words than there are now is to be asked again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.content import Document
from app.content.changes import by_id, keyed, same


@dataclass(frozen=True)
class Agreement:
    """What a list of answers is about, as the schema says.

    Attributes:
        field: the field of an answer that holds what somebody said.
        given: its values by which somebody said something.
        again: its value for what is to be asked again.
        words: the fields of the item that the answers are about.
    """

    field: str
    given: tuple[str, ...]
    again: str
    words: tuple[str, ...]

    def about(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """The words of an item; the order of a list of plain values says nothing."""
        found = {key: item[key] for key in self.words if key in item}
        return {
            key: sorted(held) if isinstance(held, list) and not keyed(held) else held for key, held in found.items()
        }


Rules = Mapping[str, Mapping[str, Agreement]]
"""For each section, the lists of answers of its items."""


def renewed(after: Document, base: Document, mine: Document, current: Document, rules: Rules) -> Document:
    """The card with each answer that was about other words set to be asked again; the argument stays as it was.

    An answer that this save gives or changes is about the words that this person left; every other one is about the
    words as they were on the card. So an answer that somebody wrote down while another changed the words counts for
    neither.

    Args:
        after: the card as it would be saved.
        base: the card that this person began with.
        mine: what he or she made of it.
        current: the card as it is.
        rules: what is agreed to, as `Shape.agreements` gives it.
    """
    result = after
    for section, lists in rules.items():
        sides = [by_id(one.get(section, ())) for one in (base, mine, current)]
        items = [_item(item, lists, *(side.get(item["id"], {}) for side in sides)) for item in after.get(section, ())]
        if any(new is not old for new, old in zip(items, after.get(section, ()), strict=True)):
            result = {**result, section: items}
    return result


def to_ask_again(item: Mapping[str, Any], lists: Mapping[str, Agreement]) -> list[Document]:
    """The answers of an item that are to be asked again."""
    return [row for key, rule in lists.items() for row in item.get(key, ()) if row.get(rule.field) == rule.again]


def _item(item: Document, lists: Mapping[str, Agreement], base: Document, mine: Document, now: Document) -> Document:
    for key, rule in lists.items():
        rows = [
            _row(row, rule, rule.about(item), rule.about(mine if _is_own(row, key, base, mine) else now))
            for row in item.get(key, ())
        ]
        if not same(rows, item.get(key, [])):
            item = {**item, key: rows}
    return item


def _is_own(row: Document, key: str, base: Document, mine: Document) -> bool:
    """Whether this save gives or changes an answer."""
    own, before = (by_id(side.get(key, ())).get(row["id"]) for side in (mine, base))
    return own is not None and not same(own, before)


def _row(row: Document, rule: Agreement, words: dict[str, Any], about: dict[str, Any]) -> Document:
    if row.get(rule.field) not in rule.given or same(words, about):
        return row
    return {**row, rule.field: rule.again}
