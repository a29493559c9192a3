"""Commands for the mail: send what is due, and say how it goes."""

from dataclasses import asdict
from datetime import datetime

import click

from app.cli.cards import author_option, open_desk
from app.cli.group import actor_of, out_json
from app.services import mailing
from app.services.desk import ZONE
from app.services.errors import ServiceError
from app.services.mail_news import news
from app.storage.errors import Busy
from app.storage.mail_queue import DROPPED, REFUSED, SENT, TOO_OLD, Status

_NO_MAIL = "Er is geen e-mail ingesteld: KAARTEN_SMTP_HOST is leeg."
_ENDED = {SENT: "verstuurd", REFUSED: "niet aangekomen", DROPPED: "niet verstuurd"}
_WHY = {
    mailing.STOPPED: "het account is gestopt",
    mailing.UNWANTED: "deze persoon wil geen e-mail",
    mailing.SEEN: "al gezien of afgehandeld",
    mailing.NO_ADDRESS: "geen adres waar e-mail heen kan",
    mailing.UNSURE: "niet zeker of het is aangekomen",
    TOO_OLD: "te oud",
}


@click.group("mail")
def mail() -> None:
    """E-mail over berichten: versturen, en zien hoe het gaat."""


@mail.command("send")
@author_option
@click.pass_context
def send(context: click.Context, author: str | None) -> None:
    """Verstuur nu wat klaar staat."""
    desk = open_desk(context)
    post = context.obj.post()
    if post is None:
        raise ServiceError(_NO_MAIL)
    try:
        count = mailing.send_now(desk, actor_of(author, desk), post, news)
    except Busy:
        raise ServiceError("Een ander proces verstuurt op dit moment e-mail.") from None
    click.echo(f"{count} e-mails verstuurd.")
    if (found := desk.mail.status()).trouble.failures:
        raise ServiceError(_trouble(found))


@mail.command("status")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def status(context: click.Context, as_json: bool, author: str | None) -> None:
    """Toon hoeveel er wacht en sinds wanneer, wat er misging en wat er de laatste dertig dagen is gebeurd."""
    desk = open_desk(context)
    found = mailing.status(desk, actor_of(author, desk))
    if as_json:
        out_json(_plain(found, enabled=context.obj.post() is not None))
        return
    if context.obj.post() is None:
        click.echo(_NO_MAIL)
    since = f", sinds {_when(found.oldest)}" if found.oldest else ""
    click.echo(f"Er wachten {found.waiting} berichten{since}.")
    if found.doubtful:
        click.echo(f"Van {found.doubtful} e-mails is nog niet zeker of ze zijn aangekomen.")
    if found.trouble.failures:
        click.echo(_trouble(found))
    for (state, why), count in found.ended.items():
        click.echo(f"{count} {_ENDED[state]}" + (f": {_WHY.get(why, why)}" if why else ""))


def _plain(found: Status, *, enabled: bool) -> dict[str, object]:
    """The same for a program."""
    trouble = {key: _moment(value) for key, value in asdict(found.trouble).items()}
    ended = [{"state": state, "why": why, "count": count} for (state, why), count in found.ended.items()]
    return {
        "enabled": enabled,
        "waiting": found.waiting,
        "oldest": _moment(found.oldest),
        "doubtful": found.doubtful,
        "trouble": trouble,
        "ended": ended,
    }


def _trouble(found: Status) -> str:
    told = found.trouble
    return (
        f"De mailserver doet het niet sinds {_when(told.since)} ({told.error}). De volgende keer: {_when(told.until)}."
    )


def _moment(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _when(moment: datetime | None) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}" if moment else "onbekend"
