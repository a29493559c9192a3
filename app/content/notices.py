"""What was said about a card that people are told of, and whom it concerns: by the rules in overleg.json."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.content.overleg import (
    AGREED,
    ANSWER,
    ASKED,
    CONFIRMATION,
    DISAGREED,
    JUDGEMENT,
    PROPOSED,
    QUESTION,
    REMARK,
    About,
    Said,
)
from app.content.overleg_state import Overleg
from app.content.shape import SchemaError

TO_JUDGE, SAVED, AGAIN = "te_beoordelen", "gewijzigd", "opnieuw_vragen"
"""Kinds of notice that follow from no thing said: changes wait for a judgement, a card was saved, and somebody is to be
asked again what he or she thinks of other words."""
OFFERED = "overdracht_aangeboden"
"""A card was offered; what became of it is told as `HANDOVER` and the outcome."""
HANDOVER = "overdracht_"
_THREAD, _ASKED = "thread", "asked"
_ASKING = ((ASKED, ""), (JUDGEMENT, DISAGREED), (JUDGEMENT, QUESTION), (PROPOSED, ""))
"""What asks something of somebody until it is done, the most urgent first: what is said, and its verdict."""


@dataclass(frozen=True)
class Rule:
    """A kind of notice.

    Attributes:
        name: its key in the file.
        title: what it is called.
        said: the kind of thing said that it tells of; empty where it follows from none.
        verdict: the verdict that this must have; empty for any.
        may: whoever may do this on the card is told: an action of `services.rights`; empty for nobody.
        thread: whether those are told who took part in the talk about the same item before.
        asked: whether whoever is answered is told.
    """

    name: str
    title: str
    said: str = ""
    verdict: str = ""
    may: str = ""
    thread: bool = False
    asked: bool = False


@dataclass(frozen=True)
class Notice:
    """Something said that people are told of.

    Attributes:
        id: of what was said; of a proposal its number, however many items it has.
        kind: the name of its rule.
        said: what was said; of a proposal the first of it.
        about: the items it is about; of a confirmation those of what was asked.
        step: for what a second person is asked, or what was confirmed.
        to: the accounts whom it concerns beside those who may do what the rule says.
        done: whether nothing is asked any more: the question is answered, the proposal is decided.
    """

    id: str
    kind: str
    said: Said
    about: tuple[About, ...]
    step: str
    to: frozenset[str]
    done: bool


def read_rules(data: Mapping[str, Any]) -> dict[str, Rule]:
    """The rules, by name, as overleg.json has them.

    Raises:
        SchemaError: a rule lacks its title, or names whom nobody knows.
    """
    found = {}
    for name, told in data.items():
        to = set(told.get("to", ()))
        if "title" not in told or to - {_THREAD, _ASKED}:
            raise SchemaError(f"overleg.json: notices/{name}: a title is missing, or 'to' names nobody")
        said, verdict = told.get("said", ""), told.get("verdict", "")
        found[name] = Rule(name, told["title"], said, verdict, told.get("may", ""), _THREAD in to, _ASKED in to)
    return found


def asking(rules: Mapping[str, Rule]) -> list[str]:
    """The kinds of notice that ask something of somebody until it is done, the most urgent first."""
    return [rule.name for said in _ASKING for rule in rules.values() if (rule.said, rule.verdict) == said]


def notices(overleg: Overleg, rules: Mapping[str, Rule]) -> list[Notice]:
    """What people are told of what was said, oldest first; who said it is told too, and is for the caller to leave out.

    Args:
        overleg: what was said, as far as whoever is told may hear it.
        rules: the kinds of notice.
    """
    done, talkers = set(_settled(overleg)), dict[str, set[str]]()
    found: dict[str, Notice] = {}
    for one, answered in _told(overleg):
        rule = next(
            (each for each in rules.values() if each.said == one.kind and each.verdict in ("", one.verdict)), None
        )
        identity = one.proposal or one.id
        if rule is not None and identity not in found:
            to = {each.by.account for each in answered} if rule.asked else set()
            if rule.thread:
                to.update(*(talkers.get(item, ()) for item in one.items))
            step = one.step or next((each.step for each in answered), "")
            found[identity] = Notice(
                identity, rule.name, one, _about(overleg, one, answered), step, frozenset(to), identity in done
            )
        if one.kind in (ANSWER, REMARK) or (one.kind == JUDGEMENT and (one.verdict != AGREED or one.text)):
            for item in one.items:
                talkers.setdefault(item, set()).add(one.by.account)
    return list(found.values())


def _told(overleg: Overleg) -> Iterator[tuple[Said, list[Said]]]:
    """What may be told, with what it answers: no answer to what is not heard, no confirmation that does not count."""
    counting = {reply.id for asked in overleg.requests() for reply in asked.replies}
    for one in overleg.said:
        answered = [asked for target in one.to if (asked := overleg.get(target)) is not None]
        if (answered or not one.to) and (one.kind != CONFIRMATION or one.id in counting):
            yield one, answered


def _about(overleg: Overleg, said: Said, answered: list[Said]) -> tuple[About, ...]:
    if said.kind == PROPOSED:
        found = (one for one in overleg.said if one.proposal == said.proposal and one.by.account == said.by.account)
        return tuple({each.item: each for one in found for each in one.about}.values())
    return said.about or tuple(each for one in answered for each in one.about)


def _settled(overleg: Overleg) -> Iterator[str]:
    """What asks nothing of anybody any more."""
    newest = overleg.judgements()
    for asked in (*overleg.questions(), *overleg.requests()):
        if not asked.open:
            yield asked.said.id
    for one in overleg.said:
        if one.verdict == DISAGREED and all(newest[one.by.account, each.item].said.id != one.id for each in one.about):
            yield one.id
    for proposal in overleg.proposals():
        if not proposal.open:
            yield proposal.id
