"""The whole card as text: reading it out, changing it in either written form, and the file of it."""

from dataclasses import dataclass, field, replace

from flask import Blueprint, Response, abort, flash, redirect, render_template, request

from app.content.clean import decode
from app.content.forms import ENDINGS, FILES, form_named, write_form
from app.content.merge import Merged, resolved
from app.content.problems import InvalidCard, Problem
from app.services import drafting, editing, reading, rights
from app.services.comparing import Comparison
from app.services.drafting import Sheet
from app.services.errors import Conflicted, NotAllowed, NotFound, ServiceError
from app.services.saving import apart
from app.services.sentences import sentence
from app.storage.errors import StoreError
from app.storage.records import InvalidRevision, Stored
from app.web import drafted
from app.web.converters import is_revision
from app.web.doors import needs
from app.web.errors import base_is_gone, not_a_card
from app.web.forms import typed
from app.web.forms.read import Form
from app.web.forms.view import Clash
from app.web.language import _
from app.web.newest import editable, newest
from app.web.pages.items import saved_answer
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again
from app.web.views.card import title_of
from app.web.views.diff import view_changes
from app.web.views.text import clashes_of, faults

pages = Blueprint("text", __name__, url_prefix="/kaarten/<kaart:kaart_id>")

FORM, TEXT, FILE, WHAT = "vorm", "tekst", "bestand", "_doe"
LOOK, SAVE, BACK = "bekijk", "bewaar", "terug"
_KINDS = {"json": "application/json", "markdown": "text/markdown"}


@dataclass(frozen=True)
class Written:
    """A card that somebody is writing as text.

    Attributes:
        kaart_id: which card.
        form: the written form it is in.
        text: what was typed.
        base: the revision that it goes on from.
        reason: why, as typed.
        draft: the id of the draft that it is kept in.
        problems: what is wrong with it.
    """

    kaart_id: str
    form: str
    text: str
    base: str
    reason: str = ""
    draft: str = ""
    problems: list[Problem] = field(default_factory=list)

    @property
    def data(self) -> bytes:
        """The text as a file."""
        return self.text.encode()


@pages.get("/tekst")
@needs(rights.EDIT)
def edit(kaart_id: str) -> Answer:
    """The card as text, to change; or what was typed of it and kept as a draft."""
    if identity := request.args.get(drafted.RESUMED):
        kaart, refusal = drafted.readable(kaart_id)
        return _page(kaart, _written(kaart_id, drafted.resumed(kaart_id, TEXT, identity), identity), sentence=refusal)
    kaart = editable(kaart_id)
    form = _form_asked(kaart.form)
    text = write_form(kaart.document, form, desk().types).decode()
    return _page(kaart, Written(kaart_id, form, text, kaart.revision, draft=drafted.new_id()), untouched=True)


def _stale(kaart_id: str, sentence: str) -> str:
    return _page(newest(kaart_id)[0], _written(kaart_id, request.form), sentence=sentence)


@pages.post("/tekst")
@needs(rights.EDIT)
@shown_again(_stale)
def answer(kaart_id: str) -> Answer:
    """Show what a text would change, keep it as a draft, save it, or go back to it."""
    written = _written(kaart_id, request.form)
    file = request.files.get(FILE)
    try:
        if file and file.filename:
            written = replace(written, form=form_named(file.filename) or written.form)
            written = replace(written, text=_one_line_end(decode(file.stream.read())))
        return _done(written)
    except InvalidRevision:
        return _page(newest(kaart_id)[0], written, sentence=not_a_card()), 409
    except InvalidCard as verdict:
        return _page(newest(kaart_id)[0], replace(written, problems=verdict.problems)), 422
    except Conflicted as conflict:
        return _conflict(written, conflict)
    except NotFound:
        kaart = reading.read_card(desk(), actor(), kaart_id)
        return _page(kaart, replace(written, base=kaart.revision), sentence=base_is_gone()), 409
    except NotAllowed as refusal:
        return _page(newest(kaart_id)[0], written, sentence=str(refusal)), 403
    except ServiceError as refusal:
        return _page(newest(kaart_id)[0], written, sentence=str(refusal)), 422
    except StoreError as error:
        return _page(newest(kaart_id)[0], written, sentence=sentence(error)), 503


def _written(kaart_id: str, form: Form, draft: str = "") -> Written:
    """What a form holds, or a draft of it."""
    return Written(
        kaart_id,
        form.get(FORM, "") if form.get(FORM) in FILES else abort(400),
        _one_line_end(form.get(TEXT, "")),
        typed.posted_base(form),
        form.get(typed.REASON, ""),
        draft or typed.draft_id(form),
    )


def _done(written: Written) -> Answer:
    if typed.KEEP in request.form:
        return _kept(written)
    what = request.form.get(WHAT, LOOK)
    if what == BACK:
        return _page(newest(written.kaart_id)[0], written)
    return _save(written) if what == SAVE else _preview(written)


def _kept(written: Written) -> Answer:
    """Keep a draft because somebody asked for it, and lead back to it."""
    if not written.draft:
        abort(400)
    kaart = editable(written.kaart_id)
    fields = ((FORM, written.form), (TEXT, written.text), (typed.BASE, written.base), (typed.REASON, written.reason))
    title = _("De kaart als tekst")
    label = drafting.keep(desk(), actor(), kaart, Sheet(written.draft, TEXT, written.base, title, fields))
    flash(_("Bewaard als klad. Op de kaart is nog niets gewijzigd."))
    return redirect(drafted.address(label), 303)


@pages.get('/<any("kaart.json", "kaart.md"):name>')
@needs(rights.READ)
def download(kaart_id: str, name: str) -> Response:
    """The card as a file, as it is now or as it was."""
    revision = request.args.get("versie", "")
    if revision and not is_revision(revision):
        abort(404)
    kaart = reading.read_card(desk(), actor(), kaart_id, revision or None)
    form = next(form for form, file in FILES.items() if file == name)
    # The name says nothing about the family: it may stay behind in a folder of downloads.
    called = f"kaart-{kaart.id[:8]}-{kaart.revision[:7]}{ENDINGS[form]}"
    return Response(
        write_form(kaart.document, form, desk().types),
        content_type=f"{_KINDS[form]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{called}"'},
    )


def _save(written: Written) -> Answer:
    saved = editing.save_file(
        desk(), actor(), written.kaart_id, written.data, written.form, written.base, written.reason
    )
    drafted.done(written.draft)
    return saved_answer(written.kaart_id, None, saved, _("Bewaard."))


def _preview(written: Written, notice: str = "") -> Answer:
    comparison = editing.preview_file(desk(), actor(), written.kaart_id, written.data, written.form, written.base)
    return _page(comparison.old, written, comparison=comparison, notice=notice)


def _conflict(written: Written, conflict: Conflicted) -> Answer:
    """Ask to choose; once all is chosen, go on with both sides in one text, on the card as it is now."""
    chosen = {one.path: request.form.get(typed.CHOICE + ".".join(one.path), "") for one in conflict.conflicts}
    if not all(choice in (typed.MINE, typed.THEIRS) for choice in chosen.values()):
        asked = any(name.startswith(typed.CHOICE) for name in request.form)
        clashes = clashes_of(conflict, chosen)
        return _page(conflict.current, written, clashes=clashes, conflict=conflict), 422 if asked else 409
    mine = [path for path, choice in chosen.items() if choice == typed.MINE]
    document = resolved(Merged(conflict.merged, conflict.conflicts), conflict.mine, mine)
    both = write_form(document, written.form, desk().types).decode()
    merged = replace(written, text=both, base=conflict.current.revision)
    try:
        return _preview(merged, _("Wat een ander intussen wijzigde, staat nu ook in uw tekst."))
    except InvalidCard as verdict:
        return _page(conflict.current, replace(merged, problems=verdict.problems), conflict=conflict), 422
    except Conflicted as again:
        return _page(again.current, merged, clashes=clashes_of(again, {}), conflict=again), 409


def _form_asked(otherwise: str) -> str:
    form = request.args.get(FORM, otherwise)
    return form if form in FILES else abort(404)


def _one_line_end(text: str) -> str:
    """The text with one kind of line end: a browser sends another kind than it was given."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"


def _page(
    kaart: Stored,
    written: Written,
    *,
    sentence: str = "",
    notice: str = "",
    untouched: bool = False,
    comparison: Comparison | None = None,
    clashes: list[Clash] | None = None,
    conflict: Conflicted | None = None,
) -> str:
    """The page of a text: to write in, with what is wrong, with what it changes, or with what clashes."""
    offers, works = drafted.left(kaart.id, TEXT) if untouched else ([], True)
    of_reason, problems = apart(written.problems)
    return render_template(
        "text.html",
        kaart=kaart,
        card_title=title_of(kaart),
        written=written,
        names=FILES,
        reason_errors=[one.message for one in of_reason],
        faults=faults(written.text, problems),
        untouched=untouched,
        offers=offers,
        drafts_fail=not works,
        sentence=sentence,
        notice=notice,
        comparison=comparison,
        sections=view_changes(comparison) if comparison else [],
        clashes=clashes or [],
        conflict=conflict,
    )
