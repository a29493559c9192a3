"""E-mail over TLS and signed in, through a real SMTP server; where that does not go, nothing leaves and all waits."""

import logging
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.services import mailing
from app.services.desk import Desk
from app.services.smtp import STARTTLS, TLS, Patience
from app.storage.mail_queue import SENT
from tests.certificates import certificate
from tests.desks import ORGANISATIONS, at, open_test_desk
from tests.services.test_mailing import NIGHT, PEOPLE, post, queued, still
from tests.smtp_server import DROP, HANG, Door, SmtpServer

HOST, PASSWORD = "127.0.0.1", "een lang wachtwoord"
USER = ("kaarten", PASSWORD)
BOTH = pytest.mark.parametrize("security", [STARTTLS, TLS])
SLOW = Patience(5, 5, 5)
"""For a handshake on a machine that does more."""


@dataclass
class Site:
    """A desk with two mails that wait, and servers as they are wanted; it trusts one certificate."""

    desk: Desk
    trusted: ssl.SSLContext
    folder: Path
    stack: ExitStack

    def server(
        self, security: str, context: ssl.SSLContext | None = None, user: tuple[str, str] | None = None
    ) -> SmtpServer:
        door = Door(context or self.trusted, security == TLS, user)
        return self.stack.enter_context(SmtpServer(door))

    def send(
        self, server: SmtpServer, security: str, user: tuple[str, str] = ("", ""), minutes: int = 0, **more: Patience
    ) -> int:
        known = post(server, **{"patience": SLOW, **more})
        relay = replace(known.relay, security=security, user=user[0], password=user[1])
        return mailing.send_round(at(self.desk, NIGHT + timedelta(minutes=minutes)), replace(known, relay=relay), still)

    def trouble(self) -> str:
        return self.desk.mail.status().trouble.error

    def waits(self, server: SmtpServer) -> bool:
        """Whether both wait, and nothing of a mail or a password went out."""
        words = (b"MAIL", b"RCPT", b"DATA", b"AUTH", b"Subject")
        assert not [line for line in server.clear if any(word in line for word in words)]
        return not server.taken and (self.desk.mail.status().waiting, self.desk.mail.status().ended) == (2, {})


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    desk = open_test_desk(tmp_path)
    desk.accounts.put(ORGANISATIONS, PEOPLE)
    trusted = certificate(tmp_path / "trusted.pem", HOST)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))
    with ExitStack() as stack:
        yield Site(queued(desk), trusted, tmp_path, stack)


@BOTH
@pytest.mark.parametrize("user", [None, USER])
def test_mail_goes_over_tls_signed_in_or_not(site: Site, security: str, user: tuple[str, str] | None) -> None:
    server = site.server(security, user=user)
    assert site.send(server, security, user or ("", "")) == 2
    assert sorted(to for to, _mail in server.taken) == sorted(one.email for one in PEOPLE)
    assert [line[:8] for line in server.clear] == ([b"ehlo kaa", b"STARTTLS"] if security == STARTTLS else [])
    assert site.desk.mail.status().ended == {(SENT, ""): 2}


@BOTH
def test_a_wrong_password_sends_nothing_and_the_right_one_all(
    site: Site, security: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = site.server(security, user=USER)
    with caplog.at_level(logging.WARNING):
        assert site.send(server, security, ("kaarten", "een ander wachtwoord")) == 0
    assert (site.waits(server), site.trouble()) == (True, "AUTH 535")
    assert "AUTH 535" in caplog.text
    assert "wachtwoord" not in caplog.text
    assert site.send(server, security, USER, minutes=2) == 2


@BOTH
def test_a_server_that_asks_to_sign_in_gets_nothing_without(site: Site, security: str) -> None:
    server = site.server(security, user=USER)
    assert site.send(server, security) == 0
    assert (site.waits(server), site.trouble()) == (True, "MAIL 530")


@BOTH
def test_a_server_where_one_cannot_sign_in_gets_no_password(site: Site, security: str) -> None:
    server = site.server(security)
    assert site.send(server, security, USER) == 0
    assert (site.waits(server), site.trouble()) == (True, "AUTH: not supported by the server")


@BOTH
@pytest.mark.parametrize(
    ("host", "begins", "words"),
    [
        (HOST, -timedelta(hours=1), "self-signed certificate"),
        ("mail.regio.example", -timedelta(hours=1), "IP address mismatch"),
        (HOST, -timedelta(hours=3), "certificate has expired"),
    ],
)
def test_a_certificate_that_is_not_good_gets_nothing(
    site: Site,
    security: str,
    host: str,
    begins: timedelta,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not trusted; trusted and of another name; trusted and too old."""
    context = certificate(site.folder / "other.pem", host, begins=begins)
    if words != "self-signed certificate":
        monkeypatch.setenv("SSL_CERT_FILE", str(site.folder / "other.pem"))
    server = site.server(security, context, USER)
    with caplog.at_level(logging.WARNING):
        assert site.send(server, security, USER) == 0
    assert site.waits(server)
    stage = "TLS" if security == STARTTLS else "connect"
    assert site.trouble().startswith(f"{stage}: certificate not trusted: {words}")
    assert f"the server does not do it: {stage}: certificate not trusted: {words}" in caplog.text


@pytest.mark.parametrize("user", [("", ""), USER])
def test_a_server_without_starttls_gets_nothing_in_the_clear(site: Site, user: tuple[str, str]) -> None:
    server = site.stack.enter_context(SmtpServer(Door(user=user if user[0] else None)))
    assert site.send(server, STARTTLS, user) == 0
    assert (site.waits(server), site.trouble()) == (True, "TLS: not supported by the server")


def test_a_server_that_speaks_no_tls_gets_nothing(site: Site) -> None:
    server = site.stack.enter_context(SmtpServer())
    assert site.send(server, TLS, USER) == 0
    assert site.waits(server)
    assert site.trouble().startswith("connect: no TLS (")


@pytest.mark.parametrize(
    ("fault", "words"), [("454 not now", "TLS 454"), (DROP, "TLS: connection lost"), (HANG, "TLS: no answer in time")]
)
def test_a_server_that_takes_starttls_back_gets_nothing_in_the_clear(site: Site, fault: str, words: str) -> None:
    server = site.server(STARTTLS, user=USER)
    server.faults["STAR"] = fault
    assert site.send(server, STARTTLS, USER, patience=Patience(5, 0.5, 5)) == 0
    assert (site.waits(server), site.trouble()) == (True, words)


@BOTH
@pytest.mark.parametrize("fault", ["454 not now", DROP])
def test_a_server_that_cannot_look_at_the_password_now_gets_everything_later(
    site: Site, security: str, fault: str
) -> None:
    server = site.server(security, user=USER)
    server.faults["AUTH"] = fault
    assert site.send(server, security, USER) == 0
    assert site.waits(server)
    server.faults.clear()
    assert site.send(server, security, USER, minutes=2) == 2


def test_what_the_operator_reads_of_a_server_that_came_back(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    server = site.server(TLS, user=USER)
    server.faults["MAIL"] = "451 later"
    with caplog.at_level(logging.INFO, "kaarten.mail"):
        site.send(server, TLS, USER)
        server.faults.clear()
        site.send(server, TLS, USER, minutes=2)
        site.send(server, TLS, USER, minutes=9)
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2
    assert lines[0].startswith(
        "mail: the server does not do it: MAIL 451; 2 wait, it is asked again at 2026-11-24 03:0"
    )
    assert lines[1] == "mail: the server does its work again"
