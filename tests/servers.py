"""A real server process on a data folder, for the tests in a browser, the pictures and the bench."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Self

_PATIENCE = 60.0


class Server:
    """``python -m app serve`` on a free port of the loopback address; started again it keeps its port and its data.

    A ``with`` block ends it, however it leaves.

    A demonstration, unless told that it is real: then people sign in, and mail goes where it is set.

    Attributes:
        folder: its data.
        base: its address, without a slash at the end.
    """

    def __init__(self, folder: Path, *, is_real: bool = False, **settings: str) -> None:
        self.folder, self._settings, self._is_real = folder, settings, is_real
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        if is_real:
            self._settings["KAARTEN_URL"] = self.base
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process; it must run."""
        assert self._process, "not started"
        return self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def run(self, *arguments: str) -> None:
        """Run a command of the program on the same data, to its end."""
        subprocess.run([sys.executable, "-m", "app", *arguments], env=self._environment(), check=True)

    def start(self) -> None:
        """Start, and come back once it answers."""
        kind = [] if self._is_real else ["--demonstration"]
        command = [sys.executable, "-m", "app", "serve", *kind, "--port", str(self.port)]
        self._process = subprocess.Popen(command, env=self._environment(), stdout=subprocess.DEVNULL)
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                urllib.request.urlopen(f"{self.base}/gezond").close()  # noqa: S310 - our own server
            except OSError:
                assert self._process.poll() is None, "the server stopped at once"
                assert time.monotonic() < until, "the server does not answer"
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """Ask it to stop, as an administrator does; nothing where it does not run."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it in the middle of whatever it does, as a power cut does."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(20)
            self._process = None

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "KAARTEN_DATA": str(self.folder), **self._settings}
