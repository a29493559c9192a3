"""The way every change takes: read, bring together with what others did, split into commits, save, catalogue."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from app.content import Document
from app.content.clean import clean_text
from app.content.ids import with_ids
from app.content.problems import InvalidCard, Problem, refuse
from app.content.second import without_reasons
from app.services import rights
from app.services.cataloguing import record
from app.services.commits import new_save, parts_of
from app.services.desk import Desk
from app.services.errors import NO_CARD, NO_REVISION, NotFound, without_message
from app.services.handed import follow
from app.services.outcome import Saved, Wish, becomes, own_card
from app.services.owed import ToConfirm, asking, settle
from app.services.second_person import judged
from app.services.viewing import View, view
from app.storage.errors import Moved, RepositoryNotFound, RevisionNotFound, StoreError
from app.storage.kaart_writer import KaartWriter
from app.storage.records import InvalidRevision, NewPart, NewSave, Stored

_log = logging.getLogger("kaarten.saving")
_TRIES = 5
_ID_LENGTH = 5
REASON = ("reden",)
"""Where the problems of a reason are: on no card."""
_LONGEST_REASON = 5_000


def save(desk: Desk, wish: Wish) -> Saved:
    """Save what a person wants of a card; see `editing.save_card` for what it raises."""
    with held(desk, wish.kaart_id) as writer:
        for attempt in range(_TRIES):
            try:
                saved, kaart = _save_once(desk, wish, writer)
                break
            except Moved:
                # An ordinary git client pushed between reading and saving: look again at what is there now.
                if attempt == _TRIES - 1:
                    raise
        _then(wish, writer, saved)
        if kaart is not None:
            record(desk, writer, kaart, anew=False)
    return saved


def preview(desk: Desk, wish: Wish) -> tuple[Stored, Document]:
    """The card as it is now, and as `save` would leave it, as this person sees them; saves nothing."""
    seen = view(desk, wish.actor, wish.kaart_id)
    current, document = prospect(desk, wish, seen)
    return seen.shown(current), seen.shown(replace(current, document=document)).document


def prospect(desk: Desk, wish: Wish, seen: View) -> tuple[Stored, Document]:
    """The whole card as it is now, and as `save` would leave it; waits for nobody. Raises as `save`."""
    try:
        current = desk.kaarten.read(wish.kaart_id)
        desk.require(wish.actor, wish.action, current, wish.of)
        document = becomes(desk, wish, seen, current, lambda: desk.kaarten.read(wish.kaart_id, wish.base))
    except RepositoryNotFound:
        raise NotFound(NO_CARD) from None
    except RevisionNotFound:
        raise NotFound(NO_REVISION) from None
    return current, document


@contextmanager
def held(desk: Desk, kaart_id: str) -> Iterator[KaartWriter]:
    """The card for this writer alone, who decides anew who may: another may have withdrawn a role meanwhile.

    What the newest save makes to be said is said by then, and the card says what its handovers say.

    Raises:
        NotFound: there is no such card, or no such revision.
        StoreError: the store fails.
    """
    try:
        with desk.kaarten.writing(kaart_id) as writer:
            desk.forget_access(kaart_id)
            with suppress(InvalidCard):
                kaart = writer.read()
                settle(desk, writer, kaart)
                follow(desk, writer, kaart)
            yield writer
    except RepositoryNotFound:
        raise NotFound(NO_CARD) from None
    except RevisionNotFound:
        raise NotFound(NO_REVISION) from None


def _new_save_of(desk: Desk, wish: Wish, parts: Sequence[NewPart], form: str, due: Sequence[ToConfirm]) -> NewSave:
    """The save of a wish: by whom it is, what made it possible on each commit, and what it asks on the last."""
    told = [replace(part, trailers=[*part.trailers, *wish.trailers]) for part in parts]
    told[-1] = asking(desk, wish.actor, told[-1], due)
    made = new_save(desk, wish.actor, wish.reason, told, form)
    return replace(made, author=wish.author) if wish.author else made


def with_drawn_ids(desk: Desk, document: Document) -> Document:
    """The document with an id for each item that had none."""
    return with_ids(document, desk.types.edition_of(document).shape, lambda: desk.draw(_ID_LENGTH))


def new_item_id(desk: Desk, prefix: str) -> str:
    """An id for a new item of a section whose ids begin with `prefix`."""
    return f"{prefix}-{desk.draw(_ID_LENGTH)}"


def apart(problems: Iterable[Problem]) -> tuple[list[Problem], list[Problem]]:
    """The problems of the reason for a save, and those of what is saved."""
    found = list(problems)
    return [one for one in found if one.path == REASON], [one for one in found if one.path != REASON]


def clean_reason(reason: str) -> str:
    """A reason in normal form.

    Raises:
        InvalidCard: it is too long or holds signs that cannot be kept.
    """
    if len(reason) > _LONGEST_REASON:
        raise refuse(f"Maak de reden korter: hoogstens {_LONGEST_REASON} tekens.", REASON)
    return clean_text(reason, REASON)


def _then(wish: Wish, writer: KaartWriter, saved: Saved) -> None:
    """Say what is to be said of a save. The card is saved: that this fails undoes nothing."""
    try:
        wish.then(writer, saved)
    except StoreError as error:
        if not saved.parts:
            raise
        _log.error("saved, and not yet said why: %s: %s", wish.kaart_id, without_message(error))


def _save_once(desk: Desk, wish: Wish, writer: KaartWriter) -> tuple[Saved, Stored | None]:
    """One try; what became of it, and the card after it where anything was saved."""
    seen = view(desk, wish.actor, wish.kaart_id)
    try:
        current = writer.read()
    except InvalidRevision as damage:
        return _mend(desk, wish, seen, writer, damage)
    desk.require(wish.actor, wish.action, current, wish.of)
    document = becomes(desk, wish, seen, current, lambda: writer.read(wish.base))
    due = judged(desk, current, document, confirmed=wish.confirmed)
    parts = parts_of(desk, current, document)
    if not parts:
        return Saved(current.revision, 0), None
    if wish.asks:
        due.append(ToConfirm(wish.asks))
    kaart = writer.save(current.revision, _new_save_of(desk, wish, parts, current.form, due))
    return Saved(kaart.revision, len(parts), merged=wish.base != current.revision), kaart


def _mend(desk: Desk, wish: Wish, seen: View, writer: KaartWriter, damage: InvalidRevision) -> tuple[Saved, Stored]:
    """Save on a newest revision that is not a card: only by somebody who names that revision as the base."""
    desk.require(wish.actor, rights.EDIT, wish.kaart_id)
    if wish.base != damage.revision:
        raise damage
    known = desk.kaarten.last_valid(wish.kaart_id)
    if known is None:
        raise damage
    shape = desk.types.current.shape
    document = without_reasons(own_card(wish, seen, known), [known.document], shape, desk.types.roles.shield)
    due = judged(desk, known, document, confirmed=wish.confirmed)
    wish.judge(document)
    made = _new_save_of(desk, wish, [NewPart(document, "Kaart hersteld")], known.form, due)
    kaart = writer.save(damage.revision, made)
    return Saved(kaart.revision, 1), kaart
