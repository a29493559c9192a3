"""Commands that write a paper as PDF: the whole card, and the version for one person of the family."""

from pathlib import Path

import click

from app.cli.cards import author_option, open_desk
from app.cli.group import actor_of, said_per_field
from app.cli.usage import WrongUse
from app.services import family as versions
from app.services import printing
from app.services.family import Asked
from app.storage.files import write_synced

out_option = click.option(
    "--out",
    "out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Het bestand dat u wilt maken.",
)


@click.command()
@click.argument("kaart")
@out_option
@click.option("--revision", help="Een eerdere versie.")
@author_option
@click.pass_context
def paper(context: click.Context, kaart: str, out: Path, revision: str | None, author: str | None) -> None:
    """Maak van een kaart een PDF om af te drukken of te bewaren."""
    desk = open_desk(context)
    keep(out, printing.print_card(desk, actor_of(author, desk), kaart, revision).data)


@click.command()
@click.argument("kaart")
@click.argument("person", metavar="PERSOON")
@out_option
@click.option("--to", default="", help="Het nummer van wie het papier krijgt; anders de persoon zelf.")
@click.option("--reason", default="", help="Waarom u het geeft.")
@click.option("--with-shielded", is_flag=True, help="Ook wat voor een ander is afgeschermd.")
@click.option("--without-looked", is_flag=True, help="Zonder wie de kaart heeft ingezien.")
@click.option("--no-record", is_flag=True, help="Zet niet op de kaart dat u het gaf.")
@author_option
@click.pass_context
def family(
    context: click.Context,
    kaart: str,
    person: str,
    out: Path,
    to: str,
    reason: str,
    with_shielded: bool,
    without_looked: bool,
    no_record: bool,
    author: str | None,
) -> None:
    """Maak de versie van een kaart voor één persoon van het gezin, om te geven."""
    desk = open_desk(context)
    asked = Asked(to, reason, with_kept=with_shielded, with_looked=not without_looked, record=not no_record)
    with said_per_field({versions.WHY: "--reason", versions.RECEIVER: "--to"}):
        paper = versions.give(desk, actor_of(author, desk), kaart, person, asked)
    keep(out, paper.data)


def keep(out: Path, data: bytes) -> None:
    """Write a paper to a new file, for its owner alone.

    Raises:
        WrongUse: there is a file of that name.
    """
    try:
        write_synced(out, data)
    except FileExistsError:
        raise WrongUse(f"{out} is er al. Kies een andere naam.") from None
