"""A notice in words, and the place that it leads to."""

from dataclasses import dataclass, replace
from datetime import datetime

from flask import url_for

from app.content.card_type import CardType
from app.content.notices import AGAIN, HANDOVER, SAVED, TO_JUDGE
from app.content.overleg import ANSWER, ASKED, CONFIRMATION, DECISION, JUDGEMENT, PROPOSED, REMARK
from app.storage.catalogue import NoticeRow, Open, Told
from app.web.language import _, _n


@dataclass(frozen=True)
class Line:
    """A notice on the page.

    Attributes:
        address: where it can be dealt with.
        card: what the card is called.
        what: what there is to tell.
        name: whose doing it is.
        organisation: where this person works.
        when: when.
        new: whether it is new to who reads it.
        done: whether nothing is asked any more.
    """

    address: str
    card: str
    what: str
    name: str
    organisation: str
    when: datetime
    new: bool
    done: bool


def line(told: Told, types: CardType) -> Line:
    """A notice as its reader is told."""
    notice = told.notice
    return Line(
        _place(told, types),
        told.kaart or _("Kaart %(id)s", id=told.kaart_id[:8]),
        _what(notice, types),
        notice.name,
        notice.organisation,
        datetime.fromisoformat(notice.moment),
        told.new,
        notice.done,
    )


def open_line(one: Open, types: CardType) -> Line:
    """What still asks something of its reader; what is dealt with in one place is one line."""
    told = line(Told(one.kaart_id, one.kaart, one.notice, new=False), types)
    if one.number == 1:
        return told
    what = _n(
        "%(what)s: %(num)s keer",
        "%(what)s: %(num)s keer",
        one.number,
        what=types.review.notices[one.notice.kind].title,
    )
    if one.speakers == 1:
        return replace(told, what=what)
    return replace(told, what=what, name=_("%(name)s en anderen", name=told.name), organisation="")


def _what(notice: NoticeRow, types: CardType) -> str:
    rule = types.review.notices.get(notice.kind)
    what = rule.title if rule else notice.kind
    if notice.kind == TO_JUDGE:
        return _n("%(what)s: %(num)s onderdeel", "%(what)s: %(num)s onderdelen", notice.items, what=what)
    about, section = notice.title, types.current.shape.fields.get(notice.section)
    if notice.step:
        step = types.workflow.transitions.get(notice.step) or types.workflow.acts.get(notice.step)
        named = step.title if step else notice.step
        one = (section.inner.title or section.title).lower() if section and section.shape else ""
        about = _("%(step)s, %(one)s ‘%(title)s’", step=named, one=one, title=about) if about else named
    if about:
        what = _("%(what)s: %(title)s", what=what, title=about)
    elif section is not None:
        what = _("%(what)s bij een %(one)s", what=what, one=(section.inner.title or section.title).lower())
    more = notice.items - 1
    return _("%(what)s (en nog %(number)s)", what=what, number=more) if more > 0 else what


def _place(told: Told, types: CardType) -> str:
    """The very place, where there is a page for it."""
    notice, kaart_id = told.notice, told.kaart_id
    if notice.kind == SAVED:
        return url_for("history.timeline", kaart_id=kaart_id)
    if notice.kind == TO_JUDGE:
        return url_for("judging.ask", kaart_id=kaart_id)
    if notice.kind == AGAIN:
        return url_for("agreed.show", kaart_id=kaart_id, section=notice.section, item=notice.item)
    if notice.kind.startswith(HANDOVER):
        return url_for("handing_over.show", kaart_id=kaart_id)
    rule = types.review.notices.get(notice.kind)
    if rule and rule.said in (PROPOSED, DECISION):
        return url_for("deciding.overview", kaart_id=kaart_id)
    if rule and rule.said in (ASKED, CONFIRMATION):
        return url_for("confirming.overview", kaart_id=kaart_id)
    if rule and rule.said in (JUDGEMENT, ANSWER, REMARK) and notice.item:
        return url_for("talking.show", kaart_id=kaart_id, item=notice.item)
    return url_for("cards.show", kaart_id=kaart_id, _anchor=notice.item or None)
