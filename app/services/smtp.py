"""Talking to an SMTP server (RFC 5321), such that it is always known how far a mail came.

The words that are kept of an answer are the stage and the code alone: what a server says can hold an address.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Self

STARTTLS, TLS, NONE = "starttls", "tls", "none"
_GOOD, _GO_ON = range(200, 300), (354,)
_AGAIN, _CLOSING, _REFUSED = 400, 421, 500
_SIGN_IN_FIRST = {530, 534, 535, 538}  # RFC 4954: about how we come in, not about whom the mail is for


@dataclass(frozen=True)
class Relay:
    """The server that takes our mail.

    Attributes:
        host: its name.
        port: its port.
        security: `STARTTLS`, `TLS` or `NONE`.
        user: the name to sign in with; empty for without.
        password: goes with it.
        name: how we call ourselves.
    """

    host: str
    port: int
    security: str = STARTTLS
    user: str = ""
    password: str = ""
    name: str = "localhost"


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds.

    After the last dot 10 minutes, as RFC 5321 4.5.3.2.6 asks: who hangs up sooner sends what was taken once more.

    Attributes:
        connect: for a connection and its greeting.
        answer: for the answer to a command.
        taken: for the answer to a whole mail.
    """

    connect: float = 20
    answer: float = 60
    taken: float = 600


PATIENT = Patience()


class MailFailed(Exception):
    """A mail was not sent; says at which stage, and with which code."""


class ServerFailed(MailFailed):
    """It is about the server, or about us, not about this mail. This mail was not taken."""


class NotNow(MailFailed):
    """The server asks to bring this mail later (4xx). It was not taken."""


class Refused(MailFailed):
    """The server does not want this mail (5xx). It was not taken."""


class NoAnswer(MailFailed):
    """All of the mail was sent, and nobody said whether it was taken."""


class Line:
    """One connection to a server, for as many mails as there are."""

    def __init__(self, relay: Relay, patience: Patience) -> None:
        """Connect, and sign in.

        Raises:
            ServerFailed: that does not go.
        """
        self._patience = patience
        with _about_server("connect"):
            self._smtp = _connected(relay, patience.connect)
        try:
            self._begin(relay)
        except ServerFailed:
            self._smtp.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Take leave; of a server that does not answer, without a word."""
        self._wait(1)
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.quit()
        self._smtp.close()

    def send(self, sender: str, to: str, mail: bytes, before_last: Callable[[], None]) -> None:
        """Hand over one mail.

        Args:
            sender: the address that it comes from.
            to: whom it is for.
            mail: all of it, its lines ending with CRLF.
            before_last: called once nothing was sent yet by which it could be taken, and all that follows can.

        Raises:
            MailFailed: one of its kinds, by what is certain. After `ServerFailed` and `NoAnswer` this line is over.
        """
        with _about_server("MAIL"):
            code = self._smtp.mail(sender)[0]
        if code != 250:  # who sends is refused: that is so for every mail
            raise ServerFailed(f"MAIL {code}")
        with _about_server("RCPT"):
            self._judge("RCPT", self._smtp.rcpt(to)[0], _GOOD)
        with _about_server("DATA"):
            self._judge("DATA", self._smtp.docmd("DATA")[0], _GO_ON)
        before_last()
        try:
            self._wait(self._patience.taken)
            self._smtp.send(re.sub(rb"(?m)^\.", b"..", mail) + b".\r\n")
            code = self._smtp.getreply()[0]
            self._wait(self._patience.answer)
        except (OSError, smtplib.SMTPException) as error:
            raise NoAnswer(_words("end", error)) from error
        if code not in _GOOD and code < _AGAIN:  # no answer that can be read as yes or no
            raise NoAnswer(f"end {code}")
        self._judge("end", code, _GOOD)

    def _begin(self, relay: Relay) -> None:
        self._wait(self._patience.answer)
        with _about_server("EHLO"):
            self._smtp.ehlo_or_helo_if_needed()
        if relay.security == STARTTLS:
            with _about_server("TLS"):
                self._smtp.starttls(context=ssl.create_default_context())
            with _about_server("EHLO"):  # what was said before counts no more (RFC 3207 4.2)
                self._smtp.ehlo_or_helo_if_needed()
        if relay.user:
            with _about_server("AUTH"):
                self._smtp.login(relay.user, relay.password)

    def _judge(self, stage: str, code: int, good: Container[int]) -> None:
        if code in good:
            return
        if code < _AGAIN or code == _CLOSING or code in _SIGN_IN_FIRST:
            raise ServerFailed(f"{stage} {code}")
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.rset()  # the next mail begins anew; a line that broke shows at its first word
        raise (Refused if code >= _REFUSED else NotNow)(f"{stage} {code}")

    def _wait(self, seconds: float) -> None:
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(seconds)


def _connected(relay: Relay, seconds: float) -> smtplib.SMTP:
    if relay.security == TLS:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(relay.host, relay.port, relay.name, timeout=seconds, context=context)
    return smtplib.SMTP(relay.host, relay.port, relay.name, timeout=seconds)


@contextmanager
def _about_server(stage: str) -> Iterator[None]:
    try:
        yield
    except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: a name that cannot be looked up
        raise ServerFailed(_words(stage, error)) from error


def _words(stage: str, error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{stage} {error.smtp_code}"
    # The library says of all that goes wrong under way that the line was lost; the operator needs to know why.
    why = error.__context__ if isinstance(error, smtplib.SMTPServerDisconnected) and error.__context__ else error
    if isinstance(why, ssl.SSLCertVerificationError):
        return f"{stage}: certificate not trusted: {why.verify_message}"  # our own words, not of the server
    if isinstance(why, ssl.SSLError):
        return f"{stage}: no TLS ({why.reason})"
    kinds: list[tuple[type[BaseException], str]] = [
        (TimeoutError, "no answer in time"),
        (ConnectionRefusedError, "connection refused"),
        (socket.gaierror, "name not found"),
        (ConnectionError, "connection lost"),
        (smtplib.SMTPServerDisconnected, "connection lost"),
        (smtplib.SMTPNotSupportedError, "not supported by the server"),
    ]
    return f"{stage}: {next((words for kind, words in kinds if isinstance(why, kind)), type(why).__name__)}"
