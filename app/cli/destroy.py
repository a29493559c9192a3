"""Commands for destroying: asking for it, and which cards were. `kaarten confirm yes` is the second person's."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from app.cli.cards import author_option, base_option, open_desk, reason_option
from app.cli.group import actor_of, out_json, said_per_field
from app.cli.telling import iso, moment
from app.services import destroying, keeping
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.destroying import GROUND
from app.services.errors import InvalidInput
from app.services.proposing import REASON

_FIELD = {REASON: "Reden", GROUND: "Grond"}


@click.group()
def destroy() -> None:
    """Vernietigen: een kaart gaat helemaal weg. Een tweede persoon bevestigt het."""


@destroy.command("ask")
@click.argument("kaart")
@click.option("--ground", required=True, help="Waarom de kaart weg mag, zoals verzoek of termijn.")
@base_option
@reason_option
@author_option
@click.pass_context
def ask(context: click.Context, kaart: str, ground: str, base: str, reason: str, author: str | None) -> None:
    """Vraag om een kaart te vernietigen; print het nummer dat een ander bevestigt."""
    desk = open_desk(context)
    actor = actor_of(author, desk)
    with said_per_field(_FIELD), _with_grounds(desk, actor, kaart):
        said = destroying.ask(desk, actor, kaart, ground, reason, base)
    click.echo(f"Een tweede persoon bevestigt dit met: kaarten confirm yes {kaart} {said.id}", err=True)
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
                    "when": iso(one.when),
                    "ground": one.ground,
                    "askedBy": one.asked,
                    "confirmedBy": one.confirmed,
                }
                for one in found
            ]
        )
        return
    for one in found:
        click.echo(f"{one.kaart_id}  {moment(one.when)[:10]}  {one.ground}  {one.asked}  {one.confirmed}")


@destroy.command("due")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def list_due(context: click.Context, as_json: bool, author: str | None) -> None:
    """Laat zien van welke kaarten de bewaartermijn voorbij is, of binnen drie maanden voorbij gaat."""
    desk = open_desk(context)
    actor = actor_of(author, desk)
    found = (keeping.due if author else keeping.due_everywhere)(desk, actor)
    if as_json:
        out_json(
            [{"id": one.id, "title": one.title, "until": one.until.isoformat(), "kept": one.kept} for one in found]
        )
        return
    today = desk.clock().date()
    for one in found:
        state = "blijft langer" if one.kept else "termijn voorbij" if one.until <= today else "binnenkort"
        click.echo(f"{one.id}  {one.until}  {state}  {one.title}".rstrip())


@destroy.command("again")
@click.pass_context
def repeat(context: click.Context) -> None:
    """Vernietig nog eens wat al vernietigd was, en met een oude reservekopie terugkwam."""
    desk = open_desk(context)
    for kaart in destroying.again(desk, actor_of(None, desk)):
        click.echo(kaart)


@contextmanager
def _with_grounds(desk: Desk, actor: Actor, kaart: str) -> Iterator[None]:
    """Say which grounds hold today, and from when on the others do, where another was named."""
    try:
        yield
    except InvalidInput as error:
        if GROUND not in error.problems:
            raise
        told = destroying.prospect(desk, actor, kaart)
        kept = (
            " Zij wordt langer bewaard: kaarten keep list zegt waarom."
            if told.kept
            else f" De kaart moet worden bewaard tot {told.until}."
            if told.until and told.until > desk.clock().date()
            else ""
        )
        sentence = f"{error.problems[GROUND]} Vandaag kunt u kiezen uit {', '.join(told.grounds)}.{kept}"
        raise InvalidInput({**error.problems, GROUND: sentence}) from None
