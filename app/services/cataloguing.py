"""Keeping the catalogue equal to the cards. It may lag or be lost; it never undoes a save."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from app.content import HEAD, Document
from app.content.card_type import CardType
from app.content.display import Display
from app.content.grants import utc
from app.content.items import Namer
from app.content.members import OnCard, members
from app.content.problems import InvalidCard
from app.content.roles import Emergency
from app.content.searching import card_title, dutch_order, facets, match_key, search_text
from app.content.shielding import concealed, hidden
from app.services.desk import Desk
from app.services.errors import without_message
from app.services.handed import follow, is_behind
from app.services.notice_rows import notice_rows
from app.services.owed import is_owed, settle
from app.services.review_rows import review_rows
from app.storage.catalogue import FOR_EVER, CatalogueDamaged, Due, Entry, Heads, Held
from app.storage.errors import StoreError
from app.storage.kaart_writer import KaartWriter
from app.storage.records import Access, Stored

_log = logging.getLogger("kaarten.catalogue")
_BATCH = 200
_ROUNDS = 3
_LONGEST_TITLE, _MOST_NAMES = 160, 3
Result = TypeVar("Result")
Progress = Callable[[Iterable[str], int], Iterable[str]]


def untold(ids: Iterable[str], total: int) -> Iterable[str]:
    """The ids as they are: for who wants no word of the progress."""
    del total
    return ids


def _entry_of(desk: Desk, kaart: Stored) -> Entry:
    """What the catalogue keeps of a card in order; nothing is due on one that cannot be changed in its state.

    What is shielded from any professional is found by nobody: one index serves all.
    """
    document, shape = open_to_all(kaart, desk.types), kaart.edition.shape
    access, talk = desk.kaarten.access(kaart.id), desk.kaarten.overleg(kaart.id)
    title = card_title(document, list(kaart.edition.schema["x-title"]))
    present, overleg = members(document, desk.types.display), talk.overleg
    return Entry(
        kaart.id,
        kaart.revision,
        title,
        utc(kaart.changed),
        author=kaart.author,
        sort=dutch_order(title, (label for field in shape[HEAD].inner for label in field.labels.values())),
        facets=facets(document, shape),
        words=search_text(document, shape),
        members=_members(present),
        dues=_dues(replace(kaart, document=document), desk.types.display, present)
        if desk.types.workflow.editable(document)
        else (),
        roles=access.revision,
        held=held(access),
        # Who needs a card in an emergency finds a child also when it is shielded from somebody else.
        known_by=_known_by(kaart.document, desk.types.roles.emergency),
        talk=talk.revision,
        kept=max((one.until or FOR_EVER for one in access.keeps), default=""),
        review=review_rows(desk, kaart, access, overleg),
        notices=notice_rows(desk, kaart, access, overleg),
    )


def open_to_all(kaart: Stored, types: CardType) -> Document:
    """The card without what is shielded from any of the professionals on it."""
    member = types.display.member
    everybody = [one["id"] for one in kaart.document.get(member.section, ())] if member else []
    shape = kaart.edition.shape
    return concealed(kaart.document, shape, hidden(kaart.document, shape, types.roles.shield, everybody))


def held(access: Access) -> tuple[Held, ...]:
    """The roles on a card as the catalogue keeps them: without why they were given."""
    found = (Held(one.id, one.subject, one.role, one.since, one.until or FOR_EVER, one.seen) for one in access.grants)
    return tuple(sorted(found, key=lambda one: one.id))


def _known_by(document: Document, emergency: Emergency) -> tuple[str, ...]:
    people = document.get(emergency.section, [])
    known = [[one[key] for key in emergency.fields] for one in people if all(key in one for key in emergency.fields)]
    return tuple(sorted({match_key(*values) for values in known}))


def _members(present: list[OnCard]) -> tuple[tuple[str, str], ...]:
    """Each professional once, with the last of the last days."""
    last: dict[str, str] = {}
    for one in present:
        last[one.key] = max(last.get(one.key, ""), one.until or FOR_EVER)
    return tuple(sorted(last.items()))


def _dues(kaart: Stored, display: Display, present: list[OnCard]) -> tuple[Due, ...]:
    namer, keys = Namer(kaart.document, kaart.edition.shape), {one.item: one.key for one in present}
    found = [
        Due(
            due.kind,
            due.section,
            due.item,
            due.day.isoformat(),
            namer.item(due.item, _LONGEST_TITLE) if due.item else "",
            tuple(dict.fromkeys(keys[one] for one in due.who if one in keys)),
            tuple(namer.item(one) for one in due.who[:_MOST_NAMES]),
        )
        for due in display.dues(kaart.document)
    ]
    return tuple(sorted(found, key=lambda due: (due.kind, due.day, due.item)))


def current_entry(desk: Desk, kaart_id: str) -> Entry:
    """What the catalogue ought to hold of a card; one that cannot be read is there too, with its problem."""
    try:
        return _entry_of(desk, desk.kaarten.read(kaart_id))
    except Exception as error:
        # Whatever one card holds, it may not keep the others from being found.
        if not isinstance(error, InvalidCard | StoreError):
            _log.error("unforeseen: %s: %s", kaart_id, without_message(error))
        return _entry_of_damaged(desk, kaart_id, str(error))


def _entry_of_damaged(desk: Desk, kaart_id: str, problem: str) -> Entry:
    """What the catalogue keeps of a card that cannot be read: who may know of it still may."""
    try:
        revision = desk.kaarten.head(kaart_id)
    except StoreError:
        revision = ""
    try:
        access = desk.kaarten.access(kaart_id)
    except StoreError:
        access = Access()
    try:
        talk = desk.kaarten.heads(kaart_id)[2]
    except StoreError:
        talk = ""
    return Entry(kaart_id, revision, "", "", problem=problem[:500], roles=access.revision, held=held(access), talk=talk)


def record(desk: Desk, writer: KaartWriter, kaart: Stored, *, anew: bool = True) -> None:
    """Put a card just saved or shared into the catalogue, with what is still to be said; what fails is done later.

    Called while the card is held, or an older revision could be recorded after a newer one.

    Args:
        desk: what to work with.
        writer: holds the card.
        kaart: the card as it is now.
        anew: whether it is put in also where the catalogue knows these heads: with what was said of a save it may.
    """
    try:
        settle(desk, writer, kaart)
        kaart = follow(desk, writer, kaart)
        if anew or desk.catalogue.heads_of(kaart.id) != desk.kaarten.heads(kaart.id):
            desk.catalogue.put(_entry_of(desk, kaart))
    except StoreError as error:
        _log.error("catalogue behind: %s: %s", kaart.id, without_message(error))


def refresh(desk: Desk, kaart: Stored) -> None:
    """Bring the catalogue up to date where a card on its way to a reader is newer than the catalogue knows.

    So it is with the roles on it, and with what was said about it: an ordinary git may have pushed that.
    """
    try:
        if desk.catalogue.heads_of(kaart.id) != desk.kaarten.heads(kaart.id):
            with desk.kaarten.writing(kaart.id) as writer:
                record(desk, writer, writer.read())
    except (InvalidCard, StoreError) as error:
        _log.error("catalogue behind: %s: %s", kaart.id, without_message(error))


def catch_up(desk: Desk, progress: Progress = untold) -> int:
    """Compare the catalogue with the cards and set right what differs; the number of cards set right.

    Cards that are saved meanwhile are compared once more.
    """
    count = 0
    for _ in range(_ROUNDS):
        known = desk.catalogue.heads()
        here = list(desk.kaarten.ids())
        _leave(desk, known.keys() - set(here))
        stale = [kaart_id for kaart_id in here if known.get(kaart_id) != _heads(desk, kaart_id)]
        if not stale:
            break
        count += len(stale)
        _put_all(desk, progress(stale, len(stale)), known)
    desk.catalogue.complete()
    return count


def _leave(desk: Desk, gone: Collection[str]) -> None:
    """Forget cards that are not there any more, and their words."""
    for kaart_id in gone:
        desk.catalogue.remove(kaart_id)
    if gone:
        try:
            desk.catalogue.scrub()
        except CatalogueDamaged:
            raise
        except StoreError as error:  # somebody reads it for too long: nothing is listed of them all the same
            _log.error("not scrubbed: %s", without_message(error))


def put_again(desk: Desk, progress: Progress) -> int:
    """Write every card into the catalogue again, also those that seem equal; how many cards."""
    known, ids = desk.catalogue.heads(), list(desk.kaarten.ids())
    _put_all(desk, progress(ids, len(ids)), known)
    catch_up(desk)
    return len(ids)


def _put_all(desk: Desk, ids: Iterable[str], known: Mapping[str, Heads]) -> None:
    """Put cards in, read without their locks: one that was saved or shared since it was read is not undone."""
    batch: list[Entry] = []
    for kaart_id in ids:
        _settle(desk, kaart_id)
        batch.append(current_entry(desk, kaart_id))
        if len(batch) == _BATCH:
            desk.catalogue.put_all(batch, known, desk.kaarten.exists)
            batch = []
    desk.catalogue.put_all(batch, known, desk.kaarten.exists)


def _settle(desk: Desk, kaart_id: str) -> None:
    """Have asked what the newest save of a card asks, and the card follow, where the program died before it could."""
    try:
        kaart = desk.kaarten.read(kaart_id)
        if is_owed(desk, kaart) or is_behind(desk, kaart):
            with desk.kaarten.writing(kaart_id) as writer:
                kaart = writer.read()
                settle(desk, writer, kaart)
                follow(desk, writer, kaart)
    except (InvalidCard, StoreError) as error:
        _log.error("not asked yet: %s: %s", kaart_id, without_message(error))


def repaired(desk: Desk, ask: Callable[[], Result]) -> Result:
    """Ask the catalogue something; where it is damaged or not complete, make it from the cards and ask again.

    Raises:
        StoreError: the disk does not let us.
    """
    try:
        return ask()
    except CatalogueDamaged as damage:
        _log.warning("made anew from the cards: %s", damage)
    with desk.catalogue.alone():
        try:
            return ask()  # another one made it while we waited
        except CatalogueDamaged:
            desk.catalogue.clear()
            catch_up(desk)
            return ask()


def _heads(desk: Desk, kaart_id: str) -> Heads | None:
    try:
        return desk.kaarten.heads(kaart_id)
    except StoreError:
        return None
