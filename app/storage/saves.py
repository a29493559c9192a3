"""Commits read as saves: what people choose, compare and use as a base."""

from collections.abc import Iterable, Iterator

from app.content.messages import ORGANISATION, SAVE, Message, parse_message
from app.storage.git_store import Commit, Signature
from app.storage.records import Author, Save, Step


def saves_of(commits: Iterable[Commit]) -> Iterator[Save]:
    """Commits, newest first, gathered by save; a commit of another program is a save by itself."""
    group: list[tuple[Commit, Message]] = []
    for commit in commits:
        message = parse_message(commit.message)
        if group and (message.is_last_part or message.first(SAVE) != group[0][1].first(SAVE)):
            yield _save(group)
            group = []
        group.append((commit, message))
    if group:
        yield _save(group)


def _save(group: list[tuple[Commit, Message]]) -> Save:
    newest, message = group[0]
    steps = tuple(Step(commit.revision, said) for commit, said in group)
    return Save(newest.revision, group[-1][0].parents, author_of(newest.author, message), newest.when, steps)


def author_of(signature: Signature, message: Message) -> Author:
    """Who made a commit."""
    return Author(signature.name, signature.email, message.first(ORGANISATION))
