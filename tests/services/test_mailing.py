"""E-mail, through a real SMTP server: away, refusing, hanging; each mail is sent once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from app.content.overleg import JUDGEMENT, QUESTION
from app.services import editing, mailing
from app.services.desk import ZONE, Desk
from app.services.mail_news import news
from app.services.mail_text import Post
from app.services.mail_worker import MailWorker
from app.services.smtp import NONE, STARTTLS, Patience, Relay
from app.storage.accounts import AT_ONCE, DAILY, NO_MAIL, Account
from app.storage.errors import Busy
from app.storage.mail_queue import DROPPED, KEEP, REFUSED, SENT, Message
from tests.desks import ACCOUNTS, MEHMET, ORGANISATIONS, SANNE, at, new_card, open_test_desk
from tests.services.test_overleg import tell
from tests.smtp_server import DROP, HANG, STAGES, TAKE_AND_DROP, TAKE_AND_HANG, SmtpServer

NIGHT = datetime(2026, 11, 24, 3, 0, tzinfo=ZONE)
PEOPLE = [replace(one, demonstration=False, mail=AT_ONCE) for one in ACCOUNTS]


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = open_test_desk(tmp_path)
    desk.accounts.put(ORGANISATIONS, PEOPLE)
    return desk


def post(server: SmtpServer, **changes: object) -> Post:
    relay = Relay("127.0.0.1", server.port, NONE, name="kaarten.example")
    quick = Patience(0.3, 0.3, 0.3)
    known = Post(relay, "kaarten@regio.example", "Kaarten", "https://kaarten.example", "k" * 32, patience=quick)
    return replace(known, **changes)  # type: ignore[arg-type]


def waiting(number: int = 1, account: str = "sanne") -> list[Message]:
    return [Message(f"{account}{one}", account, "vraag", "k-1", "2026-11-24T02:00:00+00:00") for one in range(number)]


def queued(desk: Desk, when: datetime = NIGHT) -> Desk:
    """With one message of each of the two, and a source that has those still."""
    desk.mail.put([*waiting(), *waiting(account="mehmet")], when, when)
    return at(desk, when)


def still(_desk: Desk, account: Account) -> list[Message]:
    return waiting(1, account.id)


def ids(server: SmtpServer) -> list[str]:
    return [str(message_from_bytes(mail)["Message-ID"]) for _to, mail in server.taken]


def send(desk: Desk, server: SmtpServer, when: datetime = NIGHT) -> int:
    return mailing.send_round(at(desk, when), post(server), still)


def test_a_question_on_a_card_is_mailed_once_without_a_word_of_the_card(desk: Desk, server: SmtpServer) -> None:
    kaart = editing.create_card(desk, SANNE, new_card(), "Begin")
    tell(desk, MEHMET, kaart, JUDGEMENT, "a-1", verdict=QUESTION, text="Wie belt er dan?")
    now = desk.clock()
    assert mailing.send_round(at(desk, now), post(server), news) == 0, "what happens shortly after each other is one"
    later = now + timedelta(minutes=2)
    assert mailing.send_round(at(desk, later), post(server), news) == 1
    assert mailing.send_round(at(desk, later + timedelta(minutes=9)), post(server), news) == 0
    ((to, raw),) = server.taken
    mail = message_from_bytes(raw, policy=policy.default)
    assert (to, mail["Subject"]) == ("sanne@cjg.example", "Kaarten: 1 bericht voor u")
    assert (mail["Auto-Submitted"], mail["List-Unsubscribe-Post"]) == ("auto-generated", "List-Unsubscribe=One-Click")
    body = mail.get_content().replace("\r\n", "\n")
    assert "- Vraag: 1" in body
    assert "https://kaarten.example/berichten\n" in body
    held = desk.kaarten.read(kaart)
    words = [held.document["kaart"].get("titel", kaart), kaart, "Wie belt", "Mehmet", "Sanne", "a-1"]
    assert not [one for one in words if one in raw.decode()]


def test_what_was_seen_before_the_mail_went_is_not_mailed(desk: Desk, server: SmtpServer) -> None:
    queued(desk)
    assert mailing.send_round(at(desk, NIGHT), post(server), lambda _desk, _account: []) == 0
    assert desk.mail.status().ended == {(DROPPED, mailing.SEEN): 2}


def test_who_is_told_once_a_day_gets_one_mail_after_the_hour(desk: Desk, server: SmtpServer) -> None:
    desk.accounts.put(accounts=[replace(one, mail=DAILY) for one in PEOPLE])
    for hours in (3, 3.9, 4.1, 5, 20, 27.9, 28.1):
        send(desk, server, NIGHT + timedelta(hours=hours))
    assert sorted(to for to, _mail in server.taken) == [MEHMET.email, SANNE.email]
    assert b"1 bericht voor u" in server.taken[0][1]


def test_the_daily_mail_keeps_its_hour_when_the_clock_changes(desk: Desk, server: SmtpServer) -> None:
    desk.accounts.put(accounts=[replace(one, mail=DAILY) for one in PEOPLE])
    summer = datetime(2027, 3, 28, 6, 59, tzinfo=ZONE)
    assert send(desk, server, summer) == 0
    assert send(desk, server, summer + timedelta(minutes=1)) == 2


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("fault", ["451 later", "no code at all", "150 on my way", HANG, DROP])
def test_each_mail_arrives_once_whatever_the_server_does_first(
    desk: Desk, server: SmtpServer, stage: str, fault: str
) -> None:
    queued(desk)
    server.faults[stage] = fault
    assert send(desk, server) == 0
    server.faults.clear()
    for minutes in (2, 4, 62, 70):
        send(desk, server, NIGHT + timedelta(minutes=minutes))
    assert sorted(to for to, _mail in server.taken) == [MEHMET.email, SANNE.email]
    assert (desk.mail.status().ended, desk.mail.status().waiting) == ({(SENT, ""): 2}, 0)


@pytest.mark.parametrize("fault", [TAKE_AND_HANG, TAKE_AND_DROP])
def test_a_mail_that_was_taken_without_a_word_comes_at_most_twice_under_one_number(
    desk: Desk, server: SmtpServer, fault: str
) -> None:
    desk.accounts.put(accounts=[replace(PEOPLE[1], mail=NO_MAIL)])
    desk.mail.put(waiting(), NIGHT, NIGHT)
    server.faults["end"] = fault
    for hours in range(12):
        send(desk, server, NIGHT + timedelta(hours=hours * 2))
    assert len(server.taken) == mailing.MOST_SENDS
    assert len(set(ids(server))) == 1
    assert desk.mail.status().ended == {(REFUSED, mailing.UNSURE): 1}


def test_a_server_that_is_away_is_asked_less_and_less_and_then_gets_everything(desk: Desk) -> None:
    with SmtpServer() as gone:
        pass
    queued(desk)
    tried = 0
    for minute in range(60):
        before = desk.mail.status().trouble.failures
        send(desk, gone, NIGHT + timedelta(minutes=minute))
        tried += desk.mail.status().trouble.failures - before
    assert 4 <= tried <= 7
    assert desk.mail.status().trouble.error == "connect: connection refused"
    with SmtpServer() as back:
        assert send(desk, back, NIGHT + timedelta(hours=3)) == 2
    assert desk.mail.status().trouble.failures == 0


def test_a_mailbox_that_is_gone_costs_the_others_nothing(desk: Desk, server: SmtpServer) -> None:
    queued(desk)
    server.refused[MEHMET.email] = "550 mehmet@veiligthuis.example is unknown"
    assert send(desk, server) == 1
    assert desk.mail.status().ended == {(REFUSED, "RCPT 550"): 1, (SENT, ""): 1}


@pytest.mark.parametrize("stage", ["banner", "EHLO", "MAIL"])
def test_a_server_that_refuses_us_loses_no_mail(desk: Desk, server: SmtpServer, stage: str) -> None:
    queued(desk)
    server.faults[stage] = "554 go away"
    assert send(desk, server) == 0
    assert desk.mail.status().waiting == 2


def test_what_waits_too_long_is_dropped_and_that_is_told(desk: Desk, server: SmtpServer) -> None:
    queued(desk)
    assert send(desk, server, NIGHT + KEEP + timedelta(minutes=1)) == 0
    assert desk.mail.status().ended == {(DROPPED, "te oud"): 2}


def test_who_stopped_or_wants_no_mail_gets_none(desk: Desk, server: SmtpServer) -> None:
    queued(desk)
    desk.accounts.put(accounts=[replace(PEOPLE[0], active=False), replace(PEOPLE[1], mail=NO_MAIL)])
    assert send(desk, server) == 0
    assert desk.mail.status().ended == {(DROPPED, mailing.STOPPED): 1, (DROPPED, mailing.UNWANTED): 1}


def test_a_server_that_cannot_encrypt_gets_nothing(desk: Desk, server: SmtpServer) -> None:
    queued(desk)
    secure = replace(post(server).relay, security=STARTTLS)
    assert mailing.send_round(at(desk, NIGHT), post(server, relay=secure), still) == 0
    assert desk.mail.status().trouble.error == "TLS: not supported by the server"
    assert desk.mail.status().waiting == 2


def test_one_process_sends_at_a_time(desk: Desk, server: SmtpServer) -> None:
    with desk.mail.alone(), pytest.raises(Busy):
        send(desk, server)


def test_the_worker_leaves_off_while_the_server_hangs(desk: Desk, server: SmtpServer) -> None:
    queued(desk)
    server.faults["end"] = HANG
    slow = post(server, patience=Patience(30, 30, 30))
    worker = MailWorker(lambda stopped: mailing.send_round(at(desk, NIGHT), slow, still, stopped))
    worker.start()
    assert server.reached.wait(10)
    before = time.monotonic()
    kaart = editing.create_card(desk, SANNE, new_card(), "Begin")  # a change is saved meanwhile
    worker.stop()
    assert desk.kaarten.exists(kaart)
    assert time.monotonic() - before < 20


_WORK = """
import sys
from pathlib import Path
from tests.desks import at, open_test_desk
from tests.services import test_mailing as here
from app.services import mailing
from app.services.smtp import Relay, NONE
server = type("Server", (), {"port": int(sys.argv[2])})
desk = at(open_test_desk(Path(sys.argv[1])), here.NIGHT)
mailing.send_round(desk, here.replace(here.post(server), patience=here.Patience(30, 30, 30)), here.still)
"""


@pytest.mark.parametrize("stage", ["banner", "RCPT", "DATA", "end"])
def test_nothing_is_lost_when_the_sender_is_killed(desk: Desk, server: SmtpServer, tmp_path: Path, stage: str) -> None:
    queued(desk)
    server.faults[stage] = TAKE_AND_HANG if stage == "end" else HANG
    root = str(Path(__file__).parent.parent.parent)
    process = subprocess.Popen(
        [sys.executable, "-c", _WORK, str(tmp_path), str(server.port)], env={**os.environ, "PYTHONPATH": root}, cwd=root
    )
    try:
        assert server.reached.wait(30)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    server.faults.clear()
    for minutes in (1, 62):
        send(desk, server, NIGHT + timedelta(minutes=minutes))
    assert {to for to, _mail in server.taken} == {MEHMET.email, SANNE.email}
    assert len(set(ids(server))) == 2, "a second copy, where there is one, has the number of the first"
    assert len(server.taken) == (3 if stage == "end" else 2)
    assert desk.mail.status().ended == {(SENT, ""): 2}
