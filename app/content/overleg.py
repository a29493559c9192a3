"""What people say about a card: each thing said is a file that never changes, valid by a schema of its own."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from app.content import Document
from app.content.clean import clean_text
from app.content.problems import InvalidCard
from app.content.shape import SchemaError

JUDGEMENT, ANSWER, REMARK = "oordeel", "antwoord", "bericht"
PROPOSED, DECISION = "voorstel", "besluit"
ASKED, CONFIRMATION = "verzoek", "bevestiging"
"""The kinds. A judgement may be a question; a proposal is one item of it; what is asked is a second person."""
AGREED, QUESTION, DISAGREED = "akkoord", "vraag", "niet_akkoord"
TAKEN, REFUSED, WITHDRAWN, OVERTAKEN = "overgenomen", "afgewezen", "ingetrokken", "achterhaald"
CONFIRMED, NOT_CONFIRMED = "bevestigd", "niet_bevestigd"
MOST_BYTES = 256 * 1024
"""So large the file of one thing said may be: a proposed item with all its fields filled to the brim fits in it."""
LONGEST_TEXT = 4000
_VERSION = 1
_FIRST, _LAST = 2000, 2200
"""Years between which something can be said: beyond them a moment cannot be counted with in every time zone."""
_TICK, _AHEAD = timedelta(microseconds=1), timedelta(days=1)


class NotSaid(ValueError):
    """A file that holds nothing that was said about a card; says why."""


@dataclass(frozen=True)
class Speaker:
    """Who said something: an account of an installation, and what this person was called then."""

    account: str
    name: str
    organisation: str = ""


@dataclass(frozen=True)
class About:
    """An item that something is said about, as it was then.

    Attributes:
        section: the key of its section.
        item: its id.
        digest: what `reviewed.digest_of` makes of the whole item; empty where it was not on the card.
        shown: the same without references to what is shielded from anybody.
        barred: the items of the card, such as rows of the professionals, from whom it was shielded.
    """

    section: str
    item: str
    digest: str = ""
    shown: str = ""
    barred: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """One thing said.

    Attributes:
        id: drawn; names the file too.
        kind: one of this module's kinds.
        moment: when, with its time zone.
        by: who.
        revision: the revision of the card that this is about or began with; of what is taken over, the one after it.
        about: the items it is about.
        verdict: of a judgement, a decision and a confirmation.
        text: in the words of who said it; of a proposal the reason.
        to: the ids of what was said before, that this answers or decides.
        proposal: what is proposed together has one number.
        content: the item as it is proposed; None where it is to go.
        step: what a second person is asked for: a name in workflow.json.
        done: whether that was done already, to be confirmed afterwards.
        ground: why a card may be destroyed: a name in retention.json.
        adapted: of a proposal that is taken over, whether who took it over made other words of it.
        seconds: of a request, the ids of the roles of others on the card that could confirm it when it was asked.
    """

    id: str
    kind: str
    moment: datetime
    by: Speaker
    revision: str = ""
    about: tuple[About, ...] = ()
    verdict: str = ""
    text: str = ""
    to: tuple[str, ...] = ()
    proposal: str = ""
    content: Document | None = None
    step: str = ""
    done: bool = False
    ground: str = ""
    adapted: bool = False
    seconds: tuple[str, ...] = ()

    @property
    def items(self) -> frozenset[str]:
        """The ids of the items it is about."""
        return frozenset(one.item for one in self.about)


def in_order(before: Iterable[Said], said: Iterable[Said]) -> list[Said]:
    """What is said now, each later than all that was said before, also where the clock went back.

    What another program dated much later than now is not followed: all that is said from now on would be as late.
    """
    said = list(said)
    latest = max((one.moment + _AHEAD for one in said), default=None)
    last = max((one.moment for one in before if latest and one.moment <= latest), default=None)
    placed = []
    for one in said:
        last = one.moment if last is None or one.moment > last else last + _TICK
        placed.append(replace(one, moment=last))
    return placed


class Language:
    """The schema of what is said: writes it as files and reads those back."""

    def __init__(self, schema: Mapping[str, Any], holds: Callable[[str, Document | None], bool]) -> None:
        """Read ``overleg-1.json``.

        Args:
            schema: the file.
            holds: whether a card has such a section, and can hold such an item in it, where there is one.

        Raises:
            SchemaError: it is no schema.
        """
        try:
            Draft202012Validator.check_schema(schema)
        except Exception as error:
            raise SchemaError(f"overleg-1.json: {error}") from error
        self._holds = holds
        self._validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)

    def write(self, said: Said) -> bytes:
        """The file of something said; raises `NotSaid` where the schema does not allow it."""
        data = {key: value for key, value in _plain(said).items() if value not in ("", [], False, None)}
        self._check(data)
        written = (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()
        if len(written) > MOST_BYTES:
            raise NotSaid(f"{said.id}: larger than {MOST_BYTES} bytes")
        return written

    def read(self, name: str, data: bytes) -> Said:
        """What a file holds.

        Args:
            name: the file's.
            data: its bytes.

        Raises:
            NotSaid: it holds nothing that was said, or under another number.
        """
        if len(data) > MOST_BYTES:
            raise NotSaid(f"{name}: larger than {MOST_BYTES} bytes")
        try:
            held = json.loads(data)
            self._check(held)
            found = _said(held)
        except (ValueError, RecursionError) as error:
            raise NotSaid(f"{name}: {error}") from error
        if file_name(found.id) != name or found.moment.tzinfo is None or not _FIRST < found.moment.year < _LAST:
            raise NotSaid(f"{name}: another number, or no moment that can be")
        return found

    def _check(self, data: Any) -> None:
        fault = best_match(self._validator.iter_errors(data))
        if fault is not None:
            raise NotSaid(f"{'/'.join(map(str, fault.absolute_path))}: {fault.validator}")
        try:
            for text in _texts(data):
                clean_text(text)
        except InvalidCard as fault:
            raise NotSaid("a sign that no text may hold") from fault
        self._check_items(data)

    def _check_items(self, data: Mapping[str, Any]) -> None:
        """Refuse what could not stand on a card: an unknown section, an item under the number of another."""
        about, content = data.get("onderdelen", ()), data.get("inhoud")
        if not all(self._holds(one["sectie"], None) for one in about):
            raise NotSaid("an unknown section")
        if content is not None and (
            content.get("id") != about[0]["id"] or not self._holds(about[0]["sectie"], content)
        ):
            raise NotSaid("an item that no card can hold there")


def file_name(identity: str) -> str:
    """The name of the file of something said."""
    return f"{identity}.json"


def _plain(said: Said) -> dict[str, Any]:
    by = {"account": said.by.account, "naam": said.by.name, "organisatie": said.by.organisation}
    return {
        "versie": _VERSION,
        "id": said.id,
        "soort": said.kind,
        "moment": said.moment.isoformat(),
        "door": {key: value for key, value in by.items() if value},
        "revisie": said.revision,
        "onderdelen": [_plain_about(one) for one in said.about],
        "oordeel": said.verdict,
        "tekst": said.text,
        "op": list(said.to),
        "voorstel": said.proposal,
        "inhoud": said.content,
        "vervalt": said.kind == PROPOSED and said.content is None,
        "stap": said.step,
        "gedaan": said.done,
        "grond": said.ground,
        "aangepast": said.adapted,
        "rollen": list(said.seconds),
    }


def _plain_about(about: About) -> dict[str, Any]:
    rest = {"digest": about.digest, "zichtbaar": about.shown, "afgeschermdVoor": list(about.barred)}
    return {"sectie": about.section, "id": about.item} | {key: value for key, value in rest.items() if value}


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _said(held: dict[str, Any]) -> Said:
    by = held["door"]
    return Said(
        id=held["id"],
        kind=held["soort"],
        moment=datetime.fromisoformat(held["moment"]),
        by=Speaker(by["account"], by["naam"], by.get("organisatie", "")),
        revision=held.get("revisie", ""),
        about=tuple(
            About(
                one["sectie"],
                one["id"],
                one.get("digest", ""),
                one.get("zichtbaar", ""),
                tuple(one.get("afgeschermdVoor", ())),
            )
            for one in held.get("onderdelen", ())
        ),
        verdict=held.get("oordeel", ""),
        text=held.get("tekst", ""),
        to=tuple(held.get("op", ())),
        proposal=held.get("voorstel", ""),
        content=held.get("inhoud"),
        step=held.get("stap", ""),
        done=held.get("gedaan", False),
        ground=held.get("grond", ""),
        adapted=held.get("aangepast", False),
        seconds=tuple(held.get("rollen", ())),
    )
