"""Commands for packages: sending a card to another installation, taking one in, and the receipts."""

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import click

from app.cli.cards import FILE, author_option, open_desk, reason_option
from app.cli.group import actor_of, out_json, progress, said_per_field
from app.cli.telling import Teller, conflict_lines, moment
from app.content import Path as Place
from app.content.letters import RECEIPT
from app.services import answering, packing, parcels, receipts, taking_in
from app.services.boxes import Package
from app.services.desk import Desk
from app.services.handing_over import REASON
from app.services.joining import Chosen
from app.services.parcels import Opened
from app.services.returning import APART, FORWARD, NEW
from app.services.unpacked import Unpacked, unpacked

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
    _written(
        packing.package(desk, actor_of(author, desk), kaart, encrypted=not plain, progress=progress("Pakket maken")),
        out,
    )


@package.command("receipt")
@click.argument("kaart")
@click.argument("number", metavar="OVERDRACHT")
@out_option
@author_option
@click.pass_context
def receipt(context: click.Context, kaart: str, number: str, out: Path, author: str | None) -> None:
    """Maak het ontvangstbewijs van een kaart die hier is aangenomen, voor wie haar stuurde."""
    desk = open_desk(context)
    _written(answering.receipt(desk, actor_of(author, desk), kaart, number, progress("Bewijs maken")), out)


@package.command("bring")
@click.argument("file", type=FILE)
@author_option
@click.pass_context
def bring(context: click.Context, file: Path, author: str | None) -> None:
    """Breng een pakket of ontvangstbewijs binnen; het wordt nagekeken, en er verandert nog niets."""
    desk = open_desk(context)
    actor = actor_of(author, desk)
    with file.open("rb") as source:
        found = parcels.bring(desk, actor, source, progress("Nakijken"))
    _show(desk, unpacked(desk, actor, found.id))


@package.command("list")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def list_packages(context: click.Context, as_json: bool, author: str | None) -> None:
    """Laat de pakketten zien die u bracht en die er nog zijn."""
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
    _show(desk, unpacked(desk, actor, number))


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
    if not parcels.of_mine(desk, actor, number).refused:
        with said_per_field({REASON: "Reden"}):
            taking_in.refuse(desk, actor, number, reason)
    _written(answering.refusal(desk, actor, number), out)


@package.command("remove")
@click.argument("number", metavar="PAKKET")
@author_option
@click.pass_context
def remove(context: click.Context, number: str, author: str | None) -> None:
    """Haal een pakket weg dat u bracht; de afzender hoort daar niets van."""
    desk = open_desk(context)
    parcels.remove(desk, actor_of(author, desk), number)


def _written(made: AbstractContextManager[Package], out: Path) -> None:
    with made as found:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file, found.path.open("rb") as source:
            shutil.copyfileobj(source, file)
    click.echo(f"{out}  {found.digest}{'' if found.encrypted else '  (niet versleuteld)'}")


def _places(given: tuple[str, ...]) -> frozenset[Place]:
    return frozenset(tuple(one.split("/")) for one in given)


def _show(desk: Desk, found: Unpacked) -> None:
    parcel, letter = found.opened.parcel, found.opened.letter
    click.echo(f"pakket {parcel.id}")
    sender = found.opened.sender
    click.echo(f"van {sender.name} ({sender.id}): de ondertekening klopt, en het pakket is heel")
    if parcel.kind == RECEIPT:
        click.echo(f"ontvangstbewijs: {letter['uitkomst']} door {letter['door']}. {letter.get('reden', '')}".strip())
        for line in _left_lines(found):
            click.echo(line)
    else:
        for line in _letter_lines(desk, found.opened):
            click.echo(line)
        for line in _kind_lines(found):
            click.echo(line)
    if found.problem:
        click.echo(f"dit kan nu niet: {found.problem}")
    for one in found.conflicts if found.ours else ():
        click.echo(f"verschil {'/'.join(one.path)}")
        for line in conflict_lines(found.ours, [one], ("was", "pakket", "hier")) if found.ours else ():
            click.echo(line)


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


def _left_lines(found: Unpacked) -> Iterator[str]:
    """What the receiver does not have, since it was changed here after the package was made."""
    if found.left:
        yield "Dit is hier gewijzigd na het pakket. De ontvanger heeft het niet. Bel, voordat u inleest."
        yield from Teller(found.left).lines(found.left.changes)


def _kind_lines(found: Unpacked) -> Iterator[str]:
    """What the card is to the cards here, and what is new in it."""
    if found.kind:
        yield _KINDS[found.kind]
    if found.alike:
        yield "Let op: dit gezin lijkt hier al op een andere kaart te staan."
    if found.comparison and found.kind != NEW:
        yield from Teller(found.comparison).lines(found.comparison.changes)
