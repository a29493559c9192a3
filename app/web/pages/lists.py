"""The list of cards: search, filters, order, pages. All of it stands in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for

from app.services import reading, rights, starting
from app.storage.catalogue import BY_CHANGE, BY_DUE, BY_NAME, Query
from app.web.doors import needs
from app.web.language import _
from app.web.paging import Paging, page_number
from app.web.session import actor, desk
from app.web.views.filters import Filter, facet_fields, meant, view_filter
from app.web.views.listed import view_found

pages = Blueprint("lists", __name__)

PER_PAGE = 50
_LONGEST_SEARCH = 200
_ORDERS = {"": BY_CHANGE, "naam": BY_NAME, "dag": BY_DUE}


@dataclass(frozen=True)
class Asked:
    """What the address asks for.

    Attributes:
        text: the words to search.
        chosen: field to the value that was chosen or typed.
        kinds: the rules of display.json by which a card must have something due.
        mine: whether only cards that this person is on.
        order: a key of `_ORDERS`.
    """

    text: str
    chosen: Mapping[str, str]
    kinds: tuple[str, ...]
    mine: bool
    order: str

    @property
    def narrows(self) -> bool:
        """Whether anything is left out of the list."""
        return bool(self.text or self.filters)

    @property
    def filters(self) -> int:
        """How many filters are chosen."""
        return len(self.chosen) + len(self.kinds) + self.mine

    @property
    def state(self) -> dict[str, str | list[str]]:
        """The query of the address."""
        held: dict[str, str | list[str]] = {
            "zoek": self.text,
            **self.chosen,
            "aandacht": list(self.kinds),
            "mijn": "1" if self.mine else "",
            "volgorde": self.order,
        }
        return {key: value for key, value in held.items() if value}

    @property
    def url(self) -> str:
        """The address."""
        return url_for("lists.cards") + ("?" + urlencode(self.state, doseq=True) if self.state else "")


@pages.get("/kaarten")
@needs(rights.LIST)
def cards() -> str:
    """Show the cards that the address asks for."""
    asked, number, today = _asked(), page_number(), desk().clock().date()
    query = replace(_query(asked, today), offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    found, total = reading.find_cards(desk(), actor(), query)
    filters = _filters(asked, query)
    return render_template(
        "cards.html",
        found=[view_found(one, desk().types, today) for one in found],
        total=total,
        asked=asked,
        filters=filters,
        rules=desk().types.display.due,
        chips=_chips(asked, filters),
        orders=_orders(asked),
        looser=_looser(asked, today) if asked.narrows and not total else [],
        may_create=desk().may(actor(), rights.CREATE),
        may_hurry=desk().may(actor(), rights.EMERGENCY),
        paging=Paging(number, total, PER_PAGE, url_for("lists.cards"), asked.state),
    )


def _asked() -> Asked:
    def given(key: str) -> str:
        return " ".join(request.args.get(key, "").split())[:_LONGEST_SEARCH]

    chosen = {key: given(key) for key in facet_fields(desk().types)}
    kinds = tuple(kind for kind in desk().types.display.due if kind in request.args.getlist("aandacht"))
    order = given("volgorde")
    return Asked(
        given("zoek"),
        {key: value for key, value in chosen.items() if value},
        kinds,
        bool(given("mijn")),
        order if order in _ORDERS else "",
    )


def _query(asked: Asked, today: date) -> Query:
    days = starting.due_days(desk(), today)
    return Query(
        asked.text,
        {key: _values(key, value) for key, value in asked.chosen.items()},
        own=asked.mine,
        due={kind: days[kind] for kind in asked.kinds},
        order=_ORDERS[asked.order],
    )


def _values(key: str, value: str) -> tuple[str, ...]:
    """What was chosen of a list, or the values that hold what was typed."""
    if facet_fields(desk().types)[key].kind == "choice":
        return (value,)
    return meant(value, [one for one, _count in reading.facet_values(desk(), actor(), Query(), [key])[key]])


def _filters(asked: Asked, query: Query) -> list[Filter]:
    fields = facet_fields(desk().types)
    values = reading.facet_values(desk(), actor(), query, list(fields))
    shown = (
        view_filter(field, values[key], asked.chosen.get(key, ""), narrowed=asked.narrows)
        for key, field in fields.items()
    )
    return [one for one in shown if one]


def _chips(asked: Asked, filters: list[Filter]) -> list[tuple[str, str]]:
    """What is chosen, in words, each with the address without it."""
    rules = desk().types.display.due
    chips = [(_("Alleen mijn kaarten"), replace(asked, mine=False).url)] if asked.mine else []
    for kind in asked.kinds:
        left = tuple(other for other in asked.kinds if other != kind)
        chips.append((rules[kind].title, replace(asked, kinds=left).url))
    for one in filters:
        if one.chosen:
            left_over = {key: value for key, value in asked.chosen.items() if key != one.field.key}
            chips.append((f"{one.field.title}: {one.words}", replace(asked, chosen=left_over).url))
    return chips


def _orders(asked: Asked) -> list[tuple[str, str, bool]]:
    """The orders to choose from: words, address, and whether it is the one now."""
    words = {"": _("Laatst gewijzigd"), "naam": _("Naam"), "dag": _("Eerst aan de beurt")}
    return [(text, replace(asked, order=key).url, key == asked.order) for key, text in words.items()]


def _looser(asked: Asked, today: date) -> list[tuple[str, str, int]]:
    """What does find something, when all together finds nothing: each with its address and its number of cards."""
    words = asked.text.split()
    tries = [Asked(asked.text, {}, (), mine=False, order="")] if words and asked.filters else []
    if len(words) > 1:
        tries += [replace(asked, text=word) for word in dict.fromkeys(words[:4])]
    if words and asked.filters:
        tries.append(replace(asked, text=""))
    counted = [(one, reading.find_cards(desk(), actor(), replace(_query(one, today), limit=0))[1]) for one in tries]
    return [(_looser_words(one), one.url, total) for one, total in counted if total]


def _looser_words(asked: Asked) -> str:
    if not asked.text:
        return _("Alleen uw filters, zonder woord")
    words = asked.text
    return _("Alleen ‘%(words)s’", words=words) if asked.filters else _("‘%(words)s’ in alle kaarten", words=words)
