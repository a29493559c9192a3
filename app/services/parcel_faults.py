"""Why a package is not taken in: one Dutch sentence for a person, a code for the log."""

from app.content.letters import NoLetter
from app.content.overleg import NotSaid
from app.content.problems import InvalidCard
from app.services.errors import ServiceError
from app.storage.bags import BadBag
from app.storage.errors import TooLarge
from app.storage.git_bundle import BadBundle, Reason
from app.storage.quarantine import TooMuch
from app.storage.signing import NotForUs

_WHOLE = "Er is niets veranderd. Vraag de afzender om het pakket opnieuw te sturen."
_BROKEN = f"Dit pakket is onderweg beschadigd of gewijzigd. {_WHOLE}"
_NONE = f"Dit is geen pakket met een kaart. {_WHOLE}"
_SENTENCES = {
    "large": f"Dit pakket is te groot voor een kaart. {_WHOLE}",
    "often": "Deze kaart is al heel vaak overgedragen. Zij kan niet nog eens worden aangenomen.",
    "waiting": "Er wachten al 20 pakketten op u. Beslis eerst over een daarvan, of haal er een weg.",
    "unsafe": f"Dit pakket is niet veilig om te openen. {_WHOLE}",
    "broken": _BROKEN,
    "no-package": _NONE,
    "not-for-us": (
        "We kunnen dit pakket niet openen. Het is voor een ander, of het is onderweg beschadigd. "
        "Er is niets veranderd. Vraag de afzender voor wie het is, en om het opnieuw te sturen."
    ),
    "not-us": "Dit pakket is aan een ander gericht. Er is niets veranderd. Vraag de afzender voor wie het is.",
    "stranger": "We kennen de afzender van dit pakket niet. Vraag de beheerder om die installatie toe te voegen.",
    "signature": "De ondertekening van dit pakket klopt niet. Neem het niet aan, en bel de afzender.",
    "destroyed": "Deze kaart is hier vernietigd en komt niet terug. Overleg met de afzender.",
    "no-letter": _NONE,
    "no-history": _BROKEN,
    "other-tip": _BROKEN,
    "other-card": "De bestanden in dit pakket horen niet bij elkaar. Neem het niet aan, en bel de afzender.",
    "somebody-of-here": "In dit pakket staan woorden op naam van iemand van hier. Bel de afzender.",
    "not-a-card": f"Een versie in dit pakket is geen geldige kaart. {_WHOLE}",
    "unrelated": "Er is hier een kaart met dit nummer die niets met dit pakket te maken heeft. Bel de afzender.",
    "held": "Deze kaart heeft hier al een dossierhouder. Alleen die kan dit pakket aannemen. Vraag het haar of hem.",
    "state": f"Dit pakket is niet aangeboden om over te nemen. {_WHOLE}",
    "no-offer": "Dit ontvangstbewijs hoort bij geen aanbod van hier. Bel de afzender.",
    "withdrawn": "Deze kaart is aangenomen nadat u dat aanbod introk. Bel de ontvanger, en spreek af wie haar houdt.",
    "accepted": "Deze kaart is hier al aangenomen. Er is niets veranderd. Stuur de afzender het ontvangstbewijs.",
    "old": (
        "Dit is hier al verwerkt, of het is ouder dan de kaart die hier is. Er is niets veranderd. "
        "Verwacht u iets nieuws? Bel de afzender."
    ),
}
_OF_A_BAG = {
    "large": "large",
    "many": "large",
    "bomb": "large",
    "name": "unsafe",
    "twice": "unsafe",
    "kind": "unsafe",
    "hidden": "unsafe",
    "unknown": "unsafe",
    "fetch": "unsafe",
    "archive": "no-package",
    "version": "no-package",
    "missing": "no-package",
}

_OF_A_BUNDLE = {Reason.TOO_LARGE: "large", Reason.DAMAGED: "broken", Reason.INCOMPLETE: "broken"}


class Refused(ServiceError):
    """A package that is not taken in; nothing is changed.

    Attributes:
        code: why, in a word for the log.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(_SENTENCES[code])


def refused(error: Exception) -> Refused:
    """What is wrong with a package, as a refusal; what a machine said of it stays the cause."""
    if isinstance(error, BadBag):
        return Refused(_OF_A_BAG.get(error.code, "broken"))
    if isinstance(error, BadBundle):
        return Refused(_OF_A_BUNDLE.get(error.reason, "unsafe"))
    codes = {InvalidCard: "not-a-card", NotForUs: "not-for-us", NotSaid: "broken", NoLetter: "broken"}
    large = isinstance(error, TooLarge | TooMuch)
    return Refused("large" if large else next(code for kind, code in codes.items() if isinstance(error, kind)))
