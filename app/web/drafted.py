"""Drafts beside a form: keeping what was typed in it, and offering what was left."""

import logging
from dataclasses import dataclass
from datetime import datetime

from flask import request, url_for
from werkzeug.datastructures import MultiDict

from app.content import Path
from app.content.clean import clean_text
from app.content.items import Namer, find, locate
from app.content.problems import InvalidCard
from app.services import drafting, proposed, reading, rights
from app.services.drafting import Sheet
from app.services.errors import NotAllowed, NotFound, ServiceError
from app.storage.drafts import Label
from app.storage.errors import StoreError
from app.storage.records import Stored
from app.web.forms import typed
from app.web.forms.read import Form
from app.web.forms.typed import Typed
from app.web.newest import newest
from app.web.session import actor, desk

RESUMED = "klad"
"""In an address: the id of the draft to go on with."""
MOST_OFFERED = 3
_ID_LENGTH = 12
_NOT_KEPT = {"_csrf", typed.MORE, typed.ROW, typed.KEEP}
"""What belongs to one sending of a form, and not to what was typed in it."""
_log = logging.getLogger("kaarten.drafts")


@dataclass(frozen=True)
class Told:
    """What somebody else did to one field since a draft was begun."""

    field: str
    who: str
    when: datetime | None


@dataclass(frozen=True)
class Offer:
    """A draft that was left, what others changed meanwhile, and since which revision."""

    label: Label
    told: tuple[Told, ...]
    since: str


def new_id() -> str:
    """An id for the draft of a form that is opened: two forms of one place are two drafts."""
    return desk().draw(_ID_LENGTH)


def address(label: Label) -> str:
    """Where somebody goes on with a draft."""
    return f"{url_for('cards.show', kaart_id=label.kaart_id)}/{label.place}?{RESUMED}={label.id}"


def fields_of(form: Form) -> tuple[tuple[str, str], ...]:
    """What was typed, as it is kept."""
    return tuple((name, value) for name, value in form.items(multi=True) if name not in _NOT_KEPT)


def keep(entry: Typed) -> Label:
    """Keep the form of this request; raises as `drafting.keep`."""
    namer = Namer(entry.kaart.document, entry.kaart.edition.shape)
    to_propose = drafting.is_to_propose(entry.place)
    title = typed.heading(entry.section, entry.path, entry.value, namer, is_new=entry.is_new, to_propose=to_propose)
    sheet = Sheet(entry.draft, entry.place, typed.posted_base(request.form), title, fields_of(request.form))
    kaart = reading.read_card(desk(), actor(), entry.kaart.id)
    return drafting.keep(desk(), actor(), kaart, sheet)


def keep_too(entry: Typed) -> None:
    """Keep a form that could not be saved, for who closes the page now; without a word where that fails too."""
    try:
        if entry.draft:
            keep(entry)
    except (InvalidCard, ServiceError, StoreError) as error:
        _log.warning("not kept: %s", type(error).__name__)


def done(identity: str) -> None:
    """Remove the draft of a form that was saved; where that fails, the next look finds that nothing is left of it."""
    try:
        if identity:
            drafting.throw_away(desk(), actor(), identity)
    except StoreError as error:
        _log.warning("not removed: %s", type(error).__name__)


def resumed(kaart_id: str, place: str, identity: str) -> Form:
    """The form as it was kept in a draft of this place; raises as `drafting.read`."""
    draft = drafting.read(desk(), actor(), identity)
    if (draft.label.kaart_id, draft.label.place) != (kaart_id, place):
        raise NotFound("Deze klad hoort bij een ander formulier.")
    return MultiDict(draft.fields)


def readable(kaart_id: str, item: str | None = None, action: str = rights.EDIT) -> tuple[Stored, str]:
    """The newest of a card for a draft that is opened, and why its form can do nothing now; empty where it can.

    What was typed can still be read, and copied, on a card that was closed meanwhile.
    """
    kaart, _damaged = newest(kaart_id)
    try:
        desk().require(actor(), action, kaart, item)
    except NotAllowed as refusal:
        return kaart, str(refusal)
    return kaart, ""


def offers(entry: Typed) -> tuple[list[Offer], bool]:
    """The drafts that were left of a form that is opened, the newest first; and whether drafts work at all.

    One of which the card holds everything already is removed.
    """
    found: list[Offer] = []
    try:
        for label in drafting.mine(desk(), actor(), entry.kaart.id):
            if label.place == entry.place and len(found) < MOST_OFFERED and (offer := _offer(entry, label)):
                found.append(offer)
    except StoreError as error:
        _log.warning("no drafts: %s", error)
        return [], False
    return found, True


def left(kaart_id: str, place: str) -> tuple[list[Offer], bool]:
    """The drafts that were left at a place, the newest first, as they are; and whether drafts work at all."""
    try:
        found = [one for one in drafting.mine(desk(), actor(), kaart_id) if one.place == place]
    except StoreError as error:
        _log.warning("no drafts: %s", error)
        return [], False
    return [Offer(label, (), "") for label in found[:MOST_OFFERED]], True


def _offer(entry: Typed, label: Label) -> Offer | None:
    """What a draft offers; None where nothing is left to be saved."""
    form = MultiDict(drafting.read(desk(), actor(), label.id).fields)
    path = (entry.path[0], form.get(typed.ITEM, "")) if entry.is_new else entry.path
    try:
        base = reading.read_card(desk(), actor(), entry.kaart.id, label.base)
        is_new = entry.is_new or find(base.document, path) is None
        mine = typed.posted(form, base, entry.section, path, None, is_new=is_new)
        left = not _is_done(entry, label, base, mine)
    except (InvalidCard, NotFound):
        return Offer(label, (), "")  # what it was made from is gone; the form can still be shown
    if not left:
        drafting.throw_away(desk(), actor(), label.id)
        return None
    return Offer(label, _told(base, entry.kaart, path), base.revision)


def _is_done(entry: Typed, label: Label, base: Stored, mine: Typed) -> bool:
    """Whether the card holds all of a draft, or the open proposal of this person does."""
    wanted = typed.on_card(mine)
    if drafting.is_saved(base.document, wanted, entry.kaart.document):
        return True
    if not drafting.is_to_propose(label.place):
        return False
    own = proposed.own_open(desk(), actor(), entry.kaart.id).get(mine.path[1])
    if own is None or own.said.text != clean_text(mine.reason):
        return False
    return drafting.is_saved(base.document, wanted, own.comparison.new.document)


def _told(base: Stored, kaart: Stored, path: Path) -> tuple[Told, ...]:
    meanwhile = drafting.meanwhile(desk(), actor(), base, kaart, path)
    found: dict[str, Told] = {}
    for change in meanwhile.changes:
        inner = change.path[len(path) :]
        field = locate(kaart.edition.shape, change.path[: len(path) + 1])
        save = typed.who_touched(meanwhile.saves, path, inner)
        title = field.title if field and inner else ""
        found.setdefault(title, Told(title, typed.name_of(save) if save else "", save.when if save else None))
    return tuple(found.values())
