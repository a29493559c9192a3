"""One package with a whole card for another installation."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from app.content import HEAD, flat
from app.content.bsn import without_bsns
from app.content.forms import FILES, sealed
from app.content.handovers import Handover
from app.content.items import Namer
from app.content.letters import HANDOVER, Letter
from app.content.overleg import file_name
from app.content.problems import InvalidCard
from app.services import rights
from app.services.actors import Actor, speaker_in
from app.services.archiving import archived
from app.services.boxes import (
    VERSION,
    Package,
    boxed,
    filled,
    info,
    installation_of,
    known_there,
    moment,
    named,
    receiver_at,
    refuse_in_the_open,
    remember,
    sent_names,
)
from app.services.cataloguing import Progress, untold
from app.services.departing import NUMBERS, Departing
from app.services.desk import Desk
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
from app.storage.installations import Installation
from app.storage.records import Stored
from app.storage.travels import Bundle

_NO_OFFER = "Deze kaart is niet aangeboden aan een andere installatie."
CANNOT = (
    "Dit pakket kan niet worden gemaakt: wie op de kaart dossierhouder is, is afgeschermd voor de ontvanger. "
    "Pas de afscherming aan, of bied de kaart aan een ander aan."
)


@contextmanager
def package(
    desk: Desk, actor: Actor, kaart_id: str, *, encrypted: bool = True, progress: Progress = untold
) -> Iterator[Package]:
    """The package of the offer that is open, made now: the same card and overleg give the same bytes.

    Args:
        desk: what to work with.
        actor: who sends it.
        kaart_id: which card.
        encrypted: whether it is encrypted for the receiver, where that gave a key for it.
        progress: told of each commit.

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
    refuse_in_the_open(desk, actor, kaart_id, encrypted=encrypted and bool(peer.recipient))
    desk.tell(actor, Event("handover-package", "E", "toegestaan", desk.clock(), kaart=kaart_id, item=offer.id))
    with desk.travels.workshop() as folder:
        payload, bundle = _payload(desk, kaart, offer, peer, folder, progress)
        told = info(desk, offer.id, datetime.fromisoformat(offer.when))
        made = boxed(desk, folder, f"overdracht-{offer.id}", payload, told, peer if encrypted else None)
        with desk.kaarten.writing(kaart_id) as writer:
            remember(desk, writer, offer.id, made.digest, sent_names(bundle, kaart.revision))
        yield made


def receiver_of(desk: Desk, offer: Handover) -> Installation:
    """To which installation a card is offered.

    Raises:
        NotAllowed: it is not known here any more, or was stopped.
    """
    return installation_of(desk, offer.to.partition(":")[2])


def _payload(
    desk: Desk, kaart: Stored, offer: Handover, peer: Installation, folder: Path, progress: Progress
) -> tuple[dict[str, bytes | Path], Bundle]:
    departing = Departing(desk, kaart.id, kaart.revision, receiver_at(desk.access(kaart.id).handovers, peer))
    try:
        document = departing.document
    except InvalidCard:
        raise NotAllowed(CANNOT) from None
    bundle = departing.bundle(folder / BUNDLE, progress)
    said = departing.said_as(bundle.stands_for)
    letter = _without_numbers(_letter(desk, kaart, offer, peer, departing, bundle))
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


def _without_numbers(letter: Letter) -> Letter:
    """A letter without what people wrote in it that may be a BSN; it says so."""
    bare: Letter = without_bsns(letter)
    return bare if bare is letter else {**bare, "weggelaten": sorted({*bare["weggelaten"], NUMBERS})}


def _letter(
    desk: Desk, kaart: Stored, offer: Handover, peer: Installation, departing: Departing, bundle: Bundle
) -> Letter:
    head, handing = departing.document[HEAD], handing_of(desk)
    by = speaker_in(offer.signed)
    account = desk.accounts.known().accounts.get(by.account)
    evaluation = head.get(handing.evaluation)
    holder = Namer(departing.document, kaart.edition.shape).item(head[handing.holder])
    term = kept_until(desk, kaart)
    return {
        "versie": VERSION,
        "soort": HANDOVER,
        "id": offer.id,
        "kaart": kaart.id,
        "schema": kaart.edition.name,
        "regioschema": kaart.edition.region,
        "revisie": bundle.tip,
        "moment": moment(offer.when),
        "van": filled(
            installatie=desk.keys.id,
            naam=own_name(desk),
            door=named(offer.signed),
            contact=account.email if account else "",
        ),
        "aan": {"installatie": peer.id, "naam": peer.name},
        "tekst": offer.text,
        "grondslag": offer.ground,
        "geinformeerd": offer.informed,
        "toelichting": offer.why,
        "weggelaten": sorted(departing.withheld),
        "bewaren": filled(termijn=term[0].title, bron=term[0].source, tot=term[1].isoformat()) if term else None,
        "evaluatie": {"datum": evaluation, "wie": holder} if evaluation else None,
        "bekend": known_there(desk, kaart.id, peer.id, bundle) or None,
    }
