"""Whatever is shielded, opened and removed, in whatever order: what one sees is what a simple model says."""

import tempfile
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.services import editing, reading
from app.services.comparing import between, compare
from app.services.desk import Desk
from app.storage.records import Stored
from tests.desks import MEHMET, SANNE, new_card, open_test_desk, peopled, save_confirmed

ITEMS = ("a-11", "a-12", "a-13")
ACTS = st.lists(
    st.lists(
        st.tuples(st.sampled_from(ITEMS), st.sampled_from(["open", "shielded", "gone"])),
        min_size=1,
        max_size=3,
        unique_by=lambda act: act[0],
    ),
    min_size=1,
    max_size=7,
)
TEAM = [
    {"id": "w-1", "naam": SANNE.name, "organisatie": SANNE.organisation},
    {"id": "w-2", "naam": MEHMET.name, "organisatie": MEHMET.organisation},
]


@dataclass
class Model:
    """What was saved: for each revision the items with their text and whether they were shielded."""

    past: list[dict[str, tuple[str, bool]]] = field(default_factory=list)
    reasons: list[tuple[str, set[str]]] = field(default_factory=list)

    def for_ever(self) -> set[str]:
        """What is shielded now, or was when it went."""
        last: dict[str, bool] = {}
        for items in self.past:
            last |= {item: shielded for item, (_, shielded) in items.items()}
        return {item for item, shielded in last.items() if shielded}

    def seen(self, number: int) -> set[str]:
        """The texts that Mehmet may read on a revision."""
        gone = self.for_ever()
        return {text for item, (text, shielded) in self.past[number].items() if not shielded and item not in gone}

    def told(self, number: int) -> bool:
        """Whether Mehmet may read the reason of a save: it touched nothing that was shielded before or after it."""
        before = self.past[number - 1] if number else {}
        after = self.past[number]
        touched = self.reasons[number][1]
        shielded = {item for one in (before, after) for item, (_, hidden) in one.items() if hidden}
        return not touched & (shielded | self.for_ever())


def play(desk: Desk, acts: list[list[tuple[str, str]]]) -> tuple[str, Model]:
    model, number = Model(), count(1)
    kaart_id = editing.create_card(desk, SANNE, new_card(professionals=TEAM), "Begin")
    model.past.append({})
    model.reasons.append(("Begin", set()))
    for batch in acts:
        kaart = reading.read_card(desk, SANNE, kaart_id)
        items = {one["id"]: one for one in kaart.document["afspraken"]}
        state = dict(model.past[-1])
        for item, act in batch:
            if act == "gone":
                items.pop(item, None)
                state.pop(item, None)
            else:
                text = f"TEKST{next(number)}X"
                shield: dict[str, Any] = {"afgeschermdVoor": ["w-2"]} if act == "shielded" else {}
                items[item] = {**new_card()["afspraken"][1], "id": item, "tekst": text, **shield}
                state[item] = (text, act == "shielded")
        if state == model.past[-1]:
            continue
        reason = f"REDEN{next(number)}X"
        document = {**kaart.document, "afspraken": list(items.values())}
        save_confirmed(desk, SANNE, kaart_id, document, reason)
        touched = {item for item, _ in batch if state.get(item) != model.past[-1].get(item)}
        model.past.append(state)
        model.reasons.append((reason, touched))
    return kaart_id, model


def texts(model: Model) -> set[str]:
    return {text for items in model.past for text, _ in items.values()}


@settings(max_examples=settings().max_examples // 8)
@given(ACTS)
def test_what_one_sees_of_every_revision_is_what_the_model_says(acts: list[list[tuple[str, str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = peopled(open_test_desk(Path(folder)))
        kaart_id, model = play(desk, acts)
        revisions = [save.revision for save in reversed(desk.kaarten.history(kaart_id))]
        assert len(revisions) == len(model.past)
        shown: list[Stored] = []
        for number, revision in enumerate(revisions):
            shown.append(reading.read_card(desk, MEHMET, kaart_id, revision))
            held = repr(shown[-1].document)
            assert {text for text in texts(model) if text in held} == model.seen(number), (number, model)
            whole = repr(reading.read_card(desk, SANNE, kaart_id, revision).document)
            assert {text for text in texts(model) if text in whole} == {text for text, _ in model.past[number].values()}
        saves = reading.read_history(desk, MEHMET, kaart_id)
        told = {reason for reason, _ in model.reasons if reason in repr(saves)}
        assert told == {reason for number, (reason, _) in enumerate(model.reasons) if model.told(number)}
        assert not [item for item in model.for_ever() if item in repr(saves)]
        comparison = compare(desk, MEHMET, kaart_id, revisions[0], revisions[-1])
        said = repr((comparison.changes, between(desk, MEHMET, comparison)))
        assert {text for text in texts(model) if text in said} <= set().union(*map(model.seen, range(len(revisions))))
        assert {reason for reason, _ in model.reasons if reason in said} <= told


def test_what_was_removed_open_is_told_though_it_was_shielded_once_it_came_back() -> None:
    acts = [[("a-13", act)] for act in ("open", "gone", "shielded", "open")]
    with tempfile.TemporaryDirectory() as folder:
        desk = peopled(open_test_desk(Path(folder)))
        kaart_id, model = play(desk, acts)
        saves = reading.read_history(desk, MEHMET, kaart_id)
        told = {reason for reason, _ in model.reasons if reason in repr(saves)}
        assert told == {reason for number, (reason, _) in enumerate(model.reasons) if model.told(number)}
