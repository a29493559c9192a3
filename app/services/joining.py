"""A card here and what came in of it, made one: what differs is chosen, and each shield that holds here stays."""

from dataclasses import dataclass

from app.content import Document, Path
from app.content.changes import changes
from app.content.merge import Conflict
from app.content.messages import trailers_of
from app.content.problems import InvalidCard
from app.content.second import still_shielded
from app.content.shielding import concealed, told
from app.content.validate import validate
from app.services.actors import Actor
from app.services.commits import new_save
from app.services.desk import Desk
from app.services.errors import NotAllowed
from app.services.returning import APART, Meeting
from app.services.viewing import View, unseen_in
from app.storage.kaart_writer import KaartWriter
from app.storage.records import NewPart, NewSave, Stored

CHOOSE = "Kies bij elk verschil wat blijft staan."


@dataclass(frozen=True)
class Chosen:
    """What a person chose where both sides differ.

    Attributes:
        ours: the places where what is here stays.
        theirs: the places where that of the package comes.
    """

    ours: frozenset[Path] = frozenset()
    theirs: frozenset[Path] = frozenset()


def open_conflicts(desk: Desk, actor: Actor, meeting: Meeting) -> list[Conflict]:
    """Where both sides differ and this person decides; of what is shielded from this person, that here stays."""
    if meeting.own is None or meeting.merged is None:
        return []
    unseen = _unseen(desk, actor, meeting.own, meeting.theirs)
    return [one for one in meeting.merged.conflicts if unseen.isdisjoint(one.path)]


def _unseen(desk: Desk, actor: Actor, own: Stored, theirs: Document) -> frozenset[str]:
    """What is shielded from this person, in the card here or in what came."""
    seen = View(desk, actor, own.id, desk.kaarten.access(own.id))
    unseen = seen.hidden_in(own)
    return unseen | unseen_in(desk, actor, theirs, linked=seen.mine, also=unseen)


def joined(desk: Desk, actor: Actor, meeting: Meeting, chosen: Chosen, reason: str) -> tuple[Document, NewSave | None]:
    """The card with both sides, and the save that makes it so; None where what came in is that already.

    A shield that holds here is not lifted by a package: nobody here confirmed that.

    Raises:
        NotAllowed: not everything was chosen, or both together are no card.
    """
    if meeting.own is None:
        return meeting.theirs, None
    if meeting.kind != APART or meeting.merged is None:
        document = _shielded_as_here(desk, meeting.own, meeting.theirs, actor)
        if document is meeting.theirs:
            return document, None
        part = NewPart(
            document, "Afscherming gebleven zoals zij hier was", _touched(meeting.theirs, document, meeting.own)
        )
        return document, new_save(desk, actor, "Afscherming vervalt niet door een pakket.", [part], meeting.own.form)
    asked = {one.path for one in open_conflicts(desk, actor, meeting)}
    if asked - chosen.ours - chosen.theirs:
        raise NotAllowed(CHOOSE)
    document = meeting.document(chosen.ours | ({one.path for one in meeting.merged.conflicts} - asked))
    document = _shielded_as_here(desk, meeting.own, document, actor)
    trailers = _touched(meeting.own.document, document, meeting.own)
    part = NewPart(document, "Kaart samengevoegd met wat elders is bewaard", trailers)
    return document, new_save(desk, actor, reason, [part], meeting.own.form)


def landed(writer: KaartWriter, meeting: Meeting, tip: str, save: NewSave | None) -> str:
    """Write the save of `joined` beside the card, where there is one; the revision that both sides end in."""
    if save is None or meeting.own is None:
        return tip
    if meeting.kind == APART:
        return writer.aside(meeting.own.revision, [save], merging=tip)[-1]
    return writer.aside(tip, [save])[-1]


def _shielded_as_here(desk: Desk, own: Stored, document: Document, actor: Actor) -> Document:
    """The card with each shield that holds here; the very same one where none is lifted. Raises `NotAllowed`."""
    types = desk.types
    kept = still_shielded(own.document, document, own.edition.shape, types.roles.shield, types.display)
    try:
        validate(kept, types.edition_of(kept))
    except InvalidCard as verdict:
        gone, shape = _unseen(desk, actor, own, kept), types.edition_of(kept).shape
        problems = told(verdict.problems, gone, concealed(kept, shape, gone))
        raise NotAllowed(f"Samen is dit geen geldige kaart: {problems[0]}") from None
    return kept


def _touched(before: Document, after: Document, kaart: Stored) -> list[tuple[str, str]]:
    steps = changes(before, after)
    return trailers_of(steps, kaart.edition.shape) if steps else []
