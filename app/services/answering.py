"""What goes back to who sent a card: the receipt of one that was taken in, or that it was refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from app.content.bsn import without_bsns
from app.content.handovers import Arrival
from app.content.letters import RECEIPT
from app.content.messages import HANDED
from app.services import rights
from app.services.actors import Actor, speaker_in
from app.services.boxes import (
    VERSION,
    Package,
    boxed,
    info,
    installation_of,
    known_there,
    moment,
    named,
    note_of,
    receiver_at,
    refuse_in_the_open,
    remember,
    sent_names,
)
from app.services.cataloguing import Progress, untold
from app.services.departing import Departing
from app.services.desk import Desk
from app.services.errors import NotAllowed
from app.services.handing_over import handing_of
from app.services.parcels import BUNDLE
from app.storage.access_log import Event
from app.storage.records import Save


@contextmanager
def receipt(desk: Desk, actor: Actor, kaart_id: str, arrival_id: str, progress: Progress = untold) -> Iterator[Package]:
    """The receipt of a card that was taken in here, for who sent it; raises as `packing.package`."""
    kaart = desk.kaarten.read(kaart_id)
    desk.require(actor, rights.READ, kaart)
    handovers = desk.access(kaart_id).handovers
    arrival = next((one for one in handovers.arrivals if one.id == arrival_id), None)
    if arrival is None:
        raise NotAllowed("Bij deze kaart hoort zo'n ontvangst niet.")
    if speaker_in(arrival.by).account != actor.id:
        # It holds the whole history: also what is shielded from somebody here who reads along.
        desk.require(actor, rights.TRANSITION, kaart, handing_of(desk).depart.name)
    peer = installation_of(desk, arrival.sender)
    refuse_in_the_open(desk, actor, kaart_id, encrypted=bool(peer.recipient))
    desk.tell(actor, Event("handover-receipt", "E", "toegestaan", desk.clock(), kaart=kaart_id, item=arrival.id))
    with desk.travels.workshop() as folder:
        handed = _handed(desk, kaart_id, arrival)
        departing = Departing(desk, kaart_id, handed, receiver_at(handovers, peer))
        bundle = departing.bundle(folder / BUNDLE, progress)
        letter = {
            **_answer(desk, arrival.id, kaart_id, arrival.digest, peer.id, arrival.when),
            "uitkomst": "aangenomen",
            "door": named(arrival.by),
            "revisie": bundle.tip,
            "bekend": known_there(desk, kaart_id, peer.id, bundle),
        }
        payload: dict[str, bytes | Path] = {
            f"{RECEIPT}.json": desk.types.letters.write(RECEIPT, letter),
            BUNDLE: folder / BUNDLE,
        }
        told = info(desk, arrival.id, datetime.fromisoformat(arrival.when))
        made = boxed(desk, folder, f"ontvangst-{arrival.id}", payload, told, peer)
        with desk.kaarten.writing(kaart_id) as writer:
            remember(desk, writer, note_of(arrival.id, RECEIPT), made.digest, sent_names(bundle, handed))
        yield made


@contextmanager
def refusal(desk: Desk, actor: Actor, parcel_id: str) -> Iterator[Package]:
    """The receipt of a package that this person refused, for who sent it. Raises as `packing.package`."""
    desk.require(actor, rights.CREATE)
    parcel = desk.quarantine.get(parcel_id)
    if parcel is None or parcel.by != actor.id or not parcel.refused:
        raise NotAllowed("Dit pakket is niet geweigerd.")
    peer = installation_of(desk, parcel.sender)
    letter = {
        **_answer(desk, parcel.offer, parcel.kaart_id, parcel.digest, peer.id, parcel.refused),
        "uitkomst": "geweigerd",
        "door": f"{actor.name} ({actor.organisation})",
        "reden": parcel.reason,
    }
    payload: dict[str, bytes | Path] = {f"{RECEIPT}.json": desk.types.letters.write(RECEIPT, without_bsns(letter))}
    with desk.travels.workshop() as folder:
        told = info(desk, parcel.offer, datetime.fromisoformat(parcel.refused))
        yield boxed(desk, folder, f"weigering-{parcel.offer}", payload, told, peer)


def _handed(desk: Desk, kaart_id: str, arrival: Arrival) -> str:
    """The revision with which the turn of who sent a card ended."""

    def found(saves: Iterator[Save]) -> str:
        named = (save.revision for save in saves if save.steps[0].message.first(HANDED) == arrival.id)
        return next(named, "")

    if revision := desk.kaarten.look_back(kaart_id, found):
        return revision
    raise NotAllowed("Bij deze kaart hoort zo'n ontvangst niet.")


def _answer(desk: Desk, offer: str, kaart_id: str, digest: str, peer: str, when: str) -> dict[str, Any]:
    return {
        "versie": VERSION,
        "id": offer,
        "kaart": kaart_id,
        "pakket": digest,
        "moment": moment(when),
        "van": desk.keys.id,
        "aan": peer,
    }
