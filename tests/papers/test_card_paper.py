from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from app.content import Document
from app.content import paper as content
from app.services import paper
from app.services.desk import ZONE
from app.services.pdf_ends import with_clear_ends
from tests.cards import real_type, small_card
from tests.content.strategies import KAARTEN, cards, examples
from tests.demo.playing import PLAYED
from tests.papers import bookmarks, faults, holds, pages, words
from tools.paper_signs import lacking

TYPES = real_type()
MOMENT = datetime(2026, 11, 9, 14, 30, tzinfo=ZONE)


def made(document: Document, moment: datetime = MOMENT, **more: Any) -> bytes:
    told: dict[str, Any] = {
        "types": TYPES,
        "state": "Actief",
        "revision": "0123456789abcdef",
        "made_by": "Sanne Bakker, CJG",
    } | more
    return paper.card_paper(told.pop("types"), document, moment=moment, **told)


def many(number: int, text: str) -> Document:
    """A card with so many afspraken, each of these words and a number."""
    first = small_card()["afspraken"][0]
    return small_card(afspraken=[{**first, "id": f"a-{one}", "tekst": f"{text} {one}"} for one in range(number)])


@pytest.mark.parametrize("slug", sorted(PLAYED))
def test_the_paper_of_a_family_can_be_read_by_everybody_and_kept(slug: str) -> None:
    document = PLAYED[slug][-1].after
    pdf = made(document)
    assert faults(pdf) == []
    text = words(pdf)
    for section, held in document.items():
        for item in held if isinstance(held, list) else ():
            for key in ("tekst", "naam", "eigenWoorden"):
                assert " ".join(item.get(key, "").split()) in text, (section, item["id"], key)


def test_the_first_page_says_what_it_is_and_whose() -> None:
    text = words(made(small_card(), notes=["Dit is een oude versie."]))
    for said in (
        "VEILIGHEIDSKAART", "Gezin Van Dale", "6b6f0c1e-51a5-4f0e-9d3e-0c8f7a1b2c3d", "Toestand Actief",
        "Dossierhouder Sanne Bakker, CJG Halderberge", "9 november 2026, 14:30 uur", "Sanne Bakker, CJG",
        "0123456789", "Vertrouwelijk", "Dit is een oude versie.", "Bladzijde 1 van",
    ):  # fmt: skip
        assert said in text


def test_an_afspraak_stands_under_its_voorwaarde_and_in_the_bookmarks() -> None:
    found = bookmarks(made(small_card()))
    place = found.index("Iedereen slaapt rustig.")
    assert found[place + 1] == "Vader belt oma als hij boos wordt."
    assert found[found.index("Zonder voorwaarde") + 1] == "Oma haalt Noor op woensdag uit school."


def test_what_is_shielded_is_marked() -> None:
    shielded = {
        "id": "o-1",
        "tekst": "Moeder is bang.",
        "afgeschermdVoor": ["p-2"],
        "redenAfscherming": "Te gevaarlijk.",
    }
    mother = {"id": "p-3", "rol": "ouder", "naam": "Moeder", "adresAfgeschermd": True}
    card = small_card(onveilig=[shielded], personen=[*small_card()["personen"], mother])
    text = words(made(card))
    assert "Afgeschermd voor: Vader Van Dale: niet delen" in text
    assert "Adres is geheim: niet delen" in text
    assert "Bij sommige onderdelen staat ‘niet delen’" in text
    assert "niet delen" not in words(made(small_card()))


def test_the_same_card_has_the_same_bytes_and_another_moment_others() -> None:
    assert made(small_card()) == made(small_card())
    assert made(small_card()) != made(small_card(), MOMENT + timedelta(minutes=1))


def test_an_empty_card_and_one_with_two_hundred_items() -> None:
    empty = small_card()
    for key in ("onveilig", "voorwaarden", "afspraken", "netwerk"):
        del empty[key]
    assert faults(made(empty)) == []
    pdf = made(many(200, "Vader belt oma"))
    assert faults(pdf) == []
    text = words(pdf)
    assert all(f"Vader belt oma {number}" in text for number in range(200))
    assert f"Bladzijde {pages(pdf)} van {pages(pdf)}" in text


HOSTILE = {
    "markup": "#import \"x.typ\" = *vet* _schuin_ $x^2$ <label> @ref \\ // #panic() ]] [[ #read(\"/etc/passwd\")",
    "a long word": "a" * 4000,
    "long words": " ".join(["Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"] * 60),
    "letters of elsewhere": "Мария, Ελένη, שרה, محمد بن علي, Nguyễn Thị Ánh, Łukasz, Çağla, Ørsted, Đorđe",
    "signs that no font has": "👩‍👧‍👦 🙂 中文 ﷺ \ufdd0 \ue000 \U000f0000",
    "not seen": "a\u200bb\u00adc\u2060d\ufeffe\u034ff\u180eg",
    "marks on marks": "e" + "\u0301" * 300,
    "blanks": "a\u00a0\u2003\u3000\tb\n\n\n\n\nc",
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(HOSTILE))
def test_no_words_break_the_paper(what: str) -> None:
    text = HOSTILE[what]
    name = " ".join(text.split())[:80].strip()
    card = small_card(onveilig=[{"id": "o-1", "tekst": text}], netwerk=[{"id": "n-1", "naam": name, "taak": text}])
    card["kaart"]["naam"] = name
    assert faults(made(card, notes=[text])) == []


def test_markup_is_words() -> None:
    text = HOSTILE["markup"]
    told = words(made(small_card(onveilig=[{"id": "o-1", "tekst": text}])))
    assert text.replace(" ", "") in told.replace(" ", "")


def test_a_sign_that_no_font_has_is_a_square_and_the_paper_says_so() -> None:
    text = words(made(small_card(netwerk=[{"id": "n-1", "naam": "Oma 🙂 Riet"}])))
    assert "Oma □ Riet" in text
    assert "Daar staat een teken dat dit papier niet kan tonen." in text
    assert "□" not in words(made(small_card()))


def test_a_long_name_stays_on_the_page() -> None:
    card = small_card()
    card["kaart"]["naam"] = "Van der Heijden-Oudenhoven-Kılıç-De Bruijn-Adriaansen-Özdemir-Vermeulen-Pires-De Kort"
    assert card["kaart"]["naam"].replace(" ", "") in words(made(card)).replace(" ", "")


def test_the_signs_are_those_of_the_fonts() -> None:
    """After a new typst: .venv/bin/python -m tools.paper_signs."""
    kept = [sign for code in range(32, 0x20000) if (sign := paper.printable(chr(code))) == chr(code)]
    assert lacking(kept) == set()
    assert lacking(["🙂", "中"]) == {"🙂", "中"}
    assert len(kept) > 3000
    assert {"é", "ë", "€", "ş", "ж", "ع", "ש"} <= set(kept)


def test_signs_that_no_font_has_together_do_not_stop_the_paper() -> None:
    told = content.Paper("Tekens", "Proef", (), (content.text("\u0626\u0489 \u0e34 a\u0e34 ش\u0489"),))
    assert faults(paper.printed(told, MOMENT)) == []


def test_a_stream_that_ends_like_a_line_is_read_in_one_way_alone() -> None:
    changed = 0
    for number in range(300):
        told = content.Paper(f"T {number}", "k", ("f",), (content.text("hallo " * number + str(number)),))
        pdf = paper.printed(told, MOMENT + timedelta(minutes=number))
        if b"\r\r\nendstream" in pdf:
            changed += 1
            assert faults(pdf) == []
            assert with_clear_ends(pdf) == pdf
    assert changed


@pytest.mark.parametrize("name", ["\u200b", "\u200c", "\u0301", "\ufe0f \u200b"])
def test_a_name_of_which_nothing_can_be_seen_is_printed_as_a_sign_that_no_font_has(name: str) -> None:
    pdf = made(
        small_card(personen=[{"id": "p-2", "rol": "kind", "naam": name}], kaart={**small_card()["kaart"], "naam": name})
    )
    assert faults(pdf) == []
    assert holds(pdf, paper.UNKNOWN)


@examples(40)
@given(cards())
def test_any_card_can_be_printed(card: Document) -> None:
    pdf = made(card, types=KAARTEN)
    assert faults(pdf) == []


def test_a_word_that_is_not_on_the_card_is_found_nowhere_and_one_that_is_can_be() -> None:
    pdf = made(small_card(onveilig=[{"id": "o-1", "tekst": "Zonsopgangstraat"}]))
    assert holds(pdf, "Zonsopgangstraat")
    assert not holds(pdf, "Blijf-van-mijn-lijf")
