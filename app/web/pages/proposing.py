"""Proposing: an item with its own form, new, otherwise, or gone. It is kept apart from the card."""

from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from app.content.items import Namer, find
from app.content.problems import InvalidCard
from app.services import awaited, drafting, proposed, proposing, reading, rights
from app.services.errors import Conflicted, InvalidInput, NotFound
from app.services.saving import new_item_id
from app.services.sentences import sentence as in_words
from app.storage.errors import StoreError
from app.storage.records import Stored
from app.web import drafted
from app.web.doors import needs
from app.web.errors import base_is_gone
from app.web.forms import typed
from app.web.forms.page import Trouble, open_form, show_again
from app.web.forms.purpose import Purpose
from app.web.forms.sending import drawn_id, pointed_at, resumed, sent, typed_in
from app.web.forms.typed import NEW, Typed
from app.web.language import _
from app.web.newest import editable
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again
from app.web.views.card import title_of

_LONGEST = 20_000
pages = Blueprint("proposing", __name__, url_prefix="/kaarten/<kaart:kaart_id>/voorstellen")


@pages.get(f"/<key:section>/{NEW}")
@needs(rights.PROPOSE)
def new(kaart_id: str, section: str) -> Answer:
    """The form of a new item to propose."""
    purpose = _to_propose(kaart_id, _proposable(section), "")
    if drafted.RESUMED in request.args:
        return resumed(kaart_id, section, "", purpose.place, purpose)
    kaart = editable(kaart_id, action=rights.PROPOSE)
    field = typed.list_of(kaart, section)
    identity = new_item_id(desk(), field.prefix)
    value = {"id": identity} | {one.key: one.default for one in field.inner if one.default is not None}
    entry = Typed(kaart, field, (section, identity), value | pointed_at(kaart, field), is_new=True)
    return open_form(replace(entry, purpose=purpose))


def _stale_form(kaart_id: str, section: str, item: str = "", sentence: str = "") -> str:
    found = item or drawn_id(request.form)
    entry, _gone = typed_in(request.form, kaart_id, section, found, _to_propose(kaart_id, section, item))
    drafted.keep_too(entry)
    return show_again(entry, Trouble(sentence=sentence))


@pages.post(f"/<key:section>/{NEW}")
@needs(rights.PROPOSE)
@shown_again(_stale_form)
def add(kaart_id: str, section: str) -> Answer:
    """Propose a new item."""
    return _propose(kaart_id, _proposable(section), drawn_id(request.form), _to_propose(kaart_id, section, ""))


@pages.get("/<key:section>/<item:item>")
@needs(rights.PROPOSE)
def edit(kaart_id: str, section: str, item: str) -> Answer:
    """The form of an item, to propose it otherwise; as one proposed it before, where one did."""
    purpose = _to_propose(kaart_id, _proposable(section), item)
    if drafted.RESUMED in request.args:
        return resumed(kaart_id, section, item, purpose.place, purpose)
    kaart = editable(kaart_id, item, rights.PROPOSE)
    field = typed.list_of(kaart, section)
    own = proposed.own_open(desk(), actor(), kaart_id).get(item)
    value = find((own.comparison.new if own else kaart).document, (section, item))
    if value is None:
        abort(404)
    is_new = find(kaart.document, (section, item)) is None
    entry = Typed(kaart, field, (section, item), value, own.said.text if own else "", is_new=is_new)
    return open_form(replace(entry, purpose=purpose))


@pages.post("/<key:section>/<item:item>")
@needs(rights.PROPOSE)
@shown_again(_stale_form)
def change(kaart_id: str, section: str, item: str) -> Answer:
    """Propose an item otherwise."""
    return _propose(kaart_id, _proposable(section), item, _to_propose(kaart_id, section, item))


@pages.get("/<key:section>/<item:item>/weg")
@needs(rights.PROPOSE)
def ask_removal(kaart_id: str, section: str, item: str) -> str:
    """Ask why an item should go."""
    return _removal(reading.read_card(desk(), actor(), kaart_id), section, item)


def _stale_removal(kaart_id: str, section: str, item: str, sentence: str) -> str:
    return _removal(reading.read_card(desk(), actor(), kaart_id), section, item, sentence=sentence)


@pages.post("/<key:section>/<item:item>/weg")
@needs(rights.PROPOSE)
@shown_again(_stale_removal)
def remove(kaart_id: str, section: str, item: str) -> Answer:
    """Propose that an item goes."""
    base, why = typed.posted_base(request.form), request.form.get(typed.REASON, "")[:_LONGEST]
    kaart = reading.read_card(desk(), actor(), kaart_id)
    try:
        proposing.propose_removal(desk(), actor(), kaart_id, _proposable(section), item, base, why)
    except InvalidInput as refusal:
        return _removal(kaart, section, item, reason=tuple(refusal.problems.values())), 422
    except InvalidCard as verdict:
        return _removal(kaart, section, item, sentence=" ".join(map(str, verdict.problems[:3]))), 422
    except Conflicted as conflict:
        return _removal(kaart, section, item, sentence=str(conflict)), 409
    except NotFound:
        return _removal(kaart, section, item, sentence=base_is_gone()), 409
    except StoreError as error:
        return _removal(kaart, section, item, sentence=in_words(error)), 503
    flash(_("Uw voorstel staat klaar. Een ander beslist erover."))
    return redirect(url_for("deciding.overview", kaart_id=kaart_id), 303)


def _removal(kaart: Stored, section: str, item: str, reason: tuple[str, ...] = (), sentence: str = "") -> str:
    field = typed.list_of(kaart, _proposable(section))
    if find(kaart.document, (section, item)) is None:
        abort(404)
    return render_template(
        "proposal_removal.html",
        kaart=kaart,
        card_title=title_of(kaart),
        field=field,
        item=item,
        title=Namer(kaart.document, kaart.edition.shape).item(item),
        why=request.form.get(typed.REASON, "")[:_LONGEST],
        reason_errors=reason,
        sentence=sentence,
    )


def _propose(kaart_id: str, section: str, item: str, purpose: Purpose) -> Answer:
    entry, gone = typed_in(request.form, kaart_id, section, item, purpose)

    def act(entry: Typed) -> Answer:
        proposing.propose(
            desk(), actor(), kaart_id, section, entry.value, entry.kaart.revision, entry.reason[:_LONGEST]
        )
        drafted.done(entry.draft)
        flash(_("Uw voorstel staat klaar. Een ander beslist erover."))
        return redirect(url_for("deciding.overview", kaart_id=kaart_id), 303)

    return sent(entry, gone, act)


def _to_propose(kaart_id: str, section: str, item: str) -> Purpose:
    to_change = url_for("proposing.change", kaart_id=kaart_id, section=section, item=item) if item else ""
    return Purpose(
        to_change or url_for("proposing.add", kaart_id=kaart_id, section=section),
        _("Een wijziging voorstellen") if item else _("Iets nieuws voorstellen"),
        _("Wat u hier invult, komt niet meteen op de kaart. Iemand die de kaart bijhoudt, beslist erover."),
        _("Voorstellen"),
        _("Waarom stelt u dit voor?"),
        url_for("cards.show", kaart_id=kaart_id, _anchor=item or None),
        awaited.beside(desk(), actor(), kaart_id, item or request.form.get(typed.ITEM, "")),
        f"{drafting.PROPOSALS}{section}/{item or NEW}",
    )


def _proposable(section: str) -> str:
    return section if section in desk().types.review.sections else abort(404)
