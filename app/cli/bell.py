"""Commands for the bell: what concerns somebody, and following a card."""

from datetime import datetime

import click

from app.cli.cards import author_option, open_desk
from app.cli.group import actor_of, out_json
from app.cli.telling import iso, moment, under
from app.content.notices import SAVED, TO_JUDGE
from app.services import bell as of_services
from app.services.desk import Desk
from app.storage.catalogue import Told

_MOST = 1_000


@click.command()
@click.option("--new", "only_new", is_flag=True, help="Alleen wat nieuw is.")
@click.option("--read", "read", is_flag=True, help="Alles wat er staat, is daarna gelezen.")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def bell(context: click.Context, only_new: bool, read: bool, as_json: bool, author: str | None) -> None:
    """Laat zien wat iemand aangaat van wat anderen zeiden en deden, het nieuwste eerst."""
    desk = open_desk(context)
    actor = actor_of(author, desk)
    found = of_services.bell(desk, actor, _MOST)
    told = [one for one in found.told if one.new or not only_new]
    if as_json:
        out_json([_plain(one) for one in told])
    for one in () if as_json else told:
        notice = one.notice
        about = ": ".join(filter(None, (_title(desk, one), _step(desk, notice.step), notice.title)))
        who = ", ".join(filter(None, (notice.name, notice.organisation)))
        count = f"  ({notice.items} onderdelen)" if notice.items > 1 else ""
        click.echo(f"{moment(_when(one))}  {_state(one):5}  {about}{count}  ({one.kaart})  {who}")
        number = "" if notice.kind in (SAVED, TO_JUDGE) else notice.id
        click.echo(under("  ".join(filter(None, (one.kaart_id, notice.item, number)))))
    if read and found.until:
        of_services.looked(desk, actor, found.until)


@click.command()
@click.argument("kaart")
@author_option
@click.pass_context
def follow(context: click.Context, kaart: str, author: str | None) -> None:
    """Volg een kaart: bericht van alles wat anderen erover zeggen en wijzigen."""
    desk = open_desk(context)
    of_services.follow(desk, actor_of(author, desk), kaart)
    click.echo("U volgt deze kaart.")


@click.command()
@click.argument("kaart")
@author_option
@click.pass_context
def unfollow(context: click.Context, kaart: str, author: str | None) -> None:
    """Volg een kaart niet meer: alleen bericht van wat u aangaat."""
    desk = open_desk(context)
    of_services.unfollow(desk, actor_of(author, desk), kaart)
    click.echo("U volgt deze kaart niet meer.")


def _title(desk: Desk, told: Told) -> str:
    rule = desk.types.review.notices.get(told.notice.kind)
    return rule.title if rule else told.notice.kind


def _step(desk: Desk, name: str) -> str:
    workflow = desk.types.workflow
    named = workflow.transitions.get(name) or workflow.acts.get(name)
    return named.title if named else name


def _state(told: Told) -> str:
    return "nieuw" if told.new else "klaar" if told.notice.done else ""


def _when(told: Told) -> datetime:
    return datetime.fromisoformat(told.notice.moment)


def _plain(told: Told) -> dict[str, object]:
    notice = told.notice
    return {
        "kaart": told.kaart_id,
        "title": told.kaart,
        "kind": notice.kind,
        "id": notice.id,
        "moment": iso(_when(told)),
        "by": notice.name,
        "organisation": notice.organisation,
        "section": notice.section,
        "item": notice.item,
        "items": notice.items,
        "step": notice.step,
        "new": told.new,
        "done": notice.done,
    }
