"""Requests of servers that send mail, while the SMTP server is fine, away, refuses and hangs; then all mail arrives.

Four servers with the same data run beside each other and are asked the same in turn, so that what the machine does
meanwhile meets all of them alike. Compare the ratios.
"""

import shutil
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from threading import Timer
from typing import Any
from urllib.parse import urlencode

from lxml import html  # type: ignore[import-untyped]  # lxml ships no types

from app.content.grants import Grant
from app.services import editing, mailing
from app.services.cataloguing import catch_up
from app.services.desk import Desk
from app.services.granting import regrant
from app.services.mail_news import news
from app.services.mail_text import Post
from app.services.sessions import Door, begin
from app.services.smtp import Relay
from app.storage.accounts import AT_ONCE, NO_MAIL, Account
from app.storage.mail_queue import SENT
from tests.bench.told import say, title
from tests.clients import Client
from tests.desks import ACCOUNTS, LONG_AGO, ORGANISATIONS, SANNE, at, new_card, open_test_desk
from tests.servers import Server
from tests.smtp_server import HANG, SmtpServer
from tests.web.gateway import sent

PEOPLE = 40
FINE, AWAY, REFUSES, HANGS = "fine", "away", "refuses", "hangs"
AWAY_FOR, LONGEST = 60.0, 175.0
READ, SAVE, JUDGE = "reading a card", "saving an afspraak", "judging it"
_FAULTS = {REFUSES: {"RCPT": "451 later"}, HANGS: {"RCPT": HANG}}


@dataclass
class Site:
    """A server of ours with its SMTP server, and the two people who ask it.

    Attributes:
        smtp: the SMTP servers that there were, one after the other.
        times: by what was asked, the seconds that each took.
    """

    state: str
    server: Server
    port: int
    smtp: list[SmtpServer]
    tokens: dict[str, str]
    kaart: str
    times: dict[str, list[float]] = field(default_factory=lambda: {READ: [], SAVE: [], JUDGE: []})

    def enter(self) -> None:
        """Have both come in, and ask once what is not measured."""
        self.server.start()
        self.sanne, self.mehmet = (Client(self.server.base, token=self.tokens[one]) for one in ("sanne", "mehmet"))
        self.ask(0)
        self.times = {what: [] for what in self.times}

    def ask(self, number: int) -> None:
        """Read the card, change an afspraak and judge that."""
        self._timed(READ, self.sanne, "GET", self.kaart, "", 200)
        form = _form(
            self.sanne, f"{self.kaart}/afspraken/a-1", {"tekst": f"Oma belt {number} keer.", "_reden": "Zo is het"}
        )
        self._timed(SAVE, self.sanne, "POST", f"{self.kaart}/afspraken/a-1", form, 303)
        form = _form(self.mehmet, f"{self.kaart}/beoordelen", {"alles": "1"})
        self._timed(JUDGE, self.mehmet, "POST", f"{self.kaart}/beoordelen", form, 303)

    def _timed(self, what: str, client: Client, method: str, address: str, body: str, status: int) -> None:
        start = time.perf_counter()
        answer, _sent = client.ask(method, address, body)
        self.times[what].append(time.perf_counter() - start)
        assert answer.status == status, f"{self.state}: {what}: {answer.status}"

    def copies(self) -> Counter[str]:
        """How often each address got a mail."""
        return Counter(to for one in self.smtp for to, _mail in one.taken)


def measure(folder: Path) -> None:
    """All of it; stops by itself within three minutes."""
    title(f"Mail for {PEOPLE} people, and requests meanwhile of servers that send it; the SMTP server is fine or not")
    made, kaart = _made(folder / "made")
    began = time.monotonic()
    with ExitStack() as stack:
        sites = [_site(stack, folder, made, kaart, state) for state in (FINE, AWAY, REFUSES, HANGS)]
        until = time.monotonic() + AWAY_FOR
        for site in sites:
            timer = Timer(AWAY_FOR, _heal, (stack, site))
            timer.start()
            stack.callback(timer.cancel)
        with ThreadPoolExecutor(len(sites)) as pool:
            list(pool.map(Site.enter, sites))
        number = 0
        while time.monotonic() < until:
            number += 1
            for place in range(len(sites)):  # each is first as often as the others
                sites[(place + number) % len(sites)].ask(number)
        _tell(sites)
        for site in sites:
            _arrived(site, began)


def _made(folder: Path) -> tuple[Path, str]:
    """A card that two people work on, one that forty others are to judge, and what these are told of in the queue."""
    moment = datetime.now(UTC) - timedelta(minutes=3)
    desk = at(open_test_desk(folder), moment)
    told = [Account(f"p{n}", f"Prof {n}", f"p{n}@vt.example", "vt", mail=AT_ONCE) for n in range(PEOPLE)]
    duo = [replace(one, demonstration=False, mail=NO_MAIL) for one in ACCOUNTS]
    desk.accounts.put(ORGANISATIONS, [*duo, *told])
    catch_up(desk)
    kaart, other = (editing.create_card(desk, SANNE, new_card(), "Begin") for _ in range(2))
    mine = Grant("r-b", "account:mehmet", "beoordelaar", LONG_AGO)
    regrant(desk, SANNE, kaart, lambda grants: [*grants, mine], "Gedeeld")
    theirs = [Grant(f"r-{one.id}", f"account:{one.id}", "beoordelaar", LONG_AGO) for one in told]
    regrant(desk, SANNE, other, lambda grants: [*grants, *theirs], "Gedeeld")
    post = Post(Relay("127.0.0.1", 1), "kaarten@regio.example", "Kaarten", "http://127.0.0.1", "k" * 32)
    mailing.gather(desk, post, news)
    assert desk.mail.status().waiting == PEOPLE
    return folder, f"/kaarten/{kaart}"


def _site(stack: ExitStack, folder: Path, made: Path, kaart: str, state: str) -> Site:
    data = folder / state
    shutil.copytree(made, data)
    smtp = [] if state == AWAY else [stack.enter_context(SmtpServer())]
    for one in smtp:
        one.faults |= _FAULTS.get(state, {})
    port = smtp[0].port if smtp else _free()
    settings = {"HOST": "127.0.0.1", "PORT": str(port), "SECURITY": "none"}
    server = Server(
        data,
        is_real=True,
        KAARTEN_MAIL_FROM="kaarten@regio.example",
        **{f"KAARTEN_SMTP_{name}": value for name, value in settings.items()},
    )
    stack.enter_context(server)
    desk = _now(data)
    known = desk.accounts.known().accounts
    tokens = {one: begin(desk, known[one], Door(address="127.0.0.1"), "wachtwoord") for one in ("sanne", "mehmet")}
    return Site(state, server, port, smtp, tokens, kaart)


def _now(folder: Path) -> Desk:
    return at(open_test_desk(folder), datetime.now(UTC))


def _free() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _heal(stack: ExitStack, site: Site) -> None:
    for one in site.smtp:
        one.faults.clear()
    if not site.smtp:
        site.smtp.append(stack.enter_context(SmtpServer(port=site.port)))


def _form(client: Client, address: str, typed: dict[str, str]) -> str:
    """The form of a page's own matter with something typed in it, as a browser sends it."""
    tree: Any = html.document_fromstring(client.get(address))
    form = (tree.xpath("//main//form[not(@enctype)]") or tree.xpath("//main//form"))[-1]
    values = [(name, value) for name, value in sent(form) if name not in typed]
    return urlencode([*values, *typed.items()])


def _tell(sites: list[Site]) -> None:
    fine = sites[0]
    for what, limits in fine.times.items():
        for site in sites:
            found = site.times[what]
            pairs = median(one / other for one, other in zip(found, limits, strict=True))
            say(
                f"  {what:20} SMTP server {site.state:8} median {median(found) * 1000:7.1f} ms,"
                f" 95 % {quantiles(found, n=20)[18] * 1000:7.1f} ms, x {pairs:.2f} of fine ({len(found)} pairs)"
            )


def _arrived(site: Site, began: float) -> None:
    """Wait for all mail, and see that each came once."""
    desk = _now(site.server.folder)
    while desk.mail.status().waiting and time.monotonic() - began < LONGEST:
        time.sleep(0.5)
    took, copies, status = time.monotonic() - began, site.copies(), desk.mail.status()
    say(f"  SMTP server {site.state:8} {len(copies)} of {PEOPLE} people have their mail {took:.0f} s after the start")
    assert copies == dict.fromkeys((f"p{n}@vt.example" for n in range(PEOPLE)), 1), f"not each once: {copies}"
    assert (status.ended, status.waiting, status.doubtful) == ({(SENT, ""): PEOPLE}, 0, 0)
