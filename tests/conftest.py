"""What all tests share: how often Hypothesis tries, compiled templates, and the type of card as released."""

import os

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from app.content.card_type import CardType
from tests.cards import real_type

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("default", deadline=None, suppress_health_check=_SLOW)
settings.register_profile("deep", deadline=None, suppress_health_check=_SLOW, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


class Compiled(BytecodeCache):
    """Templates are compiled once for all the applications that the tests make."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}


@pytest.fixture(scope="session")
def card_type() -> CardType:
    """The Veiligheidskaart as released."""
    return real_type()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many pages and states were found accessible, so that it can be quoted."""
    done = [one for one in terminalreporter.stats.get("passed", ()) if "test_every_page_and_state_is_acc" in one.nodeid]
    if done:
        terminalreporter.write_line(
            f"accessible by axe and our own checks: {len(done)} pages and states, light, dark, phone"
        )
