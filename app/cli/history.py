"""Commands that look back: the history of a card, and what changed between two revisions."""

from typing import Any

import click

from app.cli.cards import author_option, open_desk
from app.cli.group import actor_of, out_json
from app.cli.telling import Teller, iso, moment, person, under
from app.services import reading
from app.services.comparing import compare
from app.storage.records import Save


@click.command()
@click.argument("kaart")
@click.option("--afspraak", help="Alleen wat deze afspraak raakt.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), help="Hoogstens zoveel.")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def history(
    context: click.Context, kaart: str, afspraak: str | None, limit: int | None, as_json: bool, author: str | None
) -> None:
    """Laat zien wie wat wanneer waarom wijzigde, het nieuwste eerst."""
    desk = open_desk(context)
    saves = reading.read_history(desk, actor_of(author, desk), kaart, afspraak, limit)
    if as_json:
        out_json([_as_data(save) for save in saves])
        return
    for save in saves:
        seconds = "".join(f", {kind.replace('-', ' ').lower()} {name}" for kind, name in save.seconds)
        click.echo(f"{save.revision}  {moment(save.when)}  {person(save.author)}{seconds}")
        for step in reversed(save.steps):
            click.echo(f"    {step.message.subject}")
        if save.reason:
            click.echo(under(save.reason))


@click.command()
@click.argument("kaart")
@click.argument("old", metavar="VAN")
@click.argument("new", metavar="TOT")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def diff(context: click.Context, kaart: str, old: str, new: str, as_json: bool, author: str | None) -> None:
    """Laat zien wat er tussen twee versies veranderde."""
    desk = open_desk(context)
    comparison = compare(desk, actor_of(author, desk), kaart, old, new)
    teller = Teller(comparison)
    if as_json:
        out_json([teller.data(one) for one in comparison.changes])
        return
    for line in teller.lines(comparison.changes):
        click.echo(line)


def _as_data(save: Save) -> dict[str, Any]:
    return {
        "revision": save.revision,
        "when": iso(save.when),
        "author": {
            "name": save.author.name,
            "email": save.author.email,
            "organisation": save.author.organisation,
        },
        "reason": save.reason,
        "steps": [
            {"revision": step.revision, "subject": step.message.subject, "trailers": dict(step.message.trailers)}
            for step in reversed(save.steps)
        ],
    }
