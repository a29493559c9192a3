"""Commands for the roles on a card: also for who works on the server, where nobody is left who can share a card."""

from datetime import datetime

import click

from app.cli.cards import author_option, open_desk
from app.cli.group import actor_of, out_json, said_per_field
from app.services import shared_with, sharing
from app.services.desk import Desk
from app.services.errors import NotFound
from app.services.offering import ACCOUNT, ORGANISATION, Offer, day_of, last_day

_reason = click.option("--reason", default="", help="Waarom, in gewone woorden.")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group("role")
def role() -> None:
    """Rollen op een kaart: wie haar leest, wijzigt en deelt."""


@role.command("list")
@click.argument("kaart")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def list_roles(context: click.Context, kaart: str, as_json: bool, author: str | None) -> None:
    """Laat zien wie welke rol heeft op een kaart, ook wat voorbij is."""
    desk = open_desk(context)
    found = shared_with.given(desk, actor_of(author, desk), kaart)
    if as_json:
        out_json(
            [
                {
                    "id": one.grant.id,
                    "role": one.role.name,
                    "subject": one.grant.subject,
                    "name": one.name,
                    "since": one.grant.since,
                    "until": one.grant.until,
                }
                for one in found
            ]
        )
        return
    for one in found:
        until = f" – {last_day(one.grant)}" if one.grant.until else ""
        click.echo(f"{one.grant.id}  {one.role.name:14}  {day_of(one.grant.since)}{until}  {one.name}")


@role.command("give")
@click.argument("kaart")
@click.argument("whom", metavar="WIE")
@click.argument("name", metavar="ROL")
@click.option("--until", type=_DAY, help="De laatste dag; anders zonder einde.")
@_reason
@author_option
@click.pass_context
def give(
    context: click.Context, kaart: str, whom: str, name: str, until: datetime | None, reason: str, author: str | None
) -> None:
    """Geef een e-mailadres, of de korte naam van een organisatie, een rol; zeg haar nummer."""
    desk = open_desk(context)
    offer = Offer(subject_of(desk, whom), name, until=until.date() if until else None, reason=reason)
    with said_per_field({}):
        click.echo(sharing.give(desk, actor_of(author, desk), kaart, offer).id)


@role.command("withdraw")
@click.argument("kaart")
@click.argument("grant", metavar="NUMMER")
@_reason
@author_option
@click.pass_context
def withdraw(context: click.Context, kaart: str, grant: str, reason: str, author: str | None) -> None:
    """Trek een rol in; zij geldt meteen niet meer."""
    desk = open_desk(context)
    sharing.withdraw(desk, actor_of(author, desk), kaart, grant, reason)
    click.echo("Ingetrokken.")


@role.command("unlink")
@click.argument("kaart")
@click.argument("grant", metavar="NUMMER")
@_reason
@author_option
@click.pass_context
def unlink(context: click.Context, kaart: str, grant: str, reason: str, author: str | None) -> None:
    """Haal weg welke professional op de kaart iemand is, als dat niet klopt.

    Let op: wat voor die professional is afgeschermd, kan deze persoon daarna zien.
    """
    desk = open_desk(context)
    with said_per_field({}):
        sharing.unlink(desk, actor_of(author, desk), kaart, grant, reason)
    click.echo("Losgemaakt.")


def subject_of(desk: Desk, whom: str) -> str:
    """Who is meant by an e-mail address, or the short name of an organisation; raises `NotFound`."""
    known = desk.accounts.known()
    if account := known.by_email(whom):
        return ACCOUNT + account.id
    if whom in known.organisations:
        return ORGANISATION + whom
    raise NotFound("Er is geen account met dit e-mailadres, en geen organisatie met deze korte naam.")
