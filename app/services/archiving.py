"""What the archive is told of a card in a package: MDTO."""

from app.content.letters import Letter
from app.content.mdto import Happened, Informatieobject, Period, Reference, Restriction, Term, write
from app.services.desk import Desk
from app.services.destroying import kept_until
from app.services.installations import own_name
from app.storage.records import Stored

_LEVELS, _VALUES = "Begrippenlijst Aggregatieniveaus MDTO", "Begrippenlijst Waarderingen MDTO"
_EVENTS, _LIMITS = "Begrippenlijst EventTypen MDTO", "Begrippenlijst BeperkingGebruikTypen MDTO"
_PRIVACY = "Algemene verordening gegevensbescherming"


def archived(desk: Desk, kaart: Stored, letter: Letter, names: list[str]) -> bytes:
    """The file for the archive: nothing of the family but the number of their card.

    Args:
        desk: what to work with.
        kaart: the card.
        letter: what goes with it.
        names: the files in the package that hold it.
    """
    term, host = kept_until(desk, kaart), Reference(own_name(desk))
    law = Reference(f"{term[0].title}, {term[0].source}") if term else None
    kept = Period(Term("Laatste wijziging", "Veiligheidskaart"), length=f"P{term[0].years}Y") if term else None
    if term and kept:
        kept = Period(kept.trigger, kaart.changed.date().isoformat(), kept.length, term[1].isoformat())
    limits = [Restriction(Term("Persoonsgegevens", _LIMITS), "Alleen voor wie een rol heeft.", [Reference(_PRIVACY)])]
    if law:
        limits.append(Restriction(Term("Openbaarheidsbeperking", _LIMITS), "Dossier over een gezin.", [law]))
    return write(
        Informatieobject(
            [(kaart.id, "Veiligheidskaart"), (letter["id"], own_name(desk))],
            f"Veiligheidskaart {kaart.id}",
            Term("Te vernietigen", _VALUES, "V"),
            [host],
            limits,
            level=Term("Dossier", _LEVELS),
            language="nl",
            events=[Happened(Term("Overdracht", _EVENTS), letter["moment"], host)],
            kept=kept,
            files=[Reference(name) for name in names],
        )
    )
