"""Random journeys of a card between two installations: nothing is lost, nothing leaks, one side holds it."""

from typing import Any

import pygit2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.content.workflow import state_of
from app.services import editing, joining, parcels, receipts, taking_in
from app.services.joining import Chosen
from tests.two import Side, brought, offered, packed, ready_card, receipt, sides

TEXTS = st.sampled_from(["Vader belt oma.", "Oma haalt Noor.", "Moeder gaat wandelen.", "Wij eten samen."])
EDIT = st.tuples(st.sampled_from(["change", "add", "remove", "strength"]), st.integers(0, 9), TEXTS)
LEG = st.fixed_dictionaries(
    {
        "before": st.lists(EDIT, max_size=3),
        "meanwhile": st.lists(EDIT, max_size=2),
        "secret": st.booleans(),
        "late": st.booleans(),
        "ours": st.booleans(),
    }
)


class Journey:
    """Two installations and a card, and what was saved on the way."""

    def __init__(self, both: tuple[Side, Side], *, hides: bool) -> None:
        self.sides, self.hides = list(both), hides
        first, second = self.sides
        people = [
            {"id": "w-1", "naam": "x", "organisatie": "x"},
            {"id": "w-2", "naam": "Cor Cas", "organisatie": second.name},
        ]
        self.kaart = ready_card(
            first, professionals=[*people, {"id": "w-3", "naam": "Dee Das", "organisatie": first.name}]
        )
        self.saved: list[list[str]] = [[], []]
        self.secrets: list[list[str]] = [[], []]
        self.number, self.late = 0, False
        self.sent = [0, 0]

    def edit(self, at: int, edit: tuple[str, int, str]) -> None:
        kind, which, text = edit
        side = self.sides[at]
        document = side.desk.kaarten.read(self.kaart).document
        self.number += 1
        words = f"{text} ({self.number})"
        if kind == "strength":
            self._save(side, "krachten", {"id": f"k-{self.number}", "tekst": words})
            return
        rows = [one for one in document["afspraken"] if not one.get("afgeschermdVoor")]
        row = rows[which % len(rows)]
        if kind == "remove" and len(rows) > 1:
            base = side.desk.kaarten.head(self.kaart)
            editing.remove_item(side.desk, side.actor, self.kaart, "afspraken", row["id"], base, "Weg.")
            return
        changed = {**row, "tekst": words} if kind == "change" else {**row, "id": f"a-n{self.number}", "tekst": words}
        self._save(side, "afspraken", {key: value for key, value in changed.items() if key != "instemming"})
        self.saved[at].append(words)

    def hide(self, at: int) -> None:
        """Put an afspraak on the card that is kept from who works at the other installation."""
        self.number += 1
        words = f"Zilverberk{self.number}"
        shield = {"afgeschermdVoor": ["w-2" if at == 0 else "w-3"], "redenAfscherming": f"Wegens {words}"}
        row = {
            "id": f"a-h{self.number}", "tekst": f"Slaapt op de {words}.", "wie": ["p-2"], "start": "2026-03-12",
            "frequentie": "Elke nacht", "toezichtDoor": ["w-1"], "status": "actief", **shield,
        }  # fmt: skip
        self._save(self.sides[at], "afspraken", row, f"Over de {words}.")
        self.secrets[at].append(words)

    def leg(self, at: int, leg: dict[str, Any]) -> None:
        """One handover, from a side to the other: with edits before, and while the package is on its way."""
        giver, receiver = self.sides[at], self.sides[1 - at]
        for edit in leg["before"]:
            self.edit(at, edit)
        if self.hides and leg["secret"]:
            self.hide(at)
        offered(giver, receiver, self.kaart)
        data = packed(giver, self.kaart)
        self.sent[at], self.late = len(self.saved[at]), bool(leg["late"] and leg["meanwhile"])
        if leg["late"]:
            for edit in leg["meanwhile"]:
                self.edit(at, edit)
        parcel = brought(receiver, data)
        taking_in.accept(receiver.desk, receiver.actor, parcel, self._chosen(receiver, parcel, leg["ours"]))
        self.check_holders()
        offer = receiver.desk.kaarten.access(self.kaart).handovers.arrivals[-1].id
        parcel = brought(giver, receipt(receiver, self.kaart, offer))
        receipts.read_in(giver.desk, giver.actor, parcel, self._chosen(giver, parcel, leg["ours"]))
        self.check_holders(settled=True)

    def check_holders(self, *, settled: bool = False) -> None:
        holding = [one for one in self.sides if _held(one, self.kaart)]
        assert len(holding) == 1 if settled else len(holding) in (1, 2)

    def check(self) -> None:
        """What holds after each handover that was read in."""
        held = [_held(one, self.kaart) for one in self.sides].index(True)
        words = [_words(one, self.kaart) for one in self.sides]
        for at, side in enumerate(self.sides):
            document = side.desk.kaarten.read(self.kaart).document
            assert side.desk.admin.fsck(self.kaart) == []
            assert state_of(document) == ("actief" if at == held else "overgedragen")
            for secret in self.secrets[at]:
                assert secret in str(document)
                assert secret not in words[1 - at]
            assert all(text in words[at] for text in self.saved[at])
        known = self.saved[1 - held][: self.sent[1 - held]]
        assert all(text in words[held] for text in known)
        if not self.hides:
            self._check_histories(held)

    def _check_histories(self, held: int) -> None:
        """Who gave the card has all that was sent, and the end of the turn; what it saved late it has besides."""
        mine, theirs = (self.sides[at].desk.kaarten.commits(self.kaart) for at in (held, 1 - held))
        ended = next(one for one in mine if one in theirs)
        assert set(mine) & set(theirs) == set(self.sides[held].desk.kaarten.commits(self.kaart, ended))
        if not self.late:
            assert next(iter(theirs)) == ended
            assert len(mine) - len(theirs) == len([one for one in mine if one not in theirs])

    def _chosen(self, side: Side, parcel: str, ours: bool) -> Chosen:
        meeting = taking_in.look(side.desk, parcels.opened(side.desk, side.actor, parcel))
        paths = frozenset(one.path for one in joining.open_conflicts(side.desk, side.actor, meeting))
        return Chosen(ours=paths) if ours else Chosen(theirs=paths)

    def _save(self, side: Side, section: str, item: dict[str, Any], reason: str = "Zo is het.") -> None:
        editing.save_item(side.desk, side.actor, self.kaart, section, item, side.desk.kaarten.head(self.kaart), reason)


def _held(side: Side, kaart: str) -> bool:
    if not side.desk.kaarten.exists(kaart):
        return False
    grants, now = side.desk.kaarten.access(kaart).grants, side.desk.clock()
    holding = [one for one in grants if one.role == side.desk.types.roles.holder and one.is_in_force(now)]
    assert len(holding) <= 1
    return bool(holding)


def _words(side: Side, kaart: str) -> str:
    """All that any commit of a card says and any file of it holds, on `main` and in the overleg."""
    folder = side.folder / "cards_repo" / kaart[:2] / f"{kaart}.git"
    repository = pygit2.Repository(str(folder))
    found = []
    for oid in repository.odb:
        _kind, data = repository.odb.read(oid)
        found.append(data.decode("utf-8", "replace"))
    return "\n".join(found)


def travelled(both: tuple[Side, Side], legs: list[dict[str, Any]], *, hides: bool) -> None:
    journey = Journey(both, hides=hides)
    for number, leg in enumerate(legs):
        journey.leg(number % 2, leg)
        journey.check()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Side, Side]:
    return sides(tmp_path_factory.mktemp("reis"))


LEGS = st.lists(LEG, min_size=1, max_size=3)
FEW = 100 if settings.get_current_profile_name() == "deep" else 3


@settings(max_examples=FEW)
@given(legs=LEGS)
def test_whatever_happens_on_the_way_nothing_is_lost_where_nothing_stays_behind(
    both: tuple[Side, Side], legs: list[dict[str, Any]]
) -> None:
    travelled(both, legs, hides=False)


@settings(max_examples=FEW)
@given(legs=LEGS)
def test_what_stays_behind_is_never_there_and_never_lost_here(
    both: tuple[Side, Side], legs: list[dict[str, Any]]
) -> None:
    travelled(both, legs, hides=True)
