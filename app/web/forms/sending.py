"""A form of an item that was sent: what it holds, on which card, and what becomes of it, whatever it is sent for."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, request

from app.content import Path
from app.content.items import find, index
from app.content.problems import InvalidCard
from app.content.shape import Field
from app.services import reading, rights
from app.services.errors import Conflicted, InvalidInput, NotAllowed, NotFound, ServiceError
from app.services.second_person import SecondNeeded
from app.services.sentences import sentence as in_words
from app.storage.errors import StoreError
from app.storage.records import InvalidRevision, Stored
from app.web import drafted
from app.web.converters import is_item_id, is_revision
from app.web.errors import base_is_gone, not_a_card
from app.web.forms import typed
from app.web.forms.page import Trouble, show_again
from app.web.forms.purpose import Purpose
from app.web.forms.read import Form
from app.web.forms.typed import Typed
from app.web.language import _
from app.web.newest import newest
from app.web.session import actor, desk
from app.web.stale import Answer
from app.web.words import clock

Act = Callable[[Typed], Answer]


def typed_in(form: Form, kaart_id: str, section: str, item: str, purpose: Purpose | None = None) -> tuple[Typed, bool]:
    """What a form holds, on the card that it was made from; and whether that is gone, so that it is on the newest."""
    base, path = typed.posted_base(form), (section, item) if item else (section,)
    try:
        kaart = reading.read_card(desk(), actor(), kaart_id, base)
        entry, gone = _entry(form, kaart, path, _earlier(form, kaart_id)), False
    except (NotFound, InvalidRevision):
        entry, gone = _on_newest(form, kaart_id, path), True
    entry.purpose = purpose
    return entry, gone


def drawn_id(form: Form) -> str:
    """The id that was drawn for a new item when its form was opened."""
    identity = form.get(typed.ITEM, "")
    return identity if is_item_id(identity) else abort(400)


def pointed_at(kaart: Stored, field: Field) -> dict[str, Any]:
    """The items that the address asks a new one to point at, as far as they are there to be chosen."""
    known = index(kaart.document, kaart.edition.shape)
    found: dict[str, Any] = {}
    for one in field.inner:
        held = [key for key in request.args.getlist(one.key) if key in known and known[key][0] in one.refers_to]
        if held:
            found[one.key] = held if one.kind == "references" else held[0]
    return found


def resumed(kaart_id: str, section: str, item: str, place: str, purpose: Purpose | None = None) -> Answer:
    """The form as a draft has it, on the base that it was made from: what others did meets it when it is sent.

    Args:
        kaart_id: the card.
        section: the section it belongs to.
        item: the id of the item; empty for a new one, and for a section without items.
        place: where the draft must be of.
        purpose: what the form is for; None for saving it.
    """
    form = drafted.resumed(kaart_id, place, request.args[drafted.RESUMED])
    entry, gone = typed_in(form, kaart_id, section, item or form.get(typed.ITEM, ""), purpose)
    _kaart, refusal = drafted.readable(kaart_id, item or None, rights.PROPOSE if purpose else rights.EDIT)
    return show_again(entry, Trouble(sentence=refusal or (base_is_gone() if gone else "")))


def sent(entry: Typed, gone: bool, act: Act) -> Answer:
    """What becomes of a form: shown again with what is wrong or asked for, or what `act` makes of it.

    Args:
        entry: what it holds.
        gone: whether the card that it was made from is gone.
        act: does what the form is for, and answers; may raise what `editing.save_item` does, and `InvalidInput` of the
            reason alone.
    """
    if gone:
        drafted.keep_too(entry)
        return show_again(entry, Trouble(sentence=base_is_gone())), 409
    if typed.KEEP in request.form:
        return _kept(entry)
    if more := request.form.get(typed.MORE, ""):
        drafted.keep_too(entry)
        return show_again(entry, Trouble(more=more))
    if wish := request.form.get(typed.ROW, ""):
        moved = typed.shift_row(entry, wish)
        drafted.keep_too(entry)
        return show_again(entry, Trouble(moved=moved))
    if problems := typed.undecided(entry):
        drafted.keep_too(entry)
        return show_again(entry, Trouble(tuple(problems))), 422
    return _tried(entry, act)


def _kept(entry: Typed) -> Answer:
    """Keep a draft because somebody asked for it, and lead back to it."""
    if not entry.draft:
        abort(400)
    try:
        label = drafted.keep(entry)
    except (ServiceError, StoreError) as error:
        words = in_words(error) if isinstance(error, StoreError) else str(error)
        return show_again(entry, Trouble(sentence=words)), 503
    flash(_("Uw klad is bewaard om %(time)s. Alleen u ziet het.", time=clock(label.when)))
    return redirect(drafted.address(label), 303)


def _tried(entry: Typed, act: Act) -> Answer:
    kaart = entry.kaart
    try:
        return act(entry)
    except InvalidRevision:
        trouble, status = Trouble(sentence=not_a_card()), 409
    except InvalidInput as refusal:
        trouble, status = Trouble(reason=tuple(refusal.problems.values())), 422
    except InvalidCard as verdict:
        trouble, status = Trouble(tuple(verdict.problems)), 422
    except Conflicted as conflict:
        drafted.keep_too(entry)
        trouble = Trouble(tuple(conflict.problems), conflict=conflict)
        return show_again(typed.in_conflict(entry, conflict), trouble), 409
    except SecondNeeded as refusal:
        entry.second = True
        trouble, status = Trouble(sentence=str(refusal)), 409
    except NotAllowed as refusal:
        trouble, status = Trouble(sentence=str(refusal)), 403
    except NotFound:
        purpose, second, entry = entry.purpose, entry.second, _on_newest(request.form, kaart.id, entry.path)
        entry.purpose, entry.second = purpose, second
        trouble, status = Trouble(sentence=base_is_gone()), 409
    except StoreError as error:
        trouble, status = Trouble(sentence=in_words(error)), 503
    drafted.keep_too(entry)
    return show_again(entry, trouble), status


def _on_newest(form: Form, kaart_id: str, path: Path) -> Typed:
    """What a form holds, on the card of now: what it was made from is not there, or is nothing to start from."""
    kaart, _damaged = newest(kaart_id)
    return _entry(form, kaart, path, None, lost=True)


def _entry(form: Form, kaart: Stored, path: Path, earlier: Stored | None, *, lost: bool = False) -> Typed:
    field = typed.list_of(kaart, path[0]) if len(path) > 1 else typed.section_of(kaart, path[0])
    if field.kind == "items" and len(path) == 1:
        abort(404)  # a list as a whole has no form
    is_new = typed.ITEM in form or (lost and len(path) > 1 and find(kaart.document, path) is None)
    return typed.posted(form, kaart, field, path, earlier, is_new=is_new)


def _earlier(form: Form, kaart_id: str) -> Stored | None:
    """The card before somebody else's change, when the form comes from a conflict."""
    revision = form.get(typed.EARLIER, "")
    return reading.read_card(desk(), actor(), kaart_id, revision) if is_revision(revision) else None
