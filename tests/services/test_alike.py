"""Who is alike on a card hears the same, and is asked for once; whoever is not is told by a view of his or her own."""

from pathlib import Path
from typing import Any

import pytest

from app.content.overleg import REMARK
from app.content.overleg_state import Overleg
from app.services import accepting, editing, proposing, talking
from app.services.actors import Actor, actor_of
from app.services.alike import alike
from app.services.desk import Desk
from app.services.hearing import heard_of
from app.services.offering import ORGANISATION
from app.services.viewing import View
from app.storage.accounts import Account
from tests.desks import MEHMET, SANNE, new_card, open_test_desk, peopled, share
from tests.duos import change, duo_card
from tests.services.test_overleg import tell


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path, alone=True))


@pytest.fixture
def kaart(desk: Desk) -> str:
    return duo_card(desk)


def crowd(desk: Desk, kaart: str, size: int) -> list[Actor]:
    """Colleagues of Sanne who read the card by the role of their organisation; the first two have names on it."""
    names = ["M. Kaya", "Wil Weg", *(f"Persoon {number}" for number in range(size - 2))]
    accounts = [Account(f"p{n}", name, f"p{n}@cjg.example", "cjg") for n, name in enumerate(names)]
    desk.accounts.put(accounts=accounts)
    share(desk, kaart, f"{ORGANISATION}cjg", "beoordelaar")
    return [actor_of(one, desk.accounts.known()) for one in accounts]


def save_row(desk: Desk, kaart: str, row: dict[str, Any]) -> None:
    editing.save_item(desk, SANNE, kaart, "professionals", row, desk.kaarten.head(kaart), "Erbij")


def counting(monkeypatch: pytest.MonkeyPatch, of: object, name: str) -> list[str]:
    calls, real = list[str](), getattr(of, name)

    def counted(*args: Any, **kwargs: Any) -> Any:
        calls.append(name)
        return real(*args, **kwargs)

    monkeypatch.setattr(of, name, counted)
    return calls


def test_each_hears_and_sees_what_a_view_of_his_own_tells(desk: Desk, kaart: str) -> None:
    people = [SANNE, MEHMET, *crowd(desk, kaart, 6)]
    row = {"id": "w-9", "naam": "Wil Weg", "organisatie": "CJG De Linde"}
    save_row(desk, kaart, row)
    change(desk, kaart, afgeschermdVoor=["w-9"], redenAfscherming="Veiligheid")
    tell(desk, SANNE, kaart, REMARK, "a-1", text="Niet voor Wil.")
    tell(desk, people[-1], kaart, REMARK, "a-1", text="Ook niet voor Wil.")
    tell(desk, MEHMET, kaart, REMARK, "a-2", text="Voor iedereen.")
    editing.remove_item(desk, SANNE, kaart, "afspraken", "a-1", desk.kaarten.head(kaart), "Weg ermee")
    editing.remove_item(desk, SANNE, kaart, "professionals", "w-9", desk.kaarten.head(kaart), "Gegaan")
    save_row(desk, kaart, {"id": "w-7", "naam": "Persoon 1", "organisatie": "Elders"})
    change(desk, kaart, afgeschermdVoor=["w-7"], redenAfscherming="Veiligheid")

    def told(seen: View) -> tuple[object, ...]:
        overleg = Overleg(desk.kaarten.overleg(kaart).said)
        return seen.read().document, heard_of(seen, overleg).said, seen.history()

    access, overleg = desk.kaarten.access(kaart), Overleg(desk.kaarten.overleg(kaart).said)
    of = alike(desk, kaart, access, overleg, told)
    answers = [of(one) for one in people]
    assert answers == [told(View(desk, one, kaart, access)) for one in people]
    assert len({str(one) for one in answers}) > 2  # they do not all hear the same


def test_a_save_looks_back_as_often_for_forty_who_read_the_card_as_for_ten(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(desk, kaart, afgeschermdVoor=["w-2"], redenAfscherming="Veiligheid")
    counts = []
    for size in (10, 40):
        crowd(desk, kaart, size)
        with monkeypatch.context() as patch:
            calls = counting(patch, desk.kaarten, "look_back")
            editing.save_item(
                desk,
                SANNE,
                kaart,
                "voorwaarden",
                {**desk.kaarten.read(kaart).document["voorwaarden"][0], "tekst": f"Voor {size} mensen"},
                desk.kaarten.head(kaart),
                "",
            )
        counts.append(len(calls))
        entry = desk.catalogue.entry(kaart)
        assert entry is not None
        assert len({one.account for one in entry.notices}) > size - 3  # each has rows of his own
    assert counts[0] == counts[1]


def test_a_card_is_put_into_the_catalogue_once_for_a_save_with_what_is_said_of_it(
    desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(desk, kaart, "account:mehmet", "behandelaar")
    item = {**new_card()["afspraken"][1], "tekst": "Anders gezegd."}
    said = proposing.propose(desk, MEHMET, kaart, "afspraken", item, desk.kaarten.head(kaart), "Duidelijker")
    calls = counting(monkeypatch, desk.catalogue, "put")
    accepting.accept(desk, SANNE, kaart, said.id)
    assert len(calls) == 1
    talking.speak(desk, SANNE, kaart, "a-2", "Dank je.")
    assert len(calls) == 2
    assert desk.catalogue.heads_of(kaart) == desk.kaarten.heads(kaart)
