"""The history of one repository, newest first."""

import heapq
from collections import Counter
from collections.abc import Iterator

import pygit2

from app.storage.git_repo import Commit, OpenRepository, Revision, as_commit


def history(repository: OpenRepository, start: Revision | None) -> Iterator[Commit]:
    """The commits that lead to a revision, each before its parents; only those that are taken are read.

    libgit2's own walker is not used: sorted, it reads the whole history for the last twenty, and it would
    meet a damaged object unchecked.

    Args:
        repository: where.
        start: the newest revision to tell of; the tip unless told.

    Returns:
        The commits, newest first; commits of the same second stand in the order in which they were made.

    Raises:
        RevisionNotFound: `start` is not here.
        StoreDamaged: a commit cannot be read.
    """
    return map(as_commit, _walk(repository, repository.commit(start)))


def leads_to(repository: OpenRepository, old: Revision, new: Revision) -> bool:
    """Whether a revision is another, or one of those that led to it; raises as `history`."""
    return any(commit.revision == old for commit in history(repository, new))


def _walk(repository: OpenRepository, commit: pygit2.Commit) -> Iterator[pygit2.Commit]:
    while len(commit.parent_ids) == 1:
        yield commit
        commit = repository.object(commit.parent_ids[0], pygit2.Commit)
    if commit.parent_ids:
        yield from _walk_merged(repository, commit)
    else:
        yield commit


def _walk_merged(repository: OpenRepository, start: pygit2.Commit) -> Iterator[pygit2.Commit]:
    # A history with side branches: only when all children of a commit are told may it be told itself.
    known = {start.id: start}
    waiting = [start]
    children: Counter[pygit2.Oid] = Counter()
    while waiting:
        for parent in waiting.pop().parent_ids:
            children[parent] += 1
            if parent not in known:
                known[parent] = repository.object(parent, pygit2.Commit)
                waiting.append(known[parent])
    # Of those of one second the one whose child was told last: the commits of a save stay together.
    ready = [(-start.commit_time, 0, start)]
    number = 0
    while ready:
        commit = heapq.heappop(ready)[2]
        yield commit
        for parent in commit.parent_ids:
            children[parent] -= 1
            if not children[parent]:
                number -= 1
                heapq.heappush(ready, (-known[parent].commit_time, number, known[parent]))
