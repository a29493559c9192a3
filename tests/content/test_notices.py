"""Who is told of what was said: by the rules of the released type, and never of what is not heard."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.content.card_type import CardType
from app.content.notices import Notice, Rule, notices, read_rules
from app.content.overleg import (
    AGREED,
    ANSWER,
    ASKED,
    CONFIRMATION,
    CONFIRMED,
    DECISION,
    DISAGREED,
    JUDGEMENT,
    NOT_CONFIRMED,
    PROPOSED,
    QUESTION,
    REFUSED,
    REMARK,
    TAKEN,
    WITHDRAWN,
    About,
    Said,
    Speaker,
)
from app.content.overleg_state import Overleg
from app.content.shape import SchemaError

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Talk:
    """What people say, one after the other; each is called by its place: e-1, e-2."""

    def __init__(self) -> None:
        self.said: list[Said] = []

    def say(self, who: str, kind: str, *items: str, **what: Any) -> "Talk":
        number = len(self.said) + 1
        about = tuple(About("afspraken", item, "1" * 32, "1" * 32) for item in items)
        moment = NOON + timedelta(minutes=number)
        self.said.append(Said(f"e-{number}", kind, moment, Speaker(who, who.title()), about=about, **what))
        return self

    def told(self, card_type: CardType, *, without: str = "") -> dict[str, Notice]:
        overleg = Overleg(one for one in self.said if one.id != without)
        return {one.id: one for one in notices(overleg, card_type.review.notices)}


def whom(told: dict[str, Notice]) -> list[tuple[str, str, set[str], bool]]:
    return [(one.id, one.kind, set(one.to), one.done) for one in told.values()]


CASES: dict[str, tuple[Talk, list[tuple[str, str, set[str], bool]]]] = {
    "a question asks until somebody else answers it, and the answer goes to who asked": (
        Talk().say("els", JUDGEMENT, "a-1", verdict=QUESTION, text="Wie?").say("sanne", ANSWER, "a-1", to=("e-1",)),
        [("e-1", "vraag", set(), True), ("e-2", "antwoord", {"els"}, False)],
    ),
    "a question that nobody answered stands open": (
        Talk().say("els", JUDGEMENT, "a-1", verdict=QUESTION, text="Wie?"),
        [("e-1", "vraag", set(), False)],
    ),
    "a remark goes to all who talked about the same item before": (
        Talk()
        .say("els", JUDGEMENT, "a-1", verdict=DISAGREED, text="Nee.")
        .say("bram", REMARK, "a-1", text="Waarom?")
        .say("chantal", REMARK, "a-2", text="Elders.")
        .say("sanne", REMARK, "a-1", text="Daarom."),
        [
            ("e-1", "niet_akkoord", set(), False),
            ("e-2", "bericht", {"els"}, False),
            ("e-3", "bericht", set(), False),
            ("e-4", "bericht", {"els", "bram"}, False),
        ],
    ),
    "who agreed without a word took no part in the talk": (
        Talk().say("els", JUDGEMENT, "a-1", verdict=AGREED).say("sanne", REMARK, "a-1", text="Mooi."),
        [("e-1", "akkoord", set(), False), ("e-2", "bericht", set(), False)],
    ),
    "who does not agree and then does, asks nothing any more": (
        Talk()
        .say("els", JUDGEMENT, "a-1", "a-2", verdict=DISAGREED, text="Nee.")
        .say("els", JUDGEMENT, "a-1", verdict=AGREED)
        .say("els", JUDGEMENT, "a-2", verdict=AGREED),
        [
            ("e-1", "niet_akkoord", set(), True),
            ("e-2", "akkoord", set(), False),
            ("e-3", "akkoord", set(), False),
        ],
    ),
    "a proposal is told once, and asks until all of it is decided": (
        Talk()
        .say("bram", PROPOSED, "a-1", proposal="v-1", text="Beter.")
        .say("bram", PROPOSED, "a-2", proposal="v-1", text="Beter.")
        .say("sanne", DECISION, "a-1", verdict=TAKEN, to=("e-1",)),
        [("v-1", "voorstel", set(), False), ("e-3", "overgenomen", {"bram"}, False)],
    ),
    "a proposal that is decided asks nothing any more": (
        Talk()
        .say("bram", PROPOSED, "a-1", proposal="v-1", text="Beter.")
        .say("sanne", DECISION, "a-1", verdict=REFUSED, text="Nee.", to=("e-1",)),
        [("v-1", "voorstel", set(), True), ("e-2", "afgewezen", {"bram"}, False)],
    ),
    "who is asked to confirm, and who asked": (
        Talk()
        .say("sanne", ASKED, step="afsluiten", text="Klaar.")
        .say("els", CONFIRMATION, verdict=CONFIRMED, to=("e-1",)),
        [("e-1", "verzoek", set(), True), ("e-2", "bevestigd", {"sanne"}, False)],
    ),
    "a confirmation by who asked counts for nothing, and is told to nobody": (
        Talk()
        .say("sanne", ASKED, step="afsluiten", text="Klaar.")
        .say("sanne", CONFIRMATION, verdict=CONFIRMED, to=("e-1",)),
        [("e-1", "verzoek", set(), False)],
    ),
    "a request that was taken back asks nothing any more": (
        Talk()
        .say("sanne", ASKED, step="afsluiten", text="Klaar.")
        .say("sanne", CONFIRMATION, verdict=WITHDRAWN, to=("e-1",)),
        [("e-1", "verzoek", set(), True)],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_who_is_told(case: str, card_type: CardType) -> None:
    talk, expected = CASES[case]
    assert whom(talk.told(card_type)) == expected


def test_what_answers_something_that_is_not_heard_is_not_told(card_type: CardType) -> None:
    talk = Talk().say("sanne", ASKED, "a-1", step="afscherming-opheffen", text="Kan.")
    talk.say("els", CONFIRMATION, verdict=NOT_CONFIRMED, text="Nee.", to=("e-1",))
    assert set(talk.told(card_type)) == {"e-1", "e-2"}
    assert not talk.told(card_type, without="e-1")


def test_a_confirmation_says_what_it_confirms(card_type: CardType) -> None:
    talk = Talk().say("sanne", ASKED, "a-1", step="afscherming-opheffen", text="Kan.")
    told = talk.say("els", CONFIRMATION, verdict=CONFIRMED, to=("e-1",)).told(card_type)["e-2"]
    assert (told.step, [one.item for one in told.about]) == ("afscherming-opheffen", ["a-1"])


def test_a_proposal_is_about_all_its_items_and_nobody_adds_to_that_of_another(card_type: CardType) -> None:
    talk = Talk().say("bram", PROPOSED, "a-1", proposal="v-1", text="Beter.")
    talk.say("bram", PROPOSED, "a-2", proposal="v-1", text="Ook.").say(
        "els", PROPOSED, "a-3", proposal="v-1", text="Ik."
    )
    told = talk.told(card_type)["v-1"]
    assert (told.said.by.account, [one.item for one in told.about]) == ("bram", ["a-1", "a-2"])


def test_each_kind_of_notice_has_its_rule_and_a_title(card_type: CardType) -> None:
    rules = card_type.review.notices
    assert all(rule.title for rule in rules.values())
    rights = {name for role in card_type.roles.card.values() for name in role.may}
    assert {rule.may for rule in rules.values() if rule.may} <= rights
    said = [(rule.said, rule.verdict) for rule in rules.values() if rule.said]
    assert len(said) == len(set(said))


@pytest.mark.parametrize("wrong", [{"said": "oordeel"}, {"title": "Vraag", "to": ["everybody"]}])
def test_a_rule_that_cannot_be_read_stops_the_program(wrong: dict[str, Any]) -> None:
    assert read_rules({"vraag": {"title": "Vraag", "to": ["asked"]}})["vraag"] == replace(
        Rule("vraag", "Vraag"), asked=True
    )
    with pytest.raises(SchemaError):
        read_rules({"vraag": wrong})
