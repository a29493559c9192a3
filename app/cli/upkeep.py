"""Commands for the administrator: check, reindex, pack."""

from dataclasses import asdict

import click

from app.cli.cards import open_desk
from app.cli.group import FAULTS, actor_of, out_json, progress
from app.services import maintenance


@click.command()
@click.argument("kaart", required=False)
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@click.pass_context
def check(context: click.Context, kaart: str | None, as_json: bool) -> None:
    """Kijk na of alles heel is: git, elke versie een geldige kaart, de catalogus gelijk, niets van elders kwijt."""
    desk = open_desk(context)
    findings = list(maintenance.check(desk, actor_of(None, desk), kaart, progress("Nakijken")))
    if as_json:
        out_json([asdict(finding) for finding in findings])
    for finding in () if as_json else findings:
        click.echo(f"{finding.kaart} {finding.revision}".rstrip() + f": {finding.message}{_past(finding)}")
    if any(finding.fault for finding in findings):
        context.exit(FAULTS)
    if not as_json:
        click.echo("Alles is in orde.")


def _past(finding: maintenance.Finding) -> str:
    return "" if finding.fault else " (eerdere versie; de nieuwste is in orde)"


@click.command()
@click.pass_context
def reindex(context: click.Context) -> None:
    """Maak de catalogus opnieuw uit de kaarten."""
    desk = open_desk(context)
    count = maintenance.reindex(desk, actor_of(None, desk), progress("Catalogus"))
    click.echo(f"{count} kaarten in de catalogus.")


@click.command()
@click.option("--all", "everything", is_flag=True, help="Ook kaarten met een korte geschiedenis.")
@click.pass_context
def pack(context: click.Context, everything: bool) -> None:
    """Pak lange geschiedenissen in; ook terwijl anderen lezen en schrijven."""
    desk = open_desk(context)
    count = maintenance.pack(desk, actor_of(None, desk), everything, progress("Inpakken"))
    click.echo(f"{count} kaarten ingepakt.")
