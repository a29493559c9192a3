from pathlib import Path

import pytest

from app.storage.git_store import GitStore
from tests.storage.helpers import NAME, open_store, part


@pytest.fixture
def store(tmp_path: Path) -> GitStore:
    """A store on real disk with one card of one commit."""
    made = open_store(tmp_path)
    made.create(NAME, [part("Kaart gemaakt", kaart="een\n")])
    return made
