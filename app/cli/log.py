"""Commands for the access log: verify it, note how far it goes, show lines, remove what is too old."""

import re
from dataclasses import asdict
from datetime import datetime

import click

from app.cli.cards import author_option, open_desk
from app.cli.group import FAULTS, actor_of, out_json
from app.services import logbook
from app.services.desk import ZONE
from app.storage.access_log import Event
from app.storage.log_index import Wanted

_ANCHOR = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


@click.group()
def log() -> None:
    """Het logboek: nakijken, tonen, opruimen."""


def _kept(context: click.Context, option: click.Parameter, value: str | None) -> tuple[int, str] | None:
    if value is None:
        return None
    found = _ANCHOR.fullmatch(value.strip())
    if not found:
        raise click.BadParameter("schrijf AANTAL:CODE, zoals ‘kaarten log anchor’ het geeft", context, option)
    return int(found[1]), found[2]


@log.command()
@click.option("--anchor", callback=_kept, help="AANTAL:CODE die u eerder elders hebt bewaard.")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def verify(context: click.Context, anchor: tuple[int, str] | None, as_json: bool, author: str | None) -> None:
    """Kijk na of er niets in het logboek is veranderd, weggehaald of afgekapt."""
    desk = open_desk(context)
    verdict = logbook.verify(desk, actor_of(author, desk), anchor)
    if as_json:
        out_json(asdict(verdict))
    elif verdict.fault:
        click.echo(logbook.sentence(verdict.fault))
    else:
        click.echo(f"Het logboek klopt: regel {verdict.first} tot en met {verdict.count}.")
    if verdict.fault:
        context.exit(FAULTS)


@log.command()
@author_option
@click.pass_context
def anchor(context: click.Context, author: str | None) -> None:
    """Toon hoe ver het logboek nu gaat (AANTAL:CODE), om elders te bewaren."""
    desk = open_desk(context)
    count, mac = logbook.anchor(desk, actor_of(author, desk))
    click.echo(f"{count}:{mac}")


@log.command()
@click.option("--person", default="", help="Het account, of een deel van de naam.")
@click.option("--organisation", default="", help="Het korte woord van een organisatie.")
@click.option("--kaart", default="", help="Het nummer van een kaart.")
@click.option("--outcome", type=click.Choice(["toegestaan", "geweigerd", "mislukt"]), default=None, help="De uitkomst.")
@click.option("--emergency", is_flag=True, help="Alleen noodtoegang.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Vanaf deze dag.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Tot en met deze dag.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, help="Hoeveel regels; anders 50.")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def show(
    context: click.Context,
    person: str,
    organisation: str,
    kaart: str,
    outcome: str | None,
    emergency: bool,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    as_json: bool,
    author: str | None,
) -> None:
    """Toon regels van het logboek, de nieuwste eerst."""
    desk = open_desk(context)
    wanted = Wanted(
        person,
        (organisation,) if organisation else None,
        kaart,
        outcome=outcome or "",
        emergency=emergency,
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    found = logbook.lines(desk, actor_of(author, desk), wanted, limit)
    if as_json:
        out_json([{**asdict(one), "when": one.when.isoformat()} for one in found])
    for one in () if as_json else found:
        click.echo(_line(one))


def _line(one: Event) -> str:
    words = [
        f"{one.when.astimezone(ZONE):%Y-%m-%d %H:%M:%S}",
        one.name or one.who or "-",
        one.organisation,
        one.event,
        f"{one.kaart}/{one.item}" if one.item else one.kaart,
        one.outcome,
        "NOODTOEGANG" * one.emergency,
        f"({one.behalf})" * bool(one.behalf),
    ]
    return " ".join(word for word in words if word)


@log.command()
@author_option
@click.pass_context
def retire(context: click.Context, author: str | None) -> None:
    """Ruim delen van het logboek op die ouder zijn dan de bewaartermijn."""
    desk = open_desk(context)
    parts = logbook.retire(desk, actor_of(author, desk))
    click.echo(f"Opgeruimd: {', '.join(parts)}." if parts else "Er is niets dat oud genoeg is.")
