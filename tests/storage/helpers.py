"""What the storage and crash tests share: a store in a directory, parts with Dutch text, and a plain git."""

import os
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

from app.storage.git_store import GitStore, Part, Signature

NAME = "0f3c1f8e-6c1b-4e0a-9d57-1d0f3a4b5c6d"
WHEN = datetime(2025, 3, 4, 10, 30, tzinfo=timezone(timedelta(hours=1)))
FATIMA = Signature("Fatima el Idrissi", "fatima@voorbeeld.nl")
INSTALLATION = Signature("Veiligheidskaart", "installatie@voorbeeld.nl")
_NOBODYS_SETTINGS = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "LC_ALL": "C",
    "GIT_AUTHOR_NAME": "Beheerder",
    "GIT_AUTHOR_EMAIL": "beheer@voorbeeld.nl",
    "GIT_COMMITTER_NAME": "Beheerder",
    "GIT_COMMITTER_EMAIL": "beheer@voorbeeld.nl",
}


def open_store(directory: Path) -> GitStore:
    return GitStore(directory / "cards", directory / "locks", INSTALLATION)


def part(message: str, *, kaart: str | None = "", when: datetime = WHEN) -> Part:
    """A commit that sets kaart.json."""
    content = None if kaart is None else kaart.encode()
    return Part({"kaart.json": content}, message, FATIMA, when)


def plain_git(directory: Path, *arguments: str, check: bool = True, given: str = "") -> str:
    """What an ordinary git says to what it is given, with nobody's settings; errors included when they are allowed."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments],
        cwd=directory,
        env=clean | _NOBODYS_SETTINGS,
        check=check,
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if check else subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    return done.stdout


def put_tree(store: GitStore, listing: str, name: str = NAME) -> str:
    """Put a commit of a tree on the branch as an ordinary git would; the tree as `git mktree` reads it."""
    path = store.path(name)
    tree = plain_git(path, "mktree", "--missing", given=listing).strip()
    new = plain_git(path, "commit-tree", "-p", "main", "-m", "Met de hand", tree).strip()
    plain_git(path, "update-ref", "refs/heads/main", new)
    return new


def push_from_elsewhere(store: GitStore, aside: Path, text: str, name: str = NAME) -> str:
    """Clone a card with an ordinary git, change it there and push; returns the new revision."""
    if not aside.exists():
        plain_git(store.path(name).parent, "clone", "-q", str(store.path(name)), str(aside))
    plain_git(aside, "pull", "-q", "--ff-only")
    (aside / "kaart.json").write_text(text)
    plain_git(aside, "commit", "-qam", f"Met de hand: {text[:20]}")
    plain_git(aside, "push", "-q", "origin", "main")
    return plain_git(aside, "rev-parse", "HEAD").strip()
