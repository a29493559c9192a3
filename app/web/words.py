"""Moments and days in Dutch, for templates and views."""

import re
from datetime import date, datetime, timedelta

from flask import Flask
from flask_babel import format_date, format_datetime, get_locale, to_user_timezone
from markupsafe import Markup, escape

from app.content.messages import CONFIRMED_BY, PROPOSED_BY, TAKEN_BY
from app.services.actors import speaker_in
from app.storage.catalogue import MARK_END, MARK_START
from app.storage.records import Save
from app.web.language import _
from app.web.session import desk

_MARKED = re.compile(f"{MARK_START}(.*?){MARK_END}")


def moment(when: datetime) -> str:
    """When, as a person says it: ``vandaag, 14.32 uur`` or ``9 november 2026, 14.32 uur``."""
    day, today = _here(when).date(), _here(desk().clock()).date()
    if day == today:
        return _("vandaag, %(time)s uur", time=_said(when, "H.mm"))
    if day == today - timedelta(days=1):
        return _("gisteren, %(time)s uur", time=_said(when, "H.mm"))
    return _("%(moment)s uur", moment=_said(when, "d MMMM y, H.mm"))


def day(when: datetime) -> str:
    """When, short: the time for today, else the day alone."""
    today = _here(when).date() == _here(desk().clock()).date()
    return moment(when) if today else _said(when, "d MMMM y")


def day_words(when: datetime) -> str:
    """The day, as a person says it: ``Vandaag``, ``Gisteren`` or ``maandag 9 november 2026``."""
    day, today = _here(when).date(), _here(desk().clock()).date()
    if day == today:
        return _("Vandaag")
    return _("Gisteren") if day == today - timedelta(days=1) else weekday(when)


def date_words(text: str) -> str:
    """A day in ISO 8601 as a person says it: ``9 november 2026``."""
    return str(format_date(date.fromisoformat(text), "d MMMM y"))


def weekday(when: datetime) -> str:
    """The day, in full: ``maandag 9 november 2026``."""
    return _said(when, "EEEE d MMMM y")


def clock(when: datetime) -> str:
    """The time of day: ``14.32 uur``."""
    return _("%(moment)s uur", moment=_said(when, "H.mm"))


def exact(when: datetime) -> str:
    """When, in full: ``maandag 9 november 2026, 14.32 uur``."""
    return _("%(moment)s uur", moment=_said(when, "EEEE d MMMM y, H.mm"))


def marked(excerpt: str) -> Markup:
    """An excerpt with the words that were searched for in `<mark>`; everything else is only text."""
    pieces = _MARKED.split(excerpt)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(piece) if number % 2 else escape(piece) for number, piece in enumerate(pieces)
    )


def signer(signed: str) -> str:
    """Who signed something, and where this person works, without the account."""
    who = speaker_in(signed)
    return ", ".join(filter(None, (who.name, who.organisation)))


def seconded(save: Save) -> str:
    """Who else stands behind a save, after a comma: who took it over as a proposal, or confirmed it."""
    said = {
        TAKEN_BY: lambda name: _("overgenomen door %(name)s", name=name),
        PROPOSED_BY: lambda name: _("naar een voorstel van %(name)s", name=name),
        CONFIRMED_BY: lambda name: _("bevestigd door %(name)s", name=name),
    }
    return "".join(f", {said[kind](name)}" for kind, name in save.seconds)


def paragraphs(text: str) -> Markup:
    """A text of several lines as paragraphs."""
    blocks = [block.split("\n") for block in re.split(r"\n{2,}", text.strip())]
    return Markup("").join(Markup("<p>{}</p>").format(Markup("<br>").join(lines)) for lines in blocks)


def lines(text: str) -> Markup:
    """A text of several lines within one paragraph."""
    return Markup("<br>").join(text.strip().split("\n"))


def _here(when: datetime) -> datetime:
    """When, by the clock of the people here; as it was written where the calendar has no room for that."""
    try:
        here: datetime = to_user_timezone(when)
    except (OverflowError, ValueError):
        return when  # another program dated its commit at the very end, or the beginning, of the years there are
    return here


def _said(when: datetime, pattern: str) -> str:
    return str(format_datetime(_here(when), pattern, rebase=False))


def attach(app: Flask) -> None:
    """Make these known to the templates."""
    app.jinja_env.filters.update(moment=moment, day=day, exact=exact, weekday=weekday, clock=clock)
    app.jinja_env.filters["date_words"] = date_words
    app.jinja_env.filters["seconded"] = seconded
    app.jinja_env.filters["signer"] = signer
    app.jinja_env.filters.update(marked=marked, paragraphs=paragraphs, lines=lines)
    app.jinja_env.filters["instant"] = datetime.fromisoformat
    app.jinja_env.globals["language"] = lambda: str(get_locale()).replace("_", "-")
