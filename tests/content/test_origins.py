"""Who set what an item holds: against a model that plays the versions forward and remembers."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.content import Path
from app.content.changes import keyed
from app.content.origins import UNKNOWN, Version, leaves, origins
from tests.content.strategies import cards, edits, examples

_VALUES = st.sampled_from(["x", "y", 1, True, ["x"], ["x", "y"]])
_ROWS = st.dictionaries(st.sampled_from(["r-1", "r-2", "r-3"]), st.dictionaries(st.sampled_from("pq"), _VALUES))


def _item(fields: dict[str, Any], rows: dict[str, dict[str, Any]]) -> dict[str, Any]:
    listed = [{"id": identity, **row} for identity, row in rows.items()]
    return {"id": "a-1", **fields, **({"rijen": listed} if listed else {})}


_ITEMS = st.builds(_item, st.dictionaries(st.sampled_from("abc"), _VALUES), _ROWS)
_VERSIONS = st.lists(st.none() | _ITEMS, min_size=1, max_size=8)


def _replayed(oldest_first: list[Any]) -> dict[Path, int]:
    """For each field of the last version: the version that last changed it."""
    last: dict[Path, int] = {}
    held: dict[Path, str] = {}
    for number, version in enumerate(oldest_first):
        now = {path: repr(value) for path, value in leaves(version)} if version is not None else {}
        last = {path: last[path] if held.get(path) == value else number for path, value in now.items()}
        held = now
    return last


def _read(versions: list[Any], taken: list[int] | None = None, *, told: bool = False) -> Iterator[Version]:
    """The versions, newest first, with what differs where that is told; notes which are read."""
    after: Any = None
    for number, version in enumerate(reversed(versions)):

        def read(number: int = number, version: Any = version) -> Any:
            if taken is not None:
                taken.append(number)
            return version

        keys = {*(version or ()), *(after or ())}
        differs = {key for key in keys if repr((version or {}).get(key)) != repr((after or {}).get(key))}
        yield Version(read, differs if told and None not in (version, after) else None)
        after = version


@given(_VERSIONS, st.booleans())
@examples(500)
def test_each_field_comes_from_the_version_that_changed_it_last(versions: list[Any], told: bool) -> None:
    newest = len(versions) - 1
    found = origins(_read(versions, told=told))
    assert found == {path: newest - number for path, number in _replayed(versions).items()}


@given(st.data())
@examples(60)
def test_so_it_is_for_the_items_of_real_cards(data: st.DataObject) -> None:
    history = [data.draw(cards())]
    for _ in range(data.draw(st.integers(0, 4))):
        history.append(data.draw(edits(history[-1])))
    for section, held in history[-1].items():
        for one in held if keyed(held) else ():
            versions = [next((i for i in card.get(section, ()) if i["id"] == one["id"]), None) for card in history]
            newest = len(versions) - 1
            expected = {path: newest - number for path, number in _replayed(versions).items()}
            assert origins(_read(versions, told=True)) == expected


@given(_VERSIONS)
@examples(200)
def test_no_more_versions_are_read_than_explain_what_is_there(versions: list[Any]) -> None:
    taken: list[int] = []
    found = origins(_read(versions, taken))
    assert len(taken) <= max(found.values(), default=0) + 2


def test_a_version_that_cannot_differ_is_not_read() -> None:
    versions = [{"a": "x", "b": number} for number in range(50)]
    taken: list[int] = []
    assert origins(_read(versions, taken, told=True)) == {("a",): 49, ("b",): 0}
    assert taken == [0, 1]


def test_a_version_that_cannot_be_read_is_passed_over() -> None:
    versions = [Version(lambda: {"a": "x", "b": 2}), Version(lambda: UNKNOWN), Version(lambda: {"a": "x", "b": 1})]
    assert origins(versions) == {("a",): 2, ("b",): 1}


def test_an_item_that_is_gone_holds_nothing() -> None:
    assert origins(_read([{"id": "a-1", "a": "x"}, None])) == {}
