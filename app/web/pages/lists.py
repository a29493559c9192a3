"""The list of cards: search, filters, pages. One query for the cards, one for each filter."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.content.card_type import HEAD
from app.content.items import dutch_date
from app.content.shape import Field
from app.services import reading
from app.storage.catalogue import Entry, Query
from app.web.paging import Paging, page_number
from app.web.session import actor, desk
from app.web.views.overdue import overdue

pages = Blueprint("lists", __name__)

PER_PAGE = 50
_MOST_VALUES = 40  # a filter with more values than this is no help; searching is
_LONGEST_SEARCH = 200


@dataclass(frozen=True)
class Filter:
    """A field to filter by: its values, each with its words and the number of cards."""

    field: Field
    options: list[tuple[str, str, int]]
    chosen: str


@dataclass(frozen=True)
class Fact:
    """Something to show of a card in the list; the text is empty where the card does not say.

    `overdue` says how long ago it is, for a day that should lie ahead.
    """

    title: str
    text: str
    overdue: str = ""


@pages.get("/")
def start() -> Response:
    """The start is the list."""
    return redirect(url_for("lists.cards"))


@pages.get("/kaarten")
def cards() -> str:
    """Show the cards that the address asks for."""
    text = " ".join(request.args.get("zoek", "").split())[:_LONGEST_SEARCH]
    filters = _filters()
    chosen = {one.field.key: one.chosen for one in filters if one.chosen}
    number = page_number()
    found, total = reading.find_cards(desk(), actor(), Query(text, chosen, (number - 1) * PER_PAGE, PER_PAGE))
    state = {"zoek": text, **chosen}
    paging = Paging(
        number, total, PER_PAGE, url_for("lists.cards"), {key: value for key, value in state.items() if value}
    )
    return render_template(
        "cards.html",
        found=found,
        total=total,
        text=text,
        filters=filters,
        asked=bool(text or chosen),
        paging=paging,
        facts=_facts,
        state_of=_state_of,
        here=_here(state),
    )


def _facet_fields() -> dict[str, Field]:
    shape = desk().types.current.shape
    return {field.key: field for section in shape if section.shape for field in section.inner if field.facet}


def _filters() -> list[Filter]:
    found = []
    for field in _facet_fields().values():
        if field.kind not in ("choice", "text"):
            continue
        chosen = request.args.get(field.key, "")[:_LONGEST_SEARCH]
        values = reading.facet_values(desk(), actor(), field.key)
        counts = dict(values)
        if not chosen and not 1 < len(counts) <= _MOST_VALUES:
            continue
        order = [value for value in field.labels if value in counts] or list(counts)
        options = [(value, _words(field, value), counts[value]) for value in order[:_MOST_VALUES]]
        if chosen and chosen not in order[:_MOST_VALUES]:
            options.append((chosen, _words(field, chosen), counts.get(chosen, 0)))
        found.append(Filter(field, options, chosen))
    return found


def _facts(entry: Entry) -> list[Fact]:
    """What the list shows of a card: the fields of its head that one may filter by, the state apart; empty ones too."""
    head = desk().types.current.shape[HEAD].inner
    fields = [field for field in head if field.facet and field.key != desk().types.workflow.field]
    held, workflow, today = dict(entry.facets), desk().types.workflow, desk().clock().date()
    in_use = workflow.editable({HEAD: {workflow.field: held.get(workflow.field, "")}})
    return [
        Fact(field.title, _words(field, held[field.key]), overdue(field, held[field.key], today) if in_use else "")
        if field.key in held
        else Fact(field.title, "")
        for field in fields
    ]


def _state_of(entry: Entry) -> tuple[str, str]:
    """The state of a card and its words; empty for a card that cannot be read."""
    workflow = desk().types.workflow
    state = dict(entry.facets).get(workflow.field, "")
    return state, desk().types.current.shape[HEAD].inner[workflow.field].labels.get(state, state)


def _words(field: Field, value: str) -> str:
    return field.labels.get(value) or (dutch_date(value) if field.kind == "date" else value)


def _here(state: dict[str, str]) -> str:
    return url_for("lists.cards") + ("?" + urlencode(state) if any(state.values()) else "")
