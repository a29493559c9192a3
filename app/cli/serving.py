"""Commands that start the program: serve it, fill it with demonstration cards."""

import click

from app.cli.cards import open_desk
from app.cli.group import progress
from app.demo.fill import fill
from app.services import destroying, leftovers
from app.services.cataloguing import catch_up, repaired


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="De poort; anders KAARTEN_PORT.")
@click.option("--demonstration", is_flag=True, help="Wie de pagina opent, kiest een verzonnen persoon, alleen hier.")
@click.pass_context
def serve(context: click.Context, port: int | None, demonstration: bool) -> None:
    """Laat de kaarten zien in de browser; zonder instelling alleen op deze computer."""
    desk = open_desk(context)
    destroying.finish(desk)
    repaired(desk, lambda: catch_up(desk, progress("Catalogus bijwerken")))
    leftovers.clear(desk)
    context.obj.serve(desk, port or context.obj.port, click.echo, demonstration=demonstration)


@click.command()
@click.pass_context
def demo(context: click.Context) -> None:
    """Vul een lege opslag met verzonnen gezinnen."""
    desk = open_desk(context)
    if next(iter(desk.kaarten.ids()), None) is not None:
        click.echo("Er staan al kaarten. Er is niets toegevoegd.")
        return
    count = fill(desk, desk.clock().date(), progress("Gezinnen"))
    click.echo(f"{count} kaarten van verzonnen gezinnen gemaakt.")
