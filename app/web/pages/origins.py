"""Where an item of a card comes from; putting it back as it was."""

from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from app.content import Path
from app.content.items import Namer, find, index
from app.content.problems import InvalidCard, Problem
from app.content.shape import Field
from app.services import editing, origins, reading, rights
from app.services.comparing import Comparison
from app.services.errors import Conflicted, NotFound
from app.services.saving import apart
from app.services.sentences import sentence as in_words
from app.storage.errors import StoreError
from app.storage.records import InvalidRevision, Stored
from app.web.converters import is_revision
from app.web.doors import needs
from app.web.errors import base_is_gone
from app.web.forms import typed
from app.web.language import _
from app.web.newest import editable, newest
from app.web.pages.items import saved_answer
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again
from app.web.views.card import title_of
from app.web.views.diff import view_changes
from app.web.views.history import step_words
from app.web.views.origin import view_fields, view_saves

pages = Blueprint("origins", __name__, url_prefix="/kaarten/<kaart:kaart_id>/<key:section>")

THEN = "versie"
"""In an address: the revision in which an item was as it should be again."""


@pages.get("/_herkomst")
@pages.get("/<item:item>/herkomst")
@needs(rights.READ)
def show(kaart_id: str, section: str, item: str = "") -> str:
    """Say of each field of an item who set it, and which saves touched the item."""
    kaart, damaged = newest(kaart_id)
    field, path = _place(kaart, section, item)
    origin = origins.origin(desk(), actor(), kaart, path)
    namer = Namer(kaart.document, kaart.edition.shape)
    return render_template(
        "origin.html",
        kaart=kaart,
        card_title=title_of(kaart),
        damaged=damaged,
        field=field,
        item=item,
        name=_name(kaart, field, origin.last, item),
        origin=origin,
        fields=view_fields(kaart, path, origin),
        touches=view_saves(kaart, path, origin, lambda step: step_words(step, kaart.edition.shape, namer)),
        may_put_back=not damaged and desk().may(actor(), rights.EDIT, kaart, path[-1]),
    )


def _stale(kaart_id: str, section: str, sentence: str, item: str = "") -> Answer:
    return _page(_Asked(editable(kaart_id, item or section), section, item), sentence=sentence)


@pages.get("/_terugzetten")
@pages.get("/<item:item>/terugzetten")
@needs(rights.EDIT)
def ask(kaart_id: str, section: str, item: str = "") -> Answer:
    """Show what would change if an item became again what it was."""
    return _page(_Asked(editable(kaart_id, item or section), section, item))


@pages.post("/_terugzetten")
@pages.post("/<item:item>/terugzetten")
@needs(rights.EDIT)
@shown_again(_stale)
def put_back(kaart_id: str, section: str, item: str = "") -> Answer:
    """Make an item again what it was."""
    base, reason = typed.posted_base(request.form), request.form.get(typed.REASON, "")
    asked = _Asked(editable(kaart_id, item or section), section, item)
    try:
        saved = editing.put_back(desk(), actor(), kaart_id, asked.path, asked.revision, base, reason)
    except InvalidRevision:
        raise
    except InvalidCard as verdict:
        return _page(asked, problems=verdict.problems), 422
    except Conflicted as conflict:
        return _page(_Asked(conflict.current, section, item), conflict=conflict), 409
    except NotFound:
        return _page(asked, sentence=base_is_gone()), 409
    except StoreError as error:
        return _page(asked, sentence=in_words(error)), 503
    answer: Response = saved_answer(kaart_id, item or f"_{section}", saved, _("Teruggezet."))
    return answer


@dataclass(frozen=True)
class _Asked:
    """What is to be put back: the card as it is now, and the place on it."""

    kaart: Stored
    section: str
    item: str

    @property
    def path(self) -> Path:
        """The place on the card; not found where nothing can be put back."""
        return _place(self.kaart, self.section, self.item)[1]

    @property
    def revision(self) -> str:
        """When the item was as it should be again; not found where the address names none."""
        revision = request.args.get(THEN, "")
        return revision if is_revision(revision) else abort(404)


def _page(
    asked: _Asked,
    *,
    sentence: str = "",
    problems: list[Problem] | None = None,
    conflict: Conflicted | None = None,
) -> str:
    kaart = asked.kaart
    field = _place(kaart, asked.section, asked.item)[0]
    then = reading.read_card(desk(), actor(), kaart.id, asked.revision)
    held = find(then.document, asked.path)
    if held is None:
        raise NotFound(_("Dit stond toen niet op de kaart."))
    comparison: Comparison | None = None
    of_reason, others = apart(problems or ())
    try:
        comparison = editing.preview_put_back(desk(), actor(), kaart.id, asked.path, asked.revision, kaart.revision)
    except InvalidCard as verdict:
        others = verdict.problems
    return render_template(
        "put_back.html",
        kaart=kaart,
        card_title=title_of(kaart),
        field=field,
        item=asked.item,
        name=_name(then, field, held, asked.item),
        then=then,
        comparison=comparison,
        sections=view_changes(comparison) if comparison else [],
        problems=[(one, _lost(one, then, kaart)) for one in others],
        reason_errors=[one.message for one in of_reason],
        reason=request.form.get(typed.REASON, ""),
        sentence=sentence,
        conflict=conflict,
        address=request.full_path.rstrip("?"),
    )


def _lost(problem: Problem, then: Stored, kaart: Stored) -> tuple[str, str] | None:
    """Where to put back first what an item points at and is gone by now: its name and the address."""
    known, here = index(then.document, then.edition.shape), index(kaart.document, kaart.edition.shape)
    held = find(then.document, problem.path)
    for target in held if isinstance(held, list) else [held]:
        if isinstance(target, str) and target in known and target not in here:
            section, item = known[target]
            address = url_for("origins.ask", kaart_id=kaart.id, section=section, item=target, versie=then.revision)
            return Namer(then.document, then.edition.shape).title(then.edition.shape[section], item), address
    return None


def _place(kaart: Stored, section: str, item: str) -> tuple[Field, Path]:
    """A section and the place of an item in it; without an item, only a section that has none."""
    field = typed.section_of(kaart, section)
    if (field.kind == "items") != bool(item):
        abort(404)
    return field, (section, item) if item else (section,)


def _name(kaart: Stored, field: Field, held: object, item: str) -> str:
    if not item or not isinstance(held, dict):
        return field.title
    return Namer(kaart.document, kaart.edition.shape).title(field, held)
