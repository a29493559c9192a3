"""Packages that came in: judged before anything else sees them, and shown to who brought them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from app.content.forms import FILES, sealed
from app.content.handovers import NONE, Handovers
from app.content.letters import HANDOVER, RECEIPT, Letter, NoLetter
from app.content.overleg import NotSaid, Said
from app.content.problems import InvalidCard
from app.services import rights
from app.services.actors import Actor
from app.services.cataloguing import Progress, untold
from app.services.desk import Desk
from app.services.errors import NotFound
from app.services.parcel_faults import Refused, refused
from app.storage.access_log import Event
from app.storage.bag_form import CARD
from app.storage.bags import BadBag, Bag, read_bag
from app.storage.errors import TooLarge, translated
from app.storage.git_bundle import BadBundle
from app.storage.installations import Installation
from app.storage.quarantine import Parcel, TooMuch
from app.storage.signing import NotForUs, verify
from app.storage.travels import Came

BUNDLE, TALK = "geschiedenis.bundle", "overleg/"
MOST_ZIP, MOST_BYTES = CARD.zip_bytes, 256 * 1024 * 1024
"""So large a package may be; and a file as it comes, which may be encrypted."""
KEPT = timedelta(days=30)
"""So long a package waits for a decision; then it is removed, and can be brought again."""
MOST_WAITING = 20
"""So many packages of one person wait for a decision: each can be large."""
EVENT = "parcel"
"""What the log calls it that a package came in, was refused, or was removed."""
_ENCRYPTED = b"age-encryption.org/"
_KIND = {HANDOVER: f"{HANDOVER}.json", RECEIPT: f"{RECEIPT}.json"}


@dataclass(frozen=True)
class Opened:
    """A package that was judged.

    Attributes:
        parcel: what is known of it.
        letter: the letter in it.
        sender: who signed it.
        came: the history in it; None for a receipt of a refusal.
        said: what was said about the card.
    """

    parcel: Parcel
    letter: Letter
    sender: Installation
    came: Came | None
    said: list[Said]

    @property
    def history(self) -> Came:
        """The history in it; raises `Refused` where there is none."""
        if self.came is None:
            raise Refused("no-history")
        return self.came


def bring(desk: Desk, actor: Actor, source: BinaryIO, progress: Progress = untold) -> Parcel:
    """Take in a package, apart from the cards, and judge it; `opened` shows it.

    Raises:
        Refused: it cannot be taken in; one sentence says why. Nothing of it is kept.
        NotAllowed: this person makes no cards.
        StoreError: the store fails; nothing of it is kept.
    """
    desk.require(actor, rights.CREATE)
    desk.quarantine.sweep(desk.clock() - KEPT)
    if sum(one.by == actor.id and not one.refused for one in desk.quarantine.all()) >= MOST_WAITING:
        raise Refused("waiting")
    try:
        parcel = desk.quarantine.receive(actor.id, desk.clock(), source, MOST_BYTES)
    except TooMuch as error:
        raise refused(error) from None
    try:
        with _in_words():
            judged = _judged(desk, parcel, progress)
        desk.quarantine.put(judged)
        desk.quarantine.drop_file(parcel.id)  # what was in it lies beside it
    except BaseException as error:
        desk.quarantine.remove(parcel.id)
        if isinstance(error, Refused):
            desk.tell(actor, Event(EVENT, "C", "geweigerd", desk.clock(), ground=error.code))
        raise
    desk.tell(actor, Event(EVENT, "C", "toegestaan", desk.clock(), kaart=judged.kaart_id, item=judged.id))
    return judged


def brought(desk: Desk, actor: Actor) -> list[Parcel]:
    """The packages that this person brought and that are still here, also those that were refused, the newest first.

    Raises:
        NotAllowed: this person makes no cards.
        StoreError: the store fails.
    """
    desk.require(actor, rights.CREATE)
    return [one for one in reversed(desk.quarantine.all()) if one.by == actor.id and one.kind]


def opened(desk: Desk, actor: Actor, parcel_id: str) -> Opened:
    """A package that this person brought. It was judged when it came in; who signed it is asked anew.

    Raises:
        NotFound: there is none, somebody else brought it, or it was refused.
        Refused: the other installation was stopped meanwhile.
        StoreError: the store fails.
    """
    parcel = of_mine(desk, actor, parcel_id)
    if parcel.refused:
        raise NotFound("U hebt dit pakket geweigerd. Wat erin zat, is weg. Breng het opnieuw als u het toch wilt.")
    return unpacked(desk, parcel)


def unpacked(desk: Desk, parcel: Parcel) -> Opened:
    """A package that was judged, for the program itself. Raises as `opened`."""
    place = desk.quarantine.place(parcel.id)
    payload = place / "inhoud" / "data"
    with translated(f"read {parcel.id}"):  # somebody may remove it meanwhile
        letter = desk.types.letters.read(parcel.kind, (payload / _KIND[parcel.kind]).read_bytes())
        came = desk.travels.opened(place / "kaart", parcel.kaart_id) if (place / "kaart").is_dir() else None
        return Opened(parcel, letter, _known(desk, parcel.sender), came, _said(desk, payload))


def of_mine(desk: Desk, actor: Actor, parcel_id: str) -> Parcel:
    """What is known of a package that this person brought, also where it was refused.

    Raises:
        NotAllowed: this person makes no cards.
        NotFound: there is none, or somebody else brought it.
        StoreError: the store fails.
    """
    desk.require(actor, rights.CREATE)
    parcel = desk.quarantine.get(parcel_id)
    if parcel is None or parcel.by != actor.id or not parcel.kind:
        raise NotFound("Dit pakket is er niet (meer). Wilt u nog iets beslissen? Breng het dan opnieuw.")
    return parcel


def handovers_here(desk: Desk, kaart_id: str) -> Handovers:
    """The handovers of a card, also of one that is not here: none; raises `StoreError`."""
    return desk.kaarten.access(kaart_id).handovers if desk.kaarten.exists(kaart_id) else NONE


def remove(desk: Desk, actor: Actor, parcel_id: str) -> None:
    """Remove a package that this person brought, also one that was refused. Raises as `of_mine`."""
    parcel = of_mine(desk, actor, parcel_id)
    desk.tell(actor, Event(EVENT, "D", "toegestaan", desk.clock(), kaart=parcel.kaart_id, item=parcel.id))
    desk.quarantine.remove(parcel.id)


@contextmanager
def _in_words() -> Iterator[None]:
    """What is wrong with a package as one sentence; what the disk refuses stays what it is."""
    try:
        yield
    except (BadBag, BadBundle, NoLetter, NotSaid, NotForUs, TooLarge, InvalidCard) as error:
        raise refused(error) from error


def _judged(desk: Desk, parcel: Parcel, progress: Progress) -> Parcel:
    place = desk.quarantine.place(parcel.id)
    file = _plain(desk, desk.quarantine.file(parcel.id))
    bag = read_bag(file, place / "inhoud", _is_known)
    kinds = [kind for kind, name in _KIND.items() if (bag.folder / name).is_file()]
    if len(kinds) != 1:
        raise Refused("no-letter")
    letter = desk.types.letters.read(kinds[0], (bag.folder / _KIND[kinds[0]]).read_bytes())
    sender, receiver = _sides(letter, kinds[0])
    _signed(desk, bag, sender)
    if receiver != desk.keys.id:
        raise Refused("not-us")
    if desk.tombstones.get(letter["kaart"]):
        raise Refused("destroyed")
    counts = _judge_card(desk, bag.folder, place / "kaart", kinds[0], letter, progress)
    return replace(
        parcel,
        kind=kinds[0],
        kaart_id=letter["kaart"],
        sender=sender,
        digest=bag.digest,
        offer=letter["id"],
        counts=counts,
    )


def _plain(desk: Desk, file: Path) -> Path:
    """The zip itself, where it came encrypted for us."""
    with file.open("rb") as start:
        if start.read(len(_ENCRYPTED)) != _ENCRYPTED:
            return file
    plain = file.with_name("open")
    desk.keys.decrypt(file, plain, MOST_BYTES)
    plain.replace(file)
    return file


def _is_known(path: str) -> bool:
    """Whether a package of ours has a file at this path of its payload."""
    plain = {*_KIND.values(), *FILES.values(), BUNDLE, "kaart.pdf", "mdto.xml", "LEESMIJ.txt"}
    name = path.removeprefix(TALK)
    is_said = path.startswith(TALK) and "/" not in name and name.endswith(".json")
    return path in plain or is_said or ("/" not in path and path.endswith(".csv"))


def _sides(letter: Letter, kind: str) -> tuple[str, str]:
    if kind == RECEIPT:
        return letter["van"], letter["aan"]
    return letter["van"]["installatie"], letter["aan"]["installatie"]


def _signed(desk: Desk, bag: Bag, sender: str) -> None:
    if not verify(bag.signed, bag.signature, _known(desk, sender).key):
        raise Refused("signature")


def _known(desk: Desk, sender: str) -> Installation:
    found = desk.installations.active(sender)
    if found is None:
        raise Refused("stranger")
    return found


def _judge_card(
    desk: Desk, payload: Path, place: Path, kind: str, letter: Letter, progress: Progress
) -> dict[str, int]:
    """Read the history and what was said, all of it; how much there is."""
    bundle, tip = payload / BUNDLE, letter.get("revisie", "")
    if bundle.is_file() != bool(tip):
        raise Refused("no-history")
    said = _said(desk, payload)
    if not tip:
        return {"said": len(said)}
    came = desk.travels.open(bundle, place, letter["kaart"])
    if came.tip != tip:
        raise Refused("other-tip")
    commits = list(came.kaarten.commits(came.kaart_id))
    for revision in progress(commits, len(commits)):
        came.kaarten.read(came.kaart_id, revision)
    kaart = came.kaarten.read(came.kaart_id)
    for form, name in FILES.items() if kind == HANDOVER else ():
        file = payload / name
        if not file.is_file() or file.read_bytes() != sealed(kaart.document, form, desk.types):
            raise Refused("other-card")
    return {"saves": len(came.kaarten.history(came.kaart_id)), "said": len(said)}


def _said(desk: Desk, payload: Path) -> list[Said]:
    """What was said, each by somebody elsewhere: no file can say that somebody of here said it."""
    files = sorted((payload / TALK).iterdir()) if (payload / TALK).is_dir() else []
    found = [desk.types.language.read(file.name, file.read_bytes()) for file in files]
    if any(":" not in one.by.account for one in found):
        raise Refused("somebody-of-here")
    return found
