"""Bevestigen: what a second person is asked for on a card; confirming it, not confirming it, taking it back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from app.content.overleg import CONFIRMED, NOT_CONFIRMED, Said
from app.content.problems import InvalidCard
from app.content.workflow import DESTROY
from app.services import confirming, destroying, requested, rights
from app.services.destroying import WORD
from app.services.errors import Conflicted, InvalidInput, NotAllowed, NotFound
from app.services.requested import Request
from app.services.sentences import sentence as in_words
from app.storage.errors import StoreError
from app.storage.tombstones import Tombstone
from app.web import drafted
from app.web.doors import needs
from app.web.forms import typed
from app.web.forms.page import Trouble, show_again
from app.web.forms.sending import sent, typed_in
from app.web.forms.typed import Typed
from app.web.language import _, _n
from app.web.newest import newest
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again
from app.web.views.card import title_of
from app.web.views.diff import view_changes
from app.web.views.second import barred, matter, together, what

pages = Blueprint("confirming", __name__, url_prefix="/kaarten/<kaart:kaart_id>/bevestigen")

ITEM, GROUP, CHOICE, WORDS = "verzoek", "groep", "besluit", "tekst"
"""In the form: what is answered, the first of what stands together, how, and the words with it."""
_LONGEST = 20_000


@pages.get("")
@needs(rights.READ)
def overview(kaart_id: str) -> str:
    """Show what a second person is or was asked for."""
    return _overview(kaart_id)


def _stale(kaart_id: str, sentence: str) -> str:
    return _overview(kaart_id, sentence=sentence)


@pages.post("")
@needs(rights.CONFIRM)
@shown_again(_stale)
def answer(kaart_id: str) -> Answer:
    """Confirm what somebody else asked, or say that one does not; of what was done already more at once."""
    items, choice, group = request.form.getlist(ITEM), request.form.get(CHOICE, ""), request.form.get(GROUP, "")
    if choice not in (CONFIRMED, NOT_CONFIRMED):
        return _overview(kaart_id, sentence=_("Kies of u dit bevestigt.")), 422
    if not items:
        return _overview(kaart_id, {group: {ITEM: _("Kies eerst waar uw antwoord over gaat.")}}), 422
    asked = _asked(kaart_id, items[0])
    try:
        refused = _answered(kaart_id, items, choice)
    except InvalidInput as refusal:
        return _overview(kaart_id, {group or items[0]: refusal.problems}), 422
    except Conflicted as conflict:
        return _overview(kaart_id, sentence=str(conflict)), 409
    except InvalidCard as verdict:
        return _overview(kaart_id, sentence=" ".join(map(str, verdict.problems[:3]))), 409
    except (NotAllowed, NotFound) as refusal:
        return _overview(kaart_id, sentence=str(refusal)), 409
    except StoreError as error:
        return _overview(kaart_id, sentence=in_words(error)), 503
    if refused is None:
        flash(_("De kaart is vernietigd."))
        return redirect(url_for("destroyed.show"), 303)
    if refused:
        return _overview(kaart_id, sentence=_not_all(len(items), refused)), 409
    flash(_answered_words(choice, asked))
    return redirect(url_for("confirming.overview", kaart_id=kaart_id), 303)


def _answered(kaart_id: str, items: list[str], choice: str) -> dict[str, str] | None:
    """Why not, for each that cannot be answered; None where the card is gone."""
    words, form = request.form.get(WORDS, "")[:_LONGEST], request.form
    if len(items) > 1:
        return confirming.answer_all(desk(), actor(), kaart_id, items, choice, words)
    if choice == NOT_CONFIRMED:
        confirming.refuse(desk(), actor(), kaart_id, items[0], words)
        return {}
    base, word = typed.posted_base(form), form.get(WORD, "")
    done = confirming.confirm(desk(), actor(), kaart_id, items[0], words, base, word)
    return None if isinstance(done, Tombstone) else {}


def _asked(kaart_id: str, item: str) -> Said | None:
    found = requested.open_requests(desk(), actor(), kaart_id)
    return next((one.asked.said for one in found if one.asked.said.id == item), None)


def _not_all(number: int, refused: dict[str, str]) -> str:
    """What became of it, where not all could be answered."""
    told = " ".join(dict.fromkeys(refused.values()))
    if len(refused) == number:
        return told
    done = _n(
        "Op %(num)s onderdeel is uw antwoord bewaard.",
        "Op %(num)s onderdelen is uw antwoord bewaard.",
        number - len(refused),
    )
    return _("%(done)s Op %(number)s niet: %(why)s", done=done, number=len(refused), why=told)


def _answered_words(choice: str, asked: Said | None) -> str:
    """What happens next."""
    if choice == CONFIRMED:
        return _("Bevestigd. Dank dat u meekeek.")
    if asked is None:
        return _("Uw antwoord is bewaard.")
    if asked.done:
        return _(
            "Bewaard. Het blijft zoals het is. %(name)s krijgt uw antwoord en beslist of het anders moet.",
            name=asked.by.name,
        )
    return _("Bewaard. Het gebeurt niet. %(name)s krijgt uw antwoord.", name=asked.by.name)


@pages.post("/intrekken")
@needs(rights.CONFIRM)
@shown_again(_stale)
def withdraw(kaart_id: str) -> Answer:
    """Take back what one asked."""
    try:
        confirming.withdraw(desk(), actor(), kaart_id, request.form.get(ITEM, ""))
    except (NotAllowed, NotFound) as refusal:
        return _overview(kaart_id, sentence=str(refusal)), 409
    except StoreError as error:
        return _overview(kaart_id, sentence=in_words(error)), 503
    flash(_("Uw verzoek is ingetrokken."))
    return redirect(url_for("confirming.overview", kaart_id=kaart_id), 303)


def _stale_item(kaart_id: str, section: str, item: str, sentence: str) -> str:
    entry, _gone = typed_in(request.form, kaart_id, section, item)
    entry.second = True
    return show_again(entry, Trouble(sentence=sentence))


@pages.post("/<key:section>/<item:item>")
@needs(rights.EDIT)
@shown_again(_stale_item)
def ask(kaart_id: str, section: str, item: str) -> Answer:
    """Ask a second person for what the form of an item wants."""
    entry, gone = typed_in(request.form, kaart_id, section, item)
    entry.second = True

    def act(entry: Typed) -> Answer:
        revision, why = entry.kaart.revision, entry.reason[:_LONGEST]
        confirming.ask_item(desk(), actor(), kaart_id, section, entry.value, revision, why)
        drafted.done(entry.draft)
        flash(_("Uw verzoek staat klaar. Een tweede persoon bevestigt het."))
        return redirect(url_for("confirming.overview", kaart_id=kaart_id), 303)

    return sent(entry, gone, act)


def _overview(kaart_id: str, problems: dict[str, dict[str, str]] | None = None, sentence: str = "") -> str:
    kaart, _damaged = newest(kaart_id)
    found = requested.requests(desk(), actor(), kaart_id)
    asked = together((one for one in found if one.open), actor().id)
    destroys = desk().types.workflow.act(DESTROY)
    # What stands together is known by its newest: also in a form that was made before there was a newer one.
    place = {each.asked.said.id: one.id for one in asked for each in one.requests}
    group = request.form.get(GROUP, "") or request.form.get(ITEM, "")
    return render_template(
        "confirming.html",
        kaart=kaart,
        card_title=title_of(kaart),
        asked=[(one, _changes(one.first)) for one in asked],
        closed=[one for one in found if not one.open],
        may_confirm=desk().may(actor(), rights.CONFIRM, kaart),
        verdicts=desk().types.review.verdicts,
        destroys=destroys.name if destroys else "",
        kept=destroying.kept_until(desk(), kaart),
        grounds=desk().types.retention.grounds,
        word=request.form.get(WORD, "")[:100],
        group=place.get(group, group),
        chosen=request.form.getlist(ITEM),
        words=request.form.get(WORDS, "")[:_LONGEST],
        problems={place.get(key, key): found for key, found in (problems or {}).items()},
        sentence=sentence,
        what=what,
        matter=matter,
        barred=barred,
    )


def _changes(one: Request) -> object:
    """What would change on the card; None where it is no change of an item."""
    told = view_changes(one.comparison) if one.comparison else []
    return told[0].items[0] if told else None
