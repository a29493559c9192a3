"""Commands that write a paper as PDF: the whole card."""

from pathlib import Path

import click

from app.cli.cards import author_option, open_desk
from app.cli.group import actor_of
from app.cli.usage import WrongUse
from app.services import printing
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


def keep(out: Path, data: bytes) -> None:
    """Write a paper to a new file, for its owner alone.

    Raises:
        WrongUse: there is a file of that name.
    """
    try:
        write_synced(out, data)
    except FileExistsError:
        raise WrongUse(f"{out} is er al. Kies een andere naam.") from None
