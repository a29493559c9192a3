"""Two installations that know each other, each a real desk with its people, and a card that goes between them."""

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.services import answering, editing, handing_over, packing, parcels, receipts, taking_in
from app.services.actors import Actor, actor_of
from app.services.desk import Desk
from app.services.handing_over import Wanted
from app.services.joining import Chosen
from app.storage.accounts import Account, Organisation
from app.storage.installations import Installation
from tests.desks import new_card, open_test_desk

NAMES = {"a": "CJG Halderberge", "b": "Veilig Thuis Noord"}
NOTHING_CHOSEN = Chosen()
PEOPLE = {"a": ("ans", "Ans Aal"), "b": ("bo", "Bo Bos")}


@dataclass(frozen=True)
class Side:
    """One installation, and who works there.

    Attributes:
        desk: its desk.
        actor: who works there.
        name: what it is called.
        folder: where it keeps all.
    """

    desk: Desk
    actor: Actor
    name: str
    folder: Path

    @property
    def id(self) -> str:
        return self.desk.keys.id


def sides(folder: Path) -> tuple[Side, Side]:
    """Two installations; each knows the other's key."""
    first, second = (_side(folder / name, name) for name in NAMES)
    introduce(first, second)
    introduce(second, first)
    return first, second


def introduce(side: Side, other: Side) -> None:
    """Have one know the other."""
    keys = other.desk.keys
    known = Installation(keys.id, other.name, "post@elders.example", keys.public, keys.recipient)
    known = replace(known, since="2026-11-01T09:00:00+00:00", by="Bea Beheer (CJG Halderberge) <bea>")
    side.desk.installations.edit(lambda _: known)


def ready_card(side: Side, **sections: Any) -> str:
    """A card that can be handed over, of who works there."""
    card = new_card(**sections)
    name, organisation = side.actor.name, side.actor.organisation
    card["professionals"][0] |= {"naam": name, "organisatie": organisation}
    card["kaart"] |= {"kader": "vrijwillig", "fase": "directe_veiligheid", "volgendeEvaluatie": "2027-03-01"}
    card["voorwaarden"] = [{**one, "gesteldDoor": "w-1"} for one in card["voorwaarden"]]
    kaart = editing.create_card(side.desk, side.actor, card, "Begin")
    editing.transition(side.desk, side.actor, kaart, "activeren", side.desk.kaarten.head(kaart), "Wij beginnen.")
    return kaart


def offered(side: Side, other: Side, kaart: str, **more: Any) -> str:
    """Offer a card to the other installation; the number of the handover."""
    wanted = Wanted(f"installation:{other.id}", "Dit gezin verhuist.", "Toestemming", informed=True, **more)
    return handing_over.offer(side.desk, side.actor, kaart, wanted).id


def packed(side: Side, kaart: str, *, encrypted: bool = False) -> bytes:
    """The bytes of the package of a card that is offered."""
    with packing.package(side.desk, side.actor, kaart, encrypted=encrypted) as made:
        return made.path.read_bytes()


def brought(side: Side, data: bytes) -> str:
    """Bring a package in; its number."""
    return parcels.bring(side.desk, side.actor, io.BytesIO(data)).id


def accepted(side: Side, data: bytes, chosen: Chosen = NOTHING_CHOSEN) -> str:
    """Bring a package in and accept it; the receipt's handover number."""
    parcel = brought(side, data)
    offer = parcels.opened(side.desk, side.actor, parcel).parcel.offer
    taking_in.accept(side.desk, side.actor, parcel, chosen)
    return offer


def receipt(side: Side, kaart: str, offer: str) -> bytes:
    """The bytes of a receipt."""
    with answering.receipt(side.desk, side.actor, kaart, offer) as made:
        return made.path.read_bytes()


def handed(giver: Side, receiver: Side, kaart: str) -> str:
    """A whole handover: offered, sent, accepted, and the receipt read in; its number."""
    offered(giver, receiver, kaart)
    offer = accepted(receiver, packed(giver, kaart))
    receipts.read_in(giver.desk, giver.actor, brought(giver, receipt(receiver, kaart, offer)), Chosen())
    return offer


def reopened(folder: Path, name: str) -> Side:
    """One of them as another process opens it."""
    desk = open_test_desk(folder / name, alone=True)
    known = desk.accounts.known()
    return Side(desk, actor_of(known.accounts[PEOPLE[name][0]], known), NAMES[name], folder / name)


def _side(folder: Path, name: str) -> Side:
    folder.mkdir(parents=True)
    desk = open_test_desk(folder, alone=True)
    organisation = Organisation(f"org-{name}", NAMES[name], "cjg", host=True)
    account, whole = PEOPLE[name]
    desk.accounts.put(
        [organisation], [Account(account, whole, f"{account}@{name}.example", organisation.id, demonstration=True)]
    )
    known = desk.accounts.known()
    return Side(desk, actor_of(known.accounts[account], known), NAMES[name], folder)
