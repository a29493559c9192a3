"""Which of the professionals on a card the people with a role on it are."""

from app.content.grants import utc
from app.content.items import Namer
from app.content.members import rows_of
from app.content.shielding import unlinked
from app.services.desk import Desk
from app.services.offering import ACCOUNT, ORGANISATION, is_over
from app.storage.records import Stored


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
