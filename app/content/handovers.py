"""Overdrachten: each time a card was offered to somebody, what became of it, and from where a card came."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, TypeVar

ACCEPTED, REFUSED, WITHDRAWN = "aangenomen", "geweigerd", "ingetrokken"
"""What became of an offer; one without any of these is open."""
INSTALLATION = "installation:"
"""What the receiver of a card that goes to another installation begins with; else it is the subject of a grant."""
MOST = 1000
"""So many handovers one card can have had."""
_LONGEST = 20_000
_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Handover:
    """One offer of a card.

    Attributes:
        id: drawn; names it in addresses and in the package.
        giver: the account of who offers.
        signed: who offers, in words, as `services.actors.signed_by` writes it.
        to: ``account:<id>``, ``organisation:<id>`` or ``installation:<id>``.
        receiver: who that is, in words, at the moment of offering.
        revision: the revision of the card that was offered.
        when: the moment, in UTC, ISO 8601 to the second.
        text: what the giver tells the receiver.
        ground: the legal ground, in words.
        informed: whether the family was told.
        why: how they were told, or why not.
        until: the last moment at which the giver reads the card once it is accepted; empty for not at all after it.
        rows: the professionals of the card who are the receiver, or work there: what is kept from them stays behind.
        outcome: `ACCEPTED`, `REFUSED`, `WITHDRAWN`, or empty while it is open.
        closed: when that was; empty while it is open.
        closed_by: by whom, in words.
        reason: of a refusal or withdrawal: why.
        sent: of a card that goes to another installation: what the package that was accepted is known by.
        answer: what the receipt is known by that closed it.
        taken: of such a card: the revision, here, with which our turn ended.
        was: the revision that it was at before.
    """

    id: str
    giver: str
    signed: str
    to: str
    receiver: str
    revision: str
    when: str
    text: str
    ground: str
    informed: bool
    why: str = ""
    until: str = ""
    rows: tuple[str, ...] = ()
    outcome: str = ""
    closed: str = ""
    closed_by: str = ""
    reason: str = ""
    sent: str = ""
    answer: str = ""
    taken: str = ""
    was: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer."""
        return not self.outcome

    @property
    def elsewhere(self) -> bool:
        """Whether the card goes to another installation."""
        return self.to.startswith(INSTALLATION)


@dataclass(frozen=True)
class Arrival:
    """A package that was taken in.

    Attributes:
        id: the handover, as the sender calls it.
        sender: the other installation, by its id.
        tip: the newest revision in the package.
        when: the moment, in UTC.
        digest: what the package is known by: sha256 of its manifest.
        by: who accepted it, in words.
        taken: of a card that was here: the revision that it came to by it.
        was: the revision that it was at before.
    """

    id: str
    sender: str
    tip: str
    when: str
    digest: str
    by: str
    taken: str = ""
    was: str = ""


@dataclass(frozen=True)
class Sent:
    """What went along in the packages of one handover.

    Attributes:
        id: the handover.
        digests: what each package is known by, the oldest first.
        stands_for: each commit that was sent under another name than it has here, with its own name.
    """

    id: str
    digests: tuple[str, ...] = ()
    stands_for: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Handovers:
    """All handovers of one card, the oldest first; at most one of them is open."""

    offers: tuple[Handover, ...] = ()
    arrivals: tuple[Arrival, ...] = ()

    @property
    def open(self) -> Handover | None:
        """The offer that waits for an answer."""
        return next((one for one in self.offers if one.is_open), None)

    def landing(self, revision: str) -> str:
        """Where a card at a revision still has to go, by a handover with another installation; empty for nowhere."""
        return next((one.taken for one in self._moved if one.was == revision), "")

    @property
    def taken(self) -> list[str]:
        """The revisions that handovers with another installation brought the card to; it leads to each of them."""
        return [one.taken for one in self._moved]

    @property
    def _moved(self) -> "list[Handover | Arrival]":
        all_of_them: list[Handover | Arrival] = [*self.offers, *self.arrivals]
        return [one for one in all_of_them if one.taken]

    def with_offer(self, offer: Handover) -> "Handovers":
        """With an offer, new or in the place of the one with its id."""
        known = [offer if one.id == offer.id else one for one in self.offers]
        return Handovers(tuple(known if offer in known else [*known, offer]), self.arrivals)

    def with_arrival(self, arrival: Arrival) -> "Handovers":
        """With a package that was taken in."""
        return Handovers(self.offers, (*self.arrivals, arrival))


NONE = Handovers()
"""Those of a card that never was offered to anybody."""


def write_handovers(handovers: Handovers) -> bytes:
    """The file that keeps them; `read_handovers` reads it back."""
    data = {"overdrachten": _plain(handovers.offers), "ontvangen": _plain(handovers.arrivals)}
    return json.dumps(data, ensure_ascii=False, indent=1).encode() + b"\n"


def read_handovers(data: bytes) -> Handovers:
    """The handovers in a file.

    Raises:
        ValueError: it is not what `write_handovers` writes.
    """
    try:
        held = json.loads(data)
        offers = tuple(_made(Handover, {**row, "rows": tuple(row.get("rows", ()))}) for row in held["overdrachten"])
        found = Handovers(offers, tuple(_made(Arrival, row) for row in held["ontvangen"]))
    except (TypeError, KeyError, AttributeError, ValueError, RecursionError) as error:
        raise ValueError(f"no handovers: {error}") from error
    if max(len(found.offers), len(found.arrivals)) > MOST or sum(one.is_open for one in offers) > 1:
        raise ValueError("no handovers: too many")
    return found


def write_sent(sent: Sent) -> bytes:
    """The file that keeps it; `read_sent` reads it back."""
    data = {"id": sent.id, "pakketten": list(sent.digests), "staat_voor": dict(sent.stands_for)}
    return json.dumps(data, indent=0).encode() + b"\n"


def read_sent(data: bytes) -> Sent:
    """What was sent, in a file.

    Raises:
        ValueError: it is not what `write_sent` writes.
    """
    try:
        held = json.loads(data)
        pairs = {str(sent): str(own) for sent, own in held["staat_voor"].items()}
        return Sent(str(held["id"]), tuple(map(str, held["pakketten"])), pairs)
    except (TypeError, KeyError, AttributeError, ValueError, RecursionError) as error:
        raise ValueError(f"nothing sent: {error}") from error


def _plain(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [{key: value for key, value in asdict(one).items() if value not in ("", ())} for one in rows]


def _made(kind: type[_Row], row: dict[str, Any]) -> _Row:
    made = kind(**row)
    for each in fields(made):  # type: ignore[arg-type]  # both kinds are dataclasses
        value = getattr(made, each.name)
        texts = value if isinstance(value, tuple) else () if isinstance(value, bool) else (value,)
        if not all(isinstance(one, str) and len(one) <= _LONGEST for one in texts):
            raise ValueError("a value of another kind")
    for moment in (getattr(made, name, "") for name in ("when", "closed", "until")):
        if moment and datetime.fromisoformat(moment).tzinfo is None:
            raise ValueError("a moment without a time zone")
    return made
