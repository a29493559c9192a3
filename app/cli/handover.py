"""Commands for the overdracht of a card: offering it, and what is answered within this installation."""

from collections.abc import Iterator
from datetime import datetime

import click

from app.cli.cards import author_option, open_desk
from app.cli.group import actor_of, out_json, said_per_field
from app.cli.roles import subject_of
from app.cli.telling import iso, moment, under
from app.content.handovers import INSTALLATION, Handover
from app.services import handing_over, handovers, installations
from app.services.actors import speaker_in
from app.services.desk import Desk
from app.services.handing_over import GROUND, INFORMED, REASON, TEXT, TO, UNTIL, WHY, Wanted
from app.services.handovers import Overview

_FIELD = {
    TO: "Wie", TEXT: "--text", GROUND: "--ground", INFORMED: "--told", WHY: "--why", UNTIL: "--until", REASON: "Reden",
}  # fmt: skip
_DAY = click.DateTime(["%Y-%m-%d"])
_reason = click.option("--reason", default="", help="Waarom, in gewone woorden.")


@click.group("handover")
def handover() -> None:
    """Overdracht: een kaart aanbieden, aannemen, weigeren, en een aanbod intrekken."""


@handover.command("show")
@click.argument("kaart")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def show(context: click.Context, kaart: str, as_json: bool, author: str | None) -> None:
    """Laat zien wat er nog nodig is, welk aanbod open staat, en wat er eerder was."""
    desk = open_desk(context)
    found = handovers.overview(desk, actor_of(author, desk), kaart)
    if as_json:
        out_json(_as_data(found))
        return
    for line in _lines(found):
        click.echo(line)


@handover.command("offer")
@click.argument("kaart")
@click.argument("whom", metavar="WIE")
@click.option("--text", default="", help="Wat de ontvanger moet weten.")
@click.option("--ground", default="", help="Waarom u dit mag delen: een artikel uit de wet, of toestemming.")
@click.option("--told/--not-told", "informed", default=None, help="Of het gezin het weet.")
@click.option("--why", default="", help="Hoe u het vertelde, of waarom nog niet.")
@click.option("--until", type=_DAY, help="Tot en met welke dag u daarna nog meeleest; anders niet meer.")
@click.option("--there", multiple=True, metavar="NUMMER", help="Wie op de kaart bij die andere installatie werkt.")
@author_option
@click.pass_context
def offer(
    context: click.Context,
    kaart: str,
    whom: str,
    text: str,
    ground: str,
    informed: bool | None,
    why: str,
    until: datetime | None,
    there: tuple[str, ...],
    author: str | None,
) -> None:
    """Bied een kaart aan: aan een e-mailadres, een organisatie of een andere installatie; zeg het nummer ervan."""
    desk = open_desk(context)
    wanted = Wanted(_receiver(desk, whom), text, ground, informed, why, until.date() if until else None, there)
    with said_per_field(_FIELD):
        click.echo(handing_over.offer(desk, actor_of(author, desk), kaart, wanted).id)


@handover.command("accept")
@click.argument("kaart")
@click.argument("number", metavar="NUMMER")
@author_option
@click.pass_context
def accept(context: click.Context, kaart: str, number: str, author: str | None) -> None:
    """Neem een kaart aan; u bent dan meteen dossierhouder."""
    desk = open_desk(context)
    handing_over.accept(desk, actor_of(author, desk), kaart, number)
    click.echo("Aangenomen.")


@handover.command("refuse")
@click.argument("kaart")
@click.argument("number", metavar="NUMMER")
@_reason
@author_option
@click.pass_context
def refuse(context: click.Context, kaart: str, number: str, reason: str, author: str | None) -> None:
    """Weiger een kaart, met een reden."""
    desk = open_desk(context)
    with said_per_field(_FIELD):
        handing_over.refuse(desk, actor_of(author, desk), kaart, number, reason)
    click.echo("Geweigerd.")


@handover.command("withdraw")
@click.argument("kaart")
@click.argument("number", metavar="NUMMER")
@_reason
@author_option
@click.pass_context
def withdraw(context: click.Context, kaart: str, number: str, reason: str, author: str | None) -> None:
    """Trek een aanbod in, met een reden."""
    desk = open_desk(context)
    with said_per_field(_FIELD):
        handing_over.withdraw(desk, actor_of(author, desk), kaart, number, reason)
    click.echo("Ingetrokken.")


def _receiver(desk: Desk, whom: str) -> str:
    """Who is meant by what `subject_of` knows, or by the id or the name of another installation."""
    wanted = whom.removeprefix(INSTALLATION)
    named = (one for one, name in installations.known(desk) if wanted == one or wanted.casefold() == name.casefold())
    found = next(named, "")
    return INSTALLATION + found if found else subject_of(desk, whom)


def _lines(found: Overview) -> Iterator[str]:
    for problem in found.lacking:
        yield f"nodig: {problem}"
    for kind, items in found.to_check:
        yield f"nakijken: {kind.title}: {', '.join(item['id'] for item in items)}"
    if any(found.waiting):
        requests, proposals, questions = found.waiting
        yield f"open: {requests} verzoeken, {proposals} voorstellen, {questions} vragen"
    for one in filter(None, (found.open, *found.past)):
        giver = speaker_in(one.signed)
        yield f"{one.id}  {one.outcome or 'open'}  van {giver.name} aan {one.receiver}, {_when(one.when)}"
        for words in filter(None, (one.text, one.reason)):
            yield under(words)
    if found.unseen:
        yield f"niet te zien voor de ontvanger: {found.unseen}"
    if found.gone:
        yield "De ontvanger kan nu niet aanmelden: niemand kan dit aanbod aannemen."


def _when(text: str) -> str:
    return moment(datetime.fromisoformat(text))


def _as_data(found: Overview) -> dict[str, object]:
    return {
        "revision": found.kaart.revision,
        "can": sorted(found.can),
        "lacking": [str(one) for one in found.lacking],
        "unseen": found.unseen,
        "offers": [_offer_data(one) for one in filter(None, (found.open, *found.past))],
    }


def _offer_data(one: Handover) -> dict[str, object]:
    return {
        "id": one.id,
        "state": one.outcome or "open",
        "by": speaker_in(one.signed).name,
        "to": one.to,
        "receiver": one.receiver,
        "when": iso(datetime.fromisoformat(one.when)),
        "text": one.text,
        "ground": one.ground,
        "told": one.informed,
        "until": one.until or None,
        "reason": one.reason,
        "closed": one.closed or None,
    }
