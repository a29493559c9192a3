"""MDTO: the elements that the schema wants, in its order, and nothing that XML cannot hold."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from app.content.mdto import (
    NAMESPACE,
    Bestand,
    Happened,
    Informatieobject,
    Period,
    Reference,
    Restriction,
    Term,
    write,
)

ORDER = [
    "identificatie",
    "naam",
    "aggregatieniveau",
    "classificatie",
    "omschrijving",
    "dekkingInTijd",
    "taal",
    "event",
    "waardering",
    "bewaartermijn",
    "informatiecategorie",
    "isOnderdeelVan",
    "bevatOnderdeel",
    "heeftRepresentatie",
    "archiefvormer",
    "betrokkene",
    "activiteit",
    "beperkingGebruik",
]
TERM = Term("Dossier", "Begrippenlijst Aggregatieniveaus MDTO", "D")
BY = Reference("Veilig Thuis", "vt", "Kaarten")
LEAST = Informatieobject(
    [("0f3c1f8e", "Kaarten")], "Veiligheidskaart", Term("Te vernietigen", "Waarderingen MDTO"), [BY],
    [Restriction(Term("Persoonsgegevens", "Beperkingen"))],
)  # fmt: skip
WHOLE = replace(
    LEAST, level=TERM, classification=[TERM], description=["Afspraken & <voorwaarden>"],
    covers=(Term("Looptijd", "Dekking"), "2026-01-02", "2026-11-28"), language="nl",
    events=[Happened(Term("Overdracht", "Events"), "2026-11-28T10:00:00+01:00", BY, "Aangenomen")],
    kept=Period(TERM, "2026-11-28", "P20Y", "2046-11-28"), category=TERM, part_of=[BY], holds=[BY],
    files=[Reference("kaart.json")], involved=[(Term("Dossierhouder", "Relaties"), BY)], activity=BY,
    restrictions=[Restriction(TERM, "Gegevens over kinderen", [Reference("AVG")], Period(until="2046-11-28"))],
)  # fmt: skip
FILE = Bestand(
    [("kaart.json", "Kaarten")], "kaart.json", 12, Term("JSON", "PRONOM", "fmt/817"),
    [(Term("SHA-256", "Algoritmen"), "ab" * 32, "2026-11-28T10:00:00+01:00")], BY,
)  # fmt: skip


def names(data: bytes) -> list[str]:
    (thing,) = etree.fromstring(data)
    return [etree.QName(one).localname for one in thing]


def test_what_the_schema_always_wants_stands_in_its_order() -> None:
    assert names(write(LEAST)) == ["identificatie", "naam", "waardering", "archiefvormer", "beperkingGebruik"]
    assert names(write(WHOLE)) == ORDER
    assert names(write(FILE)) == [
        "identificatie",
        "naam",
        "omvang",
        "bestandsformaat",
        "checksum",
        "isRepresentatieVan",
    ]


def test_a_thing_reads_as_it_was_told() -> None:
    root = etree.fromstring(write(WHOLE))
    spaces = {"m": NAMESPACE}

    def texts(path: str) -> list[str]:
        return [one.text or "" for one in root.iterfind(f"m:informatieobject/{path}", spaces)]

    assert texts("m:identificatie/m:identificatieBron") == ["Kaarten"]
    assert texts("m:omschrijving") == ["Afspraken & <voorwaarden>"]
    assert texts("m:aggregatieniveau/m:begripBegrippenlijst/m:verwijzingNaam") == [TERM.source]
    assert texts("m:event/m:eventVerantwoordelijkeActor/m:verwijzingIdentificatie/m:identificatieKenmerk") == ["vt"]
    assert texts("m:beperkingGebruik/m:beperkingGebruikTermijn/m:termijnEinddatum") == ["2046-11-28"]
    period = root.find("m:informatieobject/m:bewaartermijn", spaces)
    assert period is not None
    assert [etree.QName(one).localname for one in period] == [
        "termijnTriggerStartLooptijd", "termijnStartdatumLooptijd", "termijnLooptijd", "termijnEinddatum",
    ]  # fmt: skip
    assert write(WHOLE) == write(replace(WHOLE))


@pytest.mark.parametrize(
    "thing",
    [
        replace(LEAST, marks=[]),
        replace(LEAST, creators=[]),
        replace(LEAST, restrictions=[]),
        replace(LEAST, name=" "),
        replace(LEAST, valuation=Term("", "x")),
        replace(LEAST, valuation=Term("x", "")),
        replace(LEAST, marks=[("x", "")]),
        replace(WHOLE, covers=(TERM, "", "")),
        replace(FILE, checksums=[]),
        replace(FILE, of=Reference("")),
    ],
)
def test_what_lacks_something_that_the_schema_wants_is_not_written(thing: Informatieobject | Bestand) -> None:
    with pytest.raises(ValueError, match="MDTO wants"):
        write(thing)


@given(text=st.text(min_size=1))
def test_any_text_is_sound_xml_and_comes_back(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    root = etree.fromstring(write(replace(LEAST, description=[f"x{text}"])))
    told = root.findtext(f"{{{NAMESPACE}}}informatieobject/{{{NAMESPACE}}}omschrijving") or ""
    kept = "".join(sign for sign in text if sign in "\t\n\r" or sign >= " ").replace("\ufffe", "").replace("\uffff", "")
    assert told == f"x{kept}"
