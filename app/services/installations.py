"""The other installations that cards can go to and come from; those who look after this one say which.

Two installations know each other by a small file that each gives the other: its ‘kaartje’, with public keys. Whoever
put another file in its place on the way would read the cards that go there. So who adds one types the number that the
other reads out by telephone: it follows from the key, and the file does not tell it.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from app.content.grants import utc
from app.content.letters import once
from app.services import rights
from app.services.actors import Actor, signed_by
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.services.managing import name_problem, telling_first, words
from app.storage.access_log import Event, Kind
from app.storage.installations import Installation
from app.storage.signing import fingerprint, installation_id, is_recipient

CARD, NUMBER = "card", "number"
"""What is filled in to add one: in `InvalidInput`."""
_KEYS = {"naam", "contact", "sleutel", "age"}
_LARGEST = 4096
_CONTACT = re.compile(r"[^@\s<>\"(),:;\[\]\\]{1,64}@[A-Za-z0-9.-]{1,250}")
"""As the setting of the other has it: a name of a machine alone, and capitals, are no reason to refuse its file."""
_Work = Callable[[Mapping[str, Installation]], Installation]
_NO_CARD = "Dit is geen kaartje van een installatie. Vraag de ander om het bestand opnieuw te sturen."
_OTHER_NUMBER = (
    "Dit nummer hoort niet bij dit kaartje. Bel de ander en vraag het nummer nog eens. Klopt het niet? Voeg niets toe."
)


@dataclass(frozen=True)
class Own:
    """This installation, as others know it.

    Attributes:
        id: its id.
        name: what it is called.
        number: what to read out by telephone.
        fingerprint: its key, as OpenSSH says it.
        card: the file to give to the other.
    """

    id: str
    name: str
    number: str
    fingerprint: str
    card: bytes


def number_of(installation_id: str) -> str:
    """An id as people read it out: in groups of four, without what is the same in all."""
    signs = installation_id.removeprefix("i-")
    return " ".join(signs[at : at + 4] for at in range(0, len(signs), 4))


def may_manage(desk: Desk, actor: Actor) -> bool:
    """Whether this person looks after the installations; asks without logging."""
    return desk.may(actor, rights.MANAGE) and rights.reaches(actor, "", desk.accounts.known())


def own(desk: Desk, actor: Actor) -> Own:
    """This installation, with the file to give to others; makes its keys at first need.

    Raises:
        NotAllowed: this person does not look after the installations.
        StoreError: the keys cannot be made or read.
    """
    _require(desk, actor)
    told = {"naam": own_name(desk), "contact": desk.contact, "sleutel": desk.keys.public, "age": desk.keys.recipient}
    card = f"{json.dumps(told, ensure_ascii=False, indent=2)}\n".encode()
    return Own(desk.keys.id, own_name(desk), number_of(desk.keys.id), desk.keys.fingerprint, card)


def own_name(desk: Desk) -> str:
    """What this installation is called elsewhere: the organisation that runs it."""
    return next((one.name for one in desk.accounts.known().organisations.values() if one.host), desk.contact)


def listed(desk: Desk, actor: Actor) -> list[Installation]:
    """The other installations, also those that were stopped, by name.

    Raises:
        NotAllowed: this person does not look after the installations.
    """
    _require(desk, actor)
    return list(desk.installations.all().values())


def known(desk: Desk) -> list[tuple[str, str]]:
    """The id and the name of those that a card can go to now, by name; nothing that anybody may not know."""
    return [(one.id, one.name) for one in desk.installations.all().values() if one.active]


def add(desk: Desk, actor: Actor, card: str, number: str) -> Installation:
    """Know another installation from now on.

    Args:
        desk: what with.
        actor: who.
        card: the file of the other.
        number: what the other read out by telephone.

    Raises:
        NotAllowed: this person does not look after the installations.
        InvalidInput: the file is none, or of another; nothing was saved.
        StoreError: nothing was saved.
    """
    _require(desk, actor)
    told = _read(card)
    if re.sub(r"[\s.-]", "", number).casefold().removeprefix("i") != told.id.removeprefix("i-"):
        raise InvalidInput({NUMBER: _OTHER_NUMBER if number.strip() else "Vul het nummer in dat de ander voorleest."})
    if told.id == desk.keys.id:
        raise InvalidInput({CARD: "Dit is het kaartje van deze installatie zelf. Geef het aan de ander."})
    wanted = replace(told, since=utc(desk.clock()), by=signed_by(actor))

    def work(held: Mapping[str, Installation]) -> Installation:
        if wanted.id in held:
            raise InvalidInput({CARD: f"Deze installatie kent u al: {held[wanted.id].name}."})
        if any(one.name.casefold() == wanted.name.casefold() for one in held.values()):
            raise InvalidInput({CARD: "Er is al een installatie met deze naam. Vraag de ander om een andere naam."})
        return wanted

    return _edit(desk, actor, "installation-add", "C", wanted.id, work)


def set_active(desk: Desk, actor: Actor, installation_id: str, *, active: bool) -> Installation:
    """Let an installation stop or take part again; while it is stopped no card goes to it or comes from it.

    Raises:
        NotAllowed: this person does not look after the installations.
        NotFound: nobody added it.
        StoreError: nothing was saved.
    """
    _require(desk, actor)

    def work(held: Mapping[str, Installation]) -> Installation:
        if installation_id not in held:
            raise NotFound("Deze installatie is hier niet bekend.")
        return replace(held[installation_id], active=active)

    event = "installation-resume" if active else "installation-stop"
    return _edit(desk, actor, event, "U", installation_id, work)


def _edit(desk: Desk, actor: Actor, event: str, kind: Kind, about: str, work: _Work) -> Installation:
    line = Event(event, kind, "toegestaan", desk.clock(), person=f"installation:{about}")

    def save(tell: Callable[[], None]) -> Installation:
        def told(held: Mapping[str, Installation]) -> Installation:
            kept = work(held)
            tell()
            return kept

        return desk.installations.edit(told)

    return telling_first(desk, actor, line, save)


def _require(desk: Desk, actor: Actor) -> None:
    desk.require(actor, rights.MANAGE)
    if not may_manage(desk, actor):
        desk.tell(actor, Event(rights.MANAGE, "U", "geweigerd", desk.clock(), person="installation:"))
        raise NotAllowed("Andere installaties beheert de organisatie die deze installatie beheert.")


def _read(card: str) -> Installation:
    """The installation that a file tells of, of which nothing is believed yet."""
    if not card.strip():
        raise InvalidInput({CARD: "Plak het kaartje van de ander, of kies het bestand."})
    try:
        told = json.loads(card if len(card) <= _LARGEST else "", object_pairs_hook=once)
        number = installation_id(told["sleutel"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InvalidInput({CARD: _NO_CARD}) from None
    if told.keys() != _KEYS or any(not isinstance(one, str) for one in told.values()):
        raise InvalidInput({CARD: _NO_CARD})
    name, contact, recipient = words(told["naam"]), told["contact"], told["age"]
    if name_problem(name) or not _CONTACT.fullmatch(contact) or not (recipient == "" or is_recipient(recipient)):
        raise InvalidInput({CARD: _NO_CARD})
    return Installation(number, name, contact, told["sleutel"], recipient)


def fingerprint_of(one: Installation) -> str:
    """The key of another installation, as OpenSSH says it."""
    return fingerprint(one.key)
