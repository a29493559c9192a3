"""Which of the professionals on a card the people with a role on it are."""

from collections.abc import Iterator

from app.content.grants import utc
from app.content.items import Namer
from app.content.members import rows_of
from app.content.messages import ADDED, FIELDS, Message
from app.content.problems import InvalidCard
from app.content.shielding import shielded_from, unlinked
from app.services.desk import Desk
from app.services.offering import ACCOUNT, ORGANISATION, is_over
from app.storage.records import Save, Stored


def ever_shielded_from(desk: Desk, kaart_id: str, row: str) -> bool:
    """Whether anything on a card is or was shielded from a professional on it.

    Only those revisions are read in which that can have begun.

    Raises:
        StoreError: the history cannot be read.
    """
    shield = desk.types.roles.shield

    def work(saves: Iterator[Save]) -> bool:
        return any(row in shielded_from(one.document, one.edition.shape, shield) for one in map(read, saves) if one)

    def read(save: Save) -> Stored | None:
        if save.parents and not any(_may_shield(step.message, shield.field) for step in save.steps):
            return None
        try:
            return desk.kaarten.read(kaart_id, save.revision)
        except InvalidCard:
            return None

    return desk.kaarten.look_back(kaart_id, work)


def _may_shield(message: Message, field: str) -> bool:
    """Whether a commit can have shielded something: it changed from whom, put items on the card, or does not say."""
    fields = " ".join(message.trailers.get(FIELDS, ())).split()
    return field in fields or not fields or ADDED in message.subject


def unlinked_on(desk: Desk, kaart: Stored) -> list[str]:
    """What the professionals are called from whom something is shielded while nobody with a role is known to be them.

    Args:
        desk: what with.
        kaart: the card, as far as the person at the page sees it.
    """
    types, known, moment = desk.types, desk.accounts.known(), utc(desk.clock())
    matched: set[str] = set()
    if not unlinked(kaart.document, kaart.edition.shape, types.roles.shield, types.display, matched):
        return []
    running = [one for one in desk.access(kaart.id).grants if not is_over(one, moment)]
    subjects, linked = {one.subject for one in running}, {one.professional for one in running if one.professional}
    for account in known.accounts.values():
        if not subjects.isdisjoint((ACCOUNT + account.id, ORGANISATION + account.organisation)):
            works = known.organisations.get(account.organisation)
            matched |= rows_of(kaart.document, types.display, account.name, works.name if works else "", linked)
    found = unlinked(kaart.document, kaart.edition.shape, types.roles.shield, types.display, matched)
    namer = Namer(kaart.document, kaart.edition.shape)
    return sorted(namer.item(one) for one in found)
