"""The history of a card, and what changed between two of its revisions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from flask import Blueprint, abort, render_template, request, url_for

from app.content.items import Namer
from app.services import comparing, history, reading, rights
from app.services.comparing import Between, Comparison
from app.storage.records import Save, Stored
from app.web.converters import is_item_id, is_revision
from app.web.days import Days
from app.web.doors import needs
from app.web.language import _
from app.web.newest import newest
from app.web.paging import Paging, page_number
from app.web.session import actor, desk
from app.web.views.card import title_of
from app.web.views.diff import view_changes
from app.web.views.history import step_words
from app.web.words import weekday

pages = Blueprint("history", __name__, url_prefix="/kaarten/<kaart:kaart_id>")

PER_PAGE = 50
ITEM, PERSON, AUTHOR = "afspraak", "persoon", "wie"
"""What the history is asked of; an item of any section goes by the name of what people ask most."""
SINCE, UNTIL, THROUGH = "vanaf", "tot", "tm"
OLD, NEW, ONLY, LOOK, BESIDE = "van", "tot", "alleen", "beeld", "naast"
Answer = str | tuple[str, int]


@pages.get("/geschiedenis")
@needs(rights.READ)
def timeline(kaart_id: str) -> Answer:
    """Show the saves of a card, newest first; of an item, a person, a period or an author when the address asks so."""
    days = Days(SINCE, UNTIL)
    asked = {name: _asked_id(name) for name in (ITEM, PERSON)}
    asked |= {AUTHOR: request.args.get(AUTHOR, "").strip()[:100], **days.typed}
    asked = {name: value for name, value in asked.items() if value}
    kaart, damaged = newest(kaart_id)
    number = page_number()
    past = history.Past([], unsure=False)
    if not days.errors:
        wanted = history.Wanted(
            asked.get(ITEM, ""), asked.get(PERSON, ""), days[SINCE], days[UNTIL], asked.get(AUTHOR, "")
        )
        # One more than the pages up to here hold: enough to know whether there is a next one.
        past = history.look_back(desk(), actor(), kaart, wanted, number * PER_PAGE + 1)
    paging = Paging(number, len(past.saves), PER_PAGE, url_for("history.timeline", kaart_id=kaart_id), asked)
    namer = Namer(kaart.document, kaart.edition.shape)
    saves = past.saves[paging.first - 1 : paging.last]
    page = render_template(
        "history.html",
        kaart=kaart,
        card_title=title_of(kaart),
        damaged=damaged,
        saves=saves,
        by_day=list(_by_day(saves)),
        days=days,
        unsure=past.unsure,
        paging=paging,
        asked=asked,
        persons=_persons(kaart, namer, asked.get(PERSON, "")),
        name=namer.item,
        words=lambda step: step_words(step, kaart.edition.shape, namer),
    )
    return (page, 422) if days.errors else page


@pages.get("/vergelijken")
@needs(rights.READ)
def compare(kaart_id: str) -> Answer:
    """Show what changed between two revisions or days; up to now where the address names one alone."""
    days = Days(SINCE, THROUGH)
    sides = _sides(kaart_id, days)
    only = request.args.get(ONLY, "")
    beside = request.args.get(LOOK) == BESIDE
    kaart = sides.comparison.new if sides.comparison else reading.read_card(desk(), actor(), kaart_id)
    shape = kaart.edition.shape
    if only not in shape.fields:
        only = ""
    between = comparing.between(desk(), actor(), sides.comparison) if sides.comparison else None
    namer = Namer(kaart.document, shape)
    page = render_template(
        "compare.html",
        kaart=kaart,
        card_title=title_of(kaart),
        comparison=sides.comparison,
        told=_told(sides.comparison, between) if sides.comparison and between else None,
        between=between,
        sections=view_changes(sides.comparison, only, between.touched) if sides.comparison and between else [],
        notice=sides.notice,
        days=days,
        agreed=[section for section in shape if section.own_commit or section.key == only],
        only=only,
        beside=beside,
        state=_state(sides, only, beside=beside),
        words=lambda step: step_words(step, shape, namer),
    )
    return (page, 422) if days.errors else page


@dataclass(frozen=True)
class _Sides:
    """What an address asks to compare; nothing where it does not say enough."""

    comparison: Comparison | None = None
    notice: str = ""


@dataclass(frozen=True)
class _Told:
    """What is said of the two sides: the save of each, and the one save between them where there is one alone."""

    old: Save | None
    new: Save | None
    one: Save | None


def _sides(kaart_id: str, days: Days) -> _Sides:
    old, new, notice = request.args.get(OLD, ""), request.args.get(NEW, ""), ""
    if not all(is_revision(one) or not one for one in (old, new)):
        abort(404)
    kaart, _damaged = newest(kaart_id)
    if days.errors or not (old or days[SINCE]):
        return _Sides()
    if since := days[SINCE]:
        save = comparing.revision_at(desk(), actor(), kaart, history.start_of(since))
        if save is None:
            save = comparing.first_save(desk(), actor(), kaart)
            notice = _("De kaart is er pas later. U ziet alles vanaf de eerste versie.")
        old = save.revision
    if through := days[THROUGH]:
        save = comparing.revision_at(desk(), actor(), kaart, history.start_of(through + timedelta(days=1)))
        if save is None:
            return _Sides(None, _("Op die dag was de kaart er nog niet. Kies een latere dag."))
        new = save.revision
    new = new or kaart.revision
    return _Sides(comparing.compare(desk(), actor(), kaart_id, old, new), notice)


def _told(comparison: Comparison, between: Between) -> _Told:
    oldest, newest_save = between.old, next(iter(between.saves), between.old)
    forward = comparison.old.changed <= comparison.new.changed
    alone = forward and len(between.saves) == 1 and oldest is not None
    old, new = (oldest, newest_save) if forward else (newest_save, oldest)
    return _Told(old, new, between.saves[0] if alone else None)


def _state(sides: _Sides, only: str, *, beside: bool) -> dict[str, str]:
    """The address of this very comparison, to send to somebody: by revision, so that it stays what it is."""
    pair = sides.comparison
    state = {OLD: pair.old.revision, NEW: pair.new.revision} if pair else {}
    return state | ({ONLY: only} if only else {}) | ({LOOK: BESIDE} if beside else {})


def _asked_id(name: str) -> str:
    identity = request.args.get(name, "")
    if identity and not is_item_id(identity):
        abort(404)
    return identity


def _persons(kaart: Stored, namer: Namer, chosen: str) -> list[tuple[str, str]]:
    section = desk().types.display.person
    ids = [item["id"] for item in kaart.document.get(section, ())]
    ids += [chosen] if chosen and chosen not in ids else []
    return [(identity, namer.item(identity)) for identity in ids]


def _by_day(saves: list[Save]) -> Iterator[tuple[str, list[Save]]]:
    for day, of_day in groupby(saves, lambda save: weekday(save.when)):
        yield day, list(of_day)
