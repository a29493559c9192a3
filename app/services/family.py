"""The version of a card for one person of the family: who may have it, making it, and noting that it was given."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby

from app.content import Document
from app.content.family import Version, family_paper, record_of, version_for, without_hidden
from app.content.inzage import Rule
from app.content.items import Namer, dutch_date, index
from app.content.shielding import hidden
from app.services import editing, logbook, rights
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotFound
from app.services.logbook import Visitor
from app.services.paper import printed, said
from app.services.printing import Printed, with_organisation
from app.services.reading import read_card
from app.services.saving import new_item_id
from app.services.shared_with import shared
from app.storage.access_log import Event
from app.storage.records import Stored

GIVE = "family-give"
"""What the log calls it that a version was made to be given."""
WHY, RECEIVER = "waarom", "ontvanger"
_NO_PERSON = "Deze persoon staat niet op de kaart."
_LONGEST = 2_000
_MOST_LOOKED = 5_000


@dataclass(frozen=True)
class Asked:
    """How a version is wanted.

    Attributes:
        receiver: the id of who gets it; empty for the person it is about.
        why: why it is given, where that does not speak for itself.
        with_kept: whether it holds what is shielded from somebody else.
        with_looked: whether it says who looked at the card.
        record: whether the card says that it was given.
    """

    receiver: str = ""
    why: str = ""
    with_kept: bool = False
    with_looked: bool = True
    record: bool = True


@dataclass(frozen=True)
class Prospect:
    """What is to be known before a version is made.

    Attributes:
        kaart: the card, as the professional sees it.
        person: the member of the family.
        name: what he or she is called.
        rule: what holds for this person; None where the type says nothing.
        others: the other members, id and name, to whom it may be given instead.
        version: what will be on it.
        records: whether the card can say that it was given.
    """

    kaart: Stored
    person: Document
    name: str
    rule: Rule | None
    others: tuple[tuple[str, str], ...]
    version: Version
    records: bool

    @property
    def asks_why(self) -> bool:
        """Whether it must be said why it is given, whoever receives it."""
        return self.rule is None or self.rule.gives != "yes"


def prospect(desk: Desk, actor: Actor, kaart_id: str, person: str) -> Prospect:
    """What is to be known before a version for somebody is made.

    Raises:
        NotAllowed: not for this person.
        NotFound: there is no such card or person, or none that this person may know of.
        InvalidRevision: another program wrote what is not a card.
        StoreError: the store or the log fails.
    """
    desk.require(actor, rights.FAMILY, kaart_id, person)
    kaart = read_card(desk, actor, kaart_id)
    types, document = desk.types, kaart.document
    members = {one["id"]: one for one in document.get(types.display.person, ())}
    if not types.inzage or person not in members:
        raise NotFound(_NO_PERSON)
    namer = Namer(document, kaart.edition.shape)
    return Prospect(
        kaart,
        members[person],
        namer.item(person),
        types.inzage.rule(members[person], desk.clock().date()),
        tuple((one, namer.item(one)) for one in members if one != person),
        version_for(types, document, person),
        types.inzage.record is not None and desk.may(actor, rights.EDIT, kaart),
    )


def give(desk: Desk, actor: Actor, kaart_id: str, person: str, asked: Asked) -> Printed:
    """Make the version of a card for one person, to give it; the log says so, and the card where that is asked.

    Raises:
        InvalidInput: it must be said why, or who receives it is not on the card.
        Conflicted, InvalidCard, NotAllowed: as `editing.save_item`, where the card is to say it.
        Others: as `prospect`.
    """
    told = prospect(desk, actor, kaart_id, person)
    names = {person: told.name, **dict(told.others)}
    receiver = asked.receiver or person
    why = " ".join(asked.why.split())
    _check(told, names, receiver, why)
    moment, types = desk.clock(), desk.types
    version = version_for(types, told.kaart.document, person, receiver, with_kept=asked.with_kept)
    # Of all of the card: who is kept from this professional too may be on the list of who looked.
    secret = _secret(desk, desk.kaarten.read(kaart_id, told.kaart.revision), {person, receiver})
    facts = (
        ("Voor", names[receiver]),
        ("Gemaakt op", said(moment)),
        ("Gemaakt door", with_organisation(actor)),
    )
    paper = family_paper(
        types,
        version,
        types.inzage.words(told.person, moment.date()) if receiver == person else types.inzage.words({}, moment.date()),
        told.name,
        facts,
        (f"Kaart {kaart_id}", f"Vertrouwelijk · {said(moment)}"),
        _holder(desk, actor, kaart_id, secret),
        _looked(desk, actor, kaart_id, secret) if asked.with_looked else (),
    )
    data = printed(paper, moment)
    desk.tell(actor, Event(GIVE, "R", "toegestaan", moment, kaart=kaart_id, item=person))
    if asked.record and told.records:
        _record(desk, actor, told, names[receiver], why)
    return Printed(f"versie-{kaart_id[:8]}-{person}.pdf", data)


def _check(told: Prospect, names: Collection[str], receiver: str, why: str) -> None:
    problems = {}
    if receiver not in names:
        problems[RECEIVER] = "Kies wie het papier krijgt."
    if len(why) > _LONGEST:
        problems[WHY] = f"Maak dit korter: hoogstens {_LONGEST} tekens."
    elif not why and (told.asks_why or receiver != told.person["id"]):
        problems[WHY] = "Schrijf op waarom u dit papier nu geeft."
    if problems:
        raise InvalidInput(problems)


def _record(desk: Desk, actor: Actor, told: Prospect, to: str, why: str) -> None:
    """Have the card say that a version was given."""
    record = desk.types.inzage.record
    if record is None:
        return
    identity = new_item_id(desk, told.kaart.edition.shape[record.section].prefix)
    item = record_of(record, identity, told.person["id"], to, told.rule, desk.clock().date(), why)
    reason = "Een eigen versie van de kaart gegeven."
    editing.save_item(desk, actor, told.kaart.id, record.section, item, told.kaart.revision, reason)


def _secret(desk: Desk, kaart: Stored, viewers: set[str]) -> set[str]:
    """Names and organisations of professionals that must not be told to somebody: those who are shielded."""
    member, shape = desk.types.display.member, kaart.edition.shape
    if member is None:
        return set()
    gone = hidden(kaart.document, shape, desk.types.roles.shield, viewers)
    items = index(kaart.document, shape)
    rows = [items[one][1] for one in gone if items[one][0] == member.section]
    return {str(row[key]).casefold() for row in rows for key in (member.name, member.organisation) if row.get(key)}


def _holder(desk: Desk, actor: Actor, kaart_id: str, secret: set[str]) -> str:
    """Whom the family can ask: who is dossierhouder now; empty where nobody is who may be named."""
    now = shared(desk, actor, kaart_id).now
    rows = [(one.name, one.organisation) for one in now if one.role.name == desk.types.roles.holder and one.is_open]
    return "; ".join(", ".join(filter(None, row)) for row in without_hidden(rows, secret))


def _looked(desk: Desk, actor: Actor, kaart_id: str, secret: set[str]) -> list[tuple[str, ...]]:
    """Who looked at the card, each person once, by name, organisation and role, and the last day."""
    found = logbook.looked_at(desk, actor, kaart_id, None, None, _MOST_LOOKED)
    by_person = sorted(found, key=lambda one: (one.name, one.organisation, one.behalf))
    groups = groupby(by_person, lambda one: (one.name, one.organisation))
    rows = [_row(name, organisation, list(visits)) for (name, organisation), visits in groups]
    return [("Wie", "Organisatie", "Rol", "Laatst"), *without_hidden(rows, secret)]


def _row(name: str, organisation: str, visits: list[Visitor]) -> tuple[str, ...]:
    roles = dict.fromkeys(role for visit in visits for role in visit.roles)
    last = max(visit.day for visit in visits)
    return name or "Onbekend", organisation, ", ".join(roles), dutch_date(last.isoformat())
