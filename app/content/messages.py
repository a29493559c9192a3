"""The words of a commit: a Dutch subject without names of people, the reason, trailers for programs."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.content import Path
from app.content.changes import Change
from app.content.shape import Shape

SAVE, PART, SECTION, FIELDS, ORGANISATION = "Opslag", "Deel", "Onderdeel", "Velden", "Organisatie"
PROPOSAL, TAKEN_BY, REQUEST, CONFIRMED_BY = "Voorstel", "Overgenomen-door", "Verzoek", "Bevestigd-door"
PROPOSED_BY = "Voorgesteld-door"
"""In a save that somebody else made possible: what was said that it carries out, and who took over or confirmed it.

A proposal that was taken over in other words is a save of who took it over, and names who proposed it.
"""
TO_CONFIRM = "Te-bevestigen"
"""In a save that did what a second person confirms afterwards: what is asked, as `services.owed` writes it."""
HANDED = "Overgedragen"
"""In the save with which the turn of who handed a card over ended: the number of that handover."""

_TRAILER = re.compile(r"([A-Z][A-Za-z-]{1,40}): (.+)")
_ACCOUNT = re.compile(r" <[^<>]*>$")
_WORDS = {"added": "toegevoegd", "removed": "verwijderd", "changed": "gewijzigd", "moved": "verplaatst"}
ADDED, REMOVED = _WORDS["added"], _WORDS["removed"]
"""In the subject of a commit that put items on the card, or took them away."""
_SUBJECT_LENGTH = 100


@dataclass(frozen=True)
class Message:
    """A commit message taken apart.

    Attributes:
        subject: the first line.
        reason: what the professional gave as reason; may be empty.
        trailers: name to its values, in order.
    """

    subject: str
    reason: str = ""
    trailers: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def first(self, name: str) -> str:
        """The first value of a trailer, or an empty text."""
        return next(iter(self.trailers.get(name, ())), "")

    @property
    def is_last_part(self) -> bool:
        """Whether the save was complete with this commit; so for every commit of other programs."""
        number, _, total = self.first(PART).partition("/")
        return number == total


def is_trailer_name(word: str) -> bool:
    """Whether a word can name a trailer of its own."""
    taken = {
        SAVE,
        PART,
        SECTION,
        FIELDS,
        ORGANISATION,
        PROPOSAL,
        TAKEN_BY,
        PROPOSED_BY,
        REQUEST,
        CONFIRMED_BY,
        TO_CONFIRM,
        HANDED,
    }
    return word not in taken and bool(_TRAILER.fullmatch(f"{word}: x"))


def write_message(subject: str, reason: str, trailers: Iterable[tuple[str, str]]) -> str:
    """The text of a commit message; `parse_message` reads it back."""
    lines = [f"{name}: {' '.join(value.split())}" for name, value in trailers if value.split()]
    return "\n\n".join(filter(None, [" ".join(subject.split()), reason.strip(), "\n".join(lines)])) + "\n"


def parse_message(text: str) -> Message:
    """Any commit message, also one that another program wrote; only its last paragraph can hold trailers."""
    subject, _, body = text.strip().partition("\n")
    paragraphs = re.split(r"\n[ \t]*\n", body.strip()) if body.strip() else []
    trailers: dict[str, list[str]] = {}
    if paragraphs:
        found = [_TRAILER.fullmatch(line) for line in paragraphs[-1].split("\n")]
        if all(found):
            paragraphs.pop()
            for match in filter(None, found):
                trailers.setdefault(match[1], []).append(match[2])
    return Message(subject.strip(), "\n\n".join(paragraphs).strip(), trailers)


def seconds(message: Message) -> list[tuple[str, str]]:
    """Who else stands behind a commit: `TAKEN_BY`, `PROPOSED_BY` or `CONFIRMED_BY`, and name and organisation."""
    first = PROPOSED_BY if PROPOSED_BY in message.trailers else TAKEN_BY
    found = [(name, value) for name in (first, CONFIRMED_BY) for value in message.trailers.get(name, ())]
    return [(name, _ACCOUNT.sub("", value)) for name, value in found]


def subject_of(steps: Sequence[Change], shape: Shape) -> str:
    """What a part of a save did, by ids and field names only: names of people never get into a subject."""
    section = shape[steps[0].path[0]]
    if section.own_commit:
        subject = _items_subject(steps, section.inner.title, section.title)
    elif section.kind == "items":
        subject = f"{section.title.rstrip('?')}: {_counts(steps)}"
    else:
        fields = _fields(steps, 1)
        label = (
            section.inner[fields[0]].labels.get(str(steps[0].new))
            if section.shape and fields and len(steps) == 1
            else None
        )
        subject = f"{section.title} gewijzigd" + (f": {', '.join(fields)}" if fields else "")
        subject += f" nu {label}" if label else ""
    return subject if len(subject) <= _SUBJECT_LENGTH else subject[: _SUBJECT_LENGTH - 1] + "…"


def trailers_of(steps: Sequence[Change], shape: Shape) -> list[tuple[str, str]]:
    """The trailers that say which items and fields a part of a save touches."""
    trailers: list[tuple[str, str]] = []
    touched: dict[str, dict[str, None]] = {}
    for step in steps:
        touched.setdefault(step.path[0], {}).update(dict.fromkeys(step.path[1:2]))
    for key, ids in touched.items():
        section = shape[key]
        if section.own_commit:
            trailers += [(section.inner.title, identity) for identity in ids]
        else:
            trailers.append((SECTION, " ".join([key, *ids] if section.kind == "items" else [key])))
    depth = 2 if shape[steps[0].path[0]].kind == "items" else 1
    return [*trailers, (FIELDS, " ".join(_fields(steps, depth)))]


def touched(message: Message, shape: Shape) -> set[Path] | None:
    """The items (section and id) and the sections without items that a commit touched; None where it does not say."""
    found: set[Path] = set()
    for section in shape:
        if section.own_commit:
            found |= {(section.key, identity) for identity in message.trailers.get(section.inner.title, ())}
    for key, *ids in filter(None, map(str.split, message.trailers.get(SECTION, ()))):
        found |= {(key, identity) for identity in ids} if ids else {(key,)}
    return found or None


def _items_subject(steps: Sequence[Change], one: str, many: str) -> str:
    ids = list(dict.fromkeys(step.path[1] for step in steps))
    if len(ids) > 1:
        kinds = {step.kind if len(step.path) == 2 else "changed" for step in steps}
        return f"{many} {', '.join(ids)} {_WORDS[kinds.pop() if len(kinds) == 1 else 'changed']}"
    whole = next((step for step in steps if len(step.path) == 2 and step.kind in ("added", "removed")), None)
    fields = _fields(steps, 2)
    if whole or not fields:
        return f"{one} {ids[0]} {_WORDS[(whole or steps[0]).kind]}"
    return f"{one} {ids[0]} gewijzigd: {', '.join(fields)}"


def _counts(steps: Sequence[Change]) -> str:
    kinds: dict[str, str] = {}
    for step in steps:
        kind = step.kind if len(step.path) == 2 else "changed"
        kinds.setdefault(step.path[1], kind)
    counted = {kind: list(kinds.values()).count(kind) for kind in _WORDS}
    return ", ".join(f"{number} {_WORDS[kind]}" for kind, number in counted.items() if number)


def _fields(steps: Sequence[Change], depth: int) -> list[str]:
    return list(dict.fromkeys(step.path[depth] for step in steps if len(step.path) > depth))
