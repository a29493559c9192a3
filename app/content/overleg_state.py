"""What follows from all that was said about a card: who judged what last, what is open, what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from app.content.overleg import (
    ANSWER,
    ASKED,
    CONFIRMATION,
    DECISION,
    JUDGEMENT,
    PROPOSED,
    QUESTION,
    WITHDRAWN,
    About,
    Said,
    Speaker,
)


@dataclass(frozen=True)
class Judged:
    """The judgement of one person on one item.

    Attributes:
        said: the judgement.
        about: the item as it was then.
    """

    said: Said
    about: About


@dataclass(frozen=True)
class Asked:
    """A question, or a request for a second person, and what was said to it.

    Attributes:
        said: what was asked.
        replies: the answers or the confirmation, oldest first.
        open: whether it still stands.
    """

    said: Said
    replies: tuple[Said, ...]
    open: bool


@dataclass(frozen=True)
class ProposedItem:
    """One item of a proposal: the newest wording of it, and what became of it.

    Attributes:
        said: the newest wording.
        decision: what became of it; None while it is open.
    """

    said: Said
    decision: Said | None = None


@dataclass(frozen=True)
class Proposal:
    """What one person proposed together.

    Attributes:
        id: its number.
        by: who.
        items: its items, in the order in which they were first proposed.
    """

    id: str
    by: Speaker
    items: tuple[ProposedItem, ...]

    @property
    def open(self) -> tuple[ProposedItem, ...]:
        """The items of which nothing became yet."""
        return tuple(one for one in self.items if one.decision is None)


class Overleg:
    """All that was said about a card, or as much of it as one person may see; oldest first.

    Attributes:
        said: all of it.
    """

    def __init__(self, said: Iterable[Said]) -> None:
        """Put it in order: of two said at the same moment, the order is the same on every machine."""
        self.said: tuple[Said, ...] = tuple(sorted(said, key=lambda one: (one.moment, one.id)))
        self._by_id = {one.id: one for one in self.said}

    def get(self, identity: str) -> Said | None:
        """One thing said, by its id; None where there is none."""
        return self._by_id.get(identity)

    def judgements(self) -> dict[tuple[str, str], Judged]:
        """The newest judgement of each person on each item, by account and id of the item."""
        return {
            (one.by.account, about.item): Judged(one, about)
            for one in self.said
            if one.kind == JUDGEMENT
            for about in one.about
        }

    def thread(self, item: str) -> list[Said]:
        """All that was said about an item, oldest first."""
        return list(self._by_item.get(item, ()))

    @cached_property
    def _by_item(self) -> dict[str, list[Said]]:
        found: dict[str, list[Said]] = {}
        for one in self.said:
            for item in one.items:
                found.setdefault(item, []).append(one)
        return found

    def questions(self) -> list[Asked]:
        """Every question, oldest first.

        One is open until somebody else answers it, or who asked judges all of what it was about in another way: an
        answer by oneself is a remark.
        """
        answers = self._replies(ANSWER)
        newest = self.judgements()
        found = []
        for one in self.said:
            if one.kind == JUDGEMENT and one.verdict == QUESTION:
                replies = answers.get(one.id, [])
                answered = any(reply.by.account != one.by.account for reply in replies)
                settled = all(newest[one.by.account, about.item].said.id != one.id for about in one.about)
                found.append(Asked(one, tuple(replies), not answered and not settled))
        return found

    def proposals(self) -> list[Proposal]:
        """Every proposal, oldest first."""
        decisions = {target: one for one in self.said if one.kind == DECISION for target in one.to}
        found: dict[str, dict[str, ProposedItem]] = {}
        by: dict[str, Speaker] = {}
        for one in self.said:
            if one.kind != PROPOSED or by.setdefault(one.proposal, one.by).account != one.by.account:
                continue  # nobody adds to what somebody else proposed
            item = one.about[0].item
            items = found.setdefault(one.proposal, {})
            items[item] = ProposedItem(one, decisions.get(one.id))
        return [Proposal(identity, by[identity], tuple(items.values())) for identity, items in found.items()]

    def requests(self) -> list[Asked]:
        """Every request for a second person, oldest first.

        Who asked can take it back, and cannot confirm it: such a confirmation counts for nothing.
        """
        confirmations = self._replies(CONFIRMATION)
        return [
            Asked(one, replies, open=not replies)
            for one in self.said
            if one.kind == ASKED
            for replies in [tuple(reply for reply in confirmations.get(one.id, ()) if _counts(reply, one))]
        ]

    def _replies(self, kind: str) -> dict[str, list[Said]]:
        found: dict[str, list[Said]] = {}
        for one in self.said:
            if one.kind == kind:
                for target in one.to:
                    found.setdefault(target, []).append(one)
        return found


def _counts(reply: Said, request: Said) -> bool:
    return (reply.by.account == request.by.account) == (reply.verdict == WITHDRAWN)
