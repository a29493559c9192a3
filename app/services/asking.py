"""Who is to be asked again what he or she thinks of an item, since its words are others; and since which save."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from app.content import Document, Path
from app.content.agreement import Agreement, to_ask_again
from app.content.card_type import CardType
from app.content.changes import same
from app.content.items import find
from app.content.notices import AGAIN
from app.services.touching import Toucher
from app.services.viewing import View
from app.storage.records import Save, Stored

MOST_SAVES = 500
"""So many saves are looked at; what waits longer is told by the card alone."""


def to_be_asked(types: CardType, kaart: Stored) -> dict[Path, frozenset[str]]:
    """The answers that are to be asked again, by their item; none of what is past, or of a card that nobody changes.

    Nobody is told of any where overleg.json has no such notice.

    Args:
        types: the type of the card.
        kaart: the card, as somebody sees it.
    """
    if AGAIN not in types.review.notices or not types.workflow.editable(kaart.document):
        return {}
    found = dict[Path, frozenset[str]]()
    for section, lists in kaart.edition.shape.agreements.items():
        past = types.display.past.get(section)
        for item in kaart.document.get(section, ()):
            rows = frozenset(row["id"] for row in to_ask_again(item, lists))
            if rows and not (past and past.holds(item)):
                found[section, item["id"]] = rows
    return found


def waiting_since(seen: View, kaart: Stored) -> dict[Path, Save]:
    """The items of which somebody is to be asked again, each with the save since when.

    That is the newest save that changed the words, or that made of an answer one to be asked again. The commits tell
    nearly always which that was. Where that is not for this person to know, the card alone tells of it.

    Args:
        seen: the card for one person.
        kaart: its newest revision, as this person sees it.

    Raises:
        StoreError: the history cannot be read.
    """
    waiting, rules = to_be_asked(seen.types, kaart), kaart.edition.shape.agreements
    if not waiting:
        return {}

    def work(saves: Iterator[Save]) -> dict[Path, Save]:
        toucher, left, found = Toucher(seen), set(waiting), dict[Path, Save]()
        for save in islice(saves, MOST_SAVES):
            for place in left & (toucher.paths(save) or set()):
                now = save.revision == kaart.revision
                after = _answers(kaart.document if now else toucher.document(save.revision), place, rules[place[0]])
                if after is not None and not waiting[place] <= after.again:
                    left.discard(place)  # what made it so is not for this person
                elif after is not None and _began(toucher, save, after, waiting[place], rules[place[0]]):
                    left.discard(place)
                    found[place] = save
            if not left:
                break
        return found

    return seen.look_back(work, kaart.revision)


@dataclass(frozen=True)
class _Answers:
    """An item at one revision: where it stands, the answers that are to be asked again, and the words."""

    place: Path
    again: frozenset[str]
    words: list[Document]


def _answers(document: Document | None, place: Path, lists: Mapping[str, Agreement]) -> _Answers | None:
    """An item of a card as it was; without answers where it was not there, None where the card cannot be read."""
    if document is None:
        return None
    item = find(document, place) or {}
    again = frozenset(row["id"] for row in to_ask_again(item, lists))
    return _Answers(place, again, [rule.about(item) for rule in lists.values()])


def _began(
    toucher: Toucher, save: Save, after: _Answers, waiting: frozenset[str], lists: Mapping[str, Agreement]
) -> bool:
    """Whether a save changed the words, or made any of these answers one to be asked again."""
    fields, words = toucher.fields(save, after.place), {key for rule in lists.values() for key in rule.words}
    if fields is not None and fields & words:
        return True
    if fields is not None and not fields & lists.keys():
        return False
    before = _answers(toucher.before(save), after.place, lists)
    return before is not None and (not waiting <= before.again or not same(before.words, after.words))
