"""Changing, proposing, deciding and judging against a simple model: nothing is lost, nothing is mixed up.

The model is two dictionaries: what each afspraak says, and what each person said of which words.
"""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from app.content.overleg import AGREED, DISAGREED, JUDGEMENT, OVERTAKEN, QUESTION, REFUSED, TAKEN, WITHDRAWN
from app.services import accepting, editing, proposed, proposing, reading, talking
from app.services.cataloguing import catch_up
from app.services.desk import Desk
from app.services.errors import Conflicted, NotAllowed
from app.services.judging import Verdict, judge, sheet
from app.services.proposed import OneProposed
from app.services.to_review import to_review
from tests.desks import MEHMET, SANNE, new_card, open_test_desk, peopled, share

FIELDS = ("tekst", "frequentie")
ITEMS = ("a-1", "a-2")
WORDS = st.sampled_from(("Oma belt.", "De buurvrouw haalt op.", "Elke avond.", "Om acht uur."))
VERDICTS = st.sampled_from((AGREED, QUESTION, DISAGREED))


@dataclass
class Wanted:
    """A proposed item as the model knows it: what it began with, what it wants, what became of it."""

    item: str
    before: dict[str, str]
    after: dict[str, str]
    verdict: str = ""
    replaced: bool = False


@dataclass
class Model:
    """What should be so."""

    card: dict[str, dict[str, str]] = field(default_factory=dict)
    wanted: dict[str, Wanted] = field(default_factory=dict)
    judged: dict[str, dict[str, Any]] = field(default_factory=dict)
    saves: int = 1


class ReviewMachine(RuleBasedStateMachine):
    """Sanne changes and decides; Mehmet proposes and judges. Each restart opens the folder anew."""

    said = Bundle("said")

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="kaarten-machine-")
        self.desk: Desk = peopled(open_test_desk(Path(self.folder.name), alone=True))
        catch_up(self.desk)
        card = new_card()
        card["professionals"].append({"id": "w-2", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"})
        for one in card["afspraken"]:
            one["frequentie"] = "Zo vaak als nodig"
        self.kaart = editing.create_card(self.desk, SANNE, card, "Begin")
        share(self.desk, self.kaart, "account:mehmet", "beoordelaar")
        self.model = Model({item: self._words(item) for item in ITEMS})
        self.bases = [self.desk.kaarten.head(self.kaart)]

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.cleanup()

    @rule(item=st.sampled_from(ITEMS), key=st.sampled_from(FIELDS), words=WORDS)
    def edit(self, item: str, key: str, words: str) -> None:
        held = {**self._item(item), key: words}
        saved = editing.save_item(self.desk, SANNE, self.kaart, "afspraken", held, self._head(), "Anders")
        self.model.saves += bool(saved.parts)
        self.model.card[item] = {**self.model.card[item], key: words}

    @rule(
        target=said,
        item=st.sampled_from(ITEMS),
        new=st.dictionaries(st.sampled_from(FIELDS), WORDS, min_size=1),
    )
    def propose(self, item: str, new: dict[str, str]) -> Any:
        before = dict(self.model.card[item])
        after = {**before, **new}
        held = {**self._item(item), **new}
        if after == before:
            with pytest.raises(Exception, match="Zo staat het al"):
                proposing.propose(self.desk, MEHMET, self.kaart, "afspraken", held, self._head(), "Beter")
            return multiple()
        for one in self.model.wanted.values():
            if one.item == item and not one.verdict:
                one.replaced = True
        made = proposing.propose(self.desk, MEHMET, self.kaart, "afspraken", held, self._head(), "Beter")
        self.model.wanted[made.id] = Wanted(item, before, after)
        return made.id

    @rule(one=said)
    def accept(self, one: str) -> None:
        wanted = self.model.wanted[one]
        if wanted.verdict or wanted.replaced:
            with pytest.raises((NotAllowed, Exception)):
                accepting.accept(self.desk, SANNE, self.kaart, one)
            return
        now = self.model.card[wanted.item]
        mine = {key for key in FIELDS if wanted.after[key] != wanted.before[key]}
        clash = {key for key in mine if now[key] not in (wanted.before[key], wanted.after[key])}
        if clash:
            with pytest.raises(Conflicted) as met:
                accepting.accept(self.desk, SANNE, self.kaart, one)
            assert {conflict.path[-1] for conflict in met.value.conflicts} == clash
            return
        saved = accepting.accept(self.desk, SANNE, self.kaart, one)
        after = {**now, **{key: wanted.after[key] for key in mine}}
        assert bool(saved.parts) == (after != now)
        wanted.verdict = TAKEN if after != now else OVERTAKEN
        self.model.saves += after != now
        self.model.card[wanted.item] = after

    @rule(one=said, by_proposer=st.booleans())
    def close(self, one: str, by_proposer: bool) -> None:
        wanted = self.model.wanted[one]

        def act() -> None:
            if by_proposer:
                accepting.withdraw(self.desk, MEHMET, self.kaart, [one])
            else:
                accepting.refuse(self.desk, SANNE, self.kaart, [one], "Nu niet.")

        if wanted.verdict or wanted.replaced:
            with pytest.raises(Exception, match=r"al besloten|is er niet"):
                act()
            return
        act()
        wanted.verdict = WITHDRAWN if by_proposer else REFUSED

    @rule(item=st.sampled_from(ITEMS), verdict=VERDICTS, late=st.integers(0, 3))
    def judge(self, item: str, verdict: str, late: int) -> None:
        """On what stands there now, or on what stood there a few saves ago: the page that was left open."""
        revision = self.bases[max(0, len(self.bases) - 1 - late)]
        words = self._words(item, revision)
        judge(self.desk, MEHMET, self.kaart, revision, {item: Verdict(verdict, "Want.")})
        self.model.judged[item] = {"words": words, "verdict": verdict, "answered": False}

    @rule(item=st.sampled_from(ITEMS))
    def answer(self, item: str) -> None:
        """The newest question about an item, where one is open."""
        asked = [one.said for one in talking.thread(self.desk, SANNE, self.kaart, item).questions.values() if one.open]
        if not asked:
            return
        talking.speak(self.desk, SANNE, self.kaart, item, "Zo zit dat.", asked[-1].id)
        mine = [one for one in talking.thread(self.desk, SANNE, self.kaart, item).said if one.kind == JUDGEMENT]
        if mine[-1].id == asked[-1].id:
            self.model.judged[item]["answered"] = True

    @rule()
    def restart(self) -> None:
        self.desk = open_test_desk(Path(self.folder.name), alone=True)
        catch_up(self.desk)

    @invariant()
    def the_card_says_what_was_agreed(self) -> None:
        if not hasattr(self, "model"):
            return
        head = self._head()
        if head != self.bases[-1]:
            self.bases.append(head)
        for item in ITEMS:
            assert self._words(item) == self.model.card[item]
        assert len(reading.read_history(self.desk, SANNE, self.kaart)) == self.model.saves

    @invariant()
    def no_proposal_is_lost_and_each_is_what_became_of_it(self) -> None:
        if not hasattr(self, "model"):
            return
        told: dict[str, OneProposed] = {
            one.said.id: one
            for offered in proposed.proposals(self.desk, SANNE, self.kaart).offered
            for one in offered.items
        }
        live = {identity: one for identity, one in self.model.wanted.items() if not one.replaced}
        for identity, wanted in live.items():
            if identity in told:
                assert told[identity].verdict == wanted.verdict
                content = told[identity].said.content or {}
                assert {key: content[key] for key in FIELDS} == wanted.after
            else:  # somebody went on with the same item, in the same proposal
                assert wanted.verdict
        said = {one.id for one in self.desk.kaarten.overleg(self.kaart).said}
        assert set(self.model.wanted) <= said

    @invariant()
    def no_judgement_is_on_words_it_was_not_about(self) -> None:
        if not hasattr(self, "model"):
            return
        found = sheet(self.desk, MEHMET, self.kaart)
        for item in ITEMS:
            known = self.model.judged.get(item)
            if known is None or known["answered"] or known["words"] != self.model.card[item]:
                assert item in found.waiting
            else:
                assert found.settled[item].said.verdict == known["verdict"]
        ((card, *_others), total) = to_review(self.desk, MEHMET, 5)
        assert (card.count, total) == (len(found.waiting), 1)

    def _head(self) -> str:
        return self.desk.kaarten.head(self.kaart)

    def _item(self, item: str, revision: str | None = None) -> dict[str, Any]:
        held = self.desk.kaarten.read(self.kaart, revision).document["afspraken"]
        return next(one for one in held if one["id"] == item)

    def _words(self, item: str, revision: str | None = None) -> dict[str, str]:
        held = self._item(item, revision)
        return {key: str(held[key]) for key in FIELDS}


TestReview: Any = ReviewMachine.TestCase
TestReview.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)


@pytest.mark.deep
def test_many_reviews() -> None:
    """Many long runs, before an issue is called resolved."""
    run_state_machine_as_test(ReviewMachine, settings=settings(max_examples=500, stateful_step_count=25, deadline=None))
