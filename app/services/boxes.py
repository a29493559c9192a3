"""What every package has in common: the signed box, its words, and under which names revisions went along."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.content.handovers import INSTALLATION, Handovers, Sent
from app.content.letters import RECEIPT
from app.services.actors import Actor, speaker_in
from app.services.departing import Receiver
from app.services.desk import ZONE, Desk
from app.services.errors import NotAllowed
from app.services.installations import own_name
from app.services.viewing import View
from app.storage.bags import write_bag
from app.storage.installations import Installation
from app.storage.kaart_writer import KaartWriter
from app.storage.signing import encrypt
from app.storage.travels import Bundle

VERSION = 1
"""Of the letters."""
ARRIVED = "aankomst"
"""What is kept of a package that came in under: beside that of its receipt."""
MOST_KNOWN = 1000
"""So many revisions that the other side knows are named in a letter."""


@dataclass(frozen=True)
class Package:
    """A file to send.

    Attributes:
        path: where it is, until the context ends.
        name: what it is called: nothing of the family.
        digest: what it is known by.
        encrypted: whether only the receiver can open it.
    """

    path: Path
    name: str
    digest: str
    encrypted: bool


def installation_of(desk: Desk, identity: str) -> Installation:
    """Another installation that cards are exchanged with; raises `NotAllowed` for one that they are not."""
    found = desk.installations.active(identity)
    if found is None:
        raise NotAllowed("Met deze installatie wisselen we nu geen kaarten uit. Vraag de beheerder.")
    return found


def receiver_at(handovers: Handovers, peer: Installation) -> Receiver:
    """Who gets the card; who was once said to work there counts from then on: what stayed behind stays behind."""
    rows = {row for one in handovers.offers if one.to == f"{INSTALLATION}{peer.id}" for row in one.rows}
    return Receiver(peer.id, peer.name, tuple(sorted(rows)))


def refuse_in_the_open(desk: Desk, actor: Actor, kaart_id: str, *, encrypted: bool) -> None:
    """Refuse a package that its maker could open, where something on the card is shielded from him or her.

    Raises:
        NotAllowed: so it is.
        StoreError: the store fails.
    """
    if not encrypted and View(desk, actor, kaart_id, desk.access(kaart_id)).hidden_now:
        raise NotAllowed("Iets op deze kaart is voor u afgeschermd. Zij kan daarom alleen versleuteld op weg.")


def known_there(desk: Desk, kaart_id: str, peer: str, bundle: Bundle) -> list[dict[str, str]]:
    """Which revisions the other side has from before, by its names, and what they are called in this bundle."""
    handovers = desk.access(kaart_id).handovers
    own = {one.tip: one.tip for one in handovers.arrivals if one.sender == peer}
    arrived = [one.id for one in handovers.arrivals if one.sender == peer]
    notes = {one.id for one in handovers.offers if one.to.endswith(f":{peer}")}
    notes |= {note_of(one, kind) for one in arrived for kind in (RECEIPT, ARRIVED)}
    for note in desk.travels.sent(kaart_id).values():
        if note.id in notes:
            own.update(note.stands_for)
    found = ((theirs, bundle.stands_for.get(here)) for theirs, here in own.items())
    pairs = [{"uw": theirs, "hier": here} for theirs, here in found if here and theirs != here]
    return pairs[-MOST_KNOWN:]


def remember(desk: Desk, writer: KaartWriter, note: str, digest: str, stands_for: Mapping[str, str]) -> None:
    """Keep under which names revisions went along, or came, where those differ from here; raises `StoreError`.

    Args:
        desk: what to work with.
        writer: holds the card.
        note: which package that was.
        digest: what the package is known by.
        stands_for: the names there, with the names here.
    """
    before = desk.travels.sent(writer.kaart_id).get(note, Sent(note))
    digests = tuple(dict.fromkeys((*before.digests, digest)))
    after = Sent(note, digests, {**before.stands_for, **stands_for})
    if after != before:
        desk.travels.note(writer, after, desk.clock())


def note_of(identity: str, kind: str) -> str:
    """What is kept of a package under: of an arrival, its receipt is another package than itself."""
    return f"{identity}-{kind}"


def sent_names(bundle: Bundle, tip: str) -> dict[str, str]:
    """Under which names revisions went, where those differ from here; the newest in any case."""
    return {sent: own for own, sent in bundle.stands_for.items() if sent != own or own == tip}


def info(desk: Desk, identity: str, when: datetime) -> list[tuple[str, str]]:
    """What bag-info.txt says: nothing of the family."""
    return [
        ("Source-Organization", own_name(desk)),
        ("External-Identifier", identity),
        ("Bagging-Date", when.astimezone(ZONE).date().isoformat()),
    ]


def boxed(
    desk: Desk,
    folder: Path,
    name: str,
    payload: Mapping[str, bytes | Path],
    info: list[tuple[str, str]],
    peer: Installation | None,
) -> Package:
    """A signed bag of it; encrypted where the receiver gave a key for that."""
    plain = folder / f"{name}.zip"
    digest = write_bag(plain, payload, info, desk.keys.sign)
    if peer is None or not peer.recipient:
        return Package(plain, plain.name, digest, False)
    sealed_for = folder / f"{plain.name}.age"
    encrypt(plain, sealed_for, peer.recipient)
    return Package(sealed_for, sealed_for.name, digest, True)


def moment(when: str) -> str:
    """A moment as a letter has it."""
    return datetime.fromisoformat(when).astimezone(ZONE).isoformat(timespec="seconds")


def named(signed: str) -> str:
    """Who did something, for people elsewhere: without the account."""
    by = speaker_in(signed)
    return f"{by.name} ({by.organisation})" if by.organisation else by.name


def filled(**fields: str) -> dict[str, str]:
    """Those of the fields that hold anything."""
    return {key: value for key, value in fields.items() if value}
