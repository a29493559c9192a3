"""One package with a whole card for another installation; and the receipt that goes back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.content import HEAD, flat
from app.content.bsn import without_bsn
from app.content.forms import FILES, sealed
from app.content.handovers import Arrival, Handover, Sent
from app.content.items import Namer
from app.content.letters import HANDOVER, RECEIPT, Letter
from app.content.messages import HANDED
from app.content.overleg import file_name
from app.content.problems import InvalidCard
from app.services import rights
from app.services.actors import Actor, speaker_in
from app.services.archiving import archived
from app.services.departing import NUMBERS, Departing, Receiver
from app.services.desk import ZONE, Desk
from app.services.destroying import kept_until
from app.services.errors import NotAllowed
from app.services.handing_over import handing_of
from app.services.installations import own_name
from app.services.package_text import read_me
from app.services.paper import card_paper
from app.services.parcels import BUNDLE, TALK
from app.services.saving import held
from app.services.spreadsheet import csv_of
from app.storage.access_log import Event
from app.storage.bags import write_bag
from app.storage.installations import Installation
from app.storage.kaarten import KaartWriter
from app.storage.records import Save, Stored
from app.storage.signing import encrypt
from app.storage.travels import Bundle

ARRIVED = "aankomst"
"""What is kept of a package that came in under: beside that of its receipt."""
MOST_KNOWN = 1000
"""So many revisions that the other side knows are named in a letter."""
_VERSION = 1
_NO_OFFER = "Deze kaart is niet aangeboden aan een andere installatie."
CANNOT = (
    "Dit pakket kan niet worden gemaakt: wie op de kaart dossierhouder is, is afgeschermd voor de ontvanger. "
    "Pas de afscherming aan, of bied de kaart aan een ander aan."
)


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


@contextmanager
def package(desk: Desk, actor: Actor, kaart_id: str, *, encrypted: bool = True) -> Iterator[Package]:
    """The package of the offer that is open, made now: the same card and overleg give the same bytes.

    Args:
        desk: what to work with.
        actor: who sends it.
        kaart_id: which card.
        encrypted: whether it is encrypted for the receiver, where that gave a key for it.

    Raises:
        NotFound: there is no such card.
        NotAllowed: it is not offered elsewhere, this person may not send it, or its dossierhouder may not be named.
        StoreError: nothing was made.
    """
    with held(desk, kaart_id) as writer:  # the card says by then that it is offered
        kaart = writer.read()
    desk.require(actor, rights.TRANSITION, kaart, handing_of(desk).withdraw.name)
    offer = desk.access(kaart_id).handovers.open
    if offer is None or not offer.elsewhere:
        raise NotAllowed(_NO_OFFER)
    peer = receiver_of(desk, offer)
    desk.tell(actor, Event("handover-package", "E", "toegestaan", desk.clock(), kaart=kaart_id, item=offer.id))
    with desk.travels.workshop() as folder:
        payload, bundle = _payload(desk, kaart, offer, peer, folder)
        info = _info(desk, offer.id, datetime.fromisoformat(offer.when))
        made = _boxed(desk, folder, f"overdracht-{offer.id}", payload, info, peer if encrypted else None)
        with desk.kaarten.writing(kaart_id) as writer:
            remember(desk, writer, offer.id, made.digest, _sent_names(bundle, kaart.revision))
        yield made


@contextmanager
def receipt(desk: Desk, actor: Actor, kaart_id: str, arrival_id: str) -> Iterator[Package]:
    """The receipt of a card that was taken in here, for who sent it: by its dossierhouder. Raises as `package`."""
    kaart = desk.kaarten.read(kaart_id)
    desk.require(actor, rights.TRANSITION, kaart, handing_of(desk).withdraw.name)
    arrival = next((one for one in desk.access(kaart_id).handovers.arrivals if one.id == arrival_id), None)
    if arrival is None:
        raise NotAllowed("Bij deze kaart hoort zo'n ontvangst niet.")
    peer = _installation(desk, arrival.sender)
    desk.tell(actor, Event("handover-receipt", "E", "toegestaan", desk.clock(), kaart=kaart_id, item=arrival.id))
    with desk.travels.workshop() as folder:
        handed = _handed(desk, kaart_id, arrival)
        departing = Departing(desk, kaart_id, handed, Receiver(peer.id, peer.name))
        bundle = desk.travels.bundle(kaart_id, handed, folder / BUNDLE, departing.going)
        letter = {
            **_answer(desk, arrival.id, kaart_id, arrival.digest, peer.id, arrival.when),
            "uitkomst": "aangenomen",
            "door": _named(arrival.by),
            "revisie": bundle.tip,
            "bekend": _known_there(desk, kaart_id, peer.id, bundle),
        }
        payload: dict[str, bytes | Path] = {
            f"{RECEIPT}.json": desk.types.letters.write(RECEIPT, letter),
            BUNDLE: folder / BUNDLE,
        }
        info = _info(desk, arrival.id, datetime.fromisoformat(arrival.when))
        made = _boxed(desk, folder, f"ontvangst-{arrival.id}", payload, info, peer)
        with desk.kaarten.writing(kaart_id) as writer:
            remember(desk, writer, note_of(arrival.id, RECEIPT), made.digest, _sent_names(bundle, handed))
        yield made


@contextmanager
def refusal(desk: Desk, actor: Actor, parcel_id: str) -> Iterator[Package]:
    """The receipt of a package that this person refused, for who sent it. Raises as `package`."""
    desk.require(actor, rights.CREATE)
    parcel = desk.quarantine.get(parcel_id)
    if parcel is None or parcel.by != actor.id or not parcel.refused:
        raise NotAllowed("Dit pakket is niet geweigerd.")
    peer = _installation(desk, parcel.sender)
    letter = {
        **_answer(desk, parcel.offer, parcel.kaart_id, parcel.digest, peer.id, parcel.refused),
        "uitkomst": "geweigerd",
        "door": f"{actor.name} ({actor.organisation})",
        "reden": without_bsn(parcel.reason),
    }
    payload: dict[str, bytes | Path] = {f"{RECEIPT}.json": desk.types.letters.write(RECEIPT, letter)}
    with desk.travels.workshop() as folder:
        info = _info(desk, parcel.offer, datetime.fromisoformat(parcel.refused))
        yield _boxed(desk, folder, f"weigering-{parcel.offer}", payload, info, peer)


def receiver_of(desk: Desk, offer: Handover) -> Installation:
    """To which installation a card is offered.

    Raises:
        NotAllowed: it is not known here any more, or was stopped.
    """
    return _installation(desk, offer.to.partition(":")[2])


def _installation(desk: Desk, identity: str) -> Installation:
    found = desk.installations.get(identity)
    if found is None or not found.active:
        raise NotAllowed("Met deze installatie wisselen we nu geen kaarten uit. Vraag de beheerder.")
    return found


def _payload(
    desk: Desk, kaart: Stored, offer: Handover, peer: Installation, folder: Path
) -> tuple[dict[str, bytes | Path], Bundle]:
    departing = Departing(desk, kaart.id, kaart.revision, Receiver(peer.id, peer.name, offer.rows))
    try:
        document = departing.document
    except InvalidCard:
        raise NotAllowed(CANNOT) from None
    bundle = desk.travels.bundle(kaart.id, kaart.revision, folder / BUNDLE, departing.going)
    said = departing.said_as(bundle.stands_for)
    letter = _letter(desk, kaart, offer, peer, departing, bundle)
    files: dict[str, bytes | Path] = {
        **{name: sealed(document, form, desk.types) for form, name in FILES.items()},
        **{f"{TALK}{file_name(one.id)}": desk.types.language.write(one) for one in said},
        f"{HANDOVER}.json": desk.types.letters.write(HANDOVER, letter),
        "kaart.pdf": _paper(desk, departing, offer, letter, bundle),
        **{
            f"{one.key}.csv": csv_of(flat.rows(document, kaart.edition.shape, one))
            for one in flat.sections(kaart.edition.shape)
        },
        "mdto.xml": archived(desk, kaart, letter, [*FILES.values(), "kaart.pdf", BUNDLE]),
        "LEESMIJ.txt": read_me(letter, desk.types.letters),
        BUNDLE: folder / BUNDLE,
    }
    return files, bundle


def _paper(desk: Desk, departing: Departing, offer: Handover, letter: Letter, bundle: Bundle) -> bytes:
    labels = desk.types.letters.labels(HANDOVER, "weggelaten")
    document, field = departing.document, desk.types.workflow.field
    return card_paper(
        desk.types,
        document,
        state=desk.types.edition_of(document).shape[HEAD].inner[field].labels[document[HEAD][field]],
        revision=bundle.tip,
        moment=datetime.fromisoformat(offer.when),
        made_by=f"{letter['van']['door']}, {letter['van']['naam']}",
        notes=[letter["tekst"], *(labels[one] for one in letter["weggelaten"])],
    )


def _letter(
    desk: Desk, kaart: Stored, offer: Handover, peer: Installation, departing: Departing, bundle: Bundle
) -> Letter:
    head, handing = departing.document[HEAD], handing_of(desk)
    by = speaker_in(offer.signed)
    account = desk.accounts.known().accounts.get(by.account)
    evaluation = head.get(handing.evaluation)
    holder = Namer(departing.document, kaart.edition.shape).item(head[handing.holder])
    term, written = kept_until(desk, kaart), [offer.text, offer.ground, offer.why]
    text, ground, why = map(without_bsn, written)
    if [text, ground, why] != written:
        departing.withheld.add(NUMBERS)
    return {
        "versie": _VERSION,
        "soort": HANDOVER,
        "id": offer.id,
        "kaart": kaart.id,
        "schema": kaart.edition.name,
        "regioschema": kaart.edition.region,
        "revisie": bundle.tip,
        "moment": _moment(offer.when),
        "van": _filled(
            installatie=desk.keys.id,
            naam=own_name(desk),
            door=_named(offer.signed),
            contact=account.email if account else "",
        ),
        "aan": {"installatie": peer.id, "naam": peer.name},
        "tekst": text,
        "grondslag": ground,
        "geinformeerd": offer.informed,
        "toelichting": why,
        "weggelaten": sorted(departing.withheld),
        "bewaren": _filled(termijn=term[0].title, bron=term[0].source, tot=term[1].isoformat()) if term else None,
        "evaluatie": {"datum": evaluation, "wie": holder} if evaluation else None,
        "bekend": _known_there(desk, kaart.id, peer.id, bundle) or None,
    }


def _known_there(desk: Desk, kaart_id: str, peer: str, bundle: Bundle) -> list[dict[str, str]]:
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


def _sent_names(bundle: Bundle, tip: str) -> dict[str, str]:
    return {sent: own for own, sent in bundle.stands_for.items() if sent != own or own == tip}


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
        "versie": _VERSION,
        "id": offer,
        "kaart": kaart_id,
        "pakket": digest,
        "moment": _moment(when),
        "van": desk.keys.id,
        "aan": peer,
    }


def _info(desk: Desk, identity: str, when: datetime) -> list[tuple[str, str]]:
    """What bag-info.txt says: nothing of the family."""
    return [
        ("Source-Organization", own_name(desk)),
        ("External-Identifier", identity),
        ("Bagging-Date", when.astimezone(ZONE).date().isoformat()),
    ]


def _boxed(
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


def _moment(when: str) -> str:
    return datetime.fromisoformat(when).astimezone(ZONE).isoformat(timespec="seconds")


def _named(signed: str) -> str:
    """Who did something, for people elsewhere: without the account."""
    by = speaker_in(signed)
    return f"{by.name} ({by.organisation})" if by.organisation else by.name


def _filled(**fields: str) -> dict[str, str]:
    return {key: value for key, value in fields.items() if value}
