"""Commands for accounts and organisations: the first administrator is made here, the others by invitation."""

from dataclasses import asdict

import click

from app.cli.cards import author_option, open_desk
from app.cli.group import actor_of, out_json, said_per_field
from app.services import accounts, inviting, organisations, own_account
from app.services.desk import Desk
from app.services.errors import NotFound

_json = click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
_WHERE = {
    "name": "Naam",
    "email": "E-mailadres",
    "organisation": "Organisatie",
    "role": "Rol",
    "function": "Functie",
    "kind": "Soort organisatie",
}


@click.group("account")
def account() -> None:
    """Accounts: wie zich mag aanmelden."""


@account.command("first")
@click.option("--name", required=True, help="De naam van de eerste beheerder.")
@click.option("--email", required=True, help="Het e-mailadres van de eerste beheerder.")
@click.option("--organisation", required=True, help="De organisatie die deze installatie beheert.")
@click.pass_context
def first(context: click.Context, name: str, email: str, organisation: str) -> None:
    """Maak de eerste beheerder, en zeg de link waarmee die een wachtwoord kiest."""
    desk = open_desk(context)
    with said_per_field(_WHERE):
        made, token = inviting.first(desk, actor_of(None, desk), organisation, name, email)
    _tell_link(context, made.name, token)


@account.command("list")
@_json
@author_option
@click.pass_context
def list_accounts(context: click.Context, as_json: bool, author: str | None) -> None:
    """Laat alle accounts zien, op naam."""
    desk = open_desk(context)
    found = accounts.listed(desk, actor_of(author, desk))
    if as_json:
        out_json(
            [
                {
                    "id": one.account.id,
                    "name": one.account.name,
                    "email": one.account.email,
                    "organisation": one.organisation.id,
                    "role": one.account.role,
                    "state": one.state,
                    "used": one.account.used,
                }
                for one in found
            ]
        )
        return
    for one in found:
        click.echo(f"{one.account.email}  {one.account.role}  {one.organisation.id}  {one.state}  {one.account.name}")


@account.command("invite")
@click.argument("email")
@click.option("--name", required=True, help="De naam.")
@click.option("--organisation", required=True, help="De organisatie: haar korte naam, zie ‘kaarten organisation list’.")
@click.option("--role", default="professional", help="professional, beheerder of auditor.")
@click.option("--function", default="", help="De functie.")
@author_option
@click.pass_context
def invite(
    context: click.Context, email: str, name: str, organisation: str, role: str, function: str, author: str | None
) -> None:
    """Maak een account, en zeg de link waarmee iemand een wachtwoord kiest."""
    desk = open_desk(context)
    details = accounts.Details(name, email, organisation, role, function)
    with said_per_field(_WHERE):
        token = inviting.invite(desk, actor_of(author, desk), details)
    _tell_link(context, name, token)


@account.command("reset")
@click.argument("email")
@author_option
@click.pass_context
def reset(context: click.Context, email: str, author: str | None) -> None:
    """Zeg een nieuwe link voor wie het wachtwoord of de code kwijt is."""
    desk = open_desk(context)
    account_id = _id(desk, email)
    token = inviting.reset(desk, actor_of(author, desk), account_id)
    _tell_link(context, email, token)


@account.command("deactivate")
@click.argument("email")
@author_option
@click.pass_context
def deactivate(context: click.Context, email: str, author: str | None) -> None:
    """Laat een account stoppen: wie was aangemeld, is dat meteen niet meer."""
    desk = open_desk(context)
    accounts.deactivate(desk, actor_of(author, desk), _id(desk, email))
    click.echo("Dit account is gestopt.")


@account.command("activate")
@click.argument("email")
@author_option
@click.pass_context
def activate(context: click.Context, email: str, author: str | None) -> None:
    """Laat een account dat was gestopt weer meedoen."""
    desk = open_desk(context)
    accounts.reactivate(desk, actor_of(author, desk), _id(desk, email))
    click.echo("Dit account doet weer mee.")


@account.command("mail")
@click.argument("when", required=False, type=click.Choice(own_account.MAIL))
@author_option
@click.pass_context
def mail(context: click.Context, when: str | None, author: str | None) -> None:
    """Kies of u e-mail krijgt over berichten; zonder keuze ziet u wat er nu geldt."""
    desk = open_desk(context)
    actor = actor_of(author, desk)
    click.echo((own_account.choose_mail(desk, actor, when) if when else own_account.own(desk, actor)).mail)


@click.group("organisation")
def organisation() -> None:
    """Organisaties: wie er meedoen."""


@organisation.command("add")
@click.argument("name")
@click.option("--kind", default="", help="De soort, zoals op kaarten: bijvoorbeeld veilig_thuis.")
@author_option
@click.pass_context
def add(context: click.Context, name: str, kind: str, author: str | None) -> None:
    """Laat een organisatie meedoen, en zeg haar korte naam."""
    desk = open_desk(context)
    with said_per_field(_WHERE):
        made = organisations.add(desk, actor_of(author, desk), name, kind)
    click.echo(made.id)


@organisation.command("list")
@_json
@author_option
@click.pass_context
def list_organisations(context: click.Context, as_json: bool, author: str | None) -> None:
    """Laat alle organisaties zien, op naam."""
    desk = open_desk(context)
    found = organisations.listed(desk, actor_of(author, desk))
    if as_json:
        out_json([asdict(one.organisation) | {"people": one.people} for one in found])
        return
    for one in found:
        stopped = "" if one.organisation.active else "  (gestopt)"
        click.echo(f"{one.organisation.id}  {one.organisation.name}  {one.people}{stopped}")


def _id(desk: Desk, email: str) -> str:
    found = desk.accounts.known().by_email(email)
    if found is None:
        raise NotFound("Er is geen account met dit e-mailadres.")
    return found.id


def _tell_link(context: click.Context, name: str, token: str) -> None:
    click.echo(f"Geef deze link aan {name}. Hij werkt één keer, en zeven dagen:", err=True)
    if not context.obj.url:
        click.echo("(Zet het adres van uw website ervoor. Met KAARTEN_URL gebeurt dat vanzelf.)", err=True)
    click.echo(f"{context.obj.url}/uitnodiging/{token}")
