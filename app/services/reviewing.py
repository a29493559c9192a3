"""The rights review: who has what, since when, and when it was last used; to read and to export."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.content.grants import utc
from app.services import rights
from app.services.accounts import Listed, everybody
from app.services.actors import Actor
from app.services.cataloguing import repaired
from app.services.desk import Desk
from app.services.spreadsheet import csv_of


@dataclass(frozen=True)
class Rights:
    """What one account has.

    Attributes:
        listed: the account, its organisation and what it is.
        title: of its role at the organisation.
        cards: for each role on a card, on how many cards this account has it now.
        by_organisation: likewise, for the roles that its whole organisation has.
    """

    listed: Listed
    title: str
    cards: Mapping[str, int]
    by_organisation: Mapping[str, int]


def review(desk: Desk, actor: Actor) -> list[Rights]:
    """What every account within this person's reach has, by organisation and name.

    Raises:
        NotAllowed: this person may not review rights.
        StoreError: the catalogue fails and cannot be made anew.
    """
    desk.require(actor, rights.REVIEW)
    held, roles = _held(desk), desk.types.roles.organisation
    return [
        Rights(
            one,
            roles[one.account.role].title if one.account.role in roles else one.account.role,
            held.get(f"account:{one.account.id}", {}) if _reads(desk, one) else {},
            held.get(f"organisation:{one.organisation.id}", {}) if _reads(desk, one) else {},
        )
        for one in sorted(everybody(desk, actor), key=lambda one: (one.organisation.name, one.account.name))
    ]


def export(desk: Desk, found: Sequence[Rights], titles: Sequence[str]) -> bytes:
    """The review for a spreadsheet.

    Args:
        desk: what with.
        found: of `review`.
        titles: of the columns before those of the roles on cards.
    """
    card_roles = desk.types.roles.card
    rows: list[Sequence[str]] = [(*titles, *(role.title for role in card_roles.values()))]
    for one in found:
        account = one.listed.account
        counts = [one.cards.get(name, 0) + one.by_organisation.get(name, 0) for name in card_roles]
        row = (
            account.name,
            account.email,
            one.listed.organisation.name,
            one.title,
            one.listed.state,
            (account.role_since or account.since)[:10],
            account.used,
            *map(str, counts),
        )
        rows.append(row)
    return csv_of(rows)


def _held(desk: Desk) -> dict[str, Counter[str]]:
    """On how many cards each account and organisation has each role now."""
    now = utc(desk.clock())
    held: dict[str, Counter[str]] = {}
    for subject, role, _kaart, since, until in repaired(desk, desk.catalogue.roles_held):
        if since <= now and (not until or now < until):
            held.setdefault(subject, Counter())[role] += 1
    return held


def _reads(desk: Desk, one: Listed) -> bool:
    role = desk.types.roles.organisation.get(one.account.role)
    return role is not None and role.cards and one.account.active and one.organisation.active
