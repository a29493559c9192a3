"""Whatever is said, shielded, opened and removed, in whatever order: each is told what the view lets hear, exactly."""

import copy
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from app.content.notices import AGAIN, SAVED, TO_JUDGE, Notice, notices
from app.content.overleg import AGREED, ANSWER, DECISION, DISAGREED, JUDGEMENT, PROPOSED, QUESTION, REFUSED, REMARK
from app.services import bell, editing, rights
from app.services.actors import Actor, actor_of
from app.services.cataloguing import catch_up, current_entry
from app.services.desk import Desk
from app.services.overleg import heard
from app.services.review_rows import utc_moment
from app.services.viewing import view
from app.storage.accounts import Account
from tests.cards import small_card
from tests.desks import MEHMET, ORGANISATIONS, SANNE, new_card, open_test_desk, peopled, save_confirmed, share
from tests.services.test_overleg import MEHMET_ROW, tell

ELS = Account("els", "Els Visser", "els@cjg.example", "cjg", demonstration=True)
ITEMS = ("a-1", "a-2", "a-3")
CONTENT = small_card()["afspraken"][0]
SAY = ("judge", "ask", "disagree", "remark", "answer", "propose", "refuse")
DO = ("shield", "swap", "open", "touch", "remove")
FROM = {"shield": "w-2", "swap": "w-1"}
"""From whom an item is shielded by what one does with it."""
ACTS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(SAY), st.sampled_from(ITEMS), st.integers(0, 2)),
        st.tuples(st.sampled_from(DO), st.sampled_from(ITEMS), st.just(0)),
    ),
    min_size=3,
    max_size=12,
)


class Game:
    """A card, and three people who work on it: Sanne keeps it, Mehmet is whom things are shielded from, Els reviews."""

    def __init__(self, folder: Path) -> None:
        self.desk: Desk = peopled(open_test_desk(folder, alone=True))
        self.desk.accounts.put(ORGANISATIONS, [ELS])
        catch_up(self.desk)
        card = new_card()
        card["professionals"].append(MEHMET_ROW)
        card["afspraken"].append({**card["afspraken"][1], "id": "a-3", "tekst": "Nog een afspraak."})
        for one in card["afspraken"]:
            one["instemming"] = [{"id": f"i-{one['id'][-1]}", "persoon": "p-1", "antwoord": "ja"}]
        self.worded: dict[str, list[tuple[Actor, str]]] = {}
        self.kaart = editing.create_card(self.desk, SANNE, card, "Begin")
        els = actor_of(ELS, self.desk.accounts.known())
        share(self.desk, self.kaart, "account:mehmet", "behandelaar")
        share(self.desk, self.kaart, "account:els", "beoordelaar")
        self.people = (SANNE, MEHMET, els)
        bell.follow(self.desk, els, self.kaart)
        self.count = 0

    def act(self, what: str, item: str, who: int) -> None:
        self.count += 1
        if what in DO:
            self._change(what, item)
        elif self._sees(self.people[who], item):  # nobody talks of what he or she does not see
            self._say(what, item, self.people[who])

    def _sees(self, actor: Actor, item: str) -> bool:
        shown = view(self.desk, actor, self.kaart).read().document.get("afspraken", ())
        return item in {one["id"] for one in shown}

    def _say(self, what: str, item: str, actor: Actor) -> None:
        seen = heard(self.desk, view(self.desk, actor, self.kaart))
        text = f"Woorden {self.count}."

        def say(kind: str, *items: str, **more: Any) -> None:
            tell(self.desk, actor, self.kaart, kind, *items, **more)

        open_questions = [one.said.id for one in seen.questions() if one.open and item in one.said.items]
        proposed = [one.said for each in seen.proposals() for one in each.open if item in one.said.items]
        if what == "answer" and open_questions:
            say(ANSWER, item, text=text, to=(open_questions[0],))
        elif what == "refuse" and proposed:
            say(DECISION, item, verdict=REFUSED, text=text, to=(proposed[0].id,))
        elif what == "propose":
            say(
                PROPOSED,
                item,
                proposal=f"v-{self.count}",
                text=text,
                content={**small_card()["afspraken"][0], "id": item},
            )
        elif what in ("ask", "disagree", "judge"):
            mine = [item for item in ITEMS if self._sees(actor, item)]
            verdict = {"ask": QUESTION, "disagree": DISAGREED, "judge": AGREED}[what]
            say(JUDGEMENT, *(mine if what == "judge" else (item,)), verdict=verdict, text=text)
        else:
            say(REMARK, item, text=text)

    def _change(self, what: str, item: str) -> None:
        """Who sees the item changes it."""
        actor = next((one for one in (SANNE, MEHMET) if self._sees(one, item)), None)
        if actor is None:
            return
        kaart = view(self.desk, actor, self.kaart).read()
        document = copy.deepcopy(kaart.document)
        for one in document.get("afspraken", ()):
            if one["id"] == item and what == "touch":
                one["getoetstOp"] = f"2026-11-{1 + self.count:02}"
            elif one["id"] == item:
                one["tekst"] = f"Afspraak {self.count}."
                one.pop("afgeschermdVoor", None)
                if what in FROM:
                    one["afgeschermdVoor"] = [FROM[what]]
        if what == "remove":
            document["afspraken"] = [one for one in document.get("afspraken", ()) if one["id"] != item]
        revision = save_confirmed(self.desk, actor, self.kaart, document, "Zo is het")
        if what in ("shield", "swap", "open"):
            self.worded.setdefault(item, []).append((actor, revision))

    def told(self, actor: Actor) -> set[tuple[str, str, bool, str, int]]:
        found = [one.notice for one in bell.bell(self.desk, actor, 500).told]
        assert len({(one.id, one.kind) for one in found}) == len(found)
        return {
            (one.id, one.kind, one.done, one.item, one.items)
            for one in found
            if one.kind not in (AGAIN, SAVED, TO_JUDGE)
        }

    def expected(self, actor: Actor) -> set[tuple[str, str, bool, str, int]]:
        """What the view lets this person hear, of others, that concerns him or her or is followed."""
        desk, rules = self.desk, self.desk.types.review.notices
        overleg = heard(desk, view(desk, actor, self.kaart))

        def concerns(one: Notice) -> bool:
            may = rules[one.kind].may
            able = bool(may) and desk.may(actor, may, self.kaart)
            return able or actor.id in one.to or bool(bell.follows(desk, actor, self.kaart))

        return {
            (one.id, one.kind, one.done, one.about[0].item, len(one.about))
            for one in notices(overleg, rules)
            if one.said.by.account != actor.id and concerns(one)
        }

    def asked_again(self, actor: Actor) -> set[str]:
        return {one.notice.item for one in bell.bell(self.desk, actor, 500).told if one.notice.kind == AGAIN}

    def to_ask(self, actor: Actor) -> set[str]:
        """The afspraken that this person sees, may change or follows, and whose words somebody else changed last.

        A save that opens something to this person is not told: what it did, it did to what was shielded.
        """
        may = self.desk.may(actor, rights.EDIT, self.kaart) or bell.follows(self.desk, actor, self.kaart)
        shown = view(self.desk, actor, self.kaart).read().document.get("afspraken", ())
        again = {one["id"] for one in shown if one["instemming"][0]["antwoord"] == "opnieuw_vragen"}
        heard = {save.revision for save in view(self.desk, actor, self.kaart).history()}
        last = {item: [by for by, revision in saves if revision in heard][-1:] for item, saves in self.worded.items()}
        return {one for one in again if may and last[one] and last[one] != [actor]}

    def saves(self, actor: Actor) -> set[str]:
        return {one.notice.moment for one in bell.bell(self.desk, actor, 500).told if one.notice.kind == SAVED}


@given(ACTS)
@settings(max_examples=15)
def test_each_is_told_exactly_what_the_view_lets_hear(acts: list[tuple[str, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        game = Game(Path(folder))
        for what, item, who in acts:
            game.act(what, item, who)
        for actor in game.people:
            told = game.told(actor)
            event(f"told {min(len(told), 5)} or more")
            assert told == game.expected(actor), actor.name
            event(f"asked again: {len(game.to_ask(actor))}")
            assert game.asked_again(actor) == game.to_ask(actor), actor.name
            assert bell.count_new(game.desk, actor) == bell.bell(game.desk, actor, 500).new
        bell.follow(game.desk, MEHMET, game.kaart)
        seen = view(game.desk, MEHMET, game.kaart).history()
        assert game.saves(MEHMET) <= {utc_moment(save.when) for save in seen}
        assert game.desk.catalogue.entry(game.kaart) == current_entry(game.desk, game.kaart)
