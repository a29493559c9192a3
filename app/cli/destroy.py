"""Commands for destroying: asking for it, and which cards were. `kaarten confirm yes` is the second person's."""

import click

from app.cli.cards import author_option, base_option, open_desk, reason_option
from app.cli.group import actor_of, out_json, said_per_field
from app.services import destroying
from app.services.destroying import GROUND
from app.services.proposing import REASON

_FIELD = {REASON: "Reden", GROUND: "Grond"}


@click.group()
def destroy() -> None:
    """Vernietigen: een kaart gaat helemaal weg. Een tweede persoon bevestigt het."""


@destroy.command("ask")
@click.argument("kaart")
@click.option("--ground", required=True, help="Waarom de kaart weg mag: een naam uit retention.json, zoals termijn.")
@base_option
@reason_option
@author_option
@click.pass_context
def ask(context: click.Context, kaart: str, ground: str, base: str, reason: str, author: str | None) -> None:
    """Vraag om een kaart te vernietigen; print het nummer dat een ander bevestigt."""
    desk = open_desk(context)
    with said_per_field(_FIELD):
        said = destroying.ask(desk, actor_of(author, desk), kaart, ground, reason, base)
    click.echo(said.id)


@destroy.command("list")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def list_destroyed(context: click.Context, as_json: bool, author: str | None) -> None:
    """Laat zien welke kaarten zijn vernietigd: nummer, dag, grond en wie."""
    desk = open_desk(context)
    found = destroying.destroyed(desk, actor_of(author, desk))
    if as_json:
        out_json(
            [
                {
                    "id": one.kaart_id,
                    "when": one.when.isoformat(),
                    "ground": one.ground,
                    "askedBy": one.asked,
                    "confirmedBy": one.confirmed,
                }
                for one in found
            ]
        )
        return
    for one in found:
        click.echo(f"{one.kaart_id}  {one.when.date()}  {one.ground}  {one.asked}  {one.confirmed}")
