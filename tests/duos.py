"""Two who work on one card, and what tests of four eyes do with it."""

from dataclasses import replace
from typing import Any

from app.content.workflow import state_of
from app.services import editing
from app.services.actors import Actor, actor_of
from app.services.commits import new_save
from app.services.confirming import ask_step
from app.services.desk import Desk
from app.storage.records import NewPart
from tests.desks import SANNE, new_card, share

ROW = {"id": "w-2", "naam": "Mehmet Kaya", "organisatie": "Veilig Thuis"}


def duo_card(desk: Desk) -> str:
    """A card of Sanne, on which Mehmet works too; he is the professional w-2."""
    card = new_card()
    card["professionals"].append(ROW)
    kaart = editing.create_card(desk, SANNE, card, "Begin")
    share(desk, kaart, "account:mehmet", "behandelaar")
    return kaart


def active(desk: Desk, kaart: str) -> str:
    """The same card, made active past its gates: those are tested elsewhere."""
    stored = desk.kaarten.read(kaart)
    head = {**stored.document["kaart"], "toestand": "actief"}
    with desk.kaarten.writing(kaart) as writer:
        part = NewPart({**stored.document, "kaart": head}, "Kaart nu actief")
        writer.save(stored.revision, new_save(desk, SANNE, "", [part], stored.form))
    return kaart


def els(desk: Desk, kaart: str, role: str = "behandelaar") -> Actor:
    account = replace(desk.accounts.known().accounts["sanne"], id="els", name="Els Els", email="els@cjg.example")
    desk.accounts.put(accounts=[account])
    share(desk, kaart, "account:els", role)
    known = desk.accounts.known()
    return actor_of(known.accounts["els"], known)


def change(desk: Desk, kaart: str, actor: Actor = SANNE, **fields: Any) -> None:
    wanted = {**first(desk, kaart), **fields}
    wanted = {key: value for key, value in wanted.items() if value is not None}
    editing.save_item(desk, actor, kaart, "afspraken", wanted, desk.kaarten.head(kaart), "Veiligheid")


def first(desk: Desk, kaart: str) -> dict[str, Any]:
    found: dict[str, Any] = desk.kaarten.read(kaart).document["afspraken"][0]
    return found


def state(desk: Desk, kaart: str) -> str:
    return state_of(desk.kaarten.read(kaart).document)


def ask_to_close(desk: Desk, kaart: str) -> str:
    return ask_step(desk, SANNE, kaart, "afsluiten", desk.kaarten.head(kaart), "Het gaat goed.").id
