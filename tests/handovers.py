"""A card that can be handed over, and what tests of handing over do with it."""

from dataclasses import replace
from typing import Any

from app.content.workflow import state_of
from app.services import editing, handing_over
from app.services.actors import Actor, actor_of
from app.services.desk import Desk
from app.services.handing_over import Wanted
from app.storage.accounts import Account
from tests.desks import ACCOUNTS, MEHMET, ORGANISATIONS, SANNE, new_card
from tests.duos import active

ELS = Account("els", "Els Els", "els@veiligthuis.example", "vt", function="Gezinswerker", demonstration=True)
WANTED = Wanted("account:mehmet", "Bel eerst met oma.", "Toestemming van de ouders", informed=True)


def whole_card() -> dict[str, Any]:
    """A card that has all that a handover asks."""
    card = new_card()
    card["kaart"] |= {"kader": "vrijwillig", "fase": "directe_veiligheid", "volgendeEvaluatie": "2027-01-15"}
    card["voorwaarden"] = [{**one, "gesteldDoor": "w-1"} for one in card["voorwaarden"]]
    card["afspraken"] = [{**one, "alsHetMisgaat": "Bel Veilig Thuis."} for one in card["afspraken"]]
    return card


def card_to_hand(desk: Desk, card: dict[str, Any] | None = None) -> str:
    """An active card of Sanne alone, that can be offered; Els works where Mehmet does."""
    desk.accounts.put(ORGANISATIONS, [*ACCOUNTS, ELS])
    return active(desk, editing.create_card(desk, SANNE, card or whole_card(), "Begin"))


def offered(desk: Desk, kaart: str, to: str = "account:mehmet", **more: Any) -> str:
    """The number of an offer of this card by Sanne."""
    return handing_over.offer(desk, SANNE, kaart, replace(WANTED, to=to, **more)).id


def els(desk: Desk) -> Actor:
    known = desk.accounts.known()
    return actor_of(known.accounts["els"], known)


def holders(desk: Desk, kaart: str) -> list[str]:
    """Who is dossierhouder by role now."""
    now = desk.clock()
    return [
        one.subject for one in desk.kaarten.access(kaart).grants if one.role == "dossierhouder" and one.is_in_force(now)
    ]


def says(desk: Desk, kaart: str) -> tuple[str, str, int]:
    """What the card itself says: its state, the name of the dossierhouder, and how often it was given to somebody."""
    document = desk.kaarten.read(kaart).document
    row = next(one for one in document["professionals"] if one["id"] == document["kaart"]["dossierhouder"])
    return state_of(document), row["naam"], len(document.get("verstrekkingen", ()))


__all__ = ["ELS", "MEHMET", "SANNE", "WANTED", "card_to_hand", "els", "holders", "offered", "says", "whole_card"]
