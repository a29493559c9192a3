"""A small SMTP server on the loopback address, that can be away, refuse and hang at each stage."""

import socketserver
import threading
from contextlib import suppress
from typing import Any, Self

STAGES = ("banner", "EHLO", "MAIL", "RCPT", "DATA", "end")
HANG, DROP, TAKE_AND_HANG, TAKE_AND_DROP = "hang", "drop", "take and hang", "take and drop"
_GOOD = {"banner": "220 here", "DATA": "354 go on"}


class _Dropped(Exception):
    """The connection is over."""


class SmtpServer:
    """Serves in a `with` block.

    Attributes:
        faults: by stage, what goes wrong: `HANG`, `DROP`, or an answer such as ``451 later``.
        refused: addresses with the answer that they get.
        taken: each mail that was taken: whom it is for, and what it says.
        port: where it listens.
        reached: set when a fault was met.
    """

    def __init__(self) -> None:
        self.faults: dict[str, str] = {}
        self.refused: dict[str, str] = {}
        self.taken: list[tuple[str, bytes]] = []
        self.reached, self.over = threading.Event(), threading.Event()
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with suppress(_Dropped, OSError):
                    outer.talk(self.rfile, self.wfile)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    def talk(self, lines: Any, out: Any) -> None:
        """One connection, to its end."""
        self._answer(out, "banner", b"")
        to = ""
        while line := lines.readline():
            word = line[:4].upper().decode()
            if word == "QUIT":
                out.write(b"221 bye\r\n")
                return
            if word == "RCPT":
                to = line.decode().partition("<")[2].partition(">")[0]
                if to in self.refused:
                    out.write(f"{self.refused[to]}\r\n".encode())
                    continue
            self._answer(out, "EHLO" if word == "HELO" else word, b"")
            if word == "DATA" and "DATA" not in self.faults:
                body = b"".join(iter(lines.readline, b".\r\n"))
                self._answer(out, "end", body, to)

    def _answer(self, out: Any, stage: str, body: bytes, to: str = "") -> None:
        fault = self.faults.get(stage, "")
        if stage == "end" and fault in ("", TAKE_AND_HANG, TAKE_AND_DROP):
            self.taken.append((to, body))
        if fault:
            self.reached.set()
        if fault in (HANG, TAKE_AND_HANG):
            self.over.wait(30)
            raise _Dropped
        if fault in (DROP, TAKE_AND_DROP):
            raise _Dropped
        out.write((fault or _GOOD.get(stage, "250 good")).encode() + b"\r\n")
