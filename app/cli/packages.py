"""Commands for packages: sending a card to another installation, taking one in, and the receipts."""

import shutil
from contextlib import AbstractContextManager
from pathlib import Path

import click

from app.cli.cards import FILE, author_option, open_desk, reason_option
from app.cli.group import actor_of, out_json, said_per_field
from app.cli.telling import conflict_lines, moment
from app.content import Path as Place
from app.content.letters import RECEIPT
from app.services import packing, parcels, receipts, taking_in
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.handing_over import REASON
from app.services.packing import Package
from app.services.parcels import Opened
from app.services.returning import APART, FORWARD, NEW, Meeting
from app.services.taking_in import Chosen, open_conflicts

_KINDS = {
    NEW: "Deze kaart is hier nog niet.",
    FORWARD: "Deze kaart is hier al. Alles in het pakket is er sinds de overdracht bij gekomen.",
    APART: "Deze kaart is hier al, en op beide plekken is zij daarna gewijzigd.",
}
out_option = click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Waarheen.")


@click.group()
def package() -> None:
    """Pakketten: een kaart naar een andere installatie sturen, of er een aannemen."""


@package.command("make")
@click.argument("kaart")
@out_option
@click.option("--plain", is_flag=True, help="Niet versleutelen, ook al kan het.")
@author_option
@click.pass_context
def make(context: click.Context, kaart: str, out: Path, plain: bool, author: str | None) -> None:
    """Maak het pakket van een kaart die is aangeboden aan een andere installatie."""
    desk = open_desk(context)
    _written(packing.package(desk, actor_of(author, desk), kaart, encrypted=not plain), out)


@package.command("receipt")
@click.argument("kaart")
@click.argument("number", metavar="OVERDRACHT")
@out_option
@author_option
@click.pass_context
def receipt(context: click.Context, kaart: str, number: str, out: Path, author: str | None) -> None:
    """Maak het ontvangstbewijs van een kaart die hier is aangenomen, voor wie haar stuurde."""
    desk = open_desk(context)
    _written(packing.receipt(desk, actor_of(author, desk), kaart, number), out)


@package.command("bring")
@click.argument("file", type=FILE)
@author_option
@click.pass_context
def bring(context: click.Context, file: Path, author: str | None) -> None:
    """Breng een pakket of ontvangstbewijs binnen; het wordt nagekeken, en er verandert nog niets."""
    desk = open_desk(context)
    actor = actor_of(author, desk)
    with file.open("rb") as source:
        found = parcels.bring(desk, actor, source)
    _show(desk, actor, parcels.opened(desk, actor, found.id))


@package.command("list")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def list_packages(context: click.Context, as_json: bool, author: str | None) -> None:
    """Laat de pakketten zien die u bracht en waar nog over moet worden beslist."""
    desk = open_desk(context)
    found = parcels.brought(desk, actor_of(author, desk))
    if as_json:
        rows = [{"id": one.id, "kind": one.kind, "kaart": one.kaart_id, "when": one.when.isoformat()} for one in found]
        out_json([{**row, "refused": bool(one.refused)} for row, one in zip(rows, found, strict=True)])
        return
    for one in found:
        click.echo(f"{one.id}  {moment(one.when)}  {one.kind}  {one.kaart_id}{'  geweigerd' if one.refused else ''}")


@package.command("show")
@click.argument("number", metavar="PAKKET")
@author_option
@click.pass_context
def show(context: click.Context, number: str, author: str | None) -> None:
    """Laat zien wat er in een pakket zit, van wie het is, en wat er nieuw aan is."""
    desk = open_desk(context)
    actor = actor_of(author, desk)
    _show(desk, actor, parcels.opened(desk, actor, number))


@package.command("accept")
@click.argument("number", metavar="PAKKET")
@click.option("--ours", multiple=True, metavar="PLAATS", help="Bij dit verschil blijft wat hier staat.")
@click.option("--theirs", multiple=True, metavar="PLAATS", help="Bij dit verschil komt wat in het pakket staat.")
@author_option
@click.pass_context
def accept(
    context: click.Context, number: str, ours: tuple[str, ...], theirs: tuple[str, ...], author: str | None
) -> None:
    """Neem de kaart uit een pakket aan, of lees een ontvangstbewijs in; zeg het nummer van de kaart."""
    desk = open_desk(context)
    actor = actor_of(author, desk)
    chosen = Chosen(_places(ours), _places(theirs))
    if parcels.opened(desk, actor, number).parcel.kind == RECEIPT:
        click.echo(receipts.read_in(desk, actor, number, chosen))
        return
    kaart = taking_in.accept(desk, actor, number, chosen)
    click.echo(kaart)
    offer = desk.kaarten.access(kaart).handovers.arrivals[-1].id
    click.echo(f"Stuur de afzender het bewijs: kaarten package receipt {kaart} {offer} --out BESTAND", err=True)


@package.command("refuse")
@click.argument("number", metavar="PAKKET")
@reason_option
@out_option
@author_option
@click.pass_context
def refuse(context: click.Context, number: str, reason: str, out: Path, author: str | None) -> None:
    """Weiger de kaart uit een pakket, en maak het bewijs daarvan voor de afzender."""
    desk = open_desk(context)
    actor = actor_of(author, desk)
    with said_per_field({REASON: "Reden"}):
        taking_in.refuse(desk, actor, number, reason)
    _written(packing.refusal(desk, actor, number), out)


@package.command("remove")
@click.argument("number", metavar="PAKKET")
@author_option
@click.pass_context
def remove(context: click.Context, number: str, author: str | None) -> None:
    """Haal een pakket weg dat u bracht, zonder erover te beslissen."""
    desk = open_desk(context)
    parcels.remove(desk, actor_of(author, desk), number)


def _written(made: AbstractContextManager[Package], out: Path) -> None:
    with made as found:
        shutil.copyfile(found.path, out)
        out.chmod(0o600)
    click.echo(f"{out}  {found.digest}{'' if found.encrypted else '  (niet versleuteld)'}")


def _places(given: tuple[str, ...]) -> frozenset[Place]:
    return frozenset(tuple(one.split("/")) for one in given)


def _show(desk: Desk, actor: Actor, parcel: Opened) -> None:
    click.echo(f"pakket {parcel.parcel.id}")
    click.echo(f"van {parcel.sender.name} ({parcel.sender.id}): de ondertekening klopt, en het pakket is heel")
    if parcel.parcel.kind == RECEIPT:
        letter = parcel.letter
        click.echo(f"ontvangstbewijs: {letter['uitkomst']} door {letter['door']}. {letter.get('reden', '')}".strip())
    else:
        for line in _letter_lines(desk, parcel):
            click.echo(line)
    if parcel.came is not None:
        _show_meeting(desk, actor, taking_in.look(desk, parcel))


def _letter_lines(desk: Desk, parcel: Opened) -> list[str]:
    letter, counts = parcel.letter, parcel.parcel.counts or {}
    left = [desk.types.letters.labels(parcel.parcel.kind, "weggelaten")[one] for one in letter["weggelaten"]]
    return [
        f"kaart {parcel.parcel.kaart_id}",
        f"{counts.get('saves', 0)} keer bewaard, {counts.get('said', 0)} keer iets gezegd",
        f"overgedragen door {letter['van']['door']}, aan {letter['aan']['naam']}",
        f"grondslag: {letter['grondslag']}",
        f"het gezin weet het: {'ja' if letter['geinformeerd'] else 'nee'}. {letter.get('toelichting', '')}".strip(),
        *(f"niet in het pakket: {one}" for one in left),
        "",
        letter["tekst"],
        "",
    ]


def _show_meeting(desk: Desk, actor: Actor, meeting: Meeting) -> None:
    click.echo(_KINDS[meeting.kind])
    for one in open_conflicts(desk, actor, meeting):
        click.echo(f"verschil {'/'.join(one.path)}")
        for line in conflict_lines(meeting.own, [one], ("was", "pakket", "hier")) if meeting.own else ():
            click.echo(line)
