"""The way every change takes: read, bring together with what others did, split into commits, save, catalogue."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from app.content import Document
from app.content.agreement import renewed
from app.content.clean import clean, clean_text
from app.content.ids import with_ids
from app.content.merge import Merged, merge
from app.content.messages import subject_of, trailers_of
from app.content.problems import InvalidCard, Problem, refuse
from app.content.protect import rewritten
from app.content.saving import split
from app.content.second import without_reasons
from app.content.shielding import revealed, told
from app.content.validate import holds_together, validate
from app.services import rights
from app.services.actors import Actor
from app.services.cataloguing import record
from app.services.desk import Desk
from app.services.errors import NO_CARD, NO_REVISION, Conflicted, NotFound, without_message
from app.services.owed import ToConfirm, asking, settle
from app.services.second_person import judged
from app.services.viewing import View, view
from app.storage.errors import Moved, RepositoryNotFound, RevisionNotFound, StoreError
from app.storage.kaarten import KaartWriter
from app.storage.records import Author, InvalidRevision, NewPart, NewSave, Stored

_log = logging.getLogger("kaarten.saving")
_TRIES = 5
_ID_LENGTH = 5
REASON = ("reden",)
"""Where the problems of a reason are: on no card."""
_SAVE_ID_LENGTH = 12
_LONGEST_REASON = 5_000


@dataclass(frozen=True)
class Wish:
    """What a person wants of a card.

    Attributes:
        actor: who.
        kaart_id: which card.
        base: the revision this person started from.
        reason: why, in normal form.
        wanted: makes the card that this person wants of the card at `base`, as this person sees it; raises where it
            cannot be.
        check: looks over the whole card at `base` and what becomes of it; raises `InvalidCard` where it cannot be.
        action: what `rights` is asked for.
        of: the id of the one item it is about, or the name of the step; or None.
        judge: looks over the whole card after others' changes were brought in; raises where it cannot be.
        author: whose change it is where that is somebody else: who proposed it.
        trailers: what made that possible, for each commit: such as what was said before, and who took it over.
        then: what is to be said once it is saved, with the card still held; where that fails, or the program dies in
            between, the trailers tell what to say yet.
        confirmed: whether a second person confirmed this very change.
        asks: what it is called in workflow.json, where a second person looks at it afterwards.
    """

    actor: Actor
    kaart_id: str
    base: str
    reason: str
    wanted: Callable[[Document], Document]
    check: Callable[[Document, Document], None]
    action: str = rights.EDIT
    judge: Callable[[Document], None] = lambda _: None
    of: str | None = None
    author: Author | None = None
    trailers: Sequence[tuple[str, str]] = ()
    then: Callable[[KaartWriter, "Saved"], None] = lambda _writer, _saved: None
    confirmed: bool = False
    asks: str = ""


@dataclass(frozen=True)
class Saved:
    """The outcome of a save.

    Attributes:
        revision: the card's revision after it.
        parts: how many commits were made; 0 when there was nothing to change.
        merged: whether changes of somebody else were brought together with these.
    """

    revision: str
    parts: int
    merged: bool = False


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
        document = _becomes(desk, wish, seen, current, lambda: desk.kaarten.read(wish.kaart_id, wish.base))
    except RepositoryNotFound:
        raise NotFound(NO_CARD) from None
    except RevisionNotFound:
        raise NotFound(NO_REVISION) from None
    return current, document


@contextmanager
def held(desk: Desk, kaart_id: str) -> Iterator[KaartWriter]:
    """The card for this writer alone, who decides anew who may: another may have withdrawn a role meanwhile.

    What the newest save makes to be said is said by then.

    Raises:
        NotFound: there is no such card, or no such revision.
        StoreError: the store fails.
    """
    try:
        with desk.kaarten.writing(kaart_id) as writer:
            desk.forget_access(kaart_id)
            with suppress(InvalidCard):
                settle(desk, writer, writer.read())
            yield writer
    except RepositoryNotFound:
        raise NotFound(NO_CARD) from None
    except RevisionNotFound:
        raise NotFound(NO_REVISION) from None


def new_save(desk: Desk, actor: Actor, reason: str, parts: Sequence[NewPart], form: str) -> NewSave:
    """A save by this person, now."""
    return NewSave(desk.draw(_SAVE_ID_LENGTH), actor.author, desk.clock(), reason, parts, form)


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
    document = _becomes(desk, wish, seen, current, lambda: writer.read(wish.base))
    due = judged(desk, current, document, confirmed=wish.confirmed)
    parts = _parts(desk, current, document)
    if not parts:
        return Saved(current.revision, 0), None
    if wish.asks:
        due.append(ToConfirm(wish.asks))
    kaart = writer.save(current.revision, _new_save_of(desk, wish, parts, current.form, due))
    return Saved(kaart.revision, len(parts), merged=wish.base != current.revision), kaart


def _becomes(desk: Desk, wish: Wish, seen: View, current: Stored, read_base: Callable[[], Stored]) -> Document:
    """The whole card after a wish; who agreed to other words is asked again, and a lifted shield keeps no reason."""
    if wish.base == current.revision:
        base, mine = current, _mine(wish, seen, current)
        document = mine
    else:
        base = read_base()
        mine, document = _brought_together(desk, wish, seen, base, current)
    shape = desk.types.edition_of(document).shape
    asked = renewed(document, base.document, mine, current.document, shape.agreements)
    return without_reasons(asked, (base.document, current.document), shape, desk.types.roles.shield)


def _mine(wish: Wish, seen: View, base: Stored) -> Document:
    """The whole card as this person wants it: what is shielded from him or her stands in it as it was."""
    shown = seen.shown(base)
    mine = wish.wanted(shown.document)
    whole = mine if shown is base else revealed(base.document, shown.document, mine, base.edition.shape)
    try:
        wish.check(base.document, whole)
    except InvalidCard as verdict:
        raise InvalidCard(told(verdict.problems, seen.hidden_in(base), mine)) from None
    return whole


def _brought_together(desk: Desk, wish: Wish, seen: View, base: Stored, current: Stored) -> tuple[Document, Document]:
    """The whole card as this person wants it, and that with what others changed since."""
    mine = _mine(wish, seen, base)
    merged = merge(base.document, mine, current.document)
    problems = [] if merged.conflicts else _problems(desk, current.document, merged.document)
    if merged.conflicts or problems:
        raise _conflicted(seen, base, mine, current, merged, problems)
    wish.judge(merged.document)
    return mine, merged.document


def _conflicted(
    seen: View, base: Stored, mine: Document, current: Stored, merged: Merged, problems: list[Problem]
) -> Conflicted:
    """What clashes, as far as this person may see it: nobody can clash on what is shielded from him or her."""
    saves = seen.look_back(list)
    known = [save.revision for save in saves]
    theirs = saves[: known.index(base.revision)] if base.revision in known else saves
    start, own, now = seen.shown(base), seen.shown(replace(base, document=mine)).document, seen.shown(current)
    if now is not current or start is not base:
        merged = merge(start.document, own, now.document)
    unseen = seen.hidden_in(current) | seen.hidden_in(base)
    return Conflicted(
        merged.conflicts,
        told(problems, unseen, merged.document),
        start.document,
        own,
        now,
        merged.document,
        [save for save in theirs if save.steps],
    )


def _problems(desk: Desk, current: Document, merged: Document) -> list[Problem]:
    """Why a merged document cannot be the next one after the current."""
    try:
        edition = desk.types.edition_of(merged)
        validate(clean(merged), edition)
    except InvalidCard as verdict:
        return verdict.problems
    return rewritten(current, merged, edition.shape)


def _parts(desk: Desk, current: Stored, document: Document) -> list[NewPart]:
    edition = desk.types.edition_of(document)
    shape = edition.shape
    parts = [
        NewPart(part.document, subject_of(part.changes, shape), trailers_of(part.changes, shape))
        for part in split(current.document, document, shape, lambda between: holds_together(between, edition))
    ]
    if parts and current.outdated:
        parts.insert(0, NewPart(current.document, f"Kaart bijgewerkt naar {current.edition.name}"))
    return parts


def _mend(desk: Desk, wish: Wish, seen: View, writer: KaartWriter, damage: InvalidRevision) -> tuple[Saved, Stored]:
    """Save on a newest revision that is not a card: only by somebody who names that revision as the base."""
    desk.require(wish.actor, rights.EDIT, wish.kaart_id)
    if wish.base != damage.revision:
        raise damage
    known = desk.kaarten.last_valid(wish.kaart_id)
    if known is None:
        raise damage
    shape = desk.types.current.shape
    document = without_reasons(_mine(wish, seen, known), [known.document], shape, desk.types.roles.shield)
    due = judged(desk, known, document, confirmed=wish.confirmed)
    wish.judge(document)
    made = _new_save_of(desk, wish, [NewPart(document, "Kaart hersteld")], known.form, due)
    kaart = writer.save(damage.revision, made)
    return Saved(kaart.revision, 1), kaart
