"""The table of who may ask what, as data; its cells are in matrix.txt, and `test_matrix.py` asks every one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from app.content.grants import Grant
from app.services import editing
from app.services.actors import actor_of
from app.services.desk import Desk
from app.services.granting import regrant
from app.storage.accounts import Account
from app.web import create_app
from tests.desks import KNOWN, ORGANISATIONS, new_card, open_test_desk
from tests.web.gateway import Gateway, Page

FILE = Path(__file__).with_name("matrix.txt")
BEFORE, AFTER = "2000-01-01T00:00:00+00:00", "2100-01-01T00:00:00+00:00"
KEEPER = Account("houder", "Hanna Houder", "hanna@cjg.example", "cjg", demonstration=True)
"""Who makes the card, and takes the forms from the pages."""


@dataclass(frozen=True)
class Person:
    """A column: a person with a role at the organisation, and how he or she stands to the card."""

    role: str = "professional"
    on_card: str = ""
    since: str = BEFORE
    until: str = ""
    by_organisation: bool = False
    active: bool = True
    signed_in: bool = True


COLUMNS: Mapping[str, Person] = {
    "nobody": Person(signed_in=False),
    "no-part": Person(),
    "meelezer": Person(on_card="meelezer"),
    "beoordelaar": Person(on_card="beoordelaar"),
    "behandelaar": Person(on_card="behandelaar"),
    "dossierhouder": Person(on_card="dossierhouder"),
    "noodtoegang": Person(on_card="noodtoegang", until=AFTER),
    "organisation": Person(on_card="meelezer", by_organisation=True),
    "withdrawn": Person(on_card="dossierhouder", until="2026-11-23T08:00:00+00:00"),
    "not-yet": Person(on_card="dossierhouder", since=AFTER),
    "expired": Person(on_card="noodtoegang", until="2001-01-01T00:00:00+00:00"),
    "beheerder": Person("beheerder"),
    "beheerder+": Person("beheerder", on_card="dossierhouder"),
    "auditor": Person("auditor"),
    "auditor+": Person("auditor", on_card="dossierhouder"),
    "deactivated": Person(on_card="dossierhouder", active=False),
}


@dataclass(frozen=True)
class Row:
    """What is asked: a method, an address with holes, and what each column is answered."""

    method: str
    address: str
    expected: Mapping[str, int]


def read_table(text: str) -> list[Row]:
    """The rows of a table; lines with # are words."""
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    (_, _, *names), *rows = lines
    assert names == list(COLUMNS), "the columns of matrix.txt are others than those of matrix.py"
    return [Row(method, address, dict(zip(names, map(int, cells), strict=True))) for method, address, *cells in rows]


class Ground:
    """A real installation with one card, a person of one column, and the keeper."""

    def __init__(self, folder: Path, column: str) -> None:
        self.person = COLUMNS[column]
        self.desk: Desk = open_test_desk(folder, alone=True)
        wie = Account("wie", "Wil Wie", "wil@vt.example", "vt", self.person.role, demonstration=True)
        self.desk.accounts.put(ORGANISATIONS, [KEEPER, wie])
        keeper = actor_of(KEEPER, KNOWN)
        self.kaart = editing.create_card(self.desk, keeper, new_card(), "Begin")
        given = [Grant("r-derde", "organisation:cjg", "meelezer", BEFORE)]
        if self.person.on_card:
            subject = "organisation:vt" if self.person.by_organisation else "account:wie"
            given.append(Grant("r-wie", subject, self.person.on_card, self.person.since, self.person.until))
        regrant(self.desk, keeper, self.kaart, lambda known: [*known, *given], "Proef")
        self.revision = self.desk.kaarten.read(self.kaart).revision
        self.app: Flask = create_app(self.desk, "x" * 32, demonstration=True)
        self.keeper = Gateway(self.app.test_client()).become(KEEPER.id)
        self.client: FlaskClient = self.app.test_client()
        self._token = ""
        if self.person.signed_in:
            Gateway(self.client).become(wie.id).get("/toegankelijkheid")  # what is said once is said here
        if not self.person.active:
            self.desk.accounts.put(accounts=[replace(wie, active=False)])

    def address(self, row: Row, kaart: str = "") -> str:
        """The address of a row, its holes filled."""
        return row.address.format(kaart=f"/kaarten/{kaart or self.kaart}", revision=self.revision)

    def ask(self, row: Row, kaart: str = "") -> Page:
        """Ask what a row asks, as the person of this column, with a form and a token as they should be."""
        address = self.address(row, kaart)
        if row.method == "GET":
            return Page(self.client.get(address), address)
        form = self._form(self.address(row))
        form["_csrf"] = self._token = self._token or self._asked_token()
        if address in ("/persoon", "/afmelden"):
            self._token = ""  # a token counts for one session, and these begin another
        if "_persoon" in form:
            form["_persoon"] = "wie"
        return Page(self.client.post(address, data=form, headers={"Sec-Fetch-Site": "same-origin"}), address)

    def _form(self, address: str) -> MultiDict[str, str]:
        """What the keeper's page would send to an address; without such a page what a script sends."""
        page = Page(self.keeper.client.get(address), address)
        found = page.values() if page.status == 200 and page.all("//main//form") else MultiDict()
        if address.endswith("/klad"):
            place = "voorstellen/afspraken/a-1" if "/voorstellen/" in address else "tekst"
            found = MultiDict({"_klad": "k1kkkk", "_plaats": place, "_basis": self.revision})
        if address == "/persoon":
            found["persoon"] = "wie"
        for name in ("_basis", "versie"):
            found.setdefault(name, self.revision)
        return found

    def _asked_token(self) -> str:
        for address in ("/toegankelijkheid", "/persoon"):
            page = Page(self.client.get(address), address)
            if found := page.all("//input[@name='_csrf']/@value"):
                return str(found[0])
        raise AssertionError("no token on any page")


def routes(app: Flask) -> set[tuple[str, str]]:
    """Every route × method of the application."""
    own = {"HEAD", "OPTIONS"}
    return {(method, rule.rule) for rule in app.url_map.iter_rules() for method in (rule.methods or set()) - own}


def routes_of(ground: Ground, rows: list[Row]) -> set[tuple[str, str]]:
    """The routes × methods that the rows of a table come to."""
    adapter = ground.app.url_map.bind("localhost")
    found = set()
    for row in rows:
        rule: Rule = adapter.match(urlsplit(ground.address(row)).path, row.method, return_rule=True)[0]
        found.add((row.method, rule.rule))
    return found


def wrong_cells(ground: Ground, column: str, rows: list[Row], count: Callable[[], None]) -> Iterator[str]:
    """The cells of a column that are answered otherwise than the table says."""
    for row in rows:
        page = ground.ask(row)
        count()
        if page.status != row.expected[column]:
            yield f"{column}: {row.method} {row.address}: {page.status}, not {row.expected[column]}"
