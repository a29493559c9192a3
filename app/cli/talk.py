"""Commands for the overleg: what was said of an item of a card; saying something, answering, an own view."""

import click

from app.cli.cards import author_option, base_option, open_desk
from app.cli.group import actor_of, out_json, said_per_field
from app.cli.telling import iso, moment, person_data, under
from app.services import talking
from app.services.talking import TEXT, Thread

_FIELD = {TEXT: "Tekst"}


@click.group()
def talk() -> None:
    """Overleg: wat er over een onderdeel van een kaart is gezegd."""


@talk.command("show")
@click.argument("kaart")
@click.argument("item", metavar="ONDERDEEL")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def show_thread(context: click.Context, kaart: str, item: str, as_json: bool, author: str | None) -> None:
    """Laat zien wat er over een onderdeel is gezegd, het oudste eerst."""
    desk = open_desk(context)
    thread = talking.thread(desk, actor_of(author, desk), kaart, item)
    if as_json:
        out_json(_as_data(thread))
        return
    for one in thread.said:
        asked = thread.questions.get(one.id)
        marks = [one.verdict or one.kind]
        marks += ["open"] if asked and asked.open else []
        marks += ["van voor de wijziging"] if one.verdict and not asked and one.id not in thread.holding else []
        click.echo(f"{one.id}  {moment(one.moment)}  {one.by.name}  ({', '.join(marks)})")
        if one.text:
            click.echo(under(one.text))


@talk.command("say")
@click.argument("kaart")
@click.argument("item", metavar="ONDERDEEL")
@click.argument("text", metavar="TEKST")
@click.option("--answer", default="", metavar="NUMMER", help="De vraag waarop dit het antwoord is.")
@author_option
@click.pass_context
def say(context: click.Context, kaart: str, item: str, text: str, answer: str, author: str | None) -> None:
    """Zeg iets over een onderdeel, of beantwoord een vraag."""
    desk = open_desk(context)
    with said_per_field(_FIELD):
        talking.speak(desk, actor_of(author, desk), kaart, item, text, answer)
    click.echo("Uw antwoord staat erbij." if answer else "Uw bericht staat erbij.")


@talk.command("view")
@click.argument("kaart")
@click.argument("item", metavar="ONDERDEEL")
@click.argument("text", metavar="TEKST")
@base_option
@author_option
@click.pass_context
def view(context: click.Context, kaart: str, item: str, text: str, base: str, author: str | None) -> None:
    """Zet uw eigen visie op een onderdeel op de kaart; print de nieuwe versie."""
    desk = open_desk(context)
    with said_per_field(_FIELD):
        saved = talking.keep_own_view(desk, actor_of(author, desk), kaart, item, text, base)
    click.echo(saved.revision)


def _as_data(thread: Thread) -> list[dict[str, object]]:
    return [
        {
            "id": one.id,
            "kind": one.kind,
            "moment": iso(one.moment),
            "by": person_data(one.by),
            "verdict": one.verdict,
            "text": one.text,
            "revision": one.revision,
            "to": list(one.to),
            "open": one.id in thread.questions and thread.questions[one.id].open,
            "holds": one.id in thread.holding,
        }
        for one in thread.said
    ]
