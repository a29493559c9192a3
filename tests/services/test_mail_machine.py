"""Mail against a simple model: what rings a bell is mailed once, whatever the server, the program and people do.

The cards, the bell, the queue on disk and the SMTP server are real. The model knows which notices there were, and which
of them need not arrive: seen, destroyed, too old, refused by the server, or of somebody who wanted no mail.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from app.content.card_type import CardType
from app.content.overleg import JUDGEMENT, QUESTION
from app.services import bell, destroying, editing, mailing
from app.services.cataloguing import catch_up
from app.services.confirming import confirm
from app.services.desk import Desk
from app.services.mail_news import news
from app.services.own_account import choose_mail
from app.services.smtp import Patience
from app.services.unsubscribing import stop_mail
from app.storage.accounts import AT_ONCE, DAILY, NO_MAIL
from app.storage.durable_sqlite import DurableSQLite
from app.storage.mail_queue import Mail, MailQueue
from tests.cards import real_type
from tests.desks import MEHMET, OPERATOR, ORGANISATIONS, SANNE, at, new_card, open_test_desk
from tests.services.test_destroying import WORD
from tests.services.test_mailing import NIGHT, PEOPLE, post
from tests.services.test_overleg import tell
from tests.smtp_server import DROP, HANG, STAGES, TAKE_AND_DROP, TAKE_AND_HANG, SmtpServer

ACTORS = {"sanne": SANNE, "mehmet": MEHMET}
ADDRESSES = {one.email: one.id for one in PEOPLE}
PERSON = st.sampled_from(sorted(ACTORS))
SILENT = (HANG, DROP, TAKE_AND_HANG, TAKE_AND_DROP)
FAULTS = st.one_of(
    st.tuples(st.just("end"), st.sampled_from((*SILENT, "451 later", "550 no", "what?"))),
    st.tuples(st.sampled_from(STAGES), st.sampled_from((DROP, HANG, "451 later", "421 I go", "550 no", "what?"))),
)
BUSY = st.tuples(st.sampled_from(sorted(ADDRESSES)), st.sampled_from(("450 busy", "550 gone")))
MINUTES = st.sampled_from((1, 2, 10, 61, 12 * 60, 50 * 60))
ASK, LOOK, DESTROY = "ask", "look", "destroy"
ACTS = st.sampled_from((*[ASK] * 4, *[NO_MAIL] * 2, *[AT_ONCE] * 2, LOOK, DAILY, DESTROY))
CALM, HURRIED = Patience(20, 20, 20), Patience(0.2, 0.2, 0.2)
ASKED = "Wie belt de struisvogel?"
SETTLING = [timedelta(hours=hours) for hours in (0.1, 1.3, 1.3, 8, 8, 8)]
"""Long enough for what waits for a minute, the server, an answer that did not come (twice) and the morning."""


@dataclass(frozen=True)
class Trouble:
    """What goes wrong: the server at a stage, at an address; the program at one of its writes; in how many rounds."""

    faults: tuple[tuple[str, str], ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    dies_at: int = 0
    rounds: int = 1


TROUBLE = st.one_of(
    st.just(Trouble()),
    FAULTS.map(lambda one: Trouble(faults=(one,))),
    BUSY.map(lambda one: Trouble(refused=(one,))),
    st.sampled_from(SILENT).map(lambda one: Trouble(faults=(("end", one),), rounds=3)),
    st.integers(1, 16).map(lambda one: Trouble(dies_at=one)),
    st.tuples(FAULTS, st.integers(1, 16)).map(lambda both: Trouble(faults=both[:1], dies_at=both[1])),
)


class _Died(BaseException):
    """The program is gone."""


class _Mortal:
    """Before the file of the queue: dies just before or just after what it writes, at a chosen write."""

    def __init__(self, file: DurableSQLite) -> None:
        self._file = file
        self.moments = 0

    @contextmanager
    def open(self, *, writing: bool = False) -> Iterator[Any]:
        self._pass(writing)
        with self._file.open(writing=writing) as db:
            yield db
        self._pass(writing)

    def _pass(self, writing: bool) -> None:
        self.moments -= writing
        if writing and self.moments == 0:
            raise _Died


class _Watched(MailQueue):
    """The real queue, that tells which mails were handed over and what they tell of."""

    def __init__(self, path: Path, dies_at: int) -> None:
        super().__init__(path)
        mortal = _Mortal(self._file)
        mortal.moments = dies_at
        self._file = mortal  # type: ignore[assignment]
        self.handed: list[tuple[str, list[str]]] = []

    def handing(self, mail: Mail, again: datetime) -> None:
        self.handed.append((mail.id, [one.key for one in mail.messages]))
        super().handing(mail, again)


@dataclass
class Model:
    """What should be so.

    Attributes:
        told: all notices that there ever were, by account.
        excused: those that need not arrive.
        mails: by the number of a mail what it tells of, as it was first handed over.
        silences: by the number of a mail how often nobody said what became of it.
        copies: by the number of a mail how often the server took it.
    """

    told: dict[str, set[str]] = field(default_factory=lambda: {one: set() for one in ACTORS})
    excused: set[str] = field(default_factory=set)
    mails: dict[str, set[str]] = field(default_factory=dict)
    silences: Counter[str] = field(default_factory=Counter)
    copies: Counter[str] = field(default_factory=Counter)


@cache
def _type() -> CardType:
    return real_type()


@cache
def _begun() -> tempfile.TemporaryDirectory[str]:
    """A folder with a card on which two people asked something, who want their mail at once; each run has a copy."""
    folder = tempfile.TemporaryDirectory(prefix="kaarten-mail-")
    desk = at(open_test_desk(Path(folder.name), _type()), NIGHT)
    desk.accounts.put(ORGANISATIONS, PEOPLE)
    catch_up(desk)
    kaart = editing.create_card(desk, SANNE, new_card(), "Begin")
    for actor in ACTORS.values():
        tell(desk, actor, kaart, JUDGEMENT, "a-1", verdict=QUESTION, text=ASKED)
    with SmtpServer() as nobody:
        mailing.gather(desk, post(nobody), news)
    return folder


class MailMachine(RuleBasedStateMachine):
    """Sanne and Mehmet ask each other things on a card; the server and the program fail in between."""

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="kaarten-mail-"))) / "data"
        shutil.copytree(_begun().name, self.folder)
        self.server = self.stack.enter_context(SmtpServer())
        self.now, self.model, self.secrets = NIGHT, Model(), {"Sanne", "Mehmet", "a-1", "struisvogel"}
        self._open()
        (self.kaart,) = self.desk.kaarten.ids()
        self._keep_secret()

    def teardown(self) -> None:
        if not hasattr(self, "stack"):
            return
        with self.stack:
            for later in SETTLING:
                self.now += later
                self._round(Trouble())
            for account in self.desk.accounts.known().accounts.values():
                waits = self._news(account.id) - self.model.excused if account.mail != NO_MAIL else set()
                told = set().union(*(self.model.mails[one] for one in self.model.copies))
                assert waits <= told, "a notice that nobody saw was not mailed"

    @rule(who=PERSON, what=ACTS, minutes=MINUTES, trouble=TROUBLE)
    def step(self, who: str, what: str, minutes: int, trouble: Trouble) -> None:
        """Somebody does something, time passes, and the worker goes round."""
        desk, actor = self._desk(), ACTORS[who]
        if what == ASK:
            tell(desk, actor, self.kaart, JUDGEMENT, "a-1", verdict=QUESTION, text=ASKED)
            mailing.gather(desk, post(self.server), news)  # as the worker does soon
        elif what == LOOK:
            bell.looked(desk, actor, bell.bell(desk, actor, 50).until)
        elif what == DESTROY:
            self._destroy(desk)
        elif what == NO_MAIL:
            stop_mail(desk, OPERATOR, who)
        else:
            choose_mail(desk, actor, what)
        for _ in range(trouble.rounds):
            self.now += timedelta(minutes=minutes)
            self._round(trouble)

    def _destroy(self, desk: Desk) -> None:
        """Two people do; another card comes in its place."""
        head = desk.kaarten.head(self.kaart)
        said = destroying.ask(desk, SANNE, self.kaart, "onterecht", "Staat er dubbel.", head)
        confirm(desk, MEHMET, self.kaart, said.id, word=WORD)
        self.kaart = editing.create_card(desk, SANNE, new_card(), "Begin")
        self._keep_secret()

    def _round(self, trouble: Trouble) -> None:
        """The worker goes round once; then the model learns what the server saw, and all laws are looked at."""
        server, before, answers = self.server, len(self.server.taken), len(self.server.answered)
        server.faults, server.refused = dict(trouble.faults), dict(trouble.refused)
        server.reached.clear()
        queue = _Watched(self.folder / "var" / "mail.sqlite", trouble.dies_at)
        desk = replace(self._desk(), mail=queue)
        new = {one: self._news(one) for one in ACTORS}
        wants = {one.id: one.mail for one in desk.accounts.known().accounts.values()}
        self._learn(new, wants)
        patience = HURRIED if {HANG, TAKE_AND_HANG} & set(server.faults.values()) else CALM
        died = False
        try:
            mailing.send_round(desk, post(server, patience=patience), news)
        except _Died:
            died = True
            self._open()
        if queue.handed and TAKE_AND_HANG in server.faults.values():
            assert server.reached.wait(20)  # it may take it after we went on
        for identity, keys in queue.handed:
            assert set(keys) <= set().union(*new.values()), "it was seen, or it is gone"
            self.model.mails.setdefault(identity, set(keys))
        if queue.handed and (died or server.faults.get("end") in (*SILENT, "what?")):
            self._silent(*queue.handed[-1])
        for to, said in server.answered[answers:]:
            if said.startswith("5"):
                self.model.excused |= self.model.told[ADDRESSES[to]]
        for to, raw in server.taken[before:]:
            self._taken(to, raw, wants)

    def _learn(self, new: dict[str, set[str]], wants: dict[str, str]) -> None:
        for account, keys in new.items():
            told = self.model.told[account]
            told |= keys
            self.model.excused |= told if wants[account] == NO_MAIL else told - keys

    def _silent(self, identity: str, keys: list[str]) -> None:
        self.model.silences[identity] += 1
        if self.model.silences[identity] >= mailing.MOST_SENDS:
            self.model.excused |= set(keys)

    def _taken(self, to: str, raw: bytes, wants: dict[str, str]) -> None:
        model, mail = self.model, message_from_bytes(raw, policy=policy.default)
        identity = str(mail["Message-ID"]).strip("<").partition("@")[0]
        account, keys = ADDRESSES[to], model.mails[identity]
        assert wants[account] != NO_MAIL, "who wants no mail got one"
        assert keys <= model.told[account], "somebody was told what was for another"
        text = f"{raw.decode()}{mail.get_content()}"
        assert not [one for one in self.secrets if one in text.replace(to, "")]
        model.copies[identity] += 1
        assert model.copies[identity] <= 1 + (model.silences[identity] > 0), "one more copy than there was doubt"
        assert model.copies[identity] <= mailing.MOST_SENDS
        others = set().union(*(model.mails[one] for one in model.copies if one != identity))
        assert not keys & others, "mailed before, in another mail"

    def _news(self, account: str) -> set[str]:
        desk = at(self.desk, self.now)
        return {one.key for one in news(desk, desk.accounts.known().accounts[account])}

    def _desk(self) -> Desk:
        """At this moment; no two things happen at the same."""
        self.now += timedelta(seconds=1)
        return at(self.desk, self.now)

    def _open(self) -> None:
        self.desk = open_test_desk(self.folder, _type())

    def _keep_secret(self) -> None:
        document = self.desk.kaarten.read(self.kaart).document
        self.secrets |= {self.kaart, *(str(one["tekst"]) for one in document["afspraken"])}


TestMail: Any = MailMachine.TestCase
TestMail.settings = settings(max_examples=8, stateful_step_count=10, deadline=None)


@pytest.mark.deep
def test_many_mails() -> None:
    """Many long runs, before an issue is called resolved."""
    run_state_machine_as_test(MailMachine, settings=settings(max_examples=300, stateful_step_count=25, deadline=None))
