"""Sends mail beside the pages: a thread of its own, so that no request waits for a server elsewhere."""

import logging
import threading
from collections.abc import Callable

from app.services.errors import without_message
from app.storage.errors import Busy, StoreError

_log = logging.getLogger("kaarten.mail")
EVERY = 20.0
"""So many seconds are between two rounds."""
_LEAVE = 2.0


class MailWorker:
    """One thread that goes its rounds until it is told to stop."""

    def __init__(self, one_round: Callable[[Callable[[], bool]], object], every: float = EVERY) -> None:
        """Not started yet.

        Args:
            one_round: what to do each time; is given whether to leave off.
            every: how many seconds are in between.
        """
        self._round, self._every = one_round, every
        self._stop = threading.Event()
        # A daemon: a server that hangs must not keep the program from ending. The queue knows how far each mail came.
        self._thread = threading.Thread(target=self._go, name="mail", daemon=True)

    def start(self) -> None:
        """Begin at once."""
        self._thread.start()

    def stop(self) -> None:
        """Leave off after the mail that it is at, or after two seconds, whichever comes first."""
        self._stop.set()
        self._thread.join(_LEAVE)

    def _go(self) -> None:
        while not self._stop.is_set():
            try:
                self._round(self._stop.is_set)
            except Busy:
                pass  # another process sends: that is as good
            except StoreError as error:
                _log.warning("mail: %s", error)
            except Exception as error:  # whatever it is, the next round begins afresh
                _log.error("mail: unforeseen: %s", without_message(error))
            self._stop.wait(self._every)
