"""Commands for the second person: what is asked on a card, confirming it, not confirming it, taking it back."""

from collections.abc import Iterator
from pathlib import Path

import click

from app.cli.cards import author_option, base_option, file_argument, open_desk, read_item, reason_option, tell
from app.cli.group import actor_of, out_json, said_per_field
from app.cli.telling import Teller, iso, moment, person, person_data, title_of, under
from app.content.items import Namer, index
from app.services import confirming, reading, requested
from app.services.desk import ZONE, Desk
from app.services.destroying import WORD
from app.services.errors import InvalidInput
from app.services.outcome import Saved
from app.services.proposing import REASON
from app.services.requested import Request
from app.storage.records import Stored

_FIELD = {REASON: "Reden", WORD: "Woord"}


@click.group()
def confirm() -> None:
    """Bevestigen: waar een tweede persoon voor nodig is."""


@confirm.command("list")
@click.argument("kaart")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def list_requests(context: click.Context, kaart: str, as_json: bool, author: str | None) -> None:
    """Laat zien wat er op een kaart is gevraagd, en wat ervan werd."""
    desk = open_desk(context)
    actor = actor_of(author, desk)
    now = reading.read_card(desk, actor, kaart)
    found = requested.requests(desk, actor, kaart)
    if as_json:
        out_json([_as_data(desk, now, one) for one in found])
        return
    click.echo(f"versie {now.revision}")
    for one in found:
        for line in _lines(desk, now, one):
            click.echo(line)


@confirm.command("ask")
@click.argument("kaart")
@click.argument("section", metavar="SECTIE")
@file_argument
@base_option
@reason_option
@author_option
@click.pass_context
def ask(
    context: click.Context, kaart: str, section: str, file: Path, base: str, reason: str, author: str | None
) -> None:
    """Vraag een tweede persoon om een afscherming op te heffen; het bestand (.json) heeft het onderdeel zonder haar."""
    desk = open_desk(context)
    item = read_item(file)
    wrong = {
        "sectie": "" if section in _lists(desk) else f"Kies uit {', '.join(_lists(desk))}.",
        "bestand": "" if item.get("id") else "Zet het nummer van het onderdeel erin (id).",
    }
    if problems := {field: said for field, said in wrong.items() if said}:
        with said_per_field({}):
            raise InvalidInput(problems)
    with said_per_field(_FIELD):
        asked = confirming.ask_item(desk, actor_of(author, desk), kaart, section, item, base, reason)
    click.echo(f"Een tweede persoon bevestigt dit met: kaarten confirm yes {kaart} {asked.id}", err=True)
    click.echo(asked.id)


@confirm.command("yes")
@click.argument("kaart")
@click.argument("number", metavar="NUMMER")
@click.option("--base", default="", help="De versie die u las; is de kaart intussen gewijzigd, dan kijkt u opnieuw.")
@reason_option
@click.option("--word", default="", help="Om een kaart te vernietigen: het woord ‘vernietigen’.")
@author_option
@click.pass_context
def yes(context: click.Context, kaart: str, number: str, base: str, reason: str, word: str, author: str | None) -> None:
    """Bevestig wat een ander vroeg; print de nieuwe versie als de kaart daardoor wijzigt."""
    desk = open_desk(context)
    with said_per_field(_FIELD):
        done = confirming.confirm(desk, actor_of(author, desk), kaart, number, reason, base, word)
    if isinstance(done, Saved):
        tell(done)
    else:
        click.echo(f"De kaart {done.kaart_id} is vernietigd." if done else "Bevestigd.")


@confirm.command("no")
@click.argument("kaart")
@click.argument("number", metavar="NUMMER")
@reason_option
@author_option
@click.pass_context
def no(context: click.Context, kaart: str, number: str, reason: str, author: str | None) -> None:
    """Bevestig niet wat een ander vroeg, met een reden."""
    desk = open_desk(context)
    with said_per_field(_FIELD):
        confirming.refuse(desk, actor_of(author, desk), kaart, number, reason)
    click.echo("Niet bevestigd.")


@confirm.command("withdraw")
@click.argument("kaart")
@click.argument("number", metavar="NUMMER")
@author_option
@click.pass_context
def withdraw(context: click.Context, kaart: str, number: str, author: str | None) -> None:
    """Trek uw eigen verzoek in."""
    desk = open_desk(context)
    confirming.withdraw(desk, actor_of(author, desk), kaart, number)
    click.echo("Ingetrokken.")


def _state(one: Request) -> str:
    if one.open:
        return "open"
    return one.asked.replies[-1].verdict if one.asked.replies else "bevestigd"


def _lists(desk: Desk) -> list[str]:
    return [one.key for one in desk.types.current.shape if one.kind == "items"]


def _lines(desk: Desk, now: Stored, one: Request) -> Iterator[str]:
    said = one.asked.said
    yield "  ".join(filter(None, (said.id, _state(one), one.title, _item(now, one))))
    yield under(f"{moment(said.moment)}  {person(said.by)}: {said.text}")
    if names := _barred(now, one):
        yield under(f"afgeschermd voor: {'; '.join(names)}")
    if ground := desk.types.retention.grounds.get(said.ground):
        yield under(f"grond: {ground.title} ({ground.name}); te bewaren tot {_until(desk, now) or 'altijd'}")
    if one.open and said.done:
        yield under("Dit is al gedaan. Een tweede persoon kijkt het na.")
    if one.comparison:
        for line in Teller(one.comparison).lines(one.comparison.changes, start=2):
            yield under(line)
    if one.open and one.changed and not said.done:
        yield under(f"De kaart is sinds dit verzoek gewijzigd: kaarten diff {now.id} {said.revision} {now.revision}")
    if not one.open:
        words = one.asked.replies[-1].text if one.asked.replies else ""
        yield under(f"besluit van {person(one.by) if one.by else 'onbekend'}{f': {words}' if words else ''}")


def _item(now: Stored, one: Request) -> str:
    told = [f"{about.item}  {title_of(now, about.section, about.item)}" for about in one.asked.said.about]
    return ", ".join(told)


def _barred(now: Stored, one: Request) -> list[str]:
    """From whom it was shielded when this was asked, as far as this person sees them on the card."""
    items = index(now.document, now.edition.shape)
    namer = Namer(now.document, now.edition.shape)
    return [
        namer.item(row)
        for row in sorted({row for about in one.asked.said.about for row in about.barred} & items.keys())
    ]


def _until(desk: Desk, now: Stored) -> str:
    until = desk.types.retention.until(now.changed.astimezone(ZONE).date())
    return until.isoformat() if until else ""


def _as_data(desk: Desk, now: Stored, one: Request) -> dict[str, object]:
    said = one.asked.said
    teller = Teller(one.comparison) if one.comparison else None
    return {
        "id": said.id,
        "step": said.step,
        "title": one.title,
        "state": _state(one),
        "done": said.done,
        "when": iso(said.moment),
        "by": person_data(said.by),
        "decidedBy": one.by.name if one.by else None,
        "reason": said.text,
        "items": sorted(said.items),
        "about": [{"item": about.item, "title": title_of(now, about.section, about.item)} for about in said.about],
        "shieldedFrom": _barred(now, one),
        "ground": said.ground or None,
        "keptUntil": (_until(desk, now) or None) if said.ground else None,
        "changed": one.changed,
        "changes": list(map(teller.data, one.comparison.changes)) if teller and one.comparison else [],
        "revision": now.revision,
    }
