"""Remembers which bytes were judged to be a valid card, so that no file is judged twice while it is in use."""

import json
from collections import OrderedDict
from hashlib import sha256
from threading import Lock

from app.content import Document

_MOST = 256
_LARGEST = 256 * 1024  # so that all of them together stay small


class Judged:
    """The last cards that were read or saved, by what their files hold. For all threads of a process."""

    def __init__(self, most: int = _MOST) -> None:
        """Remember so many cards."""
        self._most = most
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
        if len(data) > _LARGEST:
            return
        key, text = _key(data, form), json.dumps(document, ensure_ascii=False).encode()
        with self._lock:
            self._known[key] = text
            self._known.move_to_end(key)
            if len(self._known) > self._most:
                self._known.popitem(last=False)


def _key(data: bytes, form: str) -> bytes:
    return sha256(form.encode() + b"\0" + data).digest()
