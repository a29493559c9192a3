"""Looking after the cards: is everything whole and valid, the catalogue anew, long histories packed."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.content.problems import InvalidCard
from app.services import rights
from app.services.actors import Actor
from app.services.cataloguing import Progress, current_entry, put_again, repaired, untold
from app.services.desk import Desk
from app.services.destroying import come_back
from app.services.errors import NO_CARD, NotFound
from app.storage.errors import GitMissing, StoreError

_NOT_LANDED = (
    "Deze versie kwam van een andere installatie en staat niet in de kaart: een ander programma bewaarde er op "
    "hetzelfde moment iets in. Voeg haar samen met gewoon git."
)
_AGAIN = "Draai ‘kaarten destroy again’."


@dataclass(frozen=True)
class Finding:
    """One thing that is not in order.

    Attributes:
        kaart: the card.
        revision: the revision it is about; empty for the card as a whole.
        message: one sentence.
        fault: False for what is past: a revision that is no card below a newest one that is.
    """

    kaart: str
    revision: str
    message: str
    fault: bool = True


def check(desk: Desk, actor: Actor, kaart_id: str | None = None, progress: Progress = untold) -> Iterator[Finding]:
    """Look over one card or all: git's own check, every revision a valid card, the catalogue equal to git.

    And that what came from other installations is in the card.

    Raises:
        NotFound: there is no such card.
        NotAllowed: this person may not.
    """
    desk.require(actor, rights.MAINTAIN)
    if kaart_id is not None and not desk.kaarten.exists(kaart_id):
        raise NotFound(NO_CARD)
    ids = [kaart_id] if kaart_id else list(desk.kaarten.ids())
    for one in progress(ids, len(ids)):
        yield from _check_one(desk, one)
    if kaart_id is None:
        yield from (Finding(gone, "", "Staat in de catalogus, maar er is geen kaart.") for gone in _gone(desk, ids))
    for stone in come_back(desk):
        if stone.kaart_id in ids:
            day = stone.when.astimezone(desk.clock().tzinfo).date()
            yield Finding(stone.kaart_id, "", f"Is op {day} vernietigd, en staat er weer. {_AGAIN}")


def reindex(desk: Desk, actor: Actor, progress: Progress = untold) -> int:
    """Write the catalogue anew from the cards, beside readers; how many cards.

    Raises:
        NotAllowed: this person may not.
        StoreError: the disk refuses.
    """
    desk.require(actor, rights.MAINTAIN)
    return repaired(desk, lambda: put_again(desk, progress))


def pack(desk: Desk, actor: Actor, everything: bool = False, progress: Progress = untold) -> int:
    """Pack the long histories, beside readers and writers; how many cards were packed.

    Args:
        desk: what to work with.
        actor: who.
        everything: also cards with a short loose history.
        progress: told the ids as they come.

    Raises:
        NotAllowed: this person may not.
        StoreError: git or the disk refuses.
    """
    desk.require(actor, rights.MAINTAIN)
    ids = [one for one in desk.kaarten.ids() if everything or desk.admin.needs_packing(one)]
    for one in progress(ids, len(ids)):
        desk.admin.pack(one)
    return len(ids)


def _check_one(desk: Desk, kaart_id: str) -> Iterator[Finding]:
    try:
        yield from (Finding(kaart_id, "", fault) for fault in desk.admin.fsck(kaart_id))
        saves = desk.kaarten.history(kaart_id)
    except GitMissing:
        raise
    except StoreError as error:
        yield Finding(kaart_id, "", str(error))
        return
    newest = saves[0].revision
    for revision in [step.revision for save in saves for step in save.steps]:
        try:
            desk.kaarten.read(kaart_id, revision)
        except (InvalidCard, StoreError) as error:
            yield Finding(kaart_id, revision, str(error), isinstance(error, StoreError) or revision == newest)
    yield from _not_landed(desk, kaart_id)
    try:
        if desk.catalogue.entry(kaart_id) != current_entry(desk, kaart_id):
            yield Finding(kaart_id, "", "De catalogus loopt achter. Draai ‘kaarten reindex’.")
    except StoreError as error:
        yield Finding(kaart_id, "", str(error))


def _not_landed(desk: Desk, kaart_id: str) -> Iterator[Finding]:
    """What came from another installation and is not in the card, since another program moved it in between."""
    try:
        head, handovers = desk.kaarten.head(kaart_id), desk.kaarten.access(kaart_id).handovers
        on_its_way = handovers.landing(head)  # whoever holds the card next has it follow
        lost = [one for one in handovers.taken if one != on_its_way and not desk.kaarten.leads_to(kaart_id, one)]
    except StoreError as error:
        yield Finding(kaart_id, "", str(error))
        return
    for one in lost:
        yield Finding(kaart_id, one, _NOT_LANDED)


def _gone(desk: Desk, ids: list[str]) -> list[str]:
    try:
        gone = desk.catalogue.heads().keys() - set(ids)
        return sorted(one for one in gone if not desk.kaarten.exists(one))
    except StoreError:
        return []
