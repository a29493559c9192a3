"""A small SMTP server on the loopback address, that can be away, refuse and hang at each stage; in TLS where told."""

import base64
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

STAGES = ("banner", "EHLO", "MAIL", "RCPT", "DATA", "end")
HANG, DROP, TAKE_AND_HANG, TAKE_AND_DROP = "hang", "drop", "take and hang", "take and drop"
_TAKES = ("", TAKE_AND_HANG, TAKE_AND_DROP)
_GOOD = {"banner": "220 here", "DATA": "354 go on", "STAR": "220 go on", "AUTH": "235 welcome"}
_AWAKE = 100.0


class _Dropped(Exception):
    """The connection is over."""


@dataclass(frozen=True)
class Door:
    """How one comes in.

    Attributes:
        context: the certificate; None for without TLS.
        at_once: whether TLS is spoken from the start; else after STARTTLS.
        user: who must sign in, and with which password; None for nobody.
    """

    context: ssl.SSLContext | None = None
    at_once: bool = False
    user: tuple[str, str] | None = None


class SmtpServer:
    """Serves in a `with` block.

    Attributes:
        door: how one comes in.
        faults: by stage, what goes wrong: `HANG`, `DROP`, or an answer such as ``451 later``.
        refused: addresses with the answer that they get.
        taken: each mail that was taken: whom it is for, and what it says.
        answered: each answer of trouble at an address or a mail: whom it was for, and what it said.
        clear: all that came in without TLS.
        port: where it listens.
        reached: set when a fault was met.
    """

    def __init__(self, door: Door | None = None, port: int = 0) -> None:
        self.door = door or Door()
        self.faults: dict[str, str] = {}
        self.refused: dict[str, str] = {}
        self.taken: list[tuple[str, bytes]] = []
        self.answered: list[tuple[str, str]] = []
        self.clear: list[bytes] = []
        self.reached, self.over = threading.Event(), threading.Event()
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with suppress(_Dropped, OSError):
                    _Talk(outer, self.request).go()

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

        self._server = Server(("127.0.0.1", port), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


class _Talk:
    """One connection. As strict as servers are: who did not say EHLO, or not again after STARTTLS, sends nothing."""

    def __init__(self, server: SmtpServer, connection: socket.socket) -> None:
        self._server, self._connection = server, connection
        self._secure = self._greeted = self._known = False
        self._to = ""

    def go(self) -> None:
        """To its end."""
        try:
            if self._server.door.at_once:
                self._encrypt()
            self._lines = self._connection.makefile("rb")
            self._answer("banner")
            while self._one(self._line()):
                pass
        finally:
            self._connection.close()

    def _one(self, line: bytes) -> bool:
        word = line[:4].upper().decode()
        does: dict[str, Callable[[bytes], None]] = {"STAR": self._starttls, "AUTH": self._auth, "RCPT": self._rcpt}
        early = self._too_early(word)
        if word in ("", "QUIT"):
            self._write("221 bye")
        elif word in ("EHLO", "HELO"):
            self._greeted = True
            self._answer("EHLO", "\r\n".join(["250-here", *(f"250-{one}" for one in self._offers()), "250 HELP"]))
        elif early:
            self._write(early)
        elif word in does:
            does[word](line)
        else:
            self._answer(word)
        if word == "DATA" and not early and word not in self._server.faults:
            self._answer("end", body=b"".join(iter(self._line, b".\r\n")))
        return word not in ("", "QUIT")

    def _line(self) -> bytes:
        line = self._lines.readline()
        if not line:
            raise _Dropped
        if not self._secure:
            self._server.clear.append(line)
        return line

    def _offers(self) -> list[str]:
        door = self._server.door
        return ["STARTTLS"] * (door.context is not None and not self._secure) + ["AUTH PLAIN"] * bool(door.user)

    def _too_early(self, word: str) -> str:
        door = self._server.door
        if not self._greeted:
            return "503 say EHLO first"
        if word in ("MAIL", "RCPT", "DATA", "AUTH") and door.context and not self._secure:
            return "530 say STARTTLS first"
        if word in ("MAIL", "RCPT", "DATA") and door.user and not self._known:
            return "530 sign in first"
        return ""

    def _starttls(self, _line: bytes) -> None:
        self._answer("STAR")
        self._greeted = False
        self._encrypt()
        self._lines = self._connection.makefile("rb")

    def _encrypt(self) -> None:
        assert self._server.door.context
        self._connection = self._server.door.context.wrap_socket(self._connection, server_side=True)
        self._secure = True

    def _auth(self, line: bytes) -> None:
        said = base64.b64decode(line.split()[-1]).decode().split("\0")[1:]
        self._known = tuple(said) == self._server.door.user
        self._answer("AUTH", "" if self._known else "535 that is not the password")

    def _rcpt(self, line: bytes) -> None:
        self._to = line.decode().partition("<")[2].partition(">")[0]
        self._answer("RCPT", self._server.refused.get(self._to, ""))

    def _answer(self, stage: str, good: str = "", body: bytes = b"") -> None:
        fault = self._server.faults.get(stage, "")
        if stage == "end" and fault in _TAKES:
            self._server.taken.append((self._to, body))
        if fault:
            self._server.reached.set()
        if fault in (HANG, TAKE_AND_HANG):
            self._server.over.wait(_AWAKE)
            raise _Dropped
        if fault in (DROP, TAKE_AND_DROP):
            raise _Dropped
        said = fault or good or _GOOD.get(stage, "250 good")
        if stage in ("RCPT", "DATA", "end") and said[0] in "45":
            self._server.answered.append((self._to, said))
        self._write(said)

    def _write(self, said: str) -> None:
        self._connection.sendall(f"{said}\r\n".encode())
