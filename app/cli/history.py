"""Commands that look back: the history of a card, and what changed between two revisions."""

from typing import Any

import click

from app.cli.cards import author_option, open_desk
from app.cli.group import actor_of, out_json
from app.content.changes import Change
from app.content.items import Namer, locate, where
from app.services import reading
from app.services.comparing import Comparison, compare
from app.storage.records import Save

_SIGNS = {"added": "+", "removed": "-", "changed": "~", "moved": ">"}


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
        organisation = f", {save.author.organisation}" if save.author.organisation else ""
        seconds = "".join(f", {kind.replace('-', ' ').lower()} {name}" for kind, name in save.seconds)
        click.echo(f"{save.revision}  {save.when:%Y-%m-%d %H:%M}  {save.author.name}{organisation}{seconds}")
        for step in reversed(save.steps):
            click.echo(f"    {step.message.subject}")
        if save.reason:
            click.echo("    " + save.reason.replace("\n", "\n    "))


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
    shape = comparison.edition.shape
    if as_json:
        out_json(
            [
                {
                    "kind": one.kind,
                    "path": list(one.path),
                    "where": where(shape, one.path),
                    "old": one.old,
                    "new": one.new,
                }
                for one in comparison.changes
            ]
        )
        return
    for one in comparison.changes:
        click.echo(_line(comparison, one))


def _line(comparison: Comparison, change: Change) -> str:
    shape = comparison.edition.shape
    place = f"{_SIGNS[change.kind]} {where(shape, change.path)}"
    if change.kind == "moved":
        return f"{place} (verplaatst)"
    field = locate(shape, change.path)
    if field is None:
        return place
    before, after = Namer(comparison.old.document, shape), Namer(comparison.new.document, shape)
    if change.is_item:
        title = after.title(field, change.new) if change.new else before.title(field, change.old)
        return f"{place}: {title}"
    values = [before.value(field, change.old), after.value(field, change.new)]
    return f"{place}: {' → '.join(value or '(leeg)' for value in values)}"


def _as_data(save: Save) -> dict[str, Any]:
    return {
        "revision": save.revision,
        "when": save.when.isoformat(),
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
