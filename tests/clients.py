"""A browser without a screen, for what asks a real server for many pages."""

import re
import time
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import urlencode, urlsplit


class Client:
    """A browser of a person of the demonstration, that keeps its connection and asks for nothing of itself."""

    def __init__(self, base: str, person: str = "", *, token: str = "") -> None:
        """Sign in as a person; as the first in the list unless told. Somebody with the token of a session is in."""
        self._connection = HTTPConnection(urlsplit(base).netloc, timeout=60)
        self._cookies = {"kaarten": token} if token else {}
        if token:
            return
        question = self.get("/persoon").decode()
        (token, *_), (first, *_) = (
            re.findall(rf'name="{name}" value="([^"]+)"', question) for name in ("_csrf", "persoon")
        )
        self.ask("POST", "/persoon", urlencode({"_csrf": token, "persoon": person or first}))

    def ask(self, method: str, address: str, body: str = "") -> tuple[HTTPResponse, bytes]:
        """An answer with its bytes; the connection is closed where the server does not answer whole."""
        answer = None
        try:
            answer = self._ask(method, address, body)
            return answer, answer.read()
        except (OSError, HTTPException):
            if answer:
                answer.close()
            self._connection.close()
            raise

    def _ask(self, method: str, address: str, body: str) -> HTTPResponse:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, address, body or None, headers)
        answer = self._connection.getresponse()
        for one in answer.headers.get_all("Set-Cookie", ()):
            name, _, value = one.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer

    def get(self, address: str) -> bytes:
        """The bytes of a page; it must be there."""
        answer, sent = self.ask("GET", address)
        assert answer.status == 200, f"{address}: {answer.status}"
        return sent

    def times(self, addresses: Sequence[str]) -> list[float]:
        """The seconds that each page takes, one after the other."""
        found = []
        for address in addresses:
            start = time.perf_counter()
            self.get(address)
            found.append(time.perf_counter() - start)
        return found
