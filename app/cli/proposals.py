"""Commands for proposals: proposing a changed card, what is proposed, taking over, refusing, withdrawing."""

from pathlib import Path

import click

from app.cli.cards import author_option, base_option, file_argument, form_of, open_desk, read, reason_option, tell
from app.cli.group import actor_of, out_json, said_per_field
from app.content.items import where
from app.services import accepting, proposing
from app.services.proposing import REASON, OneProposed, Proposals

_FIELD = {REASON: "Reden"}
_numbers = click.argument("numbers", metavar="NUMMER", nargs=-1, required=True)


@click.group()
def proposal() -> None:
    """Voorstellen: naast de kaart, tot een ander ze overneemt of afwijst."""


@proposal.command("make")
@click.argument("kaart")
@file_argument
@base_option
@reason_option
@author_option
@click.pass_context
def make(context: click.Context, kaart: str, file: Path, base: str, reason: str, author: str | None) -> None:
    """Stel voor wat in een bestand anders is dan op de kaart; print de nummers van de onderdelen."""
    desk = open_desk(context)
    with said_per_field(_FIELD):
        said = proposing.propose_file(desk, actor_of(author, desk), kaart, read(file), form_of(file), base, reason)
    for one in said:
        click.echo(f"{one.id}  {one.about[0].item}")


@proposal.command("list")
@click.argument("kaart")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def list_proposals(context: click.Context, kaart: str, as_json: bool, author: str | None) -> None:
    """Laat zien wat er op een kaart is voorgesteld, en wat ervan werd."""
    desk = open_desk(context)
    found = proposing.proposals(desk, actor_of(author, desk), kaart)
    if as_json:
        out_json(_as_data(found))
        return
    for offered in found.offered:
        click.echo(f"{offered.by.name}{f', {offered.by.organisation}' if offered.by.organisation else ''}")
        for one in offered.items:
            for line in _lines(one):
                click.echo(f"  {line}")


@proposal.command("accept")
@click.argument("kaart")
@_numbers
@author_option
@click.pass_context
def accept(context: click.Context, kaart: str, numbers: tuple[str, ...], author: str | None) -> None:
    """Neem onderdelen van een voorstel over, elk als een eigen opslag; print de nieuwe versies.

    Wat bij iets anders uit hetzelfde voorstel hoort, komt daarna.
    """
    desk = open_desk(context)
    actor = actor_of(author, desk)
    for number in proposing.in_order(proposing.proposals(desk, actor, kaart), numbers):
        tell(accepting.accept(desk, actor, kaart, number))


@proposal.command("refuse")
@click.argument("kaart")
@_numbers
@reason_option
@author_option
@click.pass_context
def refuse(context: click.Context, kaart: str, numbers: tuple[str, ...], reason: str, author: str | None) -> None:
    """Wijs onderdelen van een voorstel af, met een reden."""
    desk = open_desk(context)
    with said_per_field(_FIELD):
        accepting.refuse(desk, actor_of(author, desk), kaart, numbers, reason)


@proposal.command("withdraw")
@click.argument("kaart")
@_numbers
@reason_option
@author_option
@click.pass_context
def withdraw(context: click.Context, kaart: str, numbers: tuple[str, ...], reason: str, author: str | None) -> None:
    """Trek onderdelen van uw eigen voorstel in."""
    desk = open_desk(context)
    with said_per_field(_FIELD):
        accepting.withdraw(desk, actor_of(author, desk), kaart, numbers, reason)


def _state(one: OneProposed) -> str:
    if not one.open:
        return one.verdict
    return "botst" if one.conflicts else "achterhaald" if one.overtaken else "open"


def _lines(one: OneProposed) -> list[str]:
    shape = one.comparison.edition.shape
    told = [f"    {where(shape, change.path)}" for change in one.comparison.changes] if one.open else []
    return [f"{one.said.id}  {one.said.about[0].item}  {_state(one)}  {one.said.text}", *told]


def _as_data(found: Proposals) -> list[dict[str, object]]:
    return [
        {
            "proposal": offered.id,
            "by": {"name": offered.by.name, "organisation": offered.by.organisation},
            "items": [
                {
                    "id": one.said.id,
                    "item": one.said.about[0].item,
                    "state": _state(one),
                    "decidedBy": one.by.name if one.by else None,
                    "reason": one.said.text,
                    "content": one.said.content,
                    "conflicts": [list(conflict.path) for conflict in one.conflicts],
                }
                for one in offered.items
            ],
        }
        for offered in found.offered
    ]
