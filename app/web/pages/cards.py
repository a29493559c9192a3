"""A card to read: as it is, as it was, or what concerns one person alone."""

from dataclasses import replace
from datetime import date, datetime

from flask import Blueprint, abort, render_template, request, url_for

from app.content import HEAD
from app.content.concerns import concerning
from app.content.items import Namer
from app.content.layout import About, lay_out
from app.content.marks import Mark
from app.content.shielding import concealed, hidden
from app.content.workflow import state_of
from app.services import (
    bell,
    destroying,
    emergency,
    handovers,
    keeping,
    linking,
    proposed,
    reading,
    requested,
    rights,
    seeing,
    sending,
    talking,
    wishing,
)
from app.services.seeing import News
from app.services.to_review import waiting_on
from app.storage.records import InvalidRevision, Stored
from app.web.doors import needs
from app.web.lacks import lacks_of, state_name
from app.web.language import _
from app.web.session import actor, desk
from app.web.views.history import step_words
from app.web.views.overdue import Late
from app.web.views.second import together

pages = Blueprint("cards", __name__, url_prefix="/kaarten/<kaart:kaart_id>")

PERSON, OPEN = "persoon", "alles"
"""In the address: whom the page is about alone; and that nothing is folded."""


@pages.get("")
@needs(rights.READ)
def show(kaart_id: str) -> str:
    """Show the card as it is now; of one person alone when the address asks so."""
    try:
        kaart = reading.read_card(desk(), actor(), kaart_id)
    except InvalidRevision as damage:
        kaart = reading.last_readable(desk(), actor(), kaart_id)
        return _page(kaart, About(), last=reading.last_save(desk(), actor(), kaart), damage=damage)
    workflow, today = desk().types.workflow, desk().clock().date()
    editable = desk().may(actor(), rights.EDIT, kaart)
    if PERSON in request.args:
        return _of_person(kaart, request.args[PERSON], today if editable else None)
    news = seeing.looked(desk(), actor(), kaart)
    return _page(
        kaart,
        About(Late(today) if editable else None, _marks(news)),
        last=reading.last_save(desk(), actor(), kaart),
        editable=editable,
        closed=not workflow.editable(kaart.document),
        news=news,
        taken=emergency.unseen_on(desk(), actor(), kaart.id),
        mine_until=_emergency_until(kaart),
        to_judge=waiting_on(desk(), actor(), kaart.id),
        proposed=proposed.open_on(desk(), actor(), kaart.id),
        to_confirm=together(requested.open_requests(desk(), actor(), kaart.id)[::-1], actor().id),
        may_propose=desk().may(actor(), rights.PROPOSE, kaart),
        talk=talking.standings(desk(), actor(), kaart.id),
        unlinked=linking.unlinked_on(desk(), kaart) if desk().may(actor(), rights.SHARE, kaart) else [],
        steps=[
            step
            for step in workflow.open_to(kaart.document)
            if desk().may(actor(), rights.TRANSITION, kaart, step.name)
        ],
        offered=handovers.offered_here(desk(), actor(), kaart),
        hands_over=_hands_over(kaart),
        to_acknowledge=next((one for one in sending.came(desk(), actor(), kaart) if not one.told), None),
        destroys=destroying.can_begin(desk(), actor(), kaart),
        keeps=keeping.can_begin(desk(), actor(), kaart),
        lacks=lacks_of(kaart, workflow, today) if editable else [],
        follows=bell.follows(desk(), actor(), kaart.id),
    )


@pages.get("/revisies/<revision:revision>")
@needs(rights.READ)
def at(kaart_id: str, revision: str) -> str:
    """Show the card as it was."""
    return _page(reading.read_card(desk(), actor(), kaart_id, revision), About(), then=True)


def _hands_over(kaart: Stored) -> bool:
    """Whether the person at the page can offer the card, or an open offer of it is to be dealt with by this person."""
    handing = desk().types.handing
    steps = (handing.offer, handing.withdraw) if handing else ()
    return any(
        state_of(kaart.document) in one.sources and desk().may(actor(), rights.TRANSITION, kaart, one.name)
        for one in steps
    )


def _emergency_until(kaart: Stored) -> datetime | None:
    """Until when the person at the page reads the card in an emergency; None for who has a role of another kind."""
    grant = emergency.only_emergency(desk(), actor(), kaart.id)
    return datetime.fromisoformat(grant.until) if grant else None


def _of_person(kaart: Stored, person: str, today: date | None) -> str:
    """What concerns one member of the family, without what that member may not know: this page may be given away."""
    types, shape = desk().types, kaart.edition.shape
    display = types.display
    if person not in {one["id"] for one in kaart.document.get(display.person, ())}:
        abort(404)
    name = Namer(kaart.document, shape).item(person)
    gone = hidden(kaart.document, shape, types.roles.shield, {person})
    theirs = replace(kaart, document=concealed(kaart.document, shape, gone))
    only = frozenset(concerning(theirs.document, shape, person, display.under))
    return _page(
        theirs,
        About(Late(today) if today else None, only=only),
        person=name,
        left_out=bool(gone),
        editable=today is not None,
    )


def _page(kaart: Stored, about: About, **more: object) -> str:
    namer = Namer(kaart.document, kaart.edition.shape)
    types, whole = desk().types, OPEN in request.args
    workflow, display, shape = types.workflow, types.display, kaart.edition.shape
    return render_template(
        "card.html",
        kaart=kaart,
        here=url_for("cards.show", kaart_id=kaart.id),
        talked=types.review.sections,
        card=lay_out(kaart.document, kaart.edition, types, replace(about, whole=whole)),
        head_key=HEAD,
        state=state_name(kaart, workflow),
        meaning=workflow.meanings[state_of(kaart.document)],
        printed=desk().clock(),
        is_open=whole,
        sees_who_looked=desk().may(actor(), rights.CARD_LOG, kaart),
        person_section=display.person,
        gives=bool(types.inzage) and desk().may(actor(), rights.FAMILY, kaart),
        under=display.under,
        beside=display.beside,
        movable={
            one.key for one in shape if wishing.has_order(desk(), one) and len(kaart.document.get(one.key, ())) > 1
        },
        adding={key: _("%(one)s toevoegen", one=shape[key].inner.title) for key in (*display.under, *display.beside)},
        fresh={identity: [Mark(text, "new")] for identity, text in about.news.items()},
        step_words=lambda step: step_words(step, shape, namer),
        **({"talk": {}} | more),
    )


def _marks(news: News | None) -> dict[str, str]:
    words = {"added": _("nieuw sinds u hier was"), "changed": _("gewijzigd sinds u hier was")}
    return {identity: words[kind] for identity, kind in news.items.items()} if news else {}
