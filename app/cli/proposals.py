"""Commands for proposals: proposing a changed card, what is proposed, taking over, refusing, withdrawing."""

from collections.abc import Iterator
from pathlib import Path

import click

from app.cli.cards import (
    FILE,
    author_option,
    base_option,
    file_argument,
    form_of,
    open_desk,
    read,
    read_item,
    reason_option,
    tell,
)
from app.cli.group import actor_of, out_json, said_per_field
from app.cli.telling import Teller, conflict_lines, iso, moment, person, person_data, title_of, under
from app.cli.usage import WrongUse
from app.content import Document
from app.services import accepting, proposed, proposing
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import InvalidInput
from app.services.proposed import OneProposed, Proposals
from app.services.proposing import REASON

_FIELD = {REASON: "Reden"}
_ITEM = "item"
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
    found = proposed.proposals(desk, actor_of(author, desk), kaart)
    if as_json:
        out_json(_as_data(found))
        return
    for offered in found.offered:
        click.echo(f"{offered.id}  {person(offered.by)}")
        for one in offered.items:
            for line in _lines(one):
                click.echo(f"  {line}")


@proposal.command("accept")
@click.argument("kaart")
@_numbers
@click.option("--item", "file", type=FILE, help="Het onderdeel zoals u het ervan maakt (.json).")
@click.option("--base", default="", help="Bij --item: de versie waar u van uitging.")
@author_option
@click.pass_context
def accept(
    context: click.Context, kaart: str, numbers: tuple[str, ...], file: Path | None, base: str, author: str | None
) -> None:
    """Neem onderdelen van een voorstel over, elk als een eigen opslag; print de nieuwe versies.

    Wat bij iets anders uit hetzelfde voorstel hoort, komt daarna.
    """
    if bool(file) != bool(base) or (file and len(numbers) > 1):
        raise WrongUse("Past u een voorstel aan? Noem één nummer, en --item en --base samen.", context)
    desk = open_desk(context)
    actor = actor_of(author, desk)
    content = _adapted(desk, actor, kaart, numbers[0], file) if file else None
    for number in proposed.in_order(proposed.proposals(desk, actor, kaart), numbers):
        tell(accepting.accept(desk, actor, kaart, number, content, base))


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
    click.echo("Afgewezen.")


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
    click.echo("Ingetrokken.")


def _state(one: OneProposed) -> str:
    if not one.open:
        return one.verdict
    return "botst" if one.conflicts else "achterhaald" if one.overtaken else "open"


def _adapted(desk: Desk, actor: Actor, kaart: str, number: str, file: Path) -> Document:
    """The item in a file, under the number of the item that was proposed: it takes the place of no other."""
    content = read_item(file)
    found = proposed.proposals(desk, actor, kaart)
    said = next((one.said for offered in found.offered for one in offered.items if one.said.id == number), None)
    item = said.about[0].item if said else ""
    if said and content.setdefault("id", item) != item:
        raise InvalidInput({_ITEM: f"Dit voorstel gaat over {item}. In het bestand staat een ander nummer."})
    return content


def _lines(one: OneProposed) -> Iterator[str]:
    said = one.said
    yield f"{said.id}  {said.about[0].item}  {_state(one)}  {'Weg: ' if said.content is None else ''}{_title(one)}"
    yield under(f"{moment(said.moment)}  {person(said.by)}: {said.text}")
    if not one.open:
        yield under(
            f"{one.verdict}{f' door {person(one.by)}' if one.by else ''}{f': {one.remark}' if one.remark else ''}"
        )
        return
    for line in Teller(one.comparison).lines(one.comparison.changes, start=2):
        yield under(line)
    for line in conflict_lines(one.comparison.old, one.conflicts, ("was", "kaart", "voorstel")):
        yield under(line)


def _title(one: OneProposed) -> str:
    about = one.said.about[0]
    return title_of(one.comparison.old, about.section, about.item, one.said.content)


def _as_data(found: Proposals) -> list[dict[str, object]]:
    return [
        {
            "proposal": offered.id,
            "by": person_data(offered.by),
            "items": [
                {
                    "id": one.said.id,
                    "item": one.said.about[0].item,
                    "title": _title(one),
                    "state": _state(one),
                    "decidedBy": one.by.name if one.by else None,
                    "remark": one.remark,
                    "when": iso(one.said.moment),
                    "reason": one.said.text,
                    "content": one.said.content,
                    "changes": list(map(Teller(one.comparison).data, one.comparison.changes)),
                    "conflicts": [list(conflict.path) for conflict in one.conflicts],
                }
                for one in offered.items
            ],
        }
        for offered in found.offered
    ]
