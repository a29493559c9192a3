"""Which version gave an answer: against a model that plays the versions forward and remembers."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from app.content.agreement import renewed
from app.content.answers import given as given_last
from app.content.changes import by_id, same
from app.content.merge import merge
from app.content.origins import UNKNOWN, Version
from tests.content.strategies import examples
from tests.content.test_agreement import RULES, card

KEY, RULE = "instemming", RULES["afspraken"]["instemming"]
Item = dict[str, Any]

_TEXTS = st.sampled_from(["Eén.", "Twee.", "Drie."])
_ROWS = st.sampled_from(["i-1", "i-2"])
_ANSWERS = st.sampled_from(["ja", "nee", "niet_gevraagd", "opnieuw_vragen", None])
_STEPS = st.lists(st.tuples(_TEXTS, _ROWS, _ANSWERS, st.sampled_from([1, 1, 2, 3]), st.booleans()), max_size=10)


def _played(steps: list[tuple[str, str, str | None, int, bool]]) -> list[Item | None]:
    """The versions of an afspraak, oldest first: people save what they began with one to three versions ago."""
    cards = [card()]
    for number, (text, row, answer, back, gone) in enumerate(steps):
        base, now = cards[-min(back, len(cards))], cards[-1]
        mine = deepcopy(base)
        item = mine["afspraken"][0]
        item["tekst"] = text
        rows = by_id(item.get(KEY))
        if answer:
            rows[row] = {"id": row, "persoon": "p-1", "antwoord": answer, "datum": f"2026-{number + 1:02}-01"}
        elif gone:
            rows.pop(row, None)
        item[KEY] = list(rows.values())
        item |= {"status": "deels" if number % 2 else "actief"}
        merged = merge(base, mine, now)
        if not merged.conflicts:  # else nothing is saved
            cards.append(renewed(merged.document, base, mine, now, RULES))
    return [one["afspraken"][0] for one in cards]


def _replayed(versions: list[Item | None]) -> dict[str, tuple[Item, int]]:
    """For each answer of the last version: as it was said last, and in which version."""
    found: dict[str, tuple[Item, int]] = {}
    before: dict[str, Item] = {}
    for number, version in enumerate(versions):
        rows = by_id((version or {}).get(KEY))
        for one, row in rows.items():
            if row["antwoord"] in RULE.given and not (one in before and same(before[one], row)):
                found[one] = (row, number)
        before = rows
    asked = {one for one, row in before.items() if row["antwoord"] in (*RULE.given, RULE.again)}
    return {one: held for one, held in found.items() if one in asked}


def _read(versions: list[Item | None], taken: list[int] | None = None) -> Iterator[Version]:
    """The versions, newest first, with what differs; notes which are read."""
    after: Item = {}
    for number, version in enumerate(reversed(versions)):

        def read(number: int = number, version: Any = version) -> Any:
            if taken is not None:
                taken.append(number)
            return version

        item = version if isinstance(version, dict) else {}
        differs = {key for key in {*item, *after} if not same(item.get(key), after.get(key))}
        yield Version(read, differs if number and version is not UNKNOWN else None)
        after = item


@given(_STEPS)
@examples(400)
def test_an_answer_is_about_the_words_as_they_were_when_it_was_given(steps: list[Any]) -> None:
    versions = _played(steps)
    newest = len(versions) - 1
    found = {one: (told.row, newest - told.number) for one, told in given_last(_read(versions), KEY, RULE).items()}
    assert found == _replayed(versions)
    for row in (versions[-1] or {}).get(KEY, ()):
        if row["antwoord"] in RULE.given:  # what counts now is about the words of now
            assert same(RULE.about(versions[found[row["id"]][1]] or {}), RULE.about(versions[-1] or {}))
        event(row["antwoord"])


@given(_STEPS, st.sets(st.integers(0, 10)))
@examples(200)
def test_so_it_is_where_the_item_was_away_for_a_while(steps: list[Any], away: set[int]) -> None:
    versions = _played(steps)
    versions[:-1] = [None if number in away else one for number, one in enumerate(versions[:-1])]
    newest = len(versions) - 1
    found = {one: (told.row, newest - told.number) for one, told in given_last(_read(versions), KEY, RULE).items()}
    assert found == _replayed(versions)


@given(_STEPS)
@examples(100)
def test_no_version_is_read_that_has_the_same_answers(steps: list[Any]) -> None:
    versions = _played(steps)
    taken: list[int] = []
    given_last(_read(versions, taken), KEY, RULE)
    newest_first = versions[::-1]
    for number in taken[1:]:
        assert not same((newest_first[number] or {}).get(KEY), (newest_first[number - 1] or {}).get(KEY))


def test_a_version_that_cannot_be_read_is_never_the_one_that_gave_an_answer() -> None:
    first, last = card()["afspraken"][0], card(tekst="Anders.")["afspraken"][0]
    versions: list[Any] = [{**first, KEY: []}, first, UNKNOWN, last]
    (told,) = given_last(_read(versions), KEY, RULE).values()
    assert (told.number, told.begun) == (2, True)
    (told,) = given_last(_read(versions[1:]), KEY, RULE).values()
    assert (told.number, told.begun) == (2, False)
