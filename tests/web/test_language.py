"""Every word of the interface can be put in another language: none stands in a page past the catalogue."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.dates import get_day_names
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import Babel

from app.content.gates import missing
from app.content.items import Namer
from app.services.desk import Desk
from app.web import create_app
from app.web.views.history import step_words
from tests.cards import SCHEMAS
from tests.filled import TODAY, filled_desk
from tests.web.gateway import Page

PSEUDO = "eo"
PROJECT = Path(__file__).parents[2]
KEYWORDS: dict[str, Any] = {"_": None, "_n": (1, 2), "ngettext": (1, 2)}
_SAID = ("title", "aria-label", "placeholder", "alt", "data-weg", "data-label")
_START = 12
_SENTENCE = 25
"""From this length on a text is taken out before the beginnings of others are looked for in what remains."""
_NUMBERED = re.compile(r"\b\w*\d\w*\b")
_DAY = re.compile(r"\d{1,2} [^\W\d]+ \d{4}")
_OWN = {"JSON", "Markdown", "kaart.json", "kaart.md", ".json", ".md", *get_day_names(locale=PSEUDO).values()}
"""What is called the same in every language, and what the language calls the days."""
_ENGLISH = re.compile(
    r"\b(the|and|with|this|not|are|were|has|your|you|card|save|saved|edit|delete|remove|add|search|next|previous|error|"
    r"warning|home|settings|language|cancel|submit|show|hide|less|draft|history|compare|changed)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with the demonstration."""
    return filled_desk(tmp_path_factory, "taal")


@pytest.fixture(scope="module")
def pseudo(full: Desk, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The pages in a language in which each text of the interface stands between brackets."""
    catalog = Catalog(locale=PSEUDO)
    with (PROJECT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]  # Babel types it not
    found = extract_from_dir(PROJECT, methods, options, keywords=KEYWORDS)
    for _file, _line, message, _comments, _context in found:
        flags = ["python-format"] if "%(" in str(message) else []
        one = message if isinstance(message, str) else message[0]
        catalog.add(message, [f"⟦{form}⟧" for form in message] if one != message else f"⟦{one}⟧", flags=flags)
    folder = tmp_path_factory.mktemp("vertalingen")
    (folder / PSEUDO / "LC_MESSAGES").mkdir(parents=True)
    with (folder / PSEUDO / "LC_MESSAGES" / "messages.mo").open("wb") as file:
        write_mo(file, catalog)
    app = create_app(full, "x" * 32, demonstration=True)
    app.config.update(BABEL_DEFAULT_LOCALE=PSEUDO, BABEL_TRANSLATION_DIRECTORIES=str(folder))
    Babel(app)
    return app


def _addresses(desk: Desk) -> list[str]:
    """Every page that one comes at without typing, of a card with much on it."""
    kaarten = [desk.kaarten.read(one) for one in desk.kaarten.ids()]
    rich = max((one for one in kaarten if len(one.document["afspraken"]) < 20), key=lambda one: len(str(one.document)))
    closed = next(one for one in kaarten if one.document["kaart"]["toestand"] == "afgesloten")
    saves = desk.kaarten.history(rich.id)
    item, kaart = rich.document["afspraken"][0]["id"], f"/kaarten/{rich.id}"
    return [
        "/",
        "/kaarten",
        "/kaarten?zoek=zeppelin",
        "/kaarten/_nieuw",
        "/persoon",
        "/klad",
        "/toegankelijkheid",
        "/kaarten/weg",
        kaart,
        f"{kaart}?alles=1",
        f"{kaart}/revisies/{saves[-1].revision}",
        f"{kaart}/kaart",
        f"{kaart}/afspraken/_nieuw",
        f"{kaart}/afspraken/{item}",
        f"{kaart}/afspraken/{item}/verplaatsen",
        f"{kaart}/afspraken/{item}/verwijderen",
        f"{kaart}/personen/{rich.document['personen'][0]['id']}/verwijderen",
        f"{kaart}/stappen/afsluiten",
        f"{kaart}/geschiedenis",
        f"{kaart}/geschiedenis?afspraak={item}",
        f"{kaart}/vergelijken?van={saves[-1].revision}",
        f"{kaart}/inzage",
        f"{kaart}/inzage?vanaf=2020-01-01&tot=2020-01-02",
        f"{kaart}/tekst",
        f"/kaarten/{closed.id}",
    ]


def _said(page: Page) -> Iterator[str]:
    """All that a page says to a person: its texts, and what only a screen reader or a mouse is told."""
    yield page.tree.findtext(".//title") or ""
    for one in page.tree.body.iter():
        if not isinstance(one.tag, str):
            continue
        if one.tag not in ("textarea", "script"):
            yield one.text or ""
        yield one.tail or ""
        yield from (one.get(name) or "" for name in _SAID)


_OF_AN_ADMINISTRATOR = [
    "/beheer",
    "/beheer?zoek=zeppelin",
    "/beheer/uitnodigen",
    "/beheer/uitnodigingen",
    "/beheer/accounts/fatima",
    "/beheer/accounts/karin",
    "/beheer/organisaties",
    "/beheer/installaties",
    "/beheer/organisaties/ggz-de-kreek",
    "/beheer/organisaties/regio-zuidrand",
    "/beheer/rechten",
]


def _pages(app: Flask, desk: Desk) -> Iterator[Page]:
    """Every page, each as somebody who may see it."""
    for person, addresses in (
        ("sanne", _addresses(desk)),
        ("karin", _OF_AN_ADMINISTRATOR),
        ("wim", ["/logboek", "/logboek?kaart=weg", "/beheer/rechten"]),
    ):
        client = app.test_client()
        _sign_in(client, person)
        for address in addresses:
            yield Page(client.get(address), address)


def _sign_in(client: FlaskClient, person: str) -> None:
    """As an invented person, in whatever language the page is."""
    form = Page(client.get("/persoon"), "/persoon").values()
    form.setlist("persoon", [person])
    assert client.post("/persoon", data=form).status_code == 303


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, held in value.items():
            yield str(key)
            yield from _strings(held)
    elif isinstance(value, list):
        for held in value:
            yield from _strings(held)
    elif isinstance(value, str):
        yield " ".join(value.split())
        yield from (" ".join(line.split()) for line in value.split("\n"))


def _data(desk: Desk) -> set[str]:
    """What a page may say in its own words: those of the schema, of the cards, and of people."""
    sources: list[object] = [
        json.loads(file.read_text()) for file in SCHEMAS.rglob("*.json") if file.name != "overleg-1.json"
    ]  # of what is said people read what overleg.json calls it
    for kaart_id in desk.kaarten.ids():
        newest = desk.kaarten.read(kaart_id)
        namer = Namer(newest.document, newest.edition.shape)
        for save in desk.kaarten.history(kaart_id):
            kaart = desk.kaarten.read(kaart_id, save.revision)
            # What git keeps of a save is Dutch, as the card itself is.
            sources += [
                kaart.document,
                save.reason,
                [step_words(one, newest.edition.shape, namer) for one in save.steps],
            ]
            for gate in ("actief", "overdracht"):  # services speak Dutch: what a card lacks, in their sentences
                sources += [one.message for one in missing(kaart.document, kaart.edition, gate, TODAY)]
    known = desk.accounts.known()
    sources += [[one.name, one.email] for one in known.accounts.values()] + [
        [one.name] for one in known.organisations.values()
    ]
    texts = {text for source in sources for text in _strings(source) if len(text) > 1}
    return _OWN | texts | {text.rstrip("?.") for text in texts}


_KEY = re.compile(r"SHA256:\S+|\b[0-9a-f]{4}(?: [0-9a-f]{4}){4}\b|\bi-[0-9a-f]{20}\b")


class Known:
    """The words that a page may say of its own, to take them out of a text."""

    def __init__(self, texts: set[str]) -> None:
        self._texts = sorted(texts, key=len, reverse=True)
        self._starts: dict[str, list[str]] = {}
        for text in texts:
            self._starts.setdefault(text[:_START], []).append(text)

    def left(self, text: str) -> str:
        """The words that remain of a text; keys and their numbers are no words."""
        text = _KEY.sub(" ", text)
        text = self._without(self._cut(self._without(" ".join(text.split()), _SENTENCE)))
        return " ".join(re.findall(r"[^\W\d_]{2,}", _NUMBERED.sub(" ", _DAY.sub(" ", text))))

    def _without(self, text: str, least: int = 0) -> str:
        for known in self._texts:
            if len(known) < least:
                break
            if known in text:
                text = re.sub(rf"(?<!\w){re.escape(known)}(?!\w)", " ", text)
        return text

    def _cut(self, text: str) -> str:
        """The text without the beginnings of known texts that were cut off with three dots."""
        for dots in reversed(list(re.finditer(r"…|\.\.\.", text))):
            for word in re.finditer(r"\b\w", text[: dots.start()]):
                begin = text[word.start() : dots.start()]
                if any(one.startswith(begin) for one in self._starts.get(begin[:_START], ())):
                    text = f"{text[: word.start()]} {text[dots.end() :]}"
                    break
        return text


def test_no_word_of_the_interface_passes_the_catalogue(pseudo: Flask, full: Desk) -> None:
    known = Known(_data(full))
    lines: dict[str, str] = {}
    for page in _pages(pseudo, full):
        assert page.tree.get("lang") == PSEUDO
        body = "\n".join(_said(page))
        while (rest := re.sub(r"⟦[^⟦⟧]*⟧", "", body)) != body:
            body = rest
        for line in body.split("\n"):
            lines.setdefault(line.strip(), page.address[-20:])
    leaks = [f"{at}: {left!r} in {line[:100]!r}" for line, at in lines.items() if (left := known.left(line))]
    assert not leaks, "\n".join(sorted(leaks))


def test_no_english_is_left_in_the_dutch_pages(full: Desk) -> None:
    for page in _pages(create_app(full, "x" * 32, demonstration=True), full):
        address = page.address
        assert page.tree.get("lang") == "nl"
        for text in _said(page):
            assert not (found := _ENGLISH.search(text)), f"{address}: {found[0]!r} in {text.strip()[:200]!r}"


def test_a_word_past_the_catalogue_would_be_seen(full: Desk) -> None:
    known = Known(_data(full))
    assert known.left("Bewaren") == "Bewaren"
    assert known.left("Gewijzigd op 3 maart 2026 namens Fatima El Amrani") == "Gewijzigd op namens"
    assert known.left("Wie doet dit?") == ""
