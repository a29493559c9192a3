"""Commands for other installations: who this one is for them, and which ones it knows."""

from dataclasses import asdict
from pathlib import Path

import click

from app.cli.cards import author_option, file_argument, open_desk
from app.cli.group import actor_of, out_json, said_per_field
from app.services import installations
from app.services.installations import CARD, NUMBER

_WHERE = {CARD: "Kaartje", NUMBER: "Nummer"}
_LARGEST = 8000


@click.group()
def installation() -> None:
    """Andere installaties: waar kaarten heen kunnen en vandaan komen."""


@installation.command("own")
@author_option
@click.pass_context
def own(context: click.Context, author: str | None) -> None:
    """Print het kaartje van deze installatie, en het nummer om aan de telefoon voor te lezen."""
    desk = open_desk(context)
    found = installations.own(desk, actor_of(author, desk))
    click.echo(f"Nummer om voor te lezen: {found.number}", err=True)
    click.echo(f"Vingerafdruk van de sleutel: {found.fingerprint}", err=True)
    click.echo(found.card, nl=False)


@installation.command("list")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def list_installations(context: click.Context, as_json: bool, author: str | None) -> None:
    """Laat zien welke installaties bekend zijn, op naam."""
    desk = open_desk(context)
    found = installations.listed(desk, actor_of(author, desk))
    if as_json:
        out_json([asdict(one) | {"fingerprint": installations.fingerprint_of(one)} for one in found])
        return
    for one in found:
        stopped = "" if one.active else "  (gestopt)"
        click.echo(f"{one.id}  {one.name}  {one.contact}  {installations.fingerprint_of(one)}{stopped}")


@installation.command("add")
@file_argument
@click.option("--number", required=True, help="Het nummer dat de ander aan de telefoon voorleest.")
@author_option
@click.pass_context
def add(context: click.Context, file: Path, number: str, author: str | None) -> None:
    """Ken een andere installatie, uit het bestand met haar kaartje; zeg hoe zij hier heet."""
    desk = open_desk(context)
    with file.open("rb") as opened:
        card = opened.read(_LARGEST).decode("utf-8", "replace")
    with said_per_field(_WHERE):
        click.echo(installations.add(desk, actor_of(author, desk), card, number).id)


@installation.command("stop")
@click.argument("name", metavar="INSTALLATIE")
@author_option
@click.pass_context
def stop(context: click.Context, name: str, author: str | None) -> None:
    """Laat een installatie stoppen: er gaan geen kaarten meer heen, en er komen er geen meer vandaan."""
    desk = open_desk(context)
    done = installations.set_active(desk, actor_of(author, desk), name, active=False)
    click.echo(f"{done.name} is gestopt.")


@installation.command("resume")
@click.argument("name", metavar="INSTALLATIE")
@author_option
@click.pass_context
def resume(context: click.Context, name: str, author: str | None) -> None:
    """Laat een installatie die was gestopt weer meedoen."""
    desk = open_desk(context)
    done = installations.set_active(desk, actor_of(author, desk), name, active=True)
    click.echo(f"{done.name} doet weer mee.")
