"""The access log for who is to check it: the lines, narrowed, and as a file for a spreadsheet."""

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request, url_for

from app.services import logbook, rights
from app.storage.access_log import Event
from app.storage.accounts import Organisation
from app.storage.log_index import Wanted
from app.web.days import Days
from app.web.doors import needs
from app.web.language import _
from app.web.paging import Paging, page_number
from app.web.session import actor, desk
from app.web.views.log import event_groups, event_words, kinds, outcomes

pages = Blueprint("logbook", __name__, url_prefix="/logboek")

PER_PAGE = 100
WHO, ORGANISATION, KAART, EVENT, KIND, OUTCOME = "wie", "organisatie", "kaart", "gebeurtenis", "soort", "uitkomst"
EMERGENCY, SINCE, UNTIL = "nood", "vanaf", "tot"
_LONGEST = 100
Answer = str | tuple[str, int]


@dataclass(frozen=True)
class _Asked:
    """What an address asks for: what was typed or chosen, and the lines that are meant."""

    typed: dict[str, str]
    days: Days
    wanted: Wanted


@pages.get("")
@needs(rights.READ_LOG)
def show() -> Answer:
    """Show lines of the log, newest first."""
    asked, number = _asked(), page_number()
    offset, found = (number - 1) * PER_PAGE, []
    if not asked.days.errors:
        found = logbook.lines(desk(), actor(), asked.wanted, PER_PAGE + 1, offset)
    known, sees_all = desk().accounts.known(), logbook.sees_all(desk(), actor())
    names = {one.id: one.name for one in known.organisations.values()}
    page = render_template(
        "logbook.html",
        found=found[:PER_PAGE],
        asked=asked.typed,
        days=asked.days,
        paging=Paging(number, offset + len(found), PER_PAGE, url_for("logbook.show"), asked.typed),
        organisations=_organisations() if sees_all else [],
        own="" if sees_all else names.get(actor().organisation_id, ""),
        organisation=lambda line: names.get(line.organisation, line.organisation),
        role=_role,
        about=_about,
        groups=event_groups(),
        kinds=kinds(),
        outcomes=outcomes(),
        words=event_words,
        most=logbook.MOST_EXPORTED,
    )
    return (page, 422) if asked.days.errors else page


@pages.get("/logboek.csv")
@needs(rights.READ_LOG)
def export() -> Response | Answer:
    """The same lines for a spreadsheet, with every field."""
    asked = _asked()
    if asked.days.errors:
        return show()
    titles = [_("Tijdstip (UTC)"), _("Gebeurtenis"), _("Soort"), _("Uitkomst"), _("Noodtoegang"), _("Account")]
    titles += [_("Naam"), _("Rol"), _("Organisatie"), _("Namens"), _("Vanaf adres"), _("Kaart"), _("Onderdeel")]
    titles += [_("Over wie"), _("Grond"), _("Aanvraag")]
    more = _("Er zijn meer regels. Kies een kortere tijd.")
    name = f"logboek-{desk().clock():%Y-%m-%d}.csv"
    return Response(
        logbook.export(desk(), actor(), asked.wanted, titles, more),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _asked() -> _Asked:
    """What the address asks; what can not be chosen is left out."""
    days = Days(SINCE, UNTIL)
    typed = {name: request.args.get(name, "").strip()[:_LONGEST] for name in (WHO, KAART)}
    events = {name for _title, group in event_groups() for name in group}
    choices = {
        ORGANISATION: {one.id for one in _organisations()},
        EVENT: events,
        KIND: set(kinds()),
        OUTCOME: set(outcomes()),
        EMERGENCY: {"1"},
    }
    for name, allowed in choices.items():
        chosen = request.args.get(name, "")
        typed[name] = chosen if chosen in allowed else ""
    wanted = Wanted(
        typed[WHO],
        (typed[ORGANISATION],) if typed[ORGANISATION] else None,
        typed[KAART],
        typed[EVENT],
        typed[KIND],
        typed[OUTCOME],
        bool(typed[EMERGENCY]),
        days[SINCE],
        days[UNTIL],
    )
    return _Asked({name: value for name, value in (typed | days.typed).items() if value}, days, wanted)


def _organisations() -> list[Organisation]:
    return list(desk().accounts.known().organisations.values())


def _role(line: Event) -> str:
    """The role that this person acted in: on the card, else at the organisation."""
    titles = desk().types.roles.organisation | desk().types.roles.card
    return next((titles[name].title for name in (line.ground, line.role) if name in titles), "")


def _about(line: Event) -> str:
    """Whom a line is about, by name where that is known."""
    kind, _colon, rest = line.person.rpartition(":")
    known = desk().accounts.known()
    found = (known.organisations if kind == "organisation" else known.accounts).get(rest)
    return found.name if found else line.person
