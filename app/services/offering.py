"""What a role on a card may be: the rules for giving and changing one."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from app.content.grants import MOST, Grant, utc
from app.services.desk import ZONE, Desk
from app.services.errors import InvalidInput, NotAllowed
from app.services.managing import without_empty, words
from app.storage.accounts import Known

ACCOUNT, ORGANISATION = "account:", "organisation:"
"""What the subject of a grant begins with."""
SUBJECT, ROLE, SINCE, UNTIL, ROW, REASON = "aan", "rol", "vanaf", "tot", "professional", "reden"
"""What is filled in about a role, and what its problems are of."""
LONGEST_REASON = 400
_FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True)
class Offer:
    """A role on a card as a person fills it in.

    Attributes:
        subject: who gets it, as in `Grant`.
        role: a role on a card.
        since: the first day; None for now.
        until: the last day; None for none.
        professional: the id of the professional of the card who this is; may be empty.
        reason: why.
    """

    subject: str
    role: str
    since: date | None = None
    until: date | None = None
    professional: str = ""
    reason: str = ""


def offered(desk: Desk, was: Grant, offer: Offer, rows: Collection[str], others: Iterable[Grant]) -> Grant:
    """A grant as it is offered.

    Args:
        desk: what with.
        was: the grant as it was; of a new one, as it is made.
        offer: what was filled in.
        rows: the ids of the professionals on the card.
        others: the other grants on the card.

    Raises:
        InvalidInput: something cannot be; says what, by field.
    """
    now, reason = desk.clock(), words(offer.reason)
    since = was.since if offer.since is None or offer.since == day_of(was.since) else _first(offer.since, now)
    until = utc(end_of(offer.until)) if offer.until and offer.until <= LAST else ""
    problems = {
        SUBJECT: _subject_problem(desk, offer, [one for one in others if not is_over(one, utc(now))]),
        ROLE: "" if offer.role in given_roles(desk) else "Kies een rol.",
        SINCE: "Kies een dag vanaf vandaag." if since < was.since and since < utc(now) else "",
        UNTIL: _until_problem(offer, since, until, utc(now)),
        ROW: _row_problem(was, offer, rows),
        REASON: reason_problem(reason) or ("" if reason else "Schrijf op waarom."),
    }
    if found := without_empty(problems):
        raise InvalidInput(found)
    # Who changes a role may not see whom it is linked to: that stays, for it says what is shielded from that person.
    row = offer.professional or ("" if was.professional in rows else was.professional)
    return replace(was, role=offer.role, since=since, until=until, professional=row, reason=reason)


def given_roles(desk: Desk) -> list[str]:
    """The roles on a card that are given, in the order of roles.json; the one of the dossierhouder not by everybody."""
    return [name for name, one in desk.types.roles.card.items() if one.given]


def is_open(desk: Desk, known: Known, subject: str) -> bool:
    """Whether a card can be shared with somebody: one who reads cards and may sign in, or an active organisation."""
    if not subject.startswith((ACCOUNT, ORGANISATION)):
        return False
    organisation_id = subject.removeprefix(ORGANISATION)
    if subject.startswith(ACCOUNT):
        account = known.accounts.get(subject.removeprefix(ACCOUNT))
        role = desk.types.roles.organisation.get(account.role) if account else None
        if account is None or role is None or not (account.active and role.cards):
            return False
        organisation_id = account.organisation
    organisation = known.organisations.get(organisation_id)
    return organisation is not None and organisation.active


def held(desk: Desk, before: Iterable[Grant], after: Sequence[Grant]) -> Sequence[Grant]:
    """The grants after a change, where the card keeps a dossierhouder, now and later.

    Raises:
        NotAllowed: it had one without end, and would not have.
    """
    known = desk.accounts.known()
    if _is_held(desk, known, before) and not _is_held(desk, known, after):
        title = desk.types.roles.card[desk.types.roles.holder].title.lower()
        raise NotAllowed(f"Deze kaart moet altijd een {title} hebben. Geef eerst iemand anders deze rol.")
    return after


def with_room(grants: Sequence[Grant], now: datetime) -> list[Grant]:
    """The grants with room for one more: of very many, the one that was over first goes (git keeps it).

    One that alone links somebody to a professional of the card stays: that says what this person is not to see.

    Raises:
        NotAllowed: as many as a card can have are in force or still to come.
    """
    if len(grants) < MOST:
        return list(grants)
    links = Counter((one.subject, one.professional) for one in grants if one.professional)
    can_go = (one for one in grants if is_over(one, utc(now)) and links[one.subject, one.professional] != 1)
    over = sorted(can_go, key=lambda one: one.until)
    if not over:
        raise NotAllowed(f"Een kaart kan hoogstens {MOST} rollen hebben. Trek er eerst een in.")
    return [one for one in grants if one != over[0]]


def ended(grants: Iterable[Grant], roles: Collection[str], now: str) -> list[Grant]:
    """The grants, where those with one of these roles are over from a moment on."""
    return [
        replace(one, until=max(now, one.since)) if one.role in roles and not is_over(one, now) else one
        for one in grants
    ]


def is_over(grant: Grant, moment: str) -> bool:
    """Whether a grant holds no more."""
    return bool(grant.until) and grant.until <= moment


def reason_problem(reason: str) -> str:
    """Why this cannot be a reason; empty where it can."""
    return f"Maak de reden korter: hoogstens {LONGEST_REASON} tekens." if len(reason) > LONGEST_REASON else ""


def day_of(moment: str) -> date:
    """The day of a moment of a grant, here."""
    return datetime.fromisoformat(moment).astimezone(ZONE).date()


def last_day(grant: Grant) -> date | None:
    """The last day of a grant, also when it was withdrawn in the middle of it; None for one without end."""
    if not grant.until:
        return None
    return (datetime.fromisoformat(grant.until) - timedelta(seconds=1)).astimezone(ZONE).date()


def _is_held(desk: Desk, known: Known, grants: Iterable[Grant]) -> bool:
    """Whether at every moment from now on somebody who can sign in holds the card."""
    holders = [one for one in grants if one.role == desk.types.roles.holder and is_open(desk, known, one.subject)]
    moment = utc(desk.clock())
    while within := [one for one in holders if one.since <= moment and not is_over(one, moment)]:
        if any(not one.until for one in within):
            return True
        moment = max(one.until for one in within)
    return False


def _subject_problem(desk: Desk, offer: Offer, others: Iterable[Grant]) -> str:
    if not is_open(desk, desk.accounts.known(), offer.subject):
        return "Kies met wie u de kaart deelt."
    if any((one.subject, one.role) == (offer.subject, offer.role) for one in others):
        return "Deze rol is er al voor wie u koos. Wijzig die, of kies een andere rol."
    return ""


def _until_problem(offer: Offer, since: str, until: str, now: str) -> str:
    if offer.until is not None and not until:
        return "Dit is te ver weg. Laat de dag leeg als er geen einde is."
    if until and until <= now:
        return "Kies een dag vanaf vandaag. Moet het nu stoppen? Trek de rol dan in."
    return "Kies een dag na de eerste dag." if until and until <= since else ""


def _row_problem(was: Grant, offer: Offer, rows: Collection[str]) -> str:
    if not offer.professional or offer.professional == was.professional:
        return ""
    if not offer.subject.startswith(ACCOUNT):
        return "Kies dit alleen bij een persoon, niet bij een organisatie."
    return "" if offer.professional in rows else "Kies een professional van de kaart."


def _first(day: date, now: datetime) -> str:
    """The first moment of a day, but not before now where that is today."""
    today = now.astimezone(ZONE).date()
    return utc(now) if day == today else utc(_midnight(min(max(day, _FIRST), LAST)))


def end_of(day: date) -> datetime:
    """The first moment after a day, here."""
    return _midnight(day + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
