"""Who acts."""

import re
from dataclasses import dataclass

from app.services.errors import ServiceError
from app.storage.records import Author

_LONGEST = 400
_ADDRESSED = re.compile(r"\s*([^<>\n]{1,100}?)\s*<([^<>\s@]{1,64}@[^<>\s@]{1,190})>\s*")


@dataclass(frozen=True)
class Actor:
    """The person who acts, for whom every service is done.

    Attributes:
        name: the whole name.
        email: the address that stands with each change.
        organisation: where he or she works; empty where it is not known.
    """

    name: str
    email: str
    organisation: str = ""

    @property
    def author(self) -> Author:
        """This person as the author of a change."""
        return Author(self.name, self.email, self.organisation)


def parse_actor(text: str, organisation: str = "") -> Actor:
    """The person in ``Naam <adres>``.

    Raises:
        ServiceError: the text has another form.
    """
    match = _ADDRESSED.fullmatch(text.strip()) if len(text) <= _LONGEST and text.isprintable() else None
    if not match:
        raise ServiceError("Schrijf wie dit doet zo: Naam <naam@organisatie.nl>.")
    return Actor(match[1], match[2], organisation)
