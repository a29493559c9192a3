"""Every page of the program, in every state that a person can meet it in, and how to get there."""

import atexit
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from flask import Flask
from playwright.sync_api import FilePayload, Page

from app.content import Document
from app.content.grants import Grant
from app.content.overleg import AGREED, ANSWER, ASKED, JUDGEMENT, QUESTION
from app.services import (
    accepting,
    destroying,
    editing,
    emergency,
    handing_over,
    judging,
    keeping,
    proposing,
    reading,
    sessions,
    sharing,
    taking_in,
)
from app.services.actors import Actor, actor_of, signed_by
from app.services.desk import Desk
from app.services.errors import NotFound
from app.services.granting import regrant
from app.services.handing_over import Wanted
from app.services.installations import own_name
from app.services.judging import Verdict
from app.services.offering import Offer
from app.services.passwords import hashed
from app.services.second_factor import new_secret
from app.services.sessions import Door
from app.services.unsubscribing import ADDRESS, token
from app.storage.accounts import Account
from app.storage.tombstones import Tombstone
from tests.browser.ground import pick
from tests.desks import MEHMET, at, new_card
from tests.duos import active
from tests.handovers import whole_card
from tests.services.test_overleg import tell
from tests.two import Side, accepted, brought, introduce, offered, packed, ready_card, receipt, sides
from tests.web.signing import EMAIL, PASSWORD, invited

SINCE = "2000-01-01T00:00:00+00:00"


@dataclass
class World:
    """Three sites: one with the demonstration, one that knows people and no cards, one that knows nobody.

    Attributes:
        base: the address of the demonstration.
        empty: of the one without cards.
        nobody: of the one without people.
        app: the demonstration itself.
        desk: its desk.
        long: the id of a card with very many afspraken.
        rich: of one with something of everything.
        closed: of one that is closed.
    """

    base: str
    empty: str
    nobody: str
    app: Flask
    desk: Desk
    long: str = ""
    _families: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        kaarten = [self.desk.kaarten.read(one) for one in self.desk.kaarten.ids()]
        self.long = max(kaarten, key=lambda kaart: len(kaart.document.get("afspraken", ()))).id
        few = [kaart for kaart in kaarten if len(kaart.document.get("afspraken", ())) < 20]
        self.rich = max(few, key=lambda kaart: len(str(kaart.document))).id
        self.closed = next(one.id for one in kaarten if one.document["kaart"]["toestand"] == "afgesloten")

    @property
    def sanne(self) -> Actor:
        """Who is looked at the pages as."""
        known = self.desk.accounts.known()
        return actor_of(known.accounts["sanne"], known)

    def card(self, kaart_id: str) -> str:
        """The address of a card."""
        return f"{self.base}/kaarten/{kaart_id}"

    def small(self) -> str:
        """The address of a new small card."""
        return self.card(editing.create_card(self.desk, self.sanne, new_card(), "Begin"))

    def whole(self) -> str:
        """The address of a small card that has all that a handover asks."""
        return self.card(active(self.desk, editing.create_card(self.desk, self.sanne, whole_card(), "Begin")))

    def offered(self) -> str:
        """The address of a small card that is offered, and was refused before."""
        address = self.whole()
        kaart_id, known = address.rpartition("/")[2], self.desk.accounts.known()
        text = "Bel eerst met oma Riet.\n\nDe ouders willen graag dat u op woensdag komt, dan is Noor thuis."
        wanted = Wanted(
            "account:fatima", text, "Toestemming van ouders en jeugdige", informed=True, why="Thuis verteld."
        )
        first = handing_over.offer(self.desk, self.sanne, kaart_id, wanted)
        fatima = actor_of(known.accounts["fatima"], known)
        handing_over.refuse(self.desk, fatima, kaart_id, first.id, "Ons team neemt deze maand niemand aan.")
        handing_over.offer(self.desk, self.sanne, kaart_id, replace(wanted, to="account:els"))
        return address

    @cached_property
    def peer(self) -> Side:
        """Another installation; it and the demonstration know each other."""
        folder = Path(mkdtemp(prefix="kaarten-peer-"))
        atexit.register(rmtree, folder, ignore_errors=True)  # the world ends with the process
        there = sides(folder)[1]
        introduce(there, self.mine)
        introduce(self.mine, there)
        return there

    @property
    def mine(self) -> Side:
        """The demonstration as an installation."""
        return Side(self.desk, self.sanne, own_name(self.desk), Path())

    def to_send(self) -> str:
        """The address of a small card that is offered to another installation."""
        address = self.whole()
        offered(self.mine, self.peer, address.rpartition("/")[2])
        return address

    def parcel(self) -> str:
        """The address of a package with a card that is not here."""
        kaart = ready_card(self.peer)
        offered(self.peer, self.mine, kaart)
        return f"{self.base}/ontvangen/{brought(self.mine, packed(self.peer, kaart))}"

    def parcel_apart(self) -> str:
        """The address of a package with a card that was changed on both sides, in more than three places."""
        kaart = ready_card(self.mine)
        more = [{**new_card()["afspraken"][0], "id": f"a-{number}"} for number in range(10, 15)]
        self._rewritten(self.mine, kaart, more)
        offered(self.mine, self.peer, kaart)
        accepted(self.peer, packed(self.mine, kaart))
        for side in (self.mine, self.peer):
            rows = [one | {"tekst": f"Afgesproken met {side.name}."} for one in more]
            self._rewritten(side, kaart, rows)
        offered(self.peer, self.mine, kaart)
        return f"{self.base}/ontvangen/{brought(self.mine, packed(self.peer, kaart))}"

    def arrived(self) -> str:
        """The address of a card that was accepted from another installation; its receipt was not sent."""
        kaart = ready_card(self.peer)
        offered(self.peer, self.mine, kaart)
        accepted(self.mine, packed(self.peer, kaart))
        return self.card(kaart)

    def receipt(self) -> str:
        """The address of a receipt."""
        return self._answered(self.to_send().rpartition("/")[2])

    def receipt_late(self) -> str:
        """The address of a receipt of a card that was changed here after the package was made."""
        kaart = self.to_send().rpartition("/")[2]
        address = self._answered(kaart)
        self._rewritten(self.mine, kaart, [new_card()["afspraken"][0] | {"tekst": "Vader slaapt nu bij oom Karel."}])
        return address

    def _answered(self, kaart: str) -> str:
        offer = accepted(self.peer, packed(self.mine, kaart))
        return f"{self.base}/ontvangen/{brought(self.mine, receipt(self.peer, kaart, offer))}"

    def refused(self) -> str:
        """The address of a package that was refused."""
        address = self.parcel()
        taking_in.refuse(self.desk, self.sanne, address.rpartition("/")[2], "Het gezin woont hier niet.")
        return address

    @staticmethod
    def _rewritten(side: Side, kaart: str, rows: list[Document]) -> None:
        held = side.desk.kaarten.read(kaart)
        card = {**held.document, "afspraken": rows}
        editing.save_card(side.desk, side.actor, kaart, card, held.revision, "Zo is het nu.")

    def agreed(self) -> str:
        """The address of a small card with answers on a-1: about the words of now, about others, and none yet."""
        address = self.small()
        said = {"p-1": "ja", "p-2": "onder_voorbehoud", "n-1": "niet_gevraagd"}
        rows = [
            {"id": f"i-{number}", "persoon": who, "antwoord": answer}
            | ({"datum": "2026-11-01"} if answer != "niet_gevraagd" else {})
            for number, (who, answer) in enumerate(said.items(), 1)
        ]
        self.meanwhile(address, instemming=rows)
        self.meanwhile(address, tekst="Vader belt oma of tante Rie zodra hij merkt dat hij boos wordt.")
        rows[1] |= {"antwoord": "nee", "datum": "2026-11-20"}
        self.meanwhile(address, instemming=[{**rows[0], "antwoord": "opnieuw_vragen"}, *rows[1:]])
        return address

    def revisions(self, kaart_id: str) -> list[str]:
        """The revisions of a card, newest first."""
        return [save.revision for save in reading.read_history(self.desk, self.sanne, kaart_id)]

    def shared(self) -> str:
        """The address of a small card with a role of every kind: now, later, over, and taken in an emergency."""
        address = self.small()
        kaart_id, today, known = address.rpartition("/")[2], self.desk.clock().date(), self.desk.accounts.known()
        why = "Werkt met de vader en moet weten wat er is afgesproken."
        for offer in (
            Offer("account:fatima", "behandelaar", until=today + timedelta(days=90), professional="w-1", reason=why),
            Offer("account:els", "meelezer", since=today + timedelta(days=7), reason=why),
            Offer("organisation:" + known.accounts["anouk"].organisation, "beoordelaar", reason=why),
        ):
            sharing.give(self.desk, self.sanne, kaart_id, offer)
        over = sharing.give(self.desk, self.sanne, kaart_id, Offer("account:bram", "meelezer", reason=why))
        sharing.withdraw(self.desk, self.sanne, kaart_id, over.id, "Werkt nu ergens anders.")
        chantal = actor_of(known.accounts["chantal"], known)
        emergency.take(self.desk, chantal, "Ik sta nu met een collega bij het gezin voor de deur.", kaart_id, {})
        return address

    def looked(self) -> str:
        """The address of a small card that people looked at: with a role, in an emergency, and without either."""
        address = self.shared()
        kaart_id, known = address.rpartition("/")[2], self.desk.accounts.known()
        for name in ("fatima", "chantal", "joost"):
            with suppress(NotFound):
                reading.read_card(self.desk, actor_of(known.accounts[name], known), kaart_id)
        self.meanwhile(address, frequentie="Elke dag")
        return address

    def reviewed(self) -> str:
        """The address of a small card that Sanne reviews too: part was judged, one question stands open."""
        address = self.small()
        kaart_id, mine = address.rpartition("/")[2], Grant("r-oordeel", "account:sanne", "beoordelaar", SINCE)
        regrant(self.desk, self.sanne, kaart_id, lambda known: [*known, mine], "Proef")
        found = judging.sheet(self.desk, self.sanne, kaart_id)
        agreed = {item: Verdict(AGREED) for item in found.waiting if item != "a-2"}
        asked = {"a-2": Verdict(QUESTION, "Wie belt er als oma ziek is?\n\nEn wie let erop?")}
        judging.judge(self.desk, self.sanne, kaart_id, found.kaart.revision, agreed | asked)
        self.meanwhile(address, tekst="De buurvrouw haalt Noor op uit school, en brengt haar om acht uur thuis.")
        return address

    def proposed(self) -> tuple[str, str]:
        """The address of a small card on which Mehmet proposes two things and Sanne one; the first one's number."""
        address = self.small()
        kaart_id = address.rpartition("/")[2]
        kaart = reading.read_card(self.desk, MEHMET, kaart_id)
        numbers = []
        for who, item in ((MEHMET, "a-1"), (MEHMET, "a-2"), (self.sanne, "v-1")):
            section = "voorwaarden" if item == "v-1" else "afspraken"
            held = next(one for one in kaart.document[section] if one["id"] == item)
            wanted = {**held, "tekst": f"{held['tekst']} En de buurvrouw weet ervan."}
            made = proposing.propose(self.desk, who, kaart_id, section, wanted, kaart.revision, "Dan is er nog iemand.")
            numbers.append(made.id)
        return address, numbers[0]

    def to_adapt(self) -> str:
        """The address of a proposal to adapt and take over."""
        address, number = self.proposed()
        return f"{address}/voorstellen/{number}/overnemen"

    def clashing(self) -> str:
        """The address of a proposal that clashes with what the card became."""
        address, number = self.proposed()
        self.meanwhile(address, tekst="Tante haalt Noor op.")
        return f"{address}/voorstellen/{number}/overnemen"

    def told(self) -> str:
        """The address of the bell, with a question, one that is answered, and something asked of a second person."""
        kaart_id = self.small().rpartition("/")[2]
        question = tell(self.desk, MEHMET, kaart_id, JUDGEMENT, "a-1", verdict=QUESTION, text="Wie belt er dan?")
        tell(self.desk, self.sanne, kaart_id, ANSWER, "a-1", text="Oma.", to=(question.id,))
        tell(self.desk, MEHMET, kaart_id, JUDGEMENT, "a-2", verdict=QUESTION, text="Tot wanneer?")
        tell(self.desk, MEHMET, kaart_id, ASKED, about=(), step="afsluiten", text="Het is klaar.")
        return f"{self.base}/berichten"

    def to_confirm(self) -> str:
        """The address of a small card on which Mehmet shielded something, which Sanne is to confirm."""
        address = self.small()
        self.meanwhile(address, afgeschermdVoor=["n-1"], redenAfscherming="Oma weet het adres nog niet.")
        return address

    def to_confirm_more(self) -> str:
        """The address of a small card on which Mehmet shielded two things at once, and asks to close it."""
        address = self.small()
        kaart = reading.read_card(self.desk, MEHMET, address.rpartition("/")[2])
        shield = {"afgeschermdVoor": ["n-1"], "redenAfscherming": "Oma weet het adres nog niet."}
        card = {**kaart.document, "afspraken": [one | shield for one in kaart.document["afspraken"]]}
        editing.save_card(self.desk, MEHMET, kaart.id, card, kaart.revision, "Gebeld met oma")
        tell(self.desk, MEHMET, kaart.id, ASKED, about=(), step="afsluiten", text="Het is klaar.")
        return address

    def to_destroy(self) -> str:
        """The address of a small card that Mehmet asks to have destroyed."""
        address = self.small()
        kaart_id = address.rpartition("/")[2]
        reason = "Deze kaart staat er twee keer."
        destroying.ask(self.desk, MEHMET, kaart_id, "onterecht", reason, self.desk.kaarten.head(kaart_id))
        return address

    def has_destroyed(self) -> str:
        """The address of the demonstration, after Sanne had a card destroyed."""
        stone = Tombstone(editing.new_id(), self.desk.clock(), "onterecht", signed_by(self.sanne), signed_by(MEHMET))
        self.desk.tombstones.put(stone)
        return self.base

    def kept(self) -> tuple[str, str]:
        """The address of a small card that is kept longer, for a reason that holds, and the number of that."""
        address = self.small()
        kaart_id, until = address.rpartition("/")[2], (self.desk.clock().date() + timedelta(days=200)).isoformat()
        why = "De zaak over het gezag loopt nog bij de rechtbank.\n\nMevrouw Van Dale vertelt het als die klaar is."
        return address, keeping.keep_longer(self.desk, self.sanne, kaart_id, "procedure", until, why).id

    def has_aged(self) -> str:
        """The address of the demonstration, with cards of Sanne that were last changed long ago."""
        then = self.desk.clock() - timedelta(days=20 * 366)
        for days in (0, 0, 70):
            desk = at(self.desk, then + timedelta(days))
            kaart_id = editing.create_card(desk, self.sanne, new_card(), "Begin")
        keeping.keep_longer(self.desk, self.sanne, kaart_id, "verzoek", "", "Mevrouw vraagt het.")
        return self.base

    def meanwhile(self, address: str, section: str = "afspraken", **changes: object) -> None:
        """Mehmet changes the first item of a section of a card."""
        kaart = reading.read_card(self.desk, MEHMET, address.rpartition("/")[2])
        item = {**kaart.document[section][0], **changes}
        editing.save_item(self.desk, MEHMET, kaart.id, section, item, kaart.revision, "Gebeld met oma")


Go = Callable[[Page, World], object]


@dataclass(frozen=True)
class State:
    """A page in a state.

    Attributes:
        name: what it is, for a person.
        endpoint: the page of the application that the address in the browser leads to then; empty for none.
        go: gets there.
    """

    name: str
    endpoint: str
    go: Go


STATES: list[State] = []


def state(name: str, endpoint: str) -> Callable[[Go], Go]:
    """Enter a way to get somewhere in the table."""

    def enter(go: Go) -> Go:
        STATES.append(State(name, endpoint, go))
        return go

    return enter


def _at(name: str, endpoint: str, address: Callable[[World], str]) -> None:
    STATES.append(State(name, endpoint, lambda page, world: page.goto(address(world))))


def _at_empty(name: str, endpoint: str, path: str) -> None:
    def go(page: Page, world: World) -> None:
        pick(page, world.empty)
        page.goto(f"{world.empty}{path}")

    STATES.append(State(name, endpoint, go))


def send(page: Page, button: str = "button.button--main") -> None:
    """Press a button of the page, and wait for what comes of it; a form may first be kept as a draft."""
    with page.expect_navigation():
        page.locator(f"main {button}:visible").last.click()


_at("the start", "start.show", lambda world: f"{world.base}/")
_at_empty("the start of nothing", "start.show", "/")
_at("the list", "lists.cards", lambda world: f"{world.base}/kaarten")
_at("the list, searched", "lists.cards", lambda world: f"{world.base}/kaarten?zoek=oma")
_at(
    "the list, filtered",
    "lists.cards",
    lambda world: f"{world.base}/kaarten?mijn=1&aandacht=toetsing&aandacht=termijn&volgorde=dag",
)
_at("the list, nothing found", "lists.cards", lambda world: f"{world.base}/kaarten?zoek=zeppelin")
_at_empty("the list of nothing", "lists.cards", "/kaarten")
_at("the list past its end", "lists.cards", lambda world: f"{world.base}/kaarten?pagina=9")
_at("who are you", "signing_in.persons", lambda world: f"{world.base}/persoon")
_at("who are you, nobody known", "signing_in.persons", lambda world: f"{world.nobody}/persoon")
_at("who has which role", "sharing.show", lambda world: f"{world.shared()}/delen")
_at("a new role", "sharing.new", lambda world: f"{world.small()}/delen/_nieuw")
_at("a role to change", "sharing.edit", lambda world: _role(world, world.shared(), "behandelaar"))
_at("a role to withdraw", "sharing.ask_withdraw", lambda world: f"{_role(world, world.shared(), 'meelezer')}/intrekken")
_at("a card to hand over", "handing_over.show", lambda world: f"{world.whole()}/overdracht")
_at("a card that was offered", "handing_over.show", lambda world: f"{world.offered()}/overdracht")
_at("a card that was offered, itself", "cards.show", lambda world: world.offered())
_at("a card to send to another installation", "handing_over.show", lambda world: f"{world.to_send()}/overdracht")
_at("a card whose receipt is to be sent", "handing_over.show", lambda world: f"{world.arrived()}/overdracht")
_at("a card that came from elsewhere", "cards.show", lambda world: world.arrived())
_at_empty("no packages", "packages.overview", "/ontvangen")
_at("packages", "packages.overview", lambda world: f"{world.parcel().rpartition('/')[0]}")
_at("a package with a new card", "packages.show", lambda world: world.parcel())
_at("a receipt of a card that was changed since", "packages.show", lambda world: world.receipt_late())
_at("a package that differs from what is here", "packages.show", lambda world: world.parcel_apart())
_at("a package that was refused", "packages.show", lambda world: world.refused())
_at("a receipt", "packages.show", lambda world: world.receipt())
_at("a card that lacks what a handover asks", "handing_over.show", lambda world: f"{world.small()}/overdracht")
_at("a card that somebody read in an emergency", "cards.show", lambda world: world.shared())
_at("who looked at a card", "looked.show", lambda world: f"{world.looked()}/inzage")
_at("nobody looked", "looked.show", lambda world: f"{world.small()}/inzage?tot=2020-01-01")
_at("who looked, of no day", "looked.show", lambda world: f"{world.small()}/inzage?vanaf=morgen")
_at_empty("what waits for a reviewer, nothing", "judging.overview", "/beoordelen")
_at("an afspraak of which nothing was said", "talking.show", lambda world: f"{world.small()}/overleg/a-1")
_at("what waits for a reviewer", "judging.overview", lambda world: f"{world.reviewed() and world.base}/beoordelen")
_at("a card to review", "judging.ask", lambda world: f"{world.reviewed()}/beoordelen")
_at("a card with overleg", "cards.show", lambda world: world.reviewed())
_at("an afspraak with a question", "talking.show", lambda world: f"{world.reviewed()}/overleg/a-2")
_at("a version for a member of the family", "family.show", lambda world: f"{world.small()}/personen/p-1/versie")
_at("a card to destroy", "destroying.show", lambda world: f"{world.card(world.closed)}/vernietigen")
_at("a card that cannot be destroyed", "destroying.show", lambda world: f"{world.card(world.long)}/vernietigen")
_at("a card of which that was asked", "destroying.show", lambda world: f"{world.to_destroy()}/vernietigen")
_at("a card to be destroyed", "confirming.overview", lambda world: f"{world.to_destroy()}/bevestigen")
_at("no card that one had destroyed", "destroyed.show", lambda world: f"{world.base}/vernietigd")
_at("a card that one had destroyed", "destroyed.show", lambda world: f"{world.has_destroyed()}/vernietigd")
_at("a start that tells of a destroyed card", "start.show", lambda world: f"{world.has_destroyed()}/")
_at("a card to keep longer", "keeping.show", lambda world: f"{world.small()}/bewaren")
_at("a card that is kept longer", "keeping.show", lambda world: f"{world.kept()[0]}/bewaren")
_at("no reason to keep a card", "keeping.ask_lift", lambda world: f"{world.kept()[0]}/bewaren/b-nietes/opheffen")
_at("an exception to lift", "keeping.ask_lift", lambda world: "{}/bewaren/{}/opheffen".format(*world.kept()))
_at("no card of which the term is over", "keeping.due", lambda world: f"{world.base}/bewaartermijn")
_at("cards of which the term is over", "keeping.due", lambda world: f"{world.has_aged()}/bewaartermijn")
_at("the term, past the end", "keeping.due", lambda world: f"{world.base}/bewaartermijn?pagina=9")
_at("a start that tells of the term", "start.show", lambda world: f"{world.has_aged()}/")
_at("nothing to confirm", "confirming.overview", lambda world: f"{world.small()}/bevestigen")
_at("something to confirm", "confirming.overview", lambda world: f"{world.to_confirm()}/bevestigen")
_at("more to confirm", "confirming.overview", lambda world: f"{world.to_confirm_more()}/bevestigen")
_at("a card with more to confirm", "cards.show", lambda world: world.to_confirm_more())
_at("a card with something to confirm", "cards.show", lambda world: world.to_confirm())
_at("nothing proposed", "deciding.overview", lambda world: f"{world.small()}/voorstellen")
_at("what is proposed", "deciding.overview", lambda world: f"{world.proposed()[0]}/voorstellen")
_at("a card with proposals", "cards.show", lambda world: world.proposed()[0])
_at("a proposal to adapt", "deciding.ask_accept", lambda world: world.to_adapt())
_at("a proposal that clashes", "deciding.ask_accept", lambda world: world.clashing())
_at("an afspraak to propose", "proposing.new", lambda world: f"{world.small()}/voorstellen/afspraken/_nieuw")
_at("a change to propose", "proposing.edit", lambda world: f"{world.small()}/voorstellen/afspraken/a-1")
_at("a removal to propose", "proposing.ask_removal", lambda world: f"{world.small()}/voorstellen/afspraken/a-2/weg")
_at("noodtoegang", "emergency.ask", lambda world: f"{world.base}/noodtoegang")
_at("what is said of accessibility", "about.accessibility", lambda world: f"{world.base}/toegankelijkheid")
_at("a new card", "making.new", lambda world: f"{world.base}/kaarten/_nieuw")
_at("a card", "cards.show", lambda world: world.small())
_at("a card with very many afspraken", "cards.show", lambda world: world.card(world.long))
_at("a card, everything unfolded", "cards.show", lambda world: f"{world.card(world.rich)}?alles=1")
_at("a card, one person alone", "cards.show", lambda world: f"{world.small()}?persoon=p-1")
_at("a closed card", "cards.show", lambda world: world.card(world.closed))
_at(
    "a card as it was",
    "cards.at",
    lambda world: f"{world.card(world.long)}/revisies/{world.revisions(world.long)[-1]}",
)
_at("a new afspraak", "items.new", lambda world: f"{world.small()}/afspraken/_nieuw")
_at("a new evaluatie", "items.new", lambda world: f"{world.card(world.long)}/evaluaties/_nieuw")
_at("an afspraak to change", "items.edit", lambda world: f"{world.small()}/afspraken/a-1")
_at("the head of a card to change", "items.group", lambda world: f"{world.small()}/kaart")
_at("something to remove", "removing.ask", lambda world: f"{world.small()}/afspraken/a-2/verwijderen")
_at("something that cannot go", "removing.ask", lambda world: f"{world.small()}/netwerk/n-1/verwijderen")
_at("something to move", "moving.ask", lambda world: f"{world.small()}/afspraken/a-2/verplaatsen")
_at_empty("no messages", "bell.show", "/berichten")
_at("messages, new and read", "bell.show", lambda world: world.told())
_at_empty("no drafts", "drafts.overview", "/klad")
_at("where an afspraak comes from", "origins.show", lambda world: f"{world.small()}/afspraken/a-1/herkomst")
_at("who agreed to which words", "agreed.show", lambda world: f"{world.agreed()}/afspraken/a-1/instemming")
_at("where the head of a card comes from", "origins.show", lambda world: f"{world.card(world.rich)}/kaart/_herkomst")
_at("a card as text", "text.edit", lambda world: f"{world.small()}/tekst")
_at("a card as JSON", "text.edit", lambda world: f"{world.small()}/tekst?vorm=json")
_at("a step that lacks something", "steps.ask", lambda world: f"{world.small()}/stappen/activeren")
_at("a step", "steps.ask", lambda world: f"{world.card(world.closed)}/stappen/heropenen")
_at("the history of a card", "history.timeline", lambda world: f"{world.card(world.long)}/geschiedenis")
_at("the history of an afspraak", "history.timeline", lambda world: f"{world.small()}/geschiedenis?afspraak=a-1")
_at("the history past its end", "history.timeline", lambda world: f"{world.small()}/geschiedenis?pagina=9")
_at(
    "a comparison",
    "history.compare",
    lambda world: f"{world.card(world.rich)}/vergelijken?van={world.revisions(world.rich)[4]}",
)
_at(
    "a comparison, side by side",
    "history.compare",
    lambda world: f"{world.card(world.rich)}/vergelijken?van={world.revisions(world.rich)[2]}&beeld=naast",
)
_at("the history of one author", "history.timeline", lambda world: f"{world.small()}/geschiedenis?wie=sanne")
_at("a history of no day", "history.timeline", lambda world: f"{world.small()}/geschiedenis?vanaf=morgen")
_at("nothing chosen to compare", "history.compare", lambda world: f"{world.small()}/vergelijken")
_at("not found", "", lambda world: f"{world.base}/kaarten/weg")
_at("refused", "items.edit", lambda world: f"{world.card(world.closed)}/afspraken/{_first(world, world.closed)}")


def _first(world: World, kaart_id: str) -> str:
    return str(world.desk.kaarten.read(kaart_id).document["afspraken"][0]["id"])


def _role(world: World, address: str, role: str) -> str:
    grants = world.desk.access(address.rpartition("/")[2]).grants
    return f"{address}/delen/{next(one.id for one in grants if one.role == role)}"


@state("a role with errors", "sharing.give")
def _role_errors(page: Page, world: World) -> None:
    page.goto(f"{world.small()}/delen/_nieuw")
    page.locator("#veld-tot").fill("2020-01-01")
    send(page)


@state("judgements with errors", "judging.judge")
def _judgement_errors(page: Page, world: World) -> None:
    page.goto(f"{world.reviewed()}/beoordelen")
    page.get_by_role("radio", name="Niet akkoord").first.check()
    send(page)


@state("a judgement with something left for later", "judging.judge")
def _left_for_later(page: Page, world: World) -> None:
    address = world.reviewed()
    world.meanwhile(address, section="voorwaarden", tekst="Thuis is het rustig, ook in het weekend.")
    page.goto(f"{address}/beoordelen")
    first, last = page.locator("article.change").first, page.locator("article.change").last
    first.get_by_role("radio", name="Vraag").check()
    first.locator("textarea").fill("Wie let daarop?")
    first.get_by_role("radio", name="Later").check()
    last.get_by_role("radio", name="Akkoord", exact=True).check()
    page.get_by_role("button", name="Oordelen bewaren").click()


@state("very many to agree to at once", "judging.judge")
def _at_once(page: Page, world: World) -> None:
    address = world.small()
    kaart = reading.read_card(world.desk, world.sanne, address.rpartition("/")[2])
    first = kaart.document["afspraken"][0]
    many = [{**first, "id": f"a-x{number}", "tekst": f"Vader belt op dag {number}."} for number in range(6)]
    wanted = {**kaart.document, "afspraken": [*kaart.document["afspraken"], *many]}
    editing.save_card(world.desk, world.sanne, kaart.id, wanted, kaart.revision, "Alles tegelijk")
    mine = Grant("r-oordeel", "account:sanne", "beoordelaar", SINCE)
    regrant(world.desk, world.sanne, kaart.id, lambda known: [*known, mine], "Proef")
    page.goto(f"{address}/beoordelen")
    page.get_by_role("button", name="Akkoord met alles").click()


@state("a decision on what somebody else decided", "deciding.decide")
def _decided_meanwhile(page: Page, world: World) -> None:
    address, number = world.proposed()
    page.goto(f"{address}/voorstellen")
    page.get_by_role("radio", name="Afwijzen").first.check()
    page.locator("textarea[name^=reden]").first.fill("Moeder wil dit niet.")
    accepting.accept(world.desk, world.sanne, address.rpartition("/")[2], number)
    page.get_by_role("button", name="Besluiten bewaren").click()


@state("a form of another name", "deciding.decide")
def _of_another_name(page: Page, world: World) -> None:
    page.goto(f"{world.proposed()[0]}/voorstellen")
    page.get_by_role("radio", name="Afwijzen").first.check()
    page.locator("textarea[name^=reden]").first.fill("Moeder wil dit niet.")
    other = page.context.new_page()
    pick(other, world.base, "tomasz")
    other.close()
    page.get_by_role("button", name="Besluiten bewaren").click()


@state("not confirmed without a reason", "confirming.answer")
def _not_confirmed(page: Page, world: World) -> None:
    page.goto(f"{world.to_confirm()}/bevestigen")
    page.get_by_role("button", name="Niet bevestigen").click()


@state("nothing chosen to confirm", "confirming.answer")
def _nothing_to_confirm(page: Page, world: World) -> None:
    page.goto(f"{world.to_confirm_more()}/bevestigen")
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_role("button", name=re.compile("^Bevestigen.*Afschermen")).click()


@state("no version without a reason", "family.give")
def _no_version(page: Page, world: World) -> None:
    page.goto(f"{world.small()}/personen/p-1/versie")
    page.get_by_role("button", name="Maak de PDF").click()


@state("not destroyed without a ground and a reason", "destroying.ask")
def _not_destroyed(page: Page, world: World) -> None:
    page.goto(f"{world.card(world.closed)}/vernietigen")
    page.get_by_role("button", name="Vraag een tweede persoon").click()


@state("not kept longer without a reason", "keeping.keep")
def _not_kept(page: Page, world: World) -> None:
    page.goto(f"{world.small()}/bewaren")
    page.locator("#veld-tot").fill("2020-01-01")
    page.get_by_role("button", name="Langer bewaren").click()


@state("not lifted without a reason", "keeping.lift")
def _not_lifted(page: Page, world: World) -> None:
    page.goto("{}/bewaren/{}/opheffen".format(*world.kept()))
    page.get_by_role("button", name="Opheffen").click()


@state("not destroyed without the word", "confirming.answer")
def _without_the_word(page: Page, world: World) -> None:
    page.goto(f"{world.to_destroy()}/bevestigen")
    page.get_by_role("button", name=re.compile("^Vernietigen")).click()


@state("a shield to lift", "items.save")
def _to_lift(page: Page, world: World) -> None:
    page.goto(f"{world.to_confirm()}/afspraken/a-1")
    page.get_by_role("group", name="Afgeschermd voor").get_by_label("Oma Riet").uncheck()
    send(page)


@state("a refusal without a reason", "deciding.decide")
def _refused_without_reason(page: Page, world: World) -> None:
    page.goto(f"{world.proposed()[0]}/voorstellen")
    page.get_by_role("radio", name="Afwijzen").first.check()
    page.get_by_role("button", name="Besluiten bewaren").click()


@state("a proposal taken over without choosing", "deciding.accept")
def _taken_without_choice(page: Page, world: World) -> None:
    page.goto(world.clashing())
    send(page)


@state("a proposal without a reason", "proposing.change")
def _proposed_without_reason(page: Page, world: World) -> None:
    page.goto(f"{world.small()}/voorstellen/afspraken/a-1")
    send(page)


@state("a new proposal with errors", "proposing.add")
def _new_proposal_errors(page: Page, world: World) -> None:
    page.goto(f"{world.small()}/voorstellen/afspraken/_nieuw")
    send(page)


@state("a removal proposed without a reason", "proposing.remove")
def _removal_without_reason(page: Page, world: World) -> None:
    page.goto(f"{world.small()}/voorstellen/afspraken/a-2/weg")
    send(page)


@state("a message without words", "talking.speak")
def _empty_message(page: Page, world: World) -> None:
    page.goto(f"{world.reviewed()}/overleg/a-1")
    page.get_by_role("button", name="Plaatsen").click()


@state("an own view without words", "talking.keep")
def _empty_view(page: Page, world: World) -> None:
    page.goto(f"{world.reviewed()}/overleg/a-1")
    page.get_by_text("Een eigen visie op de kaart zetten").click()
    page.get_by_role("button", name="Op de kaart zetten").click()


@state("the last dossierhouder", "sharing.withdraw")
def _last_holder(page: Page, world: World) -> None:
    address = world.small()
    kaart_id = address.rpartition("/")[2]
    for one in world.desk.access(kaart_id).grants:
        if one.subject != "account:sanne":
            sharing.withdraw(world.desk, world.sanne, kaart_id, one.id)
    page.goto(f"{_role(world, address, 'dossierhouder')}/intrekken")
    send(page, "button.button--danger")


@state("noodtoegang with errors", "emergency.take")
def _emergency_errors(page: Page, world: World) -> None:
    page.goto(f"{world.base}/noodtoegang")
    page.locator("#veld-naam").fill("Noor")
    send(page)


_at("signing in", "signing_in.ask", lambda world: f"{world.base}/aanmelden")
_at("one's own account", "own_account.show", lambda world: f"{world.base}/account")


@state("stopping the e-mail by its link", "unsubscribing.ask")
def _no_mail(page: Page, world: World) -> None:
    page.goto(world.base + ADDRESS + token(str(world.app.secret_key), "fatima"))


@state("the e-mail has stopped", "unsubscribing.leave")
def _mail_stopped(page: Page, world: World) -> None:
    page.goto(world.base + ADDRESS + token(str(world.app.secret_key), "els"))
    if page.locator("main form").count():
        page.click("main button")


_at("another password", "own_account.ask_password", lambda world: f"{world.base}/account/wachtwoord")
_at("another app for codes", "own_account.ask_factor", lambda world: f"{world.base}/account/code")
_at("new recovery codes", "own_account.ask_codes", lambda world: f"{world.base}/account/herstelcodes")


def _invitation(world: World) -> str:
    name, work = world.desk.draw(8), next(iter(world.desk.accounts.known().organisations))
    return f"{world.base}/uitnodiging/{invited(world.desk, f'{name}@cjg.example', 'Noor Visser', work)}"


_at("an invitation", "signing_in.invitation", _invitation)


@state("an invitation with errors", "signing_in.accept")
def _invitation_errors(page: Page, world: World) -> None:
    page.goto(_invitation(world))
    page.get_by_label("Kies een wachtwoord").fill("kort")
    page.get_by_label("De code uit de app").fill("1")
    send(page)


@state("a password that is wrong", "signing_in.check")
def _wrong_password(page: Page, world: World) -> None:
    page.goto(f"{world.base}/aanmelden")
    page.get_by_label("E-mailadres").fill(f"{world.desk.draw(8)}@elders.example")
    page.get_by_label("Wachtwoord").fill("geraden")
    send(page)


def _noor(world: World) -> Account:
    """Somebody with a password and an app."""
    work = next(iter(world.desk.accounts.known().organisations))
    noor = Account("noor-v", "Noor Visser", EMAIL, work, password=hashed(PASSWORD), totp=new_secret())
    world.desk.accounts.put(accounts=[noor])
    return noor


@state("a code is asked", "signing_in.ask_code")
def _at_code(page: Page, world: World) -> None:
    _noor(world)
    page.goto(f"{world.base}/aanmelden")
    page.get_by_label("E-mailadres").fill(EMAIL)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    send(page)


@state("a code that is wrong", "signing_in.check_code")
def _wrong_code(page: Page, world: World) -> None:
    _at_code(page, world)
    page.get_by_label("De code uit de app").fill("1")
    send(page)


@state("recovery codes, shown once", "own_account.change_codes")
def _codes(page: Page, world: World) -> None:
    token = sessions.begin(world.desk, _noor(world), Door(), "password")
    page.context.add_cookies([{"name": "kaarten", "value": token, "url": world.base}])
    page.goto(f"{world.base}/account/herstelcodes")
    page.get_by_label("Uw wachtwoord").fill(PASSWORD)
    send(page)


@state("a form that was sent after the session ended", "items.save")
def _signed_out(page: Page, world: World) -> None:
    page.goto(f"{world.small()}/afspraken/a-1")
    page.context.clear_cookies(name="kaarten")
    send(page)


@state("a comparison of two that are equal", "history.compare")
def _equal(page: Page, world: World) -> None:
    address = world.small()
    (only,) = world.revisions(address.rpartition("/")[2])
    page.goto(f"{address}/vergelijken?van={only}&tot={only}")


@state("a card that was just saved", "cards.show")
def _saved(page: Page, world: World) -> None:
    page.goto(f"{world.small()}/afspraken/a-1")
    page.locator("#veld-frequentie").fill("Elke dag")
    send(page)


@state("a form with errors", "items.add")
def _errors(page: Page, world: World) -> None:
    page.goto(f"{world.small()}/afspraken/_nieuw")
    page.locator("#veld-frequentie").fill("x" * 3_000)
    send(page)


def _draft(page: Page, world: World) -> str:
    """Something is typed and kept; its form."""
    address = f"{world.small()}/afspraken/a-1"
    page.goto(address)
    page.locator("#veld-tekst").fill("Vader belt zijn broer.")
    send(page, "button[name=_bewaarklad]")
    return address


@state("my drafts", "drafts.overview")
def _drafts(page: Page, world: World) -> None:
    _draft(page, world)
    page.goto(f"{world.base}/klad")


@state("a form with a draft that was left", "items.edit")
def _offered(page: Page, world: World) -> None:
    address = _draft(page, world)
    world.meanwhile(address.rpartition("/afspraken")[0], frequentie="Elke week")
    page.goto(address)


@state("a proposal with a draft that was left", "proposing.edit")
def _offered_to_propose(page: Page, world: World) -> None:
    address = f"{world.small()}/voorstellen/afspraken/a-1"
    page.goto(address)
    page.locator("#veld-tekst").fill("Vader belt zijn broer.")
    send(page, "button[name=_bewaarklad]")
    page.goto(address)


@state("a new card with errors", "making.make")
def _new_errors(page: Page, world: World) -> None:
    page.goto(f"{world.base}/kaarten/_nieuw")
    send(page)


@state("a conflict", "items.save")
def conflict(page: Page, world: World) -> None:
    """Two people change the same fields of the same afspraak."""
    address = world.small()
    page.goto(f"{address}/afspraken/a-1")
    world.meanwhile(address, tekst="Vader belt oma en gaat naar buiten.", frequentie="Elke week")
    page.locator("#veld-tekst").fill("Vader belt zijn broer.")
    page.locator("#veld-frequentie").fill("Elke dag")
    send(page)


@state("a conflict with errors", "items.save")
def _conflict_undecided(page: Page, world: World) -> None:
    conflict(page, world)
    send(page)


@state("a removal that somebody was before", "removing.remove")
def _removal_conflict(page: Page, world: World) -> None:
    address = world.small()
    page.goto(f"{address}/afspraken/a-1/verwijderen")
    world.meanwhile(address, tekst="Vader belt oma en gaat naar buiten.")
    send(page, "button[type=submit]")


@state("a step that is refused", "steps.take")
def _step_refused(page: Page, world: World) -> None:
    page.goto(f"{world.card(world.closed)}/stappen/heropenen")
    send(page)


@state("a draft to go on with", "items.edit")
def _draft_taken(page: Page, world: World) -> None:
    page.goto(_draft(page, world))
    with page.expect_navigation():
        page.get_by_role("link", name="Verder met uw klad").first.click()


@state("something to put back", "origins.ask")
def _put_back(page: Page, world: World) -> None:
    address = world.small()
    (first,) = world.revisions(address.rpartition("/")[2])
    world.meanwhile(address, frequentie="Elke week")
    page.goto(f"{address}/afspraken/a-1/terugzetten?versie={first}")


@state("putting back when somebody was before", "origins.put_back")
def _put_back_conflict(page: Page, world: World) -> None:
    _put_back(page, world)
    world.meanwhile(page.url.partition("/afspraken/")[0], frequentie="Elke dag")
    send(page)


@state("a file that is no card", "making.read_in")
def _no_card(page: Page, world: World) -> None:
    page.goto(f"{world.base}/kaarten/_nieuw")
    page.locator("main details").evaluate_all("all => all.forEach(one => { one.open = true })")
    file = FilePayload(name="kaart.json", mimeType="application/json", buffer=b"geen kaart")
    page.locator("input[type=file]").set_input_files(file)
    send(page, "form[enctype] button")


def _text(page: Page, world: World, old: str, new: str) -> str:
    """Change something in a card as text, and look at it; the address of the card."""
    address = world.small()
    page.goto(f"{address}/tekst")
    text = page.locator("#_tekst")
    text.fill(text.input_value().replace(old, new))
    send(page)
    return address


@state("a package, not everything chosen", "packages.accept")
def _package_unchosen(page: Page, world: World) -> None:
    page.goto(world.parcel_apart())
    send(page)


@state("a package, refused without a reason", "packages.refuse")
def _package_no_reason(page: Page, world: World) -> None:
    page.goto(world.parcel())
    page.locator("main summary", has_text="Kaart weigeren").click()
    send(page, "button.button--danger")


@state("a file that is no package", "packages.bring")
def _no_package(page: Page, world: World) -> None:
    page.goto(f"{world.base}/ontvangen")
    page.locator("#veld-bestand").set_input_files(FilePayload(name="iets.zip", mimeType="", buffer=b"geen pakket"))
    send(page)


@state("a card as text, looked at before it is saved", "text.answer")
def _text_looked_at(page: Page, world: World) -> None:
    _text(page, world, "Elke keer", "Elke dag")


@state("a card as text, with faults", "text.answer")
def _text_faults(page: Page, world: World) -> None:
    _text(page, world, "Loopt", "Misschien")


@state("a card as text, a conflict", "text.answer")
def _text_conflict(page: Page, world: World) -> None:
    address = _text(page, world, "Elke keer", "Elke dag")
    world.meanwhile(address, frequentie="Elke week")
    send(page)
