"""Voorstellen: what is proposed on a card; taking it over, in part or adapted, refusing it, withdrawing it."""

from dataclasses import replace
from itertools import takewhile

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from app.content.items import find
from app.content.overleg import REFUSED, TAKEN
from app.content.problems import InvalidCard
from app.services import accepting, awaited, proposed, proposing, reading, rights
from app.services.errors import Conflicted, InvalidInput, NotAllowed, NotFound
from app.services.proposed import OneProposed
from app.services.sentences import sentence as in_words
from app.storage.errors import StoreError
from app.storage.records import Stored
from app.web.converters import is_item_id
from app.web.doors import needs
from app.web.forms import typed
from app.web.forms.page import Trouble, show_again
from app.web.forms.purpose import Purpose
from app.web.forms.sending import sent, typed_in
from app.web.forms.typed import Typed
from app.web.language import _, _n
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again
from app.web.views.card import title_of
from app.web.views.proposing import view_proposals

pages = Blueprint("deciding", __name__, url_prefix="/kaarten/<kaart:kaart_id>/voorstellen")

ITEM, CHOICE, WHY = "voorstel", "besluit.", "reden."
"""In the form: each open item that it shows, what is decided on it, and why."""
_LONGEST = 20_000
Problems = dict[str, str]


@pages.get("")
@needs(rights.READ)
def overview(kaart_id: str) -> str:
    """Show what is proposed, and what became of it."""
    return _overview(kaart_id, {})


def _stale(kaart_id: str, sentence: str) -> str:
    return _overview(kaart_id, {}, sentence)


@pages.post("")
@needs(rights.EDIT)
@shown_again(_stale)
def decide(kaart_id: str) -> Answer:
    """Take over or refuse each item as was chosen; what cannot be done stays open, with the reason beside it."""
    items = list(filter(is_item_id, request.form.getlist(ITEM)))
    chosen = {item: request.form.get(CHOICE + item, "") for item in items}
    why = {item: request.form.get(WHY + item, "")[:_LONGEST] for item in items}
    if wrong := _wrong_reasons({item: why[item] for item, choice in chosen.items() if choice == REFUSED}):
        return _overview(kaart_id, wrong), 422
    if not any(chosen.values()):
        return _overview(kaart_id, {}, _("Kies eerst wat u met een voorstel doet.")), 422
    done, problems = _carried_out(kaart_id, chosen, why)
    if done:
        flash(_n("Uw besluit is bewaard.", "Uw %(num)s besluiten zijn bewaard.", done))
    if problems:
        return _overview(kaart_id, problems), 409
    if any(why[item].strip() for item, choice in chosen.items() if not choice):
        return _overview(kaart_id, {})  # with what was written at what was left for later
    return redirect(url_for("deciding.overview", kaart_id=kaart_id), 303)


@pages.post("/intrekken")
@needs(rights.PROPOSE)
@shown_again(_stale)
def withdraw(kaart_id: str) -> Answer:
    """Withdraw an item of one's own proposal."""
    item = request.form.get(ITEM, "")
    try:
        accepting.withdraw(desk(), actor(), kaart_id, [item])
    except NotFound as refusal:
        return _overview(kaart_id, {}, str(refusal)), 409
    except NotAllowed as refusal:
        return _overview(kaart_id, {item: str(refusal)}), 409
    except StoreError as error:
        return _overview(kaart_id, {}, in_words(error)), 503
    flash(_("Uw voorstel is ingetrokken."))
    return redirect(url_for("deciding.overview", kaart_id=kaart_id), 303)


@pages.get("/<item:said>/overnemen")
@needs(rights.EDIT)
def ask_accept(kaart_id: str, said: str) -> Answer:
    """The form of a proposed item on the card as it is, to adapt it and take it over; where it clashes, one chooses."""
    kaart, one = _proposed(kaart_id, said)
    if one.said.content is None:
        abort(404)
    section, item = one.said.about[0].section, one.said.about[0].item
    purpose = _to_accept(kaart_id, one)
    try:
        base = reading.read_card(desk(), actor(), kaart_id, one.said.revision)
    except (NotFound, InvalidCard):
        base = kaart
    is_new = find(base.document, (section, item)) is None
    field = typed.list_of(kaart, section)
    entry = Typed(base, field, (section, item), one.said.content, one.said.text, is_new, purpose=purpose)
    if not one.conflicts:
        wanted = find(one.comparison.new.document, (section, item)) or one.said.content
        return show_again(replace(entry, kaart=kaart, value=wanted))
    clash = Conflicted(
        list(one.conflicts),
        [],
        base.document,
        typed.on_card(entry),
        kaart,
        one.comparison.new.document,
        list(takewhile(lambda save: save.revision != base.revision, reading.read_history(desk(), actor(), kaart_id))),
    )
    return show_again(typed.in_conflict(entry, clash), Trouble(conflict=clash))


def _stale_accept(kaart_id: str, said: str, sentence: str) -> str:
    entry, _gone, _one = _accepted_form(kaart_id, said)
    return show_again(entry, Trouble(sentence=sentence))


@pages.post("/<item:said>/overnemen")
@needs(rights.EDIT)
@shown_again(_stale_accept)
def accept(kaart_id: str, said: str) -> Answer:
    """Take over a proposed item as it stands in the form."""
    entry, gone, _one = _accepted_form(kaart_id, said)

    def act(entry: Typed) -> Answer:
        accepting.accept(desk(), actor(), kaart_id, said, entry.value, entry.kaart.revision)
        flash(_("Overgenomen: het staat op de kaart."))
        return redirect(url_for("deciding.overview", kaart_id=kaart_id), 303)

    return sent(entry, gone, act)


def _overview(kaart_id: str, problems: Problems, sentence: str = "") -> str:
    found = proposed.proposals(desk(), actor(), kaart_id)
    form, proposals = request.form, view_proposals(found, actor().id)
    return render_template(
        "proposals.html",
        kaart=found.kaart,
        card_title=title_of(found.kaart),
        proposals=proposals,
        late={each.one.said.id: each for one in proposals for each in one.closed if each.one.said.id in problems},
        may_decide=desk().may(actor(), rights.EDIT, found.kaart),
        may_propose=desk().may(actor(), rights.PROPOSE, found.kaart),
        verdicts=desk().types.review.verdicts,
        sections=[found.kaart.edition.shape[key] for key in desk().types.review.sections],
        chosen={name.removeprefix(CHOICE): form[name] for name in form if name.startswith(CHOICE)},
        why={name.removeprefix(WHY): form[name][:_LONGEST] for name in form if name.startswith(WHY)},
        problems=problems,
        sentence=sentence,
    )


def _carried_out(kaart_id: str, chosen: Problems, why: Problems) -> tuple[int, Problems]:
    """How many decisions were carried out, and why others could not be, by item."""
    done, problems = 0, Problems()
    for item in proposed.in_order(proposed.proposals(desk(), actor(), kaart_id), chosen):
        choice = chosen[item]
        try:
            if choice == TAKEN:
                accepting.accept(desk(), actor(), kaart_id, item)
            elif choice == REFUSED:
                accepting.refuse(desk(), actor(), kaart_id, [item], why[item])
            done += bool(choice)
        except Conflicted:
            problems[item] = _("De kaart is hier intussen ook gewijzigd. Kies ‘Aanpassen en overnemen’.")
        except InvalidCard as verdict:
            problems[item] = " ".join(map(str, verdict.problems[:3]))
        except (NotAllowed, NotFound, StoreError) as error:
            problems[item] = in_words(error) if isinstance(error, StoreError) else str(error)
    return done, problems


def _to_accept(kaart_id: str, one: OneProposed) -> Purpose:
    return Purpose(
        url_for("deciding.accept", kaart_id=kaart_id, said=one.said.id),
        _("Voorstel van %(name)s overnemen", name=one.said.by.name),
        _("Pas aan wat nodig is. Bij de wijziging komen uw beider namen te staan."),
        _("Overnemen"),
        "",
        url_for("deciding.overview", kaart_id=kaart_id),
        awaited.with_awaited({}, one.awaits),
        proposer=one.said.by.name,
    )


def _accepted_form(kaart_id: str, said: str) -> tuple[Typed, bool, OneProposed]:
    _kaart, one = _proposed(kaart_id, said)
    about = one.said.about[0]
    entry, gone = typed_in(request.form, kaart_id, about.section, about.item, _to_accept(kaart_id, one))
    return entry, gone, one


def _proposed(kaart_id: str, said: str) -> tuple[Stored, OneProposed]:
    """An item of a proposal, and the card."""
    found = proposed.proposals(desk(), actor(), kaart_id)
    for offered in found.offered:
        for one in offered.items:
            if one.said.id == said:
                return found.kaart, one
    raise NotFound(_("Dit voorstel is er niet."))


def _wrong_reasons(why: dict[str, str]) -> Problems:
    """What is wrong with the reasons to refuse, by item; nothing is done where anything is."""
    problems = Problems()
    for item, words in why.items():
        try:
            proposing.clean_reason(words)
        except InvalidInput as refusal:
            problems[item] = refusal.problems[proposing.REASON]
    return problems
