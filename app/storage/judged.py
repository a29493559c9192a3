"""Remembers which bytes were judged to be a valid card, so that no file is judged twice while it is in use."""

import json
from collections import OrderedDict
from hashlib import sha256
from threading import Lock

from app.content import Document

_MOST_BYTES = 32 * 1024 * 1024
"""How large all of them together may be: a thousand ordinary cards, or sixteen of the largest."""


class Judged:
    """The last cards that were read or saved, by what their files hold. For all threads of a process."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        """Remember as many cards as fit in so many bytes."""
        self._most, self._held = most_bytes, 0
        self._known: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, data: bytes, form: str) -> Document | None:
        """The card in these bytes, if they were judged; every caller gets one of its own."""
        key = _key(data, form)
        with self._lock:
            text = self._known.get(key)
            if text is None:
                return None
            self._known.move_to_end(key)
        document: Document = json.loads(text)
        return document

    def put(self, data: bytes, form: str, document: Document) -> None:
        """Remember that these bytes hold this valid card, in the current version of its schema."""
        key, text = _key(data, form), json.dumps(document, ensure_ascii=False).encode()
        with self._lock:
            self._held += len(text) - len(self._known.pop(key, b""))
            self._known[key] = text
            while self._held > self._most:
                self._held -= len(self._known.popitem(last=False)[1])


def _key(data: bytes, form: str) -> bytes:
    return sha256(form.encode() + b"\0" + data).digest()
