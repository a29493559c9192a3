"""Commands for keeping a card longer than its term."""

import click

from app.cli.cards import author_option, open_desk, reason_option
from app.cli.group import actor_of, out_json, said_per_field
from app.services import keeping
from app.services.keeping import EXCEPTION, UNTIL
from app.services.proposing import REASON

_FIELD = {REASON: "Reden", EXCEPTION: "Uitzondering", UNTIL: "Tot"}


@click.group()
def keep() -> None:
    """Langer bewaren: waarom een kaart blijft, ook als haar termijn voorbij is."""


@keep.command("set")
@click.argument("kaart")
@click.option("--exception", required=True, help="Waarom zij blijft, zoals procedure.")
@click.option("--until", default="", help="De eerste dag dat het niet meer geldt, zoals 2027-03-01.")
@reason_option
@author_option
@click.pass_context
def set_keep(context: click.Context, kaart: str, exception: str, until: str, reason: str, author: str | None) -> None:
    """Laat een kaart langer bewaren; print het nummer waarmee u het opheft."""
    desk = open_desk(context)
    with said_per_field(_FIELD):
        click.echo(keeping.keep_longer(desk, actor_of(author, desk), kaart, exception, until, reason).id)


@keep.command("lift")
@click.argument("kaart")
@click.argument("nummer")
@reason_option
@author_option
@click.pass_context
def lift(context: click.Context, kaart: str, nummer: str, reason: str, author: str | None) -> None:
    """Hef een uitzondering op; daarna geldt de gewone termijn."""
    desk = open_desk(context)
    with said_per_field(_FIELD):
        keeping.lift(desk, actor_of(author, desk), kaart, nummer, reason)


@keep.command("list")
@click.argument("kaart")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def list_keeps(context: click.Context, kaart: str, as_json: bool, author: str | None) -> None:
    """Laat zien waarom een kaart langer blijft, tot wanneer, en wie dat wilde."""
    desk = open_desk(context)
    found = keeping.keeps_of(desk, actor_of(author, desk), kaart)
    if as_json:
        keys = ("id", "exception", "until", "reason", "signed", "when")
        out_json([{key: getattr(one, key) for key in keys} for one in found])
        return
    today, names = desk.clock().date(), desk.types.retention.exceptions
    for one in found:
        title = names[one.exception].title if one.exception in names else one.exception
        until = f"tot {one.until}" if one.until else "tot iemand het opheft"
        over = "" if one.holds(today) else " (voorbij)"
        click.echo(f"{one.id}  {title}, {until}{over}: {one.reason} ({one.signed}, {one.when})")
