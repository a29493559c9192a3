"""The server: waitress, with caps of our own, and with our headers on what it answers by itself."""

from copy import copy

from flask import Flask
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask

from app.web import large
from app.web.security import HEADERS

_THREADS, _TOO_LARGE = 8, 413
_LARGEST_HEADERS = 32 * 1024
"""Ours are under 2 kB; a browser with cookies of neighbours under 10."""


class _Refused(ErrorTask):  # type: ignore[misc]  # waitress ships no types
    """What is no request, or too large to be one, never reaches the application."""

    def execute(self) -> None:
        """Answer with a sentence that tells nothing of the request or of the program."""
        error = self.request.error
        body = b"Dit bestand is te groot.\n" if error.code == _TOO_LARGE else b"Deze aanvraag klopt niet.\n"
        self.status = f"{error.code} {error.reason}"
        self.response_headers.extend([*HEADERS.items(), ("Cache-Control", "no-store")])
        self.response_headers.append(("Content-Type", "text/plain; charset=utf-8"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """One address takes more than all others; what it takes waits in a file, not in memory."""

    adj: Adjustments

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head of a request, and set how much may follow."""
        super().parse_header(header_plus)
        if (self.command, self.path) == ("POST", large.ADDRESS):
            self.adj = copy(self.adj)
            # A little more than the application takes: so that a person reads why it is too large.
            self.adj.max_request_body_size = 2 * large.LARGEST


class _Channel(HTTPChannel):  # type: ignore[misc]
    parser_class = _Parser
    error_task_class = _Refused


def listen(app: Flask, host: str, port: int, *, largest: int, proxies: int) -> BaseWSGIServer:
    """A server that listens already; `run` serves until the process is told to stop.

    Args:
        app: the application.
        host: the IP address to listen on.
        port: the port.
        largest: how many bytes a request may have at most; the address of `large` takes more.
        proxies: how many proxies may say who asks; with none their headers are dropped.

    Raises:
        OSError: the address or the port cannot be had.
    """
    server = create_server(
        app,
        host=host,
        port=port,
        threads=_THREADS,
        ident=None,  # no name and no version of what serves
        max_request_body_size=largest,
        max_request_header_size=_LARGEST_HEADERS,
        clear_untrusted_proxy_headers=not proxies,
    )
    server.channel_class = _Channel
    return server
