"""Commands for the second person: what is asked on a card, confirming it, not confirming it, taking it back."""

import click

from app.cli.cards import author_option, open_desk, reason_option, tell
from app.cli.group import actor_of, out_json, said_per_field
from app.services import confirming
from app.services.confirming import Request
from app.services.destroying import WORD
from app.services.proposing import REASON
from app.services.saving import Saved

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
    found = confirming.requests(desk, actor_of(author, desk), kaart)
    if as_json:
        out_json([_as_data(one) for one in found])
        return
    for one in found:
        said = one.asked.said
        click.echo(f"{said.id}  {_state(one)}  {one.title}  {said.by.name}: {said.text}")


@confirm.command("yes")
@click.argument("kaart")
@click.argument("number", metavar="NUMMER")
@reason_option
@click.option("--word", default="", help="Om een kaart te vernietigen: het woord ‘vernietigen’.")
@author_option
@click.pass_context
def yes(context: click.Context, kaart: str, number: str, reason: str, word: str, author: str | None) -> None:
    """Bevestig wat een ander vroeg; print de nieuwe versie als de kaart daardoor wijzigt."""
    desk = open_desk(context)
    with said_per_field(_FIELD):
        done = confirming.confirm(desk, actor_of(author, desk), kaart, number, reason, word=word)
    if isinstance(done, Saved):
        tell(done)
    elif done is not None:
        click.echo(f"De kaart {done.kaart_id} is vernietigd.")


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


@confirm.command("withdraw")
@click.argument("kaart")
@click.argument("number", metavar="NUMMER")
@author_option
@click.pass_context
def withdraw(context: click.Context, kaart: str, number: str, author: str | None) -> None:
    """Trek uw eigen verzoek in."""
    desk = open_desk(context)
    confirming.withdraw(desk, actor_of(author, desk), kaart, number)


def _state(one: Request) -> str:
    if one.open:
        return "open"
    return one.asked.replies[-1].verdict if one.asked.replies else "bevestigd"


def _as_data(one: Request) -> dict[str, object]:
    said = one.asked.said
    return {
        "id": said.id,
        "step": said.step,
        "state": _state(one),
        "done": said.done,
        "by": {"name": said.by.name, "organisation": said.by.organisation},
        "decidedBy": one.by.name if one.by else None,
        "reason": said.text,
        "items": sorted(said.items),
    }
