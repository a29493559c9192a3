"""What the catalogue is told for reviewers: made from the card, the roles on it and what was said about it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from app.content.overleg import CONFIRMED
from app.content.overleg_state import Judged, Overleg
from app.content.reviewed import Part, parts
from app.content.workflow import LIFT
from app.services import rights
from app.services.actors import Actor, actor_of
from app.services.alike import alike
from app.services.desk import Desk
from app.services.hearing import heard_of
from app.services.viewing import View
from app.storage.catalogue_review import NOT_URGENT, JudgedRow, PartRow, ReviewRows, SeerRow
from app.storage.records import Access, Stored


def review_rows(desk: Desk, kaart: Stored, access: Access, overleg: Overleg) -> ReviewRows:
    """What the catalogue keeps of a card in order, for those who review it."""
    types = desk.types
    found = parts(kaart.document, kaart.edition.shape, types.roles.shield, types.review)
    places = {one.name: place for place, one in enumerate(types.review.urgent)}
    rows = tuple(
        PartRow(
            one.item,
            one.digest,
            one.shown,
            not one.barred,
            min((places[name] for name in one.urgent), default=NOT_URGENT),
        )
        for one in sorted(found.values(), key=lambda part: part.item)
    )
    judged = tuple(_judged(account, item, one) for (account, item), one in sorted(overleg.judgements().items()))
    return ReviewRows(rows, tuple(_seers(desk, kaart, access, overleg, found)), judged)


def _judged(account: str, item: str, one: Judged) -> JudgedRow:
    """A judgement; who saw a part of an item judged that part: all of it is something else."""
    digest = one.about.seen or one.about.digest
    return JudgedRow(account, item, digest, one.about.shown, utc_moment(one.said.moment), one.answered)


def utc_moment(moment: datetime) -> str:
    """A moment as the catalogue keeps it: texts that sort as the moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def lifted(desk: Desk, overleg: Overleg) -> dict[str, str]:
    """The items of which a second person confirmed that the shield is lifted, and when that was last.

    Args:
        desk: what to work with.
        overleg: what was said, as far as whoever is told may hear it.
    """
    act = desk.types.workflow.act(LIFT)
    return {
        item: utc_moment(asked.replies[-1].moment)
        for asked in overleg.requests()
        if act and asked.said.step == act.name and asked.replies and asked.replies[-1].verdict == CONFIRMED
        for item in asked.said.items
    }


def _seers(desk: Desk, kaart: Stored, access: Access, overleg: Overleg, found: Mapping[str, Part]) -> Iterable[SeerRow]:
    """Which reviewer may see which of the items that not everybody sees, or not all of, or did not always."""
    opened = lifted(desk, overleg)
    special = [one for one in found.values() if one.barred or one.digest != one.shown or one.item in opened]
    if not special:
        return

    def sees(seen: View) -> list[tuple[str, bool, str]]:
        shown = seen.shown(kaart)
        mine = parts(shown.document, kaart.edition.shape, desk.types.roles.shield, desk.types.review)
        known = lifted(desk, heard_of(seen, overleg)) if opened else {}
        return [
            (one.item, mine[one.item].digest == one.digest, known.get(one.item, ""))
            for one in special
            if one.item in mine
        ]

    of = alike(desk, kaart.id, access, overleg, sees)
    for actor in _reviewers(desk, access):
        yield from (SeerRow(actor.id, *row) for row in of(actor))


def _reviewers(desk: Desk, access: Access) -> list[Actor]:
    """All who may judge on a card, or soon may; each once, by account."""
    known = desk.accounts.known()
    able = {name for name, role in desk.types.roles.card.items() if rights.JUDGE in role.may}
    subjects = {one.subject for one in access.grants if one.role in able}
    people = (actor_of(account, known) for account in known.accounts.values())
    return sorted((one for one in people if one.id and subjects & set(one.subjects)), key=lambda one: one.id)
