"""What the tests of the backup share: an installation with its commands, and what must be equal after a restore."""

import subprocess
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from click.testing import CliRunner, Result

from app.cli import Openers, kaarten
from app.factory import open_desk, places_of
from app.services.desk import Desk
from app.settings import Settings
from app.storage.backup import Places
from tests.storage.helpers import plain_git


@dataclass
class Installation:
    """A real one, put together by the factory, and its commands."""

    folder: Path

    @property
    def settings(self) -> Settings:
        return Settings(data=self.folder)

    @property
    def desk(self) -> Desk:
        return open_desk(self.settings)

    @property
    def places(self) -> Places:
        return places_of(self.settings)

    @property
    def var(self) -> Path:
        return self.folder / "var"

    def card(self, kaart: str) -> Path:
        return self.folder / "cards_repo" / kaart[:2] / f"{kaart}.git"

    def run(self, *words: object) -> Result:
        known = Openers(
            partial(open_desk, self.settings),
            _no_server,
            8000,
            places=partial(places_of, self.settings),
            restoring=partial(open_desk, self.settings, half_restored=True),
        )
        return CliRunner().invoke(kaarten, [str(word) for word in words], obj=known)


def _no_server(*_: object, **__: object) -> None:
    raise AssertionError


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its place."""
    return {str(one.relative_to(folder)): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


def everything_in(repository: Path) -> tuple[str, bytes]:
    """Every branch, and the bytes of every object that one of them holds."""
    refs = plain_git(repository, "for-each-ref", "--format=%(objectname) %(refname)")
    objects = sorted(line.split()[0] for line in plain_git(repository, "rev-list", "--objects", "--all").splitlines())
    command = ["git", "cat-file", "--batch"]
    given = "".join(f"{one}\n" for one in objects).encode()
    return refs, subprocess.run(command, cwd=repository, input=given, stdout=subprocess.PIPE, check=True).stdout


def assert_equal(one: Installation, other: Installation, kaarten: list[str]) -> None:
    """The same cards by heads and by bytes, and git finds nothing wrong."""
    assert list(other.desk.kaarten.ids()) == sorted(kaarten)
    for kaart in kaarten:
        assert other.desk.kaarten.heads(kaart) == one.desk.kaarten.heads(kaart)
        assert everything_in(other.card(kaart)) == everything_in(one.card(kaart))
        assert other.desk.admin.fsck(kaart) == []
