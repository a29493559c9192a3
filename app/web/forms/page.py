"""The page with the form of one entry: as it is on the card, as it was typed, with what is wrong or in conflict."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import dropwhile, takewhile

from flask import render_template, url_for

from app.content.items import Namer
from app.content.problems import Problem
from app.services import reading, rights
from app.services.errors import Conflicted
from app.services.saving import REASON, apart
from app.storage.records import Save
from app.web import drafted
from app.web.forms import typed
from app.web.forms.typed import Typed
from app.web.forms.view import Block, Clash, FormMaker, place_errors, widgets
from app.web.language import _
from app.web.session import actor, desk
from app.web.views.card import title_of


@dataclass(frozen=True)
class Trouble:
    """Why a form is shown again.

    Attributes:
        problems: what is wrong with what was typed.
        sentence: what kept it from being saved.
        conflict: what somebody else did meanwhile.
        more: the nested list that gets one more empty row; nothing is wrong then.
        moved: the row that got another place; nothing is wrong then either.
        reason: what is wrong with the reason alone.
    """

    problems: tuple[Problem, ...] = ()
    sentence: str = ""
    conflict: Conflicted | None = None
    more: str = ""
    moved: str = ""
    reason: tuple[str, ...] = ()


def open_form(entry: Typed) -> str:
    """The page of a form that is opened, with the drafts that were left of it."""
    offers, works = drafted.offers(entry)
    return _page(entry, Trouble(), offers=offers, drafts_fail=not works)


def show_again(entry: Typed, trouble: Trouble | None = None) -> str:
    """The page of a form as it was typed."""
    return _page(entry, trouble or Trouble(), offers=[], drafts_fail=False)


def _page(entry: Typed, trouble: Trouble, **about: object) -> str:
    own = entry.path[-1] if len(entry.path) > 1 else ""
    kept = not entry.purpose or bool(entry.purpose.place)
    entry = replace(entry, draft=drafted.new_id()) if kept and not entry.draft else entry
    kaart, conflict = entry.kaart, trouble.conflict
    beside = entry.purpose.beside if entry.purpose else None
    maker = FormMaker(kaart.document, kaart.edition.shape, desk().draw, own, trouble.moved, beside)
    blocks = maker.blocks(entry.section.inner, entry.value, more=trouble.more)
    proposer = entry.purpose.proposer if entry.purpose else ""
    their_saves = conflict.their_saves if conflict else _their_saves(entry)
    typed.name_the_other(entry, their_saves)
    _place_clashes(blocks, entry.clashes, proposer)
    of_reason, problems = apart(trouble.problems)
    summary = place_errors(blocks, problems, entry.path)
    of_reason += [Problem(REASON, words) for words in trouble.reason]
    summary += [(f"‘{_question(entry)}’: {one.message}", "veld-_reden") for one in of_reason]
    names = Namer(kaart.document, kaart.edition.shape)
    return render_template(
        "item_form.html",
        entry=entry,
        kept=kept,
        address=_address(entry),
        blocks=blocks,
        summary=summary,
        question=_question(entry),
        reason_errors=[one.message for one in of_reason],
        name=names.title(entry.section, entry.value) if own and not entry.is_new else "",
        card_title=title_of(kaart),
        conflict=conflict,
        meets=conflict or entry.clashes,
        their_saves=their_saves,
        proposed_at=_proposed_at(entry),
        second_at=_second_at(entry) if entry.second else "",
        answered=_answered(entry, names),
        proposer=proposer,
        gone=bool(conflict and typed.removed_by_other(entry, conflict)),
        sentence=trouble.sentence,
        **about,
    )


def _question(entry: Typed) -> str:
    """What is asked as the reason."""
    return entry.purpose.question if entry.purpose else _("Waarom wijzigt u dit?")


def _address(entry: Typed) -> str:
    if entry.purpose:
        return entry.purpose.address
    kaart_id, section = entry.kaart.id, entry.section.key
    if entry.is_new:
        return url_for("items.add", kaart_id=kaart_id, section=section)
    if len(entry.path) == 1:
        return url_for("items.save_group", kaart_id=kaart_id, section=section)
    return url_for("items.save", kaart_id=kaart_id, section=section, item=entry.path[1])


def _answered(entry: Typed, names: Namer) -> list[str]:
    """Who said what he or she thinks of the words of the item; changing those asks them again."""
    lists = entry.kaart.edition.shape.agreements.get(entry.section.key, {})
    return [
        names.title(entry.section.inner[key], row)
        for key, rule in lists.items()
        for row in entry.value.get(key, ())
        if row.get(rule.field) in rule.given
    ]


def _second_at(entry: Typed) -> str:
    """Where the form can be sent to ask a second person; empty for what has no id."""
    if len(entry.path) == 1:
        return ""
    return url_for("confirming.ask", kaart_id=entry.kaart.id, section=entry.section.key, item=entry.path[1])


def _proposed_at(entry: Typed) -> str:
    """Where the form can be sent to propose what is in it; empty where that cannot be."""
    kaart, section = entry.kaart, entry.section.key
    if entry.purpose or section not in desk().types.review.sections or not desk().may(actor(), rights.PROPOSE, kaart):
        return ""
    if entry.is_new:
        return url_for("proposing.add", kaart_id=kaart.id, section=section)
    return url_for("proposing.change", kaart_id=kaart.id, section=section, item=entry.path[1])


def _their_saves(entry: Typed) -> list[Save]:
    """What others saved between the revision that somebody began from and the one that the entry goes on from."""
    if not entry.clashes:
        return []
    saves = iter(reading.read_history(desk(), actor(), entry.kaart.id))
    until_now = dropwhile(lambda save: save.revision != entry.kaart.revision, saves)
    return list(takewhile(lambda save: save.revision != entry.earlier, until_now))


def _place_clashes(blocks: Iterable[Block], clashes: dict[str, Clash], proposer: str) -> None:
    by_name = {widget.name: widget for widget in widgets(blocks)}
    for name, clash in clashes.items():
        steps = name.split(".")
        near = next(
            (by_name[key] for end in range(len(steps), 0, -1) if (key := ".".join(steps[:end])) in by_name), None
        )
        if near:
            near.clashes.append(clash)
            clash.proposer = proposer
            clash.href = f"keuze-{name}"
