"""What is to do for a card that goes to another installation or came from one, for its dossierhouder."""

from dataclasses import dataclass

from app.content import Document
from app.content.handovers import Arrival, Handover
from app.content.letters import RECEIPT
from app.content.members import rows_at
from app.content.problems import InvalidCard
from app.services import rights
from app.services.actors import Actor
from app.services.boxes import note_of
from app.services.departing import Departing, Receiver
from app.services.desk import Desk
from app.services.errors import NotAllowed
from app.services.packing import CANNOT, receiver_of
from app.storage.records import Stored


@dataclass(frozen=True)
class Sending:
    """An open offer to another installation, as far as a package has to be sent.

    Attributes:
        contact: the e-mail address of the other installation.
        encrypts: whether the package can be encrypted for it.
        made: how many packages were made of this offer.
        kept_back: how many items of the card as it is now stay behind.
        problem: why no package can be made; empty where one can.
    """

    contact: str = ""
    encrypts: bool = False
    made: int = 0
    kept_back: int = 0
    problem: str = ""


@dataclass(frozen=True)
class Came:
    """A time that a card came from another installation.

    Attributes:
        arrival: the package that was taken in.
        sender: what the other installation is called.
        told: whether its receipt was made.
    """

    arrival: Arrival
    sender: str
    told: bool


def sending(desk: Desk, actor: Actor, kaart_id: str) -> Sending | None:
    """What is to do for the open offer of a card to another installation; None where there is none to send.

    Raises:
        StoreError: the store fails.
    """
    offer = desk.access(kaart_id).handovers.open
    if offer is None or not offer.elsewhere or not _holds(desk, actor, kaart_id):
        return None
    sent = desk.travels.sent(kaart_id).get(offer.id)
    made = len(sent.digests) if sent else 0
    try:
        peer = receiver_of(desk, offer)
    except NotAllowed as stopped:
        return Sending(made=made, problem=str(stopped))
    kaart = desk.kaarten.read(kaart_id)
    departing = Departing(desk, kaart_id, kaart.revision, Receiver(peer.id, peer.name, offer.rows))
    try:
        names_all = bool(departing.document)
    except InvalidCard:
        names_all = False
    problem = "" if names_all else CANNOT
    return Sending(peer.contact, bool(peer.recipient), made, len(departing.kept_back), problem)


def came(desk: Desk, actor: Actor, kaart: Stored) -> list[Came]:
    """Each time that a card came from another installation, the newest first; for its dossierhouder.

    Raises:
        StoreError: the store fails.
    """
    arrivals = desk.access(kaart.id).handovers.arrivals
    if not arrivals or not _holds(desk, actor, kaart.id):
        return []
    sent = desk.travels.sent(kaart.id)
    found = []
    for one in reversed(arrivals):
        peer = desk.installations.get(one.sender)
        found.append(Came(one, peer.name if peer else one.sender, note_of(one.id, RECEIPT) in sent))
    return found


def works_at(desk: Desk, document: Document, offer: Handover) -> set[str]:
    """The professionals of a card who count as people of the receiver: those that were chosen, and by its very name."""
    return {*offer.rows, *rows_at(document, desk.types.display, offer.receiver)}


def _holds(desk: Desk, actor: Actor, kaart_id: str) -> bool:
    handing = desk.types.handing
    return handing is not None and desk.may(actor, rights.TRANSITION, kaart_id, handing.withdraw.name)
