"""The program git, by way of GitPython: closed after each use, with nobody's personal settings."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.storage.errors import GitMissing, StoreFailed

if TYPE_CHECKING:
    from git import Git

# As in git_repo: nobody's personal settings, no hooks, and no refusal of a backup put back under another account.
NOBODYS = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_COUNT": "3",
    "GIT_CONFIG_KEY_0": "safe.directory",
    "GIT_CONFIG_VALUE_0": "*",
    "GIT_CONFIG_KEY_1": "core.hooksPath",
    "GIT_CONFIG_VALUE_1": os.devnull,
    "GIT_CONFIG_KEY_2": "advice.graftFileDeprecated",
    "GIT_CONFIG_VALUE_2": "false",
    # What an option -c of a git above us would hand down.
    "GIT_CONFIG_PARAMETERS": "",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    # What is stored, and not what somebody put in its place.
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "LC_ALL": "C",
}


@contextmanager
def the_program(path: Path) -> Iterator["Git"]:
    """GitPython's way to the program, for one repository, with its errors translated."""
    try:
        # Here and not above: GitPython looks for the program when it is imported, and pages do without.
        with _nobodys_settings():
            import git  # noqa: PLC0415
    except ImportError as error:
        raise GitMissing("the program git is not installed") from error
    try:
        # Not by way of git.Repo, which reads the card's config by itself, and stumbles when that is garbage.
        program = git.Git(str(path))
        # Named, or a GIT_DIR in the environment (inside a hook, say) would send git elsewhere.
        program.set_persistent_git_options(git_dir=str(path))
        with program.custom_environment(**NOBODYS):
            yield program
    except git.GitCommandNotFound as error:
        raise GitMissing("the program git is not installed") from error
    except (git.GitError, OSError, ValueError) as error:
        raise StoreFailed(legible(f"git on {path.name}: {error}")) from error


@contextmanager
def _nobodys_settings() -> Iterator[None]:
    """Importing GitPython asks git for its version, and for that too git reads, and may refuse, a user's settings."""
    settings = {key: NOBODYS[key] for key in ("GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_GLOBAL")}
    before = {key: os.environ[key] for key in settings if key in os.environ}
    os.environ.update(settings)
    try:
        yield
    finally:
        for key in settings:
            os.environ.pop(key, None)
        os.environ.update(before)


def legible(said: str) -> str:
    """What git said, without the halves of characters that stand for bytes that are not UTF-8."""
    return said.encode("utf-8", "replace").decode("utf-8")
