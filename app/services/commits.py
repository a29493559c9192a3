"""The commits of a save: each changed afspraak its own, by whom, when and why."""

from collections.abc import Sequence

from app.content import Document
from app.content.messages import subject_of, trailers_of
from app.content.saving import split
from app.content.validate import holds_together
from app.services.actors import Actor
from app.services.desk import Desk
from app.storage.records import NewPart, NewSave, Stored

_SAVE_ID_LENGTH = 12


def new_save(desk: Desk, actor: Actor, reason: str, parts: Sequence[NewPart], form: str) -> NewSave:
    """A save by this person, now."""
    return NewSave(desk.draw(_SAVE_ID_LENGTH), actor.author, desk.clock(), reason, parts, form)


def parts_of(desk: Desk, current: Stored, document: Document) -> list[NewPart]:
    """The commits that make of a card as it is the one that it becomes; none where nothing changes."""
    edition = desk.types.edition_of(document)
    shape = edition.shape
    parts = [
        NewPart(part.document, subject_of(part.changes, shape), trailers_of(part.changes, shape))
        for part in split(current.document, document, shape, lambda between: holds_together(between, edition))
    ]
    if parts and current.outdated:
        parts.insert(0, NewPart(current.document, f"Kaart bijgewerkt naar {current.edition.name}"))
    return parts
