"""What all tests share: how often Hypothesis tries, and the type of card that the project releases."""

import os

import pytest
from hypothesis import HealthCheck, settings

from app.content.card_type import CardType
from tests.cards import real_type

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("default", deadline=None, suppress_health_check=_SLOW)
settings.register_profile("deep", deadline=None, suppress_health_check=_SLOW, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


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
