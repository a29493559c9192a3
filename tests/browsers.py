"""The real Chromium of the system, for the tests and for the pictures."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

_CHROMIUM = Path("/usr/bin/chromium")
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
    assert _CHROMIUM.exists(), f"{_CHROMIUM} is needed: run `sh tools/needs.sh`, or install chromium."
    sandbox = [] if os.geteuid() else ["--no-sandbox"]  # Chromium refuses its sandbox to root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS + sandbox)
        yield browser
        browser.close()
