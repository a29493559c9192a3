"""What the archive wants to know of a card: MDTO of the Nationaal Archief, as XML of version 1.0.1.

Metagegevens voor duurzaam toegankelijke overheidsinformatie. The schema wants its elements in one order, and some of
them always; both stand here. A file of MDTO tells of one thing: the card, or a part of it (`informatieobject`), or one
file of it (`bestand`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

NAMESPACE = "https://www.nationaalarchief.nl/mdto"
_T = TypeVar("_T")
_Element = tuple[str, "str | list[_Element]"]


@dataclass(frozen=True)
class Term:
    """A word of a list of words (begrip).

    Attributes:
        label: the word.
        source: the name of the list.
        code: what the list calls it besides; may be empty.
    """

    label: str
    source: str
    code: str = ""


@dataclass(frozen=True)
class Reference:
    """Something or somebody that is pointed at: a name, and where there is one a mark with what gave it."""

    name: str
    mark: str = ""
    source: str = ""


@dataclass(frozen=True)
class Happened:
    """An event: what, when (ISO 8601), who saw to it, what came of it; all but the first may be empty."""

    kind: Term
    when: str = ""
    actor: Reference | None = None
    result: str = ""


@dataclass(frozen=True)
class Period:
    """How long something holds: from which event on, since which day, for how long (``P20Y``), until which day."""

    trigger: Term | None = None
    since: str = ""
    length: str = ""
    until: str = ""


@dataclass(frozen=True)
class Restriction:
    """What limits the use: what kind of limit, in words, on which ground, for how long."""

    kind: Term
    told: str = ""
    grounds: Sequence[Reference] = ()
    period: Period | None = None


@dataclass(frozen=True)
class Informatieobject:
    """A card, or a part of one, as the archive knows it. In the order of the schema.

    Attributes:
        marks: by what it is known: mark and what gave it; at least one.
        name: what it is called.
        level: Dossier or Archiefstuk.
        valuation: to be kept or to be destroyed.
        creators: the organisations that made it; at least one.
        restrictions: what limits its use; at least one.
        covers: the kind of period it is about, the first day and the last (may be empty).
    """

    marks: Sequence[tuple[str, str]]
    name: str
    valuation: Term
    creators: Sequence[Reference]
    restrictions: Sequence[Restriction]
    level: Term | None = None
    classification: Sequence[Term] = ()
    description: Sequence[str] = ()
    covers: tuple[Term, str, str] | None = None
    language: str = ""
    events: Sequence[Happened] = ()
    kept: Period | None = None
    category: Term | None = None
    part_of: Sequence[Reference] = ()
    holds: Sequence[Reference] = ()
    files: Sequence[Reference] = ()
    involved: Sequence[tuple[Term, Reference]] = ()
    activity: Reference | None = None


@dataclass(frozen=True)
class Bestand:
    """A file, as the archive knows it.

    Attributes:
        marks: by what it is known: mark and what gave it; at least one.
        name: its name.
        size: how many bytes it is.
        format: what it is written in.
        checksums: algorithm, value and the moment it was worked out (ISO 8601); at least one.
        of: what it holds the content of.
    """

    marks: Sequence[tuple[str, str]]
    name: str
    size: int
    format: Term
    checksums: Sequence[tuple[Term, str, str]]
    of: Reference


def write(thing: Informatieobject | Bestand) -> bytes:
    """One thing as XML; the same thing always in the same bytes.

    Raises:
        ValueError: something is missing that the schema always wants.
    """
    body = _informatieobject(thing) if isinstance(thing, Informatieobject) else _bestand(thing)
    name = "informatieobject" if isinstance(thing, Informatieobject) else "bestand"
    lines = "".join(_lines(name, body, 1))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<MDTO xmlns="{NAMESPACE}">\n{lines}</MDTO>\n'.encode()


def _informatieobject(one: Informatieobject) -> list[_Element]:
    return [
        *_named(one.marks, one.name),
        *_all("aggregatieniveau", map(_term, _given(one.level))),
        *_all("classificatie", map(_term, one.classification)),
        *_texts("omschrijving", one.description),
        *_all("dekkingInTijd", map(_covering, _given(one.covers))),
        *_texts("taal", [one.language]),
        *_all("event", map(_event, one.events)),
        ("waardering", _term(one.valuation)),
        *_all("bewaartermijn", map(_period, _given(one.kept))),
        *_all("informatiecategorie", map(_term, _given(one.category))),
        *_all("isOnderdeelVan", map(_reference, one.part_of)),
        *_all("bevatOnderdeel", map(_reference, one.holds)),
        *_all("heeftRepresentatie", map(_reference, one.files)),
        *_some("archiefvormer", map(_reference, one.creators)),
        *_all("betrokkene", map(_involved, one.involved)),
        *_all("activiteit", map(_reference, _given(one.activity))),
        *_some("beperkingGebruik", map(_restriction, one.restrictions)),
    ]


def _bestand(one: Bestand) -> list[_Element]:
    return [
        *_named(one.marks, one.name),
        ("omvang", str(one.size)),
        ("bestandsformaat", _term(one.format)),
        *_some("checksum", map(_checksum, one.checksums)),
        ("isRepresentatieVan", _reference(one.of)),
    ]


def _named(marks: Sequence[tuple[str, str]], name: str) -> list[_Element]:
    return [*_some("identificatie", (_mark(*one) for one in marks)), ("naam", _needed(name))]


def _mark(mark: str, source: str) -> list[_Element]:
    return [("identificatieKenmerk", _needed(mark)), ("identificatieBron", _needed(source))]


def _term(one: Term) -> list[_Element]:
    return [
        ("begripLabel", _needed(one.label)),
        *_texts("begripCode", [one.code]),
        ("begripBegrippenlijst", _reference(Reference(one.source))),
    ]


def _reference(one: Reference) -> list[_Element]:
    identity: list[_Element] = [("verwijzingIdentificatie", _mark(one.mark, one.source))] if one.mark else []
    return [("verwijzingNaam", _needed(one.name)), *identity]


def _covering(told: tuple[Term, str, str]) -> list[_Element]:
    kind, first, last = told
    return [
        ("dekkingInTijdType", _term(kind)),
        ("dekkingInTijdBegindatum", _needed(first)),
        *_texts("dekkingInTijdEinddatum", [last]),
    ]


def _event(one: Happened) -> list[_Element]:
    return [
        ("eventType", _term(one.kind)),
        *_texts("eventTijd", [one.when]),
        *_all("eventVerantwoordelijkeActor", map(_reference, _given(one.actor))),
        *_texts("eventResultaat", [one.result]),
    ]


def _period(one: Period) -> list[_Element]:
    return [
        *_all("termijnTriggerStartLooptijd", map(_term, _given(one.trigger))),
        *_texts("termijnStartdatumLooptijd", [one.since]),
        *_texts("termijnLooptijd", [one.length]),
        *_texts("termijnEinddatum", [one.until]),
    ]


def _involved(told: tuple[Term, Reference]) -> list[_Element]:
    return [("betrokkeneTypeRelatie", _term(told[0])), ("betrokkeneActor", _reference(told[1]))]


def _restriction(one: Restriction) -> list[_Element]:
    return [
        ("beperkingGebruikType", _term(one.kind)),
        *_texts("beperkingGebruikNadereBeschrijving", [one.told]),
        *_all("beperkingGebruikDocumentatie", map(_reference, one.grounds)),
        *_all("beperkingGebruikTermijn", map(_period, _given(one.period))),
    ]


def _checksum(told: tuple[Term, str, str]) -> list[_Element]:
    kind, value, when = told
    return [
        ("checksumAlgoritme", _term(kind)),
        ("checksumWaarde", _needed(value)),
        ("checksumDatum", _needed(when)),
    ]


def _given(value: "_T | None") -> "list[_T]":
    return [] if value is None else [value]


def _all(name: str, found: Iterable[list[_Element]]) -> list[_Element]:
    return [(name, one) for one in found]


def _some(name: str, found: Iterable[list[_Element]]) -> list[_Element]:
    if not (all_of := _all(name, found)):
        raise ValueError(f"MDTO wants at least one {name}")
    return all_of


def _texts(name: str, texts: Iterable[str]) -> list[_Element]:
    return [(name, text) for text in texts if text.strip()]


def _needed(text: str) -> str:
    if not text.strip():
        raise ValueError("MDTO wants a text where there is none")
    return text


def _lines(name: str, content: "str | list[_Element]", depth: int) -> Iterator[str]:
    blank = "  " * depth
    if isinstance(content, str):
        yield f"{blank}<{name}>{_escaped(content)}</{name}>\n"
        return
    yield f"{blank}<{name}>\n"
    for inner, value in content:
        yield from _lines(inner, value, depth + 1)
    yield f"{blank}</{name}>\n"


def _escaped(text: str) -> str:
    """A text as it stands in XML, without the signs that XML cannot hold."""
    kept = "".join(sign for sign in text if sign in "\t\n\r" or (sign >= " " and sign not in "\ufffe\uffff"))
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
        kept = kept.replace(sign, written)
    return kept
