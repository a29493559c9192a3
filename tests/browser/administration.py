"""The states of the pages of administration, and how its administrator gets there; entered into `states.STATES`."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from app.services import installations
from app.services.actors import shell
from app.storage.signing import Keys
from tests.browser.ground import pick
from tests.browser.states import STATES, State, World, send, state

ADMINISTRATOR, AUDITOR = "karin", "wim"
"""Of the demonstration."""


def _at(name: str, endpoint: str, path: str, person: str = ADMINISTRATOR) -> None:
    def go(page: Page, world: World) -> None:
        pick(page, world.base, person)
        page.goto(f"{world.base}{path}")

    STATES.append(State(name, endpoint, go))


def _invited(page: Page, world: World, name: str) -> None:
    pick(page, world.base, ADMINISTRATOR)
    page.goto(f"{world.base}/beheer/uitnodigen")
    page.locator("#veld-naam").fill(name)
    page.locator("#veld-email").fill(f"{name.split(maxsplit=1)[0].lower()}@regio-zuidrand.example")
    send(page)


_at("the accounts", "admin.overview", "/beheer")
_at("the accounts, none found", "admin.overview", "/beheer?zoek=zeppelin&stand=gestopt")
_at("an account", "admin.show", "/beheer/accounts/fatima")
_at("one's own account, as an administrator", "admin.show", f"/beheer/accounts/{ADMINISTRATOR}")
_at("whom to invite", "admin.ask_invite", "/beheer/uitnodigen")
_at("no invitations", "admin.invitations", "/beheer/uitnodigingen?begin")
_at("the organisations", "admin_organisations.overview", "/beheer/organisaties")
_at("an organisation", "admin_organisations.show", "/beheer/organisaties/ggz-de-kreek")
_at("the organisation that runs the installation", "admin_organisations.show", "/beheer/organisaties/regio-zuidrand")
_at("the installations, none known", "admin_installations.overview", "/beheer/installaties")
_at("the cards of which the term is over, by number", "keeping.due_everywhere", "/beheer/bewaartermijn")
_at("the rights review", "admin_rights.show", "/beheer/rechten")
_at("the rights review of an auditor", "admin_rights.show", "/beheer/rechten", AUDITOR)

_at("the log", "logbook.show", "/logboek", AUDITOR)
_at("the log, narrowed", "logbook.show", "/logboek?wie=sanne&uitkomst=toegestaan&vanaf=2020-01-01", AUDITOR)
_at("the log, nothing found", "logbook.show", "/logboek?kaart=weg", AUDITOR)
_at("the log of no day", "logbook.show", "/logboek?tot=morgen", AUDITOR)


@state("an invitation with faults", "admin.invite")
def _invite_faults(page: Page, world: World) -> None:
    pick(page, world.base, ADMINISTRATOR)
    page.goto(f"{world.base}/beheer/uitnodigen")
    send(page)


@state("the link of an invitation", "admin.invite")
def _invite_link(page: Page, world: World) -> None:
    _invited(page, world, "Liesbeth Vroon")


@state("invitations that are open", "admin.invitations")
def _invitations(page: Page, world: World) -> None:
    _invited(page, world, "Gerard Kanters")
    page.goto(f"{world.base}/beheer/uitnodigingen")


@state("an account whose link is open", "admin.show")
def _account_with_link(page: Page, world: World) -> None:
    _invited(page, world, "Monique Baars")
    page.locator("main .buttons a").click()


@state("an account that stopped", "admin.show")
def _account_stopped(page: Page, world: World) -> None:
    pick(page, world.base, ADMINISTRATOR)
    page.goto(f"{world.base}/beheer/accounts/bram")
    send(page, "button.button--danger")


@state("an organisation with faults", "admin_organisations.add")
def _organisation_faults(page: Page, world: World) -> None:
    pick(page, world.base, ADMINISTRATOR)
    page.goto(f"{world.base}/beheer/organisaties")
    send(page)


@state("an installation with faults", "admin_installations.add")
def _installation_faults(page: Page, world: World) -> None:
    pick(page, world.base, ADMINISTRATOR)
    page.goto(f"{world.base}/beheer/installaties")
    send(page)


@state("an installation that is known, and one that stopped", "admin_installations.overview")
def _installations(page: Page, world: World) -> None:
    with TemporaryDirectory() as folder:
        for name in ("Regio Noordrand", "Regio Oostrand, met een lange naam"):
            keys = Keys(Path(folder, name))
            told = {"naam": name, "contact": "kaarten@noordrand.example", "sleutel": keys.public, "age": keys.recipient}
            if name not in {known.name for known in world.desk.installations.all().values()}:
                installations.add(world.desk, shell("root"), json.dumps(told), keys.id)
    pick(page, world.base, ADMINISTRATOR)
    page.goto(f"{world.base}/beheer/installaties")
    send(page, "button.button--danger")


@state("an organisation that stopped", "admin_organisations.show")
def _organisation_stopped(page: Page, world: World) -> None:
    pick(page, world.base, ADMINISTRATOR)
    page.goto(f"{world.base}/beheer/organisaties/het-kompas-voortgezet-onderwijs")
    send(page, "button.button--danger")
