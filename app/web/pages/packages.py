"""Packages that came from another installation: bringing one, looking into it, and accepting or refusing it."""

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for

from app.content.letters import RECEIPT
from app.services import answering, joining, parcels, receipts, rights, taking_in
from app.services.errors import InvalidInput, NotAllowed
from app.services.joining import Chosen
from app.services.parcel_faults import Refused
from app.services.returning import APART, FORWARD, NEW
from app.services.sentences import sentence as in_words
from app.services.unpacked import sender_of, unpacked, waiting
from app.storage.errors import StoreError
from app.web.doors import needs
from app.web.forms import typed
from app.web.handed_out import handed_out
from app.web.language import _
from app.web.large import ADDRESS, MEGABYTES
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again
from app.web.views.card import title_of
from app.web.views.diff import view_changes
from app.web.views.package import HERE, THERE, clashes_of, held_in

pages = Blueprint("packages", __name__, url_prefix=ADDRESS)

_FILE, _ALL, _LONGEST = "bestand", "_alles", 20_000


@pages.get("")
@needs(rights.CREATE)
def overview() -> str:
    """The packages that one brought, and where to bring one."""
    return _overview()


def _bring_stale(sentence: str) -> str:
    return _overview(sentence)


@pages.post("")
@needs(rights.CREATE)
@shown_again(_bring_stale)
def bring() -> Answer:
    """Bring a package, or a receipt."""
    file = request.files.get(_FILE)
    if file is None or not file.filename:
        return _overview(wrong=_("Kies het bestand dat u kreeg.")), 422
    try:
        found = parcels.bring(desk(), actor(), file.stream)  # type: ignore[arg-type]  # it reads bytes
    except Refused as refusal:
        return _overview(wrong=str(refusal)), 422
    except StoreError as error:
        return _overview(in_words(error)), 503
    return redirect(url_for("packages.show", parcel=found.id), 303)


@pages.get("/<item:parcel>")
@needs(rights.CREATE)
def show(parcel: str) -> str:
    """What is in a package, and what it would do here."""
    return _page(parcel)


def _stale(parcel: str, sentence: str) -> str:
    return _page(parcel, sentence=sentence)


@pages.post("/<item:parcel>/aannemen")
@needs(rights.CREATE)
@shown_again(_stale)
def accept(parcel: str) -> Answer:
    """Accept the card in it: this person is its dossierhouder from then on."""
    done: list[str] = []
    if answer := _refused(parcel, lambda: done.append(taking_in.accept(desk(), actor(), parcel, _chosen()))):
        return answer
    flash(_("U bent nu dossierhouder van deze kaart. Stuur de afzender nog het ontvangstbewijs."))
    return redirect(url_for("cards.show", kaart_id=done[0]), 303)


@pages.post("/<item:parcel>/inlezen")
@needs(rights.CREATE)
@shown_again(_stale)
def read_in(parcel: str) -> Answer:
    """Read a receipt in."""
    done: list[str] = []
    if answer := _refused(parcel, lambda: done.append(receipts.read_in(desk(), actor(), parcel, _chosen()))):
        return answer
    flash(_("Het ontvangstbewijs is ingelezen."))
    still_here = desk().may(actor(), rights.READ, done[0])
    return redirect(url_for("handing_over.show", kaart_id=done[0]) if still_here else url_for("start.show"), 303)


@pages.post("/<item:parcel>/weigeren")
@needs(rights.CREATE)
@shown_again(_stale)
def refuse(parcel: str) -> Answer:
    """Refuse the card in it, and say why."""
    if answer := _refused(parcel, lambda: taking_in.refuse(desk(), actor(), parcel, _reason())):
        return answer
    flash(_("U hebt de kaart geweigerd. Stuur de afzender nog het bericht daarvan."))
    return redirect(url_for("packages.show", parcel=parcel), 303)


@pages.post("/<item:parcel>/bericht")
@needs(rights.CREATE)
def refusal(parcel: str) -> Answer:
    """The receipt of a refusal, to send back."""
    try:
        return handed_out(answering.refusal(desk(), actor(), parcel))
    except NotAllowed as refused:
        return _page(parcel, sentence=str(refused)), 403


@pages.post("/<item:parcel>/weghalen")
@needs(rights.CREATE)
@shown_again(_stale)
def remove(parcel: str) -> Answer:
    """Remove a package, without deciding on it."""
    if answer := _refused(parcel, lambda: parcels.remove(desk(), actor(), parcel)):
        return answer
    flash(_("Het pakket is weggehaald."))
    return redirect(url_for("packages.overview"), 303)


def _refused(parcel: str, act: Callable[[], object]) -> Answer | None:
    """Do it; the page with what was chosen and typed where it cannot be."""
    try:
        act()
    except InvalidInput as refusal:
        return _page(parcel, problems=refusal.problems), 422
    except Refused as refusal:
        return _page(parcel, sentence=str(refusal)), 422
    except NotAllowed as refusal:
        return _page(parcel, sentence=str(refusal)), 422 if str(refusal) == joining.CHOOSE else 403
    except StoreError as error:
        return _page(parcel, sentence=in_words(error)), 503
    return None


def _overview(sentence: str = "", wrong: str = "") -> str:
    return render_template(
        "packages.html",
        found=waiting(desk(), actor()),
        is_receipt=lambda one: one.kind == RECEIPT,
        most=MEGABYTES,
        sentence=sentence,
        wrong=wrong,
    )


def _page(parcel_id: str, *, sentence: str = "", problems: Mapping[str, str] | None = None) -> str:
    parcel = parcels.of_mine(desk(), actor(), parcel_id)
    if parcel.refused:
        return render_template(
            "package_refused.html", parcel=parcel, sender=sender_of(desk(), parcel), sentence=sentence
        )
    found = unpacked(desk(), actor(), parcel_id)
    choices = {".".join(one.path): _choice(".".join(one.path)) for one in found.conflicts}
    asked = bool(sentence) and request.endpoint in ("packages.accept", "packages.read_in")
    letters = desk().types.letters
    card = found.comparison.new if found.comparison else None
    return render_template(
        "package.html",
        parcel=parcel,
        letter=found.opened.letter,
        sender=found.opened.sender,
        left_out=letters.labels(parcel.kind, "weggelaten") if parcel.kind != RECEIPT else {},
        is_receipt=parcel.kind == RECEIPT,
        found=found,
        is_new=found.kind == NEW,
        goes_on=found.kind == FORWARD,
        apart=found.kind == APART,
        card_title=title_of(card) if card else "",
        inside=held_in(card) if card else [],
        sections=view_changes(found.comparison) if found.comparison else [],
        missed=view_changes(found.left) if found.left else [],
        clashes=clashes_of(found, choices),
        unchosen=[name for name, choice in choices.items() if not (choice or _rest())] if asked else [],
        rest=_rest(),
        reason=_reason(),
        problems=problems or {},
        sentence=sentence,
    )


def _choice(name: str) -> str:
    chosen = request.form.get(typed.CHOICE + name, "")
    return chosen if chosen in (HERE, THERE) else ""


def _rest() -> str:
    """What was chosen for all places of which nothing else is chosen; empty for nothing."""
    chosen = request.form.get(_ALL, "")
    return chosen if chosen in (HERE, THERE) else ""


def _chosen() -> Chosen:
    """What was chosen where both sides differ, by what the form names."""
    sides: dict[str, set[tuple[str, ...]]] = {HERE: set(), THERE: set()}
    for name in request.form.getlist(typed.CLASHES):
        if side := _choice(name) or _rest():
            sides[side].add(tuple(name.split(".")))
    return Chosen(frozenset(sides[HERE]), frozenset(sides[THERE]))


def _reason() -> str:
    return request.form.get(typed.REASON, "")[:_LONGEST]
