"""Beoordelen: which cards wait for a reviewer, and what changed on one of them since the last judgement."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from app.content.layout import About, lay_out
from app.content.overleg import AGREED
from app.content.problems import InvalidCard
from app.services import comparing, judging, reading, rights, talking
from app.services.errors import InvalidInput, NotFound
from app.services.judging import VERDICTS, Outcome, Verdict
from app.services.sentences import sentence as in_words
from app.services.to_review import reviews, to_review
from app.storage.errors import StoreError
from app.web.converters import is_item_id
from app.web.doors import needs
from app.web.errors import base_is_gone
from app.web.forms import typed
from app.web.language import _, _n
from app.web.pages.talking import Again, page
from app.web.paging import Paging, page_number
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again
from app.web.views.card import title_of
from app.web.views.judging import Answers, settled_titles, view_cases

pages = Blueprint("judging", __name__)

PER_PAGE = 50
ITEM, VERDICT, REMARK, ALL, THREAD = "onderdeel", "oordeel.", "opmerking.", "alles", "overleg"
"""In the form: each item that it shows, what is found of it, the remark; the button for all; where it was sent from."""
SURE, MOST_UNASKED = "zeker", 5
"""What the button for all says once it was asked whether that is meant: of more than so many at once it is asked."""
_LONGEST = 20_000


@pages.get("/beoordelen")
@needs(rights.LIST)
def overview() -> str:
    """Show the cards that wait for this person."""
    number = page_number()
    found, total = to_review(desk(), actor(), PER_PAGE, (number - 1) * PER_PAGE)
    return render_template(
        "judging.html",
        found=found,
        total=total,
        reviews=bool(total) or reviews(desk(), actor()),
        paging=Paging(number, total, PER_PAGE, url_for("judging.overview"), {}),
    )


@pages.get("/kaarten/<kaart:kaart_id>/beoordelen")
@needs(rights.JUDGE)
def ask(kaart_id: str) -> str:
    """Show what changed since this person judged it."""
    return _sheet(kaart_id, Answers())


def _stale(kaart_id: str, sentence: str) -> str:
    return _again(kaart_id, _typed(kaart_id, {}), sentence)


@pages.post("/kaarten/<kaart:kaart_id>/beoordelen")
@needs(rights.JUDGE)
@shown_again(_stale)
def judge(kaart_id: str) -> Answer:
    """Keep what this person finds of it."""
    base, chosen, rest = typed.posted_base(request.form), _chosen(), _agreed_at_once()
    if not chosen and not rest:
        return _again(kaart_id, _typed(kaart_id, {}), _("Kies eerst bij een onderdeel wat u ervan vindt.")), 422
    if len(rest) > MOST_UNASKED and request.form.get(ALL) != SURE:
        return _sheet(kaart_id, _typed(kaart_id, {}), at_once=len(rest))
    try:
        outcome = judging.judge(desk(), actor(), kaart_id, base, chosen | rest)
    except InvalidInput as refusal:
        return _again(kaart_id, _typed(kaart_id, refusal.problems)), 422
    except (NotFound, InvalidCard):
        return _again(kaart_id, _typed(kaart_id, {}), base_is_gone()), 409
    except StoreError as error:
        return _again(kaart_id, _typed(kaart_id, {}), in_words(error)), 503
    flash(_said(outcome))
    if kept := _kept_for_later():
        return _sheet(kaart_id, Answers(remarks=kept), unsent=len(kept))
    if thread := _thread():
        return redirect(url_for("talking.show", kaart_id=kaart_id, item=thread), 303)
    return redirect(url_for("judging.ask", kaart_id=kaart_id), 303)


def _thread() -> str:
    """The item from whose overleg the form was sent; empty where it was sent from the page of all."""
    item = request.form.get(THREAD, "")
    return item if is_item_id(item) else ""


def _again(kaart_id: str, answers: Answers, sentence: str = "") -> str:
    """The page that the form was sent from, with what stood in it."""
    item = _thread()
    return page(kaart_id, item, Again(sentence=sentence), answers) if item else _sheet(kaart_id, answers, sentence)


def _sheet(kaart_id: str, answers: Answers, sentence: str = "", at_once: int = 0, unsent: int = 0) -> str:
    sheet = judging.sheet(desk(), actor(), kaart_id)
    types, kaart = desk().types, sheet.kaart
    return render_template(
        "judge.html",
        kaart=kaart,
        card_title=title_of(kaart),
        groups=view_cases(sheet, types),
        at_once=at_once,
        sure=SURE,
        unsent=unsent,
        settled=list(settled_titles(sheet, types)),
        standings=talking.standings(desk(), actor(), kaart_id),
        unsure=sheet.unsure,
        answers=answers,
        sentence=sentence,
        verdicts=[(name, types.review.verdicts[name]) for name in VERDICTS],
        here=url_for("cards.show", kaart_id=kaart_id),
        card=lay_out(kaart.document, kaart.edition, types, About()),
        fresh={},
        talk={},
        talked=(),
    )


def _items() -> list[str]:
    return list(filter(is_item_id, request.form.getlist(ITEM)))


def _remark(item: str) -> str:
    return request.form.get(REMARK + item, "")[:_LONGEST]


def _chosen() -> dict[str, Verdict]:
    """What was chosen, item by item."""
    found = {item: request.form.get(VERDICT + item, "") for item in _items()}
    return {item: Verdict(verdict, _remark(item)) for item, verdict in found.items() if verdict}


def _kept_for_later() -> dict[str, str]:
    """What was written at items that were left for later: nobody said what it is for, so it is not sent."""
    left = [item for item in _items() if not request.form.get(VERDICT + item)]
    return {item: words for item in left if (words := _remark(item)).strip()}


def _agreed_at_once() -> dict[str, Verdict]:
    """What the button for all agrees to: all that was left for later and at which nothing was written."""
    if ALL not in request.form:
        return {}
    passed = _chosen().keys() | _kept_for_later().keys()
    return {item: Verdict(AGREED) for item in _items() if item not in passed}


def _typed(kaart_id: str, problems: dict[str, str]) -> Answers:
    """What stands in the form; what was chosen on words that changed meanwhile is to be chosen anew."""
    form = request.form
    items = _items()
    moved = frozenset(items) & _changed_since(kaart_id, typed.posted_base(form))
    return Answers(
        {item: form.get(VERDICT + item, "") for item in items if item not in moved},
        {item: _remark(item) for item in items},
        {item: words for item, words in problems.items() if item not in moved},
        moved,
    )


def _changed_since(kaart_id: str, base: str) -> frozenset[str]:
    """The items that changed since a revision; all where that cannot be read any more."""
    try:
        newest = reading.read_card(desk(), actor(), kaart_id)
        if newest.revision == base:
            return frozenset()
        found = comparing.compare(desk(), actor(), kaart_id, base, newest.revision).changes
    except (NotFound, InvalidCard):
        return frozenset(request.form.getlist(ITEM))
    return frozenset(one.path[1] for one in found if len(one.path) > 1 and one.kind != "moved")


def _said(outcome: Outcome) -> str:
    """What became of it, for a person."""
    done = _n("Uw oordeel is bewaard.", "Uw %(num)s oordelen zijn bewaard.", outcome.said)
    if not outcome.moved:
        return done if outcome.said else _("Dit oordeel gaf u al.")
    still = _n(
        "Intussen is 1 onderdeel gewijzigd: kijk dat nog eens na.",
        "Intussen zijn %(num)s onderdelen gewijzigd: kijk die nog eens na.",
        len(outcome.moved),
    )
    return f"{done} {still}"
