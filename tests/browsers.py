"""The real Chromium of the system, for the tests and for the pictures."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

_CHROMIUM = [Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium")]
"""The same engine; without all that a window needs, a page is there in a third of the time."""
_FLAGS = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--lang=nl",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium, for as long as the block runs."""
    found = next((one for one in _CHROMIUM if one.exists()), None)
    assert found, f"{_CHROMIUM[0].name} is needed: run `sh tools/needs.sh`."
    sandbox = [] if os.geteuid() else ["--no-sandbox"]  # Chromium refuses its sandbox to root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_FLAGS + sandbox)
        yield browser
        browser.close()
