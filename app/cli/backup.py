"""Commands for the backup: make one, check one, put one back."""

from datetime import datetime
from pathlib import Path

import click

from app.cli.cards import FILE, open_desk
from app.cli.group import FAULTS, actor_of, progress
from app.cli.telling import moment
from app.services import backing_up
from app.storage.backup_folder import Manifest

_FOLDER = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))


@click.command()
@_FOLDER
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    help="Lees haar helemaal na. De volgende maakt opnieuw wat niet klopt.",
)
@click.pass_context
def backup(context: click.Context, folder: Path, only_check: bool) -> None:
    """Maak een reservekopie in een map, of werk haar bij; ook terwijl anderen werken."""
    if only_check:
        manifest = backing_up.look_over(folder, progress("Nalezen"))
        when = moment(datetime.fromisoformat(manifest.when))
        click.echo(f"De reservekopie van {when} is heel: {len(manifest.cards)} kaarten.")
    else:
        desk = open_desk(context)
        made = backing_up.back_up(desk, actor_of(None, desk), context.obj.places(), folder, progress("Reservekopie"))
        manifest = made.manifest
        click.echo(
            f"{len(manifest.cards)} kaarten in de reservekopie: {made.written} gekopieerd, "
            f"{len(manifest.cards) - made.written} niet gewijzigd, {len(made.removed)} verwijderd."
        )
    for name, fault in manifest.faults.items():
        older = " Wat er eerder van was gekopieerd, staat er nog." if _is_there(manifest, name) else ""
        click.echo(f"{name}: niet te lezen.{older} ({fault})", err=True)
    if manifest.faults:
        context.exit(FAULTS)


def _is_there(manifest: Manifest, name: str) -> bool:
    return name in manifest.cards or name in manifest.files


@click.command()
@_FOLDER
@click.option("--tombstones", type=FILE, help="Een nieuwere var/vernietigd.json: wat daarin staat, komt niet terug.")
@click.pass_context
def restore(context: click.Context, folder: Path, tombstones: Path | None) -> None:
    """Zet een reservekopie terug in een lege KAARTEN_DATA."""
    done = backing_up.put_back(
        context.obj.restoring,
        lambda desk: actor_of(None, desk),
        context.obj.places(),
        folder,
        tombstones,
        progress("Terugzetten"),
    )
    click.echo(f"{done.cards} kaarten teruggezet, zoals zij waren op {moment(done.when)}.")
    for name in done.destroyed:
        click.echo(f"{name}: vernietigd, dus niet teruggezet.")
    for name in done.faults:
        click.echo(f"{name}: was niet te lezen toen de reservekopie werd gemaakt. Kijk of u een oudere hebt.", err=True)
    click.echo("Draai nu: kaarten check")
