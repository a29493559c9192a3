"""What reviewers and others say in a demonstration family, beside the steps of its card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.content.changes import by_id
from app.content.overleg import AGREED, DISAGREED, QUESTION
from app.services import judging, proposing, reading, talking
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.judging import Verdict


@dataclass(frozen=True)
class Talk:
    """One thing that somebody says.

    Attributes:
        at: the local time of it.
        by: the `Person.id` of who says it.
        verdicts: what a reviewer finds of items, by id; empty for who says something else.
        rest: whether the reviewer agrees with all else that waits.
        item: of which item something is said.
        text: what is said.
        answers: whether that answers the question that stands open on the item.
        section: where something is proposed, the section of the item.
        proposed: the fields of the item that are proposed otherwise; then the text says why.
    """

    at: datetime
    by: str
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    rest: bool = False
    item: str = ""
    text: str = ""
    answers: bool = False
    section: str = ""
    proposed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def judges(self) -> bool:
        """Whether this is a judgement."""
        return self.rest or bool(self.verdicts)


def read_talk(data: Sequence[Mapping[str, Any]], shift: timedelta) -> tuple[Talk, ...]:
    """What is said in the file of a family; every moment moved."""
    return tuple(_talk(one, shift) for one in data)


def play_talk(desk: Desk, actor: Actor, kaart_id: str, talk: Talk) -> None:
    """Say it, as this person would."""
    if talk.judges:
        sheet = judging.sheet(desk, actor, kaart_id)
        rest = dict.fromkeys(sheet.waiting, Verdict(AGREED)) if talk.rest else {}
        judging.judge(desk, actor, kaart_id, sheet.kaart.revision, rest | dict(talk.verdicts))
        return
    if talk.proposed:
        kaart = reading.read_card(desk, actor, kaart_id)
        held = by_id(kaart.document[talk.section])[talk.item]
        wanted = {**held, **talk.proposed}
        proposing.propose(desk, actor, kaart_id, talk.section, wanted, kaart.revision, talk.text)
        return
    asked = talking.thread(desk, actor, kaart_id, talk.item).questions.values() if talk.answers else ()
    question = next((one.said.id for one in asked if one.open), "")
    talking.speak(desk, actor, kaart_id, talk.item, talk.text, question)


def _talk(data: Mapping[str, Any], shift: timedelta) -> Talk:
    verdicts = {item: Verdict(QUESTION, words) for item, words in data.get("question", {}).items()}
    verdicts |= {item: Verdict(DISAGREED, words) for item, words in data.get("disagree", {}).items()}
    return Talk(
        datetime.fromisoformat(data["at"]) + shift,
        data["by"],
        verdicts,
        data.get("agreeWithRest", False),
        data.get("item", ""),
        data.get("say", ""),
        data.get("answers", False),
        data.get("section", ""),
        data.get("propose", {}),
    )
