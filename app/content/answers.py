"""Which version of an item gave an answer: the one whose words the answer is about."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.content import Document
from app.content.agreement import Agreement
from app.content.changes import by_id, same
from app.content.origins import UNKNOWN, Version


@dataclass(frozen=True)
class Given:
    """An answer as somebody gave it last.

    Attributes:
        row: the answer, as it was given.
        number: how many versions back it was given.
        begun: whether an older version was seen that did not have it yet.
    """

    row: Document
    number: int
    begun: bool = False


def given(versions: Iterable[Version], key: str, rule: Agreement) -> dict[str, Given]:
    """Of each answer of the newest version, by its id, what was said last; none where nobody ever said anything.

    An answer that somebody wrote anew is a new one, also where it says the same: it was given about the words as they
    were in that version.

    Args:
        versions: the newest first. No more of them is taken than is needed, and none is read that has the same answers
            as the version after it.
        key: the list of answers.
        rule: what they are about.
    """
    found: dict[str, Given] = {}
    wanted: set[str] = set()
    for number, version in enumerate(versions):
        if not number or version.differs is None or key in version.differs:
            held = version.read()
            if held is UNKNOWN:
                continue  # nobody can say what its words were
            rows = by_id((held or {}).get(key))
            wanted = wanted if number else {one for one, row in rows.items() if row.get(rule.field) in _said(rule)}
            wanted -= _told(found, rows, rule, number, wanted)
        found |= {one: replace(found[one], number=number) for one in wanted & found.keys()}
        if not wanted:
            break
    return found


def _said(rule: Agreement) -> tuple[str, ...]:
    """Answers that somebody gave, now or before."""
    return (*rule.given, rule.again)


def _told(
    found: dict[str, Given], rows: dict[str, Document], rule: Agreement, number: int, wanted: set[str]
) -> set[str]:
    """Put in what one version tells; the answers of which no older version has anything to say."""
    done = set()
    for one in wanted:
        row = rows.get(one)
        if one in found:
            if row is None or not same(row, found[one].row):
                found[one] = replace(found[one], begun=True)
                done.add(one)
        elif row is not None and row.get(rule.field) in rule.given:
            found[one] = Given(row, number)
    return done
