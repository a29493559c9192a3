"""The Markdown form: every card comes back as it was, texts stay plain, and a person may edit the file."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.content import Document, Path, markdown_outline
from app.content.card_type import Edition
from app.content.clean import clean, parse_json
from app.content.json_form import to_json
from app.content.markdown_outline import outline
from app.content.markdown_read import ParsedMarkdown, parse_markdown, with_lines
from app.content.markdown_text import escape_line, escape_start, escape_text, unescape
from app.content.markdown_write import to_markdown
from app.content.problems import InvalidCard, Problem
from app.content.validate import validate
from tests.cards import small_card
from tests.content.strategies import KAARTEN, VERSION, cards, edits, examples, lines, texts


def edition_for(schema: str | None, region: str | None) -> Edition:
    return KAARTEN.edition(schema or VERSION, region)


def write(card: Document) -> str:
    return to_markdown(card, KAARTEN.edition_of(card).shape).decode()


def read(text: str) -> Document:
    return parse_markdown(text.encode(), edition_for).document


# The laws.


@examples(2_000)
@given(cards())
def test_every_card_comes_back_from_both_forms_as_it_was(card: Document) -> None:
    shape = KAARTEN.edition_of(card).shape
    assert parse_markdown(to_markdown(card, shape), edition_for).document == card
    assert parse_json(to_json(card, shape)) == card


@examples(100)
@given(cards())
def test_drawn_cards_are_valid_and_in_normal_form(card: Document) -> None:
    validate(card, KAARTEN.edition_of(card))
    assert clean(card) == card


@examples(100)
@given(cards().flatmap(edits))
def test_edited_cards_are_valid_and_come_back_as_well(card: Document) -> None:
    validate(card, KAARTEN.edition_of(card))
    assert clean(card) == card
    assert read(write(card)) == card


@examples(300)
@given(cards(), texts(), lines(), st.data())
def test_changing_an_afspraak_changes_only_its_own_lines(
    card: Document, text: str, line: str, data: st.DataObject
) -> None:
    if "afspraken" not in card:
        return
    position = data.draw(st.integers(0, len(card["afspraken"]) - 1))
    afspraak = card["afspraken"][position]
    changed = {**afspraak, "tekst": text, "gevolg": text, "frequentie": line, "status": "vervallen"}
    after = {**card, "afspraken": [changed if each is afspraak else each for each in card["afspraken"]]}
    assert without(write(card), afspraak["id"]) == without(write(after), afspraak["id"])


def without(text: str, identity: str) -> list[str]:
    """The lines of a card outside one afspraak."""
    rows = text.split("\n")
    start = rows.index(f"### Afspraak {identity}")
    end = next((at for at in range(start + 1, len(rows)) if rows[at].startswith(("## ", "### "))), len(rows))
    return rows[:start] + rows[end:]


# Texts are plain text.


@examples(1_000)
@given(texts())
def test_a_text_comes_back_from_its_escapes(text: str) -> None:
    assert unescape(escape_text(text)) == text
    assert unescape(escape_line(text)) == text
    assert unescape(escape_start(text.replace("\n", " "))) == text.replace("\n", " ")


class Words(HTMLParser):
    """The words of a page, and the elements it was made of."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.elements: set[str] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 (the parser's)
        self.elements.add(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


VIEWERS = [
    MarkdownIt("commonmark", {"html": False}),
    MarkdownIt("commonmark").enable(["table", "strikethrough"]),
]


@pytest.mark.parametrize("viewer", VIEWERS, ids=["commonmark", "tables and html"])
@examples(1_000)
@given(texts())
def test_any_viewer_shows_a_text_as_it_was_typed(viewer: MarkdownIt, text: str) -> None:
    shown = Words(viewer.render(f"#### Kop\n\n{escape_text(text)}\n\n#### Kop\n"))
    words = "".join(shown.words)
    assert shown.elements <= {"h4", "p"}
    assert squeezed(words) == squeezed(f"Kop\n{text}\nKop")


@examples(1_000)
@given(lines())
def test_any_viewer_shows_a_line_as_it_was_typed(line: str) -> None:
    page = f"- Label: {escape_line(line)}\n- Lijst:\n  - {escape_start(line)}\n"
    for viewer in VIEWERS:
        shown = Words(viewer.render(page))
        assert shown.elements <= {"ul", "li", "p"}
        assert squeezed("".join(shown.words)) == squeezed(f"Label: {line}\nLijst:\n{line}")


def squeezed(text: str) -> list[str]:
    """The lines without the blanks at their ends and the empty ones, which no viewer shows."""
    return [line for line in (each.strip() for each in text.split("\n")) if line]


@examples(100)
@given(cards())
def test_any_viewer_shows_every_text_of_a_card(card: Document) -> None:
    shown = squeezed("".join(Words(VIEWERS[1].render(write(card))).words))
    for section in ("onveilig", "voorwaarden", "afspraken", "visies"):
        for item in card.get(section, ()):
            for line in squeezed(item["tekst"]):
                assert line in shown


@pytest.mark.parametrize(
    "text",
    [
        "dr. Jansen belt op 5-10 om 12:30.",
        "Moeder & vader betalen 10 % (€ 5).",
        "zie bestand a_b, 5 * 3 = 15, 1 < 2 > 0 en C:\\temp",
        "Eerst dit.\n\n\nDan dat; om 9.15 uur!\n  Ingesprongen [zo].",
        "#hashtag en nr. 3) -5 +31612345678",
    ],
)
def test_ordinary_dutch_needs_no_backslash(text: str) -> None:
    assert escape_text(text) == text


def test_what_looks_like_structure_gets_one_backslash() -> None:
    typed = "# kop\n- melk\n1. een\n---\n*ja*"
    assert escape_text(typed) == "\\# kop\n\\- melk\n1\\. een\n\\---\n\\*ja\\*"


# What a person may write.

HAND = """\
# veiligheidskaart
## KAART
* **Kaartnummer:** 6b6f0c1e-51a5-4f0e-9d3e-0c8f7a1b2c3d
* Schema: veiligheidskaart/1
* **Toestand**: concept

* soort: GEZIN
+ Gemeente:  Halder\u00adberge
   aan de Dijk
- Dossierhouder: sanne bakker
- Volgende evaluatie: 2026-12-01
---

## Personen ##

### Persoon (p-1)
- Rol: Kind
- Naam: Noor
- Adres is geheim: ja
### Persoon p-2
- Rol: ouder
- Naam: Vader
## Professionals
### Professional w-1
- Nummer: w-1
- Naam: Sanne Bakker
- Organisatie: CJG
## Netwerk
### Iemand uit het netwerk n-1


- Naam: Oma Riet
## Afspraken
### Afspraak a-1
- Wie doet dit? oma riet
- Vanaf: 1 januari 2026
- Hoe vaak: elke dag
- Wie ziet erop toe?:
    - CJG (w-1)
    - Noor
- Gaat over:
\t1. Noor
\t2. Vader (p-2)
- Status:
#### WAT IS DE AFSPRAAK?
- Oma belt.

  > Elke dag.
<!-- niet weg -->
### Afspraak
- Wie doet dit?: Noor (p-1)
#### wat is de afspraak?:

Nieuw.


#### Wat volgt erop?
"""


def hand(**changes: str) -> str:
    text = HAND.replace("- Hoe vaak: elke dag", "- Hoe vaak?: elke dag")
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


def test_a_file_written_by_hand_is_understood() -> None:
    document = read(hand())
    assert document["kaart"] == {
        "id": "6b6f0c1e-51a5-4f0e-9d3e-0c8f7a1b2c3d",
        "schema": "veiligheidskaart/1",
        "toestand": "concept",
        "soort": "gezin",
        "gemeente": "Halder\u00adberge aan de Dijk",
        "dossierhouder": "w-1",
        "volgendeEvaluatie": "2026-12-01",
    }
    assert document["personen"][0] == {"id": "p-1", "rol": "kind", "naam": "Noor", "adresAfgeschermd": True}
    first, second = document["afspraken"]
    assert first == {
        "id": "a-1",
        "wie": ["n-1"],
        "start": "2026-01-01",
        "frequentie": "elke dag",
        "toezichtDoor": ["w-1", "p-1"],
        "betreft": ["p-1", "p-2"],
        "tekst": "- Oma belt.\n\n  > Elke dag.\n<!-- niet weg -->",
    }
    assert second == {"wie": ["p-1"], "tekst": "Nieuw."}


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_and_a_byte_order_mark_of_other_systems_change_nothing(end: str) -> None:
    data = b"\xef\xbb\xbf" + hand().replace("\n", end).encode()
    assert parse_markdown(data, edition_for) == parse_markdown(hand().encode(), edition_for)


def test_sections_may_stand_in_any_order() -> None:
    card = small_card()
    title, *sections = write(card).split("\n## ")
    assert read("\n## ".join([title, *reversed(sections)])) == card


def test_a_file_without_its_title_is_understood() -> None:
    assert read(hand().partition("\n")[2]) == read(hand())


def test_a_raw_value_and_a_label_mean_the_same() -> None:
    assert read(write(small_card()).replace("Status: Loopt", "Status: actief")) == small_card()


def test_letters_with_loose_accents_are_found() -> None:
    card = small_card(afspraken=[{**small_card()["afspraken"][0], "tekst": "cafe\u0301"}])
    assert read(write(card))["afspraken"][0]["tekst"] == "café"


def test_a_text_may_hold_line_breaks_where_the_schema_wants_one_line() -> None:
    card = small_card(netwerk=[{"id": "n-1", "naam": "Oma\n* Riet *\n\n&#10;"}])
    assert read(write(card)) == card


def test_two_people_of_one_name_are_told_apart_by_number() -> None:
    people = [{"id": "p-1", "rol": "kind", "naam": "Jan"}, {"id": "p-2", "rol": "ouder", "naam": "Jan"}]
    card = small_card(personen=people)
    assert "- Jan (p-2)" in write(card)
    assert read(write(card)) == card


def test_a_renamed_person_may_keep_the_old_name_elsewhere() -> None:
    text = write(small_card()).replace("- Naam: Oma Riet", "- Naam: Riet de Wit")
    document = read(text)
    assert document["netwerk"][0]["naam"] == "Riet de Wit"
    assert document["afspraken"][1]["wie"] == ["n-1"]


def test_what_is_called_by_a_long_text_is_written_as_its_number() -> None:
    assert "- Werkt aan:\n  - v-1\n" in write(small_card())


# Regions.


def foreign_card(**fields: object) -> Document:
    kaart = {**small_card()["kaart"], "regioschema": f"{VERSION}.elders", **fields}
    return small_card(kaart=kaart, elders_wortel=[1, {"a": "*b*"}])


def test_fields_of_a_region_that_is_not_installed_are_kept_as_json() -> None:
    card = foreign_card(elders_code='a\nb: `c` \\ "d"')
    text = write(card)
    assert text.startswith('# Veiligheidskaart\n\n- `elders_wortel`: [1, {"a": "\\*b\\*"}]\n\n## Kaart\n')
    assert read(text) == card


def test_such_fields_are_understood_once_the_region_is_installed() -> None:
    text = (
        write(foreign_card(elders_code="x"))
        .replace(".elders", ".proef")
        .replace("`elders_wortel`: [1, {", "`proef_woord`: [{")
    )
    text = text.replace("elders_", "proef_").replace('[{"a": "\\*b\\*"}]', '"woord"')
    document = read(text)
    assert document["proef_woord"] == "woord"
    assert document["kaart"]["proef_code"] == "x"


# Faults.


def problems(text: str) -> list[Problem]:
    with pytest.raises(InvalidCard) as raised:
        read(text)
    return raised.value.problems


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


FAULTS: list[tuple[str, str, str, Path, str]] = [
    # what stands in the file, what is put there, where the fault is, its path, part of the message
    ("## Personen ##", "## Persoonen", "## Persoonen", (), "Bedoelt u ‘Personen’?"),
    ("- Naam: Noor", "- Naem: Noor", "- Naem", ("personen", "p-1"), "hoort hier niet. Bedoelt u ‘Naam’?"),
    ("- Naam: Noor", "- Noor", "- Noor\n", ("personen", "p-1"), "Schrijf eerst de naam van het veld"),
    ("- Naam: Noor", "- Naam: Noor\n- naam: Nora", "- naam: Nora", ("personen", "p-1", "naam"), "staat hier twee keer"),
    ("- Rol: Kind", "- Rol: Knid", "- Rol: Knid", ("personen", "p-1", "rol"), "Bedoelt u ‘Kind’?"),
    ("1 januari 2026", "30 februari 2026", "- Vanaf", ("afspraken", "a-1", "start"), "geen datum"),
    ("geheim: ja", "geheim: misschien", "- Adres", ("personen", "p-1", "adresAfgeschermd"), "Ja of Nee"),
    ("- Noor\n", "- Nora\n", "    - Nora", ("afspraken", "a-1", "toezichtDoor"), "Bedoelt u ‘Noor’?"),
    ("Vader (p-2)", "Noor (p-2)", "\t2.", ("afspraken", "a-1", "betreft"), "Bedoelt u ‘Noor (p-1)’?"),
    ("- Naam: Vader", "- Naam: Noor", "    - Noor", ("afspraken", "a-1", "toezichtDoor"), "p-1 of p-2"),
    ("### Persoon p-2", "### Persoon", "\t2. Vader", ("afspraken", "a-1", "betreft"), "nog geen nummer"),
    ("## Personen", "Zomaar iets.\n\n## Personen", "Zomaar", ("kaart",), "hoort bij geen veld: ‘Zomaar iets.’"),
    ("### Persoon p-2", "#### Persoon p-2", "#### Persoon p-2", ("personen", "p-1"), "Gebruik hier ###"),
    ("#### WAT IS", "### WAT IS", "### WAT IS", ("afspraken",), "te weinig #-tekens"),
    ("#### WAT IS", "##### WAT IS", "##### WAT IS", ("afspraken", "a-1"), "te veel #-tekens. Gebruik hier ####"),
    ("#### WAT IS", "#### Status\n#### WAT IS", "#### Status", ("afspraken", "a-1"), "geen kop"),
    ("<!-- niet", "##### Kop\n<!-- niet", "##### Kop", ("afspraken", "a-1", "tekst"), "Zet een \\ voor"),
    ("### Afspraak\n", "### Afspraak 12\n", "### Afspraak 12", ("afspraken",), "zoals a-7k3mq"),
    ("### Afspraak\n", "### Afspark a-2\n", "### Afspark", ("afspraken",), "Bedoelt u ‘Afspraak’?"),
    ("### Afspraak\n", "### Afspraak\n### Afspraak\n", "### Afspraak\n### ", ("afspraken", "2"), "niets onder"),
    ("# veiligheidskaart", "# Boodschappen", "# Boodschappen", (), "‘Veiligheidskaart’"),
    ("## Netwerk", "# Netwerk\n## Netwerk", "# Netwerk\n", (), "maar één kop"),
    ("## Netwerk", "## Personen\n## Netwerk", "## Personen\n## Net", ("personen",), "twee keer"),
    ("### Persoon (p-1)\n", "", "- Rol: Kind", ("personen",), "eerst een kop"),
    ("* soort: GEZIN", "* soort: GEZIN\n  - ja", "  - ja", ("kaart", "soort"), "één waarde"),
    ("- Status:", "- Instemming: ja", "- Instemming", ("afspraken", "a-1", "instemming"), "als kop"),
    ("- Nummer: w-1", "- Nummer: w-2", "- Nummer: w-2", ("professionals", "w-1", "id"), "twee keer"),
    ("- Naam: Vader", "- Naam: Va\x07der", "- Naam: Va", ("personen", "p-2", "naam"), "U+0007"),
    ("- Naam: Vader", "- Naam: Vader\n- `x`: {", "- `x`", ("personen", "p-2", "x"), "geen geldige JSON"),
    ("- Naam: Vader", "- `naam`: 5", "- `naam`", ("personen", "p-2", "naam"), "past niet bij ‘Naam’"),
    ("- Naam: Vader", '- `"x`: 5', '- `"x`', ("personen", "p-2"), "geldige JSON"),
    ("kaart/1", "kaart/9", "* Schema", ("kaart", "schema"), "kent het schema"),
    ("    - Noor", "    - Noor\n      - Vader", "      - Vader", ("afspraken", "a-1"), "te diep"),
    ("- Oma belt.", "- " * 30 + "x", "- - -", (), "streepjes"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "path", "words"), FAULTS, ids=[fault[1][:30] for fault in FAULTS])
def test_a_fault_is_told_with_its_line_and_place(old: str, new: str, place: str, path: Path, words: str) -> None:
    assert old in hand()
    text = hand().replace(old, new, 1)
    found = problems(text)
    assert (line_of(text, place), path) in [(each.line, each.path) for each in found if words in each.message], found
    assert all(each.where or not each.path or each.path == ("kaart", "schema") for each in found)


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    text = hand().replace("GEZIN", "gezind").replace("- Rol: Kind", "- Rol: Knid").replace("1 januari", "1 janauri")
    assert [problem.path[-1] for problem in problems(text)] == ["soort", "rol", "start"]
    assert [problem.line for problem in problems(text)] == sorted(problem.line or 0 for problem in problems(text))


def test_what_validation_finds_gets_the_line_of_its_place_or_of_the_nearest_part() -> None:
    parsed = parse_markdown(hand().encode(), edition_for)
    with pytest.raises(InvalidCard) as raised:
        validate(parsed.document, KAARTEN.current)
    found = {problem.path: problem.line for problem in with_lines(raised.value.problems, parsed.lines)}
    assert found["afspraken", "2", "id"] == line_of(hand(), "### Afspraak\n")
    assert with_lines([Problem(("krachten", "k-1"), "x")], parsed.lines)[0].line == 1
    assert with_lines([Problem(("kaart", "soort"), "x")], parsed.lines)[0].line == line_of(hand(), "* soort")


# Hostile files.


def attempt(data: bytes) -> ParsedMarkdown | None:
    """Read a file that may be anything; any other exception than `InvalidCard` is a failure."""
    try:
        return parse_markdown(data, edition_for)
    except InvalidCard:
        return None


@examples(500)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    attempt(data)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """The file of a card with lines cut, doubled, swapped and mangled."""
    rows = draw(st.sampled_from([write(small_card()), hand(), write(foreign_card())])).split("\n")
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(rows) - 1))
        row = rows[at]
        cut = draw(st.integers(0, len(row)))
        piece = draw(texts())
        marks = draw(st.sampled_from(["", "#", "  ", "\t", "- ", "> ", "1. ", "\\", "`", "    - "]))
        rows[at] = draw(
            st.sampled_from([marks + row, row[:cut], row[:cut] + piece + row[cut:], piece, f"{row}\n{row}"])
        )
    return "\n".join(rows)


@examples(500)
@given(damaged())
def test_a_damaged_file_is_read_or_refused(text: str) -> None:
    parsed = attempt(text.encode())
    if parsed is not None:
        validate_or_refuse(parsed)


def validate_or_refuse(parsed: ParsedMarkdown) -> None:
    edition = KAARTEN.edition_of(parsed.document)
    found: list[Problem] = []
    try:
        validate(parsed.document, edition)
    except InvalidCard as error:
        found = error.problems
    assert all(problem.line for problem in with_lines(found, parsed.lines))
    if not found:
        assert read(write(parsed.document)) == parsed.document


ROWS = (
    "- a", "  - b", "", "# k", "#", "- ", "-", "  c", "d", "   - e", "    - f", "- - g", "* h", "1. i", "  1. j",
    "- # k", "---", "- ---", "\t- l", "  ", "- m  ", "-\tn", "###### x", "####### x", "#x", " # y", "   ### z",
)  # fmt: skip


@examples(1_000)
@given(st.lists(st.sampled_from(ROWS), max_size=9).map("\n".join))
def test_the_quick_rule_for_lists_finds_what_markdown_finds(text: str) -> None:
    quick = outline(text)
    with markdown_outline._PARSER.reset_rules():
        markdown_outline._PARSER.disable("simple_bullets")
        assert quick == outline(text)


HOSTILE = {
    "deep list": "- " * 100_000,
    "deepening list": "".join("  " * depth + "- x\n" for depth in range(2_000)),
    "many bullets": "# Veiligheidskaart\n## Kaart\n" + "- x\n" * 99_000,
    "many fields": "## Kaart\n" + "- Naam van de kaart: x\n" * 99_000,
    "many values": "## Kaart\n- Maatregel:\n" + "  - ots\n" * 99_000,
    "many names": "## Afspraken\n### Afspraak a-1\n- Wie doet dit?:\n" + "  - Jan\n" * 99_000,
    "many items": "## Personen\n" + "### Persoon p-1\n- Naam: x\n" * 49_000,
    "many headings": "#\n" * 99_000,
    "many lines": "a\n" * 99_000,
    "many paragraphs": "a\n\n" * 49_000,
    "too many lines": "a\n" * 2_000_000,
    "one long line": "## Kaart\n- Naam van de kaart: " + "<&*_`[]" * 300_000,
    "long label": "## Kaart\n- " + "x" * 3_000_000 + ": y",
    "long heading": "## " + "a " * 1_500_000,
    "backslashes": "## Afspraken\n### Afspraak a-1\n#### Wat is de afspraak?\n" + "\\" * 3_000_000,
    "brackets": "## Kaart\n- Dossierhouder: " + "(" * 1_000_000 + "a" * 1_000_000,
    "json": "- `x`: " + "[" * 500_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_costs_little(text: str) -> None:
    attempt(text.encode())  # a limit of time would fail on a busy machine; `python -m tests.bench` measures
