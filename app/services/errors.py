"""What can keep a use case from being done. Each says so in one Dutch sentence.

`ServiceError` is the root; an invalid card is `app.content.problems.InvalidCard`, a store that fails is
`app.storage.errors.StoreError`.
"""

import traceback
from collections.abc import Mapping, Sequence

from app.content import Document
from app.content.merge import Conflict
from app.content.problems import Problem
from app.storage.records import Save, Stored

NO_CARD = "Deze kaart is er niet, of zij is niet met u gedeeld. Vraag het de dossierhouder."
NO_REVISION = "Deze versie van de kaart is er niet."


class ServiceError(Exception):
    """The root of the family; its text is one Dutch sentence for a person."""


class NotAllowed(ServiceError):
    """This person may not do this, or nobody may in this state of the card."""


class NotFound(ServiceError):
    """There is no such card, revision or item, or none that this person may see."""


class InvalidInput(ServiceError):
    """Something was filled in that cannot be. Nothing was saved.

    Attributes:
        problems: for each field that is wrong, the sentence that says why.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(self.problems.values()))


class Conflicted(ServiceError):
    """Somebody else changed the card meanwhile, in a way that a person must look at. Nothing was saved.

    Attributes:
        conflicts: fields or items where both sides differ; may be empty when `problems` is not.
        problems: why the two changes together would not be a valid card.
        base: the card that this person started from.
        mine: the card as this person wants it.
        current: the card as it is now, with theirs.
        merged: both sides together where they do not conflict.
        their_saves: what was saved meanwhile, newest first.
    """

    def __init__(
        self,
        conflicts: Sequence[Conflict],
        problems: Sequence[Problem],
        base: Document,
        mine: Document,
        current: Stored,
        merged: Document,
        their_saves: Sequence[Save],
    ) -> None:
        self.conflicts, self.problems = list(conflicts), list(problems)
        self.base, self.mine, self.current, self.merged = base, mine, current, merged
        self.their_saves = list(their_saves)
        super().__init__("Iemand anders heeft deze kaart intussen gewijzigd. Er is nog niets bewaard.")


class AlreadyMade(ServiceError):
    """A card with this id is there, made of something else than what is handed in now."""


def without_message(error: BaseException) -> str:
    """What an error is and where it was raised, for a log: its message may hold what stands on a card."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"
