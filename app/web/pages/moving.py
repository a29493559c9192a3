"""Giving an item of a list another place among its neighbours."""

from flask import Blueprint, abort, render_template, request

from app.content.items import Namer, find
from app.content.problems import InvalidCard
from app.services import editing, rights, wishing
from app.services.errors import Conflicted, NotAllowed, NotFound
from app.services.sentences import sentence as in_words
from app.storage.errors import StoreError
from app.storage.records import InvalidRevision, Stored
from app.web.doors import needs
from app.web.errors import base_is_gone
from app.web.forms import typed
from app.web.language import _
from app.web.newest import editable
from app.web.pages.items import saved_answer
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again
from app.web.views.card import title_of

pages = Blueprint("moving", __name__, url_prefix="/kaarten/<kaart:kaart_id>/<key:section>/<item:item>/verplaatsen")

BEFORE, STEP = "_voor", "_stap"


def _stale(kaart_id: str, section: str, item: str, sentence: str) -> str:
    return _question(editable(kaart_id, item), section, item, sentence)


@pages.get("")
@needs(rights.EDIT)
def ask(kaart_id: str, section: str, item: str) -> Answer:
    """Ask where an item should stand."""
    return _question(editable(kaart_id, item), section, item)


@pages.post("")
@needs(rights.EDIT)
@shown_again(_stale)
def move(kaart_id: str, section: str, item: str) -> Answer:
    """Put the item there."""
    base, reason = typed.posted_base(request.form), request.form.get(typed.REASON, "")
    kaart = editable(kaart_id, item)
    before = _wanted(kaart, section, item)
    try:
        saved = editing.move_item(desk(), actor(), kaart_id, section, item, before, base, reason)
    except InvalidRevision:
        raise
    except (InvalidCard, Conflicted) as trouble:
        problems = trouble.problems
        words = " ".join(one.message for one in problems) or str(trouble)
        return _question(editable(kaart_id, item), section, item, words), 409 if isinstance(
            trouble, Conflicted
        ) else 422
    except NotFound:
        return _question(kaart, section, item, base_is_gone()), 409
    except StoreError as error:
        return _question(kaart, section, item, in_words(error)), 503
    return saved_answer(kaart_id, item, saved, _("Verplaatst."))


def _wanted(kaart: Stored, section: str, item: str) -> str:
    """The id of the item that this one should stand before; empty for the end."""
    ids = [one["id"] for one in _items(kaart, section, item)]
    place = ids.index(item)
    if STEP in request.form:
        others = [one for one in ids if one != item]
        place = max(place - 1, 0) if request.form[STEP] == typed.UP else place + 1
        return others[place] if place < len(others) else ""
    return request.form.get(BEFORE, "")[:40]


def _items(kaart: Stored, section: str, item: str) -> list[dict[str, str]]:
    field = typed.list_of(kaart, section)
    if find(kaart.document, (section, item)) is None:
        abort(404)
    if not wishing.has_order(desk(), field):
        raise NotAllowed(_("Dit onderdeel heeft een vaste volgorde."))
    found: list[dict[str, str]] = kaart.document[section]
    return found


def _question(kaart: Stored, section: str, item: str, sentence: str = "") -> str:
    items, namer = _items(kaart, section, item), Namer(kaart.document, kaart.edition.shape)
    ids = [one["id"] for one in items]
    after = ids[ids.index(item) + 1 :]
    return render_template(
        "item_move.html",
        kaart=kaart,
        card_title=title_of(kaart),
        field=kaart.edition.shape[section],
        name=namer.item(item),
        order=[(one, namer.item(one), one == item) for one in ids],
        now=after[0] if after else "",
        sentence=sentence,
        reason=request.form.get(typed.REASON, ""),
        chosen=request.form.get(BEFORE),
    )
