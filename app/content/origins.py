"""Which version of an item first held what it holds now: field by field, rows of nested lists too."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Final, NamedTuple

from app.content import Path
from app.content.changes import by_id, keyed, same

UNKNOWN: Final = object()
"""In the place of a version that cannot be read: it is passed over."""
_ABSENT: Final = object()


class Version(NamedTuple):
    """One version of an item.

    Attributes:
        read: gives the item as it was, None where it was not there, or `UNKNOWN`.
        differs: the keys in which it may differ from the version after it; None for any.
    """

    read: Callable[[], Any]
    differs: Collection[str] | None = None


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The fields of an item with what they hold; of a nested list each row's fields, by the id of the row.

    A list of plain values is one field. The id of an item or row is left out: it never changes.
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            if not (key == "id" and isinstance(inner, str)):
                yield from leaves(inner, (*path, key))
    elif keyed(value):
        for identity, row in by_id(value).items():
            yield from leaves(row, (*path, identity))
    else:
        yield path, value


def origins(versions: Iterable[Version]) -> dict[Path, int]:
    """For each field of the newest version, how many versions back it got the value that it has held since.

    Args:
        versions: the newest first. No more of them is taken than is needed, and none is read that cannot differ in
            what is not explained yet; after the oldest, what was there all along is taken to come from that one.
    """
    found: dict[Path, int] = {}
    rest: dict[Path, Any] = {}
    for number, version in enumerate(versions):
        if not number:
            held = version.read()
            rest = {} if held is None else dict(leaves(held))
        elif version.differs is None or any(path[0] in version.differs for path in rest):
            held = version.read()
            if held is not UNKNOWN:
                before = dict(leaves(held)) if held is not None else {}
                rest = {path: value for path, value in rest.items() if same(value, before.get(path, _ABSENT))}
        found.update(dict.fromkeys(rest, number))
        if not rest:
            break
    return found
