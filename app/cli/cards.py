"""Commands for one card: make, show, save, take a step, change its written form, judge a file."""

from datetime import datetime
from pathlib import Path

import click

from app.cli.group import actor_of, out_json, said_per_field
from app.cli.telling import moment
from app.cli.usage import WrongUse
from app.content import Document
from app.content.clean import MAX_BYTES, parse_json
from app.content.forms import parse_form, write_form
from app.content.workflow import AFTER, BEFORE
from app.services import confirming, editing, reading
from app.services.desk import Desk
from app.services.saving import Saved
from app.storage.catalogue import Query

FORMS = click.Choice(["json", "markdown"])
FILE = click.Path(path_type=Path, dir_okay=False, exists=True, readable=True)
file_argument = click.argument("file", type=FILE)
author_option = click.option("--author", envvar="KAARTEN_AUTHOR", help="Wie dit doet: het e-mailadres van een account.")
reason_option = click.option("--reason", default="", help="Waarom, in gewone woorden.")
base_option = click.option("--base", required=True, help="De versie waar u van uitging.")
_EVERYTHING = 10**9


def open_desk(context: click.Context) -> Desk:
    """The desk of this installation."""
    desk: Desk = context.obj.desk()
    return desk


@click.command()
@file_argument
@author_option
@reason_option
@click.pass_context
def new(context: click.Context, file: Path, author: str | None, reason: str) -> None:
    """Maak een kaart van een bestand (.json of .md) en zeg haar nummer."""
    desk = open_desk(context)
    actor = actor_of(author, desk)
    click.echo(editing.create_from_file(desk, actor, read(file), form_of(file), reason))


@click.command("list")
@click.option("--search", default="", help="Woorden, of het begin ervan.")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def list_cards(context: click.Context, search: str, as_json: bool, author: str | None) -> None:
    """Laat alle kaarten zien, de laatst gewijzigde eerst."""
    desk = open_desk(context)
    found, _ = reading.find_cards(desk, actor_of(author, desk), Query(search, limit=_EVERYTHING))
    if as_json:
        out_json(
            [
                {
                    "id": one.entry.id,
                    "revision": one.entry.revision,
                    "title": one.entry.title,
                    "changed": one.entry.changed,
                    "problem": one.entry.problem,
                    "facets": [{"key": key, "value": value} for key, value in one.entry.facets],
                }
                for one in found
            ]
        )
        return
    for one in found:
        changed = moment(datetime.fromisoformat(one.entry.changed))[:10] if one.entry.changed else "-"
        click.echo(f"{one.entry.id}  {changed:10}  {one.entry.title or one.entry.problem}")


@click.command()
@click.argument("kaart")
@click.option("--revision", help="Een eerdere versie.")
@click.option("--format", "form", type=FORMS, help="De vorm; anders zoals de kaart bewaard is.")
@author_option
@click.pass_context
def show(context: click.Context, kaart: str, revision: str | None, form: str | None, author: str | None) -> None:
    """Laat een kaart zien, zoals zij nu is of was."""
    desk = open_desk(context)
    stored = reading.read_card(desk, actor_of(author, desk), kaart, revision)
    click.echo(write_form(stored.document, form or stored.form, desk.types), nl=False)


@click.command()
@click.argument("kaart")
@file_argument
@base_option
@reason_option
@author_option
@click.pass_context
def put(context: click.Context, kaart: str, file: Path, base: str, reason: str, author: str | None) -> None:
    """Bewaar een gewijzigde kaart uit een bestand; zeg de nieuwe versie."""
    desk = open_desk(context)
    actor = actor_of(author, desk)
    tell(editing.save_file(desk, actor, kaart, read(file), form_of(file), base, reason))


@click.command()
@click.argument("kaart")
@click.argument("name", metavar="STAP")
@base_option
@reason_option
@author_option
@click.pass_context
def step(context: click.Context, kaart: str, name: str, base: str, reason: str, author: str | None) -> None:
    """Neem een stap met een kaart, zoals activeren, afsluiten of heropenen."""
    desk = open_desk(context)
    actor, known = actor_of(author, desk), desk.types.workflow.transitions.get(name)
    if known and known.second == BEFORE:
        with said_per_field({"reden": "Reden"}):
            asked = confirming.ask_step(desk, actor, kaart, name, base, reason)
        click.echo(f"Een tweede persoon bevestigt dit met: kaarten confirm yes {kaart} {asked.id}", err=True)
        click.echo(asked.id)
        return
    tell(editing.transition(desk, actor, kaart, name, base, reason))
    if known and known.second == AFTER:
        click.echo(f"Een tweede persoon kijkt dit nog na: kaarten confirm list {kaart}", err=True)


@click.command("form")
@click.argument("kaart")
@click.argument("form", type=FORMS)
@reason_option
@author_option
@click.pass_context
def change_form(context: click.Context, kaart: str, form: str, reason: str, author: str | None) -> None:
    """Bewaar een kaart voortaan als JSON of als Markdown."""
    desk = open_desk(context)
    tell(editing.switch_form(desk, actor_of(author, desk), kaart, form, reason))


@click.command("validate")
@file_argument
@click.pass_context
def validate_file(context: click.Context, file: Path) -> None:
    """Kijk een bestand na zonder iets te bewaren."""
    parse_form(read(file), form_of(file), open_desk(context).types)
    click.echo("Dit is een geldige kaart.")


def read(file: Path) -> bytes:
    """What a file holds; one sign more than a card may have is enough to be refused."""
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def read_item(file: Path) -> Document:
    """One item from a JSON file: its fields as `kaarten show --format json` prints them.

    Raises:
        InvalidCard: it is no JSON of an item.
    """
    if form_of(file) != "json":
        raise WrongUse("Eén onderdeel leest u in als .json.")
    return parse_json(read(file))


def form_of(file: Path) -> str:
    """The written form that the name of a file tells."""
    forms = {".json": "json", ".md": "markdown", ".markdown": "markdown"}
    if file.suffix.lower() not in forms:
        raise click.BadParameter("Het bestand moet eindigen op .json of .md.")
    return forms[file.suffix.lower()]


def tell(saved: Saved) -> None:
    """Say what became of a save: the new revision, and beside it what else is to be known."""
    if not saved.parts:
        click.echo("Er is niets gewijzigd.", err=True)
    elif saved.merged:
        click.echo("Samengevoegd met wat anderen intussen wijzigden.", err=True)
    click.echo(saved.revision)
